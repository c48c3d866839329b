#include <quarry/core/cli/answers.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace quarry::cli {
namespace {

namespace js = boost::json;

constexpr double tolerance = 1e-9;         // relative, or absolute near zero
constexpr double seconds_tolerance = 1e-6;

bool close(double a, double b) {
  return a == b || std::abs(a - b) <= std::max(tolerance * std::max(std::abs(a), std::abs(b)), tolerance);
}

bool same_number(const js::value& a, const js::value& b) {
  if (!a.is_number() || !b.is_number()) return false;
  if (a.is_int64() && b.is_int64() && a.get_int64() == b.get_int64()) return true;
  return close(a.to_number<double>(), b.to_number<double>());
}

/// The number that a text spells, all of it.
std::optional<double> number_in(const js::value& v) {
  if (v.is_number()) return v.to_number<double>();
  const js::string* text = v.if_string();
  if (!text || text->empty()) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text->c_str(), &end);
  if (end != text->c_str() + text->size()) return std::nullopt;
  return number;
}

/// The value behind the only key of an object, or null when it is another object.
const js::value* only_value(const js::object& o, std::string_view key) {
  return o.size() == 1 && o.begin()->key() == key ? &o.begin()->value() : nullptr;
}

bool same(const js::value& expected, const js::value& actual);

bool same_object(const js::object& expected, const js::object& actual) {
  if (expected.size() != actual.size()) return false;
  if (const js::value *e = only_value(expected, "$decimal"), *a = only_value(actual, "$decimal"); e && a) {
    const auto x = number_in(*e), y = number_in(*a);
    return x && y && close(*x, *y);
  }
  if (const js::value *e = only_value(expected, "$duration"), *a = only_value(actual, "$duration"); e && a)
    return e->is_number() && a->is_number() &&
        std::abs(e->to_number<double>() - a->to_number<double>()) < seconds_tolerance;
  return std::all_of(expected.begin(), expected.end(), [&](const js::key_value_pair& pair) {
    const js::value* other = actual.if_contains(pair.key());
    return other && same(pair.value(), *other);
  });
}

bool same_list(const js::array& expected, const js::array& actual) {
  return expected.size() == actual.size() && std::equal(expected.begin(), expected.end(), actual.begin(), same);
}

/// Each expected element has an actual one of its own.
bool same_multiset(const js::array& expected, const js::array& actual) {
  if (expected.size() != actual.size()) return false;
  std::vector<const js::value*> rest;
  for (const js::value& v : actual) rest.push_back(&v);
  return std::all_of(expected.begin(), expected.end(), [&](const js::value& wanted) {
    const auto found =
        std::find_if(rest.begin(), rest.end(), [&](const js::value* candidate) { return same(wanted, *candidate); });
    if (found == rest.end()) return false;
    rest.erase(found);
    return true;
  });
}

bool same(const js::value& expected, const js::value& actual) {
  if (expected.is_number()) return same_number(expected, actual);
  if (const js::array* e = expected.if_array()) {
    const js::array* a = actual.if_array();
    return a && same_list(*e, *a);
  }
  if (const js::object* e = expected.if_object()) {
    const js::object* a = actual.if_object();
    return a && same_object(*e, *a);
  }
  return expected == actual;  // null, booleans and texts
}

}  // namespace

bool same_answer(const js::value& expected, const js::value& actual, bool ordered) {
  const js::array* e = expected.if_array();
  const js::array* a = actual.if_array();
  if (!ordered && e && a) return same_multiset(*e, *a);
  return same(expected, actual);
}

}  // namespace quarry::cli

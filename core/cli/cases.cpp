#include <quarry/core/cli/cases.hpp>

#include <algorithm>

#include <quarry/core/cli/answers.hpp>

namespace quarry::cli {
namespace {

namespace js = boost::json;

ir::failure wrong(std::size_t line, std::string_view expected, std::string_view given) {
  return {ir::diag::wrong_argument, {"line " + std::to_string(line) + " of the cases", expected, given}};
}

std::string_view view_of(const js::string& s) { return {s.data(), s.size()}; }

ir::result<conformance_case> read_case(js::object fields, std::size_t line) {
  conformance_case c;
  const auto text = [&](std::string_view key) -> const js::string* {
    const js::value* v = fields.if_contains(key);
    return v ? v->if_string() : nullptr;
  };
  const js::string* id = text("id");
  const js::string* expression = text("expr");
  if (!id || !expression) return wrong(line, "an object with the texts 'id' and 'expr'", "another one");
  c.id = view_of(*id);
  c.expression = view_of(*expression);
  if (const js::value* steps = fields.if_contains("steps")) {
    const js::array* list = steps->if_array();
    if (!list) return wrong(line, "a list of texts as 'steps'", "another value");
    for (const js::value& step : *list) {
      if (!step.is_string()) return wrong(line, "a list of texts as 'steps'", "another value");
      c.steps.emplace_back(view_of(step.get_string()));
    }
  }
  if (const js::value* ordered = fields.if_contains("ordered")) c.ordered = !ordered->is_bool() || ordered->get_bool();
  c.fields = std::move(fields);
  return c;
}

/// Is `name` an element of the list, or a key of the object, in the field `key` of the case?
bool lists(const conformance_case& c, std::string_view key, std::string_view name) {
  const js::value* field = c.fields.if_contains(key);
  if (!field) return false;
  if (const js::object* o = field->if_object()) return o->contains(name);
  const js::array* all = field->if_array();
  return all && std::any_of(all->begin(), all->end(), [&](const js::value& v) {
           return v.is_string() && view_of(v.get_string()) == name;
         });
}

}  // namespace

ir::result<std::vector<conformance_case>> read_cases(std::string_view lines) {
  std::vector<conformance_case> out;
  for (std::size_t at = 0, line = 1; at < lines.size(); ++line) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    const std::string_view text = lines.substr(at, end - at);
    at = end + 1;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    js::error_code failed;
    js::value document = js::parse(js::string_view(text.data(), text.size()), failed);
    if (failed) return wrong(line, "a JSON object", failed.message());
    if (!document.is_object()) return wrong(line, "a JSON object", "another value");
    QUARRY_TRY(c, read_case(std::move(document.get_object()), line));
    out.push_back(std::move(c));
  }
  return out;
}

bool judge::skips(const conformance_case& c) const { return lists(c, "skip", database); }

const js::value* judge::expected(const conformance_case& c) const {
  if (rules.aggregates == aggregate_rule::django_joins)
    if (const js::value* v = c.fields.if_contains("django_expect")) return v;
  const std::string special = "expect_" + (rules.semantics == semantics::portable ? "portable" : database);
  if (const js::value* v = c.fields.if_contains(special)) return v;
  return c.fields.if_contains("expect");
}

bool judge::accepts(const conformance_case& c, const js::value& actual) const {
  const js::value* right = expected(c);
  if (!right || same_answer(*right, actual, c.ordered)) return true;
  if (!lists(c, "rounding", database)) return false;
  // A server that rounds more coarsely may give its own value or the finer one.
  for (const std::string& other : {std::string("expect"), "expect_" + database})
    if (const js::value* v = c.fields.if_contains(other); v && same_answer(*v, actual, c.ordered)) return true;
  return false;
}

}  // namespace quarry::cli

#include <quarry/core/exec/decode.hpp>

#include <cstring>
#include <string>

#include <quarry/core/errors.hpp>

namespace quarry::detail {
namespace {

ir::scalar kind_of(const quarry_cell& c) noexcept { return static_cast<ir::scalar>(c.type); }

std::string_view text_of(const quarry_cell& c) noexcept { return {static_cast<const char*>(c.v.p), c.len}; }

/// Is the cell of this kind, and not NULL?
read_outcome check(const quarry_cell& c, ir::scalar wanted) noexcept {
  if (is_null(c)) return read_outcome::null;
  return kind_of(c) == wanted ? read_outcome::good : read_outcome::wrong_type;
}

template <class F>
read_outcome read_as(const quarry_cell& c, ir::scalar wanted, F&& f) {
  const read_outcome outcome = check(c, wanted);
  if (outcome == read_outcome::good) f();
  return outcome;
}

}  // namespace

read_outcome read(const quarry_cell& c, bool& to) noexcept {
  return read_as(c, ir::scalar::boolean, [&] { to = c.v.i != 0; });
}
read_outcome read(const quarry_cell& c, double& to) noexcept {
  return read_as(c, ir::scalar::float64, [&] { to = c.v.d; });
}
read_outcome read(const quarry_cell& c, decimal& to) {
  return read_as(c, ir::scalar::decimal, [&] { to = decimal::unchecked(std::string(text_of(c))); });
}
read_outcome read(const quarry_cell& c, bytes& to) {
  return read_as(c, ir::scalar::bytes, [&] {
    const auto* first = static_cast<const std::byte*>(c.v.p);
    to.assign(first, first + c.len);
  });
}
read_outcome read(const quarry_cell& c, time_of_day& to) noexcept {
  return read_as(c, ir::scalar::time, [&] { to.since_midnight = std::chrono::microseconds(c.v.i); });
}
read_outcome read(const quarry_cell& c, datetime& to) noexcept {
  return read_as(c, ir::scalar::datetime, [&] { to = datetime(std::chrono::microseconds(c.v.i)); });
}
read_outcome read(const quarry_cell& c, duration& to) noexcept {
  return read_as(c, ir::scalar::duration, [&] { to = duration(c.v.i); });
}
read_outcome read(const quarry_cell& c, uuid& to) noexcept {
  if (const read_outcome outcome = check(c, ir::scalar::uuid); outcome != read_outcome::good) return outcome;
  if (c.len != to.octets.size()) return read_outcome::wrong_type;
  std::memcpy(to.octets.data(), c.v.p, to.octets.size());
  return read_outcome::good;
}
read_outcome read(const quarry_cell& c, json& to) {
  return read_as(c, ir::scalar::json, [&] { to.text.assign(text_of(c)); });
}
namespace {

template <class T>
read_outcome read_any(const quarry_cell& c, value& to) {
  T plain{};
  const read_outcome outcome = read(c, plain);
  if (outcome == read_outcome::good) to = value(std::move(plain));
  return outcome;
}

}  // namespace

read_outcome read(const quarry_cell& c, value& to) {
  to = value();
  if (is_null(c)) return read_outcome::good;
  switch (kind_of(c)) {
    case ir::scalar::boolean: return read_any<bool>(c, to);
    case ir::scalar::int16:
    case ir::scalar::int32:
    case ir::scalar::int64: return read_any<std::int64_t>(c, to);
    case ir::scalar::float64: return read_any<double>(c, to);
    case ir::scalar::decimal: return read_any<decimal>(c, to);
    case ir::scalar::text: return read_any<std::string>(c, to);
    case ir::scalar::bytes: return read_any<bytes>(c, to);
    case ir::scalar::date: return read_any<date>(c, to);
    case ir::scalar::time: return read_any<time_of_day>(c, to);
    case ir::scalar::datetime: return read_any<datetime>(c, to);
    case ir::scalar::duration: return read_any<duration>(c, to);
    case ir::scalar::uuid: return read_any<uuid>(c, to);
    case ir::scalar::json: return read_any<json>(c, to);
    case ir::scalar::array:
    case ir::scalar::unknown: break;
  }
  return read_outcome::wrong_type;
}

void raise_unreadable(std::string_view model, std::string_view column, read_outcome outcome) {
  // A NULL in a member that can't hold one: the table allows what the model does not.
  if (outcome == read_outcome::null) raise_null(model, column);
  std::string what = "the column '" + std::string(column) + "' of " + std::string(model);
  what += outcome == read_outcome::out_of_range ? " holds a number beyond its C++ type"
                                                : " arrived with another type than the model has";
  raise(ir::diag::plugin_bad_answer, {"the plugin of this database", what});
}

void raise_wrong_width(std::string_view model, std::size_t wanted, std::size_t got) {
  const std::string what =
      "a row of " + std::string(model) + " has " + std::to_string(got) + " columns, not " + std::to_string(wanted);
  raise(ir::diag::internal_error, {what});
}

void raise_unwritable(const error& e, std::string_view model, std::string_view field) {
  const std::string name = std::string(model) + "." + std::string(field);
  if (e.id() == ir::diag::wrong_value) raise(e.id(), {name, "a date of the years 1 to 9999", "this one"});
  raise(e.id(), {name, "a 64-bit integer"});
}

void raise_null(std::string_view model, std::string_view field) { raise(ir::diag::null_not_allowed, {model, field}); }

}  // namespace quarry::detail

#include <quarry/core/plan/bind_program.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace quarry::detail {
namespace {

using ir::diag;
using ir::scalar;

std::string_view words_for(const operand& o) noexcept {
  switch (o.form) {
    case operand_form::null: return "None";
    case operand_form::list: return "a list";
    case operand_form::expression: return "an expression";
    case operand_form::query: return "a query";
    case operand_form::scalar: return expected_words(o.type);
  }
  return "a value";
}

std::string_view trimmed(std::string_view s) noexcept {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

template <class Number>
bool parse_number(std::string_view s, Number& out) noexcept {
  s = trimmed(s);
  if (s.starts_with('+')) s.remove_prefix(1);
  const auto r = std::from_chars(s.data(), s.data() + s.size(), out);
  return r.ec == std::errc() && r.ptr == s.data() + s.size();
}

/// Converts one operand to a cell of the wanted type.
class converter {
 public:
  converter(const path_ref& path, std::vector<std::unique_ptr<char[]>>& texts) : path_(path), texts_(texts) {}

  ir::result<quarry_cell> run(const operand& o, ir::type wanted) {
    cell_ = quarry_cell{};
    cell_.type = static_cast<std::uint8_t>(wanted.kind());
    if (o.form == operand_form::null) {
      cell_.flags = QUARRY_CELL_NULL;
      return cell_;
    }
    if (o.form == operand_form::list && wanted.kind() == scalar::json) return array_document(o, wanted);
    if (o.form != operand_form::scalar) return wrong(o, wanted);
    bool ok = false;
    switch (wanted.kind()) {
      case scalar::boolean: ok = boolean(o); break;
      case scalar::int16:
        return integer(o, wanted, std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max());
      case scalar::int32:
        return integer(o, wanted, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
      case scalar::int64:
        return integer(o, wanted, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
      case scalar::float64: ok = real(o); break;
      case scalar::decimal: ok = decimal_text(o); break;
      case scalar::text: ok = text(o); break;
      case scalar::bytes: ok = o.type == scalar::bytes && by_reference(o.bytes_view()); break;
      case scalar::json: ok = document(o); break;
      case scalar::date: ok = day(o); break;
      case scalar::datetime: ok = moment(o); break;
      case scalar::time: ok = clock_time(o); break;
      case scalar::duration: ok = o.type == scalar::duration && by_value(o.integer); break;
      case scalar::uuid: ok = identifier(o); break;
      case scalar::array:
      case scalar::unknown: break;
    }
    if (!ok) return wrong(o, wanted);
    return cell_;
  }

 private:
  ir::failure wrong(const operand& o, ir::type wanted) const {
    // Django: a text that is no number is a ValueError, what can't become one a TypeError, anything else a ValidationError.
    const bool number = ir::is_number(wanted.kind()) && wanted.kind() != scalar::decimal;
    const bool may_be_number = o.form == operand_form::scalar && (ir::is_number(o.type) || o.type == scalar::text);
    const diag id = !number ? diag::wrong_value : may_be_number ? diag::wrong_number : diag::wrong_argument;
    ir::failure f(id, {path_.view(), expected_words(wanted.kind()), words_for(o)});
    return at_path(std::move(f));
  }
  ir::failure at_path(ir::failure f) const {
    f->source = path_.view();
    f->span = {0, path_.size};
    f->origin = path_.offset;
    return f;
  }

  bool by_value(std::int64_t v) noexcept {
    cell_.v.i = v;
    return true;
  }
  bool by_reference(std::string_view s) noexcept {
    cell_.v.p = s.data();
    cell_.len = static_cast<std::uint32_t>(s.size());
    return true;
  }
  bool by_copy(std::string_view s) {
    auto kept = std::make_unique<char[]>(s.size() + 1);
    if (!s.empty()) std::memcpy(kept.get(), s.data(), s.size());
    texts_.push_back(std::move(kept));
    return by_reference({texts_.back().get(), s.size()});
  }

  bool boolean(const operand& o) noexcept {
    if (o.type == scalar::boolean) return by_value(o.integer != 0 ? 1 : 0);
    if (ir::is_integer(o.type) && (o.integer == 0 || o.integer == 1)) return by_value(o.integer);
    if (o.type != scalar::text) return false;
    const std::string_view s = o.bytes_view();
    if (s == "True" || s == "t" || s == "1") return by_value(1);
    if (s == "False" || s == "f" || s == "0") return by_value(0);
    return false;
  }

  ir::result<quarry_cell> integer(const operand& o, ir::type wanted, std::int64_t least, std::int64_t most) {
    std::int64_t v = 0;
    if (ir::is_integer(o.type) || o.type == scalar::boolean) {
      v = o.integer;
    } else if (o.type == scalar::float64) {
      if (!(o.real >= -0x1p63 && o.real < 0x1p63) || std::trunc(o.real) != o.real) return wrong(o, wanted);
      v = static_cast<std::int64_t>(o.real);
    } else if (o.type == scalar::text || o.type == scalar::decimal) {
      if (!parse_number(o.bytes_view(), v)) return wrong(o, wanted);
    } else {
      return wrong(o, wanted);
    }
    if (v < least || v > most) {
      ir::failure f(diag::value_out_of_range, {path_.view(), expected_words(wanted.kind())});
      return at_path(std::move(f));
    }
    cell_.v.i = v;
    return cell_;
  }

  bool real(const operand& o) noexcept {
    double v = 0;
    if (o.type == scalar::float64) v = o.real;
    else if (ir::is_integer(o.type) || o.type == scalar::boolean) v = static_cast<double>(o.integer);
    else if (o.type != scalar::text && o.type != scalar::decimal) return false;
    else if (!parse_number(o.bytes_view(), v)) return false;
    cell_.v.d = v;
    return true;
  }

  bool decimal_text(const operand& o) {
    if (o.type == scalar::decimal) return by_reference(o.bytes_view());
    if (ir::is_integer(o.type)) return by_copy(std::to_string(o.integer));
    if (o.type == scalar::text) {
      if (!decimal::parse(trimmed(o.bytes_view()))) return false;
      return by_reference(trimmed(o.bytes_view()));
    }
    if (o.type != scalar::float64 || !std::isfinite(o.real)) return false;
    char digits[64];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), o.real);
    return by_copy({digits, static_cast<std::size_t>(end.ptr - digits)});
  }

  bool text(const operand& o) {
    switch (o.type) {
      case scalar::text:
      case scalar::decimal: return by_reference(o.bytes_view());
      case scalar::boolean: return by_copy(o.integer != 0 ? "True" : "False");
      case scalar::int16:
      case scalar::int32:
      case scalar::int64: return by_copy(std::to_string(o.integer));
      case scalar::float64: {
        char digits[64];
        const auto end = std::to_chars(std::begin(digits), std::end(digits), o.real);
        return by_copy({digits, static_cast<std::size_t>(end.ptr - digits)});
      }
      case scalar::date: return by_copy(quarry::to_text(date(std::chrono::sys_days(std::chrono::days(o.integer)))));
      case scalar::datetime: {  // as databases write it
        std::string moment = quarry::to_text(datetime(std::chrono::microseconds(o.integer)));
        std::ranges::replace(moment, 'T', ' ');
        return by_copy(moment);
      }
      case scalar::time: return by_copy(quarry::to_text(time_of_day{std::chrono::microseconds(o.integer)}));
      case scalar::uuid: {
        uuid u;
        std::memcpy(u.octets.data(), o.text, u.octets.size());
        return by_copy(u.text());
      }
      default: return false;
    }
  }

  /// A JSON document as it is; any other value as the document that holds it alone.
  bool document(const operand& o) {
    switch (o.type) {
      case scalar::json: return by_reference(o.bytes_view());
      case scalar::boolean: return by_copy(o.integer != 0 ? "true" : "false");
      case scalar::text: return by_copy(json_text(o.bytes_view()));
      case scalar::int16:
      case scalar::int32:
      case scalar::int64:
      case scalar::decimal: return text(o);
      case scalar::float64: return std::isfinite(o.real) && text(o);
      default: return false;
    }
  }

  /// A list as the JSON array of its elements.
  ir::result<quarry_cell> array_document(const operand& list, ir::type wanted) {
    std::string text = "[";
    for (std::uint32_t i = 0; i < list.size; ++i) {
      if (i != 0) text += ',';
      if (list.items[i].form == operand_form::null) {
        text += "null";
        continue;
      }
      QUARRY_TRY(element, run(list.items[i], wanted));
      text.append(static_cast<const char*>(element.v.p), element.len);
    }
    text += ']';
    cell_ = quarry_cell{};
    cell_.type = static_cast<std::uint8_t>(wanted.kind());
    (void)by_copy(text);
    return cell_;
  }

  static std::int64_t days(date d) noexcept { return std::chrono::sys_days(d).time_since_epoch().count(); }

  bool day(const operand& o) {
    constexpr std::int64_t day_length = 86'400'000'000;
    if (o.type == scalar::date) return by_value(o.integer);
    if (o.type == scalar::datetime) {
      const std::int64_t whole = o.integer / day_length;
      return by_value(o.integer % day_length < 0 ? whole - 1 : whole);
    }
    if (o.type != scalar::text) return false;
    const auto parsed = parse_date(o.bytes_view());
    return parsed && by_value(days(*parsed));
  }

  bool moment(const operand& o) {
    if (o.type == scalar::datetime) return by_value(o.integer);
    if (o.type == scalar::date) return by_value(o.integer * 86'400'000'000);
    if (o.type != scalar::text) return false;
    const auto parsed = parse_datetime(o.bytes_view());
    return parsed && by_value(parsed->time_since_epoch().count());
  }

  bool clock_time(const operand& o) {
    if (o.type == scalar::time) return by_value(o.integer);
    if (o.type != scalar::text) return false;
    const auto parsed = parse_time(o.bytes_view());
    return parsed && by_value(parsed->since_midnight.count());
  }

  bool identifier(const operand& o) {
    if (o.type == scalar::uuid) return by_reference(o.bytes_view());
    if (ir::is_integer(o.type) && o.integer >= 0) return numbered(static_cast<std::uint64_t>(o.integer));
    if (o.type != scalar::text) return false;
    const auto parsed = uuid::parse(o.bytes_view());
    if (!parsed) return false;
    return by_copy({reinterpret_cast<const char*>(parsed->octets.data()), parsed->octets.size()});
  }

  /// The UUID that this number is.
  bool numbered(std::uint64_t number) {
    uuid u;
    for (std::size_t i = u.octets.size(); number != 0; number >>= 8U)
      u.octets[--i] = static_cast<decltype(u.octets)::value_type>(number & 0xFFU);
    return by_copy({reinterpret_cast<const char*>(u.octets.data()), u.octets.size()});
  }

  const path_ref& path_;
  std::vector<std::unique_ptr<char[]>>& texts_;
  quarry_cell cell_{};
};

/// The i-th value of a list that is not NULL; past the end the last one again, which changes no membership.
const operand& element_of(const operand& list, std::uint32_t wanted) noexcept {
  const operand* last = nullptr;
  std::uint32_t seen = 0;
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (list.items[i].form == operand_form::null) continue;
    last = &list.items[i];
    if (seen++ == wanted) break;
  }
  return *last;
}

}  // namespace

std::string_view expected_words(scalar s) noexcept {
  switch (s) {
    case scalar::unknown: return "a value";
    case scalar::boolean: return "True or False";
    case scalar::int16: return "a 16-bit integer";
    case scalar::int32: return "a 32-bit integer";
    case scalar::int64: return "an integer";
    case scalar::float64: return "a number";
    case scalar::decimal: return "a decimal number";
    case scalar::text: return "a text";
    case scalar::bytes: return "bytes";
    case scalar::date: return "a date";
    case scalar::time: return "a time";
    case scalar::datetime: return "a datetime";
    case scalar::duration: return "a duration";
    case scalar::uuid: return "a UUID";
    case scalar::json: return "a JSON value";
    case scalar::array: return "a list";
  }
  return "a value";
}

namespace {

/// Days since 1970 to the first or last day of a year.
std::int64_t day_of_year(int year, ir::recipe which) {
  using namespace std::chrono;
  const auto january = [](int y, unsigned day) { return sys_days(std::chrono::year(y) / 1 / day); };
  // The week with the fourth of January is the first one of its year.
  const auto first_monday = [&](int y) {
    const sys_days fourth = january(y, 4);
    return fourth - (weekday(fourth) - Monday);
  };
  const sys_days day = which == ir::recipe::year_first ? january(year, 1)
      : which == ir::recipe::year_last                 ? january(year + 1, 1) - days(1)
      : which == ir::recipe::iso_year_first            ? first_monday(year)
                                                       : first_monday(year + 1) - days(1);
  return day.time_since_epoch().count();
}

/// A day, or its first or last moment where a datetime is wanted.
quarry_cell edge_cell(std::int64_t day, const bind_step& step) {
  constexpr std::int64_t day_length = 86'400'000'000;
  const bool last = step.recipe == ir::recipe::year_last || step.recipe == ir::recipe::iso_year_last ||
      step.recipe == ir::recipe::day_last;
  quarry_cell cell{};
  cell.type = static_cast<std::uint8_t>(step.type.kind());
  cell.v.i = step.type.kind() == scalar::date ? day : day * day_length + (last ? day_length - 1 : 0);
  return cell;
}

/// The year or day whose edge is bound: the value, or one of a list.
const operand& period_of(const bound_value& v, const bind_step& step) {
  return v.value->form == operand_form::list ? element_of(*v.value, step.element) : *v.value;
}

}  // namespace

ir::result<void> bind_buffer::bind(const plan& p, std::span<const bound_value> values) {
  cells_.clear();
  texts_.clear();
  arrays_.clear();
  if (values.size() != p.params) return ir::failure(diag::internal_error, {"the values do not fit the plan"});
  // Padded lists are long: walk each list once instead of once an element.
  std::uint32_t list_param = ir::none, list_at = 0, list_seen = 0;
  const operand* padding = nullptr;  // the last value of the list, once it is known
  for (const bind_step& step : p.binds) {
    if (step.recipe == ir::recipe::constant) {
      quarry_cell cell{};
      cell.type = static_cast<std::uint8_t>(step.type.kind());
      cell.v.p = p.constants[step.param].data();
      cell.len = static_cast<std::uint32_t>(p.constants[step.param].size());
      cells_.push_back(cell);
      continue;
    }
    const bound_value& v = values[step.param];
    converter convert(*v.path, texts_);
    switch (step.recipe) {
      case ir::recipe::value: {
        QUARRY_TRY(cell, convert.run(*v.value, step.type));
        cells_.push_back(cell);
        break;
      }
      case ir::recipe::element: {
        const operand& list = *v.value;
        if (list.form != operand_form::list) return ir::failure(diag::internal_error, {"a list was expected"});
        if (list_param == step.param && step.element == list_seen) {
          while (list_at < list.size && list.items[list_at].form == operand_form::null) ++list_at;
        } else {
          list_param = step.param;
          list_seen = step.element;
          padding = nullptr;
          list_at = static_cast<std::uint32_t>(&element_of(list, step.element) - list.items);
        }
        if (list_at >= list.size && !padding) padding = &element_of(list, step.element);
        const operand* const item = list_at < list.size ? &list.items[list_at] : padding;
        if (list_at < list.size) ++list_at;
        ++list_seen;
        QUARRY_TRY(cell, convert.run(*item, step.type));
        cells_.push_back(cell);
        break;
      }
      case ir::recipe::constant: break;
      case ir::recipe::year_first:
      case ir::recipe::year_last:
      case ir::recipe::iso_year_first:
      case ir::recipe::iso_year_last: {
        QUARRY_TRY(year, convert.run(period_of(v, step), ir::types::int32));
        cells_.push_back(edge_cell(day_of_year(static_cast<int>(year.v.i), step.recipe), step));
        break;
      }
      case ir::recipe::day_first:
      case ir::recipe::day_last: {
        QUARRY_TRY(day, convert.run(period_of(v, step), ir::type(scalar::date, false)));
        cells_.push_back(edge_cell(day.v.i, step));
        break;
      }
      case ir::recipe::array: {
        const operand& list = *v.value;
        auto items = std::make_unique<quarry_cell[]>(list.size);
        std::uint32_t count = 0;
        for (std::uint32_t i = 0; i < list.size; ++i) {
          if (list.items[i].form == operand_form::null) continue;
          QUARRY_TRY(cell, convert.run(list.items[i], ir::type(step.type.element(), false)));
          items[count++] = cell;
        }
        quarry_cell cell{};
        cell.type = QUARRY_TYPE_ARRAY;
        cell.v.p = items.get();
        cell.len = count;
        arrays_.push_back(std::move(items));
        cells_.push_back(cell);
        break;
      }
    }
  }
  for (const bind_step& step : p.unbound) {
    const bound_value& v = values[step.param];
    converter convert(*v.path, texts_);
    const bool list = v.value->form == operand_form::list;
    const std::span<const operand> all = list ? std::span(v.value->items, v.value->size) : std::span(v.value, 1);
    for (const operand& o : all)
      if (o.form == operand_form::scalar) QUARRY_CHECK(convert.run(o, step.type));
  }
  return {};
}

void bind_buffer::forget() noexcept {
  constexpr std::size_t most_kept = 1024;
  if (cells_.capacity() > most_kept || values_.capacity() > most_kept || bounds_.capacity() > most_kept) {
    *this = bind_buffer();
    return;
  }
  cells_.clear();
  values_.clear();
  bounds_.clear();
  texts_.clear();
  arrays_.clear();
}

ir::result<void> bind_buffer::bind(const plan& p, const chain& c) {
  values_.clear();
  bounds_.clear();
  // The bounds of slices are the only values that do not live in the chain: they get their places when all are known.
  for_each_value(c, [&](const path_ref& path, const operand& o) {
    const bool is_bound = &path == &slice_bound;
    if (is_bound) bounds_.push_back(o);
    values_.push_back({&path, is_bound ? nullptr : &o});
  });
  const operand* next = bounds_.data();
  for (bound_value& v : values_)
    if (!v.value) v.value = next++;
  return bind(p, values_);
}

std::string to_text(const quarry_cell& c) {
  if ((c.flags & QUARRY_CELL_NULL) != 0) return "NULL";
  const auto bytes_of = [&] { return std::string(static_cast<const char*>(c.v.p), c.len); };
  switch (static_cast<scalar>(c.type)) {
    case scalar::boolean: return c.v.i != 0 ? "True" : "False";
    case scalar::int16:
    case scalar::int32:
    case scalar::int64: return std::to_string(c.v.i);
    case scalar::float64: {
      char digits[64];
      const auto end = std::to_chars(std::begin(digits), std::end(digits), c.v.d);
      return std::string(digits, end.ptr);
    }
    case scalar::decimal:
    case scalar::json: return bytes_of();
    case scalar::text: {
      std::string out = "\"";
      for (const char ch : bytes_of()) {
        if (ch == '"' || ch == '\\') out += '\\';
        out += ch;
      }
      return out + "\"";
    }
    case scalar::bytes: return std::to_string(c.len) + " bytes";
    case scalar::date: return quarry::to_text(date(std::chrono::sys_days(std::chrono::days(c.v.i))));
    case scalar::time: return quarry::to_text(time_of_day{std::chrono::microseconds(c.v.i)});
    case scalar::datetime: return quarry::to_text(datetime(std::chrono::microseconds(c.v.i)));
    case scalar::duration: return std::to_string(c.v.i) + " µs";
    case scalar::uuid: {
      uuid u;
      std::memcpy(u.octets.data(), c.v.p, u.octets.size());
      return u.text();
    }
    case scalar::array: {
      std::string out = "[";
      for (std::uint32_t i = 0; i < c.len; ++i)
        out += (i == 0 ? "" : ", ") + to_text(static_cast<const quarry_cell*>(c.v.p)[i]);
      return out + "]";
    }
    case scalar::unknown: break;
  }
  return "?";
}

}  // namespace quarry::detail

#include <quarry/core/text/functions.hpp>

#include <algorithm>
#include <array>
#include <numeric>

#include <quarry/core/text/aggregates.hpp>
#include <quarry/core/text/calls.hpp>
#include <quarry/core/text/conditions.hpp>
#include <quarry/core/text/expressions.hpp>
#include <quarry/core/text/operations.hpp>
#include <quarry/core/text/prefetch.hpp>
#include <quarry/core/text/temporal.hpp>
#include <quarry/core/text/windows.hpp>

namespace quarry::text {
namespace {

using ir::diag;

// --- values ---

std::int64_t integer_in(environment& e, const call_arguments& given, const argument& a) {
  if (const auto* i = a.what.scalar<std::int64_t>()) return *i;
  fail(diag::wrong_argument, {std::string(given.function) + "()", "an integer", e.describe(a.what)}, a.where);
}

std::int64_t integer_in(environment& e, const call_arguments& given, std::size_t position, std::string_view name,
                        std::int64_t otherwise) {
  const argument* a = given.get(position, name);
  return a ? integer_in(e, given, *a) : otherwise;
}

template <class T>
T in_calendar(const call_arguments& given, const std::optional<T>& made, std::string_view what) {
  if (!made) fail(diag::wrong_number, {given.function, what, "these numbers"});
  return *made;
}

date date_in(environment& e, const call_arguments& given) {
  (void)e.need(given, 0, "year");
  (void)e.need(given, 1, "month");
  (void)e.need(given, 2, "day");
  return in_calendar(given,
                     make_date(integer_in(e, given, 0, "year", 0), integer_in(e, given, 1, "month", 0),
                               integer_in(e, given, 2, "day", 0)),
                     "a day of the calendar");
}

time_of_day time_in(environment& e, const call_arguments& given, std::size_t position) {
  return in_calendar(
      given,
      make_time(integer_in(e, given, position, "hour", 0), integer_in(e, given, position + 1, "minute", 0),
                integer_in(e, given, position + 2, "second", 0), integer_in(e, given, position + 3, "microsecond", 0)),
      "a time of day");
}

object make_date_object(environment& e, const call_arguments& given) {
  e.allow_only(given, 3, {"year", "month", "day"});
  return value(date_in(e, given));
}

object make_time_object(environment& e, const call_arguments& given) {
  e.allow_only(given, 4, {"hour", "minute", "second", "microsecond"});
  return value(time_in(e, given, 0));
}

object make_datetime_object(environment& e, const call_arguments& given) {
  e.allow_only(given, 7, {"year", "month", "day", "hour", "minute", "second", "microsecond"});
  return value(datetime(std::chrono::local_days(date_in(e, given))) + time_in(e, given, 3).since_midnight);
}

object make_timedelta(environment& e, const call_arguments& given) {
  constexpr std::array<std::string_view, 7> parts = {"days",    "seconds", "microseconds", "milliseconds",
                                                     "minutes", "hours",   "weeks"};
  e.allow_only(given, parts.size(), {"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"});
  std::int64_t total = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const argument* a = given.get(i, parts[i]);
    if (!a) continue;
    const auto* real = a->what.scalar<double>();
    const auto part = real ? part_of_duration(*real, unit_of_duration(parts[i]))
                           : part_of_duration(integer_in(e, given, *a), unit_of_duration(parts[i]));
    if (!part || __builtin_add_overflow(total, *part, &total))
      fail(diag::value_out_of_range, {"timedelta", "a duration"}, a->where);
  }
  return value(duration(total));
}

const std::string& text_in(environment& e, const call_arguments& given) {
  const argument& a = e.need(given, 0, "value");
  if (const auto* s = a.what.scalar<std::string>()) return *s;
  fail(diag::wrong_argument, {std::string(given.function) + "()", "a text", e.describe(a.what)}, a.where);
}

template <class T>
object parsed(const call_arguments& given, ir::result<T> r, std::string_view what) {
  if (!r) fail(diag::wrong_number, {given.function, what, "this text"});
  return value(*std::move(r));
}

object make_decimal(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"value"});
  const object& o = e.need(given, 0, "value").what;
  if (o.scalar<decimal>()) return o;
  if (const auto* i = o.scalar<std::int64_t>()) return value(decimal::unchecked(std::to_string(*i)));
  if (o.scalar<double>())
    not_yet("Decimal() of a float", given.plain.empty() ? syntax::span::none() : given.plain[0].where);
  return parsed(given, decimal::parse(text_in(e, given)), "a decimal number");
}

object make_uuid(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"hex"});
  const argument& a = e.need(given, 0, "hex");
  const auto* s = a.what.scalar<std::string>();
  if (!s) fail(diag::wrong_argument, {"UUID()", "a text", e.describe(a.what)}, a.where);
  return parsed(given, uuid::parse(*s), "32 hexadecimal digits");
}

object make_random_uuid(environment& e, const call_arguments& given) {
  e.allow_only(given, 0, {});
  return value(random_uuid());
}

object date_today(environment& e, const call_arguments& given) {
  e.allow_only(given, 0, {});
  return value(today());
}

object datetime_now(environment& e, const call_arguments& given) {
  e.allow_only(given, 0, {});
  return value(now());
}

object date_from_iso(environment& e, const call_arguments& given) {
  return parsed(given, parse_date(text_in(e, given)), "YYYY-MM-DD");
}
object datetime_from_iso(environment& e, const call_arguments& given) {
  return parsed(given, parse_datetime(text_in(e, given)), "YYYY-MM-DDTHH:MM:SS");
}
object time_from_iso(environment& e, const call_arguments& given) {
  return parsed(given, parse_time(text_in(e, given)), "HH:MM:SS");
}

// --- conditions and expressions ---

object make_q(environment& e, const call_arguments& given) {
  using detail::expression_form;
  call_arguments conditions{given.function, given.plain, {}};
  expression_form form = expression_form::all_of;
  for (const argument& a : given.named) {
    if (a.name == "_negated") continue;
    if (a.name != "_connector") {
      conditions.named.push_back(a);
      continue;
    }
    const auto* s = a.what.scalar<std::string>();
    if (s && *s == "OR") form = expression_form::any_of;
    else if (s && *s == "XOR") form = expression_form::one_of;
    else if (!s || *s != "AND")
      fail(diag::wrong_argument, {"_connector", "Q.AND, Q.OR or Q.XOR", e.describe(a.what)}, a.where);
  }
  object q(condition_builder(e, nullptr).as_formula(conditions, form));
  return e.truth_in(given, "_negated", false) ? apply_unary(e, syntax::op::invert, e.at, q) : q;
}

object make_f(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"name"});
  return formula{detail::make_path(e.name_in(e.need(given, 0, "name"), "F")), false, {}};
}

// --- functions of Python ---

std::vector<object> items_in(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {});
  if (given.plain.empty()) return {};
  return items_of(e, given.plain[0].what, given.plain[0].where);
}

object make_list(environment& e, const call_arguments& given) { return {collection::list, items_in(e, given)}; }
object make_tuple(environment& e, const call_arguments& given) { return {collection::tuple, items_in(e, given)}; }

object make_set(environment& e, const call_arguments& given) {
  std::vector<object> items;
  for (object& o : items_in(e, given))
    if (std::none_of(items.begin(), items.end(), [&](const object& known) { return equal(known, o, *e.catalog()); }))
      items.push_back(std::move(o));
  return {collection::set, std::move(items)};
}

object make_dict(environment& e, const call_arguments& given) {
  mapping out;
  if (!given.plain.empty()) {
    const mapping* other = given.plain[0].what.dict();
    if (given.plain.size() > 1 || !other)
      fail(diag::wrong_argument, {"dict()", "keywords or one dict", e.describe(given.plain.back().what)});
    out = *other;
  }
  for (const argument& a : given.named) out.entries.emplace_back(a.name, a.what);
  return out;
}

object length(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {});
  const argument& a = e.need(given, 0, "obj");
  if (const auto* s = a.what.scalar<std::string>())
    return std::int64_t{
        std::count_if(s->begin(), s->end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; })};
  return static_cast<std::int64_t>(items_of(e, a.what, a.where).size());
}

object make_bool(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {});
  return !given.plain.empty() && is_true(e, given.plain[0].what);
}

object make_sorted(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"reverse"});
  const argument& a = e.need(given, 0, "iterable");
  std::vector<object> items = items_of(e, a.what, a.where);
  const bool reverse = e.truth_in(given, "reverse", false);
  for (const object& o : items)
    if (!compare(o, items.front()))
      fail(diag::wrong_argument, {"sorted()", "values that can be compared", e.describe(o)}, a.where);
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
    const int c = compare(items[x], items[y]).value_or(0);
    if (c == 0) return x < y;  // equal ones stay as they stood
    return reverse ? c > 0 : c < 0;
  });
  std::vector<object> sorted;
  for (const std::size_t i : order) sorted.push_back(std::move(items[i]));
  return {collection::list, std::move(sorted)};
}

object same(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {});
  return e.need(given, 0, "expression").what;
}

constexpr std::array entries = {
    function_entry{"Q", make_q, ""},
    function_entry{"F", make_f, ""},
    function_entry{"Count", make_count, ""},
    function_entry{"Sum", make_sum, ""},
    function_entry{"Avg", make_avg, ""},
    function_entry{"Min", make_min, ""},
    function_entry{"Max", make_max, ""},
    function_entry{"StdDev", make_stddev, ""},
    function_entry{"Variance", make_variance, ""},
    function_entry{"AnyValue", make_any_value, ""},
    function_entry{"Prefetch", make_prefetch, ""},
    function_entry{"date", make_date_object, ""},
    function_entry{"date.today", date_today, ""},
    function_entry{"date.fromisoformat", date_from_iso, ""},
    function_entry{"time", make_time_object, ""},
    function_entry{"time.fromisoformat", time_from_iso, ""},
    function_entry{"datetime", make_datetime_object, ""},
    function_entry{"datetime.now", datetime_now, ""},
    function_entry{"datetime.utcnow", datetime_now, ""},
    function_entry{"datetime.today", datetime_now, ""},
    function_entry{"datetime.fromisoformat", datetime_from_iso, ""},
    function_entry{"timedelta", make_timedelta, ""},
    function_entry{"Decimal", make_decimal, ""},
    function_entry{"UUID", make_uuid, ""},
    function_entry{"uuid4", make_random_uuid, ""},
    function_entry{"list", make_list, ""},
    function_entry{"tuple", make_tuple, ""},
    function_entry{"set", make_set, ""},
    function_entry{"dict", make_dict, ""},
    function_entry{"len", length, ""},
    function_entry{"bool", make_bool, ""},
    function_entry{"sorted", make_sorted, ""},
    function_entry{"run_sync", same, ""},
    // The same by way of their modules.
    function_entry{"datetime.date", nullptr, "date"},
    function_entry{"datetime.time", nullptr, "time"},
    function_entry{"datetime.datetime", nullptr, "datetime"},
    function_entry{"datetime.timedelta", nullptr, "timedelta"},
    function_entry{"timezone.now", nullptr, "datetime.now"},
    function_entry{"decimal.Decimal", nullptr, "Decimal"},
    function_entry{"uuid.UUID", nullptr, "UUID"},
    function_entry{"uuid.uuid4", nullptr, "uuid4"},
    function_entry{"models.Count", nullptr, "Count"},
};

constexpr std::string_view later_names[] = {
    "UUID4",       "UUID7", "AutoField", "BigAutoField", "GenericIPAddressField",
    "transaction", "str",   "int",       "float",        "max",
    "min",         "sum",   "abs",       "round",        "print",
    "range"};

const function_entry* find_entry(std::string_view name) {
  const auto* const at =
      std::find_if(entries.begin(), entries.end(), [&](const function_entry& f) { return f.name == name; });
  if (at == entries.end()) {
    for (const function_entry& f : expression_entries())
      if (f.name == name) return &f;
    for (const function_entry& f : call_entries())
      if (f.name == name) return &f;
    return nullptr;
  }
  return at->call ? &*at : find_entry(at->same_as);
}

}  // namespace

std::optional<object> builtin(std::string_view name) {
  if (const function_entry* f = find_entry(name)) return function_name{f};
  for (const function_entry& f : entries) {
    const std::size_t dot = f.name.find('.');
    if (dot != std::string_view::npos && f.name.substr(0, dot) == name) return module_name{f.name.substr(0, dot)};
  }
  return std::nullopt;
}

std::optional<object> builtin_attribute(const object& owner, std::string_view name) {
  const auto* module = std::get_if<module_name>(&owner.data());
  const auto* function = std::get_if<function_name>(&owner.data());
  if (!module && !function) return std::nullopt;
  const std::string_view of = module ? module->name : function->entry->name;
  if (of == "models")
    if (const function_entry* f = find_entry(name)) return function_name{f};
  if (of == "WindowFrameExclusion")
    if (const auto what = exclusion_named(name)) return *what;
  if (of == "Q" && (name == "AND" || name == "OR" || name == "XOR")) return std::string(name);
  if (const function_entry* f = find_entry(std::string(of) + "." + std::string(name))) return function_name{f};
  return std::nullopt;
}

bool is_later_name(std::string_view name) noexcept {
  return std::find(std::begin(later_names), std::end(later_names), name) != std::end(later_names);
}

std::vector<std::string_view> builtin_names() {
  std::vector<std::string_view> out;
  for (const function_entry& f : entries)
    if (f.name.find('.') == std::string_view::npos) out.push_back(f.name);
  for (const function_entry& f : expression_entries()) out.push_back(f.name);
  for (const function_entry& f : call_entries()) out.push_back(f.name);
  return out;
}

std::vector<std::string_view> builtin_members(std::string_view of) {
  if (of == "WindowFrameExclusion") return exclusion_names();
  std::vector<std::string_view> out;
  for (const function_entry& f : entries)
    if (f.name.starts_with(of) && f.name.substr(of.size()).starts_with('.'))
      out.push_back(f.name.substr(of.size() + 1));
  return out;
}

}  // namespace quarry::text

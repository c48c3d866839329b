#include "support/cells.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <quarry/ir/model/type.hpp>

namespace quarry::test {

using namespace quarry::ir;

void unknown(std::string_view what, std::string_view name) {
  throw not_interpreted("the interpreter does not know " + std::string(what) + " " + std::string(name));
}

truth as_truth(const cell& c) {
  if (is_null(c)) return std::nullopt;
  if (const bool* const b = std::get_if<bool>(&c)) return *b;
  unknown("as a truth value", to_text(c));
}

truth conjunction(truth a, truth b) {
  if (is_false(a) || is_false(b)) return false;
  return a && b ? truth(true) : std::nullopt;
}

int compared(const cell& a, const cell& b) {
  const auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  if (a.index() == b.index()) {
    if (const bool* const v = std::get_if<bool>(&a)) return sign(*v, std::get<bool>(b));
    if (const auto* const v = std::get_if<std::int64_t>(&a)) return sign(*v, std::get<std::int64_t>(b));
    if (const double* const v = std::get_if<double>(&a)) return sign(*v, std::get<double>(b));
    // UTF-8 sorts as its code points do.
    if (const std::string* const v = std::get_if<std::string>(&a)) return sign(*v, std::get<std::string>(b));
  }
  const auto* const left = std::get_if<std::int64_t>(&a);
  const auto* const right = std::get_if<std::int64_t>(&b);
  if (left != nullptr && std::holds_alternative<double>(b))
    return sign(static_cast<double>(*left), std::get<double>(b));
  if (right != nullptr && std::holds_alternative<double>(a))
    return sign(std::get<double>(a), static_cast<double>(*right));
  unknown("a comparison of " + to_text(a) + " and", to_text(b));
}

truth comparison(op o, const cell& a, const cell& b) {
  if (is_null(a) || is_null(b)) return std::nullopt;
  const int c = compared(a, b);
  switch (o) {
    case op::eq: return c == 0;
    case op::ne: return c != 0;
    case op::lt: return c < 0;
    case op::le: return c <= 0;
    case op::gt: return c > 0;
    default: return c >= 0;
  }
}

truth member(const cell& wanted, const std::vector<cell>& all) {
  bool some_unknown = false;
  for (const cell& c : all) {
    const truth t = comparison(op::eq, wanted, c);
    if (is_true(t)) return true;
    some_unknown = some_unknown || !t;
  }
  return some_unknown ? truth() : truth(false);
}

int order_of(const cell& a, const cell& b, std::uint16_t flags) {
  const bool descending = (flags & 1U) != 0;
  const bool nulls_first = (flags & 2U) != 0 || ((flags & 4U) == 0 && !descending);
  if (is_null(a) || is_null(b)) {
    if (is_null(a) && is_null(b)) return 0;
    return is_null(a) == nulls_first ? -1 : 1;
  }
  const int c = compared(a, b);
  return descending ? -c : c;
}

cell fitting(std::int64_t v, scalar s) {
  const bool fits = s == scalar::int64 ||
      (s == scalar::int32 && v >= std::numeric_limits<std::int32_t>::min() &&
       v <= std::numeric_limits<std::int32_t>::max()) ||
      (s == scalar::int16 && v >= std::numeric_limits<std::int16_t>::min() &&
       v <= std::numeric_limits<std::int16_t>::max());
  if (!is_integer(s)) unknown("an integer as", name_of(s));
  if (!fits) throw query_failed("an integer does not fit its type");
  return v;
}

double real(const cell& c) {
  if (const auto* const v = std::get_if<std::int64_t>(&c)) return static_cast<double>(*v);
  if (const double* const v = std::get_if<double>(&c)) return *v;
  unknown("as a number", to_text(c));
}

cell converted(const cell& c, scalar from, scalar to) {
  if (is_null(c) || from == to) return c;
  constexpr std::int64_t day = 86'400'000'000;
  if (from == scalar::date && to == scalar::datetime) return std::get<std::int64_t>(c) * day;
  if (from == scalar::datetime && to == scalar::date) return of_times(op::date_of, {c}, from);
  if (const auto* const v = std::get_if<std::int64_t>(&c); v != nullptr && is_integer(from)) {
    if (to == scalar::text) return std::to_string(*v);
    if (is_integer(to)) return fitting(*v, to);
    if (to == scalar::float64) return static_cast<double>(*v);
  }
  if (const bool* const v = std::get_if<bool>(&c); v != nullptr && is_integer(to)) return std::int64_t{*v ? 1 : 0};
  if (const double* const v = std::get_if<double>(&c); v != nullptr && is_integer(to) && std::abs(*v) < 1e15)
    return fitting(static_cast<std::int64_t>(*v), to);
  unknown("a cast to " + std::string(name_of(to)) + " of", to_text(c));
}

// --- texts ---

namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// Position in bytes of a code point, by its number from 0; the end for numbers beyond.
std::size_t byte_of(std::string_view text, std::size_t number) {
  std::size_t at = 0;
  while (at < text.size() && number > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
    --number;
  }
  return at;
}

std::string text(const cell& c) {
  if (const std::string* const s = std::get_if<std::string>(&c)) return *s;
  unknown("as a text", to_text(c));
}

/// Of ASCII and of the letters from U+00C0 to U+00FE.
std::string mapped(std::string s, bool upper) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto byte = static_cast<unsigned char>(s[i]);
    if (byte < 0x80) {
      if (upper && s[i] >= 'a' && s[i] <= 'z') s[i] = static_cast<char>(s[i] - 'a' + 'A');
      if (!upper && s[i] >= 'A' && s[i] <= 'Z') s[i] = static_cast<char>(s[i] - 'A' + 'a');
      continue;
    }
    const auto next = static_cast<unsigned char>(i + 1 < s.size() ? s[i + 1] : 0);
    if (byte != 0xc3 || next == 0x97 || next == 0x9f || next == 0xb7 || next == 0xbf) unknown("the case of", s);
    ++i;
    if (upper && next >= 0xa0) s[i] = static_cast<char>(next - 0x20);
    if (!upper && next < 0xa0) s[i] = static_cast<char>(next + 0x20);
  }
  return s;
}

std::string trimmed(std::string_view s, bool start, bool end) {
  while (start && s.starts_with(' ')) s.remove_prefix(1);
  while (end && s.ends_with(' ')) s.remove_suffix(1);
  return std::string(s);
}

std::size_t length_in(const cell& c) {
  const auto* const n = std::get_if<std::int64_t>(&c);
  if (n == nullptr || *n < 0) unknown("a length of", to_text(c));
  return static_cast<std::size_t>(*n);
}

std::string replaced(std::string_view in, std::string_view what, std::string_view by) {
  if (what.empty()) return std::string(in);
  std::string out;
  for (std::size_t at = 0; at < in.size();) {
    if (in.substr(at).starts_with(what)) {
      out += by;
      at += what.size();
    } else {
      out += in[at++];
    }
  }
  return out;
}

std::string backwards(std::string_view s) {
  std::string out;
  for (std::size_t i = code_points(s); i-- > 0;) out += s.substr(byte_of(s, i), byte_of(s, i + 1) - byte_of(s, i));
  return out;
}

cell of_texts(op o, const row& args) {
  const std::string first = text(args[0]);
  const auto second = [&] { return text(args[1]); };
  switch (o) {
    case op::contains: return first.find(second()) != std::string::npos;
    case op::startswith: return first.starts_with(second());
    case op::endswith: return first.ends_with(second());
    case op::iexact: return mapped(first, false) == mapped(second(), false);
    case op::icontains: return mapped(first, false).find(mapped(second(), false)) != std::string::npos;
    case op::istartswith: return mapped(first, false).starts_with(mapped(second(), false));
    case op::iendswith: return mapped(first, false).ends_with(mapped(second(), false));
    case op::upper: return mapped(first, true);
    case op::lower: return mapped(first, false);
    case op::length: return static_cast<std::int64_t>(code_points(first));
    case op::concat: {
      std::string all;
      for (const cell& c : args) all += text(c);
      return all;
    }
    case op::substr: {
      if (length_in(args[1]) < 1) unknown("substr from", to_text(args[1]));
      const std::string rest = first.substr(byte_of(first, length_in(args[1]) - 1));
      return args.size() < 3 ? rest : rest.substr(0, byte_of(rest, length_in(args[2])));
    }
    case op::right: {
      const std::size_t all = code_points(first), wanted = length_in(args[1]);
      return first.substr(byte_of(first, all - std::min(all, wanted)));
    }
    case op::replace: return replaced(first, second(), text(args[2]));
    case op::reverse: return backwards(first);
    case op::trim: return trimmed(first, true, true);
    case op::ltrim: return trimmed(first, true, false);
    case op::rtrim: return trimmed(first, false, true);
    case op::repeat: {
      std::string all;
      for (std::size_t i = length_in(args[1]); i > 0; --i) all += first;
      return all;
    }
    case op::position: {
      const std::size_t at = first.find(second());
      return at == std::string::npos ? std::int64_t{0}
                                     : static_cast<std::int64_t>(code_points(first.substr(0, at)) + 1);
    }
    default: unknown("the operation", info(o).name);
  }
}

// --- numbers ---

cell of_reals(op o, const row& args) {
  const double a = real(args[0]), b = args.size() > 1 ? real(args[1]) : 0;
  switch (o) {
    case op::add: return a + b;
    case op::sub: return a - b;
    case op::mul: return a * b;
    case op::div: return b == 0 ? cell(null) : cell(a / b);
    case op::neg: return -a;
    case op::abs: return std::abs(a);
    case op::floor: return std::floor(a);
    case op::ceil: return std::ceil(a);
    default: unknown("over reals the operation", info(o).name);
  }
}

cell of_numbers(op o, const row& args, scalar result) {
  if (result == scalar::float64) return of_reals(o, args);
  const auto* const a = std::get_if<std::int64_t>(&args[0]);
  const auto* const second = args.size() > 1 ? std::get_if<std::int64_t>(&args[1]) : a;
  if (a == nullptr || second == nullptr) unknown("over " + to_text(args) + " the operation", info(o).name);
  const std::int64_t b = *second;
  std::int64_t v = 0;
  bool overflow = false;
  switch (o) {
    case op::add: overflow = __builtin_add_overflow(*a, b, &v); break;
    case op::sub: overflow = __builtin_sub_overflow(*a, b, &v); break;
    case op::mul: overflow = __builtin_mul_overflow(*a, b, &v); break;
    case op::neg: overflow = __builtin_sub_overflow(std::int64_t{0}, *a, &v); break;
    case op::abs: overflow = *a < 0 ? __builtin_sub_overflow(std::int64_t{0}, *a, &v) : (v = *a, false); break;
    case op::div:
    case op::mod:
      if (b == 0) return null;
      overflow = b == -1 && *a == std::numeric_limits<std::int64_t>::min();
      if (!overflow) v = o == op::div ? *a / b : *a % b;
      if (overflow && o == op::mod) return std::int64_t{0};
      break;
    case op::bit_and: v = *a & b; break;
    case op::bit_or: v = *a | b; break;
    case op::bit_xor: v = *a ^ b; break;
    case op::sign: v = *a < 0 ? -1 : *a > 0 ? 1 : 0; break;
    case op::floor:
    case op::ceil: v = *a; break;
    default: unknown("over integers the operation", info(o).name);
  }
  if (overflow) throw query_failed("an integer does not fit its type");
  return fitting(v, result);
}

}  // namespace

cell applied(op o, const row& args, scalar first, scalar result) {
  switch (o) {
    case op::not_: return as_cell(negation(as_truth(args[0])));
    case op::xor_: {
      const truth a = as_truth(args[0]), b = as_truth(args[1]);
      return a && b ? cell(*a != *b) : cell(null);
    }
    case op::is_null: return is_null(args[0]);
    case op::is_not_null: return !is_null(args[0]);
    case op::is_true: return is_true(as_truth(args[0]));
    case op::eq:
    case op::ne:
    case op::lt:
    case op::le:
    case op::gt:
    case op::ge: return as_cell(comparison(o, args[0], args[1]));
    case op::not_distinct:
      if (is_null(args[0]) || is_null(args[1])) return is_null(args[0]) && is_null(args[1]);
      return compared(args[0], args[1]) == 0;
    case op::in_list: return as_cell(member(args[0], {args.begin() + 1, args.end()}));
    case op::between:
      return as_cell(conjunction(comparison(op::ge, args[0], args[1]), comparison(op::le, args[0], args[2])));
    case op::nullif: return is_true(comparison(op::eq, args[0], args[1])) ? cell(null) : args[0];
    default: break;
  }
  // Everything else is NULL as soon as one argument is.
  for (const cell& c : args)
    if (is_null(c)) return null;
  switch (info(o).group) {
    case op_class::text: return of_texts(o, args);
    case op_class::arith: return of_numbers(o, args, result);
    case op_class::temporal: return of_times(o, args, first);
    default: break;
  }
  if (o != op::greatest && o != op::least) unknown("the operation", info(o).name);
  cell best = args[0];
  for (const cell& c : args)
    if (const int order = compared(c, best); o == op::greatest ? order > 0 : order < 0) best = c;
  return best;
}

// --- aggregates ---

namespace {

/// Of integers by their exact sums, so that the order of the values does not count.
cell spread(op o, const std::vector<cell>& values) {
  const bool sample = o == op::var_samp || o == op::stddev_samp;
  const auto count = static_cast<std::int64_t>(values.size());
  if (count < (sample ? 2 : 1)) return null;
  std::int64_t sum = 0, squares = 0;
  for (const cell& c : values) {
    const auto* const v = std::get_if<std::int64_t>(&c);
    if (v == nullptr) unknown("the spread of", to_text(c));
    sum += *v;
    squares += *v * *v;
  }
  const double variance =
      static_cast<double>(count * squares - sum * sum) / static_cast<double>(count * (sample ? count - 1 : count));
  return o == op::stddev_pop || o == op::stddev_samp ? std::sqrt(variance) : variance;
}

cell summed(op o, const std::vector<cell>& values, scalar result) {
  if (o == op::avg || result == scalar::float64) {
    if (result != scalar::float64) unknown("an average of type", name_of(result));
    double sum = 0;
    for (const cell& c : values) sum += real(c);
    return o == op::avg ? sum / static_cast<double>(values.size()) : sum;
  }
  std::int64_t sum = 0;
  for (const cell& c : values) {
    const auto* const v = std::get_if<std::int64_t>(&c);
    if (v == nullptr) unknown("a sum of", to_text(c));
    if (__builtin_add_overflow(sum, *v, &sum)) throw query_failed("an integer does not fit its type");
  }
  return fitting(sum, result);
}

}  // namespace

cell aggregated(op o, const std::vector<cell>& values, std::int64_t rows, scalar result, std::string_view separator) {
  if (o == op::count_rows) return rows;
  if (o == op::count) return static_cast<std::int64_t>(values.size());
  if (values.empty()) return null;
  switch (o) {
    case op::sum:
    case op::avg: return summed(o, values, result);
    case op::min:
    case op::max: {
      cell best = values[0];
      for (const cell& c : values)
        if (const int order = compared(c, best); o == op::max ? order > 0 : order < 0) best = c;
      return best;
    }
    case op::stddev_pop:
    case op::stddev_samp:
    case op::var_pop:
    case op::var_samp: return spread(o, values);
    case op::any_value: return values[0];
    case op::string_agg: {
      std::string all;
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) all += separator;
        all += text(values[i]);
      }
      return all;
    }
    default: unknown("the aggregate", info(o).name);
  }
}

}  // namespace quarry::test

// Values by themselves: comparisons, three-valued logic, the operations and aggregates of ops.def, in the simplest way that is
// right. Portable semantics: texts compare by code point, integers divide towards zero, a division by zero is NULL, and an
// integer that does not fit its type is an error.
#pragma once

#include <optional>
#include <stdexcept>
#include <string_view>

#include <quarry/ir/model/kinds.hpp>

#include "support/rows.hpp"

namespace quarry::test {

/// The tree has something that the interpreter does not know: it never guesses.
class not_interpreted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The query fails over these rows: an overflow, a subquery of several rows where one value is wanted.
class query_failed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[noreturn]] void unknown(std::string_view what, std::string_view name);

/// TRUE, FALSE, or absent for UNKNOWN.
using truth = std::optional<bool>;

inline bool is_true(truth t) { return t && *t; }
inline bool is_false(truth t) { return t && !*t; }
inline cell as_cell(truth t) { return t ? cell(*t) : cell(null); }
truth as_truth(const cell& c);
truth conjunction(truth a, truth b);
inline truth negation(truth a) { return a ? truth(!*a) : std::nullopt; }

/// Negative, zero or positive, of two values that are not NULL.
int compared(const cell& a, const cell& b);
truth comparison(ir::op o, const cell& a, const cell& b);
/// x IN (…): TRUE if one is equal; else UNKNOWN if one comparison is; else FALSE, of no element too.
truth member(const cell& wanted, const std::vector<cell>& all);
/// Whether `a` stands before `b` (negative), after it (positive), or beside it, by one key; flags of an order_item. NULLs stand
/// first ascending and last descending, unless the flags say otherwise.
int order_of(const cell& a, const cell& b, std::uint16_t flags);

/// An integer of this type; throws query_failed where it does not fit.
cell fitting(std::int64_t v, ir::scalar s);
double real(const cell& c);
cell converted(const cell& c, ir::scalar from, ir::scalar to);
/// Of operations whose arguments are all evaluated; `first` is the type of the first argument.
cell applied(ir::op o, const row& args, ir::scalar first, ir::scalar result);
/// Over dates (days), times (µs of the day) and datetimes (µs), all since 1970.
cell of_times(ir::op o, const row& args, ir::scalar first);
/// The first or last date, or datetime, of which `part` (year, iso_year, date_of) gives this.
cell edge_of_period(ir::op part, const cell& given, bool last, ir::scalar type);
/// `rows`: their number, NULLs included; `values`: without the NULLs, in order.
cell aggregated(ir::op o, const std::vector<cell>& values, std::int64_t rows, ir::scalar result,
                std::string_view separator = {});

}  // namespace quarry::test

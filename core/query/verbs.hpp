// What the verbs of a QuerySet do to its chain. Shared by the C++ API and the text front end, so that both build the
// same chains.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <quarry/core/exec/session.hpp>
#include <quarry/core/query/chain.hpp>

namespace quarry {

/// What dates() cuts to.
enum class date_part : std::uint8_t { year, month, week, day };
/// What datetimes() cuts to.
enum class time_part : std::uint8_t { year, month, week, day, hour, minute, second };
enum class direction : std::uint8_t { ascending, descending };

}  // namespace quarry

namespace quarry::detail {

/// Rows that get() fetches at most before it reports how many there are.
inline constexpr std::int64_t get_limit = 21;

/// Does the chain have an order of its own, or that of its model?
bool has_order(const chain& c) noexcept;
/// Did somebody say which rows, other than as the parent of related objects?
bool has_condition(const chain& c) noexcept;
/// Are its rows those of a union(), intersection() or difference()?
bool is_combined(const chain& c) noexcept;
/// Did somebody call order_by() without names after the last order?
bool order_cleared(const chain& c) noexcept;

ir::result<chain> for_get(const chain& c);  ///< at most get_limit rows, in no order
ir::result<chain> for_first(const chain& c);  ///< one row; by primary key where there is no order
ir::result<chain> for_last(const chain& c);  ///< one row, from the other end
/// As for_get; but of a query without any condition the row with the greatest primary key.
ir::result<chain> for_get_or_none(const chain& c);
/// The rows whose `column`, a unique one, is among the keys, in no order; without keys all of them.
ir::result<chain> for_bulk(const chain& c, std::uint32_t column, const operand* keys);

/// filter() or exclude(); terms that say nothing (an empty Q) are left out. The first filter() on the objects behind links
/// speaks of the links too: one call with the condition that the query began with.
chain conditioned(const chain& c, link_form form, std::span<term> terms);
chain ordered(const chain& c, std::span<const term> keys);

/// Objects with these columns alone, given by ascending position; what select_related() chose no longer counts.
chain with_columns(const chain& c, std::span<const std::uint32_t> columns);
/// The objects that a relation of `model` leads to from the one whose local column has this value. An error when it is NULL.
ir::result<chain> related_objects(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                                  std::uint32_t relation, const operand& key);
/// The other side of a relation, as a relation of its target.
std::uint32_t way_back(const ir::catalog& catalog, std::uint32_t model, std::uint32_t relation);

/// One row: the last (or first) by these names, or by the model's get_latest_by. A value_error without either.
ir::result<chain> for_newest(const chain& c, std::span<const path_ref> names, bool from_the_end);
/// `a | b` (either), `a & b` (both) or `a ^ b` (one_of), with Django's rules for empty, sliced and distinct queries.
ir::result<chain> combined(const chain& a, const chain& b, link_form form);
/// The set operation whose rows the chain gives: "union", "intersection", "difference"; empty: none.
std::string_view name_of_set(const chain& c) noexcept;
/// Did somebody call none()?
bool gives_nothing(const chain& c) noexcept;

ir::op truncation(date_part part) noexcept;
ir::op truncation(time_part part) noexcept;
/// The different values of a path, cut by `cut`; `to_date`: the path is a datetime, and its dates are wanted.
chain dated(const chain& c, const path_ref& path, ir::op cut, bool to_date, direction way);

/// The one number of count() and exists().
std::int64_t run_number(session& s, const chain& c);
/// Is there a row with this primary key?
bool row_exists(session& s, const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model, const operand& key);
/// Does the chain give the row with this key? Throws value_error when the key is NULL.
bool contains_key(session& s, const chain& c, const operand& key);
[[noreturn]] void raise_not_one(const chain& c, bool none);
[[noreturn]] void raise_past_end();

/// The session of quarry::objects<Model>; set_default_session(nullptr) takes it away.
void set_default_session(std::shared_ptr<session> s);
std::shared_ptr<session> default_session(std::string_view model);

}  // namespace quarry::detail

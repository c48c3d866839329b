// What the verbs of a QuerySet do to its chain. Shared by the C++ API and the text front end, so that both build the
// same chains.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <quarry/core/exec/session.hpp>
#include <quarry/core/query/chain.hpp>

namespace quarry::detail {

/// Rows that get() fetches at most before it reports how many there are.
inline constexpr std::int64_t get_limit = 21;

/// Does the chain have an order of its own, or that of its model?
bool has_order(const chain& c) noexcept;
/// Did somebody call order_by() without names after the last order?
bool order_cleared(const chain& c) noexcept;

ir::result<chain> for_get(const chain& c);  ///< at most get_limit rows, in no order
ir::result<chain> for_first(const chain& c);  ///< one row; by primary key where there is no order
ir::result<chain> for_last(const chain& c);  ///< one row, from the other end

/// filter() or exclude(); terms that say nothing (an empty Q) are left out.
chain conditioned(const chain& c, link_form form, std::span<term> terms);
chain ordered(const chain& c, std::span<const path_ref> names);

/// The one number of count() and exists().
std::int64_t run_number(session& s, const chain& c);
/// Is there a row with this primary key?
bool row_exists(session& s, const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model, const operand& key);
[[noreturn]] void raise_not_one(const chain& c, bool none);
[[noreturn]] void raise_past_end();

/// The session of quarry::objects<Model>; set_default_session(nullptr) takes it away.
void set_default_session(std::shared_ptr<session> s);
std::shared_ptr<session> default_session(std::string_view model);

}  // namespace quarry::detail

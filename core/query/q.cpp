#include <quarry/core/query/q.hpp>

#include <optional>
#include <string>

#include <quarry/ir/model/type.hpp>

namespace quarry::detail {

tree combine(expression_form form, const tree& left, const tree& right) {
  if (!left) return right;
  if (!right) return left;
  return unwrap(make_condition(form, std::array{left, right}));
}

tree negate(const tree& what) {
  if (!what) return what;
  return unwrap(make_condition(expression_form::negation, std::array{what}));
}

namespace {

/// The least number that may stand at a place of a function: of characters, or the first of them.
std::optional<std::int64_t> least_of(ir::op o, std::size_t position) noexcept {
  if (position != 1) return std::nullopt;
  if (o == ir::op::right || o == ir::op::substr) return 1;
  if (o == ir::op::lpad || o == ir::op::rpad || o == ir::op::repeat) return 0;
  return std::nullopt;
}

}  // namespace

void require_at_least(std::string_view function, const tree& number, std::int64_t least) {
  const operand& o = number->constant;
  if (number->form != expression_form::constant || o.form != operand_form::scalar || !ir::is_integer(o.type)) return;
  if (o.integer < least)
    raise(ir::diag::wrong_number,
          {std::string(function) + "()", "a number of at least " + std::to_string(least), std::to_string(o.integer)});
}

tree operation_tree(ir::op o, std::span<const tree> parts) {
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (const auto least = least_of(o, i)) require_at_least(ir::info(o).name, parts[i], *least);
  return unwrap(make_operation(o, parts));
}

}  // namespace quarry::detail

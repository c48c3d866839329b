#include <quarry/ir/model/operands.hpp>

namespace quarry::ir {

any_id first_misfit(const context& cx, op o, std::span<const std::uint32_t> args) noexcept {
  const op_class group = info(o).group;
  type first = types::null;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const type t = cx.at({args[i]}).type;
    const bool member =
        o != op::in_array || i == 0 || t.kind() != scalar::array || same_family(first.kind(), t.element());
    if (!works_on(o, group, i, t.kind(), first.kind()) || !member) return {args[i]};
    // Operands of one comparison are of one family: the first that has a type says which.
    if (first.kind() == scalar::unknown) first = t;
  }
  return {};
}

}  // namespace quarry::ir

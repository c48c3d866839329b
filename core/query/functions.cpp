#include <quarry/core/query/functions.hpp>

#include <algorithm>
#include <vector>

namespace quarry::detail {

tree cast_tree(const tree& what, ir::type to) { return unwrap(make_cast(what, to)); }

tree typed_tree(const tree& what, ir::type as) { return unwrap(make_typed(what, as)); }

tree numeric_tree(const tree& what) { return unwrap(make_numeric(what)); }

tree lookup_tree(const tree& what, std::string_view lookup, const tree& with) {
  const operand value = with->form == expression_form::constant ? with->constant : operand::of_expression(with.get());
  return unwrap(make_lookup_on(what, path_ref::literal(lookup), value));
}

tree lookup_tree(const tree& what, std::string_view lookup, const operand& with) {
  return unwrap(make_lookup_on(what, path_ref::literal(lookup), with));
}

tree lookup_tree(const tree& what, std::string_view lookup, std::span<const tree> with) {
  const auto is_constant = [](const tree& t) { return t->form == expression_form::constant; };
  if (std::ranges::all_of(with, is_constant)) {
    operand_buffer list;
    for (const tree& t : with) list.push(t->constant);
    return lookup_tree(what, lookup, list.as_list());
  }
  std::vector<tree> parts;
  for (const tree& t : with)
    if (!is_constant(t) || t->constant.form != operand_form::null) parts.push_back(t);
  const tree row = unwrap(make_row(parts));
  return lookup_tree(what, lookup, operand::of_expression(row.get()));
}

ir::op part_named(std::string_view unit) {
  const std::optional<time_unit> found = time_unit_named(unit);
  if (!found) raise(ir::diag::wrong_number, {"Extract()", "a unit such as 'year'", "another text"});
  return found->part;
}

ir::op start_named(std::string_view unit) {
  const std::optional<time_unit> found = time_unit_named(unit);
  if (!found || !found->start) raise(ir::diag::wrong_number, {"Trunc()", "a unit such as 'year'", "another text"});
  return *found->start;
}

tree when_tree(const tree& condition, const tree& value) {
  if (!condition) raise(ir::diag::wrong_number, {"When()", "a condition", "an empty Q"});
  return unwrap(make_when(condition, value));
}

tree case_tree(std::span<const tree> branches) { return unwrap(make_case(branches)); }

}  // namespace quarry::detail

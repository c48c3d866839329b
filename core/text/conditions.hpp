// The arguments of filter(), exclude(), get() and Q() as terms of a chain.
#pragma once

#include <optional>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

/// Terms borrow from the arguments and from this.
class condition_builder {
 public:
  /// `over`: the query that is narrowed; null for a Q, which meets its query later.
  condition_builder(environment& e, const detail::chain* over) noexcept : e_(e), over_(over) {
    if (over) model_ = over->model();
  }

  std::vector<detail::term> terms(const call_arguments& given);
  /// One tree of all arguments, joined by `form`; absent when there are none.
  formula as_formula(const call_arguments& given, detail::expression_form form);

  /// Checks every path of the terms, where the model is known. Throws quarry::error.
  void check_paths(const std::vector<detail::term>& terms) const;

  /// A value as the operand of a lookup.
  detail::operand operand_of(const argument& a, const detail::path_ref& path);

 private:
  detail::term positional(const argument& a, std::string_view function);
  detail::term keyword(const argument& a, const detail::path_ref& path);
  static bool is_expression(const formula& f);
  detail::operand row_of(const std::vector<object>& items, const argument& a, const detail::path_ref& path);
  detail::operand item(const object& o, const argument& a, const detail::path_ref& path);
  detail::operand key_of(instance& i, const argument& a, const detail::path_ref& path);
  void check_late(const late_instance& late, const argument& a) const;
  environment& e_;
  const detail::chain* over_;
  std::optional<std::uint32_t> model_;
  operand_store store_;
  std::vector<detail::chain> queries_;  ///< of managers that stand as values
  std::vector<detail::ref<detail::expression>> rows_;  ///< values that stand beside each other
  std::vector<late_instance> late_;
};

/// Every path of an expression. Throws quarry::error.
void check_expression(const environment& e, const detail::chain& over, const detail::expression& tree);

/// A path that stands for a value: in order_by(), values() and F(). Throws quarry::error.
void check_value_path(const environment& e, const detail::chain& over, std::string_view path, std::uint32_t offset);

}  // namespace quarry::text

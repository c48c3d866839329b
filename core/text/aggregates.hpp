// Count(), Sum() and the others, and the named expressions of annotate(), alias() and aggregate().
#pragma once

#include <list>
#include <span>
#include <string>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

/// The arguments of annotate(), alias() or aggregate() as terms with a name and a tree. An aggregate of a plain field needs no name: it
/// is called <field>__<function>. Throws quarry::error.
class named_expressions {
 public:
  named_expressions(environment& e, const detail::chain& over, const call_arguments& given);
  /// They borrow from the arguments and from this.
  std::span<const detail::term> terms() const noexcept { return terms_; }

 private:
  void add(environment& e, const call_arguments& given, const argument& a, const detail::path_ref& name);
  detail::chain so_far_;  ///< with the names that stand before
  std::vector<detail::term> terms_;
  std::vector<detail::ref<detail::expression>> trees_;
  std::list<std::string> names_;
};

object make_count(environment& e, const call_arguments& given);
object make_sum(environment& e, const call_arguments& given);
object make_avg(environment& e, const call_arguments& given);
object make_min(environment& e, const call_arguments& given);
object make_max(environment& e, const call_arguments& given);
object make_stddev(environment& e, const call_arguments& given);
object make_variance(environment& e, const call_arguments& given);
object make_any_value(environment& e, const call_arguments& given);

}  // namespace quarry::text

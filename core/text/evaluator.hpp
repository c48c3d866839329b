// Evaluates statements of the query language over a session, as Django would.
//
//   text::evaluator e(models, session);
//   auto rows = e.run("q = Entry.objects.filter(rating__gt=3)\nq.order_by(\"-pub_date\")[:5]");
//
// Chains built here are those of the C++ API: equal queries have equal fingerprints. A lookup given as a keyword is a term of its
// filter() or exclude() call, in the order written; a Q is a tree, also when it holds one lookup only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <quarry/core/exec/session.hpp>
#include <quarry/core/text/models.hpp>
#include <quarry/core/text/object.hpp>
#include <quarry/core/text/parse.hpp>
#include <quarry/core/text/policy.hpp>

namespace quarry::text {

class evaluator {
 public:
  /// The session must outlive the evaluator.
  evaluator(model_set models, detail::session& where);
  /// Of text that nobody vouches for: one expression, which may do what the policy names. Fails when the policy does not fit the
  /// models.
  static ir::result<evaluator> untrusted(const model_set& models, const policy& allowed, detail::session& where);
  ~evaluator();
  evaluator(evaluator&&) noexcept;
  evaluator& operator=(evaluator&&) noexcept;

  /// Runs the statements; variables stay for the next call. Gives the value of the last statement (of an assignment: what was
  /// assigned), None when there is none. A diagnostic's span points into the text that holds the mistake, `source` is that text.
  ir::result<object> run(std::string_view source, const parse_limits& limits = {});
  /// The same, where other statements will follow: a query over a relation that stands by itself is evaluated, and fills its list.
  ir::result<object> run_step(std::string_view source, const parse_limits& limits = {});

  /// Fetches the rows of every QuerySet in `what` that has none yet. Refuses what is no value: a manager, a condition, ….
  ir::result<void> fetch(const object& what);
  /// From now on statements may hold SQL text, as extra() does. Only for statements that no stranger has a part in.
  void trust_sql() noexcept;

  /// The diagnostic of a query that came from here, over the text that the user wrote: a path knows its place in it.
  ir::diagnostic located(ir::diagnostic d) const;

  const model_set& models() const noexcept;
  const std::map<std::string, object, std::less<>>& variables() const noexcept;

 private:
  class interpreter;
  explicit evaluator(std::unique_ptr<interpreter> inside) noexcept;
  std::unique_ptr<interpreter> inside_;
};

}  // namespace quarry::text

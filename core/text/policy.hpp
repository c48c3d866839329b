// What text of users who are not trusted may ask. Nothing is allowed that a policy does not name.
//
//   auto policy = unwrap(text::read_policy(json));
//   auto guarded = unwrap(text::evaluator::untrusted(models, policy, session));
//   auto rows = guarded.run(text_of_a_stranger);
//
// A policy works at three places, each of which sees everything that passes there:
// - Models and fields that it does not name are not there: the text is evaluated over a catalog without them (restricted_models),
//   so that a forbidden name and a name that does not exist are one and the same.
// - Functions, methods and the form of the text are looked at when the evaluator meets them.
// - Every query that goes to the database passes guarded_session, whatever built it: its lookups, the size of it, the number of
//   its rows. Writes don't pass at all.
// Values of the text never become SQL, with or without a policy.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/text/models.hpp>
#include <quarry/core/text/parse.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::text {

/// Where the size of things ends. What nobody said is small: no relation can be followed.
struct policy_limits {
  std::uint32_t text = 2000;  ///< bytes of the text
  std::uint32_t nesting = 20;  ///< brackets in brackets
  std::uint32_t nodes = 500;  ///< names, values, operators, calls and arguments of the text
  std::uint32_t depth = 0;  ///< relations that one path follows
  std::uint32_t joins =
      0;  ///< tables that one statement reads besides the first, as the query is written: before any pass
  std::uint32_t terms = 50;  ///< conditions, columns, orders and parts of expressions of one statement
  std::uint32_t list = 100;  ///< values in one list
  std::uint32_t rows = 100;  ///< rows that one statement gives: a LIMIT, whatever the text says
  std::uint32_t statements = 1;  ///< that the text may send to the database
};

struct policy {
  using names = std::set<std::string, std::less<>>;
  std::map<std::string, names, std::less<>> models;  ///< the fields of each; relations by their names in lookups
  names methods;  ///< of managers, QuerySets, objects and expressions: "filter", "order_by", "desc"
  names functions;  ///< "Q", "Count", "date"
  names lookups;  ///< and transforms: "exact", "year"; a path that names no lookup needs "exact"
  policy_limits limits;
};

/// Fails when the policy names methods and functions that no policy can allow: those that write, those that take SQL, those that say
/// what only the application shall know.
ir::result<void> check_policy(const policy& p);

/// The limits of the parser under a policy.
parse_limits limits_of(const policy& p) noexcept;

/// The models that a policy names, with the fields that it names. An order of a model goes as far as its fields are allowed. Fails
/// when the policy names what does not exist, leaves out a primary key, or half of a relation.
ir::result<model_set> restricted_models(const model_set& all, const policy& p);

/// Reads a policy from JSON:
///   {"models": {"Entry": ["id", "headline"]}, "methods": […], "functions": […], "lookups": […], "limits": {"rows": 50}}
/// Every member may be absent, no other may be there. Members of "limits" have the names of policy_limits.
ir::result<policy> read_policy(std::string_view json);

}  // namespace quarry::text

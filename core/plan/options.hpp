// What a user chooses about the meaning of queries and about compilation.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quarry {

/// portable: the same answer on every database. native: each database answers in its own way, as in Django.
enum class semantics : std::uint8_t { portable, native };
/// per_relation: each aggregate over its own relation. django_joins: over the joined rows, as in Django.
enum class aggregate_rule : std::uint8_t { per_relation, django_joins };
/// strict: exclude() is the exact complement of filter().
enum class exclude_rule : std::uint8_t { django, strict };

struct compile_options {
  quarry::semantics semantics = semantics::portable;
  aggregate_rule aggregates = aggregate_rule::per_relation;
  exclude_rule exclude = exclude_rule::django;
  std::uint64_t disabled_passes = 0;  ///< bit i: the i-th optional pass of pipeline.def
  friend bool operator==(const compile_options&, const compile_options&) = default;
};

/// What EXPLAIN is asked for: a format, and options with values such as {"analyze", "true"}. Which there are depends on the
/// database.
struct explain_request {
  std::string format{};
  std::vector<std::pair<std::string, std::string>> options{};
};

namespace detail {
using quarry::aggregate_rule;
using quarry::explain_request;
using quarry::compile_options;
using quarry::exclude_rule;
using quarry::semantics;
}  // namespace detail

}  // namespace quarry

#include <quarry/core/text/policy.hpp>

#include <algorithm>
#include <array>

namespace quarry::text {
namespace {

// A method that is not in this list can't be allowed: one that is new has to be thought about first.
constexpr std::array<std::string_view, 61> methods_of_readers = {
    "aaggregate",   "acontains",  "acount",         "aearliest",    "aexists",    "afirst",
    "aget",         "aggregate",  "ain_bulk",       "aiterator",    "alast",      "alatest",
    "alias",        "all",        "annotate",       "asc",          "avg",        "bitand",
    "bitleftshift", "bitor",      "bitrightshift",  "bitxor",       "contains",   "count",
    "dates",        "datetimes",  "defer",          "desc",         "difference", "distinct",
    "earliest",     "exclude",    "exclude_fields", "exists",       "fields",     "filter",
    "first",        "get",        "get_or_none",    "get_queryset", "in_bulk",    "intersection",
    "iterator",     "last",       "latest",         "limit",        "max",        "min",
    "none",         "offset",     "only",           "order_by",     "paginate",   "prefetch_related",
    "reverse",      "select_all", "select_related", "sum",          "union",      "values",
    "values_list"};

// Functions that carry the name of an SQL function or of a collation, or SQL.
constexpr std::array<std::string_view, 4> functions_of_sql = {"Collate", "Func", "RawSQL", "transaction"};

template <class List>
bool has(const List& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ir::failure never(std::string_view name) {
  return ir::failure(ir::diag::policy_invalid, {"'" + std::string(name) + "' can't be allowed"});
}

}  // namespace

ir::result<void> check_policy(const policy& p) {
  for (const std::string& name : p.methods)
    if (!has(methods_of_readers, name)) return never(name);
  for (const std::string& name : p.functions)
    if (has(functions_of_sql, name)) return never(name);
  return {};
}

parse_limits limits_of(const policy& p) noexcept {
  parse_limits out;
  out.source_bytes = p.limits.text;
  out.nesting = std::min(out.nesting, p.limits.nesting);
  out.height = std::min(out.height, p.limits.nodes + 1);
  out.nodes = p.limits.nodes;
  return out;
}

}  // namespace quarry::text

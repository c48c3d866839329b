#include <quarry/dialects/sqlite/dialect.hpp>

#include <charconv>
#include <string>

#include <quarry/dialects/base/error.hpp>
#include <quarry/dialects/sqlite/emitter.hpp>

namespace quarry::dialect::sqlite {

namespace {

constexpr std::uint32_t oldest = 3'031'000;

std::string version_text(std::uint32_t version) {
  return std::to_string(version / 1'000'000) + "." + std::to_string(version / 1000 % 1000) + "." +
      std::to_string(version % 1000);
}

std::uint32_t parse_version(std::string_view text) {
  std::uint32_t parts[3] = {0, 0, 0};
  const char* at = text.data();
  const char* end = at + text.size();
  int count = 0;
  while (count < 3) {
    auto [next, failure] = std::from_chars(at, end, parts[count]);
    if (failure != std::errc() || parts[count] > 999)
      throw unsupported("'" + std::string(text) + "' is no version of SQLite", QUARRY_NONE);
    ++count;
    at = next;
    if (at == end) break;
    if (*at != '.' || count == 3) throw unsupported("'" + std::string(text) + "' is no version of SQLite", QUARRY_NONE);
    ++at;
  }
  return parts[0] * 1'000'000 + parts[1] * 1000 + parts[2];
}

facts_record describe(const server& about) {
  const std::uint32_t version = about.version;
  facts_builder facts("SQLite", version_text(version));
  facts
      .all_kinds_but({QUARRY_KIND_LOCK, QUARRY_KIND_DEFAULT_VALUE, QUARRY_KIND_ADD_CONSTRAINT,
                      QUARRY_KIND_DROP_CONSTRAINT, QUARRY_KIND_RESTART_KEY})
      .kinds_only_if(about.json && version >= 3'038'000, {QUARRY_KIND_JSON_PATH})
      .kinds_only_if(version >= 3'035'000, {QUARRY_KIND_RETURNING})
      .all_ops_but({QUARRY_OP_IN_ARRAY})
      .only_if(about.json, {QUARRY_OP_JSON_OBJECT, QUARRY_OP_JSON_ARRAY})
      .all_types_but({QUARRY_TYPE_ARRAY})
      .fact(QUARRY_FACT_SERVER_VERSION, version)
      .fact(QUARRY_FACT_BIND_REUSE, 1)
      .fact(QUARRY_FACT_MAX_BINDS, about.max_binds)
      .fact(QUARRY_FACT_MAX_IDENTIFIER, 1'000'000)  // none but the length of a statement
      .fact(QUARRY_FACT_NULLS_SORT, 1)
      .fact(QUARRY_FACT_NULL_ORDER_SYNTAX, 1)
      .fact(QUARRY_FACT_PREDICATE_VALUES, 1)
      .fact(QUARRY_FACT_BOOLEAN_LITERALS, 1)
      .fact(QUARRY_FACT_INTEGER_DIVISION, 1)
      .fact(QUARRY_FACT_OFFSET_NEEDS_LIMIT, 1)
      .fact(QUARRY_FACT_UNLIMITED_LIMIT, -1)
      .fact(QUARRY_FACT_INSERT_RETURNING, version >= 3'035'000)
      .fact(QUARRY_FACT_CHANGE_RETURNING, version >= 3'035'000)
      .fact(QUARRY_FACT_GENERATED_KEY_OUTCOME, 1)
      .fact(QUARRY_FACT_TEXT_COMPARE, 1)
      .fact(QUARRY_FACT_AGGREGATE_FILTER, 1)
      // MIN and MAX pass over it in a frame whose start moves.
      .fact(QUARRY_FACT_WINDOW_FILTER, 0)
      .fact(QUARRY_FACT_FRAME_EXCLUSION, version >= 3'028'000)
      .fact(QUARRY_FACT_DISTINCT_ON, 0)
      .fact(QUARRY_FACT_TRANSACTIONAL_DDL, 1)
      .fact(QUARRY_FACT_ENFORCES_FOREIGN_KEYS, about.foreign_keys)
      .fact(QUARRY_FACT_DEFERRABLE_FOREIGN_KEYS, 1)
      .fact(QUARRY_FACT_PRIVATE_DATABASE, about.in_memory)
      .fact(QUARRY_FACT_SCHEMA_IN_MEMORY, about.in_memory)
      .fact(QUARRY_FACT_SAVEPOINTS, 1)
      .fact(QUARRY_FACT_ROW_COMPARISON, 1)
      .fact(QUARRY_FACT_LIMIT_IN_SUBQUERY, 1)
      .fact(QUARRY_FACT_MULTI_ROW_INSERT, 1)
      .fact(QUARRY_FACT_FORWARD_REFERENCES, 1)
      .fact(QUARRY_FACT_GENERATED_KEYS_FOLLOW, 1)
      .fact(QUARRY_FACT_EXPLAIN_COLUMNS, 4)  // of EXPLAIN QUERY PLAN
      // Measured in steps of its virtual machine: bench/slow_shapes/RESULTS.md.
      .fact(QUARRY_FACT_SEMI_JOINS, 1)
      .fact(QUARRY_FACT_JOINED_GROUPS, 1)
      .fact(QUARRY_FACT_LATE_ROW_LOOKUP, 1)
      .fact(QUARRY_FACT_LOOKUP_PER_GROUP, 1);  // 1,000 groups of 100,000 rows: a fifth of the window's steps
  return facts.build();
}

}  // namespace

dialect::dialect(const server& about) : about_(about), facts_(describe(about)) {}

dialect dialect::for_version(std::string_view version) {
  server about;
  if (!version.empty()) about.version = parse_version(version);
  if (about.version < oldest) throw unsupported("SQLite before " + version_text(oldest), QUARRY_NONE);
  if (about.version < 3'032'000) about.max_binds = 999;
  about.json = about.version >= 3'038'000;
  return dialect(about);
}

void dialect::emit(const quarry_tree& tree, const quarry_sink& sink) const {
  sqlite::emitter(about_, tree, sink).statement();
}

}  // namespace quarry::dialect::sqlite

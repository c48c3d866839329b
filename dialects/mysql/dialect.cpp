#include <quarry/dialects/mysql/dialect.hpp>

#include <charconv>
#include <limits>
#include <string>

#include <quarry/dialects/base/error.hpp>
#include <quarry/dialects/mysql/emitter.hpp>

namespace quarry::dialect::mysql {

namespace {

std::string version_text(std::uint32_t version) {
  return std::to_string(version / 1'000'000) + "." + std::to_string(version / 1000 % 1000) + "." +
      std::to_string(version % 1000);
}

facts_record describe(const server& about) {
  const bool mariadb = about.mariadb();
  facts_builder facts(mariadb ? "MariaDB" : "MySQL", version_text(about.version));
  facts.all_kinds_but({QUARRY_KIND_DEFAULT_VALUE, QUARRY_KIND_RESTART_KEY, QUARRY_KIND_READ_AS})
      .kinds_only_if(mariadb, {QUARRY_KIND_RETURNING})
      .all_ops_but({QUARRY_OP_IN_ARRAY, QUARRY_OP_PREFIX_END})
      .all_types_but({QUARRY_TYPE_ARRAY})
      .fact(QUARRY_FACT_SERVER_VERSION, about.version)
      .fact(QUARRY_FACT_BIND_REUSE, 0)
      .fact(QUARRY_FACT_MAX_BINDS, 65'535)
      .fact(QUARRY_FACT_MAX_IDENTIFIER, 64)
      .fact(QUARRY_FACT_NULLS_SORT, 1)
      .fact(QUARRY_FACT_NULL_ORDER_SYNTAX, 0)
      .fact(QUARRY_FACT_PREDICATE_VALUES, 1)
      .fact(QUARRY_FACT_BOOLEAN_LITERALS, 1)
      .fact(QUARRY_FACT_INTEGER_DIVISION, 2)
      .fact(QUARRY_FACT_OFFSET_NEEDS_LIMIT, 1)
      .fact(QUARRY_FACT_UNLIMITED_LIMIT, std::numeric_limits<std::int64_t>::max())
      .fact(QUARRY_FACT_INSERT_RETURNING, mariadb)
      .fact(QUARRY_FACT_CHANGE_RETURNING, 0)
      .fact(QUARRY_FACT_GENERATED_KEY_OUTCOME, !mariadb)
      .fact(QUARRY_FACT_TEXT_COMPARE, 1)
      .fact(QUARRY_FACT_AGGREGATE_FILTER, 0)
      .fact(QUARRY_FACT_WINDOW_FILTER, 0)
      .fact(QUARRY_FACT_FRAME_EXCLUSION, 0)
      .fact(QUARRY_FACT_DECIMAL_SUMS, 1)
      .fact(QUARRY_FACT_DISTINCT_ON, 0)
      .fact(QUARRY_FACT_TRANSACTIONAL_DDL, 0)
      .fact(QUARRY_FACT_ENFORCES_FOREIGN_KEYS, 1)
      .fact(QUARRY_FACT_DEFERRABLE_FOREIGN_KEYS, 0)
      .fact(QUARRY_FACT_SAVEPOINTS, 1)
      .fact(QUARRY_FACT_ROW_COMPARISON, 1)
      .fact(QUARRY_FACT_LIMIT_IN_SUBQUERY, 0)
      .fact(QUARRY_FACT_MULTI_ROW_INSERT, 1)
      .fact(QUARRY_FACT_FORWARD_REFERENCES, 0)
      .fact(QUARRY_FACT_UNCHECKED_LOAD, 1)
      .fact(QUARRY_FACT_GENERATED_KEYS_FOLLOW, 1)
      .fact(QUARRY_FACT_ROW_LOCKS, 7)  // of whole rows: NOWAIT, SKIP LOCKED
      .fact(QUARRY_FACT_EXPLAIN_COLUMNS, mariadb ? 10 : 12)
      .fact(QUARRY_FACT_EXPLAIN_FORMATS, mariadb ? 2 : 18);  // JSON, and TREE
  return facts.build();
}

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

}  // namespace

std::string_view server::code_point_collation() const noexcept {
  return what == product::mariadb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
}

std::string_view server::case_collation() const noexcept {
  return what == product::mariadb ? "utf8mb4_uca1400_nopad_as_cs" : "utf8mb4_0900_as_cs";
}

server parse_server(std::string_view text) {
  server about;
  std::string_view rest = text;
  const bool named_mysql = starts(rest, "mysql-");
  const bool named_mariadb = starts(rest, "mariadb-") || text.find("MariaDB") != std::string_view::npos;
  if (starts(rest, "mysql-")) rest.remove_prefix(6);
  if (starts(rest, "mariadb-")) rest.remove_prefix(8);
  if (starts(rest, "5.5.5-")) rest.remove_prefix(6);  // what MariaDB says first, for the sake of old clients
  std::uint32_t parts[3] = {0, 0, 0};
  const char* at = rest.data();
  const char* const end = at + rest.size();
  for (int i = 0; i < 3; ++i) {
    const auto [next, failure] = std::from_chars(at, end, parts[i]);
    if (failure != std::errc() || parts[i] > 999)
      throw unsupported("'" + std::string(text) + "' is no version of MariaDB or MySQL", QUARRY_NONE);
    at = next;
    if (at == end || *at != '.') break;
    ++at;
  }
  if (at != end && *at != '-' && *at != '+')
    throw unsupported("'" + std::string(text) + "' is no version of MariaDB or MySQL", QUARRY_NONE);
  about.version = parts[0] * 1'000'000 + parts[1] * 1000 + parts[2];
  about.what = named_mysql || (!named_mariadb && parts[0] < 10) ? product::mysql : product::mariadb;
  return about;
}

dialect::dialect(const server& about) : about_(about), facts_(describe(about)) {}

dialect dialect::for_version(std::string_view version) {
  server about;
  if (!version.empty()) about = parse_server(version);
  const std::uint32_t oldest = about.mariadb() ? 10'006'000 : 8'000'000;
  if (about.version < oldest)
    throw unsupported(std::string(about.mariadb() ? "MariaDB" : "MySQL") + " before " + version_text(oldest),
                      QUARRY_NONE);
  return dialect(about);
}

void dialect::emit(const quarry_tree& tree, const quarry_sink& sink) const {
  mysql::emitter(about_, tree, sink).statement();
}

}  // namespace quarry::dialect::mysql

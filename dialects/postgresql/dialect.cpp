#include <quarry/dialects/postgresql/dialect.hpp>

#include <charconv>
#include <string>

#include <quarry/dialects/base/error.hpp>
#include <quarry/dialects/postgresql/emitter.hpp>

namespace quarry::dialect::postgresql {

namespace {

constexpr std::uint32_t oldest = 12'000'000;

std::string version_text(std::uint32_t version) {
  return std::to_string(version / 1'000'000) + "." + std::to_string(version / 1000 % 1000);
}

[[noreturn]] void no_version(std::string_view text) {
  throw unsupported("'" + std::string(text) + "' is no version of PostgreSQL", QUARRY_NONE);
}

// "15", "15.4"
std::uint32_t parse_version(std::string_view text) {
  const char* at = text.data();
  const char* end = at + text.size();
  std::uint32_t major = 0, minor = 0;
  auto [after_major, bad_major] = std::from_chars(at, end, major);
  if (bad_major != std::errc() || major > 999) no_version(text);
  if (after_major == end) return major * 1'000'000;
  if (*after_major != '.') no_version(text);
  auto [after_minor, bad_minor] = std::from_chars(after_major + 1, end, minor);
  if (bad_minor != std::errc() || after_minor != end || minor > 999) no_version(text);
  return major * 1'000'000 + minor * 1000;
}

// The bits are those of the fact.
std::int64_t explain_options(std::uint32_t version) {
  constexpr std::int64_t generic_plan = 8, memory_and_serialize = 16 | 32, wal = 1024, all = 2047;
  std::int64_t options = all;
  if (version < 13'000'000) options -= wal;
  if (version < 16'000'000) options -= generic_plan;
  if (version < 17'000'000) options -= memory_and_serialize;
  return options;
}

facts_record describe(const server& about) {
  facts_builder facts("PostgreSQL", version_text(about.version));
  facts.all_kinds_but({QUARRY_KIND_READ_AS})
      .all_ops_but(
          {QUARRY_OP_SHA1, QUARRY_OP_PREFIX_END})  // the server has no function of the one, and needs none of the other
      .all_types_but({})
      .fact(QUARRY_FACT_SERVER_VERSION, about.version)
      .fact(QUARRY_FACT_BIND_REUSE, 1)
      .fact(QUARRY_FACT_MAX_BINDS, 65'535)
      .fact(QUARRY_FACT_MAX_IDENTIFIER, 63)
      .fact(QUARRY_FACT_NULLS_SORT, 2)
      .fact(QUARRY_FACT_NULL_ORDER_SYNTAX, 1)
      .fact(QUARRY_FACT_PREDICATE_VALUES, 1)
      .fact(QUARRY_FACT_BOOLEAN_LITERALS, 1)
      .fact(QUARRY_FACT_INTEGER_DIVISION, 1)
      .fact(QUARRY_FACT_OFFSET_NEEDS_LIMIT, 0)
      .fact(QUARRY_FACT_ARRAY_BINDS, 1)
      .fact(QUARRY_FACT_INSERT_RETURNING, 1)
      .fact(QUARRY_FACT_CHANGE_RETURNING, 1)
      .fact(QUARRY_FACT_GENERATED_KEY_OUTCOME, 0)
      .fact(QUARRY_FACT_TEXT_COMPARE, 1)
      .fact(QUARRY_FACT_AGGREGATE_FILTER, 1)
      .fact(QUARRY_FACT_WINDOW_FILTER, 1)
      .fact(QUARRY_FACT_FRAME_EXCLUSION, 1)
      .fact(QUARRY_FACT_DECIMAL_SUMS, 1)
      .fact(QUARRY_FACT_DISTINCT_ON, 1)
      .fact(QUARRY_FACT_TRANSACTIONAL_DDL, 1)
      .fact(QUARRY_FACT_ENFORCES_FOREIGN_KEYS, 1)
      .fact(QUARRY_FACT_DEFERRABLE_FOREIGN_KEYS, 1)
      .fact(QUARRY_FACT_SAVEPOINTS, 1)
      .fact(QUARRY_FACT_ROW_COMPARISON, 1)
      .fact(QUARRY_FACT_LIMIT_IN_SUBQUERY, 1)
      .fact(QUARRY_FACT_MULTI_ROW_INSERT, 1)
      .fact(QUARRY_FACT_ROW_LOCKS, 31)  // all that it knows of
      .fact(QUARRY_FACT_EXPLAIN_COLUMNS, 1)
      .fact(QUARRY_FACT_EXPLAIN_FORMATS, 15)  // TEXT, JSON, XML, YAML
      .fact(QUARRY_FACT_EXPLAIN_OPTIONS, explain_options(about.version));
  return facts.build();
}

// Of a collation's name only that of an identifier is let through: it stands in a pattern.
std::string case_words(std::string_view function, std::string_view collation) {
  std::string quoted;
  for (char c : collation) {
    if (c == '"' || c == '$' || c == '@' || c == '\0') throw unsupported("this name of a collation", QUARRY_NONE);
    quoted += c;
  }
  return std::string(function) + "(@1 COLLATE \"" + quoted + "\") COLLATE \"C\"";
}

}  // namespace

dialect::dialect(const server& about)
    : about_(about),
      facts_(describe(about)),
      upper_(case_words("upper", about.case_mapping)),
      lower_(case_words("lower", about.case_mapping)) {}

dialect dialect::for_version(std::string_view version) {
  server about;
  if (!version.empty()) about.version = parse_version(version);
  if (about.version < oldest) throw unsupported("PostgreSQL before " + version_text(oldest), QUARRY_NONE);
  if (about.version < 17'000'000) about.case_mapping = "C.utf8";
  return dialect(about);
}

void dialect::emit(const quarry_tree& tree, const quarry_sink& sink) const {
  postgresql::emitter(about_, {upper_, lower_}, tree, sink).statement();
}

}  // namespace quarry::dialect::postgresql

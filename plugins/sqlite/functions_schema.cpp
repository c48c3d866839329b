#include <charconv>
#include <string>

#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sqlite/functions.hpp>

// For inspection: what a column's declaration means.
namespace quarry::plugin::sqlite {

namespace {

struct declared {
  std::string name;  // in lower case
  int first = 0, second = 0;
};

declared split(std::string_view text) {
  declared result;
  std::size_t open = text.find('(');
  for (char c : text.substr(0, open)) result.name.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
  while (!result.name.empty() && result.name.back() == ' ') result.name.pop_back();
  if (open == std::string_view::npos) return result;
  const char* at = text.data() + open + 1;
  const char* end = text.data() + text.size();
  at = std::from_chars(at, end, result.first).ptr;
  while (at != end && (*at == ' ' || *at == ',')) ++at;
  std::from_chars(at, end, result.second);
  return result;
}

struct known_type {
  std::string_view name;
  std::uint32_t type;
};

// What this dialect and Django write first; then SQLite's own rules of affinity.
constexpr known_type known_types[] = {{"bool", QUARRY_TYPE_BOOLEAN},
                                      {"boolean", QUARRY_TYPE_BOOLEAN},
                                      {"smallint", QUARRY_TYPE_INT16},
                                      {"tinyint", QUARRY_TYPE_INT16},
                                      {"smallint unsigned", QUARRY_TYPE_INT16},
                                      {"int2", QUARRY_TYPE_INT16},
                                      {"integer", QUARRY_TYPE_INT32},
                                      {"int", QUARRY_TYPE_INT32},
                                      {"integer unsigned", QUARRY_TYPE_INT32},
                                      {"mediumint", QUARRY_TYPE_INT32},
                                      {"decimal", QUARRY_TYPE_DECIMAL},
                                      {"numeric", QUARRY_TYPE_DECIMAL},
                                      {"date", QUARRY_TYPE_DATE},
                                      {"time", QUARRY_TYPE_TIME},
                                      {"datetime", QUARRY_TYPE_DATETIME},
                                      {"timestamp", QUARRY_TYPE_DATETIME},
                                      {"json", QUARRY_TYPE_JSON},
                                      {"uuid", QUARRY_TYPE_UUID},
                                      {"", QUARRY_TYPE_UNKNOWN}};
constexpr known_type affinities[] = {{"int", QUARRY_TYPE_INT64},    {"char", QUARRY_TYPE_TEXT},
                                     {"clob", QUARRY_TYPE_TEXT},    {"text", QUARRY_TYPE_TEXT},
                                     {"blob", QUARRY_TYPE_BYTES},   {"real", QUARRY_TYPE_FLOAT64},
                                     {"floa", QUARRY_TYPE_FLOAT64}, {"doub", QUARRY_TYPE_FLOAT64}};

std::uint32_t type_of(const declared& column) {
  if (column.name == "char" && column.first == 32) return QUARRY_TYPE_UUID;
  for (const known_type& one : known_types)
    if (column.name == one.name) return one.type;
  for (const known_type& one : affinities)
    if (column.name.find(one.name) != std::string::npos) return one.type;
  return QUARRY_TYPE_DECIMAL;
}

// quarry_declared_type(text, 0): the type; 1: length or precision; 2: scale.
void declared_type(sqlite3_context* to, arguments args) {
  declared column = split(text_of(args[0]));
  std::uint32_t type = type_of(column);
  bool sized = type == QUARRY_TYPE_TEXT || type == QUARRY_TYPE_DECIMAL;
  switch (sqlite3_value_int(args[1])) {
    case 0: sqlite3_result_int(to, static_cast<int>(type)); break;
    case 1: sqlite3_result_int(to, sized ? column.first : 0); break;
    default: sqlite3_result_int(to, type == QUARRY_TYPE_DECIMAL ? column.second : 0); break;
  }
}

void column_collation(sqlite3_context* to, arguments args) {
  const char* collation = nullptr;
  std::string table(text_of(args[0])), column(text_of(args[1]));
  if (sqlite3_table_column_metadata(sqlite3_context_db_handle(to), "main", table.c_str(), column.c_str(), nullptr,
                                    &collation, nullptr, nullptr, nullptr) != SQLITE_OK)
    return;  // a view's column: NULL
  if (collation != nullptr) result_text(to, collation);
}

// A column that is another name of the rowid gets a value by itself: declared INTEGER, and the only column of the primary key.
void generated_key(sqlite3_context* to, arguments args) {
  sqlite3* db = sqlite3_context_db_handle(to);
  sqlite3_stmt* query = nullptr;
  sqlite3_prepare_v2(
      db,
      "SELECT count(*) = 1 AND max(lower(name) = lower(?2) AND lower(type) = 'integer') FROM pragma_table_info(?1) "
      "WHERE pk > 0",
      -1, &query, nullptr);
  std::string table(text_of(args[0])), column(text_of(args[1]));
  sqlite3_bind_text(query, 1, table.c_str(), -1, SQLITE_STATIC);
  sqlite3_bind_text(query, 2, column.c_str(), -1, SQLITE_STATIC);
  int yes = sqlite3_step(query) == SQLITE_ROW ? sqlite3_column_int(query, 0) : 0;
  sqlite3_finalize(query);
  sqlite3_result_int(to, yes);
}

}  // namespace

void register_schema_functions(sqlite3* db) {
  define(db, "quarry_declared_type", 2, strict<declared_type>);
  define(db, "quarry_column_collation", 2, strict<column_collation>, SQLITE_UTF8 | SQLITE_DIRECTONLY);
  define(db, "quarry_generated_key", 2, strict<generated_key>, SQLITE_UTF8 | SQLITE_DIRECTONLY);
}

}  // namespace quarry::plugin::sqlite

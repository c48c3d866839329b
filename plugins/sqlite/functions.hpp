#ifndef QUARRY_PLUGINS_SQLITE_FUNCTIONS_HPP
#define QUARRY_PLUGINS_SQLITE_FUNCTIONS_HPP

#include <exception>
#include <new>
#include <string_view>

#include <sqlite3.h>

#include <quarry/plugins/sdk/error.hpp>
#include <quarry/plugins/sqlite/errors.hpp>

// The SQL functions that the dialect's words rely on. All but quarry_random are deterministic; all are innocuous: they may stand
// in views, triggers and indexes.
namespace quarry::plugin::sqlite {

void register_functions(sqlite3* db);

void register_text_functions(sqlite3* db);
void register_regex_functions(sqlite3* db);
void register_json_functions(sqlite3* db);
void register_number_functions(sqlite3* db);
void register_math_functions(sqlite3* db);
void register_digest_functions(sqlite3* db);
void register_time_functions(sqlite3* db);
void register_aggregates(sqlite3* db);
void register_schema_functions(sqlite3* db);

// --- for the files that define functions ---

// The arguments of a call.
struct arguments {
  sqlite3_value** values;
  int count;
  sqlite3_value* operator[](int index) const noexcept { return values[index]; }
};

inline bool is_null(sqlite3_value* value) noexcept { return sqlite3_value_type(value) == SQLITE_NULL; }
inline std::string_view text_of(sqlite3_value* value) {
  auto text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) {
    if (is_null(value)) return {};
    throw std::bad_alloc();
  }
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}
inline void result_text(sqlite3_context* to, std::string_view text) {
  sqlite3_result_text64(to, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// Says to SQLite what was thrown; called in a catch block.
inline void report(sqlite3_context* to) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(to);
  } catch (const std::exception& e) {
    sqlite3_result_error(to, e.what(), -1);
    sqlite3_result_error_code(to, data_error_code);
  } catch (...) {
    sqlite3_result_error(to, "an unknown exception", -1);
  }
}

using body = void (*)(sqlite3_context*, arguments);

// NULL in, NULL out; no exception leaves.
template <body F>
void strict(sqlite3_context* to, int count, sqlite3_value** values) noexcept {
  for (int i = 0; i < count; ++i)
    if (is_null(values[i])) return;
  try {
    F(to, {values, count});
  } catch (...) {
    report(to);
  }
}

using entry = void (*)(sqlite3_context*, int, sqlite3_value**);
inline constexpr int pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

// user: what sqlite3_user_data gives back; destroyed with the function.
inline void define(sqlite3* db, const char* name, int count, entry function, int flags = pure, void* user = nullptr,
                   void (*destroy)(void*) = nullptr) {
  int code = sqlite3_create_function_v2(db, name, count, flags, user, function, nullptr, nullptr, destroy);
  if (code != SQLITE_OK) throw last_error(db);
}

}  // namespace quarry::plugin::sqlite

#endif

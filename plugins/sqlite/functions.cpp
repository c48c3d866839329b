#include <quarry/plugins/sqlite/functions.hpp>

namespace quarry::plugin::sqlite {

void register_functions(sqlite3* db) {
  register_text_functions(db);
  register_regex_functions(db);
  register_json_functions(db);
  register_number_functions(db);
  register_math_functions(db);
  register_digest_functions(db);
  register_time_functions(db);
  register_aggregates(db);
  register_schema_functions(db);
}

}  // namespace quarry::plugin::sqlite

#include <quarry/plugins/postgresql/errors.hpp>

#include <string>
#include <string_view>

namespace quarry::plugin::postgresql {

namespace {

std::string_view field(const PGresult* result, int which) noexcept {
  const char* text = PQresultErrorField(result, which);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// libpq ends its messages in a line feed.
std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return std::string(text);
}

struct meaning {
  std::string_view state;
  std::uint32_t category;
};

// Whole states before the classes that they belong to.
constexpr meaning states[] = {
    {"23505", QUARRY_ERROR_UNIQUE},
    {"23503", QUARRY_ERROR_FOREIGN_KEY},
    {"23001", QUARRY_ERROR_FOREIGN_KEY},
    {"23502", QUARRY_ERROR_NOT_NULL},
    {"23514", QUARRY_ERROR_CHECK},
    {"23P01", QUARRY_ERROR_UNIQUE},
    {"40001", QUARRY_ERROR_SERIALIZATION},
    {"40P01", QUARRY_ERROR_DEADLOCK},
    {"55P03", QUARRY_ERROR_TIMEOUT},
    {"57014", QUARRY_ERROR_TIMEOUT},
    {"57P01", QUARRY_ERROR_CONNECTION_LOST},
    {"57P02", QUARRY_ERROR_CONNECTION_LOST},
    {"57P03", QUARRY_ERROR_CONNECTION_LOST},
    {"25P03", QUARRY_ERROR_CONNECTION_LOST},
    {"25006", QUARRY_ERROR_READ_ONLY},
    {"42601", QUARRY_ERROR_SYNTAX},
    {"42P01", QUARRY_ERROR_NO_SUCH_OBJECT},
    {"42703", QUARRY_ERROR_NO_SUCH_OBJECT},
    {"42883", QUARRY_ERROR_NO_SUCH_OBJECT},
    {"42704", QUARRY_ERROR_NO_SUCH_OBJECT},
    {"3F000", QUARRY_ERROR_NO_SUCH_OBJECT},
    {"3D000", QUARRY_ERROR_CANNOT_OPEN},
    {state_no_statement, QUARRY_ERROR_SCHEMA_CHANGED},
    {"53300", QUARRY_ERROR_CANNOT_OPEN},
    {"22", QUARRY_ERROR_DATA},
    {"08", QUARRY_ERROR_CONNECTION_LOST},
    {"28", QUARRY_ERROR_CANNOT_OPEN},
    {"42", QUARRY_ERROR_SYNTAX},
};

std::uint32_t category_of(std::string_view state, std::string_view message) noexcept {
  // Of the states of "not supported" one is no lack of the server: a prepared statement whose result has other columns now. Its
  // message is English only where the server speaks English; the place in the server's source is the same in all languages.
  if (state == "0A000")
    return message == "RevalidateCachedQuery" ? QUARRY_ERROR_SCHEMA_CHANGED : QUARRY_ERROR_UNSUPPORTED;
  for (const meaning& one : states)
    if (state.substr(0, one.state.size()) == one.state) return one.category;
  return QUARRY_ERROR_OTHER;
}

}  // namespace

bool says(const PGresult* result, std::string_view state) noexcept { return field(result, PG_DIAG_SQLSTATE) == state; }

error connection_error(PGconn* connection, std::uint32_t category) {
  return {category, trimmed(PQerrorMessage(connection))};
}

error result_error(PGconn* connection, const PGresult* result) {
  const std::string_view state = field(result, PG_DIAG_SQLSTATE);
  if (state.empty()) {
    const bool gone = PQstatus(connection) == CONNECTION_BAD;
    return connection_error(connection, gone ? QUARRY_ERROR_CONNECTION_LOST : QUARRY_ERROR_OTHER);
  }
  error made(category_of(state, field(result, PG_DIAG_SOURCE_FUNCTION)),
             trimmed(field(result, PG_DIAG_MESSAGE_PRIMARY)));
  made.sqlstate(state);
  made.constraint(std::string(field(result, PG_DIAG_CONSTRAINT_NAME)));
  return made;
}

}  // namespace quarry::plugin::postgresql

#include <quarry/plugins/sqlite/errors.hpp>

#include <string>

namespace quarry::plugin::sqlite {

namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

// "UNIQUE constraint failed: blog.name, blog.year": what stands behind the colon. An index on expressions is named as
// "index 'name'".
std::string constraint_name(std::string_view message) {
  constexpr std::string_view mark = "constraint failed: ";
  std::size_t at = message.find(mark);
  if (at == std::string_view::npos) return {};
  std::string_view name = message.substr(at + mark.size());
  if (starts(name, "index '") && name.back() == '\'') name = name.substr(7, name.size() - 8);
  return std::string(name);
}

std::uint32_t constraint_category(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return QUARRY_ERROR_UNIQUE;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return QUARRY_ERROR_FOREIGN_KEY;
    case SQLITE_CONSTRAINT_NOTNULL: return QUARRY_ERROR_NOT_NULL;
    case SQLITE_CONSTRAINT_CHECK: return QUARRY_ERROR_CHECK;
#ifdef SQLITE_CONSTRAINT_DATATYPE
    case SQLITE_CONSTRAINT_DATATYPE: return QUARRY_ERROR_DATA;
#endif
    default: return QUARRY_ERROR_OTHER;
  }
}

// SQLITE_ERROR says nothing by itself; the message is fixed English text of the library.
std::uint32_t generic_category(std::string_view message) {
  if (starts(message, "no such ") || starts(message, "unknown ") ||
      message.find(" has no column named ") != std::string_view::npos)
    return QUARRY_ERROR_NO_SUCH_OBJECT;
  if (starts(message, "near \"") || message.find("syntax error") != std::string_view::npos ||
      starts(message, "incomplete input") || starts(message, "unrecognized token"))
    return QUARRY_ERROR_SYNTAX;
  if (message == "integer overflow" || starts(message, "malformed JSON") || starts(message, "JSON path error"))
    return QUARRY_ERROR_DATA;
  if (starts(message, "cannot modify ")) return QUARRY_ERROR_READ_ONLY;
  return QUARRY_ERROR_OTHER;
}

std::uint32_t category(int code, std::string_view message) {
  if (code == SQLITE_BUSY_SNAPSHOT) return QUARRY_ERROR_SERIALIZATION;
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return constraint_category(code);
    case SQLITE_ERROR: return generic_category(message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return QUARRY_ERROR_TIMEOUT;
    case SQLITE_INTERRUPT: return QUARRY_ERROR_INTERRUPTED;
    case SQLITE_READONLY: return QUARRY_ERROR_READ_ONLY;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB: return QUARRY_ERROR_CANNOT_OPEN;
    case SQLITE_SCHEMA: return QUARRY_ERROR_SCHEMA_CHANGED;
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return QUARRY_ERROR_DATA;
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return QUARRY_ERROR_CONTRACT;
    default: return QUARRY_ERROR_OTHER;
  }
}

}  // namespace

error mapped(int code, std::string_view message) {
  error made(category(code, message), std::string(message));
  made.native_code(code);
  if ((code & 0xff) == SQLITE_CONSTRAINT) made.constraint(constraint_name(message));
  return made;
}

error last_error(sqlite3* db) { return mapped(sqlite3_extended_errcode(db), sqlite3_errmsg(db)); }

}  // namespace quarry::plugin::sqlite

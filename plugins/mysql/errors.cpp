#include <quarry/plugins/mysql/errors.hpp>

#include <string>
#include <string_view>

namespace quarry::plugin::mysql {

namespace {

// Numbers of the servers' and the client library's errors.
std::uint32_t category_of(int code, std::string_view state) noexcept {
  switch (code) {
    case 1062:
    case 1169:
    case 1586: return QUARRY_ERROR_UNIQUE;
    case 1216:
    case 1217:
    case 1451:
    case 1452: return QUARRY_ERROR_FOREIGN_KEY;
    case 1048:
    case 1364: return QUARRY_ERROR_NOT_NULL;
    case 3819:
    case 4025: return QUARRY_ERROR_CHECK;
    case 1213: return QUARRY_ERROR_DEADLOCK;
    case 1020: return QUARRY_ERROR_SERIALIZATION;  // a row changed since this transaction read it
    case 1205:
    case 1969:
    case 3024: return QUARRY_ERROR_TIMEOUT;
    case 1317: return QUARRY_ERROR_INTERRUPTED;
    case 1053:
    case 1152:
    case 1158:
    case 1159:
    case 1160:
    case 1161:
    case 1184:
    case 1927:
    case 2006:
    case 2013:
    case 2055: return QUARRY_ERROR_CONNECTION_LOST;
    case 1040:
    case 1044:
    case 1045:
    case 1049:
    case 1129:
    case 1130:
    case 1203:
    case 1226:
    case 2002:
    case 2003:
    case 2005: return QUARRY_ERROR_CANNOT_OPEN;
    case 1051:
    case 1054:
    case 1072:
    case 1091:
    case 1146:
    case 1273:
    case 1305: return QUARRY_ERROR_NO_SUCH_OBJECT;
    case 1064:
    case 1065:
    case 1149: return QUARRY_ERROR_SYNTAX;
    case 1290:
    case 1792:
    case 1836: return QUARRY_ERROR_READ_ONLY;
    case 1235: return QUARRY_ERROR_UNSUPPORTED;
    case 1615:
    case 2057: return QUARRY_ERROR_SCHEMA_CHANGED;
    case 1264:
    case 1265:
    case 1139:
    case 1292:
    case 1366:
    case 1365:
    case 1406:
    case 1690: return QUARRY_ERROR_DATA;
    default: break;
  }
  const std::string_view kind = state.substr(0, 2);
  if (kind == "22") return QUARRY_ERROR_DATA;
  if (kind == "08") return QUARRY_ERROR_CONNECTION_LOST;
  if (kind == "42") return QUARRY_ERROR_SYNTAX;
  return QUARRY_ERROR_OTHER;
}

// "Duplicate entry 'x' for key 'name'": the name alone, for the entry is the user's.
std::string constraint_name(std::string_view message) {
  for (std::string_view mark : {"for key '", "CONSTRAINT `"}) {
    const std::size_t at = message.find(mark);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = message.substr(at + mark.size());
    return std::string(rest.substr(0, rest.find(mark.back())));
  }
  return {};
}

}  // namespace

error mapped(const sql::SQLException& thrown, bool opening) {
  const int code = thrown.getErrorCode();
  const std::string state = thrown.getSQLStateCStr();
  const std::string_view message = thrown.what();
  std::uint32_t category = category_of(code, state);
  if (opening && (category == QUARRY_ERROR_CONNECTION_LOST || category == QUARRY_ERROR_OTHER))
    category = QUARRY_ERROR_CANNOT_OPEN;
  error made(category, std::string(message));
  made.native_code(code);
  made.sqlstate(state);
  if (category == QUARRY_ERROR_UNIQUE || category == QUARRY_ERROR_FOREIGN_KEY || category == QUARRY_ERROR_CHECK)
    made.constraint(constraint_name(message));
  return made;
}

}  // namespace quarry::plugin::mysql

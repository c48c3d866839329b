#include "servers/server.hpp"

#include <charconv>
#include <cstdlib>

#include <quarry/plugins/host/url.hpp>

namespace quarry::test {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string shown(const quarry_cell& cell) {
  if (host::is_null(cell)) return "NULL";
  const auto bytes = static_cast<const char*>(cell.v.p);
  switch (cell.type) {
    case QUARRY_TYPE_BOOLEAN: return cell.v.i != 0 ? "true" : "false";
    case QUARRY_TYPE_FLOAT64: {
      char digits[32];
      return {digits, std::to_chars(digits, digits + sizeof(digits), cell.v.d).ptr};
    }
    case QUARRY_TYPE_TEXT:
    case QUARRY_TYPE_DECIMAL:
    case QUARRY_TYPE_JSON:
    case QUARRY_TYPE_BYTES:
    case QUARRY_TYPE_UUID: return {bytes, cell.len};
    default: return std::to_string(cell.v.i);
  }
}

bool is_pointed(std::uint8_t type) {
  return type == QUARRY_TYPE_TEXT || type == QUARRY_TYPE_DECIMAL || type == QUARRY_TYPE_JSON ||
      type == QUARRY_TYPE_BYTES || type == QUARRY_TYPE_UUID;
}

}  // namespace

std::string server_url(std::string_view options) {
  std::string url = variable("QUARRY_TEST_URL");
  if (url.empty()) throw std::runtime_error("no server: run this program by tests/servers/server.sh");
  if (!options.empty()) url += (url.find('?') == std::string::npos ? "?" : "&") + std::string(options);
  return url;
}

std::string tls_folder() { return variable("QUARRY_TEST_TLS"); }

bool owns_server() { return !variable("QUARRY_TEST_SERVER").empty(); }

void server(std::string_view what) {
  const std::string command = "'" + variable("QUARRY_TEST_SERVER") + "' " + std::string(what);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("server.sh " + std::string(what) + " failed");
}

bound null_of(ir::scalar type) {
  bound made{ir::type(type, true), {}, {}};
  made.cell.flags = QUARRY_CELL_NULL;
  return made;
}
bound number(std::int64_t value, ir::scalar type) {
  bound made{ir::type(type, true), {}, {}};
  made.cell.type = static_cast<std::uint8_t>(type);
  made.cell.v.i = value;
  return made;
}
bound real(double value) {
  bound made{ir::type(ir::scalar::float64, true), {}, {}};
  made.cell.type = QUARRY_TYPE_FLOAT64;
  made.cell.v.d = value;
  return made;
}
bound bytes(std::string_view value, ir::scalar type) {
  bound made{ir::type(type, true), {}, std::string(value)};
  made.cell.type = static_cast<std::uint8_t>(type);
  return made;
}
bound array(ir::scalar element, std::span<const bound> items, std::vector<quarry_cell>& keep) {
  keep = cells_of(items);
  bound made{ir::type::array_of(element), {}, {}};
  made.cell.type = QUARRY_TYPE_ARRAY;
  made.cell.v.p = keep.data();
  made.cell.len = static_cast<std::uint32_t>(keep.size());
  return made;
}

std::vector<quarry_cell> cells_of(std::span<const bound> values) {
  std::vector<quarry_cell> cells;
  for (const bound& one : values) {
    quarry_cell cell = one.cell;
    if (is_pointed(cell.type) && !host::is_null(cell)) {
      cell.v.p = one.bytes.data();
      cell.len = static_cast<std::uint32_t>(one.bytes.size());
    }
    cells.push_back(cell);
  }
  return cells;
}

std::vector<row> rows_of(const host::row_batch& batch) {
  std::vector<row> out;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    row& one = out.emplace_back();
    for (const quarry_cell& cell : batch[i]) one.push_back(shown(cell));
  }
  return out;
}

server_connection::server_connection(std::string_view options) {
  const host::registry plugins(std::vector<std::string>{QUARRY_TEST_PLUGIN_DIR});
  const auto url = got(host::url::parse(server_url(options)));
  connection_ = got(got(plugins.find(url.scheme())).open(url));
}

host::statement server_connection::prepare(std::string_view sql, std::span<const bound> binds,
                                           std::span<const ir::scalar> columns) {
  std::vector<ir::type> bind_types, column_types;
  for (const bound& b : binds) bind_types.push_back(b.type);
  for (const ir::scalar c : columns) column_types.emplace_back(c, true);
  return got(connection_.prepare(sql, bind_types, column_types));
}

std::int64_t server_connection::run(std::string_view sql, const std::vector<bound>& binds) {
  host::statement s = prepare(sql, binds, {});
  return got(s.execute(cells_of(binds))).rows_affected;
}

std::vector<row> server_connection::rows(std::string_view sql, const std::vector<ir::scalar>& columns,
                                         const std::vector<bound>& binds) {
  host::statement s = prepare(sql, binds, columns);
  got(s.execute(cells_of(binds)));
  std::vector<row> out;
  for (;;) {
    const std::vector<row> some = rows_of(got(s.next(100)));
    if (some.empty()) return out;
    out.insert(out.end(), some.begin(), some.end());
  }
}

std::string server_connection::one(std::string_view sql, ir::scalar type, const std::vector<bound>& binds) {
  const std::vector<row> found = rows(sql, {type}, binds);
  if (found.size() != 1) throw std::logic_error("one row was expected");
  return found[0][0];
}

}  // namespace quarry::test

#include "plugins/sqlite/driver.hpp"

#include <dlfcn.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace quarry::test::sqlite {

const quarry_plugin& plugin() {
  static const quarry_plugin* loaded = [] {
    std::string path = std::string(QUARRY_TEST_PLUGIN_DIR) + "/quarry-sqlite.so";
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    auto entry = reinterpret_cast<decltype(&quarry_plugin_entry)>(dlsym(library, "quarry_plugin_entry"));
    return entry(QUARRY_ABI_MAJOR, QUARRY_ABI_MINOR);
  }();
  return *loaded;
}

namespace {

quarry_str str(std::string_view text) { return {text.data(), text.size()}; }
std::string copy(quarry_str text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }

quarry_error fresh() {
  quarry_error error{};
  error.size = sizeof error;
  error.node = QUARRY_NONE;
  return error;
}

template <class F>
void call(F&& f) {
  quarry_error error = fresh();
  int status = f(&error);
  if (status != QUARRY_OK) throw failure(status, error);
}

std::vector<quarry_cell> cells_of(const std::vector<value>& values) {
  std::vector<quarry_cell> cells;
  for (const value& one : values) {
    quarry_cell cell = one.cell;
    bool pointed = cell.type == QUARRY_TYPE_TEXT || cell.type == QUARRY_TYPE_BYTES ||
        cell.type == QUARRY_TYPE_DECIMAL || cell.type == QUARRY_TYPE_JSON || cell.type == QUARRY_TYPE_UUID;
    if (pointed && (cell.flags & QUARRY_CELL_NULL) == 0) {
      cell.v.p = one.bytes.data();
      cell.len = static_cast<std::uint32_t>(one.bytes.size());
    }
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace

failure::failure(int status_, const quarry_error& error)
    : std::runtime_error(copy(error.server_text)),
      status(status_),
      category(error.category),
      native_code(error.native_code),
      text(copy(error.server_text)),
      constraint(copy(error.constraint)),
      node(error.node) {}

quarry_type type_of(std::uint32_t type, bool nullable) {
  quarry_type made{};
  made.type = static_cast<std::uint16_t>(type);
  made.nullable = nullable ? 1 : 0;
  return made;
}

value null() {
  value made;
  made.cell.flags = QUARRY_CELL_NULL;
  return made;
}
value integer(std::int64_t number, std::uint32_t type) {
  value made;
  made.cell.type = static_cast<std::uint8_t>(type);
  made.cell.v.i = number;
  return made;
}
value real(double number) {
  value made;
  made.cell.type = QUARRY_TYPE_FLOAT64;
  made.cell.v.d = number;
  return made;
}
value text(std::string_view bytes, std::uint32_t type) {
  value made;
  made.cell.type = static_cast<std::uint8_t>(type);
  made.bytes = bytes;
  return made;
}

value sample(std::uint32_t type) {
  switch (type) {
    case QUARRY_TYPE_TEXT: return text("a");
    case QUARRY_TYPE_BYTES: return text("a", QUARRY_TYPE_BYTES);
    case QUARRY_TYPE_DECIMAL: return text("1.5", QUARRY_TYPE_DECIMAL);
    case QUARRY_TYPE_JSON: return text("{}", QUARRY_TYPE_JSON);
    case QUARRY_TYPE_UUID: return text("0123456789abcdef", QUARRY_TYPE_UUID);
    case QUARRY_TYPE_FLOAT64: return real(1.5);
    default: return integer(1, type);
  }
}

std::string shown(const quarry_cell& cell) {
  if ((cell.flags & QUARRY_CELL_NULL) != 0) return "NULL";
  auto bytes = static_cast<const char*>(cell.v.p);
  switch (cell.type) {
    case QUARRY_TYPE_BOOLEAN: return cell.v.i != 0 ? "true" : "false";
    case QUARRY_TYPE_FLOAT64: {
      char digits[32];
      return {digits, std::to_chars(digits, digits + sizeof digits, cell.v.d).ptr};
    }
    case QUARRY_TYPE_TEXT:
    case QUARRY_TYPE_DECIMAL:
    case QUARRY_TYPE_JSON: return {bytes, cell.len};
    case QUARRY_TYPE_BYTES:
    case QUARRY_TYPE_UUID: {
      std::string hex;
      for (std::uint32_t i = 0; i < cell.len; ++i) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(bytes[i])));
        hex += two;
      }
      return hex;
    }
    default: return std::to_string(cell.v.i);
  }
}

quarry_outcome statement::execute(const std::vector<value>& values) {
  quarry_outcome outcome{};
  outcome.size = sizeof outcome;
  std::vector<quarry_cell> cells = cells_of(values);
  call([&](quarry_error* e) {
    return plugin().execute(raw_, cells.data(), static_cast<std::uint32_t>(cells.size()), &outcome, e);
  });
  return outcome;
}

std::vector<row> statement::next(std::uint32_t most) {
  const quarry_cell* cells = nullptr;
  std::uint32_t count = 0;
  call([&](quarry_error* e) { return plugin().next(raw_, most, &cells, &count, e); });
  std::vector<row> found;
  for (std::uint32_t i = 0; i < count; ++i) {
    row& one = found.emplace_back();
    for (std::size_t c = 0; c < results_.size(); ++c) one.push_back(shown(*cells++));
  }
  return found;
}

std::vector<row> statement::all() {
  std::vector<row> found;
  for (;;) {
    std::vector<row> batch = next(100);
    if (batch.empty()) return found;
    found.insert(found.end(), batch.begin(), batch.end());
  }
}

connection::connection(std::string database, const options& with) {
  std::vector<quarry_option> list;
  for (auto& [key, text] : with) list.push_back({str(key), str(text)});
  quarry_url url{};
  url.size = sizeof url;
  url.scheme = str("sqlite");
  url.database = str(database);
  url.options = list.data();
  url.option_count = static_cast<std::uint32_t>(list.size());
  url.option_stride = sizeof(quarry_option);
  call([&](quarry_error* e) { return plugin().open(&url, &raw_, e); });
}

statement connection::prepare(std::string_view sql, const std::vector<quarry_type>& binds,
                              const std::vector<quarry_type>& results) {
  quarry_statement* made = nullptr;
  call([&](quarry_error* e) {
    return plugin().prepare(raw_, str(sql), binds.data(), static_cast<std::uint32_t>(binds.size()), results.data(),
                            static_cast<std::uint32_t>(results.size()), &made, e);
  });
  return {made, results};
}

statement connection::prepare(std::string_view sql, const std::vector<value>& like,
                              const std::vector<std::uint32_t>& results) {
  std::vector<quarry_type> binds, columns;
  for (const value& one : like) binds.push_back(type_of(one.cell.type));
  for (std::uint32_t type : results) columns.push_back(type_of(type));
  return prepare(sql, binds, columns);
}

quarry_outcome connection::run(std::string_view sql, const std::vector<value>& values) {
  return prepare(sql, values, {}).execute(values);
}

std::vector<row> connection::rows(std::string_view sql, const std::vector<std::uint32_t>& results,
                                  const std::vector<value>& values) {
  statement prepared = prepare(sql, values, results);
  prepared.execute(values);
  return prepared.all();
}

std::string connection::one(std::string_view sql, const std::vector<value>& values, std::uint32_t type) {
  std::vector<row> found = rows(sql, {type}, values);
  return found.empty() ? "no row" : found.at(0).at(0);
}

void connection::script(std::string_view statements) {
  while (!statements.empty()) {
    std::size_t end = statements.find(";\n");
    if (end == std::string_view::npos) end = statements.size();
    std::string_view one = statements.substr(0, end);
    if (one.find_first_not_of(" \n;") != std::string_view::npos) run(one);
    statements.remove_prefix(std::min(end + 2, statements.size()));
  }
}

void connection::begin(std::uint32_t mode) {
  call([&](quarry_error* e) { return plugin().begin(raw_, mode, e); });
}
void connection::commit() {
  call([&](quarry_error* e) { return plugin().commit(raw_, e); });
}
void connection::rollback() {
  call([&](quarry_error* e) { return plugin().rollback(raw_, e); });
}
void connection::savepoint(std::uint32_t number) {
  call([&](quarry_error* e) { return plugin().savepoint(raw_, number, e); });
}
void connection::release(std::uint32_t number) {
  call([&](quarry_error* e) { return plugin().release_savepoint(raw_, number, e); });
}
void connection::rollback_to(std::uint32_t number) {
  call([&](quarry_error* e) { return plugin().rollback_to(raw_, number, e); });
}
bool connection::idle() {
  quarry_error error = fresh();
  return plugin().idle(raw_, &error) == QUARRY_OK;
}

temporary_file::temporary_file() {
  std::string pattern = (std::filesystem::temp_directory_path() / "quarry-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  path_ = folder_ + "/test.db";
}
temporary_file::~temporary_file() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace quarry::test::sqlite

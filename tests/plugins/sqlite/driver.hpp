#ifndef QUARRY_TESTS_PLUGINS_SQLITE_DRIVER_HPP
#define QUARRY_TESTS_PLUGINS_SQLITE_DRIVER_HPP

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quarry/plugins/abi/quarry_plugin.h>

// The plugin as a host sees it: nothing but its C table, loaded from the built library.
namespace quarry::test::sqlite {

const quarry_plugin& plugin();

struct failure : std::runtime_error {
  failure(int status_, const quarry_error& error);
  int status;
  std::uint32_t category;
  std::int64_t native_code;
  std::string text, constraint;
  std::uint32_t node;
};

quarry_type type_of(std::uint32_t type, bool nullable = true);

// A value to bind.
struct value {
  quarry_cell cell{};
  std::string bytes;
};
value null();
value integer(std::int64_t number, std::uint32_t type = QUARRY_TYPE_INT64);
value real(double number);
value text(std::string_view bytes, std::uint32_t type = QUARRY_TYPE_TEXT);
// A value of any type, for statements that only have to run.
value sample(std::uint32_t type);

using row = std::vector<std::string>;  // as people write values; NULL is "NULL"
std::string shown(const quarry_cell& cell);

class statement {
 public:
  statement(quarry_statement* raw, std::vector<quarry_type> results) : raw_(raw), results_(std::move(results)) {}
  statement(statement&& other) noexcept
      : raw_(std::exchange(other.raw_, nullptr)), results_(std::move(other.results_)) {}
  ~statement() {
    if (raw_ != nullptr) plugin().drop(raw_);
  }

  quarry_outcome execute(const std::vector<value>& values = {});
  std::vector<row> next(std::uint32_t most);
  std::vector<row> all();
  void finish() { plugin().finish(raw_); }
  quarry_statement* raw() const { return raw_; }

 private:
  quarry_statement* raw_;
  std::vector<quarry_type> results_;
};

using options = std::vector<std::pair<std::string, std::string>>;

class connection {
 public:
  explicit connection(std::string database = ":memory:", const options& with = {});
  connection(const connection&) = delete;
  ~connection() { plugin().close(raw_); }

  quarry_connection* raw() const { return raw_; }
  statement prepare(std::string_view sql, const std::vector<quarry_type>& binds,
                    const std::vector<quarry_type>& results);
  statement prepare(std::string_view sql, const std::vector<value>& like, const std::vector<std::uint32_t>& results);
  // Runs it; the types of the values are those of their cells.
  quarry_outcome run(std::string_view sql, const std::vector<value>& values = {});
  std::vector<row> rows(std::string_view sql, const std::vector<std::uint32_t>& results,
                        const std::vector<value>& values = {});
  // The only value of a statement, whatever its type.
  std::string one(std::string_view sql, const std::vector<value>& values = {},
                  std::uint32_t type = QUARRY_TYPE_UNKNOWN);
  void script(std::string_view statements);  // separated by semicolons at the end of a line

  void begin(std::uint32_t mode = QUARRY_BEGIN_DEFAULT);
  void commit();
  void rollback();
  void savepoint(std::uint32_t number);
  void release(std::uint32_t number);
  void rollback_to(std::uint32_t number);
  bool idle();

 private:
  quarry_connection* raw_ = nullptr;
};

// A database file in a folder of its own, removed at the end.
class temporary_file {
 public:
  temporary_file();
  ~temporary_file();
  const std::string& path() const { return path_; }

 private:
  std::string folder_, path_;
};

// Runs f, which must fail, and gives the failure.
template <class F>
failure failed(F&& f) {
  try {
    f();
  } catch (const failure& e) {
    return e;
  }
  throw std::logic_error("it did not fail");
}

}  // namespace quarry::test::sqlite

#endif

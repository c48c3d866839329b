// The server that this program runs beside (see server.sh), and connections to it as the host has them.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/plugins/host/connection.hpp>
#include <quarry/plugins/host/registry.hpp>

namespace quarry::test {

/// QUARRY_TEST_URL with options behind it: "prepare=off". Throws when there is no server.
std::string server_url(std::string_view options = {});

/// Is the server ours to stop and to kill?
bool owns_server();
/// `server.sh` start, stop or kill.
void server(std::string_view what);

/// Certificates of the server (own.pem) and of nobody (other.pem); empty where it has none.
std::string tls_folder();

/// One connection, its own; what fails throws `failed_call`.
struct failed_call : std::runtime_error {
  failed_call(const ir::failure& f, host::error_category category_)
      : std::runtime_error(ir::render(*f) + " " + f->server_text), category(category_) {}
  host::error_category category;
};

/// A value to bind, with its type.
struct bound {
  ir::type type;
  quarry_cell cell{};
  std::string bytes;
};
bound null_of(ir::scalar type);
bound number(std::int64_t value, ir::scalar type = ir::scalar::int64);
bound real(double value);
bound bytes(std::string_view value, ir::scalar type = ir::scalar::text);
bound array(ir::scalar element, std::span<const bound> items, std::vector<quarry_cell>& keep);

using row = std::vector<std::string>;  ///< as people write values; NULL is "NULL"

class server_connection {
 public:
  explicit server_connection(std::string_view options = {});

  host::connection& raw() { return connection_; }
  host::statement prepare(std::string_view sql, std::span<const bound> binds, std::span<const ir::scalar> columns);
  /// Runs it; how many rows it changed.
  std::int64_t run(std::string_view sql, const std::vector<bound>& binds = {});
  std::vector<row> rows(std::string_view sql, const std::vector<ir::scalar>& columns,
                        const std::vector<bound>& binds = {});
  std::string one(std::string_view sql, ir::scalar type, const std::vector<bound>& binds = {});
  /// Why this failed; throws std::logic_error when it did not.
  template <class F>
  host::error_category failure_of(F&& f) {
    try {
      f();
    } catch (const failed_call& e) {
      return e.category;
    }
    throw std::logic_error("it did not fail");
  }

  template <class T>
  T got(ir::result<T> r) {
    if (!r) throw failed_call(r.take_failure(), connection_ ? connection_.last_error() : host::error_category::none);
    if constexpr (!std::is_void_v<T>) return std::move(*r);
  }

 private:
  host::connection connection_;
};

std::vector<quarry_cell> cells_of(std::span<const bound> values);
std::vector<row> rows_of(const host::row_batch& batch);

}  // namespace quarry::test

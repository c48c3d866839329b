// The other side of compare_client: what a careful program would write by hand against the C API of a client library (or the C++ API of
// Connector/C++). A statement is prepared once and executed with its values; results come in the library's binary form, where it has
// one; each row becomes a plain_entry with strings and dates of its own. Nothing is checked that such a program would not check.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plain_sqlite.hpp"

namespace quarry::bench {

/// Every failure ends the program.
class plain_client {
 public:
  plain_client() = default;
  plain_client(const plain_client&) = delete;
  plain_client& operator=(const plain_client&) = delete;
  virtual ~plain_client() = default;

  virtual const char* name() const = 0;
  virtual plain_entry get(std::int64_t id) = 0;
  /// Every entry.
  virtual std::vector<plain_entry> all() = 0;
  /// Reads every entry and keeps none; gives the sum of their ratings.
  virtual std::int64_t stream() = 0;
};

/// Where a server is.
struct server_address {
  std::string host, user, password, database;
  unsigned port = 0;
};

/// In memory, with a table of its own.
std::unique_ptr<plain_client> plain_sqlite_client(int entries, plain_locking locking);
std::unique_ptr<plain_client> plain_libpq_client(const server_address& where);
/// Null where the program was built without the library.
std::unique_ptr<plain_client> plain_libmariadb_client(const server_address& where);
std::unique_ptr<plain_client> plain_connector_client(const server_address& where);

inline constexpr const char* entry_columns =
    "SELECT id, blog_id, headline, body_text, pub_date, mod_date, number_of_comments, number_of_pingbacks, rating FROM "
    "blog_entry";

/// "2008-06-01".
std::chrono::year_month_day plain_date(std::string_view text);

}  // namespace quarry::bench

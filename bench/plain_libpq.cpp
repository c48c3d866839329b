#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "plain_client.hpp"

namespace quarry::bench {
namespace {

std::uint32_t big32(const char* p) {
  std::uint32_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap32(v);
}
std::uint64_t big64(const char* p) {
  std::uint64_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap64(v);
}

class libpq_client final : public plain_client {
 public:
  explicit libpq_client(const server_address& where) {
    const std::string port = std::to_string(where.port);
    const char* const keys[] = {"host", "port", "user", "dbname", "gssencmode", nullptr};
    const char* const values[] = {where.host.c_str(),     port.c_str(), where.user.c_str(),
                                  where.database.c_str(), "disable",    nullptr};
    connection_ = PQconnectdbParams(keys, values, 0);
    if (PQstatus(connection_) != CONNECTION_OK) fail();
    prepare("get", std::string(entry_columns) + " WHERE id = $1", 1);
    prepare("all", entry_columns, 0);
  }
  ~libpq_client() override { PQfinish(connection_); }
  const char* name() const override { return "libpq"; }

  plain_entry get(std::int64_t id) override {
    const std::uint64_t key = __builtin_bswap64(static_cast<std::uint64_t>(id));
    const char* const values[] = {reinterpret_cast<const char*>(&key)};
    const int lengths[] = {sizeof key}, formats[] = {1};
    PGresult* const result = PQexecPrepared(connection_, "get", 1, values, lengths, formats, 1);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) fail();
    plain_entry made = row(result, 0);
    PQclear(result);
    return made;
  }
  std::vector<plain_entry> all() override {
    PGresult* const result = PQexecPrepared(connection_, "all", 0, nullptr, nullptr, nullptr, 1);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) fail();
    std::vector<plain_entry> made;
    const int count = PQntuples(result);
    for (int i = 0; i < count; ++i) made.push_back(row(result, i));
    PQclear(result);
    return made;
  }
  std::int64_t stream() override {
    if (PQsendQueryPrepared(connection_, "all", 0, nullptr, nullptr, nullptr, 1) == 0) fail();
    PQsetSingleRowMode(connection_);
    std::int64_t sum = 0;
    while (PGresult* const result = PQgetResult(connection_)) {
      if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) sum += row(result, 0).rating;
      else if (PQresultStatus(result) != PGRES_TUPLES_OK) fail();
      PQclear(result);
    }
    return sum;
  }

 private:
  [[noreturn]] void fail() const {
    std::fprintf(stderr, "plain_libpq: %s\n", PQerrorMessage(connection_));
    std::abort();
  }
  void prepare(const char* as, const std::string& sql, int values) {
    const Oid int8 = 20;
    PGresult* const result = PQprepare(connection_, as, sql.c_str(), values, &int8);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail();
    PQclear(result);
  }
  static plain_entry row(const PGresult* r, int i) {
    const auto text = [&](int column) {
      return std::string(PQgetvalue(r, i, column), static_cast<std::size_t>(PQgetlength(r, i, column)));
    };
    const auto number = [&](int column) { return static_cast<int>(big32(PQgetvalue(r, i, column))); };
    const auto date = [&](int column) {
      return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(number(column) + 10'957)));
    };
    return {static_cast<std::int64_t>(big64(PQgetvalue(r, i, 0))),
            static_cast<std::int64_t>(big64(PQgetvalue(r, i, 1))),
            text(2),
            text(3),
            date(4),
            date(5),
            number(6),
            number(7),
            number(8)};
  }
  PGconn* connection_;
};

}  // namespace

std::unique_ptr<plain_client> plain_libpq_client(const server_address& where) {
  return std::make_unique<libpq_client>(where);
}

}  // namespace quarry::bench

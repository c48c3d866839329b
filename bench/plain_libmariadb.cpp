#include "plain_client.hpp"

#if __has_include(<mysql.h>)

#include <mysql.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace quarry::bench {
namespace {

class libmariadb_client final : public plain_client {
 public:
  explicit libmariadb_client(const server_address& where) {
    connection_ = mysql_init(nullptr);
    mysql_options(connection_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    check(mysql_real_connect(connection_, where.host.c_str(), where.user.c_str(), where.password.c_str(),
                             where.database.c_str(), where.port, nullptr, 0) != nullptr,
          nullptr);
    get_ = prepare(std::string(entry_columns) + " WHERE id = ?");
    all_ = prepare(entry_columns);
    MYSQL_BIND key{};
    key.buffer_type = MYSQL_TYPE_LONGLONG;
    key.buffer = &key_;
    check(mysql_stmt_bind_param(get_, &key) == 0, get_);
  }
  ~libmariadb_client() override {
    mysql_stmt_close(get_);
    mysql_stmt_close(all_);
    mysql_close(connection_);
  }
  const char* name() const override { return "libmariadb"; }

  plain_entry get(std::int64_t id) override {
    key_ = id;
    check(mysql_stmt_execute(get_) == 0, get_);
    check(mysql_stmt_fetch(get_) == 0, get_);
    plain_entry made = row();
    check(mysql_stmt_fetch(get_) == MYSQL_NO_DATA, get_);
    return made;
  }
  std::vector<plain_entry> all() override {
    std::vector<plain_entry> made;
    each([&](plain_entry&& e) { made.push_back(std::move(e)); });
    return made;
  }
  std::int64_t stream() override {
    std::int64_t sum = 0;
    each([&](plain_entry&& e) { sum += e.rating; });
    return sum;
  }

 private:
  void check(bool good, MYSQL_STMT* s) const {
    if (good) return;
    std::fprintf(stderr, "plain_libmariadb: %s\n", s != nullptr ? mysql_stmt_error(s) : mysql_error(connection_));
    std::abort();
  }
  MYSQL_STMT* prepare(const std::string& sql) {
    MYSQL_STMT* const s = mysql_stmt_init(connection_);
    check(mysql_stmt_prepare(s, sql.c_str(), sql.size()) == 0, s);
    std::array<MYSQL_BIND, 9> to{};
    const auto bind = [&](std::size_t column, enum_field_types type, void* buffer, unsigned long room) {
      to[column].buffer_type = type;
      to[column].buffer = buffer;
      to[column].buffer_length = room;
      to[column].length = &lengths_[column];
    };
    bind(0, MYSQL_TYPE_LONGLONG, &ids_[0], 8);
    bind(1, MYSQL_TYPE_LONGLONG, &ids_[1], 8);
    bind(2, MYSQL_TYPE_STRING, headline_.data(), headline_.size());
    bind(3, MYSQL_TYPE_STRING, body_.data(), body_.size());
    bind(4, MYSQL_TYPE_DATE, &dates_[0], sizeof(MYSQL_TIME));
    bind(5, MYSQL_TYPE_DATE, &dates_[1], sizeof(MYSQL_TIME));
    for (std::size_t i = 0; i < 3; ++i) bind(6 + i, MYSQL_TYPE_LONG, &numbers_[i], 4);
    check(mysql_stmt_bind_result(s, to.data()) == 0, s);
    return s;
  }
  // Rows come from the server as they are fetched: 0, or truncated where a text is longer than its buffer.
  template <class F>
  void each(F&& f) {
    check(mysql_stmt_execute(all_) == 0, all_);
    int status = mysql_stmt_fetch(all_);
    for (; status == 0; status = mysql_stmt_fetch(all_)) f(row());
    check(status == MYSQL_NO_DATA, all_);
  }
  plain_entry row() const {
    const auto date = [](const MYSQL_TIME& t) {
      return std::chrono::year_month_day(std::chrono::year(static_cast<int>(t.year)), std::chrono::month(t.month),
                                         std::chrono::day(t.day));
    };
    return {ids_[0],
            ids_[1],
            std::string(headline_.data(), lengths_[2]),
            std::string(body_.data(), lengths_[3]),
            date(dates_[0]),
            date(dates_[1]),
            numbers_[0],
            numbers_[1],
            numbers_[2]};
  }
  MYSQL* connection_;
  MYSQL_STMT *get_ = nullptr, *all_ = nullptr;
  std::int64_t key_ = 0;
  std::array<std::int64_t, 2> ids_{};
  std::array<char, 1024> headline_{};
  std::array<char, 65536> body_{};
  std::array<MYSQL_TIME, 2> dates_{};
  std::array<int, 3> numbers_{};
  std::array<unsigned long, 9> lengths_{};
};

}  // namespace

std::unique_ptr<plain_client> plain_libmariadb_client(const server_address& where) {
  return std::make_unique<libmariadb_client>(where);
}

}  // namespace quarry::bench

#else

namespace quarry::bench {
std::unique_ptr<plain_client> plain_libmariadb_client(const server_address&) { return nullptr; }
}  // namespace quarry::bench

#endif

#include "plain_client.hpp"

#if __has_include(<cppconn/driver.h>)

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>

namespace quarry::bench {
namespace {

// Its exceptions end the program. It has no date: dates are texts.
class connector_client final : public plain_client {
 public:
  explicit connector_client(const server_address& where) {
    sql::ConnectOptionsMap options;
    options["hostName"] = sql::SQLString("tcp://" + where.host + ":" + std::to_string(where.port));
    options["userName"] = sql::SQLString(where.user);
    options["password"] = sql::SQLString(where.password);
    options["schema"] = sql::SQLString(where.database);
    options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
    connection_.reset(::get_driver_instance()->connect(options));
    get_.reset(connection_->prepareStatement(std::string(entry_columns) + " WHERE id = ?"));
    all_.reset(connection_->prepareStatement(entry_columns));
  }
  const char* name() const override { return "Connector/C++"; }

  plain_entry get(std::int64_t id) override {
    get_->setInt64(1, id);
    const std::unique_ptr<sql::ResultSet> rows(get_->executeQuery());
    rows->next();
    return row(*rows);
  }
  std::vector<plain_entry> all() override {
    std::vector<plain_entry> made;
    const std::unique_ptr<sql::ResultSet> rows(all_->executeQuery());
    while (rows->next()) made.push_back(row(*rows));
    return made;
  }
  // Only a statement that is sent as text streams.
  std::int64_t stream() override {
    const std::unique_ptr<sql::Statement> statement(connection_->createStatement());
    statement->setResultSetType(sql::ResultSet::TYPE_FORWARD_ONLY);
    const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery(entry_columns));
    std::int64_t sum = 0;
    while (rows->next()) sum += row(*rows).rating;
    return sum;
  }

 private:
  static plain_entry row(sql::ResultSet& r) {
    return {r.getInt64(1),
            r.getInt64(2),
            std::string(r.getString(3)),
            std::string(r.getString(4)),
            plain_date(r.getString(5).asStdString()),
            plain_date(r.getString(6).asStdString()),
            r.getInt(7),
            r.getInt(8),
            r.getInt(9)};
  }
  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<sql::PreparedStatement> get_, all_;
};

}  // namespace

std::unique_ptr<plain_client> plain_connector_client(const server_address& where) {
  return std::make_unique<connector_client>(where);
}

}  // namespace quarry::bench

#else

namespace quarry::bench {
std::unique_ptr<plain_client> plain_connector_client(const server_address&) { return nullptr; }
}  // namespace quarry::bench

#endif

#ifndef QUARRY_PLUGINS_MYSQL_CONNECTION_HPP
#define QUARRY_PLUGINS_MYSQL_CONNECTION_HPP

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <quarry/dialects/mysql/dialect.hpp>
#include <quarry/plugins/mysql/session.hpp>
#include <quarry/plugins/mysql/statement.hpp>
#include <quarry/plugins/sdk/plugin.hpp>

namespace quarry::plugin::mysql {

// Transactions are begun and ended by text: the connector's own commit() says nothing of a commit that failed.
class connection final : public handle {
 public:
  explicit connection(const url& where);

  quarry::dialect::mysql::dialect describe();
  statement_pointer prepare(std::string_view sql, std::span<const quarry_type> binds,
                            std::span<const quarry_type> results);
  statement_pointer inspect(std::uint32_t what, std::string_view table);

  void begin(std::uint32_t mode);
  void commit();
  void rollback();
  void savepoint(std::uint32_t number);
  void release_savepoint(std::uint32_t number);
  void rollback_to(std::uint32_t number);

  void cancel() { session_->cancel(); }
  void ping();
  bool idle() const noexcept { return !session_->in_transaction() && !session_->reads() && !unchecked_; }

 private:
  void numbered(const char* verb, std::uint32_t number);
  void ended();

  std::shared_ptr<session> session_;
  bool unchecked_ = false;  // the transaction is one that loads
};

}  // namespace quarry::plugin::mysql

#endif

#ifndef QUARRY_PLUGINS_SQLITE_CONNECTION_HPP
#define QUARRY_PLUGINS_SQLITE_CONNECTION_HPP

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <quarry/dialects/sqlite/dialect.hpp>
#include <quarry/plugins/sdk/plugin.hpp>
#include <quarry/plugins/sqlite/database.hpp>
#include <quarry/plugins/sqlite/statement.hpp>

namespace quarry::plugin::sqlite {

class connection final : public handle {
 public:
  explicit connection(const url& where);

  quarry::dialect::sqlite::dialect describe();
  statement_pointer prepare(std::string_view sql, std::span<const quarry_type> binds,
                            std::span<const quarry_type> results);
  statement_pointer inspect(std::uint32_t what, std::string_view table);

  void begin(std::uint32_t mode);
  void commit();
  void rollback();
  void savepoint(std::uint32_t number);
  void release_savepoint(std::uint32_t number);
  void rollback_to(std::uint32_t number);

  void cancel() noexcept { db_->cancel(); }
  void ping();
  bool idle() const noexcept;

 private:
  void end_read_only() noexcept;
  void numbered(const char* verb, std::uint32_t number);

  settings settings_;
  std::shared_ptr<database> db_;
  bool query_only_ = false;
};

}  // namespace quarry::plugin::sqlite

#endif

// What is behind a database handle: plugin, facts, compiler, pool; and the session that runs queries on it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <quarry/core/exec/pool.hpp>
#include <quarry/core/exec/session.hpp>
#include <quarry/core/plan/bind_program.hpp>
#include <quarry/core/plan/compiler.hpp>
#include <quarry/plugins/host/registry.hpp>
#include <quarry/plugins/host/url.hpp>

namespace quarry::detail {

/// Told of each statement before it runs: its text and its binds as text.
using statement_listener = std::function<void(std::string_view sql, std::span<const quarry_cell> binds)>;

class database_core : public std::enable_shared_from_this<database_core> {
 public:
  static ir::result<std::shared_ptr<database_core>> open(std::string_view url, compile_options options,
                                                         pool_options pool);

  compiler& plans() noexcept { return *compiler_; }
  const ir::facts& facts() const noexcept { return dialect_->facts(); }
  ir::result<lease> take() { return pool_->take(); }
  std::uint64_t epoch() const noexcept { return epoch_.load(std::memory_order_relaxed); }
  void schema_changed() noexcept { epoch_.fetch_add(1, std::memory_order_relaxed); }
  void listen(statement_listener l);
  void tell(std::string_view sql, std::span<const quarry_cell> binds) const;

  /// Transactions that this thread has open on this database: the database itself is refused meanwhile.
  void enter_transaction();
  void leave_transaction() noexcept;
  bool in_transaction() const;

 private:
  database_core() = default;
  host::registry registry_;
  std::optional<host::dialect> dialect_;
  std::unique_ptr<compiler> compiler_;
  std::unique_ptr<connection_pool> pool_;
  std::atomic<std::uint64_t> epoch_{1};
  mutable std::mutex mutex_;
  std::map<std::thread::id, int> transactions_;
  std::shared_ptr<const statement_listener> listener_;
  // What most calls ask, answered without the lock.
  std::atomic<bool> listened_to_{false};
  std::atomic<std::uint32_t> open_transactions_{0};
};

/// Whether an atomic block can go on: not after an error that the database reported, until the block around it is rolled back to where
/// it was before. The statements of a transaction share it with the rows that are still being read.
class block_health {
 public:
  /// Throws transaction_error when an error has broken the block. `what`: is not possible then.
  void check(std::string_view what) const;
  /// Throws transaction_error, in words for the end of a block that nobody left by an exception, when an error has broken it.
  void check_at_end() const;
  /// The first error of the database breaks the block; what never reached the database does not.
  void note(const ir::diagnostic& d);
  /// What broke it is undone.
  void mend() noexcept { cause_.reset(); }

 private:
  [[noreturn]] void refuse(ir::diagnostic d) const;
  std::string cause_words() const;
  std::optional<ir::diagnostic> cause_;
};

/// The connection that a statement's rows come from: borrowed for them alone, or that of a transaction.
class held_connection {
 public:
  held_connection(lease own) noexcept : own_(std::move(own)) {}  // NOLINT: either is what it holds
  held_connection(std::shared_ptr<lease> shared) noexcept : shared_(std::move(shared)) {}  // NOLINT
  const lease& operator*() const noexcept { return shared_ ? *shared_ : own_; }
  const lease* operator->() const noexcept { return &**this; }

 private:
  lease own_;
  std::shared_ptr<lease> shared_;
};

/// Runs a plan on a connection, and gives its rows.
class executor {
 public:
  /// once: all rows of a plan that nobody will run again.
  enum class reading : std::uint8_t { all, streamed, once };
  /// `block`: of the transaction in which the rows are read; null outside of one.
  static ir::result<cursor> rows(database_core& core, held_connection where, std::shared_ptr<const plan> p,
                                 const chain& c, reading how = reading::all,
                                 std::shared_ptr<block_health> block = nullptr);
  /// The rows of a statement of the application: its columns are asked for first.
  static ir::result<named_rows> raw_rows(database_core& core, held_connection where, const plan& p, const chain& c,
                                         const column_typer& type_of, std::shared_ptr<block_health> block = nullptr);
  /// A statement with no rows but perhaps a generated key.
  static ir::result<host::outcome> change(database_core& core, const lease& where, std::shared_ptr<const plan> p,
                                          std::span<const bound_value> values,
                                          std::optional<std::int64_t>* returned_key);
  static ir::result<void> plain(database_core& core, host::connection& where, const std::string& sql);
};

/// CREATE TABLE and CREATE INDEX for every model of the catalog.
ir::result<void> create_tables(database_core& core, host::connection& where, const ir::catalog& catalog);

/// After rows were written with keys of their own: the next generated keys lie behind them.
ir::result<void> restart_keys(database_core& core, host::connection& where, const ir::catalog& catalog);

/// The transaction in which rows are loaded and tables dropped that refer to one another in any order.
host::begin_mode load_mode(const ir::facts& facts) noexcept;

/// DROP TABLE for every table of the catalog that is there, in one transaction.
ir::result<void> drop_tables(const std::shared_ptr<database_core>& core, const ir::catalog& catalog);

/// Runs each call on a connection of its own from the pool.
class pooled_session final : public session {
 public:
  explicit pooled_session(std::shared_ptr<database_core> core) : core_(std::move(core)) {}
  cursor run(const chain& c) override;
  cursor stream(const chain& c) override;
  named_rows run_raw(const chain& c, const column_typer& type_of) override;
  std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      std::span<const assignment> row) override;
  std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model, const operand& key,
                      std::span<const assignment> row) override;
  bool numbers_rows() const override { return core_->facts().legal(ir::op::row_number); }
  std::string sql(const chain& c, bool with_values) override;
  std::string explain(const chain& c, const explain_request& how) override;
  database_core& core() noexcept { return *core_; }

 private:
  lease connection(std::string_view what);
  std::shared_ptr<database_core> core_;
};

/// Runs every call on the one connection of a transaction; refuses work after its end, and after an error of the database.
class transaction_session final : public session {
 public:
  /// Begins. Throws quarry::error.
  transaction_session(std::shared_ptr<database_core> core, host::begin_mode mode);
  ~transaction_session() override;
  cursor run(const chain& c) override;
  cursor stream(const chain& c) override;
  named_rows run_raw(const chain& c, const column_typer& type_of) override;
  std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      std::span<const assignment> row) override;
  std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model, const operand& key,
                      std::span<const assignment> row) override;
  bool numbers_rows() const override { return core_->facts().legal(ir::op::row_number); }
  std::string sql(const chain& c, bool with_values) override;
  std::string explain(const chain& c, const explain_request& how) override;

  /// Throws quarry::error after having rolled back: transaction_error when an error had broken the block.
  void commit();
  void rollback();
  bool open() const noexcept { return open_; }
  std::uint32_t savepoint();
  /// Throws transaction_error when an error has broken the block since the savepoint: it has to be rolled back to.
  void release_savepoint(std::uint32_t number);
  /// Mends a block that was broken since the savepoint, which is gone afterwards.
  void rollback_to(std::uint32_t number);
  database_core& core() noexcept { return *core_; }
  host::connection& connection() { return **checked("a statement"); }

 private:
  /// Throws transaction_error after the end of the transaction.
  const std::shared_ptr<lease>& unended(std::string_view what);
  /// The same, and when an error has broken the block.
  const std::shared_ptr<lease>& checked(std::string_view what);
  /// What `statement` gives for the connection; its errors are noted.
  template <class Statement>
  auto noted(std::string_view what, Statement&& statement);
  void end() noexcept;
  std::shared_ptr<database_core> core_;
  std::shared_ptr<lease> lease_;
  std::shared_ptr<block_health> block_ = std::make_shared<block_health>();
  bool open_ = false;
  std::uint32_t savepoints_ = 0;
};

}  // namespace quarry::detail

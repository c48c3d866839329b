// Databases and transactions. Nothing is global: a QuerySet knows the database or transaction that it came from.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <quarry/core/plan/options.hpp>
#include <quarry/core/query/query_set.hpp>
#include <quarry/core/query/save.hpp>
#include <quarry/ir/provenance/explanation.hpp>

namespace quarry {

namespace detail {
class database_core;
class transaction_session;
}  // namespace detail

/// Why the SQL of a query is as it is: see database::why.
using explanation = ir::explanation;

struct database_options {
  compile_options compile;
  std::uint32_t connections = 8;           ///< most at once
  std::chrono::milliseconds wait{30'000};  ///< for a free one, before an operational_error
};

/// What statements of a transaction see of other transactions. A database may give a stricter level than the one that is asked for, never a
/// weaker one.
enum class isolation_level : std::uint8_t {
  database_default,  ///< what the database does when nobody asks for a level
  read_committed,  ///< each statement sees what is committed when it begins
  repeatable_read,  ///< all statements see the same rows
  serializable  ///< as if transactions ran one after another; one that can't fails with operational_error
};

/// How a transaction begins.
struct transaction_options {
  isolation_level isolation = isolation_level::database_default;
  bool read_only = false;  ///< what writes is refused with operational_error
};

/// Told of each statement before it runs: its text, and its values as text.
using statement_observer = std::function<void(std::string_view sql, const std::vector<std::string>& values)>;

/// A running transaction: what `atomic` hands to its function. Not copyable; belongs to one thread.
class transaction : public query_source<transaction> {
 public:
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  /// INSERT while the key of the object is unset; else UPDATE, and INSERT when there is no such row. Sets a generated key.
  template <class Model>
  void save(Model& object) {
    detail::save(*session(), object);
  }
  /// A part that is undone alone when its function throws: a savepoint. After an error of the database the part around it goes on only if
  /// that error has left this one.
  template <class F>
  auto atomic(F&& part) -> std::invoke_result_t<F, transaction&> {
    savepoint mark(*this);
    if constexpr (std::is_void_v<std::invoke_result_t<F, transaction&>>) {
      part(*this);
      mark.keep();
    } else {
      auto out = part(*this);
      mark.keep();
      return out;
    }
  }
  /// A savepoint has no options of its own. Throws transaction_error when one is asked for.
  template <class F>
  auto atomic(const transaction_options& options, F&& part) -> std::invoke_result_t<F, transaction&> {
    refuse_options(options);
    return atomic(std::forward<F>(part));
  }
  std::shared_ptr<detail::session> session() const;

 private:
  static void refuse_options(const transaction_options& options);
  friend class database;
  class savepoint {
   public:
    explicit savepoint(transaction& tx);
    savepoint(const savepoint&) = delete;
    savepoint& operator=(const savepoint&) = delete;
    ~savepoint();
    void keep();

   private:
    transaction& tx_;
    std::uint32_t number_;
    bool open_ = true;
  };
  transaction(const std::shared_ptr<detail::database_core>& core, const transaction_options& options);
  void commit();
  std::shared_ptr<detail::transaction_session> session_;
};

/// A database: a handle, cheap to copy, used by any number of threads.
class database : public query_source<database> {
 public:
  /// scheme:///file or scheme://user@host/name; the scheme names the plugin. Throws configuration_error or operational_error.
  static database open(std::string_view url, const database_options& options = {});

  template <class Model>
  void save(Model& object) const {
    detail::save(*session(), object);
  }
  /// Runs the function in a transaction: committed when it returns, rolled back when it throws. After an error of the database nothing more
  /// can be asked in it; when the function hides such an error and returns, it is rolled back, and transaction_error is thrown.
  template <class F>
  auto atomic(F&& work) const -> std::invoke_result_t<F, transaction&> {
    return atomic(transaction_options{}, std::forward<F>(work));
  }
  /// The same with a level of isolation, or for reading alone: db.atomic({.read_only = true}, [](quarry::transaction& tx) { … }). Throws
  /// not_supported_error where the database has no such transaction.
  template <class F>
  auto atomic(const transaction_options& options, F&& work) const -> std::invoke_result_t<F, transaction&> {
    transaction tx(core_, options);
    if constexpr (std::is_void_v<std::invoke_result_t<F, transaction&>>) {
      work(tx);
      tx.commit();
    } else {
      auto out = work(tx);
      tx.commit();
      return out;
    }
  }
  /// CREATE TABLE and CREATE INDEX for every model of a schema, in one transaction where the database allows it.
  template <class Schema>
  void create_tables() const {
    create_tables(*catalog_of<Schema>());
  }
  void create_tables(const ir::catalog& catalog) const;

  /// Why the SQL of a query is as it is: for each table, join and subquery what of the query asked for it and what the
  /// passes did with it, and what is not in the SQL any more. Compiles the query once more, beside the plan cache, and
  /// runs nothing. (The plan of the database itself is EXPLAIN, another question.) Throws quarry::error.
  template <class Model, class Row>
  explanation why(const query_set<Model, Row>& query) const {
    return why(query.chain());
  }
  explanation why(const detail::chain& query) const;

  /// Null takes the observer away.
  void observe(statement_observer observer) const;
  /// Product and version, as the plugin names them.
  std::string product() const;
  /// Plans compiled and kept, and how often one of them served.
  std::uint64_t plan_cache_hits() const;
  std::uint64_t plan_cache_misses() const;

  const std::shared_ptr<detail::session>& session() const noexcept { return session_; }
  const std::shared_ptr<detail::database_core>& core() const noexcept { return core_; }

 private:
  explicit database(std::shared_ptr<detail::database_core> core);
  std::shared_ptr<detail::database_core> core_;
  std::shared_ptr<detail::session> session_;
};

/// Makes quarry::objects<Model> usable: the rows of this database.
void set_default(const database& db);
void clear_default();

}  // namespace quarry

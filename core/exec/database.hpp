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
  /// A part that is undone alone when its function throws: a savepoint.
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
  std::shared_ptr<detail::session> session() const;

 private:
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
  explicit transaction(const std::shared_ptr<detail::database_core>& core);
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
  /// Runs the function in a transaction: committed when it returns, rolled back when it throws.
  template <class F>
  auto atomic(F&& work) const -> std::invoke_result_t<F, transaction&> {
    transaction tx(core_);
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

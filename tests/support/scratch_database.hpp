// A database of its own for one catalog: what the interpreter says of a logical query is compared with what a database answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/plugins/host/connection.hpp>

#include "support/rows.hpp"

namespace quarry::test {

/// Tables by the catalog's DDL, in memory, through a plugin of the build tree. Everything that fails throws std::runtime_error
/// with the diagnostic and the SQL.
class scratch_database {
 public:
  explicit scratch_database(std::shared_ptr<const ir::catalog> schema, const std::string& scheme = "sqlite");

  /// These rows and no others. The transaction that brings them stays open: a key that is looked at on commit may dangle.
  void load(const table_rows& tables);

  /// Legalizes, emits and runs a query of the logical stage; `cx` takes what legalization makes.
  std::vector<row> run(ir::context& cx, ir::rel_id logical, const param_values& values = {});
  /// Of the last run.
  const std::string& sql() const noexcept { return emitted_.text; }

 private:
  void execute(const std::string& sql);
  void prepare_inserts();
  [[noreturn]] void fail(const ir::diagnostic& d) const;

  std::shared_ptr<const ir::catalog> schema_;
  host::connection connection_;
  std::unique_ptr<host::dialect> dialect_;
  ir::legalizer legalizer_;
  host::emit_buffer emitted_;
  std::vector<host::statement> inserts_;  // by model
  bool loaded_ = false;
};

}  // namespace quarry::test

// The compiler: chain -> plan, through the plan cache. One for each dialect in use; shared by threads.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/plan/plan.hpp>
#include <quarry/core/plan/plan_cache.hpp>
#include <quarry/core/query/chain.hpp>
#include <quarry/ir/provenance/explanation.hpp>
#include <quarry/plugins/host/dialect.hpp>

namespace quarry::detail {

/// What a compilation went through, for `quarry compile --print-ir` and --time-passes.
struct trace_step {
  std::string pass;
  ir::stage stage;
  std::string text;  ///< IR after the pass
  bool changed = true;
  std::int64_t nanoseconds = 0;
};
using trace = std::vector<trace_step>;

class compiler {
 public:
  /// `dialect` must outlive the compiler.
  compiler(const host::dialect& dialect, compile_options options);

  /// The plan of a query, from the cache or made now. `epoch` is that of the database's schema.
  ir::result<std::shared_ptr<const plan>> plan_for(const chain& c, std::uint64_t epoch = 0,
                                                   running where = running::alone);
  /// Without the cache; what each pass made goes to `steps`.
  ir::result<std::shared_ptr<const plan>> compile(const chain& c, trace* steps) const;
  /// Compiles it once more to see what becomes of each word of the query, and why. The cache is left alone.
  ir::result<ir::explanation> why(const chain& c) const;

  /// The plan that asks the database how it would run the query; not cached. Value errors for a format or an option that the database
  /// does not have.
  ir::result<std::shared_ptr<const plan>> explain(const chain& c, const explain_request& how,
                                                  running where = running::alone) const;

  ir::result<std::shared_ptr<const plan>> plan_for_insert(const std::shared_ptr<const ir::catalog>& catalog,
                                                          std::uint32_t model, std::span<const std::uint32_t> columns,
                                                          std::span<const operand> values, std::uint64_t epoch = 0);
  /// The primary key is the last value.
  ir::result<std::shared_ptr<const plan>> plan_for_update(const std::shared_ptr<const ir::catalog>& catalog,
                                                          std::uint32_t model, std::span<const std::uint32_t> columns,
                                                          std::span<const operand> values, std::uint64_t epoch = 0);
  /// Finished statements of the SQL stage (DDL): their texts.
  ir::result<std::vector<std::string>> emit(const ir::catalog& catalog,
                                            const std::function<std::vector<ir::rel_id>(ir::context&)>& build) const;

  const host::dialect& dialect() const noexcept { return *dialect_; }
  const compile_options& options() const noexcept { return options_; }
  /// From the next query on. Not while another thread compiles.
  void set_options(const compile_options& options) noexcept { options_ = options; }
  plan_cache& cache() noexcept { return cache_; }
  plan_key key_of(std::uint64_t catalog, const ir::fingerprint& shape, std::uint64_t epoch,
                  running where = running::alone) const noexcept;

 private:
  using surface_builder = std::function<ir::rel_id(ir::context&)>;
  ir::result<std::shared_ptr<plan>> build(const ir::catalog& catalog, const surface_builder& surface, running where,
                                          trace* steps, ir::explanation* why = nullptr,
                                          const explain_request* how = nullptr) const;
  ir::result<std::shared_ptr<plan>> build(const chain& c, running where, trace* steps, ir::explanation* why = nullptr,
                                          const explain_request* how = nullptr) const;
  /// Of a statement that the application wrote: its text with placeholders, and nothing known of its rows.
  ir::result<std::shared_ptr<plan>> build_raw(const chain& c, trace* steps) const;
  ir::result<std::shared_ptr<const plan>> plan_for_write(char verb, const std::shared_ptr<const ir::catalog>& catalog,
                                                         std::uint32_t model, std::span<const std::uint32_t> columns,
                                                         std::span<const operand> values, std::uint64_t epoch);
  const host::dialect* dialect_;
  compile_options options_;
  std::uint64_t plugin_hash_;
  std::uint64_t facts_hash_;
  plan_cache cache_;
};

}  // namespace quarry::detail

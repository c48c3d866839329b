// What becomes of a query, for people: IR of every stage, SQL, values. Shared by `quarry compile` and the shell.
#pragma once

#include <ostream>
#include <span>
#include <string_view>

#include <quarry/core/cli/commands.hpp>
#include <quarry/core/exec/session.hpp>
#include <quarry/core/plan/compiler.hpp>
#include <quarry/core/text/evaluator.hpp>

namespace quarry::cli {

/// A query that somebody wanted to run, thrown instead of running it.
struct caught_query {
  detail::chain chain;
};

/// Stands where a database would be: what is run is what is to be shown.
class catching_session final : public detail::session {
 public:
  explicit catching_session(std::string_view command) : command_(command) {}
  detail::cursor run(const detail::chain& c) override { throw caught_query{c}; }
  detail::named_rows run_raw(const detail::chain& c, const detail::column_typer&) override { throw caught_query{c}; }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>&, std::uint32_t,
                      std::span<const detail::assignment>) override {
    refuse();
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>&, std::uint32_t, const detail::operand&,
                      std::span<const detail::assignment>) override {
    refuse();
  }
  std::string sql(const detail::chain& c, bool) override { throw caught_query{c}; }

 private:
  [[noreturn]] void refuse() const;
  std::string_view command_;
};

/// The query that the statements are, or the first one that they would run. The evaluator works on a session that catches.
/// `prefetched`, where given, gets the paths of its prefetch_related().
ir::result<detail::chain> query_in(text::evaluator& evaluator, std::string_view statements, std::string_view command,
                                   std::vector<std::string>* prefetched = nullptr);

/// Writes the IR that was asked for, the SQL and the values.
ir::result<void> explain(std::ostream& out, const detail::compiler& compiler, const detail::chain& query,
                         std::span<const ir_print> prints, bool time_passes);

/// Writes why the SQL is as it is, with the statements that the evaluator ran below each sentence.
ir::result<void> explain_why(std::ostream& out, const detail::compiler& compiler, const detail::chain& query,
                             const text::evaluator& evaluator, std::span<const std::string> prefetched = {});

}  // namespace quarry::cli

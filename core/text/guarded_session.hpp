// The session of untrusted text: nothing reaches the database that a policy does not allow.
//
// A statement is looked at as a chain, whole, right before it runs: whatever methods built it, and in whatever order, there is no
// other way. Joins are counted in the logical IR before the passes: that is what the text asks for. After them it would depend
// on which passes there are and what the database can do whether a text is allowed, and a text could be allowed for a join that an
// older server has to keep; passes only take tables away.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <quarry/core/exec/session.hpp>
#include <quarry/core/text/policy.hpp>
#include <quarry/ir/model/context.hpp>

namespace quarry::text {

class guarded_session final : public detail::session {
 public:
  /// Both must outlive this.
  guarded_session(detail::session& inside, const policy& p) noexcept : inside_(inside), policy_(p) {}

  /// A text begins: statements are counted anew.
  void begin_text() noexcept { statements_ = 0; }
  const policy& allowed() const noexcept { return policy_; }

  /// Throws permission_denied for what the policy does not allow; runs the rest, with at most so many rows.
  detail::cursor run(const detail::chain& c) override;
  std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      std::span<const detail::assignment> row) override;
  std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      const detail::operand& key, std::span<const detail::assignment> row) override;
  /// SQL is not for strangers.
  detail::named_rows run_raw(const detail::chain& c, const detail::column_typer& type_of) override;
  std::string sql(const detail::chain& c, bool with_values) override;

 private:
  void count_joins(const detail::chain& c);
  detail::session& inside_;
  const policy& policy_;
  std::uint32_t statements_ = 0;
  ir::context context_;
};

/// How many relations a path of nothing else has.
std::size_t relations_in(std::string_view path) noexcept;
/// Throws permission_denied unless such a path may be followed.
void check_depth(const policy& p, std::string_view path);

}  // namespace quarry::text

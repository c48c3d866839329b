// The joins below a filter, in groups of those that hang together: what a condition asks of a group it asks of one related row.
#pragma once

#include <optional>
#include <span>

#include <quarry/ir/passes/pass_context.hpp>
#include <quarry/ir/support/few.hpp>

namespace quarry::ir {

struct joined {
  rel_id right;
  expr_id on;
  code form = join_kind::inner;
  bool drops = false;  ///< rows for which nothing is found
  std::uint16_t flags = 0;
  instance_set made, refers;
  std::uint32_t group = 0;  ///< the first of those that it hangs together with
};

/// Joins that hang together behind the first of them.
struct join_group {
  std::uint32_t first = 0;
  instance_set made;
  bool single = true;  ///< at most one row is found
  bool read = false;  ///< above
  bool tied_twice = false;
  bool drops = false;
  std::uint32_t component = none;  ///< conjuncts that read the same groups; for whoever puts them together
  bool present() const noexcept { return !made.empty() || !made.known(); }
};

class join_groups {
 public:
  static constexpr std::size_t most = 16;

  explicit join_groups(pass_context& px) : px_(px), cx_(px.cx()) {}

  /// The inner and left joins from `top` downwards, as far as nothing else stands between. False: too many, or one of which it is
  /// not known what it makes.
  bool collect(rel_id top);
  /// Puts what was collected into groups; asks the context which columns are read above.
  void form();

  rel_id base() const noexcept { return base_; }  ///< what is below the joins
  std::span<const joined> joins() const noexcept { return joins_.all(); }
  std::span<join_group> groups() noexcept { return groups_.all(); }  ///< by their first join; others are not present()
  std::span<const join_group> groups() const noexcept { return groups_.all(); }

  /// The only group that the expression reads; none: it reads none. Absent: it reads several, or one and more than that.
  std::optional<std::uint32_t> place_of(expr_id e) const;
  /// One of the conditions is not TRUE of a row whose instances `nulls` are padded.
  bool rejects_padding(std::span<const expr_id> conditions, instance_set nulls) const;
  /// `rows`, of the group's first join, joined with the others that the conditions read. A left join whose padded rows the conditions
  /// drop finds its row; one that nobody reads is left out.
  rel_id joined_rows(const join_group& g, std::span<const expr_id> conditions, rel_id rows);
  /// The base under the joins of the groups that are not `gone`, by their numbers.
  rel_id rebuilt(std::span<const bool> gone);

 private:
  void merge(std::uint32_t a, std::uint32_t b);

  pass_context& px_;
  context& cx_;
  few<joined, most> joins_;
  few<join_group, most> groups_;
  rel_id base_;
};

}  // namespace quarry::ir

// The rows that a relation leads to from many objects at once: one further statement, two through links, however many
// objects there are. Knows no C++ model: the typed API and the text front end both fetch through it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <quarry/core/exec/session.hpp>

namespace quarry::detail {

/// Keys in the order in which they were first seen, each once, with copies of their bytes. NULL is none.
class key_table {
 public:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  /// The place of a key, which is put there unless it is known; absent for NULL.
  std::size_t add(const operand& key);
  std::size_t find(const operand& key) const;
  std::span<const operand> all() const noexcept { return keys_; }

 private:
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<operand> keys_;
};

/// One relation of objects of one model. The owners are added first, then the query is asked for, then its rows are handed
/// out.
class related_fetch {
 public:
  related_fetch(session& s, std::shared_ptr<const ir::catalog> catalog, std::uint32_t model, std::uint32_t relation)
      : session_(s), catalog_(std::move(catalog)), relation_(catalog_->at(model).relations[relation]) {}
  const ir::relation& relation() const noexcept { return relation_; }

  /// `key`: the column relation().local of the next owner.
  void add_owner(const operand& key);
  /// What `wanted`, a query on the target, gives of the related rows; absent where nothing can be related. Runs the
  /// statement over the links of a many-to-many. Throws quarry::error.
  std::optional<chain> query(const chain& given);
  /// The owners of a row, by number, once a link; `key`: its column relation().remote.
  /// Of a slice each owner takes the rows that lie within it among its own, as they come, unless the query has no others.
  std::span<const std::uint32_t> owners_of(const operand& key);

 private:
  chain narrowed(const chain& wanted, std::uint32_t model, std::uint32_t column, const key_table& keys) const;
  /// The rows of `wanted`, not narrowed yet, that lie within the slice of their owner; absent where the database can't number them.
  std::optional<chain> numbered(const chain& wanted) const;
  /// The same of the links to them.
  std::optional<chain> numbered_links(const chain& links, const chain& wanted) const;
  chain within_slice(const chain& rows, std::string_view owner, std::span<const ref<expression>> order) const;
  /// `wanted`: what the links lead to.
  void read_links(const chain& wanted);

  session& session_;
  std::shared_ptr<const ir::catalog> catalog_;
  const ir::relation& relation_;
  std::uint32_t owner_count_ = 0;
  std::int64_t low_ = 0, high_ = 0;  ///< of a slice
  bool has_high_ = false, sliced_ = false;
  std::vector<std::int64_t> taken_;  ///< rows that each owner was offered
  std::vector<std::uint32_t> takers_;
  key_table near_, far_;  ///< far: only through links
  std::vector<std::vector<std::uint32_t>> near_owners_, far_owners_;  ///< of each key
};

}  // namespace quarry::detail

#include <quarry/ir/passes/join_groups.hpp>

#include <algorithm>
#include <array>

namespace quarry::ir {

bool join_groups::collect(rel_id top) {
  joins_.clear();
  for (base_ = top;; base_ = rel_id(cx_.child(base_, 0))) {
    const auto j = try_as<view::join>(cx_, base_);
    if (!j || (j->form() != join_kind::inner && j->form() != join_kind::left)) break;
    const instance_set made = instances_made(cx_, j->right());
    if (!made.known() || !j->on().present()) return false;
    const bool drops = multiplicity_of(cx_, *j, px_.keys).drops;
    if (!joins_.add({j->right(), j->on(), j->form(), drops, cx_.at(base_).flags, made, references(cx_, j->on())}))
      return false;
  }
  std::ranges::reverse(joins_.all());
  return true;
}

void join_groups::form() {
  groups_.clear();
  for (std::uint32_t i = 0; i < joins_.size(); ++i) {
    joins_[i].group = i;
    for (std::uint32_t before = 0; before < i; ++before)
      if (joins_[i].refers.touches(joins_[before].made)) merge(joins_[before].group, i);
  }
  for (std::uint32_t first = 0; first < joins_.size(); ++first) {
    join_group g;
    g.first = first;
    for (std::uint32_t i = first; i < joins_.size(); ++i) {
      const joined& j = joins_[i];
      if (j.group != first) continue;
      g.tied_twice =
          g.tied_twice || (i != first && !j.refers.without(j.made).within(g.made)) || has_subquery(cx_, j.on);
      g.made.add(j.made);
      g.drops = g.drops || j.drops;
      g.single = g.single && ((j.flags & 1U) != 0 || px_.keys.fixes_a_key(cx_, j.right, j.on));
    }
    g.read = g.present() && px_.required().reads_any_of(g.made);
    groups_.add(g);
  }
}

void join_groups::merge(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t into = std::min(joins_[a].group, joins_[b].group),
                      from = std::max(joins_[a].group, joins_[b].group);
  for (joined& j : joins_.all())
    if (j.group == from) j.group = into;
}

std::optional<std::uint32_t> join_groups::place_of(expr_id e) const {
  const instance_set read = references(cx_, e);
  std::uint32_t place = none;
  for (std::uint32_t g = 0; g < groups_.size(); ++g) {
    if (!groups_[g].present() || !read.touches(groups_[g].made)) continue;
    if (place != none || !read.within(groups_[g].made)) return std::nullopt;
    place = g;
  }
  return place;
}

bool join_groups::rejects_padding(std::span<const expr_id> conditions, instance_set nulls) const {
  return std::ranges::any_of(conditions, [&](expr_id c) { return rejects(cx_, c, {nulls}); });
}

rel_id join_groups::joined_rows(const join_group& g, std::span<const expr_id> conditions, rel_id rows) {
  std::array<bool, most> found{}, read{};
  for (std::uint32_t i = static_cast<std::uint32_t>(joins_.size()); i-- > g.first + 1;) {
    const joined& j = joins_[i];
    if (j.group != g.first) continue;
    found[i] = j.form == join_kind::inner || rejects_padding(conditions, j.made);
    read[i] =
        found[i] || std::ranges::any_of(conditions, [&](expr_id c) { return references(cx_, c).touches(j.made); });
    for (std::uint32_t later = i + 1; later < joins_.size(); ++later) {
      if (joins_[later].group != g.first || !read[later] || !joins_[later].refers.touches(j.made)) continue;
      read[i] = true;
      found[i] = found[i] || (found[later] && rejects(cx_, joins_[later].on, {j.made}));
    }
  }
  for (std::uint32_t i = g.first + 1; i < joins_.size(); ++i) {
    const joined& j = joins_[i];
    if (j.group != g.first || !read[i]) continue;
    const std::array<std::uint32_t, 3> children = {rows.value, j.right.value, j.on.value};
    rows = rel_id(cx_.make(kind::join, j.flags, {}, children, 0, found[i] ? join_kind::inner : join_kind::left));
  }
  return rows;
}

rel_id join_groups::rebuilt(std::span<const bool> gone) {
  rel_id out = base_;
  for (const joined& j : joins_.all()) {
    if (gone[j.group]) continue;
    const std::array<std::uint32_t, 3> children = {out.value, j.right.value, j.on.value};
    out = rel_id(cx_.make(kind::join, j.flags, {}, children, 0, j.form));
  }
  return out;
}

}  // namespace quarry::ir

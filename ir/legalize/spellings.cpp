#include <quarry/ir/legalize/spellings.hpp>

namespace quarry::ir {
namespace {

/// What of the query there are several spellings of. Never too little.
struct outline {
  bool groups = false, pages = false, memberships = false;
};

outline outline_of(const context& cx) {
  outline out;
  bool sorted = false, cut = false, joined = false, grouped = false;
  const auto count = static_cast<std::uint32_t>(cx.node_count());
  for (std::uint32_t i = 0; i < count; ++i) {
    const node& n = cx.at({i});
    switch (n.kind) {
      case kind::sort: sorted = true; break;
      case kind::limit: cut = true; break;
      case kind::group: grouped = true; break;
      case kind::exists: out.memberships = true; break;
      case kind::join:
        joined = true;
        out.memberships = out.memberships || n.b == join_kind::semi || n.b == join_kind::anti;
        break;
      default: break;
    }
  }
  out.groups = joined && grouped;
  out.pages = sorted && cut;
  return out;
}

}  // namespace

rel_id spellings::choose(context& cx, rel_id logical, const facts& f) {
  const bool in = f[fact::semi_joins] == static_cast<std::int64_t>(semi_join_spelling::in);
  const bool subquery = f[fact::joined_groups] == static_cast<std::int64_t>(group_spelling::subquery);
  const bool late = f.has(fact::late_row_lookup) && f.has(fact::limit_in_subquery);
  if (!in && !subquery && !late) return logical;
  const outline has = outline_of(cx);
  if (subquery && has.groups) logical = groups_.run(cx, logical);
  if (late && has.pages) logical = pages_.run(cx, logical);
  if (in && has.memberships) logical = memberships_.run(cx, logical);
  return logical;
}

}  // namespace quarry::ir

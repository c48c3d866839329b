#include <quarry/ir/analysis/required.hpp>

namespace quarry::ir {
namespace {

/// An aggregate that gives the same over the set of its values as over the bag.
bool ignores_repeats(const context& cx, any_id aggregate) {
  const node& n = cx.at(aggregate);
  if (n.kind != kind::aggregate) return false;
  const op o = static_cast<op>(n.b);
  return (n.flags & 1U) != 0 || o == op::min || o == op::max || o == op::any_value;
}

bool group_ignores_repeats(const context& cx, any_id group) {
  for (const std::uint32_t a : cx.children(cx.child(group, 2)))
    if (!ignores_repeats(cx, {a})) return false;
  return true;
}

/// Without an order of its own, what these give depends on the order of the rows.
bool group_reads_order(const context& cx, any_id group) {
  for (const std::uint32_t a : cx.children(cx.child(group, 2))) {
    const node& n = cx.at({a});
    if (n.kind != kind::aggregate) return true;
    if ((static_cast<op>(n.b) == op::string_agg || static_cast<op>(n.b) == op::any_value) &&
        !cx.child({a}, 1).present())
      return true;
  }
  return false;
}

/// At most its first row is taken. Without an offset: that counts repeats.
bool takes_one_row(const context& cx, any_id limit) {
  const any_id count = cx.child(limit, 1);
  return count.present() && cx.at(count).kind == kind::literal && cx.at(count).flags == 0 && cx.at(count).a <= 1 &&
      !cx.child(limit, 2).present();
}

}  // namespace

demand demand_below(const context& cx, any_id parent, std::uint32_t slot, demand above) {
  const node& n = cx.at(parent);
  switch (n.kind) {
    case kind::filter:
    case kind::project: return above;
    case kind::sort: return {above.duplicates, false, above.one_row};
    case kind::limit: {
      const bool one = takes_one_row(cx, parent);
      return {!one, true, one};
    }
    case kind::distinct:
      // DISTINCT ON takes the first row of each group: neither repeats of it nor their place among others matter less
      // than the order.
      if (n.child_count > 1) return {true, true};
      return {false, above.order, above.one_row};
    case kind::join:
      if (n.b == join_kind::semi || n.b == join_kind::anti)
        return slot == 1 ? demand{false, false} : demand{above.duplicates, false, above.one_row};
      return {above.duplicates, false, slot == 0 && above.one_row};
    case kind::group: return {!group_ignores_repeats(cx, parent), group_reads_order(cx, parent)};
    case kind::set_op: {
      const bool all = (n.flags & 1U) != 0;
      if (!all) return {false, false};
      return {n.a != set_kind::union_ || above.duplicates, false};
    }
    case kind::exists:
    case kind::in_query: return {false, false};
    case kind::update_rel:
    case kind::delete_rel: return {true, false};
    default: return {true, true};
  }
}

void required_columns::read(const context& cx, any_id id) {
  if (!id.present()) return;
  const node& n = cx.at(id);
  if (n.kind == kind::column) {
    read_.add(n.b, n.a);
    return;
  }
  for (const std::uint32_t child : cx.children(id)) read(cx, {child});
}

}  // namespace quarry::ir

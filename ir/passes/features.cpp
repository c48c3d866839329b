#include <quarry/ir/passes/pass_context.hpp>

namespace quarry::ir {
namespace {

bool can_never_be_true(const context& cx, any_id predicate) {
  const node& n = cx.at(predicate);
  if (n.kind == kind::literal) return n.flags != 0 || n.a == 0;
  if (n.kind != kind::op || static_cast<op>(n.b) != op::and_) return false;
  for (const std::uint32_t c : cx.children(predicate))
    if (can_never_be_true(cx, {c})) return true;
  return false;
}

class survey {
 public:
  explicit survey(const context& cx) : cx_(cx) {}

  void relation(any_id id, bool root, demand asked) {
    const node& n = cx_.at(id);
    switch (n.kind) {
      case kind::filter:
        if (const kind input = cx_.at(cx_.child(id, 0)).kind; input != kind::scan) found_ |= feature::filter;
        if (can_never_be_true(cx_, cx_.child(id, 1))) found_ |= feature::nothing;
        if (cx_.at(cx_.child(id, 1)).kind == kind::literal) found_ |= feature::logic;
        break;
      case kind::empty: found_ |= feature::nothing; break;
      case kind::join:
        if (n.b == join_kind::inner || n.b == join_kind::left) found_ |= feature::join;
        if (n.b == join_kind::left) found_ |= feature::outer_join;
        if (cx_.at(cx_.child(id, 1)).kind == kind::group) found_ |= feature::grouped_join;
        break;
      case kind::distinct: found_ |= feature::distinct | feature::repeats_ignored; break;
      case kind::sort:
        if (!asked.order) found_ |= feature::hidden_order;
        break;
      case kind::limit: {
        const any_id count = cx_.child(id, 1);
        if (count.present() && cx_.at(count).kind == kind::literal && cx_.at(count).a == 0) found_ |= feature::nothing;
        if (demand_below(cx_, id, 0, {}).one_row) found_ |= feature::repeats_ignored;
        break;
      }
      case kind::group:
        if (!demand_below(cx_, id, 0, {}).duplicates) found_ |= feature::repeats_ignored;
        if (!root) found_ |= feature::computed_below;
        if (counts_values(id)) found_ |= feature::counted;
        break;
      case kind::set_op: found_ |= feature::repeats_ignored | feature::computed_below; break;
      case kind::project:
      case kind::window_rel:
        if (!root) found_ |= feature::computed_below;
        break;
      default: break;
    }
    const std::uint32_t inputs = input_count(n);
    for (std::uint32_t i = 0; i < inputs; ++i) relation(cx_.child(id, i), false, demand_below(cx_, id, i, asked));
    for (const std::uint32_t child : cx_.children(id).subspan(inputs))
      if (child != none && cx_.at({child}).child_count > 0) expression({child});
  }

  std::uint32_t found() const noexcept { return found_; }

 private:
  bool counts_values(any_id group) const {
    if (cx_.at(cx_.child(group, 1)).child_count > 0) return true;
    for (const std::uint32_t a : cx_.children(cx_.child(group, 2)))
      if (cx_.at({a}).child_count > 2) return true;
    return false;
  }

  void expression(any_id id) {
    const node& n = cx_.at(id);
    if (n.kind == kind::op) operation(id, n);
    else if (n.kind == kind::raw) found_ |= feature::raw_text;
    for (const std::uint32_t child : cx_.children(id)) {
      if (child == none) continue;
      const node& c = cx_.at({child});
      if (is_relation(c.kind)) {
        found_ |= feature::subquery | feature::repeats_ignored | feature::computed_below;
        relation({child}, false, demand_below(cx_, id, 0, {}));
      } else if (c.child_count > 0) {
        expression({child});
      }
    }
  }

  void operation(any_id id, const node& n) {
    switch (static_cast<op>(n.b)) {
      case op::and_:
      case op::or_: {
        if (static_cast<op>(n.b) == op::or_) found_ |= feature::disjunction;
        std::uint32_t last = 0;
        for (const std::uint32_t child : cx_.children(id)) {
          const node& c = cx_.at({child});
          const bool tidy = c.kind == kind::op ? c.b != n.b : c.kind != kind::literal;
          if (!tidy || (last != 0 && child <= last)) found_ |= feature::logic;
          last = child;
        }
        if (n.child_count < 2) found_ |= feature::logic;
        break;
      }
      case op::is_null: found_ |= feature::null_test | feature::logic; break;
      case op::year:
      case op::iso_year:
      case op::date_of: found_ |= feature::part_of_date; break;
      case op::not_:
      case op::is_not_null:
      case op::is_true:
      case op::coalesce: found_ |= feature::logic; break;
      case op::in_list:
        if (n.child_count == 1) found_ |= feature::logic;
        break;
      default: break;
    }
  }

  const context& cx_;
  std::uint32_t found_ = 0;
};

}  // namespace

std::uint32_t features_of(const context& cx, rel_id root) {
  survey s(cx);
  s.relation(root, true, {});
  return s.found();
}

}  // namespace quarry::ir

#include <quarry/ir/analysis/truth.hpp>

namespace quarry::ir {
namespace {

class evaluator {
 public:
  evaluator(const context& cx, const null_row& row) : cx_(cx), row_(row) {}

  truth_set value(any_id id) const {
    if (!id.present()) return truth::unknown;
    const node& n = cx_.at(id);
    switch (n.kind) {
      case kind::column: return column(n);
      case kind::literal: return literal(n);
      case kind::param: return n.type.nullable() ? truth::anything : truth::yes_or_no;
      case kind::op: return operation(id, n);
      case kind::case_when: return choice(id);
      case kind::collate:
      case kind::read_as: return value(cx_.child(id, 0));
      case kind::cast: {
        const truth_set operand = value(cx_.child(id, 0));
        if (operand.only_null()) return truth::unknown;
        return operand.can_be_null() || n.type.nullable() ? truth::anything : truth::yes_or_no;
      }
      case kind::json_path: return value(cx_.child(id, 0)).only_null() ? truth::unknown : truth::anything;
      case kind::aggregate:
        return info(static_cast<op>(n.b)).nulls == null_policy::never ? truth::yes_or_no : truth::anything;
      case kind::exists: return surely_empty(rel_id(cx_.child(id, 0))) ? truth::no : truth::yes_or_no;
      case kind::in_query: return value(cx_.child(id, 0)).only_null() ? truth::not_true : truth::anything;
      default: return truth::anything;
    }
  }

 private:
  truth_set column(const node& n) const {
    if (row_.nulls.has(n.b)) return truth::unknown;
    if (cx_.instance_at(n.b).model != none) return n.type.nullable() ? truth::anything : truth::yes_or_no;
    // A computed column is what its relation computes; where that is not at hand, an outer join may have padded it.
    const std::uint32_t maker = n.b < row_.makers.size() ? row_.makers[n.b] : none;
    if (maker == none) return truth::anything;
    const auto field = static_cast<std::uint32_t>(n.a);
    if (cx_.at({maker}).kind == kind::project) return value(cx_.child({maker}, 1 + field));
    if (cx_.at({maker}).kind == kind::group) {
      const any_id keys = cx_.child({maker}, 1);
      if (field < cx_.at(keys).child_count) return value(cx_.child(keys, field));
    }
    return truth::anything;
  }

  static truth_set literal(const node& n) {
    if ((n.flags & 1U) != 0) return truth::unknown;
    if (n.type.kind() != scalar::boolean) return truth::yes_or_no;
    return n.a != 0 ? truth::yes : truth::no;
  }

  truth_set operation(any_id id, const node& n) const {
    const op o = static_cast<op>(n.b);
    switch (o) {
      case op::and_: return every(id);
      case op::or_: return some(id);
      case op::not_: return truth::negated(value(cx_.child(id, 0)));
      case op::is_null: return null_test(value(cx_.child(id, 0)));
      case op::is_not_null: return truth::negated(null_test(value(cx_.child(id, 0))));
      case op::is_true: {
        const truth_set v = value(cx_.child(id, 0));
        return !v.can_be_true() ? truth::no : v == truth::yes ? truth::yes : truth::yes_or_no;
      }
      case op::not_distinct: {
        const truth_set a = value(cx_.child(id, 0)), b = value(cx_.child(id, 1));
        if (a.only_null() && b.only_null()) return truth::yes;
        if ((a.only_null() && !b.can_be_null()) || (b.only_null() && !a.can_be_null())) return truth::no;
        return truth::yes_or_no;
      }
      case op::in_list:
        if (n.child_count == 1) return truth::no;  // nothing is in an empty list, not even NULL
        return membership(id, n);
      case op::in_array: return value(cx_.child(id, 0)).only_null() ? truth::not_true : truth::anything;
      case op::between: return between(id);
      default: break;
    }
    return by_policy(id, info(o).nulls);
  }

  truth_set by_policy(any_id id, null_policy policy) const {
    bool some_null = false, every_null = true, some_never = false;
    for (const std::uint32_t child : cx_.children(id)) {
      const truth_set v = value({child});
      if (policy == null_policy::strict && v.only_null()) return truth::unknown;
      some_null = some_null || v.can_be_null();
      every_null = every_null && v.only_null();
      some_never = some_never || !v.can_be_null();
    }
    switch (policy) {
      case null_policy::never: return truth::yes_or_no;
      case null_policy::strict: return some_null ? truth::anything : truth::yes_or_no;
      case null_policy::all: return every_null ? truth::unknown : some_never ? truth::yes_or_no : truth::anything;
      case null_policy::kleene:
      case null_policy::may: break;
    }
    return truth::anything;
  }

  /// and: TRUE needs every argument, FALSE one, and UNKNOWN one beside arguments that are not FALSE.
  truth_set every(any_id id) const {
    bool can_true = true, can_false = false, can_avoid_false = true, can_null = false;
    for (const std::uint32_t child : cx_.children(id)) {
      const truth_set v = value({child});
      can_true = can_true && v.can_be_true();
      can_false = can_false || v.can_be_false();
      can_null = can_null || v.can_be_null();
      can_avoid_false = can_avoid_false && v != truth::no;
    }
    return truth_set(static_cast<std::uint8_t>((can_true ? 1U : 0U) | (can_false ? 2U : 0U) |
                                               (can_null && can_avoid_false ? 4U : 0U)));
  }

  truth_set some(any_id id) const {
    bool can_false = true, can_true = false, can_avoid_true = true, can_null = false;
    for (const std::uint32_t child : cx_.children(id)) {
      const truth_set v = value({child});
      can_false = can_false && v.can_be_false();
      can_true = can_true || v.can_be_true();
      can_null = can_null || v.can_be_null();
      can_avoid_true = can_avoid_true && v != truth::yes;
    }
    return truth_set(static_cast<std::uint8_t>((can_true ? 1U : 0U) | (can_false ? 2U : 0U) |
                                               (can_null && can_avoid_true ? 4U : 0U)));
  }

  static truth_set null_test(truth_set v) {
    return v.only_null() ? truth::yes : v.can_be_null() ? truth::yes_or_no : truth::no;
  }

  /// x in (a, b): NULL for a NULL x; a NULL among the others turns FALSE into NULL, never TRUE.
  truth_set membership(any_id id, const node& n) const {
    if (value(cx_.child(id, 0)).only_null()) return truth::unknown;
    bool some_null = false, every_null = true;
    for (std::uint32_t i = 0; i < n.child_count; ++i) {
      const truth_set v = value(cx_.child(id, i));
      some_null = some_null || v.can_be_null();
      every_null = every_null && (i == 0 || v.only_null());
    }
    return every_null ? truth::unknown : some_null ? truth::anything : truth::yes_or_no;
  }

  /// low <= x and x <= high: FALSE already where one of the two is.
  truth_set between(any_id id) const {
    const truth_set x = value(cx_.child(id, 0)), low = value(cx_.child(id, 1)), high = value(cx_.child(id, 2));
    if (x.only_null() || (low.only_null() && high.only_null())) return truth::unknown;
    if (low.only_null() || high.only_null()) return truth::not_true;
    return x.can_be_null() || low.can_be_null() || high.can_be_null() ? truth::anything : truth::yes_or_no;
  }

  truth_set choice(any_id id) const {
    std::uint8_t bits = 0;
    const std::uint32_t count = cx_.at(id).child_count;
    for (std::uint32_t i = 1; i < count; ++i) {
      const any_id branch = cx_.child(id, i);
      const truth_set condition = value(cx_.child(branch, 0));
      if (!condition.can_be_true()) continue;
      bits = static_cast<std::uint8_t>(bits | value(cx_.child(branch, 1)).bits());
      if (condition == truth::yes) return truth_set(bits);
    }
    return truth_set(static_cast<std::uint8_t>(bits | value(cx_.child(id, 0)).bits()));
  }

  /// The subquery gives no row whatever its tables hold: a condition in its way cannot be TRUE.
  bool surely_empty(rel_id rel) const {
    const node& n = cx_.at(rel);
    const auto input = [&](std::uint32_t slot) { return rel_id(cx_.child(rel, slot)); };
    switch (n.kind) {
      case kind::empty: return true;
      case kind::filter: return !value(cx_.child(rel, 1)).can_be_true() || surely_empty(input(0));
      case kind::project:
      case kind::sort:
      case kind::limit:
      case kind::distinct:
      case kind::window_rel: return surely_empty(input(0));
      case kind::group: return cx_.at(cx_.child(rel, 1)).child_count > 0 && surely_empty(input(0));
      case kind::join:
        if (surely_empty(input(0)) && n.b != join_kind::full) return true;
        if (n.b != join_kind::inner && n.b != join_kind::semi) return false;
        return surely_empty(input(1)) || (cx_.child(rel, 2).present() && !value(cx_.child(rel, 2)).can_be_true());
      default: return false;
    }
  }

  const context& cx_;
  const null_row& row_;
};

}  // namespace

truth_set possible_values(const context& cx, expr_id e, const null_row& row) { return evaluator(cx, row).value(e); }

}  // namespace quarry::ir

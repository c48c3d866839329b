// canonicalize
// Needs: types.   Gives: and/or without nesting, repeats and constants, their arguments in a fixed order; `not` only
// where no law moves it.   Never: uses a law of two-valued logic; drops what could raise the truth of a condition from
// UNKNOWN; reorders `case`.
//   not(and(eq(e.rating, %0), is_not_null(e.rating)))   ==>   or(ne(e.rating, %0), is_null(e.rating))
//
// Valid under NULLs: the laws are exact in three-valued logic. not not p = p; De Morgan; not is_null = is_not_null;
// comparisons have their opposites (NULL stays NULL), of texts they are left alone, as databases compare them in more
// ways than one. x = x and `or(p, not p)` are not laws. A test for NULL is decided only for columns that the catalog
// says are never NULL and that no outer join pads.
#include <algorithm>
#include <array>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class canonicalizer {
 public:
  explicit canonicalizer(pass_context& px) : px_(px), cx_(px.cx()) {}

  /// Bottom-up; leaves are never changed.
  any_id rewrite(any_id id) {
    const std::uint32_t count = cx_.at(id).child_count;
    const std::size_t base = px_.stack.size();
    bool changed = false;
    std::uint32_t first = 0;  // most children are columns: they are passed over before anything is looked at twice
    for (const std::uint32_t child : cx_.children(id)) {
      if (!is_leaf({child})) break;
      ++first;
    }
    for (std::uint32_t i = first; i < count; ++i) {
      const any_id old = cx_.child(id, i);
      if (is_leaf(old) && !changed) continue;
      const any_id now = is_leaf(old) ? old : rewrite(old);
      if (!changed && now != old) {
        changed = true;
        for (std::uint32_t before = 0; before < i; ++before) px_.stack.push_back(cx_.child(id, before).value);
      }
      if (changed) px_.stack.push_back(now.value);
    }
    any_id rebuilt = id;
    if (changed) {
      rebuilt = with_children(cx_, id, std::span<const std::uint32_t>(px_.stack).subspan(base));
      px_.stack.resize(base);
    }
    if (cx_.at(rebuilt).kind == kind::op) return operation(rebuilt);
    if (cx_.at(rebuilt).kind == kind::filter) {
      tell_simplified(id, rebuilt);
      return filter(rebuilt);
    }
    return rebuilt;
  }

 private:
  bool is_leaf(any_id id) const {
    return !id.present() || (cx_.at(id).child_count == 0 && cx_.at(id).kind != kind::op);
  }

  /// Another order of the same conditions is no news.
  void tell_simplified(any_id before, any_id after) {
    if (cx_.why() == nullptr || before == after) return;
    const any_id old = cx_.child(before, 1);
    if (size_of(old) != size_of(cx_.child(after, 1))) px_.tell(event::condition_simplified, rel_id(after), old);
  }
  std::size_t size_of(any_id e) const {
    std::size_t out = 1;
    for (const std::uint32_t child : cx_.children(e))
      if (child != none) out += size_of({child});
    return out;
  }

  any_id filter(any_id id) {
    const any_id predicate = cx_.child(id, 1);
    if (is_boolean(cx_, predicate, false)) px_.add(feature::nothing);
    return is_boolean(cx_, predicate, true) ? counted(id, cx_.child(id, 0)) : id;
  }

  any_id counted(any_id before, any_id after) {
    if (after != before) ++px_.counters.applied;
    return after;
  }

  any_id operation(any_id id) {
    ++px_.counters.visited;
    switch (op_of(cx_, id)) {
      case op::and_:
      case op::or_: ++px_.counters.matched; return counted(id, combined(op_of(cx_, id), id));
      case op::not_: ++px_.counters.matched; return counted(id, negated(expr_id(cx_.child(id, 0))));
      case op::is_null:
      case op::is_not_null:
        if (!certainly_present(cx_.child(id, 0))) return id;
        ++px_.counters.matched;
        return counted(id, cx_.boolean(op_of(cx_, id) == op::is_not_null));
      case op::is_true: {
        const any_id p = cx_.child(id, 0);
        if (!is_two_valued(p)) return left(id, decline::canonicalize_may_be_unknown);
        ++px_.counters.matched;
        return counted(id, p);
      }
      case op::coalesce:
        if (!certainly_present(cx_.child(id, 0))) return id;
        if (cx_.at(cx_.child(id, 0)).type != cx_.at(id).type) return left(id, decline::canonicalize_other_type);
        ++px_.counters.matched;
        return counted(id, cx_.child(id, 0));
      case op::in_list:
        if (cx_.at(id).child_count > 1) return id;
        ++px_.counters.matched;
        return counted(id, cx_.boolean(false));
      default: return id;
    }
  }

  any_id left(any_id id, decline why) {
    px_.declined(why);
    return id;
  }

  bool certainly_present(any_id e) {
    const node& n = cx_.at(e);
    const bool of_a_table = n.kind == kind::column && cx_.instance_at(n.b).model != none;
    if (n.type.nullable()) px_.declined(decline::canonicalize_may_be_null);
    else if (of_a_table || n.kind == kind::literal || n.kind == kind::param) return true;
    else px_.declined(decline::canonicalize_computed_value);
    return false;
  }

  bool is_two_valued(any_id e) const {
    const node& n = cx_.at(e);
    if (n.kind == kind::exists) return true;
    return n.kind == kind::op && info(static_cast<op>(n.b)).nulls == null_policy::never;
  }

  /// and/or over arguments that are canonical already.
  expr_id combined(op o, any_id id) {
    const std::size_t base = px_.stack.size();
    const bool absorbed = !gather(o, id);
    return close(o, base, absorbed);
  }

  /// False when one argument decides the whole.
  bool gather(op o, any_id id) {
    const std::uint32_t count = cx_.at(id).child_count;
    for (std::uint32_t i = 0; i < count; ++i) {
      const any_id child = cx_.child(id, i);
      if (is_op(cx_, child, o)) {
        if (!gather(o, child)) return false;
      } else if (!take(o, child)) {
        return false;
      }
    }
    return true;
  }

  bool take(op o, any_id argument) {
    if (is_boolean(cx_, argument, o == op::or_)) return false;
    if (!is_boolean(cx_, argument, o == op::and_)) px_.stack.push_back(argument.value);
    return true;
  }

  expr_id close(op o, std::size_t base, bool absorbed) {
    if (absorbed) {
      px_.stack.resize(base);
      return cx_.boolean(o == op::or_);
    }
    const auto first = px_.stack.begin() + static_cast<std::ptrdiff_t>(base);
    std::sort(first, px_.stack.end());
    px_.stack.erase(std::unique(first, px_.stack.end()), px_.stack.end());
    const std::span<const std::uint32_t> arguments = std::span<const std::uint32_t>(px_.stack).subspan(base);
    expr_id out = cx_.boolean(o == op::and_);
    if (arguments.size() == 1) {
      out = expr_id(arguments[0]);
    } else if (arguments.size() > 1) {
      bool nullable = false;
      for (const std::uint32_t a : arguments) nullable = nullable || cx_.at({a}).type.nullable();
      out = expr_id(
          cx_.make(kind::op, 0, types::boolean.with_nullable(nullable), arguments, 0, static_cast<std::uint32_t>(o)));
    }
    px_.stack.resize(base);
    return out;
  }

  static op opposite(op o) {
    switch (o) {
      case op::eq: return op::ne;
      case op::ne: return op::eq;
      case op::lt: return op::ge;
      case op::le: return op::gt;
      case op::gt: return op::le;
      case op::ge: return op::lt;
      default: return op::not_;
    }
  }

  /// The negation of a canonical condition.
  expr_id negated(expr_id p) {
    const node n = cx_.at(p);
    if (n.kind == kind::literal && n.flags == 0 && n.type.kind() == scalar::boolean) return cx_.boolean(n.a == 0);
    if (n.kind != kind::op) return kept_negation(p, decline::canonicalize_no_law);
    const op o = static_cast<op>(n.b);
    switch (o) {
      case op::not_: return expr_id(cx_.child(p, 0));
      case op::is_null: return cx_.make_op(op::is_not_null, {expr_id(cx_.child(p, 0))});
      case op::is_not_null: px_.add(feature::null_test); return cx_.make_op(op::is_null, {expr_id(cx_.child(p, 0))});
      case op::and_:
      case op::or_: return de_morgan(p, o == op::and_ ? op::or_ : op::and_);
      case op::eq:
      case op::ne:
      case op::lt:
      case op::le:
      case op::gt:
      case op::ge:
        if (has_one_order(cx_.child(p, 0)) && has_one_order(cx_.child(p, 1)))
          return cx_.make_op(opposite(o), {expr_id(cx_.child(p, 0)), expr_id(cx_.child(p, 1))});
        return kept_negation(p, decline::canonicalize_compared_loosely);
      default: return kept_negation(p, decline::canonicalize_no_law);
    }
  }
  expr_id kept_negation(expr_id p, decline why) {
    px_.declined(why);
    return cx_.make_op(op::not_, {p});
  }

  bool has_one_order(any_id e) const {
    const scalar s = cx_.at(e).type.kind();
    return is_integer(s) || s == scalar::decimal || s == scalar::date || s == scalar::time || s == scalar::datetime ||
        s == scalar::duration || s == scalar::boolean;
  }

  expr_id de_morgan(expr_id p, op o) {
    const std::size_t base = px_.stack.size();
    const std::uint32_t count = cx_.at(p).child_count;
    bool absorbed = false;
    for (std::uint32_t i = 0; i < count && !absorbed; ++i) {
      const expr_id n = negated(expr_id(cx_.child(p, i)));
      absorbed = is_op(cx_, n, o) ? !gather(o, n) : !take(o, n);
    }
    return close(o, base, absorbed);
  }

  pass_context& px_;
  context& cx_;
};

}  // namespace

rel_id canonicalize(pass_context& px, rel_id root) { return rel_id(canonicalizer(px).rewrite(root)); }

}  // namespace quarry::ir

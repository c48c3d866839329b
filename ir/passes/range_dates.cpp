// range-dates
// Needs: types.   Gives: comparisons of a column with the edges of a year or day, in place of comparisons of the column's year or day.
// Never: touches what is computed, compared with another column, or outside the years that every database has.
//   filter e where eq(year(e.pub_date), %0)             ==>   filter e where between(e.pub_date, edge(of %0), edge(last of %0))
//   filter e where in_array(date_of(e.changed), %0)     ==>   filter e where or(between(e.changed, edge(of %0[0]), edge(last of %0[0])), …)
//
// Valid under NULLs: both forms are NULL where the column is NULL, and true or false elsewhere, so that what stands around them, `not`
// too, says the same. The NULLs of a list are no elements of it.
// Valid at the edges: the last moment of a datetime is the last microsecond, the finest that a column holds. A year is an integer whose
// first and last day exist, by the calendar and by weeks: that is part of the query's shape, and other years are compared as they are,
// like the ones that a value computes. Days always exist, for a value that is none is refused. A range whose end lies before its start
// holds nothing in either form. Past the end of a list stands its last value again: one range more that says the same.
#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class date_ranger {
 public:
  explicit date_ranger(pass_context& px) : px_(px), cx_(px.cx()) {}

  any_id operation(any_id id) {
    const op o = static_cast<op>(cx_.at(id).b);
    if (!compares(o)) return id;
    ++px_.counters.visited;
    const any_id part = cx_.child(id, 0);
    const bool by_day = is_op(cx_, part, op::date_of);
    if (!by_day && !is_op(cx_, part, op::year) && !is_op(cx_, part, op::iso_year)) return id;
    ++px_.counters.matched;
    const any_id column = cx_.child(part, 0);
    if (!is_stored(column)) return left(id, decline::range_dates_computed_value);
    for (std::uint32_t i = 1; i < cx_.at(id).child_count; ++i) {
      const any_id given = cx_.child(id, i);
      if (cx_.at(given).kind != kind::param) return left(id, decline::range_dates_differs_by_row);
      if (!by_day && !is_calendar_year(given)) return left(id, decline::range_dates_beyond_calendar);
    }
    if (o == op::in_array && length_of(cx_.child(id, 1)) > most_ranges) return left(id, decline::range_dates_long_list);
    ++px_.counters.applied;
    const expr_id made = range(id, expr_id(column), is_op(cx_, part, op::iso_year));
    px_.tell_of_instance(event::compared_as_range, cx_.at(column).b, id);
    px_.rephrased(made, id);
    return made;
  }

 private:
  /// Each is two values and a search of the index: beyond some, one look at each row is no worse, and the statement shorter.
  static constexpr std::uint32_t most_ranges = 8;

  static bool compares(op o) {
    switch (o) {
      case op::eq:
      case op::ne:
      case op::lt:
      case op::le:
      case op::gt:
      case op::ge:
      case op::between:
      case op::in_array: return true;
      default: return false;
    }
  }

  any_id left(any_id id, decline why) {
    px_.declined(why);
    return id;
  }

  bool is_stored(any_id e) const {
    const node& n = cx_.at(e);
    if (n.kind != kind::column || cx_.instance_at(n.b).model == none) return false;
    return n.type.kind() == scalar::date || n.type.kind() == scalar::datetime;
  }

  bool is_calendar_year(any_id e) const {
    const auto index = static_cast<std::uint32_t>(cx_.at(e).a);
    return index < cx_.param_count() && cx_.param_at(index).calendar_year;
  }

  /// Places of a list: none where nothing is known of it.
  std::uint32_t length_of(any_id list) const {
    const auto index = static_cast<std::uint32_t>(cx_.at(list).a);
    return index < cx_.param_count() ? cx_.param_at(index).length : 0;
  }

  expr_id edge(bool last, bool iso, expr_id column, expr_id given) {
    const auto flags = static_cast<std::uint16_t>((last ? 1U : 0U) | (iso ? 2U : 0U));
    const std::uint32_t value = given.value;
    return expr_id(
        cx_.make(kind::calendar_edge, flags, cx_.at(column).type.with_nullable(false), std::span(&value, 1)));
  }

  /// The column within one of the years or days of a list.
  expr_id any_range(expr_id column, any_id list, bool iso) {
    const auto index = static_cast<std::uint32_t>(cx_.at(list).a);
    const type element(cx_.at(list).type.element(), false);
    child_list ranges(cx_);
    for (std::uint32_t i = 0; i < length_of(list); ++i) {
      const expr_id value = cx_.param_ref(index, element, i + 1);
      ranges.add(cx_.make_op(op::between, {column, edge(false, iso, column, value), edge(true, iso, column, value)}));
    }
    if (ranges.ids().size() == 1) return expr_id(ranges.ids()[0]);
    px_.add(feature::disjunction | feature::logic);
    return cx_.make_op(op::or_, ranges.ids());
  }

  expr_id range(any_id comparison, expr_id column, bool iso) {
    const auto given = expr_id(cx_.child(comparison, 1));
    const auto first = [&] { return edge(false, iso, column, given); };
    const auto last = [&] { return edge(true, iso, column, given); };
    switch (static_cast<op>(cx_.at(comparison).b)) {
      case op::eq: return cx_.make_op(op::between, {column, first(), last()});
      case op::between: {
        const auto end = expr_id(cx_.child(comparison, 2));
        return cx_.make_op(op::between, {column, first(), edge(true, iso, column, end)});
      }
      case op::in_array: return any_range(column, given, iso);
      case op::ne:
        px_.add(feature::disjunction | feature::logic);
        return cx_.make_op(op::or_, {cx_.make_op(op::lt, {column, first()}), cx_.make_op(op::gt, {column, last()})});
      case op::lt: return cx_.make_op(op::lt, {column, first()});
      case op::le: return cx_.make_op(op::le, {column, last()});
      case op::gt: return cx_.make_op(op::gt, {column, last()});
      default: return cx_.make_op(op::ge, {column, first()});
    }
  }

  pass_context& px_;
  context& cx_;
};

}  // namespace

rel_id range_dates(pass_context& px, rel_id root) {
  date_ranger ranger(px);
  return rel_id(px.bottom_up.run(
      px.cx(), root, [&](any_id id) { return px.cx().at(id).kind == kind::op ? ranger.operation(id) : id; }));
}

}  // namespace quarry::ir

#include "support/random_surface.hpp"

#include <algorithm>
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/support/diagnostic.hpp>
#include <quarry/ir/text/print.hpp>

#include "support/random_surface_values.hpp"

namespace quarry::test {
namespace {

using namespace ir;

class query_set_maker : public surface_values {
 public:
  using surface_values::surface_values;

  rel_id query() {
    if (random_.chance(10)) return combined();
    current_ = scan();
    const std::uint32_t roll = random_.below(100);
    if (roll < 25) plain();
    else if (roll < 50) annotated();
    else if (roll < 68) grouped();
    else if (roll < 80) windowed();
    else if (roll < 90) with_sub_queries();
    else totals();
    return current_;
  }

 private:
  // --- whole queries ---

  void plain() {
    filters(3, true);
    // Rows of one object may differ in what is read over a to-many relation, and no order would tell them apart.
    const bool slices = random_.chance(25), orders = slices || random_.chance(30);
    const bool first_of_each = !orders && random_.chance(15);
    if (random_.chance(40)) values(orders || first_of_each);
    if (first_of_each) {
      one_for_each();
    } else {
      if (random_.chance(40)) call(kind::distinct_call, {});
      if (orders) order(true);
    }
    if (slices) slice();
    finish();
  }

  /// Aggregates of each row, over several relations, before and behind filters.
  void annotated() {
    filters(2, true);
    annotate(aggregates(3, true), random_.chance(15));
    if (random_.chance(25)) annotate({computed_annotation()}, random_.chance(30));
    filters(2, true);
    if (random_.chance(60)) having();
    if (random_.chance(20))
      filter_by(cx_.make_op(op::or_, {expr_id(annotation_atom(some_annotation())), expr_id(atom(false))}));
    if (random_.chance(30)) values_with_annotations();
    const bool slices = random_.chance(25);
    if (slices || random_.chance(30)) order_by_annotation();
    if (slices) slice();
    finish();
  }

  /// values() before annotate(): groups, narrowed before and behind.
  void grouped() {
    filters(2, true);
    std::vector<std::string> keys;
    std::vector<any_id> items;
    for (std::uint32_t i = 0; i <= random_.below(2); ++i) {
      const path p = any_path(random_.chance(25));
      if (std::find(keys.begin(), keys.end(), p.text) != keys.end()) continue;
      keys.push_back(p.text);
      items.push_back(path_node(p.text));
    }
    call(kind::values_call, items);
    annotate(aggregates(3, random_.chance(70)), false);
    if (random_.chance(40)) filters(1, random_.chance(50));
    if (random_.chance(50)) having();
    const bool slices = random_.chance(25);
    if (slices || random_.chance(40)) {
      std::vector<any_id> sorted;
      if (random_.chance(60)) sorted.push_back(key(some_annotation().name));
      for (const std::string& k : keys) sorted.push_back(key(k));
      call(kind::order_call, sorted);
    }
    if (slices) slice();
    finish();
  }

  void windowed() {
    filters(2, false);
    if (random_.chance(20)) annotate({computed_annotation()}, false);
    std::vector<any_id> items;
    for (std::uint32_t i = 0; i <= random_.below(2); ++i) items.push_back(windowed_annotation());
    annotate(items, false);
    if (random_.chance(40)) filters(1, false);
    if (random_.chance(50)) having();
    if (random_.chance(30)) values_with_annotations();
    if (random_.chance(20)) call(kind::distinct_call, {});
    const bool slices = random_.chance(30);
    if (slices || random_.chance(30)) order_by_annotation();
    if (slices) slice();
    finish();
  }

  /// Values of other rows: as annotations, read more than once, and the first row of each group.
  void with_sub_queries() {
    filters(2, random_.chance(50));
    if (random_.chance(35)) first_of_its_group();
    if (random_.chance(75)) {
      annotate({sub_query_annotation()}, random_.chance(20));
      if (random_.chance(60)) having();
      if (random_.chance(40)) annotate({named(next_name(), twice())}, false);
    }
    if (random_.chance(40)) values_with_annotations();
    const bool slices = random_.chance(25);
    if (slices || random_.chance(40)) order_by_annotation();
    if (slices) slice();
    finish();
  }

  /// aggregate()
  void totals() {
    filters(2, true);
    if (random_.chance(30)) annotate(aggregates(2, true), false);
    if (!annotations_.empty() && random_.chance(50)) having();
    if (annotations_.empty() && random_.chance(25)) {
      order(false);
      slice();
    }
    const bool of_annotation = !annotations_.empty() && random_.chance(60);
    std::vector<any_id> items;
    if (of_annotation) {
      const std::array<std::uint32_t, 3> parts = {none, none, path_node(annotations_[0].name).value};
      items.push_back(named("all",
                            cx_.make(kind::aggregate, 0, types::int64.with_nullable(true), parts, 0,
                                     static_cast<std::uint32_t>(op::sum))));
    }
    for (std::uint32_t i = random_.below(3); i > 0 || items.empty(); i -= i > 0 ? 1U : 0U)
      items.push_back(named("all" + std::to_string(items.size()), aggregate(true)));
    call(kind::aggregate_call, items);
  }

  /// Two or three QuerySets of one or several models, with values of the same sort.
  rel_id combined() {
    const std::uint32_t columns = 1 + random_.below(2);
    const bool whole = random_.chance(25);
    for (std::uint32_t i = 0; i < columns && !whole; ++i) arm_columns_.push_back("c" + std::to_string(i));
    std::vector<std::uint32_t> arms;
    for (std::uint32_t i = 2 + random_.below(2); i > 0; --i) {
      query_set_maker arm(cx_, random_, values_, whole || random_.chance(50) ? root_ : random_.below(model_count()));
      arm.calls_ = 10 * i;
      arms.push_back(arm.arm(whole ? 0 : columns).value);
    }
    static constexpr std::array operations = {set_kind::union_, set_kind::union_, set_kind::intersect,
                                              set_kind::except};
    const code operation = random_.one_of(operations);
    // There is no difference and no intersection that keeps repeats.
    const bool all = operation == set_kind::union_ && random_.chance(40);
    current_ = rel_id(cx_.make(kind::set_call, all ? 1 : 0, {}, arms, 0, operation));
    const bool slices = random_.chance(30) && !whole;
    if (slices) {
      std::vector<any_id> keys;
      for (const std::string& c : arm_columns_) keys.push_back(key(c));
      call(kind::order_call, keys);
      slice();
    }
    finish();
    return current_;
  }
  rel_id arm(std::uint32_t columns) {
    current_ = scan();
    filters(2, random_.chance(50));
    if (columns != 0) {
      std::vector<any_id> items;
      for (std::uint32_t i = 0; i < columns; ++i) items.push_back(named("c" + std::to_string(i), number(false)));
      call(kind::values_call, items);
    }
    if (random_.chance(15)) call(kind::distinct_call, {});
    if (random_.chance(15)) {
      order(false);
      slice();
    }
    return current_;
  }

  // --- calls ---

  rel_id scan() { return rel_id(cx_.make(kind::scan_call, 0, {}, {}, root_)); }
  std::size_t model_count() const { return cx_.schema().models().size(); }

  void call(kind k, const std::vector<any_id>& rest, std::uint16_t flags = 0, std::uint32_t b = 0) {
    std::vector<std::uint32_t> children = {current_.value};
    for (const any_id c : rest) children.push_back(c.value);
    current_ = rel_id(cx_.make(k, flags, {}, children, 0, b));
  }

  void filters(std::uint32_t most, bool to_many) {
    for (std::uint32_t i = random_.below(most + 1); i > 0; --i) {
      const bool excludes = random_.chance(35);
      filter_by(condition(2, to_many), excludes);
    }
  }
  void filter_by(any_id condition, bool excludes = false) {
    call(kind::filter_call, {condition}, excludes ? 1 : 0, ++calls_);
  }
  void having() {
    const any_id about = annotation_atom(some_annotation());
    filter_by(about, random_.chance(20));
  }
  void annotate(const std::vector<any_id>& items, bool hidden) { call(kind::annotate_call, items, hidden ? 1 : 0); }

  std::string next_name() { return "total" + std::to_string(annotations_.size()); }
  const annotation& some_annotation() { return random_.one_of(annotations_); }

  std::vector<any_id> aggregates(std::uint32_t most, bool to_many) {
    std::vector<any_id> items;
    const std::size_t before = annotations_.size();
    std::vector<annotation> made;
    for (std::uint32_t i = 0; i < 1 + random_.below(most); ++i) {
      made.push_back({"total" + std::to_string(before + i), scalar::int64});
      items.push_back(named(made.back().name, aggregate(to_many)));
    }
    annotations_.insert(annotations_.end(), made.begin(), made.end());
    return items;
  }
  any_id computed_annotation() {
    const any_id value = random_.chance(40) ? twice() : number(false);
    const any_id out = named(next_name(), value);
    annotations_.push_back({next_name(), scalar::int64});
    return out;
  }
  /// An expression that reads what was computed before, if anything was.
  any_id twice() {
    if (annotations_.empty()) return number(false);
    const annotation& a = some_annotation();
    const expr_id first(path_node(a.name));
    if (a.type == scalar::boolean) return first;
    if (random_.chance(40)) return cx_.make_op(op::add, {first, first});
    return cx_.make_op(op::coalesce, {first, expr_id(integer())});
  }
  any_id windowed_annotation() {
    const any_id out = named(next_name(), window());
    annotations_.push_back({next_name(), scalar::int64});
    return out;
  }

  void values(bool to_one_only) {
    std::vector<any_id> items;
    for (std::uint32_t i = 0; i <= random_.below(2); ++i) items.push_back(path_node(any_path(!to_one_only).text));
    call(kind::values_call, items);
  }
  void values_with_annotations() {
    std::vector<any_id> items = {path_node(any_path(false).text)};
    for (const annotation& a : annotations_)
      if (random_.chance(70)) items.push_back(path_node(a.name));
    call(kind::values_call, items);
  }
  void one_for_each() {
    const std::string alike = any_path(false).text;
    call(kind::order_call, {key(alike), key("pk")});
    call(kind::distinct_call, {path_node(alike)});
  }

  void order(bool to_many) {
    std::vector<any_id> keys;
    if (random_.chance(70)) keys.push_back(key(any_path(to_many).text));
    keys.push_back(key("pk"));
    call(kind::order_call, keys);
  }
  void order_by_annotation() {
    std::vector<any_id> keys;
    if (!annotations_.empty() && random_.chance(70)) keys.push_back(key(some_annotation().name));
    keys.push_back(key("pk"));
    call(kind::order_call, keys);
  }
  any_id key(const std::string& text) {
    const std::array<std::uint32_t, 1> child = {path_node(text).value};
    return cx_.make(kind::order_item, random_.chance(50) ? 1 : 0, {}, child);
  }
  void slice() {
    const any_id count = bound(1 + random_.below(4));
    call(kind::slice_call, {count, random_.chance(30) ? bound(1) : any_id()});
  }
  void finish() {
    const std::uint32_t end = random_.below(12);
    if (end < 2) call(kind::count_call, {});
    if (end == 2) call(kind::exists_call, {});
  }

  // --- queries within ---

  /// Rows of a model that a relation of this one leads to, tied to the row at hand.
  struct others {
    rel_id rows;
    std::uint32_t model;
  };
  others tied(int depth) {
    std::vector<const relation*> ways;
    for (const relation& r : cx_.schema().at(root_).relations)
      if (r.through == none) ways.push_back(&r);
    const bool related = !ways.empty() && random_.chance(85);
    const relation* const way = related ? random_.one_of(ways) : nullptr;
    const std::uint32_t model = related ? way->target : random_.below(model_count());
    query_set_maker inner(cx_, random_, values_, model);
    inner.nested_ = nested_ + 1;
    inner.current_ = inner.scan();
    const auto column = [&](std::uint32_t m, std::uint32_t c) {
      return std::string(cx_.schema().text(cx_.schema().at(m).columns[c].name));
    };
    const std::string near = related ? column(root_, way->local) : number_path(false).text;
    const std::string far = related ? column(model, way->remote) : inner.number_path(false).text;
    inner.filter_by(inner.lookup(far, outer_path(near)));
    if (random_.chance(40)) inner.filter_by(inner.condition(depth - 1, random_.chance(30)), random_.chance(25));
    return {inner.current_, model};
  }
  rel_id on(rel_id rows, kind k, const std::vector<any_id>& rest, std::uint16_t flags = 0) {
    std::vector<std::uint32_t> children = {rows.value};
    for (const any_id c : rest) children.push_back(c.value);
    return rel_id(cx_.make(k, flags, {}, children));
  }
  /// One number of the first of them, or an aggregate of them.
  rel_id one_value(const others& of) {
    query_set_maker inner(cx_, random_, values_, of.model);
    if (random_.chance(35)) {
      // As Django writes it: grouped by what all of them have in common.
      const rel_id keyed = on(of.rows, kind::values_call, {path_node("pk")});
      const rel_id counted = on(keyed, kind::annotate_call, {named("n", inner.aggregate(random_.chance(50)))});
      const rel_id chosen = on(counted, kind::values_call, {path_node("n")});
      const rel_id sorted = on(chosen, kind::order_call, {inner.key("n")});
      return on(sorted, kind::slice_call, {bound(1), any_id()}, 1);
    }
    std::vector<any_id> keys;
    if (random_.chance(70)) keys.push_back(inner.key(inner.any_path(false).text));
    keys.push_back(inner.key("pk"));
    const rel_id sorted = on(of.rows, kind::order_call, keys);
    const rel_id chosen = on(sorted, kind::values_call, {path_node(inner.number_path(false).text)});
    return on(chosen, kind::slice_call, {bound(1), random_.chance(15) ? bound(1) : any_id()}, 1);
  }
  any_id query_value(kind k, rel_id rows) {
    const std::array<std::uint32_t, 1> query = {rows.value};
    return cx_.make(k, 0, k == kind::exists ? types::boolean : types::null, query);
  }
  any_id sub_query_annotation() {
    const std::string as = next_name();
    if (random_.chance(30)) {
      const any_id out = named(as, query_value(kind::exists, tied(1).rows));
      annotations_.push_back({as, scalar::boolean});
      return out;
    }
    const any_id out = named(as, query_value(kind::scalar_of, one_value(tied(1))));
    annotations_.push_back({as, scalar::int64});
    return out;
  }

  any_id existence(int depth) override {
    if (nested_ >= 2) return {};
    if (random_.chance(60)) return query_value(kind::exists, tied(depth).rows);
    // Membership in the values of a query.
    query_set_maker inner(cx_, random_, values_, random_.below(model_count()));
    inner.nested_ = nested_ + 1;
    inner.current_ = inner.scan();
    inner.filters(1, random_.chance(40));
    inner.call(kind::values_call, {path_node(inner.number_path(random_.chance(30)).text)});
    const any_id rows = query_value(kind::sub_query, inner.current_);
    return lookup(number_path(random_.chance(30)).text + "__in", rows);
  }

  /// pk = the first of the rows with the same value, in an order of theirs.
  void first_of_its_group() {
    query_set_maker inner(cx_, random_, values_, root_);
    inner.nested_ = nested_ + 1;
    inner.current_ = inner.scan();
    const std::string alike = number_path(false).text;
    inner.filter_by(inner.lookup(alike, outer_path(alike)));
    if (random_.chance(40)) inner.filter_by(inner.condition(1, false), random_.chance(25));
    inner.order(false);
    inner.call(kind::values_call, {path_node("pk")});
    const bool membership = random_.chance(30);
    inner.call(kind::slice_call, {bound(membership ? 1 + random_.below(2) : 1), any_id()}, membership ? 0 : 1);
    const any_id rows = query_value(membership ? kind::sub_query : kind::scalar_of, inner.current_);
    filter_by(lookup(membership ? "pk__in" : "pk", rows));
  }

  rel_id current_;
  std::vector<annotation> annotations_;
  std::vector<std::string> arm_columns_;
  std::uint32_t calls_ = 0;
  int nested_ = 0;
};

}  // namespace

rel_id random_query_set(context& cx, random_numbers& random, param_values& values, std::string& text) {
  const std::uint32_t root = random.below(cx.schema().models().size());
  const rel_id surface = query_set_maker(cx, random, values, root).query();
  text = print(cx, surface, stage::surface);
  lower_options how;
  how.strict_exclude = random.chance(20);
  how.django_aggregates = random.chance(10);
  lowering lower;
  auto related = lower.to_related(cx, surface, how);
  if (!related) text = render(related.error());
  return related ? lower.to_logical(cx, *related) : rel_id();
}

}  // namespace quarry::test

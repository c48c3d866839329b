#include "support/random_surface.hpp"

#include <array>

#include <quarry/ir/lower/lower.hpp>

namespace quarry::test {
namespace {

using namespace ir;

class query_set_maker {
 public:
  query_set_maker(context& cx, random_numbers& random, param_values& values)
      : cx_(cx), random_(random), values_(values) {}

  rel_id query() {
    root_ = random_.below(cx_.schema().models().size());
    current_ = rel_id(cx_.make(kind::scan_call, 0, {}, {}, root_));
    for (std::uint32_t i = random_.below(3); i > 0; --i) filter();
    const bool annotates = random_.chance(35);
    if (annotates) annotate();
    for (std::uint32_t i = random_.below(2); i > 0; --i) filter();
    if (annotates && random_.chance(50)) filter_by_annotation();
    // Rows of one object may differ in what is read over a to-many relation, and no order would tell them apart.
    const bool slices = random_.chance(25), orders = slices || random_.chance(30);
    if (random_.chance(40)) values(orders);
    if (random_.chance(30)) call(kind::distinct_call, {});
    if (orders) order();
    if (slices) call(kind::slice_call, {bound(1 + random_.below(4)), random_.chance(30) ? bound(1) : any_id()});
    const std::uint32_t end = random_.below(10);
    if (end < 2) call(kind::count_call, {});
    if (end == 2) call(kind::exists_call, {});
    return current_;
  }

 private:
  void call(kind k, const std::vector<any_id>& rest, std::uint16_t flags = 0, std::uint32_t b = 0) {
    std::vector<std::uint32_t> children = {current_.value};
    for (const any_id c : rest) children.push_back(c.value);
    current_ = rel_id(cx_.make(k, flags, {}, children, 0, b));
  }

  void filter() {
    const bool excludes = random_.chance(35);
    const any_id c = condition(2);
    call(kind::filter_call, {c}, excludes ? 1 : 0, ++calls_);
  }

  void annotate() {
    std::vector<any_id> items;
    for (std::uint32_t i = 0; i <= random_.below(2); ++i) {
      static constexpr std::array ops = {op::count, op::count, op::sum, op::max, op::min, op::avg};
      const op o = random_.one_of(ops);
      const std::uint32_t each_once = o == op::count && random_.chance(20) ? 1 : 0;
      const path p = column_path(true, [](scalar s) { return is_integer(s); });
      const std::array<std::uint32_t, 3> over = {none, none, path_node(p.text).value};
      const any_id a =
          cx_.make(kind::aggregate, static_cast<std::uint16_t>(each_once), {}, over, 0, static_cast<std::uint32_t>(o));
      const std::array<std::uint32_t, 1> child = {a.value};
      items.push_back(cx_.make(kind::named, 0, {}, child, name(annotation(i)).value));
    }
    call(kind::annotate_call, items);
  }
  static std::string annotation(std::uint32_t i) { return "total" + std::to_string(i); }

  void filter_by_annotation() {
    static constexpr std::array lookups = {"__gt", "__lte", ""};
    const std::string text = annotation(0) + random_.one_of(lookups);
    call(kind::filter_call, {lookup(text, integer())}, 0, ++calls_);
  }

  void values(bool to_one_only) {
    std::vector<any_id> items;
    for (std::uint32_t i = 0; i <= random_.below(2); ++i)
      items.push_back(path_node(column_path(!to_one_only, [](scalar) { return true; }).text));
    call(kind::values_call, items);
  }

  void order() {
    std::vector<any_id> keys;
    if (random_.chance(70)) keys.push_back(key(column_path(true, [](scalar) { return true; }).text));
    keys.push_back(key("pk"));
    call(kind::order_call, keys);
  }
  any_id key(const std::string& text) {
    const std::array<std::uint32_t, 1> child = {path_node(text).value};
    return cx_.make(kind::order_item, random_.chance(50) ? 1 : 0, {}, child);
  }
  any_id bound(std::int64_t n) { return parameter(scalar::int64, {n}); }

  // --- conditions ---

  any_id condition(int depth) {
    const std::uint32_t roll = depth == 0 ? 9 : random_.below(10);
    if (roll < 2) return junction(op::and_, depth);
    if (roll < 4) return junction(op::or_, depth);
    if (roll < 5) return cx_.make_op(op::not_, {expr_id(condition(depth - 1))});
    return atom();
  }
  any_id junction(op o, int depth) {
    const expr_id first(condition(depth - 1)), second(condition(depth - 1));
    return cx_.make_op(o, {first, second});
  }

  any_id atom() {
    const path p = column_path(true, [](scalar) { return true; });
    if (random_.chance(20)) {
      ir::param shape;
      shape.given = scalar::boolean;
      shape.truth = random_.chance(60);
      return lookup(p.text + "__isnull", parameter(shape, {shape.truth}));
    }
    if (p.type == scalar::boolean) return lookup(p.text, parameter(scalar::boolean, {random_.chance(50)}));
    if (p.type == scalar::text) return of_text(p.text);
    switch (random_.below(7)) {
      case 0: return lookup(p.text + "__in", list(1 + random_.below(3)));
      case 1: return lookup(p.text + "__range", list(2));
      case 2: {
        const path other = column_path(false, [](scalar s) { return is_integer(s); });
        return lookup(p.text + compared(), path_node(other.text));
      }
      default: return lookup(p.text + compared(), integer());
    }
  }
  std::string compared() {
    static constexpr std::array lookups = {"", "", "__gt", "__gte", "__lt", "__lte"};
    return random_.one_of(lookups);
  }
  any_id of_text(const std::string& column) {
    static constexpr std::array lookups = {"", "__contains", "__startswith", "__endswith", "__gt"};
    static constexpr std::array texts = {"", "a", "b", "é"};
    const std::string text = column + random_.one_of(lookups);
    return lookup(text, parameter(scalar::text, {std::string(random_.one_of(texts))}));
  }

  any_id integer() { return parameter(scalar::int64, {std::int64_t{random_.below(5)}}); }
  any_id list(std::uint32_t length) {
    std::vector<cell> all;
    for (std::uint32_t i = 0; i < length; ++i) all.emplace_back(std::int64_t{random_.below(5)});
    ir::param shape;
    shape.what = ir::param::form::list;
    shape.given = scalar::int64;
    shape.length = length;
    return parameter(shape, std::move(all));
  }
  any_id parameter(scalar given, std::vector<cell> value) {
    ir::param shape;
    shape.given = given;
    return parameter(shape, std::move(value));
  }
  any_id parameter(const ir::param& shape, std::vector<cell> value) {
    values_.push_back(std::move(value));
    return cx_.param_ref(cx_.add_param(shape), {});
  }
  any_id lookup(const std::string& text, any_id operand) {
    const std::array<std::uint32_t, 1> child = {operand.value};
    return cx_.make(kind::lookup, 0, {}, child, name(text).value, none);
  }

  // --- paths ---

  struct path {
    std::string text;
    scalar type = scalar::unknown;
  };
  /// Over up to two relations; the key where a model has no column of the wanted type.
  template <class F>
  path column_path(bool to_many, F&& wanted) {
    path out;
    std::uint32_t model = root_;
    for (std::uint32_t steps = random_.below(3); steps > 0; --steps) {
      std::vector<const relation*> ways;
      for (const relation& r : cx_.schema().at(model).relations)
        if (r.accessor.present() && (to_many || !r.many)) ways.push_back(&r);
      if (ways.empty()) break;
      const relation* const way = random_.one_of(ways);
      out.text += std::string(cx_.schema().text(way->name)) + "__";
      model = way->target;
    }
    std::vector<const column*> columns;
    for (const column& c : cx_.schema().at(model).columns)
      if (wanted(c.type.kind())) columns.push_back(&c);
    const column& c =
        columns.empty() ? cx_.schema().at(model).columns[cx_.schema().at(model).primary_key] : *random_.one_of(columns);
    out.text += cx_.schema().text(c.name);
    out.type = c.type.kind();
    return out;
  }
  any_id path_node(const std::string& text) { return cx_.make(kind::path, 0, {}, {}, name(text).value, none); }
  symbol name(const std::string& text) { return cx_.names().intern(text); }

  context& cx_;
  random_numbers& random_;
  param_values& values_;
  std::uint32_t root_ = 0;
  rel_id current_;
  std::uint32_t calls_ = 0;
};

}  // namespace

rel_id random_query_set(context& cx, random_numbers& random, param_values& values) {
  const rel_id surface = query_set_maker(cx, random, values).query();
  lower_options how;
  how.strict_exclude = random.chance(20);
  how.django_aggregates = random.chance(10);
  lowering lower;
  auto related = lower.to_related(cx, surface, how);
  return related ? lower.to_logical(cx, *related) : rel_id();
}

}  // namespace quarry::test

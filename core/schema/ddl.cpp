#include <quarry/core/schema/ddl.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace quarry::detail {
namespace {

using ir::context;
using ir::kind;
using ir::none;

/// A foreign key to a table that is made later.
struct forward_key {
  std::uint32_t model;
  const ir::relation* relation;
};

class ddl_builder {
 public:
  ddl_builder(context& cx, const ir::facts& facts, bool portable) : cx_(cx), facts_(facts), portable_(portable) {}

  std::vector<ir::rel_id> run() {
    arrange();
    std::vector<ir::rel_id> out;
    for (const std::uint32_t m : order_) out.push_back(table(m));
    for (const forward_key& key : forward_) out.push_back(added_key(key));
    for (const std::uint32_t m : order_) indexes(m, out);
    return out;
  }

  std::vector<ir::rel_id> remove() {
    arrange();
    std::vector<ir::rel_id> out;
    constexpr std::uint16_t if_exists = 1;
    for (const std::uint32_t m : order_)
      for (const ir::relation& r : cx_.schema().at(m).relations)
        if (has_key(r) && comes_later(m, r))
          out.emplace_back(cx_.make(kind::drop_constraint, if_exists, {}, {}, cx_.schema().at(m).table.value,
                                    key_name(cx_.schema().at(m), r).value));
    for (auto m = order_.rbegin(); m != order_.rend(); ++m)
      out.emplace_back(
          cx_.make(kind::drop, if_exists, {}, {}, cx_.schema().at(*m).table.value, ir::object_kind::table));
    return out;
  }

 private:
  void arrange() {
    const auto count = static_cast<std::uint32_t>(cx_.schema().models().size());
    state_.assign(count, 0);
    for (std::uint32_t m = 0; m < count; ++m) visit(m);
  }

  /// Depth first: what a table refers to comes before it, except round a circle.
  void visit(std::uint32_t m) {
    if (state_[m] != 0) return;
    state_[m] = 1;
    for (const ir::relation& r : cx_.schema().at(m).relations)
      if (r.forward && r.form != ir::relation_form::many_to_many) visit(r.target);
    order_.push_back(m);
  }

  /// A name within the identifier limit: long ones end in a hash of the whole.
  ir::symbol name(const std::string& wanted) {
    const auto limit = static_cast<std::size_t>(facts_[ir::fact::max_identifier]);
    if (wanted.size() <= limit) return cx_.names().intern(wanted);
    char digits[9] = {};
    const auto end = std::to_chars(std::begin(digits), std::end(digits) - 1, ir::hash_text(wanted) & 0xffffffffU, 16);
    const std::string tail = "_" + std::string(digits, end.ptr);
    return cx_.names().intern(wanted.substr(0, limit - tail.size()) + tail);
  }

  std::uint32_t name_node(ir::symbol s) { return cx_.make(kind::name, 0, {}, {}, s.value).value; }

  std::uint32_t columns_list(const ir::model& m, std::span<const std::uint32_t> columns) {
    std::vector<std::uint32_t> names;
    for (const std::uint32_t c : columns) names.push_back(name_node(m.columns[c].db_name));
    return cx_.list(names).value;
  }

  ir::rel_id table(std::uint32_t index) {
    const ir::model& m = cx_.schema().at(index);
    std::vector<std::uint32_t> columns, constraints;
    for (const ir::column& c : m.columns) {
      const auto flags = static_cast<std::uint16_t>((c.primary_key ? 1U : 0U) | (c.generated ? 2U : 0U) |
                                                    (c.unique && !c.primary_key ? 4U : 0U));
      ir::type t = c.type;
      if (portable_ && t.kind() == ir::scalar::text && !c.collation.present())
        t = t.with_collation(ir::collation_class::code_point);
      const std::array<std::uint32_t, 1> initial = {none};
      columns.push_back(cx_.make(kind::column_def, flags, t, initial, c.db_name.value, c.collation.value).value);
    }
    for (const ir::relation& r : m.relations)
      if (has_key(r) && comes_later(index, r)) {
        forward_.push_back({index, &r});
      } else if (has_key(r)) {
        constraints.push_back(foreign_key(m, r));
      }
    for (const std::vector<std::uint32_t>& unique : m.unique_together)
      constraints.push_back(unique_constraint(m, unique));
    const std::array<std::uint32_t, 2> children = {cx_.list(columns).value,
                                                   constraints.empty() ? none : cx_.list(constraints).value};
    return ir::rel_id(cx_.make(kind::create_table, 0, {}, children, m.table.value));
  }

  static bool has_key(const ir::relation& r) {
    return r.forward && r.trusted && r.form != ir::relation_form::many_to_many;
  }

  ir::symbol key_name(const ir::model& m, const ir::relation& r) {
    return name(std::string(cx_.text(m.table)) + "_" + std::string(cx_.text(m.columns[r.local].db_name)) + "_fk");
  }

  /// Does the table that the key refers to come into being later, on a database that asks for it at once?
  bool comes_later(std::uint32_t m, const ir::relation& r) const {
    if (facts_.has(ir::fact::forward_references) || r.target == m) return false;
    return std::ranges::find(order_, m) < std::ranges::find(order_, r.target);
  }

  ir::rel_id added_key(const forward_key& key) {
    const ir::model& m = cx_.schema().at(key.model);
    const std::array<std::uint32_t, 1> constraint = {foreign_key(m, *key.relation)};
    return ir::rel_id(cx_.make(kind::add_constraint, 0, {}, constraint, m.table.value));
  }

  std::uint32_t foreign_key(const ir::model& m, const ir::relation& r) {
    const ir::model& target = cx_.schema().at(r.target);
    const std::array<std::uint32_t, 1> far = {columns_list(target, std::span(&r.remote, 1))};
    // What happens on delete is decided by the library, as in Django: the database only refuses dangling keys.
    const std::uint32_t to =
        cx_.make(kind::references, 0, {}, far, target.table.value, ir::referential_action::no_action).value;
    const std::array<std::uint32_t, 3> children = {columns_list(m, std::span(&r.local, 1)), none, to};
    const ir::symbol own = key_name(m, r);
    const std::uint16_t deferred = facts_.has(ir::fact::deferrable_foreign_keys) ? 1 : 0;
    return cx_.make(kind::constraint, deferred, {}, children, own.value, ir::constraint_kind::foreign_key).value;
  }

  std::uint32_t unique_constraint(const ir::model& m, const std::vector<std::uint32_t>& columns) {
    std::string wanted(cx_.text(m.table));
    for (const std::uint32_t c : columns) wanted += "_" + std::string(cx_.text(m.columns[c].db_name));
    const std::array<std::uint32_t, 3> children = {columns_list(m, columns), none, none};
    return cx_.make(kind::constraint, 0, {}, children, name(wanted + "_uniq").value, ir::constraint_kind::unique).value;
  }

  void indexes(std::uint32_t index, std::vector<ir::rel_id>& out) {
    const ir::model& m = cx_.schema().at(index);
    for (const ir::column& c : m.columns) {
      if (!c.indexed || c.unique || c.primary_key) continue;
      const std::array<std::uint32_t, 1> column = {
          cx_.make(kind::name_ref, 0, c.type, {}, none, c.db_name.value).value};
      const std::array<std::uint32_t, 1> key = {cx_.make(kind::order_item, null_order(c.type), {}, column).value};
      const std::array<std::uint32_t, 2> children = {cx_.list(key).value, none};
      const ir::symbol own = name(std::string(cx_.text(m.table)) + "_" + std::string(cx_.text(c.db_name)) + "_idx");
      out.emplace_back(cx_.make(kind::create_index, 0, {}, children, own.value, m.table.value));
    }
  }

  /// An index serves an ascending portable order only where its NULLs come first too.
  std::uint16_t null_order(ir::type t) const {
    constexpr std::uint16_t nulls_first = 2;
    const bool told = portable_ && t.nullable() && facts_.has(ir::fact::null_order_syntax) &&
        static_cast<ir::null_order>(facts_[ir::fact::nulls_sort]) != ir::null_order::first;
    return told ? nulls_first : std::uint16_t{0};
  }

  context& cx_;
  const ir::facts& facts_;
  bool portable_;
  std::vector<forward_key> forward_;
  std::vector<char> state_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

std::vector<ir::rel_id> creation_statements(ir::context& cx, const ir::facts& facts, bool portable) {
  return ddl_builder(cx, facts, portable).run();
}

std::vector<ir::rel_id> key_restart_statements(ir::context& cx, const ir::facts& facts) {
  std::vector<ir::rel_id> out;
  if (facts.has(ir::fact::generated_keys_follow) || !facts.legal(kind::restart_key)) return out;
  for (const ir::model& m : cx.schema().models())
    for (const ir::column& c : m.columns)
      if (c.generated) out.emplace_back(cx.make(kind::restart_key, 0, {}, {}, m.table.value, c.db_name.value));
  return out;
}

std::vector<ir::rel_id> removal_statements(ir::context& cx, const ir::facts& facts) {
  return ddl_builder(cx, facts, false).remove();
}

}  // namespace quarry::detail

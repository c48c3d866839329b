// What an expression of the query language evaluates to: values, collections, rows, QuerySets, conditions and names.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <quarry/core/query/chain.hpp>
#include <quarry/ir/model/type.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::text {

class object;
struct environment;
struct function_entry;

enum class collection : std::uint8_t { list, tuple, set };

struct sequence {
  collection what = collection::list;
  std::vector<object> items;
};

/// A dict, in insertion order.
struct mapping {
  std::vector<std::pair<object, object>> entries;
};

/// A row of a model: a value for each column, and the related objects that were given or loaded.
struct instance : std::enable_shared_from_this<instance> {
  std::uint32_t model = 0;
  bool stored = false;  ///< is in the database, as far as this object knows
  std::vector<object> values;
  std::vector<bool> missing;  ///< columns that were not loaded; empty: none
  std::map<std::uint32_t, object> related;  ///< by index of the relation: an object, None, or a list
  std::map<std::uint32_t, std::vector<object>> loaded;  ///< what the relation is as a list, which no query sees
  std::vector<std::pair<std::string, object>> lists;  ///< attributes that Prefetch(to_attr=…) and annotate() made
  bool lacks(std::uint32_t column) const noexcept { return column < missing.size() && missing[column]; }
};

enum class row_form : std::uint8_t { instances, tuples, flat, dicts };

/// Where queries on a model start: all its rows, or those of one parent.
struct manager {
  std::uint32_t model = 0;
  std::shared_ptr<instance> parent;            ///< the one object whose related rows these are, or null
  std::uint32_t relation = 0;                  ///< on the model of the parent
};

/// What fields() and exclude_fields() said: paths in the names of lookups.
struct field_mask {
  std::optional<std::vector<std::string>> named;  ///< only these
  std::vector<std::string> excluded;
  bool says_nothing() const noexcept { return !named && excluded.empty(); }
  /// Whether the related object on this path is left out as a whole.
  bool leaves_out(std::string_view path) const;
};

/// What only(), defer(), select_related() and masks said of the objects of a QuerySet.
struct loading {
  std::vector<std::string> named;    ///< paths of only() or defer()
  bool deferred = true;              ///< the named ones are those that are not loaded
  std::vector<std::string> related;  ///< paths of select_related()
  std::vector<std::string> lists;    ///< those of them that cross to-many relations
  bool once = false;                 ///< an object that comes in several rows counts in the first
  field_mask mask;
  std::optional<std::uint32_t> carried;  ///< column that is loaded for the caller, though the mask leaves it out
};

/// One object in a row: the first is the row's own, others hang on one before them.
struct row_part {
  std::uint32_t model = 0;
  std::vector<std::uint32_t> columns;  ///< that are loaded
  std::uint32_t parent = 0;            ///< index of a part
  std::uint32_t relation = 0;          ///< of the parent's model
  std::optional<std::uint32_t> carried;  ///< one of the columns, which the objects don't keep
  std::string left_out;  ///< a field that a mask leaves out, though it must have a value
};

struct query_object;

/// An argument of prefetch_related(): a path of attributes, perhaps with a query of its own and an attribute for the list.
struct prefetch_request {
  std::string path;
  std::shared_ptr<query_object> rows;
  std::string to_attribute;
};

/// What limit() and offset() said: they apply to the whole query, whatever follows them.
struct row_limits {
  std::optional<std::int64_t> count;
  std::int64_t offset = 0;
  bool any() const noexcept { return count || offset != 0; }
};

/// What raw() said of the columns of its statement: their names, and those of the fields that they are.
struct raw_names {
  std::vector<std::pair<std::string, std::string>> translations;
};

/// A QuerySet. Names that were assigned share one, and with it the rows that were fetched.
struct query_object {
  detail::chain chain;
  row_form form = row_form::instances;
  std::vector<std::string> names;  ///< of the columns of a row that is no instance
  text::loading loading;
  std::vector<prefetch_request> prefetches;
  std::vector<std::string> annotations;  ///< columns behind those of a row of instances
  std::vector<row_part> parts;  ///< of a row of instances; empty: one object with all its columns
  row_limits limits;
  std::optional<manager> relation;  ///< whose list the rows fill once they are fetched
  bool listed = false;  ///< they did
  std::shared_ptr<const raw_names> raw;  ///< of a statement of the application
  std::optional<std::vector<object>> rows;
};

struct model_name {
  std::uint32_t model;
};

/// `...`
struct ellipsis {};

/// A name of the standard library that only leads to others.
struct module_name {
  std::string_view name;
};

struct function_name {
  const function_entry* entry;
};

/// An object that stands in a condition before the condition met its model.
struct late_instance {
  std::string path;
  std::uint32_t offset;
  std::uint32_t model;
};

/// Q(…), F(…), Value(…) and what operators made of them. An empty Q has no tree.
struct formula {
  detail::ref<detail::expression> tree;
  bool condition = false;
  std::vector<late_instance> late;
};

/// A field class that stands for a type: `IntegerField()` as the output_field of an expression.
struct field_type {
  ir::type type;
};

/// RowRange() or ValueRange(): distances from a row; absent: no bound.
struct frame_range {
  bool rows = true;
  std::optional<std::int64_t> start, end;
  detail::frame_exclusion exclusion = detail::frame_exclusion::no_others;
};

/// `row._state`
struct instance_state {
  std::shared_ptr<instance> of;
};

class object {
 public:
  using storage =
      std::variant<value, std::shared_ptr<const sequence>, std::shared_ptr<const mapping>, std::shared_ptr<instance>,
                   std::shared_ptr<query_object>, std::shared_ptr<const formula>, manager, model_name, module_name,
                   function_name, field_type, frame_range, detail::frame_exclusion, instance_state,
                   std::shared_ptr<const prefetch_request>, ellipsis>;
  object() = default;  ///< None
  /// Of a value itself: what merely converts to one is no object.
  template <std::same_as<value> V>
  object(V v) : data_(std::move(v)) {}  // NOLINT: an object may be any of the alternatives
  object(bool v) : data_(value(v)) {}  // NOLINT
  object(std::int64_t v) : data_(value(v)) {}  // NOLINT
  object(const char*) = delete;  // would become a bool
  object(std::string v) : data_(value(std::move(v))) {}  // NOLINT
  object(std::shared_ptr<instance> v) : data_(std::move(v)) {}  // NOLINT
  object(std::shared_ptr<query_object> v) : data_(std::move(v)) {}  // NOLINT
  object(formula v) : data_(std::make_shared<const formula>(std::move(v))) {}  // NOLINT
  object(manager v) : data_(std::move(v)) {}  // NOLINT
  object(model_name v) : data_(v) {}  // NOLINT
  object(ellipsis v) : data_(v) {}  // NOLINT
  object(module_name v) : data_(v) {}  // NOLINT
  object(function_name v) : data_(v) {}  // NOLINT
  object(field_type v) : data_(v) {}  // NOLINT
  object(frame_range v) : data_(v) {}  // NOLINT
  object(detail::frame_exclusion v) : data_(v) {}  // NOLINT
  object(instance_state v) : data_(std::move(v)) {}  // NOLINT
  object(prefetch_request v) : data_(std::make_shared<const prefetch_request>(std::move(v))) {}  // NOLINT
  object(mapping v) : data_(std::make_shared<const mapping>(std::move(v))) {}  // NOLINT
  object(collection what, std::vector<object> items)
      : data_(std::make_shared<const sequence>(sequence{what, std::move(items)})) {}

  const storage& data() const noexcept { return data_; }
  bool is_none() const noexcept {
    const value* v = std::get_if<value>(&data_);
    return v && v->is_null();
  }
  bool is_ellipsis() const noexcept { return std::holds_alternative<ellipsis>(data_); }
  /// The scalar of this C++ type, or null.
  template <class T>
  const T* scalar() const noexcept {
    const value* v = std::get_if<value>(&data_);
    return v ? v->get_if<T>() : nullptr;
  }
  const value* plain() const noexcept { return std::get_if<value>(&data_); }
  const sequence* items() const noexcept { return pointee<const sequence>(); }
  const mapping* dict() const noexcept { return pointee<const mapping>(); }
  const prefetch_request* as_prefetch() const noexcept { return pointee<const prefetch_request>(); }
  const formula* as_formula() const noexcept { return pointee<const formula>(); }
  std::shared_ptr<instance> row() const noexcept { return shared<instance>(); }
  std::shared_ptr<query_object> query() const noexcept { return shared<query_object>(); }
  const manager* as_manager() const noexcept { return std::get_if<manager>(&data_); }
  /// The manager of the objects related to one, which is also a list of them.
  const manager* as_relation() const noexcept {
    const manager* m = as_manager();
    return m && m->parent ? m : nullptr;
  }

 private:
  template <class T>
  const T* pointee() const noexcept {
    const auto* p = std::get_if<std::shared_ptr<T>>(&data_);
    return p ? p->get() : nullptr;
  }
  template <class T>
  std::shared_ptr<T> shared() const noexcept {
    const auto* p = std::get_if<std::shared_ptr<T>>(&data_);
    return p ? *p : nullptr;
  }
  storage data_;
};

/// "an integer", "a list", "a QuerySet", "an Entry object".
std::string describe(const object& o, const ir::catalog& catalog);

/// `a == b` as in Python: numbers by value, objects by model and primary key, QuerySets by identity.
bool equal(const object& a, const object& b, const ir::catalog& catalog);

/// < 0, 0, > 0; absent where Python gives a TypeError.
std::optional<int> compare(const object& a, const object& b);

/// A cell of a row as a value.
value value_of(const quarry_cell& c);

/// Operands that borrow from objects: they live as long as the objects and this.
class operand_store {
 public:
  detail::operand of(const value& v) { return detail::borrow(v, arrays_); }
  detail::operand list_of(const std::vector<detail::operand>& items);
  /// Keeps a text that an operand points to.
  std::string_view keep(std::string text);

 private:
  std::vector<std::unique_ptr<detail::operand[]>> arrays_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

}  // namespace quarry::text

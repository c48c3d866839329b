// QuerySets: handles to a query chain and to the session that runs it. Nothing is fetched before somebody asks for
// rows.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/query/annotations.hpp>
#include <quarry/core/query/partial.hpp>
#include <quarry/core/query/q.hpp>
#include <quarry/core/query/raw_query_set.hpp>
#include <quarry/core/query/related.hpp>
#include <quarry/core/query/row_cache.hpp>
#include <quarry/core/query/save.hpp>
#include <quarry/core/query/verbs.hpp>

namespace quarry {

namespace detail {

/// What the rows of a QuerySet need beside their cells: queries of one's own for prefetch_related(), the names of values.
template <class Row>
struct choices_of {
  prefetch_choices get() const { return {}; }
  void complete(Row&) const noexcept {}
};
template <class Row>
  requires is_prefetched<Row>
struct choices_of<Row> {
  prefetch_choices choices;
  const prefetch_choices& get() const noexcept { return choices; }
  void complete(Row&) const noexcept {}
};
template <>
struct choices_of<dynamic_row> {
  name_list names;
  prefetch_choices get() const { return {}; }
  void complete(dynamic_row& row) const noexcept { row.names_ = names; }
};

}  // namespace detail

/// The rows of a running query, one at a time; an input range that is read once. Holds a connection until its end.
template <class Model, class Row = Model>
class row_stream {
 public:
  explicit row_stream(detail::cursor rows, detail::choices_of<Row> choices = {})
      : rows_(std::move(rows)), choices_(std::move(choices)) {
    advance();
  }

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    iterator() noexcept = default;
    explicit iterator(row_stream* from) noexcept : from_(from) {}
    Row& operator*() const noexcept { return *from_->row_; }
    Row* operator->() const noexcept { return &*from_->row_; }
    iterator& operator++() {
      from_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& i, std::default_sentinel_t) noexcept { return i.at_end(); }

   private:
    bool at_end() const noexcept { return !from_->row_; }
    row_stream* from_ = nullptr;
  };
  iterator begin() noexcept { return iterator(this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  void advance() {
    const std::span<const quarry_cell> cells = rows_.next();
    if (cells.empty()) row_.reset();
    else choices_.complete(detail::replace_row<Model>(row_, cells));
  }
  detail::cursor rows_;
  [[no_unique_address]] detail::choices_of<Row> choices_;
  std::optional<Row> row_;
};

namespace detail {

/// The keys of in_bulk() as one operand.
template <class Keys>
operand_buffer keys_from(std::string_view field, const Keys& keys) {
  operand_buffer out;
  fill(out, path_ref::text(field), std::begin(keys), std::end(keys));
  return out;
}

/// Compiles iff in_bulk() can go by the field and by keys of this type.
template <class Model, fixed_string Field, class Keys>
void require_bulk() {
  require_own_field<Model, Field>();
  if constexpr (own_field<Model>(Field.view()) != not_found) {
    constexpr const field_info& f = meta<Model>::value.fields[own_field<Model>(Field.view())];
    if constexpr (!f.primary_key() && !f.options.unique && f.facts.form != member_form::one_to_one)
      (void)sizeof(field_is_not_unique<Field, of_model<QUARRY_TEXT(meta<Model>::value.name)>>);
    constexpr given_type g = given_of<Keys>();
    constexpr bool fitting = g.form == given_form::list && fits(f.facts.kind, g.kind);
    if constexpr (!fitting)
      (void)sizeof(wrong_value<expects<QUARRY_TEXT(words_for(f.facts.kind))>, given<QUARRY_TEXT(words_for(g.kind))>,
                               in_path<Field>>);
  }
}

/// The value of a field as the key of a map.
inline std::int64_t map_key(const auto_id& id) { return id.value(); }
template <class T, class Key>
const Key& map_key(const foreign_key<T, Key>& key) {
  return key.id();
}
template <class T>
const T& map_key(const T& value) {
  return value;
}
template <class Model, fixed_string Field>
using bulk_key = std::remove_cvref_t<decltype(map_key(
    std::declval<const Model&>().*(meta<Model>::value.template member<own_field<Model>(Field.view())>())))>;

}  // namespace detail

/// A query over the rows of a model, with rows of type Row: the model itself, a tuple after values_list, a record<> after
/// values(), an annotated<> after annotate(), a partial<> after only(), a with_related<> or prefetched<> where related objects
/// come along. `Scope` is the model with the names that annotate() and alias() gave. Cheap to
/// copy; every call returns a new one. Iterating fetches all rows at once and keeps them: copies of a handle share
/// them. Every function that runs the query throws quarry::error.
template <class Model, class Row, class Scope>
class query_set {
  using name = detail::order_name<Scope>;
  template <class Other>
  using of_rows = query_set<Model, Other, Scope>;

 public:
  using value_type = Row;
  using const_iterator = typename std::vector<Row>::const_iterator;
  using iterator = const_iterator;

  query_set(detail::chain chain, std::shared_ptr<detail::session> session,
            detail::choices_of<Row> choices = {}) noexcept
      : chain_(std::move(chain)), session_(std::move(session)), choices_(std::move(choices)) {}

  /// Rows that satisfy all arguments: lookups ("path"_f = value), conditions and Q<Model>.
  template <class... Condition>
  query_set filter(Condition&&... conditions) const {
    return conditioned(detail::link_form::filter, std::forward<Condition>(conditions)...);
  }
  /// Rows that do not satisfy all arguments together.
  template <class... Condition>
  query_set exclude(Condition&&... conditions) const {
    return conditioned(detail::link_form::exclude, std::forward<Condition>(conditions)...);
  }
  /// By these fields; a leading '-' means descending, "?" random; or by expressions: F("rating"_f).desc(nulls::last).
  /// Replaces any order before it; without names there is no order.
  query_set order_by(const name& a = {}, const name& b = {}, const name& c = {}, const name& d = {}, const name& e = {},
                     const name& f = {}) const {
    detail::term keys[6];
    std::size_t n = 0;
    for (const name* k : {&a, &b, &c, &d, &e, &f}) {
      if (k->empty()) break;
      keys[n++] = {k->path, {}, k->key};
    }
    return with(detail::ordered(chain_, {keys, n}));
  }
  query_set reverse() const { return with(unwrap(chain_.reverse())); }
  /// Rows from <= i < to of this query; without `to` all from `from` on.
  query_set slice(std::int64_t from, std::optional<std::int64_t> to = std::nullopt) const {
    return with(unwrap(chain_.slice(from, to)));
  }
  /// Every step-th of these rows, fetched at once. Throws value_error when the step is less than 1.
  std::vector<Row> slice(std::int64_t from, std::optional<std::int64_t> to, std::int64_t step) const {
    if (step < 1) raise(ir::diag::slice_step, {"at least 1"});
    std::vector<Row> out;
    std::int64_t left = 0;
    for (const Row& row : slice(from, to))
      if (left-- == 0) {
        out.push_back(row);
        left = step - 1;
      }
    return out;
  }
  /// The same query, to be evaluated anew.
  query_set all() const { return with(chain_); }
  /// Each row once.
  query_set distinct() const { return with(unwrap(chain_.distinct())); }
  /// The first row, in the order of the query, of each group of rows that are alike in these fields.
  template <fixed_string... Path>
    requires(sizeof...(Path) > 0)
  query_set distinct() const {
    (detail::require_path<Scope, Path, detail::path_use::column>(), ...);
    const detail::path_ref names[] = {detail::path_of<Path>...};
    return with(unwrap(chain_.distinct(names)));
  }
  /// The rows of this query and of others, each once. The columns of the first name them; their types go together.
  template <class... Query>
  auto union_(const Query&... others) const {
    return combined(detail::link_form::union_, others...);
  }
  /// The same, rows that are alike as often as they come.
  template <class... Query>
  auto union_all(const Query&... others) const {
    return combined(detail::link_form::union_all, others...);
  }
  /// Rows that all of these queries give.
  template <class... Query>
  auto intersection(const Query&... others) const {
    return combined(detail::link_form::intersection, others...);
  }
  /// Rows that none of the others gives.
  template <class... Query>
  auto difference(const Query&... others) const {
    return combined(detail::link_form::difference, others...);
  }

  /// Values computed for each row, or for each group of what values() chose; their names are used like fields afterwards:
  /// annotate("n"_a = Count("entry"_f)).filter("n__gt"_f = 2), row.get<"n">(). An aggregate of one field needs no name.
  template <class... A>
  auto annotate(A&&... values) const {
    return annotated_by(detail::as_annotation(std::forward<A>(values))...);
  }
  /// Names for conditions, orders and other values; not part of the rows.
  template <class... A>
  auto alias(A&&... values) const {
    return aliased_by(detail::as_annotation(std::forward<A>(values))...);
  }
  /// Values computed over all rows: a record<>, aggregate(Avg("rating"_f)).get<"rating__avg">().
  template <class... A>
  auto aggregate(A&&... values) const {
    static_assert(sizeof...(A) > 0, "quarry: aggregate(\"n\"_a = Count(\"id\"_f)) names what it computes");
    return aggregated(detail::as_annotation(std::forward<A>(values))...);
  }
  /// The rows of either query.
  friend query_set operator|(const query_set& a, const query_set& b) {
    return a.with(unwrap(detail::combined(a.chain_, b.chain_, detail::link_form::either)));
  }
  /// The rows that both queries have.
  friend query_set operator&(const query_set& a, const query_set& b) {
    return a.with(unwrap(detail::combined(a.chain_, b.chain_, detail::link_form::both)));
  }
  /// The rows of exactly one of both queries.
  friend query_set operator^(const query_set& a, const query_set& b) {
    return a.with(unwrap(detail::combined(a.chain_, b.chain_, detail::link_form::one_of)));
  }
  /// The same query on another database or transaction.
  template <class Source>
  query_set using_(const Source& where) const {
    return {chain_, where.session(), choices_};
  }
  /// Rows that satisfy SQL text. Unsafe: the text becomes part of the statement as it stands; it must never come from a user. Each %s in
  /// it stands for the next of the values, %% for a percent sign. It knows the tables of the query by their own names.
  template <class... Value>
  query_set unsafe_where(std::string_view sql, const Value&... values) const {
    const detail::ref<detail::expression> condition = unsafe(sql, ir::types::boolean.with_nullable(true), values...);
    detail::term holds{{}, {}, condition.get()};
    return with(detail::conditioned(chain_, detail::link_form::filter, {&holds, 1}));
  }
  /// In the order of SQL text, in place of any order before it; unsafe likewise.
  template <class... Value>
  query_set unsafe_order_by(std::string_view sql, direction way, const Value&... values) const {
    const detail::ref<detail::expression> key = unwrap(
        detail::make_ordering(unsafe(sql, ir::types::null, values...), {way == direction::descending, false, false}));
    const detail::term by{{}, {}, key.get()};
    return with(detail::ordered(chain_, {&by, 1}));
  }
  /// The objects that the rows of a whole statement are, beside whatever this query says: unsafe likewise. With names,
  /// unsafe_raw<"headline">(…), objects with these fields and the primary key alone; else every field needs its column.
  template <fixed_string... Name, class... Value>
  auto unsafe_raw(std::string_view sql, const Value&... values) const {
    (detail::require_own_field<Model, Name>(), ...);
    detail::chain rows = unwrap(chain_.raw(unsafe(sql, ir::types::null, values...)));
    if constexpr (sizeof...(Name) == 0) return raw_query_set<Model>(std::move(rows), session_);
    else return raw_query_set<Model, partial<Model, Name...>>(std::move(rows), session_);
  }
  /// The rows are locked until the transaction ends. Throws not_supported_error where the database has no such locks, and
  /// transaction_error outside of a transaction, when the query runs.
  query_set select_for_update(detail::lock_flags how = {}) const { return with(unwrap(chain_.lock(how, {}))); }
  /// How the database would run the query, in its own words. Throws value_error for a format or an option that it does not have.
  std::string explain(const explain_request& how = {}) const { return session_->explain(chain_, how); }
  /// No rows, and no statement to find that out.
  query_set none() const { return with(unwrap(chain_.none())); }
  /// The values of these paths as tuples; a value is optional where its path can lead to a NULL.
  template <fixed_string... Path>
  of_rows<std::tuple<typename detail::column_type<Scope, Path>::type...>> values_list() const {
    static_assert(sizeof...(Path) > 0, "quarry: values_list<\"a\", \"b__c\">() names the values that it gives");
    return {chosen<Path...>(), session_};
  }
  /// The same with expressions among the values: values_list("id"_f, Lower("name"_f), "double"_a = F("rating"_f) * 2).
  template <class... Column>
    requires(sizeof...(Column) > 0)
  auto values_list(Column&&... columns) const {
    return chosen_columns<detail::tuple_of>(detail::as_column(std::forward<Column>(columns))...);
  }
  /// The values of one path as they are: Django's values_list("name", flat=True).
  template <fixed_string Path>
  of_rows<typename detail::column_type<Scope, Path>::type> values_flat() const {
    return {chosen<Path>(), session_};
  }
  /// The values of these paths with their names: a record<>, row.get<"b__c">().
  template <fixed_string... Path>
    requires(sizeof...(Path) > 0)
  of_rows<record<named<Path, typename detail::column_type<Scope, Path>::type>...>> values() const {
    return {chosen<Path...>(), session_};
  }
  /// The same with named expressions among them: values("id"_f, "double"_a = F("rating"_f) * 2). With a path made at run time the
  /// rows are of no C++ type: values(runtime(path)) gives dynamic_rows.
  template <class... Column>
    requires(sizeof...(Column) > 0)
  auto values(Column&&... columns) const {
    static_assert(!(detail::any_expression<std::remove_cvref_t<Column>> || ...),
                  "quarry: an expression in values() needs a name: \"n\"_a = …");
    return chosen_columns<record>(detail::as_column(std::forward<Column>(columns))...);
  }
  /// All columns of the model, and what was annotated, by name.
  of_rows<dynamic_row> values() const {
    static_assert(!detail::is_record<Row> && !detail::is_tuple<Row> && !std::same_as<Row, dynamic_row>,
                  "quarry: values() without names goes with objects: name the values to choose");
    std::vector<std::string> names = detail::column_names(*chain_.catalog(), chain_.model());
    detail::names_of_annotations<Row>::append(names);
    return {
        unwrap(chain_.values_list(std::span<const detail::path_ref>())), session_, {name_list_of(std::move(names))}};
  }

  /// Objects with the related ones on these paths, by the same statement: e.blog->name asks no database. Each step leads to
  /// one object: a foreign key or a one_to_one, the latter also backwards as first step (row.related<"entrydetail">()).
  template <fixed_string... Path>
  auto select_related() const {
    static_assert(sizeof...(Path) > 0, "quarry: select_related<\"a\", \"b__c\">() names the relations that it follows");
    static_assert(detail::object_row<Row>::is_object, "quarry: select_related() goes with whole objects");
    (detail::require_followed<Model, Path>(), ...);
    using row = typename detail::add_joined<Row, Path...>::type;
    return of_rows<row>{detail::joined_paths<row>::in(chain_), session_, choices_for<row>()};
  }
  /// Objects with all those that relations lead to, read for all rows at once by one further statement a step (two over a
  /// many_to_many): row.related<"authors">() is a list, or a pointer where a relation leads to one object.
  template <fixed_string... Path>
  auto prefetch_related() const {
    static_assert(sizeof...(Path) > 0,
                  "quarry: prefetch_related<\"a\", \"b__c\">() names the relations that it follows");
    static_assert(detail::object_row<Row>::is_object, "quarry: prefetch_related() goes with whole objects");
    (detail::require_relations<Model, Path>(), ...);
    using row = typename detail::add_prefetches<Row, Path...>::type;
    return of_rows<row>{chain_, session_, choices_for<row>()};
  }
  /// The same for one relation, where the related objects are rows of a query: in its order, only those it has, with what it
  /// joins and prefetches.
  template <fixed_string Name, class Related, class RelatedRow, class RelatedScope>
  auto prefetch_related(const query_set<Related, RelatedRow, RelatedScope>& rows) const {
    static_assert(detail::object_row<Row>::is_object && detail::object_row<RelatedRow>::is_object,
                  "quarry: prefetch_related() goes with whole objects");
    detail::require_relations<Model, Name>();
    static_assert(detail::step_named<Model, Name>.target == detail::position_of<Related>,
                  "quarry: the query is not one over the model that the relation leads to");
    using row = typename detail::prefetch_layer<Row, Name>::template replaced<RelatedRow>;
    return of_rows<row>{
        chain_, session_, {detail::with_choice(choices_.get(), Name.view(), rows.chain(), rows.prefetches())}};
  }
  /// Objects of which only these fields and the primary key are read: row.get<"headline">(), row.load(db).
  template <fixed_string... Name>
  auto only() const {
    static_assert(sizeof...(Name) > 0, "quarry: only<\"a\", \"b\">() names the fields to read");
    return narrowed<typename detail::narrowed_row<Row>::template only<Name...>, Name...>();
  }
  /// Objects of which these fields are not read.
  template <fixed_string... Name>
  auto defer() const {
    static_assert(sizeof...(Name) > 0, "quarry: defer<\"a\", \"b\">() names the fields to leave out");
    return narrowed<typename detail::narrowed_row<Row>::template defer<Name...>, Name...>();
  }
  /// The different years, months, weeks or days of a date or datetime, each as its first day, in order.
  template <fixed_string Path>
  of_rows<date> dates(date_part part, direction way = direction::ascending) const {
    detail::require_path<Scope, Path, detail::path_use::column>();
    constexpr ir::scalar kind = detail::resolved<Scope, Path, detail::path_use::column>.kind;
    static_assert(kind == ir::scalar::date || kind == ir::scalar::datetime, "quarry: dates() wants a date or datetime");
    return {detail::dated(chain_, detail::path_of<Path>, detail::truncation(part), kind == ir::scalar::datetime, way),
            session_};
  }
  /// The different moments of a datetime, cut to this part, in order.
  template <fixed_string Path>
  of_rows<datetime> datetimes(time_part part, direction way = direction::ascending) const {
    detail::require_path<Scope, Path, detail::path_use::column>();
    static_assert(detail::resolved<Scope, Path, detail::path_use::column>.kind == ir::scalar::datetime,
                  "quarry: datetimes() wants a datetime");
    return {detail::dated(chain_, detail::path_of<Path>, detail::truncation(part), false, way), session_};
  }

  /// The one row that satisfies the arguments. Throws does_not_exist and multiple_objects_returned.
  template <class... Condition>
  Row get(Condition&&... conditions) const {
    if constexpr (sizeof...(Condition) > 0) {
      return filter(std::forward<Condition>(conditions)...).get();
    } else {
      std::optional<Row> row = at_most_one(unwrap(detail::for_get(chain_)));
      if (!row) detail::raise_not_one(chain_, true);
      return *std::move(row);
    }
  }
  /// The one row that satisfies the arguments, or nothing; without any condition, here or before, the row with the greatest
  /// primary key. Throws multiple_objects_returned.
  template <class... Condition>
  std::optional<Row> get_or_none(Condition&&... conditions) const {
    if constexpr (sizeof...(Condition) > 0) {
      return filter(std::forward<Condition>(conditions)...).get_or_none();
    } else {
      return at_most_one(unwrap(detail::for_get_or_none(chain_)));
    }
  }
  /// The first row that satisfies the arguments.
  template <class... Condition>
    requires(sizeof...(Condition) > 0)
  std::optional<Row> first(Condition&&... conditions) const {
    return filter(std::forward<Condition>(conditions)...).first();
  }
  template <class... Condition>
    requires(sizeof...(Condition) > 0)
  std::optional<Row> last(Condition&&... conditions) const {
    return filter(std::forward<Condition>(conditions)...).last();
  }
  /// The first row in the order of the query, or by primary key where it has none.
  std::optional<Row> first() const {
    const std::vector<Row>* rows = cache_.peek();
    if (rows && detail::has_order(chain_)) return rows->empty() ? std::nullopt : std::optional<Row>(rows->front());
    return one(unwrap(detail::for_first(chain_)));
  }
  std::optional<Row> last() const { return one(unwrap(detail::for_last(chain_))); }
  /// The row with the greatest (least) value of these fields, or of the model's get_latest_by. Throws does_not_exist.
  Row latest(const name& a = {}, const name& b = {}) const { return newest(a, b, true); }
  Row earliest(const name& a = {}, const name& b = {}) const { return newest(a, b, false); }
  /// The objects with these primary keys, or values of a unique field, by key. Keys without a row are not in the result.
  template <fixed_string Field = "pk", class Keys>
  auto in_bulk(const Keys& keys) const {
    detail::require_bulk<Model, Field, Keys>();
    std::map<detail::bulk_key<Model, Field>, Row> out;
    if (std::begin(keys) == std::end(keys)) return out;
    const detail::operand_buffer list = detail::keys_from(Field.view(), keys);
    const detail::operand among = list.as_list();
    add_bulk<Field>(out, &among);
    return out;
  }
  template <fixed_string Field = "pk", class V>
  auto in_bulk(std::initializer_list<V> keys) const {
    return in_bulk<Field, std::initializer_list<V>>(keys);
  }
  /// All of them by key.
  template <fixed_string Field = "pk">
  auto in_bulk() const {
    std::map<detail::bulk_key<Model, Field>, Row> out;
    add_bulk<Field>(out, nullptr);
    return out;
  }
  /// Is the row of this object, which is saved, one of them?
  bool contains(const Model& object) const
    requires(detail::object_row<Row>::is_object)
  {
    const detail::operand key = detail::columns_of<Model>[detail::key_column<Model>()].get(object);
    return detail::contains_key(*session_, chain_, key);
  }
  /// The row at a position. Throws index_error past the end.
  Row at(std::int64_t index) const {
    if (index < 0) raise(ir::diag::negative_slice, {});
    if (const std::vector<Row>* rows = cache_.peek()) {
      if (static_cast<std::uint64_t>(index) >= rows->size()) detail::raise_past_end();
      return (*rows)[static_cast<std::size_t>(index)];
    }
    std::optional<Row> row = one(unwrap(chain_.slice(index, index + 1)));
    if (!row) detail::raise_past_end();
    return *std::move(row);
  }
  std::int64_t count() const {
    if (const std::vector<Row>* rows = cache_.peek()) return static_cast<std::int64_t>(rows->size());
    return detail::run_number(*session_, unwrap(chain_.count()));
  }
  bool exists() const {
    if (const std::vector<Row>* rows = cache_.peek()) return !rows->empty();
    return detail::run_number(*session_, unwrap(chain_.exists())) != 0;
  }
  /// Saves a new row; gives it with its key.
  Model create(Model object) const {
    detail::insert(*session_, object);
    return object;
  }

  const_iterator begin() const { return rows().begin(); }
  const_iterator end() const { return rows().end(); }
  /// All rows, fetched at the first call. Of a QuerySet that goes away, the rows are the caller's.
  const std::vector<Row>& rows() const& {
    return cache_.get().rows([this] { return fetch(chain_); });
  }
  std::vector<Row> rows() && {
    if (cache_.is_shared()) return std::as_const(*this).rows();
    return fetch(chain_);
  }
  /// The rows as they come from the database; nothing is kept.
  row_stream<Model, Row> stream() const {
    static_assert(!detail::is_prefetched<Row>, "quarry: prefetch_related() needs all rows at once; a stream has one");
    return row_stream<Model, Row>(session_->stream(chain_), choices_);
  }

  /// The statement that the rows come from, without its values.
  std::string sql() const { return session_->sql(chain_, false); }
  const detail::chain& chain() const noexcept { return chain_; }
  const std::shared_ptr<detail::session>& session() const noexcept { return session_; }
  detail::prefetch_choices prefetches() const { return choices_.get(); }

 private:
  template <class... Value>
  static detail::ref<detail::expression> unsafe(std::string_view sql, ir::type type, const Value&... values) {
    const std::vector<detail::ref<detail::expression>> all = {
        detail::make_constant(detail::element_operand(values))...};
    return unwrap(detail::make_raw(sql, all, type));
  }
  query_set with(detail::chain chain) const { return query_set(std::move(chain), session_, choices_); }
  template <class Other>
  detail::choices_of<Other> choices_for() const {
    if constexpr (detail::is_prefetched<Other>) return {choices_.get()};
    else if constexpr (std::same_as<Other, Row>) return choices_;
    else return {};
  }
  static detail::name_list name_list_of(std::vector<std::string> names) {
    return std::make_shared<const std::vector<std::string>>(std::move(names));
  }
  template <fixed_string... Path>
  detail::chain chosen() const {
    (detail::require_path<Scope, Path, detail::path_use::column>(), ...);
    const detail::path_ref names[] = {detail::path_of<Path>...};
    return unwrap(chain_.values_list(names));
  }
  template <template <class...> class Rows, class... Column>
  auto chosen_columns(const Column&... columns) const {
    const auto names = std::tuple_cat(detail::names_among(columns)...);
    const auto start = std::apply([this](const auto&... named) { return this->aliased_by(named...); }, names);
    using scope = typename detail::scope_with_tuple<Scope, std::remove_const_t<decltype(names)>>::type;
    (detail::column_facts<Column>::template check<scope>(), ...);
    std::vector<std::string> keep;
    keep.reserve(sizeof...(Column));
    std::size_t n = 0;
    const detail::term terms[] = {detail::column_term(columns, n++, keep)...};
    detail::chain chain = unwrap(start.chain().values_list(std::span<const detail::term>(terms)));
    if constexpr ((detail::is_dynamic<Column> || ...)) {
      std::vector<std::string> all;
      for (const detail::term& t : terms) all.emplace_back(t.path.view());
      return query_set<Model, dynamic_row, scope>(std::move(chain), session_, {name_list_of(std::move(all))});
    } else {
      using row = Rows<typename detail::column_facts<Column>::template type<scope>...>;
      return query_set<Model, row, scope>(std::move(chain), session_);
    }
  }
  template <class... Annotation>
  auto annotated_by(const Annotation&... values) const {
    using added = detail::scope_with<Scope, Annotation...>;
    added::check();
    const detail::term terms[] = {detail::named_term(values)..., detail::term()};
    detail::chain chain = unwrap(chain_.annotate({terms, sizeof...(Annotation)}));
    constexpr bool dynamic = (detail::is_dynamic<Annotation> || ... || std::same_as<Row, dynamic_row>);
    if constexpr (dynamic) {
      std::vector<std::string> names = names_of_rows();
      for (std::size_t i = 0; i < sizeof...(Annotation); ++i) names.emplace_back(terms[i].path.view());
      return query_set<Model, dynamic_row, typename added::type>(std::move(chain), session_,
                                                                 {name_list_of(std::move(names))});
    } else {
      static_assert(detail::can_annotate<Row>, "quarry: annotate() goes with objects and with rows of values");
      using row = typename detail::row_with<Row, Scope, Annotation...>::type;
      return query_set<Model, row, typename added::type>(std::move(chain), session_, choices_for<row>());
    }
  }
  template <class... Annotation>
  auto aliased_by(const Annotation&... values) const {
    using added = detail::scope_with<Scope, Annotation...>;
    added::check();
    const detail::term terms[] = {detail::named_term(values)..., detail::term()};
    return query_set<Model, Row, typename added::type>(
        sizeof...(Annotation) == 0 ? chain_ : unwrap(chain_.alias({terms, sizeof...(Annotation)})), session_, choices_);
  }
  template <class... Annotation>
  auto aggregated(const Annotation&... values) const {
    detail::scope_with<Scope, Annotation...>::check();
    const detail::term terms[] = {detail::named_term(values)...};
    const detail::chain chain = unwrap(chain_.aggregate(terms));
    if constexpr ((detail::is_dynamic<Annotation> || ...)) {
      std::vector<std::string> names;
      for (const detail::term& t : terms) names.emplace_back(t.path.view());
      return only_row<dynamic_row>(chain, {name_list_of(std::move(names))});
    } else {
      return only_row<detail::record_of<Scope, Annotation...>>(chain, {});
    }
  }
  template <class Only>
  Only only_row(const detail::chain& chain, const detail::choices_of<Only>& choices) const {
    detail::cursor from = session_->run(chain);
    const std::span<const quarry_cell> cells = from.next();
    Only row = cells.empty() ? Only() : detail::row_reader<Model, Only>::read_row(cells);
    while (!from.next().empty()) {
    }
    choices.complete(row);
    return row;
  }
  /// The names of what a row with names of its own consists of; else of the columns of the model and of what was annotated.
  std::vector<std::string> names_of_rows() const {
    if constexpr (std::same_as<Row, dynamic_row>) {
      return *choices_.names;
    } else {
      static_assert(detail::has_names<Model, Row>,
                    "quarry: annotate(runtime(name) = …) goes with plain objects and with records");
      std::vector<std::string> names;
      if constexpr (!detail::is_record<Row>) names = detail::column_names(*chain_.catalog(), chain_.model());
      detail::names_of_annotations<Row>::append(names);
      return names;
    }
  }
  template <class... Query>
  auto combined(detail::link_form form, const Query&... others) const {
    using row = typename detail::merged_rows<Row, typename Query::value_type...>::type;
    const std::array<detail::chain, sizeof...(Query)> chains{others.chain()...};
    return query_set<Model, row, Scope>(
        chains.empty() ? chain_ : unwrap(chain_.set_operation(form, {chains.data(), chains.size()})), session_,
        choices_for<row>());
  }
  template <class Narrowed, fixed_string... Name>
  of_rows<Narrowed> narrowed() const {
    static_assert(detail::can_narrow<Model, Row>,
                  "quarry: only() and defer() go with plain objects: no related ones, no values_list()");
    (detail::require_own_field<Model, Name>(), ...);
    return {detail::with_columns(chain_, Narrowed::columns), session_};
  }
  template <fixed_string Field, class Map>
  void add_bulk(Map& out, const detail::operand* keys) const {
    static_assert(detail::object_row<Row>::is_object, "quarry: in_bulk() goes with whole objects");
    constexpr std::size_t field = detail::own_field<Model>(Field.view());
    constexpr std::uint32_t column = detail::column_at<Model>(field);
    for (Row& row : fetch(unwrap(detail::for_bulk(chain_, column, keys)))) {
      const auto& member = static_cast<const Model&>(row).*(meta<Model>::value.template member<field>());
      out.emplace(detail::map_key(member), std::move(row));
    }
  }
  template <class... Condition>
  query_set conditioned(detail::link_form form, Condition&&... conditions) const {
    detail::term terms[] = {detail::as_term<Scope>(std::forward<Condition>(conditions))..., detail::term()};
    return with(detail::conditioned(chain_, form, {terms, sizeof...(Condition)}));
  }
  std::vector<Row> fetch(const detail::chain& chain) const {
    std::vector<Row> rows;
    detail::cursor from = session_->run(chain);
    for (std::span<const quarry_cell> cells = from.next(); !cells.empty(); cells = from.next())
      choices_.complete(detail::append_row<Model>(rows, cells));
    if constexpr (detail::is_prefetched<Row>) {
      {
        [[maybe_unused]] const detail::cursor ended = std::move(from);
      }  // gives its connection back
      detail::fill_prefetched(*session_, rows, choices_.get());
    }
    return rows;
  }
  Row newest(const name& a, const name& b, bool from_the_end) const {
    detail::path_ref names[] = {a.path, b.path};
    const std::size_t n = a.path.size == 0 ? 0 : b.path.size == 0 ? 1 : 2;
    std::optional<Row> row = one(unwrap(detail::for_newest(chain_, {names, n}, from_the_end)));
    if (!row) detail::raise_not_one(chain_, true);
    return *std::move(row);
  }
  /// The first row. `ended` is false where there are more.
  std::optional<Row> one(const detail::chain& chain, bool* ended = nullptr) const {
    std::optional<Row> row;
    if constexpr (detail::is_prefetched<Row>) {
      std::vector<Row> rows = fetch(chain);
      if (!rows.empty()) row.emplace(std::move(rows.front()));
      if (ended) *ended = rows.size() <= 1;
    } else {
      detail::cursor from = session_->run(chain);
      const std::span<const quarry_cell> cells = from.next();
      if (!cells.empty()) choices_.complete(detail::replace_row<Model>(row, cells));
      if (ended) *ended = from.next().empty();
    }
    return row;
  }
  std::optional<Row> at_most_one(const detail::chain& chain) const {
    bool ended = false;
    std::optional<Row> row = one(chain, &ended);
    if (!ended) detail::raise_not_one(chain_, false);
    return row;
  }

  template <class, class, class>
  friend class query_set;
  detail::chain chain_;
  std::shared_ptr<detail::session> session_;
  [[no_unique_address]] detail::choices_of<Row> choices_;
  detail::row_cache_ref<Row> cache_;
};

/// All rows of a model, on a session.
template <class Model>
query_set<Model> make_query_set(std::shared_ptr<detail::session> session) {
  return {detail::chain::start(catalog_of<detail::schema_of<Model>>(), detail::position_of<Model>), std::move(session)};
}

namespace detail {

template <class T>
struct member_pointer;
template <class Owner, class Member>
struct member_pointer<Member Owner::*> {
  using owner = Owner;
};

template <class Model, auto Member, std::size_t... I>
consteval std::uint32_t member_position(std::index_sequence<I...>) {
  std::uint32_t out = meta<Model>::value.size;
  const auto look = [&]<std::size_t N>() {
    constexpr auto other = meta<Model>::value.template member<N>();
    if constexpr (std::same_as<std::remove_const_t<decltype(other)>, std::remove_const_t<decltype(Member)>>)
      if (other == Member) out = N;
  };
  (look.template operator()<I>(), ...);
  return out;
}

/// The rows that a relation of an object leads to. `relation`: in the catalog.
template <class Target, class Object>
query_set<Target> related_query(const std::shared_ptr<session>& s, const Object& object, std::uint32_t relation) {
  const auto& catalog = catalog_of<schema_of<Object>>();
  const ir::relation& r = catalog->at(position_of<Object>).relations[relation];
  const operand key = columns_of<Object>[r.local].get(object);
  return {unwrap(related_objects(catalog, position_of<Object>, relation, key)), s};
}

/// The rows that are related to an object, by the name that paths have for them.
template <fixed_string Name, class Object>
auto related_by_name(const std::shared_ptr<session>& s, const Object& object) {
  require_relations<Object, Name>();
  using target = model_at<Object, step_named<Object, Name>.target>;
  const std::uint32_t relation = relation_named(*catalog_of<schema_of<Object>>(), position_of<Object>, Name.view());
  return related_query<target>(s, object, relation);
}

/// The same by the member that declares the relation: from its own model forward, else backward; back also where both are
/// one model, unless the relation is a many_to_many.
template <auto Member, class Object>
auto related_by_member(const std::shared_ptr<session>& s, const Object& object) {
  using owner = typename member_pointer<decltype(Member)>::owner;
  constexpr std::uint32_t field = member_position<owner, Member>(std::make_index_sequence<meta<owner>::value.size>());
  static_assert(field < meta<owner>::value.size, "quarry: the model's description has no such member");
  constexpr const field_info& f = meta<owner>::value.fields[field];
  static_assert(f.is_relation(), "quarry: this member is no relation");
  constexpr bool to_self = f.facts.target == tag_of<owner>;
  constexpr bool forward = std::same_as<owner, Object> && (!to_self || !f.has_column());
  static_assert(forward || f.facts.target == tag_of<Object>,
                "quarry: this relation neither starts from the model of the object nor leads to it");
  const ir::catalog& catalog = *catalog_of<schema_of<Object>>();
  const std::uint32_t from_owner = relation_named(catalog, position_of<owner>, f.name);
  if constexpr (forward) {
    using target = model_at<owner, schema_view_of<owner>.find(f.facts.target)>;
    return related_query<target>(s, object, from_owner);
  } else {
    return related_query<owner>(s, object, way_back(catalog, position_of<owner>, from_owner));
  }
}

template <fixed_string... Path, class Model>
void load_related(session& s, std::span<Model* const> owners) {
  static_assert(sizeof...(Path) > 0, "quarry: load<\"a\", \"b__c\">() names the foreign keys to follow");
  (require_followed<Model, Path>(), ...);
  (load_keys<Path>(s, owners), ...);
}

}  // namespace detail

/// Where queries start: what databases and transactions have in common. `Self` has session().
template <class Self>
class query_source {
 public:
  /// All rows of a model.
  template <class Model>
  query_set<Model> objects() const {
    return make_query_set<Model>(self().session());
  }
  /// The objects that a relation leads to from this one, as a query: related<"entry">(blog), related<"authors">(entry). The
  /// object is saved. What the first filter() says over a many_to_many, it says of the same links.
  template <fixed_string Name, class Object>
  auto related(const Object& object) const {
    return detail::related_by_name<Name, detail::model_of<Object>>(self().session(), object);
  }
  /// The same by the member that declares the relation: related<&Entry::blog>(blog).
  template <auto Member, class Object>
    requires std::is_member_object_pointer_v<decltype(Member)>
  auto related(const Object& object) const {
    return detail::related_by_member<Member, detail::model_of<Object>>(self().session(), object);
  }
  /// Reads the objects behind foreign keys: afterwards entry.blog->name asks no database. A statement a step.
  template <fixed_string... Path, class Model>
  void load(Model& object) const
    requires(model<Model>)
  {
    Model* const one[] = {&object};
    detail::load_related<Path...>(*self().session(), std::span<Model* const>(one));
  }
  /// The same for many objects at once: still a statement a step.
  template <fixed_string... Path, class Model>
  void load(std::vector<Model>& objects) const {
    std::vector<Model*> all;
    for (Model& object : objects) all.push_back(&object);
    detail::load_related<Path...>(*self().session(), std::span<Model* const>(all));
  }

 private:
  const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

/// What `objects<Model>` is: a QuerySet of all rows on the default database, made anew by each call.
template <class Model>
struct manager {
  query_set<Model> all() const { return make_query_set<Model>(detail::default_session(meta<Model>::value.name)); }
  template <class... Condition>
  query_set<Model> filter(Condition&&... conditions) const {
    return all().filter(std::forward<Condition>(conditions)...);
  }
  template <class... Condition>
  query_set<Model> exclude(Condition&&... conditions) const {
    return all().exclude(std::forward<Condition>(conditions)...);
  }
  template <class... Condition>
  Model get(Condition&&... conditions) const {
    return all().get(std::forward<Condition>(conditions)...);
  }
  template <class... Condition>
  std::optional<Model> get_or_none(Condition&&... conditions) const {
    return all().get_or_none(std::forward<Condition>(conditions)...);
  }
  query_set<Model> operator()() const { return all(); }
  std::int64_t count() const { return all().count(); }
  Model create(Model object) const { return all().create(std::move(object)); }
};

/// The rows of a model on the database that quarry::set_default names. Throws configuration_error when there is none.
template <class Model>
inline constexpr manager<Model> objects{};

}  // namespace quarry

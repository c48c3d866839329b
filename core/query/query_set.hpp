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
#include <quarry/core/query/partial.hpp>
#include <quarry/core/query/q.hpp>
#include <quarry/core/query/related.hpp>
#include <quarry/core/query/row_cache.hpp>
#include <quarry/core/query/save.hpp>
#include <quarry/core/query/verbs.hpp>

namespace quarry {

/// The rows of a running query, one at a time; an input range that is read once. Holds a connection until its end.
template <class Model, class Row = Model>
class row_stream {
 public:
  explicit row_stream(detail::cursor rows) : rows_(std::move(rows)) { advance(); }

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
    else row_.emplace(detail::row_reader<Model, Row>::read_row(cells));
  }
  detail::cursor rows_;
  std::optional<Row> row_;
};

namespace detail {

/// Queries of one's own for prefetch_related(), where the rows have any.
template <class Row>
struct choices_of {
  prefetch_choices get() const { return {}; }
};
template <class Row>
  requires is_prefetched<Row>
struct choices_of<Row> {
  prefetch_choices choices;
  const prefetch_choices& get() const noexcept { return choices; }
};

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

/// A query over the rows of a model, with rows of type Row: the model itself, a tuple after values_list, a partial<> after
/// only(), a with_related<> or prefetched<> where related objects come along. Cheap to
/// copy; every call returns a new one. Iterating fetches all rows at once and keeps them: copies of a handle share
/// them. Every function that runs the query throws quarry::error.
template <class Model, class Row>
class query_set {
  using name = detail::order_name<Model>;

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
    if (step < 1) raise(ir::diag::wrong_number, {"slice", "a step of at least 1", std::to_string(step)});
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
  /// The rows of either query.
  friend query_set operator|(const query_set& a, const query_set& b) {
    return a.with(unwrap(detail::combined(a.chain_, b.chain_, detail::link_form::either)));
  }
  /// The rows that both queries have.
  friend query_set operator&(const query_set& a, const query_set& b) {
    return a.with(unwrap(detail::combined(a.chain_, b.chain_, detail::link_form::both)));
  }
  /// No rows, and no statement to find that out.
  query_set none() const { return with(unwrap(chain_.none())); }
  /// The values of these paths as tuples; a value is optional where its path can lead to a NULL.
  template <fixed_string... Path>
  query_set<Model, std::tuple<typename detail::column_type<Model, Path>::type...>> values_list() const {
    static_assert(sizeof...(Path) > 0, "quarry: values_list<\"a\", \"b__c\">() names the values that it gives");
    (detail::require_path<Model, Path, detail::path_use::column>(), ...);
    const detail::path_ref names[] = {detail::path_of<Path>...};
    return {unwrap(chain_.values_list(names)), session_};
  }

  /// Objects with the related ones on these paths, by the same statement: e.blog->name asks no database. Each step leads to
  /// one object: a foreign key or a one_to_one, the latter also backwards as first step (row.related<"entrydetail">()).
  template <fixed_string... Path>
  auto select_related() const {
    static_assert(sizeof...(Path) > 0, "quarry: select_related<\"a\", \"b__c\">() names the relations that it follows");
    static_assert(detail::object_row<Row>::is_object, "quarry: select_related() goes with whole objects");
    (detail::require_followed<Model, Path>(), ...);
    using row = typename detail::add_joined<Row, Path...>::type;
    return query_set<Model, row>{detail::joined_paths<row>::in(chain_), session_, choices_for<row>()};
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
    return query_set<Model, row>{chain_, session_, choices_for<row>()};
  }
  /// The same for one relation, where the related objects are rows of a query: in its order, only those it has, with what it
  /// joins and prefetches.
  template <fixed_string Name, class Related, class RelatedRow>
  auto prefetch_related(const query_set<Related, RelatedRow>& rows) const {
    static_assert(detail::object_row<Row>::is_object && detail::object_row<RelatedRow>::is_object,
                  "quarry: prefetch_related() goes with whole objects");
    detail::require_relations<Model, Name>();
    static_assert(detail::step_named<Model, Name>.target == detail::position_of<Related>,
                  "quarry: the query is not one over the model that the relation leads to");
    using row = typename detail::prefetch_layer<Row, Name>::template replaced<RelatedRow>;
    return query_set<Model, row>{
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
  query_set<Model, date> dates(date_part part, direction way = direction::ascending) const {
    detail::require_path<Model, Path, detail::path_use::column>();
    constexpr ir::scalar kind = detail::resolved<Model, Path, detail::path_use::column>.kind;
    static_assert(kind == ir::scalar::date || kind == ir::scalar::datetime, "quarry: dates() wants a date or datetime");
    return {detail::dated(chain_, detail::path_of<Path>, detail::truncation(part), kind == ir::scalar::datetime, way),
            session_};
  }
  /// The different moments of a datetime, cut to this part, in order.
  template <fixed_string Path>
  query_set<Model, datetime> datetimes(time_part part, direction way = direction::ascending) const {
    detail::require_path<Model, Path, detail::path_use::column>();
    static_assert(detail::resolved<Model, Path, detail::path_use::column>.kind == ir::scalar::datetime,
                  "quarry: datetimes() wants a datetime");
    return {detail::dated(chain_, detail::path_of<Path>, detail::truncation(part), false, way), session_};
  }

  /// The one row that satisfies the arguments. Throws does_not_exist and multiple_objects_returned.
  template <class... Condition>
  Row get(Condition&&... conditions) const {
    if constexpr (sizeof...(Condition) > 0) {
      return filter(std::forward<Condition>(conditions)...).get();
    } else {
      std::vector<Row> rows = fetch(unwrap(detail::for_get(chain_)));
      if (rows.size() != 1) detail::raise_not_one(chain_, rows.empty());
      return std::move(rows.front());
    }
  }
  /// The one row that satisfies the arguments, or nothing; without any condition, here or before, the row with the greatest
  /// primary key. Throws multiple_objects_returned.
  template <class... Condition>
  std::optional<Row> get_or_none(Condition&&... conditions) const {
    if constexpr (sizeof...(Condition) > 0) {
      return filter(std::forward<Condition>(conditions)...).get_or_none();
    } else {
      std::vector<Row> rows = fetch(unwrap(detail::for_get_or_none(chain_)));
      if (rows.size() > 1) detail::raise_not_one(chain_, false);
      return rows.empty() ? std::nullopt : std::optional<Row>(std::move(rows.front()));
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
  /// All rows, fetched at the first call.
  const std::vector<Row>& rows() const {
    return cache_.get().rows([this] { return fetch(chain_); });
  }
  /// The rows as they come from the database; nothing is kept.
  row_stream<Model, Row> stream() const {
    static_assert(!detail::is_prefetched<Row>, "quarry: prefetch_related() needs all rows at once; a stream has one");
    return row_stream<Model, Row>(session_->stream(chain_));
  }

  /// The statement that the rows come from, without its values.
  std::string sql() const { return session_->sql(chain_, false); }
  const detail::chain& chain() const noexcept { return chain_; }
  const std::shared_ptr<detail::session>& session() const noexcept { return session_; }
  detail::prefetch_choices prefetches() const { return choices_.get(); }

 private:
  query_set with(detail::chain chain) const { return query_set(std::move(chain), session_, choices_); }
  template <class Other>
  detail::choices_of<Other> choices_for() const {
    if constexpr (detail::is_prefetched<Other>) return {choices_.get()};
    else return {};
  }
  template <class Narrowed, fixed_string... Name>
  query_set<Model, Narrowed> narrowed() const {
    static_assert(std::same_as<Row, Model> || detail::is_partial<Row>,
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
    detail::term terms[] = {detail::as_term<Model>(std::forward<Condition>(conditions))..., detail::term()};
    return with(detail::conditioned(chain_, form, {terms, sizeof...(Condition)}));
  }
  std::vector<Row> fetch(const detail::chain& chain) const {
    std::vector<Row> rows;
    detail::cursor from = session_->run(chain);
    for (std::span<const quarry_cell> cells = from.next(); !cells.empty(); cells = from.next())
      rows.push_back(detail::row_reader<Model, Row>::read_row(cells));
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
  std::optional<Row> one(const detail::chain& chain) const {
    std::vector<Row> rows = fetch(chain);
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  }

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

#undef QUARRY_TEXT

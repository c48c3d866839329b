// QuerySets: handles to a query chain and to the session that runs it. Nothing is fetched before somebody asks for
// rows.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/query/q.hpp>
#include <quarry/core/query/row_cache.hpp>
#include <quarry/core/query/save.hpp>
#include <quarry/core/query/verbs.hpp>

namespace quarry {

/// An object with the related objects of these foreign keys loaded: `for (const Entry& e : q.select_related<"blog">())`.
template <class Model, fixed_string... Path>
struct with_related : Model {};

namespace detail {

template <class Model>
consteval std::size_t field_named(std::string_view name) {
  std::size_t i = 0;
  for (const field_info& f : meta<Model>::value.fields) {
    if (f.name == name) return i;
    ++i;
  }
  return i;
}

template <class Member>
inline constexpr bool is_foreign_key = false;
template <class T, class Key>
inline constexpr bool is_foreign_key<foreign_key<T, Key>> = true;
template <class T, class Key>
inline constexpr bool is_foreign_key<one_to_one<T, Key>> = true;
template <class Member>
inline constexpr bool is_foreign_key<std::optional<Member>> = is_foreign_key<Member>;

/// The member of this name.
template <class Model, fixed_string Path>
auto& member_named(Model& object) {
  return object.*(meta<Model>::value.template member<field_named<Model>(Path.view())>());
}
template <class Model, fixed_string Path>
using member_type_named = std::remove_cvref_t<decltype(member_named<Model, Path>(std::declval<Model&>()))>;

template <class Member>
struct key_parts {
  using target = typename Member::target_type;
  static Member& of(Member& member) { return member; }
};
template <class Member>
struct key_parts<std::optional<Member>> {
  using target = typename Member::target_type;
  static Member& of(std::optional<Member>& member) { return *member; }
};
template <class Model, fixed_string Path>
using related_model = typename key_parts<member_type_named<Model, Path>>::target;

/// The columns of the object, then those of each related one.
template <class Model, fixed_string... Path>
struct row_reader<Model, with_related<Model, Path...>> {
  static with_related<Model, Path...> read_row(std::span<const quarry_cell> cells) {
    constexpr std::size_t own = columns_of<Model>.size();
    constexpr std::size_t all = (own + ... + columns_of<related_model<Model, Path>>.size());
    if (cells.size() != all) raise_wrong_width(meta<Model>::value.name, all, cells.size());
    with_related<Model, Path...> row{row_reader<Model, Model>::read_row(cells.first(own))};
    std::size_t at = own;
    (attach<Path>(row, cells, at), ...);
    return row;
  }

 private:
  template <fixed_string Name>
  static void attach(Model& object, std::span<const quarry_cell> cells, std::size_t& at) {
    using target = related_model<Model, Name>;
    using parts = key_parts<member_type_named<Model, Name>>;
    const auto columns = cells.subspan(at, columns_of<target>.size());
    at += columns.size();
    if (is_null(columns[key_column<target>()])) return;
    auto& key = parts::of(member_named<Model, Name>(object));
    key = {key.id(), std::make_shared<const target>(row_reader<target, target>::read_row(columns))};
  }
};

}  // namespace detail

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

/// A query over the rows of a model, with rows of type Row: the model itself, or a tuple after values_list. Cheap to
/// copy; every call returns a new one. Iterating fetches all rows at once and keeps them: copies of a handle share
/// them. Every function that runs the query throws quarry::error.
template <class Model, class Row>
class query_set {
  using name = detail::order_name<Model>;

 public:
  using value_type = Row;
  using const_iterator = typename std::vector<Row>::const_iterator;
  using iterator = const_iterator;

  query_set(detail::chain chain, std::shared_ptr<detail::session> session) noexcept
      : chain_(std::move(chain)), session_(std::move(session)) {}

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

  /// Objects with the related ones of these foreign keys, by the same statement: e.blog->name asks no database.
  template <fixed_string... Path>
  query_set<Model, with_related<Model, Path...>> select_related() const
    requires std::same_as<Row, Model>
  {
    static_assert(sizeof...(Path) > 0, "quarry: select_related<\"a\", \"b\">() names the foreign keys that it follows");
    (detail::require_path<Model, Path, detail::path_use::column>(), ...);
    static_assert((detail::is_foreign_key<detail::member_type_named<Model, Path>> && ...),
                  "quarry: select_related() follows foreign keys of the model itself");
    const detail::path_ref names[] = {detail::path_of<Path>...};
    return {chain_.select_related(names), session_};
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
  /// Is the row of this object, which is saved, one of them?
  bool contains(const Model& object) const
    requires std::same_as<Row, Model>
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
  row_stream<Model, Row> stream() const { return row_stream<Model, Row>(session_->run(chain_)); }

  /// The statement that the rows come from, without its values.
  std::string sql() const { return session_->sql(chain_, false); }
  const detail::chain& chain() const noexcept { return chain_; }
  const std::shared_ptr<detail::session>& session() const noexcept { return session_; }

 private:
  query_set with(detail::chain chain) const { return query_set(std::move(chain), session_); }
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
  detail::row_cache_ref<Row> cache_;
};

/// All rows of a model, on a session.
template <class Model>
query_set<Model> make_query_set(std::shared_ptr<detail::session> session) {
  return {detail::chain::start(catalog_of<detail::schema_of<Model>>(), detail::position_of<Model>), std::move(session)};
}

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
  query_set<Model> operator()() const { return all(); }
  std::int64_t count() const { return all().count(); }
  Model create(Model object) const { return all().create(std::move(object)); }
};

/// The rows of a model on the database that quarry::set_default names. Throws configuration_error when there is none.
template <class Model>
inline constexpr manager<Model> objects{};

}  // namespace quarry

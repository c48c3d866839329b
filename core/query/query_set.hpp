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
template <class Model, class Row = Model>
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
  /// By these fields; a leading '-' means descending, "?" random. Replaces any order before it; without names there is
  /// no order.
  query_set order_by(name a = {}, name b = {}, name c = {}, name d = {}, name e = {}, name f = {}) const {
    const detail::path_ref names[] = {a.path, b.path, c.path, d.path, e.path, f.path};
    std::size_t n = 0;
    while (n < std::size(names) && names[n].size != 0) ++n;
    return with(detail::ordered(chain_, {names, n}));
  }
  query_set reverse() const { return with(unwrap(chain_.reverse())); }
  /// Rows from <= i < to of this query; without `to` all from `from` on.
  query_set slice(std::int64_t from, std::optional<std::int64_t> to = std::nullopt) const {
    return with(unwrap(chain_.slice(from, to)));
  }
  /// The same query, to be evaluated anew.
  query_set all() const { return with(chain_); }
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

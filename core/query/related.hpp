// Rows with related objects: what select_related() joins, and what prefetch_related() fetches for all rows at once.
// Nothing here asks a database unless a function takes a session.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/exec/prefetch.hpp>
#include <quarry/core/query/q.hpp>

namespace quarry {

/// Objects in the order of their query; copies share them. Elements are const Row&.
template <class Row>
class related_list {
 public:
  using value_type = Row;
  class const_iterator {
   public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::random_access_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = const Row*;
    using reference = const Row&;
    const_iterator() noexcept = default;
    explicit const_iterator(const std::shared_ptr<Row>* at) noexcept : at_(at) {}
    const Row& operator*() const noexcept { return **at_; }
    const Row* operator->() const noexcept { return at_->get(); }
    const Row& operator[](difference_type n) const noexcept { return *at_[n]; }
    const_iterator& operator+=(difference_type n) noexcept {
      at_ += n;
      return *this;
    }
    const_iterator& operator-=(difference_type n) noexcept { return *this += -n; }
    const_iterator& operator++() noexcept { return *this += 1; }
    const_iterator& operator--() noexcept { return *this += -1; }
    const_iterator operator++(int) noexcept { return const_iterator(at_++); }
    const_iterator operator--(int) noexcept { return const_iterator(at_--); }
    friend const_iterator operator+(const_iterator i, difference_type n) noexcept { return i += n; }
    friend const_iterator operator+(difference_type n, const_iterator i) noexcept { return i += n; }
    friend const_iterator operator-(const_iterator i, difference_type n) noexcept { return i -= n; }
    friend difference_type operator-(const_iterator a, const_iterator b) noexcept { return a.at_ - b.at_; }
    friend auto operator<=>(const_iterator, const_iterator) = default;

   private:
    const std::shared_ptr<Row>* at_ = nullptr;
  };
  using iterator = const_iterator;

  const_iterator begin() const noexcept { return const_iterator(rows_.data()); }
  const_iterator end() const noexcept { return const_iterator(rows_.data() + rows_.size()); }
  std::size_t size() const noexcept { return rows_.size(); }
  bool empty() const noexcept { return rows_.empty(); }
  const Row& operator[](std::size_t i) const noexcept { return *rows_[i]; }
  const Row& front() const noexcept { return *rows_.front(); }

  void push_back(std::shared_ptr<Row> row) { rows_.push_back(std::move(row)); }

 private:
  std::vector<std::shared_ptr<Row>> rows_;
};

template <class Model, fixed_string... Path>
struct with_related;
template <class Row, fixed_string Name, class Related>
struct prefetched;

namespace detail {

template <class Layer, class Owner>
struct layer_filler;

// --- members that are keys ---

template <class Model>
consteval std::size_t field_named(std::string_view name) {
  std::size_t i = 0;
  for (const field_info& f : meta<Model>::value.fields) {
    if (f.name == name) return i;
    ++i;
  }
  return i;
}

/// The key in a member of an object, or null when it is absent.
template <std::size_t Field, class Model>
auto* key_in(Model& object) {
  auto& member = object.*(meta<std::remove_const_t<Model>>::value.template member<Field>());
  if constexpr (is_optional<std::remove_cvref_t<decltype(member)>>) return member ? &*member : nullptr;
  else return &member;
}

/// Makes an object count as loaded behind the key that refers to it.
template <std::size_t Field, class Model, class Target>
void put_behind_key(Model& object, std::shared_ptr<const Target> target) {
  if (auto* key = key_in<Field>(object); key && key->has_value() && target) *key = {key->id(), std::move(target)};
}

template <class Model, fixed_string Name>
inline constexpr relation_step step_named = step_of(schema_view_of<Model>, position_of<Model>, Name.view());

template <fixed_string Path>
inline constexpr fixed_string<first_of(Path.view()).size() + 1> first_name{first_of(Path.view())};
template <fixed_string Path>
inline constexpr fixed_string<rest_of(Path.view()).size() + 1> rest_names{rest_of(Path.view())};

/// Compiles iff select_related() can follow the path.
template <class Model, fixed_string Path>
void require_followed() {
  require_path<Model, Path, path_use::column>();
  if constexpr (resolved<Model, Path, path_use::column>.fault == path_fault::none) {
    constexpr followed_path f = follow(schema_view_of<Model>, position_of<Model>, Path.view());
    constexpr std::string_view segment = f.segment;
    constexpr std::string_view owner = schema_view_of<Model>.models[f.model].name;
    if constexpr (f.fault == follow_fault::no_relation)
      (void)sizeof(not_a_relation<QUARRY_TEXT(segment), of_model<QUARRY_TEXT(owner)>, in_path<Path>>);
    if constexpr (f.fault == follow_fault::many)
      (void)sizeof(leads_to_many_objects<QUARRY_TEXT(segment), of_model<QUARRY_TEXT(owner)>, in_path<Path>>);
    if constexpr (f.fault == follow_fault::reverse_later)
      (void)sizeof(
          leads_backwards_after_another_step<QUARRY_TEXT(segment), of_model<QUARRY_TEXT(owner)>, in_path<Path>>);
  }
}

/// Compiles iff every name of the path is a relation.
template <class Model, fixed_string Path>
void require_relations() {
  require_path<Model, Path, path_use::column>();
  if constexpr (resolved<Model, Path, path_use::column>.fault == path_fault::none &&
                !resolved<Model, Path, path_use::column>.relation) {
    constexpr std::uint32_t at = resolved<Model, Path, path_use::column>.model;
    constexpr std::string_view owner = schema_view_of<Model>.models[at].name;
    (void)sizeof(not_a_relation<Path, of_model<QUARRY_TEXT(owner)>>);
  }
}

// --- select_related: one row, several objects ---

/// One object of a row; its columns begin at `offset`.
struct joined_part {
  relation_step step{};
  std::uint32_t model = 0;
  std::uint32_t parent = 0;
  std::uint32_t offset = 0;
  std::uint32_t slot = 0;  ///< of a reverse step: its place among those
};

template <std::size_t Most>
struct joined_plan {
  std::array<joined_part, Most> parts{};
  std::size_t count = 1;
  std::uint32_t columns = 0;
  std::uint32_t slots = 0;
};

constexpr std::size_t steps_in(std::string_view path) noexcept {
  std::size_t n = 0;
  for (; !path.empty(); path = rest_of(path)) ++n;
  return n;
}

constexpr std::uint32_t columns_in(const model_view& m) noexcept {
  std::uint32_t n = 0;
  for (const field_info& f : m) n += f.has_column() ? 1U : 0U;
  return n;
}

/// The objects in the order in which the paths first meet them, which is that of their columns.
template <std::size_t Most, std::size_t Paths>
constexpr joined_plan<Most> plan_row(const schema_view& s, std::uint32_t model,
                                     const std::array<std::string_view, Paths>& paths) noexcept {
  joined_plan<Most> out;
  out.parts[0].model = model;
  out.columns = columns_in(s.models[model]);
  for (std::string_view path : paths)
    for (std::uint32_t at = 0; !path.empty(); path = rest_of(path)) {
      const relation_step step = step_of(s, out.parts[at].model, first_of(path));
      if (!step.found) break;
      std::uint32_t known = 1;
      while (known < out.count &&
             !(out.parts[known].parent == at && out.parts[known].step.owner == step.owner &&
               out.parts[known].step.field == step.field && out.parts[known].step.forward == step.forward))
        ++known;
      if (known == out.count) {
        out.parts[out.count++] = {step, step.target, at, out.columns, step.forward ? 0 : out.slots};
        out.columns += columns_in(s.models[step.target]);
        if (!step.forward) ++out.slots;
      }
      at = known;
    }
  return out;
}

template <class Model, fixed_string... Path>
inline constexpr auto joined_plan_of = plan_row<(std::size_t{1} + ... + steps_in(Path.view()))>(
    schema_view_of<Model>, position_of<Model>, std::array<std::string_view, sizeof...(Path)>{Path.view()...});

/// Objects behind reverse steps, which no member of the model can hold.
template <std::uint32_t Count>
struct related_slots {
  std::array<std::shared_ptr<const void>, Count> objects;
};
template <>
struct related_slots<0> {};

}  // namespace detail

/// An object with the related ones on these paths, by one statement: `e.blog->name` of a foreign key asks no database.
template <class Model, fixed_string... Path>
struct with_related : Model {
  with_related() = default;
  explicit with_related(Model object) : Model(std::move(object)) {}

  /// The object that the first step of a path leads to, also backwards over a one_to_one; null when there is none.
  template <fixed_string Name>
  const auto* related() const {
    constexpr detail::relation_step step = detail::step_named<Model, Name>;
    constexpr bool named = ((detail::first_of(Path.view()) == Name.view()) || ...);
    if constexpr (!named) {
      detail::require_path<Model, Name, detail::path_use::column>();
      (void)sizeof(relation_is_not_loaded<Name, of_model<QUARRY_TEXT(meta<Model>::value.name)>>);
      return static_cast<const Model*>(nullptr);
    } else if constexpr (step.forward) {
      const auto* key = detail::key_in<step.field>(static_cast<const Model&>(*this));
      return key ? key->shared().get() : nullptr;
    } else {
      constexpr std::uint32_t slot = slot_of(step);
      return static_cast<const detail::model_at<Model, step.target>*>(slots_.objects[slot].get());
    }
  }

 private:
  template <class, class>
  friend struct detail::row_reader;
  static consteval std::uint32_t slot_of(const detail::relation_step& step) {
    for (const detail::joined_part& p : detail::joined_plan_of<Model, Path...>.parts)
      if (p.parent == 0 && p.step.found && !p.step.forward && p.step.owner == step.owner && p.step.field == step.field)
        return p.slot;
    return 0;
  }
  [[no_unique_address]] detail::related_slots<detail::joined_plan_of<Model, Path...>.slots> slots_;
};

namespace detail {

template <class Model, fixed_string... Path>
struct row_reader<Model, with_related<Model, Path...>> {
  static with_related<Model, Path...> read_row(std::span<const quarry_cell> cells) {
    if (cells.size() != plan.columns) raise_wrong_width(meta<Model>::value.name, plan.columns, cells.size());
    with_related<Model, Path...> row(row_reader<Model, Model>::read_row(cells.first(columns_of<Model>.size())));
    attach_all<0>(row, cells, std::make_index_sequence<plan.count>());
    return row;
  }

 private:
  static constexpr const auto& plan = joined_plan_of<Model, Path...>;

  template <std::size_t Part>
  static std::shared_ptr<const model_at<Model, plan.parts[Part].model>> read(std::span<const quarry_cell> cells) {
    using target = model_at<Model, plan.parts[Part].model>;
    const auto columns = cells.subspan(plan.parts[Part].offset, columns_of<target>.size());
    if (is_null(columns[key_column<target>()])) return nullptr;
    auto object = std::make_shared<target>(row_reader<target, target>::read_row(columns));
    attach_all<Part>(*object, cells, std::make_index_sequence<plan.count>());
    return object;
  }
  template <std::size_t Parent, class Object, std::size_t... Part>
  static void attach_all(Object& object, std::span<const quarry_cell> cells, std::index_sequence<Part...>) {
    (attach<Parent, Part>(object, cells), ...);
  }
  template <std::size_t Parent, std::size_t Part, class Object>
  static void attach(Object& object, std::span<const quarry_cell> cells) {
    if constexpr (Part != 0 && plan.parts[Part].parent == Parent) {
      constexpr const joined_part& part = plan.parts[Part];
      using owner = model_at<Model, plan.parts[Parent].model>;
      if constexpr (part.step.forward) put_behind_key<part.step.field>(static_cast<owner&>(object), read<Part>(cells));
      else object.slots_.objects[part.slot] = read<Part>(cells);
    }
  }
};

// --- prefetch_related: one further statement a step ---

/// The model whose objects a row is.
template <class Row>
struct object_row {
  static constexpr bool is_object = model<Row>;
  using model_type = Row;
};
template <class Model, fixed_string... Path>
struct object_row<with_related<Model, Path...>> {
  static constexpr bool is_object = true;
  using model_type = Model;
};
template <class Row, fixed_string Name, class Related>
struct object_row<prefetched<Row, Name, Related>> : object_row<Row> {};
template <class Row>
using model_of = typename object_row<Row>::model_type;

template <class Row>
inline constexpr bool is_prefetched = false;
template <class Row, fixed_string Name, class Related>
inline constexpr bool is_prefetched<prefetched<Row, Name, Related>> = true;

/// What a row has under a name: `row` with another type of related objects, and the type that they have now.
template <class Row, fixed_string Name>
struct prefetch_layer {
  static constexpr bool found = false;
  using related = model_at<model_of<Row>, step_named<model_of<Row>, Name>.target>;
  template <class Related>
  using replaced = prefetched<Row, Name, Related>;
};
template <class Row, fixed_string Other, class Was, fixed_string Name>
struct prefetch_layer<prefetched<Row, Other, Was>, Name> {
  using below = prefetch_layer<Row, Name>;
  static constexpr bool here = Other.view() == Name.view();
  static constexpr bool found = here || below::found;
  using related = std::conditional_t<here, Was, typename below::related>;
  template <class Related>
  static auto replace() {
    if constexpr (here) return std::type_identity<prefetched<Row, Name, Related>>();
    else if constexpr (found)
      return std::type_identity<prefetched<typename below::template replaced<Related>, Other, Was>>();
    else return std::type_identity<prefetched<prefetched<Row, Other, Was>, Name, Related>>();
  }
  template <class Related>
  using replaced = typename decltype(replace<Related>())::type;
};

/// The row with the objects on one more path.
template <class Row, fixed_string Path>
struct add_prefetch {
  static constexpr const auto& name = first_name<Path>;
  using layer = prefetch_layer<Row, name>;
  static auto deeper() {
    if constexpr (rest_of(Path.view()).empty()) return std::type_identity<typename layer::related>();
    else return std::type_identity<typename add_prefetch<typename layer::related, rest_names<Path>>::type>();
  }
  using type = typename layer::template replaced<typename decltype(deeper())::type>;
};
template <class Row, fixed_string... Path>
struct add_prefetches {
  using type = Row;
};
template <class Row, fixed_string First, fixed_string... Path>
struct add_prefetches<Row, First, Path...> : add_prefetches<typename add_prefetch<Row, First>::type, Path...> {};

/// The row with more objects joined to it, below what is prefetched.
template <class Row, fixed_string... Path>
struct add_joined {
  using type = with_related<Row, Path...>;
};
template <class Model, fixed_string... Before, fixed_string... Path>
struct add_joined<with_related<Model, Before...>, Path...> {
  using type = with_related<Model, Before..., Path...>;
};
template <class Row, fixed_string Name, class Related, fixed_string... Path>
struct add_joined<prefetched<Row, Name, Related>, Path...> {
  using type = prefetched<typename add_joined<Row, Path...>::type, Name, Related>;
};

/// The paths of all that is joined to a row.
template <class Row>
struct joined_paths {
  static chain in(const chain& c) { return c; }
};
template <class Model, fixed_string... Path>
struct joined_paths<with_related<Model, Path...>> {
  static chain in(const chain& c) {
    static constexpr std::array names = {path_of<Path>...};
    return c.select_related(names);
  }
};
template <class Row, fixed_string Name, class Related>
struct joined_paths<prefetched<Row, Name, Related>> : joined_paths<Row> {};

}  // namespace detail

/// An object, or one with joined objects, with the objects that a relation leads to.
template <class Row, fixed_string Name, class Related>
struct prefetched : Row {
  prefetched() = default;
  explicit prefetched(Row row) : Row(std::move(row)) {}

  /// What a relation leads to: a related_list of rows, or for one object a pointer, null when there is none.
  template <fixed_string Wanted>
  decltype(auto) related() const {
    using model_type = detail::model_of<Row>;
    if constexpr (Wanted.view() == Name.view()) {
      if constexpr (many) return static_cast<const related_list<Related>&>(slot_);
      else return static_cast<const Related*>(slot_.get());
    } else if constexpr (!std::same_as<Row, model_type>) {
      return Row::template related<Wanted>();
    } else {
      detail::require_path<model_type, Wanted, detail::path_use::column>();
      (void)sizeof(relation_is_not_loaded<Wanted, of_model<QUARRY_TEXT(meta<model_type>::value.name)>>);
      return static_cast<const model_type*>(nullptr);
    }
  }

 private:
  template <class Layer, class Owner>
  friend struct detail::layer_filler;
  static constexpr bool many = detail::step_named<detail::model_of<Row>, Name>.many;
  std::conditional_t<many, related_list<Related>, std::shared_ptr<const Related>> slot_;
};

namespace detail {

template <class Model, class Row, fixed_string Name, class Related>
struct row_reader<Model, prefetched<Row, Name, Related>> {
  static prefetched<Row, Name, Related> read_row(std::span<const quarry_cell> cells) {
    return prefetched<Row, Name, Related>(row_reader<Model, Row>::read_row(cells));
  }
};

/// A query of one's own for the rows on a path.
struct prefetch_choice {
  std::string path;
  chain rows;
};
using prefetch_choices = std::shared_ptr<const std::vector<prefetch_choice>>;

const chain* chosen_rows(const prefetch_choices& choices, std::string_view path) noexcept;
prefetch_choices with_choice(const prefetch_choices& before, std::string_view path, const chain& rows,
                             const prefetch_choices& below);
/// The number of a relation in the catalog. The name is one of the model's.
std::uint32_t relation_named(const ir::catalog& catalog, std::uint32_t model, std::string_view name) noexcept;

/// Reads the rows that one relation leads to. `deepen` gets them all, then `deliver` each with an owner it belongs to.
template <class Model, class Related, class Owner, class Deepen, class Deliver>
void fetch_related(session& s, std::span<Owner* const> owners, std::string_view name, const chain* wanted,
                   Deepen&& deepen, Deliver&& deliver) {
  using target = model_of<Related>;
  const auto& catalog = catalog_of<schema_of<Model>>();
  related_fetch step(s, catalog, position_of<Model>, relation_named(*catalog, position_of<Model>, name));
  const auto& local = columns_of<Model>[step.relation().local];
  for (const Owner* owner : owners) step.add_owner(local.get(*owner));
  const std::optional<chain> query =
      step.query(wanted ? *wanted : joined_paths<Related>::in(chain::start(catalog, position_of<target>)));
  if (!query) return;
  std::vector<std::shared_ptr<Related>> rows;
  std::vector<Related*> pointers;
  {
    cursor from = s.run(*query);
    for (std::span<const quarry_cell> cells = from.next(); !cells.empty(); cells = from.next()) {
      rows.push_back(std::make_shared<Related>(row_reader<target, Related>::read_row(cells)));
      pointers.push_back(rows.back().get());
    }
  }
  deepen(std::span<Related* const>(pointers));
  const auto& remote = columns_of<target>[step.relation().remote];
  for (const std::shared_ptr<Related>& row : rows)
    for (const std::uint32_t owner : step.owners_of(remote.get(*row))) deliver(*owners[owner], row);
}

/// Fills the slots of a row type, those of the type below it first.
template <class Layer, class Owner>
struct layer_filler {
  static void fill(session&, std::span<Owner* const>, const prefetch_choices&, const std::string&) {}
};
template <class Row, fixed_string Name, class Related, class Owner>
struct layer_filler<prefetched<Row, Name, Related>, Owner> {
  static void fill(session& s, std::span<Owner* const> owners, const prefetch_choices& choices,
                   const std::string& prefix) {
    layer_filler<Row, Owner>::fill(s, owners, choices, prefix);
    using layer = prefetched<Row, Name, Related>;
    using model_type = model_of<Row>;
    constexpr bool many = step_named<model_type, Name>.many;
    constexpr bool forward = step_named<model_type, Name>.forward;
    constexpr std::uint32_t field = step_named<model_type, Name>.field;
    const std::string path = prefix.empty() ? std::string(Name.view()) : prefix + "__" + std::string(Name.view());
    fetch_related<model_type, Related>(
        s, owners, Name.view(), chosen_rows(choices, path),
        [&](std::span<Related* const> rows) { layer_filler<Related, Related>::fill(s, rows, choices, path); },
        [](Owner& owner, const std::shared_ptr<Related>& row) {
          layer& to = owner;
          if constexpr (many) to.slot_.push_back(row);
          else to.slot_ = row;
          if constexpr (forward && !many)
            put_behind_key<field>(static_cast<model_type&>(owner), std::shared_ptr<const model_of<Related>>(row));
        });
  }
};

template <class Row>
void fill_prefetched(session& s, std::vector<Row>& rows, const prefetch_choices& choices) {
  if (rows.empty()) return;
  std::vector<Row*> pointers;
  pointers.reserve(rows.size());
  for (Row& row : rows) pointers.push_back(&row);
  layer_filler<Row, Row>::fill(s, pointers, choices, {});
}

/// Reads the objects behind the foreign keys of a path, for objects that somebody has: a statement a step.
template <fixed_string Path, class Model>
void load_keys(session& s, std::span<Model* const> owners) {
  constexpr const auto& name = first_name<Path>;
  constexpr relation_step step = step_named<Model, name>;
  constexpr std::uint32_t field = step.field;
  using target = model_at<Model, step.target>;
  fetch_related<Model, target>(
      s, owners, name.view(), nullptr,
      [&](std::span<target* const> rows) {
        if constexpr (!rest_of(Path.view()).empty()) load_keys<rest_names<Path>>(s, rows);
      },
      [](Model& owner, const std::shared_ptr<target>& row) {
        put_behind_key<field>(owner, std::shared_ptr<const target>(row));
      });
}

}  // namespace detail
}  // namespace quarry

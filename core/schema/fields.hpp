// What a model's members are made of: keys, relations, and the table of C++ types that columns can have.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include <quarry/core/query/value.hpp>
#include <quarry/ir/model/kinds.hpp>
#include <quarry/ir/support/hash.hpp>

namespace quarry {

namespace detail {
[[noreturn]] void raise_unsaved();
[[noreturn]] void raise_not_loaded();
}  // namespace detail

/// A primary key that the database makes: unset until the object is saved.
class auto_id {
 public:
  constexpr auto_id() noexcept = default;
  constexpr auto_id(std::int64_t key) noexcept : key_(key), set_(true) {}  // NOLINT: an id is a number
  constexpr bool has_value() const noexcept { return set_; }
  constexpr explicit operator bool() const noexcept { return set_; }
  /// Throws value_error when unset.
  constexpr std::int64_t value() const {
    if (!set_) detail::raise_unsaved();
    return key_;
  }
  constexpr std::int64_t operator*() const { return value(); }
  friend constexpr bool operator==(const auto_id&, const auto_id&) = default;

 private:
  std::int64_t key_ = 0;
  bool set_ = false;
};

namespace detail {
/// The primary key of a saved object; defined in describe.hpp.
template <class T>
const auto& key_of(const T& object);
template <class Key>
const Key& plain_key(const Key& key) noexcept {
  return key;
}
inline std::int64_t plain_key(const auto_id& key) { return key.value(); }
}  // namespace detail

/// A reference to a row of another model: its key, and the object once somebody has loaded it. `Key` is the type of the
/// column that it refers to: an integer for a model with an auto_id. A nullable one is a std::optional<foreign_key<T>>.
template <class T, class Key = std::int64_t>
class foreign_key {
 public:
  using target_type = T;
  using key_type = Key;

  foreign_key() = default;
  template <class K>
    requires(std::constructible_from<Key, K &&> && !std::same_as<std::remove_cvref_t<K>, T> &&
             !std::derived_from<std::remove_cvref_t<K>, foreign_key>)
  foreign_key(K&& key) : key_(std::in_place, std::forward<K>(key)) {}  // NOLINT: a key is what it holds
  /// The key of the object, which must be saved; the object itself is not kept.
  foreign_key(const T& object) : key_(detail::plain_key(detail::key_of(object))) {}  // NOLINT
  /// The same, and the object counts as loaded.
  foreign_key(std::shared_ptr<const T> object)  // NOLINT
      : key_(detail::plain_key(detail::key_of(*object))), object_(std::move(object)) {}
  /// For columns other than the primary key of the target.
  foreign_key(Key key, std::shared_ptr<const T> object) : key_(std::move(key)), object_(std::move(object)) {}

  bool has_value() const noexcept { return key_.has_value(); }
  /// Throws value_error when no key was set.
  const Key& id() const {
    if (!key_) detail::raise_unsaved();
    return *key_;
  }
  bool loaded() const noexcept { return object_ != nullptr; }
  /// The related object. Throws relation_not_loaded: reading it from the database is an explicit call.
  const T& get() const {
    if (!object_) detail::raise_not_loaded();
    return *object_;
  }
  const T* operator->() const { return &get(); }
  const std::shared_ptr<const T>& shared() const noexcept { return object_; }

  friend bool operator==(const foreign_key& a, const foreign_key& b) { return a.key_ == b.key_; }

 private:
  std::optional<Key> key_;
  std::shared_ptr<const T> object_;
};

/// A foreign key whose rows refer to different rows.
template <class T, class Key = std::int64_t>
class one_to_one : public foreign_key<T, Key> {
 public:
  using foreign_key<T, Key>::foreign_key;
};

/// A relation without a column: rows of a link table join both models.
template <class T>
struct many_to_many {
  using target_type = T;
  friend constexpr bool operator==(const many_to_many&, const many_to_many&) = default;
};

namespace detail {

enum class member_form : std::uint8_t { column, foreign_key, one_to_one, many_to_many };

/// Identity of a model type that works before the type is complete, and in constant expressions: a hash of its name as
/// the compiler spells it (comparing addresses is no constant expression under every sanitizer). A schema checks that
/// its models differ.
using model_tag = std::uint64_t;
template <class T>
consteval model_tag make_tag() {
  return ir::hash_text(__PRETTY_FUNCTION__);
}
template <class T>
inline constexpr model_tag tag_of = make_tag<T>();

/// What the C++ type of a member says about its column.
struct member_facts {
  member_form form = member_form::column;
  ir::scalar kind = ir::scalar::unknown;
  bool nullable = false;
  bool generated = false;
  model_tag target = 0;
};

/// The scalar kind of a C++ type; unknown for every other type.
template <class T>
consteval ir::scalar scalar_of() {
  using ir::scalar;
  if constexpr (std::same_as<T, bool>) return scalar::boolean;
  else if constexpr (std::signed_integral<T> && !std::same_as<T, char> && sizeof(T) == 2) return scalar::int16;
  else if constexpr (std::signed_integral<T> && !std::same_as<T, wchar_t> && sizeof(T) == 4) return scalar::int32;
  else if constexpr (std::signed_integral<T> && sizeof(T) == 8) return scalar::int64;
  else if constexpr (std::same_as<T, auto_id>) return scalar::int64;
  else if constexpr (std::same_as<T, double>) return scalar::float64;
  else if constexpr (std::same_as<T, std::string>) return scalar::text;
  else if constexpr (std::same_as<T, decimal>) return scalar::decimal;
  else if constexpr (std::same_as<T, bytes>) return scalar::bytes;
  else if constexpr (std::same_as<T, date>) return scalar::date;
  else if constexpr (std::same_as<T, time_of_day>) return scalar::time;
  else if constexpr (std::same_as<T, datetime>) return scalar::datetime;
  else if constexpr (std::same_as<T, duration>) return scalar::duration;
  else if constexpr (std::same_as<T, uuid>) return scalar::uuid;
  else if constexpr (std::same_as<T, json>) return scalar::json;
  else return scalar::unknown;
}

template <class T>
struct member_type {
  static constexpr ir::scalar kind = scalar_of<T>();
  static_assert(kind != ir::scalar::unknown,
                "quarry: no column can have this C++ type; see the list in quarry/core/schema/fields.hpp");
  static constexpr member_facts facts{member_form::column, kind, false, std::same_as<T, auto_id>, 0};
};
template <class T>
struct member_type<std::optional<T>> {
  static constexpr member_facts base = member_type<T>::facts;
  static_assert(!base.generated && base.form != member_form::many_to_many, "quarry: this member can't be optional");
  static constexpr member_facts facts{base.form, base.kind, true, false, base.target};
};
template <class T, class Key>
struct member_type<foreign_key<T, Key>> {
  static constexpr member_facts facts{member_form::foreign_key, member_type<Key>::kind, false, false, tag_of<T>};
};
template <class T, class Key>
struct member_type<one_to_one<T, Key>> {
  static constexpr member_facts facts{member_form::one_to_one, member_type<Key>::kind, false, false, tag_of<T>};
};
template <class T>
struct member_type<many_to_many<T>> {
  static constexpr member_facts facts{member_form::many_to_many, ir::scalar::unknown, false, false, tag_of<T>};
};

/// The C++ type in which values_list gives a column of this kind.
template <ir::scalar Kind>
struct value_type;
template <> struct value_type<ir::scalar::boolean> {
  using type = bool;
};
template <> struct value_type<ir::scalar::int16> {
  using type = std::int16_t;
};
template <> struct value_type<ir::scalar::int32> {
  using type = std::int32_t;
};
template <> struct value_type<ir::scalar::int64> {
  using type = std::int64_t;
};
template <> struct value_type<ir::scalar::float64> {
  using type = double;
};
template <> struct value_type<ir::scalar::text> {
  using type = std::string;
};
template <> struct value_type<ir::scalar::decimal> {
  using type = decimal;
};
template <> struct value_type<ir::scalar::bytes> {
  using type = bytes;
};
template <> struct value_type<ir::scalar::date> {
  using type = date;
};
template <> struct value_type<ir::scalar::time> {
  using type = time_of_day;
};
template <> struct value_type<ir::scalar::datetime> {
  using type = datetime;
};
template <> struct value_type<ir::scalar::duration> {
  using type = duration;
};
template <> struct value_type<ir::scalar::uuid> {
  using type = uuid;
};
template <> struct value_type<ir::scalar::json> {
  using type = json;
};

}  // namespace detail
}  // namespace quarry

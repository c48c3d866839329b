// Django's field classes and their options, as a models file may use them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <quarry/ir/model/catalog.hpp>

namespace quarry::text {

/// Groups of field classes that have an option in common.
namespace field_scope {
inline constexpr std::uint32_t column = 1;  ///< has a column: all but many-to-many
inline constexpr std::uint32_t text = 2;
inline constexpr std::uint32_t decimal = 4;
inline constexpr std::uint32_t temporal = 8;
inline constexpr std::uint32_t relation = 16;
inline constexpr std::uint32_t key = 32;  ///< foreign key or one-to-one
inline constexpr std::uint32_t many = 64;
inline constexpr std::uint32_t file = 128;
inline constexpr std::uint32_t file_path = 256;
inline constexpr std::uint32_t json = 512;
inline constexpr std::uint32_t address = 1024;
inline constexpr std::uint32_t slug = 2048;
inline constexpr std::uint32_t bytes = 4096;
inline constexpr std::uint32_t any = 0xffffffffU;
}  // namespace field_scope

struct field_class {
  std::string_view name;
  ir::scalar kind;
  std::uint32_t length;  ///< of a text without max_length; 0 = no limit
  std::uint32_t scopes;
  bool generated = false;
  bool indexed = false;
};

enum class option_effect : std::uint8_t {
  ignored,      ///< says nothing about queries or tables
  unsupported,  ///< would change the meaning, and nothing here knows how
  handled
};

struct field_option {
  std::string_view name;
  std::uint32_t scopes;  ///< field classes that have it
  option_effect effect;
};

std::span<const field_class> field_classes() noexcept;
const field_class* find_field_class(std::string_view name) noexcept;
std::span<const field_option> field_options() noexcept;
/// The option of this name that the class has, or null.
const field_option* find_field_option(const field_class& c, std::string_view name) noexcept;

/// The options of a model's `class Meta`.
struct meta_option {
  std::string_view name;
  option_effect effect;
};
std::span<const meta_option> meta_options() noexcept;

}  // namespace quarry::text

// resolve-paths: `a__b__c__year__gt` becomes relation steps, a column, transforms and a lookup.
// A last step from a foreign key to the column that it references is the local column: `blog__id` is `blog_id`.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/provenance/provenance.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

enum class lookup_form : std::uint8_t {
  exact,
  itext,
  compare,
  list,
  pair,
  null_test,
  text,
  json_key,
  json_keys,
  json_any_key,
  json_part,
  registered  ///< by the application
};
constexpr bool wants_json(lookup_form f) noexcept { return f >= lookup_form::json_key && f <= lookup_form::json_part; }

struct lookup_info {
  std::string_view name;
  lookup_form form;
  op portable;
  op native;
};

std::span<const lookup_info> all_lookups() noexcept;

struct transform_info {
  std::string_view name;
  op code;
  std::string_view from;  ///< letters of the types that it applies to, as in transforms.def
};

std::span<const transform_info> all_transforms() noexcept;
bool applies(const transform_info& t, scalar to) noexcept;

/// One transform of a path: a built-in one, or what the application registered.
struct transform_step {
  op code = op::and_;
  const extension* registered = nullptr;
};

struct resolved_path {
  static constexpr std::size_t most_steps = 16;
  static constexpr std::size_t most_transforms = 8;
  static constexpr std::size_t most_keys = 16;
  std::array<std::uint32_t, most_steps> steps{};  ///< relation indices, each on the model that the ones before lead to
  std::uint8_t step_count = 0;
  std::uint32_t model = none;  ///< that the column belongs to
  std::uint32_t column = none;
  std::array<transform_step, most_transforms> transforms{};
  std::uint8_t transform_count = 0;
  std::array<std::string_view, most_keys> keys{};  ///< within a JSON document; they lie in the path's own text
  std::uint8_t key_count = 0;
  const lookup_info* lookup = nullptr;  ///< set for conditions; exact where the path names none
  const extension* registered = nullptr;  ///< the lookup, where the application registered it
  bool relation_itself = false;  ///< the path ended at a relation: its key column stands for it
  std::uint32_t related_model = none;  ///< then: the model that it leads to
  std::string_view text;  ///< as it was written
  std::uint32_t origin = none;
  struct segment {
    std::uint16_t begin, end;  ///< bytes of `text`
  };
  std::array<segment, most_steps> segments;  ///< of each step, those that were cut off at the end included
  std::uint8_t cut_steps = 0;  ///< how many at the end lead to a column that stands on their near side
  /// The words that a step comes from.
  path_words words(std::uint32_t step) const noexcept {
    const segment s = segments[step];
    return {text, origin, {s.begin, static_cast<std::uint32_t>(s.end - s.begin)}};
  }
};

/// `relation`: the path ends at a relation, and its steps stay as they are: the related row itself is wanted, not its key.
enum class path_use : std::uint8_t { condition, value, relation };

/// `origin`: offset of the path in the user's text, or none; it goes into diagnostics.
result<resolved_path> resolve_path(const context& cx, std::uint32_t model, std::string_view path, path_use use,
                                   std::uint32_t origin);

/// What stands behind a name that means a value of this kind: transforms and a lookup. `start`: where they begin in the path, or past its
/// end; `owner`: what diagnostics call the value.
result<resolved_path> resolve_tail(const context& cx, scalar value, std::string_view owner, std::string_view path,
                                   std::size_t start, path_use use, std::uint32_t origin);

}  // namespace quarry::ir

// Diagnostics: what went wrong, in the user's words, with the place. The registry is diagnostics.def.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace quarry::ir {

enum class diag_family : std::uint8_t {
  schema,
  text,
  name,
  type,
  semantic,
  unsupported,
  policy,
  plugin,
  database,
  internal
};

enum class diag : std::uint16_t {
#define QUARRY_DIAGNOSTIC(number, name, family, exception, text) name = number,
#include <quarry/ir/support/diagnostics.def>
#undef QUARRY_DIAGNOSTIC
};

/// What the registry says of one diagnostic.
struct diag_info {
  diag id;
  std::string_view name;
  diag_family family;
  std::string_view exception;  ///< Django's class name
  std::string_view text;       ///< template with {0}, {1}, …
};

const diag_info& info(diag id) noexcept;
std::string_view to_string(diag_family family) noexcept;

/// A range of bytes of a source text. `size == 0` marks a point; `none()` is no place at all.
struct source_span {
  std::uint32_t offset = 0xffffffffU;
  std::uint32_t size = 0;
  static constexpr source_span none() noexcept { return {}; }
  constexpr bool present() const noexcept { return offset != 0xffffffffU; }
  friend constexpr bool operator==(const source_span&, const source_span&) = default;
};

/// One diagnostic. `source` is the text that the span points into: the path or expression that the user wrote.
struct diagnostic {
  diag id = diag::internal_error;
  std::string message;
  std::string source;
  source_span span;
  std::uint32_t origin = 0xffffffffU;  ///< where `source` stands in the text that it was taken from, if in any
  std::string suggestion;   ///< a replacement that would work, or empty
  std::string subject;      ///< the model concerned, for DoesNotExist and MultipleObjectsReturned
  std::string server_text;  ///< what the database said; kept apart, shown only when asked for
  std::string constraint;   ///< name or columns of a violated constraint, or empty
  std::string sqlstate;     ///< five characters, or empty
  std::int64_t native_code = 0;
};

/// Builds a diagnostic from the registry's template and the user's words.
diagnostic make_diagnostic(diag id, std::initializer_list<std::string_view> words);

/// The class name that Django's users know ("FieldError", "Entry.DoesNotExist").
std::string exception_name(const diagnostic& d);

/// `error[QRY2107]: Entry has no field 'pubdate'` with the source line, a caret and the suggestion below it.
std::string render(const diagnostic& d);

/// The candidate nearest to `wrong` by edit distance, or empty when none is near enough to be helpful.
class nearest_choice {
 public:
  explicit nearest_choice(std::string_view wrong) noexcept : wrong_(wrong) {}
  void offer(std::string_view candidate);
  std::string best() const { return best_; }

 private:
  std::string_view wrong_;
  std::string best_;
  std::size_t distance_ = 0;
  bool any_ = false;
};

}  // namespace quarry::ir

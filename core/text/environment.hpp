// What the parts of the evaluator share: models, session, variables, and where in the source things stand.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/errors.hpp>
#include <quarry/core/exec/session.hpp>
#include <quarry/core/text/models.hpp>
#include <quarry/core/text/object.hpp>
#include <quarry/core/text/syntax.hpp>
#include <quarry/ir/model/context.hpp>

namespace quarry::text {

struct argument {
  object what;
  std::string name;        ///< of a keyword argument
  syntax::span where;      ///< of the value
  syntax::span name_span;  ///< of the keyword, where it stands in the source
};

/// The arguments of one call, in the order written.
struct call_arguments {
  std::string_view function;  ///< for messages
  std::vector<argument> plain;
  std::vector<argument> named;

  const argument* find(std::string_view name) const noexcept;
  /// Plain argument `position`, or the keyword of this name; null when neither is there.
  const argument* get(std::size_t position, std::string_view name) const noexcept;
};

/// One text that was evaluated. Offsets of all texts of an evaluator follow each other, so that a path knows its place for good.
struct source_text {
  std::uint32_t base;
  std::string text;
};

struct policy;

struct environment {
  environment(model_set m, detail::session& s);
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;
  ~environment();

  model_set models;
  detail::session* session;
  const policy* allowed = nullptr;  ///< of untrusted text
  ir::context paths;  ///< reset to the catalog: for resolving paths
  std::map<std::string, object, std::less<>> variables;
  bool trusts_sql = false;  ///< statements come from the application itself: SQL text within them is accepted
  std::vector<source_text> sources;
  std::vector<std::weak_ptr<instance>> linked;  ///< rows that the user gave a related object: they may form circles
  syntax::span at =
      syntax::span::none();  ///< what is being evaluated: where an error without a place of its own points

  const std::shared_ptr<const ir::catalog>& catalog() const noexcept { return models.catalog; }
  const ir::model& model(std::uint32_t m) const noexcept { return models.catalog->at(m); }
  std::string_view text(ir::symbol s) const noexcept { return models.catalog->text(s); }
  std::string name_of(std::uint32_t m) const { return std::string(text(model(m).name)); }
  std::string describe(const object& o) const { return text::describe(o, *models.catalog); }
  /// The notes of a model; link models of the catalog have those of a model without managers of its own.
  const model_notes& notes(std::uint32_t m) const noexcept;

  const std::string& source() const noexcept { return sources.back().text; }
  /// Where the content of a string literal stands in all sources; no_offset when it is not written as it is (escapes).
  std::uint32_t offset_of(std::string_view content, syntax::span literal) const noexcept;
  std::uint32_t offset_of(syntax::span name) const noexcept {
    return name.present() ? sources.back().base + name.offset : detail::no_offset;
  }
  detail::path_ref path_of(const argument& keyword) const noexcept {
    return detail::path_ref::text(keyword.name, offset_of(keyword.name_span));
  }
  /// A name given as a text: `F("rating")`, `order_by("-pub_date")`. Throws type_error for anything else.
  detail::path_ref name_in(const argument& a, std::string_view function) const;

  // Arguments. Throw quarry::error with the place of the argument.
  void allow_only(const call_arguments& given, std::size_t plain, std::initializer_list<std::string_view> names) const;
  const argument& need(const call_arguments& given, std::size_t position, std::string_view name) const;
  bool truth_in(const call_arguments& given, std::string_view name, bool otherwise) const;
};

/// Throws quarry::error; `where` is a place in the source that is being evaluated.
[[noreturn]] void fail(ir::diag id, std::initializer_list<std::string_view> words,
                       syntax::span where = syntax::span::none(), std::string_view suggestion = {});
/// A name that is no field of the model, with the nearest one.
[[noreturn]] void refuse_field(const environment& e, std::uint32_t model, std::string_view name,
                               syntax::span where = syntax::span::none());
[[noreturn]] void not_yet(std::string_view what, syntax::span where = syntax::span::none());

}  // namespace quarry::text

// What the names in a models file stand for, and its constants as initial values of fields.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/text/syntax.hpp>
#include <quarry/ir/model/catalog.hpp>

namespace quarry::text {

using constants = std::map<std::string, syntax::node_id, std::less<>>;

/// Names that expressions of a class may use: its own constants, enumerations, then those of the module.
class model_scope {
 public:
  explicit model_scope(const syntax::tree& t) noexcept : tree_(&t) {}

  constants module_constants;
  constants class_constants;
  std::map<std::string, constants, std::less<>> enumerations;  ///< `class Status(models.TextChoices)`
  std::map<std::string, std::string, std::less<>> imports;  ///< name in this file -> dotted name that it stands for

  const syntax::tree& tree() const noexcept { return *tree_; }

  /// "models.CASCADE" for a name or attributes of a name, with imported names written out; empty for anything else.
  std::string dotted(syntax::node_id id) const;
  /// What stands behind a name of the file; the node itself where it is no such name.
  syntax::node_id resolve(syntax::node_id id) const;

  // A constant of the wanted kind, or a diagnostic that names the option. Throw refusal.
  std::string_view text_of(syntax::node_id id, std::string_view owner, std::string_view option) const;
  bool truth_of(syntax::node_id id, std::string_view owner, std::string_view option) const;
  std::uint32_t count_of(syntax::node_id id, std::string_view owner, std::string_view option, std::uint32_t most) const;
  std::vector<std::string> texts_of(syntax::node_id id, std::string_view owner, std::string_view option) const;

  /// `default=…` of a field of this kind. Throws refusal.
  ir::initial_value initial_of(syntax::node_id id, std::string_view owner, ir::scalar kind) const;

 private:
  [[noreturn]] void refuse_option(syntax::node_id id, std::string_view owner, std::string_view option,
                                  std::string_view why) const;
  ir::initial_value initial_of_call(syntax::node_id id, std::string_view owner, ir::scalar kind) const;
  std::optional<ir::initial_value> initial_of_function(std::string_view name, ir::scalar kind) const;
  std::string json_of(syntax::node_id id, std::string_view owner) const;
  std::optional<std::int64_t> number_of(syntax::node_id id) const;
  const syntax::tree* tree_;
};

}  // namespace quarry::text

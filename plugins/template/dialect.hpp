// What the database can do, and its SQL.
#pragma once

#include <string_view>
#include <utility>

#include <quarry/dialects/base/facts_builder.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace template_plugin {

/// Immutable: any number of threads write statements through one.
class dialect {
 public:
  /// `quarry compile --dialect template@VERSION`; empty: the newest version that you know.
  static dialect for_version(std::string_view version);

  quarry_facts facts() const noexcept { return facts_.record(); }
  void emit(const quarry_tree& tree, const quarry_sink& sink) const;

 private:
  explicit dialect(quarry::dialect::facts_record facts) : facts_(std::move(facts)) {}
  quarry::dialect::facts_record facts_;
};

}  // namespace template_plugin

// One field of a model, from its assignment: `headline = models.CharField(max_length=255)`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <quarry/core/text/model_scope.hpp>

namespace quarry::text {

struct declared_field {
  ir::field_spec spec;
  bool auto_now = false;
  syntax::span where;    ///< its name
  syntax::span target;   ///< the argument that names the related model
  syntax::span remote;   ///< the argument to_field
  syntax::span through;  ///< the argument through
  syntax::span reverse;  ///< the argument related_name or related_query_name
};

/// What a class attribute is.
enum class attribute_kind : std::uint8_t { other, field, manager };
/// Throws refusal for a call that was meant to be a field.
attribute_kind classify(const model_scope& scope, syntax::node_id value);

/// Precondition: classify says field. `model` and `app` are for names and messages. Throws refusal.
declared_field read_field(const model_scope& scope, std::string_view app, std::string_view model,
                          syntax::node_id target, syntax::node_id value);

std::string lower_case(std::string_view s);

}  // namespace quarry::text

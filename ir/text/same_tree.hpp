// Whether two trees, each in a context of its own, are the same but for the numbers of their instances and names.
#pragma once

#include <string>

#include <quarry/ir/model/context.hpp>

namespace quarry::ir {

/// Empty when they are the same; else what differs first, in words.
std::string tree_difference(const context& left_context, any_id left, const context& right_context, any_id right);

}  // namespace quarry::ir

// What a catalog asks of the lookups and transforms that an application registers.
#pragma once

#include <quarry/ir/model/catalog.hpp>

namespace quarry::ir {

/// An error (extension_invalid) for a name that paths can't use or that is taken, for a function whose name is no plain one, and for
/// a meaning that does not fit the types that are declared.
result<void> check_extensions(const catalog& c);

}  // namespace quarry::ir

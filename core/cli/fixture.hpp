// Rows from a JSON file: {"Model": [{column: value, …}, …], "Model.field": [[source key, target key], …]}.
#pragma once

#include <string_view>

#include <quarry/core/exec/core.hpp>

namespace quarry::cli {

/// Inserts every row, in one transaction: rows may refer to later ones. Nothing is inserted when something fails.
ir::result<void> load_fixture(std::shared_ptr<detail::database_core> core,
                              const std::shared_ptr<const ir::catalog>& catalog, std::string_view json);

/// Makes the tables when asked to, then loads the rows; an empty `json` is none.
ir::result<void> set_up(const std::shared_ptr<detail::database_core>& core,
                        const std::shared_ptr<const ir::catalog>& catalog, bool create, std::string_view json);

}  // namespace quarry::cli

// The rows that a query of a database gives, as text: to be compared with those of SQL that stands as it is.
#pragma once

#include <vector>

#include <quarry/core/exec/database.hpp>

#include "plain_shapes.hpp"

namespace quarry::bench {

/// Runs the query to its end; the rows go to `rows` where it is not null. Throws quarry::error.
void run_query(const database& db, const detail::chain& query, std::vector<text_row>* rows);

}  // namespace quarry::bench

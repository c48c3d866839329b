// QuerySets with aggregates drawn at random, as plain data.
#pragma once

#include "support/plain_query.hpp"
#include "support/random_schema.hpp"

namespace quarry::test {

plain_query random_plain_query(random_numbers& random, const ir::catalog& schema);

/// The same with one part less, each way in which that can be done.
std::vector<plain_query> smaller_queries(const plain_query& q);

}  // namespace quarry::test

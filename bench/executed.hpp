// What the end-to-end benchmarks execute, on a database in memory with the rows of plain_database.
#pragma once

#include <cstdint>

#include "blog.hpp"

namespace quarry::bench {

inline constexpr int row_count = 10'000;

database filled_database();
blog::Entry get_entry(const database& db, std::int64_t id);
/// Streams every entry; gives the sum of their ratings.
std::int64_t read_all(const database& db);

}  // namespace quarry::bench

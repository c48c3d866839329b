// The library on a server: streams, the pool of connections, and a server that dies. The same on every product.
#include <gtest/gtest.h>

#include <quarry/core/quarry.hpp>

#include "servers/server.hpp"
#include "support/plugins.hpp"
#include "support/visits.hpp"

namespace quarry::test {
namespace {

database opened(const database_options& options = {}, std::string_view url_options = {}) {
  use_built_plugins();
  return database::open(server_url(url_options), options);
}

TEST(a_database_on_a_server, streams_a_million_rows_in_the_memory_of_a_batch) {
  const database db = opened();
  constexpr std::int64_t rows = 1'000'000;
  make_visits(db, rows);
  const streamed_visits seen = stream_visits(db);
  drop_visits(db);
  EXPECT_EQ(seen.rows, rows);
  EXPECT_EQ(seen.notes, rows / 2);
  EXPECT_LT(seen.memory_growth, 16U << 20U);
  RecordProperty("memory_growth_kib", static_cast<int>(seen.memory_growth >> 10U));
}

}  // namespace
}  // namespace quarry::test

#include "executed.hpp"

#include <cstdlib>
#include <string>

namespace quarry::bench {

using blog::Blog;
using blog::Entry;

database filled_database() {
  setenv("QUARRY_PLUGIN_PATH", QUARRY_BENCH_PLUGIN_DIR, 1);
  database db = database::open("sqlite://:memory:");
  db.create_tables<blog::blog_schema>();
  using namespace std::chrono_literals;
  db.atomic([](transaction& tx) {
    Blog beatles{.name = "Beatles Blog", .tagline = "All the latest Beatles news."};
    tx.save(beatles);
    for (int i = 0; i < row_count; ++i) {
      Entry e{.blog = beatles,
              .headline = "Entry " + std::to_string(i),
              .body_text = "What is said in entry " + std::to_string(i),
              .pub_date = 2008y / 6 / 1,
              .mod_date = 2008y / 6 / 2,
              .number_of_comments = 12,
              .number_of_pingbacks = 3,
              .rating = i % 6};
      tx.save(e);
    }
  });
  return db;
}

Entry get_entry(const database& db, std::int64_t id) { return db.objects<Entry>().get("pk"_f = id); }

std::int64_t read_all(const database& db) {
  std::int64_t sum = 0;
  for (const Entry& e : db.objects<Entry>().stream()) sum += e.rating;
  return sum;
}

}  // namespace quarry::bench

// The other side of the end-to-end benchmarks: the same tables and rows through SQLite's own C API, with SQL written by hand.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace quarry::bench {

struct plain_entry {
  std::int64_t id = 0;
  std::int64_t blog_id = 0;
  std::string headline;
  std::string body_text;
  std::chrono::year_month_day pub_date{};
  std::chrono::year_month_day mod_date{};
  int number_of_comments = 0;
  int number_of_pingbacks = 0;
  int rating = 0;
};

/// Whether SQLite's calls take the mutex of their connection: they do unless it is opened otherwise.
enum class plain_locking { each_call, none };

/// A database in memory with one blog and `entries` entries. Every failure ends the program.
class plain_database {
 public:
  explicit plain_database(int entries, plain_locking locking = plain_locking::each_call);
  plain_database(const plain_database&) = delete;
  plain_database& operator=(const plain_database&) = delete;
  ~plain_database();

  /// With a statement that was prepared once.
  plain_entry get(std::int64_t id);
  /// With a statement prepared for this call.
  plain_entry prepare_and_get(std::int64_t id) const;
  /// Reads every entry; gives the sum of their ratings.
  std::int64_t read_all();
  std::vector<plain_entry> all();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace quarry::bench

// A table of as many rows as are wanted, which the database makes while it is read; and what a program keeps of it meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <quarry/core/quarry.hpp>

namespace visits {

struct Visit {
  quarry::auto_id id{};
  std::string page{};
  quarry::date day{};
  int seconds = 0;
  std::optional<std::string> note{};
};

}  // namespace visits

template <>
struct quarry::meta<visits::Visit> {
  static constexpr auto value = quarry::describe(
      "Visit", quarry::field("id", &visits::Visit::id),
      quarry::field("page", &visits::Visit::page, {.max_length = 100}), quarry::field("day", &visits::Visit::day),
      quarry::field("seconds", &visits::Visit::seconds), quarry::field("note", &visits::Visit::note));
};

namespace visits {
QUARRY_SCHEMA(visits_schema, Visit)
}

namespace quarry::test {

/// Statements of our own in the words of the database, one after the other. Throws quarry::error.
void run_sql(const database& db, const std::string& sql);

/// Makes the table of visits::Visit a view of `rows` rows: the n-th has id n, page "page n", n % 600 seconds, and a note of 100
/// bytes where n is even.
void make_visits(const database& db, std::int64_t rows);
void drop_visits(const database& db);

struct streamed_visits {
  std::int64_t rows = 0;
  std::int64_t seconds = 0;  ///< of all visits
  std::int64_t notes = 0;  ///< how many have one
  /// Bytes of resident memory, at its highest, above what was there before the first row. 0 under a sanitizer, which keeps what was
  /// freed.
  std::size_t memory_growth = 0;
};
/// Reads all of them as objects by stream().
streamed_visits stream_visits(const database& db);

}  // namespace quarry::test

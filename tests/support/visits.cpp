#include "support/visits.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <quarry/core/errors.hpp>
#include <quarry/core/exec/core.hpp>

namespace quarry::test {
namespace {

/// A SELECT whose one column n runs from 1 to `rows`.
std::string numbers(const std::string& product, std::int64_t rows) {
  const std::string last = std::to_string(rows);
  if (product.starts_with("PostgreSQL")) return "SELECT g AS n FROM generate_series(1, " + last + ") AS g";
  if (product.starts_with("SQLite"))
    return "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < " + last + ") SELECT n FROM g";
  return "SELECT seq AS n FROM seq_1_to_" + last;
}

/// Resident memory of this process, in bytes.
std::size_t resident_memory() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#else
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
#endif
}

}  // namespace

void run_sql(const database& db, const std::string& sql) {
  detail::lease connection = unwrap(db.core()->take());
  unwrap(detail::executor::plain(*db.core(), *connection, sql));
}

void make_visits(const database& db, std::int64_t rows) {
  const std::string product = db.product();
  const bool joined_by_function = product.starts_with("MariaDB");
  run_sql(db,
          std::string("CREATE VIEW visits_visit AS SELECT n AS id, ") +
              (joined_by_function ? "concat('page ', n)" : "'page ' || n") + " AS page, " +
              (product.starts_with("SQLite") ? "'2008-06-01'" : "DATE '2008-06-01'") +
              " AS day, n % 600 AS seconds, CASE WHEN n % 2 = 0 THEN '" + std::string(100, 'x') +
              "' END AS note FROM (" + numbers(product, rows) + ") AS numbers");
}

void drop_visits(const database& db) { run_sql(db, "DROP VIEW visits_visit"); }

streamed_visits stream_visits(const database& db) {
  streamed_visits seen;
  const std::size_t before = resident_memory();
  std::size_t most = before;
  for (const visits::Visit& visit : db.objects<visits::Visit>().stream()) {
    ++seen.rows;
    seen.seconds += visit.seconds;
    if (visit.note) ++seen.notes;
    if (seen.rows % 4096 == 0) most = std::max(most, resident_memory());
  }
  seen.memory_growth = std::max(most, resident_memory()) - before;
  return seen;
}

}  // namespace quarry::test

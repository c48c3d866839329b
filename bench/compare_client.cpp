// What the way through Quarry costs a client beside the plain API of the same database: a get by primary key, all rows as objects, and
// all rows as they come. For client_cost.sh: on the server of QUARRY_TEST_URL, else on SQLite in memory.
// usage: compare_client count    rows for callgrind: see probe.hpp; allocations are those of malloc, client libraries included
//        compare_client time     medians of interleaved pairs, in microseconds: what, other side, ours, theirs, ratio
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <quarry/core/exec/core.hpp>
#include <quarry/plugins/host/url.hpp>

#include "blog.hpp"
#include "plain_client.hpp"
#include "probe.hpp"

namespace {
thread_local std::uint64_t mallocs = 0;
}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* malloc(std::size_t size) noexcept { return ++mallocs, __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) noexcept { return ++mallocs, __libc_calloc(count, size); }
void* realloc(void* memory, std::size_t size) noexcept { return ++mallocs, __libc_realloc(memory, size); }
}

namespace quarry::bench {
namespace {

using blog::Blog;
using blog::Entry;

/// 100,000 to be timed; fewer to be counted, which is slow and gives the same figures a row.
int rows = 100'000;

std::uint64_t count_mallocs() noexcept { return mallocs; }

/// The n-th of the rows of every side.
std::string filled(const std::string& product) {
  const std::string last = std::to_string(rows);
  std::string numbers = "SELECT seq AS n FROM seq_1_to_" + last;
  std::string what = "concat('What is said in entry ', n - 1)", headline = "concat('Entry ', n - 1)";
  if (!product.starts_with("MariaDB")) {
    what = "'What is said in entry ' || (n - 1)", headline = "'Entry ' || (n - 1)";
    numbers = product.starts_with("PostgreSQL")
        ? "SELECT g AS n FROM generate_series(1, " + last + ") AS g"
        : "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < " + last + ") SELECT n FROM g";
  }
  const std::string date = product.starts_with("SQLite") ? "" : "DATE ";
  return "INSERT INTO blog_entry (id, blog_id, headline, body_text, pub_date, mod_date, number_of_comments, "
         "number_of_pingbacks, rating) SELECT n, 1, " +
      headline + ", " + what + ", " + date + "'2008-06-01', " + date + "'2008-06-02', 12, 3, (n - 1) % 6 FROM (" +
      numbers + ") AS numbers";
}

database opened(const std::string& url) {
  setenv("QUARRY_PLUGIN_PATH", QUARRY_BENCH_PLUGIN_DIR, 1);
  database db = database::open(url);
  db.create_tables<blog::blog_schema>();
  db.objects<Blog>().create({.name = "Beatles Blog", .tagline = "All the latest Beatles news."});
  detail::lease connection = unwrap(db.core()->take());
  unwrap(detail::executor::plain(*db.core(), *connection, filled(db.product())));
  return db;
}

std::vector<std::unique_ptr<plain_client>> others(const std::string& text) {
  const auto url = unwrap(host::url::parse(text));
  server_address where{std::string(url.host()), std::string(url.user()), std::string(url.password()),
                       std::string(url.database()), url.port()};
  std::vector<std::unique_ptr<plain_client>> made;
  if (url.scheme() == "sqlite") {
    for (const plain_locking locking : {plain_locking::each_call, plain_locking::none})
      made.push_back(plain_sqlite_client(rows, locking));
  } else if (url.scheme() == "postgresql") {
    made.push_back(plain_libpq_client(where));
  } else {
    made.push_back(plain_libmariadb_client(where));
    made.push_back(plain_connector_client(where));
  }
  std::erase(made, nullptr);
  return made;
}

/// The three things that are compared, through Quarry.
struct ours {
  explicit ours(const database& db_) : db(db_) {}
  Entry get(std::int64_t id) const { return db.objects<Entry>().get("pk"_f = id); }
  std::vector<Entry> all() const { return db.objects<Entry>().rows(); }
  std::int64_t stream() const {
    std::int64_t sum = 0;
    for (const Entry& e : db.objects<Entry>().stream()) sum += e.rating;
    return sum;
  }
  database db;
};

bool same(const Entry& a, const plain_entry& b) {
  return a.id.value() == b.id && a.blog.id() == b.blog_id && a.headline == b.headline && a.body_text == b.body_text &&
      a.pub_date == b.pub_date && a.mod_date == b.mod_date && a.number_of_comments == b.number_of_comments &&
      a.number_of_pingbacks == b.number_of_pingbacks && a.rating == b.rating;
}

void check(const ours& mine, plain_client& other) {
  const std::vector<Entry> a = mine.all();
  const std::vector<plain_entry> b = other.all();
  if (a.size() == static_cast<std::size_t>(rows) && std::ranges::equal(a, b, same) &&
      same(mine.get(4321), other.get(4321)) && mine.stream() == other.stream())
    return;
  std::fprintf(stderr, "compare_client: %s and Quarry do not read the same\n", other.name());
  std::exit(1);
}

template <class Side>
void count(const Side& side, const std::string& name) {
  const auto nothing = [] {};
  probe("get\t" + name, nothing, [&] { (void)side->get(4321); }, 20, count_mallocs);
  probe("all\t" + name, nothing, [&] { (void)side->all(); }, 1, count_mallocs);
  probe("stream\t" + name, nothing, [&] { (void)side->stream(); }, 1, count_mallocs);
}

template <class F>
double microseconds(F&& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> of) {
  std::ranges::nth_element(of, of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2));
  return of[of.size() / 2];
}

template <class Mine, class Other>
void pairs(const char* what, const char* other, int times, double units, Mine&& mine, Other&& theirs) {
  std::vector<double> a, b, ratios;
  for (int i = 0; i < times; ++i) {
    const bool first = i % 2 == 0;
    if (first) a.push_back(microseconds(mine));
    b.push_back(microseconds(theirs));
    if (!first) a.push_back(microseconds(mine));
    ratios.push_back(a.back() / b.back());
  }
  std::printf("%s\t%s\t%.3f\t%.3f\t%.2f\n", what, other, median(a) / units, median(b) / units, median(ratios));
}

void time(const ours& mine, plain_client& other) {
  constexpr int gets = 200;
  const auto each = [&](auto&& get) {
    return [get] {
      for (std::int64_t i = 0; i < gets; ++i) (void)get(i * 499 % rows + 1);
    };
  };
  pairs("get", other.name(), 41, gets, each([&](std::int64_t id) { return mine.get(id); }),
        each([&](std::int64_t id) { return other.get(id); }));
  pairs("all", other.name(), 11, rows, [&] { (void)mine.all(); }, [&] { (void)other.all(); });
  pairs("stream", other.name(), 11, rows, [&] { (void)mine.stream(); }, [&] { (void)other.stream(); });
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  using namespace quarry::bench;
  const bool timed = argc == 2 && std::strcmp(argv[1], "time") == 0;
  if (!timed && (argc != 2 || std::strcmp(argv[1], "count") != 0)) {
    std::fprintf(stderr, "usage: compare_client count|time\n");
    return 2;
  }
  if (!timed) rows = 10'000;
  try {
    const char* const server = std::getenv("QUARRY_TEST_URL");
    const std::string url = server != nullptr && *server != '\0' ? server : "sqlite://:memory:";
    const ours mine(opened(url));
    for (const auto& other : others(url)) {
      check(mine, *other);
      if (timed) time(mine, *other);
      else count(other, other->name());
    }
    if (!timed) count(&mine, "Quarry");
    return 0;
  } catch (const quarry::error& e) {
    std::fprintf(stderr, "%s %s\n", e.what(), e.server_text().c_str());
    return 1;
  }
}

// Many threads on a small pool: reads, streams that are left half read, transactions that are undone, statements that are cancelled,
// connections that are killed. Every answer is compared with one that is known; there are never more connections than allowed.
// usage: soak_threads [SECONDS [THREADS [CONNECTIONS]]]    on the server beside it (tests/servers/server.sh), else on a SQLite file
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include <quarry/core/exec/core.hpp>
#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "support/plugins.hpp"
#include "support/visits.hpp"

namespace {

using namespace std::chrono_literals;
using blog::Author;
using blog::Blog;
using blog::Dog;
using blog::Entry;
using blog::Poll;
using quarry::Count;
using quarry::Max;
using quarry::Sum;
using quarry::operator""_a;
using quarry::operator""_f;

constexpr int blogs = 20, entries = 1000, stream_rows = 20'000;

// ---------------------------------------------------------------- rows whose values are known

std::int64_t blog_of(std::int64_t entry) { return (entry - 1) % blogs + 1; }
int rating_of(std::int64_t entry) { return static_cast<int>(entry % 6); }
std::string headline_of(std::int64_t entry) { return "Entry " + std::to_string(entry) + " ✓"; }
quarry::date published(std::int64_t entry) {
  return quarry::date(std::chrono::local_days(2008y / 1 / 1) + std::chrono::days(entry % 500));
}

void fill(const quarry::database& db, int threads) {
  db.create_tables<blog::blog_schema>();
  quarry::test::make_visits(db, stream_rows);
  db.atomic([&](quarry::transaction& tx) {
    for (int b = 1; b <= blogs; ++b) tx.objects<Blog>().create({.name = "Blog " + std::to_string(b), .tagline = ""});
    for (int e = 1; e <= entries; ++e)
      tx.objects<Entry>().create({.blog = blog_of(e),
                                  .headline = headline_of(e),
                                  .pub_date = published(e),
                                  .mod_date = published(e),
                                  .number_of_comments = e,
                                  .rating = rating_of(e)});
    for (int t = 0; t < threads; ++t) tx.objects<Poll>().create({.question = "0", .pub_date = 2008y / 1 / 1});
    tx.objects<Dog>().create({.name = "0"});
  });
}

// ---------------------------------------------------------------- what all threads share

/// Thrown by a transaction to be undone.
struct undo {};

struct soak {
  soak(quarry::database db_, quarry::database narrow_)
      : db(std::move(db_)),
        narrow(std::move(narrow_)),
        product(db.product()),
        shared(db.objects<Entry>().filter("blog"_f = 1).order_by("id")) {}

  quarry::database db;
  quarry::database narrow;  ///< of one connection, for which nobody waits long
  std::string product;
  quarry::query_set<Entry> shared;  ///< its rows are read by all threads at once
  std::mutex rare;  ///< held by jobs that need a second connection while they have one
  std::atomic<std::int64_t> wrong{0}, added{0}, gave_up{0}, cancelled{0}, timed_out{0}, killed{0};

  bool is(std::string_view name) const { return product.starts_with(name); }
  void report(const std::string& what) {
    const std::lock_guard lock(output_);
    if (++wrong <= 20) std::cout << what << std::endl;
  }

 private:
  std::mutex output_;
};

/// A statement that ends by itself only after minutes.
std::string endless(const soak& all) {
  if (all.is("PostgreSQL")) return "SELECT 1 FROM pg_sleep(600)";
  if (all.is("SQLite"))
    return "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 100000000000) SELECT count(*) "
           "FROM g";
  return "SELECT sum(seq * seq % 7) FROM seq_1_to_100000000000";
}

class worker {
 public:
  worker(soak& all, int number) : all_(all), number_(number), random_(static_cast<std::uint64_t>(number)) {}

  void run_until(std::chrono::steady_clock::time_point end) {
    while (std::chrono::steady_clock::now() < end && all_.wrong < 20) {
      const job& next = jobs[pick()];
      try {
        (this->*next.work)();
        ++done;
      } catch (const quarry::error& e) {
        all_.report(fmt::format("{}: {} {}", next.name, e.what(), e.server_text()));
      } catch (const std::exception& e) {
        all_.report(fmt::format("{}: {}", next.name, e.what()));
      }
    }
    job_check_own_row();
  }

  std::int64_t done = 0;

 private:
  struct job {
    const char* name;
    int weight;
    void (worker::*work)();
  };
  static const std::vector<job> jobs;

  std::size_t pick() {
    static const int total = [] {
      int sum = 0;
      for (const job& j : jobs) sum += j.weight;
      return sum;
    }();
    std::int64_t at = below(total);
    for (std::size_t i = 0;; ++i)
      if ((at -= jobs[i].weight) < 0) return i;
  }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }
  void expect(bool good, std::string_view what) {
    if (!good) all_.report(fmt::format("{}: not the answer that is known", what));
  }
  void check(const Entry& e, std::int64_t id) {
    expect(e.id.value() == id && e.blog.id() == blog_of(id) && e.headline == headline_of(id) &&
               e.pub_date == published(id) && e.number_of_comments == id && e.rating == rating_of(id),
           "an entry");
  }

  // --- reads

  void job_get() {
    const std::int64_t id = below(entries) + 1;
    check(all_.db.objects<Entry>().get("pk"_f = id), id);
  }

  void job_no_such_row() {
    try {
      (void)all_.db.objects<Entry>().get("pk"_f = entries + 1 + below(1000));
    } catch (const quarry::does_not_exist&) {
      return;
    }
    expect(false, "a row that is not there");
  }

  void job_joined() {
    const std::int64_t id = below(entries) + 1;
    const auto rows = all_.db.objects<Entry>().select_related<"blog">().filter("id"_f = id).rows();
    expect(rows.size() == 1 && rows[0].blog->name == "Blog " + std::to_string(blog_of(id)), "a joined row");
  }

  void job_shared_rows() {
    const quarry::query_set<Entry> mine = all_.shared;  // the first thread fetches, for all
    expect(mine.rows().size() == entries / blogs, "rows that are shared");
    check(mine.rows()[3], 61);
    expect(mine.count() == entries / blogs, "their count");
  }

  // Hundreds of different shapes: plans come and go.
  void job_random_query() {
    const auto bits = static_cast<unsigned>(below(64));
    const int rating = static_cast<int>(below(6));
    const std::int64_t blog = below(blogs) + 1;
    std::vector<std::int64_t> some(static_cast<std::size_t>(below(40) + 1));
    for (std::int64_t& id : some) id = below(entries) + 1;
    const auto wanted = [&](std::int64_t id) {
      return ((bits & 1U) == 0 || rating_of(id) >= rating) && ((bits & 2U) == 0 || blog_of(id) == blog) &&
          ((bits & 4U) == 0 || std::ranges::find(some, id) != some.end()) && ((bits & 8U) == 0 || id % 10 != 7) &&
          ((bits & 16U) == 0 || published(id).year() == 2008y) && ((bits & 32U) == 0 || blog_of(id) <= blog);
    };
    quarry::query_set<Entry> q = all_.db.objects<Entry>();
    if (bits & 1U) q = q.filter("rating__gte"_f = rating);
    if (bits & 2U) q = q.filter("blog__name"_f = "Blog " + std::to_string(blog));
    if (bits & 4U) q = q.filter("id__in"_f = some);
    if (bits & 8U) q = q.exclude("headline__endswith"_f = "7 ✓");
    if (bits & 16U) q = q.filter("pub_date__year"_f = 2008);
    if (bits & 32U) q = q.filter("blog__id__lte"_f = blog);
    std::vector<std::int64_t> ids;
    for (std::int64_t id = 1; id <= entries; ++id)
      if (wanted(id)) ids.push_back(id);
    switch (below(4)) {
      case 0: expect(q.count() == static_cast<std::int64_t>(ids.size()), "a count"); break;
      case 1: expect(q.exists() == !ids.empty(), "is there one?"); break;
      case 2: {
        const std::size_t most = static_cast<std::size_t>(below(30)) + 1;
        std::ranges::reverse(ids);
        if (ids.size() > most) ids.resize(most);
        const auto found = q.order_by("-id").slice(0, static_cast<std::int64_t>(most)).values_flat<"id">().rows();
        expect(std::ranges::equal(found, ids), "the last of a query");
        break;
      }
      default: {
        std::ranges::sort(ids, {}, [&](std::int64_t id) { return std::pair(rating_of(id), id); });
        const auto found = q.order_by("rating", "id").rows();
        expect(std::ranges::equal(found, ids, {}, [](const Entry& e) { return e.id.value(); }), "rows in order");
      }
    }
  }

  void job_groups() {
    std::int64_t b = 0;
    for (const auto& row : all_.db.objects<Blog>()
                               .annotate("n"_a = Count("entry"_f), "sum"_a = Sum("entry__number_of_comments"_f))
                               .order_by("id")) {
      ++b;
      const std::int64_t each = entries / blogs;  // b, b + blogs, b + 2 * blogs, …
      expect(row.get<"n">() == each && row.get<"sum">() == each * b + blogs * each * (each - 1) / 2, "a group");
    }
    expect(b == blogs, "groups");
  }

  void job_aggregate() {
    const int rating = static_cast<int>(below(6));
    std::int64_t count = 0, most = 0;
    for (std::int64_t id = 1; id <= entries; ++id)
      if (rating_of(id) == rating) ++count, most = id;
    const auto found = all_.db.objects<Entry>()
                           .filter("rating"_f = rating)
                           .aggregate("n"_a = Count("id"_f), "most"_a = Max("number_of_comments"_f));
    expect(found.get<"n">() == count && found.get<"most">() == most, "an aggregate");
  }

  // --- streams

  void job_stream_half() {
    std::int64_t left = below(3000), id = 0;
    for (const visits::Visit& v : all_.db.objects<visits::Visit>().order_by("id").stream()) {
      ++id;
      expect(v.id.value() == id && v.seconds == id % 600 && v.note.has_value() == (id % 2 == 0), "a row of a stream");
      if (left-- == 0) break;
    }
  }

  void job_stream_whole() { expect(quarry::test::stream_visits(all_.db).rows == stream_rows, "a whole stream"); }

  // Within a transaction, a stream that is still read while other statements run.
  void job_stream_among_others() {
    all_.db.atomic([&](quarry::transaction& tx) {
      std::int64_t id = 0;
      for (const Entry& e : tx.objects<Entry>().order_by("id").stream()) {
        check(e, ++id);
        if (id == 5) expect(tx.objects<Blog>().count() == blogs, "a count beside a stream");
        if (id == 600) break;
      }
    });
  }

  // --- transactions

  void job_undone() {
    const std::string name = fmt::format("thread {}", number_);
    try {
      all_.db.atomic([&](quarry::transaction& tx) {
        tx.objects<Author>().create({.name = name, .email = ""});
        expect(tx.objects<Author>().filter("name"_f = name).count() == 1, "a row of an open transaction");
        throw undo();
      });
    } catch (const undo&) {
      expect(all_.db.objects<Author>().filter("name"_f = name).count() == 0, "a row that was undone");
      return;
    }
    expect(false, "a transaction that was thrown out of");
  }

  void job_partly_undone() {
    all_.db.atomic([&](quarry::transaction& tx) {
      Poll own = tx.objects<Poll>().get("pk"_f = number_ + 1);
      own.question = std::to_string(polls_ + 1);
      tx.save(own);
      try {
        tx.atomic([&](quarry::transaction& inner) {
          own.question = "never";
          inner.save(own);
          throw undo();
        });
      } catch (const undo&) {
      }
    });
    ++polls_;
  }

  void job_check_own_row() {
    expect(all_.db.objects<Poll>().get("pk"_f = number_ + 1).question == std::to_string(polls_), "what was committed");
  }

  // Every thread adds to the one row: none of them may get lost.
  void job_add_to_shared_row() {
    all_.db.atomic([&](quarry::transaction& tx) {
      const auto rows = tx.objects<Dog>();
      Dog dog = all_.is("SQLite") ? rows.get("pk"_f = 1) : rows.select_for_update().get("pk"_f = 1);
      dog.name = std::to_string(std::stoll(dog.name) + 1);
      tx.save(dog);
    });
    ++all_.added;
  }

  void job_constraint() {
    try {
      all_.db.atomic([&](quarry::transaction& tx) {
        tx.objects<Entry>().create(
            {.blog = 999'999, .headline = "x", .pub_date = 2008y / 1 / 1, .mod_date = 2008y / 1 / 1});
      });
    } catch (const quarry::integrity_error&) {
      return;
    }
    expect(false, "a row that belongs to nothing");
  }

  // --- what goes wrong

  // Of one connection that a job holds. Throws quarry::error.
  std::string one(quarry::detail::lease& on, const std::string& sql) {
    const std::vector<quarry::ir::type> column{quarry::ir::type(quarry::ir::scalar::int64, true)};
    auto statement = quarry::unwrap(on->prepare(sql, {}, column));
    (void)quarry::unwrap(statement.execute({}));
    const auto batch = quarry::unwrap(statement.next(1));
    return batch.empty() ? std::string() : std::to_string(batch[0][0].v.i);
  }
  void run(quarry::detail::lease& on, const std::string& sql) {
    quarry::unwrap(quarry::detail::executor::plain(*all_.db.core(), *on, sql));
  }
  void fails(quarry::detail::lease& on, const std::string& sql, quarry::ir::diag wanted, std::string_view what) {
    try {
      one(on, sql);
    } catch (const quarry::error& e) {
      if (e.id() != wanted) all_.report(fmt::format("{}: {} {}", what, e.what(), e.server_text()));
      return;
    }
    expect(false, what);
  }

  void job_cancel() {
    const std::unique_lock alone(all_.rare, std::try_to_lock);
    if (!alone) return;
    quarry::detail::lease held = quarry::unwrap(all_.db.core()->take());
    std::atomic<bool> over = false;
    std::thread other([&] {
      while (!over) {
        std::this_thread::sleep_for(10ms);
        if (!over && !held->cancel()) all_.report("a statement can't be cancelled");
      }
    });
    fails(held, endless(all_), quarry::ir::diag::database_interrupted, "a statement that is cancelled");
    over = true;
    other.join();
    expect(one(held, "SELECT 7") == "7", "the connection of a cancelled statement");
    ++all_.cancelled;
  }

  void job_timeout() {
    if (all_.is("SQLite")) return;
    const bool postgresql = all_.is("PostgreSQL");
    quarry::detail::lease held = quarry::unwrap(all_.db.core()->take());
    run(held, postgresql ? "SET statement_timeout = '20ms'" : "SET max_statement_time = 0.02");
    fails(held, endless(all_), quarry::ir::diag::database_timeout, "a statement that takes too long");
    run(held, postgresql ? "SET statement_timeout = 0" : "SET max_statement_time = 0");
    ++all_.timed_out;
  }

  // An administrator ends a connection: its next statement says so, and the pool takes another in its place.
  void job_kill() {
    if (all_.is("SQLite")) return;
    const bool postgresql = all_.is("PostgreSQL");
    const std::unique_lock alone(all_.rare, std::try_to_lock);
    if (!alone) return;
    quarry::detail::lease victim = quarry::unwrap(all_.db.core()->take());
    const std::string id = one(victim, postgresql ? "SELECT pg_backend_pid()" : "SELECT connection_id()");
    {
      quarry::detail::lease other = quarry::unwrap(all_.db.core()->take());
      if (postgresql) one(other, "SELECT CAST(pg_terminate_backend(" + id + ", 10000) AS integer)");
      else run(other, "KILL " + id);
    }
    if (!postgresql) std::this_thread::sleep_for(50ms);  // its end is not waited for
    fails(victim, "SELECT 7", quarry::ir::diag::database_connection_lost, "a statement on a killed connection");
    ++all_.killed;
  }

  // One connection for all threads, which wait for it for a moment only.
  void job_narrow() {
    const std::int64_t id = below(entries) + 1;
    try {
      check(all_.narrow.objects<Entry>().get("pk"_f = id), id);
    } catch (const quarry::operational_error& e) {
      if (e.id() != quarry::ir::diag::database_timeout) throw;
      ++all_.gave_up;
    }
  }

  soak& all_;
  int number_;
  std::mt19937_64 random_;
  std::int64_t polls_ = 0;  // changes that this thread made in its own row
};

const std::vector<worker::job> worker::jobs = {
    {"get", 200, &worker::job_get},
    {"no such row", 20, &worker::job_no_such_row},
    {"joined", 60, &worker::job_joined},
    {"shared rows", 40, &worker::job_shared_rows},
    {"random query", 300, &worker::job_random_query},
    {"groups", 30, &worker::job_groups},
    {"aggregate", 60, &worker::job_aggregate},
    {"stream, half", 30, &worker::job_stream_half},
    {"stream, whole", 3, &worker::job_stream_whole},
    {"stream among others", 20, &worker::job_stream_among_others},
    {"undone", 30, &worker::job_undone},
    {"partly undone", 30, &worker::job_partly_undone},
    {"own row", 20, &worker::job_check_own_row},
    {"shared row", 30, &worker::job_add_to_shared_row},
    {"constraint", 20, &worker::job_constraint},
    {"cancel", 10, &worker::job_cancel},
    {"timeout", 5, &worker::job_timeout},
    {"kill", 5, &worker::job_kill},
    {"narrow", 40, &worker::job_narrow},
};

/// Connections that this process has open: sockets, or descriptors of the file. Sockets that it was given do not count.
int open_connections(const std::string& file) {
  int count = 0;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (!gone && (file.empty() ? target.starts_with("socket:") : target == file)) ++count;
  }
  return count;
}

int soak_threads(const std::string& url, const std::string& file, std::chrono::seconds length, int threads,
                 std::uint32_t connections) {
  const int before = open_connections(file);
  bool good = true;
  {
    soak all(quarry::database::open(url, {.compile = {}, .connections = connections, .wait = 120s}),
             quarry::database::open(url, {.compile = {}, .connections = 1, .wait = 2ms}));
    fill(all.db, threads);
    std::vector<worker> workers;
    for (int t = 0; t < threads; ++t) workers.emplace_back(all, t);
    const auto end = std::chrono::steady_clock::now() + length;
    std::vector<std::thread> running;
    for (worker& w : workers) running.emplace_back([&w, end] { w.run_until(end); });
    int most = 0;
    while (std::chrono::steady_clock::now() < end) {
      most = std::max(most, open_connections(file) - before);
      std::this_thread::sleep_for(20ms);
    }
    for (std::thread& t : running) t.join();

    std::int64_t done = 0;
    for (const worker& w : workers) done += w.done;
    if (all.db.objects<Dog>().get("pk"_f = 1).name != std::to_string(all.added)) all.report("additions were lost");
    const int left = open_connections(file) - before;
    const int allowed = static_cast<int>(connections) + 1;  // with that of `narrow`
    std::cout
        << fmt::format(
               "{}: {} threads on {} connections, {} s: {} jobs, {} cancelled, {} timed out, {} killed, {} gave up "
               "waiting; {} plans made, {} found; at most {} connections at once, {} of them at the end; {} wrong",
               all.product, threads, connections, length.count(), done, all.cancelled.load(), all.timed_out.load(),
               all.killed.load(), all.gave_up.load(), all.db.plan_cache_misses(), all.db.plan_cache_hits(), most, left,
               all.wrong.load())
        << std::endl;
    // What cancels has a connection of its own for a moment.
    good = all.wrong == 0 && most <= allowed + 1 && left <= allowed && all.cancelled > 0;
  }
  if (const int left = open_connections(file) - before; left != 0) {
    std::cout << left << " connections were left open" << std::endl;
    good = false;
  }
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, int otherwise) { return argc > at ? std::atoi(argv[at]) : otherwise; };
  quarry::test::use_built_plugins();
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("quarry-soak-" + std::to_string(::getpid()));
  const char* const server = std::getenv("QUARRY_TEST_URL");
  std::string url, file;
  if (server != nullptr && *server != '\0') {
    url = server;
  } else {
    std::filesystem::create_directories(folder);
    file = (folder / "soak.db").string();
    url = "sqlite:///" + file + "?synchronous=off&busy_timeout=60000";
  }
  int status = 1;
  try {
    status = soak_threads(url, file, std::chrono::seconds(argument(1, 60)), argument(2, 64),
                          static_cast<std::uint32_t>(argument(3, 8)));
  } catch (const quarry::error& e) {
    std::cout << e.what() << ' ' << e.server_text() << std::endl;
  }
  std::filesystem::remove_all(folder);
  return status;
}

// Databases and transactions, on a real database: the plugin of the build tree.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include <quarry/core/exec/core.hpp>
#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "support/plugins.hpp"
#include "support/visits.hpp"

namespace {

using namespace std::chrono_literals;
using blog::Author;
using blog::Blog;
using blog::Entry;
using quarry::operator""_f;

class a_database : public testing::Test {
 protected:
  a_database() {
    quarry::test::use_built_plugins();
    folder = std::filesystem::temp_directory_path() /
        ("quarry-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
    std::filesystem::create_directories(folder);
  }
  ~a_database() override { std::filesystem::remove_all(folder); }
  std::string url(const char* file = "blog.db") const { return "sqlite:///" + (folder / file).string(); }
  quarry::database open(quarry::database_options options = {}) const {
    quarry::database db = quarry::database::open(url(), options);
    db.create_tables<blog::blog_schema>();
    return db;
  }
  static quarry::database_options one_connection() {
    quarry::database_options options;
    options.connections = 1;
    return options;
  }
  static Blog beatles(const quarry::database& db) {
    return db.objects<Blog>().create({.name = "Beatles Blog", .tagline = "news"});
  }
  static inline std::atomic<int> counter{0};
  std::filesystem::path folder;
};

TEST_F(a_database, keeps_what_is_saved) {
  {
    const quarry::database db = open();
    Blog b{.name = "Beatles Blog", .tagline = "All the latest Beatles news."};
    db.save(b);
    EXPECT_EQ(b.id.value(), 1);
    Entry e{.blog = b, .headline = "What's up, Paul? ✓", .pub_date = 2008y / 6 / 1, .mod_date = 2008y / 6 / 2};
    db.save(e);
  }
  const quarry::database again = quarry::database::open(url());
  const Entry e = again.objects<Entry>().get("blog__name"_f = "Beatles Blog");
  EXPECT_EQ(e.headline, "What's up, Paul? ✓");
  EXPECT_EQ(e.pub_date, 2008y / 6 / 1);
  EXPECT_EQ(e.rating, 5);
  EXPECT_EQ(e.blog.id(), 1);
}

TEST_F(a_database, saves_again_as_an_update) {
  const quarry::database db = open();
  Blog b = beatles(db);
  b.tagline = "old news";
  db.save(b);
  EXPECT_EQ(db.objects<Blog>().count(), 1);
  EXPECT_EQ(db.objects<Blog>().get("pk"_f = 1).tagline, "old news");
}

TEST_F(a_database, inserts_an_object_whose_key_has_no_row) {
  const quarry::database db = open();
  Blog b{.id = 42, .name = "given", .tagline = ""};
  db.save(b);
  EXPECT_EQ(db.objects<Blog>().get("pk"_f = 42).name, "given");
}

TEST_F(a_database, commits_a_transaction_that_returns) {
  const quarry::database db = open();
  const std::int64_t id = db.atomic([](quarry::transaction& tx) {
    Blog b{.name = "in", .tagline = ""};
    tx.save(b);
    return b.id.value();
  });
  EXPECT_EQ(db.objects<Blog>().get("pk"_f = id).name, "in");
}

TEST_F(a_database, undoes_a_transaction_that_throws) {
  const quarry::database db = open();
  EXPECT_THROW(db.atomic([](quarry::transaction& tx) {
    Blog b{.name = "out", .tagline = ""};
    tx.save(b);
    EXPECT_EQ(tx.objects<Blog>().count(), 1);
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(db.objects<Blog>().count(), 0);
}

TEST_F(a_database, undoes_an_inner_part_alone) {
  const quarry::database db = open();
  db.atomic([](quarry::transaction& tx) {
    Blog outer{.name = "outer", .tagline = ""};
    tx.save(outer);
    EXPECT_THROW(tx.atomic([](quarry::transaction& inner) {
      Blog b{.name = "inner", .tagline = ""};
      inner.save(b);
      throw std::runtime_error("no");
    }),
                 std::runtime_error);
    tx.atomic([](quarry::transaction& inner) {
      Blog b{.name = "second", .tagline = ""};
      inner.save(b);
    });
  });
  std::vector<std::string> names;
  for (const auto& [name] : db.objects<Blog>().order_by("name").values_list<"name">()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"outer", "second"}));
}

TEST_F(a_database, sees_rows_whose_keys_wait_for_the_commit) {
  const quarry::database db = open();
  const auto entries = [](const auto& source) { return source.template objects<Entry>(); };
  const auto headlines = [&](const auto& source) {
    std::vector<std::string> out;
    for (const Entry& e : entries(source).order_by("blog__name", "headline")) out.push_back(e.headline);
    return out;
  };
  const auto others = [&](const auto& source) { return entries(source).exclude("authors__name"_f = "Paul").count(); };
  Author paul{.name = "Paul", .email = "paul@example.com"};
  db.save(paul);
  EXPECT_TRUE(headlines(db).empty());
  EXPECT_EQ(others(db), 0);
  db.atomic([&](quarry::transaction& tx) {
    Entry e{.headline = "early", .pub_date = 2008y / 6 / 1, .mod_date = 2008y / 6 / 2};
    e.blog = quarry::foreign_key<Blog>(7);
    tx.save(e);
    // The blog comes later: no order and no condition drops the entry for that.
    EXPECT_EQ(headlines(tx), std::vector<std::string>{"early"});
    EXPECT_EQ(others(tx), 1);
    EXPECT_EQ(entries(tx).exclude("blog__name"_f = "late").count(), 1);
    Blog b{.id = 7, .name = "late", .tagline = ""};
    tx.save(b);
    EXPECT_EQ(entries(tx).exclude("blog__name"_f = "late").count(), 0);
  });
  EXPECT_EQ(headlines(db), std::vector<std::string>{"early"});
  EXPECT_EQ(entries(db).filter("blog__name"_f = "late").count(), 1);
}

TEST_F(a_database, is_refused_while_its_transaction_is_open_on_this_thread) {
  const quarry::database db = open();
  db.atomic([&](quarry::transaction& tx) {
    EXPECT_EQ(tx.objects<Blog>().count(), 0);
    EXPECT_THROW(db.objects<Blog>().count(), quarry::transaction_error);
    std::thread([&] { EXPECT_EQ(db.objects<Blog>().count(), 0); }).join();
  });
  EXPECT_EQ(db.objects<Blog>().count(), 0);
}

TEST_F(a_database, refuses_a_query_of_an_ended_transaction) {
  const quarry::database db = open();
  std::optional<quarry::query_set<Blog>> kept;
  db.atomic([&](quarry::transaction& tx) { kept = tx.objects<Blog>(); });
  EXPECT_THROW(kept->count(), quarry::transaction_error);
}

TEST_F(a_database, says_which_constraint_a_row_violates) {
  const quarry::database db = open();
  Entry orphan{.blog = 999, .headline = "x", .pub_date = 2008y / 6 / 1, .mod_date = 2008y / 6 / 1};
  try {
    db.save(orphan);
    FAIL() << "the foreign key is not enforced";
  } catch (const quarry::integrity_error& e) {
    EXPECT_EQ(e.id(), quarry::ir::diag::database_foreign_key);
    EXPECT_EQ(std::string(e.what()).find("999"), std::string::npos) << "no value in a message";
  }
}

TEST_F(a_database, tells_an_observer_each_statement) {
  const quarry::database db = open();
  std::vector<std::string> seen;
  db.observe([&](std::string_view sql, const std::vector<std::string>& values) {
    std::string line(sql);
    for (const std::string& v : values) line += " | " + v;
    seen.push_back(line);
  });
  EXPECT_EQ(db.objects<Blog>().filter("name"_f = "x").count(), 0);
  db.observe(nullptr);
  EXPECT_EQ(db.objects<Blog>().count(), 0);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0], "SELECT count(*) FROM \"blog_blog\" WHERE \"name\" = ?1 | \"x\"");
}

TEST_F(a_database, compiles_a_query_once) {
  const quarry::database db = open();
  beatles(db);
  const std::uint64_t misses = db.plan_cache_misses();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(db.objects<Blog>().filter("id"_f = i).count(), i == 1 ? 1 : 0);
  EXPECT_EQ(db.plan_cache_misses(), misses + 1);
}

TEST_F(a_database, answers_queries_about_other_queries) {
  const quarry::database db = open();
  const Blog first = beatles(db);
  const Blog second = db.objects<Blog>().create({.name = "Cheddar Talk", .tagline = "cheese"});
  for (const auto& [blog, rating, day] :
       {std::tuple(first, 5, 1), std::tuple(first, 4, 8), std::tuple(second, 3, 30)}) {
    Entry e{.blog = blog, .headline = "h", .rating = rating};
    e.pub_date = e.mod_date = quarry::date(2008y / 6 / day);
    db.save(e);
  }
  const auto good = db.objects<Entry>().filter("rating__gt"_f = 3);
  EXPECT_EQ(db.objects<Blog>().filter("entry__in"_f = good).distinct().count(), 1);
  EXPECT_EQ(db.objects<Blog>().exclude("pk__in"_f = good.values_list<"blog">()).get().id, 2);
  EXPECT_EQ(db.objects<Entry>()
                .filter("rating__lt"_f = db.objects<Entry>().order_by("rating").values_list<"rating">().slice(1, 2))
                .get()
                .id,
            3);
  const auto either = db.objects<Entry>().filter("rating"_f = 5) | db.objects<Entry>().filter("blog"_f = second);
  EXPECT_EQ(either.order_by(quarry::F("rating"_f).desc(quarry::nulls::last)).rows().at(1).id, 3);
  EXPECT_EQ((good & db.objects<Entry>().filter("rating__lt"_f = 5)).get().id, 2);
  EXPECT_EQ(db.objects<Entry>().dates<"pub_date">(quarry::date_part::month).rows(),
            (std::vector<quarry::date>{2008y / 6 / 1}));
  EXPECT_EQ(db.objects<Entry>().latest("pub_date").id, 3);
  EXPECT_TRUE(either.contains(db.objects<Entry>().get("pk"_f = 1)));
  EXPECT_FALSE(either.contains(db.objects<Entry>().get("pk"_f = 2)));
  for (const Entry& e : db.objects<Entry>().filter("blog"_f = second).select_related<"blog">())
    EXPECT_EQ(e.blog->name, "Cheddar Talk");
}

TEST_F(a_database, answers_queries_inside_a_loop_over_another_query) {
  quarry::database_options one;
  one.connections = 1;
  one.wait = 200ms;
  const quarry::database db = open(one);
  const Blog b = beatles(db);
  for (int i = 0; i < 3; ++i)
    db.objects<Entry>().create({.blog = b, .headline = "h", .pub_date = 2008y / 6 / 1, .mod_date = 2008y / 6 / 1});
  int seen = 0;
  for (const Entry& e : db.objects<Entry>())
    seen += static_cast<int>(db.objects<Blog>().filter("pk"_f = e.blog.id()).count());
  EXPECT_EQ(seen, 3);
}

TEST_F(a_database, answers_a_query_inside_a_loop_over_the_same_query) {
  const quarry::database db = open(one_connection());
  for (int i = 0; i < 600; ++i) beatles(db);
  const auto query = db.objects<Blog>().order_by("pk");
  db.atomic([&](quarry::transaction& tx) {
    const quarry::detail::chain& chain = query.chain();
    const auto read = [](quarry::detail::cursor& from) {
      const std::span<const quarry_cell> cells = from.next();
      return cells.empty() ? 0 : cells[0].v.i;
    };
    quarry::detail::cursor outer = tx.session()->run(chain);
    for (std::int64_t i = 1; i <= 300; ++i) ASSERT_EQ(read(outer), i);
    {
      quarry::detail::cursor inner = tx.session()->run(chain);
      for (std::int64_t i = 1; i <= 300; ++i) ASSERT_EQ(read(inner), i);
    }  // left before its end
    quarry::detail::cursor again = tx.session()->run(chain);
    for (std::int64_t i = 301; i <= 600; ++i) ASSERT_EQ(read(outer), i);
    EXPECT_EQ(read(outer), 0);
    for (std::int64_t i = 1; i <= 600; ++i) ASSERT_EQ(read(again), i);
    EXPECT_EQ(read(again), 0);
  });
}

TEST_F(a_database, runs_a_query_again_after_its_table_was_made_anew) {
  const quarry::database db = open(one_connection());
  beatles(db);
  const auto named = [&] { return db.objects<Blog>().get("pk"_f = 1).name; };
  EXPECT_EQ(named(), "Beatles Blog");
  const auto run = [&](const std::string& sql) {
    quarry::detail::lease connection = quarry::unwrap(db.core()->take());
    quarry::unwrap(quarry::detail::executor::plain(*db.core(), *connection, sql));
  };
  run("DROP TABLE blog_blog");
  EXPECT_THROW(named(), quarry::error);
  EXPECT_THROW(named(), quarry::error);
  run("CREATE TABLE blog_blog (tagline TEXT NOT NULL, name TEXT NOT NULL, id INTEGER PRIMARY KEY)");
  run("INSERT INTO blog_blog (id, name, tagline) VALUES (1, 'Pop Blog', '')");
  EXPECT_EQ(named(), "Pop Blog");
}

TEST_F(a_database, runs_a_query_again_with_other_values_after_one_that_failed) {
  const quarry::database db = open(one_connection());
  beatles(db);
  const auto save = [&](std::int64_t blog) {
    return db.objects<Entry>().create(
        {.blog = blog, .headline = "x", .pub_date = 2008y / 6 / 1, .mod_date = 2008y / 6 / 2});
  };
  save(1);
  EXPECT_THROW(save(2), quarry::integrity_error);
  EXPECT_EQ(save(1).id.value(), 2);
  EXPECT_EQ(db.objects<Entry>().count(), 2);
}

TEST_F(a_database, keeps_statements_of_more_queries_than_it_has_places_for) {
  const quarry::database db = open(one_connection());
  const Blog b = beatles(db);
  for (int round = 0; round < 3; ++round)
    for (int bits = 0; bits < 256; ++bits) {
      auto query = db.objects<Blog>();
      for (int bit = 0; bit < 8; ++bit)
        query = (bits >> bit & 1) != 0 ? query.filter("name"_f = b.name) : query.filter("tagline"_f = b.tagline);
      ASSERT_EQ(query.get().id, b.id);
    }
}

TEST_F(a_database, says_that_there_are_several_rows_and_is_free_again) {
  const quarry::database db = open(one_connection());
  beatles(db), beatles(db);
  EXPECT_THROW(db.objects<Blog>().get(), quarry::multiple_objects_returned);
  EXPECT_THROW(db.objects<Blog>().get_or_none("name"_f = "Beatles Blog"), quarry::multiple_objects_returned);
  EXPECT_EQ(db.objects<Blog>().first()->id.value(), 1);
  EXPECT_EQ(db.objects<Blog>().count(), 2);
}

TEST_F(a_database, gives_the_rows_of_a_query_set_that_goes_away) {
  const quarry::database db = open();
  beatles(db), beatles(db);
  const std::vector<Blog> all = db.objects<Blog>().order_by("pk").rows();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].id.value(), 2);
  std::int64_t sum = 0;
  for (const Blog& b : db.objects<Blog>().all().rows()) sum += b.id.value();
  EXPECT_EQ(sum, 3);
  // A copy of the handle knows them too: they are fetched once.
  auto query = db.objects<Blog>().all();
  const auto copy = query;
  EXPECT_EQ(std::move(query).rows().size(), 2U);
  beatles(db);
  EXPECT_EQ(copy.rows().size(), 2U);
}

TEST_F(a_database, in_memory_is_one_database_for_all_its_queries) {
  const quarry::database db = quarry::database::open("sqlite://:memory:");
  db.create_tables<blog::blog_schema>();
  beatles(db);
  EXPECT_EQ(db.objects<Blog>().count(), 1);
  db.atomic([](quarry::transaction& tx) { EXPECT_EQ(tx.objects<Blog>().count(), 1); });
  std::thread([&] { EXPECT_EQ(db.objects<Blog>().count(), 1); }).join();
}

TEST_F(a_database, serves_many_threads) {
  quarry::database_options few;
  few.connections = 3;
  const quarry::database db = open(few);
  const Blog b = beatles(db);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        if (t == 0)
          db.objects<Entry>().create(
              {.blog = b, .headline = "h", .pub_date = 2008y / 6 / 1, .mod_date = 2008y / 6 / 1});
        if (db.objects<Blog>().get("name"_f = "Beatles Blog").id.value() != b.id.value()) ++wrong;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(db.objects<Entry>().count(), 25);
}

TEST_F(a_database, gives_up_waiting_for_a_connection) {
  quarry::database_options one;
  one.connections = 1;
  one.wait = 50ms;
  const quarry::database db = open(one);
  db.atomic([&](quarry::transaction&) {
    std::thread([&] { EXPECT_THROW(db.objects<Blog>().count(), quarry::operational_error); }).join();
  });
  EXPECT_EQ(db.objects<Blog>().count(), 0);
}

TEST_F(a_database, streams_rows_through_a_cursor_that_outlives_its_handle) {
  auto db = std::make_unique<quarry::database>(open());
  db->atomic([](quarry::transaction& tx) {
    for (int i = 0; i < 600; ++i) tx.objects<Blog>().create({.name = std::to_string(i), .tagline = ""});
  });
  quarry::detail::cursor rows = db->session()->run(db->objects<Blog>().order_by("id").chain());
  db.reset();
  int seen = 0;
  for (auto row = rows.next(); !row.empty(); row = rows.next()) EXPECT_EQ(row[0].v.i, ++seen);
  EXPECT_EQ(seen, 600);
}

TEST_F(a_database, streams_a_million_rows_in_the_memory_of_a_batch) {
  const quarry::database db = quarry::database::open(url());
  constexpr std::int64_t rows = 1'000'000;
  quarry::test::make_visits(db, rows);
  const quarry::test::streamed_visits seen = quarry::test::stream_visits(db);
  EXPECT_EQ(seen.rows, rows);
  EXPECT_EQ(seen.notes, rows / 2);
  EXPECT_LT(seen.memory_growth, 16U << 20U);
}

TEST_F(a_database, finds_nothing_wrong_with_odd_names_and_values) {
  const quarry::database db = open();
  const std::string odd = "'; DROP TABLE blog_blog; -- \" \\ \n ☃";
  db.objects<Blog>().create({.name = odd, .tagline = ""});
  EXPECT_EQ(db.objects<Blog>().get("name"_f = odd).name, odd);
  EXPECT_EQ(db.objects<Blog>().filter("name__contains"_f = "☃").count(), 1);
  EXPECT_EQ(db.objects<Blog>().filter("name__contains"_f = "%").count(), 0)
      << "no wildcard of the database reaches the user";
}

TEST_F(a_database, tells_what_is_wrong_with_an_url) {
  EXPECT_THROW(quarry::database::open("nothing"), quarry::configuration_error);
  EXPECT_THROW(quarry::database::open("no-such-database://host/name"), quarry::configuration_error);
  EXPECT_THROW(quarry::database::open("sqlite:///" + (folder / "missing" / "dir" / "x.db").string()),
               quarry::operational_error);
  EXPECT_THROW(quarry::database::open(url() + "?no_such_option=1"), quarry::error);
}

TEST_F(a_database, reports_a_missing_table_as_the_databases_error) {
  const quarry::database db = quarry::database::open(url("empty.db"));
  EXPECT_THROW(db.objects<Blog>().count(), quarry::database_error);
}

TEST_F(a_database, is_found_by_objects_once_it_is_the_default) {
  EXPECT_THROW(quarry::objects<Blog>.count(), quarry::configuration_error);
  const quarry::database db = open();
  quarry::set_default(db);
  quarry::objects<Blog>.create({.name = "x", .tagline = ""});
  EXPECT_EQ(quarry::objects<Blog>.count(), 1);
  quarry::clear_default();
  EXPECT_THROW(quarry::objects<Blog>.count(), quarry::configuration_error);
}

}  // namespace

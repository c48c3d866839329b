// What atomic() promises on every database: isolation, reading alone, and what an error leaves possible.
#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <quarry/core/exec/core.hpp>
#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "servers/every/text_database.hpp"
#include "servers/server.hpp"
#include "support/plugins.hpp"
#include "support/visits.hpp"

namespace quarry::test {
namespace {

using namespace std::chrono_literals;
using blog::Blog;

Blog named(std::string name, std::int64_t id = 0) {
  Blog out{.name = std::move(name)};
  if (id != 0) out.id = id;
  return out;
}

class transactions : public testing::Test {
 protected:
  transactions() {
    use_built_plugins();
    db_.emplace(database::open(server_url()));
    db_->create_tables<blog::blog_schema>();
  }
  ~transactions() override {
    db_.reset();
    unwrap(detail::drop_tables(database::open(server_url()).core(), *catalog_of<blog::blog_schema>()));
  }
  const database& db() const { return *db_; }
  static bool is(std::string_view product) { return scheme() == product; }
  /// The diagnostic of what fails; nothing when it does not.
  template <class F>
  static std::optional<ir::diag> failure_of(F&& f) {
    try {
      f();
    } catch (const error& e) {
      last_ = e.what();
      return e.id();
    }
    return std::nullopt;
  }
  /// Breaks the block that it is asked in: a second row with the key of the first.
  static void repeat_a_key(const transaction& tx) {
    EXPECT_EQ(failure_of([&] { (void)tx.objects<Blog>().create(named("again", 1)); }), ir::diag::database_unique)
        << last_;
  }
  /// Rows of a condition of which one fails while it is read: the one with this id.
  static std::string failing_at(int id) {
    const std::string n = std::to_string(id);
    if (is("sqlite")) return "json(CASE WHEN id = " + n + " THEN '{' ELSE '{}' END) IS NOT NULL";
    return "(SELECT o.id FROM blog_blog o WHERE o.id <= CASE WHEN blog_blog.id = " + n + " THEN 2 ELSE 1 END) = 1";
  }
  /// One row, after a long time.
  static std::string slow() {
    return is("mariadb") ? "SELECT 1 AS id, sleep(30) AS name" : "SELECT 1 AS id, pg_sleep(30)::text AS name";
  }
  void make_blogs(int count) const {
    db().atomic([&](transaction& tx) {
      for (int i = 1; i <= count; ++i) tx.objects<Blog>().create(named("blog", i));
    });
  }
  std::int64_t count() const { return db().objects<Blog>().count(); }

  static inline std::string last_;
  std::optional<database> db_;
};

// ---------------------------------------------------------------- isolation

// Where a writer keeps all others out, nobody can commit in between: a level above the one that is asked for.
TEST_F(transactions, that_read_what_is_committed_see_it_at_the_next_statement) {
  const database other = database::open(server_url(is("sqlite") ? "busy_timeout=50" : ""));
  db().atomic({.isolation = isolation_level::read_committed}, [&](transaction& tx) {
    EXPECT_EQ(tx.objects<Blog>().count(), 0);
    const auto failed = failure_of([&] { (void)other.objects<Blog>().create(named("theirs")); });
    EXPECT_EQ(failed, is("sqlite") ? std::optional(ir::diag::database_timeout) : std::nullopt) << last_;
    EXPECT_EQ(tx.objects<Blog>().count(), is("sqlite") ? 0 : 1);
  });
}

TEST_F(transactions, that_read_repeatably_see_the_same_rows_again) {
  const database other = database::open(server_url(is("sqlite") ? "busy_timeout=50" : ""));
  for (const bool read_only : {true, false}) {
    const transaction_options how{.isolation = isolation_level::repeatable_read, .read_only = read_only};
    const std::int64_t before = count();
    db().atomic(how, [&](transaction& tx) {
      EXPECT_EQ(tx.objects<Blog>().count(), before);
      const auto failed = failure_of([&] { (void)other.objects<Blog>().create(named("theirs")); });
      if (!is("sqlite")) {
        EXPECT_EQ(failed, std::nullopt) << last_;
      }
      EXPECT_EQ(tx.objects<Blog>().count(), before);
    });
  }
  if (!is("sqlite")) {
    EXPECT_EQ(count(), 2);
  }
}

// Each counts the rows and adds one: one after the other, they could not both have seen none.
TEST_F(transactions, that_are_serializable_do_not_cross) {
  const transaction_options serializable{.isolation = isolation_level::serializable};
  const database other = database::open(server_url());
  const auto add = [](transaction& tx) {
    tx.objects<Blog>().create(named("after " + std::to_string(tx.objects<Blog>().count())));
  };
  std::future<std::optional<ir::diag>> theirs;
  const auto mine = failure_of([&] {
    db().atomic(serializable, [&](transaction& tx) {
      EXPECT_EQ(tx.objects<Blog>().count(), 0);
      theirs = std::async(std::launch::async, [&] { return failure_of([&] { other.atomic(serializable, add); }); });
      theirs.wait_for(500ms);
      tx.objects<Blog>().create(named("after 0"));
    });
  });
  const auto failed = theirs.get();
  EXPECT_FALSE(mine && failed);
  // Either one was refused and can be run again, or it had to wait for the other.
  if (failed) other.atomic(serializable, add);
  if (mine) db().atomic(serializable, add);
  EXPECT_EQ(db().objects<Blog>().filter("name"_f = "after 0").count(), 1);
  EXPECT_EQ(db().objects<Blog>().filter("name"_f = "after 1").count(), 1);
}

TEST_F(transactions, that_only_read_refuse_to_write) {
  const database db = database::open(server_url(), {.compile = {}, .connections = 1});
  EXPECT_EQ(failure_of([&] {
              db.atomic({.read_only = true}, [](transaction& tx) {
                EXPECT_EQ(tx.objects<Blog>().count(), 0);
                tx.objects<Blog>().create(named("no"));
              });
            }),
            ir::diag::database_read_only)
      << last_;
  EXPECT_EQ(count(), 0);
  db.atomic([](transaction& tx) { tx.objects<Blog>().create(named("yes")); });
  EXPECT_EQ(db.atomic({.read_only = true}, [](transaction& tx) { return tx.objects<Blog>().count(); }), 1);
  EXPECT_EQ(db.objects<Blog>().create(named("and outside")).name, "and outside");
  EXPECT_EQ(count(), 2);
}

TEST_F(transactions, take_their_options_from_the_outermost_block) {
  db().atomic([&](transaction& tx) {
    bool ran = false;
    const auto inner = [&](transaction&) { ran = true; };
    EXPECT_EQ(failure_of([&] { tx.atomic({.isolation = isolation_level::serializable}, inner); }),
              ir::diag::transaction_options_nested);
    EXPECT_NE(last_.find("the isolation level is chosen by the outermost atomic()"), std::string::npos) << last_;
    EXPECT_EQ(failure_of([&] { tx.atomic({.read_only = true}, inner); }), ir::diag::transaction_options_nested);
    EXPECT_FALSE(ran);
    tx.atomic(transaction_options{}, inner);
    EXPECT_TRUE(ran);
    EXPECT_EQ(tx.objects<Blog>().create(named("it goes on")).name, "it goes on");
  });
  EXPECT_EQ(count(), 1);
}

// ---------------------------------------------------------------- after an error

TEST_F(transactions, refuse_everything_after_an_error_of_the_database) {
  make_blogs(1);
  EXPECT_EQ(failure_of([&] {
              db().atomic([&](transaction& tx) {
                tx.objects<Blog>().create(named("lost", 2));
                repeat_a_key(tx);
                for (int i = 0; i < 2; ++i) {
                  EXPECT_EQ(failure_of([&] { (void)tx.objects<Blog>().count(); }), ir::diag::transaction_broken);
                  EXPECT_NE(last_.find("QRY4001"), std::string::npos) << last_;
                  EXPECT_NE(last_.find("inner atomic()"), std::string::npos) << last_;
                }
                EXPECT_THROW((void)tx.objects<Blog>().create(named("more")), transaction_error);
                EXPECT_THROW((void)tx.objects<Blog>().explain(), transaction_error);
                EXPECT_THROW((void)tx.objects<Blog>().stream(), transaction_error);
                EXPECT_THROW((void)tx.objects<Blog>().unsafe_raw("SELECT * FROM blog_blog").rows(), transaction_error);
                Blog known = named("changed", 1);
                EXPECT_THROW(tx.save(known), transaction_error);
                EXPECT_THROW(tx.atomic([](transaction&) {}), transaction_error);
                EXPECT_NE(tx.objects<Blog>().sql(), "") << "asks no database";
              });
            }),
            ir::diag::transaction_undone)
      << "the function returned, and nothing was committed";
  EXPECT_NE(last_.find("QRY4001"), std::string::npos) << last_;
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(db().objects<Blog>().get("pk"_f = 1).name, "blog");
}

TEST_F(transactions, hand_on_the_error_that_leaves_them) {
  make_blogs(1);
  EXPECT_EQ(failure_of([&] { db().atomic([](transaction& tx) { tx.objects<Blog>().create(named("again", 1)); }); }),
            ir::diag::database_unique);
}

TEST_F(transactions, go_on_after_an_inner_block_was_undone) {
  make_blogs(1);
  db().atomic([&](transaction& tx) {
    tx.objects<Blog>().create(named("before", 2));
    for (std::int64_t id = 3; id < 6; ++id) {
      EXPECT_EQ(failure_of([&] {
                  tx.atomic([&](transaction& inner) {
                    inner.objects<Blog>().create(named("undone", id));
                    inner.objects<Blog>().create(named("again", 1));
                  });
                }),
                ir::diag::database_unique);
      EXPECT_EQ(tx.objects<Blog>().count(), 2);
    }
    EXPECT_EQ(failure_of([&] {
                tx.atomic([&](transaction& inner) {
                  repeat_a_key(inner);
                  EXPECT_THROW((void)inner.objects<Blog>().count(), transaction_error);
                });
              }),
              ir::diag::transaction_undone)
        << "an inner block that hides its error";
    EXPECT_EQ(tx.objects<Blog>().count(), 2);
    tx.atomic([](transaction& outer) {
      EXPECT_EQ(failure_of([&] { outer.atomic([](transaction& inner) { repeat_a_key(inner); }); }),
                ir::diag::transaction_undone);
      outer.objects<Blog>().create(named("inner", 3));
    });
  });
  EXPECT_EQ(count(), 3);
}

TEST_F(transactions, are_not_broken_by_what_never_reached_the_database) {
  db().atomic([&](transaction& tx) {
    EXPECT_EQ(failure_of([&] { (void)tx.objects<Blog>().get("pk"_f = 99); }), ir::diag::does_not_exist);
    EXPECT_EQ(failure_of([&] { (void)tx.objects<Blog>().explain({.format = "song"}); }), ir::diag::explain_format);
    EXPECT_THROW((void)tx.objects<Blog>().slice(-1), value_error);
    tx.objects<Blog>().create(named("kept"));
  });
  EXPECT_EQ(count(), 1);
}

TEST_F(transactions, are_broken_by_statements_that_cannot_be_prepared) {
  EXPECT_EQ(failure_of([&] {
              db().atomic([&](transaction& tx) {
                EXPECT_THROW((void)tx.objects<Blog>().unsafe_raw("SELECT id FROM no_such_table").rows(),
                             database_error);
                EXPECT_EQ(failure_of([&] { (void)tx.objects<Blog>().count(); }), ir::diag::transaction_broken);
              });
            }),
            ir::diag::transaction_undone);
}

TEST_F(transactions, are_broken_by_a_stream_that_fails_on_its_way) {
  make_blogs(1000);
  db().atomic([&](transaction& tx) {
    EXPECT_THROW(tx.atomic([](transaction& inner) {
      int rows = 0;
      try {
        for (const Blog& b : inner.objects<Blog>().unsafe_where(failing_at(900)).order_by("id").stream())
          rows += b.id.value() > 0;
        ADD_FAILURE() << "the stream ended after " << rows;
      } catch (const database_error&) {
      }
      EXPECT_EQ(failure_of([&] { (void)inner.objects<Blog>().count(); }), ir::diag::transaction_broken);
    }),
                 transaction_error);
    EXPECT_EQ(tx.objects<Blog>().count(), 1000);
  });
}

TEST_F(transactions, stop_streams_that_are_half_read_when_they_break) {
  make_blogs(1000);
  EXPECT_THROW(db().atomic([&](transaction& tx) {
    auto stream = tx.objects<Blog>().order_by("id").stream();
    repeat_a_key(tx);
    int rows = 0;
    EXPECT_EQ(failure_of([&] {
                for (const Blog& b : stream) rows += b.id.value() > 0;
              }),
              ir::diag::transaction_broken);
    EXPECT_LT(rows, 1000);
  }),
               transaction_error);
  EXPECT_EQ(count(), 1000);
}

TEST_F(transactions, go_on_with_streams_that_an_undone_inner_block_has_not_begun) {
  make_blogs(1000);
  db().atomic([&](transaction& tx) {
    int rows = 0;
    for (const Blog& b : tx.objects<Blog>().order_by("id").stream()) {
      if (rows == 10) {
        EXPECT_THROW(tx.atomic([](transaction& inner) { inner.objects<Blog>().create(named("again", 1)); }),
                     integrity_error);
      }
      ++rows;
      EXPECT_EQ(b.id.value(), rows);
    }
    EXPECT_EQ(rows, 1000);
  });
}

// What the server stops breaks the block as any error does; the savepoint is still there.
TEST_F(transactions, are_broken_by_a_statement_that_took_too_long) {
  if (is("sqlite")) GTEST_SKIP() << "a file has no limit of time for statements";
  db().atomic([&](transaction& tx) {
    tx.objects<Blog>().create(named("before"));
    EXPECT_THROW(tx.atomic([&](transaction& inner) {
      const auto asked = [&](const std::string& sql) { (void)inner.objects<Blog>().unsafe_raw<"name">(sql).rows(); };
      if (!is("mariadb")) asked("SELECT 1 AS id, set_config('statement_timeout', '100', true) AS name");
      EXPECT_EQ(
          failure_of([&] { asked(is("mariadb") ? "SET STATEMENT max_statement_time = 0.1 FOR " + slow() : slow()); }),
          ir::diag::database_timeout)
          << last_;
      EXPECT_EQ(failure_of([&] { (void)inner.objects<Blog>().count(); }), ir::diag::transaction_broken);
    }),
                 transaction_error);
    EXPECT_EQ(tx.objects<Blog>().count(), 1);
  });
  EXPECT_EQ(count(), 1);
}

TEST_F(transactions, are_broken_by_a_statement_that_was_cancelled) {
  if (is("sqlite")) GTEST_SKIP() << "no statement here is slow enough";
  const auto tx = std::make_shared<detail::transaction_session>(db().core(), host::begin_mode::normal);
  const query_set<Blog> blogs = make_query_set<Blog>(tx);
  host::connection& connection = tx->connection();
  std::atomic<bool> ended = false;
  auto canceller = std::async(std::launch::async, [&] {
    for (; !ended; std::this_thread::sleep_for(50ms)) (void)connection.cancel();
  });
  const auto failed = failure_of([&] { (void)blogs.unsafe_raw<"name">(slow()).rows(); });
  ended = true;
  canceller.get();
  EXPECT_TRUE(failed == ir::diag::database_interrupted || failed == ir::diag::database_timeout) << last_;
  EXPECT_EQ(failure_of([&] { (void)blogs.count(); }), ir::diag::transaction_broken);
  EXPECT_EQ(failure_of([&] { tx->commit(); }), ir::diag::transaction_undone);
  EXPECT_EQ(count(), 0);
}

// The server takes back the whole transaction of the one that it chooses: no savepoint is left to go on from.
TEST_F(transactions, end_with_their_savepoints_in_a_deadlock) {
  if (!is("mariadb")) GTEST_SKIP() << "only a savepoint is taken back here, or nobody writes beside another";
  make_blogs(400);
  const auto rename = [](const transaction& tx, std::int64_t id) {
    Blog b = named("renamed", id);
    detail::save(*tx.session(), b);
  };
  std::promise<void> ready, go;
  auto other = std::async(std::launch::async, [&] {
    const database theirs = database::open(server_url());
    theirs.atomic([&](transaction& tx) {
      for (std::int64_t id = 2; id <= 400; ++id) rename(tx, id);  // what has changed more is not the one that is chosen
      ready.set_value();
      go.get_future().get();
      rename(tx, 1);
    });
  });
  ready.get_future().get();
  EXPECT_EQ(failure_of([&] {
              db().atomic([&](transaction& tx) {
                rename(tx, 1);
                EXPECT_EQ(failure_of([&] {
                            tx.atomic([&](transaction& inner) {
                              go.set_value();
                              std::this_thread::sleep_for(300ms);
                              rename(inner, 2);
                            });
                          }),
                          ir::diag::database_deadlock)
                    << last_;
                EXPECT_EQ(failure_of([&] { (void)tx.objects<Blog>().count(); }), ir::diag::transaction_broken);
              });
            }),
            ir::diag::transaction_undone);
  other.get();
  EXPECT_EQ(db().objects<Blog>().filter("name"_f = "renamed").count(), 400);
}

}  // namespace
}  // namespace quarry::test

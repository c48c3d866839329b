// `quarry shell`: statements from a pipe, and typed at a terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include <poll.h>
#include <pty.h>
#include <signal.h>

#include "core/cli/command.hpp"

namespace quarry::cli::tests {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class the_shell : public the_command {
 protected:
  outcome shell(const std::string& input) const {
    return run(
        {"shell", "--models", models, "--db", "sqlite://:memory:", "--create", "--fixture", example + "/fixture.json"},
        input);
  }
};

TEST_F(the_shell, prints_query_sets_as_tables_and_other_values_as_json) {
  const outcome r = shell(
      "Entry.objects.order_by('id').values('id', 'rating')[1:3]\n"
      "Entry.objects.count()\n"
      "Entry.objects.get(pk=2).pub_date\n"
      "[1, 'ü']\n");
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.out,
            " id | rating\n----+--------\n  2 |      4\n  3 |   NULL\n(2 rows)\n"
            "5\n{\"$date\": \"2008-06-08\"}\n[1, \"ü\"]\n");
  EXPECT_EQ(r.code, 0);
}

TEST_F(the_shell, keeps_names_and_shows_no_assignment) {
  const outcome r =
      shell("q = Entry.objects.filter(rating=5)\nn = q.count(); n + 1\nq.exists()\nnothing = None\n\n  \nn\n");
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.out, "3\ntrue\n2\n");
}

TEST_F(the_shell, reads_on_while_a_bracket_or_a_long_text_is_open) {
  const outcome r = shell(
      "Entry.objects.filter(\n    rating=5,\n).count()\n"
      "len('''two\nlines''')\n"
      "1 + \\\n  1\n"
      "# a comment with a (\n"
      "len('(')\n");
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.out, "2\n9\n2\n1\n");
}

TEST_F(the_shell, goes_on_after_an_error) {
  const outcome r =
      shell("Entry.objects.filter(ratign=5)\n1 +\n2)\nEntry.objects.get(pk=99)\nEntry.objects.filter(rating='x')\n7\n");
  EXPECT_EQ(r.out, "7\n");
  EXPECT_EQ(r.code, 0);
  EXPECT_THAT(r.err,
              StartsWith("error[QRY2107]: Entry has no field 'ratign'\n"
                         "  Entry.objects.filter(ratign=5)\n"
                         "                       ^~~~~~   did you mean 'rating'?\n"));
  EXPECT_THAT(r.err, HasSubstr("no Entry matches the query"));
  EXPECT_THAT(r.err, HasSubstr("'rating' expects an integer, not a text"));
}

TEST_F(the_shell, says_what_is_missing_at_the_end_of_the_input) {
  const outcome r = shell("7\nEntry.objects.filter(");
  EXPECT_EQ(r.out, "7\n");
  EXPECT_THAT(r.err, HasSubstr("expected ')' to close this '('"));
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(shell("").out, "");
}

TEST_F(the_shell, shows_a_query_set_as_it_is_now) {
  const outcome r = shell(
      "q = Blog.objects.values_list('name', flat=True).order_by('-id')[:1]\nq\n"
      "b = Blog.objects.create(name='New', tagline='')\nq\nb.name = 'Newer'\nb.save()\nq\n");
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.out,
            " name\n--------------\n Cheddar Talk\n(1 row)\n"
            " name\n------\n New\n(1 row)\n"
            " name\n-------\n Newer\n(1 row)\n");
}

TEST_F(the_shell, shows_the_sql_and_runs_nothing) {
  const outcome r = shell(
      "q = Entry.objects.filter(rating__gt=3)\n\\sql q.count()\n\\sql q.filter(\n  pk=1\n)\n\\sql Blog.objects\n");
  EXPECT_EQ(r.err, "");
  EXPECT_THAT(r.out, HasSubstr("SELECT count(*)"));
  EXPECT_THAT(r.out, HasSubstr("\n; binds\n  1: %0: i64! = 3\n"));
  EXPECT_THAT(r.out, HasSubstr("\"id\" = ?2"));
  EXPECT_THAT(r.out, HasSubstr("FROM \"blog_blog\"\n"));
  EXPECT_THAT(shell("\\sql 1 + 1\n").err, StartsWith("error[QRY2208]: \\sql expects a query, not an integer"));
  EXPECT_EQ(shell("\\sql Blog.objects.create(name='x', tagline='')\nBlog.objects.count()\n").out, "2\n");
  EXPECT_THAT(shell("x = 1\n\\sql Entry.objects.filter(nope=1)\n").err,
              HasSubstr("\n  Entry.objects.filter(nope=1)\n                       ^~~~"));
}

TEST_F(the_shell, tells_why_the_sql_is_as_it_is) {
  const outcome r = shell("q = Entry.objects.filter(blog__name='x')\n\\why q.order_by('pub_date').count()\n");
  EXPECT_EQ(r.err, "");
  EXPECT_THAT(r.out, HasSubstr("; why\n"));
  // Below words of an earlier statement stands that statement.
  EXPECT_THAT(r.out,
              HasSubstr("\n        q = Entry.objects.filter(blog__name='…')\n                                 ^~~~\n"));
  EXPECT_THAT(r.out, HasSubstr("not in the SQL\n    no order: count() ignores it"));
  EXPECT_THAT(shell("\\why 1 + 1\n").err, StartsWith("error[QRY2208]: \\why expects a query, not an integer"));
}

TEST_F(the_shell, shows_the_ir_of_every_stage) {
  const std::string query = "Entry.objects.filter(blog__name='x')";
  const std::string out = shell("\\ir " + query + "\n").out;
  EXPECT_EQ(out, compile(query, {"--print-ir", "after-all"}).out);
  EXPECT_THAT(out, HasSubstr("; stage related, after "));
}

TEST_F(the_shell, tells_times_and_rows_when_asked) {
  const outcome r = shell("\\time on\nBlog.objects.values_list('id')\nx = 1\n\\time off\n1\n");
  EXPECT_THAT(r.out,
              MatchesRegex(" id\n----\n(  [12]\n){2}\\(2 rows\\)\n"
                           "compiled in [0-9.]+ ms, ran in [0-9.]+ ms: 1 statement, 2 rows read\n"
                           "compiled in 0.000 ms, ran in [0-9.]+ ms: 0 statements, 0 rows read\n1\n"));
  EXPECT_EQ(shell("\\time maybe\n").err, "usage: \\time on|off\n");
}

TEST_F(the_shell, lists_the_models) {
  EXPECT_EQ(shell("\\models\n").out,
            "Blog\n  id       integer, primary key\n  name     text\n  tagline  text\n"
            "  entry    many Entry, the way back\n"
            "Author\n  id     integer, primary key\n  name   text\n  email  text\n"
            "  entry  many Entry, many to many, the way back\n"
            "Entry\n  id        integer, primary key\n  blog      one Blog\n  headline  text\n  pub_date  date\n"
            "  rating    integer, may be NULL\n  authors   many Author, many to many\n");
}

TEST_F(the_shell, leaves_out_passes) {
  const std::string query = "\\sql Entry.objects.filter(blog__name='x').count()\n";
  const std::string in_full = shell(query).out;
  const outcome r =
      shell("\\disable all\n" + query + "\\disable none\n" + query + "\\disable prune-joins\n\\disable prune\n");
  EXPECT_THAT(r.out, StartsWith("left out: range-dates canonicalize "));
  EXPECT_THAT(r.out, HasSubstr("left out: nothing\n" + in_full + "left out: prune-joins\n"));
  EXPECT_THAT(r.err, HasSubstr("no optional pass is named 'prune'"));
  EXPECT_EQ(shell("\\disable all\n" + query).out.substr(r.out.find('\n') + 1),
            run({"compile", "--models", models, "--dialect", "sqlite", "--disable", "all",
                 "Entry.objects.filter(blog__name='x').count()"})
                .out);
}

TEST_F(the_shell, has_help_and_leaves_at_quit) {
  const outcome r = shell("\\help\n\\quit\n1\n");
  EXPECT_THAT(r.out, HasSubstr("\\ir EXPR"));
  EXPECT_THAT(r.out, Not(HasSubstr("\n1\n")));
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(shell("\\halp\n").err, "no command is named '\\halp'; did you mean '\\help'?\n");
  EXPECT_EQ(shell("\\describe\n").err, "no command is named '\\describe'; \\help lists them\n");
  EXPECT_EQ(shell("\\models now\n").err, "usage: \\models\n");
}

TEST_F(the_shell, survives_any_bytes) {
  EXPECT_EQ(shell(std::string("\xff\xfe\n\\\n\\\\\n\0\n'\n\"\"\"\n", 15) + "\"\"\"\n").code, 0);
  EXPECT_EQ(shell("Entry.objects.count()\r\n\\time off\r\n1\r\n").out, "5\n1\n");
}

TEST_F(the_shell, refuses_to_start_without_models_or_database) {
  EXPECT_EQ(run({"shell", "--models", models}).code, 2);
  EXPECT_EQ(run({"shell", "--models", folder / "none.py", "--db", "sqlite://:memory:"}).code, 2);
  const outcome r = run({"shell", "--models", models, "--db", "nothing://x/y"}, "1\n");
  EXPECT_EQ(r.code, 1);
  EXPECT_THAT(r.err, StartsWith("error[QRY3001]"));
}

#ifdef QUARRY_WITH_LIBEDIT

/// The shell with a person in front of it.
class a_terminal : public the_command {
 protected:
  void SetUp() override {
    ASSERT_EQ(fill().code, 0);
    start();
  }
  void TearDown() override {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      (void)exit_code();
    }
  }

  void start() {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = 100;
    child_ = ::forkpty(&side_, nullptr, nullptr, &size);
    ASSERT_GE(child_, 0);
    if (child_ == 0) {
      ::setenv("TERM", "xterm", 1);
      ::setenv("LC_ALL", "C", 1);
      ::setenv("HOME", folder.c_str(), 1);
      ::setenv("XDG_STATE_HOME", (folder / "state").c_str(), 1);
      ::setenv("QUARRY_PLUGIN_PATH", QUARRY_TEST_PLUGIN_DIR, 1);
      ::execl(QUARRY_BINARY_DIR "/bin/quarry", "quarry", "shell", "--models", models.c_str(), "--db", url().c_str(),
              static_cast<char*>(nullptr));
      ::_exit(127);
    }
    seen_.clear();
    ASSERT_TRUE(sees("quarry> "));
  }

  void type(const std::string& keys) {
    seen_.clear();
    ASSERT_EQ(::write(side_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

  /// Waits until the text stands on the screen, after what was typed last.
  testing::AssertionResult sees(const std::string& text) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (seen_.find(text) == std::string::npos) {
      pollfd wanted{side_, POLLIN, 0};
      std::array<char, 4096> buffer{};
      if (std::chrono::steady_clock::now() > until || ::poll(&wanted, 1, 1000) < 0) break;
      if ((wanted.revents & (POLLIN | POLLHUP)) == 0) continue;
      const ssize_t size = ::read(side_, buffer.data(), buffer.size());
      if (size <= 0) break;
      seen_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    if (seen_.find(text) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "no '" << text << "' in '" << seen_ << "'";
  }

  int exit_code() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    ::close(side_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string seen_;

 private:
  int side_ = -1;
  pid_t child_ = -1;
};

TEST_F(a_terminal, answers_and_leaves_with_ctrl_d) {
  type("Entry.objects.count()\r");
  EXPECT_TRUE(sees("\n5\r\n"));
  EXPECT_TRUE(sees("quarry> "));
  type("\x04");
  EXPECT_EQ(exit_code(), 0);
}

TEST_F(a_terminal, completes_names) {
  type("Ent\t.obj\t.cou\t()\r");
  EXPECT_TRUE(sees("\n5\r\n"));
  type("Blog.objects.filter(na\t=\"Cheddar Talk\", entry__pub\t__year=2009).cou\t()\r");
  EXPECT_TRUE(sees("\n1\r\n"));
  type("Entry.objects.filter(rating__\t");  // several: they are listed
  EXPECT_TRUE(sees("rating__gte="));
  EXPECT_TRUE(sees("rating__range="));
  type("gt=4).count()\r");
  EXPECT_TRUE(sees("\n2\r\n"));
}

TEST_F(a_terminal, goes_on_over_several_lines_and_gives_up_with_ctrl_c) {
  type("Entry.objects.filter(\r");
  EXPECT_TRUE(sees("...> "));
  type("rat\t=5\r");
  EXPECT_TRUE(sees("...> "));
  type(").count()\r");
  EXPECT_TRUE(sees("\n2\r\n"));
  type("Entry.objects.filter(\r");
  EXPECT_TRUE(sees("...> "));
  type("rating=\x03");
  EXPECT_TRUE(sees("quarry> "));
  type("40 + 2\r");
  EXPECT_TRUE(sees("\n42\r\n"));
}

TEST_F(a_terminal, reads_and_edits_characters_beyond_ascii) {
  type("'Größe'\x7f\x7f");  // the quote and the e are taken back
  type("e€'\r");
  EXPECT_TRUE(sees("\n\"Größe€\"\r\n"));
}

TEST_F(a_terminal, remembers_lines_from_session_to_session) {
  type("20 + 3\r");
  EXPECT_TRUE(sees("\n23\r\n"));
  type("\x10\r");  // Ctrl-P: the line before
  EXPECT_TRUE(sees("\n23\r\n"));
  type("\\quit\r");
  EXPECT_EQ(exit_code(), 0);
  start();
  type("\x10\x10\r");
  EXPECT_TRUE(sees("\n23\r\n"));
  EXPECT_THAT(content_of(folder / "state" / "quarry" / "history"), StartsWith("20 + 3\n"));
}

TEST_F(a_terminal, needs_no_place_for_its_history) {
  type("\x04");
  EXPECT_EQ(exit_code(), 0);
  std::filesystem::remove_all(folder / "state");
  std::ofstream(folder / "state") << "no folder";
  start();
  type("20 + 3\r");
  EXPECT_TRUE(sees("\n23\r\n"));
}

#endif

}  // namespace
}  // namespace quarry::cli::tests

// quarry-opt as a shell would start it: each option, and what it says of mistakes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

struct outcome {
  int code;
  std::string out, err;
};

std::string content_of(const std::filesystem::path& p) {
  std::ifstream in(p, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class quarry_opt : public testing::Test {
 protected:
  quarry_opt() : folder(std::filesystem::temp_directory_path() / ("quarry-opt-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder);
    write(whole);
  }
  ~quarry_opt() override { std::filesystem::remove_all(folder); }

  void write(const std::string& text) const { std::ofstream(file, std::ios::binary) << text; }
  /// With `old` replaced in the file.
  void change(const std::string& old, const std::string& with) const {
    std::string text = content_of(file);
    text.replace(text.find(old), old.size(), with);
    write(text);
  }
  /// FILE stands for the file.
  outcome run(const std::string& arguments) const {
    std::string line = arguments;
    if (const std::size_t at = line.find("FILE"); at != std::string::npos) line.replace(at, 4, file.string());
    line = QUARRY_BINARY_DIR "/bin/quarry-opt " + line + " >" + (folder / "out").string() + " 2>" +
        (folder / "err").string();
    const int status = std::system(line.c_str());
    return {WEXITSTATUS(status), content_of(folder / "out"), content_of(folder / "err")};
  }
  static bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

  const std::filesystem::path folder;
  const std::filesystem::path file = folder / "orders.qir";
  const std::string whole =
      "catalog blog {\n"
      "  model Blog { name: text(100)! }\n"
      "}\n"
      "run trim-order\n"
      "\n"
      "case the order of rows that are counted\n"
      "query() {  ; stage logical\n"
      "  b = scan Blog\n"
      "  s = sort b [key b.name]\n"
      "  a = aggregate s by [] compute [aggregate count_rows []] -> (n: i64!)\n"
      "}\n"
      "==>\n"
      "query() {  ; stage logical\n"
      "  b = scan Blog\n"
      "  a = aggregate b by [] compute [aggregate count_rows []] -> (n: i64!)\n"
      "}\n"
      "\n"
      "case the order of rows that are listed\n"
      "because order-seen\n"
      "query() {  ; stage logical\n"
      "  b = scan Blog\n"
      "  s = sort b [key b.name]\n"
      "}\n"
      "==>\n"
      "noop\n";
};

TEST_F(quarry_opt, says_nothing_where_all_is_as_expected) {
  const outcome o = run("FILE --verify --reparse");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.out + o.err, "");
}

TEST_F(quarry_opt, shows_the_lines_that_differ) {
  change("  b = scan Blog\n  a = aggregate b", "  a = aggregate b");
  const outcome o = run("FILE");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(says(o.out, "orders.qir: case the order of rows that are counted\n")) << o.out;
  EXPECT_TRUE(says(o.out, "\n+  b = scan Blog\n")) << o.out;
}

TEST_F(quarry_opt, runs_another_pass_or_stage_on_request) {
  const outcome pass = run("FILE --pass prune-joins");
  EXPECT_EQ(pass.code, 0) << pass.err;
  EXPECT_EQ(pass.out, "; the order of rows that are counted\nnoop\n\n; the order of rows that are listed\nnoop\n\n");
  const outcome all = run("FILE --only counted --pass passes --stage sql");
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_TRUE(says(all.out, "query() {  ; stage sql\n")) << all.out;
  EXPECT_FALSE(says(all.out, "order by")) << all.out;
  const outcome two = run("FILE --only counted --pass prune-joins --pass trim-order");
  EXPECT_TRUE(says(two.out, "a = aggregate b by")) << two.out;
}

TEST_F(quarry_opt, runs_the_cases_that_are_asked_for) {
  const outcome o = run("FILE --only listed --pass trim-order");
  EXPECT_EQ(o.out, "; the order of rows that are listed\nnoop\n\n");
  const outcome none = run("FILE --only painted");
  EXPECT_EQ(none.code, 1);
  EXPECT_EQ(none.err, "quarry-opt: no case has 'painted' in its name\n");
}

TEST_F(quarry_opt, prints_the_query_after_each_step_or_each_change) {
  const outcome all = run("FILE --print after-all");
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_TRUE(says(all.out, "; the order of rows that are counted: after trim-order\nquery() {")) << all.out;
  EXPECT_TRUE(says(all.out, "; the order of rows that are listed: after trim-order (no change)\n")) << all.out;
  const outcome changes = run("FILE --print after-change");
  EXPECT_TRUE(says(changes.out, "counted: after trim-order\n")) << changes.out;
  EXPECT_FALSE(says(changes.out, "listed")) << changes.out;
}

TEST_F(quarry_opt, takes_times_and_counts) {
  const outcome times = run("FILE --time-passes");
  EXPECT_EQ(times.code, 0) << times.err;
  EXPECT_TRUE(says(times.out, "step                        runs     mean ns\ntrim-order                     2"))
      << times.out;
  const outcome counts = run("FILE --pass trim-order --stats --only counted");
  EXPECT_TRUE(says(counts.out, "step                        runs  changed  visited  matched  applied\n")) << counts.out;
  EXPECT_TRUE(says(counts.out, "trim-order                     1        1        2        1        1\n")) << counts.out;
}

TEST_F(quarry_opt, counts_the_reasons_for_doing_nothing) {
  change("  s = sort b [key b.name]\n}", "  s = sort b [key b.name]\n  s2 = sort s [key b.id]\n}");
  const outcome o = run("FILE --pass trim-order --stats --only listed");
  EXPECT_TRUE(says(o.out, "\n  left as it is: order-seen (1)\n")) << o.out;
}

TEST_F(quarry_opt, verifies_on_request) {
  change("  s = sort b [key b.name]\n  a", "  c = scan Blog\n  s = sort b [key c.name]\n  a");
  EXPECT_TRUE(says(run("FILE --verify").err, "malformed IR: ")) << run("FILE --verify").err;
  EXPECT_EQ(run("FILE --verify").code, 1);
  EXPECT_FALSE(says(run("FILE").err, "malformed IR: ")) << run("FILE").err;
}

TEST_F(quarry_opt, writes_what_it_finds_when_it_is_blessed) {
  change("==>\nnoop", "==>\nsomething old");
  change("  a = aggregate b by", "  a = aggregate bb by");
  EXPECT_EQ(run("FILE").code, 1);
  EXPECT_EQ(run("FILE --bless --only listed").code, 0);
  EXPECT_TRUE(says(content_of(file), "aggregate bb by")) << "only the cases that were asked for";
  EXPECT_EQ(run("FILE --bless").code, 0);
  EXPECT_EQ(content_of(file), whole);
}

TEST_F(quarry_opt, blesses_nothing_where_a_case_fails) {
  change("because order-seen", "because order-sene");
  change("  a = aggregate b by", "  a = aggregate bb by");
  const std::string before = content_of(file);
  const outcome o = run("FILE --bless");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(says(o.err, "case the order of rows that are listed\nerror[QRY2001]: ")) << o.err;
  EXPECT_EQ(content_of(file), before);
}

TEST_F(quarry_opt, names_what_is_wrong_with_the_command_line) {
  const auto mistake = [&](const std::string& arguments) {
    const outcome o = run(arguments);
    EXPECT_EQ(o.code, 2) << arguments;
    EXPECT_TRUE(says(o.err, "\nusage: quarry-opt FILE.qir")) << o.err;
    return o.err.substr(0, o.err.find('\n'));
  };
  EXPECT_EQ(mistake(""), "quarry-opt: no file is given");
  EXPECT_EQ(mistake("--verify"), "quarry-opt: no file is given");
  EXPECT_EQ(mistake("FILE --pass prune-jions"),
            "quarry-opt: no pass is called 'prune-jions'; did you mean 'prune-joins'?");
  EXPECT_EQ(mistake("FILE --stage legl"), "quarry-opt: no stage is called 'legl'; did you mean 'legal'?");
  EXPECT_EQ(mistake("FILE --print everything"), "quarry-opt: --print takes after-all or after-change");
  EXPECT_EQ(mistake("FILE --pass"), "quarry-opt: --pass needs a value");
  EXPECT_EQ(mistake("FILE --verfy"), "quarry-opt: no option is called '--verfy'; did you mean '--verify'?");
}

TEST_F(quarry_opt, names_what_is_wrong_with_a_file) {
  const outcome none = run((folder / "nowhere.qir").string());
  EXPECT_EQ(none.code, 1);
  EXPECT_TRUE(says(none.err, "nowhere.qir can't be read\n")) << none.err;
  EXPECT_TRUE(says(run(folder.string()).err, "can't be read\n"));
  write("; nothing but a comment\n");
  EXPECT_TRUE(says(run("FILE").err, "orders.qir has no case\n")) << run("FILE").err;
  EXPECT_EQ(run("FILE").code, 1);
  write(whole);
  change("scan Blog", "scan Blgo");
  EXPECT_TRUE(says(run("FILE").err, "no model is named 'Blgo'\n  line 8: ")) << run("FILE").err;
  write(whole);
  change("run trim-order", "run trim-odrer");
  EXPECT_TRUE(says(run("FILE").err, "name 'trim-odrer' is not defined; did you mean 'trim-order'?")) << run("FILE").err;
}

TEST_F(quarry_opt, refuses_a_query_that_is_nested_too_deep) {
  std::string deep = "  f = filter b where ";
  for (int i = 0; i < 100000; ++i) deep += "not(";
  deep += "true" + std::string(100000, ')') + "\n";
  change("  s = sort b [key b.name]\n  a = aggregate s", deep + "  a = aggregate f");
  const outcome o = run("FILE");
  EXPECT_EQ(o.code, 1) << "a message, not a crash";
  EXPECT_TRUE(says(o.err, "error[QRY")) << o.err.substr(0, 300);
}

}  // namespace

#include <quarry/plugins/host/loader.hpp>

#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

#include <quarry/plugins/host/connection.hpp>
#include <quarry/plugins/host/url.hpp>

#include "fixtures.hpp"

namespace quarry::host::test {
namespace {

using ir::diag;

TEST(plugin_loader, accepts_a_whole_plugin_and_reads_its_head) {
  auto p = load(fixture("whole"));
  ASSERT_TRUE(p) << why(p);
  EXPECT_EQ(p->name(), "fixture");
  EXPECT_EQ(p->version(), "7.1");
  EXPECT_EQ(p->abi(), (abi_version{QUARRY_ABI_MAJOR, QUARRY_ABI_MINOR}));
  EXPECT_EQ(p->path(), std::filesystem::canonical(fixture("whole")));
  EXPECT_TRUE(p->has_driver());
  EXPECT_TRUE(p->plans_cacheable());
}

TEST(plugin_loader, a_link_is_the_plugin_that_it_points_to) {
  scratch_folder folder;
  std::filesystem::create_symlink(fixture("whole"), folder / "alias.so");
  auto p = load(folder / "alias.so");
  auto q = load(fixture("whole"));
  ASSERT_TRUE(p && q);
  EXPECT_EQ(*p, *q);
}

TEST(plugin_loader, many_threads_get_the_same_plugin) {
  scratch_folder folder;
  std::filesystem::copy_file(fixture("whole"), folder / "shared.so");
  std::vector<const quarry_plugin*> tables(8, nullptr);
  std::vector<std::thread> threads;
  for (auto& slot : tables)
    threads.emplace_back([&slot, path = folder / "shared.so"] {
      if (auto p = load(path)) slot = &p->table();
    });
  for (std::thread& t : threads) t.join();
  EXPECT_NE(tables[0], nullptr);
  EXPECT_EQ(std::set<const quarry_plugin*>(tables.begin(), tables.end()).size(), 1U);
}

TEST(plugin_loader, each_broken_plugin_has_a_refusal_of_its_own) {
  struct expected {
    const char* name;
    diag id;
    std::vector<std::string> words;
  };
  const std::string newer_major = std::to_string(QUARRY_ABI_MAJOR + 1) + "." + std::to_string(QUARRY_ABI_MINOR);
  const std::string here = std::to_string(QUARRY_ABI_MAJOR) + "." + std::to_string(QUARRY_ABI_MINOR);
  const std::vector<expected> broken = {
      {"no_symbol", diag::plugin_no_entry, {"quarry_plugin_entry"}},
      {"undefined_symbol", diag::plugin_load_failed, {"undefined symbol: quarry_fixture_not_there"}},
      {"null_table", diag::plugin_bad_magic, {"no Quarry plugin table"}},
      {"wrong_magic", diag::plugin_bad_magic, {"no Quarry plugin table"}},
      {"truncated_head", diag::plugin_table_truncated, {"16 bytes"}},
      {"truncated_table", diag::plugin_table_truncated, {std::to_string(sizeof(quarry_plugin))}},
      {"newer_major", diag::plugin_newer_major, {newer_major, here, "the program is older"}},
      {"newer_minor", diag::plugin_newer_minor, {here, "the program is older", "both must be the same"}},
      {"older_minor", diag::plugin_older_minor, {here, "the plugin is older", "both must be the same"}},
      {"no_name", diag::plugin_bad_answer, {"no valid name"}},
  };
  for (const expected& e : broken) {
    SCOPED_TRACE(e.name);
    auto p = load(fixture(e.name));
    expect_refused(p, e.id, {std::string(e.name) + ".so"});
    for (const std::string& w : e.words) expect_refused(p, e.id, {w});
    auto again = load(fixture(e.name));
    expect_refused(again, e.id);
    EXPECT_EQ(again.error().message, p.error().message);
    EXPECT_EQ(p.error().message.find("dlerror"), std::string::npos) << p.error().message;
  }
}

TEST(plugin_loader, a_missing_required_function_is_named) {
  const std::vector<std::string> required = {"describe_offline", "emit", "drop_dialect", "close", "describe", "prepare",
                                             "execute",          "next", "finish",       "drop",  "begin",    "commit",
                                             "rollback"};
  scratch_folder folder;
  for (const std::string& name : required) {
    SCOPED_TRACE(name);
    const std::string path = folder / (name + ".so");
    std::filesystem::copy_file(fixture("lacks_function"), path);
    ::setenv("FIXTURE_LACKS", name.c_str(), 1);
    expect_refused(load(path), diag::plugin_function_missing, {"'" + name + "'", path});
  }
  ::unsetenv("FIXTURE_LACKS");
  EXPECT_TRUE(load(fixture("lacks_function"))) << "it lacks nothing when not told so";
}

TEST(plugin_loader, files_that_are_no_whole_library_never_reach_the_linker) {
  scratch_folder folder;
  const std::string whole = bytes_of(fixture("whole"));
  const std::string path = folder / "half.so";
  for (const std::size_t part : {1U, 2U, 3U, 5U, 7U}) {
    write_bytes(path, whole.substr(0, whole.size() * part / 8));
    expect_refused(load(path), diag::plugin_truncated, {"half.so"});
  }
  write_bytes(path, "not a library\n");
  expect_refused(load(path), diag::plugin_not_a_library);
  expect_refused(load(folder / "absent.so"), diag::plugin_not_a_library, {"absent.so"});
  write_bytes(path, whole);  // a file that was refused unread may be put right
  EXPECT_TRUE(load(path));
}

// While the border's major version is 0 no older one exists: the rule is tried with a program of the future.
TEST(plugin_handshake, an_older_major_version_is_refused_as_older) {
  auto p = load(fixture("whole"));
  ASSERT_TRUE(p);
  const abi_version future{QUARRY_ABI_MAJOR + 1, 0};
  expect_refused(shake_hands(&p->table(), "x.so", future), diag::plugin_older_major,
                 {"x.so", "the plugin is older", "rebuild"});
}

TEST(plugin_handshake, from_1_0_on_the_minor_version_may_differ) {
  auto p = load(fixture("whole"));
  ASSERT_TRUE(p);
  quarry_plugin table = p->table();
  table.major = 1;
  table.minor = 4;
  EXPECT_TRUE(shake_hands(&table, "x.so", {1, 2}));
  EXPECT_TRUE(shake_hands(&table, "x.so", {1, 9}));
  expect_refused(shake_hands(&table, "x.so", {2, 4}), diag::plugin_older_major);
}

TEST(plugin_handshake, the_head_is_readable_even_where_the_plugin_is_refused) {
  quarry_plugin table{};
  table.size = offsetof(quarry_plugin, describe_offline);
  table.magic = QUARRY_PLUGIN_MAGIC;
  table.major = 77;
  table.name = {"future", 6};
  auto head = read_head(&table, "x.so");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->name, "future");
  EXPECT_EQ(head->abi.major, 77U);
}

const quarry_plugin* offline_entry(std::uint32_t, std::uint32_t) {
  static quarry_plugin table = load(fixture("offline_only"))->table();
  return &table;
}

TEST(plugin_loader, a_plugin_may_be_part_of_the_program) {
  auto p = adopt(&offline_entry);
  ASSERT_TRUE(p) << why(p);
  EXPECT_EQ(p->path(), "");
  EXPECT_FALSE(p->has_driver());
}

TEST(plugin_loader, a_plugin_without_a_driver_describes_and_opens_nothing) {
  auto p = load(fixture("offline_only"));
  ASSERT_TRUE(p) << why(p);
  EXPECT_TRUE(p->describe_offline("1.0"));
  expect_refused(p->open(*url::parse("fixture:///x")), diag::plugin_offline_only, {"fixture", "only writes SQL"});
}

}  // namespace
}  // namespace quarry::host::test

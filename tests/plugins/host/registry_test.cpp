#include <quarry/plugins/host/registry.hpp>

#include <algorithm>
#include <cstdlib>

#include "fixtures.hpp"

namespace quarry::host::test {
namespace {

using ir::diag;

class plugin_registry : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::copy_file(fixture("whole"), first_ / "quarry-toy.so");
    std::filesystem::create_symlink("quarry-toy.so", first_ / "quarry-plaything.so");
    std::filesystem::copy_file(fixture("whole"), second_ / "quarry-toy.so");
    std::filesystem::copy_file(fixture("newer_minor"), second_ / "quarry-future.so");
    write_bytes(second_ / "quarry-Bad.Name.so", "never looked at");
    write_bytes(second_ / "readme.so", "never looked at");
  }
  void TearDown() override { ::unsetenv("QUARRY_PLUGIN_PATH"); }
  scratch_folder first_, second_;
};

TEST_F(plugin_registry, finds_the_file_of_a_scheme_in_the_first_folder_that_has_it) {
  const registry r({first_.path(), second_.path()});
  auto toy = r.find("toy");
  ASSERT_TRUE(toy) << why(toy);
  EXPECT_EQ(toy->path(), std::filesystem::canonical(first_ / "quarry-toy.so"));
  auto reversed = registry({second_.path(), first_.path()}).find("toy");
  ASSERT_TRUE(reversed);
  EXPECT_EQ(reversed->path(), std::filesystem::canonical(second_ / "quarry-toy.so"));
}

TEST_F(plugin_registry, an_alias_is_a_link) {
  const registry r({first_.path()});
  auto toy = r.find("toy");
  auto alias = r.find("plaything");
  ASSERT_TRUE(toy && alias);
  EXPECT_EQ(*toy, *alias);
}

TEST_F(plugin_registry, says_where_it_searched) {
  expect_refused(registry({first_.path(), second_.path()}).find("nosuch"), diag::plugin_not_found,
                 {"'nosuch'", first_.path(), second_.path()});
  expect_refused(registry(std::vector<std::string>{}).find("toy"), diag::plugin_not_found, {"none is set"});
}

TEST_F(plugin_registry, a_refused_file_is_not_passed_over) {
  std::filesystem::copy_file(fixture("newer_minor"), first_ / "quarry-both.so");
  std::filesystem::copy_file(fixture("whole"), second_ / "quarry-both.so");
  expect_refused(registry({first_.path(), second_.path()}).find("both"), diag::plugin_newer_minor);
  std::filesystem::create_symlink("nowhere.so", first_ / "quarry-dangling.so");
  expect_refused(registry({first_.path()}).find("dangling"), diag::plugin_not_a_library, {"quarry-dangling.so"});
}

TEST_F(plugin_registry, a_scheme_is_a_name_and_never_a_path) {
  const registry r({first_.path()});
  for (const char* scheme :
       {"", "../toy", "toy/../toy", "/toy", "Toy", "t.oy", "toy\n", "1toy", "-toy", "t oy", "toy%2f"})
    expect_refused(r.find(scheme), diag::url_invalid);
}

TEST_F(plugin_registry, relative_folders_and_the_working_directory_are_never_searched) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(first_.path());
  ::setenv("QUARRY_PLUGIN_PATH", (":.:plugins::" + second_.path() + ":").c_str(), 1);
  const registry r;
  std::filesystem::current_path(before);
  ASSERT_FALSE(r.folders().empty());
  EXPECT_EQ(r.folders().front(), second_.path());
  EXPECT_EQ(r.ignored(), (std::vector<std::string>{".", "plugins"}));
  expect_refused(r.find("plaything"), diag::plugin_not_found, {"relative: ., plugins"});
  for (const std::string& folder : r.folders()) EXPECT_EQ(folder.front(), '/');
}

TEST_F(plugin_registry, the_environment_comes_before_the_folders_of_the_build) {
  ::unsetenv("QUARRY_PLUGIN_PATH");
  const std::vector<std::string> built_in = registry().folders();
  ::setenv("QUARRY_PLUGIN_PATH", (first_.path() + "/:" + first_.path() + ":" + second_.path()).c_str(), 1);
  std::vector<std::string> expected = {first_.path(), second_.path()};
  expected.insert(expected.end(), built_in.begin(), built_in.end());
  EXPECT_EQ(registry().folders(), expected);
}

TEST_F(plugin_registry, lists_every_plugin_file_with_its_state) {
  const auto all = registry({first_.path(), second_.path(), first_ / "no-such-folder"}).list();
  std::vector<std::string> schemes;
  for (const auto& one : all) schemes.push_back(one.scheme);
  ASSERT_EQ(schemes, (std::vector<std::string>{"plaything", "toy", "future", "toy"}));
  EXPECT_EQ(all[0].target, "quarry-toy.so");
  ASSERT_TRUE(all[1].plugin);
  EXPECT_EQ(all[1].plugin->version(), "7.1");
  EXPECT_FALSE(all[1].hidden);
  EXPECT_FALSE(all[2].plugin);
  EXPECT_EQ(all[2].refusal.id, diag::plugin_newer_minor);
  EXPECT_TRUE(all[3].hidden);
}

}  // namespace
}  // namespace quarry::host::test

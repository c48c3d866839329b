// The built command over the blog of the examples, started as a shell would start it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace quarry::cli::tests {

struct outcome {
  int code;
  std::string out;  ///< stdout
  std::string err;  ///< stderr
};

inline std::string quoted(const std::string& s) {
  std::string out = "'";
  for (const char c : s) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

inline std::string content_of(const std::filesystem::path& p) {
  std::ifstream in(p);
  return {std::istreambuf_iterator<char>(in), {}};
}

class the_command : public testing::Test {
 protected:
  the_command() : folder(std::filesystem::temp_directory_path() / ("quarry-cli-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder);
  }
  ~the_command() override { std::filesystem::remove_all(folder); }

  outcome run(const std::vector<std::string>& arguments, const std::string& input = {}) const {
    std::ofstream(folder / "in") << input;
    std::string line =
        "QUARRY_PLUGIN_PATH=" + quoted(QUARRY_TEST_PLUGIN_DIR) + " " + quoted(QUARRY_BINARY_DIR "/bin/quarry");
    for (const std::string& a : arguments) line += " " + quoted(a);
    line += " <" + quoted(folder / "in") + " >" + quoted(folder / "out") + " 2>" + quoted(folder / "err");
    const int status = std::system(line.c_str());
    return {WEXITSTATUS(status), content_of(folder / "out"), content_of(folder / "err")};
  }
  outcome eval(const std::string& statements, std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {"eval", "--models", models, "--db", url(), statements};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  outcome compile(const std::string& expression, std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {"compile", "--models", models, "--dialect", "sqlite", expression};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  outcome fill() const { return eval("1", {"--create", "--fixture", example + "/fixture.json"}); }
  std::string url() const { return "sqlite:///" + (folder / "blog.db").string(); }

  const std::string example = QUARRY_SOURCE_DIR "/docs/examples/blog";
  const std::string models = example + "/models.py";
  std::filesystem::path folder;
};

}  // namespace quarry::cli::tests

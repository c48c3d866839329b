// What the tests of the host share: the folder of broken plugins, and a folder of their own to write into.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/host/loader.hpp>

namespace quarry::host::test {

inline std::string fixture(const std::string& name) {
  return std::string(QUARRY_TEST_FIXTURE_DIR) + "/" + name + ".so";
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A new empty folder, removed at the end of the test.
class scratch_folder {
 public:
  scratch_folder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
        ("quarry-host-" + std::to_string(::getpid()) + "-" + std::to_string(count.fetch_add(1)));
    std::filesystem::create_directories(path_);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Expects that `answer` failed with this diagnostic and that its message has all these words.
template <class T>
void expect_refused(const ir::result<T>& answer, ir::diag id, std::initializer_list<std::string_view> words = {}) {
  ASSERT_FALSE(answer) << "was accepted";
  EXPECT_EQ(answer.error().id, id) << answer.error().message;
  for (const std::string_view w : words)
    EXPECT_NE(answer.error().message.find(w), std::string::npos)
        << "'" << w << "' is missing in: " << answer.error().message;
}

template <class T>
std::string why(const ir::result<T>& answer) {
  return answer ? std::string() : answer.error().message + " / " + answer.error().server_text;
}

}  // namespace quarry::host::test

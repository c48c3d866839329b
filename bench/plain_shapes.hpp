// SQL as it stands, through SQLite's own C API: the other side of compare_shapes.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace quarry::bench {

/// The values of a row as text, with a zero byte behind each.
using text_row = std::string;

/// A file with the rows of gen_data.py. Every failure ends the program.
class plain_file {
 public:
  explicit plain_file(const std::string& path);
  plain_file(const plain_file&) = delete;
  plain_file& operator=(const plain_file&) = delete;
  ~plain_file();

  /// Prepares, runs, and reads every value; the rows go to `rows` where it is not null.
  void run(const std::string& sql, std::vector<text_row>* rows);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace quarry::bench

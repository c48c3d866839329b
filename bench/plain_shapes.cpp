#include "plain_shapes.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace quarry::bench {

struct plain_file::state {
  sqlite3* db = nullptr;
  void check(bool good) const {
    if (good) return;
    std::fprintf(stderr, "plain_shapes: %s\n", sqlite3_errmsg(db));
    std::abort();
  }
};

plain_file::plain_file(const std::string& path) : state_(std::make_unique<state>()) {
  state_->check(sqlite3_open_v2(path.c_str(), &state_->db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
}

plain_file::~plain_file() { sqlite3_close(state_->db); }

void plain_file::run(const std::string& sql, std::vector<text_row>* rows) {
  sqlite3_stmt* s = nullptr;
  state_->check(sqlite3_prepare_v2(state_->db, sql.c_str(), -1, &s, nullptr) == SQLITE_OK);
  const int columns = sqlite3_column_count(s);
  std::size_t read = 0;
  int status = sqlite3_step(s);
  for (; status == SQLITE_ROW; status = sqlite3_step(s)) {
    text_row row;
    for (int c = 0; c < columns; ++c) {
      // Numbers are read as numbers, as a program would.
      if (rows == nullptr && sqlite3_column_type(s, c) == SQLITE_INTEGER) {
        read += static_cast<std::size_t>(sqlite3_column_int64(s, c));
        continue;
      }
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s, c));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(s, c));
      read += size;
      if (rows == nullptr) continue;
      if (text != nullptr) row.append(text, size);
      row += '\0';
    }
    if (rows != nullptr) rows->push_back(std::move(row));
  }
  state_->check(status == SQLITE_DONE);
  if (read == static_cast<std::size_t>(-1)) std::abort();  // so that nothing is left out as unused
  sqlite3_finalize(s);
}

}  // namespace quarry::bench

// A session that answers from rows prepared by the test and remembers what it was asked.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/exec/session.hpp>

namespace quarry::test {

inline quarry_cell null_cell() {
  quarry_cell c{};
  c.flags = QUARRY_CELL_NULL;
  return c;
}
inline quarry_cell integer_cell(std::int64_t v, ir::scalar type = ir::scalar::int64) {
  quarry_cell c{};
  c.v.i = v;
  c.type = static_cast<std::uint8_t>(type);
  return c;
}
inline quarry_cell text_cell(std::string_view v, ir::scalar type = ir::scalar::text) {
  quarry_cell c{};
  c.v.p = v.data();
  c.len = static_cast<std::uint32_t>(v.size());
  c.type = static_cast<std::uint8_t>(type);
  return c;
}

using row = std::vector<quarry_cell>;

class fake_session final : public detail::session {
 public:
  /// The rows that the next run() gives.
  void answer(std::vector<row> rows) { answers_.push_back(std::move(rows)); }

  detail::cursor run(const detail::chain& c) override {
    ran.push_back(c);
    std::vector<row> rows;
    if (!answers_.empty()) {
      rows = std::move(answers_.front());
      answers_.pop_front();
    }
    const auto columns = rows.empty() ? 1U : static_cast<std::uint32_t>(rows.front().size());
    return {std::make_unique<prepared>(std::move(rows), fetched), columns};
  }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      std::span<const detail::assignment> written) override {
    log.push_back("insert " + name(*catalog, model) + text(*catalog, model, written));
    return next_key++;
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      const detail::operand& key, std::span<const detail::assignment> written) override {
    log.push_back("update " + name(*catalog, model) + " where " + text(key) + text(*catalog, model, written));
    return matched;
  }
  std::string sql(const detail::chain&, bool) override { return "select"; }

  std::vector<detail::chain> ran;
  std::vector<std::string> log;
  std::int64_t next_key = 1;
  std::int64_t matched = 1;
  std::size_t fetched = 0;  ///< rows that were read

 private:
  class prepared final : public detail::cursor::source {
   public:
    prepared(std::vector<row> rows, std::size_t& fetched) : rows_(std::move(rows)), fetched_(fetched) {}
    std::span<const quarry_cell> fetch(std::uint32_t& count) override {
      count = at_ < rows_.size() ? 1 : 0;
      if (count == 0) return {};
      ++fetched_;
      return rows_[at_++];
    }

   private:
    std::vector<row> rows_;
    std::size_t& fetched_;
    std::size_t at_ = 0;
  };
  static std::string name(const ir::catalog& c, std::uint32_t model) { return std::string(c.text(c.at(model).name)); }
  static std::string text(const detail::operand& o) {
    if (o.form == detail::operand_form::null) return "NULL";
    if (o.type == ir::scalar::text) return "'" + std::string(o.bytes_view()) + "'";
    return std::to_string(o.integer);
  }
  static std::string text(const ir::catalog& c, std::uint32_t model, std::span<const detail::assignment> written) {
    std::string out;
    for (const detail::assignment& a : written)
      out += " " + std::string(c.text(c.at(model).columns[a.column].name)) + "=" + text(a.value);
    return out;
  }
  std::deque<std::vector<row>> answers_;
};

}  // namespace quarry::test

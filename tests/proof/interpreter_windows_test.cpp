// The windows of the reference interpreter: every expected value is written by hand.
#include "written_query.hpp"

namespace quarry::test {
namespace {

class interpreter_windows : public written_query {
 protected:
  interpreter_windows()
      : written_query(R"(catalog blog { model Entry { blog: i32!, rating: i32?, headline: text(20)! } })") {
    // By rating: 2 (NULL), 4, then 1 and 3 beside each other.
    rows_of("Entry") = {{1, 1, 5, "b"}, {2, 1, null, "a"}, {3, 2, 5, "d"}, {4, 2, 3, "c"}};
  }
  /// The values of the entries 1 to 4.
  row over(const std::string& function, const std::string& window, const std::string& type = "i64?") {
    row out;
    for (const row& r : answer("e = scan Entry\nw = window e [as \"v\" (over " + function + " window (window" +
                               (window.empty() ? "" : " " + window) + "))] -> (v: " + type +
                               ")\ns = sort w [key e.id]\np = project s [w.v] -> (v: " + type + ")"))
      out.push_back(r[0]);
    return out;
  }
  static constexpr const char* by_rating = "order [key e.rating]";
  static constexpr const char* told_apart = "order [key e.rating, key e.id]";
};

TEST_F(interpreter_windows, ranks_count_the_rows_before) {
  EXPECT_EQ(over("rank()", by_rating, "i64!"), (row{3, 1, 3, 2}));
  EXPECT_EQ(over("dense_rank()", by_rating, "i64!"), (row{3, 1, 3, 2}));
  EXPECT_EQ(over("rank()", "order [key desc e.rating]", "i64!"), (row{1, 4, 1, 3}));
  EXPECT_EQ(over("rank()", "order [key desc nulls_first e.rating]", "i64!"), (row{2, 1, 2, 4}));
  EXPECT_EQ(over("row_number()", told_apart, "i64!"), (row{3, 1, 4, 2}));
  EXPECT_EQ(over("row_number()", "partition [e.blog] order [key e.id]", "i64!"), (row{1, 2, 1, 2}));
  EXPECT_EQ(over("percent_rank()", by_rating, "f64!"), (row{2.0 / 3, 0.0, 2.0 / 3, 1.0 / 3}));
  EXPECT_EQ(over("cume_dist()", by_rating, "f64!"), (row{1.0, 0.25, 1.0, 0.5}));
  EXPECT_EQ(over("ntile(3)", told_apart), (row{2, 1, 3, 1}));
}

TEST_F(interpreter_windows, other_rows_are_read_by_their_distance) {
  EXPECT_EQ(over("lag(e.id)", told_apart), (row{4, null, 1, 2}));
  EXPECT_EQ(over("lead(e.id, 2)", told_apart), (row{null, 1, null, 3}));
  EXPECT_EQ(over("lag(e.id, 1, 0)", told_apart), (row{4, 0, 1, 2}));
  EXPECT_EQ(over("lag(e.id, 0)", told_apart), (row{1, 2, 3, 4}));
  EXPECT_EQ(over("first_value(e.id)", told_apart), (row{2, 2, 2, 2}));
  EXPECT_EQ(over("last_value(e.id)", told_apart), (row{1, 2, 3, 4}));
  EXPECT_EQ(over("nth_value(e.id, 2)", told_apart), (row{4, null, 4, 4}));
}

TEST_F(interpreter_windows, without_a_frame_rows_up_to_the_peers_are_seen_or_all) {
  EXPECT_EQ(over("(aggregate sum [e.rating]): i64?", by_rating), (row{13, null, 13, 3}));
  EXPECT_EQ(over("(aggregate sum [e.rating]): i64?", ""), (row{13, 13, 13, 13}));
  EXPECT_EQ(over("(aggregate count_rows [])", "partition [e.rating]", "i64!"), (row{2, 1, 2, 1}));
  EXPECT_EQ(over("(aggregate count_rows filter gt(e.id, 2) [])", by_rating, "i64!"), (row{2, 0, 2, 1}));
}

TEST_F(interpreter_windows, frames_count_rows_groups_or_values) {
  const auto framed = [&](const std::string& what, const std::string& order, const std::string& frame) {
    const bool counts = what.starts_with("count");
    return over("(aggregate " + what + (counts ? ")" : "): i64?"), order + " frame (frame " + frame + ")",
                counts ? "i64!" : "i64?");
  };
  EXPECT_EQ(framed("sum [e.rating]", told_apart, "rows from (bound preceding 1) to (bound current_row)"),
            (row{8, null, 10, 3}));
  EXPECT_EQ(framed("count_rows []", told_apart, "rows from (bound following 1) to (bound unbounded_following)"),
            (row{1, 3, 0, 2}));
  EXPECT_EQ(framed("sum [e.rating]", by_rating, "groups from (bound preceding 1) to (bound preceding 1)"),
            (row{3, null, 3, null}));
  EXPECT_EQ(framed("count_rows []", by_rating, "range from (bound preceding 2) to (bound current_row)"),
            (row{3, 1, 3, 1}));
  EXPECT_EQ(
      framed("count_rows []", "order [key desc e.rating]", "range from (bound preceding 2) to (bound current_row)"),
      (row{2, 1, 2, 3}));
  EXPECT_EQ(framed("count_rows []", by_rating, "range from (bound unbounded_preceding) to (bound following 2)"),
            (row{4, 1, 4, 4}));
}

TEST_F(interpreter_windows, a_frame_leaves_out_the_row_its_peers_or_both) {
  const auto left_out = [&](const std::string& what) {
    return over(
        "(aggregate max [e.id])",
        std::string(by_rating) + " frame (frame groups " + what + " from (bound current_row) to (bound current_row))");
  };
  EXPECT_EQ(left_out("exclude_current"), (row{3, null, 1, null}));
  EXPECT_EQ(left_out("exclude_ties"), (row{1, 2, 3, 4}));
  EXPECT_EQ(left_out("exclude_group"), (row{null, null, null, null}));
}

TEST_F(interpreter_windows, a_window_sees_the_rows_below_it_alone) {
  EXPECT_EQ(answer(R"(
    e = scan Entry
    f = filter e where is_not_null(e.rating)
    w = window f [as "n" (over row_number() window (window order [key e.id]))] -> (n: i64!)
    g = filter w where gt(w.n, 1)
    p = project g [e.id, w.n] -> (id: i64!, n: i64!))"),
            (std::vector<row>{{3, 2}, {4, 3}}));
}

TEST_F(interpreter_windows, spreads_and_joined_texts) {
  const std::string text = R"(
    e = scan Entry
    a = aggregate e by [] compute [aggregate var_pop [e.rating], aggregate stddev_samp [e.blog]] -> (v: f64?, s: f64?))";
  const std::vector<row> found = answer(text);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_DOUBLE_EQ(std::get<double>(found[0][0]), 8.0 / 9);
  EXPECT_DOUBLE_EQ(std::get<double>(found[0][1]) * std::get<double>(found[0][1]), 1.0 / 3);
}

}  // namespace
}  // namespace quarry::test

// The reference interpreter by itself: every expected row is written by hand.
#include "written_query.hpp"

namespace quarry::test {
namespace {

using rows = std::vector<row>;

class interpreter : public written_query {
 protected:
  interpreter()
      : written_query(R"(catalog blog {
          model Blog { name: text(100)! }
          model Author { name: text(100)? }
          model Entry { blog: fk Blog, editor: fk Author?, rating: i32?, headline: text(255)? }
          model Truth { p: bool?, q: bool? }
        })") {
    rows_of("Blog") = {{1, "Beatles"}, {2, "Pop"}, {3, "Empty"}};
    rows_of("Author") = {{1, "John"}, {2, null}};
    rows_of("Entry") = {{1, 1, 1, 5, "Lennon"}, {2, 1, null, null, "Help"}, {3, 2, 2, 5, null}, {4, 2, 1, 3, "Été"}};
    int id = 0;
    for (const cell& p : {cell(true), cell(false), cell(null)})
      for (const cell& q : {cell(true), cell(false), cell(null)}) rows_of("Truth").push_back({++id, p, q});
  }

  /// One value for each pair of truth values, p in the order T F U, and q likewise for each.
  std::string table(std::string_view operation, bool one_operand = false) {
    std::string out;
    const std::string text = "t = scan Truth\np = project t [" + std::string(operation) + "] -> (v: bool?)";
    std::size_t place = 0;
    for (const row& r : answer(text)) {
      if (!one_operand || place % 3 == 0) out += is_null(r[0]) ? 'U' : std::get<bool>(r[0]) ? 'T' : 'F';
      if (!one_operand && place % 3 == 2 && place != 8) out += ' ';
      ++place;
    }
    return out;
  }
  /// Of one expression over no table but one row.
  cell value(std::string_view head, std::string_view expression, std::string_view type,
             const param_values& values = {}) {
    const std::string text = "b = scan Blog\nf = filter b where eq(b.id, 1)\np = project f [" +
        std::string(expression) + "] -> (v: " + std::string(type) + ")";
    const rows all = answer(head, text, values);
    return all.size() == 1 ? all[0][0] : cell("not one row");
  }
};

TEST_F(interpreter, and_or_not_follow_the_three_valued_tables) {
  EXPECT_EQ(table("and(t.p, t.q)"), "TFU FFF UFU");
  EXPECT_EQ(table("or(t.p, t.q)"), "TTT TFU TUU");
  EXPECT_EQ(table("xor(t.p, t.q)"), "FTU TFU UUU");
  EXPECT_EQ(table("not(t.p)", true), "FTU");
  EXPECT_EQ(table("is_true(t.p)", true), "TFF");
  EXPECT_EQ(table("is_null(t.p)", true), "FFT");
  EXPECT_EQ(table("is_not_null(t.p)", true), "TTF");
}

TEST_F(interpreter, a_comparison_with_null_is_unknown_but_for_not_distinct) {
  EXPECT_EQ(table("eq(t.p, t.q)"), "TFU FTU UUU");
  EXPECT_EQ(table("ne(t.p, t.q)"), "FTU TFU UUU");
  EXPECT_EQ(table("lt(t.p, t.q)"), "FFU TFU UUU");
  EXPECT_EQ(table("not_distinct(t.p, t.q)"), "TFF FTF FFT");
}

TEST_F(interpreter, a_filter_keeps_what_is_true_and_drops_unknown_with_false) {
  EXPECT_EQ(answer("e = scan Entry\nf = filter e where gt(e.rating, 3)\np = project f [e.id] -> (id: i64!)"),
            (rows{{1}, {3}}));
  EXPECT_EQ(answer("e = scan Entry\nf = filter e where not(gt(e.rating, 3))\np = project f [e.id] -> (id: i64!)"),
            (rows{{4}}));
  EXPECT_EQ(answer("e = scan Entry\nf = filter e where is_null(gt(e.rating, 3))\np = project f [e.id] -> (id: i64!)"),
            (rows{{2}}));
}

TEST_F(interpreter, membership_is_unknown_where_a_comparison_might_have_been_true) {
  const auto in = [&](std::string_view list) {
    std::string out;
    for (const row& r :
         answer("e = scan Entry\np = project e [in_list(e.rating" + std::string(list) + ")] -> (v: bool?)"))
      out += is_null(r[0]) ? 'U' : std::get<bool>(r[0]) ? 'T' : 'F';
    return out;
  };
  EXPECT_EQ(in(", 5, 4"), "TUTF");
  EXPECT_EQ(in(", 5, null: i32?"), "TUTU");
  EXPECT_EQ(in(""), "FFFF") << "nothing is in an empty list, not even NULL";
}

TEST_F(interpreter, a_list_parameter_is_taken_without_its_nulls) {
  const rows found = answer("%0: array(i64)! from list(2, null)", R"(
    e = scan Entry
    f = filter e where in_array(e.rating, %0)
    p = project f [e.id] -> (id: i64!))",
                            {{cell(3), cell(null)}});
  EXPECT_EQ(found, (rows{{4}}));
}

TEST_F(interpreter, between_is_false_already_where_one_side_is) {
  EXPECT_EQ(value("", "between(1, null: i64?, 0)", "bool?"), cell(false));
  EXPECT_EQ(value("", "between(1, null: i64?, 2)", "bool?"), cell(null));
  EXPECT_EQ(value("", "between(1, 1, 1)", "bool!"), cell(true));
}

TEST_F(interpreter, an_inner_join_gives_a_row_for_each_match_and_null_keys_match_nothing) {
  EXPECT_EQ(answer(R"(
    e = scan Entry
    a = scan Author
    j = join inner e with a on eq(e.editor_id, a.id)
    p = project j [e.id, a.name] -> (id: i64!, name: text(100)?))"),
            (rows{{1, "John"}, {3, null}, {4, "John"}}));
}

TEST_F(interpreter, a_left_join_pads_rows_without_a_match) {
  EXPECT_EQ(answer(R"(
    e = scan Entry
    a = scan Author optional
    j = join left e with a on eq(e.editor_id, a.id)
    p = project j [e.id, a.id, a.name] -> (id: i64!, author: i64?, name: text(100)?))"),
            (rows{{1, 1, "John"}, {2, null, null}, {3, 2, null}, {4, 1, "John"}}));
  EXPECT_EQ(answer(R"(
    b = scan Blog
    e = scan Entry optional
    j = join left b with e on and(eq(b.id, e.blog_id), gt(e.rating, 4))
    p = project j [b.id, e.id] -> (id: i64!, entry: i64?))"),
            (rows{{1, 1}, {2, 3}, {3, null}}));
}

TEST_F(interpreter, a_full_join_pads_both_sides) {
  EXPECT_EQ(answer(R"(
    a = scan Author optional
    e = scan Entry optional
    j = join full a with e on and(eq(a.id, e.editor_id), eq(e.rating, 3))
    p = project j [a.id, e.id] -> (author: i64?, entry: i64?))"),
            (rows{{1, 4}, {2, null}, {null, 1}, {null, 2}, {null, 3}}));
}

TEST_F(interpreter, semi_and_anti_joins_keep_each_left_row_once_or_not_at_all) {
  const auto blogs = [&](std::string_view form, std::string_view condition) {
    return answer("b = scan Blog\ne = scan Entry\nj = join " + std::string(form) + " b with e on " +
                  std::string(condition) + "\np = project j [b.id] -> (id: i64!)");
  };
  EXPECT_EQ(blogs("semi", "eq(b.id, e.blog_id)"), (rows{{1}, {2}}));
  EXPECT_EQ(blogs("anti", "eq(b.id, e.blog_id)"), (rows{{3}}));
  // UNKNOWN is no match: an anti join keeps the row.
  EXPECT_EQ(blogs("anti", "gt(e.rating, 5)"), (rows{{1}, {2}, {3}}));
}

TEST_F(interpreter, a_cross_join_gives_every_pair) {
  EXPECT_EQ(answer(R"(
    b = scan Blog
    a = scan Author
    j = join cross b with a
    p = project j [b.id, a.id] -> (blog: i64!, author: i64!))"),
            (rows{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 1}, {3, 2}}));
}

TEST_F(interpreter, aggregates_leave_nulls_out_and_groups_take_nulls_for_equal) {
  EXPECT_EQ(answer(R"(
    e = scan Entry
    a = aggregate e by [e.editor_id] compute [aggregate count_rows [], aggregate count [e.rating],
        (aggregate sum [e.rating]): i64?, aggregate min [e.headline], aggregate max [e.headline]]
        -> (editor: i64?, n: i64!, ratings: i64!, total: i64?, first: text(255)?, last: text(255)?))"),
            (rows{{1, 2, 2, 8, "Lennon", "Été"}, {null, 1, 0, null, "Help", "Help"}, {2, 1, 1, 5, null, null}}));
}

TEST_F(interpreter, an_aggregate_takes_distinct_values_and_those_that_pass_its_filter) {
  EXPECT_EQ(answer(R"(
    e = scan Entry
    a = aggregate e by [] compute [aggregate count distinct [e.rating], (aggregate avg [e.rating]): f64?,
        (aggregate sum distinct [e.rating]): i64?, aggregate count_rows filter gt(e.id, 2) [],
        (aggregate sum filter is_null(e.editor_id) [e.rating]): i64?]
        -> (n: i64!, mean: f64?, total: i64?, late: i64!, unedited: i64?))"),
            (rows{{2, 13.0 / 3, 8, 2, null}}));
}

TEST_F(interpreter, an_aggregate_without_keys_gives_one_row_over_nothing_and_with_keys_none) {
  EXPECT_EQ(answer(R"(
    e = scan Entry
    f = filter e where false
    a = aggregate f by [] compute [aggregate count_rows [], aggregate max [e.rating]] -> (n: i64!, best: i32?))"),
            (rows{{0, null}}));
  EXPECT_EQ(answer(R"(
    e = scan Entry
    f = filter e where false
    a = aggregate f by [e.blog_id] compute [aggregate count_rows []] -> (blog: i64!, n: i64!))"),
            rows());
}

TEST_F(interpreter, nulls_sort_first_ascending_and_last_descending) {
  const auto ordered = [&](std::string_view keys) {
    std::string out;
    for (const row& r :
         answer("e = scan Entry\ns = sort e [" + std::string(keys) + "]\np = project s [e.id] -> (id: i64!)"))
      out += to_text(r[0]);
    return out;
  };
  EXPECT_EQ(ordered("key e.rating, key e.id"), "2413");
  EXPECT_EQ(ordered("key desc e.rating, key e.id"), "1342");
  EXPECT_EQ(ordered("key nulls_last e.rating, key e.id"), "4132");
  EXPECT_EQ(ordered("key desc nulls_first e.rating, key desc e.id"), "2314");
  EXPECT_EQ(ordered("key e.headline"), "3214") << "by code point: É comes after L";
}

TEST_F(interpreter, a_limit_counts_from_its_offset) {
  const auto sliced = [&](std::string_view bounds) {
    return answer("b = scan Blog\ns = sort b [key desc b.id]\nl = limit s " + std::string(bounds) +
                  "\np = project l [b.id] -> (id: i64!)");
  };
  EXPECT_EQ(sliced("count 2"), (rows{{3}, {2}}));
  EXPECT_EQ(sliced("offset 1"), (rows{{2}, {1}}));
  EXPECT_EQ(sliced("count 9 offset 2"), (rows{{1}}));
  EXPECT_EQ(sliced("count 0"), rows());
}

TEST_F(interpreter, distinct_takes_nulls_for_equal) {
  EXPECT_EQ(answer("e = scan Entry\np = project e [e.rating] -> (r: i32?)\nd = distinct p"), (rows{{5}, {null}, {3}}));
  EXPECT_EQ(answer(R"(
    e = scan Entry
    s = sort e [key desc e.id]
    d = distinct s on [e.blog_id]
    p = project d [e.id] -> (id: i64!))"),
            (rows{{4}, {2}}))
      << "the first of each in the order below";
}

TEST_F(interpreter, set_operations_are_over_bags_with_all_and_over_sets_without) {
  const auto both = [&](std::string_view operation) {
    return answer(R"(
      e = scan Entry
      p = project e [e.rating] -> (r: i32?)
      e2 = scan Entry
      f2 = filter e2 where lt(e2.id, 3)
      p2 = project f2 [e2.rating] -> (r: i32?)
      s = set )" + std::string(operation) +
                  " p with p2 -> (r: i32?)");
  };
  EXPECT_EQ(both("union all"), (rows{{5}, {null}, {5}, {3}, {5}, {null}}));
  EXPECT_EQ(both("union"), (rows{{5}, {null}, {3}}));
  EXPECT_EQ(both("intersect all"), (rows{{5}, {null}}));
  EXPECT_EQ(both("intersect"), (rows{{5}, {null}}));
  EXPECT_EQ(both("except all"), (rows{{5}, {3}}));
  EXPECT_EQ(both("except"), (rows{{3}}));
}

TEST_F(interpreter, a_subquery_sees_the_row_around_it) {
  EXPECT_EQ(answer(R"(
    b = scan Blog
    e = scan Entry
    f = filter e where and(eq(e.blog_id, b.id), eq(e.rating, 5))
    f2 = filter b where (exists f)
    p = project f2 [b.id] -> (id: i64!))"),
            (rows{{1}, {2}}));
  EXPECT_EQ(answer(R"(
    b = scan Blog
    e = scan Entry
    f = filter e where eq(e.blog_id, b.id)
    a = aggregate f by [] compute [aggregate max [e.rating]] -> (best: i32?)
    p = project b [b.id, (scalar_of a)] -> (id: i64!, best: i32?))"),
            (rows{{1, 5}, {2, 5}, {3, null}}));
}

TEST_F(interpreter, a_value_in_a_subquery_with_null_is_true_or_unknown) {
  EXPECT_EQ(answer(R"(
    a = scan Author
    e = scan Entry
    p = project e [e.editor_id] -> (editor: i64?)
    p2 = project a [a.id, (in_query a.id in p): bool?] -> (id: i64!, v: bool?))"),
            (rows{{1, true}, {2, true}}));
  EXPECT_EQ(answer(R"(
    b = scan Blog
    e = scan Entry
    p = project e [e.editor_id] -> (editor: i64?)
    p2 = project b [b.id, (in_query b.id in p): bool?] -> (id: i64!, v: bool?))"),
            (rows{{1, true}, {2, true}, {3, null}}));
}

TEST_F(interpreter, one_value_of_several_rows_fails) {
  EXPECT_THROW(answer(R"(
    b = scan Blog
    e = scan Entry
    p = project e [e.id] -> (id: i64!)
    p2 = project b [(scalar_of p)] -> (id: i64?))"),
               query_failed);
}

TEST_F(interpreter, integers_divide_towards_zero_and_by_zero_to_null) {
  EXPECT_EQ(value("", "div(-7, 2)", "i64?"), cell(-3));
  EXPECT_EQ(value("", "mod(-7, 2)", "i64?"), cell(-1));
  EXPECT_EQ(value("", "div(7, 0)", "i64?"), cell(null));
  EXPECT_EQ(value("", "div(7.0, 2)", "f64?"), cell(3.5));
  EXPECT_EQ(value("", "add(null: i64?, 1)", "i64?"), cell(null));
}

TEST_F(interpreter, an_integer_that_does_not_fit_its_type_fails) {
  EXPECT_THROW(value("", "add(2147483647: i32!, 1: i32!)", "i32!"), query_failed);
  EXPECT_THROW(value("", "mul(9223372036854775807, 2)", "i64!"), query_failed);
  EXPECT_EQ(value("", "add(2147483647: i32!, 1)", "i64!"), cell(2147483648));
}

TEST_F(interpreter, texts_are_compared_by_code_point) {
  const auto over = [&](std::string_view operation, const std::string& argument) {
    return value("%0: text!", std::string(operation) + "(b.name, %0)", "bool!", {{argument}});
  };
  EXPECT_EQ(over("contains", "eat"), cell(true));
  EXPECT_EQ(over("contains", "EAT"), cell(false));
  EXPECT_EQ(over("icontains", "EAT"), cell(true));
  EXPECT_EQ(over("startswith", "Bea"), cell(true));
  EXPECT_EQ(over("endswith", "les"), cell(true));
  EXPECT_EQ(over("endswith", "Bea"), cell(false));
  EXPECT_EQ(over("iexact", "bEATLES"), cell(true));
  EXPECT_EQ(value("%0: text!", "length(%0)", "i32!", {{"Été"}}), cell(3));
  EXPECT_EQ(value("%0: text!", "substr(%0, 2, 1)", "text!", {{"Été"}}), cell("t"));
}

TEST_F(interpreter, dates_have_parts) {
  // The 29th of February 2020, a Saturday; the 1st of January 2021, a Friday of the last week of 2020.
  const auto of = [&](std::string_view operation, std::int64_t day) {
    return value("%0: date!", std::string(operation) + "(%0)", "i32!", {{day}});
  };
  EXPECT_EQ(of("year", 18'321), cell(2020));
  EXPECT_EQ(of("month", 18'321), cell(2));
  EXPECT_EQ(of("day", 18'321), cell(29));
  EXPECT_EQ(of("quarter", 18'321), cell(1));
  EXPECT_EQ(of("week_day", 18'321), cell(7));
  EXPECT_EQ(of("iso_week_day", 18'321), cell(6));
  EXPECT_EQ(of("week", 18'628), cell(53));
  EXPECT_EQ(of("iso_year", 18'628), cell(2020));
  EXPECT_EQ(of("year", -1), cell(1969));
  EXPECT_EQ(value("%0: date!", "trunc_quarter(%0)", "date!", {{std::int64_t{18'321}}}), cell(18'262));
  EXPECT_EQ(value("%0: datetime!", "hour(%0)", "i32!", {{std::int64_t{-1'000'000}}}), cell(23));
  EXPECT_EQ(value("%0: datetime!", "date_of(%0)", "date!", {{std::int64_t{-1'000'000}}}), cell(-1));
}

TEST_F(interpreter, texts_are_changed_by_code_point) {
  EXPECT_EQ(value("%0: text!", "upper(%0)", "text!", {{"été b"}}), cell("ÉTÉ B"));
  EXPECT_EQ(value("%0: text!", "reverse(%0)", "text!", {{"été!"}}), cell("!été"));
  EXPECT_EQ(value("%0: text!, %1: text!", "replace(%0, %1, %0)", "text!", {{"aba"}, {"b"}}), cell("aabaa"));
  EXPECT_EQ(value("%0: text!", "right(%0, 2)", "text!", {{"aéb"}}), cell("éb"));
  EXPECT_EQ(value("%0: text!, %1: text!", "position(%0, %1)", "i32!", {{"éb"}, {"b"}}), cell(2));
  EXPECT_EQ(value("%0: text!", "trim(%0)", "text!", {{" a b "}}), cell("a b"));
}

TEST_F(interpreter, case_takes_the_first_branch_that_is_true) {
  EXPECT_EQ(answer(R"(
    e = scan Entry
    p = project e [case else 0 [when gt(e.rating, 4) then 1, when is_not_null(e.rating) then 2]] -> (v: i64!))"),
            (rows{{1}, {0}, {1}, {2}}));
}

TEST_F(interpreter, what_it_does_not_know_is_refused) {
  EXPECT_THROW(value("", "random()", "f64!"), not_interpreted);
  EXPECT_THROW(value("%0: text!", "regex(b.name, %0)", "bool!", {{"B.*"}}), not_interpreted);
  EXPECT_THROW(value("%0: text!", "iexact(b.name, %0)", "bool!", {{"ß"}}), not_interpreted);
  EXPECT_THROW(value("%0: i64!", "eq(b.id, %0)", "bool!"), not_interpreted) << "the parameter has no value";
  EXPECT_THROW(value("%0: i64!", "eq(b.id, %0)", "bool!", {{"one"}}), not_interpreted);
}

}  // namespace
}  // namespace quarry::test

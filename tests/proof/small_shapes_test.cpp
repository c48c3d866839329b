// All shapes of two relations: each way to join them, with conditions below, in and above the join, under each consumer, over
// rows with NULLs, repeats, dangling keys and over empty tables. Optimized and not, in the interpreter and in a database, a
// query gives the same rows.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <iostream>

#include <quarry/ir/text/parse_catalog.hpp>

#include "support/checked_passes.hpp"
#include "support/interpreter.hpp"
#include "support/logical_builder.hpp"
#include "support/scratch_database.hpp"

namespace quarry::test {
namespace {

using namespace ir;

std::shared_ptr<const catalog> schema() {
  static const auto made = *parse_catalog(R"(catalog blog {
    model Blog { score: i32? }
    model Entry { blog: fk Blog related "entries", origin: fk Blog? related "copies",
                  mirror: fk Blog unenforced related "mirrored", rating: i32? }
  })");
  return made;
}

struct row_set {
  const char* name;
  std::vector<row> blogs;  // id, score
  std::vector<row> entries;  // id, blog, origin, mirror, rating
};

const std::array row_sets = {
    row_set{"nothing", {}, {}},
    row_set{"blogs_alone", {{1, 1}, {2, null}, {3, 1}}, {}},
    row_set{"nulls_and_repeats",
            {{1, 1}, {2, null}, {3, 1}, {4, 2}},
            {{1, 1, 1, 1, 1}, {2, 1, null, 9, null}, {3, 2, 1, 2, 1}, {4, 2, null, 9, 2}, {5, 4, 2, 4, null}}},
    row_set{"every_key_used",
            {{1, null}, {2, 2}},
            {{1, 1, 2, 2, null}, {2, 2, 1, 1, null}, {3, 2, 2, 7, 2}, {4, 1, 1, 1, 1}}},
};

/// One way from a model to the other, along a foreign key.
struct way {
  const char* left;
  const char* right;
  const char* left_key;
  const char* right_key;
  bool to_one, trusted, always;  // always: each left row has its right row
};
constexpr std::array ways = {
    way{"Entry", "Blog", "blog_id", "id", true, true, true},
    way{"Entry", "Blog", "origin_id", "id", true, true, false},
    way{"Entry", "Blog", "mirror_id", "id", true, false, false},
    way{"Blog", "Entry", "id", "blog_id", false, false, false},
    way{"Blog", "Entry", "id", "origin_id", false, false, false},
};
constexpr std::array forms = {join_kind::inner, join_kind::left, join_kind::semi,
                              join_kind::anti,  join_kind::full, join_kind::cross};

constexpr int places = 4;  // below on the left, below on the right, beside the key equality, above
constexpr std::array<int, places> conditions_of = {5, 5, 5, 9};
constexpr int consumers = 18;

struct shape {
  way along;
  code form;
  std::array<int, places> condition;  // 0: none
  int consumer;
};

bool shows_right(const shape& s) { return s.form != join_kind::semi && s.form != join_kind::anti; }

class shape_maker {
 public:
  shape_maker(context& cx, const shape& s) : make_(cx), shape_(s) {}

  /// Absent where the parts don't go together.
  rel_id query() {
    // The right row of a required key can only be missing where something filters it.
    const bool finds = shape_.along.always && shape_.condition[1] == 0 && shape_.condition[2] == 0;
    const bool pads_right = shape_.form == join_kind::full || (shape_.form == join_kind::left && !finds);
    left_ = make_.scan(shape_.along.left, shape_.form == join_kind::full);
    right_ = make_.scan(shape_.along.right, pads_right);
    const rel_id left = make_.filter_if(left_, on_side(left_, shape_.condition[0]));
    const rel_id right = make_.filter_if(right_, on_side(right_, shape_.condition[1]));
    expr_id on;
    if (shape_.form != join_kind::cross)
      on = make_.both(make_.eq(make_.col(left_, shape_.along.left_key), make_.col(right_, shape_.along.right_key)),
                      beside(shape_.condition[2]));
    const rel_id joined = make_.join(shape_.form, left, right, on, shape_.along.to_one && on.present(),
                                     shape_.along.trusted && on.present());
    return consumed(make_.filter_if(joined, above(shape_.condition[3])));
  }
  bool ordered() const { return shape_.consumer == 6; }

 private:
  expr_id value(rel_id of) { return make_.col(of, is_blog(of) ? "score" : "rating"); }
  bool is_blog(rel_id scan) { return make_.cx().at(scan).a == make_.cx().schema().find_model("Blog"); }

  /// There is another row that belongs to this one: an entry of the blog, the blog that an entry was copied from.
  expr_id related(rel_id of, const char* by = "blog_id") {
    const rel_id other = make_.scan(is_blog(of) ? "Entry" : "Blog");
    const expr_id key = is_blog(of) ? make_.eq(make_.col(other, by), make_.col(of, "id"))
                                    : make_.eq(make_.col(other, "id"), make_.col(of, "origin_id"));
    return make_.exists(make_.filter(other, make_.both(key, make_.eq(value(other), make_.integer(1)))));
  }

  expr_id on_side(rel_id of, int which) {
    switch (which) {
      case 1: return make_.eq(value(of), make_.integer(1));
      case 2: return make_.is_null(value(of));
      case 3: return make_.negated(make_.eq(value(of), make_.integer(1)));
      case 4: return make_.either(make_.eq(value(of), make_.integer(2)), make_.is_null(value(of)));
      case 5: return related(of);
      default: return {};
    }
  }

  expr_id beside(int which) {
    switch (which) {
      case 1: return make_.eq(value(left_), value(right_));
      case 2: return make_.is_null(value(right_));
      case 3: return make_.negated(make_.eq(value(left_), value(right_)));
      case 4: return make_.either(make_.eq(value(right_), make_.integer(1)), make_.is_null(value(left_)));
      case 5: return related(right_);
      default: return {};
    }
  }

  expr_id above(int which) {
    const rel_id right = shows_right(shape_) ? right_ : left_;
    switch (which) {
      case 1: return make_.eq(value(right), make_.integer(1));
      case 2: return make_.is_null(make_.col(right, "id"));
      case 3: return make_.negated(make_.eq(value(right), make_.integer(1)));
      case 4: return make_.either(make_.eq(value(right), make_.integer(1)), make_.is_null(value(left_)));
      case 5: return make_.negated(related(left_));
      case 6: return make_.is_null(value(right));
      case 7: return make_.negated(related(right));
      case 8: return make_.either(make_.eq(value(right), make_.integer(2)), related(left_));
      case 9:
        return make_.either(make_.both(make_.eq(value(right), make_.integer(1)), make_.is_null(value(left_))),
                            make_.negated(related(left_, "origin_id")));
      default: return {};
    }
  }

  rel_id consumed(rel_id rows) {
    const bool both = shows_right(shape_);
    const expr_id id = make_.col(left_, "id"), far = make_.col(right_, "id");
    switch (shape_.consumer) {
      case 0: {
        logical_builder::exprs all = {id, value(left_)};
        if (both) all.insert(all.end(), {far, value(right_)});
        return make_.project(rows, all);
      }
      case 1: return make_.project(rows, {id, value(left_)});
      case 2: return make_.distinct(make_.project(rows, {value(left_)}));
      case 3: return make_.distinct(make_.project(rows, {id, value(left_)}));
      case 4: return make_.count(rows);
      case 5: {
        logical_builder::exprs computed = {make_.aggregate(op::count_rows)};
        if (both)
          computed.insert(computed.end(),
                          {make_.aggregate(op::max, value(right_)), make_.aggregate(op::count, far, true)});
        return make_.group(rows, {value(left_)}, computed);
      }
      case 6: {
        std::vector<any_id> keys = {make_.descending(value(left_)), make_.ascending(id)};
        if (both) keys.push_back(make_.ascending(far));
        return make_.project(make_.limit(make_.sort(rows, keys), 2, 1), {id});
      }
      case 7: {
        const rel_id other = make_.scan("Blog");
        const expr_id key = is_blog(left_) ? id : make_.col(left_, "origin_id");
        return make_.project(make_.join(join_kind::semi, other, rows, make_.eq(make_.col(other, "id"), key)),
                             {make_.col(other, "id")});
      }
      case 8: {
        const rel_id ids = make_.project(rows, {id});
        return make_.count(make_.sort(make_.distinct(ids), {make_.descending(make_.col(ids, 0U))}));
      }
      case 9:
        return make_.group(rows, {}, {make_.aggregate(op::count, value(left_), true), make_.aggregate(op::max, id)});
      case 10: return both ? make_.project(rows, {far}) : rel_id();
      case 11: return make_.project(make_.filter(rows, make_.eq(id, make_.scalar_of(first_of_group("id", 1)))), {id});
      case 12: return make_.project(make_.filter(rows, make_.in_query(id, first_of_group("id", 2))), {id});
      case 13: {
        // The largest value of the group, which several rows may have.
        const char* const field = is_blog(left_) ? "score" : "rating";
        const expr_id largest = make_.scalar_of(first_of_group(field, 1));
        return make_.project(make_.filter(rows, make_.eq(value(left_), largest)), {id, value(left_)});
      }
      case 14: {
        const expr_id first = make_.scalar_of(first_of_group(is_blog(left_) ? "score" : "rating", 1));
        const expr_id two_or_none = make_.either(make_.eq(first, make_.integer(2)), make_.is_null(first));
        return make_.project(make_.filter(rows, two_or_none), {id, first});
      }
      case 15: {
        const rel_id other = make_.scan("Entry");
        const expr_id number =
            make_.scalar_of(make_.count(make_.filter(other, make_.eq(make_.col(other, "blog_id"), id))));
        return make_.project(make_.filter(rows, make_.op(op::gt, {number, make_.integer(0)})),
                             {number, value(left_), id});
      }
      default: {
        // The last consumer's groups differ.
        const rel_id counts = by_blog(op::count, false), most = by_blog(op::max, shape_.consumer == 17);
        const rel_id counted = make_.join(join_kind::left, rows, counts, make_.eq(id, make_.col(counts, 0U)), true);
        const rel_id all = make_.join(join_kind::left, counted, most, make_.eq(id, make_.col(most, 0U)), true);
        return make_.project(all, {id, make_.col(counts, 1U), make_.col(most, 1U)});
      }
    }
  }

  /// A column of the first rows that have the left row's group, which may be NULL: the blog that an entry was copied from, a
  /// blog's score.
  rel_id first_of_group(std::string_view column, std::int64_t count) {
    const rel_id other = make_.scan(is_blog(left_) ? "Blog" : "Entry");
    const char* const group = is_blog(left_) ? "score" : "origin_id";
    const rel_id same = make_.filter(other, make_.eq(make_.col(other, group), make_.col(left_, group)));
    const rel_id sorted = make_.sort(same, {make_.descending(value(other)), make_.descending(make_.col(other, "id"))});
    return make_.project(make_.limit(sorted, count), {make_.col(other, column)});
  }

  /// Entries as groups of one blog each.
  rel_id by_blog(op of, bool rated) {
    const rel_id entries = make_.scan("Entry");
    const rel_id rows = rated ? make_.filter(entries, make_.eq(value(entries), make_.integer(1))) : entries;
    return make_.group(rows, {make_.col(entries, "blog_id")}, {make_.aggregate(of, make_.col(entries, "id"))}, true);
  }

  logical_builder make_;
  shape shape_;
  rel_id left_, right_;
};

// Under AddressSanitizer a shape costs about ten times as much: there one of nine has to do.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t one_of = 9;
#else
constexpr std::size_t one_of = 1;
#endif

/// Every shape with conditions in at most two places.
void each_shape(const std::function<void(const shape&)>& f) {
  for (const way& along : ways)
    for (const code form : forms)
      for (int a = 0; a < places; ++a)
        for (int b = a; b < places; ++b)
          for (int in_a = a == b ? 0 : 1; in_a <= conditions_of[static_cast<std::size_t>(a)]; ++in_a)
            for (int in_b = 1; in_b <= (a == b ? 1 : conditions_of[static_cast<std::size_t>(b)]); ++in_b) {
              // The shape without any condition comes once.
              if (a == b && in_a == 0 && a > 0) continue;
              shape s{along, form, {}, 0};
              s.condition[static_cast<std::size_t>(a)] = in_a;
              if (a != b) s.condition[static_cast<std::size_t>(b)] = in_b;
              if (form == join_kind::cross && (s.condition[2] != 0 || &along != &ways[0])) continue;
              for (s.consumer = 0; s.consumer < consumers; ++s.consumer) f(s);
            }
}

void PrintTo(const row_set& rows, std::ostream* out) { *out << rows.name; }

class small_shapes : public testing::TestWithParam<row_set> {};

/// What went wrong, or nothing.
class shape_check {
 public:
  explicit shape_check(const row_set& rows) : database_(schema()) {
    tables_.of = {rows.blogs, rows.entries};
    database_.load(tables_);
  }

  std::string run(const shape& s) {
    cx_.reset(*schema());
    shape_maker maker(cx_, s);
    const rel_id query = maker.query();
    if (!query.present()) return {};
    ++count;
    try {
      return compared(query, maker.ordered());
    } catch (const std::exception& e) {
      return text(query) + e.what();
    }
  }

  std::size_t count = 0, changed = 0;
  checked_passes passes;

 private:
  std::string text(rel_id tree) { return print(cx_, tree, stage::logical); }

  std::string compared(rel_id query, bool ordered) {
    if (auto sound = verify(cx_, query, stage::logical); !sound) return render(sound.error()) + text(query);
    const rel_id optimized = passes.run(cx_, query);
    const std::vector<row> expected = interpret(cx_, query, tables_);
    const auto differs = [&](const std::vector<row>& found, const char* where, rel_id tree) -> std::string {
      if (same_rows(found, expected, ordered)) return {};
      return text(query) + where + text(tree) + database_.sql() + "\ngives\n" + to_text(found) + "instead of\n" +
          to_text(expected);
    };
    if (std::string wrong = differs(database_.run(cx_, query), "in the database\n", query); !wrong.empty())
      return wrong;
    if (optimized == query) return {};
    ++changed;
    if (std::string wrong = differs(interpret(cx_, optimized, tables_), "optimized\n", optimized); !wrong.empty())
      return wrong;
    return differs(database_.run(cx_, optimized), "optimized and in the database\n", optimized);
  }

  table_rows tables_;
  scratch_database database_;
  context cx_;
};

TEST_P(small_shapes, mean_the_same_optimized_and_not_here_and_in_a_database) {
  shape_check check(GetParam());
  std::size_t wrong = 0, met = 0;
  each_shape([&](const shape& s) {
    if (met++ % one_of != 0) return;
    const std::string what = check.run(s);
    if (!what.empty() && ++wrong <= 3) ADD_FAILURE() << what;
  });
  EXPECT_EQ(wrong, 0U) << "shapes are wrong";
  std::cout << check.count << " shapes, " << check.changed << " changed by passes: " << check.passes.summary() << "\n";
  EXPECT_GT(check.count, 50000U / one_of);
  EXPECT_GT(check.changed, check.count / 4);
  // For what these look for there are shapes of its own: related_groups_test.cpp.
  // A part of the shapes need not have what a pass looks for.
  if (one_of == 1) {
    EXPECT_EQ(check.passes.never_fired({"range-dates", "count-complement", "group-early", "simplify-aggregates"}), "");
  }
}

INSTANTIATE_TEST_SUITE_P(rows, small_shapes, testing::ValuesIn(row_sets),
                         [](const auto& rows) { return std::string(rows.param.name); });

}  // namespace
}  // namespace quarry::test

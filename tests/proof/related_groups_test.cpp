// Groups of related rows, joined to the rows that they belong to, and counts of all rows but some: each way to narrow the rows and their
// copy, to join the related ones, to compute and to read, over rows with NULLs and without related rows. Optimized and not, in the interpreter
// and in a database, a query gives the same rows.
#include <gtest/gtest.h>

#include <array>
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
    model Entry { blog: fk Blog related "entries", origin: fk Blog? related "copies", rating: i32? }
  })");
  return made;
}

struct row_set {
  const char* name;
  std::vector<row> blogs;  // id, score
  std::vector<row> entries;  // id, blog, origin, rating
};

const std::array row_sets = {
    row_set{"nothing", {}, {}},
    row_set{"blogs_alone", {{1, 1}, {2, null}}, {}},
    row_set{"nulls_and_repeats",
            {{1, 1}, {2, null}, {3, 1}, {4, 2}},
            {{1, 1, 1, 1}, {2, 1, null, null}, {3, 2, 1, 2}, {4, 2, null, 2}, {5, 4, 2, null}, {6, 4, 2, 1}}},
};

/// What is asked; each word from 0 on.
struct question {
  const char* key;  // of the entries
  int narrowed;  // the blogs: not, by their score, by their key
  int copied;  // the copy: not at all, narrowed as the blogs are, not narrowed, narrowed otherwise
  code form;  // the copy with its entries
  int entries;  // all, some
  int computed;
  int read;
};

class question_maker {
 public:
  question_maker(context& cx, const question& q) : make_(cx), q_(q) {}

  rel_id query() {
    const rel_id blog = make_.scan("Blog");
    const rel_id rows = narrowed(blog, q_.narrowed);
    const bool padded = q_.copied != 0 && q_.form == join_kind::left;
    const rel_id entry = make_.scan("Entry", padded);
    rel_id entries = entry;
    if (q_.entries == 1) entries = make_.filter(entry, make_.eq(make_.col(entry, "rating"), make_.integer(1)));
    expr_id key = make_.col(entry, q_.key);
    if (q_.copied != 0) {
      const rel_id copy = make_.scan("Blog");
      const int by = q_.copied == 1 ? q_.narrowed : q_.copied == 2 ? 0 : 3;
      entries = make_.join(q_.form, narrowed(copy, by), entries, make_.eq(make_.col(copy, "id"), key));
      key = make_.col(copy, "id");
    }
    const rel_id groups = make_.group(entries, {key}, {computed(entry)}, true);
    const rel_id joined =
        make_.join(join_kind::left, rows, groups, make_.eq(make_.col(blog, "id"), make_.col(groups, 0U)), true);
    return read(joined, blog, make_.col(groups, 1U));
  }

 private:
  rel_id narrowed(rel_id blog, int how) {
    switch (how) {
      case 1: return make_.filter(blog, make_.eq(make_.col(blog, "score"), make_.integer(1)));
      case 2: return make_.filter(blog, make_.eq(make_.col(blog, "id"), make_.integer(2)));
      case 3: return make_.filter(blog, make_.is_null(make_.col(blog, "score")));
      default: return blog;
    }
  }

  expr_id computed(rel_id entry) {
    const expr_id id = make_.col(entry, "id"), rating = make_.col(entry, "rating");
    switch (q_.computed) {
      case 0: return make_.aggregate(op::count, id);
      case 1: return make_.aggregate(op::count, id, true);
      case 2: return make_.aggregate(op::count_rows);
      case 3: return make_.aggregate(op::count, rating);
      case 4: return make_.aggregate(op::count, rating, true);
      default: return make_.aggregate(op::max, rating);
    }
  }

  rel_id read(rel_id rows, rel_id blog, expr_id value) {
    const expr_id id = make_.col(blog, "id");
    const expr_id counted = make_.cx().make_op(op::coalesce, {value, make_.integer(0)});
    switch (q_.read) {
      case 0: return make_.project(rows, {id, counted});
      case 1: return make_.project(rows, {id, value});
      case 2: return make_.project(make_.filter(rows, make_.eq(counted, make_.integer(1))), {id});
      case 3: return make_.project(make_.filter(rows, make_.eq(value, make_.integer(1))), {id, value});
      case 4: return make_.project(make_.sort(rows, {make_.descending(counted), make_.ascending(id)}), {id, counted});
      case 5: return make_.group(rows, {}, {make_.aggregate(op::max, counted), make_.aggregate(op::count_rows)});
      default: return make_.count(make_.filter(rows, make_.is_null(value)));
    }
  }

  logical_builder make_;
  const question& q_;
};

class related_groups : public testing::TestWithParam<row_set> {
 protected:
  related_groups() : database_(schema()) {
    tables_.of = {GetParam().blogs, GetParam().entries};
    database_.load(tables_);
  }

  void check(rel_id query, bool ordered) {
    ++count_;
    const auto sound = verify(cx_, query, stage::logical);
    ASSERT_TRUE(sound) << render(sound.error()) << text(query);
    const std::vector<row> expected = interpret(cx_, query, tables_);
    const rel_id optimized = passes_.run(cx_, query);
    for (const rel_id tree : {query, optimized}) {
      const std::vector<row> there = database_.run(cx_, tree), here = interpret(cx_, tree, tables_);
      EXPECT_TRUE(same_rows(here, expected, ordered))
          << text(query) << text(tree) << to_text(here) << to_text(expected);
      EXPECT_TRUE(same_rows(there, expected, ordered))
          << text(query) << text(tree) << database_.sql() << to_text(there) << to_text(expected);
    }
  }
  std::string text(rel_id tree) { return print(cx_, tree, stage::logical); }

  context cx_;
  table_rows tables_;
  scratch_database database_;
  checked_passes passes_;
  std::size_t count_ = 0;
};

TEST_P(related_groups, mean_the_same_however_they_are_grouped) {
  for (const char* key : {"blog_id", "origin_id"})
    for (int narrowed = 0; narrowed < 3; ++narrowed)
      for (int copied = 0; copied < 4; ++copied)
        for (const code form : {join_kind::left, join_kind::inner})
          for (int entries = 0; entries < 2; ++entries)
            for (int computed = 0; computed < 6; ++computed)
              for (int read = 0; read < 7 && !HasFailure(); ++read) {
                if (copied == 0 && form == join_kind::inner) continue;
                const question q{key, narrowed, copied, form, entries, computed, read};
                cx_.reset(*schema());
                check(question_maker(cx_, q).query(), read == 4);
              }
  std::cout << count_ << " queries: " << passes_.summary() << "\n";
  EXPECT_TRUE(passes_.fired().contains("group-early"));
  EXPECT_TRUE(passes_.fired().contains("simplify-aggregates"));
}

TEST_P(related_groups, are_counted_by_those_that_are_left_out) {
  for (const char* key : {"blog_id", "origin_id"})
    for (int where = 0; where < 3; ++where)
      for (int narrowed = 0; narrowed < 2; ++narrowed) {
        cx_.reset(*schema());
        logical_builder make(cx_);
        const rel_id blog = make.scan("Blog"), entry = make.scan("Entry");
        const expr_id rating = make.col(entry, "rating");
        expr_id condition = make.eq(make.col(entry, "id"), make.integer(3));
        if (where == 1) condition = make.either(condition, make.eq(make.col(entry, "id"), make.integer(5)));
        if (where == 2) condition = make.eq(rating, make.integer(1));
        const expr_id tie = make.eq(make.col(entry, key), make.col(blog, "id"));
        const rel_id few = make.filter(entry, make.both(tie, condition));
        rel_id rows = blog;
        if (narrowed == 1) rows = make.filter(blog, make.eq(make.col(blog, "score"), make.integer(1)));
        check(make.count(make.filter(rows, make.negated(make.exists(few)))), false);
      }
  EXPECT_TRUE(passes_.fired().contains("count-complement"));
}

void PrintTo(const row_set& rows, std::ostream* out) { *out << rows.name; }

INSTANTIATE_TEST_SUITE_P(rows, related_groups, testing::ValuesIn(row_sets),
                         [](const auto& rows) { return std::string(rows.param.name); });

}  // namespace
}  // namespace quarry::test

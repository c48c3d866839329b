// What a condition asks of related rows, as a question by itself: whether a key is in a set that is worked out once, or whether a row
// exists, asked for each row.
#pragma once

#include <quarry/ir/analysis/narrowing.hpp>
#include <quarry/ir/match/fresh_copy.hpp>
#include <quarry/ir/passes/join_groups.hpp>

namespace quarry::ir {

/// Some row of `rows` meets `ties`, or none does.
struct key_test {
  rel_id rows;
  few<expr_id, 4> ties;  ///< what reads both
  bool positive = true;
  bool child = false;  ///< rows of one table, of which there may be several
  bool selective = false;  ///< a value is asked for that few rows have
  bool asked_last = false;  ///< of rows that another test beside it has chosen
  expr_id operand, key;  ///< of the only tie, where that is an equality of columns
};

/// Makes such questions, and the conditions that stand for them.
class key_tests {
 public:
  key_tests(pass_context& px, join_groups& joins) : px_(px), cx_(px.cx()), joins_(joins) {}

  /// The rows to which the questions are put: how few they are, and whether they are read until there are enough.
  void put_to(input_size rows, bool stops_early) noexcept {
    size_ = rows;
    limited_ = stops_early;
  }

  /// exists, or not exists.
  bool is_existence(any_id e) const;

  /// What the conditions, which read the group, ask of it. False: a padded row passes, or nothing ties the group to its rows; the
  /// context is told.
  bool of_group(const join_group& g, std::span<const expr_id> conditions, key_test& out);
  /// exists or not exists over rows that are tied to those around them by conditions that may stand outside. False: it is no such.
  bool of_existence(expr_id e, key_test& out);

  /// It is better asked as membership in a set.
  bool as_set(const key_test& t) const;
  /// The condition, over copies of the rows.
  expr_id answer(const key_test& t);
  /// `key` of each of the rows that are asked for, over a copy of them.
  rel_id keys_of(const key_test& t, expr_id key);

 private:
  bool says_missing(expr_id e, const joined& first) const;
  void find_key(key_test& t) const;
  bool may_be_null(expr_id column) const;
  expr_id membership(key_test t);
  expr_id existence(const key_test& t);

  pass_context& px_;
  context& cx_;
  join_groups& joins_;
  fresh_copy copies_;
  input_size size_ = input_size::all;
  bool limited_ = false;
};

}  // namespace quarry::ir

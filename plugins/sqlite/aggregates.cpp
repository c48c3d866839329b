#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>

#include <quarry/plugins/sqlite/decimal.hpp>
#include <quarry/plugins/sqlite/functions.hpp>

// Aggregates, usable as window functions too.
namespace quarry::plugin::sqlite {

namespace {

using boost::multiprecision::cpp_int;

cpp_int power_of_ten(int exponent) { return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent)); }

// The exact sum of numbers as they look in decimal; of numbers that are rounded themselves, such as thirds, the nearest double to it.
class exact_sum {
 public:
  // rounded: the number has more digits than it shows.
  void add(const decimal& value, bool negative, bool rounded) {
    rounded_ = rounded_ || rounded;
    if (-value.exponent > scale_) {
      sum_ *= power_of_ten(-value.exponent - scale_);
      scale_ = -value.exponent;
    }
    cpp_int digits = value.digits;
    if (value.exponent > -scale_) digits *= power_of_ten(value.exponent + scale_);
    if (negative) {
      sum_ -= digits;
    } else {
      sum_ += digits;
    }
  }

  void give_sum(sqlite3_context* to) const {
    cpp_int digits = sum_;
    int exponent = -scale_;
    while (exponent < 0 && digits % 10 == 0) {
      digits /= 10;
      ++exponent;
    }
    if (exponent == 0 && digits >= std::numeric_limits<std::int64_t>::min() &&
        digits <= std::numeric_limits<std::int64_t>::max()) {
      sqlite3_result_int64(to, static_cast<std::int64_t>(digits));
      return;
    }
    const std::string text = digits.str() + "e" + std::to_string(exponent);
    auto number = decimal::from(text);
    if (!number && rounded_) {
      give_nearest(to, text);
      return;
    }
    if (!number) throw data_error("a sum of decimals has more than 15 significant digits");
    sqlite3_result_double(to, number->real());
  }

  // The double that is nearest to the quotient.
  void give_mean(sqlite3_context* to, std::int64_t count) const {
    cpp_int quotient = sum_ * power_of_ten(40) / count;
    give_nearest(to, quotient.str() + "e" + std::to_string(-scale_ - 40));
  }

 private:
  static void give_nearest(sqlite3_context* to, const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    sqlite3_result_double(to, value);
  }

  cpp_int sum_;
  int scale_ = 0;
  bool rounded_ = false;
};

// Numbers that have no more digits than they show.
struct decimals {
  exact_sum sum;
  std::int64_t count = 0;

  void add(sqlite3_value* value, bool forth) { add(value, forth, false); }
  void add(sqlite3_value* value, bool forth, bool full_is_rounded) {
    decimal number;
    if (sqlite3_value_numeric_type(value) == SQLITE_INTEGER) {
      number = decimal::from(static_cast<std::int64_t>(sqlite3_value_int64(value)));
    } else {
      double real = sqlite3_value_double(value);
      if (!std::isfinite(real)) throw data_error("a number that is not finite");
      number = decimal::from(real);
    }
    constexpr int most_digits = 15;
    sum.add(number, number.negative == forth, full_is_rounded && number.significant_digits() == most_digits);
    count += forth ? 1 : -1;
  }
  void give_sum(sqlite3_context* to) const {
    if (count > 0) sum.give_sum(to);
  }
  void give_mean(sqlite3_context* to) const {
    if (count > 0) sum.give_mean(to, count);
  }
};

// Results of arithmetic: one with as many digits as there may be was rounded to them, such as a third.
struct computed_decimals : decimals {
  void add(sqlite3_value* value, bool forth) { decimals::add(value, forth, true); }
  void give_sum(sqlite3_context* to) const { decimals::give_sum(to); }
};

// Welford's method: no difference of large sums.
struct spread {
  std::int64_t count = 0;
  double mean = 0, squares = 0;

  void add(sqlite3_value* value, bool forth) {
    double x = sqlite3_value_double(value);
    double before = x - mean;
    if (forth) {
      ++count;
      mean += before / static_cast<double>(count);
      squares += before * (x - mean);
    } else if (--count == 0) {
      mean = squares = 0;
    } else {
      mean -= before / static_cast<double>(count);
      squares -= before * (x - mean);
      if (squares < 0) squares = 0;
    }
  }

  template <int Less>
  double variance() const {
    return squares / static_cast<double>(count - Less);
  }
  void give_var_pop(sqlite3_context* to) const {
    if (count > 0) sqlite3_result_double(to, variance<0>());
  }
  void give_var_samp(sqlite3_context* to) const {
    if (count > 1) sqlite3_result_double(to, variance<1>());
  }
  void give_stddev_pop(sqlite3_context* to) const {
    if (count > 0) sqlite3_result_double(to, std::sqrt(variance<0>()));
  }
  void give_stddev_samp(sqlite3_context* to) const {
    if (count > 1) sqlite3_result_double(to, std::sqrt(variance<1>()));
  }
};

// Texts joined in an order: quarry_string_agg(form, text, delimiter, key...). The form has a letter a key, 'a' ascending and 'd'
// descending with NULLs first ascending and last descending, 'A' and 'D' with NULLs at the other end; 'u' in front takes each text
// once. Distinct texts without an order come sorted.
class joined_texts {
 public:
  void add(int count, sqlite3_value** values) {
    if (form_.empty()) form_ = "." + std::string(text_of(values[0]));
    entry e;
    e.text = text_of(values[1]);
    e.delimiter = is_null(values[2]) ? std::string_view() : text_of(values[2]);
    for (int i = 3; i < count; ++i) {
      e.keys.emplace_back(sqlite3_value_dup(values[i]));
      if (!e.keys.back()) throw std::bad_alloc();
    }
    e.place = entries_.size();
    entries_.push_back(std::move(e));
  }

  void give(sqlite3_context* to) {
    const bool unique = form_.size() > 1 && form_[1] == 'u';
    const std::string_view directions = std::string_view(form_).substr(unique ? 2 : 1);
    std::sort(entries_.begin(), entries_.end(), [&](const entry& a, const entry& b) {
      if (directions.empty() && unique && a.text != b.text) return a.text < b.text;
      for (std::size_t i = 0; i < directions.size(); ++i)
        if (const int c = in_order(directions[i], a.keys[i].get(), b.keys[i].get()); c != 0) return c < 0;
      return a.place < b.place;
    });
    std::set<std::string_view> seen;
    std::string out;
    bool first = true;
    for (const entry& e : entries_) {
      if (unique && !seen.insert(e.text).second) continue;
      if (!first) out += e.delimiter;
      first = false;
      out += e.text;
    }
    result_text(to, out);
  }

 private:
  struct free_value {
    void operator()(sqlite3_value* v) const noexcept { sqlite3_value_free(v); }
  };
  struct entry {
    std::string text, delimiter;
    std::vector<std::unique_ptr<sqlite3_value, free_value>> keys;
    std::size_t place = 0;  // as they came
  };

  static int in_order(char direction, sqlite3_value* a, sqlite3_value* b) {
    const bool descending = direction == 'd' || direction == 'D';
    const bool nulls_first = direction == 'a' || direction == 'D';
    if (is_null(a) || is_null(b)) {
      if (is_null(a) == is_null(b)) return 0;
      return is_null(a) == nulls_first ? -1 : 1;
    }
    const int c = compare(a, b);
    return descending ? -c : c;
  }
  // As SQLite sorts: numbers before texts before bytes.
  static int compare(sqlite3_value* a, sqlite3_value* b) {
    const auto rank = [](int type) { return type == SQLITE_TEXT ? 1 : type == SQLITE_BLOB ? 2 : 0; };
    const int x = sqlite3_value_type(a), y = sqlite3_value_type(b);
    if (rank(x) != rank(y)) return rank(x) - rank(y);
    if (rank(x) != 0) return text_of(a).compare(text_of(b));
    if (x == SQLITE_INTEGER && y == SQLITE_INTEGER) {
      const sqlite3_int64 i = sqlite3_value_int64(a), j = sqlite3_value_int64(b);
      return i < j ? -1 : i > j ? 1 : 0;
    }
    const double i = sqlite3_value_double(a), j = sqlite3_value_double(b);
    return i < j ? -1 : i > j ? 1 : 0;
  }

  std::string form_;
  std::vector<entry> entries_;
};

void add_text(sqlite3_context* to, int count, sqlite3_value** values) noexcept {
  if (count < 3 || is_null(values[1])) return;
  try {
    auto** state = static_cast<joined_texts**>(sqlite3_aggregate_context(to, static_cast<int>(sizeof(joined_texts*))));
    if (state == nullptr) throw std::bad_alloc();
    if (*state == nullptr) *state = new joined_texts();
    (*state)->add(count, values);
  } catch (...) {
    report(to);
  }
}

void join_texts(sqlite3_context* to) noexcept {
  auto** state = static_cast<joined_texts**>(sqlite3_aggregate_context(to, 0));
  if (state == nullptr || *state == nullptr) return;  // no text: NULL
  try {
    (*state)->give(to);
  } catch (...) {
    report(to);
  }
  delete *state;
  *state = nullptr;
}

// SQLite keeps a pointer to the state for each group.
template <class State>
State** place(sqlite3_context* to, bool make) {
  return static_cast<State**>(sqlite3_aggregate_context(to, make ? static_cast<int>(sizeof(State*)) : 0));
}

template <class State, bool Forth>
void step(sqlite3_context* to, int, sqlite3_value** values) noexcept {
  if (is_null(values[0])) return;
  try {
    State** state = place<State>(to, true);
    if (state == nullptr) throw std::bad_alloc();
    if (*state == nullptr) *state = new State();
    (*state)->add(values[0], Forth);
  } catch (...) {
    report(to);
  }
}

template <class State, void (State::*Give)(sqlite3_context*) const>
void value(sqlite3_context* to) noexcept {
  State** state = place<State>(to, false);
  if (state == nullptr || *state == nullptr) return;  // no value: NULL
  try {
    ((*state)->*Give)(to);
  } catch (...) {
    report(to);
  }
}

template <class State, void (State::*Give)(sqlite3_context*) const>
void final(sqlite3_context* to) noexcept {
  value<State, Give>(to);
  State** state = place<State>(to, false);
  if (state != nullptr) {
    delete *state;
    *state = nullptr;
  }
}

template <class State, void (State::*Give)(sqlite3_context*) const>
void define_aggregate(sqlite3* db, const char* name) {
  int code = sqlite3_create_window_function(db, name, 1, pure, nullptr, step<State, true>, final<State, Give>,
                                            value<State, Give>, step<State, false>, nullptr);
  if (code != SQLITE_OK) throw last_error(db);
}

}  // namespace

void register_aggregates(sqlite3* db) {
  define_aggregate<decimals, &decimals::give_sum>(db, "quarry_decimal_sum");
  define_aggregate<computed_decimals, &computed_decimals::give_sum>(db, "quarry_computed_sum");
  define_aggregate<decimals, &decimals::give_mean>(db, "quarry_decimal_avg");
  define_aggregate<spread, &spread::give_var_pop>(db, "quarry_var_pop");
  define_aggregate<spread, &spread::give_var_samp>(db, "quarry_var_samp");
  define_aggregate<spread, &spread::give_stddev_pop>(db, "quarry_stddev_pop");
  define_aggregate<spread, &spread::give_stddev_samp>(db, "quarry_stddev_samp");
  const int code =
      sqlite3_create_function_v2(db, "quarry_string_agg", -1, pure, nullptr, nullptr, add_text, join_texts, nullptr);
  if (code != SQLITE_OK) throw last_error(db);
}

}  // namespace quarry::plugin::sqlite

#include <cmath>
#include <numbers>

#include <quarry/plugins/sqlite/functions.hpp>

// SQLite has these only when it was compiled with SQLITE_ENABLE_MATH_FUNCTIONS, and then not for every type as we want it.
namespace quarry::plugin::sqlite {

namespace {

// NULL where the function is not defined.
void result_real(sqlite3_context* to, double value) {
  if (std::isfinite(value)) sqlite3_result_double(to, value);
}

template <double (*F)(double)>
void of_one(sqlite3_context* to, arguments args) {
  result_real(to, F(sqlite3_value_double(args[0])));
}

// Integers are whole already, and stay integers.
template <double (*F)(double)>
void whole(sqlite3_context* to, arguments args) {
  if (sqlite3_value_numeric_type(args[0]) == SQLITE_INTEGER) {
    sqlite3_result_int64(to, sqlite3_value_int64(args[0]));
  } else {
    result_real(to, F(sqlite3_value_double(args[0])));
  }
}

void sign(sqlite3_context* to, arguments args) {
  const double value = sqlite3_value_double(args[0]);
  sqlite3_result_int(to, value > 0 ? 1 : value < 0 ? -1 : 0);
}

double cot(double angle) { return 1 / std::tan(angle); }
double degrees(double angle) { return angle * (180 / std::numbers::pi); }
double radians(double angle) { return angle * (std::numbers::pi / 180); }

void log(sqlite3_context* to, arguments args) {
  const double base = sqlite3_value_double(args[0]);
  const double value = sqlite3_value_double(args[1]);
  // Exact for powers of the usual bases, where a quotient of logarithms is not.
  result_real(to, base == 10 ? std::log10(value) : base == 2 ? std::log2(value) : std::log(value) / std::log(base));
}

void atan2(sqlite3_context* to, arguments args) {
  result_real(to, std::atan2(sqlite3_value_double(args[0]), sqlite3_value_double(args[1])));
}

void pi(sqlite3_context* to, arguments) { sqlite3_result_double(to, std::numbers::pi); }

}  // namespace

void register_math_functions(sqlite3* db) {
  define(db, "quarry_ceil", 1, strict<whole<std::ceil>>);
  define(db, "quarry_floor", 1, strict<whole<std::floor>>);
  define(db, "quarry_sign", 1, strict<sign>);
  define(db, "quarry_sqrt", 1, strict<of_one<std::sqrt>>);
  define(db, "quarry_exp", 1, strict<of_one<std::exp>>);
  define(db, "quarry_ln", 1, strict<of_one<std::log>>);
  define(db, "quarry_log", 2, strict<log>);
  define(db, "quarry_degrees", 1, strict<of_one<degrees>>);
  define(db, "quarry_radians", 1, strict<of_one<radians>>);
  define(db, "quarry_pi", 0, strict<pi>);
  define(db, "quarry_sin", 1, strict<of_one<std::sin>>);
  define(db, "quarry_cos", 1, strict<of_one<std::cos>>);
  define(db, "quarry_tan", 1, strict<of_one<std::tan>>);
  define(db, "quarry_cot", 1, strict<of_one<cot>>);
  define(db, "quarry_asin", 1, strict<of_one<std::asin>>);
  define(db, "quarry_acos", 1, strict<of_one<std::acos>>);
  define(db, "quarry_atan", 1, strict<of_one<std::atan>>);
  define(db, "quarry_atan2", 2, strict<atan2>);
}

}  // namespace quarry::plugin::sqlite

#include <cmath>
#include <cstdint>

#include <quarry/plugins/sqlite/decimal.hpp>
#include <quarry/plugins/sqlite/functions.hpp>

namespace quarry::plugin::sqlite {

namespace {

decimal decimal_of(sqlite3_value* value) {
  if (sqlite3_value_numeric_type(value) == SQLITE_INTEGER)
    return decimal::from(static_cast<std::int64_t>(sqlite3_value_int64(value)));
  double real = sqlite3_value_double(value);
  if (!std::isfinite(real)) throw data_error("a number that is not finite");
  return decimal::from(real);
}

// Rounds half away from zero what the number looks like in decimal: 1.005 to two places is 1.01.
void round(sqlite3_context* to, arguments args) {
  int places = args.count > 1 ? sqlite3_value_int(args[1]) : 0;
  bool integer = sqlite3_value_numeric_type(args[0]) == SQLITE_INTEGER;
  if (integer && places >= 0) {
    sqlite3_result_int64(to, sqlite3_value_int64(args[0]));
    return;
  }
  decimal rounded = decimal_of(args[0]).rounded(places);
  if (!integer) {
    sqlite3_result_double(to, rounded.real());
    return;
  }
  auto whole = rounded.integer();
  if (!whole) throw data_error("integer overflow");
  sqlite3_result_int64(to, *whole);
}

// The decimal of at most 15 digits that a result of arithmetic stands for.
void nearest_decimal(sqlite3_context* to, arguments args) {
  if (sqlite3_value_numeric_type(args[0]) == SQLITE_INTEGER) {
    sqlite3_result_int64(to, sqlite3_value_int64(args[0]));
  } else {
    sqlite3_result_double(to, decimal_of(args[0]).real());
  }
}

// The remainder with the sign of the dividend; exact for decimals of like size.
void mod(sqlite3_context* to, arguments args) {
  decimal a = decimal_of(args[0]);
  decimal b = decimal_of(args[1]);
  if (b.digits == 0) return;  // NULL
  int exponent = a.exponent < b.exponent ? a.exponent : b.exponent;
  auto aligned = [&](decimal& d) {
    for (; d.exponent > exponent; --d.exponent) {
      if (d.digits > UINT64_MAX / 10) return false;
      d.digits *= 10;
    }
    return true;
  };
  if (a.digits == 0 || !aligned(a) || !aligned(b)) {
    sqlite3_result_double(to, std::fmod(sqlite3_value_double(args[0]), sqlite3_value_double(args[1])));
    return;
  }
  a.digits %= b.digits;
  sqlite3_result_double(to, a.digits == 0 ? 0.0 : a.real());
}

void power(sqlite3_context* to, arguments args) {
  double result = std::pow(sqlite3_value_double(args[0]), sqlite3_value_double(args[1]));
  if (!std::isfinite(result)) throw data_error("a power that is no number");
  sqlite3_result_double(to, result);
}

void bit_xor(sqlite3_context* to, arguments args) {
  sqlite3_result_int64(to, sqlite3_value_int64(args[0]) ^ sqlite3_value_int64(args[1]));
}

// A number of microseconds times a number, to the nearest.
void duration_scale(sqlite3_context* to, arguments args) {
  if (sqlite3_value_type(args[1]) == SQLITE_INTEGER) {
    sqlite3_int64 exact = 0;
    if (__builtin_mul_overflow(sqlite3_value_int64(args[0]), sqlite3_value_int64(args[1]), &exact))
      throw data_error("a duration that is too long");
    sqlite3_result_int64(to, exact);
    return;
  }
  constexpr double most = 9.2e18;
  const double scaled = std::round(static_cast<double>(sqlite3_value_int64(args[0])) * sqlite3_value_double(args[1]));
  if (!(std::abs(scaled) < most)) throw data_error("a duration that is too long");
  sqlite3_result_int64(to, static_cast<sqlite3_int64>(scaled));
}

// A decimal with so many places after the point.
void decimal_text(sqlite3_context* to, arguments args) {
  char text[longest_decimal];
  result_text(to, {text, write_decimal(text, decimal_of(args[0]), sqlite3_value_int(args[1]))});
}

// 0 <= x < 1: 53 random bits.
void random(sqlite3_context* to, arguments) {
  std::uint64_t bits = 0;
  sqlite3_randomness(sizeof(bits), &bits);
  sqlite3_result_double(to, static_cast<double>(bits >> 11) * 0x1p-53);
}

}  // namespace

void register_number_functions(sqlite3* db) {
  define(db, "quarry_round", 1, strict<round>);
  define(db, "quarry_round", 2, strict<round>);
  define(db, "quarry_decimal", 1, strict<nearest_decimal>);
  define(db, "quarry_mod", 2, strict<mod>);
  define(db, "quarry_power", 2, strict<power>);
  define(db, "quarry_bit_xor", 2, strict<bit_xor>);
  define(db, "quarry_decimal_text", 2, strict<decimal_text>);
  define(db, "quarry_duration_scale", 2, strict<duration_scale>);
  define(db, "quarry_random", 0, strict<random>, SQLITE_UTF8 | SQLITE_INNOCUOUS);
}

}  // namespace quarry::plugin::sqlite

// The words of operations.
#include <quarry/dialects/mysql/emitter.hpp>

namespace quarry::dialect::mysql {

namespace {

bool is_integer(std::uint32_t type) {
  return type == QUARRY_TYPE_INT16 || type == QUARRY_TYPE_INT32 || type == QUARRY_TYPE_INT64 ||
      type == QUARRY_TYPE_DURATION;
}

spelling compares(std::string_view text) { return pattern(text, level::comparison); }

spelling text_words(std::uint32_t code) {
  switch (code) {
    case QUARRY_OP_CONTAINS: return compares("locate($2, $1) > 0");
    case QUARRY_OP_ENDSWITH: return compares("right($1, char_length($2)) = @2");
    // Written by emitter::op(), which needs their level only.
    case QUARRY_OP_STARTSWITH:
    case QUARRY_OP_IEXACT:
    case QUARRY_OP_ICONTAINS:
    case QUARRY_OP_ISTARTSWITH:
    case QUARRY_OP_IENDSWITH:
    case QUARRY_OP_CONTAINS_NATIVE:
    case QUARRY_OP_STARTSWITH_NATIVE:
    case QUARRY_OP_ENDSWITH_NATIVE:
    case QUARRY_OP_IEXACT_NATIVE:
    case QUARRY_OP_ICONTAINS_NATIVE:
    case QUARRY_OP_ISTARTSWITH_NATIVE:
    case QUARRY_OP_IENDSWITH_NATIVE: return {"", level::comparison, false, level::tight, level::tight};
    case QUARRY_OP_UPPER:
    case QUARRY_OP_LOWER: return {"", level::other, false, level::tight, level::tight};
    case QUARRY_OP_REGEX: return compares("@1 REGEXP concat('(?-i)', $2)");
    case QUARRY_OP_IREGEX: return compares("@1 REGEXP concat('(?i)', $2)");
    case QUARRY_OP_LIKE: return compared(" LIKE ");
    case QUARRY_OP_LENGTH: return pattern("char_length($1)");
    case QUARRY_OP_CONCAT: return pattern("concat($*)");
    case QUARRY_OP_SUBSTR: return pattern("substr($*)");
    case QUARRY_OP_REPLACE: return pattern("replace($*)");
    case QUARRY_OP_TRIM: return pattern("trim($1)");
    case QUARRY_OP_LTRIM: return pattern("ltrim($1)");
    case QUARRY_OP_RTRIM: return pattern("rtrim($1)");
    case QUARRY_OP_LPAD: return pattern("lpad($*)");
    case QUARRY_OP_RPAD: return pattern("rpad($*)");
    case QUARRY_OP_REPEAT: return pattern("repeat($1, $2)");
    case QUARRY_OP_REVERSE: return pattern("reverse($1)");
    case QUARRY_OP_POSITION: return pattern("locate($2, $1)");
    case QUARRY_OP_RIGHT: return pattern("right($1, $2)");
    case QUARRY_OP_MD5: return pattern("md5($1)");
    case QUARRY_OP_SHA1: return pattern("sha1($1)");
    case QUARRY_OP_SHA224: return pattern("sha2($1, 224)");
    case QUARRY_OP_SHA256: return pattern("sha2($1, 256)");
    case QUARRY_OP_SHA384: return pattern("sha2($1, 384)");
    case QUARRY_OP_SHA512: return pattern("sha2($1, 512)");
    case QUARRY_OP_JSON_CONTAINS: return pattern("json_contains($1, $2)");
    case QUARRY_OP_TO_JSON:  // these three: emitter::op()
    case QUARRY_OP_JSON_OBJECT:
    case QUARRY_OP_JSON_ARRAY: return {"", level::other, false, level::tight, level::tight};
    case QUARRY_OP_CHR: return pattern("convert(char($1 USING utf32) USING utf8mb4)");
    case QUARRY_OP_ORD: return pattern("nullif(ord(convert($1 USING utf32)), 0)");
    default: return {};
  }
}

spelling number_words(const op_node& op) {
  const std::uint32_t type = op.type_code();
  const bool whole = is_integer(type);
  switch (op.code()) {
    case QUARRY_OP_XOR: return infix(" XOR ", level::alternative, level::comparison, level::comparison);
    case QUARRY_OP_NOT_DISTINCT: return compared(" <=> ");
    case QUARRY_OP_DIV:
      // A quotient has four decimal places more than the dividend.
      if (type == QUARRY_TYPE_DECIMAL && op.args()[0].type_code() != QUARRY_TYPE_FLOAT64)
        return pattern("CAST($1 AS DECIMAL(65, 26)) / @2", level::product);
      return infix(whole ? " DIV " : " / ", level::product, level::product, level::sign);
    case QUARRY_OP_DIV_NATIVE: return infix(" / ", level::product, level::product, level::sign);
    case QUARRY_OP_MOD:
    case QUARRY_OP_MOD_NATIVE: return pattern("mod($1, $2)");
    // Bits are unsigned there.
    case QUARRY_OP_BIT_AND: return pattern("CAST(@1 & @2 AS SIGNED)");
    case QUARRY_OP_BIT_OR: return pattern("CAST(@1 | @2 AS SIGNED)");
    case QUARRY_OP_BIT_XOR: return pattern("CAST(@1 ^ @2 AS SIGNED)");
    case QUARRY_OP_BIT_NOT: return pattern("CAST(~@1 AS SIGNED)");
    case QUARRY_OP_SHIFT_LEFT: return pattern("CAST(@1 << @2 AS SIGNED)");
    case QUARRY_OP_SHIFT_RIGHT:  // what comes in from the left is the sign
      return pattern("CASE WHEN @1 < 0 THEN CAST(~(~@1 >> @2) AS SIGNED) ELSE CAST(@1 >> @2 AS SIGNED) END");
    case QUARRY_OP_POW: return pattern("pow($1, $2)");
    case QUARRY_OP_ROUND_NATIVE: return pattern("round($*)");
    case QUARRY_OP_ROUND:
      if (type != QUARRY_TYPE_FLOAT64) return pattern("round($*)");
      // Of a double it rounds as the C library does, half to even.
      return pattern(op.args().size() == 1 ? "CAST(round(CAST($1 AS DECIMAL(65, 15))) AS DOUBLE)"
                                           : "CAST(round(CAST($1 AS DECIMAL(65, 15)), $2) AS DOUBLE)");
    case QUARRY_OP_CEIL: return pattern("ceil($1)");
    case QUARRY_OP_FLOOR: return pattern("floor($1)");
    case QUARRY_OP_SIGN: return pattern("sign($1)");
    case QUARRY_OP_SQRT: return pattern("sqrt($1)");
    case QUARRY_OP_EXP: return pattern("exp($1)");
    case QUARRY_OP_LN: return pattern("ln($1)");
    case QUARRY_OP_LOG: return pattern("log($1, $2)");
    case QUARRY_OP_DEGREES: return pattern("degrees($1)");
    case QUARRY_OP_RADIANS: return pattern("radians($1)");
    case QUARRY_OP_PI: return pattern("CAST(pi() AS DOUBLE)");
    case QUARRY_OP_SIN: return pattern("sin($1)");
    case QUARRY_OP_COS: return pattern("cos($1)");
    case QUARRY_OP_TAN: return pattern("tan($1)");
    case QUARRY_OP_COT: return pattern("cot($1)");
    case QUARRY_OP_ASIN: return pattern("asin($1)");
    case QUARRY_OP_ACOS: return pattern("acos($1)");
    case QUARRY_OP_ATAN: return pattern("atan($1)");
    case QUARRY_OP_ATAN2: return pattern("atan2($1, $2)");
    case QUARRY_OP_GREATEST:
    case QUARRY_OP_GREATEST_NATIVE: return pattern("greatest($*)");
    case QUARRY_OP_LEAST:
    case QUARRY_OP_LEAST_NATIVE: return pattern("least($*)");
    case QUARRY_OP_RANDOM: return pattern("rand()");
    default: return {};
  }
}

// The first moment of a unit, as a text that is cast to the type: a date, or a datetime.
#define QUARRY_FIRST(form)                                                         \
  (type == QUARRY_TYPE_DATE ? pattern("CAST(date_format($1, '" form "') AS DATE)") \
                            : pattern("CAST(date_format($1, '" form "') AS DATETIME(6))"))
#define QUARRY_CUT(form, of_time)                                                        \
  (type == QUARRY_TYPE_TIME ? pattern("CAST(time_format($1, '" of_time "') AS TIME(6))") \
                            : pattern("CAST(date_format($1, '" form "') AS DATETIME(6))"))
// What is computed from the date alone is a date; of a datetime it becomes one again.
#define QUARRY_DAY(expression) \
  (type == QUARRY_TYPE_DATE ? pattern(expression) : pattern("CAST(" expression " AS DATETIME(6))"))

spelling moment_words(const op_node& op) {
  const std::uint32_t type = op.type_code();
  const std::uint32_t of = op.args().empty() ? std::uint32_t{QUARRY_TYPE_UNKNOWN} : op.args()[0].type_code();
  switch (op.code()) {
    case QUARRY_OP_YEAR: return pattern("year($1)");
    case QUARRY_OP_ISO_YEAR: return pattern("yearweek($1, 3) DIV 100", level::product);
    case QUARRY_OP_MONTH: return pattern("month($1)");
    case QUARRY_OP_DAY: return pattern("dayofmonth($1)");
    case QUARRY_OP_WEEK: return pattern("week($1, 3)");
    case QUARRY_OP_WEEK_DAY: return pattern("dayofweek($1)");
    case QUARRY_OP_ISO_WEEK_DAY: return pattern("weekday($1) + 1", level::sum);
    case QUARRY_OP_QUARTER: return pattern("quarter($1)");
    case QUARRY_OP_HOUR: return pattern("hour($1)");
    case QUARRY_OP_MINUTE: return pattern("minute($1)");
    case QUARRY_OP_SECOND: return pattern("second($1)");
    case QUARRY_OP_DATE_OF: return pattern("CAST($1 AS DATE)");
    case QUARRY_OP_TIME_OF: return pattern("CAST($1 AS TIME(6))");
    case QUARRY_OP_TRUNC_YEAR: return QUARRY_FIRST("%Y-01-01");
    case QUARRY_OP_TRUNC_MONTH: return QUARRY_FIRST("%Y-%m-01");
    case QUARRY_OP_TRUNC_QUARTER: return QUARRY_DAY("makedate(year($1), 1) + INTERVAL quarter($1) * 3 - 3 MONTH");
    case QUARRY_OP_TRUNC_WEEK: return QUARRY_DAY("CAST($1 AS DATE) - INTERVAL weekday($1) DAY");
    case QUARRY_OP_TRUNC_DAY: return QUARRY_FIRST("%Y-%m-%d");
    case QUARRY_OP_TRUNC_HOUR: return QUARRY_CUT("%Y-%m-%d %H:00:00", "%H:00:00");
    case QUARRY_OP_TRUNC_MINUTE: return QUARRY_CUT("%Y-%m-%d %H:%i:00", "%H:%i:00");
    case QUARRY_OP_TRUNC_SECOND: return QUARRY_CUT("%Y-%m-%d %H:%i:%s", "%H:%i:%s");
    case QUARRY_OP_TIME_ADD:
      if (type == QUARRY_TYPE_DURATION) return infix(" + ", level::sum, level::sum, level::product);
      if (type == QUARRY_TYPE_DATE) return pattern("CAST(@1 + INTERVAL @2 MICROSECOND AS DATE)");
      return pattern("@1 + INTERVAL @2 MICROSECOND", level::sum);
    case QUARRY_OP_TIME_SUB:
      if (type == QUARRY_TYPE_DURATION) return infix(" - ", level::sum, level::sum, level::product);
      if (type == QUARRY_TYPE_DATE) return pattern("CAST(@1 - INTERVAL @2 MICROSECOND AS DATE)");
      return pattern("@1 - INTERVAL @2 MICROSECOND", level::sum);
    case QUARRY_OP_DURATION_SCALE: return pattern("CAST(round(@1 * $2) AS SIGNED)");
    case QUARRY_OP_TIME_DIFF:
      if (of == QUARRY_TYPE_DURATION) return infix(" - ", level::sum, level::sum, level::product);
      if (of == QUARRY_TYPE_TIME)
        return pattern("(time_to_sec($1) * 1000000 + microsecond($1)) - (time_to_sec($2) * 1000000 + microsecond($2))",
                       level::sum);
      return pattern("timestampdiff(MICROSECOND, $2, $1)");
    case QUARRY_OP_NOW: return pattern("utc_timestamp(6)");
    default: return {};
  }
}

}  // namespace

spelling emitter::words(const op_node& op) {
  for (const spelling& found : {text_words(op.code()), number_words(op), moment_words(op)})
    if (!found.text.empty() || found.binds != level::tight) return found;
  return standard_spelling(op.code());
}

}  // namespace quarry::dialect::mysql

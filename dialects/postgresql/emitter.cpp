#include <quarry/dialects/postgresql/emitter.hpp>

#include <utility>

namespace quarry::dialect::postgresql {

namespace {

bool is_integer(std::uint32_t type) {
  return type == QUARRY_TYPE_INT16 || type == QUARRY_TYPE_INT32 || type == QUARRY_TYPE_INT64;
}
bool is_number(std::uint32_t type) {
  return is_integer(type) || type == QUARRY_TYPE_FLOAT64 || type == QUARRY_TYPE_DECIMAL;
}

std::uint32_t type_of(const tail& args, std::uint32_t index) {
  return index < args.size() ? args[index].type_code() : std::uint32_t{QUARRY_TYPE_UNKNOWN};
}

spelling compares(std::string_view text) { return pattern(text, level::comparison); }

// --- text ---

// What LIKE would take for a wildcard is escaped.
#define QUARRY_ESCAPED(x) R"(replace(replace(replace()" x R"(, '\', '\\'), '%', '\%'), '_', '\_'))"

#define QUARRY_DIGEST(name) pattern("encode(" name "(convert_to($1, 'UTF8')), 'hex')")

spelling text_words(std::uint32_t code, std::uint32_t argument_count) {
  switch (code) {
    case QUARRY_OP_CONTAINS: return compares("strpos($1, $2) > 0");
    case QUARRY_OP_STARTSWITH: return compared(" ^@ ");  // an index in code point order serves it
    case QUARRY_OP_ENDSWITH: return compares("right($1, length($2)) = @2");
    case QUARRY_OP_REGEX: return compared(" ~ ");
    case QUARRY_OP_IREGEX: return compared(" ~* ");
    case QUARRY_OP_CONTAINS_NATIVE: return compares("@1 LIKE '%' || " QUARRY_ESCAPED("$2") " || '%'");
    case QUARRY_OP_STARTSWITH_NATIVE: return compares("@1 LIKE " QUARRY_ESCAPED("$2") " || '%'");
    case QUARRY_OP_ENDSWITH_NATIVE: return compares("@1 LIKE '%' || " QUARRY_ESCAPED("$2"));
    case QUARRY_OP_IEXACT_NATIVE: return compares("upper($1) = upper($2)");
    case QUARRY_OP_ICONTAINS_NATIVE: return compares("upper($1) LIKE '%' || " QUARRY_ESCAPED("upper($2)") " || '%'");
    case QUARRY_OP_ISTARTSWITH_NATIVE: return compares("upper($1) LIKE " QUARRY_ESCAPED("upper($2)") " || '%'");
    case QUARRY_OP_IENDSWITH_NATIVE: return compares("upper($1) LIKE '%' || " QUARRY_ESCAPED("upper($2)"));
    case QUARRY_OP_LIKE: return compared(" LIKE ");
    case QUARRY_OP_LENGTH: return pattern("length($1)");
    case QUARRY_OP_SUBSTR:
      return pattern(argument_count == 2 ? "substr($1, CAST($2 AS integer))"
                                         : "substr($1, CAST($2 AS integer), CAST($3 AS integer))");
    case QUARRY_OP_REPLACE: return pattern("replace($*)");
    case QUARRY_OP_TRIM: return pattern("btrim($1)");
    case QUARRY_OP_LTRIM: return pattern("ltrim($1)");
    case QUARRY_OP_RTRIM: return pattern("rtrim($1)");
    case QUARRY_OP_LPAD:
      return pattern(argument_count == 2 ? "lpad($1, CAST($2 AS integer))" : "lpad($1, CAST($2 AS integer), $3)");
    case QUARRY_OP_RPAD:
      return pattern(argument_count == 2 ? "rpad($1, CAST($2 AS integer))" : "rpad($1, CAST($2 AS integer), $3)");
    case QUARRY_OP_REPEAT: return pattern("repeat($1, CAST($2 AS integer))");
    case QUARRY_OP_REVERSE: return pattern("reverse($1)");
    case QUARRY_OP_POSITION: return pattern("strpos($1, $2)");
    case QUARRY_OP_RIGHT: return pattern("right($1, CAST($2 AS integer))");
    case QUARRY_OP_CHR: return pattern("chr(CAST($1 AS integer))");
    case QUARRY_OP_MD5: return pattern("md5($1)");
    case QUARRY_OP_SHA224: return QUARRY_DIGEST("sha224");
    case QUARRY_OP_SHA256: return QUARRY_DIGEST("sha256");
    case QUARRY_OP_SHA384: return QUARRY_DIGEST("sha384");
    case QUARRY_OP_SHA512: return QUARRY_DIGEST("sha512");
    case QUARRY_OP_JSON_OBJECT: return pattern("jsonb_build_object($*)");
    case QUARRY_OP_JSON_ARRAY: return pattern("jsonb_build_array($*)");
    case QUARRY_OP_JSON_CONTAINS: return compared(" @> ");
    case QUARRY_OP_TO_JSON: return pattern("to_jsonb($1)");
    case QUARRY_OP_ORD: return pattern("nullif(ascii($1), 0)");  // of an empty text there is no first character
    default: return {};
  }
}

#undef QUARRY_DIGEST
#undef QUARRY_ESCAPED

// --- numbers ---

#define QUARRY_REAL(x) "CAST(" x " AS double precision)"

// Of a number that has none, there is no root, logarithm or angle: NULL, as everywhere else.
spelling float_words(std::uint32_t code) {
  switch (code) {
    case QUARRY_OP_SQRT: return pattern("CASE WHEN " QUARRY_REAL("$1") " >= 0 THEN sqrt(" QUARRY_REAL("$1") ") END");
    case QUARRY_OP_EXP: return pattern("exp(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_LN: return pattern("ln(nullif(greatest(" QUARRY_REAL("$1") ", 0), 0))");
    case QUARRY_OP_LOG:
      return pattern(
          QUARRY_REAL("log(nullif(nullif(greatest(CAST($1 AS numeric), 0), 0), 1), "
                      "nullif(greatest(CAST($2 AS numeric), 0), 0))"));
    case QUARRY_OP_DEGREES: return pattern("degrees(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_RADIANS: return pattern("radians(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_PI: return pattern("pi()");
    case QUARRY_OP_SIN: return pattern("sin(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_COS: return pattern("cos(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_TAN: return pattern("tan(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_COT: return pattern("cot(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_ASIN:
      return pattern("CASE WHEN " QUARRY_REAL("$1") " BETWEEN -1 AND 1 THEN asin(" QUARRY_REAL("$1") ") END");
    case QUARRY_OP_ACOS:
      return pattern("CASE WHEN " QUARRY_REAL("$1") " BETWEEN -1 AND 1 THEN acos(" QUARRY_REAL("$1") ") END");
    case QUARRY_OP_ATAN: return pattern("atan(" QUARRY_REAL("$1") ")");
    case QUARRY_OP_ATAN2: return pattern("atan2(" QUARRY_REAL("$1") ", " QUARRY_REAL("$2") ")");
    case QUARRY_OP_POW: return pattern("power(" QUARRY_REAL("$1") ", " QUARRY_REAL("$2") ")");
    case QUARRY_OP_RANDOM: return pattern("random()");
    default: return {};
  }
}

// round() of a double rounds half to even, that of a numeric half away from zero.
spelling round_words(std::uint32_t type, std::uint32_t argument_count) {
  if (type == QUARRY_TYPE_DECIMAL) return pattern(argument_count == 1 ? "round($1)" : "round($1, CAST($2 AS integer))");
  if (is_integer(type))
    return pattern(argument_count == 1 ? "$1" : "CAST(round(CAST($1 AS numeric), CAST($2 AS integer)) AS bigint)");
  return pattern(argument_count == 1 ? QUARRY_REAL("round(CAST($1 AS numeric))")
                                     : QUARRY_REAL("round(CAST($1 AS numeric), CAST($2 AS integer))"));
}

spelling number_words(const op_node& op) {
  const tail args = op.args();
  const std::uint32_t type = op.type_code();
  const bool real = type == QUARRY_TYPE_FLOAT64;
  switch (op.code()) {
    case QUARRY_OP_DIV:
      if (type == QUARRY_TYPE_DURATION) return pattern("@1 / nullif($2, 0)", level::product);
      if (real && type_of(args, 0) != QUARRY_TYPE_FLOAT64)
        return pattern(QUARRY_REAL("$1") " / nullif($2, 0)", level::product);
      return pattern("@1 / nullif($2, 0)", level::product);
    case QUARRY_OP_MOD:
      if (real) return pattern(QUARRY_REAL("mod(CAST($1 AS numeric), nullif(CAST($2 AS numeric), 0))"));
      return pattern("mod($1, nullif($2, 0))");
    case QUARRY_OP_MOD_NATIVE:
      if (real) return pattern(QUARRY_REAL("mod(CAST($1 AS numeric), CAST($2 AS numeric))"));
      break;
    case QUARRY_OP_BIT_XOR: return infix(" # ", level::other, level::tight, level::tight);
    case QUARRY_OP_SHIFT_LEFT: return pattern("@1 << CAST($2 AS integer)", level::other);
    case QUARRY_OP_SHIFT_RIGHT: return pattern("@1 >> CAST($2 AS integer)", level::other);
    case QUARRY_OP_ROUND: return round_words(type, args.size());
    case QUARRY_OP_ROUND_NATIVE:
      if (args.size() == 1) return pattern(is_integer(type) ? "@1" : "round($1)");
      return round_words(type, args.size());
    case QUARRY_OP_CEIL:
      if (is_integer(type)) return pattern("@1");
      return pattern("ceil($1)");
    case QUARRY_OP_FLOOR:
      if (is_integer(type)) return pattern("@1");
      return pattern("floor($1)");
    case QUARRY_OP_SIGN:
      if (is_integer(type)) return pattern("CAST(sign($1) AS integer)");
      return pattern("sign($1)");
    default: break;
  }
  return {};
}

// --- dates and times ---

#define QUARRY_PART(name) pattern("CAST(EXTRACT(" name " FROM $1) AS integer)")

spelling part_words(std::uint32_t code) {
  switch (code) {
    case QUARRY_OP_YEAR: return QUARRY_PART("YEAR");
    case QUARRY_OP_ISO_YEAR: return QUARRY_PART("ISOYEAR");
    case QUARRY_OP_MONTH: return QUARRY_PART("MONTH");
    case QUARRY_OP_DAY: return QUARRY_PART("DAY");
    case QUARRY_OP_WEEK: return QUARRY_PART("WEEK");
    case QUARRY_OP_WEEK_DAY: return pattern("CAST(EXTRACT(DOW FROM $1) AS integer) + 1", level::sum);
    case QUARRY_OP_ISO_WEEK_DAY: return QUARRY_PART("ISODOW");
    case QUARRY_OP_QUARTER: return QUARRY_PART("QUARTER");
    case QUARRY_OP_HOUR: return QUARRY_PART("HOUR");
    case QUARRY_OP_MINUTE: return QUARRY_PART("MINUTE");
    case QUARRY_OP_SECOND: return pattern("CAST(floor(EXTRACT(SECOND FROM $1)) AS integer)");
    case QUARRY_OP_DATE_OF: return pattern("CAST($1 AS date)");
    case QUARRY_OP_TIME_OF: return pattern("CAST($1 AS time)");
    case QUARRY_OP_NOW: return pattern("statement_timestamp() AT TIME ZONE 'UTC'", level::other);
    default: return {};
  }
}

// date_trunc() knows timestamps and intervals.
#define QUARRY_TRUNC(unit)                                                                                 \
  (type == QUARRY_TYPE_DATE       ? pattern("CAST(date_trunc('" unit "', CAST($1 AS timestamp)) AS date)") \
       : type == QUARRY_TYPE_TIME ? pattern("CAST(date_trunc('" unit "', CAST($1 AS interval)) AS time)")  \
                                  : pattern("date_trunc('" unit "', $1)"))

spelling trunc_words(std::uint32_t code, std::uint32_t type) {
  switch (code) {
    case QUARRY_OP_TRUNC_YEAR: return QUARRY_TRUNC("year");
    case QUARRY_OP_TRUNC_QUARTER: return QUARRY_TRUNC("quarter");
    case QUARRY_OP_TRUNC_MONTH: return QUARRY_TRUNC("month");
    case QUARRY_OP_TRUNC_WEEK: return QUARRY_TRUNC("week");
    case QUARRY_OP_TRUNC_DAY: return QUARRY_TRUNC("day");
    case QUARRY_OP_TRUNC_HOUR: return QUARRY_TRUNC("hour");
    case QUARRY_OP_TRUNC_MINUTE: return QUARRY_TRUNC("minute");
    case QUARRY_OP_TRUNC_SECOND: return QUARRY_TRUNC("second");
    default: return {};
  }
}

spelling moment_words(const op_node& op) {
  const std::uint32_t type = op.type_code();
  switch (op.code()) {
    case QUARRY_OP_TIME_ADD:
      if (type == QUARRY_TYPE_DATE) return pattern("CAST(@1 + @2 AS date)");
      return infix(" + ", level::sum, level::sum, level::product);
    case QUARRY_OP_TIME_SUB:
      if (type == QUARRY_TYPE_DATE) return pattern("CAST(@1 - @2 AS date)");
      return infix(" - ", level::sum, level::sum, level::product);
    case QUARRY_OP_DURATION_SCALE: return pattern("@1 * CAST($2 AS double precision)", level::product);
    case QUARRY_OP_TIME_DIFF:
      // The difference of two dates is a number of days.
      if (type_of(op.args(), 0) == QUARRY_TYPE_DATE || type_of(op.args(), 1) == QUARRY_TYPE_DATE)
        return pattern("CAST($1 AS timestamp) - CAST($2 AS timestamp)", level::sum);
      return infix(" - ", level::sum, level::sum, level::product);
    default: return {};
  }
}

}  // namespace

void emitter::placeholder(std::uint32_t number, const quarry_type&) {
  write("$");
  this->number(number);
}

spelling emitter::words(const op_node& op) {
  const std::uint32_t code = op.code();
  switch (code) {
    case QUARRY_OP_UPPER: return pattern(case_.upper, level::other);
    case QUARRY_OP_LOWER: return pattern(case_.lower, level::other);
    // What stands here is written by op().
    case QUARRY_OP_IEXACT:
    case QUARRY_OP_ICONTAINS:
    case QUARRY_OP_ISTARTSWITH:
    case QUARRY_OP_IENDSWITH: return compares("");
    case QUARRY_OP_IN_ARRAY: return compares("@1 = ANY ($2)");
    case QUARRY_OP_GREATEST:
    case QUARRY_OP_LEAST: return pattern("");
    case QUARRY_OP_GREATEST_NATIVE: return pattern("greatest($*)");
    case QUARRY_OP_LEAST_NATIVE: return pattern("least($*)");
    default: break;
  }
  for (spelling found : {text_words(code, op.args().size()), number_words(op), float_words(code), part_words(code),
                         trunc_words(code, op.type_code()), moment_words(op)})
    if (!found.text.empty()) return found;
  return standard_spelling(code);
}

void emitter::op(const op_node& op) {
  const tail args = op.args();
  const auto mapped = [&](std::uint32_t index) {
    if (index >= args.size()) op.broken("an operation lacks arguments");
    spelled(pattern(case_.upper), {op, index}, op);
  };
  switch (op.code()) {
    case QUARRY_OP_IEXACT:
      mapped(0);
      write(" = ");
      mapped(1);
      return;
    case QUARRY_OP_ICONTAINS:
      write("strpos(");
      mapped(0);
      write(", ");
      mapped(1);
      write(") > 0");
      return;
    case QUARRY_OP_ISTARTSWITH:
      mapped(0);
      write(" ^@ ");
      mapped(1);
      return;
    case QUARRY_OP_IENDSWITH:
      write("right(");
      mapped(0);
      write(", length(");
      value(args[1]);
      write(")) = ");
      mapped(1);
      return;
    // GREATEST and LEAST pass over NULLs.
    case QUARRY_OP_GREATEST:
    case QUARRY_OP_LEAST: {
      bool first = true;
      for (node arg : args) {
        if (!arg.type().nullable) continue;
        write(first ? "CASE WHEN " : " OR ");
        value(arg, level::tight);
        write(" IS NULL");
        first = false;
      }
      if (!first) write(" THEN NULL ELSE ");
      write(op.code() == QUARRY_OP_GREATEST ? "greatest(" : "least(");
      separated(args);
      write(first ? ")" : ") END");
      return;
    }
    case QUARRY_OP_LAG:
    case QUARRY_OP_LEAD:
    case QUARRY_OP_NTILE:
    case QUARRY_OP_NTH_VALUE: window_arguments(op); return;
    default: quarry::dialect::emitter::op(op);
  }
}

void emitter::window_arguments(const op_node& function) {
  write(window_words(function));
  write("(");
  const std::uint32_t distance = function.code() == QUARRY_OP_NTILE ? 0 : 1;
  const tail args = function.args();
  for (std::uint32_t i = 0; i < args.size(); ++i) {
    if (i != 0) write(", ");
    if (i == distance) {
      as_type("integer", args[i]);
    } else {
      value(args[i]);
    }
  }
  write(")");
}

// ---------------------------------------------------------------- casts, collations, JSON

void emitter::as_type(std::string_view type, const node& value) {
  write("CAST(");
  this->value(value);
  write(" AS ");
  write(type);
  write(")");
}

level emitter::cast_level(const cast_node& cast) const {
  const bool to_truth = cast.type_code() == QUARRY_TYPE_BOOLEAN && is_number(cast.operand().type_code());
  return to_truth ? level::comparison : level::tight;
}

void emitter::cast(const cast_node& cast) {
  const std::uint32_t from = cast.operand().type_code();
  const std::uint32_t to = cast.type_code();
  if (to == QUARRY_TYPE_BOOLEAN && is_number(from)) {
    value(cast.operand(), level::other);
    write(" <> 0");
    return;
  }
  const auto around = [&](std::string_view before, std::string_view type, std::string_view after) {
    write(before);
    as_type(type, cast.operand());
    write(after);
  };
  const bool written = to == QUARRY_TYPE_TEXT && !cast.native();
  write("CAST(");
  if (is_integer(to) && from == QUARRY_TYPE_BOOLEAN) {
    as_type("integer", cast.operand());  // the only integer that a boolean becomes by itself
  } else if (written && from == QUARRY_TYPE_BOOLEAN) {
    as_type("integer", cast.operand());
  } else if (written && from == QUARRY_TYPE_UUID) {
    around("replace(", "text", ", '-', '')");
  } else if (written && from == QUARRY_TYPE_FLOAT64) {  // a whole number has its point too
    around("regexp_replace(", "text", R"(, '^(-?[0-9]+)(e|$)', '\1.0\2'))");
  } else if (!cast.native() && is_integer(to) &&
             from == QUARRY_TYPE_TEXT) {  // the number that a text begins with, or 0
    write("regexp_replace(");
    value(cast.operand());
    write(R"(, '^\s*(?:([-+]?)([0-9]+))?.*$', '\10\2'))");
  } else if (!cast.native() && is_integer(to) && (from == QUARRY_TYPE_FLOAT64 || from == QUARRY_TYPE_DECIMAL)) {
    write("trunc(");  // else it would round
    value(cast.operand());
    write(")");
  } else {
    value(cast.operand());
  }
  write(" AS ");
  type_name(cast, cast.type());
  write(")");
}

// An item without a name gets that of its function or of the column that it is cast from, and a key of ORDER BY and DISTINCT ON that
// is no more than a name means such an item, not the column of the table.
void emitter::select(const select_node& select) {
  const auto is_name = [](const node& key) { return key.is(QUARRY_KIND_NAME_REF) && !name_ref_node(key).qualified(); };
  bool named = false;
  if (node order = select.order())
    for (node item : items_of(order)) named = named || is_name(order_item_node(item).value());
  if (node keys = select.distinct_on())
    for (node key : items_of(keys)) named = named || is_name(key);
  const bool around = std::exchange(sorts_by_name_, named);
  quarry::dialect::emitter::select(select);
  sorts_by_name_ = around;
}

void emitter::unnamed_item(const node& value) {
  if (sorts_by_name_ && !value.is(QUARRY_KIND_NAME_REF)) write(R"( AS "?column?")");
}

void emitter::collate(const collate_node& collate) {
  if (collate.collation_class() != QUARRY_COLLATION_CODE_POINT) {
    quarry::dialect::emitter::collate(collate);
    return;
  }
  value(collate.operand(), level::tight);
  write(" COLLATE \"C\"");
}

// Keys of objects and places of lists are both texts in a path; a place counts from the end when it is negative.
void emitter::json_path(const json_path_node& path) {
  write(path.as_text() ? "jsonb_extract_path_text(" : "jsonb_extract_path(");
  value(path.document());
  for (node key : path.keys()) {
    write(", ");
    if (key.type_code() == QUARRY_TYPE_TEXT) {
      value(key);
    } else {
      as_type("text", key);
    }
  }
  write(")");
}

// ---------------------------------------------------------------- aggregates

std::string_view emitter::aggregate_words(const aggregate_node& aggregate) {
  const bool truth = aggregate.code() != QUARRY_OP_COUNT_ROWS && type_of(aggregate.args(), 0) == QUARRY_TYPE_BOOLEAN;
  switch (aggregate.code()) {
    case QUARRY_OP_MIN: return truth ? "bool_and" : "min";
    case QUARRY_OP_MAX: return truth ? "bool_or" : "max";
    case QUARRY_OP_STRING_AGG: return "string_agg";
    case QUARRY_OP_ANY_VALUE: return "any_value";
    default: return quarry::dialect::emitter::aggregate_words(aggregate);
  }
}

// A cast stands around the call with its window, not between the two.
void emitter::window_call(const window_call_node& call) {
  std::string_view cast;
  if (call.function().is(QUARRY_KIND_AGGREGATE)) cast = cast_of(aggregate_node(call.function()));
  if (!cast.empty()) write("CAST(");
  in_window_ = true;
  quarry::dialect::emitter::window_call(call);
  if (!cast.empty()) write(cast);
}

// The sum of bigint and the mean of integers are numeric.
std::string_view emitter::cast_of(const aggregate_node& aggregate) const {
  const std::uint32_t from =
      aggregate.args().empty() ? std::uint32_t{QUARRY_TYPE_UNKNOWN} : type_of(aggregate.args(), 0);
  const std::uint32_t to = aggregate.type_code();
  if (aggregate.code() == QUARRY_OP_SUM && from == QUARRY_TYPE_INT64 && to == QUARRY_TYPE_INT64) return " AS bigint)";
  if (to == QUARRY_TYPE_FLOAT64 && from != QUARRY_TYPE_FLOAT64) return " AS double precision)";
  return {};
}

void emitter::aggregate(const aggregate_node& aggregate) {
  const bool windowed = std::exchange(in_window_, false);
  const std::uint32_t from =
      aggregate.args().empty() ? std::uint32_t{QUARRY_TYPE_UNKNOWN} : type_of(aggregate.args(), 0);
  if (aggregate.code() == QUARRY_OP_ANY_VALUE && about_.version < 16'000'000) {
    write("(array_agg(");
    value(aggregate.args()[0]);
    write(") FILTER (WHERE ");
    value(aggregate.args()[0], level::tight);
    write(" IS NOT NULL");
    if (node condition = aggregate.condition()) {
      write(" AND ");
      value(condition, level::conjunction);
    }
    write("))[1]");
    return;
  }
  if (aggregate.code() == QUARRY_OP_STRING_AGG && aggregate.distinct() && aggregate.order())
    for (node item : items_of(aggregate.order()))
      if (order_item_node(item).value().id() != aggregate.args()[0].id())
        refuse(item, "an order of distinct values by another value");
  // UUIDs have an order, but no least and greatest before version 18.
  const bool extreme = aggregate.code() == QUARRY_OP_MIN || aggregate.code() == QUARRY_OP_MAX;
  if (extreme && from == QUARRY_TYPE_UUID && about_.version < 18'000'000) {
    write(aggregate.code() == QUARRY_OP_MIN ? "CAST(min(" : "CAST(max(");
    as_type("text", aggregate.args()[0]);
    write(")");
    if (node condition = aggregate.condition()) {
      write(" FILTER (WHERE ");
      value(condition);
      write(")");
    }
    write(" AS uuid)");
    return;
  }
  const std::string_view cast = windowed ? std::string_view() : cast_of(aggregate);
  if (!cast.empty()) write("CAST(");
  quarry::dialect::emitter::aggregate(aggregate);
  if (!cast.empty()) write(cast);
}

// ---------------------------------------------------------------- literals and tables

void emitter::duration_literal(const node&, std::int64_t micros) {
  write("make_interval(secs => ");
  number(micros);
  write(" / 1000000.0)");
}

void emitter::type_name(const node& user, const quarry_type& type) {
  switch (type.type) {
    case QUARRY_TYPE_DURATION: write("interval"); break;
    case QUARRY_TYPE_UUID: write("uuid"); break;
    case QUARRY_TYPE_JSON: write("jsonb"); break;
    case QUARRY_TYPE_BYTES: write("bytea"); break;
    default: quarry::dialect::emitter::type_name(user, type);
  }
}

void emitter::column_collation(const column_def_node& column) {
  const quarry_type& type = column.type();
  const bool ours = type.type == QUARRY_TYPE_TEXT && type.collation == QUARRY_COLLATION_CODE_POINT;
  if (column.collation().empty() && ours) {
    write(" COLLATE \"C\"");
  } else {
    quarry::dialect::emitter::column_collation(column);
  }
}

void emitter::name_as_text(const node& user, std::string_view name, bool quoted) {
  write("'");
  if (quoted) write("\"");
  for (const char& c : name) {
    if (c == '\0') user.broken("a name holds a zero byte");
    if (c == '\'' || (quoted && c == '"')) write({&c, 1});
    write({&c, 1});
  }
  write(quoted ? "\"'" : "'");
}

// The sequence behind a column; of a table without rows it starts anew.
void emitter::restart_key(const restart_key_node& restart) {
  write("SELECT setval(pg_get_serial_sequence(");
  name_as_text(restart, restart.table(), true);
  write(", ");
  name_as_text(restart, restart.column(), false);
  write("), coalesce(max(");
  identifier(restart, restart.column());
  write("), 0) + 1, FALSE) FROM ");
  identifier(restart, restart.table());
}

}  // namespace quarry::dialect::postgresql

#include <quarry/dialects/sqlite/emitter.hpp>

namespace quarry::dialect::sqlite {

namespace {

bool is_integer(std::uint32_t type) {
  return type == QUARRY_TYPE_BOOLEAN || type == QUARRY_TYPE_INT16 || type == QUARRY_TYPE_INT32 ||
      type == QUARRY_TYPE_INT64 || type == QUARRY_TYPE_DURATION;
}

std::uint32_t first_type(const tail& args) { return args.empty() ? QUARRY_TYPE_UNKNOWN : args[0].type_code(); }

// What LIKE would take for a wildcard is escaped, as Django's SQLite backend does it.
#define QUARRY_ESCAPED R"(replace(replace(replace($2, '\', '\\'), '%', '\%'), '_', '\_'))"

spelling like(std::string_view text) { return pattern(text, level::comparison); }

spelling date_add(std::uint32_t type, bool negative) {
  switch (type) {
    case QUARRY_TYPE_DATE: return pattern(negative ? "quarry_date_add($1, -@2)" : "quarry_date_add($1, $2)");
    case QUARRY_TYPE_TIME: return pattern(negative ? "quarry_time_add($1, -@2)" : "quarry_time_add($1, $2)");
    case QUARRY_TYPE_DURATION: return infix(negative ? " - " : " + ", level::sum, level::sum, level::product);
    default: return pattern(negative ? "quarry_datetime_add($1, -@2)" : "quarry_datetime_add($1, $2)");
  }
}

// Documents are equal in their normal form; a greater one is a greater number or text.
spelling json_comparison(std::uint32_t code) {
  switch (code) {
    case QUARRY_OP_EQ: return pattern("quarry_json($1) = quarry_json($2)", level::comparison);
    case QUARRY_OP_NE: return pattern("quarry_json($1) <> quarry_json($2)", level::comparison);
    case QUARRY_OP_LT: return pattern("quarry_json_order($1, $2) < 0", level::comparison);
    case QUARRY_OP_LE: return pattern("quarry_json_order($1, $2) <= 0", level::comparison);
    case QUARRY_OP_GT: return pattern("quarry_json_order($1, $2) > 0", level::comparison);
    case QUARRY_OP_GE: return pattern("quarry_json_order($1, $2) >= 0", level::comparison);
    default: return {};
  }
}

}  // namespace

// The next placeholder may go without its number. With it SQLite looks through all earlier ones: in a list of many thousand
// values that is most of the time that preparing takes. Few are numbered, for those who read.
void emitter::placeholder(std::uint32_t number, const quarry_type&) {
  constexpr std::uint32_t numbered = 100;
  write("?");
  if (number != last_placeholder_ + 1 || number <= numbered) this->number(number);
  if (number > last_placeholder_) last_placeholder_ = number;
}

spelling emitter::words(const op_node& op) {
  if (first_type(op.args()) == QUARRY_TYPE_JSON)
    if (spelling how = json_comparison(op.code()); !how.text.empty()) return how;
  switch (op.code()) {
    case QUARRY_OP_NOT_DISTINCT: return compared(" IS ");
    case QUARRY_OP_CONTAINS: return pattern("instr($1, $2) > 0", level::comparison);
    case QUARRY_OP_STARTSWITH: return pattern("quarry_startswith($1, $2)");
    case QUARRY_OP_PREFIX_END: return pattern("quarry_prefix_end($1)");
    case QUARRY_OP_ENDSWITH: return pattern("quarry_endswith($1, $2)");
    case QUARRY_OP_IEXACT: return pattern("quarry_upper($1) = quarry_upper($2)", level::comparison);
    case QUARRY_OP_ICONTAINS: return pattern("quarry_icontains($1, $2)");
    case QUARRY_OP_ISTARTSWITH: return pattern("quarry_istartswith($1, $2)");
    case QUARRY_OP_IENDSWITH: return pattern("quarry_iendswith($1, $2)");
    case QUARRY_OP_REGEX: return pattern("quarry_regexp($1, $2)");
    case QUARRY_OP_IREGEX: return pattern("quarry_iregexp($1, $2)");
    case QUARRY_OP_CONTAINS_NATIVE:
    case QUARRY_OP_ICONTAINS_NATIVE: return like("@1 LIKE '%' || " QUARRY_ESCAPED R"( || '%' ESCAPE '\')");
    case QUARRY_OP_STARTSWITH_NATIVE:
    case QUARRY_OP_ISTARTSWITH_NATIVE: return like("@1 LIKE " QUARRY_ESCAPED R"( || '%' ESCAPE '\')");
    case QUARRY_OP_ENDSWITH_NATIVE:
    case QUARRY_OP_IENDSWITH_NATIVE: return like("@1 LIKE '%' || " QUARRY_ESCAPED R"( ESCAPE '\')");
    case QUARRY_OP_IEXACT_NATIVE: return like("@1 LIKE " QUARRY_ESCAPED R"( ESCAPE '\')");
    case QUARRY_OP_LIKE: return like(R"(@1 LIKE @2 ESCAPE '\')");
    case QUARRY_OP_UPPER: return pattern("quarry_upper($1)");
    case QUARRY_OP_LOWER: return pattern("quarry_lower($1)");
    case QUARRY_OP_LENGTH: return pattern("length($1)");
    case QUARRY_OP_SUBSTR: return pattern("substr($*)");
    case QUARRY_OP_REPLACE: return pattern("replace($*)");
    case QUARRY_OP_TRIM: return pattern("trim($1)");
    case QUARRY_OP_LTRIM: return pattern("ltrim($1)");
    case QUARRY_OP_RTRIM: return pattern("rtrim($1)");
    case QUARRY_OP_LPAD: return pattern("quarry_lpad($*)");
    case QUARRY_OP_RPAD: return pattern("quarry_rpad($*)");
    case QUARRY_OP_REPEAT: return pattern("quarry_repeat($1, $2)");
    case QUARRY_OP_REVERSE: return pattern("quarry_reverse($1)");
    case QUARRY_OP_MD5: return pattern("quarry_md5($1)");
    case QUARRY_OP_SHA1: return pattern("quarry_sha1($1)");
    case QUARRY_OP_SHA224: return pattern("quarry_sha224($1)");
    case QUARRY_OP_SHA256: return pattern("quarry_sha256($1)");
    case QUARRY_OP_SHA384: return pattern("quarry_sha384($1)");
    case QUARRY_OP_SHA512: return pattern("quarry_sha512($1)");
    case QUARRY_OP_JSON_CONTAINS: return pattern("quarry_json_contains($1, $2)");
    case QUARRY_OP_TO_JSON:
      return pattern(first_type(op.args()) == QUARRY_TYPE_BOOLEAN ? "quarry_json_boolean($1)" : "quarry_to_json($1)");
    case QUARRY_OP_JSON_OBJECT: return pattern("json_object($*)");
    case QUARRY_OP_JSON_ARRAY: return pattern("json_array($*)");
    case QUARRY_OP_DURATION_SCALE: return pattern("quarry_duration_scale($1, $2)");
    case QUARRY_OP_POSITION: return pattern("instr($1, $2)");
    case QUARRY_OP_RIGHT: return pattern("quarry_right($1, $2)");
    case QUARRY_OP_CHR: return pattern("char($1)");
    case QUARRY_OP_ORD: return pattern("unicode($1)");
    case QUARRY_OP_CEIL: return pattern("quarry_ceil($1)");
    case QUARRY_OP_FLOOR: return pattern("quarry_floor($1)");
    case QUARRY_OP_SIGN: return pattern("quarry_sign($1)");
    case QUARRY_OP_SQRT: return pattern("quarry_sqrt($1)");
    case QUARRY_OP_EXP: return pattern("quarry_exp($1)");
    case QUARRY_OP_LN: return pattern("quarry_ln($1)");
    case QUARRY_OP_LOG: return pattern("quarry_log($1, $2)");
    case QUARRY_OP_DEGREES: return pattern("quarry_degrees($1)");
    case QUARRY_OP_RADIANS: return pattern("quarry_radians($1)");
    case QUARRY_OP_PI: return pattern("quarry_pi()");
    case QUARRY_OP_SIN: return pattern("quarry_sin($1)");
    case QUARRY_OP_COS: return pattern("quarry_cos($1)");
    case QUARRY_OP_TAN: return pattern("quarry_tan($1)");
    case QUARRY_OP_COT: return pattern("quarry_cot($1)");
    case QUARRY_OP_ASIN: return pattern("quarry_asin($1)");
    case QUARRY_OP_ACOS: return pattern("quarry_acos($1)");
    case QUARRY_OP_ATAN: return pattern("quarry_atan($1)");
    case QUARRY_OP_ATAN2: return pattern("quarry_atan2($1, $2)");
    // Decimals are stored as doubles, or as integers: quarry_decimal gives back the decimal that is meant, so that
    // 0.1 + 0.2 = 0.3.
    case QUARRY_OP_ADD:
      if (op.type_code() != QUARRY_TYPE_DECIMAL) break;
      return pattern("quarry_decimal(@1 + @2)");
    case QUARRY_OP_SUB:
      if (op.type_code() != QUARRY_TYPE_DECIMAL) break;
      return pattern("quarry_decimal(@1 - @2)");
    case QUARRY_OP_MUL:
      if (op.type_code() != QUARRY_TYPE_DECIMAL) break;
      return pattern("quarry_decimal(@1 * @2)");
    case QUARRY_OP_DIV:
      // SQLite's / truncates integers, and gives NULL for a divisor of 0.
      if (op.type_code() == QUARRY_TYPE_DECIMAL) return pattern("quarry_decimal(CAST($1 AS REAL) / @2)");
      if (is_integer(op.type_code()) || first_type(op.args()) == QUARRY_TYPE_FLOAT64)
        return standard_spelling(QUARRY_OP_DIV_NATIVE);
      return pattern("CAST($1 AS REAL) / @2", level::product);
    case QUARRY_OP_MOD:
      if (is_integer(op.type_code())) return standard_spelling(QUARRY_OP_MOD_NATIVE);
      return pattern("quarry_mod($1, $2)");
    case QUARRY_OP_POW: return pattern("quarry_power($1, $2)");
    case QUARRY_OP_BIT_XOR: return pattern("quarry_bit_xor($1, $2)");
    case QUARRY_OP_ROUND:
    case QUARRY_OP_ROUND_NATIVE: return pattern("quarry_round($*)");
    case QUARRY_OP_YEAR: return pattern("quarry_year($1)");
    case QUARRY_OP_ISO_YEAR: return pattern("quarry_iso_year($1)");
    case QUARRY_OP_MONTH: return pattern("quarry_month($1)");
    case QUARRY_OP_DAY: return pattern("quarry_day($1)");
    case QUARRY_OP_WEEK: return pattern("quarry_week($1)");
    case QUARRY_OP_WEEK_DAY: return pattern("quarry_week_day($1)");
    case QUARRY_OP_ISO_WEEK_DAY: return pattern("quarry_iso_week_day($1)");
    case QUARRY_OP_QUARTER: return pattern("quarry_quarter($1)");
    case QUARRY_OP_HOUR: return pattern("quarry_hour($1)");
    case QUARRY_OP_MINUTE: return pattern("quarry_minute($1)");
    case QUARRY_OP_SECOND: return pattern("quarry_second($1)");
    case QUARRY_OP_DATE_OF: return pattern("quarry_date($1)");
    case QUARRY_OP_TIME_OF: return pattern("quarry_time($1)");
    case QUARRY_OP_TRUNC_YEAR: return pattern("quarry_trunc_year($1)");
    case QUARRY_OP_TRUNC_QUARTER: return pattern("quarry_trunc_quarter($1)");
    case QUARRY_OP_TRUNC_MONTH: return pattern("quarry_trunc_month($1)");
    case QUARRY_OP_TRUNC_WEEK: return pattern("quarry_trunc_week($1)");
    case QUARRY_OP_TRUNC_DAY: return pattern("quarry_trunc_day($1)");
    case QUARRY_OP_TRUNC_HOUR: return pattern("quarry_trunc_hour($1)");
    case QUARRY_OP_TRUNC_MINUTE: return pattern("quarry_trunc_minute($1)");
    case QUARRY_OP_TRUNC_SECOND: return pattern("quarry_trunc_second($1)");
    case QUARRY_OP_TIME_ADD: return date_add(op.type_code(), false);
    case QUARRY_OP_TIME_SUB: return date_add(op.type_code(), true);
    case QUARRY_OP_TIME_DIFF: return pattern("quarry_time_diff($1, $2)");
    case QUARRY_OP_GREATEST:
    case QUARRY_OP_GREATEST_NATIVE: return pattern("max($*)");
    case QUARRY_OP_LEAST:
    case QUARRY_OP_LEAST_NATIVE: return pattern("min($*)");
    case QUARRY_OP_RANDOM: return pattern("quarry_random()");
    // 'now' is the same throughout a statement; quarry_datetime gives it the form in which datetimes are stored.
    case QUARRY_OP_NOW: return pattern("quarry_datetime(strftime('%Y-%m-%d %H:%M:%f', 'now'))");
    default: break;
  }
  return standard_spelling(op.code());
}

#undef QUARRY_ESCAPED

// Documents among the parts are parts of the new one, not texts in it.
void emitter::json_parts(std::string_view name, const tail& parts) {
  write(name);
  write("(");
  bool first = true;
  for (node part : parts) {
    if (!first) write(", ");
    first = false;
    if (part.type_code() == QUARRY_TYPE_JSON) function("json", part);
    else value(part);
  }
  write(")");
}

void emitter::op(const op_node& op) {
  if (op.code() == QUARRY_OP_JSON_OBJECT) json_parts("json_object", op.args());
  else if (op.code() == QUARRY_OP_JSON_ARRAY) json_parts("json_array", op.args());
  else quarry::dialect::emitter::op(op);
}

void emitter::in_list(const op_node& op, bool negated) {
  tail args = op.args();
  if (args.size() >= 2 && args[0].type_code() == QUARRY_TYPE_JSON) {
    function("quarry_json", args[0]);
    write(negated ? " NOT IN (" : " IN (");
    bool first = true;
    for (node item : tail{op, 1}) {
      if (!first) write(", ");
      function("quarry_json", item);
      first = false;
    }
    write(")");
    return;
  }
  if (args.size() < 2 || !args[0].is(QUARRY_KIND_ROW)) {
    quarry::dialect::emitter::in_list(op, negated);
    return;
  }
  value(args[0]);  // SQLite knows no list of rows, but a table of them
  write(negated ? " NOT IN (VALUES " : " IN (VALUES ");
  separated({op, 1});
  write(")");
}

// ---------------------------------------------------------------- casts, collations, JSON

void emitter::function(std::string_view name, const node& argument) {
  write(name);
  write("(");
  value(argument);
  write(")");
}

level emitter::cast_level(const cast_node& cast) const {
  return cast.type_code() == QUARRY_TYPE_BOOLEAN ? level::comparison : level::tight;
}

void emitter::cast(const cast_node& cast) {
  const quarry_type& to = cast.type();
  node operand = cast.operand();
  auto plain = [&](std::string_view affinity) {
    write("CAST(");
    value(operand);
    write(" AS ");
    write(affinity);
    write(")");
  };
  switch (to.type) {
    case QUARRY_TYPE_BOOLEAN:
      value(operand, level::other);
      write(" <> 0");
      break;
    case QUARRY_TYPE_INT16:
    case QUARRY_TYPE_INT32:
    case QUARRY_TYPE_INT64:
    case QUARRY_TYPE_DURATION: plain("INTEGER"); break;
    case QUARRY_TYPE_FLOAT64: plain("REAL"); break;
    case QUARRY_TYPE_DECIMAL:
      if (to.precision == 0) {
        plain("NUMERIC");
        break;
      }
      write("quarry_round(");
      plain("NUMERIC");
      write(", ");
      number(to.scale);
      write(")");
      break;
    case QUARRY_TYPE_TEXT:
      if (operand.type_code() == QUARRY_TYPE_DECIMAL && operand.type().scale != 0) {
        write("quarry_decimal_text(");
        value(operand);
        write(", ");
        number(operand.type().scale);
        write(")");
        break;
      }
      plain("TEXT");
      break;
    case QUARRY_TYPE_JSON: plain("TEXT"); break;
    case QUARRY_TYPE_BYTES: plain("BLOB"); break;
    case QUARRY_TYPE_DATE: function("quarry_date", operand); break;
    case QUARRY_TYPE_TIME: function("quarry_time", operand); break;
    case QUARRY_TYPE_DATETIME: function("quarry_datetime", operand); break;
    case QUARRY_TYPE_UUID: function("quarry_uuid", operand); break;
    default: refuse(cast, "a cast to type " + std::to_string(to.type));
  }
}

void emitter::collate(const collate_node& collate) {
  if (collate.collation_class() != QUARRY_COLLATION_CODE_POINT) {
    quarry::dialect::emitter::collate(collate);
    return;
  }
  value(collate.operand(), level::tight);
  write(" COLLATE BINARY");
}

void emitter::json_path(const json_path_node& path) {
  if (!about_.json || about_.version < 3'038'000) refuse(path, "a path into a JSON document");
  value(path.document(), level::tight);
  write(path.as_text() ? " ->> quarry_json_path(" : " -> quarry_json_path(");
  separated(path.keys());
  write(")");
}

// ---------------------------------------------------------------- aggregates, order, limit

std::string_view emitter::aggregate_words(const aggregate_node& aggregate) {
  bool decimal = first_type(aggregate.args()) == QUARRY_TYPE_DECIMAL;
  bool document = first_type(aggregate.args()) == QUARRY_TYPE_JSON;
  switch (aggregate.code()) {
    case QUARRY_OP_MIN:
      if (document) return "quarry_json_min";
      break;
    case QUARRY_OP_MAX:
      if (document) return "quarry_json_max";
      break;
    case QUARRY_OP_SUM:
      if (!decimal) return "sum";
      // What is computed has no precision of its own: it may be rounded.
      return aggregate.args()[0].type().precision == 0 ? "quarry_computed_sum" : "quarry_decimal_sum";
    case QUARRY_OP_AVG: return decimal ? "quarry_decimal_avg" : "avg";
    case QUARRY_OP_STDDEV_POP: return "quarry_stddev_pop";
    case QUARRY_OP_STDDEV_SAMP: return "quarry_stddev_samp";
    case QUARRY_OP_VAR_POP: return "quarry_var_pop";
    case QUARRY_OP_VAR_SAMP: return "quarry_var_samp";
    case QUARRY_OP_STRING_AGG: return "group_concat";
    case QUARRY_OP_ANY_VALUE: return "min";
    default: break;
  }
  return quarry::dialect::emitter::aggregate_words(aggregate);
}

// group_concat() of the oldest version knows no order, and of distinct values no delimiter.
//   string_agg(distinct x, d order [desc y])   ==>   quarry_string_agg('ud', x, d, y)      u: each value once; a, d: up or down
void emitter::string_agg(const aggregate_node& aggregate) {
  tail args = aggregate.args();
  if (args.size() != 2) aggregate.broken("texts are joined by one delimiter");
  write("quarry_string_agg('");
  if (aggregate.distinct()) write("u");
  const node order = aggregate.order();
  if (order)
    for (node item : items_of(order)) {
      order_item_node key(item);
      const bool nulls_last = key.nulls_last() || (key.descending() && !key.nulls_first());
      write(key.descending() ? (nulls_last ? "d" : "D") : (nulls_last ? "A" : "a"));
    }
  write("', ");
  separated(args);
  if (order)
    for (node item : items_of(order)) {
      write(", ");
      value(order_item_node(item).value());
    }
  write(")");
  if (node condition = aggregate.condition()) {
    write(" FILTER (WHERE ");
    value(condition);
    write(")");
  }
}

void emitter::aggregate(const aggregate_node& aggregate) {
  if (aggregate.code() == QUARRY_OP_STRING_AGG && (aggregate.order() || aggregate.distinct())) {
    string_agg(aggregate);
    return;
  }
  if (aggregate.order()) refuse(aggregate, "an aggregate with an order");
  if (aggregate.distinct() && aggregate.args().size() > 1)
    refuse(aggregate, "DISTINCT in an aggregate of two arguments");
  quarry::dialect::emitter::aggregate(aggregate);
}

void emitter::order_item(const order_item_node& item) {
  bool number = item.value().is(QUARRY_KIND_LITERAL);
  if (number) write("0 + ");
  bool document = item.value().type_code() == QUARRY_TYPE_JSON && about_.json && about_.version >= 3'038'000;
  value(item.value(), number || document ? level::tight : level::loose);
  if (document) write(" ->> '$'");  // numbers as numbers, texts as texts
  if (item.descending()) {
    write(item.nulls_first() ? " DESC NULLS FIRST" : " DESC");
  } else if (item.nulls_last()) {
    write(" NULLS LAST");  // NULLs come first unless told so
  }
}

void emitter::limits(const node& limit, const node& offset) {
  if (offset && !limit) write(" LIMIT -1");
  quarry::dialect::emitter::limits(limit, offset);
}

void emitter::lock(const lock_node& lock) { refuse(lock, "a row lock"); }
void emitter::distinct_on(const node& keys) { refuse(keys, "DISTINCT ON"); }

// ---------------------------------------------------------------- from, set operations, with

std::string_view emitter::join_words(const joined_table_node& join) {
  if (join.join() == QUARRY_JOIN_KIND_FULL && about_.version < 3'039'000) refuse(join, "a full join");
  std::string_view standard = quarry::dialect::emitter::join_words(join);
  return standard == "CROSS JOIN" ? "JOIN" : standard;  // SQLite takes CROSS for an order to join in this order
}

void emitter::from_query(const from_query_node& from) {
  if (from.lateral()) refuse(from, "LATERAL");
  node names = from.columns();
  if (!names) {
    quarry::dialect::emitter::from_query(from);
    return;
  }
  // A derived table takes no list of columns, a WITH does.
  write("(WITH ");
  identifier(from, from.alias());
  write(" ");
  columns(names);
  write(" AS ");
  subquery(from.query());
  write(" SELECT * FROM ");
  identifier(from, from.alias());
  write(")");
  alias(from, from.alias());
}

void emitter::set_words(const set_operation_node& set) {
  if (set.all() && set.operation() != QUARRY_SET_KIND_UNION) refuse(set, "INTERSECT ALL and EXCEPT ALL");
  quarry::dialect::emitter::set_words(set);
}

// SQLite takes no parentheses here; set operations of one level bind to the left.
void emitter::set_arm(const node& arm, bool right) {
  bool bare = arm.is(QUARRY_KIND_VALUES);
  if (arm.is(QUARRY_KIND_SELECT)) {
    select_node select(arm);
    bare = !select.with() && !select.order() && !select.limit() && !select.offset() && !select.lock();
  } else if (arm.is(QUARRY_KIND_SET_OPERATION) && !right) {
    set_operation_node set(arm);
    bare = !set.with() && !set.order() && !set.limit() && !set.offset();
  }
  if (bare) {
    query(arm);
    return;
  }
  write("SELECT * FROM ");
  subquery(arm);
  if (arm.id() == before_conflict_) write(" WHERE TRUE");
}

void emitter::cte(const cte_node& cte) {
  node query = cte.query();
  if (query.is(QUARRY_KIND_INSERT) || query.is(QUARRY_KIND_UPDATE) || query.is(QUARRY_KIND_DELETE))
    refuse(cte, "a change in WITH");
  if ((cte.materialized() || cte.not_materialized()) && about_.version < 3'035'000) {  // a hint: it may go
    identifier(cte, cte.name());
    if (node names = cte.columns()) {
      write(" ");
      columns(names);
    }
    write(" AS ");
    subquery(query);
    return;
  }
  quarry::dialect::emitter::cte(cte);
}

// ---------------------------------------------------------------- changes

// Between a query that ends in its FROM and ON CONFLICT, SQLite would take ON for the condition of a join.
void emitter::select_where(const select_node& select) {
  where(select.where());
  bool ends_in_from =
      select.from() && !select.where() && !select.grouping() && !select.order() && !select.limit() && !select.offset();
  if (select.id() == before_conflict_ && ends_in_from) write(" WHERE TRUE");
}

void emitter::insert(const insert_node& insert) {
  if (insert.conflict()) {
    node last = insert.source();
    while (last.is(QUARRY_KIND_SET_OPERATION)) last = set_operation_node(last).right();
    if (last) before_conflict_ = last.id();
  }
  quarry::dialect::emitter::insert(insert);
}

void emitter::update(const update_node& update) {
  if (update.from() && about_.version < 3'033'000) refuse(update, "UPDATE … FROM");
  quarry::dialect::emitter::update(update);
}

void emitter::delete_(const delete_node& deletion) {
  if (deletion.using_()) refuse(deletion, "DELETE … USING");
  quarry::dialect::emitter::delete_(deletion);
}

void emitter::returning(const node& returning) {
  if (returning && about_.version < 3'035'000) refuse(returning, "RETURNING");
  quarry::dialect::emitter::returning(returning);
}

void emitter::default_value(const node& value) { refuse(value, "DEFAULT as a value"); }

// ---------------------------------------------------------------- tables

void emitter::type_name(const node& user, const quarry_type& type) {
  switch (type.type) {
    case QUARRY_TYPE_BOOLEAN: write("bool"); break;
    case QUARRY_TYPE_FLOAT64: write("real"); break;
    case QUARRY_TYPE_DECIMAL:
      write("decimal");
      if (type.precision != 0) {  // kept for inspection; SQLite itself ignores it
        write("(");
        number(type.precision);
        write(", ");
        number(type.scale);
        write(")");
      }
      break;
    case QUARRY_TYPE_DATETIME: write("datetime"); break;
    case QUARRY_TYPE_DURATION: write("bigint"); break;
    case QUARRY_TYPE_UUID: write("char(32)"); break;
    case QUARRY_TYPE_JSON: write("text"); break;
    case QUARRY_TYPE_BYTES: write("BLOB"); break;
    default: quarry::dialect::emitter::type_name(user, type);
  }
}

void emitter::column_def(const column_def_node& column) {
  if (column.generated()) {
    if (!column.primary_key()) refuse(column, "a generated column that is no primary key");
    identifier(column, column.name());
    write(" integer NOT NULL PRIMARY KEY AUTOINCREMENT");
    return;
  }
  identifier(column, column.name());
  write(" ");
  type_name(column, column.type());
  if (!column.type().nullable) write(" NOT NULL");
  if (node initial = column.initial()) {
    bool literal = initial.is(QUARRY_KIND_LITERAL);
    write(literal ? " DEFAULT " : " DEFAULT (");
    value(initial, literal ? level::sign : level::loose);
    if (!literal) write(")");
  }
  if (column.primary_key()) write(" PRIMARY KEY");
  if (column.unique()) write(" UNIQUE");
  if (column.type().type == QUARRY_TYPE_JSON && about_.json) {
    write(" CHECK (json_valid(");
    identifier(column, column.name());
    write(column.type().nullable ? ") OR " : "))");
    if (column.type().nullable) {
      identifier(column, column.name());
      write(" IS NULL)");
    }
  }
  if (!column.collation().empty()) {
    write(" COLLATE ");
    identifier(column, column.collation());
  }
}

void emitter::constraint(const constraint_node& constraint) {
  if (constraint.deferred() && constraint.constraint() != QUARRY_CONSTRAINT_KIND_FOREIGN_KEY)
    refuse(constraint, "a deferred constraint that is no foreign key");
  quarry::dialect::emitter::constraint(constraint);
}

// Bare EXPLAIN lists the instructions of SQLite's machine.
void emitter::explain(const explain_node& explain) {
  if (!explain.format().empty() || !explain.options().empty()) refuse(explain, "options of EXPLAIN");
  write("EXPLAIN QUERY PLAN ");
  query(explain.statement());
}

void emitter::drop(const drop_node& drop) {
  if (drop.cascade()) refuse(drop, "DROP … CASCADE");
  quarry::dialect::emitter::drop(drop);
}

}  // namespace quarry::dialect::sqlite

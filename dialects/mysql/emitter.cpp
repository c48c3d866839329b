#include <quarry/dialects/mysql/emitter.hpp>

// Kinds. The words of operations are in words.cpp.
namespace quarry::dialect::mysql {

namespace {

bool is_integer(std::uint32_t type) {
  return type == QUARRY_TYPE_INT16 || type == QUARRY_TYPE_INT32 || type == QUARRY_TYPE_INT64 ||
      type == QUARRY_TYPE_DURATION;
}
bool is_number(std::uint32_t type) {
  return is_integer(type) || type == QUARRY_TYPE_FLOAT64 || type == QUARRY_TYPE_DECIMAL;
}

std::uint32_t type_of(const tail& args, std::uint32_t index) {
  return index < args.size() ? args[index].type_code() : std::uint32_t{QUARRY_TYPE_UNKNOWN};
}

}  // namespace

void emitter::call(std::string_view function, const node& argument, std::string_view after) {
  write(function);
  write("(");
  value(argument);
  write(after);
}

// Values of these types are bound as texts: the cast makes of them what they are, in arithmetic above all.
void emitter::placeholder(std::uint32_t, const quarry_type& type) {
  switch (type.type) {
    case QUARRY_TYPE_DECIMAL: write("CAST(? AS DECIMAL(65, 30))"); break;
    case QUARRY_TYPE_DATE: write("CAST(? AS DATE)"); break;
    case QUARRY_TYPE_TIME: write("CAST(? AS TIME(6))"); break;
    case QUARRY_TYPE_DATETIME: write("CAST(? AS DATETIME(6))"); break;
    case QUARRY_TYPE_JSON: write(about_.mysql() ? "CAST(? AS JSON)" : "?"); break;  // MariaDB's JSON is a text
    default: write("?");
  }
}

// ---------------------------------------------------------------- operations with words that depend on more than their code

void emitter::case_mapped(std::string_view function, const node& text) {
  write(function);
  write("(");
  value(text, level::tight);
  write(" COLLATE ");
  write(about_.case_collation());
  write(") COLLATE ");
  write(about_.code_point_collation());
}

// The escape is no backslash: what that is in a literal depends on sql_mode.
void emitter::like(const op_node& op, std::string_view word, std::string_view before, std::string_view after) {
  // The text of a document has no collation of the database's own choice to ignore case by.
  const bool documents = op.args()[0].is(QUARRY_KIND_JSON_PATH);
  const bool folds = op.code() == QUARRY_OP_IEXACT_NATIVE || op.code() == QUARRY_OP_ICONTAINS_NATIVE ||
      op.code() == QUARRY_OP_ISTARTSWITH_NATIVE || op.code() == QUARRY_OP_IENDSWITH_NATIVE;
  const auto text = [&](std::uint32_t index) {
    if (documents && folds) {
      case_mapped("lower", op.args()[index]);
    } else {
      value(op.args()[index], index == 0 ? level::other : level::loose);
    }
  };
  text(0);
  write(word);
  write("concat(");
  if (!before.empty()) write("'%', ");
  write("replace(replace(replace(");
  text(1);
  write(", '|', '||'), '%', '|%'), '_', '|_')");
  if (!after.empty()) write(", '%'");
  write(") ESCAPE '|'");
}

// Documents are texts in MariaDB: 10 would come before 9. Numbers compare as numbers, texts as texts, and nothing else at all.
void emitter::document_order(const op_node& op) {
  const auto both = [&](std::string_view before, const std::string& between, std::string_view after) {
    write(before);
    value(op.args()[0]);
    write(between);
    value(op.args()[1]);
    write(after);
  };
  const std::string word(standard_spelling(op.code()).text);
  const std::string collation = " COLLATE " + std::string(about_.code_point_collation());
  write("CASE WHEN ");
  both("json_type(", ") IN ('INTEGER', 'DOUBLE') AND json_type(", ") IN ('INTEGER', 'DOUBLE') THEN ");
  both("CAST(", " AS DOUBLE)" + word + "CAST(", " AS DOUBLE) WHEN ");
  both("json_type(", ") = 'STRING' AND json_type(", ") = 'STRING' THEN ");
  both("json_unquote(", ")" + collation + word + "json_unquote(", ")");
  write(collation);
  write(" END");
}

// A boolean is a number, and a document a text: what a function of JSON gives, the others take for a document.
void emitter::document_of(const node& of) {
  const std::string_view parse = about_.mysql() ? "CAST(" : "json_compact(", end = about_.mysql() ? " AS JSON)" : ")";
  const std::uint32_t type = of.type_code();
  if (type == QUARRY_TYPE_BOOLEAN) {
    write(parse);
    write("CASE WHEN ");
    value(of);
    write(" THEN 'true' WHEN NOT (");
    value(of);
    write(") THEN 'false' END");
    write(end);
  } else if (type == QUARRY_TYPE_JSON) {
    write(parse);
    value(of);
    write(end);
  } else if (is_number(type)) {
    write(parse);
    call("CAST", of, " AS CHAR)");
    write(end);
  } else {
    write("json_quote(CAST(");
    value(of);
    write(" AS CHAR))");
  }
}

// Two texts may be one document.
void emitter::in_list(const op_node& op, bool negated) {
  const tail args = op.args();
  if (type_of(args, 0) != QUARRY_TYPE_JSON || about_.mysql()) {
    quarry::dialect::emitter::in_list(op, negated);
    return;
  }
  write(negated ? "NOT (" : "(");
  for (std::uint32_t i = 1; i < args.size(); ++i) {
    write(i == 1 ? "json_equals(" : " OR json_equals(");
    value(args[0]);
    write(", ");
    value(args[i]);
    write(") = 1");
  }
  write(")");
}

void emitter::op(const op_node& op) {
  const tail args = op.args();
  const bool documents = type_of(args, 0) == QUARRY_TYPE_JSON;
  switch (op.code()) {
    case QUARRY_OP_STARTSWITH: like(op, " LIKE ", "", "%"); return;
    case QUARRY_OP_CONTAINS_NATIVE: like(op, " LIKE BINARY ", "%", "%"); return;
    case QUARRY_OP_STARTSWITH_NATIVE: like(op, " LIKE BINARY ", "", "%"); return;
    case QUARRY_OP_ENDSWITH_NATIVE: like(op, " LIKE BINARY ", "%", ""); return;
    case QUARRY_OP_IEXACT_NATIVE: like(op, " LIKE ", "", ""); return;
    case QUARRY_OP_ICONTAINS_NATIVE: like(op, " LIKE ", "%", "%"); return;
    case QUARRY_OP_ISTARTSWITH_NATIVE: like(op, " LIKE ", "", "%"); return;
    case QUARRY_OP_IENDSWITH_NATIVE: like(op, " LIKE ", "%", ""); return;
    case QUARRY_OP_UPPER: case_mapped("upper", args[0]); return;
    case QUARRY_OP_LOWER: case_mapped("lower", args[0]); return;
    case QUARRY_OP_IEXACT:
      case_mapped("upper", args[0]);
      write(" = ");
      case_mapped("upper", args[1]);
      return;
    case QUARRY_OP_ICONTAINS:
    case QUARRY_OP_ISTARTSWITH:
      write("locate(");
      case_mapped("upper", args[1]);
      write(", ");
      case_mapped("upper", args[0]);
      write(op.code() == QUARRY_OP_ICONTAINS ? ") > 0" : ") = 1");
      return;
    case QUARRY_OP_IENDSWITH:
      write("right(");
      case_mapped("upper", args[0]);
      write(", char_length(");
      value(args[1]);
      write(")) = ");
      case_mapped("upper", args[1]);
      return;
    case QUARRY_OP_EQ:
    case QUARRY_OP_NE:
      if (!documents || about_.mysql()) break;
      write("json_equals(");  // which is true of NULL where its NULL is not looked at
      separated(args);
      write(op.code() == QUARRY_OP_NE ? ") = 0" : ") = 1");
      return;
    case QUARRY_OP_LT:
    case QUARRY_OP_LE:
    case QUARRY_OP_GT:
    case QUARRY_OP_GE:
      if (!documents || about_.mysql()) break;
      document_order(op);
      return;
    case QUARRY_OP_TO_JSON: document_of(args[0]); return;
    case QUARRY_OP_JSON_OBJECT:
    case QUARRY_OP_JSON_ARRAY: {
      const bool object = op.code() == QUARRY_OP_JSON_OBJECT;
      write(object ? "json_object(" : "json_array(");
      for (std::uint32_t i = 0; i < args.size(); ++i) {
        if (i != 0) write(", ");
        const std::uint32_t part = args[i].type_code();
        if (part == QUARRY_TYPE_JSON || part == QUARRY_TYPE_BOOLEAN) {
          document_of(args[i]);
        } else {
          value(args[i]);
        }
      }
      write(")");
      return;
    }
    case QUARRY_OP_LAG:
    case QUARRY_OP_LEAD:
      if (args.size() == 3 && about_.mariadb()) refuse(op, "a default of LAG and LEAD");  // see window_call
      break;
    default: break;
  }
  quarry::dialect::emitter::op(op);
}

// ---------------------------------------------------------------- casts, collations, JSON

level emitter::cast_level(const cast_node& cast) const {
  const bool to_truth = cast.type_code() == QUARRY_TYPE_BOOLEAN && is_number(cast.operand().type_code());
  return to_truth ? level::comparison : level::tight;
}

/// Times as texts without a fraction that is zero, and a whole number of a float with its point; false for values of other types.
/// A backslash is written by its number: the settings of the connection say whether it stands for itself.
bool emitter::written_apart(const node& value) {
  switch (value.type_code()) {
    case QUARRY_TYPE_TIME:
    case QUARRY_TYPE_DATETIME: call("trim(TRAILING '.000000' FROM CAST", value, " AS CHAR))"); return true;
    case QUARRY_TYPE_FLOAT64:
      call("regexp_replace(CAST", value, " AS CHAR), '^(-?[0-9]+)(e|$)', concat(char(92), '1.0', char(92), '2'))");
      return true;
    default: return false;
  }
}

void emitter::cast(const cast_node& cast) {
  const std::uint32_t from = cast.operand().type_code();
  const quarry_type& to = cast.type();
  const auto as = [&](std::string_view type) {
    write("CAST(");
    value(cast.operand());
    write(" AS ");
    write(type);
    write(")");
  };
  switch (to.type) {
    case QUARRY_TYPE_BOOLEAN:
      value(cast.operand(), level::other);
      write(" <> 0");
      return;
    case QUARRY_TYPE_INT16:
    case QUARRY_TYPE_INT32:
    case QUARRY_TYPE_INT64:
    case QUARRY_TYPE_DURATION:
      if (!cast.native() && (from == QUARRY_TYPE_FLOAT64 || from == QUARRY_TYPE_DECIMAL)) {
        call("CAST(truncate", cast.operand(), ", 0) AS SIGNED)");  // else it would round
      } else {
        as("SIGNED");
      }
      return;
    case QUARRY_TYPE_FLOAT64: as("DOUBLE"); return;
    case QUARRY_TYPE_DECIMAL:
      write("CAST(");
      value(cast.operand());
      write(" AS DECIMAL(");
      number(to.precision == 0 ? 65 : to.precision);
      write(", ");
      number(to.precision == 0 ? 30 : to.scale);
      write("))");
      return;
    case QUARRY_TYPE_TEXT:
    case QUARRY_TYPE_UUID:
      if (to.type == QUARRY_TYPE_TEXT && !cast.native() && written_apart(cast.operand())) return;
      if (to.length == 0) {
        as("CHAR");
      } else {
        write("CAST(");
        value(cast.operand());
        write(" AS CHAR(");
        number(to.length);
        write("))");
      }
      return;
    case QUARRY_TYPE_BYTES: as("BINARY"); return;
    case QUARRY_TYPE_DATE: as("DATE"); return;
    case QUARRY_TYPE_TIME: as("TIME(6)"); return;
    case QUARRY_TYPE_DATETIME: as("DATETIME(6)"); return;
    case QUARRY_TYPE_JSON:
      if (about_.mysql()) {
        as("JSON");
      } else {
        call("json_compact", cast.operand());
      }
      return;
    default: refuse(cast, "a cast to type " + std::to_string(to.type));
  }
}

void emitter::collate(const collate_node& collate) {
  value(collate.operand(), level::tight);
  write(" COLLATE ");
  if (collate.collation_class() == QUARRY_COLLATION_CODE_POINT) {
    write(about_.code_point_collation());
  } else {
    identifier(collate, collate.collation());
  }
}

void emitter::path_text(const tail& keys) {
  write("concat('$'");
  for (node key : keys) {
    const bool member = key.type_code() == QUARRY_TYPE_TEXT;
    write(member ? ", '.', json_quote(" : ", '[', ");
    value(key);
    write(member ? ") COLLATE " : ", ']'");
    if (member) write(about_.code_point_collation());  // that of json_quote() does not mix with that of literals
  }
  write(")");
}

// Where the document says null, its text is no text.
void emitter::json_path(const json_path_node& path) {
  const auto extract = [&] {
    write("json_extract(");
    value(path.document());
    write(", ");
    path_text(path.keys());
    write(")");
  };
  if (!path.as_text()) {
    extract();
    return;
  }
  write("CASE WHEN json_type(");
  extract();
  write(") <> 'NULL' THEN json_unquote(");
  extract();
  write(") END COLLATE ");  // that of JSON functions does not mix with that of literals
  write(about_.code_point_collation());
}

// ---------------------------------------------------------------- aggregates, windows, order

std::string_view emitter::aggregate_words(const aggregate_node& aggregate) {
  switch (aggregate.code()) {
    case QUARRY_OP_STRING_AGG: return "group_concat";
    case QUARRY_OP_ANY_VALUE: return about_.mysql() ? "any_value" : "min";
    default: return quarry::dialect::emitter::aggregate_words(aggregate);
  }
}

// The separator of group_concat() is a literal, and values are none: it goes before each text, and its first one is cut off.
void emitter::aggregate(const aggregate_node& aggregate) {
  if (aggregate.condition()) refuse(aggregate, "FILTER");
  const tail args = aggregate.args();
  const bool extreme = aggregate.code() == QUARRY_OP_MIN || aggregate.code() == QUARRY_OP_MAX;
  if (extreme && type_of(args, 0) == QUARRY_TYPE_JSON) refuse(aggregate, "the least of documents");
  if (aggregate.code() == QUARRY_OP_AVG && aggregate.type_code() == QUARRY_TYPE_FLOAT64 &&
      args[0].type_code() != QUARRY_TYPE_FLOAT64) {
    write(aggregate.distinct() ? "avg(DISTINCT CAST("
                               : "avg(CAST(");  // of integers, MariaDB's mean has four decimal places
    value(args[0]);
    write(" AS DOUBLE))");
    return;
  }
  if (aggregate.code() == QUARRY_OP_AVG &&
      args[0].type_code() == QUARRY_TYPE_DECIMAL) {  // of decimals, four more than they have
    write(aggregate.distinct() ? "avg(DISTINCT CAST(" : "avg(CAST(");
    value(args[0]);
    write(" AS DECIMAL(65, 26)))");
    return;
  }
  if (aggregate.code() != QUARRY_OP_STRING_AGG) {
    quarry::dialect::emitter::aggregate(aggregate);
    return;
  }
  write("substr(group_concat(");
  if (aggregate.distinct()) write("DISTINCT ");
  write("concat(");
  value(args[1]);
  write(", ");
  value(args[0]);
  write(")");
  order_by(aggregate.order());
  write(" SEPARATOR ''), char_length(");
  value(args[1]);
  write(") + 1)");
}

// MariaDB's LAG and LEAD take no default. There is a row at the distance where a constant has a value there.
void emitter::window_call(const window_call_node& call) {
  const bool shifted = call.function().is(QUARRY_KIND_OP) &&
      (call.function().b() == QUARRY_OP_LAG || call.function().b() == QUARRY_OP_LEAD);
  if (!shifted || about_.mysql() || op_node(call.function()).args().size() < 3) {
    quarry::dialect::emitter::window_call(call);
    return;
  }
  const op_node function(call.function());
  const std::string_view name = function.code() == QUARRY_OP_LAG ? "lag(" : "lead(";
  const auto over = [&](bool constant) {
    write(name);
    if (constant) {
      write("1");
    } else {
      value(function.args()[0]);
    }
    write(", ");
    value(function.args()[1]);
    write(") OVER ");
    window(call.window());
  };
  write("CASE WHEN ");
  over(true);
  write(" IS NULL THEN ");
  value(function.args()[2]);
  write(" ELSE ");
  over(false);
  write(" END");
}

void emitter::order_item(const order_item_node& item) {
  if (item.nulls_first() || item.nulls_last()) refuse(item, "NULLS FIRST and NULLS LAST");
  quarry::dialect::emitter::order_item(item);
}

void emitter::frame(const frame_node& frame) {
  if (frame.unit() == QUARRY_FRAME_UNIT_GROUPS) refuse(frame, "a frame of GROUPS");
  if (frame.exclude_current() || frame.exclude_group() || frame.exclude_ties()) refuse(frame, "EXCLUDE in a frame");
  for (const node& end : {frame.start(), frame.end()}) {
    const std::uint32_t edge = frame_bound_node(end).edge();
    const bool counted = edge == QUARRY_FRAME_EDGE_PRECEDING || edge == QUARRY_FRAME_EDGE_FOLLOWING;
    if (counted && frame_bound_node(end).offset().is(QUARRY_KIND_BIND)) refuse(frame, "a bind in a frame");
  }
  quarry::dialect::emitter::frame(frame);
}

void emitter::lock(const lock_node& lock) {
  switch (lock.strength()) {
    case QUARRY_LOCK_STRENGTH_UPDATE: write(" FOR UPDATE"); break;
    case QUARRY_LOCK_STRENGTH_SHARE: write(about_.mysql() ? " FOR SHARE" : " LOCK IN SHARE MODE"); break;
    default: refuse(lock, "this strength of a lock");
  }
  if (lock.tables()) refuse(lock, "a lock of some tables only");
  if (lock.nowait()) write(" NOWAIT");
  if (lock.skip_locked()) write(" SKIP LOCKED");
}

// ---------------------------------------------------------------- queries

void emitter::distinct_on(const node& keys) { refuse(keys, "DISTINCT ON"); }

std::string_view emitter::join_words(const joined_table_node& join) {
  if (join.join() == QUARRY_JOIN_KIND_FULL) refuse(join, "a full join");
  return quarry::dialect::emitter::join_words(join);
}

void emitter::from_query(const from_query_node& from) {
  if (from.lateral() && about_.mariadb()) refuse(from, "LATERAL");
  if (from.columns() && about_.mariadb()) {  // a derived table takes no list of columns, a WITH does
    write("(WITH ");
    identifier(from, from.alias());
    write(" ");
    columns(from.columns());
    write(" AS ");
    subquery(from.query());
    write(" SELECT * FROM ");
    identifier(from, from.alias());
    write(")");
    alias(from, from.alias());
    return;
  }
  quarry::dialect::emitter::from_query(from);
}

void emitter::set_words(const set_operation_node& set) {
  const bool old = about_.mysql() && about_.version < 8'000'031;
  if (old && set.operation() != QUARRY_SET_KIND_UNION) refuse(set, "INTERSECT and EXCEPT");
  quarry::dialect::emitter::set_words(set);
}

// There are no hints about WITH: they may go.
void emitter::cte(const cte_node& cte) {
  identifier(cte, cte.name());
  if (node names = cte.columns()) {
    write(" ");
    columns(names);
  }
  write(" AS ");
  subquery(cte.query());
}

// ---------------------------------------------------------------- changes

void emitter::insert(const insert_node& insert) {
  if (!insert.defaults()) {
    quarry::dialect::emitter::insert(insert);
    return;
  }
  write("INSERT INTO ");
  identifier(insert, insert.table());
  write(" () VALUES ()");
  if (node on = insert.conflict()) conflict(conflict_node(on));
  returning(insert.returning());
}

// Which key is in conflict can't be said.
void emitter::conflict(const conflict_node& conflict) {
  if (conflict.where()) refuse(conflict, "a condition on what a conflict changes");
  if (conflict.action() == QUARRY_CONFLICT_ACTION_NOTHING) {
    node targets = conflict.targets();
    if (!targets || items_of(targets).empty()) refuse(conflict, "ignoring every conflict");
    write(" ON DUPLICATE KEY UPDATE ");
    const node first = items_of(targets)[0];
    identifier(first, name_node(first).text());
    write(" = ");
    identifier(first, name_node(first).text());
    return;
  }
  if (!conflict.assignments()) conflict.broken("nothing is set");
  write(" ON DUPLICATE KEY UPDATE ");
  assignments(conflict.assignments());
}

void emitter::explain(const explain_node& explain) {
  if (!explain.options().empty()) refuse(explain, "options of EXPLAIN");
  write("EXPLAIN ");
  if (!explain.format().empty()) {  // a word that the host knows
    write("FORMAT=");
    write(explain.format());
    write(" ");
  }
  query(explain.statement());
}

void emitter::update(const update_node& update) {
  if (update.from()) refuse(update, "UPDATE … FROM");
  if (update.returning()) refuse(update, "RETURNING of an UPDATE");
  quarry::dialect::emitter::update(update);
}

void emitter::delete_(const delete_node& deletion) {
  if (deletion.using_()) refuse(deletion, "DELETE … USING");
  quarry::dialect::emitter::delete_(deletion);
}

void emitter::returning(const node& returning) {
  if (returning && about_.mysql()) refuse(returning, "RETURNING");
  quarry::dialect::emitter::returning(returning);
}

// ---------------------------------------------------------------- tables

void emitter::type_name(const node& user, const quarry_type& type) {
  switch (type.type) {
    case QUARRY_TYPE_BOOLEAN: write("bool"); break;
    case QUARRY_TYPE_INT32: write("integer"); break;
    case QUARRY_TYPE_DECIMAL:
      write("decimal(");
      number(type.precision == 0 ? 65 : type.precision);
      write(", ");
      number(type.precision == 0 ? 30 : type.scale);
      write(")");
      break;
    case QUARRY_TYPE_TEXT:
      if (type.length == 0) {
        write("longtext");
      } else {
        quarry::dialect::emitter::type_name(user, type);
      }
      break;
    case QUARRY_TYPE_BYTES: write("longblob"); break;
    case QUARRY_TYPE_TIME: write("time(6)"); break;
    case QUARRY_TYPE_DATETIME: write("datetime(6)"); break;
    case QUARRY_TYPE_DURATION: write("bigint"); break;
    case QUARRY_TYPE_UUID: write("char(32)"); break;
    case QUARRY_TYPE_JSON: write("json"); break;
    default: quarry::dialect::emitter::type_name(user, type);
  }
}

void emitter::column_collation(const column_def_node& column) {
  const quarry_type& type = column.type();
  const bool ours = type.type == QUARRY_TYPE_TEXT && type.collation == QUARRY_COLLATION_CODE_POINT;
  if (column.collation().empty() && ours) {
    write(" CHARACTER SET utf8mb4 COLLATE ");
    write(about_.code_point_collation());
  } else {
    quarry::dialect::emitter::column_collation(column);
  }
}

void emitter::column_nullability(bool nullable) { write(nullable ? " NULL" : " NOT NULL"); }

void emitter::generated_words(const column_def_node&) { write(" AUTO_INCREMENT"); }

void emitter::constraint(const constraint_node& constraint) {
  if (constraint.deferred()) refuse(constraint, "a deferred constraint");
  quarry::dialect::emitter::constraint(constraint);
}

void emitter::create_index(const create_index_node& index) {
  if (index.where()) refuse(index, "an index with a condition");
  quarry::dialect::emitter::create_index(index);
}

void emitter::drop_constraint(const drop_constraint_node& removal) {
  if (about_.mariadb()) {
    quarry::dialect::emitter::drop_constraint(removal);
    return;
  }
  if (removal.if_exists()) refuse(removal, "ALTER TABLE IF EXISTS");
  quarry::dialect::emitter::drop_constraint(removal);
}

}  // namespace quarry::dialect::mysql

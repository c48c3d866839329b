#include <quarry/dialects/base/emitter.hpp>

// Statements and queries. Values are in emit_values.cpp, DDL in emit_schema.cpp.
namespace quarry::dialect {

void emitter::statement() {
  node root = tree_.root();
  switch (root.kind()) {
    case QUARRY_KIND_CREATE_TABLE: create_table(create_table_node(root)); break;
    case QUARRY_KIND_CREATE_INDEX: create_index(create_index_node(root)); break;
    case QUARRY_KIND_DROP: drop(drop_node(root)); break;
    case QUARRY_KIND_ADD_CONSTRAINT: add_constraint(add_constraint_node(root)); break;
    case QUARRY_KIND_DROP_CONSTRAINT: drop_constraint(drop_constraint_node(root)); break;
    case QUARRY_KIND_RESTART_KEY: restart_key(restart_key_node(root)); break;
    case QUARRY_KIND_EXPLAIN: explain(explain_node(root)); break;
    default: query(root); break;
  }
  out_.flush();
}

void emitter::refuse(const node& where, std::string_view what) {
  throw unsupported("no words for " + std::string(what), where.id());
}

// ---------------------------------------------------------------- small pieces

void emitter::identifier(const node& user, std::string_view name) {
  if (name.empty()) user.broken("a name is missing");
  const char mark = quote();
  for (char c : name)
    if (c == mark || c == '\0') return escaped(user, name);
  out_.quoted(name, mark);
}

void emitter::escaped(const node& user, std::string_view name) {
  const char mark = quote();
  out_.write(mark);
  for (char c : name) {
    if (c == '\0') user.broken("a name holds a zero byte");
    if (c == mark) out_.write(mark);
    out_.write(c);
  }
  out_.write(mark);
}

void emitter::function_name(const node& user, std::string_view name) {
  bool start = true;
  bool good = !name.empty();
  for (char c : name) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool digit = c >= '0' && c <= '9';
    good = good && (letter || (!start && (digit || c == '.')));
    start = c == '.';
  }
  if (!good || start) user.broken("a function's name may hold letters, digits, underscores and dots only");
  out_.write(name);
}

void emitter::alias(const node& user, std::string_view name) {
  if (name.empty()) return;
  write(" AS ");
  identifier(user, name);
}

void emitter::columns(const node& list) {
  write("(");
  bool first = true;
  for (node item : items_of(list)) {
    if (!first) write(", ");
    first = false;
    if (item.is(QUARRY_KIND_NAME)) {
      identifier(item, name_node(item).text());
    } else {
      value(item);
    }
  }
  write(")");
}

void emitter::separated(const tail& items, level needed) {
  bool first = true;
  for (node item : items) {
    if (!first) write(", ");
    first = false;
    value(item, needed);
  }
}

// ---------------------------------------------------------------- queries

void emitter::query(const node& query) {
  nesting guard(*this, query);
  switch (query.kind()) {
    case QUARRY_KIND_SELECT: select(select_node(query)); break;
    case QUARRY_KIND_SET_OPERATION: set_operation(set_operation_node(query)); break;
    case QUARRY_KIND_VALUES: values(values_node(query)); break;
    case QUARRY_KIND_INSERT: insert(insert_node(query)); break;
    case QUARRY_KIND_UPDATE: update(update_node(query)); break;
    case QUARRY_KIND_DELETE: delete_(delete_node(query)); break;
    case QUARRY_KIND_RAW: raw(raw_node(query)); break;
    default: query.broken("a query or a statement is expected here");
  }
}

// The options are words that the host knows: nothing of the user's stands here.
void emitter::explain(const explain_node& explain) {
  write("EXPLAIN ");
  bool first = true;
  auto option = [&](std::string_view name, std::string_view value) {
    write(first ? "(" : ", ");
    first = false;
    write(name);
    write(" ");
    write(value);
  };
  if (!explain.format().empty()) option("FORMAT", explain.format());
  for (node item : explain.options()) {
    explain_option_node one(item);
    option(one.name(), one.value());
  }
  if (!first) write(") ");
  query(explain.statement());
}

void emitter::subquery(const node& query) {
  write("(");
  this->query(query);
  write(")");
}

void emitter::select(const select_node& select) {
  with_clause(select.with());
  write("SELECT ");
  if (node keys = select.distinct_on()) {
    distinct_on(keys);
  } else if (select.distinct()) {
    write("DISTINCT ");
  }
  tail items = items_of(select.items());
  if (items.empty()) select.broken("a select has no items");
  select_items(items);
  if (node from = select.from()) {
    write(" FROM ");
    from_list(from);
  }
  select_where(select);
  if (node grouping = select.grouping()) {
    tail keys = grouping_node(grouping).keys();
    if (!keys.empty()) write(" GROUP BY ");
    bool first = true;
    for (node key : keys) {
      if (!first) write(", ");
      first = false;
      // A bare number would be the position of an item.
      if (key.is(QUARRY_KIND_LITERAL)) write("0 + ");
      value(key, key.is(QUARRY_KIND_LITERAL) ? level::tight : level::loose);
    }
  }
  if (node having = select.having()) {
    write(" HAVING ");
    value(having);
  }
  if (node windows = select.windows()) {
    write(" WINDOW ");
    bool first = true;
    for (node item : items_of(windows)) {
      if (!first) write(", ");
      first = false;
      window_spec_node spec(item);
      identifier(item, spec.window_name());
      write(" AS (");
      window_body(spec);
      write(")");
    }
  }
  order_by(select.order());
  limits(select.limit(), select.offset());
  if (node locking = select.lock()) lock(lock_node(locking));
}

void emitter::distinct_on(const node& keys) {
  write("DISTINCT ON (");
  separated(items_of(keys));
  write(") ");
}

void emitter::select_items(const tail& items) {
  bool first = true;
  for (node item : items) {
    if (!first) write(", ");
    first = false;
    if (item.is(QUARRY_KIND_SELECT_ITEM)) {
      select_item_node named(item);
      value(named.value());
      if (named.name().empty()) unnamed_item(named.value());
      alias(item, named.name());
    } else {
      value(item);
    }
  }
}

void emitter::where(const node& condition) {
  if (!condition) return;
  write(" WHERE ");
  value(condition);
}

void emitter::with_clause(const node& with) {
  if (!with) return;
  with_node clause(with);
  tail ctes = clause.ctes();
  if (ctes.empty()) return;
  write(clause.recursive() ? "WITH RECURSIVE " : "WITH ");
  bool first = true;
  for (node item : ctes) {
    if (!first) write(", ");
    first = false;
    cte(cte_node(item));
  }
  write(" ");
}

void emitter::cte(const cte_node& cte) {
  identifier(cte, cte.name());
  if (node names = cte.columns()) {
    write(" ");
    columns(names);
  }
  write(cte.materialized() ? " AS MATERIALIZED " : cte.not_materialized() ? " AS NOT MATERIALIZED " : " AS ");
  subquery(cte.query());
}

void emitter::from_list(const node& item) {
  if (!item.is(QUARRY_KIND_LIST)) {
    from_item(item, false);
    return;
  }
  bool first = true;
  for (node one : items_of(item)) {
    if (!first) write(", ");
    first = false;
    from_item(one, false);
  }
}

void emitter::from_item(const node& item, bool right_of_join) {
  nesting guard(*this, item);
  switch (item.kind()) {
    case QUARRY_KIND_FROM_TABLE: {
      from_table_node table(item);
      identifier(item, table.table());
      if (table.alias() != table.table()) alias(item, table.alias());
      break;
    }
    case QUARRY_KIND_FROM_CTE: {
      from_cte_node cte(item);
      identifier(item, cte.cte());
      if (cte.alias() != cte.cte()) alias(item, cte.alias());
      break;
    }
    case QUARRY_KIND_FROM_QUERY: from_query(from_query_node(item)); break;
    case QUARRY_KIND_FROM_FUNCTION: from_function(from_function_node(item)); break;
    case QUARRY_KIND_JOINED_TABLE: {
      joined_table_node join(item);
      if (right_of_join) write("(");
      from_item(join.left(), false);
      write(" ");
      write(join_words(join));
      write(" ");
      from_item(join.right(), true);
      if (node on = join.on()) {
        write(" ON ");
        value(on);
      }
      if (right_of_join) write(")");
      break;
    }
    default: item.broken("something to select from is expected here");
  }
}

std::string_view emitter::join_words(const joined_table_node& join) {
  bool on = static_cast<bool>(join.on());
  switch (join.join()) {
    case QUARRY_JOIN_KIND_INNER: return on ? "JOIN" : "CROSS JOIN";
    case QUARRY_JOIN_KIND_CROSS:
      if (on) join.broken("a cross join has no condition");
      return "CROSS JOIN";
    case QUARRY_JOIN_KIND_LEFT:
    case QUARRY_JOIN_KIND_FULL:
      if (!on) join.broken("an outer join needs a condition");
      return join.join() == QUARRY_JOIN_KIND_LEFT ? "LEFT JOIN" : "FULL JOIN";
    case QUARRY_JOIN_KIND_SEMI: refuse(join, "a semi-join");
    case QUARRY_JOIN_KIND_ANTI: refuse(join, "an anti-join");
    default: refuse(join, "this kind of join");
  }
}

void emitter::from_query(const from_query_node& from) {
  if (from.lateral()) write("LATERAL ");
  subquery(from.query());
  alias(from, from.alias());
  if (node names = from.columns()) {
    write(" ");
    columns(names);
  }
}

void emitter::from_function(const from_function_node& from) {
  function_name(from, from.function());
  write("(");
  separated(from.args());
  write(")");
  alias(from, from.alias());
}

void emitter::order_by(const node& order) {
  if (!order) return;
  tail items = items_of(order);
  if (items.empty()) return;
  write(" ORDER BY ");
  bool first = true;
  for (node item : items) {
    if (!first) write(", ");
    first = false;
    order_item(order_item_node(item));
  }
}

void emitter::order_item(const order_item_node& item) {
  // A bare number would be the position of an item.
  bool number = item.value().is(QUARRY_KIND_LITERAL);
  if (number) write("0 + ");
  value(item.value(), number ? level::tight : level::loose);
  if (item.descending()) write(" DESC");
  if (item.nulls_first()) write(" NULLS FIRST");
  if (item.nulls_last()) write(" NULLS LAST");
}

void emitter::limits(const node& limit, const node& offset) {
  if (limit) {
    write(" LIMIT ");
    value(limit, level::sum);
  }
  if (offset) {
    write(" OFFSET ");
    value(offset, level::sum);
  }
}

void emitter::lock(const lock_node& lock) {
  switch (lock.strength()) {
    case QUARRY_LOCK_STRENGTH_UPDATE: write(" FOR UPDATE"); break;
    case QUARRY_LOCK_STRENGTH_NO_KEY_UPDATE: write(" FOR NO KEY UPDATE"); break;
    case QUARRY_LOCK_STRENGTH_SHARE: write(" FOR SHARE"); break;
    case QUARRY_LOCK_STRENGTH_KEY_SHARE: write(" FOR KEY SHARE"); break;
    default: refuse(lock, "this strength of a lock");
  }
  if (node tables = lock.tables()) {
    write(" OF ");
    bool first = true;
    for (node table : items_of(tables)) {
      if (!first) write(", ");
      first = false;
      identifier(table, name_node(table).text());
    }
  }
  if (lock.nowait()) write(" NOWAIT");
  if (lock.skip_locked()) write(" SKIP LOCKED");
}

void emitter::set_operation(const set_operation_node& set) {
  with_clause(set.with());
  set_arm(set.left(), false);
  set_words(set);
  set_arm(set.right(), true);
  order_by(set.order());
  limits(set.limit(), set.offset());
}

void emitter::set_words(const set_operation_node& set) {
  switch (set.operation()) {
    case QUARRY_SET_KIND_UNION: write(" UNION "); break;
    case QUARRY_SET_KIND_INTERSECT: write(" INTERSECT "); break;
    case QUARRY_SET_KIND_EXCEPT: write(" EXCEPT "); break;
    default: refuse(set, "this set operation");
  }
  if (set.all()) write("ALL ");
}

void emitter::set_arm(const node& arm, bool) {
  bool bare = arm.is(QUARRY_KIND_VALUES);
  if (arm.is(QUARRY_KIND_SELECT)) {
    select_node select(arm);
    bare = !select.with() && !select.order() && !select.limit() && !select.offset() && !select.lock();
  }
  bare ? query(arm) : subquery(arm);
}

void emitter::values(const values_node& values) {
  tail rows = values.rows();
  if (rows.empty()) values.broken("VALUES has no row");
  write("VALUES ");
  bool first = true;
  for (node row : rows) {
    write(first ? "(" : ", (");
    first = false;
    if (row.is(QUARRY_KIND_ROW)) {
      separated(row_node(row).items());
    } else {
      value(row);
    }
    write(")");
  }
}

// ---------------------------------------------------------------- changes

void emitter::insert(const insert_node& insert) {
  with_clause(insert.with());
  write("INSERT INTO ");
  identifier(insert, insert.table());
  if (insert.defaults()) {
    write(" DEFAULT VALUES");
  } else {
    if (node names = insert.columns()) {
      write(" ");
      columns(names);
    }
    if (!insert.source()) insert.broken("an insert has no source");
    write(" ");
    query(insert.source());
  }
  if (node on = insert.conflict()) conflict(conflict_node(on));
  returning(insert.returning());
}

void emitter::conflict(const conflict_node& conflict) {
  write(" ON CONFLICT");
  if (node targets = conflict.targets(); targets && !items_of(targets).empty()) {
    write(" ");
    columns(targets);
  }
  if (conflict.action() == QUARRY_CONFLICT_ACTION_NOTHING) {
    write(" DO NOTHING");
    return;
  }
  if (conflict.action() != QUARRY_CONFLICT_ACTION_UPDATE) refuse(conflict, "this action on a conflict");
  if (!conflict.assignments()) conflict.broken("nothing is set");
  write(" DO UPDATE SET ");
  assignments(conflict.assignments());
  where(conflict.where());
}

void emitter::assignments(const node& list) {
  tail items = items_of(list);
  if (items.empty()) list.broken("nothing is set");
  bool first = true;
  for (node item : items) {
    if (!first) write(", ");
    first = false;
    assignment_node one(item);
    identifier(item, one.column());
    write(" = ");
    value(one.value());
  }
}

void emitter::update(const update_node& update) {
  with_clause(update.with());
  write("UPDATE ");
  identifier(update, update.table());
  if (update.alias() != update.table()) alias(update, update.alias());
  write(" SET ");
  assignments(update.assignments());
  if (node from = update.from()) {
    write(" FROM ");
    from_list(from);
  }
  where(update.where());
  returning(update.returning());
}

void emitter::delete_(const delete_node& deletion) {
  with_clause(deletion.with());
  write("DELETE FROM ");
  identifier(deletion, deletion.table());
  if (deletion.alias() != deletion.table()) alias(deletion, deletion.alias());
  if (node others = deletion.using_()) {
    write(" USING ");
    from_list(others);
  }
  where(deletion.where());
  returning(deletion.returning());
}

void emitter::returning(const node& returning) {
  if (!returning) return;
  tail items = returning_node(returning).items();
  if (items.empty()) returning.broken("nothing is returned");
  write(" RETURNING ");
  select_items(items);
}

}  // namespace quarry::dialect

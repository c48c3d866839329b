#include "dialects/cases.hpp"

namespace quarry::test {

namespace {

using id = tree_builder::id;
constexpr id none = tree_builder::none;

const quarry_type boolean = plain(QUARRY_TYPE_BOOLEAN);
const quarry_type i32 = plain(QUARRY_TYPE_INT32);
const quarry_type i64 = plain(QUARRY_TYPE_INT64);
const quarry_type f64 = plain(QUARRY_TYPE_FLOAT64);
const quarry_type text = text_type();
const quarry_type price_type = decimal_type(10, 2);
const quarry_type day = plain(QUARRY_TYPE_DATE);
const quarry_type clock_time = plain(QUARRY_TYPE_TIME);
const quarry_type moment = plain(QUARRY_TYPE_DATETIME);
const quarry_type span = plain(QUARRY_TYPE_DURATION);

id headline(tree_builder& t) { return t.column("entry", "headline", text); }
id rating(tree_builder& t) { return t.column("entry", "rating", i32); }
id entry_id(tree_builder& t) { return t.column("entry", "id", i64); }
id blog_id(tree_builder& t) { return t.column("entry", "blog_id", i64); }
id pub_date(tree_builder& t) { return t.column("entry", "pub_date", day); }
id price(tree_builder& t) { return t.column("entry", "price", price_type); }

id compare(tree_builder& t, std::uint32_t op, id a, id b) { return t.op(op, {a, b}); }

id entries_of_blog(tree_builder& t) {  // SELECT 1 FROM entry WHERE entry.blog_id = blog.id
  return t.select_from("entry", {t.integer(1)}, compare(t, QUARRY_OP_EQ, blog_id(t), t.column("blog", "id", i64)));
}

id select_value(tree_builder& t, id value) { return t.select_from("entry", {value}); }

id window(tree_builder& t, id partition, id order, id frame = none, std::string_view name = {}) {
  return t.make(QUARRY_KIND_WINDOW_SPEC, {partition, order, frame},
                {.a = name.empty() ? std::uint64_t{QUARRY_NONE} : t.symbol(name)});
}
id over(tree_builder& t, id function, id window, const quarry_type& of) {
  return t.make(QUARRY_KIND_WINDOW_CALL, {function, window}, {.type = t.type(of)});
}
id bound(tree_builder& t, std::uint32_t edge, id offset = none) {
  return t.make(QUARRY_KIND_FRAME_BOUND, {offset}, {.b = edge});
}
id with(tree_builder& t, const std::vector<id>& ctes, std::uint16_t flags = 0) {
  return t.make(QUARRY_KIND_WITH, ctes, {.flags = flags});
}
id cte(tree_builder& t, std::string_view name, id columns, id query, std::uint16_t flags = 0) {
  return t.make(QUARRY_KIND_CTE, {columns, query}, {.a = t.symbol(name), .flags = flags});
}
id from_cte(tree_builder& t, std::string_view name, std::string_view alias = {}) {
  return t.make(QUARRY_KIND_FROM_CTE, {}, {.a = t.symbol(name), .b = alias.empty() ? QUARRY_NONE : t.symbol(alias)});
}
id set(tree_builder& t, std::uint32_t operation, id left, id right, std::uint16_t flags = 0, id order = none,
       id limit = none, id offset = none) {
  return t.make(QUARRY_KIND_SET_OPERATION, {none, left, right, order, limit, offset}, {.b = operation, .flags = flags});
}
id blog_names(tree_builder& t) { return t.select_from("blog", {t.column("name", text)}); }
id author_names(tree_builder& t) { return t.select_from("author", {t.column("name", text)}); }
id insert(tree_builder& t, std::string_view table, id columns, id source, id conflict = none, id returning = none,
          std::uint16_t flags = 0) {
  return t.make(QUARRY_KIND_INSERT, {none, columns, source, conflict, returning},
                {.a = t.symbol(table), .flags = flags});
}
id values(tree_builder& t, const std::vector<id>& rows) { return t.make(QUARRY_KIND_VALUES, rows); }
id returning(tree_builder& t, const std::vector<id>& items) { return t.make(QUARRY_KIND_RETURNING, items); }
id conflict(tree_builder& t, std::uint32_t action, id targets, id assignments = none, id where = none) {
  return t.make(QUARRY_KIND_CONFLICT, {targets, assignments, where}, {.b = action});
}
id update(tree_builder& t, std::string_view table, std::string_view alias, id assignments, id from, id where,
          id back = none) {
  return t.make(QUARRY_KIND_UPDATE, {none, assignments, from, where, back},
                {.a = t.symbol(table), .b = alias.empty() ? QUARRY_NONE : t.symbol(alias)});
}
id constraint(tree_builder& t, std::string_view name, std::uint32_t kind, id columns, id check = none,
              id references = none, std::uint16_t flags = 0) {
  return t.make(QUARRY_KIND_CONSTRAINT, {columns, check, references},
                {.a = name.empty() ? std::uint64_t{QUARRY_NONE} : t.symbol(name), .b = kind, .flags = flags});
}
id references(tree_builder& t, std::string_view table, std::uint32_t on_delete) {
  return t.make(QUARRY_KIND_REFERENCES, {t.names({"id"})}, {.a = t.symbol(table), .b = on_delete});
}
id foreign_key(tree_builder& t, std::string_view column, std::uint32_t on_delete, std::uint16_t flags) {
  return constraint(t, "", QUARRY_CONSTRAINT_KIND_FOREIGN_KEY, t.names({column}), none,
                    references(t, "blog", on_delete), flags);
}
id new_id(tree_builder& t) { return t.column_def("id", i64, 3); }
id create_table(tree_builder& t, std::string_view name, const std::vector<id>& columns,
                const std::vector<id>& constraints = {}, std::uint16_t flags = 0) {
  return t.make(QUARRY_KIND_CREATE_TABLE, {t.list(columns), constraints.empty() ? none : t.list(constraints)},
                {.a = t.symbol(name), .flags = flags});
}

void queries(std::vector<statement_case>& to) {
  to.push_back({"select: columns of a joined table, filtered, ordered, sliced", [](tree_builder& t) {
                  return t.select(
                      {.items = t.list({t.item(entry_id(t)), t.item(t.column("b", "name", text), "blog_name")}),
                       .from = t.join(QUARRY_JOIN_KIND_INNER, t.table("entry"), t.table("blog", "b"),
                                      compare(t, QUARRY_OP_EQ, blog_id(t), t.column("b", "id", i64))),
                       .where = t.op(QUARRY_OP_AND,
                                     {compare(t, QUARRY_OP_EQ, t.column("b", "name", text), t.bind(text)),
                                      compare(t, QUARRY_OP_GT, rating(t), t.bind(i32))}),
                       .order = t.list({t.order(pub_date(t), 1)}),
                       .limit = t.bind(i64),
                       .offset = t.bind(i64)});
                }});
  to.push_back({"select: without a table", [](tree_builder& t) { return t.select_from("", {t.integer(1)}); }});
  to.push_back({"select: distinct", [](tree_builder& t) {
                  return t.select({.flags = 1, .items = t.list({t.item(rating(t))}), .from = t.table("entry")});
                }});
  to.push_back({"select: offset alone", [](tree_builder& t) {
                  return t.select(
                      {.items = t.list({t.item(entry_id(t))}), .from = t.table("entry"), .offset = t.bind(i64)});
                }});
  to.push_back({"select: the same slot twice", [](tree_builder& t) {
                  id name = t.bind(text);
                  return t.select_from(
                      "entry", {entry_id(t)},
                      t.op(QUARRY_OP_OR,
                           {compare(t, QUARRY_OP_EQ, headline(t), name),
                            compare(t, QUARRY_OP_EQ, t.column("entry", "body", text), t.bind_again(name))}));
                }});
  to.push_back({"select: names are quoted and escaped", [](tree_builder& t) {
                  return t.select({.items = t.list({t.item(t.integer(1), "a \"b\" c"), t.item(t.integer(2), "select"),
                                                    t.item(t.integer(3), "ä;--")})});
                }});
  to.push_back(
      {"select: grouped, with having and a filtered aggregate", [](tree_builder& t) {
         id good = t.aggregate(QUARRY_OP_COUNT_ROWS, {}, i64, compare(t, QUARRY_OP_GE, rating(t), t.bind(i32)));
         return t.select({.items = t.list({t.item(blog_id(t)), t.item(good, "good")}),
                          .from = t.table("entry"),
                          .grouping = t.make(QUARRY_KIND_GROUPING, {blog_id(t)}),
                          .having = compare(t, QUARRY_OP_GT, t.aggregate(QUARRY_OP_COUNT, {rating(t)}, i64, none, true),
                                            t.bind(i64))});
       }});
  to.push_back({"select: a constant is no position", [](tree_builder& t) {
                  return t.select({.items = t.list({t.item(t.aggregate(QUARRY_OP_COUNT_ROWS, {}, i64))}),
                                   .from = t.table("entry"),
                                   .grouping = t.make(QUARRY_KIND_GROUPING, {t.integer(7)}),
                                   .order = t.list({t.order(t.integer(9))})});
                }});
  to.push_back({"order: NULLs where they are anyway, and where they are not", [](tree_builder& t) {
                  return t.select(
                      {.items = t.list({t.item(entry_id(t))}),
                       .from = t.table("entry"),
                       .order = t.list({t.order(rating(t), 2), t.order(rating(t), 4), t.order(rating(t), 1 | 2),
                                        t.order(rating(t), 1 | 4), t.order(rating(t)), t.order(rating(t), 1)})});
                }});
  to.push_back({"join: left, cross, full, and one inside another", [](tree_builder& t) {
                  id inner = t.join(QUARRY_JOIN_KIND_LEFT, t.table("blog", "b"), t.table("author", "a"),
                                    compare(t, QUARRY_OP_EQ, t.column("a", "id", i64), t.column("b", "id", i64)));
                  id left = t.join(QUARRY_JOIN_KIND_LEFT, t.table("entry"), inner,
                                   compare(t, QUARRY_OP_EQ, t.column("b", "id", i64), blog_id(t)));
                  id cross = t.join(QUARRY_JOIN_KIND_CROSS, left, t.table("author", "x"));
                  id full = t.join(QUARRY_JOIN_KIND_FULL, cross, t.table("author", "y"),
                                   compare(t, QUARRY_OP_EQ, t.column("y", "id", i64), t.column("x", "id", i64)));
                  return t.select({.items = t.list({t.item(entry_id(t))}), .from = full});
                }});
  to.push_back({"derived table", [](tree_builder& t) {
                  return t.select(
                      {.items = t.list({t.item(t.column("d", "name", text))}), .from = t.derived(blog_names(t), "d")});
                }});
  to.push_back({"derived table with names for its columns", [](tree_builder& t) {
                  id rows = values(t, {t.row({t.bind(i64), t.bind(text)}), t.row({t.integer(2), t.null()})});
                  return t.select(
                      {.items = t.list({t.item(t.column("v", "key", i64)), t.item(t.column("v", "name", text))}),
                       .from = t.derived(rows, "v", t.names({"key", "name"}))});
                }});
  to.push_back({"table function", [](tree_builder& t) {
                  id function = t.make(QUARRY_KIND_FROM_FUNCTION, {t.bind(text)},
                                       {.a = t.symbol("json_each"), .b = t.symbol("j")});
                  return t.select({.items = t.list({t.item(t.column("j", "value", i64))}), .from = function});
                }});
  to.push_back(
      {"with: plain, hinted, by name", [](tree_builder& t) {
         id clause = with(t,
                          {cte(t, "names", t.names({"n"}), blog_names(t)), cte(t, "kept", none, author_names(t), 1),
                           cte(t, "inlined", none, author_names(t), 2)});
         return t.select({.with = clause,
                          .items = t.list({t.item(t.column("x", "n", text))}),
                          .from = t.list({from_cte(t, "names", "x"), from_cte(t, "kept"), from_cte(t, "inlined")})});
       }});
  to.push_back({"with: recursive", [](tree_builder& t) {
                  id step =
                      t.select({.items = t.list({t.item(t.op(QUARRY_OP_ADD, {t.column("n", i64), t.integer(1)}, i64))}),
                                .from = from_cte(t, "numbers"),
                                .where = compare(t, QUARRY_OP_LT, t.column("n", i64), t.integer(10))});
                  id query = set(t, QUARRY_SET_KIND_UNION, values(t, {t.row({t.integer(1)})}), step, 1);
                  return t.select({.with = with(t, {cte(t, "numbers", t.names({"n"}), query)}, 1),
                                   .items = t.list({t.item(t.column("n", i64))}),
                                   .from = from_cte(t, "numbers")});
                }});
  to.push_back({"set operation: a union, ordered and sliced", [](tree_builder& t) {
                  return set(t, QUARRY_SET_KIND_UNION, blog_names(t), author_names(t), 1,
                             t.list({t.order(t.column("name", text))}), t.bind(i64), t.bind(i64));
                }});
  to.push_back({"set operation: inside others, on both sides", [](tree_builder& t) {
                  id left = set(t, QUARRY_SET_KIND_UNION, blog_names(t), author_names(t));
                  id right = set(t, QUARRY_SET_KIND_EXCEPT, author_names(t), blog_names(t));
                  return set(t, QUARRY_SET_KIND_INTERSECT, left, right);
                }});
  to.push_back({"set operation: a sliced arm", [](tree_builder& t) {
                  id sliced = t.select({.items = t.list({t.item(t.column("name", text))}),
                                        .from = t.table("blog"),
                                        .order = t.list({t.order(t.column("id", i64))}),
                                        .limit = t.bind(i64)});
                  return set(t, QUARRY_SET_KIND_EXCEPT, sliced, author_names(t));
                }});
  to.push_back({"values", [](tree_builder& t) {
                  return values(t, {t.row({t.integer(1), t.bind(text)}), t.row({t.integer(2), t.null()})});
                }});
  to.push_back({"window: partition, order, each kind of frame", [](tree_builder& t) {
                  auto frame = [&](std::uint32_t unit, std::uint16_t flags, id start, id end) {
                    return t.make(QUARRY_KIND_FRAME, {start, end}, {.b = unit, .flags = flags});
                  };
                  id rows = frame(QUARRY_FRAME_UNIT_ROWS, 1, bound(t, QUARRY_FRAME_EDGE_PRECEDING, t.integer(2)),
                                  bound(t, QUARRY_FRAME_EDGE_FOLLOWING, t.integer(1)));
                  id range = frame(QUARRY_FRAME_UNIT_RANGE, 2, bound(t, QUARRY_FRAME_EDGE_UNBOUNDED_PRECEDING),
                                   bound(t, QUARRY_FRAME_EDGE_CURRENT_ROW));
                  id groups = frame(QUARRY_FRAME_UNIT_GROUPS, 4, bound(t, QUARRY_FRAME_EDGE_CURRENT_ROW),
                                    bound(t, QUARRY_FRAME_EDGE_UNBOUNDED_FOLLOWING));
                  id by_blog = t.list({blog_id(t)});
                  id by_date = t.list({t.order(pub_date(t), 1)});
                  std::vector<id> items;
                  for (id f : {rows, range, groups})
                    items.push_back(t.item(
                        over(t, t.aggregate(QUARRY_OP_SUM, {rating(t)}, i64), window(t, by_blog, by_date, f), i64)));
                  items.push_back(t.item(over(t, t.op(QUARRY_OP_ROW_NUMBER, {}, i64), window(t, none, none), i64)));
                  return t.select({.items = t.list(items), .from = t.table("entry")});
                }});
  to.push_back(
      {"window: named, and built upon", [](tree_builder& t) {
         id named = window(t, t.list({blog_id(t)}), none, none, "w");
         return t.select(
             {.items = t.list({t.item(over(t, t.op(QUARRY_OP_RANK, {}, i64), window(t, none, none, none, "w"), i64)),
                               t.item(over(t, t.op(QUARRY_OP_RANK, {}, i64),
                                           window(t, none, t.list({t.order(rating(t))}), none, "w"), i64))}),
              .from = t.table("entry"),
              .windows = t.list({named})});
       }});
}

void expressions(std::vector<statement_case>& to) {
  to.push_back({"literals", [](tree_builder& t) {
                  return t.select_from(
                      "",
                      {t.null(), t.boolean(true), t.boolean(false), t.integer(-5),
                       t.integer(INT64_MIN, QUARRY_TYPE_INT64), t.real(2), t.real(-0.1), t.real(1e300),
                       t.op(QUARRY_OP_NEG, {t.integer(-5)}, i32),
                       t.op(QUARRY_OP_SUB, {t.integer(1), t.integer(-5)}, i32),
                       t.op(QUARRY_OP_MUL, {t.integer(INT64_MIN, QUARRY_TYPE_INT64), t.real(2)}, f64)});
                }});
  to.push_back({"precedence: or in and, not", [](tree_builder& t) {
                  auto is = [&](std::int64_t n) { return compare(t, QUARRY_OP_EQ, rating(t), t.integer(n)); };
                  id either = t.op(QUARRY_OP_OR, {is(1), t.op(QUARRY_OP_AND, {is(2), is(3)})});
                  return t.select_from(
                      "entry", {entry_id(t)},
                      t.op(QUARRY_OP_AND, {either, t.op(QUARRY_OP_NOT, {is(4)}), t.op(QUARRY_OP_NOT, {either})}));
                }});
  to.push_back({"precedence: arithmetic", [](tree_builder& t) {
                  auto two = [&](std::uint32_t op, id a, id b) { return t.op(op, {a, b}, i32); };
                  id a = rating(t);
                  return t.select_from("entry",
                                       {two(QUARRY_OP_SUB, a, two(QUARRY_OP_SUB, a, t.integer(1))),
                                        two(QUARRY_OP_SUB, two(QUARRY_OP_SUB, a, a), t.integer(1)),
                                        two(QUARRY_OP_MUL, two(QUARRY_OP_ADD, a, a), two(QUARRY_OP_MUL, a, a)),
                                        two(QUARRY_OP_ADD, two(QUARRY_OP_MUL, a, a), two(QUARRY_OP_DIV, a, a)),
                                        two(QUARRY_OP_BIT_AND, two(QUARRY_OP_BIT_OR, a, a), two(QUARRY_OP_ADD, a, a)),
                                        t.op(QUARRY_OP_NEG, {two(QUARRY_OP_ADD, a, a)}, i32)});
                }});
  to.push_back({"precedence: comparisons as values", [](tree_builder& t) {
                  id less = compare(t, QUARRY_OP_LT, rating(t), t.integer(3));
                  return t.select_from(
                      "entry",
                      {less, compare(t, QUARRY_OP_EQ, less, t.boolean(true)), t.op(QUARRY_OP_IS_NULL, {less}),
                       t.op(QUARRY_OP_IS_NOT_NULL, {t.op(QUARRY_OP_ADD, {rating(t), t.integer(1)}, i32)}),
                       t.op(QUARRY_OP_NOT_DISTINCT, {t.op(QUARRY_OP_NOT, {less}), less})});
                }});
  to.push_back({"and, or and coalesce of none or one", [](tree_builder& t) {
                  id less = compare(t, QUARRY_OP_LT, rating(t), t.integer(3));
                  return t.select_from(
                      "entry",
                      {t.op(QUARRY_OP_AND, {}), t.op(QUARRY_OP_OR, {}), t.op(QUARRY_OP_AND, {less}),
                       t.op(QUARRY_OP_NOT, {t.op(QUARRY_OP_OR, {t.op(QUARRY_OP_AND, {less})})}),
                       t.op(QUARRY_OP_COALESCE, {rating(t)}, i32), t.op(QUARRY_OP_GREATEST, {rating(t)}, i32)});
                }});
  to.push_back({"in list: of values, of rows, negated, empty", [](tree_builder& t) {
                  id in = t.op(QUARRY_OP_IN_LIST, {rating(t), t.bind(i32), t.bind(i32), t.integer(3)});
                  id rows = t.op(QUARRY_OP_IN_LIST,
                                 {t.row({rating(t), headline(t)}), t.row({t.integer(1), t.bind(text)}),
                                  t.row({t.integer(2), t.bind(text)})});
                  id empty = t.op(QUARRY_OP_IN_LIST, {rating(t)});
                  return t.select_from("entry",
                                       {in, t.op(QUARRY_OP_NOT, {in}), rows, t.op(QUARRY_OP_NOT, {rows}), empty,
                                        t.op(QUARRY_OP_NOT, {empty})});
                }});
  to.push_back({"in query, exists, scalar subquery", [](tree_builder& t) {
                  id keys = t.select_from("entry", {blog_id(t)});
                  id in = t.make(QUARRY_KIND_IN_QUERY, {t.column("blog", "id", i64), keys}, {.type = t.type(boolean)});
                  id exists = t.make(QUARRY_KIND_EXISTS, {entries_of_blog(t)}, {.type = t.type(boolean)});
                  id newest = t.select_from("entry", {t.aggregate(QUARRY_OP_MAX, {pub_date(t)}, day)});
                  id scalar = t.make(QUARRY_KIND_SCALAR_OF, {newest}, {.type = t.type(day)});
                  return t.select_from("blog", {scalar, t.op(QUARRY_OP_NOT, {in})},
                                       t.op(QUARRY_OP_OR, {in, exists, t.op(QUARRY_OP_NOT, {exists})}));
                }});
  to.push_back({"rows compared", [](tree_builder& t) {
                  return t.select_from(
                      "entry", {entry_id(t)},
                      compare(t, QUARRY_OP_LT, t.row({rating(t), entry_id(t)}), t.row({t.bind(i32), t.bind(i64)})));
                }});
  to.push_back({"case", [](tree_builder& t) {
                  auto when = [&](id condition, id value) { return t.make(QUARRY_KIND_WHEN, {condition, value}); };
                  id both = t.make(QUARRY_KIND_CASE_WHEN,
                                   {t.bind(text), when(compare(t, QUARRY_OP_GT, rating(t), t.integer(3)), t.bind(text)),
                                    when(t.op(QUARRY_OP_IS_NULL, {rating(t)}), t.null())},
                                   {.type = t.type(text)});
                  id no_else =
                      t.make(QUARRY_KIND_CASE_WHEN, {none, when(t.boolean(true), t.integer(1))}, {.type = t.type(i32)});
                  id no_when = t.make(QUARRY_KIND_CASE_WHEN, {t.integer(4)}, {.type = t.type(i32)});
                  return t.select_from("entry", {both, t.op(QUARRY_OP_ADD, {no_else, no_when}, i32)});
                }});
  to.push_back({"casts to every type", [](tree_builder& t) {
                  std::vector<id> items;
                  for (std::uint32_t to_type :
                       {QUARRY_TYPE_BOOLEAN, QUARRY_TYPE_INT16, QUARRY_TYPE_INT32, QUARRY_TYPE_INT64,
                        QUARRY_TYPE_FLOAT64, QUARRY_TYPE_DECIMAL, QUARRY_TYPE_TEXT, QUARRY_TYPE_BYTES,
                        QUARRY_TYPE_DURATION, QUARRY_TYPE_JSON})
                    items.push_back(t.cast(t.op(QUARRY_OP_ADD, {rating(t), t.integer(1)}, i32), plain(to_type)));
                  items.push_back(t.cast(rating(t), price_type));
                  items.push_back(t.cast(price(t), text));
                  items.push_back(t.cast(t.column("entry", "mod_date", moment), day));
                  items.push_back(t.cast(t.column("entry", "mod_date", moment), clock_time));
                  items.push_back(t.cast(pub_date(t), moment));
                  items.push_back(t.cast(t.column("entry", "uid", text), plain(QUARRY_TYPE_UUID)));
                  return t.select_from("entry", items);
                }});
  to.push_back(
      {"collations", [](tree_builder& t) {
         auto collate = [&](id operand, std::string_view name, std::uint32_t kind) {
           return t.make(QUARRY_KIND_COLLATE, {operand}, {.a = t.symbol(name), .b = kind, .type = t.type(text)});
         };
         return t.select_from(
             "entry", {entry_id(t)},
             t.op(QUARRY_OP_AND,
                  {compare(t, QUARRY_OP_EQ, headline(t), collate(t.bind(text), "NOCASE", QUARRY_COLLATION_NAMED)),
                   compare(t, QUARRY_OP_LT, collate(headline(t), "", QUARRY_COLLATION_CODE_POINT), t.bind(text))}));
       }});
  to.push_back({"functions by name", [](tree_builder& t) {
                  return t.select_from("entry",
                                       {t.call("hex", {headline(t)}, text), t.call("last_insert_rowid", {}, i64)});
                }});
  to.push_back({"raw text with values in it", [](tree_builder& t) {
                  id raw = t.raw({t.raw_text("\"rating\" > "), t.bind(i32), t.raw_text(" OR 1 = 0")});
                  return t.select_from("entry", {t.raw({t.raw_text("1 + 1")})},
                                       t.op(QUARRY_OP_AND, {raw, t.boolean(true)}));
                }});
  to.push_back({"raw statement", [](tree_builder& t) {
                  return t.raw({t.raw_text("SELECT \"id\" FROM \"entry\" WHERE \"rating\" = "), t.bind(i32)});
                }});
  to.push_back({"what the database would do", [](tree_builder& t) {
                  id query = t.select_from("entry", {entry_id(t)}, compare(t, QUARRY_OP_EQ, headline(t), t.bind(text)));
                  return t.make(QUARRY_KIND_EXPLAIN, {query}, {.a = QUARRY_NONE});
                }});
  to.push_back({"paths into JSON", [](tree_builder& t) {
                  id document = t.column("entry", "data", plain(QUARRY_TYPE_JSON));
                  id as_json = t.make(QUARRY_KIND_JSON_PATH, {document, t.bind(text), t.bind(i64)},
                                      {.type = t.type(plain(QUARRY_TYPE_JSON, true))});
                  id as_text =
                      t.make(QUARRY_KIND_JSON_PATH, {document, t.bind(text)}, {.flags = 1, .type = t.type(text)});
                  return t.select_from("entry", {as_json, compare(t, QUARRY_OP_EQ, as_text, t.bind(text))});
                }});
  to.push_back({"texts joined in an order, each once", [](tree_builder& t) {
                  id order = t.list({t.order(rating(t), 1), t.order(entry_id(t))});
                  return select_value(t,
                                      t.aggregate(QUARRY_OP_STRING_AGG, {headline(t), t.bind(text)}, text,
                                                  compare(t, QUARRY_OP_GE, rating(t), t.bind(i32)), true, order));
                }});
  to.push_back({"a truth value as a document", [](tree_builder& t) {
                  return select_value(
                      t,
                      t.op(QUARRY_OP_TO_JSON, {t.column("entry", "active", boolean)}, plain(QUARRY_TYPE_JSON, false)));
                }});
  to.push_back(
      {"a number read as another type", [](tree_builder& t) {
         return select_value(
             t,
             t.op(QUARRY_OP_MUL, {t.make(QUARRY_KIND_READ_AS, {rating(t)}, {.type = t.type(f64)}), t.bind(f64)}, f64));
       }});
  to.push_back({"aggregates of decimals are exact", [](tree_builder& t) {
                  return t.select_from(
                      "entry",
                      {t.aggregate(QUARRY_OP_SUM, {price(t)}, decimal_type(0, 0)),
                       t.aggregate(QUARRY_OP_AVG, {price(t)}, decimal_type(0, 0)),
                       t.aggregate(QUARRY_OP_SUM, {rating(t)}, i64), t.aggregate(QUARRY_OP_AVG, {rating(t)}, f64)});
                }});
  to.push_back(
      {"arithmetic of decimals", [](tree_builder& t) {
         id sum = t.op(QUARRY_OP_ADD, {price(t), t.bind(price_type)}, price_type);
         return t.select_from(
             "entry",
             {sum, t.op(QUARRY_OP_MUL, {sum, t.op(QUARRY_OP_SUB, {price(t), t.integer(1)}, price_type)}, price_type)});
       }});
  to.push_back({"quotients and remainders by type", [](tree_builder& t) {
                  id score = t.column("entry", "score", f64);
                  return t.select_from(
                      "entry",
                      {t.op(QUARRY_OP_DIV, {price(t), rating(t)}, price_type),
                       t.op(QUARRY_OP_DIV, {score, rating(t)}, f64),
                       t.op(QUARRY_OP_DIV, {rating(t), t.op(QUARRY_OP_ADD, {rating(t), t.integer(1)}, i32)}, i32),
                       t.op(QUARRY_OP_MOD, {price(t), rating(t)}, price_type),
                       t.op(QUARRY_OP_MOD, {rating(t), t.integer(2)}, i32)});
                }});
  to.push_back(
      {"sums of a time and a duration by type", [](tree_builder& t) {
         id length = t.column("entry", "length", span);
         return t.select_from(
             "entry",
             {t.op(QUARRY_OP_TIME_ADD, {pub_date(t), length}, day),
              t.op(QUARRY_OP_TIME_ADD, {t.column("entry", "start", clock_time), length}, clock_time),
              t.op(QUARRY_OP_TIME_SUB,
                   {t.column("entry", "mod_date", moment), t.op(QUARRY_OP_ADD, {length, length}, span)}, moment),
              t.op(QUARRY_OP_TIME_SUB, {length, length}, span)});
       }});
}

void changes(std::vector<statement_case>& to) {
  to.push_back({"insert: several rows, keys back", [](tree_builder& t) {
                  id rows = values(t, {t.row({t.bind(text), t.bind(text)}), t.row({t.bind(text), t.null()})});
                  return insert(t, "blog", t.names({"name", "tagline"}), rows, none,
                                returning(t, {t.item(t.column("id", i64), "key")}));
                }});
  to.push_back(
      {"insert: defaults only", [](tree_builder& t) { return insert(t, "counter", none, none, none, none, 1); }});
  to.push_back({"insert: from a query, ignoring conflicts", [](tree_builder& t) {
                  return insert(t, "blog", t.names({"name"}), author_names(t),
                                conflict(t, QUARRY_CONFLICT_ACTION_NOTHING, none));
                }});
  to.push_back({"insert: from a union, ignoring conflicts", [](tree_builder& t) {
                  id sliced = t.select({.items = t.list({t.item(t.column("name", text))}),
                                        .from = t.table("author"),
                                        .limit = t.integer(1)});
                  return insert(t, "blog", t.names({"name"}), set(t, QUARRY_SET_KIND_UNION, author_names(t), sliced),
                                conflict(t, QUARRY_CONFLICT_ACTION_NOTHING, none));
                }});
  to.push_back({"insert: or update", [](tree_builder& t) {
                  id rows = values(t, {t.row({t.bind(text), t.bind(text)})});
                  id assignments = t.list({t.assign("tagline", t.column("excluded", "tagline", text))});
                  return insert(t, "blog", t.names({"name", "tagline"}), rows,
                                conflict(t, QUARRY_CONFLICT_ACTION_UPDATE, t.names({"name"}), assignments,
                                         compare(t, QUARRY_OP_NE, t.column("blog", "tagline", text), t.bind(text))));
                }});
  to.push_back({"insert: with a clause in front", [](tree_builder& t) {
                  id source = t.select({.items = t.list({t.item(t.column("name", text))}), .from = from_cte(t, "n")});
                  return t.make(QUARRY_KIND_INSERT,
                                {with(t, {cte(t, "n", none, author_names(t))}), t.names({"name"}), source, none, none},
                                {.a = t.symbol("blog")});
                }});
  to.push_back({"update", [](tree_builder& t) {
                  id assignments = t.list({t.assign("rating", t.op(QUARRY_OP_ADD, {rating(t), t.bind(i32)}, i32)),
                                           t.assign("body", t.null())});
                  return update(t, "entry", "", assignments, none, compare(t, QUARRY_OP_EQ, entry_id(t), t.bind(i64)));
                }});
  to.push_back({"update: from another table, rows back", [](tree_builder& t) {
                  return update(t, "entry", "e", t.list({t.assign("headline", t.column("b", "name", text))}),
                                t.table("blog", "b"),
                                compare(t, QUARRY_OP_EQ, t.column("e", "blog_id", i64), t.column("b", "id", i64)),
                                returning(t, {t.item(t.column("id", i64))}));
                }});
  to.push_back({"delete", [](tree_builder& t) {
                  return t.make(QUARRY_KIND_DELETE,
                                {none, none, compare(t, QUARRY_OP_EQ, t.column("e", "id", i64), t.bind(i64)),
                                 returning(t, {t.item(t.column("headline", text))})},
                                {.a = t.symbol("entry"), .b = t.symbol("e")});
                }});
}

void tables(std::vector<statement_case>& to) {
  to.push_back({"create table: every type", [](tree_builder& t) {
                  std::vector<id> columns{new_id(t)};
                  columns.push_back(t.column_def("flag", boolean, 0, t.boolean(true)));
                  columns.push_back(t.column_def("small", plain(QUARRY_TYPE_INT16), 0, t.integer(-1)));
                  columns.push_back(t.column_def("number", i32, 4));
                  columns.push_back(t.column_def("large", plain(QUARRY_TYPE_INT64, true)));
                  columns.push_back(t.column_def("ratio", f64));
                  columns.push_back(t.column_def("price", price_type));
                  columns.push_back(t.column_def("short", text_type(200)));
                  columns.push_back(t.column_def("long", text, 0, t.call("hex", {t.integer(1)}, text)));
                  columns.push_back(t.column_def("octets", plain(QUARRY_TYPE_BYTES)));
                  columns.push_back(t.column_def("day", day));
                  columns.push_back(t.column_def("at", clock_time));
                  columns.push_back(t.column_def("moment", moment, 0, t.op(QUARRY_OP_NOW, {}, moment)));
                  columns.push_back(t.column_def("length", span));
                  columns.push_back(t.column_def("key", plain(QUARRY_TYPE_UUID)));
                  columns.push_back(t.column_def("document", plain(QUARRY_TYPE_JSON)));
                  columns.push_back(t.column_def("remark", plain(QUARRY_TYPE_JSON, true)));
                  return create_table(t, "everything", columns);
                }});
  to.push_back({"create table: every constraint", [](tree_builder& t) {
                  std::vector<id> columns{t.column_def("a", text_type(20)), t.column_def("b", i64),
                                          t.column_def("c", plain(QUARRY_TYPE_INT64, true))};
                  return create_table(t, "constrained", columns,
                                      {constraint(t, "pk", QUARRY_CONSTRAINT_KIND_PRIMARY_KEY, t.names({"a", "b"})),
                                       constraint(t, "uniq", QUARRY_CONSTRAINT_KIND_UNIQUE, t.names({"a"})),
                                       constraint(t, "positive", QUARRY_CONSTRAINT_KIND_CHECK, none,
                                                  compare(t, QUARRY_OP_GE, t.column("b", i64), t.integer(0))),
                                       constraint(t, "fk", QUARRY_CONSTRAINT_KIND_FOREIGN_KEY, t.names({"c"}), none,
                                                  references(t, "blog", 0), 1),
                                       foreign_key(t, "c", QUARRY_REFERENTIAL_ACTION_RESTRICT, 0),
                                       foreign_key(t, "c", QUARRY_REFERENTIAL_ACTION_CASCADE, 1),
                                       foreign_key(t, "c", QUARRY_REFERENTIAL_ACTION_SET_NULL, 0),
                                       foreign_key(t, "c", QUARRY_REFERENTIAL_ACTION_SET_DEFAULT, 0)},
                                      1);
                }});
  to.push_back({"create table: a text as primary key",
                [](tree_builder& t) { return create_table(t, "coded", {t.column_def("code", text_type(5), 1)}); }});
  to.push_back({"create index", [](tree_builder& t) {
                  id keys = t.list({t.name("headline"), t.order(t.name("rating"), 1),
                                    t.op(QUARRY_OP_UPPER, {t.column("headline", text)}, text)});
                  return t.make(QUARRY_KIND_CREATE_INDEX,
                                {keys, t.op(QUARRY_OP_IS_NOT_NULL, {t.column("rating", i32)})},
                                {.a = t.symbol("entry_idx"), .b = t.symbol("entry"), .flags = 3});
                }});
  to.push_back({"drop table", [](tree_builder& t) {
                  return t.make(QUARRY_KIND_DROP, {}, {.a = t.symbol("counter"), .b = QUARRY_OBJECT_KIND_TABLE});
                }});
  to.push_back({"drop index", [](tree_builder& t) {
                  return t.make(QUARRY_KIND_DROP, {},
                                {.a = t.symbol("nothing"), .b = QUARRY_OBJECT_KIND_INDEX, .flags = 1});
                }});
}

}  // namespace

const char* const schema = R"(
CREATE TABLE "counter" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "n" integer DEFAULT 0);
CREATE TABLE "blog" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(100) NOT NULL UNIQUE, "tagline" text);
CREATE TABLE "author" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL);
CREATE TABLE "entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "blog_id" bigint NOT NULL REFERENCES "blog" ("id") DEFERRABLE INITIALLY DEFERRED,
  "headline" varchar(255) NOT NULL, "body" text, "pub_date" date NOT NULL, "mod_date" datetime NOT NULL, "start" time,
  "rating" integer, "price" decimal(10, 2), "score" real, "active" bool NOT NULL, "length" bigint, "uid" char(32), "data" text,
  "photo" BLOB);
INSERT INTO "blog" VALUES (1, 'Beatles Blog', 'All the latest'), (2, 'Pop Music', 'Jazz');
INSERT INTO "author" VALUES (1, 'Paul'), (2, 'John');
INSERT INTO "entry" VALUES
  (1, 1, 'What is new', 'Lennon', '2008-06-01', '2008-06-01 12:30:00', '12:30:00', 5, 12.5, 1.5, 1, 60000000,
   '00112233445566778899aabbccddeeff', '{"a": {"b": [1, 2]}}', x'00ff'),
  (2, 2, 'Best albums', NULL, '2007-12-31', '2007-12-31 23:59:59.250000', NULL, NULL, 7, NULL, 0, NULL, NULL, NULL, NULL);
)";

std::vector<std::uint32_t> all_ops() {
#define QUARRY_NUMBER(number) number,
  return {QUARRY_FOR_EACH_OP(QUARRY_NUMBER)};
#undef QUARRY_NUMBER
}

op_sample sample_of(tree_builder& t, std::uint32_t op) {
  id active = t.column("entry", "active", boolean);
  id mod_date = t.column("entry", "mod_date", moment);
  id length = t.column("entry", "length", span);
  id data = t.column("entry", "data", plain(QUARRY_TYPE_JSON, true));
  if (op >= QUARRY_OP_MD5 && op <= QUARRY_OP_SHA512) return {{headline(t)}, text};
  if (op == QUARRY_OP_JSON_OBJECT)
    return {{t.bind(text), headline(t), t.bind(text), data}, plain(QUARRY_TYPE_JSON, false)};
  if (op == QUARRY_OP_JSON_ARRAY) return {{rating(t), data}, plain(QUARRY_TYPE_JSON, false)};
  if (op == QUARRY_OP_JSON_CONTAINS) return {{data, t.bind(plain(QUARRY_TYPE_JSON, false))}, boolean};
  if (op == QUARRY_OP_TO_JSON) return {{headline(t)}, plain(QUARRY_TYPE_JSON, false)};
  if (op == QUARRY_OP_DURATION_SCALE) return {{length, t.bind(f64)}, span};
  if (op <= QUARRY_OP_XOR)
    return {op == QUARRY_OP_NOT ? std::vector{active} : std::vector{active, t.bind(boolean)}, boolean};
  if (op <= QUARRY_OP_IS_NOT_NULL) return {{rating(t)}, boolean};
  if (op == QUARRY_OP_IS_TRUE) return {{active}, boolean};
  if (op == QUARRY_OP_GREATEST_NATIVE || op == QUARRY_OP_LEAST_NATIVE) return {{rating(t), t.bind(i32)}, i32};
  if (op == QUARRY_OP_ROUND_NATIVE) return {{price(t), t.integer(1)}, price_type};
  if (op == QUARRY_OP_IN_ARRAY || op < QUARRY_OP_IN_LIST) return {{rating(t), t.bind(i32)}, boolean};
  if (op <= QUARRY_OP_BETWEEN) return {{rating(t), t.bind(i32), t.bind(i32)}, boolean};
  if (op <= QUARRY_OP_LIKE) return {{headline(t), t.bind(text)}, boolean};
  if (op < QUARRY_OP_LENGTH) return {{headline(t)}, text};
  if (op == QUARRY_OP_LENGTH) return {{headline(t)}, i32};
  if (op == QUARRY_OP_CONCAT) return {{headline(t), t.bind(text), t.column("entry", "body", text)}, text};
  if (op == QUARRY_OP_SUBSTR) return {{headline(t), t.integer(2), t.integer(3)}, text};
  if (op == QUARRY_OP_REPLACE) return {{headline(t), t.bind(text), t.bind(text)}, text};
  if (op == QUARRY_OP_LPAD || op == QUARRY_OP_RPAD) return {{headline(t), t.integer(9), t.bind(text)}, text};
  if (op == QUARRY_OP_REPEAT || op == QUARRY_OP_RIGHT) return {{headline(t), t.integer(2)}, text};
  if (op == QUARRY_OP_POSITION) return {{headline(t), t.bind(text)}, i32};
  if (op == QUARRY_OP_ORD) return {{headline(t)}, i32};
  if (op == QUARRY_OP_CHR) return {{rating(t)}, text};
  if (op <= QUARRY_OP_REVERSE) return {{headline(t)}, text};
  if (op == QUARRY_OP_NEG || op == QUARRY_OP_BIT_NOT || op == QUARRY_OP_ABS) return {{rating(t)}, i32};
  if (op == QUARRY_OP_ROUND) return {{price(t), t.integer(1)}, price_type};
  if (op <= QUARRY_OP_ROUND) return {{rating(t), t.bind(i32)}, op == QUARRY_OP_POW ? f64 : i32};
  if (op == QUARRY_OP_PI) return {{}, f64};
  if (op == QUARRY_OP_LOG || op == QUARRY_OP_ATAN2) return {{rating(t), t.bind(i32)}, f64};
  if (op <= QUARRY_OP_SIGN) return {{rating(t)}, i32};
  if (op <= QUARRY_OP_ATAN || op >= QUARRY_OP_ASIN) return {{rating(t)}, f64};
  if (op >= QUARRY_OP_HOUR && op <= QUARRY_OP_TIME_OF) return {{mod_date}, i32};
  if (op < QUARRY_OP_TRUNC_YEAR) return {{pub_date(t)}, i32};
  if (op < QUARRY_OP_TIME_ADD) return {{mod_date}, moment};
  if (op <= QUARRY_OP_TIME_SUB) return {{mod_date, length}, moment};
  if (op == QUARRY_OP_TIME_DIFF) return {{mod_date, pub_date(t)}, span};
  if (op <= QUARRY_OP_LEAST) return {{rating(t), t.bind(i32)}, i32};
  if (op == QUARRY_OP_RANDOM) return {{}, f64};
  if (op == QUARRY_OP_NOW) return {{}, moment};
  if (op == QUARRY_OP_COUNT_ROWS) return {{}, i64};
  if (op == QUARRY_OP_STRING_AGG) return {{headline(t), t.bind(text)}, text};
  if (op <= QUARRY_OP_ANY_VALUE) return {{rating(t)}, op >= QUARRY_OP_AVG && op <= QUARRY_OP_VAR_SAMP ? f64 : i32};
  if (op <= QUARRY_OP_CUME_DIST) return {{}, i64};
  if (op == QUARRY_OP_NTILE) return {{t.integer(4)}, i64};
  if (op == QUARRY_OP_LAG || op == QUARRY_OP_LEAD) return {{rating(t), t.integer(1), t.integer(0)}, i32};
  if (op == QUARRY_OP_NTH_VALUE) return {{rating(t), t.integer(2)}, i32};
  return {{rating(t)}, i32};
}

std::vector<statement_case> statement_cases() {
  std::vector<statement_case> cases;
  queries(cases);
  expressions(cases);
  changes(cases);
  tables(cases);
  for (std::uint32_t op : all_ops()) {
    if (op == QUARRY_OP_IN_ARRAY) continue;  // no arrays in SQLite
    cases.push_back({"op " + std::to_string(op), [op](tree_builder& t) {
                       op_sample sample = sample_of(t, op);
                       bool aggregate = op >= QUARRY_OP_COUNT_ROWS && op <= QUARRY_OP_ANY_VALUE;
                       id value = aggregate ? t.aggregate(op, sample.args, sample.result)
                                            : t.op(op, sample.args, sample.result);
                       if (op >= QUARRY_OP_ROW_NUMBER && op <= QUARRY_OP_NTH_VALUE)
                         value = over(t, value, window(t, none, t.list({t.order(entry_id(t))})), sample.result);
                       return select_value(t, value);
                     }});
  }
  return cases;
}

}  // namespace quarry::test

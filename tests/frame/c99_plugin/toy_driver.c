/*
 * The toy's driver: tables in memory, statements read from the dialect's text, and the plugin's table at the end.
 *
 * A database grows, and vanishes with its connection. What it can't do, the capability record leaves out: joins, subqueries,
 * groups, updates, deletes, patterns.
 */
#include "toy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- errors: the texts live in the handle */

typedef struct message {
  char text[256];
  char constraint[256];
} message;

static int fail(message* m, quarry_error* error, uint32_t category, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(m->text, sizeof m->text, format, arguments);
  va_end(arguments);
  error->category = category;
  error->server_text = toy_str(m->text);
  error->node = QUARRY_NONE;
  return category == QUARRY_ERROR_UNSUPPORTED ? QUARRY_UNSUPPORTED : QUARRY_FAILED;
}

static int no_memory(message* m, quarry_error* error) { return fail(m, error, QUARRY_ERROR_OTHER, "out of memory"); }

/* ---------------------------------------------------------------- database: tables that only grow */

typedef struct chunk {
  struct chunk* next;
  char bytes[];
} chunk;

typedef struct column {
  char name[64];
  uint32_t type;
  uint32_t bits;
} column;

typedef struct unique_key {
  struct unique_key* next;
  uint32_t count;
  uint32_t columns[];
} unique_key;

typedef struct table {
  struct table* next;
  char name[64];
  uint32_t column_count;
  column* columns;
  unique_key* keys;
  quarry_cell* cells; /* row after row */
  size_t row_count, room;
  int64_t last_key;
  chunk* texts;
  size_t rows_before; /* when the transaction began */
} table;

struct quarry_connection {
  message message;
  table* tables; /* the newest first */
  table* tables_before;
  int in_transaction;
};

static void free_chunks(chunk* c) {
  while (c != NULL) {
    chunk* next = c->next;
    free(c);
    c = next;
  }
}

static void free_table(table* t) {
  while (t->keys != NULL) {
    unique_key* next = t->keys->next;
    free(t->keys);
    t->keys = next;
  }
  free_chunks(t->texts);
  free(t->columns);
  free(t->cells);
  free(t);
}

/* Copies what a cell points to. 0: no memory. */
static int keep(chunk** list, quarry_cell* cell) {
  chunk* c;
  if ((cell->flags & QUARRY_CELL_NULL) != 0 || cell->type != QUARRY_TYPE_TEXT || cell->len == 0) return 1;
  c = (chunk*)malloc(sizeof *c + cell->len);
  if (c == NULL) return 0;
  memcpy(c->bytes, cell->v.p, cell->len);
  c->next = *list;
  *list = c;
  cell->v.p = c->bytes;
  return 1;
}

static table* find_table(const quarry_connection* db, const char* name) {
  table* t = db->tables;
  while (t != NULL && strcmp(t->name, name) != 0) t = t->next;
  return t;
}

static uint32_t find_column(const table* t, const char* name) {
  uint32_t i;
  for (i = 0; i < t->column_count; ++i)
    if (strcmp(t->columns[i].name, name) == 0) return i;
  return QUARRY_NONE;
}

/* ---------------------------------------------------------------- values */

static quarry_cell make_cell(uint8_t type, int64_t value) {
  quarry_cell c;
  memset(&c, 0, sizeof c);
  c.type = type;
  c.v.i = value;
  return c;
}

static quarry_cell make_null(void) {
  quarry_cell c = make_cell(QUARRY_TYPE_UNKNOWN, 0);
  c.flags = QUARRY_CELL_NULL;
  return c;
}

static int is_null(const quarry_cell* c) { return (c->flags & QUARRY_CELL_NULL) != 0; }
static quarry_cell truth(int value) { return make_cell(QUARRY_TYPE_BOOLEAN, value); }
static int is_integer(uint32_t type) { return type >= QUARRY_TYPE_INT16 && type <= QUARRY_TYPE_INT64; }
static int is_number(uint32_t type) { return is_integer(type) || type == QUARRY_TYPE_FLOAT64; }
static double as_double(const quarry_cell* c) { return c->type == QUARRY_TYPE_FLOAT64 ? c->v.d : (double)c->v.i; }

static int comparable(const quarry_cell* a, const quarry_cell* b) {
  return is_null(a) || is_null(b) || a->type == b->type || (is_number(a->type) && is_number(b->type));
}

/* -1, 0 or 1; neither is NULL. */
static int compare(const quarry_cell* a, const quarry_cell* b) {
  if (a->type == QUARRY_TYPE_TEXT) {
    const uint32_t shorter = a->len < b->len ? a->len : b->len;
    const int order = shorter == 0 ? 0 : memcmp(a->v.p, b->v.p, shorter);
    return order != 0 ? (order < 0 ? -1 : 1) : (a->len > b->len) - (a->len < b->len);
  }
  if (a->type == QUARRY_TYPE_FLOAT64 || b->type == QUARRY_TYPE_FLOAT64)
    return (as_double(a) > as_double(b)) - (as_double(a) < as_double(b));
  return (a->v.i > b->v.i) - (a->v.i < b->v.i);
}

/* The value as another type; 0 where that can't be. */
static int convert(quarry_cell* c, uint32_t type) {
  static const int64_t least[] = {INT16_MIN, INT32_MIN, INT64_MIN};
  static const int64_t most[] = {INT16_MAX, INT32_MAX, INT64_MAX};
  if (is_null(c) || c->type == type) return 1;
  if (type == QUARRY_TYPE_FLOAT64 && is_integer(c->type)) c->v.d = (double)c->v.i;
  else if (!is_integer(type) || !is_integer(c->type)) return 0;
  else if (c->v.i < least[type - QUARRY_TYPE_INT16] || c->v.i > most[type - QUARRY_TYPE_INT16]) return 0;
  c->type = (uint8_t)type;
  return 1;
}

/* ---------------------------------------------------------------- statements: text becomes items */

typedef enum form { FORM_LIST, FORM_OPERATION, FORM_NAME, FORM_BIND, FORM_VALUE, FORM_WORD } form;

typedef struct item {
  form form;
  uint32_t first, next; /* items; QUARRY_NONE = none */
  uint32_t number;      /* a bind less one, a column, an operation */
  quarry_cell value;
  char text[64]; /* a name or a word */
} item;

struct quarry_statement {
  message message;
  quarry_connection* db;
  item* items;
  uint32_t item_count, item_room;
  table* table;
  uint16_t* column_types;
  uint32_t column_count, bind_count;
  const quarry_cell* binds; /* during execute */
  const char* trouble;      /* what an expression couldn't do */
  chunk* texts;
  quarry_cell* result;
  size_t rows, at;
};

typedef struct reader {
  quarry_statement* s;
  const char* at;
  const char* end;
  uint32_t depth;
  const char* problem;
} reader;

static void skip_blanks(reader* r) {
  while (r->at != r->end && *r->at == ' ') ++r->at;
}

static uint32_t new_item(reader* r, form what) {
  quarry_statement* s = r->s;
  if (s->item_count == s->item_room) {
    const uint32_t room = s->item_room == 0 ? 32 : s->item_room * 2;
    item* larger = (item*)realloc(s->items, room * sizeof *larger);
    if (larger == NULL) {
      r->problem = "out of memory";
      return QUARRY_NONE;
    }
    s->items = larger;
    s->item_room = room;
  }
  memset(&s->items[s->item_count], 0, sizeof s->items[0]);
  s->items[s->item_count].form = what;
  s->items[s->item_count].first = s->items[s->item_count].next = QUARRY_NONE;
  return s->item_count++;
}

static void read_name(reader* r, char* to) {
  size_t size = 0;
  for (++r->at; r->at != r->end; ++r->at) {
    if (*r->at == '"' && (r->at + 1 == r->end || *++r->at != '"')) {
      to[size] = '\0';
      return;
    }
    if (size == 63) break;
    to[size++] = *r->at;
  }
  r->problem = "a name is too long or has no end";
}

static void read_word(reader* r, item* i) {
  size_t size = 0;
  while (r->at != r->end && *r->at != ' ' && *r->at != '(' && *r->at != ')' && size < 63) i->text[size++] = *r->at++;
  i->text[size] = '\0';
  if (i->text[0] == '?') {
    i->form = FORM_BIND;
    i->number = (uint32_t)strtoul(i->text + 1, NULL, 10) - 1u;
    if (i->number >= r->s->bind_count) r->problem = "a placeholder has no value";
  } else if (i->text[0] == 'i' && strchr("-0123456789", i->text[1]) != NULL && i->text[1] != '\0') {
    i->form = FORM_VALUE;
    i->value = make_cell(QUARRY_TYPE_INT64, strtoll(i->text + 1, NULL, 10));
  } else if (i->text[0] == 'f' && strchr("-0123456789", i->text[1]) != NULL && i->text[1] != '\0') {
    i->form = FORM_VALUE;
    i->value = make_cell(QUARRY_TYPE_FLOAT64, 0);
    i->value.v.d = strtod(i->text + 1, NULL);
  } else if (strcmp(i->text, "null") == 0 || strcmp(i->text, "true") == 0 || strcmp(i->text, "false") == 0) {
    i->form = FORM_VALUE;
    i->value = i->text[0] == 'n' ? make_null() : truth(i->text[0] == 't');
  }
}

/* In a list whose first word is an operation, that word is the list's own. */
static void find_operation(quarry_statement* s, uint32_t list) {
  const uint32_t head = s->items[list].first;
  const uint32_t op = head != QUARRY_NONE && s->items[head].form == FORM_WORD ? toy_operation(s->items[head].text) : 0;
  if (op == 0) return;
  s->items[list].form = FORM_OPERATION;
  s->items[list].number = op;
  s->items[list].first = s->items[head].next;
}

static uint32_t read_item(reader* r) {
  uint32_t id, last = QUARRY_NONE;
  skip_blanks(r);
  if (r->at == r->end || r->problem != NULL) {
    if (r->problem == NULL) r->problem = "the statement ends too early";
    return QUARRY_NONE;
  }
  if (*r->at != '(') {
    id = new_item(r, *r->at == '"' ? FORM_NAME : FORM_WORD);
    if (id == QUARRY_NONE) return id;
    if (*r->at == '"') read_name(r, r->s->items[id].text);
    else read_word(r, &r->s->items[id]);
    return id;
  }
  id = new_item(r, FORM_LIST);
  if (id == QUARRY_NONE) return id;
  if (++r->depth > DEEPEST) r->problem = "the statement is nested too deeply";
  ++r->at;
  for (skip_blanks(r); r->problem == NULL && (r->at == r->end || *r->at != ')'); skip_blanks(r)) {
    const uint32_t next = read_item(r);
    if (next == QUARRY_NONE) return QUARRY_NONE;
    if (last == QUARRY_NONE) r->s->items[id].first = next;
    else r->s->items[last].next = next;
    last = next;
  }
  if (r->problem != NULL) return QUARRY_NONE;
  ++r->at;
  --r->depth;
  find_operation(r->s, id);
  return id;
}

/* The n-th item of a list, or QUARRY_NONE. */
static uint32_t part_id(const quarry_statement* s, uint32_t list, uint32_t n) {
  uint32_t at = s->items[list].first;
  while (at != QUARRY_NONE && n-- != 0) at = s->items[at].next;
  return at;
}

/* The same as an item: an empty word where there is none. */
static const item* part(const quarry_statement* s, uint32_t list, uint32_t n) {
  static const item nothing = {FORM_WORD, QUARRY_NONE, QUARRY_NONE, 0, {{0}, 0, 0, 0, 0}, ""};
  const uint32_t id = part_id(s, list, n);
  return id == QUARRY_NONE ? &nothing : &s->items[id];
}

/* ---------------------------------------------------------------- expressions */

static quarry_cell evaluate(quarry_statement* s, uint32_t id, const quarry_cell* row);

/* True, false or NULL of and, or: `deciding` is the value that settles it. */
static quarry_cell junction(quarry_statement* s, uint32_t first, const quarry_cell* row, int deciding) {
  int unknown = 0;
  for (; first != QUARRY_NONE; first = s->items[first].next) {
    const quarry_cell c = evaluate(s, first, row);
    if (is_null(&c)) unknown = 1;
    else if ((c.v.i != 0) == deciding) return truth(deciding);
  }
  return unknown ? make_null() : truth(!deciding);
}

static quarry_cell in_list(quarry_statement* s, uint32_t first, const quarry_cell* row) {
  const quarry_cell wanted = evaluate(s, first, row);
  int unknown = 0;
  for (first = s->items[first].next; first != QUARRY_NONE; first = s->items[first].next) {
    const quarry_cell c = evaluate(s, first, row);
    if (is_null(&c) || is_null(&wanted)) unknown = 1;
    else if (!comparable(&c, &wanted)) s->trouble = "values of different types can't be compared";
    else if (compare(&wanted, &c) == 0) return truth(1);
  }
  return unknown ? make_null() : truth(0);
}

static quarry_cell two_arguments(quarry_statement* s, uint32_t op, const quarry_cell* a, const quarry_cell* b) {
  int order;
  if (is_null(a) || is_null(b)) return make_null();
  if (!comparable(a, b)) {
    s->trouble = "values of different types can't be compared";
    return make_null();
  }
  order = compare(a, b);
  switch (op) {
    case QUARRY_OP_EQ: return truth(order == 0);
    case QUARRY_OP_NE: return truth(order != 0);
    case QUARRY_OP_LT: return truth(order < 0);
    case QUARRY_OP_LE: return truth(order <= 0);
    case QUARRY_OP_GT: return truth(order > 0);
    default: return truth(order >= 0);
  }
}

static quarry_cell operation(quarry_statement* s, const item* i, const quarry_cell* row) {
  const uint32_t second = i->first != QUARRY_NONE ? s->items[i->first].next : QUARRY_NONE;
  quarry_cell a, b;
  if (i->number == QUARRY_OP_AND) return junction(s, i->first, row, 0);
  if (i->number == QUARRY_OP_OR) return junction(s, i->first, row, 1);
  if (i->number == QUARRY_OP_COUNT_ROWS) return make_cell(QUARRY_TYPE_INT64, (int64_t)s->rows);
  if (i->first == QUARRY_NONE) {
    s->trouble = "an operation has too few arguments";
    return make_null();
  }
  if (i->number == QUARRY_OP_IN_LIST) return in_list(s, i->first, row);
  a = evaluate(s, i->first, row);
  switch (i->number) {
    case QUARRY_OP_IS_NULL: return truth(is_null(&a));
    case QUARRY_OP_IS_NOT_NULL: return truth(!is_null(&a));
    case QUARRY_OP_NOT: return is_null(&a) ? a : truth(a.v.i == 0);
    default: break;
  }
  if (second == QUARRY_NONE) {
    s->trouble = "an operation has too few arguments";
    return make_null();
  }
  b = evaluate(s, second, row);
  return two_arguments(s, i->number, &a, &b);
}

static quarry_cell evaluate(quarry_statement* s, uint32_t id, const quarry_cell* row) {
  const item* i = &s->items[id];
  switch (i->form) {
    case FORM_VALUE: return i->value;
    case FORM_BIND: return s->binds[i->number];
    case FORM_OPERATION: return operation(s, i, row);
    case FORM_NAME:
      if (row != NULL) return row[i->number];
      s->trouble = "a column stands where there is no row";
      return make_null();
    default: s->trouble = "a list or word stands where a value is wanted"; return make_null();
  }
}

/* ---------------------------------------------------------------- select */

typedef struct sorted_row {
  const quarry_cell* row;
  quarry_cell* keys;
  const quarry_statement* s;
  size_t position;
} sorted_row;

static int compare_rows(const void* left, const void* right) {
  const sorted_row* a = (const sorted_row*)left;
  const sorted_row* b = (const sorted_row*)right;
  uint32_t key = part(a->s, 0, 4)->first;
  size_t i;
  for (i = 0; key != QUARRY_NONE; key = a->s->items[key].next, ++i) {
    const int descending = strcmp(part(a->s, key, 0)->text, "desc") == 0;
    const int nulls = is_null(&b->keys[i]) - is_null(&a->keys[i]);
    const int order = nulls != 0 || is_null(&a->keys[i]) ? nulls : compare(&a->keys[i], &b->keys[i]);
    if (order != 0) return descending ? -order : order;
  }
  return (a->position > b->position) - (a->position < b->position);
}

/* The rows that pass the condition, in order. NULL: no memory or trouble. *count rows. */
static sorted_row* chosen_rows(quarry_statement* s, size_t* count, quarry_cell** keys) {
  const item* condition = part(s, 0, 3);
  const item* order = part(s, 0, 4);
  const size_t rows = s->table != NULL ? s->table->row_count : 1;
  size_t i, key_count = 0;
  uint32_t key;
  sorted_row* chosen;
  for (key = order->first; key != QUARRY_NONE; key = s->items[key].next) ++key_count;
  chosen = (sorted_row*)calloc(rows + 1, sizeof *chosen);
  *keys = (quarry_cell*)calloc(rows * key_count + 1, sizeof **keys);
  *count = 0;
  for (i = 0; i < rows && chosen != NULL && *keys != NULL; ++i) {
    const quarry_cell* row = s->table != NULL ? &s->table->cells[i * s->table->column_count] : NULL;
    sorted_row* to = &chosen[*count];
    if (condition->form != FORM_WORD) {
      const quarry_cell passes = evaluate(s, part_id(s, 0, 3), row);
      if (is_null(&passes) || passes.v.i == 0) continue;
    }
    to->row = row;
    to->s = s;
    to->position = i;
    to->keys = *keys + *count * key_count;
    for (key = order->first, key_count = 0; key != QUARRY_NONE; key = s->items[key].next)
      to->keys[key_count++] = evaluate(s, part_id(s, key, 1), row);
    ++*count;
  }
  if (chosen != NULL && *keys != NULL && s->trouble == NULL) qsort(chosen, *count, sizeof *chosen, compare_rows);
  return chosen;
}

/* LIMIT or OFFSET: `otherwise` where there is none. */
static size_t bound(quarry_statement* s, uint32_t n, size_t otherwise) {
  const item* i = part(s, 0, n);
  quarry_cell c;
  if (i->form == FORM_WORD) return otherwise;
  c = evaluate(s, part_id(s, 0, n), NULL);
  if (is_null(&c)) return otherwise;
  if (is_integer(c.type) && c.v.i >= 0) return (size_t)c.v.i;
  s->trouble = "a limit or offset is no natural number";
  return 0;
}

static int is_counting(quarry_statement* s) {
  uint32_t i;
  for (i = 0; i < s->item_count; ++i)
    if (s->items[i].form == FORM_OPERATION && s->items[i].number == QUARRY_OP_COUNT_ROWS) return 1;
  return 0;
}

static void add_result(quarry_statement* s, const quarry_cell* row, size_t at) {
  uint32_t id = part(s, 0, 1)->first, i;
  for (i = 0; i < s->column_count && id != QUARRY_NONE; ++i, id = s->items[id].next) {
    quarry_cell c = evaluate(s, id, row);
    if (!convert(&c, s->column_types[i])) s->trouble = "a value does not fit the type that was asked for";
    if (!keep(&s->texts, &c)) s->trouble = "out of memory";
    s->result[at * s->column_count + i] = c;
  }
  if (i != s->column_count || id != QUARRY_NONE) s->trouble = "the statement has another number of columns";
}

static void select_rows(quarry_statement* s) {
  size_t count = 0, i, first, most;
  quarry_cell* keys = NULL;
  sorted_row* chosen = chosen_rows(s, &count, &keys);
  const quarry_cell* none = NULL;
  if (chosen == NULL || keys == NULL) s->trouble = "out of memory";
  if (s->trouble == NULL) {
    const int counting = is_counting(s);
    s->rows = count; /* what (count) reads */
    if (counting) count = 1;
    first = bound(s, 6, 0);
    most = bound(s, 5, count);
    if (first > count) first = count;
    if (most > count - first) most = count - first;
    s->result = (quarry_cell*)calloc(most * s->column_count + 1, sizeof *s->result);
    if (s->result == NULL) s->trouble = "out of memory";
    for (i = 0; i < most && s->trouble == NULL; ++i) add_result(s, counting ? none : chosen[first + i].row, i);
    s->rows = most;
  }
  free(keys);
  free(chosen);
}

/* ---------------------------------------------------------------- insert and create */

static int violates(quarry_statement* s, quarry_error* error, uint32_t category, const char* names) {
  snprintf(s->message.constraint, sizeof s->message.constraint, "%s", names);
  error->constraint = toy_str(s->message.constraint);
  return fail(&s->message, error, category, "the row violates a constraint of %s", s->table->name);
}

static int same_key(const unique_key* k, const quarry_cell* a, const quarry_cell* b) {
  uint32_t i;
  for (i = 0; i < k->count; ++i) {
    const quarry_cell* x = &a[k->columns[i]];
    const quarry_cell* y = &b[k->columns[i]];
    if (is_null(x) || is_null(y) || compare(x, y) != 0) return 0;
  }
  return 1;
}

/* Checks the row behind the last against all others. */
static int check_row(quarry_statement* s, quarry_error* error) {
  const table* t = s->table;
  const quarry_cell* row = &t->cells[t->row_count * t->column_count];
  char names[200];
  const unique_key* k;
  size_t i;
  for (i = 0; i < t->column_count; ++i)
    if (is_null(&row[i]) && (t->columns[i].bits & (COLUMN_NOT_NULL | COLUMN_KEY)) != 0) {
      snprintf(names, sizeof names, "%s.%s", t->name, t->columns[i].name);
      return violates(s, error, QUARRY_ERROR_NOT_NULL, names);
    }
  for (k = t->keys; k != NULL; k = k->next)
    for (i = 0; i < t->row_count; ++i)
      if (same_key(k, row, &t->cells[i * t->column_count])) {
        size_t used = 0, c;
        for (c = 0; c < k->count && used < sizeof names; ++c)
          used += (size_t)snprintf(names + used, sizeof names - used, "%s%s.%s", c == 0 ? "" : ", ", t->name,
                                   t->columns[k->columns[c]].name);
        return violates(s, error, QUARRY_ERROR_UNIQUE, names);
      }
  return QUARRY_OK;
}

static int insert_row(quarry_statement* s, uint32_t values, quarry_outcome* outcome, quarry_error* error) {
  table* t = s->table;
  uint32_t value = part_id(s, values, 1), name = part(s, 0, 2)->first, i;
  quarry_cell* row;
  int status;
  if (t->row_count == t->room) {
    const size_t room = t->room == 0 ? 16 : t->room * 2;
    quarry_cell* larger = (quarry_cell*)realloc(t->cells, room * t->column_count * sizeof *larger);
    if (larger == NULL) return no_memory(&s->message, error);
    t->cells = larger;
    t->room = room;
  }
  row = &t->cells[t->row_count * t->column_count];
  for (i = 0; i < t->column_count; ++i) row[i] = make_null();
  for (; name != QUARRY_NONE && value != QUARRY_NONE; name = s->items[name].next, value = s->items[value].next) {
    quarry_cell* to = &row[s->items[name].number];
    *to = evaluate(s, value, NULL);
    if (!convert(to, t->columns[s->items[name].number].type)) s->trouble = "a value does not fit its column";
    if (!keep(&t->texts, to)) return no_memory(&s->message, error);
  }
  if (name != QUARRY_NONE || value != QUARRY_NONE)
    return fail(&s->message, error, QUARRY_ERROR_SYNTAX, "a row has too many or few values");
  if (s->trouble != NULL) return fail(&s->message, error, QUARRY_ERROR_DATA, "%s", s->trouble);
  for (i = 0; i < t->column_count; ++i)
    if ((t->columns[i].bits & COLUMN_GENERATED) != 0) {
      if (is_null(&row[i])) row[i] = make_cell((uint8_t)t->columns[i].type, t->last_key + 1);
      if (row[i].v.i > t->last_key) t->last_key = row[i].v.i;
      outcome->has_key = 1;
      outcome->generated_key = row[i].v.i;
    }
  status = check_row(s, error);
  if (status == QUARRY_OK) ++t->row_count;
  return status;
}

static int insert_rows(quarry_statement* s, quarry_outcome* outcome, quarry_error* error) {
  const size_t before = s->table->row_count;
  uint32_t row = part_id(s, 0, 3);
  for (; row != QUARRY_NONE; row = s->items[row].next) {
    const int status = insert_row(s, row, outcome, error);
    if (status != QUARRY_OK) {
      s->table->row_count = before;
      return status;
    }
  }
  outcome->rows_affected = (int64_t)(s->table->row_count - before);
  return QUARRY_OK;
}

/* A unique key over names that follow each other. 0: no memory or no such column. */
static int add_key(quarry_statement* s, table* t, uint32_t name, int one_only) {
  unique_key* k = (unique_key*)calloc(1, sizeof *k + t->column_count * sizeof k->columns[0]);
  if (k == NULL) return 0;
  k->next = t->keys;
  t->keys = k;
  for (; name != QUARRY_NONE; name = one_only ? QUARRY_NONE : s->items[name].next) {
    const uint32_t c = find_column(t, s->items[name].text);
    if (c == QUARRY_NONE || k->count == t->column_count) return 0;
    k->columns[k->count++] = c;
  }
  return 1;
}

static int create_table(quarry_statement* s, quarry_error* error) {
  const char* name = part(s, 0, 1)->text;
  table* t = (table*)calloc(1, sizeof *t);
  uint32_t id, first = part(s, 0, 1)->next;
  int well = t != NULL;
  for (id = first; id != QUARRY_NONE && well; id = s->items[id].next) well = ++t->column_count != 0;
  if (well) well = (t->columns = (column*)calloc(t->column_count + 1u, sizeof *t->columns)) != NULL;
  if (!well) {
    free(t);
    return no_memory(&s->message, error);
  }
  t->column_count = 0;
  snprintf(t->name, sizeof t->name, "%s", name);
  for (id = first; id != QUARRY_NONE && well; id = s->items[id].next) {
    const item* definition = &s->items[id];
    column* c = &t->columns[t->column_count];
    if (definition->first == QUARRY_NONE || s->items[definition->first].form != FORM_NAME) continue; /* a constraint */
    snprintf(c->name, sizeof c->name, "%s", s->items[definition->first].text);
    c->type = (uint32_t)strtoul(part(s, id, 1)->text, NULL, 10);
    c->bits = (uint32_t)strtoul(part(s, id, 2)->text, NULL, 10);
    ++t->column_count;
    if ((c->bits & (COLUMN_KEY | COLUMN_UNIQUE)) != 0) well = add_key(s, t, definition->first, 1);
  }
  for (id = first; id != QUARRY_NONE && well; id = s->items[id].next)
    if (strcmp(part(s, id, 0)->text, "unique") == 0 && part(s, id, 0)->form == FORM_WORD)
      well = add_key(s, t, part(s, id, 0)->next, 0);
  if (!well) {
    free_table(t);
    return fail(&s->message, error, QUARRY_ERROR_NO_SUCH_OBJECT, "a constraint names an unknown column");
  }
  t->next = s->db->tables;
  s->db->tables = t;
  return QUARRY_OK;
}

/* ---------------------------------------------------------------- the driver's functions */

static int open_database(const quarry_url* url, quarry_connection** connection, quarry_error* error) {
  const int named =
      url->database.size != 0 && !(url->database.size == 8 && memcmp(url->database.data, ":memory:", 8) == 0);
  if (named || url->host.size != 0 || url->user.size != 0 || url->option_count != 0)
    return toy_fail(error, QUARRY_ERROR_CANNOT_OPEN, "the only toy database is toy://");
  *connection = (quarry_connection*)calloc(1, sizeof **connection);
  return *connection != NULL ? QUARRY_OK : toy_fail(error, QUARRY_ERROR_OTHER, "out of memory");
}

static void close_database(quarry_connection* db) {
  while (db->tables != NULL) {
    table* next = db->tables->next;
    free_table(db->tables);
    db->tables = next;
  }
  free(db);
}

static int describe(quarry_connection* db, quarry_facts* facts, quarry_dialect** dialect, quarry_error* error) {
  (void)db;
  return toy_describe(toy_str(""), facts, dialect, error);
}

static void drop_statement(quarry_statement* s) {
  free_chunks(s->texts);
  free(s->result);
  free(s->column_types);
  free(s->items);
  free(s);
}

/* Finds the table of a statement and the columns of its names. */
static int resolve(quarry_statement* s, quarry_connection* db, quarry_error* error) {
  const char* verb = part(s, 0, 0)->text;
  const int is_select = strcmp(verb, "select") == 0;
  const item* name = part(s, 0, is_select ? 2 : 1);
  uint32_t i;
  if (!is_select && strcmp(verb, "insert") != 0) return QUARRY_OK;
  if (name->form != FORM_NAME) return QUARRY_OK; /* a select without a table */
  s->table = find_table(db, name->text);
  if (s->table == NULL)
    return fail(&db->message, error, QUARRY_ERROR_NO_SUCH_OBJECT, "there is no table %s", name->text);
  for (i = 0; i < s->item_count; ++i) {
    if (s->items[i].form != FORM_NAME || &s->items[i] == name) continue;
    s->items[i].number = find_column(s->table, s->items[i].text);
    if (s->items[i].number == QUARRY_NONE)
      return fail(&db->message, error, QUARRY_ERROR_NO_SUCH_OBJECT, "%s has no column %s", s->table->name,
                  s->items[i].text);
  }
  return QUARRY_OK;
}

/* An order is a list of pairs. */
static int check_order(quarry_statement* s, quarry_connection* db, quarry_error* error) {
  uint32_t key = part(s, 0, 4)->first;
  if (strcmp(part(s, 0, 0)->text, "select") != 0) return QUARRY_OK;
  for (; key != QUARRY_NONE; key = s->items[key].next)
    if (part_id(s, key, 1) == QUARRY_NONE)
      return fail(&db->message, error, QUARRY_ERROR_SYNTAX, "an order has no expression");
  return QUARRY_OK;
}

static int prepare(quarry_connection* db, quarry_str sql, const quarry_type* bind_types, uint32_t bind_count,
                   const quarry_type* result_types, uint32_t column_count, quarry_statement** statement,
                   quarry_error* error) {
  quarry_statement* s = (quarry_statement*)calloc(1, sizeof *s);
  uint16_t* types = (uint16_t*)calloc(column_count + 1u, sizeof *types);
  reader r = {NULL, NULL, NULL, 0, NULL};
  uint32_t i;
  int status = QUARRY_OK;
  (void)bind_types;
  if (s == NULL || types == NULL) {
    free(types);
    free(s);
    return no_memory(&db->message, error);
  }
  for (i = 0; i < column_count; ++i) types[i] = result_types[i].type;
  s->db = db;
  s->column_types = types;
  s->column_count = column_count;
  s->bind_count = bind_count;
  r.s = s;
  r.at = sql.data;
  r.end = sql.data + sql.size;
  if (read_item(&r) == QUARRY_NONE || r.at != r.end || r.problem != NULL || s->items[0].form != FORM_LIST)
    status = fail(&db->message, error, QUARRY_ERROR_SYNTAX, "%s",
                  r.problem != NULL ? r.problem : "this is no toy statement");
  if (status == QUARRY_OK) status = resolve(s, db, error);
  if (status == QUARRY_OK) status = check_order(s, db, error);
  if (status != QUARRY_OK) {
    drop_statement(s);
    return status;
  }
  *statement = s;
  return QUARRY_OK;
}

static void finish(quarry_statement* s) {
  free_chunks(s->texts);
  free(s->result);
  s->texts = NULL;
  s->result = NULL;
  s->rows = s->at = 0;
}

static int execute(quarry_statement* s, const quarry_cell* binds, uint32_t bind_count, quarry_outcome* outcome,
                   quarry_error* error) {
  const char* verb = part(s, 0, 0)->text;
  if (bind_count != s->bind_count)
    return fail(&s->message, error, QUARRY_ERROR_CONTRACT, "another number of values than placeholders");
  finish(s);
  s->binds = binds;
  s->trouble = NULL;
  outcome->size = sizeof *outcome;
  outcome->has_key = 0;
  outcome->rows_affected = -1;
  if (strcmp(verb, "index") == 0) return QUARRY_OK;
  if (strcmp(verb, "insert") == 0) return insert_rows(s, outcome, error);
  if (strcmp(verb, "create") == 0) {
    if (find_table(s->db, part(s, 0, 1)->text) == NULL) return create_table(s, error);
    if (strcmp(s->items[s->item_count - 1].text, "absent") == 0) return QUARRY_OK;
    return fail(&s->message, error, QUARRY_ERROR_OTHER, "there is a table %s already", part(s, 0, 1)->text);
  }
  if (strcmp(verb, "select") != 0) return fail(&s->message, error, QUARRY_ERROR_SYNTAX, "this is no toy statement");
  select_rows(s);
  if (s->trouble != NULL) {
    finish(s);
    return fail(&s->message, error, QUARRY_ERROR_DATA, "%s", s->trouble);
  }
  return QUARRY_OK;
}

static int next(quarry_statement* s, uint32_t max_rows, const quarry_cell** rows, uint32_t* row_count,
                quarry_error* error) {
  const size_t left = s->rows - s->at;
  (void)error;
  *row_count = left < max_rows ? (uint32_t)left : max_rows;
  *rows = s->result != NULL ? s->result + s->at * s->column_count : NULL;
  s->at += *row_count;
  return QUARRY_OK;
}

static int begin(quarry_connection* db, uint32_t mode, quarry_error* error) {
  table* t;
  (void)mode; /* one connection a database: every transaction is serializable */
  if (db->in_transaction) return fail(&db->message, error, QUARRY_ERROR_CONTRACT, "a transaction is open already");
  db->in_transaction = 1;
  db->tables_before = db->tables;
  for (t = db->tables; t != NULL; t = t->next) t->rows_before = t->row_count;
  return QUARRY_OK;
}

static int commit(quarry_connection* db, quarry_error* error) {
  (void)error;
  db->in_transaction = 0;
  return QUARRY_OK;
}

/* Tables only grow: what came since begin() goes. */
static int rollback(quarry_connection* db, quarry_error* error) {
  table* t;
  (void)error;
  while (db->in_transaction && db->tables != db->tables_before) {
    t = db->tables->next;
    free_table(db->tables);
    db->tables = t;
  }
  for (t = db->tables; db->in_transaction && t != NULL; t = t->next) t->row_count = t->rows_before;
  db->in_transaction = 0;
  return QUARRY_OK;
}

static int idle(quarry_connection* db, quarry_error* error) {
  return db->in_transaction ? fail(&db->message, error, QUARRY_ERROR_OTHER, "a transaction is open") : QUARRY_OK;
}

QUARRY_PLUGIN_EXPORT const quarry_plugin* quarry_plugin_entry(uint32_t major, uint32_t minor) {
  static const char name[] = "toy", version[] = "1.0";
  static const quarry_plugin plugin = {
      .size = sizeof(quarry_plugin),
      .magic = QUARRY_PLUGIN_MAGIC,
      .major = QUARRY_ABI_MAJOR,
      .minor = QUARRY_ABI_MINOR,
      .highest_kind = QUARRY_HIGHEST_KIND,
      .highest_op = QUARRY_HIGHEST_OP,
      .highest_type = QUARRY_HIGHEST_TYPE,
      .highest_fact = QUARRY_HIGHEST_FACT,
      .highest_error = QUARRY_HIGHEST_ERROR,
      .flags = QUARRY_PLUGIN_PLANS_CACHEABLE,
      .name = {name, sizeof name - 1},
      .version = {version, sizeof version - 1},
      .describe_offline = toy_describe,
      .emit = toy_emit,
      .drop_dialect = toy_drop_dialect,
      .open = open_database,
      .close = close_database,
      .describe = describe,
      .prepare = prepare,
      .execute = execute,
      .next = next,
      .finish = finish,
      .drop = drop_statement,
      .begin = begin,
      .commit = commit,
      .rollback = rollback,
      .idle = idle,
  };
  (void)major;
  (void)minor;
  return &plugin;
}

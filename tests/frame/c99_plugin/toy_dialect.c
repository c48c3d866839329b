/*
 * The toy's dialect: what it can do, and the text of a statement. Needs no database.
 *
 * The language is the toy's own:
 *
 *   (create "blog" ("id" 4 3) ("name" 7 12) (unique "id" "name"))              type and bits of each column
 *   (insert "blog" ("name") (row ?1) (row ?2))
 *   (select ("id" "name") "blog" (and (gt "id" ?1) (not (is_null "name"))) ((desc "id")) ?2 -)
 *
 * that is: items, table, condition, order, limit, offset; '-' where there is none.
 */
#include "toy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- what it can do */

/* The operations: what the dialect writes and the driver understands. */
static const struct {
  uint32_t code;
  const char* text;
} words[] = {
    {QUARRY_OP_AND, "and"},
    {QUARRY_OP_OR, "or"},
    {QUARRY_OP_NOT, "not"},
    {QUARRY_OP_IS_NULL, "is_null"},
    {QUARRY_OP_IS_NOT_NULL, "is_not_null"},
    {QUARRY_OP_EQ, "eq"},
    {QUARRY_OP_NE, "ne"},
    {QUARRY_OP_LT, "lt"},
    {QUARRY_OP_LE, "le"},
    {QUARRY_OP_GT, "gt"},
    {QUARRY_OP_GE, "ge"},
    {QUARRY_OP_IN_LIST, "in"},
    {QUARRY_OP_COUNT_ROWS, "count"},
};
#define WORD_COUNT (sizeof words / sizeof words[0])

const char* toy_word(uint32_t op) {
  size_t i;
  for (i = 0; i < WORD_COUNT; ++i)
    if (words[i].code == op) return words[i].text;
  return NULL;
}

uint32_t toy_operation(const char* word) {
  size_t i;
  for (i = 0; i < WORD_COUNT; ++i)
    if (strcmp(words[i].text, word) == 0) return words[i].code;
  return 0;
}

static const uint8_t legal_kinds[QUARRY_HIGHEST_KIND + 1u] = {
    [QUARRY_KIND_LIST] = 1,         [QUARRY_KIND_LITERAL] = 1,    [QUARRY_KIND_OP] = 1,
    [QUARRY_KIND_ROW] = 1,          [QUARRY_KIND_AGGREGATE] = 1,  [QUARRY_KIND_BIND] = 1,
    [QUARRY_KIND_NAME_REF] = 1,     [QUARRY_KIND_SELECT] = 1,     [QUARRY_KIND_FROM_TABLE] = 1,
    [QUARRY_KIND_SELECT_ITEM] = 1,  [QUARRY_KIND_ORDER_ITEM] = 1, [QUARRY_KIND_VALUES] = 1,
    [QUARRY_KIND_INSERT] = 1,       [QUARRY_KIND_NAME] = 1,       [QUARRY_KIND_CREATE_TABLE] = 1,
    [QUARRY_KIND_COLUMN_DEF] = 1,   [QUARRY_KIND_CONSTRAINT] = 1, [QUARRY_KIND_REFERENCES] = 1,
    [QUARRY_KIND_CREATE_INDEX] = 1,
};

static const uint8_t legal_types[QUARRY_HIGHEST_TYPE + 1u] = {
    [QUARRY_TYPE_UNKNOWN] = 1, [QUARRY_TYPE_BOOLEAN] = 1,  [QUARRY_TYPE_INT16] = 1,    [QUARRY_TYPE_INT32] = 1,
    [QUARRY_TYPE_INT64] = 1,   [QUARRY_TYPE_FLOAT64] = 1,  [QUARRY_TYPE_TEXT] = 1,     [QUARRY_TYPE_DATE] = 1,
    [QUARRY_TYPE_TIME] = 1,    [QUARRY_TYPE_DATETIME] = 1, [QUARRY_TYPE_DURATION] = 1,
};

static const quarry_fact_value facts_of_toy[] = {
    {QUARRY_FACT_SERVER_VERSION, 0, 1000000}, {QUARRY_FACT_BIND_REUSE, 0, 1},
    {QUARRY_FACT_MAX_BINDS, 0, 1000},         {QUARRY_FACT_MAX_IDENTIFIER, 0, 63},
    {QUARRY_FACT_NULLS_SORT, 0, 1}, /* first */
    {QUARRY_FACT_PREDICATE_VALUES, 0, 1},     {QUARRY_FACT_BOOLEAN_LITERALS, 0, 1},
    {QUARRY_FACT_OFFSET_NEEDS_LIMIT, 0, 0},   {QUARRY_FACT_GENERATED_KEY_OUTCOME, 0, 1},
    {QUARRY_FACT_TEXT_COMPARE, 0, 1}, /* by code point: the order of UTF-8 bytes */
    {QUARRY_FACT_TRANSACTIONAL_DDL, 0, 1},    {QUARRY_FACT_PRIVATE_DATABASE, 0, 1},
    {QUARRY_FACT_MULTI_ROW_INSERT, 0, 1},     {QUARRY_FACT_SCHEMA_IN_MEMORY, 0, 1},
};

struct quarry_dialect {
  uint8_t legal_ops[QUARRY_HIGHEST_OP + 1u];
};

int toy_describe(quarry_str version, quarry_facts* facts, quarry_dialect** dialect, quarry_error* error) {
  quarry_dialect* d;
  size_t i;
  if (version.size != 0 && !(version.size == 1 && version.data[0] == '1'))
    return toy_fail(error, QUARRY_ERROR_UNSUPPORTED, "the only version is 1");
  d = (quarry_dialect*)calloc(1, sizeof *d);
  if (d == NULL) return toy_fail(error, QUARRY_ERROR_OTHER, "out of memory");
  for (i = 0; i < WORD_COUNT; ++i) d->legal_ops[words[i].code] = 1;
  facts->size = sizeof *facts;
  facts->facts = facts_of_toy;
  facts->fact_count = (uint32_t)(sizeof facts_of_toy / sizeof facts_of_toy[0]);
  facts->fact_stride = sizeof facts_of_toy[0];
  facts->kinds = legal_kinds;
  facts->kind_count = sizeof legal_kinds;
  facts->ops = d->legal_ops;
  facts->op_count = sizeof d->legal_ops;
  facts->types = legal_types;
  facts->type_count = sizeof legal_types;
  facts->product = toy_str("Toy");
  facts->version = toy_str("1");
  *dialect = d;
  return QUARRY_OK;
}

void toy_drop_dialect(quarry_dialect* dialect) { free(dialect); }

/* ---------------------------------------------------------------- dialect: the tree becomes text */

typedef struct writer {
  const quarry_tree* tree;
  const quarry_sink* sink;
  int status;
  uint32_t blamed; /* the node that can't be written */
  uint32_t depth;
} writer;

static const quarry_node* node_at(const writer* w, uint32_t id) {
  return (const quarry_node*)(const void*)((const char*)w->tree->nodes + (size_t)id * w->tree->node_stride);
}

static uint32_t child_of(const writer* w, const quarry_node* n, uint32_t slot) {
  return w->tree->children[n->first_child + slot];
}

static void refuse(writer* w, uint32_t id) {
  if (w->status != QUARRY_OK) return;
  w->status = QUARRY_UNSUPPORTED;
  w->blamed = id;
}

static void put_bytes(writer* w, const char* text, uint64_t size) {
  if (w->status == QUARRY_OK && size != 0 && w->sink->write(w->sink->self, text, size) != 0) w->status = QUARRY_STOPPED;
}

static void put(writer* w, const char* text) { put_bytes(w, text, strlen(text)); }

static void put_number(writer* w, int64_t number) {
  char digits[32];
  snprintf(digits, sizeof digits, "%" PRId64, number);
  put(w, digits);
}

/* A name in quotes, its own quotes doubled. */
static void put_name(writer* w, uint64_t symbol) {
  const quarry_str* name =
      (const quarry_str*)(const void*)((const char*)w->tree->names + (size_t)symbol * w->tree->name_stride);
  uint64_t i, from = 0;
  put(w, "\"");
  for (i = 0; i < name->size; ++i)
    if (name->data[i] == '"') {
      put_bytes(w, name->data + from, i + 1 - from);
      from = i;
    }
  put_bytes(w, name->data + from, name->size - from);
  put(w, "\"");
}

static const quarry_type* type_of(const writer* w, const quarry_node* n) {
  return (const quarry_type*)(const void*)((const char*)w->tree->types + (size_t)n->type * w->tree->type_stride);
}

static void put_node(writer* w, uint32_t id);

static void put_children(writer* w, const quarry_node* n, uint32_t from) {
  uint32_t i;
  for (i = from; i < n->child_count; ++i) {
    if (i != from) put(w, " ");
    put_node(w, child_of(w, n, i));
  }
}

/* The items of a list without its parentheses; nothing for an absent list. */
static void put_items(writer* w, uint32_t list) {
  if (list != QUARRY_NONE) put_children(w, node_at(w, list), 0);
}

static void put_list(writer* w, uint32_t list) {
  put(w, "(");
  put_items(w, list);
  put(w, ")");
}

static void put_literal(writer* w, const quarry_node* n) {
  char digits[64];
  double number;
  if ((n->flags & 1u) != 0) {
    put(w, "null");
  } else if (type_of(w, n)->type == QUARRY_TYPE_BOOLEAN) {
    put(w, n->a != 0 ? "true" : "false");
  } else if (type_of(w, n)->type == QUARRY_TYPE_FLOAT64) {
    memcpy(&number, &n->a, sizeof number);
    snprintf(digits, sizeof digits, "f%.17g", number);
    put(w, digits);
  } else {
    put(w, "i");
    put_number(w, (int64_t)n->a);
  }
}

static void put_bind(writer* w, const quarry_node* n) {
  uint32_t number = 0;
  if (w->status == QUARRY_OK && w->sink->bind(w->sink->self, (uint32_t)n->a, &number) != 0) w->status = QUARRY_STOPPED;
  put(w, "?");
  put_number(w, number);
}

/* An operation, or an aggregate, whose first two children are a condition and an order: both must be absent here. */
static void put_operation(writer* w, uint32_t id, const quarry_node* n, uint32_t first_argument) {
  const char* word = toy_word(n->b);
  if (word == NULL || n->flags != 0 ||
      (first_argument == 2 && (child_of(w, n, 0) & child_of(w, n, 1)) != QUARRY_NONE)) {
    refuse(w, id);
    return;
  }
  put(w, "(");
  put(w, word);
  if (n->child_count > first_argument) put(w, " ");
  put_children(w, n, first_argument);
  put(w, ")");
}

static void put_select(writer* w, uint32_t id, const quarry_node* n) {
  /* with, distinct_on, grouping, having, windows, lock */
  static const uint32_t foreign[] = {0, 1, 5, 6, 7, 11};
  size_t i;
  for (i = 0; i < sizeof foreign / sizeof foreign[0]; ++i)
    if (child_of(w, n, foreign[i]) != QUARRY_NONE) refuse(w, child_of(w, n, foreign[i]));
  if (n->flags != 0) refuse(w, id); /* DISTINCT */
  put(w, "(select ");
  put_list(w, child_of(w, n, 2));
  for (i = 3; i <= 10; ++i) {
    if (i >= 5 && i <= 7) continue;
    put(w, " ");
    if (child_of(w, n, (uint32_t)i) == QUARRY_NONE) put(w, "-");
    else if (i == 8) put_list(w, child_of(w, n, 8));
    else put_node(w, child_of(w, n, (uint32_t)i));
  }
  put(w, ")");
}

static void put_insert(writer* w, const quarry_node* n) {
  static const uint32_t foreign[] = {0, 3, 4};
  size_t i;
  for (i = 0; i < sizeof foreign / sizeof foreign[0]; ++i)
    if (child_of(w, n, foreign[i]) != QUARRY_NONE) refuse(w, child_of(w, n, foreign[i]));
  put(w, "(insert ");
  put_name(w, n->a);
  put(w, " ");
  put_list(w, child_of(w, n, 1));
  put(w, " ");
  if (child_of(w, n, 2) == QUARRY_NONE) put(w, "(row)");
  else put_node(w, child_of(w, n, 2));
  put(w, ")");
}

static void put_column_def(writer* w, uint32_t id, const quarry_node* n) {
  const quarry_type* type = type_of(w, n);
  const int needed = type->nullable == 0 && (n->flags & COLUMN_GENERATED) == 0;
  if (child_of(w, n, 0) != QUARRY_NONE) refuse(w, id); /* DEFAULT */
  put(w, "(");
  put_name(w, n->a);
  put(w, " ");
  put_number(w, type->type);
  put(w, " ");
  put_number(w, (int64_t)((n->flags & 7u) | (needed ? COLUMN_NOT_NULL : 0u)));
  put(w, ")");
}

static void put_constraint(writer* w, uint32_t id, const quarry_node* n) {
  switch (n->b) {
    case QUARRY_CONSTRAINT_KIND_UNIQUE:
    case QUARRY_CONSTRAINT_KIND_PRIMARY_KEY:
      put(w, "(unique ");
      put_items(w, child_of(w, n, 0));
      put(w, ")");
      break;
    case QUARRY_CONSTRAINT_KIND_FOREIGN_KEY: put(w, "(references)"); break; /* not enforced, as the record says */
    default: refuse(w, id);
  }
}

static void put_create_table(writer* w, const quarry_node* n) {
  put(w, "(create ");
  put_name(w, n->a);
  put(w, " ");
  put_items(w, child_of(w, n, 0));
  put(w, " ");
  put_items(w, child_of(w, n, 1));
  put(w, (n->flags & 1u) != 0 ? " absent)" : ")");
}

static void put_node(writer* w, uint32_t id) {
  const quarry_node* n;
  if (w->status != QUARRY_OK) return;
  if (id >= w->tree->node_count || ++w->depth > DEEPEST) {
    refuse(w, id);
    return;
  }
  n = node_at(w, id);
  switch (n->kind) {
    case QUARRY_KIND_LITERAL: put_literal(w, n); break;
    case QUARRY_KIND_BIND: put_bind(w, n); break;
    case QUARRY_KIND_OP: put_operation(w, id, n, 0); break;
    case QUARRY_KIND_AGGREGATE: put_operation(w, id, n, 2); break;
    case QUARRY_KIND_NAME_REF: put_name(w, n->b); break;
    case QUARRY_KIND_NAME:
    case QUARRY_KIND_FROM_TABLE: put_name(w, n->a); break;
    case QUARRY_KIND_SELECT_ITEM: put_node(w, child_of(w, n, 0)); break;
    case QUARRY_KIND_VALUES: put_children(w, n, 0); break;
    case QUARRY_KIND_SELECT: put_select(w, id, n); break;
    case QUARRY_KIND_INSERT: put_insert(w, n); break;
    case QUARRY_KIND_COLUMN_DEF: put_column_def(w, id, n); break;
    case QUARRY_KIND_CONSTRAINT: put_constraint(w, id, n); break;
    case QUARRY_KIND_CREATE_TABLE: put_create_table(w, n); break;
    case QUARRY_KIND_CREATE_INDEX:
      if ((n->flags & 1u) != 0) refuse(w, id); /* UNIQUE; others only speed things up */
      put(w, "(index)");
      break;
    case QUARRY_KIND_ROW:
      put(w, "(row ");
      put_children(w, n, 0);
      put(w, ")");
      break;
    case QUARRY_KIND_ORDER_ITEM:
      if ((n->flags & 6u) != 0) refuse(w, id); /* NULLS FIRST, NULLS LAST */
      put(w, (n->flags & 1u) != 0 ? "(desc " : "(asc ");
      put_node(w, child_of(w, n, 0));
      put(w, ")");
      break;
    default: refuse(w, id);
  }
  --w->depth;
}

int toy_emit(const quarry_dialect* dialect, const quarry_tree* tree, const quarry_sink* sink, quarry_error* error) {
  writer w = {NULL, NULL, QUARRY_OK, QUARRY_NONE, 0};
  (void)dialect;
  w.tree = tree;
  w.sink = sink;
  put_node(&w, tree->root);
  if (w.status == QUARRY_UNSUPPORTED) {
    toy_fail(error, QUARRY_ERROR_UNSUPPORTED, "the toy has no words for it");
    error->node = w.blamed;
  }
  return w.status;
}

/* What the two halves of the toy share. */
#ifndef TOY_H
#define TOY_H

#include <quarry/plugins/abi/quarry_plugin.h>

#include <string.h>

#define DEEPEST 200u /* nesting of an expression */

/* Bits of a column, in the text of a CREATE. */
#define COLUMN_KEY 1u
#define COLUMN_GENERATED 2u
#define COLUMN_UNIQUE 4u
#define COLUMN_NOT_NULL 8u

static inline quarry_str toy_str(const char* text) {
  quarry_str s;
  s.data = text;
  s.size = strlen(text);
  return s;
}

/* An error where there is no handle to keep its text: a constant text. */
static inline int toy_fail(quarry_error* error, uint32_t category, const char* text) {
  error->category = category;
  error->server_text = toy_str(text);
  error->node = QUARRY_NONE;
  return category == QUARRY_ERROR_UNSUPPORTED ? QUARRY_UNSUPPORTED : QUARRY_FAILED;
}

/* The word for an operation, or NULL; the operation that a word stands for, or 0. */
const char* toy_word(uint32_t op);
uint32_t toy_operation(const char* word);

int toy_describe(quarry_str version, quarry_facts* facts, quarry_dialect** dialect, quarry_error* error);
int toy_emit(const quarry_dialect* dialect, const quarry_tree* tree, const quarry_sink* sink, quarry_error* error);
void toy_drop_dialect(quarry_dialect* dialect);

#endif

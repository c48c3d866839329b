/*
 * quarry_plugin.h: the border between Quarry and a database plugin. C99; nothing but C crosses it.
 *
 * This file is the whole contract. A plugin is a shared library named quarry-<scheme>.so that exports one symbol,
 * quarry_plugin_entry. It consists of a dialect (writes SQL text from the SQL stage of Quarry's intermediate representation;
 * needs no server) and a driver (opens connections, runs statements, hands back rows).
 *
 * RULES THAT HOLD EVERYWHERE
 *  - Every function returns QUARRY_OK (0) or another code of quarry_status. On anything but QUARRY_OK it has filled *error.
 *  - Texts are pointer + length, UTF-8, not NUL-terminated; data may be NULL when size is 0.
 *  - Structs begin with their size in bytes, as the side that made room for them knows it: the host sets the size of what a plugin
 *    fills (quarry_error, quarry_facts, quarry_outcome) before the call, and the plugin writes only what lies within.
 *  - Arrays carry a stride, the distance in bytes from one element to the next: never index them as C arrays of your own struct.
 *    quarry_str, quarry_cell and quarry_type have no size and never change; in an array of quarry_outcome the size of the first
 *    element is the stride.
 *  - Who allocates, frees. Memory that a plugin returns through a connection or statement lives until the next call on the same
 *    handle; error texts likewise, and where no handle exists yet (open, describe_offline) until the next call from the same
 *    thread. What describe and describe_offline return lives as long as the dialect handle.
 *  - No exception, longjmp or signal crosses the border. A plugin is never unloaded.
 *  - A connection and its statements belong to one thread at a time; cancel may come from any thread. A dialect handle is
 *    immutable, used by any number of threads at once, and may outlive the connection that it describes.
 *  - Numbers (kinds, ops, types, facts, error categories, codes) are append-only. A plugin states the highest of each that it
 *    knows; the host never sends what lies above, and answers missing facts with the conservative default given here.
 *
 * A VALUE is a quarry_cell of 16 bytes, with one encoding per type, for binds and results alike:
 *    boolean           v.i = 0 or 1                    time, duration    v.i = microseconds
 *    int16..int64      v.i                             datetime          v.i = microseconds since 1970-01-01, no zone
 *    float64           v.d                             date              v.i = days since 1970-01-01
 *    text, bytes       v.p, len bytes                  decimal, json     v.p, len bytes of UTF-8 text
 *    uuid              v.p, 16 bytes                   array             v.p = const quarry_cell*, len elements; binds only
 *    NULL              type QUARRY_TYPE_UNKNOWN or any, flags has QUARRY_CELL_NULL
 *
 * THE SQL STAGE is a tree of quarry_node. A kind's children stand in fixed slots; an absent optional child is QUARRY_NONE; a
 * kind whose last slot is marked "..." has any number of children from there on. A slot that needs several nodes holds a
 * QUARRY_KIND_LIST. The comment beside each kind gives its payload words a and b, its flags and its slots.
 */
#ifndef QUARRY_PLUGIN_H
#define QUARRY_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this border. 0.x: both numbers must match exactly. From 1.0 on: equal major, any minor. */
#define QUARRY_ABI_MAJOR 0u
#define QUARRY_ABI_MINOR 2u
#define QUARRY_PLUGIN_MAGIC 0x51525259u /* "QRRY" */
#define QUARRY_NONE UINT32_MAX

#if defined(_WIN32)
#define QUARRY_PLUGIN_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define QUARRY_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define QUARRY_PLUGIN_EXPORT
#endif

/* clang-format off */
/* BEGIN GENERATED NUMBERS */
/* Kinds of nodes. */
#define QUARRY_KIND_LIST 1u /* [0...] items */
#define QUARRY_KIND_LITERAL 2u /* flag 1 = null; a = bits (the value's bits: int64 or double) */
#define QUARRY_KIND_OP 3u /* b = code (QUARRY_OP_); [0...] args */
#define QUARRY_KIND_CALL 4u /* a = function (symbol); [0...] args */
#define QUARRY_KIND_COLLATE 5u /* a = collation (symbol); b = collation_class; [0] operand */
#define QUARRY_KIND_ROW 6u /* [0...] items */
#define QUARRY_KIND_RAW 7u /* [0...] pieces */
#define QUARRY_KIND_RAW_TEXT 8u /* a = text (symbol) */
#define QUARRY_KIND_CASE_WHEN 9u /* [0] otherwise?; [1...] branches */
#define QUARRY_KIND_WHEN 10u /* [0] condition; [1] value */
#define QUARRY_KIND_CAST 11u /* flag 1 = native; [0] operand */
#define QUARRY_KIND_AGGREGATE 12u /* b = code (QUARRY_OP_); flag 1 = distinct; [0] condition?; [1] order?; [2...] args */
#define QUARRY_KIND_WINDOW_CALL 13u /* [0] function; [1] window */
#define QUARRY_KIND_WINDOW_SPEC 14u /* a = window_name (symbol); [0] partition?; [1] order?; [2] frame? */
#define QUARRY_KIND_FRAME 15u /* b = unit (code); flag 1 = exclude_current; flag 2 = exclude_group; flag 4 = exclude_ties; [0] start; [1] end */
#define QUARRY_KIND_FRAME_BOUND 16u /* b = edge (code); [0] offset? */
#define QUARRY_KIND_EXISTS 17u /* [0] query */
#define QUARRY_KIND_SCALAR_OF 18u /* [0] query */
#define QUARRY_KIND_IN_QUERY 19u /* [0] operand; [1] query */
#define QUARRY_KIND_JSON_PATH 20u /* flag 1 = as_text; [0] document; [1...] keys */
#define QUARRY_KIND_READ_AS 21u /* [0] operand */
#define QUARRY_KIND_BIND 32u /* a = slot (slot) */
#define QUARRY_KIND_NAME_REF 33u /* a = qualifier (symbol); b = name (symbol) */
#define QUARRY_KIND_SELECT 34u /* flag 1 = distinct; [0] with?; [1] distinct_on?; [2] items; [3] from?; [4] where?; [5] grouping?; [6] having?; [7] windows?; [8] order?; [9] limit?; [10] offset?; [11] lock? */
#define QUARRY_KIND_FROM_TABLE 35u /* a = table (symbol); b = alias (symbol) */
#define QUARRY_KIND_FROM_QUERY 36u /* b = alias (symbol); flag 1 = lateral; [0] query; [1] columns? */
#define QUARRY_KIND_FROM_CTE 37u /* a = cte (symbol); b = alias (symbol) */
#define QUARRY_KIND_FROM_FUNCTION 38u /* a = function (symbol); b = alias (symbol); [0...] args */
#define QUARRY_KIND_JOINED_TABLE 39u /* b = form (code); [0] left; [1] right; [2] on? */
#define QUARRY_KIND_SELECT_ITEM 40u /* a = name (symbol); [0] value */
#define QUARRY_KIND_ORDER_ITEM 41u /* flag 1 = descending; flag 2 = nulls_first; flag 4 = nulls_last; [0] value */
#define QUARRY_KIND_GROUPING 42u /* [0...] keys */
#define QUARRY_KIND_SET_OPERATION 43u /* b = operation (code); flag 1 = all; [0] with?; [1] left; [2] right; [3] order?; [4] limit?; [5] offset? */
#define QUARRY_KIND_WITH 44u /* flag 1 = recursive; [0...] ctes */
#define QUARRY_KIND_CTE 45u /* a = name (symbol); flag 1 = materialized; flag 2 = not_materialized; [0] columns?; [1] query */
#define QUARRY_KIND_VALUES 46u /* [0...] rows */
#define QUARRY_KIND_INSERT 47u /* a = table (symbol); flag 1 = defaults; [0] with?; [1] columns?; [2] source?; [3] conflict?; [4] returning? */
#define QUARRY_KIND_UPDATE 48u /* a = table (symbol); b = alias (symbol); [0] with?; [1] assignments; [2] from?; [3] where?; [4] returning? */
#define QUARRY_KIND_ASSIGNMENT 49u /* a = column (symbol); [0] value */
#define QUARRY_KIND_DELETE 50u /* a = table (symbol); b = alias (symbol); [0] with?; [1] using_?; [2] where?; [3] returning? */
#define QUARRY_KIND_CONFLICT 51u /* b = action (code); [0] targets?; [1] assignments?; [2] where? */
#define QUARRY_KIND_RETURNING 52u /* [0...] items */
#define QUARRY_KIND_LOCK 53u /* b = strength (code); flag 1 = nowait; flag 2 = skip_locked; [0] tables? */
#define QUARRY_KIND_NAME 54u /* a = text (symbol) */
#define QUARRY_KIND_DEFAULT_VALUE 55u
#define QUARRY_KIND_CREATE_TABLE 56u /* a = table (symbol); flag 1 = if_not_exists; [0] columns; [1] constraints? */
#define QUARRY_KIND_COLUMN_DEF 57u /* a = name (symbol); b = collation (symbol); flag 1 = primary_key; flag 2 = generated; flag 4 = unique; [0] initial? */
#define QUARRY_KIND_CONSTRAINT 58u /* a = name (symbol); b = form (code); flag 1 = deferred; [0] columns; [1] check?; [2] references? */
#define QUARRY_KIND_REFERENCES 59u /* a = table (symbol); b = on_delete (code); [0] columns */
#define QUARRY_KIND_CREATE_INDEX 60u /* a = name (symbol); b = table (symbol); flag 1 = unique; flag 2 = if_not_exists; [0] keys; [1] where? */
#define QUARRY_KIND_DROP 61u /* a = name (symbol); b = object (code); flag 1 = if_exists; flag 2 = cascade */
#define QUARRY_KIND_ADD_CONSTRAINT 66u /* a = table (symbol); [0] constraint */
#define QUARRY_KIND_DROP_CONSTRAINT 67u /* a = table (symbol); b = name (symbol); flag 1 = if_exists */
#define QUARRY_KIND_RESTART_KEY 68u /* a = table (symbol); b = column (symbol) */
#define QUARRY_KIND_EXPLAIN 72u /* a = format (symbol); [0] statement; [1...] options */
#define QUARRY_KIND_EXPLAIN_OPTION 73u /* a = name (symbol); b = value (symbol) */
#define QUARRY_HIGHEST_KIND 73u
#define QUARRY_FOR_EACH_KIND(X) \
  X(QUARRY_KIND_LIST) \
  X(QUARRY_KIND_LITERAL) \
  X(QUARRY_KIND_OP) \
  X(QUARRY_KIND_CALL) \
  X(QUARRY_KIND_COLLATE) \
  X(QUARRY_KIND_ROW) \
  X(QUARRY_KIND_RAW) \
  X(QUARRY_KIND_RAW_TEXT) \
  X(QUARRY_KIND_CASE_WHEN) \
  X(QUARRY_KIND_WHEN) \
  X(QUARRY_KIND_CAST) \
  X(QUARRY_KIND_AGGREGATE) \
  X(QUARRY_KIND_WINDOW_CALL) \
  X(QUARRY_KIND_WINDOW_SPEC) \
  X(QUARRY_KIND_FRAME) \
  X(QUARRY_KIND_FRAME_BOUND) \
  X(QUARRY_KIND_EXISTS) \
  X(QUARRY_KIND_SCALAR_OF) \
  X(QUARRY_KIND_IN_QUERY) \
  X(QUARRY_KIND_JSON_PATH) \
  X(QUARRY_KIND_READ_AS) \
  X(QUARRY_KIND_BIND) \
  X(QUARRY_KIND_NAME_REF) \
  X(QUARRY_KIND_SELECT) \
  X(QUARRY_KIND_FROM_TABLE) \
  X(QUARRY_KIND_FROM_QUERY) \
  X(QUARRY_KIND_FROM_CTE) \
  X(QUARRY_KIND_FROM_FUNCTION) \
  X(QUARRY_KIND_JOINED_TABLE) \
  X(QUARRY_KIND_SELECT_ITEM) \
  X(QUARRY_KIND_ORDER_ITEM) \
  X(QUARRY_KIND_GROUPING) \
  X(QUARRY_KIND_SET_OPERATION) \
  X(QUARRY_KIND_WITH) \
  X(QUARRY_KIND_CTE) \
  X(QUARRY_KIND_VALUES) \
  X(QUARRY_KIND_INSERT) \
  X(QUARRY_KIND_UPDATE) \
  X(QUARRY_KIND_ASSIGNMENT) \
  X(QUARRY_KIND_DELETE) \
  X(QUARRY_KIND_CONFLICT) \
  X(QUARRY_KIND_RETURNING) \
  X(QUARRY_KIND_LOCK) \
  X(QUARRY_KIND_NAME) \
  X(QUARRY_KIND_DEFAULT_VALUE) \
  X(QUARRY_KIND_CREATE_TABLE) \
  X(QUARRY_KIND_COLUMN_DEF) \
  X(QUARRY_KIND_CONSTRAINT) \
  X(QUARRY_KIND_REFERENCES) \
  X(QUARRY_KIND_CREATE_INDEX) \
  X(QUARRY_KIND_DROP) \
  X(QUARRY_KIND_ADD_CONSTRAINT) \
  X(QUARRY_KIND_DROP_CONSTRAINT) \
  X(QUARRY_KIND_RESTART_KEY) \
  X(QUARRY_KIND_EXPLAIN) \
  X(QUARRY_KIND_EXPLAIN_OPTION)

/* Operations, of op, aggregate and window nodes; the arguments in order. */
#define QUARRY_OP_AND 1u /* true when all are; true when there are none */
#define QUARRY_OP_OR 2u /* true when one is; false when there are none */
#define QUARRY_OP_NOT 3u /* three-valued negation */
#define QUARRY_OP_XOR 4u /* true when exactly one is */
#define QUARRY_OP_IS_NULL 5u /* the value is NULL */
#define QUARRY_OP_IS_NOT_NULL 6u /* the value is not NULL */
#define QUARRY_OP_IS_TRUE 7u /* true; neither false nor unknown */
#define QUARRY_OP_EQ 16u /* equal; text by code point */
#define QUARRY_OP_NE 17u /* not equal */
#define QUARRY_OP_LT 18u /* less; text by code point */
#define QUARRY_OP_LE 19u /* less or equal */
#define QUARRY_OP_GT 20u /* greater */
#define QUARRY_OP_GE 21u /* greater or equal */
#define QUARRY_OP_NOT_DISTINCT 22u /* equal, where NULL equals NULL */
#define QUARRY_OP_IN_LIST 23u /* the first argument equals one of the others; false when there are none */
#define QUARRY_OP_IN_ARRAY 24u /* the first argument equals an element of the second, an array */
#define QUARRY_OP_BETWEEN 25u /* second <= first <= third */
#define QUARRY_OP_CONTAINS 32u /* substring, by code point */
#define QUARRY_OP_STARTSWITH 33u /* prefix, by code point */
#define QUARRY_OP_ENDSWITH 34u /* suffix, by code point */
#define QUARRY_OP_IEXACT 35u /* equal after Unicode simple case mapping */
#define QUARRY_OP_ICONTAINS 36u /* substring after Unicode simple case mapping */
#define QUARRY_OP_ISTARTSWITH 37u /* prefix after Unicode simple case mapping */
#define QUARRY_OP_IENDSWITH 38u /* suffix after Unicode simple case mapping */
#define QUARRY_OP_REGEX 39u /* regular expression search, in the syntax of the database or its plugin */
#define QUARRY_OP_IREGEX 40u /* the same, ignoring case */
#define QUARRY_OP_CONTAINS_NATIVE 41u /* what the database's LIKE calls a substring */
#define QUARRY_OP_STARTSWITH_NATIVE 42u /* what the database's LIKE calls a prefix */
#define QUARRY_OP_ENDSWITH_NATIVE 43u /* what the database's LIKE calls a suffix */
#define QUARRY_OP_IEXACT_NATIVE 44u /* the database's own case-blind equality */
#define QUARRY_OP_ICONTAINS_NATIVE 45u /* the database's own case-blind substring */
#define QUARRY_OP_ISTARTSWITH_NATIVE 46u /* the database's own case-blind prefix */
#define QUARRY_OP_IENDSWITH_NATIVE 47u /* the database's own case-blind suffix */
#define QUARRY_OP_LIKE 48u /* LIKE with backslash as escape; the pattern is a bind made by a recipe */
#define QUARRY_OP_UPPER 49u /* Unicode simple upper case */
#define QUARRY_OP_LOWER 50u /* Unicode simple lower case */
#define QUARRY_OP_UPPER_NATIVE 51u /* the database's own upper case */
#define QUARRY_OP_LOWER_NATIVE 52u /* the database's own lower case */
#define QUARRY_OP_LENGTH 53u /* number of code points */
#define QUARRY_OP_CONCAT 54u /* joined texts; NULL when one is NULL */
#define QUARRY_OP_SUBSTR 55u /* text from a 1-based position, and for a length */
#define QUARRY_OP_REPLACE 56u /* every occurrence of the second in the first replaced by the third */
#define QUARRY_OP_TRIM 57u /* without the blanks at both ends */
#define QUARRY_OP_LTRIM 58u /* without the blanks at its start */
#define QUARRY_OP_RTRIM 59u /* without the blanks at its end */
#define QUARRY_OP_LPAD 60u /* filled up at its start to a number of code points, or cut to it */
#define QUARRY_OP_RPAD 61u /* filled up at its end to a number of code points, or cut to it */
#define QUARRY_OP_REPEAT 62u /* the text, a number of times */
#define QUARRY_OP_REVERSE 63u /* its code points from the last to the first */
#define QUARRY_OP_ADD 64u /* sum */
#define QUARRY_OP_SUB 65u /* difference */
#define QUARRY_OP_MUL 66u /* product */
#define QUARRY_OP_DIV 67u /* quotient; integers truncate; NULL when the divisor is 0 */
#define QUARRY_OP_DIV_NATIVE 68u /* the database's own quotient */
#define QUARRY_OP_MOD 69u /* remainder with the sign of the dividend; NULL when the divisor is 0 */
#define QUARRY_OP_MOD_NATIVE 70u /* the database's own remainder */
#define QUARRY_OP_POW 71u /* power */
#define QUARRY_OP_NEG 72u /* negation */
#define QUARRY_OP_BIT_AND 73u /* bitwise and */
#define QUARRY_OP_BIT_OR 74u /* bitwise or */
#define QUARRY_OP_BIT_XOR 75u /* bitwise exclusive or */
#define QUARRY_OP_BIT_NOT 76u /* bitwise complement */
#define QUARRY_OP_SHIFT_LEFT 77u /* bits moved to the left */
#define QUARRY_OP_SHIFT_RIGHT 78u /* bits moved to the right */
#define QUARRY_OP_ABS 79u /* absolute value */
#define QUARRY_OP_ROUND 80u /* rounded half away from zero to a number of decimal places */
#define QUARRY_OP_CEIL 81u /* least integer not below the number */
#define QUARRY_OP_FLOOR 82u /* greatest integer not above the number */
#define QUARRY_OP_SIGN 83u /* -1, 0 or 1 */
#define QUARRY_OP_SQRT 84u /* square root; NULL or an error for a negative number */
#define QUARRY_OP_EXP 85u /* e to the power of the number; NULL or an error for what is too great */
#define QUARRY_OP_LN 86u /* natural logarithm; NULL or an error for what has none */
#define QUARRY_OP_LOG 87u /* logarithm to the base of the first argument, of the second */
#define QUARRY_OP_DEGREES 88u /* an angle in radians as degrees */
#define QUARRY_OP_RADIANS 89u /* an angle in degrees as radians */
#define QUARRY_OP_PI 90u /* the number pi */
#define QUARRY_OP_SIN 91u /* sine of an angle in radians */
#define QUARRY_OP_COS 92u /* cosine */
#define QUARRY_OP_TAN 93u /* tangent */
#define QUARRY_OP_ATAN 94u /* arc tangent, in radians */
#define QUARRY_OP_ATAN2 95u /* angle of the point (second, first) */
#define QUARRY_OP_YEAR 96u /* year of a date or datetime */
#define QUARRY_OP_ISO_YEAR 97u /* ISO 8601 year of the week */
#define QUARRY_OP_MONTH 98u /* 1 to 12 */
#define QUARRY_OP_DAY 99u /* 1 to 31 */
#define QUARRY_OP_WEEK 100u /* ISO 8601 week, 1 to 53 */
#define QUARRY_OP_WEEK_DAY 101u /* 1 = Sunday to 7 = Saturday */
#define QUARRY_OP_ISO_WEEK_DAY 102u /* 1 = Monday to 7 = Sunday */
#define QUARRY_OP_QUARTER 103u /* 1 to 4 */
#define QUARRY_OP_HOUR 104u /* 0 to 23 */
#define QUARRY_OP_MINUTE 105u /* 0 to 59 */
#define QUARRY_OP_SECOND 106u /* 0 to 59, the fraction cut */
#define QUARRY_OP_DATE_OF 107u /* date of a datetime */
#define QUARRY_OP_TIME_OF 108u /* time of day of a datetime */
#define QUARRY_OP_TRUNC_YEAR 109u /* first moment of the year */
#define QUARRY_OP_TRUNC_QUARTER 110u /* first moment of the quarter */
#define QUARRY_OP_TRUNC_MONTH 111u /* first moment of the month */
#define QUARRY_OP_TRUNC_WEEK 112u /* first moment of the Monday */
#define QUARRY_OP_TRUNC_DAY 113u /* first moment of the day */
#define QUARRY_OP_TRUNC_HOUR 114u /* first moment of the hour */
#define QUARRY_OP_TRUNC_MINUTE 115u /* first moment of the minute */
#define QUARRY_OP_TRUNC_SECOND 116u /* first moment of the second */
#define QUARRY_OP_TIME_ADD 117u /* date or datetime plus duration */
#define QUARRY_OP_TIME_SUB 118u /* date or datetime minus duration */
#define QUARRY_OP_TIME_DIFF 119u /* duration between two dates, times or datetimes */
#define QUARRY_OP_COALESCE 128u /* first value that is not NULL */
#define QUARRY_OP_NULLIF 129u /* NULL when both are equal, else the first */
#define QUARRY_OP_GREATEST 130u /* greatest value; NULL when one is NULL */
#define QUARRY_OP_LEAST 131u /* least value; NULL when one is NULL */
#define QUARRY_OP_RANDOM 132u /* 0 <= x < 1, anew for each row */
#define QUARRY_OP_NOW 133u /* start of the statement or transaction */
#define QUARRY_OP_COUNT_ROWS 160u /* number of rows */
#define QUARRY_OP_COUNT 161u /* number of values that are not NULL */
#define QUARRY_OP_SUM 162u /* sum; NULL over no value */
#define QUARRY_OP_AVG 163u /* mean; NULL over no value */
#define QUARRY_OP_MIN 164u /* least value; NULL over no value */
#define QUARRY_OP_MAX 165u /* greatest value; NULL over no value */
#define QUARRY_OP_STDDEV_POP 166u /* standard deviation of the population */
#define QUARRY_OP_STDDEV_SAMP 167u /* standard deviation of the sample; NULL under two values */
#define QUARRY_OP_VAR_POP 168u /* variance of the population */
#define QUARRY_OP_VAR_SAMP 169u /* variance of the sample; NULL under two values */
#define QUARRY_OP_STRING_AGG 170u /* texts joined by the second argument */
#define QUARRY_OP_ANY_VALUE 171u /* one of the values */
#define QUARRY_OP_ROW_NUMBER 192u /* 1-based number of the row in its partition */
#define QUARRY_OP_RANK 193u /* rank with gaps */
#define QUARRY_OP_DENSE_RANK 194u /* rank without gaps */
#define QUARRY_OP_PERCENT_RANK 195u /* (rank - 1) / (rows - 1) */
#define QUARRY_OP_CUME_DIST 196u /* share of rows up to this one's peers */
#define QUARRY_OP_NTILE 197u /* number of the bucket */
#define QUARRY_OP_LAG 198u /* value of an earlier row, or the default */
#define QUARRY_OP_LEAD 199u /* value of a later row, or the default */
#define QUARRY_OP_FIRST_VALUE 200u /* value of the first row of the frame */
#define QUARRY_OP_LAST_VALUE 201u /* value of the last row of the frame */
#define QUARRY_OP_NTH_VALUE 202u /* value of the n-th row of the frame */
#define QUARRY_OP_ASIN 208u /* arc sine, in radians; NULL or an error beyond -1 to 1 */
#define QUARRY_OP_ACOS 209u /* arc cosine, in radians; NULL or an error beyond -1 to 1 */
#define QUARRY_OP_COT 210u /* cotangent */
#define QUARRY_OP_POSITION 211u /* 1-based place of the second text in the first, in code points; 0 where it is not */
#define QUARRY_OP_RIGHT 212u /* the last code points */
#define QUARRY_OP_CHR 213u /* the character of a code point */
#define QUARRY_OP_ORD 214u /* code point of the first character */
#define QUARRY_OP_MD5 215u /* MD5 digest of the UTF-8 of a text, as lower-case hexadecimal digits */
#define QUARRY_OP_SHA1 216u /* SHA-1 digest, likewise */
#define QUARRY_OP_SHA224 217u /* SHA-224 digest, likewise */
#define QUARRY_OP_SHA256 218u /* SHA-256 digest, likewise */
#define QUARRY_OP_SHA384 219u /* SHA-384 digest, likewise */
#define QUARRY_OP_SHA512 220u /* SHA-512 digest, likewise */
#define QUARRY_OP_JSON_OBJECT 221u /* JSON object of keys, which are texts, each before its value; NULL is null */
#define QUARRY_OP_JSON_ARRAY 222u /* JSON array of the values; NULL is null */
#define QUARRY_OP_JSON_CONTAINS 223u /* the first document holds the second: members and elements at their places, elements in any order */
#define QUARRY_OP_TO_JSON 224u /* the value as a JSON document */
#define QUARRY_OP_DURATION_SCALE 225u /* a duration times a number, to the microsecond */
#define QUARRY_OP_GREATEST_NATIVE 240u /* what the database's own function says of NULLs among the values */
#define QUARRY_OP_LEAST_NATIVE 241u /* the same for the least value */
#define QUARRY_OP_ROUND_NATIVE 242u /* rounded as the database does */
#define QUARRY_OP_PREFIX_END 243u /* what comes after every text with this prefix, by code point, and before all others that do */
#define QUARRY_HIGHEST_OP 243u
#define QUARRY_FOR_EACH_OP(X) \
  X(QUARRY_OP_AND) \
  X(QUARRY_OP_OR) \
  X(QUARRY_OP_NOT) \
  X(QUARRY_OP_XOR) \
  X(QUARRY_OP_IS_NULL) \
  X(QUARRY_OP_IS_NOT_NULL) \
  X(QUARRY_OP_IS_TRUE) \
  X(QUARRY_OP_EQ) \
  X(QUARRY_OP_NE) \
  X(QUARRY_OP_LT) \
  X(QUARRY_OP_LE) \
  X(QUARRY_OP_GT) \
  X(QUARRY_OP_GE) \
  X(QUARRY_OP_NOT_DISTINCT) \
  X(QUARRY_OP_IN_LIST) \
  X(QUARRY_OP_IN_ARRAY) \
  X(QUARRY_OP_BETWEEN) \
  X(QUARRY_OP_CONTAINS) \
  X(QUARRY_OP_STARTSWITH) \
  X(QUARRY_OP_ENDSWITH) \
  X(QUARRY_OP_IEXACT) \
  X(QUARRY_OP_ICONTAINS) \
  X(QUARRY_OP_ISTARTSWITH) \
  X(QUARRY_OP_IENDSWITH) \
  X(QUARRY_OP_REGEX) \
  X(QUARRY_OP_IREGEX) \
  X(QUARRY_OP_CONTAINS_NATIVE) \
  X(QUARRY_OP_STARTSWITH_NATIVE) \
  X(QUARRY_OP_ENDSWITH_NATIVE) \
  X(QUARRY_OP_IEXACT_NATIVE) \
  X(QUARRY_OP_ICONTAINS_NATIVE) \
  X(QUARRY_OP_ISTARTSWITH_NATIVE) \
  X(QUARRY_OP_IENDSWITH_NATIVE) \
  X(QUARRY_OP_LIKE) \
  X(QUARRY_OP_UPPER) \
  X(QUARRY_OP_LOWER) \
  X(QUARRY_OP_UPPER_NATIVE) \
  X(QUARRY_OP_LOWER_NATIVE) \
  X(QUARRY_OP_LENGTH) \
  X(QUARRY_OP_CONCAT) \
  X(QUARRY_OP_SUBSTR) \
  X(QUARRY_OP_REPLACE) \
  X(QUARRY_OP_TRIM) \
  X(QUARRY_OP_LTRIM) \
  X(QUARRY_OP_RTRIM) \
  X(QUARRY_OP_LPAD) \
  X(QUARRY_OP_RPAD) \
  X(QUARRY_OP_REPEAT) \
  X(QUARRY_OP_REVERSE) \
  X(QUARRY_OP_ADD) \
  X(QUARRY_OP_SUB) \
  X(QUARRY_OP_MUL) \
  X(QUARRY_OP_DIV) \
  X(QUARRY_OP_DIV_NATIVE) \
  X(QUARRY_OP_MOD) \
  X(QUARRY_OP_MOD_NATIVE) \
  X(QUARRY_OP_POW) \
  X(QUARRY_OP_NEG) \
  X(QUARRY_OP_BIT_AND) \
  X(QUARRY_OP_BIT_OR) \
  X(QUARRY_OP_BIT_XOR) \
  X(QUARRY_OP_BIT_NOT) \
  X(QUARRY_OP_SHIFT_LEFT) \
  X(QUARRY_OP_SHIFT_RIGHT) \
  X(QUARRY_OP_ABS) \
  X(QUARRY_OP_ROUND) \
  X(QUARRY_OP_CEIL) \
  X(QUARRY_OP_FLOOR) \
  X(QUARRY_OP_SIGN) \
  X(QUARRY_OP_SQRT) \
  X(QUARRY_OP_EXP) \
  X(QUARRY_OP_LN) \
  X(QUARRY_OP_LOG) \
  X(QUARRY_OP_DEGREES) \
  X(QUARRY_OP_RADIANS) \
  X(QUARRY_OP_PI) \
  X(QUARRY_OP_SIN) \
  X(QUARRY_OP_COS) \
  X(QUARRY_OP_TAN) \
  X(QUARRY_OP_ATAN) \
  X(QUARRY_OP_ATAN2) \
  X(QUARRY_OP_YEAR) \
  X(QUARRY_OP_ISO_YEAR) \
  X(QUARRY_OP_MONTH) \
  X(QUARRY_OP_DAY) \
  X(QUARRY_OP_WEEK) \
  X(QUARRY_OP_WEEK_DAY) \
  X(QUARRY_OP_ISO_WEEK_DAY) \
  X(QUARRY_OP_QUARTER) \
  X(QUARRY_OP_HOUR) \
  X(QUARRY_OP_MINUTE) \
  X(QUARRY_OP_SECOND) \
  X(QUARRY_OP_DATE_OF) \
  X(QUARRY_OP_TIME_OF) \
  X(QUARRY_OP_TRUNC_YEAR) \
  X(QUARRY_OP_TRUNC_QUARTER) \
  X(QUARRY_OP_TRUNC_MONTH) \
  X(QUARRY_OP_TRUNC_WEEK) \
  X(QUARRY_OP_TRUNC_DAY) \
  X(QUARRY_OP_TRUNC_HOUR) \
  X(QUARRY_OP_TRUNC_MINUTE) \
  X(QUARRY_OP_TRUNC_SECOND) \
  X(QUARRY_OP_TIME_ADD) \
  X(QUARRY_OP_TIME_SUB) \
  X(QUARRY_OP_TIME_DIFF) \
  X(QUARRY_OP_COALESCE) \
  X(QUARRY_OP_NULLIF) \
  X(QUARRY_OP_GREATEST) \
  X(QUARRY_OP_LEAST) \
  X(QUARRY_OP_RANDOM) \
  X(QUARRY_OP_NOW) \
  X(QUARRY_OP_COUNT_ROWS) \
  X(QUARRY_OP_COUNT) \
  X(QUARRY_OP_SUM) \
  X(QUARRY_OP_AVG) \
  X(QUARRY_OP_MIN) \
  X(QUARRY_OP_MAX) \
  X(QUARRY_OP_STDDEV_POP) \
  X(QUARRY_OP_STDDEV_SAMP) \
  X(QUARRY_OP_VAR_POP) \
  X(QUARRY_OP_VAR_SAMP) \
  X(QUARRY_OP_STRING_AGG) \
  X(QUARRY_OP_ANY_VALUE) \
  X(QUARRY_OP_ROW_NUMBER) \
  X(QUARRY_OP_RANK) \
  X(QUARRY_OP_DENSE_RANK) \
  X(QUARRY_OP_PERCENT_RANK) \
  X(QUARRY_OP_CUME_DIST) \
  X(QUARRY_OP_NTILE) \
  X(QUARRY_OP_LAG) \
  X(QUARRY_OP_LEAD) \
  X(QUARRY_OP_FIRST_VALUE) \
  X(QUARRY_OP_LAST_VALUE) \
  X(QUARRY_OP_NTH_VALUE) \
  X(QUARRY_OP_ASIN) \
  X(QUARRY_OP_ACOS) \
  X(QUARRY_OP_COT) \
  X(QUARRY_OP_POSITION) \
  X(QUARRY_OP_RIGHT) \
  X(QUARRY_OP_CHR) \
  X(QUARRY_OP_ORD) \
  X(QUARRY_OP_MD5) \
  X(QUARRY_OP_SHA1) \
  X(QUARRY_OP_SHA224) \
  X(QUARRY_OP_SHA256) \
  X(QUARRY_OP_SHA384) \
  X(QUARRY_OP_SHA512) \
  X(QUARRY_OP_JSON_OBJECT) \
  X(QUARRY_OP_JSON_ARRAY) \
  X(QUARRY_OP_JSON_CONTAINS) \
  X(QUARRY_OP_TO_JSON) \
  X(QUARRY_OP_DURATION_SCALE) \
  X(QUARRY_OP_GREATEST_NATIVE) \
  X(QUARRY_OP_LEAST_NATIVE) \
  X(QUARRY_OP_ROUND_NATIVE) \
  X(QUARRY_OP_PREFIX_END)

/* Types. */
#define QUARRY_TYPE_UNKNOWN 0u /* the type of a bare NULL */
#define QUARRY_TYPE_BOOLEAN 1u /* truth value */
#define QUARRY_TYPE_INT16 2u /* 16-bit integer */
#define QUARRY_TYPE_INT32 3u /* 32-bit integer */
#define QUARRY_TYPE_INT64 4u /* 64-bit integer */
#define QUARRY_TYPE_FLOAT64 5u /* IEEE double */
#define QUARRY_TYPE_DECIMAL 6u /* exact decimal; precision and scale, 0,0 = as large as the database allows */
#define QUARRY_TYPE_TEXT 7u /* UTF-8 text; length = most characters, 0 = no limit */
#define QUARRY_TYPE_BYTES 8u /* octets */
#define QUARRY_TYPE_DATE 9u /* calendar date */
#define QUARRY_TYPE_TIME 10u /* time of day, microseconds */
#define QUARRY_TYPE_DATETIME 11u /* date and time without zone, microseconds */
#define QUARRY_TYPE_DURATION 12u /* signed length of time, microseconds */
#define QUARRY_TYPE_UUID 13u /* 16 octets */
#define QUARRY_TYPE_JSON 14u /* a JSON document */
#define QUARRY_TYPE_ARRAY 15u /* a list of one scalar type; binds only */
#define QUARRY_HIGHEST_TYPE 15u

/* Facts: what they mean, and what holds when a plugin says nothing. */
#define QUARRY_FACT_SERVER_VERSION 1u /* version of the server or library, major*1000000 + minor*1000 + patch (default 0) */
#define QUARRY_FACT_BIND_REUSE 2u /* a placeholder written twice may carry the same number; else each is a bind of its own (default 0) */
#define QUARRY_FACT_MAX_BINDS 3u /* most placeholders in one statement (default 999) */
#define QUARRY_FACT_MAX_IDENTIFIER 4u /* longest identifier in bytes (default 30) */
#define QUARRY_FACT_NULLS_SORT 5u /* where NULLs sort ascending: 0 unknown, 1 first, 2 last (default 0) */
#define QUARRY_FACT_NULL_ORDER_SYNTAX 6u /* NULLS FIRST and NULLS LAST exist (default 0) */
#define QUARRY_FACT_PREDICATE_VALUES 7u /* a predicate may stand where a value is wanted, and gives a boolean or 0 and 1 (default 0) */
#define QUARRY_FACT_BOOLEAN_LITERALS 8u /* TRUE and FALSE exist; else 1 = 1 and 1 = 0 serve (default 0) */
#define QUARRY_FACT_INTEGER_DIVISION 9u /* the database's own / over integers: 0 unknown, 1 truncates, 2 exact quotient (default 0) */
#define QUARRY_FACT_OFFSET_NEEDS_LIMIT 10u /* OFFSET is possible only beside LIMIT (default 1) */
#define QUARRY_FACT_ARRAY_BINDS 11u /* a list of values may be one bind of type array (default 0) */
#define QUARRY_FACT_INSERT_RETURNING 12u /* INSERT … RETURNING gives the new row (default 0) */
#define QUARRY_FACT_CHANGE_RETURNING 13u /* UPDATE and DELETE … RETURNING give the changed rows (default 0) */
#define QUARRY_FACT_GENERATED_KEY_OUTCOME 14u /* execute reports the key that an INSERT generated (default 0) */
#define QUARRY_FACT_TEXT_COMPARE 15u /* text columns of our own DDL compare and sort: 0 unknown, 1 by code point (default 0) */
#define QUARRY_FACT_AGGREGATE_FILTER 16u /* aggregate(…) FILTER (WHERE …) exists (default 0) */
#define QUARRY_FACT_DISTINCT_ON 17u /* SELECT DISTINCT ON (…) exists (default 0) */
#define QUARRY_FACT_TRANSACTIONAL_DDL 18u /* DDL can be rolled back (default 0) */
#define QUARRY_FACT_ENFORCES_FOREIGN_KEYS 19u /* foreign keys of this connection are enforced (default 0) */
#define QUARRY_FACT_DEFERRABLE_FOREIGN_KEYS 20u /* DEFERRABLE INITIALLY DEFERRED exists (default 0) */
#define QUARRY_FACT_PRIVATE_DATABASE 21u /* each connection is a database of its own: there can be one only (default 0) */
#define QUARRY_FACT_UNLIMITED_LIMIT 22u /* the LIMIT that means no limit, where OFFSET needs one: 0 none, else the number; -1 is allowed (default 0) */
#define QUARRY_FACT_SAVEPOINTS 23u /* SAVEPOINT exists (default 0) */
#define QUARRY_FACT_ROW_COMPARISON 24u /* (a, b) = (c, d) and (a, b) IN (…) exist (default 0) */
#define QUARRY_FACT_LIMIT_IN_SUBQUERY 25u /* a subquery of IN may have LIMIT (default 0) */
#define QUARRY_FACT_MULTI_ROW_INSERT 26u /* one INSERT takes several rows of VALUES (default 0) */
#define QUARRY_FACT_SCHEMA_IN_MEMORY 27u /* the database vanishes with its last connection (default 0) */
#define QUARRY_FACT_SEMI_JOINS 28u /* a semi or anti join that few rows match is fast as: 0 EXISTS, 1 IN (default 0) */
#define QUARRY_FACT_JOINED_GROUPS 29u /* groups that are joined by their key are fast as: 0 a derived table, 1 a subquery for each row (default 0) */
#define QUARRY_FACT_LATE_ROW_LOOKUP 30u /* a page in an order that no index has is fast found by its keys, and its rows read afterwards (default 0) */
#define QUARRY_FACT_LOOKUP_PER_GROUP 32u /* by an index, the first rows of each group are looked up cheaper than all rows are numbered by a window (default 0) */
#define QUARRY_FACT_FORWARD_REFERENCES 40u /* a foreign key may be declared before the table that it refers to exists (default 0) */
#define QUARRY_FACT_GENERATED_KEYS_FOLLOW 41u /* after a row with a key of its own, generated keys go on behind it (default 0) */
#define QUARRY_FACT_UNCHECKED_LOAD 42u /* begin knows QUARRY_BEGIN_LOAD: a transaction in which foreign keys are not checked (default 0) */
#define QUARRY_FACT_WINDOW_FILTER 43u /* aggregate(…) FILTER (WHERE …) OVER (…) is right in every frame (default 0) */
#define QUARRY_FACT_FRAME_EXCLUSION 44u /* a frame of a window may leave rows out: EXCLUDE CURRENT ROW, GROUP, TIES (default 0) */
#define QUARRY_FACT_DECIMAL_SUMS 45u /* the sum of integers of 64 bits is a decimal (default 0) */
#define QUARRY_FACT_ROW_LOCKS 48u /* what FOR UPDATE can say, added up: 1 it exists, 2 NOWAIT, 4 SKIP LOCKED, 8 OF a table, 16 FOR NO KEY UPDATE (default 0) */
#define QUARRY_FACT_EXPLAIN_COLUMNS 49u /* columns of the rows of an explain statement without a format; with one there is one (default 1) */
#define QUARRY_FACT_EXPLAIN_FORMATS 50u /* formats of EXPLAIN, added up: 1 TEXT, 2 JSON, 4 XML, 8 YAML, 16 TREE, 32 TRADITIONAL (default 0) */
#define QUARRY_FACT_EXPLAIN_OPTIONS 51u /* options of EXPLAIN, added up: 1 ANALYZE, 2 BUFFERS, 4 COSTS, 8 GENERIC_PLAN, 16 MEMORY, 32 SERIALIZE, 64 SETTINGS, 128 SUMMARY, 256 TIMING, 512 VERBOSE, 1024 WAL (default 0) */
#define QUARRY_HIGHEST_FACT 51u

/* Categories of errors. */
#define QUARRY_ERROR_NONE 0u /* no error */
#define QUARRY_ERROR_UNIQUE 1u /* a unique constraint or primary key is violated */
#define QUARRY_ERROR_FOREIGN_KEY 2u /* a foreign key is violated */
#define QUARRY_ERROR_NOT_NULL 3u /* a NOT NULL column would be NULL */
#define QUARRY_ERROR_CHECK 4u /* a CHECK constraint is violated */
#define QUARRY_ERROR_SERIALIZATION 5u /* the transaction can't be serialized; run it again */
#define QUARRY_ERROR_DEADLOCK 6u /* chosen as the victim of a deadlock; run the transaction again */
#define QUARRY_ERROR_TIMEOUT 7u /* a lock or statement timeout */
#define QUARRY_ERROR_CONNECTION_LOST 8u /* the connection is gone; the outcome of a running commit is unknown */
#define QUARRY_ERROR_SYNTAX 9u /* the statement is not valid for this server */
#define QUARRY_ERROR_OTHER 10u /* anything else */
#define QUARRY_ERROR_DATA 11u /* a value is not valid for its column or operation */
#define QUARRY_ERROR_INTERRUPTED 12u /* cancelled by the application */
#define QUARRY_ERROR_READ_ONLY 13u /* the database or transaction is read-only */
#define QUARRY_ERROR_CANNOT_OPEN 14u /* the database can't be opened or reached */
#define QUARRY_ERROR_NO_SUCH_OBJECT 15u /* an unknown table, column or function */
#define QUARRY_ERROR_SCHEMA_CHANGED 16u /* the schema changed under a prepared statement; prepare it again */
#define QUARRY_ERROR_UNSUPPORTED 17u /* the plugin or server lacks what is asked */
#define QUARRY_ERROR_CONTRACT 18u /* a call broke the rules of this header */
#define QUARRY_HIGHEST_ERROR 18u

/* Codes in payload words. */
#define QUARRY_JOIN_KIND_INNER 0u
#define QUARRY_JOIN_KIND_LEFT 1u
#define QUARRY_JOIN_KIND_CROSS 2u
#define QUARRY_JOIN_KIND_FULL 3u
#define QUARRY_JOIN_KIND_SEMI 4u
#define QUARRY_JOIN_KIND_ANTI 5u
#define QUARRY_SET_KIND_UNION 0u
#define QUARRY_SET_KIND_INTERSECT 1u
#define QUARRY_SET_KIND_EXCEPT 2u
#define QUARRY_CONFLICT_ACTION_NOTHING 0u
#define QUARRY_CONFLICT_ACTION_UPDATE 1u
#define QUARRY_LOCK_STRENGTH_UPDATE 0u
#define QUARRY_LOCK_STRENGTH_NO_KEY_UPDATE 1u
#define QUARRY_LOCK_STRENGTH_SHARE 2u
#define QUARRY_LOCK_STRENGTH_KEY_SHARE 3u
#define QUARRY_FRAME_UNIT_ROWS 0u
#define QUARRY_FRAME_UNIT_RANGE 1u
#define QUARRY_FRAME_UNIT_GROUPS 2u
#define QUARRY_FRAME_EDGE_UNBOUNDED_PRECEDING 0u
#define QUARRY_FRAME_EDGE_PRECEDING 1u
#define QUARRY_FRAME_EDGE_CURRENT_ROW 2u
#define QUARRY_FRAME_EDGE_FOLLOWING 3u
#define QUARRY_FRAME_EDGE_UNBOUNDED_FOLLOWING 4u
#define QUARRY_CONSTRAINT_KIND_PRIMARY_KEY 0u
#define QUARRY_CONSTRAINT_KIND_UNIQUE 1u
#define QUARRY_CONSTRAINT_KIND_FOREIGN_KEY 2u
#define QUARRY_CONSTRAINT_KIND_CHECK 3u
#define QUARRY_REFERENTIAL_ACTION_NO_ACTION 0u
#define QUARRY_REFERENTIAL_ACTION_RESTRICT 1u
#define QUARRY_REFERENTIAL_ACTION_CASCADE 2u
#define QUARRY_REFERENTIAL_ACTION_SET_NULL 3u
#define QUARRY_REFERENTIAL_ACTION_SET_DEFAULT 4u
#define QUARRY_OBJECT_KIND_TABLE 0u
#define QUARRY_OBJECT_KIND_INDEX 1u
/* END GENERATED NUMBERS */
/* clang-format on */

/* ---------------------------------------------------------------- basics */

typedef struct quarry_str {
  const char* data;
  uint64_t size;
} quarry_str;

typedef enum quarry_status {
  QUARRY_OK = 0,
  QUARRY_FAILED = 1,      /* see the error's category */
  QUARRY_UNSUPPORTED = 2, /* this plugin or server can't do that; error.server_text may say more */
  QUARRY_STOPPED = 3      /* a sink asked to stop (its write or bind returned non-zero) */
} quarry_status;

/* Filled by the plugin. Before each call the host sets size, node to QUARRY_NONE, and zeroes the rest. */
typedef struct quarry_error {
  uint32_t size;
  uint32_t category;      /* QUARRY_ERROR_... */
  int64_t native_code;    /* the database's own number, 0 if none */
  char sqlstate[8];       /* five characters and NULs, or all NUL */
  quarry_str server_text; /* what the database said; may hold user data, shown only when asked for */
  quarry_str
      constraint; /* name of the violated constraint; where the database names columns instead: "table.column, ..." */
  uint32_t node; /* from emit: the node that can't be written, else QUARRY_NONE */
  uint32_t reserved;
} quarry_error;

#define QUARRY_CELL_NULL 1u

typedef struct quarry_cell {
  union {
    int64_t i;
    double d;
    const void* p;
  } v;
  uint32_t len;
  uint8_t type; /* QUARRY_TYPE_... */
  uint8_t flags;
  uint16_t reserved;
} quarry_cell;

/* A type. length: most characters of a text (0: no limit). precision, scale: decimal. element: QUARRY_TYPE_... of an array. */
#define QUARRY_COLLATION_UNKNOWN 0u /* assume that it differs from code point order */
#define QUARRY_COLLATION_CODE_POINT 1u /* what the DDL of this plugin makes */
#define QUARRY_COLLATION_NAMED 2u
typedef struct quarry_type {
  uint16_t type; /* QUARRY_TYPE_... */
  uint8_t nullable;
  uint8_t collation;
  uint32_t length;
  uint16_t precision;
  uint16_t scale;
  uint16_t element;
  uint16_t reserved;
} quarry_type;

/* ---------------------------------------------------------------- the SQL stage */

/* 32 bytes. children: indices into quarry_tree.children from first_child on. */
typedef struct quarry_node {
  uint16_t kind; /* QUARRY_KIND_... */
  uint16_t flags;
  uint32_t type; /* index into quarry_tree.types; QUARRY_NONE for nodes that are no values */
  uint32_t first_child;
  uint32_t child_count;
  uint32_t b;
  uint32_t reserved;
  uint64_t a;
} quarry_node;

/* One value to be bound. The same slot may be written several times. */
typedef struct quarry_slot {
  uint32_t type; /* index into quarry_tree.types */
  uint32_t reserved;
} quarry_slot;

/* Everything that emit may look at. A symbol in a payload word is an index into names, QUARRY_NONE = absent. */
typedef struct quarry_tree {
  uint32_t size;
  uint32_t root;
  const quarry_node* nodes;
  uint32_t node_count, node_stride;
  const uint32_t* children;
  uint32_t child_count, reserved;
  const quarry_type* types;
  uint32_t type_count, type_stride;
  const quarry_str* names;
  uint32_t name_count, name_stride;
  const quarry_slot* slots;
  uint32_t slot_count, slot_stride;
} quarry_tree;

/* Where emit writes. write appends text. bind is called at the very place where a placeholder goes, as often as a slot is
 * used, in any order: it records the order of the binds and stores the 1-based number of the placeholder in *number (the same
 * number again for a slot used twice where the fact bind_reuse holds). Both return 0, or non-zero: then emit stops and
 * returns QUARRY_STOPPED. */
typedef struct quarry_sink {
  uint32_t size;
  uint32_t reserved;
  void* self;
  int (*write)(void* self, const char* text, uint64_t size);
  int (*bind)(void* self, uint32_t slot, uint32_t* number);
} quarry_sink;

/* ---------------------------------------------------------------- capabilities */

typedef struct quarry_fact_value {
  uint32_t fact; /* QUARRY_FACT_... */
  uint32_t reserved;
  int64_t value;
} quarry_fact_value;

/* What a connection, or a server version, can do. kinds, ops, types: one byte per number, non-zero = legal; a number beyond the
 * array is illegal, and the host rewrites it into what is legal or refuses the query with a clear message. facts: in any order;
 * an absent fact has its default. product and version are for people ("SQLite", "3.40.1"). */
typedef struct quarry_facts {
  uint32_t size;
  uint32_t fact_count;
  const quarry_fact_value* facts;
  uint32_t fact_stride;
  uint32_t kind_count;
  const uint8_t* kinds;
  const uint8_t* ops;
  const uint8_t* types;
  uint32_t op_count;
  uint32_t type_count;
  quarry_str product;
  quarry_str version;
} quarry_facts;

/* ---------------------------------------------------------------- connections and statements */

typedef struct quarry_dialect quarry_dialect; /* yours to define */
typedef struct quarry_connection quarry_connection; /* yours to define */
typedef struct quarry_statement quarry_statement; /* yours to define */

typedef struct quarry_option {
  quarry_str key, value; /* decoded */
} quarry_option;

/* A database URL, split and percent-decoded: scheme://user:password@host:port/database?key=value. text is the URL as written,
 * for plugins with a syntax of their own (several hosts). Absent parts are empty; port 0 = absent. An option that a plugin does
 * not know is an error, not to be ignored. */
typedef struct quarry_url {
  uint32_t size;
  uint32_t port;
  quarry_str text, scheme, user, password, host, database;
  const quarry_option* options;
  uint32_t option_count, option_stride;
} quarry_url;

/* Result of execute. generated_key is valid when has_key is non-zero (fact generated_key_outcome). rows_affected: rows that an
 * INSERT, UPDATE or DELETE matched; -1 when not known. */
typedef struct quarry_outcome {
  uint32_t size;
  uint32_t has_key;
  int64_t rows_affected;
  int64_t generated_key;
} quarry_outcome;

/* begin: what kind of transaction. */
#define QUARRY_BEGIN_DEFAULT 0u
#define QUARRY_BEGIN_READ_ONLY 1u
#define QUARRY_BEGIN_READ_COMMITTED 2u
#define QUARRY_BEGIN_REPEATABLE_READ 4u
#define QUARRY_BEGIN_SERIALIZABLE 8u
/* Rows are loaded, or tables dropped, that refer to one another in any order: foreign keys are not checked, at no time. Asked for
 * only where QUARRY_FACT_UNCHECKED_LOAD says that it is known: elsewhere they are deferred to the end of the transaction. */
#define QUARRY_BEGIN_LOAD 16u

/* inspect: what to list. Each gives a statement that next() reads, with the columns named here (text unless said).
 *   TABLES       schema, table, kind ("table" or "view")
 *   COLUMNS      table, column, declared type, QUARRY_TYPE_ (int64), length or precision (int64), scale (int64), nullable
 *                (boolean), default expression or NULL, collation or NULL, generated key (boolean)
 *   CONSTRAINTS  table, name, QUARRY_CONSTRAINT_KIND_ (int64), position (int64), column, referenced table or NULL, referenced
 *                column or NULL, QUARRY_REFERENTIAL_ACTION_ on delete (int64); one row a column
 *   INDEXES      table, name, unique (boolean), position (int64), column */
#define QUARRY_INSPECT_TABLES 0u
#define QUARRY_INSPECT_COLUMNS 1u
#define QUARRY_INSPECT_CONSTRAINTS 2u
#define QUARRY_INSPECT_INDEXES 3u

/* ---------------------------------------------------------------- the plugin's table */

#define QUARRY_PLUGIN_PLANS_CACHEABLE \
  1u /* emit depends on nothing but its arguments: texts may be kept and used again */

typedef struct quarry_plugin {
  /* The head: frozen for good, in every version. Returned whatever version was asked, so that a refusal can name both sides. */
  uint32_t size; /* sizeof(quarry_plugin) as the plugin knows it */
  uint32_t magic;
  uint32_t major, minor;
  uint32_t highest_kind, highest_op, highest_type, highest_fact, highest_error;
  uint32_t flags;
  quarry_str name; /* "sqlite": as in the file name */
  quarry_str version; /* the plugin's own */

  /* Dialect. REQUIRED: describe_offline, emit, drop_dialect. */

  /* Capabilities of a server version ("3.40.1"; empty: the newest that the plugin knows). QUARRY_UNSUPPORTED for a version that
   * the plugin does not know. */
  int (*describe_offline)(quarry_str version, quarry_facts* facts, quarry_dialect** dialect, quarry_error* error);
  /* Writes the statement. Needs no connection; any thread. Uses nothing but its arguments. */
  int (*emit)(const quarry_dialect* dialect, const quarry_tree* tree, const quarry_sink* sink, quarry_error* error);
  void (*drop_dialect)(quarry_dialect* dialect);

  /* Driver. REQUIRED: open, close, describe, prepare, execute, next, finish, drop, begin, commit, rollback. A plugin that only
   * writes SQL leaves open NULL, and then all of the driver. */

  int (*open)(const quarry_url* url, quarry_connection** connection, quarry_error* error);
  void (*close)(quarry_connection* connection);
  /* Capabilities of this very connection: server version and settings. */
  int (*describe)(quarry_connection* connection, quarry_facts* facts, quarry_dialect** dialect, quarry_error* error);

  /* bind_types: one a placeholder, in the order of placeholder numbers; a text that is told as QUARRY_TYPE_UNKNOWN is what the
   * statement needs there (SQL that the application wrote itself). result_types: what next must hand out, a column each;
   * the plugin converts what the database stores, and reports QUARRY_ERROR_DATA where it can't. Cells of a column that is told as
   * QUARRY_TYPE_UNKNOWN say themselves what they are, the type nearest to what is stored. The plugin may cache statements
   * by text; a statement in use is never handed out twice. */
  int (*prepare)(quarry_connection* connection, quarry_str sql, const quarry_type* bind_types, uint32_t bind_count,
                 const quarry_type* result_types, uint32_t column_count, quarry_statement** statement,
                 quarry_error* error);
  /* Runs the statement with these values (valid during the call only). A statement that was executed before is restarted. */
  int (*execute)(quarry_statement* statement, const quarry_cell* binds, uint32_t bind_count, quarry_outcome* outcome,
                 quarry_error* error);
  /* Up to max_rows rows: *rows points to *row_count * column_count cells, row after row; 0 rows = the end. */
  int (*next)(quarry_statement* statement, uint32_t max_rows, const quarry_cell** rows, uint32_t* row_count,
              quarry_error* error);
  /* Ends the current execution; the statement may be executed again. */
  void (*finish)(quarry_statement* statement);
  /* Gives the statement back. */
  void (*drop)(quarry_statement* statement);

  int (*begin)(quarry_connection* connection, uint32_t mode, quarry_error* error);
  int (*commit)(quarry_connection* connection, quarry_error* error);
  int (*rollback)(quarry_connection* connection, quarry_error* error);

  /* OPTIONAL from here on: NULL where absent. */

  /* Savepoints, by number (1, 2, ... inside the transaction). */
  int (*savepoint)(quarry_connection* connection, uint32_t number, quarry_error* error);
  int (*release_savepoint)(quarry_connection* connection, uint32_t number, quarry_error* error);
  int (*rollback_to)(quarry_connection* connection, uint32_t number, quarry_error* error);

  /* row_count rows of bind_count cells each; outcomes: row_count records, filled as far as it got; *done = rows executed. */
  int (*execute_many)(quarry_statement* statement, const quarry_cell* rows, uint32_t row_count, uint32_t bind_count,
                      quarry_outcome* outcomes, uint32_t* done, quarry_error* error);
  /* Rows to fetch ahead at most; bounds memory while streaming. */
  int (*set_fetch_size)(quarry_statement* statement, uint32_t rows, quarry_error* error);
  /* Stops what runs on this connection; from any thread. The running call fails with QUARRY_ERROR_INTERRUPTED. */
  int (*cancel)(quarry_connection* connection, quarry_error* error);
  /* Is the connection alive and able to do work? */
  int (*ping)(quarry_connection* connection, quarry_error* error);
  int (*inspect)(quarry_connection* connection, uint32_t what, quarry_str table, quarry_statement** statement,
                 quarry_error* error);
  /* QUARRY_OK when the connection is idle and outside a transaction. */
  int (*idle)(quarry_connection* connection, quarry_error* error);

  /* RESERVED for pipelines and asynchronous use; NULL. */
  int (*submit)(quarry_connection* connection, quarry_error* error);
  int (*poll_fd)(quarry_connection* connection, int* fd, uint32_t* events, quarry_error* error);
  int (*consume)(quarry_connection* connection, quarry_error* error);

  /* OPTIONAL again: NULL where absent. */

  /* The names of the columns of a prepared statement's rows, in their order, before it is executed; none for a statement without
   * rows. Asked of a statement that was prepared without result types, for SQL that the application wrote itself. The texts live
   * until the next call on the statement. */
  int (*column_names)(quarry_statement* statement, const quarry_str** names, uint32_t* count, quarry_error* error);
} quarry_plugin;

/* The one exported symbol. major, minor: the host's version of this border. Returns the table whatever is asked, never NULL. */
QUARRY_PLUGIN_EXPORT const quarry_plugin* quarry_plugin_entry(uint32_t major, uint32_t minor);

#ifdef __cplusplus
}
#endif
#endif /* QUARRY_PLUGIN_H */

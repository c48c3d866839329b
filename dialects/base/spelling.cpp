#include <quarry/dialects/base/spelling.hpp>

namespace quarry::dialect {

spelling standard_spelling(std::uint32_t op) {
  using enum level;
  switch (op) {
    case QUARRY_OP_AND: return infix(" AND ", conjunction, conjunction, conjunction);
    case QUARRY_OP_OR: return infix(" OR ", alternative, alternative, alternative);
    case QUARRY_OP_NOT: return pattern("NOT @1", negation);
    case QUARRY_OP_XOR: return compared(" <> ");
    case QUARRY_OP_IS_NULL: return pattern("@1 IS NULL", comparison);
    case QUARRY_OP_IS_NOT_NULL: return pattern("@1 IS NOT NULL", comparison);
    case QUARRY_OP_IS_TRUE: return pattern("@1 IS TRUE", comparison);
    case QUARRY_OP_EQ: return compared(" = ");
    case QUARRY_OP_NE: return compared(" <> ");
    case QUARRY_OP_LT: return compared(" < ");
    case QUARRY_OP_LE: return compared(" <= ");
    case QUARRY_OP_GT: return compared(" > ");
    case QUARRY_OP_GE: return compared(" >= ");
    case QUARRY_OP_NOT_DISTINCT: return compared(" IS NOT DISTINCT FROM ");
    case QUARRY_OP_BETWEEN: return pattern("@1 BETWEEN @2 AND @3", comparison);
    case QUARRY_OP_UPPER:
    case QUARRY_OP_UPPER_NATIVE: return pattern("upper($1)");
    case QUARRY_OP_LOWER:
    case QUARRY_OP_LOWER_NATIVE: return pattern("lower($1)");
    case QUARRY_OP_CONCAT: return infix(" || ", other, tight, tight);
    case QUARRY_OP_ADD: return infix(" + ", sum, sum, product);
    case QUARRY_OP_SUB: return infix(" - ", sum, sum, product);
    case QUARRY_OP_MUL: return infix(" * ", product, product, level::sign);
    case QUARRY_OP_DIV_NATIVE: return infix(" / ", product, product, level::sign);
    case QUARRY_OP_MOD_NATIVE: return infix(" % ", product, product, level::sign);
    case QUARRY_OP_NEG: return pattern("-@1", level::sign);
    case QUARRY_OP_BIT_AND: return infix(" & ", other, tight, tight);
    case QUARRY_OP_BIT_OR: return infix(" | ", other, tight, tight);
    case QUARRY_OP_BIT_NOT: return pattern("~@1", level::sign);
    case QUARRY_OP_SHIFT_LEFT: return infix(" << ", other, tight, tight);
    case QUARRY_OP_SHIFT_RIGHT: return infix(" >> ", other, tight, tight);
    case QUARRY_OP_ABS: return pattern("abs($1)");
    case QUARRY_OP_COALESCE: return pattern("coalesce($*)");
    case QUARRY_OP_NULLIF: return pattern("nullif($*)");
    default: return {};
  }
}

std::string_view standard_function(std::uint32_t op) {
  switch (op) {
    case QUARRY_OP_COUNT_ROWS:
    case QUARRY_OP_COUNT: return "count";
    case QUARRY_OP_SUM: return "sum";
    case QUARRY_OP_AVG: return "avg";
    case QUARRY_OP_MIN: return "min";
    case QUARRY_OP_MAX: return "max";
    case QUARRY_OP_STDDEV_POP: return "stddev_pop";
    case QUARRY_OP_STDDEV_SAMP: return "stddev_samp";
    case QUARRY_OP_VAR_POP: return "var_pop";
    case QUARRY_OP_VAR_SAMP: return "var_samp";
    case QUARRY_OP_ROW_NUMBER: return "row_number";
    case QUARRY_OP_RANK: return "rank";
    case QUARRY_OP_DENSE_RANK: return "dense_rank";
    case QUARRY_OP_PERCENT_RANK: return "percent_rank";
    case QUARRY_OP_CUME_DIST: return "cume_dist";
    case QUARRY_OP_NTILE: return "ntile";
    case QUARRY_OP_LAG: return "lag";
    case QUARRY_OP_LEAD: return "lead";
    case QUARRY_OP_FIRST_VALUE: return "first_value";
    case QUARRY_OP_LAST_VALUE: return "last_value";
    case QUARRY_OP_NTH_VALUE: return "nth_value";
    default: return {};
  }
}

}  // namespace quarry::dialect

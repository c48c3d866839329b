#include "dialect.hpp"

#include <string>
#include <utility>

#include <quarry/dialects/base/emitter.hpp>
#include <quarry/dialects/base/error.hpp>

namespace template_plugin {
namespace {

namespace base = quarry::dialect;

/// Standard SQL, except for what is overridden here. See quarry/dialects/base/emitter.hpp for all that can be.
class emitter final : public base::emitter {
 public:
  using base::emitter::emitter;

 protected:
  // ?1, ?2, …; without this override each placeholder is a bare '?', and the fact bind_reuse must be 0.
  void placeholder(std::uint32_t number, const quarry_type&) override {
    write("?");
    this->number(number);
  }
};

/// Nothing is legal until it is stated, and every fact that is left out has the careful answer. State what you have tried.
base::facts_record capabilities() {
  base::facts_builder facts("Template", "1.0");
  facts
      .kinds({QUARRY_KIND_LIST,         QUARRY_KIND_LITERAL,     QUARRY_KIND_OP,         QUARRY_KIND_ROW,
              QUARRY_KIND_CASE_WHEN,    QUARRY_KIND_WHEN,        QUARRY_KIND_AGGREGATE,  QUARRY_KIND_EXISTS,
              QUARRY_KIND_BIND,         QUARRY_KIND_NAME_REF,    QUARRY_KIND_SELECT,     QUARRY_KIND_FROM_TABLE,
              QUARRY_KIND_JOINED_TABLE, QUARRY_KIND_SELECT_ITEM, QUARRY_KIND_ORDER_ITEM, QUARRY_KIND_GROUPING,
              QUARRY_KIND_VALUES,       QUARRY_KIND_INSERT,      QUARRY_KIND_UPDATE,     QUARRY_KIND_ASSIGNMENT,
              QUARRY_KIND_DELETE,       QUARRY_KIND_RETURNING,   QUARRY_KIND_NAME,       QUARRY_KIND_CREATE_TABLE,
              QUARRY_KIND_COLUMN_DEF,   QUARRY_KIND_CONSTRAINT,  QUARRY_KIND_REFERENCES, QUARRY_KIND_CREATE_INDEX,
              QUARRY_KIND_DROP})
      .ops({QUARRY_OP_AND, QUARRY_OP_OR, QUARRY_OP_NOT, QUARRY_OP_IS_NULL, QUARRY_OP_IS_NOT_NULL, QUARRY_OP_EQ,
            QUARRY_OP_NE, QUARRY_OP_LT, QUARRY_OP_LE, QUARRY_OP_GT, QUARRY_OP_GE, QUARRY_OP_IN_LIST, QUARRY_OP_ADD,
            QUARRY_OP_SUB, QUARRY_OP_COUNT_ROWS, QUARRY_OP_COUNT, QUARRY_OP_SUM, QUARRY_OP_MIN, QUARRY_OP_MAX})
      .types({QUARRY_TYPE_UNKNOWN, QUARRY_TYPE_BOOLEAN, QUARRY_TYPE_INT16, QUARRY_TYPE_INT32, QUARRY_TYPE_INT64,
              QUARRY_TYPE_FLOAT64, QUARRY_TYPE_TEXT, QUARRY_TYPE_DATE})
      .fact(QUARRY_FACT_SERVER_VERSION, 1'000'000)
      .fact(QUARRY_FACT_BIND_REUSE, 1)
      .fact(QUARRY_FACT_MAX_BINDS, 999)
      .fact(QUARRY_FACT_MAX_IDENTIFIER, 63)
      .fact(QUARRY_FACT_BOOLEAN_LITERALS, 1)
      .fact(QUARRY_FACT_INSERT_RETURNING, 1);
  return facts.build();
}

}  // namespace

dialect dialect::for_version(std::string_view version) {
  if (!version.empty() && version != "1.0")
    throw base::unsupported("version '" + std::string(version) + "'", QUARRY_NONE);
  return dialect(capabilities());
}

void dialect::emit(const quarry_tree& tree, const quarry_sink& sink) const { emitter(tree, sink).statement(); }

}  // namespace template_plugin

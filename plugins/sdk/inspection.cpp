#include <quarry/plugins/sdk/inspection.hpp>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin {

namespace {

constexpr quarry_type text_type{QUARRY_TYPE_TEXT, 1, QUARRY_COLLATION_UNKNOWN, 0, 0, 0, 0, 0};
constexpr quarry_type number_type{QUARRY_TYPE_INT64, 1, 0, 0, 0, 0, 0, 0};
constexpr quarry_type boolean_type{QUARRY_TYPE_BOOLEAN, 1, 0, 0, 0, 0, 0, 0};

constexpr quarry_type table_columns[] = {text_type, text_type, text_type};
constexpr quarry_type column_columns[] = {text_type,   text_type,    text_type, number_type, number_type,
                                          number_type, boolean_type, text_type, text_type,   boolean_type};
constexpr quarry_type constraint_columns[] = {text_type, text_type, number_type, number_type,
                                              text_type, text_type, text_type,   number_type};
constexpr quarry_type index_columns[] = {text_type, text_type, boolean_type, number_type, text_type};

}  // namespace

inspection inspection_of(std::uint32_t what, const inspection_texts& texts) {
  switch (what) {
    case QUARRY_INSPECT_TABLES: return {texts.tables, table_columns};
    case QUARRY_INSPECT_COLUMNS: return {texts.columns, column_columns};
    case QUARRY_INSPECT_CONSTRAINTS: return {texts.constraints, constraint_columns};
    case QUARRY_INSPECT_INDEXES: return {texts.indexes, index_columns};
    default: throw unsupported("this inspection");
  }
}

}  // namespace quarry::plugin

#include <quarry/plugins/sqlite/inspect.hpp>

namespace quarry::plugin::sqlite {

namespace {

#define QUARRY_TABLES                                                                                     \
  "(SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' " \
  "ESCAPE '\\' AND (?1 = '' OR name = ?1)) AS t"

constexpr std::string_view tables_sql = "SELECT 'main', t.name, t.type FROM " QUARRY_TABLES " ORDER BY t.name";

// Hidden columns of virtual tables (hidden = 1) are left out, generated ones are columns like others.
constexpr std::string_view columns_sql =
    "SELECT t.name, c.name, c.type, "
    "CASE WHEN quarry_generated_key(t.name, c.name) THEN 4 ELSE quarry_declared_type(c.type, 0) END, "
    "quarry_declared_type(c.type, 1), "
    "quarry_declared_type(c.type, 2), c.\"notnull\" = 0 AND c.pk = 0, c.dflt_value, quarry_column_collation(t.name, "
    "c.name), "
    "quarry_generated_key(t.name, c.name) "
    "FROM " QUARRY_TABLES ", pragma_table_xinfo(t.name) AS c WHERE c.hidden <> 1 ORDER BY t.name, c.cid";

// SQLite keeps no name for a foreign key or a primary key outside the text of CREATE TABLE; these get one from their place.
constexpr std::string_view constraints_sql =
    "SELECT t.name, t.name || '_pk', 0, c.pk, c.name, NULL, NULL, 0 FROM " QUARRY_TABLES
    ", pragma_table_xinfo(t.name) AS c "
    "WHERE c.pk > 0 "
    "UNION ALL SELECT t.name, i.name, 1, c.seqno + 1, c.name, NULL, NULL, 0 FROM " QUARRY_TABLES
    ", pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c WHERE i.origin = 'u' "
    "UNION ALL SELECT t.name, t.name || '_fk_' || f.id, 2, f.seq + 1, f.\"from\", f.\"table\", "
    "coalesce(f.\"to\", (SELECT p.name FROM pragma_table_info(f.\"table\") AS p WHERE p.pk = f.seq + 1)), "
    "CASE f.on_delete WHEN 'RESTRICT' THEN 1 WHEN 'CASCADE' THEN 2 WHEN 'SET NULL' THEN 3 WHEN 'SET DEFAULT' THEN 4 "
    "ELSE 0 END "
    "FROM " QUARRY_TABLES
    ", pragma_foreign_key_list(t.name) AS f "
    "ORDER BY 1, 3, 2, 4";

constexpr std::string_view indexes_sql = "SELECT t.name, i.name, i.\"unique\", c.seqno + 1, c.name FROM " QUARRY_TABLES
                                         ", pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c WHERE "
                                         "i.origin = 'c' ORDER BY t.name, i.name, c.seqno";

#undef QUARRY_TABLES

}  // namespace

const inspection_texts inspections{tables_sql, columns_sql, constraints_sql, indexes_sql};

}  // namespace quarry::plugin::sqlite

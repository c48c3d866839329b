#include <quarry/plugins/mysql/inspect.hpp>

namespace quarry::plugin::mysql {

namespace {

#define QUARRY_OF_TABLE(t) t ".table_schema = database() AND (? = '' OR " t ".table_name = ?)"

constexpr std::string_view tables_sql =
    "SELECT t.table_schema, t.table_name, CASE WHEN t.table_type LIKE '%VIEW' THEN 'view' ELSE 'table' END "
    "FROM information_schema.tables AS t WHERE " QUARRY_OF_TABLE("t") " ORDER BY t.table_name";

constexpr std::string_view columns_sql =
    "SELECT c.table_name, c.column_name, c.column_type, "
    "CASE WHEN c.column_type = 'tinyint(1)' THEN 1 WHEN c.data_type IN ('tinyint', 'smallint') THEN 2 "
    "WHEN c.data_type IN ('mediumint', 'int') THEN 3 WHEN c.data_type = 'bigint' THEN 4 "
    "WHEN c.data_type IN ('float', 'double') THEN 5 WHEN c.data_type = 'decimal' THEN 6 "
    "WHEN c.data_type = 'json' OR EXISTS (SELECT 1 FROM information_schema.check_constraints AS k WHERE "
    "k.constraint_schema = c.table_schema AND k.table_name = c.table_name AND k.check_clause = "
    "concat('json_valid(`', c.column_name, '`)')) THEN 14 "
    "WHEN c.data_type IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set') THEN 7 "
    "WHEN c.data_type IN ('binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob') THEN 8 "
    "WHEN c.data_type = 'date' THEN 9 WHEN c.data_type = 'time' THEN 10 "
    "WHEN c.data_type IN ('datetime', 'timestamp') THEN 11 WHEN c.data_type = 'uuid' THEN 13 ELSE 0 END, "
    "coalesce(CASE WHEN c.data_type = 'decimal' THEN c.numeric_precision "
    "WHEN c.data_type IN ('char', 'varchar') THEN c.character_maximum_length END, 0), "
    "coalesce(CASE WHEN c.data_type = 'decimal' THEN c.numeric_scale END, 0), "
    "c.is_nullable = 'YES', CASE WHEN c.column_default <> 'NULL' THEN c.column_default END, c.collation_name, "
    "c.extra LIKE '%auto_increment%' "
    "FROM information_schema.columns AS c WHERE " QUARRY_OF_TABLE("c") " ORDER BY c.table_name, c.ordinal_position";

// The name of a primary key is PRIMARY in every table.
constexpr std::string_view constraints_sql =
    "SELECT u.table_name, CASE WHEN t.constraint_type = 'PRIMARY KEY' THEN concat(u.table_name, '_pk') ELSE "
    "u.constraint_name END, CASE t.constraint_type WHEN 'PRIMARY KEY' THEN 0 WHEN 'UNIQUE' THEN 1 ELSE 2 END, "
    "u.ordinal_position, u.column_name, u.referenced_table_name, u.referenced_column_name, "
    "CASE r.delete_rule WHEN 'RESTRICT' THEN 1 WHEN 'CASCADE' THEN 2 WHEN 'SET NULL' THEN 3 WHEN 'SET DEFAULT' THEN 4 "
    "ELSE 0 END "
    "FROM information_schema.key_column_usage AS u JOIN information_schema.table_constraints AS t ON "
    "t.constraint_schema = u.constraint_schema AND t.constraint_name = u.constraint_name AND t.table_name = "
    "u.table_name "
    "LEFT JOIN information_schema.referential_constraints AS r ON r.constraint_schema = u.constraint_schema AND "
    "r.constraint_name = u.constraint_name AND r.table_name = u.table_name "
    "WHERE " QUARRY_OF_TABLE("u") " ORDER BY u.table_name, 3, 2, u.ordinal_position";

// Those that stand behind a constraint are left out: the constraint is listed.
constexpr std::string_view indexes_sql =
    "SELECT s.table_name, s.index_name, s.non_unique = 0, s.seq_in_index, s.column_name "
    "FROM information_schema.statistics AS s WHERE " QUARRY_OF_TABLE("s") " AND NOT EXISTS (SELECT 1 FROM "
    "information_schema.table_constraints AS t WHERE t.table_schema = s.table_schema AND t.table_name = s.table_name AND "
    "t.constraint_name = s.index_name) ORDER BY s.table_name, s.index_name, s.seq_in_index";

#undef QUARRY_OF_TABLE

}  // namespace

const inspection_texts inspections{tables_sql, columns_sql, constraints_sql, indexes_sql};

}  // namespace quarry::plugin::mysql

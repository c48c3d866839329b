#include <quarry/plugins/postgresql/inspect.hpp>

namespace quarry::plugin::postgresql {

namespace {

// The tables and views that a name alone finds.
#define QUARRY_TABLES                                                                                             \
  "(SELECT c.oid, c.relname, c.relkind, n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = "          \
  "c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(c.oid) AND n.nspname NOT " \
  "IN ('pg_catalog', 'information_schema') AND ($1 = '' OR c.relname = $1)) AS t"

constexpr std::string_view tables_sql =
    "SELECT t.nspname::text, t.relname::text, CASE WHEN t.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END "
    "FROM " QUARRY_TABLES " ORDER BY t.relname";

// atttypmod holds length + 4, and (precision << 16 | scale) + 4.
constexpr std::string_view columns_sql =
    "SELECT t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), "
    "CASE a.atttypid WHEN 16 THEN 1 WHEN 21 THEN 2 WHEN 23 THEN 3 WHEN 20 THEN 4 WHEN 700 THEN 5 WHEN 701 THEN 5 "
    "WHEN 1700 THEN 6 WHEN 25 THEN 7 WHEN 1043 THEN 7 WHEN 1042 THEN 7 WHEN 19 THEN 7 WHEN 17 THEN 8 WHEN 1082 THEN 9 "
    "WHEN 1083 THEN 10 WHEN 1114 THEN 11 WHEN 1184 THEN 11 WHEN 1186 THEN 12 WHEN 2950 THEN 13 WHEN 114 THEN 14 "
    "WHEN 3802 THEN 14 ELSE 0 END, "
    "CASE WHEN a.atttypmod < 4 THEN 0 WHEN a.atttypid = 1700 THEN (a.atttypmod - 4) >> 16 "
    "WHEN a.atttypid IN (1042, 1043) THEN a.atttypmod - 4 ELSE 0 END, "
    "CASE WHEN a.atttypid = 1700 AND a.atttypmod >= 4 THEN (a.atttypmod - 4) & 65535 ELSE 0 END, "
    "NOT a.attnotnull, "
    "CASE WHEN a.attidentity = '' THEN pg_get_expr(d.adbin, d.adrelid) END, "
    "CASE WHEN a.attcollation <> 0 THEN co.collname::text END, "
    "a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', FALSE) "
    "FROM " QUARRY_TABLES
    " JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "LEFT JOIN pg_collation AS co ON co.oid = a.attcollation "
    "ORDER BY t.relname, a.attnum";

constexpr std::string_view constraints_sql =
    "SELECT t.relname::text, k.conname::text, CASE k.contype WHEN 'p' THEN 0 WHEN 'u' THEN 1 WHEN 'f' THEN 2 ELSE 3 "
    "END, "
    "p.at, a.attname::text, f.relname::text, fa.attname::text, "
    "CASE k.confdeltype WHEN 'r' THEN 1 WHEN 'c' THEN 2 WHEN 'n' THEN 3 WHEN 'd' THEN 4 ELSE 0 END "
    "FROM " QUARRY_TABLES
    " JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype IN ('p', 'u', 'f', 'c') "
    "CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) AS p(at) "
    "JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.conkey[p.at] "
    "LEFT JOIN pg_class AS f ON f.oid = k.confrelid "
    "LEFT JOIN pg_attribute AS fa ON fa.attrelid = k.confrelid AND fa.attnum = k.confkey[p.at] "
    "ORDER BY t.relname, 3, k.conname, p.at";

// Those that stand behind a constraint are left out: the constraint is listed.
constexpr std::string_view indexes_sql =
    "SELECT t.relname::text, i.relname::text, x.indisunique, p.at + 1, a.attname::text "
    "FROM " QUARRY_TABLES
    " JOIN pg_index AS x ON x.indrelid = t.oid JOIN pg_class AS i ON i.oid = x.indexrelid "
    "CROSS JOIN LATERAL generate_series(0, x.indnkeyatts - 1) AS p(at) "
    "LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = x.indkey[p.at] "
    "WHERE NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', "
    "'x')) "
    "ORDER BY t.relname, i.relname, p.at";

#undef QUARRY_TABLES

}  // namespace

const inspection_texts inspections{tables_sql, columns_sql, constraints_sql, indexes_sql};

}  // namespace quarry::plugin::postgresql

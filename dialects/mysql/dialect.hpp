#ifndef QUARRY_DIALECTS_MYSQL_DIALECT_HPP
#define QUARRY_DIALECTS_MYSQL_DIALECT_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include <quarry/dialects/base/facts_builder.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect::mysql {

// MySQL and MariaDB share a protocol and most of their words; where they differ, the product decides.
enum class product : std::uint8_t { mariadb, mysql };

// What decides the words and the facts.
struct server {
  product what = product::mariadb;
  std::uint32_t version = 10'011'000;  // major*1000000 + minor*1000 + patch

  bool mariadb(std::uint32_t since = 0) const noexcept { return what == product::mariadb && version >= since; }
  bool mysql(std::uint32_t since = 0) const noexcept { return what == product::mysql && version >= since; }
  // Collations that compare by code point, blanks at the end included, and that map case by Unicode's simple mapping.
  std::string_view code_point_collation() const noexcept;
  std::string_view case_collation() const noexcept;
};

// "10.11.6-MariaDB-1" and "8.0.36" as servers write their versions, "mariadb-10.11" and "mysql-8.0" as people do; a bare number
// below 10 is MySQL's. Throws unsupported for what is no version.
server parse_server(std::string_view version);

// Immutable: any number of threads may write statements through one.
class dialect {
 public:
  explicit dialect(const server& about);
  // As parse_server; empty: the newest MariaDB that is known. Throws unsupported for what is older than MariaDB 10.6 or MySQL 8.0.
  static dialect for_version(std::string_view version);

  quarry_facts facts() const noexcept { return facts_.record(); }
  const facts_record& capabilities() const noexcept { return facts_; }
  // Throws broken_tree, unsupported, stopped.
  void emit(const quarry_tree& tree, const quarry_sink& sink) const;

 private:
  server about_;
  facts_record facts_;
};

}  // namespace quarry::dialect::mysql

#endif

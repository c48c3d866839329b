#ifndef QUARRY_DIALECTS_POSTGRESQL_DIALECT_HPP
#define QUARRY_DIALECTS_POSTGRESQL_DIALECT_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include <quarry/dialects/base/facts_builder.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect::postgresql {

// What decides the words and the facts: the server's version, and what its database was seen to have.
struct server {
  std::uint32_t version = 18'000'000;  // major*1000000 + minor*1000
  // A collation that maps case by Unicode's simple mapping, whatever the database's own does: "pg_c_utf8" from 17 on, "C.utf8" of
  // the operating system before.
  std::string case_mapping = "pg_c_utf8";
};

// Immutable: any number of threads may write statements through one.
class dialect {
 public:
  explicit dialect(const server& about);
  // "15.4", "18"; empty: the newest that is known. Throws unsupported for what is no version or older than 12.
  static dialect for_version(std::string_view version);

  quarry_facts facts() const noexcept { return facts_.record(); }
  const facts_record& capabilities() const noexcept { return facts_; }
  // Throws broken_tree, unsupported, stopped.
  void emit(const quarry_tree& tree, const quarry_sink& sink) const;

 private:
  server about_;
  facts_record facts_;
  std::string upper_;  // the pattern that maps case, see emitter
  std::string lower_;
};

}  // namespace quarry::dialect::postgresql

#endif

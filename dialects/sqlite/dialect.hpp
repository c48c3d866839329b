#ifndef QUARRY_DIALECTS_SQLITE_DIALECT_HPP
#define QUARRY_DIALECTS_SQLITE_DIALECT_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include <quarry/dialects/base/facts_builder.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect::sqlite {

// What decides the words and the facts: the library's version and compile options, and the connection's settings.
struct server {
  std::uint32_t version = 3'040'001;  // as sqlite3_libversion_number() gives it
  std::int64_t max_binds = 32'766;
  bool json = true;           // the JSON functions: built in since 3.38, an option before
  bool foreign_keys = true;   // enforced on this connection
  bool in_memory = false;     // the database is private to this connection and goes with it
};

// Immutable: any number of threads may write statements through one.
class dialect {
 public:
  explicit dialect(const server& about);
  // "3.40.1"; empty: the newest that is known. Throws unsupported for what is no version or older than 3.31.
  static dialect for_version(std::string_view version);

  quarry_facts facts() const noexcept { return facts_.record(); }
  const facts_record& capabilities() const noexcept { return facts_; }
  // Throws broken_tree, unsupported, stopped.
  void emit(const quarry_tree& tree, const quarry_sink& sink) const;

 private:
  server about_;
  facts_record facts_;
};

}  // namespace quarry::dialect::sqlite

#endif

#ifndef QUARRY_PLUGINS_POSTGRESQL_ENCODE_HPP
#define QUARRY_PLUGINS_POSTGRESQL_ENCODE_HPP

#include <span>
#include <vector>

#include <libpq-fe.h>

#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sdk/arena.hpp>

namespace quarry::plugin::postgresql {

// The number of PostgreSQL's type for a bind: 0, "decide yourself", for a bare NULL.
Oid oid_of(const quarry_type& type);

// The values of one execution, as libpq takes them. What it points at lives in its arena or where the cells point.
class parameters {
 public:
  // Throws data_error for a value that PostgreSQL has no form for.
  void set(std::span<const quarry_type> types, std::span<const quarry_cell> cells);

  int count() const noexcept { return static_cast<int>(values_.size()); }
  const char* const* values() const noexcept { return values_.data(); }
  const int* lengths() const noexcept { return lengths_.data(); }
  const int* formats() const noexcept { return formats_.data(); }

 private:
  arena bytes_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace quarry::plugin::postgresql

#endif

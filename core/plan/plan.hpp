// A compiled plan: the SQL text, how to bind the values of any query of its shape, and what its rows look like.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <quarry/core/plan/options.hpp>
#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/support/hash.hpp>

namespace quarry::detail {

/// Where a statement runs. Within a transaction, what the database checks on commit may not hold yet.
enum class running : std::uint8_t { alone, in_transaction };

/// What a plan depends on. Two queries with equal keys and equal structure share a plan; anything that could change the SQL or
/// the binds is here. The classes of the values (kind, NULL, length class of a list, …) are part of the shape.
struct plan_key {
  std::uint64_t catalog = 0;
  std::uint64_t epoch = 0;  ///< of the database's schema
  ir::fingerprint shape;
  compile_options options;
  running where = running::alone;
  std::uint64_t plugin = 0;  ///< name and version
  std::uint64_t facts = 0;
  friend bool operator==(const plan_key&, const plan_key&) = default;
  std::uint64_t hash() const noexcept;
};

/// How one placeholder gets its value.
struct bind_step {
  std::uint32_t param;  ///< of a constant: its place among the plan's constants
  std::uint32_t element;
  ir::recipe recipe;
  ir::type type;
};

struct plan {
  plan_key key;
  std::string shape;  ///< encode_shape: confirms a hit
  std::string sql;
  std::vector<bind_step> binds;  ///< in the order of the placeholders
  std::vector<ir::type> bind_types;  ///< likewise
  std::vector<bind_step>
      unbound;  ///< values that no placeholder takes, as no row depends on them: they are checked all the same
  std::vector<ir::type> columns;  ///< of the rows
  std::uint32_t visible = 0;  ///< so many first columns were asked for; the others serve the order
  std::uint32_t params = 0;  ///< values that a query of this shape carries
  std::vector<std::string> constants;  ///< texts that the query itself says, for binds of that recipe
  bool nothing = false;  ///< no row can come out: no statement is run
  bool locks = false;  ///< rows: to be run within a transaction
  bool key_by_outcome = false;  ///< an INSERT whose generated key execute() reports
};

}  // namespace quarry::detail

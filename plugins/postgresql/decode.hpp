#ifndef QUARRY_PLUGINS_POSTGRESQL_DECODE_HPP
#define QUARRY_PLUGINS_POSTGRESQL_DECODE_HPP

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sdk/arena.hpp>

namespace quarry::plugin::postgresql {

// Turns PostgreSQL's binary values into cells of the types that the host asked for, whatever exact type the server chose.
class decoder {
 public:
  // Looks at the columns of a new result. Whatever it is the result of, the types that are asked for are those of the one before.
  void begin(const PGresult* result, std::span<const quarry_type> types);
  // One row, into as many cells as there are types. Texts and the like are copied into `texts`; where that is null, the cells point
  // into the result. What is made of a value, and not found in it, goes to `made`. Throws data_error, naming the column.
  void read(const PGresult* result, int row, std::span<const quarry_type> types, quarry_cell* to, arena* texts,
            arena& made);

 private:
  // How the value of a column is read. The first are for what the server sends nearly always; `any` looks at both types each time.
  enum class way : std::uint8_t { int16, int32, int64, float64, boolean, text, date, datetime, any };
  struct column_way {
    Oid type;
    way how;
  };
  static way way_of(Oid from, std::uint32_t to) noexcept;
  void read_any(const PGresult* result, int row, int column, const quarry_type& type, quarry_cell& to, arena* texts,
                arena& made);
  [[noreturn]] static void mismatch(const PGresult* result, int column, const quarry_type& type);

  std::vector<column_way> columns_;
  std::string digits_;
};

}  // namespace quarry::plugin::postgresql

#endif

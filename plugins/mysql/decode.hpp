#ifndef QUARRY_PLUGINS_MYSQL_DECODE_HPP
#define QUARRY_PLUGINS_MYSQL_DECODE_HPP

#include <string>
#include <vector>

#include <cppconn/resultset.h>

#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sdk/arena.hpp>

namespace quarry::plugin::mysql {

// Turns the connector's values into cells of the types that the host asked for.
class decoder {
 public:
  // Looks at the columns of a new result. binary: it comes from a prepared statement, whose doubles are exact; else they are texts.
  void begin(sql::ResultSet& rows, bool binary);
  std::uint32_t width() const noexcept { return static_cast<std::uint32_t>(kinds_.size()); }
  // The value of the current row. Texts and the like are copied into `texts`. Throws data_error, naming the column.
  void read(sql::ResultSet& rows, unsigned column, const quarry_type& type, quarry_cell& to, arena& texts);

 private:
  // Whatever is there.
  void read_any(sql::ResultSet& rows, unsigned column, const quarry_type& type, quarry_cell& to, arena& texts);
  [[noreturn]] void mismatch(sql::ResultSet& rows, unsigned column, const quarry_type& type) const;

  struct column_kind {
    int type;  // sql::DataType
    bool beyond_int64;  // BIGINT UNSIGNED
  };
  std::vector<column_kind> kinds_;
  bool binary_ = true;
};

}  // namespace quarry::plugin::mysql

#endif

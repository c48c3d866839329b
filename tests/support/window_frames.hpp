// What a row of a window sees: its number among the rows of its partition, its peers, its frame.
#pragma once

#include <cstdint>
#include <optional>

#include <quarry/ir/model/kinds.hpp>

#include "support/rows.hpp"

namespace quarry::test {

/// The rows of a partition in the order of the window. Without an order all of them are peers.
struct window_partition {
  std::vector<std::uint16_t> flags;  ///< of the order, a key each
  std::vector<row> keys;             ///< by place: the values of the order
  std::vector<std::size_t> peers;    ///< by place: the number of its group of peers, from 0

  std::size_t size() const noexcept { return keys.size(); }
  /// Numbers the peers, once the keys are there and sorted.
  void number_peers();
};

struct window_frame {
  struct bound {
    ir::code edge;
    std::optional<std::int64_t> offset;
  };
  ir::code unit = ir::frame_unit::range;
  bound start{ir::frame_edge::unbounded_preceding, {}}, end{ir::frame_edge::current_row, {}};
  bool without_current = false, without_group = false, without_ties = false;
};

/// The places of the frame's rows, in order.
std::vector<std::size_t> frame_of(const window_partition& p, const window_frame& f, std::size_t place);

/// row_number, rank, dense_rank, percent_rank, cume_dist.
cell ranked(ir::op o, const window_partition& p, std::size_t place);
/// The number of the bucket, from 1, of so many that are as equal as they can be, the greater ones first.
std::int64_t bucket(std::int64_t buckets, std::size_t size, std::size_t place);

}  // namespace quarry::test

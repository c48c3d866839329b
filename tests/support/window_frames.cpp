#include "support/window_frames.hpp"

#include <algorithm>

#include "support/cells.hpp"

namespace quarry::test {

using namespace quarry::ir;

void window_partition::number_peers() {
  peers.assign(keys.size(), 0);
  for (std::size_t i = 1; i < keys.size(); ++i) {
    bool same = true;
    for (std::size_t k = 0; k < flags.size(); ++k) same = same && order_of(keys[i - 1][k], keys[i][k], flags[k]) == 0;
    peers[i] = peers[i - 1] + (same ? 0 : 1);
  }
}

namespace {

int sign(std::int64_t v) { return v < 0 ? -1 : v > 0 ? 1 : 0; }

/// Where a row stands as seen from a bound: before it (negative), on it, or behind it.
int from_bound(const window_partition& p, const window_frame& f, const window_frame::bound& b, std::size_t current,
               std::size_t other) {
  const auto number = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  switch (b.edge) {
    case frame_edge::unbounded_preceding: return 1;
    case frame_edge::unbounded_following: return -1;
    default: break;
  }
  const bool on_current = b.edge == frame_edge::current_row;
  if (!on_current && (!b.offset || *b.offset < 0)) unknown("a frame without", "a distance");
  const std::int64_t distance = on_current ? 0 : b.edge == frame_edge::preceding ? -*b.offset : *b.offset;
  if (f.unit == frame_unit::rows) return sign(number(other) - number(current) - distance);
  const std::int64_t groups = number(p.peers[other]) - number(p.peers[current]);
  if (f.unit == frame_unit::groups || on_current) return sign(groups - (on_current ? 0 : distance));
  if (p.flags.size() != 1) unknown("a distance of values over", "several keys");
  const cell& here = p.keys[current][0];
  const cell& there = p.keys[other][0];
  // What is NULL is near nothing but NULL.
  if (is_null(here) || is_null(there)) return sign(groups);
  const auto* const value = std::get_if<std::int64_t>(&here);
  if (value == nullptr) unknown("a distance from", to_text(here));
  const bool descending = (p.flags[0] & 1U) != 0;
  return order_of(there, *value + (descending ? -distance : distance), p.flags[0]);
}

}  // namespace

std::vector<std::size_t> frame_of(const window_partition& p, const window_frame& f, std::size_t place) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (from_bound(p, f, f.start, place, i) < 0 || from_bound(p, f, f.end, place, i) > 0) continue;
    const bool peer = p.peers[i] == p.peers[place];
    if (f.without_current && i == place) continue;
    if (f.without_group && peer) continue;
    if (f.without_ties && peer && i != place) continue;
    out.push_back(i);
  }
  return out;
}

cell ranked(op o, const window_partition& p, std::size_t place) {
  std::size_t before = 0, up_to = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.peers[i] < p.peers[place]) ++before;
    if (p.peers[i] <= p.peers[place]) ++up_to;
  }
  switch (o) {
    case op::row_number: return static_cast<std::int64_t>(place + 1);
    case op::rank: return static_cast<std::int64_t>(before + 1);
    case op::dense_rank: return static_cast<std::int64_t>(p.peers[place] + 1);
    case op::percent_rank: return p.size() == 1 ? 0.0 : static_cast<double>(before) / static_cast<double>(p.size() - 1);
    case op::cume_dist: return static_cast<double>(up_to) / static_cast<double>(p.size());
    default: unknown("the function of windows", info(o).name);
  }
}

std::int64_t bucket(std::int64_t buckets, std::size_t size, std::size_t place) {
  if (buckets < 1) throw query_failed("no bucket to put rows into");
  std::size_t first = 0;
  for (std::int64_t b = 0; b < buckets; ++b) {
    const auto count = static_cast<std::size_t>(buckets);
    const std::size_t filled = size / count + (static_cast<std::size_t>(b) < size % count ? 1 : 0);
    if (place < first + filled) return b + 1;
    first += filled;
  }
  return buckets;
}

}  // namespace quarry::test

#include <quarry/core/query/windows.hpp>

namespace quarry {
namespace {

window_frame checked(std::string_view function, window_frame f) {
  if (f.start && f.end && *f.start > *f.end)
    raise(ir::diag::wrong_number, {function, "a start that is not behind the end", "one"});
  return f;
}

}  // namespace

window_frame RowRange(std::optional<std::int64_t> start, std::optional<std::int64_t> end,
                      WindowFrameExclusion exclusion) {
  return checked("RowRange()", {true, start, end, exclusion});
}

window_frame ValueRange(std::optional<std::int64_t> start, std::optional<std::int64_t> end,
                        WindowFrameExclusion exclusion) {
  return checked("ValueRange()", {false, start, end, exclusion});
}

namespace detail {

tree positive(std::string_view function, std::int64_t number) {
  if (number < 1)
    raise(ir::diag::wrong_number, {std::string(function) + "()", "a positive number", std::to_string(number)});
  return make_constant(operand::of_integer(number));
}

tree window_parts::made() const {
  std::vector<tree> parts = {function};
  parts.insert(parts.end(), partitions.begin(), partitions.end());
  parts.insert(parts.end(), orders.begin(), orders.end());
  window_shape shape;
  shape.partitions = static_cast<std::uint16_t>(partitions.size());
  shape.orders = static_cast<std::uint16_t>(orders.size());
  if (frame) {
    shape.frame = frame->rows ? window_shape::frame_unit::rows : window_shape::frame_unit::range;
    shape.bound(frame->start, frame->end);
    shape.exclusion = frame->exclusion;
  }
  return unwrap(make_window(parts, shape));
}

}  // namespace detail
}  // namespace quarry

#include <quarry/core/query/operands.hpp>

#include <algorithm>
#include <limits>
#include <memory>

#include <quarry/core/errors.hpp>

namespace quarry::detail {
namespace {

/// Buffers that this thread used before: lists cost no allocation once a thread has seen one of their length.
struct buffer_store {
  static constexpr std::size_t most_kept = 1U << 16U;
  std::unique_ptr<operand[]> items;
  std::size_t capacity = 0;
};
thread_local buffer_store store;

}  // namespace

void operand_buffer::grow() {
  if (!items_ && store.items) {
    capacity_ = std::exchange(store.capacity, 0);
    items_ = store.items.release();
    return;
  }
  const std::size_t capacity = capacity_ == 0 ? 64 : capacity_ * 2;
  auto bigger = std::make_unique<operand[]>(capacity);
  std::copy(items_, items_ + size_, bigger.get());
  delete[] items_;
  items_ = bigger.release();
  capacity_ = capacity;
}

void operand_buffer::give_back() noexcept {
  std::unique_ptr<operand[]> mine(items_);
  if (capacity_ <= store.capacity || capacity_ > buffer_store::most_kept) return;
  store.items = std::move(mine);
  store.capacity = capacity_;
}

bool is_calendar_date(date v) noexcept {
  return v.ok() && v.year() >= std::chrono::year{1} && v.year() <= std::chrono::year{9999};
}

void raise_invalid_date(std::string_view field) {
  raise(ir::diag::wrong_value, {field, "a date of the years 1 to 9999", "this one"});
}

operand to_operand(date v) {
  if (!is_calendar_date(v)) raise_invalid_date("");
  return operand::of_integer(std::chrono::local_days{v}.time_since_epoch().count(), ir::scalar::date);
}

operand unsigned_operand(std::uint64_t v) {
  if (v > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    raise(ir::diag::value_out_of_range, {"", "a 64-bit integer"});
  return operand::of_integer(static_cast<std::int64_t>(v));
}

}  // namespace quarry::detail

// Window(): a value of each row, computed over rows beside it.
// Needs: all filters of the query.   Gives: one column for each window, in relations above the rows.
// Never: lets a condition on a window, or an order, change which rows the windows see. As in Django, every filter that reads no window
// narrows the rows before, wherever it stands in the chain.
//   annotate r=Window(Rank(), …) ; filter(r__lte=2, stock__gt=0)
//   ==>   f = filter p where gt(p.stock, %1) ; w = window f [rank() over …] ; g = filter w where le(w.r, %0)
#include <algorithm>
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

result<any_id> lowering::window_list(any_id surface) {
  if (!surface.present()) return any_id{};
  child_list items(*cx_);
  for (std::uint32_t i = 0; i < cx_->at(surface).child_count; ++i) {
    const any_id item = cx_->child(surface, i);
    if (cx_->at(item).kind != kind::order_item) {
      QUARRY_TRY(e, expression(expr_id(item), types::null));
      items.add(e);
      continue;
    }
    QUARRY_TRY(e, expression(expr_id(cx_->child(item, 0)), types::null));
    const std::array<std::uint32_t, 1> key = {e.value};
    items.add(cx_->make(kind::order_item, cx_->at(item).flags, {}, key));
  }
  return any_id(cx_->list(items.ids()));
}

result<any_id> lowering::window_frame(any_id surface) {
  if (!surface.present()) return any_id{};
  std::array<std::uint32_t, 2> bounds;
  for (std::uint32_t i = 0; i < 2; ++i) {
    const any_id bound = cx_->child(surface, i);
    const any_id offset = cx_->child(bound, 0);
    const bool counted = offset.present() && cx_->at(offset).kind == kind::param;
    const std::array<std::uint32_t, 1> by = {counted ? typed_param(expr_id(offset), types::int64).value : offset.value};
    bounds[i] = cx_->make(kind::frame_bound, 0, {}, by, 0, cx_->at(bound).b).value;
  }
  return cx_->make(kind::frame, cx_->at(surface).flags, {}, bounds, 0, cx_->at(surface).b);
}

/// A function of windows, or an aggregate, over what the user wrote.
result<expr_id> lowering::window_function(expr_id surface) {
  const node f = cx_->at(surface);
  const op o = static_cast<op>(f.b);
  if (f.kind == kind::aggregate) return window_aggregate(surface);
  if (f.kind != kind::op || info(o).group != op_class::window)
    return failure(diag::wrong_argument, {"Window()", "an aggregate or a function of windows", "another expression"});
  child_list arguments(*cx_);
  type first = types::null;
  for (std::uint32_t i = 0; i < f.child_count; ++i) {
    const bool count = i == 1 || o == op::ntile;  // how far, which, how many
    QUARRY_TRY(e, expression(expr_id(cx_->child(surface, i)), count ? types::int64 : first));
    if (i == 0) first = cx_->at(e).type;
    arguments.add(e);
  }
  return operation(o, arguments.ids(), types::null);
}

result<expr_id> lowering::window_value(expr_id surface) {
  QUARRY_TRY(function, window_function(expr_id(cx_->child(surface, 0))));
  const auto spec = as<view::window_spec>(*cx_, cx_->child(surface, 1));
  const any_id partition = spec.partition(), order = spec.order(), frame = spec.frame();
  QUARRY_TRY(by, window_list(partition));
  QUARRY_TRY(sorted, window_list(order));
  QUARRY_TRY(framed, window_frame(frame));
  const std::array<std::uint32_t, 3> parts = {by.value, sorted.value, framed.value};
  const std::array<std::uint32_t, 2> children = {function.value,
                                                 cx_->make(kind::window_spec, 0, {}, parts, symbol().value).value};
  const any_id call = cx_->make(kind::window_call, 0, cx_->at(function).type, children);
  for (const window_column& w : windows_)
    if (w.call == call) return cx_->column(w.instance, 0);
  const output value{cx_->names().intern("window"), cx_->at(call).type};
  const std::uint32_t made = cx_->new_computed_instance({&value, 1});
  tell(event::window, made);
  windows_.push_back({call, made});
  return cx_->column(made, 0);
}

bool lowering::reads_window(any_id e) const {
  if (windows_.empty() || !e.present()) return false;
  const instance_set read = references(*cx_, e);
  return std::ranges::any_of(windows_, [&](const window_column& w) { return !read.known() || read.has(w.instance); });
}

/// Narrows the rows; what is said of windows waits until these are computed.
void lowering::keep(expr_id predicate) {
  if (!reads_window(predicate)) {
    current_ = filtered(current_, predicate);
    return;
  }
  child_list rows(*cx_);
  each_conjunct(*cx_, predicate, [&](expr_id part) {
    if (reads_window(part)) window_conditions_.push_back(part);
    else rows.add(part);
  });
  if (!rows.empty()) current_ = filtered(current_, conjunction(*cx_, rows.ids()));
}

void lowering::compute_windows() {
  for (const window_column& w : windows_) {
    const std::array<std::uint32_t, 1> value = {w.call.value};
    const any_id item = cx_->make(kind::named, 0, {}, value, cx_->outputs(w.instance)[0].name.value);
    const std::array<std::uint32_t, 2> children = {current_.value, item.value};
    current_ = rel_id(cx_->make(kind::window_rel, 0, {}, children, 0, w.instance));
  }
  for (const expr_id condition : window_conditions_) current_ = filtered(current_, condition);
}

}  // namespace quarry::ir

#include <quarry/ir/model/context.hpp>

#include <algorithm>
#include <array>
#include <cstring>

#include <quarry/ir/model/op_types.hpp>

namespace quarry::ir {

void context::reset(const catalog& c) {
  catalog_ = &c;
  keys_settled_ = false;
  names_.reset(&c.names());
  nodes_.clear();
  children_.clear();
  std::fill(slots_.begin(), slots_.end(), 0U);
  instances_.clear();
  outputs_.clear();
  params_.clear();
  unfinished_.clear();
}

// Most of a compilation is made here: the children are copied to their place while they are hashed, and stay there if the node
// is a new one.
any_id context::make(kind k, std::uint16_t flags, type t, std::span<const std::uint32_t> children, std::uint64_t a,
                     std::uint32_t b) {
  const auto count = static_cast<std::uint32_t>(children.size());
  const std::uint32_t id = nodes_.size();
  if (id * 2 >= mask_) grow();
  std::uint64_t h =
      mix64(static_cast<std::uint64_t>(k) | std::uint64_t{flags} << 16U | std::uint64_t{t.bits()} << 32U, a);
  h = mix64(h, std::uint64_t{b} << 32U | count);
  std::uint32_t* const copy = children_.room(count);
  for (std::uint32_t i = 0; i < count; ++i) h = mix64(h, copy[i] = children[i]);
  const auto hash = static_cast<std::uint32_t>(h);  // mix64 has folded both halves into this one
  std::uint32_t slot = hash & mask_;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask_) {
    const node& n = nodes_[slots_[slot] - 1];
    if (n.hash == hash && n.kind == k && n.flags == flags && n.type == t && n.a == a && n.b == b &&
        n.child_count == count && std::equal(copy, copy + count, children_.data() + n.first_child))
      return {slots_[slot] - 1};
  }
  node& made = *nodes_.room(1);
  made.kind = k;
  made.flags = flags;
  made.type = t;
  made.hash = hash;
  made.first_child = children_.size();
  made.child_count = count;
  made.b = b;
  made.a = a;
  nodes_.extend(1);
  children_.extend(count);
  slots_[slot] = id + 1;
  return {id};
}

void context::grow() {
  slots_.assign(std::max<std::size_t>(256, slots_.size() * 2), 0);
  mask_ = static_cast<std::uint32_t>(slots_.size() - 1);
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    std::uint32_t slot = nodes_[i].hash & mask_;
    while (slots_[slot] != 0) slot = (slot + 1) & mask_;
    slots_[slot] = i + 1;
  }
}

std::uint32_t context::new_instance(std::uint32_t model, bool null_extended) {
  instances_.push_back({model, 0, 0, null_extended});
  return instances_.size() - 1;
}

std::uint32_t context::new_computed_instance(std::span<const output> outputs, bool null_extended) {
  instances_.push_back({none, outputs_.size(), static_cast<std::uint32_t>(outputs.size()), null_extended});
  outputs_.append(outputs);
  return instances_.size() - 1;
}

std::uint32_t context::copy_instance(std::uint32_t original) {
  const instance copied = instances_[original];
  instances_.push_back(copied);
  return instances_.size() - 1;
}

type context::column_type(std::uint32_t i, std::uint32_t field) const noexcept {
  const instance& in = instances_[i];
  const type t = in.model != none ? catalog_->at(in.model).columns[field].type : outputs_[in.first + field].type;
  return in.null_extended ? t.with_nullable(true) : t;
}

std::string_view context::column_name(std::uint32_t i, std::uint32_t field) const noexcept {
  const instance& in = instances_[i];
  return in.model != none ? catalog_->text(catalog_->at(in.model).columns[field].name)
                          : text(outputs_[in.first + field].name);
}

expr_id context::column(std::uint32_t instance, std::uint32_t field) {
  return expr_id(make(kind::column, 0, column_type(instance, field), {}, field, instance));
}

expr_id context::param_ref(std::uint32_t index, type t, std::uint32_t element) {
  return expr_id(make(kind::param, 0, t, {}, index, element));
}

expr_id context::boolean(bool value) { return expr_id(make(kind::literal, 0, types::boolean, {}, value ? 1 : 0)); }

expr_id context::integer(std::int64_t value, type t) {
  return expr_id(make(kind::literal, 0, t, {}, static_cast<std::uint64_t>(value)));
}

expr_id context::null(type t) { return expr_id(make(kind::literal, 1, t.with_nullable(true), {})); }

part_id context::list(std::span<const std::uint32_t> items) { return part_id(make(kind::list, 0, {}, items)); }

expr_id context::make_op(op o, std::span<const std::uint32_t> args, type given) {
  argument_types_.clear();
  for (const std::uint32_t arg : args) argument_types_.push_back(nodes_[arg].type);
  return expr_id(make(kind::op, 0, type_of(o, argument_types_.from(0), given), args, 0, static_cast<std::uint32_t>(o)));
}

expr_id context::make_op(op o, std::initializer_list<expr_id> args, type given) {
  std::array<std::uint32_t, 8> ids{};
  std::size_t n = 0;
  for (const expr_id a : args) ids[n++] = a.value;
  return make_op(o, std::span<const std::uint32_t>(ids.data(), n), given);
}

type type_of(op o, std::span<const type> args, type given) {
  const op_info& i = info(o);
  return type_of(o, {i.group, i.nulls, i.result}, args, given);
}

}  // namespace quarry::ir

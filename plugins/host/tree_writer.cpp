#include <quarry/plugins/host/tree_writer.hpp>

#include <array>
#include <string_view>

namespace quarry::host {
namespace {

constexpr std::uint32_t largest_slot = 1U << 20U;

// What the copy has to know of a kind: bits, from kinds.def.
constexpr unsigned is_known = 1, is_value = 2, a_is_symbol = 4, b_is_symbol = 8, a_is_slot = 16, b_is_op = 32;

constexpr std::size_t public_kinds = QUARRY_HIGHEST_KIND + 1;
static_assert(QUARRY_HIGHEST_KIND < number_set::limit && QUARRY_HIGHEST_OP < number_set::limit);

constexpr unsigned trait_of_a(ir::word w) {
  return w == ir::word::symbol ? a_is_symbol : w == ir::word::slot ? a_is_slot : 0U;
}
constexpr unsigned trait_of_b(ir::word w) {
  return w == ir::word::symbol ? b_is_symbol : w == ir::word::op ? b_is_op : 0U;
}

constexpr std::array<std::uint8_t, public_kinds> make_traits() {
  std::array<std::uint8_t, public_kinds> traits{};
  const auto set = [&](std::size_t number, unsigned bits) {
    if (number < public_kinds) traits[number] = static_cast<std::uint8_t>(bits);
  };
#define QA(name, meaning) | trait_of_a(ir::word::meaning)
#define QB(name, meaning) | trait_of_b(ir::word::meaning)
#define QF(...)
#define QS(...)
#define QO(...)
#define QT(...)
#define QUARRY_KIND(number, name, stages, sort_, text, ...) \
  set(number, is_known | (ir::sort::sort_ == ir::sort::expr ? is_value : 0U) __VA_ARGS__);
#include <quarry/ir/model/kinds.def>
#undef QUARRY_KIND
#undef QA
#undef QB
#undef QF
#undef QS
#undef QO
#undef QT
  return traits;
}

constexpr std::array traits = make_traits();

ir::failure internal(std::string_view what) { return {ir::diag::internal_error, {what}}; }

}  // namespace

quarry_type to_c(ir::type t) noexcept {
  quarry_type out{};
  out.type = static_cast<std::uint16_t>(t.kind());
  out.nullable = t.nullable() ? 1 : 0;
  out.collation = static_cast<std::uint8_t>(t.collation());
  switch (t.kind()) {
    case ir::scalar::decimal:
      out.precision = static_cast<std::uint16_t>(t.precision());
      out.scale = static_cast<std::uint16_t>(t.scale());
      break;
    case ir::scalar::array: out.element = static_cast<std::uint16_t>(t.element()); break;
    case ir::scalar::text: out.length = t.length(); break;
    default: break;
  }
  return out;
}

/// One copy. It runs for every statement that is compiled: cursors are kept here, where they may live in registers.
class tree_buffer::copier {
 public:
  copier(tree_buffer& to, const ir::context& cx)
      : to_(to),
        cx_(cx),
        mark_(to.mark_),
        node_marks_(to.node_marks_.data()),
        sources_(to.sources_.room(cx.node_count())),
        nodes_(to.nodes_.room(cx.node_count())),
        types_(to.types_.room(cx.node_count())),
        names_(to.names_.room(2 * cx.node_count())) {}

  ir::result<void> copy(std::uint32_t root) {
    node_marks_[root] = {mark_, 0};
    sources_[0] = root;
    // The list of copied nodes is the list of work, too: each places its children behind the last. Its length is kept in a
    // local: what is reached through this object can't be kept in a register.
    std::uint32_t placed = 1;
    for (std::uint32_t i = 0; i < placed; ++i) {
      const ir::any_id id{sources_[i]};
      const ir::node& n = cx_.at(id);
      if (!copy_node(n, nodes_[i])) return refuse(id.value);
      std::uint32_t* child = to_.children_.room(child_count_ + n.child_count, child_count_) + child_count_;
      child_count_ += n.child_count;
      for (const std::uint32_t c : cx_.children(id)) {
        if (c == ir::none) {
          *child++ = QUARRY_NONE;
          continue;
        }
        marked& m = node_marks_[c];
        if (m.mark != mark_) {
          m = {mark_, placed};
          sources_[placed++] = c;
        }
        *child++ = m.index;
      }
    }
    node_count_ = placed;
    finish();
    return {};
  }

 private:
  /// False where the node can't be part of a statement: `refuse` says why.
  bool copy_node(const ir::node& n, quarry_node& out) {
    const auto number = static_cast<std::uint32_t>(n.kind);
    const unsigned is = number < public_kinds ? traits[number] : 0U;
    if (is == 0) return false;
    out.kind = static_cast<std::uint16_t>(number);
    out.flags = n.flags;
    out.type = (is & is_value) != 0 || n.type.bits() != 0 ? type_index(n.type) : QUARRY_NONE;
    out.first_child = child_count_;
    out.child_count = n.child_count;
    out.b = (is & b_is_symbol) != 0 ? name_index(n.b) : n.b;
    out.reserved = 0;
    out.a = (is & a_is_symbol) != 0 ? name_index(n.a) : n.a;
    kinds_.insert(number);
    if ((is & b_is_op) != 0) {
      if (n.b >= number_set::limit) return false;
      ops_.insert(n.b);
    }
    return (is & a_is_slot) == 0 || add_slot(n, out.type);
  }

  std::uint32_t type_index(ir::type t) noexcept {
    known_type& k = to_.type_marks_[(t.bits() ^ t.bits() >> 5U ^ t.bits() >> 8U) % type_places];
    if (k.mark != mark_ || k.bits != t.bits()) {
      scalars_.insert(static_cast<std::uint32_t>(t.kind()));
      k = {mark_, t.bits(), type_count_};
      types_[type_count_++] = to_c(t);
    }
    return k.index;
  }

  std::uint32_t name_index(std::uint64_t symbol) noexcept {
    if (symbol >= to_.name_marks_.size()) return QUARRY_NONE;  // absent
    marked& m = to_.name_marks_[static_cast<std::size_t>(symbol)];
    if (m.mark != mark_) {
      const std::string_view text = cx_.text(ir::symbol{static_cast<std::uint32_t>(symbol)});
      m = {mark_, name_count_};
      names_[name_count_++] = {text.data(), text.size()};
    }
    return m.index;
  }

  bool add_slot(const ir::node& n, std::uint32_t type) {
    if (n.a >= largest_slot) return false;
    const auto slot = static_cast<std::uint32_t>(n.a);
    quarry_slot* slots = to_.slots_.room(slot + 1, slot_count_);
    ir::type* types = to_.slot_types_.room(slot + 1, slot_count_);
    for (; slot_count_ <= slot; ++slot_count_) {
      slots[slot_count_] = {QUARRY_NONE, 0};
      types[slot_count_] = ir::types::null;
    }
    slots[slot].type = type;
    types[slot] = n.type;
    return true;
  }

  ir::failure refuse(std::uint32_t id) const {
    const ir::node& n = cx_.at({id});
    if (n.kind == ir::kind::bind) return internal("a bind slot has the number " + std::to_string(n.a));
    return internal("a node of kind '" + std::string(ir::info(n.kind).name) + "' is left in a finished statement");
  }

  void finish() const noexcept {
    to_.kinds_ = kinds_;
    to_.ops_ = ops_;
    to_.scalars_ = scalars_;
    quarry_tree& t = to_.tree_;
    t.size = sizeof t;
    t.root = 0;
    t.nodes = nodes_;
    t.node_count = node_count_;
    t.node_stride = sizeof(quarry_node);
    t.children = to_.children_.data();
    t.child_count = child_count_;
    t.types = types_;
    t.type_count = type_count_;
    t.type_stride = sizeof(quarry_type);
    t.names = names_;
    t.name_count = name_count_;
    t.name_stride = sizeof(quarry_str);
    t.slots = to_.slots_.data();
    t.slot_count = slot_count_;
    t.slot_stride = sizeof(quarry_slot);
  }

  tree_buffer& to_;
  const ir::context& cx_;
  const std::uint32_t mark_;
  marked* const node_marks_;
  std::uint32_t* const sources_;
  quarry_node* const nodes_;
  quarry_type* const types_;
  quarry_str* const names_;
  std::uint32_t node_count_ = 0;
  std::uint32_t child_count_ = 0;
  std::uint32_t type_count_ = 0;
  std::uint32_t name_count_ = 0;
  std::uint32_t slot_count_ = 0;
  number_set kinds_, ops_, scalars_;
};

ir::result<void> tree_buffer::write(const ir::context& cx, ir::any_id root) {
  if (!root.present() || root.value >= cx.node_count()) return internal("there is no statement to write");
  start(cx);
  return copier(*this, cx).copy(root.value);
}

void tree_buffer::start(const ir::context& cx) {
  if (++mark_ == 0) {  // once in 4 billion statements
    std::fill(node_marks_.begin(), node_marks_.end(), marked{});
    std::fill(name_marks_.begin(), name_marks_.end(), marked{});
    type_marks_.fill({});
    mark_ = 1;
  }
  if (node_marks_.size() < cx.node_count()) node_marks_.resize(cx.node_count());
  if (name_marks_.size() < cx.names().size()) name_marks_.resize(cx.names().size());
}

std::string tree_buffer::describe(std::uint32_t i) const {
  const quarry_node& n = nodes_[i];
  if ((traits[n.kind] & b_is_op) != 0 && n.b <= QUARRY_HIGHEST_OP)
    return "the operation '" + std::string(ir::info(static_cast<ir::op>(n.b)).name) + "'";
  return "the form '" + std::string(ir::info(static_cast<ir::kind>(n.kind)).text) + "'";
}

}  // namespace quarry::host

#include <quarry/ir/verify/typing.hpp>

#include <algorithm>
#include <vector>

namespace quarry::ir {
namespace {

any_id slot(const draft& d, std::size_t i) { return i < d.children.size() ? any_id{d.children[i]} : any_id{}; }

type type_at(const context& cx, any_id id) { return id.present() ? cx.at(id).type : types::null; }

std::optional<type> operation(const context& cx, const draft& d, std::span<const std::uint32_t> args, type given) {
  const op_info* o = find_op(d.b);
  if (o == nullptr) return std::nullopt;
  std::vector<type> of;
  of.reserve(args.size());
  for (const std::uint32_t a : args) of.push_back(type_at(cx, {a}));
  return type_of(o->code, of, given);
}

/// The wider of the branches; NULL when one may be, or when no branch is taken and there is no else.
std::optional<type> conditional(const context& cx, const draft& d) {
  std::vector<type> of;
  bool nullable = !slot(d, 0).present();
  const auto add = [&](any_id value) {
    of.push_back(type_at(cx, value));
    nullable = nullable || of.back().nullable();
  };
  for (std::size_t i = 1; i < d.children.size(); ++i) {
    const any_id branch{d.children[i]};
    if (!branch.present() || cx.at(branch).kind != kind::when || cx.at(branch).child_count != 2) return std::nullopt;
    add(cx.child(branch, 1));
  }
  if (slot(d, 0).present()) add(slot(d, 0));
  return type_of(op::coalesce, of, {}).with_nullable(nullable);
}

}  // namespace

const op_info* find_op(std::uint64_t number) noexcept {
  for (const op_info& o : all_ops())
    if (static_cast<std::uint64_t>(o.code) == number) return &o;
  return nullptr;
}

bool has_column(const context& cx, std::uint64_t i, std::uint64_t field) noexcept {
  if (i >= cx.instance_count()) return false;
  const instance& in = cx.instance_at(static_cast<std::uint32_t>(i));
  if (in.model == none) return field < in.count;
  return in.model < cx.schema().models().size() && field < cx.schema().at(in.model).columns.size();
}

std::optional<type> first_column(const context& cx, any_id rel) {
  while (rel.present()) {
    const node& n = cx.at(rel);
    switch (n.kind) {
      case kind::project:
      case kind::group:
      case kind::rows:
      case kind::set_op:
      case kind::cte_self:
        if (!has_column(cx, n.b, 0)) return std::nullopt;
        return cx.column_type(n.b, 0);
      case kind::filter:
      case kind::sort:
      case kind::limit:
      case kind::distinct:
      case kind::lock_rel:
      case kind::empty:
        if (n.child_count == 0) return std::nullopt;
        rel = cx.child(rel, 0);
        continue;
      case kind::set_operation:
        if (n.child_count < 2) return std::nullopt;
        rel = cx.child(rel, 1);
        continue;
      case kind::select: {
        const any_id items = n.child_count > 2 ? cx.child(rel, 2) : any_id{};
        if (!items.present() || cx.at(items).child_count == 0 || !cx.child(items, 0).present()) return std::nullopt;
        return cx.at(cx.child(items, 0)).type;
      }
      default: return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<type> derived_type(const context& cx, const draft& d, type given) {
  switch (d.kind) {
    case kind::literal:
    case kind::call:
    case kind::raw:
    case kind::cast:
    case kind::read_as:
    case kind::json_path:
    case kind::param:
    case kind::calendar_edge:
    case kind::bind:
    case kind::name_ref:
    case kind::default_value:
    case kind::column_def: return std::nullopt;
    case kind::column:
      if (!has_column(cx, d.b, d.a)) return std::nullopt;
      return cx.column_type(d.b, static_cast<std::uint32_t>(d.a));
    case kind::op: return operation(cx, d, d.children, given);
    case kind::aggregate:
      return operation(cx, d, d.children.size() < 2 ? std::span<const std::uint32_t>() : d.children.subspan(2), given);
    case kind::case_when: return conditional(cx, d);
    case kind::collate:
    case kind::window_call:
    case kind::select_item: return type_at(cx, slot(d, 0));
    case kind::exists: return types::boolean;
    case kind::scalar_of: {
      const std::optional<type> value = first_column(cx, slot(d, 0));
      return value ? std::optional<type>(value->with_nullable(true)) : std::nullopt;
    }
    case kind::in_query: {
      const std::optional<type> value = first_column(cx, slot(d, 1));
      return types::boolean.with_nullable(type_at(cx, slot(d, 0)).nullable() || (value && value->nullable()));
    }
    default: return type{};  // pieces of statements, relations, and what the surface has not typed yet
  }
}

}  // namespace quarry::ir

// union(), intersection() and difference(): the rows of several queries as one relation.
// What a later values() chooses, the arms choose: rows are compared by these values alone, as in Django. An order by anything else adds
// it to the arms.
//   u = set_call union [a, b] ; o = order u ["headline"]   ==>   s = set union (project a […]) with (project b […]) ; sort s
#include <algorithm>
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/model/operands.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {
namespace {

std::string_view name_of_call(kind k) {
  switch (k) {
    case kind::filter_call: return "filter";
    case kind::annotate_call: return "annotate";
    case kind::distinct_call: return "distinct";
    case kind::load_call: return "only";
    case kind::lock_call: return "select_for_update";
    case kind::tables_call: return "extra";
    case kind::related_call: return "select_related";
    case kind::aggregate_call: return "aggregate";
    case kind::combine_call: return "'|' or '&'";
    default: return {};
  }
}

std::string_view name_of_set(const view::set_call& s) {
  switch (s.operation()) {
    case set_kind::union_: return "union";
    case set_kind::intersect: return "intersection";
    default: return "difference";
  }
}

bool chooses_values(const context& cx, rel_id surface) {
  for (rel_id at = surface;; at = rel_id(cx.child(at, 0))) {
    const kind k = cx.at(at).kind;
    if (k == kind::values_call) return true;
    if (k == kind::scan_call || k == kind::set_call) return false;
  }
}

}  // namespace

/// The arm with the values that later calls ask for; an arm that chose its own keeps them.
rel_id lowering::arm_with_values(rel_id arm) {
  rel_id chooser;
  for (const rel_id call : calls_)
    if (cx_->at(call).kind == kind::values_call) chooser = call;
  if (!chooser.present() || chooses_values(*cx_, arm)) return arm;
  child_list items(*cx_);
  items.add(arm);
  const std::uint32_t count = cx_->at(chooser).child_count;
  for (std::uint32_t i = 1; i < count; ++i) items.add(cx_->child(chooser, i));
  const bool ordered = order_wanted();
  for (std::uint32_t i = 1; ordered && i < cx_->at(order_).child_count; ++i) {
    const any_id key = cx_->child(cx_->child(order_, i), 0);
    const bool plain = cx_->at(key).kind == kind::path || cx_->at(key).kind == kind::field_value;
    const auto same = [&](std::uint32_t item) {
      return cx_->at({item}).kind == kind::path && cx_->at({item}).a == cx_->at(key).a;
    };
    const std::span<const std::uint32_t> chosen = cx_->children(chooser).subspan(1);
    if (plain && count > 1 && std::none_of(chosen.begin(), chosen.end(), same))
      items.add(cx_->make(kind::path, 0, {}, {}, cx_->at(key).a, cx_->at(key).b));
  }
  return rel_id(cx_->make(kind::values_call, 0, {}, items.ids()));
}

bool lowering::order_wanted() const noexcept {
  return ordered_ && ((!terminal_.present() && !is_value_) || slice_.present());
}

result<void> lowering::start_with_set(rel_id surface) {
  const auto s = as<view::set_call>(*cx_, surface);
  // What the calls behind the operation ask for decides what the arms have to give.
  for (const rel_id call : calls_) {
    const kind k = cx_->at(call).kind;
    if (const std::string_view name = name_of_call(k); !name.empty())
      return failure(diag::call_after_set, {name, name_of_set(s)});
    if (k == kind::order_call && !as<view::order_call>(*cx_, call).reverse()) {
      order_ = call;
      ordered_ = cx_->at(call).child_count > 1;
    }
    if (k == kind::slice_call) slice_ = call;
    if (k == kind::count_call || k == kind::exists_call) terminal_ = call;
  }
  combines_ = true;
  rel_id rows;
  std::uint32_t made = none;
  const std::uint32_t arms = cx_->at(surface).child_count;
  for (std::uint32_t i = 0; i < arms; ++i) {
    const asking who(*cx_, clause::set_arm, i + 1,
                     cx_->why() != nullptr ? cx_->names().intern(name_of_set(s)) : symbol());
    QUARRY_TRY(arm, rows_of(arm_with_values(rel_id(cx_->child(surface, i))), value_column_));
    const std::uint32_t given = output_instance(*cx_, arm);
    if (rows.present()) {
      const std::span<const output> left = cx_->outputs(made), right = cx_->outputs(given);
      if (left.size() != right.size())
        return failure(diag::set_of_unlike_columns,
                       {name_of_set(s), std::to_string(left.size()), std::to_string(right.size())});
      std::vector<output> both;
      for (std::size_t c = 0; c < left.size(); ++c) {
        const std::array<type, 2> of = {left[c].type, right[c].type};
        if (!same_family(of[0].kind(), of[1].kind()))
          return failure(diag::mixed_types,
                         {std::string(name_of_set(s)) + "()", ir::name_of(of[0].kind()), ir::name_of(of[1].kind())});
        both.push_back(
            {left[c].name, type_of(op::coalesce, of, {}).with_nullable(of[0].nullable() || of[1].nullable())});
      }
      made = cx_->new_computed_instance(both);
      tell(event::set_made, made);
      const std::array<std::uint32_t, 2> children = {rows.value, arm.value};
      rows = rel_id(cx_->make(kind::set_op, s.all() ? 1 : 0, {}, children, s.operation(), made));
    } else {
      rows = arm;
      made = given;
    }
  }
  current_ = rows;
  set_instance_ = made;
  root_ = cx_->new_instance(model_of(surface));
  name_set_columns();
  return {};
}

/// The columns go by their own names, those of the model by the names of its fields too.
void lowering::name_set_columns() {
  const model& m = cx_->schema().at(root_model());
  const auto count = static_cast<std::uint32_t>(cx_->outputs(set_instance_).size());
  const auto add = [&](symbol name, std::uint32_t field) {
    annotations_.push_back({name, cx_->column(set_instance_, field), false, false});
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    const symbol name = cx_->outputs(set_instance_)[i].name;
    add(name, i);
    for (std::uint32_t c = 0; c < m.columns.size(); ++c) {
      if (cx_->text(m.columns[c].name) != cx_->text(name)) continue;
      add(cx_->names().intern(cx_->schema().text(m.columns[c].field)), i);
      if (c == m.primary_key) add(cx_->names().intern("pk"), i);
    }
  }
}

std::uint32_t lowering::model_of(rel_id surface) const {
  rel_id at = surface;
  while (cx_->at(at).kind != kind::scan_call) at = rel_id(cx_->child(at, 0));
  return static_cast<std::uint32_t>(cx_->at(at).a);
}

/// Whether what is chosen is what the operation gives, and nothing is left to do.
bool lowering::gives_whole_set() const {
  if (set_instance_ == none || chosen_.size() != cx_->outputs(set_instance_).size()) return false;
  for (std::uint32_t i = 0; i < chosen_.size(); ++i) {
    const node& n = cx_->at({chosen_[i]});
    if (n.kind != kind::column || n.b != set_instance_ || n.a != i) return false;
  }
  return true;
}

/// Every column of the combined rows.
void lowering::choose_set_columns() {
  const auto count = static_cast<std::uint32_t>(cx_->outputs(set_instance_).size());
  for (std::uint32_t i = 0; i < count; ++i) {
    outputs_.push_back(cx_->outputs(set_instance_)[i]);
    chosen_.push_back(cx_->column(set_instance_, i).value);
  }
}

}  // namespace quarry::ir

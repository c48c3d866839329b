// Chained calls, one after the other, and what the query gives in the end. Orders are resolved last, wherever they stand.
#include <algorithm>
#include <array>
#include <string>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

result<rel_id> lowering::to_related(context& cx, rel_id surface, const lower_options& options) {
  cx_ = &cx;
  options_ = options;
  groups_.clear();
  root_ = none;
  current_ = order_ = slice_ = terminal_ = load_ = lock_ = rel_id();
  related_.clear();
  ordered_ = reversed_ = empty_ = distinct_ = combines_ = false;
  call_ = relation_groups::any_call;
  ready_ = expr_id();
  problem_ = {};
  keys_.clear();
  distinct_on_.clear();
  outputs_.clear();
  chosen_.clear();
  items_.clear();
  calls_.clear();
  annotations_.clear();
  windows_.clear();
  window_conditions_.clear();
  set_instance_ = none;
  row_groups_ = value_groups_ = copied_ = false;
  split_negations_ = true;
  distinct_rows_ = rel_id();
  pending_.clear();
  branch_words_.clear();
  group_outputs_.clear();
  if (cx.at(surface).kind == kind::insert_call) return insert(surface);
  const bool updates = cx.at(surface).kind == kind::update_call;
  for (rel_id at = updates ? rel_id(cx.child(surface, 0)) : surface;; at = rel_id(cx.child(at, 0))) {
    calls_.push_back(at);
    if (cx.at(at).kind == kind::scan_call || cx.at(at).kind == kind::set_call) break;
  }
  std::reverse(calls_.begin(), calls_.end());
  done_.assign(calls_.size(), 0);
  // What stands before a combination is one side of it.
  for (std::size_t last = calls_.size(), i = calls_.size(); i-- > 0;) {
    const kind k = cx.at(calls_[i]).kind;
    if (k == kind::combine_call && last == calls_.size()) last = i;
    if (i < last && last < calls_.size() && (k == kind::filter_call || k == kind::combine_call || k == kind::none_call))
      done_[i] = 1;
  }
  for (std::size_t i = 0; i < calls_.size(); ++i)
    if (done_[i] == 0) QUARRY_CHECK(call(i));
  auto out = updates ? update(surface) : finish();
  if (!problem_) return problem_.take_failure();
  return out;
}

result<void> lowering::filter(rel_id surface) {
  QUARRY_TRY(kept, filter_condition(surface));
  keep(kept);
  return {};
}

result<void> lowering::call(std::size_t index) {
  const rel_id surface = calls_[index];
  const node n = cx_->at(surface);
  switch (n.kind) {
    case kind::scan_call:
      root_ = cx_->new_instance(static_cast<std::uint32_t>(n.a));
      if (cx_->why() != nullptr) [[unlikely]]
        tell_root();
      current_ = rel_id(cx_->make(kind::scan, 0, {}, {}, n.a, root_));
      return {};
    case kind::set_call: return start_with_set(surface);
    case kind::filter_call: return filter(surface);
    case kind::annotate_call: return annotate(index);
    case kind::combine_call: {
      QUARRY_TRY(kept, satisfied(surface));
      if (kept.present()) keep(kept);
      return {};
    }
    case kind::load_call: load_ = surface; return {};
    case kind::lock_call: lock_ = surface; return {};
    case kind::tables_call: return add_tables(surface);
    case kind::related_call:
      if (n.child_count == 1) related_.clear();
      related_.push_back(surface);
      return {};
    case kind::order_call:
      if (as<view::order_call>(*cx_, surface).reverse()) {
        reversed_ = !reversed_;
      } else {
        order_ = surface;
        ordered_ = true;
        reversed_ = false;
      }
      return {};
    case kind::slice_call: slice_ = surface; return {};
    case kind::values_call: return choose_values(surface);
    case kind::none_call: empty_ = true; return {};
    case kind::distinct_call: {
      const asking who(*cx_, clause::distinct);
      distinct_on_.clear();
      for (std::uint32_t i = 1; i < n.child_count; ++i) {
        QUARRY_TRY(e, expression(expr_id(cx_->child(surface, i)), types::null));
        distinct_on_.push_back(e.value);
      }
      distinct_ = distinct_on_.empty();
      return {};
    }
    case kind::count_call:
    case kind::exists_call:
    case kind::aggregate_call: terminal_ = surface; return {};
    default: return failure(diag::not_supported_yet, {info(n.kind).text});
  }
}

/// Call 0 is none: it reads the relations that are there.
result<expr_id> lowering::filter_condition(rel_id surface) {
  const auto f = as<view::filter_call>(*cx_, surface);
  const bool exclude = f.exclude();
  if (f.call() != 0) call_ = f.call();
  const asking who(*cx_, f.call() == 0 ? clause::dates : exclude ? clause::exclude : clause::filter, f.call());
  auto lowered = condition(f.condition(), exclude ? polarity{}.flipped() : polarity{});
  call_ = relation_groups::any_call;
  if (!lowered) return lowered.take_failure();
  return exclude ? cx_->make_op(op::not_, {*lowered}) : *lowered;
}

result<expr_id> lowering::satisfied(rel_id surface) {
  std::vector<rel_id> calls;  // a loop, whatever the length of the chain
  for (rel_id at = surface; cx_->at(at).kind != kind::scan_call; at = rel_id(cx_->child(at, 0))) calls.push_back(at);
  std::vector<std::uint32_t> parts;
  const auto all_of_them = [&] { return parts.size() == 1 ? expr_id(parts[0]) : cx_->make_op(op::and_, parts); };
  for (auto at = calls.rbegin(); at != calls.rend(); ++at) {
    const kind k = cx_->at(*at).kind;
    if (k == kind::none_call) parts.push_back(cx_->boolean(false).value);
    if (k == kind::filter_call) {
      QUARRY_TRY(kept, filter_condition(*at));
      parts.push_back(kept.value);
    }
    if (k != kind::combine_call) continue;
    QUARRY_TRY(other, satisfied(rel_id(cx_->child(*at, 1))));
    const auto combined = as<view::combine_call>(*cx_, *at);
    const bool any = combined.any();
    if (combined.odd()) {
      const expr_id left = parts.empty() ? cx_->boolean(true) : all_of_them();
      const expr_id right = other.present() ? other : cx_->boolean(true);
      parts.assign(1, cx_->make_op(op::xor_, {holds(left), holds(right)}).value);
    } else if (any && (parts.empty() || !other.present())) {
      parts.clear();
    } else if (any) {
      parts.assign(1, cx_->make_op(op::or_, {all_of_them(), other}).value);
    } else if (other.present()) {
      parts.push_back(other.value);
    }
  }
  return parts.empty() ? expr_id() : all_of_them();
}

result<rel_id> lowering::finish() {
  if (empty_) {
    current_ = filtered(current_, cx_->boolean(false));
  }
  // Rows that annotate() grouped come once, also where a to-many relation that only filters repeats them.
  bool each_row_once = row_groups_ && repeats_beyond(current_, {});
  if (each_row_once && !windows_.empty()) {  // windows count rows: each has to come once before
    keep_one_by_key();
    each_row_once = false;
  }
  // Objects that nothing repeats are distinct: what aggregate() computes over them may lie beyond their columns.
  const bool aggregates = terminal_.present() && cx_->at(terminal_).kind == kind::aggregate_call;
  const bool whole_objects =
      chosen_.empty() && set_instance_ == none && std::ranges::all_of(annotations_, &annotation::hidden);
  const bool order_may_repeat = slice_.present() && ordered_ && !sorts_by_own_columns();
  if (aggregates && whole_objects && !order_may_repeat && !repeats_beyond(current_, {})) distinct_ = false;
  const bool distinct = distinct_ || each_row_once;
  // Who only counts rows has no outputs, unless distinct() compares them.
  if (chosen_.empty() && (!terminal_.present() || distinct)) QUARRY_CHECK(choose_columns());
  // Who only counts rows or asks for one ignores their order, unless a slice made the order decide which rows there are.
  if ((!terminal_.present() && !is_value_) || slice_.present() || !distinct_on_.empty()) QUARRY_CHECK(order());
  else if (cx_->why() != nullptr) [[unlikely]] tell_no_order();
  const std::size_t visible = outputs_.size();
  const bool counts = terminal_.present() && cx_->at(terminal_).kind != kind::aggregate_call;
  const auto of_window = [this](std::uint32_t e) { return reads_window({e}); };
  const bool chosen_by_window = std::ranges::any_of(keys_, of_window) || std::ranges::any_of(distinct_on_, of_window);
  if (!counts || distinct || chosen_by_window || !window_conditions_.empty()) compute_windows();
  if (!distinct_on_.empty()) keep_first_of_each();
  if (distinct) make_distinct(each_row_once && !distinct_);
  if (!keys_.empty()) {
    keys_.insert(keys_.begin(), current_.value);
    current_ = rel_id(cx_->make(kind::sort, 0, {}, keys_));
  }
  if (slice_.present()) {
    const auto s = as<view::slice_call>(*cx_, slice_);
    const auto bound = [&](expr_id e) {
      return e.present() && cx_->at(e).kind == kind::param ? typed_param(e, types::int64) : e;
    };
    const std::array<std::uint32_t, 3> children = {current_.value, bound(s.limit()).value, bound(s.offset()).value};
    current_ = rel_id(cx_->make(kind::limit, 0, {}, children));
  }
  if (terminal_.present()) {
    switch (cx_->at(terminal_).kind) {
      case kind::count_call: return count_rows();
      case kind::exists_call: return any_row();
      default: return aggregate_all(terminal_);
    }
  }
  if (lock_.present() && !is_value_) {
    if (distinct || value_groups_ || row_groups_ || !distinct_on_.empty())
      return failure(diag::not_supported_yet, {"select_for_update() of distinct or grouped rows"});
    QUARRY_CHECK(lock_rows());
  }
  if (gives_whole_set()) return current_;
  if (!distinct_on_.empty() && cx_->why() != nullptr) [[unlikely]]
    tell_first_of_each();
  if (!distinct) return project();
  return visible == outputs_.size() ? current_ : project_first(visible);
}

/// Whom the query at hand is made for is known to who makes it.
void lowering::tell_root() {
  provenance* const why = cx_->why();
  const provenance::asker& by = why->asking();
  why->tell(by.call == clause::nobody        ? event::root
                : by.call == clause::set_arm ? event::root_of_arm
                                             : event::root_of_value,
            root_)
      .words = by.words;
}

/// An order that somebody asked for, and that nobody is to see.
void lowering::tell_no_order() {
  const bool by_model = !ordered_ && !row_groups_ && !value_groups_ && set_instance_ == none &&
      !cx_->schema().at(root_model()).ordering.empty();
  if (!by_model && (!ordered_ || cx_->at(order_).child_count < 2)) return;
  provenance* const why = cx_->why();
  provenance::entry& e = why->tell(event::order_unasked, none);
  if (terminal_.present()) {
    const kind k = cx_->at(terminal_).kind;
    e.by = {k == kind::count_call        ? clause::count
                : k == kind::exists_call ? clause::exists
                                         : clause::aggregate,
            0,
            {},
            {}};
  }
  if (by_model) return;
  const any_id first = cx_->child(cx_->child(order_, 1), 0);
  const node& n = cx_->at(first);
  if (n.kind != kind::path && n.kind != kind::field_value) return;
  const std::string_view text = cx_->text(symbol{static_cast<std::uint32_t>(n.a)});
  e.words = {text, n.b, {0, static_cast<std::uint32_t>(text.size())}};
}

void lowering::tell_first_of_each() {
  provenance::entry& e = cx_->why()->tell(event::first_of_each, root_);
  e.because = {distinct_on_[1]};
}

namespace {

constexpr int order_depth_limit = 8;  // Meta.ordering may go round in circles

}  // namespace

result<void> lowering::order() {
  const asking who(*cx_, ordered_ ? clause::order_by : clause::model_order);
  if (ordered_) {
    const std::uint32_t count = cx_->at(order_).child_count;
    for (std::uint32_t i = 1; i < count; ++i) {
      const any_id key = cx_->child(order_, i);
      const node item = cx_->at(key);
      const any_id value = cx_->child(key, 0);
      const node of = cx_->at(value);
      const bool descending = ((item.flags & 1U) != 0) != reversed_;
      // The other way round, NULLs change sides too.
      const std::uint32_t nulls = reversed_ ? (item.flags & 2U) << 1U | (item.flags & 4U) >> 1U : item.flags & 6U;
      if (of.kind == kind::path) {
        QUARRY_CHECK(order_key(cx_->text(symbol{static_cast<std::uint32_t>(of.a)}), descending, of.b, 0));
      } else {
        QUARRY_TRY(e, expression(expr_id(value), types::null));
        const std::array<std::uint32_t, 1> child = {e.value};
        const auto flags = static_cast<std::uint16_t>((descending ? 1U : 0U) | nulls);
        keys_.push_back(cx_->make(kind::order_item, flags, {}, child).value);
      }
    }
  } else if (!row_groups_ && !value_groups_ &&
             set_instance_ == none) {  // an order that nobody asked for does not apply to groups, as in Django
    for (const std::string& name : cx_->schema().at(root_model()).ordering)
      QUARRY_CHECK(order_text("", name, reversed_, 0));
  }
  return {};
}

result<void> lowering::order_text(std::string_view relation, std::string_view name, bool flip, int depth) {
  const bool descending = name.starts_with('-');
  if (descending) name.remove_prefix(1);
  path_.assign(relation);
  if (!relation.empty()) path_ += "__";
  path_ += name;
  return order_key(cx_->text(cx_->names().intern(path_)), descending != flip, none, depth);
}

result<void> lowering::order_key(std::string_view path, bool descending, std::uint32_t origin, int depth) {
  const auto add_key = [&](expr_id e) {
    const std::array<std::uint32_t, 1> child = {e.value};
    if (provenance* const why = cx_->why()) [[unlikely]]
      why->became(e, {path, origin, {0, static_cast<std::uint32_t>(path.size())}});
    const std::uint32_t key = cx_->make(kind::order_item, descending ? 1 : 0, {}, child).value;
    if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(key);
  };
  if (std::size_t rest = 0; find_annotation(path, rest)) {
    QUARRY_TRY(e, path_value(path, origin));
    if (value_groups_ && rest > path.size()) {
      QUARRY_TRY(ordered, order_groups_by_related(path, e, descending, depth));
      if (ordered) return {};
    }
    add_key(e);
    return {};
  }
  QUARRY_TRY(resolved, resolve_path(*cx_, root_model(), path, path_use::value, origin));
  // A relation sorts by its model's own order; "fk_id" and "fk__pk" sort by the key.
  if (resolved.relation_itself && !cx_->schema().at(resolved.related_model).ordering.empty() &&
      depth < order_depth_limit) {
    for (const std::string& name : cx_->schema().at(resolved.related_model).ordering)
      QUARRY_CHECK(order_text(path, name, descending, depth + 1));
    return {};
  }
  QUARRY_TRY(e, column_in_scope(resolved, path, origin));
  add_key(e);
  return {};
}

/// Groups of a foreign key sort as its model does, like rows; false: the name is no relation, or its model has no order.
result<bool> lowering::order_groups_by_related(std::string_view path, expr_id key, bool descending, int depth) {
  const auto resolved = resolve_path(*cx_, root_model(), path, path_use::value, none);
  if (!resolved || !resolved->relation_itself || depth >= order_depth_limit) return false;
  const model& related = cx_->schema().at(resolved->related_model);
  if (related.ordering.empty()) return false;
  const column& local = cx_->schema().at(resolved->model).columns[resolved->column];
  const std::uint32_t remote = resolved->model != resolved->related_model || local.relation != none
      ? cx_->schema().at(resolved->model).relations[local.relation].remote
      : related.primary_key;
  const std::uint32_t rows = cx_->new_instance(resolved->related_model, true);
  tell(event::order_of_groups, rows);
  const std::array<std::uint32_t, 3> children = {current_.value,
                                                 cx_->make(kind::scan, 0, {}, {}, resolved->related_model, rows).value,
                                                 cx_->make_op(op::eq, {key, cx_->column(rows, remote)}).value};
  current_ = rel_id(cx_->make(kind::join, 1, {}, children, 0, join_kind::left));
  // The names of its order start at the related row.
  const std::uint32_t root = std::exchange(root_, rows);
  std::vector<annotation> annotations = std::exchange(annotations_, {});
  value_groups_ = false;
  result<bool> done = true;
  for (const std::string& name : related.ordering)
    if (auto added = order_text("", name, descending, depth + 1); !added) done = added.take_failure();
  value_groups_ = true;
  annotations_ = std::move(annotations);
  root_ = root;
  return done;
}

/// Where the call stands: a later filter() joins a to-many path anew, and the rows that these paths repeat are counted.
result<void> lowering::choose_values(rel_id surface) {
  const asking who(*cx_, surface == load_ ? clause::only : clause::values);
  outputs_.clear();
  chosen_.clear();
  const std::uint32_t count = cx_->at(surface).child_count;
  for (std::uint32_t i = 1; i < count; ++i) {
    const any_id item = cx_->child(surface, i);
    const node n = cx_->at(item);
    const symbol name{static_cast<std::uint32_t>(n.a)};
    QUARRY_TRY(e,
               n.kind == kind::named ? expression(expr_id(cx_->child(item, 0)), types::null)
                                     : path_value(cx_->text(name), n.b));
    outputs_.push_back({name, cx_->at(e).type});
    chosen_.push_back(e.value);
  }
  // What a later annotate() adds is computed already where one join serves all aggregates.
  const auto at = std::ranges::find(calls_, surface);
  for (auto later = at; later != calls_.end(); ++later) {
    if (cx_->at(*later).kind != kind::annotate_call || done_[static_cast<std::size_t>(later - calls_.begin())] == 0)
      continue;
    for (const std::uint32_t item : as<view::annotate_call>(*cx_, *later).items()) {
      std::size_t rest = 0;
      const annotation* const a =
          find_annotation(cx_->text(symbol{static_cast<std::uint32_t>(cx_->at({item}).a)}), rest);
      if (!a || a->hidden) continue;
      outputs_.push_back({a->name, cx_->at(a->value).type});
      chosen_.push_back(a->value.value);
    }
  }
  return {};
}

result<void> lowering::choose_columns() {
  if (set_instance_ != none) {
    choose_set_columns();
    return {};
  }
  if (value_column_ != none) {
    const model& m = cx_->schema().at(cx_->instance_at(root_).model);
    outputs_.push_back({m.columns[value_column_].name, cx_->column_type(root_, value_column_)});
    chosen_.push_back(cx_->column(root_, value_column_).value);
    return {};
  }
  if (load_.present()) {
    QUARRY_CHECK(choose_values(load_));
  } else {
    choose_columns_of(root_);
    for (const rel_id call : related_)
      for (std::uint32_t i = 1; i < cx_->at(call).child_count; ++i) {
        const node path = cx_->at(cx_->child(call, i));
        QUARRY_CHECK(choose_related(cx_->text(symbol{static_cast<std::uint32_t>(path.a)}), path.b));
      }
  }
  for (const annotation& a : annotations_) {
    if (a.hidden) continue;
    outputs_.push_back({a.name, cx_->at(a.value).type});
    chosen_.push_back(a.value.value);
  }
  return {};
}

void lowering::choose_columns_of(std::uint32_t instance) {
  const model& m = cx_->schema().at(cx_->instance_at(instance).model);
  for (std::uint32_t c = 0; c < m.columns.size(); ++c) {
    outputs_.push_back({m.columns[c].name, cx_->column_type(instance, c)});
    chosen_.push_back(cx_->column(instance, c).value);
  }
}

/// The columns of the related objects on this path, those that another path has brought already left out.
result<void> lowering::choose_related(std::string_view path, std::uint32_t origin) {
  QUARRY_TRY(resolved, resolve_path(*cx_, cx_->instance_at(root_).model, path, path_use::relation, origin));
  const asking who(*cx_, clause::select_related);
  std::uint32_t instance = root_;
  for (std::uint32_t i = 0; i < resolved.step_count; ++i) {
    if (step_from(instance, resolved.steps[i]).many) return fail_at(diag::not_one_related, {path}, path, origin);
    instance = join(instance, resolved, i);
    const std::uint32_t key = cx_->column(instance, 0).value;
    if (std::find(chosen_.begin(), chosen_.end(), key) == chosen_.end()) choose_columns_of(instance);
  }
  return {};
}

rel_id lowering::project() {
  const std::uint32_t made = cx_->new_computed_instance(outputs_);
  items_.assign(1, current_.value);
  items_.insert(items_.end(), chosen_.begin(), chosen_.end());
  return rel_id(cx_->make(kind::project, 0, {}, items_, 0, made));
}

/// The rows as they come out, each once. An order expression outside the output joins the distinct key, as in Django; `keys_` then
/// refer to what is left after distinct. `by_row`: rows are compared by the key of the root, and whatever their columns are.
void lowering::make_distinct(bool by_row) {
  const auto output_of = [&](any_id e) {
    std::size_t i = 0;
    while (i < chosen_.size() && chosen_[i] != e.value) ++i;
    if (i == chosen_.size()) {
      chosen_.push_back(e.value);
      outputs_.push_back({cx_->names().intern("order_key"), cx_->at(e).type});
    }
    return static_cast<std::uint32_t>(i);
  };
  for (const std::uint32_t key : keys_) output_of(cx_->child({key}, 0));
  const bool aggregates = terminal_.present() && cx_->at(terminal_).kind == kind::aggregate_call;
  if (by_row && aggregates)
    for (const annotation& a : annotations_) output_of(a.value);
  if (by_row) output_of(cx_->column(root_, cx_->schema().at(root_model()).primary_key));
  const rel_id rows = project();
  const std::uint32_t instance = cx_->at(rows).b;
  tell(distinct_ ? event::rows_once : event::groups_once, instance);
  const std::array<std::uint32_t, 1> input = {rows.value};
  current_ = rel_id(cx_->make(kind::distinct, 0, {}, input));
  for (std::uint32_t& key : keys_) {
    const std::array<std::uint32_t, 1> child = {cx_->column(instance, output_of(cx_->child({key}, 0))).value};
    key = cx_->make(kind::order_item, cx_->at({key}).flags, {}, child).value;
  }
  distinct_instance_ = instance;
  if (!aggregates) return;
  distinct_rows_ = current_;
  std::erase_if(annotations_, [&](const annotation& a) {
    return std::find(chosen_.begin(), chosen_.end(), a.value.value) == chosen_.end();
  });
  for (annotation& a : annotations_) a.value = cx_->column(instance, output_of(a.value));
}

/// Whether the order that the user wrote joins nothing.
bool lowering::sorts_by_own_columns() const {
  for (std::uint32_t i = 1; i < cx_->at(order_).child_count; ++i) {
    const node of = cx_->at(cx_->child(cx_->child(order_, i), 0));
    if (of.kind != kind::path) return false;
    const auto path =
        resolve_path(*cx_, root_model(), cx_->text(symbol{static_cast<std::uint32_t>(of.a)}), path_use::value, of.b);
    if (!path || path->step_count != 0) return false;
  }
  return true;
}

/// Where a to-many relation repeats objects, one row of each is left; its columns stay what they are.
void lowering::keep_one_by_key() {
  const std::uint32_t key = cx_->schema().at(root_model()).primary_key;
  const std::array<std::uint32_t, 2> children = {current_.value, cx_->column(root_, key).value};
  current_ = rel_id(cx_->make(kind::distinct, 0, {}, children));
}

/// distinct("a", …): the first row, in the order of the query, of each group of rows that are alike in these values.
void lowering::keep_first_of_each() {
  if (!keys_.empty()) {
    child_list sorted(*cx_);
    sorted.add(current_);
    for (const std::uint32_t key : keys_) sorted.add({key});
    current_ = rel_id(cx_->make(kind::sort, 0, {}, sorted.ids()));
  }
  distinct_on_.insert(distinct_on_.begin(), current_.value);
  current_ = rel_id(cx_->make(kind::distinct, 0, {}, distinct_on_));
}

/// Leaves out the columns that only the order needed.
rel_id lowering::project_first(std::size_t count) {
  outputs_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) chosen_[i] = cx_->column(distinct_instance_, i).value;
  chosen_.resize(count);
  return project();
}

/// select_for_update(): the rows of the query, or of the tables that `of` names, are locked until the transaction ends.
///   lock s of ["self"]   ==>   l = lock s of [e.id]
result<void> lowering::lock_rows() {
  const auto call = as<view::lock_call>(*cx_, lock_);
  items_.assign(1, current_.value);
  for (const std::uint32_t name : call.of()) {
    const node path = cx_->at({name});
    const std::string_view text = cx_->text(symbol{static_cast<std::uint32_t>(path.a)});
    std::uint32_t instance = root_;
    if (text != "self") {
      const auto resolved = resolve_path(*cx_, root_model(), text, path_use::relation, path.b);
      for (std::uint32_t i = 0; resolved && i < resolved->step_count && instance != none; ++i)
        instance = groups_.find(instance, resolved->steps[i], false, relation_groups::any_call);
      if (!resolved || instance == none) return fail_at(diag::not_locked, {text}, text, path.b);
    }
    items_.push_back(cx_->column(instance, cx_->schema().at(cx_->instance_at(instance).model).primary_key).value);
  }
  current_ = rel_id(cx_->make(kind::lock_rel, cx_->at(lock_).flags, {}, items_, 0, call.strength()));
  return {};
}

/// extra(tables=…): every row beside every row of a table of the schema.
result<void> lowering::add_tables(rel_id surface) {
  for (std::uint32_t i = 1; i < cx_->at(surface).child_count; ++i) {
    const node path = cx_->at(cx_->child(surface, i));
    const std::string_view name = cx_->text(symbol{static_cast<std::uint32_t>(path.a)});
    const std::span<const model> models = cx_->schema().models();
    const auto found =
        std::ranges::find_if(models, [&](const model& m) { return cx_->schema().text(m.table) == name; });
    if (found == models.end()) return fail_at(diag::unknown_model, {name}, name, path.b);
    const auto target = static_cast<std::uint32_t>(found - models.begin());
    const any_id rows = cx_->make(kind::scan, 0, {}, {}, target, cx_->new_instance(target));
    const std::array<std::uint32_t, 3> children = {current_.value, rows.value, none};
    current_ = rel_id(cx_->make(kind::join, 0, {}, children, 0, join_kind::cross));
  }
  return {};
}

rel_id lowering::count_rows() {
  const std::array<std::uint32_t, 2> no_args = {none, none};
  const any_id count =
      cx_->make(kind::aggregate, 0, types::int64, no_args, 0, static_cast<std::uint32_t>(op::count_rows));
  const std::array<std::uint32_t, 1> computed = {count.value};
  const output number{cx_->names().intern("count"), types::int64};
  const std::uint32_t made = cx_->new_computed_instance({&number, 1});
  tell(event::counted, made);
  const std::array<std::uint32_t, 3> children = {current_.value, cx_->list({}).value, cx_->list(computed).value};
  return rel_id(cx_->make(kind::group, 0, {}, children, 0, made));
}

rel_id lowering::any_row() {
  if (!slice_.present()) {
    const std::array<std::uint32_t, 3> one = {current_.value, cx_->integer(1).value, none};
    current_ = rel_id(cx_->make(kind::limit, 0, {}, one));
  }
  const output found{cx_->names().intern("found"), types::int64};
  const std::uint32_t made = cx_->new_computed_instance({&found, 1});
  tell(event::probed, made);
  const std::array<std::uint32_t, 2> children = {current_.value, cx_->integer(1).value};
  return rel_id(cx_->make(kind::project, 0, {}, children, 0, made));
}

result<rel_id> lowering::insert(rel_id surface) {
  const auto call = as<view::insert_call>(*cx_, surface);
  const auto model_index = static_cast<std::uint32_t>(call.model());
  const model& m = cx_->schema().at(model_index);
  const std::uint32_t target = cx_->new_instance(model_index);
  const any_id names = call.fields();
  bool key_given = false;
  for (std::uint32_t i = 0; i < cx_->at(names).child_count; ++i) {
    const node path = cx_->at(cx_->child(names, i));
    QUARRY_TRY(resolved,
               resolve_path(*cx_, model_index, cx_->text(symbol{static_cast<std::uint32_t>(path.a)}), path_use::value,
                            path.b));
    key_given = key_given || resolved.column == m.primary_key;
    keys_.push_back(cx_->column(target, resolved.column).value);
    outputs_.push_back({m.columns[resolved.column].name, m.columns[resolved.column].type});
  }
  const std::uint32_t row_instance = cx_->new_computed_instance(outputs_);
  child_list rows(*cx_);
  for (std::uint32_t i = 1; i < cx_->at(surface).child_count; ++i) {
    const any_id row = cx_->child(surface, i);
    items_.clear();
    for (std::uint32_t c = 0; c < cx_->at(row).child_count; ++c) {
      QUARRY_TRY(e, expression(expr_id(cx_->child(row, c)), outputs_[c].type));
      items_.push_back(e.value);
    }
    rows.add(cx_->make(kind::row, 0, {}, items_));
  }
  const any_id source = cx_->make(kind::rows, 0, {}, rows.ids(), 0, row_instance);
  keys_.insert(keys_.begin(), source.value);
  const bool wants_key = !key_given && m.columns[m.primary_key].generated;
  return rel_id(cx_->make(kind::insert_rel, wants_key ? 1 : 0, {}, keys_, model_index, target));
}

result<rel_id> lowering::update(rel_id surface) {
  const std::uint32_t model_index = cx_->instance_at(root_).model;
  child_list children(*cx_);
  children.add(current_);
  for (std::uint32_t i = 1; i < cx_->at(surface).child_count; ++i) {
    const any_id item = cx_->child(surface, i);
    const symbol name{static_cast<std::uint32_t>(cx_->at(item).a)};
    QUARRY_TRY(resolved, resolve_path(*cx_, model_index, cx_->text(name), path_use::value, none));
    const column& c = cx_->schema().at(model_index).columns[resolved.column];
    QUARRY_TRY(value, expression(expr_id(cx_->child(item, 0)), c.type));
    const std::array<std::uint32_t, 1> child = {value.value};
    children.add(cx_->make(kind::named, 0, {}, child, c.db_name.value));
  }
  return rel_id(cx_->make(kind::update_rel, 0, {}, children.ids(), model_index, root_));
}

}  // namespace quarry::ir

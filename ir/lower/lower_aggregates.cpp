// separate-aggregates: annotate() and aggregate().
// Needs: relation groups of the calls so far.   Gives: each aggregate over the rows that it is about, grouped in a relation of its own.
// Never: lets one to-many relation multiply what is computed over another.
//   b = scan Blog, annotate n=Count("entry"), m=Sum("fans__age")
//   ==>   e = scan Entry ; g = aggregate e by [e.blog_id] compute [count e.id]
//         f = scan Fan ; h = aggregate f by [f.blog_id] compute [sum f.age]
//         j = join left to_one b with g on eq(b.id, g.key) ; j2 = join left to_one j with h on eq(b.id, h.key)
//
// The aggregates of one call that go over the same to-many relations are a branch: they share one grouping.
//   1. A branch without a to-many relation sees the rows as they are, repeats by to-many filters included.
//   2. Any other sees each related row once for each row of the root: where other to-many relations repeat it, the repeats are
//      removed by the keys of the relations that it goes over.
//   3. A path that an earlier filter() joined is that join: the branch sees what the filter let through. Later filters are not part of it.
//   4. The rows are grouped by the root's key, or by values() before the call. Each group comes once; a count over no row is 0.
// A branch over the unfiltered root starts at the related table: groups of rows that belong to no root row are never joined, and a
// missing group counts 0 and is NULL else.
#include <algorithm>
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/model/operands.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

void relation_groups::copied(const fresh_copy& copy) {
  const std::size_t count = known_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const entry e = known_[i];
    if (copy.of(e.instance) != e.instance)
      known_.push_back({copy.of(e.parent), e.relation, e.call, copy.of(e.instance)});
  }
}

void relation_groups::repeat(std::size_t first) {
  for (std::size_t i = 0; i < first; ++i) known_.push_back(entry(known_[i]));
}

void relation_groups::forget_many(const context& cx, std::size_t first) {
  std::vector<std::uint32_t> beyond;
  const auto goes = [&](const entry& e) {
    const bool many = cx.schema().at(cx.instance_at(e.parent).model).relations[e.relation].many;
    if (!many && std::find(beyond.begin(), beyond.end(), e.parent) == beyond.end()) return false;
    beyond.push_back(e.instance);
    return true;
  };
  std::size_t kept = first;
  for (std::size_t i = first; i < known_.size(); ++i)
    if (!goes(known_[i])) known_[kept++] = known_[i];
  known_.resize(kept);
}

std::uint32_t relation_groups::parent_of(std::uint32_t instance) const noexcept {
  for (const entry& e : known_)
    if (e.instance == instance) return e.parent;
  return none;
}

namespace {

/// Whether the value is NULL where the related row is missing: then no group says the same as a group of no row.
bool needs_the_related_row(const context& cx, any_id argument) {
  const node& n = cx.at(argument);
  if (n.kind == kind::path) return true;
  if (n.kind != kind::op || info(static_cast<op>(n.b)).nulls != null_policy::strict) return false;
  for (const std::uint32_t child : cx.children(argument))
    if (needs_the_related_row(cx, {child})) return true;
  return false;
}

/// Whether the rows are those of a query of its own: its aggregates and paths are not ours.
bool is_query(kind k) { return k == kind::exists || k == kind::scalar_of || k == kind::sub_query; }

/// The children in which aggregates of the rows may stand. The function of a window is none: it is computed over the rows as they are.
std::span<const std::uint32_t> places_of_aggregates(const context& cx, any_id surface) {
  const std::span<const std::uint32_t> children = cx.children(surface);
  return cx.at(surface).kind == kind::window_call ? children.subspan(1) : children;
}

/// The arguments of the function of a window; of any other node nothing.
std::span<const std::uint32_t> window_arguments(const context& cx, any_id surface) {
  if (cx.at(surface).kind != kind::window_call) return {};
  return cx.children(cx.child(surface, 0));
}

bool counts(op o) { return o == op::count || o == op::count_rows; }

constexpr std::uint32_t first_argument = 2;  // of an aggregate, behind condition and order

}  // namespace

// --- which annotation a name means ---

/// As Django does: the shortest beginning of the path that is a name decides.
const lowering::annotation* lowering::find_annotation(std::string_view path, std::size_t& rest) const {
  if (annotations_.empty()) return nullptr;
  for (std::size_t end = path.find("__");; end = path.find("__", end + 2)) {
    const std::string_view name = path.substr(0, end);
    for (const annotation& a : annotations_) {
      if (cx_->text(a.name) != name) continue;
      rest = end == std::string_view::npos ? path.size() + 1 : end + 2;
      return &a;
    }
    if (end == std::string_view::npos) return nullptr;
  }
}

expr_id lowering::value_of(const annotation& a) { return copied_ ? copy_.of(*cx_, a.value) : a.value; }

/// Whether the path begins with a name that this annotate() call or a later one makes.
bool lowering::names_annotation(std::string_view path, std::size_t from_call) const {
  for (std::size_t c = from_call; c < calls_.size(); ++c) {
    if (cx_->at(calls_[c]).kind != kind::annotate_call) continue;
    for (const std::uint32_t item : as<view::annotate_call>(*cx_, calls_[c]).items()) {
      const std::string_view name = cx_->text(symbol{static_cast<std::uint32_t>(cx_->at({item}).a)});
      if (path.starts_with(name) && (path.size() == name.size() || path.substr(name.size()).starts_with("__")))
        return true;
    }
  }
  return false;
}

bool lowering::reads_annotation(any_id surface, std::size_t from_call) const {
  if (!surface.present()) return false;
  const node& n = cx_->at(surface);
  if ((n.kind == kind::lookup || n.kind == kind::path || n.kind == kind::outer_path) &&
      names_annotation(cx_->text(symbol{static_cast<std::uint32_t>(n.a)}), from_call))
    return true;
  for (const std::uint32_t child : cx_->children(surface))
    if (reads_annotation({child}, from_call)) return true;
  return false;
}

// --- the aggregates of a call, and their branches ---

bool lowering::has_aggregate(any_id surface) const {
  if (!surface.present()) return false;
  if (cx_->at(surface).kind == kind::aggregate) return true;
  if (is_query(cx_->at(surface).kind)) return false;
  const auto holds = [this](std::uint32_t part) { return has_aggregate({part}); };
  return std::ranges::any_of(places_of_aggregates(*cx_, surface), holds) ||
      std::ranges::any_of(window_arguments(*cx_, surface), holds);
}

result<void> lowering::collect_aggregates(any_id surface) {
  if (!surface.present()) return {};
  const node n = cx_->at(surface);
  if (is_query(n.kind)) return {};
  if (n.kind != kind::aggregate) {
    for (const std::uint32_t part : places_of_aggregates(*cx_, surface)) QUARRY_CHECK(collect_aggregates({part}));
    for (const std::uint32_t part : window_arguments(*cx_, surface)) QUARRY_CHECK(collect_aggregates({part}));
    return {};
  }
  for (const pending_aggregate& p : pending_)
    if (p.surface == surface) return {};
  const std::string_view name = info(static_cast<op>(n.b)).name;
  for (std::uint32_t i = 0; i < n.child_count; ++i)
    if (has_aggregate(cx_->child(surface, i))) return failure(diag::aggregate_of_aggregate, {name});
  pending_aggregate p{surface, static_cast<std::uint32_t>(branch_words_.size()), 0, expr_id(), false, false, false};
  for (std::uint32_t i = 0; i < n.child_count; ++i) QUARRY_CHECK(collect_branch(cx_->child(surface, i), name, p));
  if (n.child_count == first_argument || !needs_the_related_row(*cx_, cx_->child(surface, first_argument)))
    p.reads_root = true;
  p.word_count = static_cast<std::uint32_t>(branch_words_.size()) - p.first_word;
  pending_.push_back(p);
  return {};
}

/// The steps of each path up to its last to-many one, with their number before them.
result<void> lowering::collect_branch(any_id surface, std::string_view aggregate, pending_aggregate& p) {
  if (!surface.present()) return {};
  const node n = cx_->at(surface);
  if (is_query(n.kind)) {  // it may look at the row that it is asked for
    p.reads_root = true;
    return {};
  }
  if (n.kind == kind::path || n.kind == kind::lookup) {
    const std::string_view path = cx_->text(symbol{static_cast<std::uint32_t>(n.a)});
    std::size_t rest = 0;
    if (const annotation* a = find_annotation(path, rest)) {
      if (a->aggregate && !terminal_.present()) return failure(diag::aggregate_of_aggregate, {aggregate});
      p.reads_root = true;
    } else {
      if (value_groups_) return fail_at(diag::not_in_groups, {path}, path, n.b);
      const path_use use = n.kind == kind::path ? path_use::value : path_use::condition;
      QUARRY_TRY(resolved, resolve_path(*cx_, root_model(), path, use, n.b));
      std::uint32_t model = root_model(), many = 0;
      for (std::uint32_t i = 0; i < resolved.step_count; ++i) {
        const relation& r = cx_->schema().at(model).relations[resolved.steps[i]];
        if (r.many) many = i + 1;
        model = r.target;
      }
      if (many == 0) p.reads_root = true;
      else branch_words_.push_back(many);
      branch_words_.insert(branch_words_.end(), resolved.steps.begin(), resolved.steps.begin() + many);
    }
  }
  for (std::uint32_t i = 0; i < n.child_count; ++i) QUARRY_CHECK(collect_branch(cx_->child(surface, i), aggregate, p));
  return {};
}

bool lowering::same_branch(const pending_aggregate& a, const pending_aggregate& b) const {
  if (options_.django_aggregates) return true;
  const auto words = [&](const pending_aggregate& p) {
    return std::span(branch_words_).subspan(p.first_word, p.word_count);
  };
  return std::ranges::equal(words(a), words(b));
}

/// Whether all that the branch reads lies beyond one to-many relation of the root, which is then `step`.
bool lowering::starts_at_relation(std::size_t first, std::uint32_t& step) const {
  const pending_aggregate& p = pending_[first];
  if (p.word_count == 0 || options_.django_aggregates) return false;
  for (const pending_aggregate& other : pending_)
    if (same_branch(p, other) && other.reads_root) return false;
  step = branch_words_[p.first_word + 1];
  for (std::uint32_t at = 0; at < p.word_count; at += 1 + branch_words_[p.first_word + at])
    if (branch_words_[p.first_word + at + 1] != step) return false;
  return cx_->schema().at(root_model()).relations[step].many;
}

/// Whether a to-many relation on the way to these rows is not in the chain: it may repeat what the chain gives.
bool lowering::repeats_beyond(rel_id rows, std::span<const std::uint32_t> chain) const {
  for (;; rows = rel_id(cx_->child(rows, 0))) {
    const node& n = cx_->at(rows);
    switch (n.kind) {
      case kind::relate:
        if (as<view::relate>(*cx_, rows).many() && std::find(chain.begin(), chain.end(), n.b) == chain.end())
          return true;
        break;
      case kind::join:
        if (!as<view::join>(*cx_, rows).to_one()) return true;  // a filtered relation
        break;
      case kind::filter:
      case kind::sort:
      case kind::limit: break;
      default: return false;
    }
  }
}

/// The instances whose columns the expression reads, with all that lead to them from the root.
void lowering::add_chain(any_id e, bool in_query) {
  if (!e.present()) return;
  const node& n = cx_->at(e);
  // A query within the expression has instances of its own, which are no part of these rows.
  const bool own = !in_query || (n.kind == kind::column && groups_.parent_of(n.b) != none);
  if (n.kind == kind::column && own)
    for (std::uint32_t i = n.b; i != none && i != root_; i = groups_.parent_of(i))
      if (std::find(chain_.begin(), chain_.end(), i) == chain_.end()) chain_.push_back(i);
  for (const std::uint32_t child : cx_->children(e)) add_chain({child}, in_query || is_relation(n.kind));
}

/// Pushes the condition (or none) and the arguments of each aggregate of the branch onto items_; joins what they read to current_.
result<void> lowering::push_pieces(std::size_t first) {
  for (std::size_t i = first; i < pending_.size(); ++i) {
    if (!same_branch(pending_[first], pending_[i])) continue;
    const any_id surface = pending_[i].surface;
    for (std::uint32_t slot = 0; slot < cx_->at(surface).child_count; ++slot) {
      const any_id piece = cx_->child(surface, slot);
      if (slot == 1) {  // the order: the value of each key
        for (std::uint32_t k = 0; piece.present() && k < cx_->at(piece).child_count; ++k) {
          QUARRY_TRY(key, expression(expr_id(cx_->child(cx_->child(piece, k), 0)), types::null));
          items_.push_back(key.value);
        }
        continue;
      }
      expr_id made;
      if (piece.present()) {
        QUARRY_TRY(e, slot == 0 ? condition(expr_id(piece), {}) : expression(expr_id(piece), types::null));
        made = e;
      }
      items_.push_back(made.value);
    }
  }
  return {};
}

/// The aggregates of the branch, over the pieces that lie on items_ from `at` on; their outputs go to group_outputs_.
result<void> lowering::compute(std::size_t first, std::size_t at, child_list& computed) {
  std::uint32_t number = 0;
  for (std::size_t i = first; i < pending_.size(); ++i) {
    if (!same_branch(pending_[first], pending_[i])) continue;
    const node aggregate = cx_->at(pending_[i].surface);
    const std::uint32_t count = aggregate.child_count - first_argument;
    std::array<std::uint32_t, 4> children = {items_[at++], none};
    if (const any_id order = cx_->child(pending_[i].surface, 1); order.present()) {
      const std::uint32_t keys = cx_->at(order).child_count;
      children[1] = order_of(order, std::span(items_).subspan(at, keys)).value;
      at += keys;
    }
    const std::span<std::uint32_t> arguments = std::span(children).subspan(first_argument, count);
    std::copy_n(items_.begin() + static_cast<std::ptrdiff_t>(at), count, arguments.begin());
    at += count;
    QUARRY_TRY(made, aggregate_of(aggregate, std::span(children).first(first_argument + count)));
    pending_[i].of_decimals = count != 0 && cx_->at({arguments[0]}).type.kind() == scalar::decimal;
    computed.add(made);
    group_outputs_.push_back({cx_->names().intern("value" + std::to_string(++number)), cx_->at(made).type});
  }
  return {};
}

/// The order within an aggregate, over lowered keys.
any_id lowering::order_of(any_id surface, std::span<const std::uint32_t> keys) {
  child_list items(*cx_);
  for (std::uint32_t i = 0; i < keys.size(); ++i)
    items.add(cx_->make(kind::order_item, cx_->at(cx_->child(surface, i)).flags, {}, keys.subspan(i, 1)));
  return cx_->list(items.ids());
}

/// The aggregate over lowered parts: a condition or none, an order or none, the arguments.
result<expr_id> lowering::aggregate_of(const node& surface, std::span<std::uint32_t> parts) {
  const op function = static_cast<op>(surface.b);
  const std::span<std::uint32_t> arguments = parts.subspan(first_argument);
  // Of truth values the number of those that are true is summed.
  if (adds_up(function) && cx_->at({arguments[0]}).type.kind() == scalar::boolean)
    arguments[0] = cast_to(scalar::int64, expr_id(arguments[0])).value;
  if (function == op::string_agg)
    for (std::uint32_t& argument : arguments) argument = cast_to(scalar::text, expr_id(argument)).value;
  if (const any_id odd = first_misfit(*cx_, function, arguments); odd.present())
    return failure(diag::wrong_operand,
                   {info(function).name, "a value of the type " + std::string(name_of(cx_->at(odd).type.kind()))});
  const type of = arguments.empty() ? types::null : cx_->at({arguments[0]}).type;
  const bool wide = options_.decimal_key_sums && function == op::sum && is_key(*cx_, {arguments[0]});
  const type gives = wide ? type(scalar::decimal, true) : type_of_aggregate(function, of);
  return expr_id(cx_->make(kind::aggregate, surface.flags, gives, parts, 0, surface.b));
}

/// The same over the rows of a window, where it stands.
result<expr_id> lowering::window_aggregate(expr_id surface) {
  const node aggregate = cx_->at(surface);
  std::array<std::uint32_t, 4> parts = {none, none};
  const any_id filter = cx_->child(surface, 0);
  if (filter.present()) {
    QUARRY_TRY(kept, condition(expr_id(filter), {}));
    parts[0] = kept.value;
  }
  if (cx_->child(surface, 1).present())
    return failure(diag::not_supported_yet, {"an order inside an aggregate over a window"});
  for (std::uint32_t i = first_argument; i < aggregate.child_count; ++i) {
    QUARRY_TRY(argument, expression(expr_id(cx_->child(surface, i)), types::null));
    parts[i] = argument.value;
  }
  return aggregate_of(aggregate, std::span(parts).first(aggregate.child_count));
}

/// What stands for each aggregate of the branch: the outputs of `made` from `field` on.
void lowering::take_values(std::size_t first, std::uint32_t made, std::uint32_t field, bool null_extended) {
  for (std::size_t i = first; i < pending_.size(); ++i) {
    pending_aggregate& p = pending_[i];
    if (!same_branch(pending_[first], p)) continue;
    const op function = static_cast<op>(cx_->at(p.surface).b);
    p.done = true;
    p.value = cx_->column(made, field++);
    if (p.of_decimals && is_spread(function)) p.value = cast_to(scalar::decimal, p.value);
    if (null_extended && counts(function)) p.value = cx_->make_op(op::coalesce, {p.value, cx_->integer(0)});
  }
}

/// Groups current_, joined with what the branch of pending_[first] reads, by `keys`, and computes its aggregates. The outputs of
/// `made`: the keys, then a value for each.
result<rel_id> lowering::grouped(std::size_t first, std::span<const std::uint32_t> keys, bool null_extended,
                                 std::uint32_t& made) {
  const std::size_t base = items_.size();
  items_.insert(items_.end(), keys.begin(), keys.end());
  const std::size_t pieces = items_.size();
  split_negations_ = false;
  result<void> done = push_pieces(first);
  split_negations_ = true;

  const bool once = pending_[first].word_count != 0 && !options_.django_aggregates;
  chain_.clear();
  for (std::size_t i = pieces; i < items_.size(); ++i) add_chain({items_[i]});
  if (done && once && repeats_beyond(current_, chain_)) each_once(base);

  const std::size_t first_output = group_outputs_.size();
  for (std::size_t i = base; i < pieces; ++i)
    group_outputs_.push_back({cx_->names().intern("key" + std::to_string(i - base + 1)), cx_->at({items_[i]}).type});
  child_list computed(*cx_);
  if (done) done = compute(first, pieces, computed);
  if (done) {
    made = cx_->new_computed_instance(std::span(group_outputs_).subspan(first_output), null_extended);
    tell(null_extended                                                                ? event::grouped_by_row
             : terminal_.present() && cx_->at(terminal_).kind == kind::aggregate_call ? event::grouped_as_one
                                                                                      : event::grouped_by_values,
         made);
    const part_id by = cx_->list(std::span<const std::uint32_t>(items_).subspan(base, pieces - base));
    const std::array<std::uint32_t, 3> children = {current_.value, by.value, cx_->list(computed.ids()).value};
    current_ = rel_id(cx_->make(kind::group, 0, {}, children, 0, made));
    take_values(first, made, static_cast<std::uint32_t>(keys.size()), null_extended);
  }
  group_outputs_.resize(first_output);
  items_.resize(base);
  if (!done) return done.take_failure();
  return current_;
}

/// The call that this branch is of, the name of its first aggregate, and the first path that it reads.
provenance::asker lowering::who_computes(std::size_t first) const {
  const any_id aggregate = pending_[first].surface;
  const auto reaches = [&](auto&& self, any_id from) -> bool {
    if (!from.present() || from == aggregate) return from.present();
    const std::span<const std::uint32_t> parts = cx_->children(from);
    return std::ranges::any_of(parts, [&](std::uint32_t part) { return self(self, any_id{part}); });
  };
  provenance::asker out{clause::annotate, 0, {}, {}};
  if (terminal_.present() && cx_->at(terminal_).kind == kind::aggregate_call) out.call = clause::aggregate;
  const auto look_in = [&](rel_id call) {
    for (std::uint32_t i = 1; i < cx_->at(call).child_count; ++i)
      if (const any_id item = cx_->child(call, i); reaches(reaches, item)) {
        out.name = symbol{static_cast<std::uint32_t>(cx_->at(item).a)};
        return;
      }
  };
  for (const rel_id call : calls_)
    if ((cx_->at(call).kind == kind::annotate_call || cx_->at(call).kind == kind::aggregate_call) &&
        !out.name.present())
      look_in(call);
  out.words = first_path(aggregate);
  return out;
}

/// The first path that is read, arguments of an aggregate before its condition.
path_words lowering::first_path(any_id surface) const {
  if (!surface.present() || is_query(cx_->at(surface).kind)) return {};
  const node& n = cx_->at(surface);
  if (n.kind == kind::path || n.kind == kind::lookup) {
    const std::string_view text = cx_->text(symbol{static_cast<std::uint32_t>(n.a)});
    return {text, n.b, {0, static_cast<std::uint32_t>(std::min(text.find("__"), text.size()))}};
  }
  const std::uint32_t behind = n.kind == kind::aggregate ? first_argument : 0;
  for (std::uint32_t i = 0; i < n.child_count; ++i)
    if (const path_words found = first_path(cx_->child(surface, (i + behind) % n.child_count)); !found.text.empty())
      return found;
  return {};
}

/// current_ with each related row once for each row of the root and each group; what lies on the stack from `base` becomes columns of it.
void lowering::each_once(std::size_t base) {
  child_list items(*cx_);
  items.add(current_);
  const std::size_t first_output = group_outputs_.size();
  const auto add = [&](any_id e) {
    group_outputs_.push_back(
        {cx_->names().intern("part" + std::to_string(group_outputs_.size() - first_output + 1)), cx_->at(e).type});
    items.add(e);
  };
  const auto key_of = [&](std::uint32_t instance) {
    const std::uint32_t model = cx_->instance_at(instance).model;
    if (model != none) add(cx_->column(instance, cx_->schema().at(model).primary_key));
  };
  for (std::size_t i = base; i < items_.size(); ++i)
    if (items_[i] != none) add({items_[i]});
  key_of(root_);
  for (const std::uint32_t instance : chain_) key_of(instance);
  const std::uint32_t made = cx_->new_computed_instance(std::span(group_outputs_).subspan(first_output));
  tell(event::each_once, made);
  group_outputs_.resize(first_output);
  const std::array<std::uint32_t, 1> parts = {cx_->make(kind::project, 0, {}, items.ids(), 0, made).value};
  current_ = rel_id(cx_->make(kind::distinct, 0, {}, parts));
  std::uint32_t field = 0;
  for (std::size_t i = base; i < items_.size(); ++i)
    if (items_[i] != none) items_[i] = cx_->column(made, field++).value;
}

/// Goes over to a copy of the rows, and back.
class lowering::over_copy {
 public:
  over_copy(lowering& l, rel_id rows) : l_(l), root_(l.root_), known_(l.groups_.size()) {
    l.current_ = l.copy_.run(*l.cx_, rows);
    if (provenance* const why = l.cx_->why()) [[unlikely]]
      for (const std::uint32_t original : l.copy_.originals())
        why->tell(event::copied, l.copy_.of(original)).other = original;
    l.copied_ = true;
    l.groups_.copied(l.copy_);
    l.root_ = l.copy_.of(l.root_);
  }
  over_copy(const over_copy&) = delete;
  over_copy& operator=(const over_copy&) = delete;
  ~over_copy() {
    l_.copied_ = false;
    l_.root_ = root_;
    l_.groups_.truncate(known_);
  }

 private:
  lowering& l_;
  std::uint32_t root_;
  std::size_t known_;
};

// --- annotate() over rows ---

result<void> lowering::annotate(std::size_t index) {
  const rel_id surface = calls_[index];
  bool aggregates = false;
  for (const std::uint32_t item : as<view::annotate_call>(*cx_, surface).items())
    aggregates = aggregates || has_aggregate({item});
  pending_.clear();
  branch_words_.clear();
  if (aggregates && !chosen_.empty() && !value_groups_) return annotate_groups(index);
  if (aggregates) {
    if (value_groups_) return failure(diag::not_supported_yet, {"an aggregate over groups, other than in aggregate()"});
    if (options_.django_aggregates) return annotate_as_django(index);
    QUARRY_CHECK(collect_aggregates_of(surface));
    QUARRY_CHECK(join_row_branches());
  }
  return add_annotations(surface);
}

/// All aggregates of the query over one join of all that it reads: also of what later filters join.
result<void> lowering::annotate_as_django(std::size_t index) {
  // What the aggregates read is joined where they stand; later filters join anew, and don't take its place.
  const asking who(*cx_, clause::annotate);
  QUARRY_CHECK(join_paths(calls_[index]));
  const std::size_t joined = groups_.size();
  for (std::size_t c = index + 1; c < calls_.size(); ++c)
    if (cx_->at(calls_[c]).kind == kind::filter_call) QUARRY_CHECK(narrow_rows(c, index));
  for (std::size_t c = index; c < calls_.size(); ++c)
    if (cx_->at(calls_[c]).kind == kind::annotate_call) QUARRY_CHECK(collect_aggregates_of(calls_[c]));
  groups_.repeat(joined);
  QUARRY_CHECK(join_row_branches());
  for (std::size_t c = index; c < calls_.size(); ++c) {
    if (cx_->at(calls_[c]).kind != kind::annotate_call) continue;
    QUARRY_CHECK(add_annotations(calls_[c]));
    done_[c] = 1;
  }
  return {};
}

/// Joins the relations of all paths that lead from the rows.
result<void> lowering::join_paths(any_id surface) {
  if (!surface.present()) return {};
  const node n = cx_->at(surface);
  std::size_t rest = 0;
  const bool named = n.kind == kind::path || n.kind == kind::lookup;
  const std::string_view path = named ? cx_->text(symbol{static_cast<std::uint32_t>(n.a)}) : std::string_view();
  if (named && !find_annotation(path, rest)) {
    const path_use use = n.kind == kind::path ? path_use::value : path_use::condition;
    QUARRY_TRY(resolved, resolve_path(*cx_, root_model(), path, use, n.b));
    (void)column_of(resolved);  // what counts is the join
  }
  const std::uint32_t first = n.kind == kind::annotate_call ? 1 : 0;
  for (std::uint32_t i = first; i < n.child_count && !is_query(n.kind); ++i)
    QUARRY_CHECK(join_paths(cx_->child(surface, i)));
  return {};
}

result<void> lowering::add_annotations(rel_id surface) {
  const bool hidden = as<view::annotate_call>(*cx_, surface).alias_only();
  for (std::uint32_t i = 1; i < cx_->at(surface).child_count; ++i) {
    const any_id item = cx_->child(surface, i);
    const symbol name{static_cast<std::uint32_t>(cx_->at(item).a)};
    const any_id value = cx_->child(item, 0);
    const asking who(*cx_, clause::annotate, 0, name);
    if (conflicts(name))
      return failure(diag::annotation_conflict,
                     {cx_->text(name), cx_->schema().text(cx_->schema().at(root_model()).name)});
    if (cx_->at(value).kind == kind::filtered_relation) {
      QUARRY_CHECK(filter_relation(name, expr_id(value)));
      continue;
    }
    QUARRY_TRY(e, expression(expr_id(value), types::null));
    add_annotation({name, e, hidden, has_aggregate(value)});
  }
  return {};
}

/// What comes under the name of an earlier annotation takes its place: conditions before mean the one, those behind the other.
void lowering::add_annotation(const annotation& made) {
  const auto known = std::ranges::find(annotations_, made.name, &annotation::name);
  if (known != annotations_.end() && known->hidden == made.hidden) {
    *known = made;
  } else {
    if (known != annotations_.end()) annotations_.erase(known);
    annotations_.push_back(made);
  }
  if (chosen_.empty()) return;
  const auto column = std::ranges::find(outputs_, made.name, &output::name);
  const auto chosen = chosen_.begin() + (column - outputs_.begin());
  if (column == outputs_.end() && !made.hidden) {
    outputs_.push_back({made.name, cx_->at(made.value).type});
    chosen_.push_back(made.value.value);
  } else if (column != outputs_.end() && made.hidden) {
    outputs_.erase(column);
    chosen_.erase(chosen);
  } else if (column != outputs_.end()) {
    column->type = cx_->at(made.value).type;
    *chosen = made.value.value;
  }
}

/// A name that rows have already, by their model or by values().
bool lowering::conflicts(symbol name) const {
  if (chosen_.empty()) return cx_->schema().find(root_model(), cx_->text(name)).what != catalog::member::form::absent;
  const auto column = std::ranges::find(outputs_, name, &output::name);
  if (column == outputs_.end()) return false;
  const auto place = static_cast<std::size_t>(column - outputs_.begin());
  const bool is_key = place < group_keys_.size();
  return is_key || std::ranges::find(annotations_, name, &annotation::name) == annotations_.end();
}

result<void> lowering::join_row_branches() {
  const rel_id rows = current_;
  rel_id joined = rows;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (pending_[i].done) continue;
    std::uint32_t made = none;
    expr_id near;
    QUARRY_TRY(groups, row_branch(i, rows, near, made));
    const expr_id on = cx_->make_op(op::eq, {near, cx_->column(made, 0)});
    const std::array<std::uint32_t, 3> children = {joined.value, groups.value, on.value};
    joined = rel_id(cx_->make(kind::join, 1, {}, children, 0, join_kind::left));
  }
  current_ = joined;
  row_groups_ = true;
  return {};
}

result<rel_id> lowering::row_branch(std::size_t first, rel_id rows, expr_id& near, std::uint32_t& made) {
  const asking who(*cx_, [&] { return who_computes(first); });
  const rel_id outer = current_;
  std::uint32_t step = none;
  if (cx_->at(rows).kind == kind::scan && starts_at_relation(first, step)) {
    const relation r = step_from(root_, step);
    const std::size_t known = groups_.size();
    const std::uint32_t child = cx_->new_instance(r.target);
    if (provenance* const why = cx_->why()) [[unlikely]]
      why->step(event::rows_of_branch, child, root_, step, why->asking().words);
    groups_.add(root_, step, relation_groups::any_call, child);
    current_ = rel_id(cx_->make(kind::scan, 0, {}, {}, r.target, child));
    near = cx_->column(root_, r.local);
    const std::array<std::uint32_t, 1> key = {cx_->column(child, r.remote).value};
    auto out = grouped(first, key, true, made);
    groups_.truncate(known);
    current_ = outer;
    return out;
  }
  const std::uint32_t primary_key = cx_->schema().at(root_model()).primary_key;
  near = cx_->column(root_, primary_key);
  const over_copy copy(*this, rows);
  const std::array<std::uint32_t, 1> key = {cx_->column(root_, primary_key).value};
  auto out = grouped(first, key, true, made);
  current_ = outer;
  return out;
}

// --- annotate() after values(): the rows are grouped by them ---

/// A later filter() that reads no annotation narrows the rows that are grouped, and later annotate() calls compute over the same
/// groups: both as in Django.
result<void> lowering::annotate_groups(std::size_t index) {
  const std::size_t known = groups_.size();
  for (std::size_t c = index + 1; c < calls_.size(); ++c)
    if (cx_->at(calls_[c]).kind == kind::filter_call) QUARRY_CHECK(narrow_rows(c, index));
  // Windows are computed over the rows, and their conditions choose which of these are grouped.
  compute_windows();
  windows_.clear();
  window_conditions_.clear();
  // What a later filter() says of related rows chooses the rows that are grouped; the aggregates see all related rows of these.
  groups_.forget_many(*cx_, known);
  for (std::size_t c = index; c < calls_.size(); ++c)
    if (cx_->at(calls_[c]).kind == kind::annotate_call) QUARRY_CHECK(collect_aggregates_of(calls_[c]));

  group_keys_.assign(chosen_.begin(), chosen_.end());
  const rel_id rows = current_;
  rel_id joined;
  std::uint32_t base = none;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (pending_[i].done) continue;
    std::uint32_t made = none;
    QUARRY_TRY(groups, value_branch(i, rows, joined.present(), made));
    if (joined.present()) {
      // Each branch has every group: they fit one to one.
      child_list equal(*cx_);
      for (std::uint32_t k = 0; k < group_keys_.size(); ++k)
        equal.add(cx_->make_op(op::not_distinct, {cx_->column(base, k), cx_->column(made, k)}));
      const expr_id on = equal.empty() ? expr_id() : conjunction(*cx_, equal.ids());
      const std::array<std::uint32_t, 3> children = {joined.value, groups.value, on.value};
      joined = rel_id(cx_->make(kind::join, equal.empty() ? 0 : 1, {}, children, 0,
                                equal.empty() ? join_kind::cross : join_kind::inner));
    } else {
      joined = groups;
      base = made;
    }
  }
  current_ = joined;
  groups_.clear();
  value_groups_ = true;
  annotations_.clear();
  for (std::uint32_t k = 0; k < group_keys_.size(); ++k) {
    chosen_[k] = cx_->column(base, k).value;
    annotations_.push_back({outputs_[k].name, expr_id(chosen_[k]), false, false});
  }
  for (std::size_t c = index; c < calls_.size(); ++c) {
    if (cx_->at(calls_[c]).kind != kind::annotate_call) continue;
    QUARRY_CHECK(add_annotations(calls_[c]));
    done_[c] = 1;
  }
  return {};
}

/// Filters the rows by what a later filter call says without annotations; what is left of it stays for the groups.
result<void> lowering::narrow_rows(std::size_t call, std::size_t grouping) {
  const auto f = as<view::filter_call>(*cx_, calls_[call]);
  const expr_id condition = f.condition();
  if (!reads_annotation(condition, grouping)) {
    QUARRY_CHECK(filter(calls_[call]));
    done_[call] = 1;
    return {};
  }
  if (f.exclude() || !is_op(*cx_, condition, op::and_)) return {};
  const rel_id input = f.input();
  const std::uint32_t number = f.call();
  const auto part = [&](bool of_groups) {
    child_list parts(*cx_);
    for (std::uint32_t i = 0; i < cx_->at(condition).child_count; ++i)
      if (const any_id e = cx_->child(condition, i); reads_annotation(e, grouping) == of_groups) parts.add(e);
    if (parts.empty()) return rel_id();
    const std::array<std::uint32_t, 2> children = {input.value, conjunction(*cx_, parts.ids()).value};
    return rel_id(cx_->make(kind::filter_call, 0, {}, children, 0, number));
  };
  if (const rel_id rows = part(false); rows.present()) QUARRY_CHECK(filter(rows));
  calls_[call] = part(true);
  return {};
}

result<void> lowering::collect_aggregates_of(rel_id surface) {
  for (std::uint32_t i = 1; i < cx_->at(surface).child_count; ++i)
    QUARRY_CHECK(collect_aggregates(cx_->child(surface, i)));
  return {};
}

/// Groups the rows, or a copy of them, by group_keys_.
result<rel_id> lowering::value_branch(std::size_t first, rel_id rows, bool copy, std::uint32_t& made) {
  const asking who(*cx_, [&] { return who_computes(first); });
  if (!copy) {
    const std::size_t known = groups_.size();
    current_ = rows;
    auto out = grouped(first, group_keys_, false, made);
    groups_.truncate(known);
    return out;
  }
  const over_copy over(*this, rows);
  copied_keys_.clear();
  for (const std::uint32_t key : group_keys_) copied_keys_.push_back(copy_.of(*cx_, expr_id(key)).value);
  return grouped(first, copied_keys_, false, made);
}

// --- aggregate(): one row ---

/// Whether the expression reads what aggregate() has computed under a name before it.
bool lowering::names_computed(any_id surface) const {
  if (!surface.present()) return false;
  const node& n = cx_->at(surface);
  std::size_t rest = 0;
  if (n.kind == kind::path && find_annotation(cx_->text(symbol{static_cast<std::uint32_t>(n.a)}), rest)) return true;
  return std::ranges::any_of(cx_->children(surface), [&](std::uint32_t part) { return names_computed({part}); });
}

result<rel_id> lowering::aggregate_all(rel_id surface) {
  pending_.clear();
  branch_words_.clear();
  QUARRY_CHECK(collect_aggregates_of(surface));
  group_keys_.clear();
  const rel_id rows = current_;
  rel_id joined;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (pending_[i].done) continue;
    std::uint32_t made = none;
    QUARRY_TRY(groups, value_branch(i, rows, joined.present(), made));
    if (!joined.present()) {
      joined = groups;
      continue;
    }
    const std::array<std::uint32_t, 3> children = {joined.value, groups.value, none};
    joined = rel_id(cx_->make(kind::join, 0, {}, children, 0, join_kind::cross));
  }
  current_ = joined;
  value_groups_ = true;
  annotations_.clear();
  outputs_.clear();
  chosen_.clear();
  for (std::uint32_t i = 1; i < cx_->at(surface).child_count; ++i) {
    const any_id item = cx_->child(surface, i);
    const symbol name{static_cast<std::uint32_t>(cx_->at(item).a)};
    if (!has_aggregate(item) && !names_computed(item)) return failure(diag::not_an_aggregate, {cx_->text(name)});
    QUARRY_TRY(e, expression(expr_id(cx_->child(item, 0)), types::null));
    outputs_.push_back({name, cx_->at(e).type});
    chosen_.push_back(e.value);
    annotations_.push_back({name, e, false, true});
  }
  return project();
}

}  // namespace quarry::ir

#include <quarry/core/text/evaluator.hpp>

#include <algorithm>
#include <limits>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/calls.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/functions.hpp>
#include <quarry/core/text/guarded_session.hpp>
#include <quarry/core/text/instances.hpp>
#include <quarry/core/text/loaded_lists.hpp>
#include <quarry/core/text/operations.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/raw_queries.hpp>

namespace quarry::text {

using ir::diag;
using syntax::node_id;
using syntax::span;

class evaluator::interpreter {
 public:
  interpreter(model_set models, detail::session& where) : e_(std::move(models), where) {}
  /// `models`: what the policy left of them.
  interpreter(model_set models, const policy& allowed, detail::session& where)
      : policy_(std::make_unique<policy>(allowed)),
        guard_(std::make_unique<guarded_session>(where, *policy_)),
        e_(std::move(models), *guard_) {
    e_.allowed = policy_.get();
  }

  /// `complete`: the last statement, too, is evaluated as a step.
  ir::result<object> run(std::string_view source, const parse_limits& limits, bool complete) {
    if (guard_) guard_->begin_text();
    QUARRY_TRY(tree, parse_statements(source, guard_ ? limits_of(*policy_) : limits));
    const std::uint32_t base =
        e_.sources.empty() ? 0 : e_.sources.back().base + static_cast<std::uint32_t>(e_.sources.back().text.size()) + 1;
    e_.sources.push_back({base, std::string(source)});
    tree_ = &tree;
    try {
      object last;
      const auto statements = tree.statements();
      if (guard_) check_form(statements);
      for (std::size_t i = 0; i < statements.size(); ++i) {
        last = execute(statements[i]);
        if (i + 1 < statements.size() || complete) evaluate_step(statements[i], last);
      }
      return last;
    } catch (const error& failed) {
      return ir::failure(located(failed.diagnostic()));
    }
  }

  ir::result<void> fetch(const object& what) {
    try {
      fetch_all(what);
      return {};
    } catch (const error& failed) {
      return ir::failure(located(failed.diagnostic()));
    }
  }

  void trust_sql() noexcept { e_.trusts_sql = true; }
  const model_set& models() const noexcept { return e_.models; }
  const std::map<std::string, object, std::less<>>& variables() const noexcept { return e_.variables; }

  /// The same diagnostic over the text that the user wrote.
  ir::diagnostic located(ir::diagnostic d) const {
    if (d.source.empty()) {
      if (!d.span.present()) d.span = e_.at;
      d.source = e_.source();
      return d;
    }
    // A path knows where it stands among all texts; one that was written in another way (escapes) is shown by itself.
    if (d.origin == detail::no_offset) return d;
    const auto at =
        std::find_if(e_.sources.rbegin(), e_.sources.rend(), [&](const source_text& s) { return s.base <= d.origin; });
    if (at == e_.sources.rend() ||
        std::string_view(at->text).substr(std::min<std::size_t>(d.origin - at->base, at->text.size()),
                                          d.source.size()) != d.source)
      return d;
    d.span.offset += d.origin - at->base;
    d.origin = detail::no_offset;
    d.source = at->text;
    return d;
  }

 private:
  const syntax::tree& tree() const noexcept { return *tree_; }

  // --- statements ---

  /// Untrusted text is one expression. Without names of its own it can't build anything that is larger than itself.
  void check_form(syntax::nodes statements) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      e_.at = tree().where(statements[i]);
      if (!tree().is<syntax::expression_statement>(statements[i]))
        fail(diag::not_allowed, {syntax::describe(tree().what(statements[i]))}, e_.at);
      if (i > 0) fail(diag::not_allowed, {"more than one expression"}, e_.at);
    }
  }

  object execute(node_id id) {
    e_.at = tree().where(id);
    if (const auto s = tree().try_as<syntax::expression_statement>(id)) return evaluate(s->value);
    if (const auto s = tree().try_as<syntax::assignment>(id)) {
      object what = evaluate(s->value);
      assign(s->target, what);
      return what;
    }
    if (tree().is<syntax::import_statement>(id)) return {};
    fail(diag::syntax_unsupported, {syntax::describe(tree().what(id))}, tree().where(id));
  }

  /// A statement that is only an expression is evaluated completely: its rows fill the list of a relation.
  void evaluate_step(node_id id, const object& what) {
    if (!tree().is<syntax::expression_statement>(id)) return;
    if (const auto q = what.query(); q && q->relation) (void)rows_of(e_, *q);
  }

  void assign(node_id target, const object& what) {
    if (const auto n = tree().try_as<syntax::name>(target)) {
      e_.variables.insert_or_assign(std::string(n->text), what);
    } else if (const auto a = tree().try_as<syntax::attribute>(target)) {
      assign_attribute(evaluate(a->object), a->name, a->name_span, what);
    } else if (const auto t = tree().try_as<syntax::tuple>(target)) {
      const std::vector<object> items = items_of(e_, what, tree().where(target));
      if (items.size() != t->items.size())
        fail(diag::wrong_number,
             {"the assignment", std::to_string(t->items.size()) + " values", std::to_string(items.size())},
             tree().where(target));
      for (std::size_t i = 0; i < items.size(); ++i) assign(t->items[i], items[i]);
    } else {
      not_yet("an assignment to " + std::string(syntax::describe(tree().what(target))), tree().where(target));
    }
  }

  void assign_attribute(const object& owner, std::string_view name, span where, const object& what) {
    if (const auto row = owner.row()) return set_attribute(e_, row, name, where, what);
    if (const auto* state = std::get_if<instance_state>(&owner.data()); state && name == "adding") {
      state->of->stored = !is_true(e_, what);
      return;
    }
    fail(diag::unknown_attribute, {e_.describe(owner), name}, where);
  }

  void fetch_all(const object& what) {
    if (const auto q = what.query()) (void)rows_of(e_, *q);
    else if (const auto* s = what.items())
      for (const object& item : s->items) fetch_all(item);
    else if (const auto* d = what.dict())
      for (const auto& [key, item] : d->entries) fetch_all(item);
    else if (!what.plain() && !what.row() && !what.as_relation())
      fail(diag::wrong_argument, {"a result", "values and rows", e_.describe(what)});
  }

  // --- expressions ---

  object evaluate(node_id id) {
    using syntax::kind;
    switch (tree().what(id)) {
      case kind::attribute:
      case kind::call:
      case kind::subscript: return postfix(id);
      case kind::binary: return binary(id);
      default: break;
    }
    return tree().visit(
        id,
        syntax::overloaded{[](syntax::none_literal) { return object(); },
                           [](syntax::ellipsis) { return object(ellipsis()); },
                           [](syntax::boolean b) { return object(b.value); },
                           [&](const syntax::integer& n) { return integer(n, false, tree().where(id)); },
                           [](syntax::floating f) { return object(value(f.value)); },
                           [](syntax::string s) { return object(std::string(s.value)); },
                           [](syntax::bytes b) { return bytes_of(b.value); },
                           [&](syntax::name n) { return named(n.text, tree().where(id)); },
                           [&](syntax::list l) { return object(collection::list, all(l.items)); },
                           [&](syntax::tuple t) { return object(collection::tuple, all(t.items)); },
                           [&](syntax::set s) { return set_of(all(s.items)); }, [&](syntax::dict d) { return dict(d); },
                           [&](syntax::unary u) { return unary(u); },
                           [&](syntax::comparison c) {
                             const object left = evaluate(c.left);
                             return apply_comparison(e_, c.sign, c.sign_span, left, evaluate(c.right));
                           },
                           [&](auto) -> object { not_yet(syntax::describe(tree().what(id)), tree().where(id)); }});
  }

  static object bytes_of(std::string_view s) {
    const auto* first = reinterpret_cast<const std::byte*>(s.data());
    return value(bytes(first, first + s.size()));
  }

  static object integer(const syntax::integer& n, bool negative, span where) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!n.magnitude || *n.magnitude > most + (negative ? 1 : 0)) fail(diag::integer_too_large, {}, where);
    if (negative && *n.magnitude == most + 1) return std::numeric_limits<std::int64_t>::min();
    const auto magnitude = static_cast<std::int64_t>(*n.magnitude);
    return negative ? -magnitude : magnitude;
  }

  object unary(const syntax::unary& u) {
    // The smallest integer has no positive sister.
    if (const auto n = tree().try_as<syntax::integer>(u.operand); n && u.sign == syntax::op::negate)
      return integer(*n, true, tree().where(u.operand));
    return apply_unary(e_, u.sign, u.sign_span, evaluate(u.operand));
  }

  /// `a | b | c | …` leans to the left: a loop, whatever its length.
  object binary(node_id id) {
    std::vector<node_id> spine;
    for (; tree().is<syntax::binary>(id); id = tree().as<syntax::binary>(id).left) spine.push_back(id);
    object out = evaluate(id);
    for (auto at = spine.rbegin(); at != spine.rend(); ++at) {
      const auto b = tree().as<syntax::binary>(*at);
      const object right = evaluate(b.right);
      out = apply_binary(e_, b.sign, b.sign_span, out, right);
    }
    return out;
  }

  std::vector<object> all(syntax::nodes ids) {
    std::vector<object> out;
    for (const node_id id : ids) {
      if (const auto star = tree().try_as<syntax::star_argument>(id)) {
        for (object& o : items_of(e_, evaluate(star->value), tree().where(id))) out.push_back(std::move(o));
      } else {
        out.push_back(evaluate(id));
      }
    }
    return out;
  }

  object set_of(std::vector<object> items) const {
    std::vector<object> unique;
    for (object& o : items)
      if (std::none_of(unique.begin(), unique.end(),
                       [&](const object& known) { return equal(known, o, *e_.catalog()); }))
        unique.push_back(std::move(o));
    return {collection::set, std::move(unique)};
  }

  object dict(const syntax::dict& d) {
    mapping out;
    for (const node_id id : d.entries) {
      const auto entry = tree().try_as<syntax::dict_entry>(id);
      if (!entry) not_yet("** in a dict", tree().where(id));
      object key = evaluate(entry->key);
      object what = evaluate(entry->value);
      const auto same = std::find_if(out.entries.begin(), out.entries.end(),
                                     [&](const auto& known) { return equal(known.first, key, *e_.catalog()); });
      if (same != out.entries.end()) same->second = std::move(what);
      else out.entries.emplace_back(std::move(key), std::move(what));
    }
    return out;
  }

  object named(std::string_view name, span where) const {
    if (const auto known = e_.variables.find(name); known != e_.variables.end()) return known->second;
    if (const std::uint32_t m = e_.catalog()->find_model(name); m != ir::none && !e_.model(m).automatic)
      return model_name{m};
    if (auto known = builtin(name)) return *std::move(known);
    if (is_later_name(name)) refuse_later(name, where);
    ir::nearest_choice nearest(name);
    for (const auto& [variable, what] : e_.variables) nearest.offer(variable);
    for (const ir::model& m : e_.catalog()->models())
      if (!m.automatic) nearest.offer(e_.text(m.name));
    for (const std::string_view known : builtin_names()) nearest.offer(known);
    fail(diag::unknown_name, {name}, where, nearest.best());
  }

  // --- calls, attributes, subscripts ---

  /// `a.b(c)[d].e(…)`: a loop over the links, so that a long chain of calls needs no deep stack.
  object postfix(node_id id) {
    std::vector<node_id> links;
    for (;;) {
      if (const auto a = tree().try_as<syntax::attribute>(id)) {
        links.push_back(id);
        id = a->object;
      } else if (const auto c = tree().try_as<syntax::call>(id)) {
        links.push_back(id);
        id = c->callee;
      } else if (const auto s = tree().try_as<syntax::subscript>(id)) {
        links.push_back(id);
        id = s->object;
      } else {
        break;
      }
    }
    const std::string_view first =
        tree().is<syntax::name>(id) ? tree().as<syntax::name>(id).text : std::string_view("the value");
    object current = evaluate(id);
    std::string_view function = first;
    for (std::size_t i = links.size(); i-- > 0;) {
      const node_id link = links[i];
      if (const auto a = tree().try_as<syntax::attribute>(link)) {
        if (i > 0 && tree().is<syntax::call>(links[i - 1])) current = method(current, *a, links[--i]);
        else current = attribute(current, a->name, a->name_span);
        function = a->name;
      } else if (tree().is<syntax::call>(link)) {
        current = call(current, function, link);
      } else {
        current = subscript(current, tree().as<syntax::subscript>(link), tree().where(link));
        function = "the value";
      }
    }
    return current;
  }

  call_arguments arguments(std::string_view function, node_id call) {
    call_arguments out{function, {}, {}};
    for (const node_id id : tree().as<syntax::call>(call).arguments) {
      if (const auto k = tree().try_as<syntax::keyword_argument>(id)) {
        keyword(out, std::string(k->name), evaluate(k->value), tree().where(k->value), k->name_span);
      } else if (const auto star = tree().try_as<syntax::star_argument>(id)) {
        for (object& o : items_of(e_, evaluate(star->value), tree().where(id)))
          out.plain.push_back({std::move(o), "", tree().where(id), span::none()});
      } else if (const auto stars = tree().try_as<syntax::double_star_argument>(id)) {
        const object what = evaluate(stars->value);
        if (!what.dict()) fail(diag::wrong_argument, {"**", "a dict", e_.describe(what)}, tree().where(id));
        for (const auto& [key, item] : what.dict()->entries) {
          const auto* name = key.scalar<std::string>();
          if (!name) fail(diag::wrong_argument, {"**", "texts as keys", e_.describe(key)}, tree().where(id));
          keyword(out, *name, item, tree().where(id), span::none());
        }
      } else {
        out.plain.push_back({evaluate(id), "", tree().where(id), span::none()});
      }
    }
    return out;
  }

  static void keyword(call_arguments& out, std::string name, object what, span where, span name_span) {
    if (out.find(name))
      fail(diag::wrong_argument, {std::string(out.function) + "()", "each keyword once", "'" + name + "' twice"},
           name_span.present() ? name_span : where);
    out.named.push_back({std::move(what), std::move(name), where, name_span});
  }

  [[noreturn]] static void refuse(std::string_view name, span where) {
    fail(diag::not_allowed, {"'" + std::string(name) + "'"}, where);
  }
  /// What is not there yet is no news for a stranger.
  [[noreturn]] void refuse_later(std::string_view name, span where) const {
    if (guard_) refuse(name, where);
    not_yet(name, where);
  }
  /// The owner of a method that is a function of a module has its name checked as a function.
  void check_method(const object& owner, const syntax::attribute& a) const {
    const bool is_function =
        std::holds_alternative<module_name>(owner.data()) || std::holds_alternative<function_name>(owner.data());
    if (guard_ && !is_function && !policy_->methods.contains(a.name)) refuse(a.name, a.name_span);
  }
  void check_function(const object& callee, std::string_view written, span where) const {
    if (!guard_) return;
    if (const auto* f = std::get_if<function_name>(&callee.data()); f && policy_->functions.contains(f->entry->name))
      return;
    refuse(written, where);
  }

  object method(const object& owner, const syntax::attribute& a, node_id call_node) {
    check_method(owner, a);
    const call_arguments given = arguments(a.name, call_node);
    e_.at = a.name_span;
    if (const auto* m = owner.as_manager()) return call_manager(e_, *m, a.name, a.name_span, given);
    if (const auto q = owner.query()) return call_query(e_, q, a.name, a.name_span, given);
    if (const auto row = owner.row()) return call_instance(e_, row, a.name, a.name_span, given);
    if (const formula* f = owner.as_formula(); f && !f->condition) return call_formula(*f, a, given);
    const object callee = attribute(owner, a.name, a.name_span);
    check_function(callee, a.name, a.name_span);
    return call_with(callee, given, a.name_span);
  }

  /// F("x").bitand(3), F("x").desc()
  object call_formula(const formula& f, const syntax::attribute& a, const call_arguments& given) {
    static constexpr std::pair<std::string_view, ir::op> bits[] = {{"bitand", ir::op::bit_and},
                                                                   {"bitor", ir::op::bit_or},
                                                                   {"bitxor", ir::op::bit_xor},
                                                                   {"bitleftshift", ir::op::shift_left},
                                                                   {"bitrightshift", ir::op::shift_right}};
    for (const auto& [name, operation] : bits) {
      if (name != a.name) continue;
      e_.allow_only(given, 1, {"other"});
      const argument& other = e_.need(given, 0, "other");
      return formula{
          unwrap(detail::make_operation(operation, std::array{f.tree, as_expression(e_, other.what, other.where)})),
          false,
          {}};
    }
    if (a.name == "asc" || a.name == "desc") {
      e_.allow_only(given, 0, {"nulls_first", "nulls_last"});
      detail::order_flags how;
      how.descending = a.name == "desc";
      how.nulls_first = null_place(given, "nulls_first");
      how.nulls_last = null_place(given, "nulls_last");
      if (how.nulls_first && how.nulls_last)
        fail(diag::wrong_number, {a.name, "nulls_first or nulls_last", "both"}, a.name_span);
      return formula{unwrap(detail::make_ordering(f.tree, how)), false, {}};
    }
    fail(diag::unknown_attribute, {"F()", a.name}, a.name_span);
  }

  /// Django takes True or None: False says nothing that None does not.
  bool null_place(const call_arguments& given, std::string_view name) {
    const argument* a = given.find(name);
    if (!a || a->what.is_none()) return false;
    if (e_.truth_in(given, name, false)) return true;
    fail(diag::wrong_number, {name, "True or None", "False"}, a->where);
  }

  object call(const object& callee, std::string_view function, node_id id) {
    check_function(callee, function, tree().where(tree().as<syntax::call>(id).callee));
    const call_arguments given = arguments(function, id);
    e_.at = tree().where(tree().as<syntax::call>(id).callee);
    return call_with(callee, given, e_.at);
  }

  object call_with(const object& callee, const call_arguments& given, span where) {
    if (const auto* f = std::get_if<function_name>(&callee.data())) return f->entry->call(e_, given);
    if (const auto* m = std::get_if<model_name>(&callee.data())) return construct(e_, m->model, given);
    fail(diag::wrong_argument, {"a call", "a function", e_.describe(callee)}, where);
  }

  object attribute(const object& owner, std::string_view name, span where) {
    e_.at = where;
    if (const auto row = owner.row()) return attribute_of(e_, row, name, where);
    if (const auto* m = std::get_if<model_name>(&owner.data())) return class_attribute(m->model, name, where);
    if (const auto q = owner.query()) {
      if (q->raw) return raw_attribute(e_, *q, name, where);
      if (name == "ordered") return detail::has_order(q->chain);
      refuse_attribute(e_, "QuerySet", false, name, where);
    }
    if (owner.as_manager()) refuse_attribute(e_, "Manager", true, name, where);
    if (const auto* state = std::get_if<instance_state>(&owner.data()); state && name == "adding")
      return !state->of->stored;
    if (auto known = builtin_attribute(owner, name)) return *std::move(known);
    if (std::holds_alternative<module_name>(owner.data()) && is_later_name(name)) refuse_later(name, where);
    if (auto part = part_of_time(owner, name)) return *std::move(part);
    fail(diag::unknown_attribute, {e_.describe(owner), name}, where);
  }

  object class_attribute(std::uint32_t model, std::string_view name, span where) const {
    const std::vector<std::string>& managers = e_.notes(model).managers;
    if (std::find(managers.begin(), managers.end(), name) != managers.end()) return manager{model, nullptr, 0};
    ir::nearest_choice nearest(name);
    for (const std::string& m : managers) nearest.offer(m);
    fail(diag::unknown_attribute, {e_.name_of(model), name}, where, nearest.best());
  }

  static std::optional<object> part_of_time(const object& owner, std::string_view name) {
    std::optional<date> day;
    std::optional<std::chrono::microseconds> clock;
    if (const auto* d = owner.scalar<date>()) day = *d;
    if (const auto* t = owner.scalar<time_of_day>()) clock = t->since_midnight;
    if (const auto* t = owner.scalar<datetime>()) {
      const auto midnight = std::chrono::floor<std::chrono::days>(*t);
      day = date(midnight);
      clock = *t - midnight;
    }
    if (day && name == "year") return std::int64_t{static_cast<int>(day->year())};
    if (day && name == "month") return std::int64_t{static_cast<unsigned>(day->month())};
    if (day && name == "day") return std::int64_t{static_cast<unsigned>(day->day())};
    if (!clock) return std::nullopt;
    const std::chrono::hh_mm_ss parts(*clock);
    if (name == "hour") return std::int64_t{parts.hours().count()};
    if (name == "minute") return std::int64_t{parts.minutes().count()};
    if (name == "second") return std::int64_t{parts.seconds().count()};
    if (name == "microsecond") return std::int64_t{parts.subseconds().count()};
    return std::nullopt;
  }

  std::optional<std::int64_t> bound(node_id id) {
    if (!id.present()) return std::nullopt;
    const object o = evaluate(id);
    if (o.is_none()) return std::nullopt;
    if (const auto* i = o.scalar<std::int64_t>()) return *i;
    fail(diag::wrong_argument, {"a slice", "integers", e_.describe(o)}, tree().where(id));
  }

  object subscript(const object& owner, const syntax::subscript& s, span where) {
    if (const auto slice = tree().try_as<syntax::slice>(s.index)) {
      const slice_bounds b{bound(slice->lower), bound(slice->upper), bound(slice->step)};
      e_.at = tree().where(s.index);
      if (const auto q = owner.query()) return slice_query(e_, q, b, e_.at);
      if (const auto* list = owner.items(); list && list->what != collection::set)
        return {list->what, sliced(list->items, b, e_.at)};
      if (const manager* m = owner.as_relation()) return {collection::list, sliced(loaded_list(*m), b, e_.at)};
      if (const formula* f = owner.as_formula()) {
        if (b.step) fail(diag::slice_step, {"left out"}, e_.at);
        return text_slice(e_, *f, b.lower, b.upper, e_.at);
      }
      fail(diag::wrong_argument, {"a slice", "a list or a QuerySet", e_.describe(owner)}, where);
    }
    const object index = evaluate(s.index);
    e_.at = tree().where(s.index);
    return item_of(owner, index, where);
  }

  object item_of(const object& owner, const object& index, span where) {
    const auto* number = index.scalar<std::int64_t>();
    if (const auto q = owner.query()) {
      if (number) return index_query(e_, q, *number, e_.at);
      fail(diag::wrong_argument, {"an index", "an integer", e_.describe(index)}, e_.at);
    }
    if (const formula* f = owner.as_formula(); f && number)
      return text_slice(e_, *f, *number, *number < 0 ? *number : *number + 1, e_.at);
    if (const auto* j = owner.scalar<json>()) return item_of(from_json(j->text), index, where);
    const auto* list = owner.items();
    if ((list && list->what != collection::set) || owner.as_relation()) {
      const std::vector<object>& items = list ? list->items : loaded_list(*owner.as_relation());
      if (number) return items[index_into(items.size(), *number, e_.at)];
      fail(diag::wrong_argument, {"an index", "an integer", e_.describe(index)}, e_.at);
    }
    if (const auto* d = owner.dict()) {
      for (const auto& [key, item] : d->entries)
        if (equal(key, index, *e_.catalog())) return item;
      fail(diag::index_out_of_range, {}, e_.at);
    }
    fail(diag::wrong_argument, {"an index", "a list, a dict or a QuerySet", e_.describe(owner)}, where);
  }

  std::unique_ptr<policy> policy_;  ///< of untrusted text, with the session that asks it; else absent
  std::unique_ptr<guarded_session> guard_;
  environment e_;
  const syntax::tree* tree_ = nullptr;
};

evaluator::evaluator(model_set models, detail::session& where)
    : inside_(std::make_unique<interpreter>(std::move(models), where)) {}
evaluator::~evaluator() = default;
evaluator::evaluator(std::unique_ptr<interpreter> inside) noexcept : inside_(std::move(inside)) {}
ir::result<evaluator> evaluator::untrusted(const model_set& models, const policy& allowed, detail::session& where) {
  QUARRY_CHECK(check_policy(allowed));
  QUARRY_TRY(left, restricted_models(models, allowed));
  return evaluator(std::make_unique<interpreter>(std::move(left), allowed, where));
}
evaluator::evaluator(evaluator&&) noexcept = default;
evaluator& evaluator::operator=(evaluator&&) noexcept = default;

ir::result<object> evaluator::run(std::string_view source, const parse_limits& limits) {
  return inside_->run(source, limits, false);
}
ir::result<object> evaluator::run_step(std::string_view source, const parse_limits& limits) {
  return inside_->run(source, limits, true);
}
ir::result<void> evaluator::fetch(const object& what) { return inside_->fetch(what); }
void evaluator::trust_sql() noexcept { inside_->trust_sql(); }
ir::diagnostic evaluator::located(ir::diagnostic d) const { return inside_->located(std::move(d)); }
const model_set& evaluator::models() const noexcept { return inside_->models(); }
const std::map<std::string, object, std::less<>>& evaluator::variables() const noexcept { return inside_->variables(); }

}  // namespace quarry::text

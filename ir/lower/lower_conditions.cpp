// group-relations, lower-lookups and lower-exclude over the conditions of one filter() or exclude() call.
#include <algorithm>
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/model/operands.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

std::uint32_t relation_groups::find(std::uint32_t parent, std::uint32_t relation, bool many,
                                    std::uint32_t call) const noexcept {
  for (auto e = known_.rbegin(); e != known_.rend(); ++e)
    if (e->parent == parent && e->relation == relation && (!many || call == any_call || e->call == call))
      return e->instance;
  return none;
}

namespace {

/// The type in which a value is compared with a column: a number out of the column's range is a number still, and finds no row.
type comparable(type column, scalar given) {
  if (!is_integer(column.kind())) return column;
  if (given == scalar::float64) return types::float64;
  if (given == scalar::decimal) return {scalar::decimal, false};
  return types::int64;
}

/// Where the rest of a path stands in the user's text.
std::uint32_t behind(std::uint32_t origin, std::size_t rest) {
  return origin == none ? none : origin + static_cast<std::uint32_t>(rest);
}

}  // namespace

failure lowering::fail_at(diag id, std::initializer_list<std::string_view> words, std::string_view path,
                          std::uint32_t origin) {
  failure f(id, words);
  f->source = path;
  f->span = {0, static_cast<std::uint32_t>(path.size())};
  f->origin = origin;
  return f;
}

const relation& lowering::step_from(std::uint32_t instance, std::uint32_t step) const {
  return cx_->schema().at(cx_->instance_at(instance).model).relations[step];
}

rel_id lowering::filtered(rel_id input, expr_id predicate) {
  const std::array<std::uint32_t, 2> children = {input.value, predicate.value};
  return rel_id(cx_->make(kind::filter, 0, {}, children));
}

std::uint32_t lowering::join(std::uint32_t parent, const resolved_path& path, std::uint32_t step) {
  const std::uint32_t index = path.steps[step];
  const relation& r = step_from(parent, index);
  if (const std::uint32_t known = groups_.find(parent, index, r.many, call_); known != none) {
    if (cx_->why() != nullptr) [[unlikely]]
      tell_step(known, true, parent, path, step);
    return known;
  }
  // Within a transaction a key that is looked at on commit may lead nowhere yet.
  const bool may_lack_row = cx_->instance_at(parent).null_extended || r.many || r.nullable || cx_->may_dangle(r);
  const expr_id key = cx_->column(parent, r.local);
  const std::uint32_t made = cx_->new_instance(r.target, may_lack_row);
  const std::array<std::uint32_t, 2> children = {current_.value, key.value};
  current_ = rel_id(cx_->make(kind::relate, r.many ? 1 : 0, {}, children, index, made));
  groups_.add(parent, index, call_, made);
  if (cx_->why() != nullptr) [[unlikely]]
    tell_step(made, false, parent, path, step);
  return made;
}

void lowering::tell_step(std::uint32_t instance, bool known, std::uint32_t parent, const resolved_path& path,
                         std::uint32_t step) {
  const std::uint32_t index = path.steps[step];
  const bool many = step_from(parent, index).many;
  const event what = known                     ? event::reads_too
      : !many                                  ? event::to_one
      : call_ < relation_groups::filtered_call ? event::to_many_of_call
                                               : event::to_many;
  cx_->why()->step(what, instance, parent, index, path.words(step));
}

/// The column of a key on this side stands for what the last steps lead to.
void lowering::tell_cut(const resolved_path& path, expr_id column) {
  const path_words words = path.words(path.step_count + path.cut_steps - 1U);
  // A relation by itself means its key: only who names a column beyond it might have expected a join.
  const std::size_t next = std::size_t{words.segment.offset} + words.segment.size + 2;
  if (next >= path.text.size()) return;
  const std::string_view beyond = path.text.substr(next, path.text.find("__", next) - next);
  if (cx_->schema().find(path.related_model, beyond).what != catalog::member::form::column) return;
  const auto same = [&](const provenance::entry& e) { return e.what == event::key_is_near && e.words == words; };
  if (std::ranges::any_of(cx_->why()->entries(), same)) return;
  provenance::entry& e = cx_->why()->tell(event::key_is_near, none);
  e.because = column;
  e.other = cx_->at(column).b;
  e.number = path.related_model;
  e.words = words;
}

expr_id lowering::column_of(const resolved_path& path) { return column_of(path, 0, root_); }

expr_id lowering::column_of(const resolved_path& path, std::uint32_t from_step, std::uint32_t instance) {
  for (std::uint32_t i = from_step; i < path.step_count; ++i) instance = join(instance, path, i);
  const expr_id column = cx_->column(instance, path.column);
  if (path.cut_steps != 0 && cx_->why() != nullptr) [[unlikely]]
    tell_cut(path, column);
  return transformed(column, path);
}

expr_id lowering::transformed(expr_id e, const resolved_path& path) {
  for (std::uint8_t i = 0; i < path.transform_count; ++i) {
    const transform_step& t = path.transforms[i];
    if (!t.registered) {
      e = cx_->make_op(t.code, {e});
      continue;
    }
    auto made = meant(t.registered->meaning, e, {});
    if (made) e = *made;
    else if (problem_) problem_ = made.take_failure();
  }
  if (path.key_count == 0) return e;
  std::array<expr_id, resolved_path::most_keys> keys;
  for (std::uint8_t i = 0; i < path.key_count; ++i) keys[i] = json_key(path.keys[i]);
  return json_at(e, std::span<const expr_id>(keys.data(), path.key_count));
}

/// A column of the root or beyond it, where the rows still have them.
result<expr_id> lowering::column_in_scope(const resolved_path& path, std::string_view text, std::uint32_t origin) {
  if (set_instance_ != none) return fail_at(diag::not_in_set, {text}, text, origin);
  if (value_groups_) return fail_at(diag::not_in_groups, {text}, text, origin);
  if (!distinct_rows_.present()) return column_of(path);
  // Above distinct only its outputs are left.
  if (path.step_count == 0) {
    const expr_id e = column_of(path);
    for (std::uint32_t i = 0; i < chosen_.size(); ++i)
      if (chosen_[i] == e.value) return cx_->column(distinct_instance_, i);
  }
  return fail_at(diag::not_supported_yet, {"a field that the distinct rows do not have"}, text, origin);
}

result<expr_id> lowering::path_value(std::string_view path, std::uint32_t origin) {
  std::size_t rest = 0;
  const annotation* const named = find_annotation(path, rest);
  if (starts_at_filtered(named, path, rest)) {
    const std::uint32_t instance = named->relation;
    QUARRY_TRY(
        beyond,
        resolve_path(*cx_, cx_->instance_at(instance).model, path.substr(rest), path_use::value, behind(origin, rest)));
    return column_of(beyond, 0, instance);
  }
  if (const annotation* a = named) {
    expr_id e = value_of(*a);
    QUARRY_TRY(tail,
               resolve_tail(*cx_, cx_->at(e).type.kind(), path.substr(0, rest), path, rest, path_use::value, origin));
    return transformed(e, tail);
  }
  QUARRY_TRY(resolved, resolve_path(*cx_, root_model(), path, path_use::value, origin));
  return column_in_scope(resolved, path, origin);
}

/// Q & Q, Q | Q, Q ^ Q, ~Q
bool lowering::connects_conditions(const context& cx, any_id surface) noexcept {
  if (cx.at(surface).kind != kind::op) return false;
  const op o = op_of(cx, surface);
  return o == op::and_ || o == op::or_ || o == op::xor_ || o == op::not_;
}

result<expr_id> lowering::condition(expr_id surface, polarity where) {
  const kind form = cx_->at(surface).kind;
  if (form == kind::lookup || form == kind::literal) return lookup(surface, where);
  if (!connects_conditions(*cx_, surface)) return truth_value(surface);
  const op o = op_of(*cx_, surface);
  const polarity inside = o == op::not_ ? where.flipped() : where;
  const std::size_t base = items_.size();
  for (std::uint32_t i = 0; i < cx_->at(surface).child_count; ++i) {
    auto lowered = condition(expr_id(cx_->child(surface, i)), inside);
    if (!lowered) {
      items_.resize(base);
      return lowered.take_failure();
    }
    items_.push_back(lowered->value);
  }
  const std::size_t count = items_.size() - base;
  expr_id out;
  if ((o == op::and_ || o == op::or_) && count == 1) out = expr_id(items_[base]);
  else out = cx_->make_op(o, std::span<const std::uint32_t>(items_).subspan(base));
  items_.resize(base);
  return out;
}

/// An expression that stands as a condition: Exists(), Case(), a boolean column, …
result<expr_id> lowering::truth_value(expr_id surface) {
  QUARRY_TRY(value, expression(surface, types::boolean));
  const scalar given = cx_->at(value).type.kind();
  if (given != scalar::boolean && given != scalar::unknown)
    return failure(diag::wrong_argument,
                   {"a condition", "true or false", "a value of the type " + std::string(name_of(given))});
  return value;
}

result<expr_id> lowering::lookup(expr_id surface, polarity where) {
  if (cx_->at(surface).kind == kind::literal) return surface;
  const auto l = as<view::lookup>(*cx_, surface);
  const std::string_view path = cx_->text(symbol{static_cast<std::uint32_t>(l.text())});
  const std::uint32_t origin = l.origin();
  const expr_id operand = l.operand();
  std::size_t rest = 0;
  const annotation* const named = find_annotation(path, rest);
  if (starts_at_filtered(named, path, rest)) {
    const std::uint32_t instance = named->relation;
    QUARRY_TRY(beyond,
               resolve_path(*cx_, cx_->instance_at(instance).model, path.substr(rest), path_use::condition,
                            behind(origin, rest)));
    return atom_of(beyond, column_of(beyond, 0, instance), operand, where, path, origin);
  }
  if (const annotation* a = named) {
    const expr_id value = value_of(*a);
    QUARRY_TRY(
        tail,
        resolve_tail(*cx_, cx_->at(value).type.kind(), path.substr(0, rest), path, rest, path_use::condition, origin));
    // What is computed may be NULL whatever the row is: as in Django, only a negated condition on a column keeps such rows.
    const polarity plain = options_.strict_exclude ? where : polarity{false, where.inside};
    return atom_of(tail, transformed(value, tail), operand, plain, path, origin);
  }
  QUARRY_TRY(resolved, resolve_path(*cx_, root_model(), path, path_use::condition, origin));
  if (where.inside && split_negations_) {
    std::uint32_t model = root_model();
    for (std::uint32_t i = 0; i < resolved.step_count; ++i) {
      const relation& r = cx_->schema().at(model).relations[resolved.steps[i]];
      if (r.many) return exists_over(resolved, i, operand, path, origin);
      model = r.target;
    }
  }
  QUARRY_TRY(left, column_in_scope(resolved, path, origin));
  return atom_of(resolved, left, operand, where, path, origin);
}

result<expr_id> lowering::atom_of(const resolved_path& resolved, expr_id left, expr_id operand, polarity where,
                                  std::string_view path, std::uint32_t origin) {
  QUARRY_TRY(atom, apply_lookup(resolved, left, operand, path, origin));
  if (provenance* const why = cx_->why()) [[unlikely]]
    why->became(atom, {path, origin, {0, static_cast<std::uint32_t>(path.size())}});
  if (!where.negated || !cx_->at(atom).type.nullable()) return atom;
  return guarded(atom, left);
}

// lower-exclude, over columns: inside a negation a row whose value is NULL does not satisfy the atom, so that it is kept.
//   not(gt(e.rating, %0))   ==>   not(and(gt(e.rating, %0), is_not_null(e.rating)))
// The other side of a comparison counts when it is a plain column; where arithmetic makes the NULL the row drops out, as in Django.
expr_id lowering::guarded(expr_id atom, expr_id left) {
  if (options_.strict_exclude) return cx_->make_op(op::is_true, {atom});
  std::array<std::uint32_t, 3> parts = {atom.value};
  std::size_t count = 1;
  // Of a JSON document the column counts: where it lacks the key, the row drops out.
  const expr_id tested = cx_->at(left).kind == kind::json_path ? expr_id(cx_->child(left, 0)) : left;
  if (cx_->at(tested).type.nullable()) parts[count++] = cx_->make_op(op::is_not_null, {tested}).value;
  const node compared = cx_->at(atom);
  if (compared.kind == kind::op && compared.child_count == 2) {
    const any_id right = cx_->child(atom, 1);
    if (cx_->at(right).kind == kind::column && cx_->at(right).type.nullable())
      parts[count++] = cx_->make_op(op::is_not_null, {expr_id(right)}).value;
  }
  return count == 1 ? atom : cx_->make_op(op::and_, std::span<const std::uint32_t>(parts.data(), count));
}

// lower-exclude, over to-many paths: inside a negation each atom is a question of its own, "is there such a related row?", with an
// instance of its own, correlated with the row at which the path becomes to-many.
//   exclude(entry__rating=1)         ==>   not(exists(filter e where and(eq(e.blog_id, b.id), eq(e.rating, %0))))
//   exclude(blog__entry__rating=1)   ==>   not(exists(filter f where and(eq(f.blog_id, e.blog_id), eq(f.rating, %0))))
// An atom that a missing row satisfies (entry__rating=None, entry__isnull=True) also holds where there is no related row.
result<expr_id> lowering::exists_over(const resolved_path& path, std::uint32_t first_many, expr_id operand,
                                      std::string_view text, std::uint32_t origin) {
  const relation_key key = near_key(path, first_many);
  // F() belongs to the enclosing query: it is resolved before the question is asked.
  const bool query_given = cx_->at(operand).kind == kind::sub_query || cx_->at(operand).kind == kind::scalar_of;
  if (query_given) {
    QUARRY_CHECK(reach_outer_paths(operand, 0));
  } else if (cx_->at(operand).kind != kind::param) {
    QUARRY_TRY(outer_value, expression(operand, types::null));
    operand = ready_ = outer_value;
  }
  const relation& r = *key.step;
  const std::uint32_t child = cx_->new_instance(r.target);
  if (provenance* const why = cx_->why()) [[unlikely]]
    why->step(event::question, child, root_, path.steps[first_many], path.words(first_many));
  const rel_id outer = current_;
  const rel_id related_rows = filtered(rel_id(cx_->make(kind::scan, 0, {}, {}, r.target, child)),
                                       cx_->make_op(op::eq, {cx_->column(child, r.remote), key.near}));
  current_ = related_rows;
  const expr_id left = column_of(path, first_many + 1, child);
  auto atom = apply_lookup(path, left, operand, text, origin);
  const rel_id joined = current_;
  current_ = outer;
  if (!atom) return atom.take_failure();

  const auto exists = [&](rel_id rel) {
    const std::array<std::uint32_t, 1> query = {rel.value};
    return expr_id(cx_->make(kind::exists, 0, types::boolean, query));
  };
  if (provenance* const why = cx_->why()) [[unlikely]]
    why->became(*atom, {text, origin, {0, static_cast<std::uint32_t>(text.size())}});
  const bool holds_for_a_missing_row = cx_->at(*atom).kind == kind::op && op_of(*cx_, *atom) == op::is_null;
  if (!holds_for_a_missing_row) return exists(filtered(joined, *atom));
  const expr_id no_row = cx_->make_op(op::not_, {exists(related_rows)});
  if (!cx_->at(left).type.nullable()) return no_row;
  return cx_->make_op(op::or_, {no_row, exists(filtered(joined, *atom))});
}

/// The to-many step, and what its related rows refer to. A foreign key right before it is not followed, by the rule of resolve-paths that
/// `blog__id` is blog_id: the related rows of blog__entry are the entries with this blog_id, and none where it is NULL.
lowering::relation_key lowering::near_key(const resolved_path& path, std::uint32_t first_many) {
  std::array<const relation*, resolved_path::most_steps> steps{};
  std::uint32_t model = root_model();
  for (std::uint32_t i = 0; i <= first_many; ++i) {
    steps[i] = &cx_->schema().at(model).relations[path.steps[i]];
    model = steps[i]->target;
  }
  std::uint32_t followed = first_many;
  std::uint32_t column = steps[first_many]->local;
  for (; followed > 0 && steps[followed - 1]->forward && steps[followed - 1]->remote == column; --followed)
    column = steps[followed - 1]->local;
  std::uint32_t parent = root_;
  for (std::uint32_t i = 0; i < followed; ++i) parent = join(parent, path, i);
  return {steps[first_many], cx_->column(parent, column)};
}

result<expr_id> lowering::apply_lookup(const resolved_path& resolved, expr_id left, expr_id operand,
                                       std::string_view path, std::uint32_t origin) {
  const lookup_info& l = *resolved.lookup;
  if (resolved.registered) return registered_lookup(*resolved.registered, left, operand, path, origin);
  const op operation = options_.native ? l.native : l.portable;
  const type left_type = cx_->at(left).type;
  const bool is_param = cx_->at(operand).kind == kind::param;
  const param shape = is_param ? cx_->param_at(static_cast<std::uint32_t>(cx_->at(operand).a)) : param{};
  const bool null_given = is_param && shape.what == param::form::null;
  const bool list_given = is_param && shape.what == param::form::list;

  const kind given = cx_->at(operand).kind;
  const bool of_document = left_type.kind() == scalar::json;
  const bool rows_given = given == kind::sub_query || (given == kind::scalar_of && l.form == lookup_form::list);
  if (rows_given && operand != ready_ && l.form != lookup_form::null_test && l.form != lookup_form::pair) {
    QUARRY_TRY(value, sub_query_operand(resolved, left, operand, path, origin));
    if (l.form == lookup_form::list) return value;
    operand = ready_ = value;
  }
  if (of_document && l.form != lookup_form::null_test && l.form != lookup_form::list)
    return json_lookup(l, left, operand, path, origin);
  if (given == kind::row) return among(resolved, left, operand, path, origin);

  switch (l.form) {
    case lookup_form::null_test:
      if (!is_param || shape.what != param::form::scalar || shape.given != scalar::boolean)
        return fail_at(diag::isnull_needs_bool, {path}, path, origin);
      return cx_->make_op(shape.truth ? op::is_null : op::is_not_null, {left});
    case lookup_form::list:
      if (!list_given) return fail_at(diag::lookup_needs_list, {path, "one value"}, path, origin);
      if (shape.length == 0) return cx_->boolean(false);
      return cx_->make_op(operation,
                          {left, typed_param(operand, type::array_of(comparable(left_type, scalar::unknown).kind()))});
    case lookup_form::pair: {
      if (!list_given) return fail_at(diag::lookup_needs_list, {path, "one value"}, path, origin);
      if (shape.length != 2 || shape.has_null) return fail_at(diag::lookup_needs_pair, {path}, path, origin);
      const auto index = static_cast<std::uint32_t>(cx_->at(operand).a);
      const type element = comparable(left_type, scalar::unknown).with_nullable(false);
      return cx_->make_op(operation, {left, cx_->param_ref(index, element, 1), cx_->param_ref(index, element, 2)});
    }
    case lookup_form::exact:
    case lookup_form::itext:
      if (null_given) return cx_->make_op(op::is_null, {left});
      break;
    default: break;
  }
  if (null_given) return fail_at(diag::none_with_lookup, {path}, path, origin);
  if (list_given) return fail_at(diag::wrong_argument, {path, "one value", "a list"}, path, origin);
  const bool as_text = l.form == lookup_form::text || l.form == lookup_form::itext;
  const bool of_uuid = as_text && left_type.kind() == scalar::uuid;
  const expr_id compared = of_uuid                  ? uuid_digits(left)
      : as_text && left_type.kind() != scalar::text ? cast_to(scalar::text, left)
                                                    : left;
  const type wanted = as_text ? type(scalar::text, false) : comparable(left_type, shape.given);
  QUARRY_TRY(right, is_param ? result<expr_id>(typed_param(operand, wanted)) : expression(operand, wanted));
  if (of_uuid) right = uuid_digits(right);
  if (is_param) return cx_->make_op(operation, {compared, right});
  if (as_text && cx_->at(right).type.kind() != scalar::unknown) right = cast_to(scalar::text, right);
  return compare_columns(operation, compared, right, path, origin);
}

/// The text of a UUID is its digits: with or without hyphens, on every database.
expr_id lowering::uuid_digits(expr_id e) {
  return cx_->make_op(op::replace, {cast_to(scalar::text, e), constant_text("-"), constant_text("")});
}

// Values of which some are computed: as the ends of a range, or as the members of a list.
//   lookup "rating__range" row [%0, path "comments"]   ==>   between(e.rating, %0, e.comments)
result<expr_id> lowering::among(const resolved_path& resolved, expr_id left, expr_id row, std::string_view path,
                                std::uint32_t origin) {
  const lookup_info& l = *resolved.lookup;
  const bool pair = l.form == lookup_form::pair;
  if (!pair && l.form != lookup_form::list)
    return fail_at(diag::wrong_argument, {path, "one value", "several"}, path, origin);
  const type wanted = comparable(cx_->at(left).type, scalar::unknown);
  QUARRY_TRY(given, row == ready_ ? result<expr_id>(row) : row_of(row, wanted));
  if (pair && cx_->at(given).child_count != 2) return fail_at(diag::lookup_needs_pair, {path}, path, origin);
  if (cx_->at(left).type.kind() == scalar::json) return json_pair(left, given, path, origin);
  // Each is compared as if it stood alone: then dates meet datetimes, and texts numbers.
  child_list tests(*cx_);
  for (std::uint32_t i = 0; i < cx_->at(given).child_count; ++i) {
    const op o = !pair ? op::eq : i == 0 ? op::ge : op::le;
    QUARRY_TRY(test, compare_columns(o, left, expr_id(cx_->child(given, i)), path, origin));
    tests.add(test);
  }
  if (tests.ids().size() == 1) return expr_id(tests.ids()[0]);
  return cx_->make_op(pair ? op::and_ : op::or_, tests.ids());
}

/// Two values of rows: a date and a datetime meet as datetimes; a text and a number, or a UUID, as texts.
result<expr_id> lowering::compare_columns(op o, expr_id left, expr_id right, std::string_view path,
                                          std::uint32_t origin) {
  const scalar a = cx_->at(left).type.kind();
  const scalar b = cx_->at(right).type.kind();
  if ((a == scalar::json) != (b == scalar::json) && a != scalar::unknown && b != scalar::unknown)
    return cx_->make_op(o, {as_document(left), as_document(right)});
  const auto has_text = [](scalar s) { return is_number(s) || s == scalar::uuid; };
  if (a == scalar::date && b == scalar::datetime) left = cast_to(scalar::datetime, left);
  if (a == scalar::datetime && b == scalar::date) right = cast_to(scalar::datetime, right);
  if (has_text(a) && b == scalar::text) left = cast_to(scalar::text, left);
  if (a == scalar::text && has_text(b)) right = cast_to(scalar::text, right);
  const std::array<std::uint32_t, 2> both = {left.value, right.value};
  if (first_misfit(*cx_, o, both).present())
    return fail_at(diag::wrong_argument,
                   {path, std::string("a value of the type ") + std::string(name_of(a)),
                    "one of the type " + std::string(name_of(b))},
                   path, origin);
  return cx_->make_op(o, both);
}

}  // namespace quarry::ir

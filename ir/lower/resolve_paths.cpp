#include <quarry/ir/lower/resolve_paths.hpp>

#include <algorithm>
#include <string>

namespace quarry::ir {
namespace {

constexpr std::array lookups = {
#define QUARRY_LOOKUP(name, form, portable, native) lookup_info{#name, lookup_form::form, op::portable, op::native},
#include <quarry/ir/lower/lookups.def>
#undef QUARRY_LOOKUP
};

constexpr std::array transforms = {
#define QUARRY_TRANSFORM(name, code, from) transform_info{#name, op::code, from},
#include <quarry/ir/lower/transforms.def>
#undef QUARRY_TRANSFORM
};

constexpr lookup_info registered_lookup{"", lookup_form::registered, op::eq, op::eq};

const lookup_info* find_lookup(std::string_view name) {
  for (const lookup_info& l : lookups)
    if (l.name == name) return &l;
  return nullptr;
}

/// What related objects can be compared by, as in Django: their keys.
bool compares_keys(const lookup_info& l) noexcept {
  return l.form == lookup_form::exact || l.form == lookup_form::compare || l.form == lookup_form::list ||
      l.form == lookup_form::null_test;
}

const transform_info* find_transform(std::string_view name) {
  for (const transform_info& t : transforms)
    if (t.name == name) return &t;
  return nullptr;
}

class path_resolver {
 public:
  path_resolver(const context& cx, std::uint32_t root, std::string_view path, std::uint32_t origin)
      : cx_(cx), root_(root), path_(path), origin_(origin) {
    out_.text = path;
    out_.origin = origin;
  }

  result<resolved_path> run(path_use use) {
    out_.model = root_;
    while (next_segment()) {
      if (segment_.empty()) return fail(diag::empty_path, {path_});
      if (out_.column != none && !out_.relation_itself) {
        QUARRY_CHECK(after_value());
        continue;
      }
      const catalog::member m = cx_.schema().find(out_.model, segment_);
      switch (m.what) {
        case catalog::member::form::column:
          out_.column = m.index;
          out_.relation_itself = false;
          value_ = cx_.schema().at(out_.model).columns[m.index].type.kind();
          break;
        case catalog::member::form::relation: QUARRY_CHECK(step(m.index)); break;
        case catalog::member::form::absent: QUARRY_CHECK(after_relation()); break;
      }
    }
    if (out_.column == none) return fail(diag::empty_path, {path_});
    if (use == path_use::relation) {
      if (!out_.relation_itself || out_.lookup || out_.transform_count != 0)
        return fail(diag::not_one_related, {segment_});
      return out_;
    }
    trim();
    return finish(use);
  }

  result<resolved_path> run_tail(scalar value, std::string_view owner, std::size_t start, path_use use) {
    value_ = value;
    owner_ = owner;
    at_ = start;
    while (next_segment()) {
      if (segment_.empty()) return fail(diag::empty_path, {path_});
      QUARRY_CHECK(after_value());
    }
    return finish(use);
  }

 private:
  result<resolved_path> finish(path_use use) {
    if (use == path_use::condition && !out_.lookup) out_.lookup = &lookups.front();
    if (use == path_use::value && out_.lookup) return fail(diag::path_past_column, {owner_words(), lookup_name()});
    return out_;
  }

  bool next_segment() {
    if (at_ > path_.size()) return false;
    std::size_t end = path_.find("__", at_);
    if (end == std::string_view::npos) end = path_.size();
    begin_ = at_;
    segment_ = path_.substr(at_, end - at_);
    at_ = end == path_.size() ? path_.size() + 1 : end + 2;
    return true;
  }

  result<void> step(std::uint32_t index) {
    const relation r = cx_.schema().at(out_.model).relations[index];
    // Through the link rows and on: what is said of them in the same call is said of the same rows.
    if (r.form == relation_form::many_to_many) {
      QUARRY_CHECK(single_step(r.link_step));
      return single_step(r.far_step);
    }
    return single_step(index);
  }

  result<void> single_step(std::uint32_t index) {
    const relation& r = cx_.schema().at(out_.model).relations[index];
    if (out_.step_count == resolved_path::most_steps)
      return fail(diag::query_too_deep, {std::to_string(resolved_path::most_steps)});
    // Steps come first in a path, and names of models are short: 16 bits tell the place of each.
    out_.segments[out_.step_count] = {static_cast<std::uint16_t>(begin_),
                                      static_cast<std::uint16_t>(begin_ + segment_.size())};
    out_.steps[out_.step_count++] = index;
    out_.model = r.target;
    // Until a further segment says otherwise, the relation stands for the key on its far side.
    out_.column = r.forward ? r.remote : cx_.schema().at(r.target).primary_key;
    out_.relation_itself = true;
    out_.related_model = r.target;
    value_ = cx_.schema().at(out_.model).columns[out_.column].type.kind();
    return {};
  }

  /// A name that is no member of the model: after a relation it may be a lookup or transform of the key.
  result<void> after_relation() {
    if (out_.relation_itself && cx_.schema().find_extension(segment_, value_)) return after_value();
    if (out_.relation_itself && (find_lookup(segment_) || find_transform(segment_))) {
      const lookup_info* l = find_lookup(segment_);
      if (l && compares_keys(*l)) return after_value();
      return fail(diag::lookup_on_relation, {path_.substr(0, begin_ - 2), segment_});
    }
    const model& m = cx_.schema().at(out_.model);
    failure f = fail(diag::unknown_field, {cx_.schema().text(m.name), segment_});
    nearest_choice nearest(segment_);
    for (const std::string_view name : member_names(cx_.schema(), out_.model)) nearest.offer(name);
    f->suggestion = nearest.best();
    return f;
  }

  result<void> after_value() {
    if (out_.lookup) return fail(diag::unknown_lookup, {lookup_name(), segment_});
    if (const transform_info* t = find_transform(segment_); t && applies(*t, value_)) {
      if (out_.transform_count == resolved_path::most_transforms)
        return fail(diag::query_too_deep, {std::to_string(resolved_path::most_transforms)});
      out_.transforms[out_.transform_count++] = {t->code, nullptr};
      const type before(value_, false);
      value_ = type_of(t->code, {&before, 1}, before).kind();
      return {};
    }
    if (const extension* x = cx_.schema().find_extension(segment_, value_)) return registered(*x);
    const bool last = at_ > path_.size();
    const bool json = value_ == scalar::json;
    if (const lookup_info* l = find_lookup(segment_); l && (json ? last : !wants_json(l->form))) {
      out_.lookup = l;
      return {};
    }
    if (json) {  // any other name is a key
      if (out_.key_count == resolved_path::most_keys)
        return fail(diag::query_too_deep, {std::to_string(resolved_path::most_keys)});
      out_.keys[out_.key_count++] = segment_;
      return {};
    }
    for (const extension& x : cx_.schema().extensions())
      if (x.name == segment_)
        return fail(diag::lookup_of_other_type, {segment_, name_of(x.of), owner_words(), name_of(value_)});
    failure f = fail(diag::unknown_lookup, {owner_words(), segment_});
    nearest_choice nearest(segment_);
    for (const lookup_info& l : lookups)
      if (!wants_json(l.form)) nearest.offer(l.name);
    for (const transform_info& t : transforms)
      if (applies(t, value_)) nearest.offer(t.name);
    for (const extension& x : cx_.schema().extensions())
      if (x.applies(value_)) nearest.offer(x.name);
    f->suggestion = nearest.best();
    return f;
  }

  result<void> registered(const extension& x) {
    if (x.what == extension::form::lookup) {
      out_.lookup = &registered_lookup;
      out_.registered = &x;
      return {};
    }
    if (out_.transform_count == resolved_path::most_transforms)
      return fail(diag::query_too_deep, {std::to_string(resolved_path::most_transforms)});
    out_.transforms[out_.transform_count++] = {op::and_, &x};
    value_ = x.result;
    return {};
  }

  std::string_view lookup_name() const {
    return out_.registered ? std::string_view(out_.registered->name) : out_.lookup->name;
  }

  void trim() {
    while (out_.step_count > 0) {
      std::uint32_t owner = none;
      const relation& last = last_relation(owner);
      if (!last.forward || out_.column != last.remote) return;
      out_.column = last.local;
      out_.model = owner;
      --out_.step_count;
      ++out_.cut_steps;
    }
  }

  /// The last step, and the model that it starts from. The first step starts at the root, which the steps lead back to.
  const relation& last_relation(std::uint32_t& owner) const {
    owner = root_;
    for (std::uint8_t i = 0; i + 1 < out_.step_count; ++i)
      owner = cx_.schema().at(owner).relations[out_.steps[i]].target;
    return cx_.schema().at(owner).relations[out_.steps[out_.step_count - 1]];
  }

  std::string owner_words() const {
    if (!owner_.empty()) return std::string(owner_);
    const column& c = cx_.schema().at(out_.model).columns[out_.column];
    return std::string(cx_.schema().text(cx_.schema().at(out_.model).name)) + "." +
        std::string(cx_.schema().text(c.field));
  }

  failure fail(diag id, std::initializer_list<std::string_view> words) const {
    failure f(id, words);
    f->source = path_;
    f->span = {static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(segment_.size())};
    f->origin = origin_;
    return f;
  }

  const context& cx_;
  std::uint32_t root_;
  std::string_view path_;
  std::uint32_t origin_;
  std::string_view owner_;  ///< of a tail
  std::size_t at_ = 0, begin_ = 0;
  std::string_view segment_;
  scalar value_ = scalar::unknown;
  resolved_path out_;
};

}  // namespace

std::span<const lookup_info> all_lookups() noexcept { return lookups; }

std::span<const transform_info> all_transforms() noexcept { return transforms; }

bool applies(const transform_info& t, scalar to) noexcept {
  const char letter = to == scalar::date ? 'D' : to == scalar::time ? 'T' : to == scalar::datetime ? 'M' : '-';
  return t.from.find(letter) != std::string_view::npos;
}

result<resolved_path> resolve_path(const context& cx, std::uint32_t model, std::string_view path, path_use use,
                                   std::uint32_t origin) {
  return path_resolver(cx, model, path, origin).run(use);
}

result<resolved_path> resolve_tail(const context& cx, scalar value, std::string_view owner, std::string_view path,
                                   std::size_t start, path_use use, std::uint32_t origin) {
  return path_resolver(cx, none, path, origin).run_tail(value, owner, start, use);
}

}  // namespace quarry::ir

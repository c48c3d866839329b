#include <quarry/core/text/environment.hpp>

#include <algorithm>

namespace quarry::text {

const argument* call_arguments::find(std::string_view name) const noexcept {
  const auto at = std::find_if(named.begin(), named.end(), [&](const argument& a) { return a.name == name; });
  return at == named.end() ? nullptr : &*at;
}

const argument* call_arguments::get(std::size_t position, std::string_view name) const noexcept {
  return position < plain.size() ? &plain[position] : find(name);
}

environment::environment(model_set m, detail::session& s) : models(std::move(m)), session(&s) {
  paths.reset(*models.catalog);
}

environment::~environment() {
  for (const std::weak_ptr<instance>& w : linked)
    if (const auto row = w.lock()) {
      row->related.clear();
      row->loaded.clear();
    }
}

const model_notes& environment::notes(std::uint32_t m) const noexcept {
  static const model_notes usual{{"objects"}, {}};
  return m < models.notes.size() ? models.notes[m] : usual;
}

std::uint32_t environment::offset_of(std::string_view content, syntax::span literal) const noexcept {
  constexpr std::uint32_t longest_opening = 5;  // rb"""
  if (content.empty() || !literal.present()) return detail::no_offset;
  for (std::uint32_t skip = 1; skip <= longest_opening; ++skip)
    if (std::string_view(source()).substr(std::min<std::size_t>(literal.offset + skip, source().size()),
                                          content.size()) == content)
      return sources.back().base + literal.offset + skip;
  return detail::no_offset;
}

detail::path_ref environment::name_in(const argument& a, std::string_view function) const {
  const auto* name = a.what.scalar<std::string>();
  if (!name)
    fail(ir::diag::wrong_argument, {std::string(function) + "()", "the name of a field as a text", describe(a.what)},
         a.where);
  return detail::path_ref::text(*name, offset_of(*name, a.where));
}

void environment::allow_only(const call_arguments& given, std::size_t plain,
                             std::initializer_list<std::string_view> names) const {
  const std::string function = std::string(given.function) + "()";
  if (given.plain.size() > plain) {
    const std::string most = plain == 0
        ? "no plain argument"
        : "at most " + std::to_string(plain) + " plain argument" + (plain == 1 ? "" : "s");
    fail(ir::diag::wrong_argument, {function, most, std::to_string(given.plain.size())}, given.plain[plain].where);
  }
  for (const argument& a : given.named) {
    if (std::find(names.begin(), names.end(), a.name) != names.end()) continue;
    ir::nearest_choice nearest(a.name);
    for (const std::string_view known : names) nearest.offer(known);
    fail(ir::diag::unknown_argument, {given.function, a.name}, a.name_span, nearest.best());
  }
}

const argument& environment::need(const call_arguments& given, std::size_t position, std::string_view name) const {
  if (const argument* a = given.get(position, name)) return *a;
  fail(ir::diag::wrong_argument,
       {std::string(given.function) + "()", "the argument '" + std::string(name) + "'", "nothing"});
}

bool environment::truth_in(const call_arguments& given, std::string_view name, bool otherwise) const {
  const argument* a = given.find(name);
  if (!a) return otherwise;
  if (const bool* b = a->what.scalar<bool>()) return *b;
  fail(ir::diag::wrong_argument, {name, "True or False", describe(a->what)}, a->where);
}

void fail(ir::diag id, std::initializer_list<std::string_view> words, syntax::span where, std::string_view suggestion) {
  ir::diagnostic d = ir::make_diagnostic(id, words);
  d.span = where;
  d.suggestion = suggestion;
  raise(std::move(d));
}

void refuse_field(const environment& e, std::uint32_t model, std::string_view name, syntax::span where) {
  ir::nearest_choice nearest(name);
  for (const std::string_view known : ir::member_names(*e.catalog(), model)) nearest.offer(known);
  fail(ir::diag::no_such_field, {e.name_of(model), name}, where, nearest.best());
}

void not_yet(std::string_view what, syntax::span where) { fail(ir::diag::not_supported_yet, {what}, where); }

}  // namespace quarry::text

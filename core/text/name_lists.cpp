#include <quarry/core/text/name_lists.hpp>

#include <algorithm>

namespace quarry::text {
namespace {

using ir::diag;

bool is_list(const object& o, name_forms forms) {
  if (const sequence* s = o.items()) return forms == name_forms::masks || s->what != collection::set;
  return forms == name_forms::masks && o.dict();
}

/// Where a text stands within a list that the user wrote; the list itself where it can't be told.
syntax::span place_in(const environment& e, syntax::span list, std::string_view text) {
  if (!list.present()) return list;
  const std::string_view written =
      std::string_view(e.source()).substr(std::min<std::size_t>(list.offset, e.source().size()), list.size);
  for (const char quote : {'"', '\''}) {
    const std::string literal = quote + std::string(text) + quote;
    if (const std::size_t at = written.find(literal); at != std::string_view::npos)
      return {list.offset + static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(literal.size())};
  }
  return list;
}

class name_collector {
 public:
  name_collector(environment& e, std::string_view function, syntax::span where) noexcept
      : e_(e), function_(function), where_(where) {}

  std::vector<argument> found;

  /// `prefix`: the path of the dict that this stands in, with "__" behind it.
  void add(const std::string& prefix, const object& what) {
    if (const mapping* d = what.dict()) {
      for (const auto& [key, below] : d->entries) add_entry(prefix + name_of(key), below);
    } else if (const sequence* s = what.items()) {
      for (const object& item : s->items) add(prefix, item);
    } else if (const auto* name = what.scalar<std::string>()) {
      found.push_back({prefix + *name, "", place_in(e_, where_, *name), {}});
    } else if (prefix.empty()) {
      found.push_back({what, "", where_, {}});  // perhaps an expression: whoever asked for names knows
    } else {
      refuse(what);
    }
  }

 private:
  void add_entry(const std::string& path, const object& below) {
    if (!below.is_ellipsis()) return add(path + "__", below);
    const std::size_t last = path.rfind("__");
    found.push_back({path, "", place_in(e_, where_, last == std::string::npos ? path : path.substr(last + 2)), {}});
  }
  const std::string& name_of(const object& key) const {
    if (const auto* name = key.scalar<std::string>()) return *name;
    refuse(key);
  }
  [[noreturn]] void refuse(const object& what) const {
    fail(diag::wrong_argument,
         {std::string(function_) + "()", "names of fields, and '...' behind the last ones", e_.describe(what)}, where_);
  }

  environment& e_;
  std::string_view function_;
  syntax::span where_;
};

const argument* collective(const call_arguments& given, std::string_view keyword, name_forms forms) {
  if (const argument* a = given.find(keyword)) return a;
  return given.plain.size() == 1 && is_list(given.plain[0].what, forms) ? given.plain.data() : nullptr;
}

std::vector<argument> names_of(environment& e, const call_arguments& given, const argument& a, name_forms forms) {
  if (!is_list(a.what, forms)) return {{a.what, "", a.where, {}}};
  name_collector names(e, given.function, a.where);
  names.add("", a.what);
  return std::move(names.found);
}

}  // namespace

bool is_collective(const call_arguments& given, std::string_view keyword, name_forms forms) {
  return collective(given, keyword, forms) != nullptr;
}

call_arguments spread(environment& e, const call_arguments& given, std::string_view keyword, name_forms forms) {
  const argument* whole = collective(given, keyword, forms);
  if (!whole) return given;
  if (given.find(keyword) && !given.plain.empty())
    fail(diag::wrong_argument,
         {std::string(given.function) + "()", "names or the keyword '" + std::string(keyword) + "'", "both"},
         whole->name_span);
  call_arguments out{given.function, names_of(e, given, *whole, forms), {}};
  for (const argument& a : given.named)
    if (a.name != keyword) out.named.push_back(a);
  return out;
}

std::vector<argument> mask_names(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"columns"});
  return names_of(e, given, e.need(given, 0, "columns"), name_forms::masks);
}

}  // namespace quarry::text

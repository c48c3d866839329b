#include <quarry/core/cli/completion.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include <quarry/core/cli/shell_commands.hpp>
#include <quarry/core/text/functions.hpp>
#include <quarry/core/text/instances.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>
#include <quarry/ir/passes/pipeline.hpp>

namespace quarry::cli {
namespace {

constexpr std::size_t npos = static_cast<std::size_t>(-1);

bool is_name_byte(char c) noexcept {
  const auto code = static_cast<unsigned char>(c);
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || code >= 0x80U;
}
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool inside_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// --- tokens of the statement in which the cursor stands ---

struct token {
  enum class form : std::uint8_t { name, number, string, sign };
  form what;
  std::string_view text;      ///< of a string: its content
  std::size_t offset;         ///< of that
  std::size_t partner = npos; ///< index of the other bracket, where there is one
};

struct tokens {
  std::vector<token> all;
  std::vector<std::size_t> open;  ///< brackets that nothing has closed
  bool in_string = false;         ///< the last token is a string that has not ended
  bool in_comment = false;

  bool sign(std::size_t i, char c) const noexcept {
    return i < all.size() && all[i].what == token::form::sign && all[i].text[0] == c;
  }
  bool name(std::size_t i) const noexcept { return i < all.size() && all[i].what == token::form::name; }
};

class lexer {
 public:
  explicit lexer(std::string_view source) : source_(source) {}

  tokens run() {
    while (at_ < source_.size() && !out_.in_comment && !out_.in_string) next();
    return std::move(out_);
  }

 private:
  void next() {
    const char c = source_[at_];
    if (c == '#') skip_comment();
    else if (c == '\\' && at_ + 1 < source_.size()) at_ += 2;
    else if ((c == '\n' || c == ';') && out_.open.empty()) new_statement();
    else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') ++at_;
    else if (c == '"' || c == '\'') string();
    else if (is_name_byte(c)) word();
    else bracket_or_sign();
  }

  void new_statement() {
    out_.all.clear();
    ++at_;
  }

  void skip_comment() {
    const std::size_t end = source_.find('\n', at_);
    out_.in_comment = end == npos;
    at_ = std::min(end, source_.size());
  }

  void string() {
    const std::string_view quote = source_.substr(at_, 1);
    const std::string triple(3, quote[0]);
    const std::string_view ending = source_.substr(at_, 3) == triple ? std::string_view(triple) : quote;
    at_ += ending.size();
    const std::size_t begin = at_;
    while (at_ < source_.size()) {
      if (source_.substr(at_, ending.size()) == ending) {
        add(token::form::string, begin, at_);
        at_ += ending.size();
        return;
      }
      if (source_[at_] == '\n' && ending.size() == 1) break;  // was never closed: the next line starts anew
      at_ += source_[at_] == '\\' && at_ + 1 < source_.size() ? 2 : 1;
    }
    add(token::form::string, begin, at_);
    out_.in_string = at_ == source_.size();
  }

  void word() {
    const std::size_t begin = at_;
    const bool number = is_digit(source_[at_]);
    while (at_ < source_.size() && (is_name_byte(source_[at_]) || (number && source_[at_] == '.'))) ++at_;
    add(number ? token::form::number : token::form::name, begin, at_);
  }

  void bracket_or_sign() {
    const char c = source_[at_];
    add(token::form::sign, at_, at_ + 1);
    ++at_;
    const std::size_t index = out_.all.size() - 1;
    if (c == '(' || c == '[' || c == '{') out_.open.push_back(index);
    if ((c == ')' || c == ']' || c == '}') && !out_.open.empty()) {
      out_.all[index].partner = out_.open.back();
      out_.all[out_.open.back()].partner = index;
      out_.open.pop_back();
    }
  }

  void add(token::form what, std::size_t begin, std::size_t end) {
    out_.all.push_back({what, source_.substr(begin, end - begin), begin});
  }

  std::string_view source_;
  std::size_t at_ = 0;
  tokens out_;
};

// --- what an expression is, as far as its names say ---

struct meaning {
  enum class form : std::uint8_t { unknown, model, manager, query, row, formula, method, function, module };
  form what = form::unknown;
  std::uint32_t model = ir::none;  ///< of a model, manager, query, row, and of the owner of a method
  std::string_view name = {};      ///< of a method, function or module
};
using form = meaning::form;

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Makes what a query computes: F, Q, an aggregate, a function of the database.
bool makes_expression(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' && !one_of(name, {"Decimal", "Prefetch", "UUID"});
}

bool is_aggregate(std::string_view name) {
  return one_of(name, {"Count", "Sum", "Avg", "Min", "Max", "StdDev", "Variance", "AnyValue"});
}

/// Without the `a` of an asynchronous method.
std::string_view plain_method(std::string_view name) {
  const std::vector<std::string_view> all = text::query_method_names();
  const auto has = [&](std::string_view n) { return std::find(all.begin(), all.end(), n) != all.end(); };
  return name.starts_with('a') && has(name) && has(name.substr(1)) ? name.substr(1) : name;
}

class reader {
 public:
  reader(const tokens& t, const text::model_set& models, std::span<const known_name> names)
      : t_(t), models_(models), names_(names) {}

  /// The expression that ends before token `end`.
  meaning before(std::size_t end, int depth = 0) const {
    const std::size_t start = start_of(end);
    if (start == npos || depth > 50) return {};
    meaning now;
    std::size_t at = start + 1;
    if (t_.name(start)) {
      now = named(t_.all[start].text);
    } else if (t_.sign(start, '(')) {
      now = before(t_.all[start].partner, depth + 1);  // of several operands, the last
      at = t_.all[start].partner + 1;
    } else {
      return {};
    }
    while (at < end) {
      if (t_.sign(at, '.')) {
        now = attribute(now, t_.all[at + 1].text);
        at += 2;
      } else {
        now = t_.sign(at, '(') ? called(now) : element(now, at);
        at = t_.all[at].partner + 1;
      }
    }
    return now;
  }

 private:
  const ir::catalog& catalog() const noexcept { return *models_.catalog; }
  bool ends_value(std::size_t i) const noexcept { return t_.name(i) || t_.sign(i, ')') || t_.sign(i, ']'); }

  /// Where `a.b(c)[d]` before token `end` begins.
  std::size_t start_of(std::size_t end) const {
    std::size_t at = end;
    while (at > 0) {
      if (t_.sign(at - 1, ')') || t_.sign(at - 1, ']')) {
        at = t_.all[at - 1].partner;
        if (at == npos) return npos;
        if (at == 0 || !ends_value(at - 1)) return at;
      } else if (t_.name(at - 1)) {
        if (at < 3 || !t_.sign(at - 2, '.')) return at - 1;
        at -= 2;
      } else {
        return npos;
      }
    }
    return npos;
  }

  meaning named(std::string_view name) const {
    for (const known_name& n : names_) {
      if (n.name != name) continue;
      switch (n.what) {
        case known_name::form::value: return {};
        case known_name::form::query: return {form::query, n.model};
        case known_name::form::manager: return {form::manager, n.model};
        case known_name::form::row: return {form::row, n.model};
      }
    }
    if (const std::uint32_t m = catalog().find_model(name); m != ir::none) return {form::model, m};
    if (!text::builtin(name)) return {};
    return {text::builtin_members(name).empty() || one_of(name, {"Q"}) ? form::function : form::module, ir::none, name};
  }

  meaning attribute(const meaning& of, std::string_view name) const {
    switch (of.what) {
      case form::model: {
        if (of.model >= models_.notes.size()) return {};
        const std::vector<std::string>& managers = models_.notes[of.model].managers;
        return std::find(managers.begin(), managers.end(), name) == managers.end() ? meaning()
                                                                                   : meaning{form::manager, of.model};
      }
      case form::manager:
      case form::query: return {form::method, of.model, name};
      case form::row:
        for (const ir::relation& r : catalog().at(of.model).relations)
          if (r.accessor.present() && catalog().text(r.accessor) == name)
            return {r.many ? form::manager : form::row, r.target};
        return {};
      case form::formula:
      case form::module: return {form::function, ir::none, name};
      default: return {};
    }
  }

  meaning called(const meaning& what) const {
    if (what.what == form::model) return {form::row, what.model};
    if (what.what == form::function)
      return makes_expression(what.name) || one_of(what.name, {"asc", "desc"}) ? meaning{form::formula} : meaning();
    if (what.what != form::method) return {};
    const std::string_view name = plain_method(what.name);
    if (one_of(name, {"get", "first", "last", "latest", "earliest", "create", "acreate"}))
      return {form::row, what.model};
    if (one_of(name, {"count", "exists", "aggregate", "contains", "in_bulk", "iterator"})) return {};
    return {form::query, what.model};
  }

  meaning element(const meaning& of, std::size_t bracket) const {
    if (of.what != form::query) return {};
    for (std::size_t i = bracket + 1; i < t_.all[bracket].partner; ++i) {
      if (t_.sign(i, ':')) return of;
      if (t_.all[i].partner != npos) i = t_.all[i].partner;
    }
    return {form::row, of.model};
  }

  const tokens& t_;
  const text::model_set& models_;
  std::span<const known_name> names_;
};

// --- paths ---

/// Where a path stands: in a condition it may end in a lookup, as a value in a transform; `related` and `loaded` are the
/// relations of select_related() and prefetch_related(); `own` names a field of the model itself.
enum class path_place : std::uint8_t { condition, value, related, loaded, own };

bool fits(const ir::lookup_info& l, ir::scalar value) {
  using ir::lookup_form;
  if (value == ir::scalar::json) return true;
  if (ir::wants_json(l.form)) return false;
  if (l.form == lookup_form::text || l.form == lookup_form::itext) return value == ir::scalar::text;
  if (l.form == lookup_form::compare || l.form == lookup_form::pair) return value != ir::scalar::boolean;
  return true;
}

class path_walk {
 public:
  path_walk(const ir::catalog& catalog, std::uint32_t model, path_place place)
      : catalog_(catalog), model_(model), place_(place) {}

  /// Every path that starts with `typed`, up to the end of the segment that is being written.
  void offer(std::string_view typed, std::vector<std::string>& out) {
    const std::size_t cut = typed.rfind("__");
    const std::string_view done = cut == npos ? std::string_view() : typed.substr(0, cut);
    if (cut != npos && !walk(done)) return;
    const std::string before(typed.substr(0, cut == npos ? 0 : cut + 2));
    for (const std::string& next : following()) out.push_back(before + next);
  }

 private:
  bool walk(std::string_view path) {
    for (std::size_t at = 0; at <= path.size();) {
      const std::size_t end = std::min(path.find("__", at), path.size());
      if (!step(path.substr(at, end - at))) return false;
      at = end + 2;
    }
    return true;
  }

  bool step(std::string_view segment) {
    if (value_) {
      if (*value_ == ir::scalar::json) return true;  // a key
      const auto transforms = ir::all_transforms();
      const auto t = std::find_if(transforms.begin(), transforms.end(), [&](const ir::transform_info& i) {
        return i.name == segment && ir::applies(i, *value_);
      });
      if (t == transforms.end()) return false;
      const ir::type before(*value_, false);
      value_ = ir::type_of(t->code, {&before, 1}, before).kind();
      return true;
    }
    if (place_ == path_place::own) return false;
    if (place_ == path_place::loaded) return step_to(segment);
    const ir::catalog::member m = catalog_.find(model_, segment);
    if (m.what == ir::catalog::member::form::absent) return false;
    if (m.what == ir::catalog::member::form::column) value_ = catalog_.at(model_).columns[m.index].type.kind();
    else enter(catalog_.at(model_).relations[m.index]);
    return true;
  }

  bool step_to(std::string_view accessor) {
    for (const ir::relation& r : catalog_.at(model_).relations)
      if (r.accessor.present() && catalog_.text(r.accessor) == accessor) {
        enter(r);
        return true;
      }
    return false;
  }

  void enter(const ir::relation& r) {
    model_ = r.target;
    at_relation_ = true;
  }

  std::vector<std::string> following() const {
    if (value_) return after_value();
    std::vector<std::string> out;
    const ir::model& m = catalog_.at(model_);
    switch (place_) {
      case path_place::condition:
      case path_place::value:
        for (const std::string_view name : ir::member_names(catalog_, model_)) out.emplace_back(name);
        if (at_relation_ && place_ == path_place::condition) out.insert(out.end(), {"exact=", "in=", "isnull="});
        break;
      case path_place::related:
        for (const ir::relation& r : m.relations)
          if (r.accessor.present() && !r.many) out.emplace_back(catalog_.text(r.name));
        break;
      case path_place::loaded:
        for (const ir::relation& r : m.relations)
          if (r.accessor.present()) out.emplace_back(catalog_.text(r.accessor));
        break;
      case path_place::own:
        for (const ir::column& c : m.columns) {
          out.push_back(std::string(catalog_.text(c.name)) + "=");
          if (c.relation != ir::none) out.push_back(std::string(catalog_.text(c.field)) + "=");
        }
        break;
    }
    return out;
  }

  std::vector<std::string> after_value() const {
    std::vector<std::string> out;
    if (place_ != path_place::condition && place_ != path_place::value) return out;
    for (const ir::transform_info& t : ir::all_transforms())
      if (ir::applies(t, *value_)) out.emplace_back(t.name);
    if (place_ == path_place::condition)
      for (const ir::lookup_info& l : ir::all_lookups())
        if (fits(l, *value_)) out.push_back(std::string(l.name) + "=");
    return out;
  }

  const ir::catalog& catalog_;
  std::uint32_t model_;
  path_place place_;
  bool at_relation_ = false;
  std::optional<ir::scalar> value_;
};

// --- the candidates ---

std::vector<std::string_view> keywords_of(std::string_view function) {
  struct entry {
    std::string_view function;
    std::vector<std::string_view> keywords;
  };
  static const std::vector<entry> table = {
      {"values_list", {"flat", "named"}},
      {"in_bulk", {"id_list", "field_name"}},
      {"iterator", {"chunk_size"}},
      {"dates", {"field_name", "kind", "order"}},
      {"datetimes", {"field_name", "kind", "order"}},
      {"contains", {"obj"}},
      {"Prefetch", {"queryset", "to_attr"}},
      {"When", {"condition", "then"}},
      {"Case", {"default", "output_field"}},
      {"Cast", {"output_field"}},
      {"asc", {"nulls_first", "nulls_last"}},
      {"desc", {"nulls_first", "nulls_last"}},
      {"sorted", {"reverse"}},
      {"StdDev", {"default", "distinct", "filter", "sample"}},
      {"Variance", {"default", "distinct", "filter", "sample"}},
      {"Count", {"distinct", "filter"}},
      {"date", {"day", "month", "year"}},
      {"datetime", {"day", "hour", "microsecond", "minute", "month", "second", "year"}},
      {"time", {"hour", "microsecond", "minute", "second"}},
      {"timedelta", {"days", "hours", "microseconds", "milliseconds", "minutes", "seconds", "weeks"}},
  };
  for (const entry& e : table)
    if (e.function == function) return e.keywords;
  return is_aggregate(function) ? std::vector<std::string_view>{"default", "distinct", "filter"}
                                : std::vector<std::string_view>();
}

class completer {
 public:
  completer(std::string_view text, const text::model_set& models, std::span<const known_name> names)
      : t_(lexer(text).run()), models_(models), names_(names), reader_(t_, models_, names_), from_(text.size()) {}

  completion run() {
    if (t_.in_comment) return {from_, {}};
    if (t_.in_string) in_string();
    else in_code();
    std::erase_if(out_, [&](const std::string& c) { return !c.starts_with(typed_); });
    std::sort(out_.begin(), out_.end());
    out_.erase(std::unique(out_.begin(), out_.end()), out_.end());
    return {from_, std::move(out_)};
  }

 private:
  struct call {
    std::string_view function;
    std::uint32_t model = ir::none;  ///< whose fields the arguments name
    bool constructs = false;
    std::size_t bracket = npos;
  };

  const ir::catalog& catalog() const noexcept { return *models_.catalog; }
  void offer(std::string_view name) { out_.emplace_back(name); }

  void in_code() {
    std::size_t end = t_.all.size();
    if (end > 0) {
      const token& last = t_.all[end - 1];
      const bool touches = last.offset + last.text.size() == from_ && last.what != token::form::string;
      if (touches && last.what == token::form::number) return;
      if (touches && last.what == token::form::name) {
        typed_ = last.text;
        from_ = last.offset;
        --end;
      }
    }
    if (end > 0 && t_.sign(end - 1, '.')) return attributes(reader_.before(end - 1));
    const bool argument = !t_.open.empty() && end > 0 && (t_.sign(end - 1, '(') || t_.sign(end - 1, ','));
    const std::optional<call> c = argument ? innermost() : std::nullopt;
    if (c) arguments(*c);
    // An empty word in a condition is far more likely to become a field than any of the names.
    if (c && typed_.empty() && !out_.empty()) offer("Q");
    else general_names();
  }

  void general_names() {
    for (const known_name& n : names_) offer(n.name);
    for (const ir::model& m : catalog().models())
      if (!m.automatic) offer(catalog().text(m.name));
    for (const std::string_view n : text::builtin_names()) offer(n);
    for (const std::string_view n : {"True", "False", "None"}) offer(n);
  }

  void attributes(const meaning& of) {
    switch (of.what) {
      case form::model:
        if (of.model < models_.notes.size())
          for (const std::string& m : models_.notes[of.model].managers) offer(m);
        break;
      case form::manager:
      case form::query:
        for (const std::string_view n : text::query_method_names())
          if (plain_method(n) == n) offer(n);
        offer("create");
        break;
      case form::row:
        for (const ir::column& c : catalog().at(of.model).columns) offer(catalog().text(c.name));
        for (const ir::relation& r : catalog().at(of.model).relations)
          if (r.accessor.present()) offer(catalog().text(r.accessor));
        for (const std::string_view n : text::instance_method_names()) offer(n);
        break;
      case form::formula:
        for (const std::string_view n : {"asc", "desc"}) offer(n);
        break;
      case form::module:
      case form::function:
        for (const std::string_view n : text::builtin_members(of.name)) offer(n);
        break;
      case form::method:
      case form::unknown: break;
    }
  }

  /// The call around the cursor. An F, a Q or an aggregate speaks of the model of the query around it, an OuterRef of the one
  /// around that.
  std::optional<call> innermost() const {
    if (t_.open.empty() || !t_.sign(t_.open.back(), '(')) return std::nullopt;
    call out;
    std::size_t queries_to_leave = 0;
    for (std::size_t level = t_.open.size(), seen = 0; level-- > 0 && seen < 20; ++seen) {
      if (!t_.sign(t_.open[level], '(')) continue;
      const meaning callee = reader_.before(t_.open[level]);
      if (out.bracket == npos && callee.name == "OuterRef") queries_to_leave = 1;
      if (out.bracket == npos) {
        if (callee.what == form::unknown) return std::nullopt;
        out = {callee.name, callee.model, callee.what == form::model, t_.open[level]};
      }
      if (callee.what == form::method || callee.what == form::model) {
        if (queries_to_leave > 0) {
          --queries_to_leave;
          continue;
        }
        out.model = callee.model;
        break;
      }
    }
    return out;
  }

  void arguments(const call& c) {
    const std::string_view name = plain_method(c.function);
    if (one_of(name, {"filter", "exclude", "get", "Q", "When"})) paths(c, path_place::condition);
    else if (c.constructs || one_of(name, {"create", "acreate"})) paths(c, path_place::own);
    for (const std::string_view k : keywords_of(name)) out_.push_back(std::string(k) + "=");
  }

  /// Where no query is around the expression, any model may be meant.
  void paths(const call& c, path_place place) {
    for (std::uint32_t m = 0; m < catalog().models().size(); ++m)
      if (c.model == m || (c.model == ir::none && !catalog().at(m).automatic))
        path_walk(catalog(), m, place).offer(typed_, out_);
  }

  void in_string() {
    const std::size_t index = t_.all.size() - 1;
    typed_ = t_.all[index].text;
    from_ = t_.all[index].offset;
    const std::optional<call> c = innermost();
    if (!c || index == 0) return;
    std::size_t position = 0;
    for (std::size_t i = c->bracket + 1; i < index; ++i) {
      if (t_.all[i].partner != npos) i = t_.all[i].partner;
      else if (t_.sign(i, ',')) ++position;
    }
    const std::string_view name = plain_method(c->function);
    if (t_.sign(index - 1, '=') && index >= 2) {
      if (one_of(t_.all[index - 2].text, {"field_name", "field"})) paths(*c, path_place::value);
      return;
    }
    if (!t_.sign(index - 1, '(') && !t_.sign(index - 1, ',')) return;
    const bool first = position == 0;
    if (name == "order_by") ordered(*c);
    else if (one_of(name, {"values", "values_list", "only", "defer", "latest", "earliest"}))
      paths(*c, path_place::value);
    else if (first && one_of(name, {"dates", "datetimes"})) paths(*c, path_place::value);
    else if (makes_expression(name) && !one_of(name, {"Q", "Value", "When"}) &&
             (first || !one_of(name, {"Extract", "Trunc"})))
      paths(*c, path_place::value);
    else if (name == "select_related") paths(*c, path_place::related);
    else if (name == "prefetch_related" || (name == "Prefetch" && first)) paths(*c, path_place::loaded);
    else if (one_of(name, {"dates", "datetimes"})) words_of_dates(name, position);
  }

  void ordered(const call& c) {
    if (typed_.starts_with('-') || typed_.starts_with('+')) {
      typed_.remove_prefix(1);
      ++from_;
    }
    paths(c, path_place::value);
  }

  void words_of_dates(std::string_view name, std::size_t position) {
    if (position == 2)
      for (const std::string_view w : {"ASC", "DESC"}) offer(w);
    if (position != 1) return;
    for (const std::string_view w : {"year", "month", "week", "day"}) offer(w);
    if (name == "datetimes")
      for (const std::string_view w : {"hour", "minute", "second"}) offer(w);
  }

  tokens t_;
  const text::model_set& models_;
  std::span<const known_name> names_;
  reader reader_;
  std::size_t from_;
  std::string_view typed_;
  std::vector<std::string> out_;
};

std::size_t at_character(std::string_view text, std::size_t cursor) {
  cursor = std::min(cursor, text.size());
  while (cursor > 0 && cursor < text.size() && inside_character(text[cursor])) --cursor;
  return cursor;
}

}  // namespace

completion complete(std::string_view text, std::size_t cursor, const text::model_set& models,
                    std::span<const known_name> names) {
  return completer(text.substr(0, at_character(text, cursor)), models, names).run();
}

completion complete_command(std::string_view line, std::size_t cursor, const text::model_set& models,
                            std::span<const known_name> names) {
  const std::string_view before = line.substr(0, at_character(line, cursor));
  const std::size_t begin = std::min(before.find('\\'), before.size());
  const std::size_t end = before.find_first_of(" \t", begin);
  completion out{begin, {}};
  if (end == npos) {
    for (const command_info& c : shell_commands)
      if (c.name.starts_with(before.substr(begin))) out.candidates.emplace_back(c.name);
    std::sort(out.candidates.begin(), out.candidates.end());
    return out;
  }
  const command_info* c = find_command(before.substr(begin, end - begin));
  if (c && c->argument == command_argument::expression) {
    out = complete(before.substr(end), before.size() - end, models, names);
    out.from += end;
    return out;
  }
  out.from = before.find_last_of(" \t") + 1;
  const auto offer = [&](std::string_view word) {
    if (word.starts_with(before.substr(out.from))) out.candidates.emplace_back(word);
  };
  if (c && c->argument == command_argument::on_or_off)
    for (const std::string_view w : {"off", "on"}) offer(w);
  if (c && c->argument == command_argument::pass) {
    for (const ir::pass_info& p : ir::all_passes()) offer(p.name);
    for (const std::string_view w : {"all", "none"}) offer(w);
    std::sort(out.candidates.begin(), out.candidates.end());
  }
  return out;
}

std::string common_prefix(std::span<const std::string> candidates) {
  if (candidates.empty()) return {};
  std::string_view common = candidates.front();
  for (const std::string& c : candidates) {
    const auto [end, other] = std::mismatch(common.begin(), common.end(), c.begin(), c.end());
    std::size_t size = static_cast<std::size_t>(end - common.begin());
    while (size > 0 && size < common.size() && inside_character(common[size])) --size;
    common = common.substr(0, size);
  }
  return std::string(common);
}

}  // namespace quarry::cli

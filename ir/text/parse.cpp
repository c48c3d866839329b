#include <quarry/ir/text/parse.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include <quarry/ir/text/form.hpp>
#include <quarry/ir/verify/typing.hpp>

namespace quarry::ir {
namespace {

constexpr int max_inline_depth = 200;
constexpr std::uint32_t max_index = 0xffff;  // of parameters

class query_parser {
 public:
  query_parser(context& cx, token_stream& in) : cx_(cx), in_(in) {}

  result<parsed_query> run() {
    QUARRY_CHECK(in_.expect("query"));
    QUARRY_CHECK(in_.expect('('));
    // The stage first: the entries of the head are the same in each.
    while (!in_.take(')')) {
      QUARRY_CHECK(head_entry());
      if (!in_.peek().is(')')) QUARRY_CHECK(in_.expect(','));
    }
    add_params();
    QUARRY_CHECK(in_.expect('{'));
    QUARRY_CHECK(stage_comment());
    any_id root;
    while (!in_.take('}')) {
      if (in_.take('=')) {
        QUARRY_TRY(value, child(false));
        if (!value.present()) return in_.expected("a value");
        root = value;
        QUARRY_CHECK(in_.expect('}'));
        break;
      }
      QUARRY_TRY(made, statement());
      root = made;
    }
    if (!root.present()) return in_.expected("a statement");
    if (!in_.at_end()) return in_.expected("the end");
    return parsed_query{root, stage_};
  }

 private:
  struct relation_name {
    any_id rel;
    std::uint32_t instance = none;
  };
  /// A node that is read but not made: its type may still follow.
  struct unmade {
    bool node = true;             // else `id` is complete and takes no type
    any_id id;
    ir::kind kind = ir::kind::list;
    std::uint16_t flags = 0;
    std::uint64_t a = 0;
    std::uint32_t b = 0;
    std::vector<std::uint32_t> children;
    std::optional<type> implied;  // where the form stands for a type of its own
    bool whole_number = false;
  };

  // --- the head ---

  result<void> head_entry() {
    if (in_.take('%')) return param_entry();
    if (in_.take('$')) {
      QUARRY_TRY(slot, in_.number("a bind slot"));
      QUARRY_TRY(t, optional_type());
      if (!binds_.emplace(slot, t.value_or(type())).second) return in_.expected("another bind slot");
      return {};
    }
    const token at = in_.peek();
    QUARRY_TRY(name, in_.name("'%', '$' or the name of an outer relation"));
    QUARRY_CHECK(in_.expect(':'));
    relation_name outer;
    if (in_.peek().is('(')) {
      QUARRY_TRY(outputs, columns());
      outer.instance = cx_.new_computed_instance(outputs);
    } else {
      QUARRY_TRY(model, model_index());
      outer.instance = cx_.new_instance(model, in_.take("optional"));
    }
    return define(name, outer, at);
  }

  result<void> param_entry() {
    const token at = in_.peek();
    QUARRY_TRY(index, in_.number("the number of a parameter", max_index));
    QUARRY_TRY(t, optional_type());
    param p;
    p.given = t ? t->kind() : scalar::unknown;
    if (in_.take("from")) QUARRY_CHECK(shape(p));
    if (!params_.emplace(index, std::pair(t.value_or(type()), p)).second)
      return in_.fail(diag::syntax_error, {"another parameter"}, at);
    return {};
  }

  result<void> shape(param& p) {
    if (in_.take("constant")) {
      QUARRY_TRY(text, in_.name("a text"));
      p.what = param::form::constant;
      p.text = cx_.names().intern(text);
      return {};
    }
    p.given = scalar::unknown;
    if (in_.take("true") || in_.next_is("false")) {
      p.truth = !in_.take("false");
      p.given = scalar::boolean;
      return {};
    }
    if (in_.take("year")) {
      p.calendar_year = true;
      p.given = scalar::int64;
    } else if (in_.take("null")) {
      p.what = param::form::null;
    } else if (in_.take("list")) {
      p.what = param::form::list;
      QUARRY_CHECK(in_.expect('('));
      QUARRY_TRY(length, in_.number("the length of the list", max_index));
      p.length = length;
      if (in_.take(',')) {
        QUARRY_CHECK(in_.expect("null"));
        p.has_null = true;
      }
      QUARRY_CHECK(in_.expect(')'));
    } else {
      return scalar_name(p.given);
    }
    if (!in_.take("of")) return {};
    if (p.what == param::form::list && in_.take("year")) {
      p.calendar_year = true;
      return {};
    }
    return scalar_name(p.given);
  }

  result<void> scalar_name(scalar& out) {
    const std::optional<scalar> known =
        in_.peek().kind == token_kind::name ? find_scalar(in_.peek().text) : std::nullopt;
    if (!known) return in_.expected("a type");
    in_.next();
    out = *known;
    return {};
  }

  void add_params() {
    for (const auto& [index, entry] : params_) {
      while (cx_.param_count() < index) cx_.add_param({});
      cx_.add_param(entry.second);
    }
  }

  result<void> stage_comment() {
    if (in_.peek().kind == token_kind::stage)
      for (const stage s : {stage::surface, stage::related, stage::logical, stage::sql})
        if (name_of(s) == in_.peek().text) {
          stage_ = s;
          in_.next();
          return {};
        }
    return in_.expected("'; stage' and surface, related, logical or sql");
  }

  // --- names, types ---

  result<void> define(const std::string& name, relation_name what, const token& at) {
    if (is_reserved(name)) return in_.fail(diag::syntax_error, {"a name that has no meaning of its own"}, at);
    if (!names_.emplace(name, what).second) return in_.fail(diag::syntax_error, {"a name that is not taken"}, at);
    return {};
  }

  result<std::optional<type>> optional_type() {
    if (!in_.take(':')) return std::optional<type>();
    QUARRY_TRY(t, parse_type(in_));
    return std::optional<type>(t);
  }

  failure unknown(diag id, std::initializer_list<std::string_view> words, std::string_view wrong, const token& at,
                  const std::vector<std::string_view>& known) const {
    failure f = in_.fail(id, words, at);
    nearest_choice nearest(wrong);
    for (const std::string_view k : known) nearest.offer(k);
    f->suggestion = nearest.best();
    return f;
  }

  failure unknown_relation(std::string_view name, const token& at) const {
    std::vector<std::string_view> known;
    for (const auto& [k, what] : names_) known.push_back(k);
    return unknown(diag::unknown_name, {name}, name, at, known);
  }

  result<std::uint32_t> model_index() {
    const token at = in_.peek();
    if (in_.take("none")) return none;
    QUARRY_TRY(name, in_.name("the name of a model"));
    const std::uint32_t found = cx_.schema().find_model(name);
    if (found != none) return found;
    std::vector<std::string_view> known;
    for (const model& m : cx_.schema().models()) known.push_back(cx_.text(m.name));
    return unknown(diag::unknown_model, {name}, name, at, known);
  }

  result<std::uint32_t> instance_named(const token& at, const std::string& name) const {
    const auto found = names_.find(name);
    if (found == names_.end()) return unknown_relation(name, at);
    if (found->second.instance == none) return in_.fail(diag::syntax_error, {"a relation with columns of its own"}, at);
    return found->second.instance;
  }

  result<std::uint32_t> instance_ref() {
    const token at = in_.peek();
    QUARRY_TRY(name, in_.name("the name of a relation"));
    return instance_named(at, name);
  }

  /// `.name` or `.#3` after an instance: the number of its column.
  result<std::uint32_t> member(std::uint32_t instance) {
    const ir::instance in = cx_.instance_at(instance);
    const std::uint32_t count =
        in.model != none ? static_cast<std::uint32_t>(cx_.schema().at(in.model).columns.size()) : in.count;
    const token at = in_.peek();
    if (in_.take('#')) {
      QUARRY_TRY(number, in_.number("the number of a column"));
      if (number >= count) return in_.fail(diag::syntax_error, {"the number of a column that there is"}, at);
      return number;
    }
    QUARRY_TRY(name, in_.name("the name of a column"));
    std::vector<std::string_view> known;
    for (std::uint32_t f = 0; f < count; ++f) {
      known.push_back(cx_.column_name(instance, f));
      if (known.back() == name) return f;
    }
    return unknown(diag::unknown_field,
                   {in.model != none ? cx_.text(cx_.schema().at(in.model).name) : "the relation", name}, name, at,
                   known);
  }

  /// `owner.relation`: the number of the relation on the owner's model, and the model that it leads to.
  result<std::uint32_t> relation_index(std::uint32_t& target) {
    QUARRY_TRY(owner, instance_ref());
    QUARRY_CHECK(in_.expect('.'));
    const std::uint32_t model = cx_.instance_at(owner).model;
    const token at = in_.peek();
    if (model == none) return in_.fail(diag::syntax_error, {"a relation of a model"}, at);
    const std::vector<relation>& all = cx_.schema().at(model).relations;
    if (in_.take('#')) {
      QUARRY_TRY(number, in_.number("the number of a relation"));
      if (number >= all.size()) return in_.fail(diag::syntax_error, {"the number of a relation that there is"}, at);
      target = all[number].target;
      return number;
    }
    QUARRY_TRY(name, in_.name("the name of a relation"));
    std::vector<std::string_view> known;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      known.push_back(cx_.text(all[i].name));
      if (known.back() != name) continue;
      target = all[i].target;
      return i;
    }
    return unknown(diag::unknown_field, {cx_.text(cx_.schema().at(model).name), name}, name, at, known);
  }

  result<std::vector<output>> columns() {
    std::vector<output> out;
    QUARRY_CHECK(in_.expect('('));
    while (!in_.take(')')) {
      output o;
      if (!in_.take('#')) {
        QUARRY_TRY(name, in_.name("the name of a column"));
        o.name = cx_.names().intern(name);
      }
      QUARRY_CHECK(in_.expect(':'));
      QUARRY_TRY(t, parse_type(in_));
      o.type = t;
      out.push_back(o);
      if (!in_.peek().is(')')) QUARRY_CHECK(in_.expect(','));
    }
    return out;
  }

  // --- statements and nodes ---

  result<any_id> statement() {
    const token at = in_.peek();
    if (at.kind != token_kind::name && at.kind != token_kind::string) return in_.expected("a statement or '}'");
    QUARRY_TRY(name, in_.name("a name"));
    QUARRY_CHECK(in_.expect('='));
    const bool typed = in_.take('(');
    QUARRY_TRY(k, kind_here(true));
    defining_ = {name, at};
    makes_instance_ = false;
    QUARRY_TRY(read, fields(*k));
    if (typed) QUARRY_CHECK(in_.expect(')'));
    QUARRY_TRY(given, typed ? optional_type() : result<std::optional<type>>(std::nullopt));
    relation_name made{{}, instance_};
    if (has_instance(*k) && instance_ == none) {
      QUARRY_CHECK(arrow());
      QUARRY_TRY(outputs, columns());
      read.b = made.instance = cx_.new_computed_instance(outputs, optional_);
      makes_instance_ = true;
    }
    QUARRY_TRY(id, make(read, given, at));
    made.rel = id;
    if (!makes_instance_) made.instance = none;
    names_.erase(early_);  // named before its children were read
    early_.clear();
    QUARRY_CHECK(define(name, made, at));
    return id;
  }

  result<void> arrow() {
    if (in_.peek().kind != token_kind::mark || in_.peek().text != "->") return in_.expected("'->' and the columns");
    in_.next();
    return {};
  }

  result<const kind_info*> kind_here(bool relation) {
    const token at = in_.peek();
    const kind_info* k = at.kind == token_kind::name ? find_kind(stage_, relation, at.text) : nullptr;
    if (k != nullptr) {
      in_.next();
      return k;
    }
    if (at.kind != token_kind::name) return in_.expected(relation ? "a kind of relation" : "a kind of node");
    std::vector<std::string_view> known;
    for (const kind_info& other : all_kinds())
      if ((other.stages & static_cast<std::uint8_t>(stage_)) != 0 && (other.sort == sort::rel) == relation)
        known.push_back(other.text);
    return unknown(diag::unknown_name, {at.text}, at.text, at, known);
  }

  result<unmade> fields(const kind_info& k) {
    unmade out;
    out.kind = k.id;
    if (k.sort == sort::rel) instance_ = none;
    const std::pair<std::string, token> statement_name =
        k.sort == sort::rel ? defining_ : std::pair<std::string, token>();
    std::uint32_t model = none, instance = none;
    const bool own = has_instance(k);
    out.children.assign(k.fixed_children, none);
    for (const field_info* f : in_text_order(k)) {
      if (f->form == field_form::flag) {
        if (flag_here(k, *f)) out.flags = static_cast<std::uint16_t>(out.flags | f->slot);
      } else if (f->meaning == word::instance && own) {
        QUARRY_TRY(made, instance_word(names_a_model(k), model, statement_name));
        instance = made;
        out.b = instance == none ? 0 : instance;
      } else if (is_word(*f)) {
        QUARRY_TRY(value, word_value(*f, model));
        if (f->form == field_form::word_a) out.a = value;
        else out.b = static_cast<std::uint32_t>(value);
      } else {
        QUARRY_CHECK(child_field(*f, out));
      }
    }
    if (k.sort == sort::rel) instance_ = instance;
    return out;
  }

  /// A flag, unless the same word begins the text before a child.
  bool flag_here(const kind_info& k, const field_info& flag) {
    if (!in_.next_is(flag.text)) return false;
    const token& after = in_.peek(1);
    for (const field_info& f : k.all_fields()) {
      if (!is_child(f) || f.text.size() <= flag.text.size() + 1 || !f.text.starts_with(flag.text)) continue;
      if (after.kind == token_kind::name && after.text == f.text.substr(flag.text.size() + 1)) return false;
    }
    in_.next();
    return true;
  }

  /// The instance of a statement: another's, one of the model that was named, or (none) one whose columns come at the end.
  result<std::uint32_t> instance_word(bool of_model, std::uint32_t model,
                                      const std::pair<std::string, token>& statement_name) {
    if (in_.take("of")) return instance_ref();
    optional_ = in_.take("optional");
    if (!of_model) return none;
    const std::uint32_t made = cx_.new_instance(model, optional_);
    if (model == none) return made;
    makes_instance_ = true;
    early_ = statement_name.first;
    QUARRY_CHECK(define(statement_name.first, {{}, made}, statement_name.second));
    return made;
  }

  result<std::uint64_t> word_value(const field_info& f, std::uint32_t& model) {
    switch (f.meaning) {
      case word::symbol:
        if (in_.peek().kind == token_kind::string) return cx_.names().intern(in_.next().value).value;
        in_.take("none");
        return none;
      case word::model: {
        QUARRY_TRY(found, model_index());
        model = found;
        return found;
      }
      case word::relation: {
        QUARRY_TRY(found, relation_index(model));
        return found;
      }
      case word::origin: {
        if (!in_.take('@')) return none;
        QUARRY_TRY(offset, in_.number("an offset"));
        return offset;
      }
      case word::op: {
        const token& t = in_.peek();
        const op_info* o = t.kind == token_kind::name ? find_op(t.text) : nullptr;
        if (o == nullptr) return in_.expected("the name of an operation");
        in_.next();
        return static_cast<std::uint64_t>(o->code);
      }
      case word::instance: {
        QUARRY_TRY(found, instance_ref());
        return found;
      }
      default: break;
    }
    if (is_numeral(f)) {
      QUARRY_CHECK(in_.expect(f.name));
      QUARRY_CHECK(in_.expect('='));
      QUARRY_TRY(value, in_.integer("a number"));
      return static_cast<std::uint64_t>(value);
    }
    const token& t = in_.peek();
    const std::optional<std::uint32_t> known = t.kind == token_kind::name ? find_code(f.meaning, t.text) : std::nullopt;
    if (!known) return in_.expected(std::string("the ") + std::string(f.name));
    in_.next();
    return *known;
  }

  result<void> child_field(const field_info& f, unmade& out) {
    if (f.form == field_form::children) {
      if (!f.text.empty() && !take_label(f)) return {};
      QUARRY_CHECK(in_.expect('['));
      return items(']', out.children);
    }
    if (f.form == field_form::optional_child && (f.text.empty() ? !child_may_start() : !take_label(f))) return {};
    if (f.form == field_form::child && !f.text.empty() && !take_label(f))
      return in_.expected("'" + std::string(f.text) + "'");
    QUARRY_TRY(made, child(false));
    out.children[f.slot] = made.value;
    return {};
  }

  /// One word or two ("group by"). A word with `=` behind it is the next statement.
  bool take_label(const field_info& f) {
    const std::size_t blank = f.text.find(' ');
    const bool two = blank != std::string_view::npos;
    if (!in_.next_is(f.text.substr(0, blank)) || in_.peek(1).is('=')) return false;
    if (two && (in_.peek(1).kind != token_kind::name || in_.peek(1).text != f.text.substr(blank + 1))) return false;
    in_.next();
    if (two) in_.next();
    return true;
  }

  bool child_may_start() const {
    const token& t = in_.peek();
    if (t.kind == token_kind::mark) return t.is('(') || t.is('[') || t.is('%') || t.is('$');
    return t.kind != token_kind::end && t.kind != token_kind::stage && !in_.peek(1).is('=');
  }

  result<void> items(char close, std::vector<std::uint32_t>& out) {
    while (!in_.take(close)) {
      QUARRY_TRY(made, child(true));
      out.push_back(made.value);
      if (!in_.peek().is(close)) QUARRY_CHECK(in_.expect(','));
    }
    return {};
  }

  /// `item`: it ends at a comma or bracket, so that a node of the general form needs no parentheses.
  result<any_id> child(bool item) {
    const token at = in_.peek();
    if (++depth_ > max_inline_depth) return in_.fail(diag::text_too_deep, {std::to_string(max_inline_depth)}, at);
    QUARRY_TRY(read, primary(item));
    --depth_;
    if (!read.node) return read.id;
    QUARRY_TRY(given, optional_type());
    return make(read, given, at);
  }

  result<unmade> primary(bool item) {
    const token at = in_.peek();
    switch (at.kind) {
      case token_kind::integer: {
        unmade out = literal(types::int64);
        QUARRY_TRY(value, in_.integer("a number"));
        out.a = static_cast<std::uint64_t>(value);
        out.whole_number = true;
        return out;
      }
      case token_kind::real: return real();
      case token_kind::string: {
        if (stage_ == stage::sql || in_.peek(1).is('.')) return named();
        unmade out;
        out.kind = kind::path;
        out.a = cx_.names().intern(in_.next().value).value;
        out.b = none;
        if (in_.take('@')) {
          QUARRY_TRY(origin, in_.number("an offset"));
          out.b = origin;
        }
        return out;
      }
      case token_kind::name: return word_or_name(item);
      default: break;
    }
    if (in_.take('%')) return param_ref();
    if (in_.take('$')) {
      unmade out;
      out.kind = kind::bind;
      QUARRY_TRY(slot, in_.number("a bind slot"));
      out.a = slot;
      const auto known = binds_.find(slot);
      if (known == binds_.end()) return in_.fail(diag::syntax_error, {"a bind slot of the head"}, at);
      out.implied = known->second;
      return out;
    }
    unmade out;
    if (in_.take('[')) {
      QUARRY_CHECK(items(']', out.children));
      return out;
    }
    if (in_.take('(')) {
      QUARRY_TRY(k, kind_here(false));
      QUARRY_TRY(general, fields(*k));
      QUARRY_CHECK(in_.expect(')'));
      return general;
    }
    return in_.expected("a value");
  }

  static unmade literal(type t) {
    unmade out;
    out.kind = kind::literal;
    out.implied = t;
    return out;
  }

  result<unmade> real() {
    const token& t = in_.next();
    double value = 0;
    const auto [end, error] = std::from_chars(t.text.data(), t.text.data() + t.text.size(), value);
    if (error != std::errc()) return in_.fail(diag::syntax_error, {"a number in the range of f64"}, t);
    unmade out = literal(types::float64);
    out.a = std::bit_cast<std::uint64_t>(value);
    return out;
  }

  result<unmade> param_ref() {
    const token at = in_.peek();
    unmade out;
    out.kind = kind::param;
    QUARRY_TRY(index, in_.number("the number of a parameter", max_index));
    out.a = index;
    const auto known = params_.find(index);
    if (known == params_.end()) return in_.fail(diag::syntax_error, {"a parameter of the head"}, at);
    out.implied = known->second.first;
    // Directly behind the number it is an element; after a blank, the next child.
    if (in_.peek().is('[') && in_.peek().offset == at.offset + at.text.size()) {
      in_.next();
      QUARRY_TRY(element, in_.number("the number of an element", max_index));
      out.b = element + 1;
      QUARRY_CHECK(in_.expect(']'));
    }
    return out;
  }

  result<unmade> word_or_name(bool item) {
    const token at = in_.peek();
    const token& after = in_.peek(1);
    if (after.is('.')) return named();
    unmade out;
    if (after.is('(')) {
      if (const op_info* o = find_op(at.text)) {
        in_.next();
        in_.next();
        out.kind = kind::op;
        out.b = static_cast<std::uint32_t>(o->code);
        QUARRY_CHECK(items(')', out.children));
        return out;
      }
    }
    if (in_.take("true") || in_.next_is("false")) {
      out = literal(types::boolean);
      out.a = in_.take("false") ? 0 : 1;
      return out;
    }
    if (in_.take("null")) {
      out = literal(types::null);
      out.flags = 1;
      return out;
    }
    out.node = false;
    if (in_.take("none")) return out;
    if (const auto known = names_.find(std::string(at.text)); known != names_.end() && known->second.rel.present()) {
      in_.next();
      out.id = known->second.rel;
      return out;
    }
    const bool ends = after.kind == token_kind::end || after.is(',') || after.is(')') || after.is(']') ||
        after.is(':') || after.is('}');
    if (item && !ends && find_kind(stage_, false, at.text) != nullptr) {
      QUARRY_TRY(k, kind_here(false));
      return fields(*k);
    }
    if (stage_ == stage::sql) return named();
    if (const kind_info* k = find_kind(stage_, false, at.text); k != nullptr)
      return in_.fail(diag::syntax_error, {"parentheses around '" + std::string(at.text) + " …'"}, at);
    if (after.is('(')) {
      std::vector<std::string_view> known;
      for (const op_info& o : all_ops()) known.push_back(op_text(o));
      return unknown(diag::unknown_name, {at.text}, at.text, at, known);
    }
    return unknown_relation(at.text, at);
  }

  /// `owner.column`; in the SQL stage also `column`, and both are names only.
  result<unmade> named() {
    const token at = in_.peek();
    QUARRY_TRY(first, in_.name("a name"));
    unmade out;
    if (stage_ != stage::sql) {
      out.kind = kind::column;
      QUARRY_TRY(instance, instance_named(at, first));
      QUARRY_CHECK(in_.expect('.'));
      QUARRY_TRY(field, member(instance));
      out.a = field;
      out.b = instance;
      return out;
    }
    out.kind = kind::name_ref;
    out.a = none;
    out.b = cx_.names().intern(first).value;
    if (in_.take('.')) {
      QUARRY_TRY(second, in_.name("the name of a column"));
      out.a = out.b;
      out.b = cx_.names().intern(second).value;
    }
    out.implied = column_types_[{out.a, out.b}];
    return out;
  }

  result<any_id> make(unmade& n, std::optional<type> given, const token& at) {
    type t;
    if (given) {
      t = *given;
      if (n.whole_number && t.kind() == scalar::float64)
        n.a = std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<std::int64_t>(n.a)));
    } else if (n.implied) {
      t = *n.implied;
    } else {
      t = derived_type(cx_, {n.kind, n.flags, n.a, n.b, n.children}).value_or(type());
    }
    if (n.kind == kind::name_ref) column_types_[{n.a, n.b}] = t;
    std::uint32_t depth = 1;
    for (const std::uint32_t c : n.children)
      if (c != none) depth = std::max(depth, depth_of_[c] + 1);
    if (depth > max_text_depth) return in_.fail(diag::text_too_deep, {std::to_string(max_text_depth)}, at);
    const any_id made = cx_.make(n.kind, n.flags, t, n.children, n.a, n.b);
    if (depth_of_.size() <= made.value) depth_of_.resize(made.value + 1, 1);
    depth_of_[made.value] = depth;
    return made;
  }

  context& cx_;
  token_stream& in_;
  stage stage_ = stage::surface;
  std::map<std::string, relation_name, std::less<>> names_;
  std::map<std::uint32_t, std::pair<type, param>> params_;
  std::map<std::uint32_t, type> binds_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, type> column_types_;
  std::vector<std::uint32_t> depth_of_;
  int depth_ = 0;
  // Of the statement that is being read:
  std::pair<std::string, token> defining_;
  std::string early_;  // its name, where its children may use its instance
  std::uint32_t instance_ = none;
  bool makes_instance_ = false;
  bool optional_ = false;  // of the instance that the statement makes
};

}  // namespace

result<parsed_query> parse_query(context& cx, std::string_view text) { return parse_query(cx, text, 0, text.size()); }

result<parsed_query> parse_query(context& cx, std::string_view text, std::size_t begin, std::size_t end) {
  QUARRY_TRY(in, token_stream::of(text, begin, end));
  return query_parser(cx, in).run();
}

result<type> parse_type(token_stream& in) {
  const token at = in.peek();
  if (in.take("bits")) {
    QUARRY_CHECK(in.expect('('));
    QUARRY_TRY(bits, in.integer("a number"));
    QUARRY_CHECK(in.expect(')'));
    return type::from_bits(static_cast<std::uint32_t>(bits));
  }
  const std::optional<scalar> kind = at.kind == token_kind::name ? find_scalar(at.text) : std::nullopt;
  if (!kind) return in.expected("a type");
  in.next();
  std::uint32_t p = 0, s = 0;
  collation_class collation = collation_class::unknown;
  const bool wide = *kind == scalar::decimal || *kind == scalar::text || *kind == scalar::array;
  if (wide && in.take('(')) {
    if (*kind == scalar::array) {
      const std::optional<scalar> element =
          in.peek().kind == token_kind::name ? find_scalar(in.peek().text) : std::nullopt;
      if (!element) return in.expected("the type of the elements");
      in.next();
      p = static_cast<std::uint32_t>(*element);
    } else if (*kind == scalar::decimal) {
      QUARRY_TRY(precision, in.number("a precision", 127));
      QUARRY_CHECK(in.expect(','));
      QUARRY_TRY(scale, in.number("a scale", 63));
      p = precision;
      s = scale;
    } else {
      const bool with_length = in.peek().kind == token_kind::integer;
      if (with_length) {
        QUARRY_TRY(length, in.number("a length", 0xffffff));
        p = length;
      }
      if (!with_length || in.take(',')) {
        if (in.take("code_point")) collation = collation_class::code_point;
        else if (in.take("named")) collation = collation_class::named;
        else return in.expected("a length, code_point or named");
      }
    }
    QUARRY_CHECK(in.expect(')'));
  }
  const bool nullable = in.take('?');
  if (!nullable && !in.take('!')) return in.expected("'!' or '?'");
  return type(*kind, nullable, p, s).with_collation(collation);
}

result<type> parse_type(std::string_view text) {
  QUARRY_TRY(in, token_stream::of(text, 0, text.size()));
  QUARRY_TRY(t, parse_type(in));
  if (!in.at_end()) return in.expected("the end");
  return t;
}

}  // namespace quarry::ir

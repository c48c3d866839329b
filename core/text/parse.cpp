// The grammar, in Spirit X3. No other file includes Spirit, which costs seconds and half a gigabyte to compile.
//
// Rules:
// - No attributes. `on(parser, function)` tells the builder which bytes matched.
// - Nothing is read twice: alternatives differ in their first token, and what follows a certain token is in `must(…)`,
//   which throws. So the builder is never told anything that has to be taken back.
// - Recursion only through brackets, whose nesting the line splitter has already limited.
#include <functional>
#include <type_traits>

#include <boost/spirit/home/x3.hpp>

#include <quarry/core/text/grammar.hpp>
#include <quarry/core/text/refusal.hpp>
#include <quarry/core/text/unexpected.hpp>

namespace quarry::text {
namespace {

namespace x3 = boost::spirit::x3;
using syntax::op;

struct builder_tag;

template <class Context> tree_builder& builder_in(const Context& context) {
  return x3::get<builder_tag>(context).get();
}

syntax::span span_in(const tree_builder& build, const char* begin, const char* end) {
  const char* source = build.source().data();
  return span_between(static_cast<std::size_t>(begin - source), static_cast<std::size_t>(end - source));
}

// ---- building blocks ------------------------------------------------------------------------------------------------

/// Blanks, comments and continued lines, as many as there are.
struct blanks_parser : x3::parser<blanks_parser> {
  using attribute_type = x3::unused_type;

  template <class Iterator, class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&, Attribute&) const {
    const Iterator begin = first;
    for (; first != last; ++first) {
      if (*first == '#') {
        while (first != last && *first != '\n' && *first != '\r') ++first;
        if (first == last) break;
      } else if (*first != ' ' && *first != '\t' && *first != '\n' && *first != '\r' && *first != '\f' &&
                 *first != '\\') {
        break;
      }
    }
    return first != begin;
  }
};
constexpr blanks_parser blanks{};

template <bool (*Test)(char) noexcept> struct character : x3::char_parser<character<Test>> {
  using char_type = char;
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  template <class Char, class Context> bool test(Char c, const Context&) const { return Test(c); }
};

/// Matches what its subject matches and tells the builder, with the place if the function wants it. A function that
/// returns false makes it no match.
template <class Subject, class Function> struct telling : x3::unary_parser<Subject, telling<Subject, Function>> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  constexpr telling(const Subject& inner, Function function)
      : x3::unary_parser<Subject, telling>(inner), function_(function) {}

  template <class Iterator, class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext& rule_context,
             Attribute&) const {
    const Iterator before = first;
    x3::skip_over(first, last, context);
    const Iterator begin = first;
    if (this->subject.parse(first, last, context, rule_context, x3::unused) && tell(builder_in(context), begin, first))
      return true;
    first = before;
    return false;
  }

 private:
  bool tell(tree_builder& build, const char* begin, const char* end) const {
    if constexpr (std::is_invocable_v<Function, tree_builder&, syntax::span>)
      return succeeded(std::bind_front(function_, std::ref(build), span_in(build, begin, end)));
    else return succeeded(std::bind_front(function_, std::ref(build)));
  }
  template <class Call> static bool succeeded(Call call) {
    if constexpr (std::is_same_v<std::invoke_result_t<Call>, bool>) return call();
    else return call(), true;
  }

  Function function_;
};

template <class Subject, class Function> constexpr auto on(const Subject& subject, Function function) {
  using parser = typename x3::extension::as_parser<Subject>::value_type;
  return telling<parser, Function>(x3::as_parser(subject), function);
}

/// Reads nothing.
template <class Function> constexpr auto tell(Function function) { return on(x3::eps, function); }

/// What can't be missing any more.
template <class Subject> struct required : x3::unary_parser<Subject, required<Subject>> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  constexpr required(const Subject& inner, wanted need, const char* words)
      : x3::unary_parser<Subject, required>(inner), need_(need), words_(words) {}

  template <class Iterator, class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext& rule_context,
             Attribute&) const {
    if (this->subject.parse(first, last, context, rule_context, x3::unused)) return true;
    x3::skip_over(first, last, context);
    const tree_builder& build = builder_in(context);
    const syntax::span rest = span_in(build, first, last);
    refuse_unexpected(build.source(), rest.offset, end_of(rest), need_, words_);
  }

 private:
  wanted need_;
  const char* words_;
};

template <class Subject> constexpr auto must(wanted need, const char* words, const Subject& subject) {
  using parser = typename x3::extension::as_parser<Subject>::value_type;
  return required<parser>(x3::as_parser(subject), need, words);
}

/// Operators inside belong to no expression outside.
template <class Subject> struct separate_expression : x3::unary_parser<Subject, separate_expression<Subject>> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  using x3::unary_parser<Subject, separate_expression>::unary_parser;

  template <class Iterator, class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext& rule_context,
             Attribute&) const {
    tree_builder& build = builder_in(context);
    build.open_expression();
    if (this->subject.parse(first, last, context, rule_context, x3::unused)) {
      build.close_expression();
      return true;
    }
    build.cancel_expression();
    return false;
  }
};

template <class Subject> constexpr auto separate(const Subject& subject) {
  return separate_expression<Subject>(subject);
}

template <op Sign> void prefix(tree_builder& build, syntax::span where) { build.prefix(Sign, where); }
template <op Sign> void infix(tree_builder& build, syntax::span where) { build.infix(Sign, where); }

template <void (tree_builder::*Function)(syntax::span)> bool if_free(tree_builder& build, syntax::span where) {
  if (is_reserved_word(build.text(where))) return false;
  (build.*Function)(where);
  return true;
}

// ---- tokens ---------------------------------------------------------------------------------------------------------

constexpr character<is_name_start> name_start{};
constexpr character<is_name_character> name_character{};
const auto quote = x3::lit('\'') | '"';
const auto keyword = [](const char* word) { return x3::lexeme[x3::lit(word) >> !name_character]; };

const auto name = x3::lexeme[name_start >> *name_character >> !quote];
const auto dotted_name = x3::lexeme[name_start >> *name_character >> *('.' >> name_start >> *name_character)];

const auto digits = x3::digit >> *(x3::digit | '_');
const auto exponent = x3::char_("eE") >> -x3::char_("+-") >> digits;
const auto number_in_base = '0' >> x3::char_("xXoObB") >> *name_character;
const auto decimal_number = (digits >> -('.' >> -digits) | '.' >> digits) >> -exponent;
const auto number = x3::lexeme[(number_in_base | decimal_number) >>
                               must(wanted::name, "a blank or a sign after this number", !name_character)];

const auto any_character = '\\' >> x3::char_ | x3::char_;
const auto quoted = [](const char* sign) { return x3::lit(sign) >> *(any_character - sign) >> sign; };
const auto string = x3::lexeme[*name_character >> (quoted("\"\"\"") | quoted("'''") | quoted("\"") | quoted("'"))];

// clang-format off
const auto prefix_sign =
    on('~', prefix<op::invert>) | on('-', prefix<op::negate>) | on('+', prefix<op::plus>) | keyword("await");

const auto infix_sign = &x3::char_("|&^+*/%=!<>-") >> (
    on('|', infix<op::bit_or>) | on('&', infix<op::bit_and>) | on('^', infix<op::bit_xor>) |
    on('+', infix<op::add>) | on('-', infix<op::subtract>) |
    on("**", infix<op::power>) | on('*', infix<op::multiply>) |
    on("//", infix<op::floor_divide>) | on('/', infix<op::divide>) | on('%', infix<op::modulo>) |
    on("==", infix<op::equal>) | on("!=", infix<op::not_equal>) |
    on("<=", infix<op::less_equal>) | on('<', infix<op::less>) |
    on(">=", infix<op::greater_equal>) | on('>', infix<op::greater>));
// clang-format on

// ---- expressions ----------------------------------------------------------------------------------------------------

const x3::rule<class expression_rule> expression = "expression";
const auto value = must(wanted::value, "a value", expression);

/// `item, item, …` up to the closing bracket, perhaps with a comma before it.
const auto items_before = [](char closing, const char* words, const auto& item) {
  return *(item >> must(wanted::sign, words, on(',', &tree_builder::comma) | &x3::lit(closing)));
};

const auto argument = (on("**", &tree_builder::open_star) >> value >> tell(&tree_builder::double_star_argument)) |
    (on('*', &tree_builder::open_star) >> value >> tell(&tree_builder::star_argument)) |
    (expression >> -('=' >> value >> tell(&tree_builder::keyword_argument)));
const auto arguments = items_before(')', "an operator, ',' or ')'", argument);

const auto slice_bound = expression | tell(&tree_builder::slice_part_left_out);
const auto slice_colon = on(':', &tree_builder::slice_colon);
const auto slice_or_index = (expression | (&x3::lit(':') >> tell(&tree_builder::slice_part_left_out))) >>
    -(slice_colon >> slice_bound >> ((slice_colon >> slice_bound) | tell(&tree_builder::slice_part_left_out)) >>
      tell(&tree_builder::slice));

const auto entry = expression >> -(':' >> value >> tell(&tree_builder::dict_entry));

const auto parentheses = on('(', &tree_builder::open_items) >>
    items_before(')', "an operator, ',' or ')'", expression) >>
    must(wanted::value, "a value or ')'", on(')', &tree_builder::close_parentheses));
const auto list = on('[', &tree_builder::open_items) >> items_before(']', "an operator, ',' or ']'", expression) >>
    must(wanted::value, "a value or ']'", on(']', &tree_builder::close_list));
const auto braces = on('{', &tree_builder::open_items) >> items_before('}', "an operator, ',' or '}'", entry) >>
    must(wanted::value, "a value or '}'", on('}', &tree_builder::close_braces));
const auto strings = +on(string, &tree_builder::string_piece) >> tell(&tree_builder::finish_string);

const auto primary = on(name, &tree_builder::word) | strings | parentheses | list | braces |
    on("...", &tree_builder::ellipsis) | on(number, &tree_builder::number);

const auto attribute = '.' >> must(wanted::name, "a name after '.'", on(name, if_free<&tree_builder::attribute>));
const auto call = on('(', &tree_builder::open_items) >> arguments >>
    must(wanted::value, "an argument or ')'", on(')', &tree_builder::close_call));
const auto subscript = on('[', &tree_builder::open_items) >>
    must(wanted::value, "an index or a slice", slice_or_index) >>
    must(wanted::sign, "an operator, ':', ',' or ']'", on(',', &tree_builder::comma) | &x3::lit(']')) >>
    items_before(']', "an operator, ':', ',' or ']'", slice_or_index) >>
    must(wanted::value, "an index, a slice or ']'", on(']', &tree_builder::close_subscript));

const auto operand = ((+prefix_sign >> must(wanted::value, "a value", primary)) | primary) >>
    *(attribute | call | subscript);
const auto expression_def = separate(operand >> *(infix_sign >> must(wanted::value, "a value", operand)));
BOOST_SPIRIT_DEFINE(expression)

// ---- statements -----------------------------------------------------------------------------------------------------

const auto items_end = &(x3::lit('=') | ';' | ':' | x3::eoi);
const auto bare_items = [](const auto& leading) {
  return tell(&tree_builder::open_bare_items) >> leading >>
      *(on(',', &tree_builder::comma) >> must(wanted::value, "a value", expression | items_end)) >>
      tell(&tree_builder::close_bare_items);
};

const auto assigned = '=' >> bare_items(value) >> tell(&tree_builder::assignment);
const auto annotated = ':' >> must(wanted::value, "a type", expression) >> tell(&tree_builder::annotation) >>
    (assigned | tell(&tree_builder::annotation_alone));
const auto expression_or_assignment = bare_items(must(wanted::statement, "a statement", expression)) >>
    (assigned | annotated | tell(&tree_builder::expression_statement));

const auto imported_as = -(keyword("as") >>
                           must(wanted::name, "a name", on(name, if_free<&tree_builder::import_alias>))) >>
    tell(&tree_builder::finish_import_name);
const auto imported_module =
    must(wanted::name, "the name of a module", on(dotted_name, &tree_builder::import_name)) >> imported_as;
const auto import_modules = on(keyword("import"), &tree_builder::import_keyword) >> imported_module >>
    *(',' >> imported_module);
const auto imported_name = on(name, if_free<&tree_builder::import_name>) >> imported_as;
const auto relative_name = x3::lexeme[(+x3::lit('.') >> -dotted_name) | dotted_name];
const auto import_names = on(keyword("from"), &tree_builder::import_keyword) >>
    must(wanted::name, "the name of a module", on(relative_name, &tree_builder::import_module)) >>
    must(wanted::name, "'import'", keyword("import")) >>
    ((on('*', &tree_builder::import_name) >> tell(&tree_builder::finish_import_name)) |
     ('(' >> must(wanted::name, "a name to import", imported_name) >>
      *(',' >> must(wanted::name, "a name to import or ')'", imported_name | &x3::lit(')'))) >>
      must(wanted::sign, "',' or ')'", x3::lit(')'))) |
     (must(wanted::name, "a name to import", imported_name) >>
      *(',' >> must(wanted::name, "a name to import", imported_name))));

const auto statement = ((import_modules | import_names) >> tell(&tree_builder::import_statement)) | keyword("pass") |
    expression_or_assignment;
const auto statements = statement >> *(';' >> (x3::eoi | statement)) >>
    must(wanted::sign, "an operator or the end of the statement", x3::eoi);

const auto class_header = keyword("class") >>
    must(wanted::name, "the name of the class", on(name, if_free<&tree_builder::class_name>)) >>
    -(on('(', &tree_builder::open_items) >> arguments >>
      must(wanted::value, "a base class or ')'", on(')', &tree_builder::class_bases))) >>
    must(wanted::name, "':'", x3::lit(':'));

template <class Grammar> std::size_t run(const Grammar& grammar, tree_builder& build, syntax::span line) {
  const char* const source = build.source().data();
  const char* first = source + line.offset;
  const bool matched = x3::phrase_parse(first, source + end_of(line), x3::with<builder_tag>(std::ref(build))[grammar],
                                        blanks, x3::skip_flag::dont_post_skip);
  if (!matched) refuse(ir::diag::internal_error, {"the grammar gave up without a reason"}, line);
  return static_cast<std::size_t>(first - source);
}

}  // namespace

void parse_simple_statements(tree_builder& build, syntax::span line) { run(statements, build, line); }

std::size_t parse_class_header(tree_builder& build, syntax::span line) { return run(class_header, build, line); }

}  // namespace quarry::text

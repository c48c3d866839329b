#include "outline.hpp"

namespace quarry::text::tests {
namespace {

TEST(expressions, a_query_is_a_chain_of_attributes_and_calls) {
  EXPECT_EQ(statements(R"(Entry.objects.filter(blog__name="Beatles Blog", rating__gt=3).order_by("-pub_date")[:5])"),
            "(at (call (.order_by (call (.filter (.objects Entry)) (blog__name= 'Beatles Blog') (rating__gt= 3))) "
            "'-pub_date') (slice _ 5 _))");
}

TEST(expressions, arguments_may_be_positional_named_and_spread) {
  EXPECT_EQ(statements("f()"), "(call f)");
  EXPECT_EQ(statements("f(a, *rest, b=1, **more,)"), "(call f a (* rest) (b= 1) (** more))");
  EXPECT_EQ(statements("f(a == b)"), "(call f (== a b))");
  EXPECT_EQ(statements("f(a)(b)[c].d"), "(.d (at (call (call f a) b) c))");
}

TEST(expressions, conditions_combine_as_in_python) {
  EXPECT_EQ(statements("Q(a=1) | Q(b=2) & ~Q(c=3)"), "(| (call Q (a= 1)) (& (call Q (b= 2)) (~ (call Q (c= 3)))))");
  EXPECT_EQ(statements("a ^ b | c & d ^ e"), "(| (^ a b) (^ (& c d) e))");
  EXPECT_EQ(statements("a | b | c"), "(| (| a b) c)");
  EXPECT_EQ(statements("(a | b) & c"), "(& (| a b) c)");
}

TEST(expressions, arithmetic_binds_as_in_python) {
  EXPECT_EQ(statements("F('a') + F('b') * 2"), "(+ (call F 'a') (* (call F 'b') 2))");
  EXPECT_EQ(statements("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(statements("a / b // c % d"), "(% (// (/ a b) c) d)");
  EXPECT_EQ(statements("-a ** b"), "(- (** a b))");
  EXPECT_EQ(statements("a ** -b"), "(** a (- b))");
  EXPECT_EQ(statements("a ** -b ** c * d"), "(* (** a (- (** b c))) d)");
  EXPECT_EQ(statements("a ** b ** c"), "(** a (** b c))");
  EXPECT_EQ(statements("~-+a"), "(~ (- (+ a)))");
  EXPECT_EQ(statements("-a.b(c)"), "(- (call (.b a) c))");
  EXPECT_EQ(statements("a * -b + c"), "(+ (* a (- b)) c)");
}

TEST(expressions, comparisons_bind_loosest_and_stand_alone) {
  EXPECT_EQ(statements("a | b == c + d"), "(== (| a b) (+ c d))");
  for (const char* sign : {"==", "!=", "<", "<=", ">", ">="})
    EXPECT_EQ(statements(std::string("a ") + sign + " b"), std::string("(") + sign + " a b)");
  EXPECT_EQ(statements("(a < b) == c"), "(== (< a b) c)");
  EXPECT_EQ(refusal_of("a < b < c"), (refused{"a chain of comparisons is not part of the query language", "<", "", 6}));
}

TEST(expressions, slices_may_leave_out_any_part) {
  EXPECT_EQ(statements("x[5]"), "(at x 5)");
  EXPECT_EQ(statements("x[:]"), "(at x (slice _ _ _))");
  EXPECT_EQ(statements("x[1:]"), "(at x (slice 1 _ _))");
  EXPECT_EQ(statements("x[:2]"), "(at x (slice _ 2 _))");
  EXPECT_EQ(statements("x[1:2]"), "(at x (slice 1 2 _))");
  EXPECT_EQ(statements("x[::3]"), "(at x (slice _ _ 3))");
  EXPECT_EQ(statements("x[1:2:3]"), "(at x (slice 1 2 3))");
  EXPECT_EQ(statements("x[1:2:]"), "(at x (slice 1 2 _))");
  EXPECT_EQ(statements("x[-1]"), "(at x (- 1))");
  EXPECT_EQ(statements("x[a[1:2]:b[3:4]]"), "(at x (slice (at a (slice 1 2 _)) (at b (slice 3 4 _)) _))");
  EXPECT_EQ(statements("x[1, 2:3]"), "(at x (tuple 1 (slice 2 3 _)))");
  EXPECT_EQ(statements("x[1,]"), "(at x (tuple 1))");
}

TEST(expressions, collections) {
  EXPECT_EQ(statements("[1, 'a', [None]]"), "(list 1 'a' (list None))");
  EXPECT_EQ(statements("[1,]"), "(list 1)");
  EXPECT_EQ(statements("[]"), "(list)");
  EXPECT_EQ(statements("()"), "(tuple)");
  EXPECT_EQ(statements("(1)"), "1");
  EXPECT_EQ(statements("(1,)"), "(tuple 1)");
  EXPECT_EQ(statements("(1, 2)"), "(tuple 1 2)");
  EXPECT_EQ(statements("{}"), "(dict)");
  EXPECT_EQ(statements("{'owner': 'Bob', 1: {2}}"), "(dict ('owner' 'Bob') (1 (set 2)))");
  EXPECT_EQ(statements("{'name', 'color',}"), "(set 'name' 'color')");
  EXPECT_EQ(statements("{'author': ..., 'x': True}"), "(dict ('author' ...) ('x' True))");
  EXPECT_EQ(refusal_of("{1: 2, 3}"), (refused{"expected ':' and a value after this key", "3", "", 7}));
  EXPECT_EQ(refusal_of("{1, 2: 3}").message, "expected a value without ':', as before in this set");
}

TEST(expressions, await_changes_nothing) {
  EXPECT_EQ(statements("post = await Post.objects.get(pk=await key)"), statements("post = Post.objects.get(pk=key)"));
  EXPECT_EQ(statements("awaited"), "awaited");
  EXPECT_EQ(refusal_of("await"), (refused{"expected a value, found the end of the statement", "", "", 5}));
}

TEST(expressions, names_may_be_of_any_language) {
  EXPECT_EQ(statements("Книга.objects.filter(название='Мы')"), "(call (.filter (.objects Книга)) (название= 'Мы'))");
  EXPECT_EQ(statements("naïve_café2"), "naïve_café2");
}

TEST(expressions, what_python_has_and_queries_lack_is_refused_by_name) {
  const auto not_part = [](std::string what) { return what + " is not part of the query language"; };
  EXPECT_EQ(refusal_of("Q(a=1) and Q(b=2)"), (refused{not_part("'and' (conditions combine with '&')"), "and", "&", 7}));
  EXPECT_EQ(refusal_of("Q(a=1) or Q(b=2)"), (refused{not_part("'or' (conditions combine with '|')"), "or", "|", 7}));
  EXPECT_EQ(refusal_of("not Q(a=1)"), (refused{not_part("'not' (a condition is negated with '~')"), "not", "~", 0}));
  EXPECT_EQ(refusal_of("x in y"), (refused{not_part("'in' (there is the lookup field__in=...)"), "in", "", 2}));
  EXPECT_EQ(refusal_of("x is None").message, not_part("'is' (there is the lookup field__isnull=...)"));
  EXPECT_EQ(refusal_of("x not in y").message, not_part("'not in' (there is exclude(field__in=...))"));
  EXPECT_EQ(refusal_of("f(lambda x: x)"), (refused{not_part("'lambda'"), "lambda", "", 2}));
  EXPECT_EQ(refusal_of("[e for e in entries]"), (refused{not_part("a comprehension ('for')"), "for", "", 3}));
  EXPECT_EQ(refusal_of("list(e for e in entries)").message, not_part("a comprehension ('for')"));
  EXPECT_EQ(refusal_of("{k: v for k in x}").message, not_part("a comprehension ('for')"));
  EXPECT_EQ(refusal_of("a if b else c"), (refused{not_part("a conditional expression ('if')"), "if", "", 2}));
  EXPECT_EQ(refusal_of("a @ b"), (refused{not_part("'@'"), "@", "", 2}));
  EXPECT_EQ(refusal_of("a << b"), (refused{not_part("'<<'"), "<<", "", 2}));
  EXPECT_EQ(refusal_of("a >> b"), (refused{not_part("'>>'"), ">>", "", 2}));
  EXPECT_EQ(refusal_of("f(x := 1)"), (refused{not_part("':='"), ":=", "", 4}));
  EXPECT_EQ(refusal_of("a && b"), (refused{not_part("'&&'"), "&&", "&", 2}));
  EXPECT_EQ(refusal_of("a || b"), (refused{not_part("'||'"), "||", "|", 2}));
  EXPECT_EQ(refusal_of("!a"), (refused{not_part("'!'"), "!", "~", 0}));
}

TEST(expressions, the_caret_stands_on_what_is_wrong_after_blanks_and_comments) {
  EXPECT_EQ(refusal_of("f(rating=\n   # the rating\n   )"), (refused{"expected a value, found ')'", ")", "", 29}));
  EXPECT_EQ(refusal_of("f(a b)"), (refused{"expected an operator, ',' or ')', found 'b'", "b", "", 4}));
  EXPECT_EQ(refusal_of("f(a,  ?)"), (refused{"expected an argument or ')', found '?'", "?", "", 6}));
  EXPECT_EQ(refusal_of("Entry.  objects.5"), (refused{"expected a name after '.', found a number", "5", "", 16}));
  EXPECT_EQ(refusal_of("x[]"), (refused{"expected an index or a slice, found ']'", "]", "", 2}));
  EXPECT_EQ(refusal_of("x[1:2:3:4]").offset, 7U);
  EXPECT_EQ(refusal_of("a +  # nothing"), (refused{"expected a value, found the end of the statement", "", "", 14}));
  EXPECT_EQ(refusal_of("a b"), (refused{"expected an operator or the end of the statement, found 'b'", "b", "", 2}));
}

TEST(expressions, a_literal_never_shows_in_a_message) {
  EXPECT_EQ(refusal_of("f(a 'secret')").message, "expected an operator, ',' or ')', found a string");
  EXPECT_EQ(refusal_of("f(a 4711)").message, "expected an operator, ',' or ')', found a number");
}

TEST(expressions, brackets_must_match) {
  EXPECT_EQ(refusal_of("Entry.objects.filter(rating=3"), (refused{"expected ')' to close this '('", "(", "", 20}));
  EXPECT_EQ(refusal_of("f([1)"), (refused{"expected ']' to close '[', found ')'", ")", "", 4}));
  EXPECT_EQ(refusal_of("f)"), (refused{"expected an opening bracket before ')'", ")", "", 1}));
  EXPECT_EQ(statements("f(')', \"(\")  # )"), "(call f ')' '(')");
}

TEST(expressions, arguments_follow_pythons_order) {
  EXPECT_EQ(refusal_of("f(a=1, 2)"), (refused{"expected positional arguments before keyword arguments", "2", "", 7}));
  EXPECT_EQ(refusal_of("f(**a, 2)").at, "2");
  EXPECT_EQ(statements("f(a=1, *b)"), "(call f (a= 1) (* b))");
  EXPECT_EQ(refusal_of("f(a=1, b=2, a=3)"), (refused{"expected the keyword 'a' only once", "a", "", 12}));
  EXPECT_EQ(refusal_of("f(a.b=1)"), (refused{"expected a plain name before '='", "a.b", "", 2}));
  EXPECT_EQ(refusal_of("f((a)=1)").message, "expected a plain name before '='");
  EXPECT_EQ(refusal_of("f(class=1)"),
            (refused{"expected an argument or ')', found the reserved word 'class'", "class", "", 2}));
  EXPECT_EQ(refusal_of("f.in(1)").message, "expected a name after '.', found the reserved word 'in'");
}

TEST(expressions, every_node_knows_its_place) {
  const std::string source = "x = (a | b).filter(c = 1)[2 : 3]";
  const auto read = parse_statements(source);
  ASSERT_TRUE(read);
  const auto at = [&](syntax::span s) { return source.substr(s.offset, s.size); };
  const auto assigned = read->as<syntax::assignment>(read->statements()[0]);
  EXPECT_EQ(at(read->where(read->statements()[0])), source);
  EXPECT_EQ(at(read->where(assigned.value)), "(a | b).filter(c = 1)[2 : 3]");
  const auto sliced = read->as<syntax::subscript>(assigned.value);
  EXPECT_EQ(at(read->word(assigned.value)), "[2 : 3]");
  EXPECT_EQ(at(read->where(sliced.index)), "2 : 3");
  const auto call = read->as<syntax::call>(sliced.object);
  EXPECT_EQ(at(read->where(call.arguments[0])), "c = 1");
  EXPECT_EQ(at(read->as<syntax::keyword_argument>(call.arguments[0]).name_span), "c");
  const auto filter = read->as<syntax::attribute>(call.callee);
  EXPECT_EQ(at(filter.name_span), "filter");
  EXPECT_EQ(at(read->where(filter.object)), "a | b");
  EXPECT_EQ(at(read->word(filter.object)), "|");
}

TEST(expressions, a_walker_visits_by_kind) {
  const auto read = parse_statements("Entry.objects.filter(rating=3)");
  ASSERT_TRUE(read);
  const auto statement = read->as<syntax::expression_statement>(read->statements()[0]);
  const auto method = [&](syntax::node_id id) {
    return read->visit(
        id,
        syntax::overloaded{[&](syntax::call c) { return std::string(read->as<syntax::attribute>(c.callee).name); },
                           [](auto) { return std::string("no call"); }});
  };
  EXPECT_EQ(method(statement.value), "filter");
  EXPECT_EQ(method(read->as<syntax::call>(statement.value).callee), "no call");
  EXPECT_FALSE(read->try_as<syntax::list>(statement.value));
}

}  // namespace
}  // namespace quarry::text::tests

#include "outline.hpp"

namespace quarry::text::tests {
namespace {

using namespace std::string_literals;

TEST(statements, newlines_and_semicolons_separate) {
  EXPECT_EQ(statements("b = Blog(name='x'); b.save()\nBlog.objects.count()\n"),
            "(set! b (call Blog (name= 'x'))); (call (.save b)); (call (.count (.objects Blog)))");
  EXPECT_EQ(statements("a;"), "a");
  EXPECT_EQ(statements("a\r\nb\rc"), "a; b; c");
  EXPECT_EQ(statements(""), "");
  EXPECT_EQ(statements("\n  \n# only a comment\n"), "");
  EXPECT_EQ(refusal_of("a;;b"), (refused{"expected a statement, found ';'", ";", "", 2}));
}

TEST(statements, assignments) {
  EXPECT_EQ(statements("x = 1"), "(set! x 1)");
  EXPECT_EQ(statements("entry.headline = 'New'"), "(set! (.headline entry) 'New')");
  EXPECT_EQ(statements("obj, created = Blog.objects.get_or_create(name='x')"),
            "(set! (tuple obj created) (call (.get_or_create (.objects Blog)) (name= 'x')))");
  EXPECT_EQ(statements("(a, b) = a, b = c"), "refused: expected an operator or the end of the statement, found '='");
  EXPECT_EQ(statements("(a, b) = c"), "(set! (tuple a b) c)");
  EXPECT_EQ(statements("a, = c"), "(set! (tuple a) c)");
  EXPECT_EQ(statements("x = 1, 2"), "(set! x (tuple 1 2))");
  EXPECT_EQ(statements("x: int = 1"), "(set! x 1)");
}

TEST(statements, only_names_and_attributes_are_assigned_to) {
  EXPECT_EQ(refusal_of("f() = 1"),
            (refused{"expected a name, an attribute or several of them before '=', found a call", "f()", "", 0}));
  EXPECT_EQ(refusal_of("a, f() = 1"),
            (refused{"expected a name or an attribute before '=', found a call", "f()", "", 3}));
  EXPECT_EQ(refusal_of("x[0] = 1").message,
            "expected a name, an attribute or several of them before '=', found a subscript");
  EXPECT_EQ(refusal_of("None = 1").message, "expected a name, an attribute or several of them before '=', found None");
  EXPECT_EQ(refusal_of("() = 1").message, "expected a name, an attribute or several of them before '=', found a tuple");
  EXPECT_EQ(refusal_of("x += 1"), (refused{"'+=' is not part of the query language", "+=", "", 2}));
}

TEST(statements, imports_are_read_and_change_nothing) {
  EXPECT_EQ(statements("import datetime"), "(import datetime)");
  EXPECT_EQ(statements("import a.b as c, d"), "(import (a.b c) d)");
  EXPECT_EQ(statements("from django.db.models import Q, F as Field"), "(from django.db.models Q (F Field))");
  EXPECT_EQ(statements("from .models import (\n  Blog,  # one\n  Entry,\n)"), "(from .models Blog Entry)");
  EXPECT_EQ(statements("from .. import x"), "(from .. x)");
  EXPECT_EQ(statements("from m import *; x"), "(from m *); x");
  EXPECT_EQ(statements("importance = 1; from_ = 2"), "(set! importance 1); (set! from_ 2)");
  EXPECT_EQ(refusal_of("from x import"),
            (refused{"expected a name to import, found the end of the statement", "", "", 13}));
  EXPECT_EQ(refusal_of("import 5").message, "expected the name of a module, found a number");
  const auto read = parse_statements("from m import a as b");
  ASSERT_TRUE(read);
  const auto import = read->as<syntax::import_statement>(read->statements()[0]);
  const auto name = read->as<syntax::import_name>(import.names[0]);
  EXPECT_EQ(name.name, "a");
  EXPECT_EQ(name.alias, "b");
}

TEST(statements, lines_continue_inside_brackets_and_after_a_backslash) {
  EXPECT_EQ(statements("(Entry.objects\n   # the new ones\n   .filter(\n     id=1,\n   )\n)"),
            "(call (.filter (.objects Entry)) (id= 1))");
  EXPECT_EQ(statements("x = a + \\\n    b"), "(set! x (+ a b))");
  EXPECT_EQ(refusal_of("x = a \\ b"), (refused{"expected the end of the line after '\\'", "\\", "", 6}));
}

TEST(statements, other_statements_are_refused_by_name) {
  const auto not_part = [](std::string what) { return what + " is not part of the query language"; };
  EXPECT_EQ(refusal_of("class A: pass"),
            (refused{not_part("a 'class' statement outside a models file"), "class", "", 0}));
  EXPECT_EQ(refusal_of("def f(): pass").message, not_part("a 'def' statement outside a models file"));
  EXPECT_EQ(refusal_of("x\nif x: y"), (refused{not_part("an 'if' statement"), "if", "", 2}));
  EXPECT_EQ(refusal_of("for e in x: y").message, not_part("a 'for' statement"));
  EXPECT_EQ(refusal_of("del x"), (refused{not_part("'del'"), "del", "", 0}));
  EXPECT_EQ(refusal_of("return x").message, not_part("'return'"));
}

TEST(statements, bytes_that_are_no_text_are_refused_with_their_place) {
  EXPECT_EQ(refusal_of("f('a\0b')"s), (refused{"a NUL byte is not allowed in source text", "\0"s, "", 4}));
  EXPECT_EQ(refusal_of("x\xff"), (refused{"a byte that is not UTF-8 is not allowed in source text", "\xff", "", 1}));
  EXPECT_EQ(refusal_of("'\xc0\x80'").offset, 1U) << "overlong";
  EXPECT_EQ(refusal_of("'\xed\xa0\x80'").offset, 1U) << "surrogate";
  EXPECT_EQ(refusal_of("'\xe2\x82'").offset, 1U) << "cut short";
  EXPECT_EQ(refusal_of("# \xff").offset, 2U);
  EXPECT_EQ(refusal_of("a\x01"),
            (refused{"the control character U+0001 is not allowed in source text", "\x01", "", 1}));
}

TEST(statements, signs_from_copy_and_paste_are_named) {
  EXPECT_EQ(refusal_of("f(“a”)"), (refused{"a curly quote (U+201C) is not allowed in source text", "“", "\"", 2}));
  EXPECT_EQ(refusal_of("a\u00a0= 1"),
            (refused{"a special blank (U+00A0) is not allowed in source text", "\u00a0", " ", 1}));
  EXPECT_EQ(refusal_of("a → b").message, "'→' (U+2192) outside a string is not allowed in source text");
  EXPECT_EQ(statements("'“a” →'  # “”"), "'“a” →'");
}

TEST(statements, a_byte_order_mark_is_skipped) { EXPECT_EQ(statements("\xef\xbb\xbfx = 1"), "(set! x 1)"); }

}  // namespace
}  // namespace quarry::text::tests

#include <quarry/core/text/unparse.hpp>

#include <random>

#include "outline.hpp"

namespace quarry::text::tests {
namespace {

using namespace std::string_literals;

/// The canonical text of `source`, once it has been shown that reading it gives an equal tree and the same text.
std::string written(std::string_view source, bool as_models = false) {
  const auto parse = as_models ? &parse_models : &parse_statements;
  const auto read = parse(source, {});
  if (!read) return "refused: " + read.error().message;
  const std::string text = unparse(*read);
  const auto again = parse(text, {});
  if (!again) return text + " refused: " + again.error().message;
  EXPECT_TRUE(same(*read, *again)) << source << "\n" << text;
  EXPECT_EQ(outline(read), outline(again));
  EXPECT_EQ(unparse(*again), text);
  return text;
}

TEST(unparse, a_query) {
  EXPECT_EQ(written("Entry.objects . filter( blog__name = 'Beatles Blog' , rating__gt=3 )[ : 5 ]"),
            "Entry.objects.filter(blog__name=\"Beatles Blog\", rating__gt=3)[:5]\n");
}

TEST(unparse, parentheses_only_where_they_matter) {
  EXPECT_EQ(written("((a) | ((b & c)))"), "a | b & c\n");
  EXPECT_EQ(written("(a | b) & c"), "(a | b) & c\n");
  EXPECT_EQ(written("a - (b - c)"), "a - (b - c)\n");
  EXPECT_EQ(written("(a - b) - c"), "a - b - c\n");
  EXPECT_EQ(written("(a ** b) ** c"), "(a ** b) ** c\n");
  EXPECT_EQ(written("a ** (b ** c)"), "a ** b ** c\n");
  EXPECT_EQ(written("(-a) ** (-b)"), "(-a) ** -b\n");
  EXPECT_EQ(written("-(a ** b)"), "-a ** b\n");
  EXPECT_EQ(written("~(a | b)"), "~(a | b)\n");
  EXPECT_EQ(written("(~a).b((-c)[0])"), "(~a).b((-c)[0])\n");
  EXPECT_EQ(written("(a < b) == (c > d)"), "(a < b) == (c > d)\n");
  EXPECT_EQ(written("(a == b) | c"), "(a == b) | c\n");
  EXPECT_EQ(written("(5).x + (1.5).y"), "(5).x + (1.5).y\n");
}

TEST(unparse, collections_and_slices) {
  EXPECT_EQ(written("[(), (1,), {2}, {}, {3:4}, ...]"), "[(), (1,), {2}, {}, {3: 4}, ...]\n");
  EXPECT_EQ(written("x[1:2:3][::2][:][()][(1,2)][1:,]"), "x[1:2:3][::2][:][()][1, 2][1:,]\n");
}

TEST(unparse, literals) {
  EXPECT_EQ(written("0x10; 1e3; 1e22; 0xFFFFFFFFFFFFFFFFFF"), "16\n1000.0\n1e+22\n0xffffffffffffffffff\n");
  EXPECT_EQ(written(R"('it\'s "so"\n\0\x7f\\' 'é')"),
            R"("it's \"so\"\n\x00\x7f\\é")"
            "\n");
  EXPECT_EQ(written(R"(b'\xff"a')"), "b\"\\xff\\\"a\"\n");
  EXPECT_EQ(written("'\\u202e\\u200b\\x85'"), "\"\\u202e\\u200b\\x85\"\n")
      << "what a reader can't see is written as an escape";
  EXPECT_EQ(written(R"(r"\d")"), "\"\\\\d\"\n");
}

TEST(unparse, statements) {
  EXPECT_EQ(written("a,b=f( *x,**y ) ; c . d = 1,"), "a, b = f(*x, **y)\nc.d = (1,)\n");
  EXPECT_EQ(written("a, = b"), "a, = b\n");
  EXPECT_EQ(written("import a . b"), "refused: expected an operator or the end of the statement, found '.'");
  EXPECT_EQ(written("import a.b as c,d; from . import (x as y, z); from m import *"),
            "import a.b as c, d\nfrom . import x as y, z\nfrom m import *\n");
}

TEST(unparse, models) {
  EXPECT_EQ(written("class A(models.Model):\n x = F()\n class Meta:\n  y = 1\n def f(self, x):\n  return 1\nclass B: "
                    "pass\nz = 1\n",
                    true),
            "class A(models.Model):\n"
            "    x = F()\n"
            "    class Meta:\n"
            "        y = 1\n"
            "    def f(): ...\n"
            "class B:\n"
            "    pass\n"
            "z = 1\n");
}

TEST(unparse, an_expression_alone) {
  const auto read = parse_statements("x = Q(a = 1) | Q(b = 2)");
  ASSERT_TRUE(read);
  EXPECT_EQ(unparse(*read, read->as<syntax::assignment>(read->statements()[0]).value), "Q(a=1) | Q(b=2)");
}

TEST(unparse, same_sees_every_difference) {
  const auto differ = [](std::string_view a, std::string_view b) {
    return !same(*parse_statements(a), *parse_statements(b));
  };
  EXPECT_FALSE(differ("f( a )", "f(a)"));
  EXPECT_TRUE(differ("f(a)", "f(b)"));
  EXPECT_TRUE(differ("f(a)", "f(a, a)"));
  EXPECT_TRUE(differ("a + b", "a - b"));
  EXPECT_TRUE(differ("True", "False"));
  EXPECT_TRUE(differ("x[:1]", "x[1:]"));
  EXPECT_TRUE(differ("'1'", "1"));
  EXPECT_TRUE(differ("'a'", "b'a'"));
  EXPECT_TRUE(differ("[1]", "(1,)"));
}

/// Random source text that the grammar accepts.
class text_maker {
 public:
  explicit text_maker(unsigned seed) : random_(seed) {}

  std::string statement() {
    switch (pick(4)) {
      case 0: return "x = " + expression(5);
      case 1: return "a, b.c = " + expression(5) + ", " + expression(2);
      default: return expression(6);
    }
  }

 private:
  unsigned pick(unsigned n) { return static_cast<unsigned>(random_() % n); }
  std::string blank() { return pick(4) == 0 ? " " : ""; }

  std::string leaf() {
    static const std::vector<std::string> leaves = {
        "x",      "Entry",  "None",   "True",   "...",     "0",     "42",   "1.5",
        "'a\\n'", "\"q'\"", "b'\\0'", "r'\\d'", "'é' 'b'", "naïve", "1e-7", "99999999999999999999"};
    return leaves[pick(static_cast<unsigned>(leaves.size()))];
  }
  std::string expression(unsigned depth) {
    if (depth == 0) return leaf();
    static const std::vector<std::string> infix = {"|", "&", "^", "+", "-", "*", "/", "//", "%", "**"};
    const auto inner = [&] { return blank() + expression(depth - 1) + blank(); };
    switch (pick(13)) {
      case 0: return "(" + inner() + ")";
      case 1: return "[" + inner() + "," + inner() + "]";
      case 2: return "(" + inner() + ",)";
      case 3: return "{" + inner() + ":" + inner() + "}";
      case 4: return "{" + inner() + "}";
      case 5: return "(" + inner() + ").name";
      case 6: return "f(" + inner() + ", *" + inner() + ", k=" + inner() + ", **" + inner() + ")";
      case 7: return "x[" + inner() + ":" + inner() + (pick(2) == 0 ? ":" + inner() : "") + "]";
      case 8: return "(" + inner() + ")[" + inner() + "]";
      case 9: return std::string(1, "~-+"[pick(3)]) + inner();
      case 10: return "(" + inner() + (pick(2) == 0 ? "==" : "<=") + inner() + ")";
      default: return inner() + infix[pick(10)] + inner();
    }
  }

  std::mt19937 random_;
};

TEST(unparse, any_text_reads_back_equal) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const std::string source = text_maker(seed).statement();
    ASSERT_EQ(written(source).find("refused"), std::string::npos) << "seed " << seed << ": " << source << "\n"
                                                                  << written(source);
  }
}

}  // namespace
}  // namespace quarry::text::tests

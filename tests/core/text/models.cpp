#include "outline.hpp"

namespace quarry::text::tests {
namespace {

TEST(models_file, classes_hold_fields_and_meta) {
  EXPECT_EQ(models(R"(from django.db import models


class Blog(models.Model):
    name = models.CharField(max_length=100)
    tagline = models.TextField()


class Entry(models.Model):
    blog = models.ForeignKey(
        Blog,
        on_delete=models.CASCADE,
    related_name="entries")   # indentation inside brackets means nothing

    class Meta:
        ordering = ["-pub_date", "id"]
        unique_together = [["blog", "headline"]]
)"),
            "(from django.db models); "
            "(class Blog ((.Model models)) (set! name (call (.CharField models) (max_length= 100))) "
            "(set! tagline (call (.TextField models)))); "
            "(class Entry ((.Model models)) (set! blog (call (.ForeignKey models) Blog (on_delete= (.CASCADE models)) "
            "(related_name= 'entries'))) (class Meta () (set! ordering (list '-pub_date' 'id')) "
            "(set! unique_together (list (list 'blog' 'headline')))))");
}

TEST(models_file, methods_may_hold_any_python) {
  EXPECT_EQ(
      models(R"py(class Entry(models.Model):
    headline = models.TextField()

    def __str__(self):
        return f"{self.headline!r:>10} {'(' if x else ')'}" % {**a, "b": [x for x in y]}

    @property
    def odd(self, *, a: int = 3) -> "list[int]":
        """A string with ''' and ( and # in it
    class NotAClass:
        """
        if (a :=
    3) > 2 and not b: return lambda x: x @ y << 3
        s = 'it\'s' + r'\'' + "\"" + '''
  rating = 1
'''
        match x:
            case {"a": 1}: pass
        return ...
    # a comment at an odd place
  # and another
    @decorated(with_=[1,
2])
    async def save(self):
        await super().save()

    rating = models.IntegerField()

def helper(): return 1
x = 5
)py"),
      "(class Entry ((.Model models)) (set! headline (call (.TextField models))) (def __str__) (def odd) (def save) "
      "(set! rating (call (.IntegerField models)))); (def helper); (set! x 5)");
}

TEST(models_file, docstrings_pass_and_annotations) {
  EXPECT_EQ(models("'''Models.'''\nclass A(B):\n  '''A thing.'''\n  pass\n  x: int\n  y: 'list[int]' = 3\n"),
            "'Models.'; (class A (B) 'A thing.' (set! y 3))");
}

TEST(models_file, a_body_may_stand_on_the_line_of_its_class) {
  EXPECT_EQ(models("class A(models.Model): x = 1; y = 2\nclass B: ...\nclass C(A, metaclass=M): pass  # nothing\n"),
            "(class A ((.Model models)) (set! x 1) (set! y 2)); (class B () ...); (class C (A (metaclass= M)))");
}

TEST(models_file, choices_are_tuples) {
  EXPECT_EQ(models("class Status(models.TextChoices):\n    DRAFT = 'd', 'Draft'\n"),
            "(class Status ((.TextChoices models)) (set! DRAFT (tuple 'd' 'Draft')))");
}

TEST(models_file, classes_nest_and_close_by_indentation) {
  EXPECT_EQ(models("class A:\n  class B:\n    class C:\n      x = 1\n    y = 2\nz = 3\n"),
            "(class A () (class B () (class C () (set! x 1)) (set! y 2))); (set! z 3)");
  EXPECT_EQ(models("class A:\n\tx = 1\n\ty = 2\n"), "(class A () (set! x 1) (set! y 2))");
}

TEST(models_file, decorated_classes_are_classes) {
  EXPECT_EQ(models("@final\n@register(Site, x=[1])\nclass A:\n  x = 1\n"), "(class A () (set! x 1))");
}

TEST(models_file, blocks_of_imports_are_skipped_and_others_refused) {
  EXPECT_EQ(
      models("if TYPE_CHECKING:\n    from x import y\ntry:\n    import a\nexcept ImportError:\n    pass\nx = 1\n"),
      "(set! x 1)");
  EXPECT_EQ(models_refusal_of("x = 1\nif DEBUG:\n    class A(models.Model):\n        y = 1\n"),
            (refused{"'if' around anything but imports is not supported in a models file yet", "if", "", 6}));
  EXPECT_EQ(models_refusal_of("for x in y:\n    import z\n").at, "for");
}

TEST(models_file, wrong_indentation_is_refused_where_it_starts) {
  EXPECT_EQ(models_refusal_of("class A:\nx = 1\n"),
            (refused{"expected an indented body after this line", "class A:", "", 0}));
  EXPECT_EQ(models_refusal_of("class A:\n  x = 1\n    y = 2\n"),
            (refused{"expected the indentation of the lines before", "", "", 21}));
  EXPECT_EQ(models_refusal_of("class A:\n    x = 1\n  y = 2\n"),
            (refused{"expected the indentation of the lines before", "", "", 21}));
  EXPECT_EQ(models_refusal_of("class A:\n        x = 1\n\ty = 2\n").message,
            "expected tabs and blanks in the same order as in the lines before");
}

TEST(models_file, wrong_headers) {
  EXPECT_EQ(models_refusal_of("class A(models.Model)\n    x = 1\n"),
            (refused{"expected ':', found the end of the statement", "", "", 21}));
  EXPECT_EQ(models_refusal_of("class in: pass").message,
            "expected the name of the class, found the reserved word 'in'");
  EXPECT_EQ(models_refusal_of("class A(x y): pass").message, "expected an operator, ',' or ')', found 'y'");
  EXPECT_EQ(models_refusal_of("def 5(): pass").message, "expected the name of the function, found a number");
}

TEST(models_file, a_field_that_is_never_closed_points_at_its_bracket) {
  EXPECT_EQ(models_refusal_of("class A:\n  x = models.CharField(max_length=3\n  y = 1\n"),
            (refused{"expected ')' to close this '('", "(", "", 31}));
}

TEST(models_file, classes_know_their_place) {
  const std::string source = "class Entry(Base):\n    x = 1\n\n    def f(self):\n        pass\n\ny = 2\n";
  const auto read = parse_models(source);
  ASSERT_TRUE(read);
  const auto entry = read->as<syntax::class_definition>(read->statements()[0]);
  const auto at = [&](syntax::span s) { return source.substr(s.offset, s.size); };
  EXPECT_EQ(at(read->where(read->statements()[0])), source.substr(0, source.find("\n\ny")));
  EXPECT_EQ(at(entry.name_span), "Entry");
  EXPECT_EQ(at(read->where(entry.bases[0])), "Base");
  EXPECT_EQ(at(read->where(entry.body[1])), "def f(self):\n        pass");
}

}  // namespace
}  // namespace quarry::text::tests

// Models files as catalogs.
#include <gtest/gtest.h>

#include <quarry/core/errors.hpp>
#include <quarry/core/text/models.hpp>

namespace quarry::text::tests {
namespace {

models_file read(std::string_view body, std::string_view app = "blog") {
  return unwrap(read_models("from django.db import models\n" + std::string(body), app));
}

const ir::field_spec& field(const models_file& f, std::string_view name) {
  for (const ir::model_spec& m : f.models)
    for (const ir::field_spec& spec : m.fields)
      if (spec.name == name) return spec;
  throw std::logic_error("no such field");
}

/// The one field `f` of a model with this declaration.
ir::field_spec declared(std::string_view call) {
  return field(read("class M(models.Model):\n    f = models." + std::string(call)), "f");
}

std::string refusal(std::string_view body) {
  const auto r = read_models("from django.db import models\n" + std::string(body), "blog");
  return r ? "(accepted)" : ir::render(r.error());
}

std::string refused_field(std::string_view call) {
  return refusal("class M(models.Model):\n    f = " + std::string(call));
}

TEST(models_reader, knows_every_field_class) {
  using ir::scalar;
  const auto type = [](std::string_view call) { return declared(call).type; };
  EXPECT_EQ(type("CharField(max_length=7)"), ir::type(scalar::text, false, 7));
  EXPECT_EQ(type("TextField(null=True)"), ir::type(scalar::text, true));
  EXPECT_EQ(type("EmailField()"), ir::type(scalar::text, false, 254));
  EXPECT_EQ(type("URLField()"), ir::type(scalar::text, false, 200));
  EXPECT_EQ(type("SlugField()"), ir::type(scalar::text, false, 50));
  EXPECT_EQ(type("GenericIPAddressField()"), ir::type(scalar::text, false, 39));
  EXPECT_EQ(type("FilePathField(path='/a')"), ir::type(scalar::text, false, 100));
  EXPECT_EQ(type("FileField(upload_to='a')"), ir::type(scalar::text, false, 100));
  EXPECT_EQ(type("IntegerField()"), ir::type(scalar::int32, false));
  EXPECT_EQ(type("SmallIntegerField()"), ir::type(scalar::int16, false));
  EXPECT_EQ(type("PositiveBigIntegerField()"), ir::type(scalar::int64, false));
  EXPECT_EQ(type("BooleanField(null=True)"), ir::type(scalar::boolean, true));
  EXPECT_EQ(type("FloatField()"), ir::type(scalar::float64, false));
  EXPECT_EQ(type("DecimalField(max_digits=8, decimal_places=2)"), ir::type(scalar::decimal, false, 8, 2));
  EXPECT_EQ(type("DateField()"), ir::type(scalar::date, false));
  EXPECT_EQ(type("TimeField()"), ir::type(scalar::time, false));
  EXPECT_EQ(type("DateTimeField()"), ir::type(scalar::datetime, false));
  EXPECT_EQ(type("DurationField()"), ir::type(scalar::duration, false));
  EXPECT_EQ(type("UUIDField()"), ir::type(scalar::uuid, false));
  EXPECT_EQ(type("JSONField()"), ir::type(scalar::json, false));
  EXPECT_EQ(type("BinaryField()"), ir::type(scalar::bytes, false));
  const ir::field_spec key = declared("BigAutoField(primary_key=True)");
  EXPECT_TRUE(key.primary_key && key.generated && key.type == ir::type(scalar::int64, false));
}

TEST(models_reader, keeps_options_that_matter_and_forgets_the_rest) {
  const ir::field_spec f = declared(
      "CharField('the name', max_length=3, unique=True, db_index=True, db_column='c', blank=True, choices=[('a', "
      "'A')], help_text='h', "
      "verbose_name='v', editable=False, validators=[check])");
  EXPECT_TRUE(f.unique);
  EXPECT_TRUE(f.indexed);
  EXPECT_EQ(f.db_column, "c");
  EXPECT_EQ(declared("CharField(max_length=3, db_collation='C.utf8')").collation, "C.utf8");
  EXPECT_EQ(declared("CharField(max_length=3, db_collation=None)").collation, "");
  EXPECT_TRUE(declared("CharField(primary_key=True, max_length=2)").unique);
}

TEST(models_reader, reads_defaults) {
  using form = ir::initial_value::form;
  const auto initial = [](std::string_view call) { return declared(call).initial; };
  EXPECT_EQ(initial("IntegerField()").what, form::absent);
  EXPECT_EQ(initial("IntegerField(null=True, default=None)").what, form::null);
  EXPECT_EQ(initial("IntegerField(default=-5)").integer, -5);
  EXPECT_EQ(initial("FloatField(default=1.5)").real, 1.5);
  EXPECT_EQ(initial("CharField(default='x')").text, "x");
  EXPECT_EQ(initial("BooleanField(default=True)").what, form::boolean);
  EXPECT_EQ(initial("DateField(default=date.today)").what, form::today);
  EXPECT_EQ(initial("DateTimeField(default=timezone.now)").what, form::now);
  EXPECT_EQ(initial("DateTimeField(auto_now_add=True)").what, form::now);
  EXPECT_EQ(initial("UUIDField(default=uuid.uuid4)").what, form::random_uuid);
  EXPECT_EQ(initial("JSONField(default=dict)").text, "{}");
  EXPECT_EQ(initial("JSONField(default=list)").text, "[]");
  EXPECT_EQ(initial("JSONField(default={'a': [1, True, None, \"q\\\"\"]})").text, R"({"a": [1, true, null, "q\""]})");
  EXPECT_EQ(initial("DecimalField(max_digits=5, decimal_places=2, default=Decimal('1.50'))").text, "1.50");
  EXPECT_EQ(initial("DateField(default=date(2020, 2, 29))").text, "2020-02-29");
  EXPECT_EQ(initial("DurationField(default=timedelta(hours=1, seconds=2))").integer, 3'602'000'000);
}

TEST(models_reader, resolves_constants_and_enumerations) {
  const models_file f = read(R"(
LIMIT = 12
class Level(models.IntegerChoices):
    LOW = 1, "Low"
class M(models.Model):
    class Status(models.TextChoices):
        DRAFT = "d", "Draft"
    START = "s"
    a = models.CharField(max_length=LIMIT, default=Status.DRAFT)
    b = models.CharField(max_length=3, default=START)
    c = models.IntegerField(default=Level.LOW)
    d = models.CharField(max_length=1, default=Status.DRAFT.value)
)");
  EXPECT_EQ(field(f, "a").type.length(), 12U);
  EXPECT_EQ(field(f, "a").initial.text, "d");
  EXPECT_EQ(field(f, "b").initial.text, "s");
  EXPECT_EQ(field(f, "c").initial.integer, 1);
  EXPECT_EQ(field(f, "d").initial.text, "d");
}

TEST(models_reader, reads_relations) {
  const models_file f = read(R"(
class A(models.Model):
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children", related_query_name="child")
    tag = models.CharField(max_length=3, unique=True)
class B(models.Model):
    a = models.ForeignKey(A, models.PROTECT, to_field="tag", db_constraint=False)
    one = models.OneToOneField("blog.A", on_delete=models.CASCADE, related_name="+")
    many = models.ManyToManyField(A, through="Link", related_name="bs")
class Link(models.Model):
    a = models.ForeignKey("A", on_delete=models.DO_NOTHING)
    b = models.ForeignKey(B, on_delete=models.CASCADE)
)");
  const ir::relation_spec& parent = *field(f, "parent").relation;
  EXPECT_EQ(parent.target, "self");
  EXPECT_EQ(parent.related_name, "children");
  EXPECT_EQ(parent.related_query_name, "child");
  EXPECT_EQ(parent.on_delete, ir::referential_action::set_null);
  const ir::relation_spec& many = *field(f, "many").relation;
  EXPECT_EQ(many.form, ir::relation_form::many_to_many);
  EXPECT_EQ(many.through, "Link");
  EXPECT_EQ(field(f, "one").relation->form, ir::relation_form::one_to_one);
  EXPECT_EQ(field(f, "one").relation->target, "A");
  EXPECT_FALSE(f.models[1].fields[0].relation->enforced);
  EXPECT_EQ(f.models[1].fields[0].relation->to_field, "tag");
  EXPECT_TRUE(ir::catalog::build("blog", f.models));
}

TEST(models_reader, reads_meta_and_managers) {
  const models_file f = read(R"(
class M(models.Model):
    objects = models.TextField()
    people = models.Manager()
    n = models.IntegerField()
    class Meta:
        db_table = "t"
        ordering = ["-n", "id"]
        unique_together = ("objects", "n")
        get_latest_by = "n"
        verbose_name = "em"
class N(models.Model):
    pass
)");
  EXPECT_EQ(f.models[0].table, "t");
  EXPECT_EQ(f.models[0].ordering, (std::vector<std::string>{"-n", "id"}));
  EXPECT_EQ(f.models[0].unique_together, (std::vector<std::vector<std::string>>{{"objects", "n"}}));
  EXPECT_EQ(f.models[0].get_latest_by, "n");
  EXPECT_EQ(f.notes[0].managers, std::vector<std::string>{"people"});
  EXPECT_EQ(f.notes[1].managers, std::vector<std::string>{"objects"});
}

TEST(models_reader, copies_the_fields_of_abstract_bases) {
  const models_file f = read(R"(
class Base(models.Model):
    made = models.DateTimeField(auto_now=True)
    owner = models.ForeignKey("Owner", on_delete=models.CASCADE, related_name="%(app_label)s_%(class)s_set")
    gone = models.IntegerField()
    class Meta:
        abstract = True
        ordering = ["made"]
class Owner(models.Model):
    pass
class Child(Base):
    name = models.TextField()
    gone = None
class Other(Base):
    gone = models.TextField()
    class Meta(Base.Meta):
        db_table = "o"
)");
  ASSERT_EQ(f.models.size(), 3U);
  const ir::model_spec& child = f.models[1];
  ASSERT_EQ(child.fields.size(), 3U);
  EXPECT_EQ(child.fields[0].name, "made");
  EXPECT_EQ(child.fields[1].relation->related_name, "blog_child_set");
  EXPECT_EQ(child.fields[2].name, "name");
  EXPECT_EQ(child.ordering, std::vector<std::string>{"made"});
  EXPECT_EQ(f.models[2].ordering, std::vector<std::string>{"made"});
  EXPECT_EQ(f.models[2].fields[2].type.kind(), ir::scalar::text);
  EXPECT_EQ(f.notes[1].auto_now, std::vector<std::string>{"made"});
}

TEST(models_reader, points_at_mistakes) {
  EXPECT_EQ(refused_field("models.CharFeild(max_length=3)"),
            "error[QRY1006]: 'CharFeild' is no field type that Quarry knows\n"
            "  line 3:     f = models.CharFeild(max_length=3)\n"
            "                         ^~~~~~~~~   did you mean 'CharField'?");
  EXPECT_EQ(refused_field("models.CharField(max_lenght=3)"),
            "error[QRY2103]: CharField() takes no argument 'max_lenght'\n"
            "  line 3:     f = models.CharField(max_lenght=3)\n"
            "                                   ^~~~~~~~~~   did you mean 'max_length'?");
  EXPECT_EQ(refusal("class M(models.Model):\n    b = models.ForeignKey('Blogg', on_delete=models.CASCADE)\nclass "
                    "Blog(models.Model):\n    pass"),
            "error[QRY1004]: M.b refers to 'Blogg', which is no model of this schema\n"
            "  line 3:     b = models.ForeignKey('…', on_delete=models.CASCADE)\n"
            "                                    ^~~   did you mean 'Blog'?");
  EXPECT_EQ(refusal("class M(models.Model):\n    class Meta:\n        orderin = []"),
            "error[QRY2102]: M.Meta has no attribute 'orderin'\n"
            "  line 4:         orderin = []\n"
            "                  ^~~~~~~   did you mean 'ordering'?");
}

TEST(models_reader, takes_plain_names_of_collations_alone) {
  const auto loaded = [](const std::string& name) {
    const auto models = load_models(
        "from django.db import models\nclass M(models.Model):\n    f = models.CharField(max_length=3, "
        "db_collation=\"" +
            name + "\")",
        "blog");
    return models ? "(accepted)" : models.error().message;
  };
  EXPECT_EQ(loaded("und-x-icu"), "(accepted)");
  for (const char* name : {"a b", "x; DROP TABLE t", "\\\"", "C'", "été"})
    EXPECT_EQ(loaded(name),
              "the option 'db_collation' of field 'M.f' is not valid: a collation has a plain name of letters, digits, "
              "'_', '-' "
              "and '.', at most 63 of them");
}

TEST(models_reader, refuses_what_it_would_get_wrong) {
  const auto message = [](std::string_view body) {
    const std::string whole = refusal(body);
    return whole.substr(0, whole.find('\n'));
  };
  const auto of_field = [&](std::string_view call) {
    return message("class M(models.Model):\n    f = models." + std::string(call));
  };
  EXPECT_EQ(of_field("DecimalField(max_digits=3)"),
            "error[QRY1007]: the option 'decimal_places' of field 'M.f' is not valid: it is missing, and DecimalField "
            "needs it");
  EXPECT_EQ(
      of_field("ForeignKey('self')"),
      "error[QRY1007]: the option 'on_delete' of field 'M.f' is not valid: it is missing, and ForeignKey needs it");
  EXPECT_EQ(of_field("ForeignKey('self', on_delete=models.SET_NULL)"),
            "error[QRY1007]: the option 'on_delete' of field 'M.f' is not valid: SET_NULL needs null=True");
  EXPECT_EQ(of_field("ForeignKey('self', on_delete=models.SET(1))"),
            "error[QRY1009]: on_delete=SET(…) is not supported in a models file yet");
  EXPECT_EQ(of_field("IntegerField(db_default=1)"),
            "error[QRY1009]: the option 'db_default' is not supported in a models file yet");
  EXPECT_EQ(of_field("DateTimeField(default=timezone.now())"),
            "error[QRY1007]: the option 'default' of field 'M.f' is not valid: give the function itself, without "
            "parentheses: they call it once, when the file is read");
  EXPECT_EQ(of_field("IntegerField(default=make)"),
            "error[QRY1007]: the option 'default' of field 'M.f' is not valid: only constants, and now, today, uuid4, "
            "dict and list, are understood");
  EXPECT_EQ(of_field("CharField(100)"),
            "error[QRY2208]: CharField() expects a verbose name as its first argument, not an integer");
  EXPECT_EQ(
      message("class A(models.Model):\n    pass\nclass B(A):\n    pass"),
      "error[QRY1009]: inheritance from a model that is not abstract (B from A) is not supported in a models file yet");
  EXPECT_EQ(message("class A(models.Model):\n    class Meta:\n        proxy = True"),
            "error[QRY1009]: a proxy model (A) is not supported in a models file yet");
  EXPECT_EQ(message("class A(models.Model):\n    pass\nclass A(models.Model):\n    pass"),
            "error[QRY1001]: model 'A' is declared twice");
  EXPECT_EQ(message("class A(models.Model):\n    n = models.TextField()\n    n = models.TextField()"),
            "error[QRY1002]: A declares the field 'n' twice");
  EXPECT_EQ(message("class A(models.Model):\n    n = models.TextField()\n    class Meta:\n        ordering = ['m']"),
            "error[QRY2107]: A has no field 'm'");
  EXPECT_EQ(message("class A(models.Model):\n    b = models.ForeignKey('B', models.CASCADE, related_name='x')\n    c = "
                    "models.ForeignKey('B', models.CASCADE, related_name='x')\nclass B(models.Model):\n    pass"),
            "error[QRY1005]: the reverse name 'x' of A.c clashes with another name of B");
  EXPECT_EQ(message("class A(models.Model):\n    a__b = models.TextField()"),
            "error[QRY1007]: the option 'name' of field 'A.a__b' is not valid: two underscores separate the parts of a "
            "lookup");
  EXPECT_EQ(message("class A(models.Modle):\n    pass"), "error[QRY2102]: models has no attribute 'Modle'");
  EXPECT_EQ(message("class A(Bass):\n    pass"), "error[QRY2101]: name 'Bass' is not defined");
  EXPECT_EQ(message("from x import Y\nclass A(Y):\n    n = models.TextField()"),
            "error[QRY1009]: a base class of another file is not supported in a models file yet");
}

TEST(models_reader, takes_the_label_from_the_folder) {
  EXPECT_EQ(app_label("sites/blog/models.py"), "blog");
  EXPECT_EQ(app_label("/a/news/models.py"), "news");
  EXPECT_EQ(app_label("/a/b/../shop/models.py"), "shop");
}

}  // namespace
}  // namespace quarry::text::tests

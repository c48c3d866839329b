// Lookups and transforms that a program registers with its schema.
#include "evaluation.hpp"

#include <quarry/core/exec/database.hpp>
#include <quarry/core/query/query_set.hpp>
#include <quarry/core/query/unsafe.hpp>
#include <quarry/core/schema/schema.hpp>

namespace quarry::text::tests {
namespace {

extension_list some_extensions() {
  using namespace quarry::extend;
  return {
      transform<std::string, std::string>("initial", apply(ir::op::substr, input, 1, 1)),
      transform<std::string, std::int64_t>("size", apply(ir::op::length, input)),
      transform<std::int64_t, std::int64_t>("tens", input / 10),
      transform<std::string, std::string>("hexed", call<std::string>("hex", input)),
      quarry::extend::lookup<std::string, std::string>("unlike", input != operand),
      quarry::extend::lookup<std::string, std::string>("sounds",
                                                       apply(ir::op::lower, input) == apply(ir::op::lower, operand)),
      quarry::extend::lookup<std::int64_t, std::int64_t>("divides", operand % input == 0),
      quarry::extend::lookup<std::string, std::int64_t>("longer", apply(ir::op::length, input) > operand),
  };
}

class registered : public testing::Test {
 protected:
  registered() {
    quarry::test::use_built_plugins();
    core = unwrap(detail::database_core::open("sqlite://:memory:", {}, {}));
    const model_set models = unwrap(load_models(blog_source, "blog", some_extensions()));
    unwrap(detail::create_tables(*core, *unwrap(core->take()), *models.catalog));
    session = std::make_unique<counting_session>(core);
    text = std::make_unique<evaluator>(models, *session);
    unwrap(text->run(some_rows));
  }
  std::string eval(std::string_view source) {
    auto last = text->run(source);
    if (!last) return canonical_json(last.error());
    if (auto fetched = text->fetch(*last); !fetched) return canonical_json(fetched.error());
    return canonical_json(*last, *text->models().catalog);
  }
  std::string ids(const std::string& condition) {
    return eval("Entry.objects.filter(" + condition + ").order_by('id').values_list('id', flat=True)");
  }
  std::string refusal(std::string_view source) {
    auto last = text->run(source);
    if (!last) return ir::render(last.error());
    auto fetched = text->fetch(*last);
    return fetched ? "(accepted)" : ir::render(fetched.error());
  }
  std::shared_ptr<detail::database_core> core;
  std::unique_ptr<counting_session> session;
  std::unique_ptr<evaluator> text;
};

TEST_F(registered, transforms_stand_in_every_path) {
  EXPECT_EQ(ids("headline__initial='W'"), "[1, 3]");
  EXPECT_EQ(ids("headline__initial__in=['N', 'X']"), "[2]");
  EXPECT_EQ(ids("headline__size__gt=19"), "[2, 3]");
  EXPECT_EQ(ids("headline__initial__size=1"), "[1, 2, 3]");
  EXPECT_EQ(ids("blog__name__initial='C'"), "[3]");
  EXPECT_EQ(ids("headline__initial=F('blog__tagline__initial')"), "[]");
  EXPECT_EQ(eval("Entry.objects.order_by('headline__initial', '-id').values_list('headline__initial', flat=True)"),
            R"(["N", "W", "W"])");
  EXPECT_EQ(eval("Entry.objects.values('headline__initial').annotate(n=Count('id')).order_by('headline__initial')"),
            R"([{"headline__initial": "N", "n": 1}, {"headline__initial": "W", "n": 2}])");
  EXPECT_EQ(eval("Entry.objects.aggregate(m=Max('headline__size'))"), R"({"m": 20})");
  EXPECT_EQ(eval("Entry.objects.annotate(h=Upper('headline')).filter(h__initial='W').count()"), "2");
  EXPECT_EQ(eval("Blog.objects.filter(name__hexed__startswith='4265').count()"), "1")
      << "a function that the database has";
  EXPECT_EQ(ids("rating__tens=0"), "[1, 2, 3]");
}

TEST_F(registered, lookups_stand_in_conditions) {
  EXPECT_EQ(ids("headline__unlike='What would John do?'"), "[2, 3]");
  EXPECT_EQ(ids("~Q(headline__unlike='What would John do?')"), "[1]");
  EXPECT_EQ(ids("headline__sounds='WHAT MAKES IT YELLOW'"), "[3]");
  EXPECT_EQ(ids("rating__divides=12"), "[2, 3]");
  EXPECT_EQ(ids("rating__divides=F('id') * 5"), "[1, 3]");
  EXPECT_EQ(ids("headline__initial__unlike='W'"), "[2]");
  EXPECT_EQ(ids("headline__longer=19"), "[2, 3]");
  EXPECT_EQ(eval("Blog.objects.exclude(entry__rating__divides=12).values_list('id', flat=True)"), "[]");
  EXPECT_EQ(ids("editor__name__unlike='Ann'"), "[]");
  EXPECT_EQ(ids("~Q(editor__name__unlike='Ann')"), "[1, 2, 3]") << "a NULL does not satisfy it";
}

TEST_F(registered, are_refused_for_what_they_are_not_made_for) {
  EXPECT_EQ(refusal("Entry.objects.filter(rating__initial='x')"),
            "error[QRY2232]: 'initial' is registered for text, and Entry.rating is i32\n"
            "  Entry.objects.filter(rating__initial='…')\n"
            "                               ^~~~~~~");
  EXPECT_EQ(eval("Entry.objects.filter(headline__longer='x')"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(headline__unlike=None)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(headline__unlike=['x'])"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.filter(headline__longer=F('headline'))"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.filter(headline__unlike__gt=1)"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Entry.objects.values('headline__unlike')"), R"({"$error": "FieldError"})");
  EXPECT_NE(refusal("Entry.objects.filter(headline__inital='x')").find("did you mean 'initial'?"), std::string::npos);
}

/// Why it can't be registered; empty when it can.
std::string fault_of(ir::extension x) {
  auto made = load_models(blog_source, "blog", {std::move(x)});
  return made ? "" : ir::render(made.error());
}

TEST(registration, checks_names_and_types) {
  using namespace quarry::extend;
  EXPECT_EQ((fault_of(transform<std::string, std::string>("fine_one", input))), "");
  EXPECT_EQ((fault_of(transform<std::string, std::string>("year", input))),
            "error[QRY2233]: 'year' can't be registered: the name is taken");
  EXPECT_EQ((fault_of(quarry::extend::lookup<std::string, std::string>("contains", input == operand))),
            "error[QRY2233]: 'contains' can't be registered: the name is taken");
  EXPECT_EQ((fault_of(transform<std::string, std::string>("a__b", input))),
            "error[QRY2233]: 'a__b' can't be registered: its name can't stand in a path");
  EXPECT_EQ((fault_of(transform<std::string, std::int64_t>("initial", apply(ir::op::substr, input, 1, 1)))),
            "error[QRY2233]: 'initial' can't be registered: its meaning is text, not i64");
  EXPECT_EQ((fault_of(quarry::extend::lookup<std::string, std::string>("odd", apply(ir::op::concat, input, operand)))),
            "error[QRY2233]: 'odd' can't be registered: its meaning is text, not bool");
  EXPECT_EQ((fault_of(transform<std::string, std::string>("odd", apply(ir::op::sin, input)))),
            "error[QRY2233]: 'odd' can't be registered: its meaning does not fit the types");
  EXPECT_EQ((fault_of(transform<std::string, std::string>("odd", apply(ir::op::upper, input, input)))),
            "error[QRY2233]: 'odd' can't be registered: an operation has the wrong number of parts");
  EXPECT_EQ((fault_of(transform<std::int64_t, std::int64_t>("odd", apply(ir::op::sum, input)))),
            "error[QRY2233]: 'odd' can't be registered: it works on one row");
  EXPECT_EQ((fault_of(transform<std::string, std::string>("odd", operand))),
            "error[QRY2233]: 'odd' can't be registered: a transform has no operand");
  EXPECT_EQ((fault_of(transform<std::string, std::string>("odd", call<std::string>("hex(1); --", input)))),
            "error[QRY2233]: 'odd' can't be registered: a function needs a plain name");
}

}  // namespace
}  // namespace quarry::text::tests

// In C++: the schema's own namespace says what it registers.
namespace shelf {

struct Book {
  quarry::auto_id id{};
  std::string title{};
  std::int64_t pages{};
};

}  // namespace shelf

template <>
struct quarry::meta<shelf::Book> {
  static constexpr auto value = quarry::describe("Book", quarry::field("id", &shelf::Book::id),
                                                 quarry::field("title", &shelf::Book::title, {.max_length = 100}),
                                                 quarry::field("pages", &shelf::Book::pages));
};

namespace shelf {

QUARRY_SCHEMA(shelf_schema, Book)

inline quarry::extension_list quarry_extensions_of(const shelf_schema*) {
  using namespace quarry::extend;
  return {transform<std::string, std::string>("initial", apply(quarry::ir::op::substr, input, 1, 1)),
          quarry::extend::lookup<std::int64_t, std::int64_t>("about", (input - operand < 10) & (operand - input < 10))};
}

TEST(registered_in_cxx, paths_are_known_at_run_time) {
  quarry::test::use_built_plugins();
  auto db = quarry::database::open("sqlite://:memory:");
  db.create_tables<shelf_schema>();
  for (const auto& [title, pages] : {std::pair<const char*, int>{"Emma", 400}, {"Ulysses", 730}, {"Evelina", 405}}) {
    Book b{.title = title, .pages = pages};
    db.save(b);
  }
  const auto titles = [](const auto& rows) {
    std::string out;
    for (const Book& b : rows) out += b.title + " ";
    return out;
  };
  EXPECT_EQ(titles(db.objects<Book>().filter(quarry::runtime("title__initial") = "E").order_by("id")), "Emma Evelina ");
  EXPECT_EQ(titles(db.objects<Book>().filter(quarry::runtime("pages__about") = 401).order_by("id")), "Emma Evelina ");
  EXPECT_EQ(titles(db.objects<Book>().exclude(quarry::runtime("pages__about") = 401)), "Ulysses ");
  EXPECT_THROW((void)db.objects<Book>().filter(quarry::runtime("pages__initial") = "4").count(), quarry::error);
}

TEST(raw_sql, stands_where_the_program_writes_it) {
  using quarry::operator""_f;
  quarry::test::use_built_plugins();
  auto db = quarry::database::open("sqlite://:memory:");
  db.create_tables<shelf_schema>();
  for (const int pages : {100, 200, 300}) {
    Book b{.title = "x", .pages = pages};
    db.save(b);
  }
  const auto more_than = [&](int n) {
    return db.objects<Book>()
        .filter("pages"_f = quarry::unsafe::raw_sql<std::int64_t>("max(pages * 100 %% 1000, %s)", n))
        .count();
  };
  EXPECT_EQ(more_than(200), 1);
  EXPECT_EQ(more_than(50), 0);
  EXPECT_THROW(quarry::unsafe::raw_sql<int>("abs(%s)"), quarry::error);
  EXPECT_THROW(quarry::unsafe::raw_sql<int>("abs(%d)", 1), quarry::error);
}

}  // namespace shelf

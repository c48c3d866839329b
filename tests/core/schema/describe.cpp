// Descriptions in C++: the catalog that they give, and what the compiler knows of it.
#include <gtest/gtest.h>

#include <string>

#include "core/query/blog_models.hpp"
#include "core/query/fake_session.hpp"
#include "core/schema/catalog_lines.hpp"
#include "core/schema/company_models.hpp"

namespace quarry {
namespace {

using test::lines_of;
using lines = std::vector<std::string>;

TEST(describe, the_blog_of_the_documentation) {
  const ir::catalog& c = *catalog_of<blog::blog_schema>();
  EXPECT_EQ(c.app(), "blog");
  EXPECT_EQ(lines_of(c, "Entry"),
            (lines{"blog.Entry blog_entry", "id i64 key generated", "blog_id i64 index", "headline text(255)",
                   "body_text text", "pub_date date", "mod_date date initial", "number_of_comments i32 initial",
                   "number_of_pingbacks i32 initial", "rating i32 initial", "blog -> Blog by blog_id=id",
                   "entrydetail <- EntryDetail by id=entry_id", "comment <- Comment by id=entry_id many",
                   "authors -> Author by id=id many through blog_entry_authors"}));
  EXPECT_EQ(lines_of(c, "Comment"),
            (lines{"blog.Comment blog_comment", "id i64 key generated", "entry_id i64? index", "author_id i64? index",
                   "parent_id i64? index", "text text(200)?", "score i32?", "posted datetime?",
                   "entry -> Entry by entry_id=id", "author -> Author by author_id=id",
                   "parent -> Comment by parent_id=id", "replies <- Comment by id=parent_id many"}));
}

TEST(describe, options_of_models_and_fields) {
  const ir::catalog& c = *catalog_of<company::company_schema>();
  EXPECT_EQ(lines_of(c, "Department"),
            (lines{"company.Department org_department", "id i64 key generated", "name text(60)",
                   "code text(8) as dept_code unique", "parent_id i64? index", "manager_id i64? index",
                   "budget decimal(12,2)?", "parent -> Department by parent_id=id",
                   "children <- Department by id=parent_id many", "manager -> Employee by manager_id=id",
                   "staff <- Employee by id=department_id many", "sponsored <- Project by code=sponsor_id many"}));
  EXPECT_EQ(lines_of(c, "Project"),
            (lines{"company.Project company_project", "id i64 key generated", "name text(60)", "lead_id i64? index",
                   "sponsor_id text(8)? index", "lead -> Employee by lead_id=id",
                   "sponsor -> Department by sponsor_id=code", "assignments <- Assignment by id=project_id many",
                   "members -> Employee by id=id many through company_assignment"}));
  EXPECT_EQ(lines_of(c, "Ticket"),
            (lines{"company.Ticket company_ticket", "uid uuid key initial", "priority_id text(10)? index",
                   "blocked_by_id uuid? index", "estimate duration?", "attachment bytes", "size i64",
                   "priority -> Priority by priority_id=code", "blocked_by -> Ticket by blocked_by_id=uid",
                   "blocking <- Ticket by uid=blocked_by_id many",
                   "watchers -> Employee by uid=id many through company_ticket_watchers"}));
  const ir::model& department = c.at(c.find_model("Department"));
  EXPECT_EQ(department.ordering, (std::vector<std::string>{"name", "id"}));
  const ir::model& employee = c.at(c.find_model("Employee"));
  EXPECT_EQ(employee.unique_together, (std::vector<std::vector<std::uint32_t>>{{1, 2}}));
  EXPECT_EQ(employee.get_latest_by, "id");
  const ir::model& project = c.at(c.find_model("Project"));
  EXPECT_EQ(project.relations[0].on_delete, ir::referential_action::restrict);
  EXPECT_EQ(project.relations[1].on_delete, ir::referential_action::set_null);
}

TEST(describe, the_same_models_written_as_specifications_give_the_same_catalog) {
  // What a reader of models.py writes down for two of the models.
  const auto text = [](std::string name, std::uint32_t length) {
    ir::field_spec f;
    f.name = std::move(name);
    f.type = {ir::scalar::text, false, length};
    return f;
  };
  ir::model_spec blog;
  blog.name = "Blog";
  blog.fields = {text("name", 100), text("tagline", 0)};
  ir::model_spec author;
  author.name = "Author";
  author.fields = {text("name", 200), text("email", 254)};
  const auto built = ir::catalog::build("blog", {blog, author});
  ASSERT_TRUE(built);
  EXPECT_EQ(lines_of(**built, "Author")[0], lines_of(*catalog_of<blog::blog_schema>(), "Author")[0]);
  for (const char* model : {"Blog", "Author"}) {
    const lines wanted = lines_of(**built, model);
    lines got = lines_of(*catalog_of<blog::blog_schema>(), model);
    got.resize(wanted.size());  // the relations come from models that are not written here
    EXPECT_EQ(got, wanted);
  }
}

TEST(describe, a_catalog_is_built_once) {
  EXPECT_EQ(catalog_of<blog::blog_schema>(), catalog_of<blog::blog_schema>());
  EXPECT_NE(catalog_of<blog::blog_schema>()->id(), catalog_of<company::company_schema>()->id());
}

TEST(describe, the_name_of_a_schema_is_that_of_its_app) {
  EXPECT_EQ(detail::app_of("blog_schema"), "blog");
  EXPECT_EQ(detail::app_of("blog"), "blog");
  EXPECT_EQ(detail::app_of("_schema"), "_schema");
}

TEST(describe, the_position_of_a_model_is_that_in_its_catalog) {
  const ir::catalog& c = *catalog_of<company::company_schema>();
  EXPECT_EQ(c.find_model("Department"), detail::position_of<company::Department>);
  EXPECT_EQ(c.find_model("Ticket"), detail::position_of<company::Ticket>);
}

/// The compiler's reading of a path agrees with the catalog's names: every member that one knows the other knows.
template <class Schema>
void expect_same_members() {
  const ir::catalog& c = *catalog_of<Schema>();
  constexpr const detail::schema_view& s = detail::schema_data<Schema>::view;
  for (std::uint32_t m = 0; m < s.count; ++m) {
    std::vector<std::string> names = {"pk",    "nothing",   "employee", "entry",     "comment",
                                      "staff", "employees", "ticket",   "ticket_set"};
    for (const std::string_view name : ir::member_names(c, m)) names.emplace_back(name);
    for (const ir::relation& r : c.at(m).relations) names.emplace_back(c.text(r.name));
    for (const std::string& name : names) {
      const ir::catalog::member there = c.find(m, name);
      const detail::found_member here = detail::find_member(s, m, name);
      using form = ir::catalog::member::form;
      EXPECT_EQ(there.what != form::absent, here.what != detail::found_member::form::absent)
          << s.models[m].name << "." << name;
      EXPECT_EQ(there.what == form::column, here.what == detail::found_member::form::column)
          << s.models[m].name << "." << name;
    }
  }
}

TEST(describe, the_compiler_and_the_catalog_know_the_same_names) {
  expect_same_members<blog::blog_schema>();
  expect_same_members<company::company_schema>();
}

TEST(describe, keys_of_other_types_are_values_of_their_relation) {
  using namespace company;
  const auto session = std::make_shared<test::fake_session>();
  const auto projects = make_query_set<Project>(session);
  Department d{.id = 4, .name = "Research", .code = "RES"};
  const auto first = [](const auto& q) { return q.chain().last().all_terms()[0].value; };
  EXPECT_EQ(first(projects.filter("sponsor"_f = d)).bytes_view(), "RES") << "the column that the relation refers to";
  EXPECT_EQ(first(projects.filter("sponsor"_f = "RES")).bytes_view(), "RES");
  EXPECT_EQ(first(projects.filter("sponsor__parent"_f = d)).integer, 4);
  EXPECT_EQ(first(projects.filter("lead__department__staff__badge__number"_f = "7")).bytes_view(), "7");
  const auto tickets = make_query_set<Ticket>(session);
  EXPECT_EQ(first(tickets.filter("blocked_by"_f = uuid())).type, ir::scalar::uuid);
  EXPECT_EQ(first(tickets.filter("priority__weight__gt"_f = 3)).integer, 3);
  EXPECT_EQ(first(make_query_set<Employee>(session).filter("salary__gte"_f = unwrap(decimal::parse("12.50")))).type,
            ir::scalar::decimal);
  EXPECT_EQ(first(make_query_set<Employee>(session).filter("watching__estimate__lt"_f = std::chrono::hours(2))).integer,
            7'200'000'000);
}

TEST(describe, a_default_order_counts_as_an_order) {
  const auto session = std::make_shared<test::fake_session>();
  (void)make_query_set<company::Department>(session).last();
  EXPECT_EQ(session->ran[0].last().previous->form, detail::link_form::reverse);
  (void)make_query_set<company::Department>(session).order_by().last();
  EXPECT_EQ(session->ran[1].last().previous->form, detail::link_form::order_by);
}

TEST(describe, a_model_with_a_key_of_its_own_is_updated_first) {
  test::fake_session session;
  session.matched = 0;
  company::Priority p{.code = "high", .weight = 3};
  detail::save(session, p);
  EXPECT_EQ(
      session.log,
      (std::vector<std::string>{"update Priority where 'high' weight=3", "insert Priority code='high' weight=3"}));
}

TEST(describe, a_model_of_nothing_but_a_key_is_inserted_when_it_is_not_there) {
  test::fake_session session;
  company::Tag tag{.code = "new"};
  detail::save(session, tag);
  EXPECT_EQ(session.log, (std::vector<std::string>{"insert Tag code='new'"}));
  session.answer({{test::integer_cell(1)}});
  detail::save(session, tag);
  EXPECT_EQ(session.log.size(), 1U);
}

TEST(describe, keys_hold_what_they_are_given) {
  blog::Entry e{.blog = 3};
  EXPECT_EQ(e.blog.id(), 3);
  EXPECT_FALSE(e.id.has_value());
  EXPECT_THROW((void)e.id.value(), value_error);
  EXPECT_THROW((void)foreign_key<blog::Blog>().id(), value_error);
  EXPECT_THROW((void)e.blog->name, relation_not_loaded);
  e.blog = std::make_shared<const blog::Blog>(blog::Blog{.id = 5, .name = "x"});
  EXPECT_EQ(e.blog.id(), 5);
  EXPECT_EQ(e.blog->name, "x");
  EXPECT_THROW(foreign_key<blog::Blog>(blog::Blog{}), value_error);
  const company::Ticket t{.blocked_by = foreign_key<company::Ticket, uuid>(uuid())};
  EXPECT_EQ(t.blocked_by->id(), uuid());
}

}  // namespace
}  // namespace quarry

// Models with every kind of relation and key: self references, to_field, an explicit link model, keys of text and UUID.
#pragma once

#include <optional>
#include <string>

#include <quarry/core/quarry.hpp>

namespace company {

struct Employee;

struct Department {
  quarry::auto_id id{};
  std::string name{};
  std::string code{};
  std::optional<quarry::foreign_key<Department>> parent{};
  std::optional<quarry::foreign_key<Employee>> manager{};
  std::optional<quarry::decimal> budget{};
};

struct Skill {
  quarry::auto_id id{};
  std::string name{};
};

struct Employee {
  quarry::auto_id id{};
  std::string first_name{};
  std::string last_name{};
  std::optional<quarry::foreign_key<Department>> department{};
  std::optional<quarry::foreign_key<Employee>> boss{};
  quarry::decimal salary{};
  std::optional<double> score{};
  std::optional<quarry::time_of_day> shift_start{};
  bool active = true;
  quarry::many_to_many<Skill> skills{};
};

struct Project {
  quarry::auto_id id{};
  std::string name{};
  std::optional<quarry::foreign_key<Employee>> lead{};
  std::optional<quarry::foreign_key<Department, std::string>> sponsor{};
  quarry::many_to_many<Employee> members{};
};

struct Assignment {
  quarry::auto_id id{};
  quarry::foreign_key<Employee> employee{};
  quarry::foreign_key<Project> project{};
  std::string role{};
};

struct Badge {
  quarry::auto_id id{};
  quarry::one_to_one<Employee> employee{};
  std::string number{};
};

struct Priority {
  std::string code{};
  std::int16_t weight = 0;
};

struct Ticket {
  quarry::uuid uid{};
  std::optional<quarry::foreign_key<Priority, std::string>> priority{};
  std::optional<quarry::foreign_key<Ticket, quarry::uuid>> blocked_by{};
  quarry::many_to_many<Employee> watchers{};
  std::optional<quarry::duration> estimate{};
  quarry::bytes attachment{};
  std::int64_t size = 0;
};

/// Nothing but a key.
struct Tag {
  std::string code{};
};

}  // namespace company

template <>
struct quarry::meta<company::Tag> {
  static constexpr auto value =
      quarry::describe("Tag", quarry::field("code", &company::Tag::code, {.primary_key = true, .max_length = 10}));
};
template <>
struct quarry::meta<company::Department> {
  using model = company::Department;
  static constexpr auto value = quarry::describe(
      "Department", {.table = "org_department", .ordering = {"name", "id"}}, quarry::field("id", &model::id),
      quarry::field("name", &model::name, {.max_length = 60}),
      quarry::field("code", &model::code, {.max_length = 8, .unique = true, .db_column = "dept_code"}),
      quarry::field("parent", &model::parent, {.on_delete = quarry::set_null, .related_name = "children"}),
      quarry::field("manager", &model::manager, {.on_delete = quarry::set_null, .related_name = "managed_departments"}),
      quarry::field("budget", &model::budget, {.max_digits = 12, .decimal_places = 2}));
};
template <>
struct quarry::meta<company::Skill> {
  static constexpr auto value =
      quarry::describe("Skill", quarry::field("id", &company::Skill::id),
                       quarry::field("name", &company::Skill::name, {.max_length = 40, .unique = true}));
};
template <>
struct quarry::meta<company::Employee> {
  using model = company::Employee;
  static constexpr auto value = quarry::describe(
      "Employee", {.table = "org_employee", .unique_together = {{{"first_name", "last_name"}}}, .get_latest_by = "id"},
      quarry::field("id", &model::id), quarry::field("first_name", &model::first_name, {.max_length = 30}),
      quarry::field("last_name", &model::last_name, {.max_length = 30}),
      quarry::field("department", &model::department,
                    {.on_delete = quarry::set_null, .related_name = "employees", .related_query_name = "staff"}),
      quarry::field("boss", &model::boss,
                    {.db_column = "boss_ref", .on_delete = quarry::set_null, .related_name = "reports"}),
      quarry::field("salary", &model::salary, {.max_digits = 10, .decimal_places = 2, .db_column = "monthly_pay"}),
      quarry::field("score", &model::score), quarry::field("shift_start", &model::shift_start),
      quarry::field("active", &model::active, {.default_ = true}),
      quarry::field("skills", &model::skills, {.related_name = "holders"}));
};
template <>
struct quarry::meta<company::Project> {
  using model = company::Project;
  static constexpr auto value = quarry::describe(
      "Project", quarry::field("id", &model::id), quarry::field("name", &model::name, {.max_length = 60}),
      quarry::field("lead", &model::lead, {.on_delete = quarry::protect, .related_name = "led_projects"}),
      quarry::field("sponsor", &model::sponsor,
                    {.on_delete = quarry::set_null, .to_field = "code", .related_name = "sponsored"}),
      quarry::field("members", &model::members, {.related_name = "projects", .through = "Assignment"}));
};
template <>
struct quarry::meta<company::Assignment> {
  using model = company::Assignment;
  static constexpr auto value = quarry::describe(
      "Assignment", {.unique_together = {{{"employee", "project", "role"}}}}, quarry::field("id", &model::id),
      quarry::field("employee", &model::employee, {.related_name = "assignments"}),
      quarry::field("project", &model::project, {.related_name = "assignments"}),
      quarry::field("role", &model::role, {.max_length = 20, .index = true}));
};
template <>
struct quarry::meta<company::Badge> {
  using model = company::Badge;
  static constexpr auto value = quarry::describe(
      "Badge", quarry::field("id", &model::id), quarry::field("employee", &model::employee, {.related_name = "badge"}),
      quarry::field("number", &model::number, {.max_length = 12, .unique = true}));
};
template <>
struct quarry::meta<company::Priority> {
  using model = company::Priority;
  static constexpr auto value =
      quarry::describe("Priority", quarry::field("code", &model::code, {.primary_key = true, .max_length = 10}),
                       quarry::field("weight", &model::weight, {.default_ = 0}));
};
template <>
struct quarry::meta<company::Ticket> {
  using model = company::Ticket;
  static constexpr auto value = quarry::describe(
      "Ticket", quarry::field("uid", &model::uid, {.primary_key = true, .default_ = quarry::random_uuid}),
      quarry::field("priority", &model::priority, {.on_delete = quarry::protect}),
      quarry::field("blocked_by", &model::blocked_by, {.related_name = "blocking"}),
      quarry::field("watchers", &model::watchers, {.related_name = "watching"}),
      quarry::field("estimate", &model::estimate), quarry::field("attachment", &model::attachment),
      quarry::field("size", &model::size));
};

namespace company {
QUARRY_SCHEMA(company_schema, Department, Skill, Employee, Project, Assignment, Badge, Priority, Ticket, Tag)
}

// JSON documents of a real database, asked for what they hold.
#include <gtest/gtest.h>

#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "support/plugins.hpp"

namespace quarry {
namespace {

using blog::Dog;
using namespace quarry::literals;
using strings = std::vector<std::string>;

class documents : public testing::Test {
 protected:
  documents() {
    test::use_built_plugins();
    db_ = database::open("sqlite://:memory:");
    db_->create_tables<blog::blog_schema>();
    add("Rufus",
        R"({"breed": "labrador", "owner": {"name": "Bob", "other_pets": [{"name": "Fishy"}, {"name": "Tom"}]}})");
    add("Meg", R"({"breed": "collie", "owner": "Bob"})");
    add("Rex", R"({"contains": "a bone", "isnull": false})");
    Dog fred{.name = "Fred"};
    db_->save(fred);
  }
  void add(const char* name, const char* data) {
    Dog dog{.name = name, .data = json{data}};
    db_->save(dog);
  }
  template <class Condition>
  strings found(Condition&& condition) const {
    return db_->objects<Dog>()
        .filter(std::forward<Condition>(condition))
        .order_by("id")
        .template values_flat<"name">()
        .rows();
  }
  std::optional<database> db_;
};

TEST_F(documents, hold_a_part) {
  EXPECT_EQ(found("data__contains"_f = json{R"({"owner": "Bob"})"}), strings{"Meg"});
  EXPECT_EQ(found("data__owner__contains"_f = json{R"({"other_pets": [{"name": "Tom"}]})"}), strings{"Rufus"});
  EXPECT_EQ(found(~("data__contains"_f = json{R"({"owner": "Bob"})"})), (strings{"Rufus", "Rex", "Fred"}));
}

TEST_F(documents, are_a_part_of_another) {
  EXPECT_EQ(found("data__contained_by"_f = json{R"({"breed": "collie", "owner": "Bob", "age": 3})"}), strings{"Meg"});
  EXPECT_EQ(found("data__contained_by"_f = json{R"({"breed": "collie"})"}), strings{});
}

TEST_F(documents, have_places_from_the_end) {
  EXPECT_EQ(found("data__owner__other_pets__-1__name"_f = "Tom"), strings{"Rufus"});
  EXPECT_EQ(found("data__owner__other_pets__-2__name"_f = "Tom"), strings{});
}

TEST_F(documents, with_a_key_that_is_named_as_a_lookup_are_asked_by_contains) {
  EXPECT_EQ(found("data__contains"_f = json{R"({"contains": "a bone"})"}), strings{"Rex"});
  EXPECT_EQ(found("data__contains"_f = json{R"({"isnull": false})"}), strings{"Rex"});
}

}  // namespace
}  // namespace quarry

#include <gtest/gtest.h>

#include <quarry/ir/support/diagnostic.hpp>
#include <quarry/ir/support/interner.hpp>
#include <quarry/ir/support/source_line.hpp>

namespace quarry::ir {
namespace {

TEST(a_diagnostic, points_at_the_users_word) {
  diagnostic d = make_diagnostic(diag::unknown_field, {"Entry", "pubdate"});
  d.source = "entry__pubdate__year";
  d.span = {7, 7};
  d.suggestion = "pub_date";
  EXPECT_EQ(render(d),
            "error[QRY2107]: Entry has no field 'pubdate'\n"
            "  entry__pubdate__year\n"
            "         ^~~~~~~   did you mean 'pub_date'?");
}

TEST(a_source_line, shows_a_text_in_quotes_only_where_it_is_known_to_be_a_name) {
  const std::string_view source = "filter(name=\"x\").order_by(\"blog__name\")";
  const source_span name = {27, 4};
  EXPECT_EQ(source_line(source, name, 2, true),
            "  filter(name=\"…\").order_by(\"blog__name\")\n"
            "                             ^~~~");
  EXPECT_EQ(source_line(source, name, 2),
            "  filter(name=\"…\").order_by(\"…\")\n"
            "                             ^");
}

TEST(a_diagnostic, hides_what_stands_in_literals) {
  diagnostic d = make_diagnostic(diag::unknown_field, {"Entry", "x"});
  d.source = "Entry.objects.filter(name=\"a secret\", x=1)";
  d.span = {38, 1};
  EXPECT_EQ(render(d),
            "error[QRY2107]: Entry has no field 'x'\n"
            "  Entry.objects.filter(name=\"…\", x=1)\n"
            "                                 ^");
}

TEST(a_diagnostic, names_line_and_caret_in_a_longer_text) {
  diagnostic d = make_diagnostic(diag::unknown_name, {"Entri"});
  d.source = "a = 1\nä = Entri.objects";
  d.span = {static_cast<std::uint32_t>(d.source.find("Entri")), 5};
  EXPECT_EQ(render(d), "error[QRY2101]: name 'Entri' is not defined\n  line 2: ä = Entri.objects\n              ^~~~~");
}

TEST(a_diagnostic, has_djangos_name) {
  diagnostic d = make_diagnostic(diag::does_not_exist, {"Entry"});
  d.subject = "Entry";
  EXPECT_EQ(exception_name(d), "Entry.DoesNotExist");
  EXPECT_EQ(exception_name(make_diagnostic(diag::unknown_lookup, {"", "x", "Entry.id"})), "FieldError");
}

TEST(the_nearest_choice, is_near_or_nothing) {
  nearest_choice near("healine");
  near.offer("rating");
  near.offer("headline");
  EXPECT_EQ(near.best(), "headline");
  nearest_choice swapped("hepl");  // one slip of two fingers
  swapped.offer("help");
  EXPECT_EQ(swapped.best(), "help");
  nearest_choice far("zzz");
  far.offer("headline");
  EXPECT_EQ(far.best(), "");
}

TEST(an_interner, keeps_the_numbers_of_its_base) {
  interner base;
  const symbol known = base.intern("headline");
  interner own(&base);
  EXPECT_EQ(own.intern("headline"), known);
  const symbol fresh = own.intern("a new name");
  EXPECT_EQ(own.text(fresh), "a new name");
  EXPECT_EQ(own.text(known), "headline");
  own.reset(&base);
  EXPECT_FALSE(own.find("a new name", hash_text("a new name")).present());
}

TEST(an_interner, grows_without_losing_a_name) {
  interner names;
  std::vector<symbol> made;
  for (int i = 0; i < 2000; ++i) made.push_back(names.intern("name" + std::to_string(i)));
  for (int i = 0; i < 2000; ++i) EXPECT_EQ(names.text(made[static_cast<std::size_t>(i)]), "name" + std::to_string(i));
}

}  // namespace
}  // namespace quarry::ir

// Exceptions: the class that the registry names, with the diagnostic inside.
#include <gtest/gtest.h>

#include <quarry/core/errors.hpp>

namespace quarry {
namespace {

TEST(errors, the_registry_decides_the_class) {
  EXPECT_THROW(raise(ir::diag::unknown_field, {"Entry", "pubdate"}), field_error);
  EXPECT_THROW(raise(ir::diag::wrong_value, {"pub_date", "a date", "a text"}), validation_error);
  EXPECT_THROW(raise(ir::diag::wrong_number, {"rating", "an integer", "a text"}), value_error);
  EXPECT_THROW(raise(ir::diag::filter_after_slice, {"filter"}), type_error);
  EXPECT_THROW(raise(ir::diag::value_out_of_range, {"rating", "32 bits"}), overflow_error);
  EXPECT_THROW(raise(ir::diag::index_out_of_range, {}), index_error);
  EXPECT_THROW(raise(ir::diag::query_too_deep, {"200"}), recursion_error);
  EXPECT_THROW(raise(ir::diag::syntax_error, {"a name"}), syntax_error);
  EXPECT_THROW(raise(ir::diag::no_default_database, {"Entry"}), configuration_error);
  EXPECT_THROW(raise(ir::diag::transaction_closed, {"save"}), transaction_error);
  EXPECT_THROW(raise(ir::diag::relation_not_loaded, {}), relation_not_loaded);
  EXPECT_THROW(raise(ir::diag::database_unique, {""}), integrity_error);
  EXPECT_THROW(raise(ir::diag::database_deadlock, {}), operational_error);
  EXPECT_THROW(raise(ir::diag::not_supported_yet, {"x"}), not_supported_error);
  EXPECT_THROW(raise(ir::diag::internal_error, {"x"}), internal_error);
}

TEST(errors, a_validation_error_is_a_value_error_and_an_integrity_error_a_database_error) {
  EXPECT_THROW(raise(ir::diag::wrong_value, {"", "", ""}), value_error);
  EXPECT_THROW(raise(ir::diag::database_unique, {""}), database_error);
}

TEST(errors, the_text_shows_the_path_with_a_caret_and_keeps_what_the_server_said_apart) {
  ir::diagnostic d = ir::make_diagnostic(ir::diag::unknown_field, {"Entry", "pubdate"});
  d.source = "entry__pubdate__year";
  d.span = {7, 7};
  d.suggestion = "pub_date";
  d.server_text = "secret";
  try {
    raise(d);
  } catch (const error& e) {
    EXPECT_EQ(std::string(e.what()),
              "error[QRY2107]: Entry has no field 'pubdate'\n"
              "  entry__pubdate__year\n"
              "         ^~~~~~~   did you mean 'pub_date'?");
    EXPECT_EQ(e.id(), ir::diag::unknown_field);
    EXPECT_EQ(e.exception_name(), "FieldError");
    EXPECT_EQ(e.server_text(), "secret");
    const error copy = e;
    EXPECT_STREQ(copy.what(), e.what());
  }
}

TEST(errors, the_name_of_a_missing_object_says_which_model) {
  ir::diagnostic d = ir::make_diagnostic(ir::diag::does_not_exist, {"Entry"});
  d.subject = "Entry";
  try {
    raise(d);
  } catch (const does_not_exist& e) {
    EXPECT_EQ(e.exception_name(), "Entry.DoesNotExist");
  }
}

TEST(errors, unwrap_gives_the_value_or_throws) {
  EXPECT_EQ(unwrap(ir::result<int>(3)), 3);
  EXPECT_THROW(unwrap(ir::result<int>(ir::failure(ir::diag::negative_slice, {}))), value_error);
  EXPECT_NO_THROW(unwrap(ir::result<void>()));
  EXPECT_THROW(unwrap(ir::result<void>(ir::failure(ir::diag::negative_slice, {}))), value_error);
}

}  // namespace
}  // namespace quarry

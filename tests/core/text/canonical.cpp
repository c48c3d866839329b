// Values as canonical JSON and back.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

std::string there_and_back(std::string_view json) {
  const auto read = parse_canonical(json);
  return read ? canonical_json(*read, *blog_models().catalog) : ir::render(read.error());
}

TEST(canonical_json, reads_back_what_it_writes) {
  for (const std::string_view json : {"null",
                                      "true",
                                      "-9223372036854775808",
                                      "1.5",
                                      "\"a\\\"\\n\\u0001é\"",
                                      "[]",
                                      "[1, [2, null]]",
                                      "{}",
                                      R"({"a": 1, "b": [true]})",
                                      R"({"$decimal": "-12.50"})",
                                      R"({"$date": "2008-06-01"})",
                                      R"({"$datetime": "2008-06-01T12:30:00.000001"})",
                                      R"({"$time": "12:30:00"})",
                                      R"({"$duration": 7200})",
                                      R"({"$duration": -0.5})",
                                      R"({"$uuid": "a1010101-0000-4000-8000-000000000001"})",
                                      R"({"$bytes": ""})",
                                      R"({"$bytes": "AA=="})",
                                      R"({"$bytes": "AAE="})",
                                      R"({"$bytes": "AAEC"})",
                                      R"({"$json": {"a": [1, 2.5, "x"]}})"})
    EXPECT_EQ(there_and_back(json), json);
}

TEST(canonical_json, shows_the_json_null_as_null) { EXPECT_EQ(there_and_back(R"({"$json": null})"), "null"); }

TEST(canonical_json, refuses_what_is_no_json_and_wrong_tags) {
  EXPECT_EQ(there_and_back("{").substr(0, 30), "error[QRY2001]: expected JSON,");
  EXPECT_EQ(there_and_back(R"({"$date": "2008-13-01"})"),
            "error[QRY2201]: '$date' expects a value of its kind, not this one");
  EXPECT_EQ(there_and_back(R"({"$nope": 1})"), "error[QRY2201]: '$nope' expects a value of its kind, not this one");
}

}  // namespace
}  // namespace quarry::text::tests

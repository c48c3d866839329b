#include <quarry/plugins/host/url.hpp>

#include "fixtures.hpp"

namespace quarry::host::test {
namespace {

using ir::diag;

url parsed(const std::string& text) {
  auto u = url::parse(text);
  EXPECT_TRUE(u) << text << ": " << why(u);
  return u ? *u : *url::parse("x://");
}

TEST(database_url, one_slash_belongs_to_the_url) {
  EXPECT_EQ(parsed("sqlite:///file.db").database(), "file.db");
  EXPECT_EQ(parsed("sqlite:////abs/file.db").database(), "/abs/file.db");
  EXPECT_EQ(parsed("sqlite:///dir/file.db").database(), "dir/file.db");
  EXPECT_EQ(parsed("sqlite:///").database(), "");
  EXPECT_EQ(parsed("toy://").database(), "");
  EXPECT_EQ(parsed("toy://").scheme(), "toy");
}

TEST(database_url, a_name_between_colons_is_a_database) {
  const url u = parsed("sqlite://:memory:");
  EXPECT_EQ(u.database(), ":memory:");
  EXPECT_EQ(u.host(), "");
  EXPECT_EQ(u.port(), 0);
  const url v = parsed("toy://:temp-db:?mode=ro");
  EXPECT_EQ(v.database(), ":temp-db:");
  ASSERT_EQ(v.options().size(), 1U);
  EXPECT_EQ(v.options()[0].value, "ro");
  EXPECT_EQ(v.redacted(), "toy://:temp-db:?mode=***");
  expect_refused(url::parse("toy://:memory:/file"), diag::url_invalid);
  expect_refused(url::parse("toy://me@:memory:"), diag::url_invalid);
}

TEST(database_url, has_user_password_host_port_database_and_options) {
  const url u = parsed("postgresql://me:secret@db.example:6543/blog?sslmode=require&application_name=a%20b");
  EXPECT_EQ(u.scheme(), "postgresql");
  EXPECT_EQ(u.user(), "me");
  EXPECT_EQ(u.password(), "secret");
  EXPECT_EQ(u.host(), "db.example");
  EXPECT_EQ(u.port(), 6543);
  EXPECT_EQ(u.database(), "blog");
  ASSERT_EQ(u.options().size(), 2U);
  EXPECT_EQ(u.options()[0].key, "sslmode");
  EXPECT_EQ(u.options()[0].value, "require");
  EXPECT_EQ(u.options()[1].value, "a b");
}

TEST(database_url, parts_are_percent_decoded_and_a_plus_stays_one) {
  const url u = parsed("mysql://m%40e:p%40s%2fs%3A%25@h/na%20me+x?k%3d=v+w%26");
  EXPECT_EQ(u.user(), "m@e");
  EXPECT_EQ(u.password(), "p@s/s:%");
  EXPECT_EQ(u.database(), "na me+x");
  EXPECT_EQ(u.options()[0].key, "k=");
  EXPECT_EQ(u.options()[0].value, "v+w&");
  EXPECT_EQ(parsed("postgresql://%2Fvar%2Frun/db").host(), "/var/run");
  EXPECT_EQ(parsed("x:///caf%C3%A9").database(), "café");
}

TEST(database_url, addresses_come_without_brackets) {
  const url u = parsed("postgresql://me@[::1]:5432/db");
  EXPECT_EQ(u.host(), "::1");
  EXPECT_EQ(u.port(), 5432);
  EXPECT_EQ(u.redacted(), "postgresql://me@[::1]:5432/db");
  EXPECT_EQ(parsed("postgresql://127.0.0.1/db").host(), "127.0.0.1");
}

TEST(database_url, several_hosts_are_handed_on_as_written) {
  const url u = parsed("postgresql://a:b@h1:1,h2:2/db?target_session_attrs=any");
  EXPECT_EQ(u.host(), "h1:1,h2:2");
  EXPECT_EQ(u.port(), 0);
  EXPECT_EQ(u.user(), "a");
  EXPECT_EQ(u.database(), "db");
  EXPECT_EQ(u.text(), "postgresql://a:b@h1:1,h2:2/db?target_session_attrs=any");
  EXPECT_EQ(u.redacted(), "postgresql://a:***@h1:1,h2:2/db?target_session_attrs=***");
}

TEST(database_url, what_is_wrong_is_said_and_the_url_is_never_quoted) {
  struct wrong {
    const char* text;
    const char* word;
  };
  for (const wrong w : {wrong{"hunter2", "scheme://"},
                        {"sqlite:hunter2.db", "scheme://"},
                        {"://hunter2", "a scheme"},
                        {"Hunter2://x", "a scheme"},
                        {"my.hunter2://x", "a scheme"},
                        {"pg://u:hunter2@x@h/db", "%40"},
                        {"pg://u:hunter2#x@h/db", "%23"},
                        {"pg://u:hunter2/x@h/db", "%2F"},
                        {"pg://u:hunter2@h/d b", "blank"},
                        {"pg://u:hunter2@h/d\nb", "control character"},
                        {"pg://u:hunter2%zz@h/db", "%25"},
                        {"pg://u:hunter2%4", "%25"},
                        {"pg://u:hunter2@h:port/db", "port"},
                        {"pg://u:hunter2@h:0/db", "port"},
                        {"pg://u:hunter2@h:65536/db", "port"},
                        {"pg://u:hunter2@h:99999999999/db", "port"},
                        {"pg://u:hunter2@:5432/db", "no host"},
                        {"pg://u:hunter2@h/db%00x", "%00"},
                        {"pg://u:hunter2@h/db?a=%00", "%00"},
                        {"pg://u:hunter2@h/db?a=1&a=2", "twice"},
                        {"pg://u:hunter2@h/db?=1", "no name"},
                        {"pg://u:hunter2@[::1/db", "scheme://user"}}) {
    SCOPED_TRACE(w.text);
    auto u = url::parse(w.text);
    expect_refused(u, diag::url_invalid, {w.word});
    ASSERT_FALSE(u);
    EXPECT_EQ(ir::render(u.error()).find("unter2"), std::string::npos) << u.error().message;
  }
  expect_refused(url::parse("pg://" + std::string(10000, 'h')), diag::url_invalid, {"longer"});
  expect_refused(url::parse(std::string("pg://h\0x/db", 11)), diag::url_invalid, {"control character"});
}

TEST(database_url, the_redacted_form_shows_no_password) {
  EXPECT_EQ(parsed("pg://u:hunter2@h:1/db?password=hunter2&x").redacted(), "pg://u:***@h:1/db?password=***&x=***");
  EXPECT_EQ(parsed("pg://u@h").redacted(), "pg://u@h");
  EXPECT_EQ(parsed("sqlite:////a/b.db").redacted(), "sqlite:////a/b.db");
}

TEST(database_url, the_plugin_sees_the_same_parts) {
  const url u = parsed("pg://u:p@h:1/db?a=1&b=2");
  const c_url c(u);
  const quarry_url& raw = *c.get();
  EXPECT_EQ(raw.size, sizeof(quarry_url));
  EXPECT_EQ(raw.port, 1U);
  EXPECT_EQ(std::string(raw.password.data, raw.password.size), "p");
  EXPECT_EQ(std::string(raw.text.data, raw.text.size), u.text());
  ASSERT_EQ(raw.option_count, 2U);
  EXPECT_EQ(raw.option_stride, sizeof(quarry_option));
  EXPECT_EQ(std::string(raw.options[1].key.data, raw.options[1].key.size), "b");
}

}  // namespace
}  // namespace quarry::host::test

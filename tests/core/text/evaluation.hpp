// The blog as a models file, and an evaluator over an empty database in memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <quarry/core/errors.hpp>
#include <quarry/core/exec/core.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/evaluator.hpp>

#include "support/plugins.hpp"

namespace quarry::text::tests {

inline constexpr std::string_view blog_source = R"(from datetime import date
from django.db import models
import uuid

class Blog(models.Model):
    name = models.CharField(max_length=100)
    tagline = models.TextField()

class Author(models.Model):
    name = models.CharField(max_length=200)
    email = models.EmailField()

class Entry(models.Model):
    blog = models.ForeignKey(Blog, on_delete=models.CASCADE)
    editor = models.ForeignKey(Author, null=True, on_delete=models.SET_NULL, related_name="edited")
    headline = models.CharField(max_length=255)
    pub_date = models.DateField()
    seen = models.DateTimeField(null=True)
    rating = models.IntegerField(default=5)
    authors = models.ManyToManyField(Author)

class Detail(models.Model):
    entry = models.OneToOneField(Entry, on_delete=models.CASCADE)
    note = models.JSONField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    length = models.DurationField(null=True)

class Country(models.Model):
    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=50, unique=True)

class City(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    country = models.ForeignKey(Country, to_field="name", null=True, on_delete=models.CASCADE)
    changed = models.DateTimeField(auto_now=True)
    class Meta:
        ordering = ["id"]
)";

inline model_set blog_models() { return unwrap(load_models(blog_source, "blog")); }

/// A session that counts what is asked of another.
class counting_session final : public detail::session {
 public:
  explicit counting_session(std::shared_ptr<detail::database_core> core) : inside_(std::move(core)) {}
  int queries = 0;
  detail::cursor run(const detail::chain& c) override {
    ++queries;
    return inside_.run(c);
  }
  detail::named_rows run_raw(const detail::chain& c, const detail::column_typer& type_of) override {
    ++queries;
    return inside_.run_raw(c, type_of);
  }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      std::span<const detail::assignment> row) override {
    return inside_.insert(catalog, model, row);
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      const detail::operand& key, std::span<const detail::assignment> row) override {
    return inside_.update(catalog, model, key, row);
  }
  bool numbers_rows() const override { return inside_.numbers_rows(); }
  std::string sql(const detail::chain& c, bool with_values) override { return inside_.sql(c, with_values); }
  std::string explain(const detail::chain& c, const detail::explain_request& how) override {
    return inside_.explain(c, how);
  }

 private:
  detail::pooled_session inside_;
};

inline constexpr std::string_view some_rows = R"(
b1 = Blog.objects.create(name="Beatles Blog", tagline="news")
b2 = Blog.objects.create(name="Cheddar Talk", tagline="cheese")
ann = Author.objects.create(name="Ann", email="ann@x.example")
Entry.objects.create(blog=b1, headline="What would John do?", pub_date=date(2008, 6, 1), rating=5, editor=ann)
Entry.objects.create(blog=b1, headline="New Lennon biography", pub_date=date(2008, 6, 8), rating=4)
Entry.objects.create(blog=b2, headline="What makes it yellow", pub_date=date(2009, 3, 30), rating=3)
)";

class evaluated : public testing::Test {
 protected:
  evaluated() {
    quarry::test::use_built_plugins();
    core = unwrap(detail::database_core::open("sqlite://:memory:", {}, {}));
    const model_set models = blog_models();
    unwrap(detail::create_tables(*core, *unwrap(core->take()), *models.catalog));
    session = std::make_unique<counting_session>(core);
    text = std::make_unique<evaluator>(models, *session);
    unwrap(text->run(some_rows));
    session->queries = 0;
  }

  /// The value of the last statement as JSON, or the diagnostic's class.
  std::string eval(std::string_view source) {
    auto last = text->run(source);
    if (!last) return canonical_json(last.error());
    if (auto fetched = text->fetch(*last); !fetched) return canonical_json(fetched.error());
    return canonical_json(*last, *text->models().catalog);
  }
  /// What people read of an error.
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

}  // namespace quarry::text::tests

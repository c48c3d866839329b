// The same models as a models file and in C++: one catalog.
#include <gtest/gtest.h>

#include <string>

#include <quarry/core/errors.hpp>
#include <quarry/core/text/models.hpp>

#include "core/query/blog_models.hpp"
#include "core/schema/catalog_lines.hpp"

namespace quarry {
namespace {

constexpr std::string_view models_py = R"py(
from datetime import date
from django.db import models

class Blog(models.Model):
    name = models.CharField(max_length=100)
    tagline = models.TextField()

class Author(models.Model):
    name = models.CharField(max_length=200)
    email = models.EmailField()

class Entry(models.Model):
    blog = models.ForeignKey(Blog, on_delete=models.CASCADE)
    headline = models.CharField(max_length=255)
    body_text = models.TextField()
    pub_date = models.DateField()
    mod_date = models.DateField(default=date.today)
    authors = models.ManyToManyField(Author)
    number_of_comments = models.IntegerField(default=0)
    number_of_pingbacks = models.IntegerField(default=0)
    rating = models.IntegerField(default=5)

class EntryDetail(models.Model):
    entry = models.OneToOneField(Entry, on_delete=models.CASCADE)
    details = models.TextField(null=True)

class Comment(models.Model):
    entry = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL)
    author = models.ForeignKey(Author, null=True, on_delete=models.SET_NULL, related_name="remarks")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    text = models.CharField(max_length=200, null=True)
    score = models.IntegerField(null=True)
    posted = models.DateTimeField(null=True)

class Poll(models.Model):
    question = models.CharField(max_length=200)
    pub_date = models.DateField()

class Dog(models.Model):
    name = models.CharField(max_length=200)
    data = models.JSONField(null=True)
)py";

TEST(describe, a_models_file_gives_the_same_catalog) {
  const text::model_set loaded = unwrap(text::load_models(models_py, "blog"));
  const ir::catalog& from_text = *loaded.catalog;
  const ir::catalog& from_code = *catalog_of<blog::blog_schema>();
  ASSERT_EQ(from_text.models().size(), from_code.models().size());
  for (std::size_t m = 0; m < from_text.models().size(); ++m) {
    const ir::model& model = from_text.models()[m];
    const std::string_view name = from_text.text(model.name);
    EXPECT_EQ(name, from_code.text(from_code.models()[m].name)) << "in the same order";
    EXPECT_EQ(test::lines_of(from_text, name), test::lines_of(from_code, name));
    for (std::size_t c = 0; c < model.columns.size(); ++c) {
      const ir::initial_value& initial = model.columns[c].initial;
      const ir::initial_value& other = from_code.models()[m].columns[c].initial;
      EXPECT_EQ(initial.what, other.what) << name << "." << from_text.text(model.columns[c].name);
      EXPECT_EQ(initial.integer, other.integer);
    }
    for (std::size_t r = 0; r < model.relations.size(); ++r)
      EXPECT_EQ(model.relations[r].on_delete, from_code.models()[m].relations[r].on_delete);
  }
}

}  // namespace
}  // namespace quarry

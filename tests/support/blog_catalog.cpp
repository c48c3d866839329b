#include "support/blog_catalog.hpp"

namespace quarry::test {

using ir::scalar;
using ir::type;

ir::field_spec field(std::string name, ir::type t) {
  ir::field_spec f;
  f.name = std::move(name);
  f.type = t;
  return f;
}

ir::field_spec foreign_key(std::string name, std::string target, bool nullable) {
  ir::field_spec f = field(std::move(name), type(scalar::int64, nullable));
  f.relation = ir::relation_spec{};
  f.relation->target = std::move(target);
  return f;
}

std::shared_ptr<const ir::catalog> blog_catalog() {
  static const std::shared_ptr<const ir::catalog> made = [] {
    ir::model_spec blog;
    blog.name = "Blog";
    blog.fields = {field("name", type(scalar::text, false, 100)), field("tagline", type(scalar::text, false))};

    ir::model_spec author;
    author.name = "Author";
    author.fields = {field("name", type(scalar::text, false, 200)), field("email", type(scalar::text, false, 254))};
    author.ordering = {"-name"};

    ir::model_spec entry;
    entry.name = "Entry";
    entry.fields = {foreign_key("blog", "Blog"),
                    foreign_key("editor", "Author", true),
                    field("headline", type(scalar::text, false, 255)),
                    field("pub_date", type(scalar::date, false)),
                    field("mod_date", type(scalar::date, true)),
                    field("rating", type(scalar::int32, true)),
                    field("comments", type(scalar::int32, false))};
    entry.fields[1].relation->related_name = "edited";
    ir::field_spec authors = field("authors", {});
    authors.relation = ir::relation_spec{};
    authors.relation->form = ir::relation_form::many_to_many;
    authors.relation->target = "Author";
    entry.fields.push_back(authors);

    return *ir::catalog::build("blog", {blog, author, entry});
  }();
  return made;
}

}  // namespace quarry::test

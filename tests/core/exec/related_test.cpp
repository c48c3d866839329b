// Related objects and parts of objects, on a real database: what is read, by how many statements, and when.
#include <gtest/gtest.h>

#include <array>

#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "support/plugins.hpp"

namespace quarry {
namespace {

using blog::Author;
using blog::Blog;
using blog::Comment;
using blog::Entry;
using blog::EntryDetail;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

template <class Rows, class Member>
strings names_of(const Rows& rows, Member member) {
  strings out;
  for (const auto& row : rows) out.push_back(row.*member);
  return out;
}

class related_objects : public testing::Test {
 protected:
  related_objects() {
    test::use_built_plugins();
    db_ = database::open("sqlite://:memory:");
    db_->create_tables<blog::blog_schema>();
    beatles_ = add(Blog{.name = "Beatles Blog"});
    cheese_ = add(Blog{.name = "Cheddar Talk"});
    (void)add(Blog{.name = "Empty Blog"});
    john_ = add(Author{.name = "John"});
    paul_ = add(Author{.name = "Paul"});
    first_ = add(entry(beatles_, "What would John do?", 5));
    second_ = add(entry(beatles_, "New Lennon biography", 4));
    third_ = add(entry(cheese_, "What makes it yellow", 3));
    link(first_, john_);
    link(first_, paul_);
    link(second_, john_);
    (void)add(EntryDetail{.entry = first_, .details = "a detail"});
    const Comment question = add(Comment{.entry = foreign_key<Entry>(first_), .text = "why?"});
    (void)add(Comment{.entry = foreign_key<Entry>(first_),
                      .author = foreign_key<Author>(paul_),
                      .parent = foreign_key<Comment>(question),
                      .text = "because"});
  }
  template <class Model>
  Model add(Model object) {
    db_->save(object);
    return object;
  }
  static Entry entry(const Blog& blog, const char* headline, int rating) {
    return {.blog = blog, .headline = headline, .pub_date = 2008y / 6 / 1, .mod_date = 2008y / 6 / 1, .rating = rating};
  }
  void link(const Entry& e, const Author& a) {
    const auto& catalog = catalog_of<blog::blog_schema>();
    const ir::relation& r =
        catalog->at(detail::position_of<Entry>).relations[catalog->find(detail::position_of<Entry>, "authors").index];
    const std::array row = {detail::assignment{r.through_near, detail::to_operand(e.id)},
                            detail::assignment{r.through_far, detail::to_operand(a.id)}};
    (void)db_->session()->insert(catalog, r.through, row);
  }
  /// The number of statements that the function runs.
  template <class F>
  int statements(F&& run) {
    int n = 0;
    db_->observe([&](std::string_view, const std::vector<std::string>&) { ++n; });
    run();
    db_->observe(nullptr);
    return n;
  }

  std::optional<database> db_;
  Blog beatles_, cheese_;
  Author john_, paul_;
  Entry first_, second_, third_;
};

TEST_F(related_objects, come_with_the_row_over_several_steps) {
  EXPECT_EQ(statements([&] {
              const auto comments = db_->objects<Comment>()
                                        .select_related<"entry__blog", "parent__entry__blog", "author">()
                                        .order_by("id")
                                        .rows();
              ASSERT_EQ(comments.size(), 2U);
              EXPECT_EQ(comments[0].entry->get().blog->name, "Beatles Blog");
              EXPECT_FALSE(comments[0].parent.has_value());
              EXPECT_FALSE(comments[0].author.has_value());
              EXPECT_EQ(comments[1].parent->get().entry->get().blog->name, "Beatles Blog");
              EXPECT_EQ(comments[1].parent->get().text, "why?");
              EXPECT_EQ(comments[1].author->get().name, "Paul");
            }),
            1);
}

TEST_F(related_objects, come_in_the_order_in_which_paths_meet_them) {
  // parent is met first, then author, then a second step of parent.
  const auto c =
      db_->objects<Comment>().select_related<"parent", "author", "parent__entry">().get("parent__isnull"_f = false);
  EXPECT_EQ(c.author->get().name, "Paul");
  EXPECT_EQ(c.parent->get().entry->get().headline, first_.headline);
  EXPECT_FALSE(c.entry->loaded()) << "nobody asked for it";
}

TEST_F(related_objects, come_backwards_over_a_one_to_one) {
  const auto rows = db_->objects<Entry>().select_related<"blog", "entrydetail">().order_by("id").rows();
  ASSERT_NE(rows[0].related<"entrydetail">(), nullptr);
  EXPECT_EQ(rows[0].related<"entrydetail">()->details, "a detail");
  EXPECT_EQ(rows[1].related<"entrydetail">(), nullptr);
  EXPECT_EQ(rows[1].related<"blog">()->name, "Beatles Blog");
  EXPECT_EQ(rows[2].blog->name, "Cheddar Talk");
}

TEST_F(related_objects, of_one_call_add_to_those_of_another) {
  const auto c = db_->objects<Comment>().select_related<"entry">().select_related<"author">().get("text"_f = "because");
  EXPECT_EQ(c.entry->get().headline, first_.headline);
  EXPECT_EQ(c.author->get().name, "Paul");
}

TEST_F(related_objects, are_fetched_for_all_rows_at_once) {
  EXPECT_EQ(statements([&] {
              const auto blogs = db_->objects<Blog>().prefetch_related<"entry">().order_by("id").rows();
              ASSERT_EQ(blogs.size(), 3U);
              EXPECT_EQ(names_of(blogs[0].related<"entry">(), &Entry::headline),
                        (strings{first_.headline, second_.headline}));
              EXPECT_EQ(names_of(blogs[1].related<"entry">(), &Entry::headline), strings{third_.headline});
              EXPECT_TRUE(blogs[2].related<"entry">().empty());
            }),
            2);
}

TEST_F(related_objects, are_fetched_over_links_in_both_directions) {
  EXPECT_EQ(statements([&] {
              const auto entries = db_->objects<Entry>().prefetch_related<"authors">().order_by("id").rows();
              EXPECT_EQ(names_of(entries[0].related<"authors">(), &Author::name), (strings{"John", "Paul"}));
              EXPECT_EQ(names_of(entries[1].related<"authors">(), &Author::name), strings{"John"});
              EXPECT_TRUE(entries[2].related<"authors">().empty());
            }),
            3);
  const auto authors = db_->objects<Author>().prefetch_related<"entry">().order_by("id").rows();
  EXPECT_EQ(names_of(authors[0].related<"entry">(), &Entry::headline), (strings{first_.headline, second_.headline}));
  EXPECT_EQ(names_of(authors[1].related<"entry">(), &Entry::headline), strings{first_.headline});
}

TEST_F(related_objects, are_fetched_step_by_step_on_nested_paths) {
  EXPECT_EQ(statements([&] {
              const auto blogs =
                  db_->objects<Blog>().prefetch_related<"entry__authors", "entry__comment">().order_by("id").rows();
              const auto& entries = blogs[0].related<"entry">();
              ASSERT_EQ(entries.size(), 2U);
              EXPECT_EQ(names_of(entries[0].related<"authors">(), &Author::name), (strings{"John", "Paul"}));
              EXPECT_EQ(entries[0].related<"comment">().size(), 2U);
              EXPECT_TRUE(entries[1].related<"comment">().empty());
              EXPECT_EQ(&entries[0].related<"authors">()[0], &entries[1].related<"authors">()[0])
                  << "one object for one row";
            }),
            5);
}

TEST_F(related_objects, are_fetched_through_keys_too) {
  const auto entries = db_->objects<Entry>().prefetch_related<"blog__entry", "entrydetail">().order_by("id").rows();
  EXPECT_EQ(entries[0].blog->name, "Beatles Blog") << "the key has its object as well";
  EXPECT_EQ(entries[0].related<"blog">()->related<"entry">().size(), 2U);
  EXPECT_EQ(entries[0].related<"entrydetail">()->details, "a detail");
  EXPECT_EQ(entries[2].related<"entrydetail">(), nullptr);
}

TEST_F(related_objects, may_be_the_rows_of_a_query) {
  EXPECT_EQ(statements([&] {
              const auto good = db_->objects<Entry>()
                                    .filter("rating__gt"_f = 3)
                                    .order_by("headline")
                                    .select_related<"blog">()
                                    .prefetch_related<"authors">();
              const auto blogs = db_->objects<Blog>().prefetch_related<"entry">(good).order_by("id").rows();
              EXPECT_EQ(names_of(blogs[0].related<"entry">(), &Entry::headline),
                        (strings{second_.headline, first_.headline}));
              EXPECT_EQ(blogs[0].related<"entry">()[0].blog->name, "Beatles Blog");
              EXPECT_EQ(blogs[0].related<"entry">()[1].related<"authors">().size(), 2U);
              EXPECT_TRUE(blogs[1].related<"entry">().empty());
            }),
            4);
}

TEST_F(related_objects, joined_and_prefetched_go_together_in_any_order) {
  const auto e = db_->objects<Entry>().prefetch_related<"authors">().select_related<"blog">().get("rating"_f = 5);
  EXPECT_EQ(e.blog->name, "Beatles Blog");
  EXPECT_EQ(e.related<"authors">().size(), 2U);
}

TEST_F(related_objects, of_no_rows_cost_no_statement) {
  EXPECT_EQ(statements([&] { (void)db_->objects<Blog>().prefetch_related<"entry">().filter("id"_f = 99).rows(); }), 1);
}

TEST_F(related_objects, are_fetched_inside_a_transaction_and_on_one_connection) {
  db_->atomic([&](transaction& tx) {
    EXPECT_EQ(tx.objects<Blog>().prefetch_related<"entry__authors">().get("id"_f = 1).related<"entry">().size(), 2U);
  });
}

TEST_F(related_objects, are_a_query_of_their_own) {
  EXPECT_EQ(db_->related<&Entry::blog>(beatles_).filter("rating"_f = 4).get().id, second_.id);
  EXPECT_EQ(db_->related<"entry">(beatles_).count(), 2);
  EXPECT_EQ(db_->related<&Entry::authors>(first_).order_by("-name").first()->name, "Paul");
  EXPECT_EQ(db_->related<&Entry::authors>(paul_).get().id, first_.id);
  EXPECT_EQ(db_->related<&Entry::blog>(third_).get().name, "Cheddar Talk") << "forward as well";
  EXPECT_EQ(db_->related<"replies">(db_->objects<Comment>().get("text"_f = "why?")).get().text, "because");
  EXPECT_EQ(db_->related<&Comment::parent>(db_->objects<Comment>().get("text"_f = "why?")).get().text, "because")
      << "back, where both sides are one model";
  EXPECT_THROW(db_->related<"entry">(Blog{}), value_error) << "nothing is related to what is not saved";
}

TEST_F(related_objects, of_links_are_narrowed_by_the_first_filter_together) {
  // "Paul's entries, those with an author named John": the same link can't be both.
  EXPECT_EQ(db_->related<"entry">(paul_).filter("authors__name"_f = "John").count(), 0);
  EXPECT_EQ(db_->related<"entry">(paul_).filter("authors__name"_f = "Paul").count(), 1);
  EXPECT_EQ(db_->related<"entry">(paul_).filter("rating"_f = 5).filter("authors__name"_f = "John").count(), 1);
}

TEST_F(related_objects, behind_keys_are_loaded_by_an_explicit_call) {
  Entry e = db_->objects<Entry>().get("id"_f = first_.id);
  EXPECT_THROW((void)e.blog->name, relation_not_loaded);
  EXPECT_EQ(statements([&] { db_->load<"blog">(e); }), 1);
  EXPECT_EQ(e.blog->name, "Beatles Blog");
  std::vector<Comment> comments = db_->objects<Comment>().order_by("id").rows();
  EXPECT_EQ(statements([&] { db_->load<"entry__blog", "author">(comments); }), 3);
  EXPECT_EQ(comments[1].entry->get().blog->name, "Beatles Blog");
  EXPECT_EQ(comments[1].author->get().name, "Paul");
  EXPECT_FALSE(comments[0].author.has_value());
}

TEST_F(related_objects, in_bulk_are_found_by_key) {
  const auto some = db_->objects<Entry>().in_bulk({1, 3, 99});
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some.at(3).headline, third_.headline);
  EXPECT_EQ(db_->objects<Entry>().in_bulk().size(), 3U);
  EXPECT_EQ(statements([&] { EXPECT_TRUE(db_->objects<Entry>().in_bulk(std::vector<std::int64_t>()).empty()); }), 0);
  EXPECT_THROW(db_->objects<Entry>().slice(0, 1).in_bulk({1}), type_error);
  EXPECT_EQ(db_->objects<Entry>().select_related<"blog">().in_bulk({1}).at(1).blog->name, "Beatles Blog");
}

TEST_F(related_objects, one_or_none_of_them) {
  EXPECT_EQ(db_->objects<Entry>().get_or_none("rating"_f = 4)->id, second_.id);
  EXPECT_EQ(db_->objects<Entry>().get_or_none("rating"_f = 99), std::nullopt);
  EXPECT_THROW(db_->objects<Entry>().get_or_none("rating__gt"_f = 3), multiple_objects_returned);
  EXPECT_EQ(db_->objects<Entry>().get_or_none()->id, third_.id) << "the newest";
  EXPECT_EQ(db_->related<"entry">(beatles_).get_or_none()->id, second_.id) << "being related is no condition";
  EXPECT_EQ(db_->objects<Entry>().order_by("rating").first("rating__gt"_f = 3)->id, second_.id);
  EXPECT_EQ(db_->objects<Entry>().order_by("rating").last("rating__lt"_f = 5)->id, second_.id);
}

class parts_of_objects : public related_objects {};

TEST_F(parts_of_objects, have_the_fields_that_were_named_and_the_key) {
  const auto q = db_->objects<Entry>().only<"headline", "blog">().filter("rating"_f = 5);
  static_assert(std::is_same_v<decltype(q)::value_type, partial<Entry, "headline", "blog">>);
  EXPECT_EQ(q.sql().find("body_text"), std::string::npos) << q.sql();
  const auto row = q.get();
  EXPECT_EQ(row.get<"headline">(), first_.headline);
  EXPECT_EQ(row.get<"blog">().id(), beatles_.id.value());
  EXPECT_EQ(row.get<"id">(), first_.id);
  EXPECT_EQ(row.get<"pk">(), first_.id);
}

TEST_F(parts_of_objects, lack_the_fields_that_were_deferred) {
  const auto q = db_->objects<Entry>().defer<"body_text">();
  static_assert(std::is_same_v<decltype(q)::value_type, deferred<Entry, "body_text">>);
  EXPECT_EQ(q.sql().find("body_text"), std::string::npos);
  EXPECT_EQ(q.order_by("id").rows().at(1).get<"rating">(), 4);
}

TEST_F(parts_of_objects, become_whole_by_an_explicit_call) {
  const auto row = db_->objects<Entry>().only<"headline">().get("rating"_f = 4);
  Entry whole;
  EXPECT_EQ(statements([&] { whole = row.load(*db_); }), 1);
  EXPECT_EQ(whole.rating, 4);
  EXPECT_EQ(whole.blog.id(), beatles_.id.value());
  db_->atomic([&](transaction& tx) { EXPECT_EQ(row.load(tx).rating, 4); });
}

TEST_F(parts_of_objects, of_several_calls_follow_djangos_rules) {
  const auto entries = db_->objects<Entry>();
  using kept = decltype(entries.only<"headline", "rating">().defer<"rating">())::value_type;
  static_assert(std::is_same_v<kept, partial<Entry, "headline">>);
  using replaced = decltype(entries.only<"headline">().only<"rating">())::value_type;
  static_assert(std::is_same_v<replaced, partial<Entry, "rating">>);
  using added = decltype(entries.defer<"rating">().defer<"body_text">())::value_type;
  static_assert(std::is_same_v<added, deferred<Entry, "body_text", "rating">>);
  using less = decltype(entries.defer<"rating">().only<"headline", "rating">())::value_type;
  static_assert(std::is_same_v<less, partial<Entry, "headline">>);
  using turned = decltype(entries.only<"headline">().defer<"headline", "rating">())::value_type;
  static_assert(std::is_same_v<turned, deferred<Entry, "rating">>);
  const auto row = entries.only<"headline", "rating">().defer<"rating">().get("rating"_f = 3);
  EXPECT_EQ(row.get<"headline">(), third_.headline);
}

}  // namespace
}  // namespace quarry

// The blog of the tutorial: a database file, rows saved in a transaction, six QuerySets with their SQL and their rows.
//   blog_demo [DATABASE_URL]
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "models.hpp"

using namespace std::chrono_literals;
using quarry::operator""_f;

namespace {

std::string show(const std::string& s) { return s; }
std::string show(int n) { return std::to_string(n); }
std::string show(quarry::date d) { return quarry::to_text(d); }
template <class T>
std::string show(const std::optional<T>& v) {
  return v ? show(*v) : "NULL";
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) {
      widths.resize(std::max(widths.size(), c + 1));
      widths[c] = std::max(widths[c], row[c].size());
    }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::cout << "  ";
    for (std::size_t c = 0; c < rows[r].size(); ++c)
      std::cout << rows[r][c] << std::string(widths[c] - rows[r][c].size() + 2, ' ');
    std::cout << '\n';
    if (r > 0) continue;
    std::cout << "  ";
    for (const std::size_t w : widths) std::cout << std::string(w, '-') << "  ";
    std::cout << '\n';
  }
}

/// Prints a query as the program wrote it, the SQL that it became, and its rows.
template <class Query, class... Column>
void show_query(const char* written, const Query& query, const std::vector<std::string>& names, Column... column) {
  std::cout << "\n" << written << "\n  " << query.sql() << '\n';
  std::vector<std::vector<std::string>> rows = {names};
  for (const auto& row : query) rows.push_back({show(column(row))...});
  print_table(rows);
}

#define SHOW(query, ...) show_query(#query, query, __VA_ARGS__)

void fill(const quarry::database& db) {
  db.atomic([](quarry::transaction& tx) {
    Blog beatles{.name = "Beatles Blog", .tagline = "All the latest Beatles news."};
    Blog cheddar{.name = "Cheddar Talk", .tagline = "Thoughts on cheese."};
    tx.save(beatles);
    tx.save(cheddar);
    Author john{.name = "John", .email = "john@example.com"};
    tx.save(john);
    const auto entry = [&](const Blog& blog, std::string headline, quarry::date day, std::optional<int> rating) {
      Entry e{.blog = blog, .headline = std::move(headline), .pub_date = day, .rating = rating};
      tx.save(e);
    };
    entry(beatles, "What would John do?", 2008y / 6 / 1, 5);
    entry(beatles, "New Lennon biography", 2008y / 6 / 8, 4);
    entry(beatles, "What's up, Paul?", 2009y / 1 / 12, std::nullopt);
    entry(cheddar, "What makes it yellow", 2009y / 3 / 30, 3);
    entry(cheddar, "A visit to the caves", 2010y / 7 / 4, 5);
  });
}

void run(const char* url) {
  const quarry::database db = quarry::database::open(url);
  db.create_tables<blog_schema>();
  fill(db);
  std::cout << "on " << db.product() << '\n';

  const auto entries = db.objects<Entry>();
  const auto headline = [](const Entry& e) { return e.headline; };
  const auto day = [](const Entry& e) { return e.pub_date; };
  const auto rating = [](const Entry& e) { return e.rating; };

  // The compiler checks paths and value types: "blog__nmae"_f or a number for a headline does not compile.
  SHOW(entries.filter("blog__name"_f = "Beatles Blog", "rating__gt"_f = 3).order_by("-pub_date").slice(0, 5),
       {"headline", "pub_date", "rating"}, headline, day, rating);
  SHOW(entries.filter("headline__startswith"_f = "What").exclude("rating__gte"_f = 5).order_by("pub_date"),
       {"headline", "rating"}, headline, rating);
  SHOW(entries.filter("rating__isnull"_f = true), {"headline", "rating"}, headline, rating);
  SHOW(entries.filter("id__in"_f = {1, 4, 5}, "pub_date__year"_f = 2009), {"headline", "pub_date"}, headline, day);

  quarry::Q<Entry> liked = "rating__gte"_f = 5;
  liked = liked | ("blog__tagline__contains"_f = "cheese");  // composed at run time, checked when built
  SHOW(entries.filter(liked).order_by("blog__name", "headline"), {"headline", "rating"}, headline, rating);

  std::cout << "\ntyped rows: the columns and their types come from the paths";
  const auto pairs = entries.order_by("blog__name", "-rating").values_list<"blog__name", "headline", "rating">();
  SHOW(
      pairs, {"blog__name", "headline", "rating"}, [](const auto& r) { return std::get<0>(r); },
      [](const auto& r) { return std::get<1>(r); }, [](const auto& r) { return std::get<2>(r); });

  std::cout << "\n"
            << entries.count() << " entries; " << entries.filter("blog__name"_f = "Cheddar Talk").count()
            << " of them on cheese\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 ? argv[1] : "sqlite:///blog.db");
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}

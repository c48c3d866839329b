#include "shapes.hpp"

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/evaluator.hpp>
#include <quarry/core/text/queries.hpp>

#include "shape_models.hpp"

namespace quarry::bench {
namespace {

using shape_models::Author;
using shape_models::Blog;
using shape_models::Entry;
using namespace std::chrono_literals;

template <class Model>
query_set<Model> all() {
  return make_query_set<Model>(nullptr);
}

detail::chain pk_get(int v) {
  return unwrap(detail::for_get(all<Entry>().filter("pk"_f = v == 0 ? 1 : 70000).chain()));
}

detail::chain across_fk(int v) {
  return all<Entry>().filter("blog__name"_f = v == 0 ? "Blog 0007" : "Blog 0400").chain();
}

detail::chain one_filter(int v) {
  return all<Blog>()
      .filter("entry__headline__contains"_f = v == 0 ? "Lennon" : "guitar",
              "entry__pub_date__year"_f = v == 0 ? 2008 : 2011)
      .distinct()
      .chain();
}

detail::chain two_filters(int v) {
  return all<Blog>()
      .filter("entry__headline__contains"_f = v == 0 ? "Lennon" : "guitar")
      .filter("entry__pub_date__year"_f = v == 0 ? 2008 : 2011)
      .distinct()
      .chain();
}

detail::chain exclude_many(int v) {
  return all<Author>().exclude("entry__headline__contains"_f = v == 0 ? "Lennon" : "guitar").chain();
}

detail::chain exclude_many_count(int v) {
  return unwrap(all<Entry>().exclude("authors__name"_f = v == 0 ? "Author 00001" : "Author 01000").chain().count());
}

detail::chain counted(int v) {
  return chain_of("Blog.objects.annotate(n=Count('entry')).filter(n__gt=" + std::string(v == 0 ? "200" : "90") +
                  ").order_by('-n', 'id')");
}

detail::chain many_conditions(int v) {
  const bool first = v == 0;
  const Q<Entry> of_blog = Q<Entry>("blog__name__startswith"_f = first ? "Blog 00" : "Blog 01") |
      Q<Entry>("blog__tagline__contains"_f = first ? "topic 7" : "topic 9");
  const Q<Entry> of_authors = Q<Entry>("authors__name__startswith"_f = first ? "Author 000" : "Author 010") |
      Q<Entry>("authors__email__endswith"_f = first ? ".org" : ".com");
  const Q<Entry> liked = Q<Entry>("rating__gte"_f = first ? 8 : 7) |
      (Q<Entry>("number_of_comments__gt"_f = first ? 150 : 120) &
       Q<Entry>("number_of_pingbacks__lt"_f = first ? 10 : 20));
  const Q<Entry> other = ~Q<Entry>("headline__contains"_f = first ? "guitar" : "piano");
  const Q<Entry> of_years = Q<Entry>("pub_date__gte"_f = (first ? 2008y : 2009y) / 1 / 1) &
      Q<Entry>("pub_date__lt"_f = (first ? 2012y : 2011y) / 1 / 1);
  return all<Entry>().filter(of_blog & of_authors & liked & other & of_years).select_related<"blog">().chain();
}

constexpr std::array all_shapes = {shape{"S1", pk_get},        shape{"S3", across_fk},
                                   shape{"S4", one_filter},    shape{"S5", two_filters},
                                   shape{"S6", exclude_many},  shape{"S6b", exclude_many_count},
                                   shape{"S7", counted, true}, shape{"S8", many_conditions}};

/// A query that somebody wanted to run.
struct caught_query {
  detail::chain chain;
};

/// Stands where a database would be.
class catching_session final : public detail::session {
 public:
  detail::cursor run(const detail::chain& c) override { throw caught_query{c}; }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>&, std::uint32_t,
                      std::span<const detail::assignment>) override {
    return 0;
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>&, std::uint32_t, const detail::operand&,
                      std::span<const detail::assignment>) override {
    return 0;
  }
  std::string sql(const detail::chain&, bool) override { return {}; }
};

const text::model_set& models() {
  static const text::model_set read = [] {
    std::ifstream file(QUARRY_BENCH_SHAPES "/models.py");
    const std::string source((std::istreambuf_iterator<char>(file)), {});
    return unwrap(text::load_models(source, "shapes"));
  }();
  return read;
}

}  // namespace

std::span<const shape> shapes() noexcept { return all_shapes; }

detail::chain chain_of(std::string_view expression) {
  catching_session session;
  text::evaluator evaluator(models(), session);
  try {
    const text::object last = unwrap(evaluator.run(expression));
    if (const auto q = last.query()) return q->chain;
  } catch (const caught_query& q) {
    return q.chain;
  }
  raise(ir::diag::wrong_argument, {"a shape", "a query", "something else"});
}

}  // namespace quarry::bench

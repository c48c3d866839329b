// Each optional pass alone: over a query in which it has something to do, and over one that only looks like it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/passes/pipeline.hpp>

namespace quarry::bench {

struct pass_row {
  std::string_view pass;
  std::string_view fires, stays;  ///< statements of the logical stage over the models of blog.hpp
};

inline constexpr std::array pass_rows = {
    pass_row{"canonicalize",
             "e = scan Entry  f = filter e where and(not(and(gt(e.rating, %0), is_not_null(e.mod_date))), "
             "and(gt(e.rating, %0), eq(e.blog_id, %0)))  p = project f [e.id] -> (id: i64!)",
             "e = scan Entry  f = filter e where not(eq(e.headline, %1))  p = project f [e.id] -> (id: i64!)"},
    pass_row{"range-dates",
             "e = scan Entry  f = filter e where and(eq(year(e.pub_date), %2), gt(year(e.mod_date), %2))  "
             "p = project f [e.id] -> (id: i64!)",
             "e = scan Entry  f = filter e where eq(year(e.pub_date), year(e.mod_date))  p = project f [e.id] -> (id: "
             "i64!)"},
    pass_row{"share-subplans",
             "b = scan Blog  e = scan Entry  f = filter e where eq(e.blog_id, b.id)  s = sort f [key desc e.id]  "
             "l = limit s count 1  q = project l [e.headline] -> (headline: text(255)!)  f2 = filter b where "
             "eq(scalar_of q, %1)  p = project f2 [b.id, scalar_of q] -> (id: i64!, headline: text(255)?)",
             "b = scan Blog  e = scan Entry  f = filter e where eq(e.blog_id, b.id)  s = sort f [key desc e.id]  "
             "l = limit s count 1  q = project l [e.headline] -> (headline: text(255)!)  p = project b [b.id, "
             "scalar_of q] -> (id: i64!, headline: text(255)?)"},
    pass_row{"fold-empty",
             "e = scan Entry  b = scan Blog  f = filter b where false  "
             "j = join left to_one e with f on eq(e.blog_id, b.id)  p = project j [e.id] -> (id: i64!)",
             "e = scan Entry  f = filter e where gt(e.rating, %0)  p = project f [e.id] -> (id: i64!)"},
    pass_row{
        "simplify-outer-joins",
        "b = scan Blog  e = scan Entry optional  j = join left b with e on eq(b.id, e.blog_id)  "
        "f = filter j where gt(e.rating, %0)  p = project f [b.id, e.headline] -> (id: i64!, headline: text(255)?)",
        "b = scan Blog  e = scan Entry optional  j = join left b with e on eq(b.id, e.blog_id)  "
        "f = filter j where gt(b.id, %0)  p = project f [b.id, e.headline] -> (id: i64!, headline: text(255)?)"},
    pass_row{"push-filters",
             "e = scan Entry  b = scan Blog  j = join inner to_one e with b on eq(e.blog_id, b.id)  "
             "f = filter j where and(eq(b.name, %1), gt(e.rating, %0))  p = project f [e.id] -> (id: i64!)",
             "e = scan Entry  l = limit e count %0  f = filter l where gt(e.rating, %0)  "
             "p = project f [e.id] -> (id: i64!)"},
    pass_row{"union-keys",
             "b = scan Blog  e = scan Entry optional  j = join left b with e on eq(b.id, e.blog_id)  f = filter j "
             "where or(eq(e.headline, %1), eq(b.name, %1))  p = project f [b.id] -> (id: i64!)  d = distinct p",
             "b = scan Blog  e = scan Entry optional  j = join left b with e on eq(b.id, e.blog_id)  f = filter j "
             "where or(eq(e.headline, %1), eq(b.name, %1))  p = project f [b.id] -> (id: i64!)"},
    pass_row{"top-per-group",
             "e = scan Entry  e2 = scan Entry  f = filter e2 where eq(e2.blog_id, e.blog_id)  s = sort f [key "
             "desc e2.id]  l = limit s count 1  q = project l [e2.id] -> (id: i64!)  f2 = filter e where eq(e.id, "
             "scalar_of q)  p = project f2 [e.id] -> (id: i64!)",
             "e = scan Entry  e2 = scan Entry  f = filter e2 where eq(e2.blog_id, e.blog_id)  s = sort f [key "
             "desc e2.id]  l = limit s count 1  q = project l [e2.blog_id] -> (id: i64!)  f2 = filter e where "
             "eq(e.id, scalar_of q)  p = project f2 [e.id] -> (id: i64!)"},
    pass_row{"form-semijoins",
             "b = scan Blog  e = scan Entry  f = filter e where gt(e.rating, %0)  "
             "j = join inner b with f on eq(b.id, e.blog_id)  p = project j [b.id] -> (id: i64!)  d = distinct p",
             "b = scan Blog  e = scan Entry  f = filter e where gt(e.rating, %0)  "
             "j = join inner b with f on eq(b.id, e.blog_id)  p = project j [b.id, e.headline] -> (id: i64!, headline: "
             "text(255)!)  d = distinct p"},
    pass_row{"share-groups",
             "b = scan Blog  e = scan Entry  a = aggregate optional e by [e.blog_id] compute [aggregate count "
             "[e.id]] -> (key: i64!, n: i64!)  j = join left to_one b with a on eq(b.id, a.key)  e2 = scan Entry  "
             "a2 = aggregate optional e2 by [e2.blog_id] compute [aggregate max [e2.id]] -> (key: i64!, last: "
             "i64?)  j2 = join left to_one j with a2 on eq(b.id, a2.key)  p = project j2 [b.id, a.n, a2.last] -> "
             "(id: i64!, n: i64?, last: i64?)",
             "b = scan Blog  e = scan Entry  a = aggregate optional e by [e.blog_id] compute [aggregate count "
             "[e.id]] -> (key: i64!, n: i64!)  j = join left to_one b with a on eq(b.id, a.key)  e2 = scan Entry  "
             "a2 = aggregate optional e2 by [e2.id] compute [aggregate max [e2.id]] -> (key: i64!, last: i64?)  "
             "j2 = join left to_one j with a2 on eq(b.id, a2.key)  p = project j2 [b.id, a.n, a2.last] -> (id: "
             "i64!, n: i64?, last: i64?)"},
    pass_row{"drop-distinct",
             "b = scan Blog  p = project b [b.id, b.name] -> (id: i64!, name: text(100)!)  d = distinct p",
             "b = scan Blog  p = project b [b.name] -> (name: text(100)!)  d = distinct p"},
    pass_row{"trim-order",
             "e = scan Entry  s = sort e [key e.headline]  "
             "a = aggregate s by [] compute [aggregate count_rows []] -> (n: i64!)",
             "e = scan Entry  s = sort e [key e.headline]  l = limit s count %0  "
             "a = aggregate l by [] compute [aggregate count_rows []] -> (n: i64!)"},
    pass_row{"prune-columns",
             "e = scan Entry  p = project e [e.id, e.headline] -> (id: i64!, headline: text(255)!)  "
             "a = aggregate p by [] compute [aggregate count_rows []] -> (n: i64!)",
             "e = scan Entry  p = project e [e.id, e.headline] -> (id: i64!, headline: text(255)!)"},
    pass_row{"prune-joins",
             "e = scan Entry  b = scan Blog  j = join left to_one trusted e with b on eq(e.blog_id, b.id)  "
             "p = project j [e.id, b.id] -> (id: i64!, blog: i64!)",
             "e = scan Entry  b = scan Blog  j = join left to_one trusted e with b on eq(e.blog_id, b.id)  "
             "p = project j [e.id, b.name] -> (id: i64!, name: text(100)!)"},
    pass_row{"count-complement",
             "b = scan Blog  e = scan Entry  f = filter e where eq(e.headline, %1)  j = join anti b with f on "
             "eq(e.blog_id, b.id)  a = aggregate j by [] compute [aggregate count_rows []] -> (count: i64!)",
             "b = scan Blog  g = filter b where eq(b.name, %1)  e = scan Entry  f = filter e where eq(e.headline, %1)  "
             "j = join anti g with f on eq(e.blog_id, b.id)  "
             "a = aggregate j by [] compute [aggregate count_rows []] -> (count: i64!)"},
    pass_row{
        "group-early",
        "b = scan Blog  f = filter b where eq(b.name, %1)  b2 = scan Blog  f2 = filter b2 where eq(b2.name, %1)  "
        "e = scan Entry optional  j = join left f2 with e on eq(b2.id, e.blog_id)  a = aggregate optional j by [b2.id] "
        "compute [aggregate count [e.id]] -> (key1: i64!, value1: i64!)  j2 = join left to_one f with a on eq(b.id, "
        "a.key1)  p = project j2 [b.id, coalesce(a.value1, 0)] -> (id: i64!, n: i64!)",
        "b = scan Blog  b2 = scan Blog  e = scan Entry  j = join inner b2 with e on eq(b2.id, e.blog_id)  "
        "a = aggregate optional j by [b2.name] compute [aggregate count_rows []] -> (key1: text(100)!, value1: i64!)  "
        "j2 = join left to_one b with a on eq(b.name, a.key1)  p = project j2 [b.id, a.value1] -> (id: i64!, n: i64?)"},
    pass_row{"simplify-aggregates",
             "e = scan Entry  a = aggregate e by [e.blog_id] compute [aggregate count distinct [e.id]] -> "
             "(key1: i64!, value1: i64!)",
             "e = scan Entry  a = aggregate e by [e.blog_id] compute [aggregate count distinct [e.rating]] -> "
             "(key1: i64!, value1: i64!)"},
};

/// One of them over one of its two queries.
class staged_pass {
 public:
  staged_pass(const pass_row& row, bool fires);
  void prepare();
  void run();

 private:
  const pass_row& row_;
  bool fires_;
  std::shared_ptr<const ir::catalog> catalog_;
  ir::context context_;
  ir::pass_runner runner_;
  ir::rel_id root_;
};

}  // namespace quarry::bench

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
    pass_row{"form-semijoins",
             "b = scan Blog  e = scan Entry  f = filter e where gt(e.rating, %0)  "
             "j = join inner b with f on eq(b.id, e.blog_id)  p = project j [b.id] -> (id: i64!)  d = distinct p",
             "b = scan Blog  e = scan Entry  f = filter e where gt(e.rating, %0)  "
             "j = join inner b with f on eq(b.id, e.blog_id)  p = project j [b.id, e.headline] -> (id: i64!, headline: "
             "text(255)!)  d = distinct p"},
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

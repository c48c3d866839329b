// A few queries, taken through the compiler one stage at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <quarry/core/plan/bind_program.hpp>
#include <quarry/core/plan/compiler.hpp>
#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/passes/pipeline.hpp>
#include <quarry/plugins/host/dialect.hpp>

#include "blog.hpp"

namespace quarry::bench {

enum class query : std::uint8_t {
  pk_get,    ///< Entry.objects.get(pk=1)
  fk_filter,  ///< Entry.objects.filter(blog__name="Beatles Blog", rating__gt=3).order_by("-pub_date")[:5]
  three_relations,  ///< Book.objects.filter(publisher__city="Köln", author__name__contains="Ada")
                    ///<   .exclude(pages__lt=100).order_by("publisher__name", "title")[:10]
  conditions_10,    ///< Entry.objects.filter(Q(rating__gt=0) & … & Q(rating__gt=9))
  conditions_100    ///< the same with a hundred
};
inline constexpr std::array queries = {query::pk_get, query::fk_filter, query::three_relations, query::conditions_10,
                                       query::conditions_100};
std::string_view name_of(query q) noexcept;

enum class stage : std::uint8_t {
  chain,       ///< the C++ calls, and dropping what they made
  hit,         ///< fingerprint to plan in a warm cache
  surface,     ///< chain to surface IR, the reset of the context included
  to_related,  ///< resolve-paths, group-relations, lower-lookups
  to_logical,  ///< lower-relations
  passes,      ///< the optional passes
  legalize,    ///< legalize-types, -ops, -rels
  form,        ///< form-selects, assign-aliases, layout-binds
  tree_copy,   ///< the tree as the plugin sees it
  emit,        ///< tree-copy, the check of legality, and the plugin
  bind,        ///< the values of the query, checked and converted
  decode,      ///< one row of cells to an Entry
  cold,        ///< a cache miss, surface to plan, with warm memory
  warm         ///< chain, hit and bind
};
inline constexpr std::array all_stages = {stage::chain,      stage::hit,    stage::surface,  stage::to_related,
                                          stage::to_logical, stage::passes, stage::legalize, stage::form,
                                          stage::tree_copy,  stage::emit,   stage::bind,     stage::decode,
                                          stage::cold,       stage::warm};
std::string_view name_of(stage s) noexcept;

/// The SQLite dialect of the build tree, without a connection.
host::dialect built_dialect();

class staged_query {
 public:
  staged_query(const host::dialect& dialect, query q);
  /// All that a stage needs, so that `run` is that stage and nothing else.
  void prepare(stage s);
  void run(stage s);

 private:
  detail::chain make_chain() const;
  void surface();
  void related();
  void logical();
  void optimize();
  void legal();
  void form();

  query query_;
  const host::dialect& dialect_;
  detail::compiler compiler_;
  detail::chain chain_;
  std::shared_ptr<const detail::plan> plan_;
  detail::bind_buffer binds_;
  std::vector<quarry_cell> row_;
  blog::Entry entry_;

  ir::context context_;
  ir::lowering lowering_;
  ir::pass_runner passes_;
  ir::legalizer legalizer_;
  host::emit_buffer emit_;
  ir::rel_id surface_, related_, logical_, optimized_, legal_;
  ir::statement statement_;
};

}  // namespace quarry::bench

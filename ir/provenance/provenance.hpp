// The record of one compilation, kept beside the IR: which words of the user asked for a relation instance, and what
// became of it. Exists only where somebody asked why (context::why); no sentence is made here (explain.hpp does).
//
// A pass reports with pass_context::tell, one line where it changes something (ir/passes/README.md).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quarry/ir/model/node.hpp>
#include <quarry/ir/support/diagnostic.hpp>
#include <quarry/ir/support/interner.hpp>

namespace quarry::ir {

enum class event : std::uint8_t {
#define QUARRY_EVENT(name, form, rule, sentence) name,
#include <quarry/ir/provenance/events.def>
#undef QUARRY_EVENT
};

enum class event_form : std::uint8_t { asked, made, changed, kept, gone };

struct event_info {
  std::string_view name;
  event_form form;
  std::string_view rule;  ///< empty: the pass that was running
  std::string_view sentence;
};
/// By the value of `event`.
std::span<const event_info> all_events() noexcept;

/// The call of the user's for which lowering does what it does.
enum class clause : std::uint8_t {
  nobody,  ///< the query itself
  filter,
  exclude,
  order_by,
  model_order,  ///< Meta.ordering
  values,
  only,
  annotate,
  aggregate,
  select_related,
  distinct,
  dates,
  filtered_relation,
  in_value,
  exists_value,
  subquery_value,
  set_arm,
  count,
  exists
};

/// A path of the user's, and the segment of it that is meant. Its text lives as long as the context's names.
struct path_words {
  std::string_view text;
  std::uint32_t origin = 0xffffffffU;  ///< where it stands in the user's text, if in any
  source_span segment;
  friend bool operator==(const path_words&, const path_words&) = default;
};

class provenance {
 public:
  struct asker {
    clause call = clause::nobody;
    std::uint32_t number = 0;  ///< of a filter() or exclude() call, of the arm of a set operation
    symbol name;               ///< of what annotate() computes
    path_words words;          ///< of a call that a path stands for: an aggregate, an `in`
  };
  struct entry {
    event what;
    std::string_view rule;
    std::uint32_t instance = none;  ///< that it happened to; none: to the query
    std::uint32_t other = none;     ///< another instance
    any_id because;                 ///< the condition or column that decided
    std::uint32_t number = 0;       ///< a relation's number, a count, a reason of declines.def
    asker by;
    path_words words;
  };

  /// From here on a pass or a step is at work.
  void at_work(std::string_view rule) noexcept { rule_ = rule; }
  /// Whoever asks next; gives back who asked before.
  asker asks(asker next) noexcept { return std::exchange(asker_, next); }
  const asker& asking() const noexcept { return asker_; }

  entry& tell(event what, std::uint32_t instance);
  /// A step of a path joined an instance, or found it joined.
  void step(event what, std::uint32_t instance, std::uint32_t parent, std::uint32_t relation, const path_words& words);
  /// The condition (or key of an order) that these words became.
  void became(any_id expression, const path_words& words);
  /// What these words became is said in another form.
  void rephrased(any_id now, any_id before);
  /// An instance that stands for another, whose story is its own.
  void stands_for(std::uint32_t instance, std::uint32_t original);

  // --- told by select forming ---
  /// The name of an instance in the SQL.
  void named(std::uint32_t instance, symbol alias) { names_.push_back({instance, alias}); }
  /// The block with this number becomes a derived table.
  void apart(std::uint32_t block, event why) { apart_.push_back({block, why}); }
  /// A select of the SQL stage was formed of this block, which computes this instance (or none).
  void formed(any_id select, std::uint32_t block, std::uint32_t instance) {
    formed_.push_back({select, block, instance});
  }

  struct name_of_instance {
    std::uint32_t instance;
    symbol alias;
  };
  struct block_apart {
    std::uint32_t block;
    event why;
  };
  struct formed_block {
    any_id select;
    std::uint32_t block, instance;
  };
  struct origin_of {
    any_id expression;
    path_words words;
  };
  const std::vector<entry>& entries() const noexcept { return entries_; }
  const std::vector<name_of_instance>& names() const noexcept { return names_; }
  const std::vector<block_apart>& apart() const noexcept { return apart_; }
  const std::vector<formed_block>& formed() const noexcept { return formed_; }
  const std::vector<origin_of>& origins() const noexcept { return origins_; }
  const std::vector<std::pair<std::uint32_t, std::uint32_t>>& originals() const noexcept { return originals_; }

 private:
  std::string_view rule_;
  asker asker_;
  std::vector<entry> entries_;
  std::vector<origin_of> origins_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> originals_;
  std::vector<name_of_instance> names_;
  std::vector<block_apart> apart_;
  std::vector<formed_block> formed_;
};

}  // namespace quarry::ir

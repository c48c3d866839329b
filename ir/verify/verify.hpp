// The verifier: what every tree of a stage must satisfy, whoever made it. It runs after each pass in debug builds and tests.
//
// - kinds are legal in the stage; children have the sort that kinds.def wants, and are there; words refer to what exists
// - operations have as many arguments as ops.def says, of types that they work on; types follow from the operands; no value that may
//   be NULL is said never to be; predicates are truth values; computed columns agree with what computes them
// - columns belong to relations in scope: those below in the same query, or around the subquery; the right side of a semi or anti
//   join ends there; no instance is in scope twice; what an outer join pads is nullable above it
// - aggregates stand where rows are grouped; nesting is bounded
#pragma once

#include <cstdint>
#include <vector>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

/// Deepest nesting of a tree: what walks it recursively has to fit a thread's stack.
inline constexpr std::uint32_t max_tree_depth = 4000;

/// Checks one tree at a time in time proportional to its nodes, and keeps its memory for the next.
class verifier {
 public:
  /// The first thing that is wrong. Nothing in the tree is trusted, except that ids are of this context.
  result<void> run(const context& cx, any_id root, stage s);

 private:
  /// A set of instances for each node, in rows of one table.
  class instance_table {
   public:
    void reset(std::size_t nodes, std::size_t instances) {
      width_ = (instances + 63) / 64;
      words_.assign(nodes * width_, 0);
    }
    std::uint64_t* row(std::uint32_t node) noexcept { return words_.data() + node * width_; }
    std::size_t width() const noexcept { return width_; }

   private:
    std::size_t width_ = 0;
    std::vector<std::uint64_t> words_;
  };

  result<void> check_node(any_id id);
  result<void> check_words(any_id id);
  result<void> check_children(any_id id);
  result<void> check_types(any_id id);
  result<void> check_operation(any_id id);
  result<void> check_predicates(any_id id);
  result<void> check_outputs(any_id id);
  result<void> check_aggregates(any_id id);
  result<void> check_instance(any_id id, std::uint32_t model);
  result<void> check_relate(any_id id);
  result<void> check_output_list(any_id id, const std::vector<std::uint32_t>& items);
  result<void> check_scopes(any_id id);
  result<void> check_closed();
  result<void> check_padding(any_id join);
  bool may_be_null(any_id id) const;
  bool reads_unpadded(any_id root, any_id join, std::uint32_t instance, any_id& column);
  std::string instance_words(std::uint32_t instance) const;

  const context* cx_ = nullptr;
  any_id root_;
  stage stage_ = stage::logical;
  std::vector<std::uint8_t> reachable_;
  std::vector<std::uint32_t> depth_;
  std::vector<std::uint8_t> nullable_;  // of values: as far as the operands tell
  std::vector<std::uint8_t> aggregates_;  // of values: an aggregate stands below, not in a subquery
  std::vector<std::uint8_t> outside_;
  std::vector<std::uint32_t> items_;
  instance_table visible_, free_, made_;
  std::vector<std::uint64_t> scope_;
};

/// With a verifier of this thread.
result<void> verify(const context& cx, any_id root, stage s);

/// The same of what a step of the compiler made; the message says which.
result<void> verify_after(std::string_view step, const context& cx, any_id root, stage s);

/// Whether the compiler checks each tree on its way: in builds with asserts.
#ifdef NDEBUG
inline constexpr bool verifies_each_step = false;
#else
inline constexpr bool verifies_each_step = true;
#endif

}  // namespace quarry::ir

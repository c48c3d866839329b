// Legalization: a logical query becomes a statement of the SQL stage that this connection can run, or a diagnostic says why not.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/match/rewrite.hpp>
#include <quarry/ir/model/context.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

/// How a bind is made from a value of the query.
enum class recipe : std::uint8_t {
  value,  ///< the value itself
  element,  ///< an element of a list, its NULLs left out; past the end the last one again
  array,  ///< the whole list, its NULLs left out
  constant,  ///< a text that the query itself says
  year_first,  ///< the first day, or moment, of a year
  year_last,  ///< the last one
  iso_year_first,  ///< of a year of whole weeks
  iso_year_last,
  day_first,  ///< the first moment of a day
  day_last
};

/// One value that the statement binds. Slots are distinct: the same value in the same form is one slot.
struct bind_slot {
  std::uint32_t param;
  std::uint32_t element;
  ir::recipe recipe;
  ir::type type;  ///< that the value must be converted to
};

/// A statement of the SQL stage with what is needed to run it.
struct statement {
  rel_id root;
  std::span<const bind_slot> slots;
  std::span<const type> columns;  ///< of the rows that it gives
  std::uint32_t visible = 0;  ///< so many first columns were asked for; the others serve the order
  bool key_by_outcome = false;  ///< an INSERT whose generated key `execute` reports
  bool locks = false;  ///< rows, until the transaction ends
};

class select_former;
class spellings;

/// Legalizes one query at a time; keeps its memory for the next. What `run` returns lives until the next run.
class legalizer {
 public:
  legalizer();
  ~legalizer();
  legalizer(legalizer&&) noexcept;
  legalizer& operator=(legalizer&&) noexcept;

  /// legalize-types, legalize-ops, legalize-rels: the logical query with only what this connection has, of several spellings the one
  /// that its facts call fast.
  /// `native` leaves the order of NULLs to the database.
  result<rel_id> legalize(context& cx, rel_id logical, const facts& f, bool native);
  /// form-selects, assign-aliases, layout-binds.
  result<statement> form(context& cx, rel_id legal, const facts& f);

 private:
  std::unique_ptr<select_former> former_;
  std::unique_ptr<spellings> spellings_;
  rewriter rewriter_;
};

}  // namespace quarry::ir

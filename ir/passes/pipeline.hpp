// Runs the optional passes of pipeline.def over a query of the logical stage.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/passes/declines.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

enum class pass_class : std::uint8_t { normal, relation, shape };

struct pass_info {
  std::string_view name;
  pass_class group;
  std::string_view contract;
};

/// In the order in which they run; the position is the bit of a disabled mask.
std::span<const pass_info> all_passes() noexcept;

/// The bit of a pass by name, of all passes for "all"; 0 for a name that no pass has.
std::uint64_t pass_bit(std::string_view name) noexcept;

/// What one pass did.
struct pass_report {
  std::string_view name;
  rel_id root;                  ///< the query after it
  bool changed = false;
  std::uint32_t visited = 0;    ///< relations or conditions looked at; 0 when the query had nothing for this pass
  std::uint32_t matched = 0;    ///< of the pass's pattern
  std::uint32_t applied = 0;    ///< changed
  std::uint64_t nanoseconds = 0;
  const decline_counts* declines = nullptr;  ///< why it left things as they are; until the next pass
};

class pass_observer {
 public:
  virtual ~pass_observer() = default;
  /// After each pass that is not switched off, whether it found something to do or not.
  virtual void after_pass(const context& cx, const pass_report& report) = 0;
};

class pass_context;

/// Runs passes for one query at a time and keeps its memory for the next.
class pass_runner {
 public:
  pass_runner();
  ~pass_runner();
  pass_runner(pass_runner&&) noexcept;
  pass_runner& operator=(pass_runner&&) noexcept;

  /// Without an observer no clock is read and no reason counted.
  rel_id run(context& cx, rel_id logical, std::uint64_t disabled = 0, pass_observer* observer = nullptr);
  /// In builds with asserts each pass is verified: the first that broke the query ends the run, which then gives what
  /// was sound before it, and this says what is wrong.
  std::optional<failure> take_problem() noexcept { return std::exchange(problem_, std::nullopt); }
  /// One pass alone, whatever the query has; `declines`, where given, is added to.
  rel_id run_one(context& cx, rel_id logical, std::string_view name, decline_counts* declines = nullptr);

 private:
  std::unique_ptr<pass_context> px_;
  std::optional<failure> problem_;
};

/// With a runner of this thread.
rel_id run_passes(context& cx, rel_id logical, std::uint64_t disabled = 0, pass_observer* observer = nullptr);

}  // namespace quarry::ir

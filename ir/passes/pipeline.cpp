#include <quarry/ir/passes/pipeline.hpp>

#include <array>
#include <chrono>

#include <quarry/ir/passes/passes.hpp>
#include <quarry/ir/verify/verify.hpp>

namespace quarry::ir {
namespace {

constexpr std::array passes = {
#define QUARRY_PASS(name, function, group, needs, contract) pass_info{name, pass_class::group, contract},
#include <quarry/ir/passes/pipeline.def>
#undef QUARRY_PASS
};
static_assert(passes.size() <= 64, "a disabled mask has 64 bits");

struct pass_code {
  rel_id (*run)(pass_context&, rel_id);
  std::uint32_t needs;
};

constexpr auto codes = [] {
  using namespace feature;
  return std::array{
#define QUARRY_PASS(name, function, group, needs, contract) pass_code{function, needs},
#include <quarry/ir/passes/pipeline.def>
#undef QUARRY_PASS
  };
}();

std::uint64_t now() {
  const auto t = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(t).count());
}

}  // namespace

std::span<const pass_info> all_passes() noexcept { return passes; }

std::uint64_t pass_bit(std::string_view name) noexcept {
  if (name == "all") return (passes.size() == 64 ? 0 : std::uint64_t{1} << passes.size()) - 1;
  for (std::size_t i = 0; i < passes.size(); ++i)
    if (passes[i].name == name) return std::uint64_t{1} << i;
  return 0;
}

pass_runner::pass_runner() : px_(std::make_unique<pass_context>()) {}
pass_runner::~pass_runner() = default;
pass_runner::pass_runner(pass_runner&&) noexcept = default;
pass_runner& pass_runner::operator=(pass_runner&&) noexcept = default;

rel_id pass_runner::run(context& cx, rel_id logical, std::uint64_t disabled, pass_observer* observer) {
  px_->start(cx, logical);
  problem_.reset();
  decline_counts declines{};
  px_->watch(observer ? &declines : nullptr);
  rel_id root = logical;
  // What raw text reads nobody knows: the query stays as it was written.
  if (px_->has(feature::raw_text)) disabled = ~std::uint64_t{0};
  for (std::size_t i = 0; i < passes.size(); ++i) {
    if ((disabled >> i & 1U) != 0) continue;
    const std::uint64_t started = observer ? now() : 0;
    px_->begin_pass();
    if (provenance* const why = cx.why()) [[unlikely]]
      why->at_work(passes[i].name);
    const rel_id before = root;
    if (px_->has(codes[i].needs) && cx.at(root).kind != kind::empty) root = codes[i].run(*px_, root);
    if constexpr (verifies_each_step) {
      if (auto sound = verify_after(passes[i].name, cx, root, stage::logical); !sound) {
        problem_.emplace(sound.take_failure());
        root = before;
        break;
      }
    }
    if (!observer) continue;
    const pass_counters& c = px_->counters;
    const std::uint64_t took = now() - started;
    observer->after_pass(cx, {passes[i].name, root, root != before, c.visited, c.matched, c.applied, took, &declines});
    declines.fill(0);
  }
  px_->watch(nullptr);
  return root;
}

rel_id pass_runner::run_one(context& cx, rel_id logical, std::string_view name, decline_counts* declines) {
  px_->start(cx, logical);
  rel_id root = logical;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    if (passes[i].name != name) continue;
    px_->watch(declines);
    px_->begin_pass();
    root = codes[i].run(*px_, logical);
    px_->watch(nullptr);
  }
  return root;
}

rel_id run_passes(context& cx, rel_id logical, std::uint64_t disabled, pass_observer* observer) {
  thread_local pass_runner runner;
  return runner.run(cx, logical, disabled, observer);
}

}  // namespace quarry::ir

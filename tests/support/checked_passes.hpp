// The optional passes under observation: how often each changed something, and that each left a sound tree behind.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <quarry/ir/passes/pipeline.hpp>
#include <quarry/ir/support/diagnostic.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/verify/verify.hpp>

namespace quarry::test {

/// A pass made a tree that the verifier refuses.
class unsound_tree : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class checked_passes : private ir::pass_observer {
 public:
  /// Throws unsound_tree. `pass_off`: its name, or "all".
  ir::rel_id run(ir::context& cx, ir::rel_id logical, std::string_view pass_off = {}) {
    return runner_.run(cx, logical, pass_off.empty() ? 0 : ir::pass_bit(pass_off), this);
  }

  /// In how many runs each pass changed the query.
  const std::map<std::string_view, std::uint64_t>& fired() const noexcept { return fired_; }
  /// The first optional pass that has not fired, but for these, or empty.
  std::string_view never_fired(std::initializer_list<std::string_view> but = {}) const {
    for (const ir::pass_info& p : ir::all_passes())
      if (!fired_.contains(p.name) && std::find(but.begin(), but.end(), p.name) == but.end()) return p.name;
    return {};
  }
  /// "canonicalize 12, fold-empty 3, …"
  std::string summary() const {
    std::string out;
    for (const ir::pass_info& p : ir::all_passes()) {
      const auto count = fired_.find(p.name);
      out += (out.empty() ? "" : ", ") + std::string(p.name) + " " +
          std::to_string(count == fired_.end() ? 0 : count->second);
    }
    return out;
  }
  void add(const checked_passes& other) {
    for (const auto& [name, count] : other.fired_) fired_[name] += count;
  }

 private:
  void after_pass(const ir::context& cx, const ir::pass_report& report) override {
    if (!report.changed) return;
    ++fired_[report.name];
    if (auto sound = ir::verify(cx, report.root, ir::stage::logical); !sound)
      throw unsound_tree(std::string(report.name) + " made a tree that is not sound: " + ir::render(sound.error()) +
                         "\n" + ir::print(cx, report.root, ir::stage::logical));
  }

  ir::pass_runner runner_;
  std::map<std::string_view, std::uint64_t> fired_;
};

}  // namespace quarry::test

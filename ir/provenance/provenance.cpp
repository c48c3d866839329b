#include <quarry/ir/provenance/provenance.hpp>

#include <algorithm>
#include <array>

namespace quarry::ir {
namespace {

constexpr std::array events = {
#define QUARRY_EVENT(name, form, rule, sentence) event_info{#name, event_form::form, rule, sentence},
#include <quarry/ir/provenance/events.def>
#undef QUARRY_EVENT
};

}  // namespace

std::span<const event_info> all_events() noexcept { return events; }

provenance::entry& provenance::tell(event what, std::uint32_t instance) {
  const std::string_view rule = events[static_cast<std::size_t>(what)].rule;
  entry e{};
  e.what = what;
  e.rule = rule.empty() ? rule_ : rule;
  e.instance = instance;
  e.by = asker_;
  entries_.push_back(e);
  return entries_.back();
}

void provenance::step(event what, std::uint32_t instance, std::uint32_t parent, std::uint32_t relation,
                      const path_words& words) {
  // A path is looked at more than once on its way; each word asks once.
  const auto same = [&](const entry& e) {
    return e.instance == instance && e.words == words && e.by.call == asker_.call && e.by.number == asker_.number &&
        e.by.name == asker_.name;
  };
  if (what == event::reads_too && std::ranges::any_of(entries_, same)) return;
  entry& e = tell(what, instance);
  e.other = parent;
  e.number = relation;
  e.words = words;
}

void provenance::became(any_id expression, const path_words& words) { origins_.push_back({expression, words}); }

void provenance::rephrased(any_id now, any_id before) {
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (origins_[i].expression == before) {
      const path_words words = origins_[i].words;
      origins_.push_back({now, words});
      return;
    }
}

void provenance::stands_for(std::uint32_t instance, std::uint32_t original) {
  originals_.emplace_back(instance, original);
}

}  // namespace quarry::ir

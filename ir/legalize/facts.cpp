#include <quarry/ir/legalize/facts.hpp>

#include <quarry/ir/support/hash.hpp>

namespace quarry::ir {

facts::facts() {
#define QUARRY_FACT(number, name, type, initial, doc) values_[number] = initial;
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
}

void facts::mark(std::vector<std::uint8_t>& set, std::size_t n) {
  if (n >= set.size()) set.resize(n + 1, 0);
  set[n] = 1;
}

std::uint64_t facts::hash() const noexcept {
  std::uint64_t h = hash_text(product) ^ hash_text(version);
  for (const std::int64_t v : values_) h = mix64(h, static_cast<std::uint64_t>(v));
  for (const auto* set : {&kinds_, &ops_, &types_}) {
    h = mix64(h, set->size());
    for (std::size_t i = 0; i < set->size(); ++i)
      if ((*set)[i] != 0) h = mix64(h, i);
  }
  return h;
}

std::string_view name_of(fact f) noexcept {
  switch (f) {
#define QUARRY_FACT(number, name, ...) \
  case fact::name: return #name;
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
  }
  return "?";
}

}  // namespace quarry::ir

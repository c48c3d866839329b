// A million queries drawn at random mean the same optimized and not, with each optional pass off in turn.
// usage: soak_random_pairs [COUNT [FIRST_SEED]]
#include <cstdlib>
#include <iostream>

#include "support/random_pairs.hpp"

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
  quarry::test::random_pairs pairs;
  std::uint64_t wrong = 0;
  for (std::uint64_t seed = first; seed < first + count && wrong < 10; ++seed) {
    const std::string what = pairs.check(seed);
    if (!what.empty()) ++wrong, std::cout << what << std::endl;
  }
  std::cout << pairs.summary() << "; " << wrong << " wrong" << std::endl;
  const std::string_view idle = pairs.passes.never_fired();
  if (!idle.empty()) std::cout << idle << " never fired" << std::endl;
  return wrong == 0 && idle.empty() && pairs.pairs == count ? 0 : 1;
}

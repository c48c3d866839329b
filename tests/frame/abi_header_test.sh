#!/usr/bin/env bash
# quarry_plugin.h compiles alone, without a warning, in each dialect of C and C++ from C99 and C++11 on.
. "$(dirname "$0")/common.sh"

strict=(-fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Werror -I "$build/include")
echo '#include <quarry/plugins/abi/quarry_plugin.h>' >"$work/alone.c"
cp "$work/alone.c" "$work/alone.cpp"
for compiler in gcc clang-19; do
  command -v $compiler >/dev/null || continue
  for standard in c99 c11 c17; do quietly $compiler -std=$standard -Wstrict-prototypes "${strict[@]}" "$work/alone.c"; done
  for standard in c++11 c++20; do quietly $compiler -x c++ -std=$standard "${strict[@]}" "$work/alone.cpp"; done
done

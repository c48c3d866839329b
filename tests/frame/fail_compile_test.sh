#!/usr/bin/env bash
# fail_compile_test.sh COMPILER: each fail_compile/*.cpp compiles as it stands, and with WRONG defined fails; then for each
# "// expect: a ... b" a line of the compiler's messages holds these texts in this order. The compiler quotes no source,
# so that the words are those of types and functions. "// expect(COMPILER): " asks one compiler alone.
. "$(dirname "$0")/common.sh"
compiler=$1
cases=$frame/fail_compile
command -v "$compiler" >/dev/null || skip "there is no $compiler"

options=(-std=c++20 -I "$build/include" -I "$source/tests" -I "$cases")
echo '#include "cases.hpp"' >"$work/ahead.hpp"
"$compiler" "${options[@]}" -x c++-header "$work/ahead.hpp" -o "$work/ahead.hpp.gch"
if [[ $compiler == *clang* ]]; then
  options+=(-include-pch "$work/ahead.hpp.gch" -fno-caret-diagnostics)
else
  options+=(-include "$work/ahead.hpp" -fno-diagnostics-show-caret)
fi

# Without their wrong lines they are one translation unit: each has names of its own.
for file in "$cases"/*.cpp; do echo "#include \"$file\""; done >"$work/controls.cpp"
quietly "$compiler" "${options[@]}" -fsyntax-only "$work/controls.cpp"

failed=0 checked=0
complain() { echo "$(basename "$file"): $*" >&2; failed=1; }
for file in "$cases"/*.cpp; do
  checked=$((checked + 1))
  if "$compiler" "${options[@]}" -DWRONG -fsyntax-only "$file" >"$work/messages" 2>&1; then
    complain "compiles, though it is wrong"
    continue
  fi
  mapfile -t expected < <(sed -n "s|^// expect\(($compiler)\)\?: ||p" "$file")
  ((${#expected[@]} > 0)) || complain "expects no message"
  for words in "${expected[@]}"; do
    grep -qP -- "\\Q${words// ... /\\E.*\\Q}\\E" "$work/messages" && continue
    complain "no message says: $words"
    grep -E 'error:|in call to' "$work/messages" | cut -c1-500 >&2
  done
done
echo "$checked cases"
((checked > 0)) || fail "there are no cases"
exit "$failed"

#!/usr/bin/env bash
# Whether the proofs would notice: each patch of mutants/ takes one precondition away from an optional pass, from the lowering of
# aggregates or from what forms selects, in a copy of the sources, and the proofs have to fail on it.
# usage: mutants.sh [NAME...]   parts of names; all of them otherwise. Exit code 1: a mutant survived or a patch does not apply.
#        mutants.sh --check     only whether each patch applies to the sources as they are; needs a moment
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
copy=$root/build/mutants  # always the same place: the compiler cache knows it from the last time
jobs=${QUARRY_JOBS:-$(nproc)}

if [ "${1:-}" = --check ]; then
  status=0
  for patch in "$here"/mutants/*.patch; do
    patch --dry-run --quiet --directory "$root" --strip 1 --fuzz 0 <"$patch" >/dev/null && continue
    echo "mutant $(basename "$patch" .patch): the patch does not apply"
    status=1
  done
  exit $status
fi

built() {
  cmake --build "$copy/build" --parallel "$jobs" --target quarry_tests_proof quarry_plugin_sqlite >"$copy/build.log" 2>&1 ||
    { grep -E 'error|FAILED' "$copy/build.log" | head -n 20; return 1; }
}

# Runs the proofs, the quick ones first; on failure prints the test that failed.
proved() {
  local filter status
  for filter in '*random_queries*' '-*random_queries*'; do
    status=0
    (cd "$copy/build" && timeout 900 bin/quarry_tests_proof --gtest_fail_fast --gtest_filter="$filter") >"$copy/tests.log" 2>&1 ||
      status=$?
    [ $status != 0 ] || continue
    # A test that ended the program has no line of its own: it is the last that began.
    awk '/^\[ RUN      \]/ {test = $4} /^\[  FAILED  \]/ {test = $4; exit} END {print test}' "$copy/tests.log" | tr -d ','
    return 1
  done
}

rm -rf "$copy/source"
mkdir -p "$copy/source"
(cd "$root" && cp -r CMakeLists.txt CMakePresets.json LICENSE README.md core dialects docs ir plugins tests bench "$copy/source/")
cmake -S "$copy/source" -B "$copy/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DQUARRY_BUILD_TESTS=ON -DQUARRY_BUILD_BENCH=OFF \
  -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ >"$copy/configure.log" || { cat "$copy/configure.log"; exit 1; }
built || { echo "the proofs do not build"; exit 1; }
failed=$(proved) || { echo "the proofs fail without a mutant: $failed"; exit 1; }

survived=0 caught=0
for patch in "$here"/mutants/*.patch; do
  name=$(basename "$patch" .patch)
  wanted=$([ $# = 0 ] && echo yes)
  for part in "$@"; do [[ $name != *"$part"* ]] || wanted=yes; done
  [ -n "$wanted" ] || continue
  if ! patch --quiet --directory "$copy/source" --strip 1 --fuzz 0 --no-backup-if-mismatch <"$patch"; then
    echo "mutant $name: the patch does not apply"
    survived=$((survived + 1))
    continue
  fi
  if ! built; then
    echo "mutant $name does not build"
    survived=$((survived + 1))
  elif failed=$(proved); then
    echo "mutant $name SURVIVED"
    survived=$((survived + 1))
  else
    echo "mutant $name caught by $failed"
    caught=$((caught + 1))
  fi
  patch --quiet --directory "$copy/source" --strip 1 --reverse --no-backup-if-mismatch <"$patch"
done
echo "$caught mutants caught, $survived not"
[ $survived = 0 ] && [ $caught != 0 ]

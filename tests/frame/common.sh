# For the scripts beside it: `. common.sh` gives $source and $build (the trees), $prefix (where install_test.sh installs),
# a work folder that goes away at the end, and a few functions. By hand, the trees are this one and its build/.
set -euo pipefail
source=${QUARRY_SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${QUARRY_BINARY_DIR:-$source/build}
frame=$source/tests/frame
prefix=$build/tests/frame/prefix
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { printf '%s\n' "$*" >&2; exit 1; }
skip() { printf 'SKIP: %s\n' "$*"; exit 77; }

# expect TEXT COMMAND...: the command succeeds and its output contains the text.
expect() {
  local text=$1 said
  shift
  said=$("$@" 2>&1) || fail "$* failed: $said"
  [[ $said == *"$text"* ]] || fail "$* said '$said', without '$text'"
}

# quietly COMMAND...: shows what the command said only if it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "failed: $*"; }; }

# configure_and_build SOURCE BUILD [cmake argument...]: not optimised, with the cache of the main build where there is one.
configure_and_build() {
  local from=$1 to=$2
  shift 2
  export CMAKE_GENERATOR=Ninja
  if command -v ccache >/dev/null; then export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
  quietly cmake -S "$from" -B "$to" "$@"
  quietly cmake --build "$to" --parallel "${QUARRY_JOBS:-$(nproc)}"
}

# exported FILE: the symbols that a shared library defines for others.
exported() { nm -D --defined-only "$1" | awk '{print $NF}'; }

#!/usr/bin/env bash
# build_cost.sh BUILD_DIR [COMPILER...]: what it costs to compile an application's files that query: user seconds (the least
# of QUARRY_RUNS, 3) and peak memory (MB) of a file with the models of the example and one query, of one with 50 different
# queries, and of each further query (the difference that 10 more make, divided by 10).
set -euo pipefail
build=$(cd "$1" && pwd)
shift
source=$(cd "$(dirname "$0")/.." && pwd)
compilers=("${@:-g++}")
(($# > 0)) || compilers=(g++ clang++-19)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# queries N: a file with N queries, no two with the same paths.
queries() {
  echo '#include "models.hpp"'
  echo 'using namespace quarry::literals;'
  local n=0 field lookup
  for lookup in exact gt gte lt lte in; do
    for field in id blog__id authors__id blog__entry__id authors__entry__id rating blog__entry__rating \
      authors__entry__rating blog__entry__authors__id authors__entry__blog__id; do
      ((n < $1)) || return 0
      local value=3
      [[ $lookup != in ]] || value='{1, 2, 3}'
      echo "auto query_$n(const quarry::database& db) {"
      echo "  return db.objects<Entry>().filter(\"${field}__$lookup\"_f = $value).order_by(\"headline\").rows().size();"
      echo "}"
      n=$((n + 1))
    done
  done
}

# measure COMPILER LEVEL N: "seconds megabytes"
measure() {
  queries "$3" >"$work/queries.cpp"
  local run
  for run in $(seq "${QUARRY_RUNS:-3}"); do
    /usr/bin/time -f '%U %M' -o "$work/cost" -a "$1" -std=c++20 "$2" -I "$build/include" -I "$source/docs/examples/blog" \
      -c "$work/queries.cpp" -o "$work/queries.o"
  done
  sort -n "$work/cost" | awk 'NR == 1 { printf "%s %d", $1, $2 / 1024 }'
  rm "$work/cost"
}

echo "| compiler | first query, s | MB | each further, s | 50 queries, s | MB |"
echo "|---|---|---|---|---|---|"
for compiler in "${compilers[@]}"; do
  for level in -O0 -O1; do
    read -r first first_memory < <(measure "$compiler" "$level" 1; echo)
    read -r more _ < <(measure "$compiler" "$level" 11; echo)
    read -r fifty fifty_memory < <(measure "$compiler" "$level" 50; echo)
    each=$(awk -v a="$first" -v b="$more" 'BEGIN { printf "%.3f", (b - a) / 10 }')
    echo "| $compiler $level | $first | $first_memory | $each | $fifty | $fifty_memory |"
  done
done

#!/usr/bin/env bash
# Instructions (callgrind) and allocations of each stage, one line a stage.
# usage: instructions.sh BUILD_DIR [KEEP_DIR [PROBE...]]     KEEP_DIR: where callgrind's files go, for callgrind_annotate; may be empty
#                                                             PROBE: stages, shapes, execute or text; all if none is given
set -euo pipefail
build=${1:?usage: instructions.sh BUILD_DIR [KEEP_DIR [PROBE...]]}
keep=${2:-}
wanted=("${@:3}")
[ ${#wanted[@]} -gt 0 ] || wanted=('*')
command -v valgrind >/dev/null || { echo "instructions.sh: valgrind is missing" >&2; exit 1; }
folder=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/quarry-instructions.XXXXXX")}
[ -n "$keep" ] || trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"

for probe in "$build"/bin/probe_*; do
  [[ " ${wanted[*]} " == *" * "* || " ${wanted[*]} " == *" ${probe##*/probe_} "* ]] || continue
  [ -x "$probe" ] || continue
  name=$(basename "$probe")
  rm -f "$folder/$name".*
  valgrind --tool=callgrind --collect-atstart=no --callgrind-out-file="$folder/$name.callgrind" -q "$probe" \
    >"$folder/$name.allocations" 2>"$folder/$name.log" || { cat "$folder/$name.log" >&2; exit 1; }
  awk -F'\t' '
    FILENAME ~ /\.allocations$/ { rounds[$1, $2] = $3; allocated[$1, $2] = $4; order[++rows] = $1 SUBSEP $2; next }
    /^desc: Trigger: Client Request: / { at = substr($1, 32) SUBSEP $2 }
    /^(totals|summary): / { split($0, words, /: */); instructions[at] = words[2] }
    END {
      printf "%-10s %-12s %13s %12s\n", "query", "stage", "instructions", "allocations"
      for (i = 1; i <= rows; ++i) {
        split(order[i], part, SUBSEP)
        printf "%-10s %-12s %13.0f %12.2f\n", part[1], part[2], instructions[order[i]] / rounds[order[i]], allocated[order[i]] / rounds[order[i]]
      }
    }' "$folder/$name.allocations" "$folder/$name.callgrind".*
done
echo "for scale, a pk get from query object to text: hand-written 3,700; fastest C++ SQL builder 8,600; Django 2,500,000"
echo "aims: pk-get cold at most 12,900, warm at most 2,500"

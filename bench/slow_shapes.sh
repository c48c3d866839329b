#!/usr/bin/env bash
# The queries of slow_shapes beside the best SQL known for each, on SQLite: rows, medians of interleaved runs, and their ratio.
# usage: slow_shapes.sh BUILD_DIR [DATA_DIR]      DATA_DIR: keeps the rows for the next time
set -euo pipefail
build=${1:?usage: slow_shapes.sh BUILD_DIR [DATA_DIR]}
here=$(cd "$(dirname "$0")" && pwd)/slow_shapes
data=${2:-$(mktemp -d "${TMPDIR:-/tmp}/quarry-shapes.XXXXXX")}
[ -n "${2:-}" ] || trap 'rm -rf "$data"' EXIT
[ -f "$data/bench.sqlite" ] || python3 "$here/gen_data.py" "$data" >&2
"$build/bin/compare_shapes" "$(cd "$data" && pwd)/bench.sqlite" "$here/shapes.jsonl"

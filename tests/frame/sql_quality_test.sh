#!/usr/bin/env bash
# Steps of SQLite's virtual machine for the slow shapes and more of their kinds, on a part of their rows: beside the best SQL known, and beside
# the plain form. The numbers are the same on every run.
set -euo pipefail
program=$QUARRY_BINARY_DIR/bin/sql_quality
[ -x "$program" ] || { echo "SKIP: the benchmarks are not built"; exit 77; }
shapes=$QUARRY_SOURCE_DIR/bench/slow_shapes
rows=$(mktemp -d "${TMPDIR:-/tmp}/quarry-quality.XXXXXX")
trap 'rm -rf "$rows"' EXIT
python3 "$shapes/gen_data.py" "$rows" 8 >/dev/null
"$program" "$rows/bench.sqlite" "$shapes/shapes.jsonl" "$shapes/more_shapes.jsonl" "$shapes/allowed.jsonl"

#!/usr/bin/env bash
# The quality of the SQL on SQLite: steps of its virtual machine for the slow shapes and more of their kinds, beside the best SQL known and
# beside the plain form.
# usage: sql_quality.sh BUILD_DIR [DATA_DIR]      DATA_DIR: keeps the rows for the next time
set -euo pipefail
build=${1:?usage: sql_quality.sh BUILD_DIR [DATA_DIR]}
here=$(cd "$(dirname "$0")" && pwd)/slow_shapes
data=${2:-$(mktemp -d "${TMPDIR:-/tmp}/quarry-shapes.XXXXXX")}
[ -n "${2:-}" ] || trap 'rm -rf "$data"' EXIT
[ -f "$data/bench.sqlite" ] || python3 "$here/gen_data.py" "$data" >&2
"$build/bin/sql_quality" "$(cd "$data" && pwd)/bench.sqlite" "$here/shapes.jsonl" "$here/more_shapes.jsonl" "$here/allowed.jsonl"

#!/usr/bin/env bash
# What a get by primary key and a row cost through Quarry and through the plain API of the same database, in the client: instructions
# (callgrind), allocations, and for reading the time.
# usage: client_cost.sh BUILD_DIR [KEEP_DIR [PRODUCT...]]    KEEP_DIR: where callgrind's files go; may be empty
#                                                             PRODUCT: sqlite, postgresql or mariadb; all if none is given
set -euo pipefail
build=$(readlink -f "${1:?usage: client_cost.sh BUILD_DIR [KEEP_DIR [PRODUCT...]]}")
keep=${2:-}
products=("${@:3}")
[ ${#products[@]} -gt 0 ] || products=(sqlite postgresql mariadb)
command -v valgrind >/dev/null || { echo "client_cost.sh: valgrind is missing" >&2; exit 1; }
program=$build/bin/compare_client
server=$(dirname "$(readlink -f "$0")")/../tests/servers/server.sh
folder=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/quarry-client-cost.XXXXXX")}
[ -n "$keep" ] || trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"
folder=$(readlink -f "$folder")

# beside PRODUCT COMMAND...
beside() {
  if [ "$1" = sqlite ]; then env -u QUARRY_TEST_URL "${@:2}"; else PGSSLMODE=disable "$server" run "$@"; fi
}

printf '%-11s %-7s %-15s %24s %6s %20s %6s %22s %6s\n' database what beside 'instructions' ratio allocations ratio 'microseconds' ratio
for product in "${products[@]}"; do
  rm -f "$folder/$product".*
  beside "$product" valgrind --tool=callgrind --collect-atstart=no --callgrind-out-file="$folder/$product.callgrind" -q \
    "$program" count >"$folder/$product.count" 2>"$folder/$product.log" || { cat "$folder/$product.log" >&2; exit 1; }
  beside "$product" "$program" time >"$folder/$product.time"
  awk -F'\t' -v product="$product" -v rows=10000 '
    FILENAME ~ /\.count$/ { rounds[$1, $2] = $3 * ($1 == "get" ? 1 : rows); allocated[$1, $2] = $4; next }
    FILENAME ~ /\.time$/ { order[++pairs] = $0; next }
    /^desc: Trigger: Client Request: / { at = substr($1, 32) SUBSEP $2 }
    /^(totals|summary): / { split($0, words, /: */); instructions[at] = words[2] }
    END {
      for (i = 1; i <= pairs; ++i) {
        split(order[i], part, "\t")
        a = part[1] SUBSEP "Quarry"; b = part[1] SUBSEP part[2]
        ia = instructions[a] / rounds[a]; ib = instructions[b] / rounds[b]
        aa = allocated[a] / rounds[a]; ab = allocated[b] / rounds[b]
        printf "%-11s %-7s %-15s %10.0f beside %6.0f %6.2f %6.2f beside %6.2f %6s %8.2f beside %6.2f %6.2f\n", product, part[1], part[2], \
          ia, ib, ia / ib, aa, ab, (ab > 0 ? sprintf("%.2f", aa / ab) : "-"), part[3], part[4], part[5]
      }
    }' "$folder/$product.count" "$folder/$product.time" "$folder/$product.callgrind".*
done

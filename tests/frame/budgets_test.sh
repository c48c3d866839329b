#!/usr/bin/env bash
# Compiling a query and parsing a text cost what bench/budgets.txt allows, in instructions.
. "$(dirname "$0")/common.sh"
command -v valgrind >/dev/null || skip "valgrind is not installed"
[ -x "$build/bin/probe_stages" ] || skip "the benchmarks are not built"

# judge BUDGETS MEASURED: a line for each row that is over its budget (exit code 1), or so far below that the budget should go down.
judge() {
  awk '
    /^#/ || NF == 0 { next }
    FILENAME == ARGV[2] { measured[$1 "/" $2] = $3; next }
    { rows[++count] = $0 }
    END {
      for (i = 1; i <= count; ++i) {
        n = split(rows[i], word, " ")
        share = n == 4
        row = word[1]; of = share ? word[3] : ""
        if (!(row in measured) || (share && !(of in measured))) { print row ": no such row is measured"; failed = 1; continue }
        budget = word[n]; sub(/%$/, "", budget)
        is = share ? 100 * measured[row] / measured[of] : measured[row]
        unit = share ? "% of " of : " instructions"
        if (is > budget * (share ? 1 : 1.1)) { printf "%s: %.1f%s, over its budget of %s\n", row, is, unit, budget; failed = 1 }
        else if (!share && is < budget * 0.8) printf "%s: %.0f%s, the budget of %s is generous\n", row, is, unit, budget
      }
      exit failed
    }' "$1" "$2"
}

"$source/bench/instructions.sh" "$build" "" stages shapes text >"$work/measured" 2>"$work/log" || fail "$(cat "$work/log")"
if grep -qE '^pk-get +cold +0 ' "$work/measured"; then skip "built without callgrind's header: nothing is counted"; fi
said=$(judge "$source/bench/budgets.txt" "$work/measured") || fail "$said"
[ -z "$said" ] || printf '%s\n' "$said"
rows=$(grep -cvE '^#|^$' "$source/bench/budgets.txt")

# The judge itself: each row's budget halved is exceeded, each number doubled is generous, and a row that nobody measures is missed.
awk '/^#/ || NF == 0 { next } { v = $NF; p = sub(/%$/, "", v); $NF = v / 2.5 (p ? "%" : ""); print }' "$source/bench/budgets.txt" >"$work/tight"
if said=$(judge "$work/tight" "$work/measured"); then fail "budgets that are too tight pass"; fi
over=$(grep -c 'over its budget' <<<"$said") || true
[ "$over" -ge $((rows - 1)) ] || fail "of $rows tight budgets $over are exceeded: $said"
awk '/^#/ || NF == 0 || /:/ { next } { $NF = $NF * 2; print }' "$source/bench/budgets.txt" >"$work/wide"
said=$(judge "$work/wide" "$work/measured") || fail "budgets that are too wide fail: $said"
[ "$(grep -c 'is generous' <<<"$said")" = "$(wc -l <"$work/wide")" ] || fail "budgets that are too wide are not told: $said"
echo 'nobody/cold 1' >"$work/unknown"
if judge "$work/unknown" "$work/measured" >/dev/null; then fail "a row that nobody measures passes"; fi
echo "$rows rows are within their budgets"

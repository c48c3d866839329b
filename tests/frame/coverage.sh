#!/usr/bin/env bash
# What is declared is tested: each optional pass, each reason for which it leaves something as it is, each legalization rule, each fact.
# A rule that refuses shows it by an error.
# usage: coverage.sh [ROOT]     Prints what is missing, a line each; exit code 1 if there is any. Tried by coverage_test.sh.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}" || exit 2

missing() { printf 'coverage: %s\n' "$*"; broken=1; }
broken=0

# entries MACRO FILE: the arguments on the first line of each MACRO(...), without quotes, separated by |.
entries() { sed -nE "s/^$1\((.*)/\1/p" "$2" 2>/dev/null | sed -E 's/"//g; s/, /|/g'; }

# cases FILE: outcome|reasons|name of each case; the outcome is noop, error or change.
cases() {
  [ -f "$1" ] || return 0
  awk '
    function put() { if (name != "") printf "%s|%s|%s\n", outcome, reasons, name }
    /^case / { put(); name = substr($0, 6); reasons = ","; outcome = "none"; after = 0; next }
    /^because / { r = substr($0, 9); gsub(/ /, "", r); reasons = "," r "," }
    after { outcome = /^noop/ ? "noop" : /^error/ ? "error" : "change"; after = 0 }
    /^==>/ { after = 1 }
    END { put() }' "$1"
}

# --- passes and their reasons ---
while IFS='|' read -r pass function _; do
  golden=tests/ir/passes/$function.qir
  found=$(cases "$golden")
  grep -q '^change' <<<"$found" || missing "pass $pass: no golden in $golden shows what it does"
  grep -q '^sql after' "$golden" 2>/dev/null || missing "pass $pass: no golden in $golden shows its SQL"
  grep -q "\"$pass\"" bench/passes.hpp 2>/dev/null || missing "pass $pass: no row in bench/passes.hpp"
  while IFS='|' read -r outcome reasons name; do
    [ "$outcome" != noop ] || [ "$reasons" != , ] || missing "pass $pass: '$name' changes nothing and does not say because of what"
  done <<<"$found"
  while IFS='|' read -r of reason _; do
    [ "$of" = "$function" ] || continue
    text=${reason//_/-}
    grep -q "^noop|.*,$text," <<<"$found" || missing "pass $pass: no golden changes nothing because $text"
    grep -qE "decline::${function}_$reason\b" ir/passes/*.cpp || missing "pass $pass: never says $text"
  done < <(entries QUARRY_DECLINE ir/passes/declines.def)
done < <(entries QUARRY_PASS ir/passes/pipeline.def)

# --- legalization rules ---
while IFS='|' read -r rule _; do
  golden=tests/ir/legalize/${rule//-/_}.qir
  found=$(cases "$golden")
  grep -qE '^(change|error)' <<<"$found" || missing "rule $rule: no golden in $golden shows what it does"
  grep -q '^noop' <<<"$found" || missing "rule $rule: no golden in $golden shows where it has nothing to do"
done < <(entries QUARRY_RULE ir/legalize/rules.def)

# --- facts ---
# One that ir reads: SQL or legal form at two values. One that others read: a test that names it. One that nobody reads: the test that
# carries every fact from the plugin's record to the host.
carried=tests/plugins/host/facts_test.cpp
while IFS='|' read -r _ name _; do
  constant=QUARRY_FACT_${name^^}
  if grep -rqsE "fact::$name\b" ir --include=*.cpp --include=*.hpp; then
    values=$(grep -rhE '^facts ' tests/ir --include=*.qir | grep -oE "\b$name = -?[0-9]+" | sort -u | wc -l)
    [ "$values" -ge 2 ] || missing "fact $name: no goldens at two values"
  elif grep -rqsE "fact::$name\b|\b$constant\b" core plugins/host plugins/sdk dialects/base --include=*.cpp --include=*.hpp; then
    grep -rqsE "fact::$name\b|\b$constant\b" tests --include=*_test.cpp --include=*.hpp || missing "fact $name: no test names it"
  else
    grep -qE 'facts\.def' $carried 2>/dev/null || missing "fact $name: $carried does not carry it"
  fi
done < <(entries QUARRY_FACT ir/legalize/facts.def)

exit $broken

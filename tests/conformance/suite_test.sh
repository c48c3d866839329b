#!/usr/bin/env bash
# Runs one suite of cases and compares which of them fail with known/SUITE.txt, in both directions: a case that fails and is
# not listed fails the test, and so does one that is listed and passes.
# usage: suite_test.sh SUITE [option of `quarry conformance`...]     SUITE: blog, …, or generated/blog, …, or some with commas between
#        suite_test.sh --bless SUITE...                              writes the lists anew, and docs/coverage.md, which tells of them
# On QUARRY_TEST_URL where it is set, else on SQLite in memory. On another database known/DATABASE.SEMANTICS.txt tells what differs from the
# lists: a case that fails there alone, or with a ! before it one that passes there alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=${QUARRY_BINARY_DIR:-$here/../../build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# answers SUITE [option...]: what the command says of the suite, in $work/said.
answers() {
  local suite=$1 models=$here/${1#generated/} cases=$here/$1/cases.jsonl
  shift
  case $suite in generated/*) cases=$here/$suite.jsonl ;; esac
  "$build/bin/quarry" conformance --models "$models/models.py" --fixture "$models/fixture.json" --cases "$cases" \
    --db "${QUARRY_TEST_URL:-sqlite://:memory:}" "$@" >"$work/said" 2>"$work/errors" || true
  tail -n 1 "$work/said" | grep -qE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' || {
    cat "$work/errors" >&2
    exit 1
  }
}

# The ids of the cases that failed, by reason; one that gives no error gives another answer.
by_reason() {
  awk '/^FAIL / { if (id) print reason "\t" id; id = $2; reason = "another answer" }
       /^  error\[/ { sub(/^  error\[[A-Z0-9]*\]: /, ""); reason = $0 }
       END { if (id) print reason "\t" id }' "$work/said" | LC_ALL=C sort |
    awk -F'\t' '$1 != last { print (NR > 1 ? "\n" : "") "# " $1; last = $1 } { print $2 }'
}

# Which cases of those that a list expects to fail are expected to on this database.
differing() {
  local scheme=${QUARRY_TEST_URL:-sqlite:} semantics=portable
  scheme=${scheme%%:*}
  case " $* " in *" --semantics native "*) semantics=native ;; esac
  local list=$here/known/$scheme.$semantics.txt
  [ "$scheme" != sqlite ] && [ -f "$list" ] || { cat; return; }
  # With a ? before it a case may fail or pass: the database's own plan decides.
  { grep -E "^\?$prefix" "$list" || true; } | sed 's/^?//' | LC_ALL=C sort | LC_ALL=C join - "$work/failing" >"$work/open"
  LC_ALL=C sort -u - <(grep -E "^$prefix" "$list" || true) "$work/open" |
    LC_ALL=C comm -23 - <(grep -E "^!$prefix" "$list" | sed 's/^!//; s/[[:space:]]*$//' | LC_ALL=C sort)
}

known() { echo "$here/known/${1//\//-}.txt"; }

if [ "${1:-}" = --bless ]; then
  shift
  for suite in "$@"; do
    answers "$suite"
    by_reason >"$(known "$suite")"
  done
  python3 "$here/documents.py" >"$work/page" && cp "$work/page" "$here/../../docs/coverage.md"
  exit
fi

if [[ $1 == *,* ]]; then
  suites=${1//,/ } status=0
  shift
  for suite in $suites; do
    printf '%s: ' "$suite"
    [ -z "${QUARRY_TEST_SERVER:-}" ] || "$QUARRY_TEST_SERVER" empty  # tables of one suite may have the names of another's
    bash "$0" "$suite" "$@" || status=1
  done
  exit $status
fi

suite=$1
answers "$@"
awk '/^FAIL / { print $2 }' "$work/said" | LC_ALL=C sort >"$work/failing"
case $suite in
  generated/*) prefix=${suite#generated/}-g ;;
  multi_aggregate) prefix=multi ;;
  *) prefix=$suite-[0-9] ;;
esac
{ grep -vE '^(#|$)' "$(known "$suite")" || true; } | LC_ALL=C sort | differing "$@" >"$work/known"
new=$(LC_ALL=C comm -23 "$work/failing" "$work/known")
gone=$(LC_ALL=C comm -13 "$work/failing" "$work/known")
for id in $new; do awk -v id="$id" '/^FAIL / { show = $2 == id } show' "$work/said"; done
[ -z "$gone" ] || printf 'listed in %s, and pass: %s\n' "$(known "$suite")" "$(echo $gone)"
tail -n 1 "$work/said"
[ -z "$new$gone" ]

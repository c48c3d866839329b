#!/usr/bin/env bash
# No case refers to more tables than Django's SQL for it does: the items of FROM, joined ones and those of subqueries included, of all
# statements run for `expr`. Django's number is the case's `django` record: a FROM of each query and of each nested SELECT, and the joins.
# Counted are the cases without steps that give the right answer and have no tag of those below, whose SQL is of another form than Django's.
# Those in references.txt need more, for the reason above them; one that is listed and needs no more fails the test as well.
# usage: references_test.sh SUITE          SUITE: blog, …, or generated/blog, …
#        references_test.sh --list SUITE   prints the cases that need more, with both numbers and both texts
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=${QUARRY_BINARY_DIR:-$here/../../build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
not_compared='"(annotate|aggregate|func|set-op|window)"'

list=false
[ "$1" != --list ] || { list=true; shift; }
suite=$1
models=$here/${suite#generated/} cases=$here/$suite/cases.jsonl
case $suite in generated/*) cases=$here/$suite.jsonl ;; esac

# references: the items of FROM in each line of SQL on standard input, texts and names left out.
references() {
  sed -E "s/\\\\\"([^\"\\\\]|\\\\[^\"])*\\\\\"/name/g; s/'[^']*'/text/g; s/DISTINCT FROM//g" |
    awk '{ print gsub(/(^|[^A-Za-z_])(FROM|JOIN)[^A-Za-z_]/, "&") }'
}

# The counting itself.
counted=$(printf '%s\n' 'SELECT 1' 'SELECT \"from\".\"x\" FROM \"a FROM b\" AS \"from\" LEFT JOIN \"c\" ON EXISTS (SELECT 1 FROM \"d\") WHERE '"' FROM '"' <> 1' \
  'SELECT 1 FROM \"a\"", "SELECT 2 FROM \"b\" WHERE \"x\" IS NOT DISTINCT FROM 1' | references | tr '\n' ' ')
[ "$counted" = "0 3 2 " ] || { echo "the references of three texts are $counted" >&2; exit 1; }

"$build/bin/quarry" conformance --models "$models/models.py" --fixture "$models/fixture.json" --cases "$cases" --db sqlite://:memory: \
  --out "$work/answers" >"$work/said" 2>"$work/errors" || true
tail -n 1 "$work/said" | grep -qE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' || { cat "$work/errors" >&2; exit 1; }

# id, Django's number
awk -v other="$not_compared" '
  function number(name) { return match(record, "\"" name "\": [0-9]+") ? substr(record, RSTART + length(name) + 4, RLENGTH - length(name) - 4) + 0 : 0 }
  FILENAME == ARGV[1] { if (/^FAIL /) failed[$2]; next }
  /"steps": \[\]/ && match($0, /"django": \{[^}]*\}/) {
    record = substr($0, RSTART, RLENGTH)
    match($0, /"tags": \[[^]]*\]/); tags = substr($0, RSTART, RLENGTH)
    match($0, /"id": "[^"]*"/); id = substr($0, RSTART + 7, RLENGTH - 8)
    if (tags !~ other && !(id in failed)) print id "\t" number("queries") + number("joins") + number("subqueries")
  }' "$work/said" "$cases" | LC_ALL=C sort >"$work/django"
# id, our number, our texts
grep -F '"sql": [' "$work/answers" | sed -E 's/^\{"id": "([^"]*)".*"sql": \[(.*)\]\}$/\1\t\2/' >"$work/texts"
cut -f 2 "$work/texts" | references | paste <(cut -f 1 "$work/texts") - <(cut -f 2 "$work/texts") | LC_ALL=C sort -t $'\t' -k 1,1 >"$work/ours"
LC_ALL=C join -t $'\t' "$work/django" "$work/ours" >"$work/both"
[ -s "$work/both" ] || { echo "no case of $suite was counted" >&2; exit 1; }

if $list; then
  awk -F'\t' '$3 > $2 { print $1 ": " $3 " where Django has " $2 "\n  " $4 }' "$work/both"
  exit
fi
awk -F'\t' '$3 > $2 { print $1 }' "$work/both" | LC_ALL=C sort >"$work/more"
{ grep -vE '^(#|$)' "$here/references.txt" || true; } | LC_ALL=C sort | LC_ALL=C join - <(cut -f 1 "$work/both") >"$work/known"
new=$(LC_ALL=C comm -23 "$work/more" "$work/known")
gone=$(LC_ALL=C comm -13 "$work/more" "$work/known")
for id in $new; do awk -F'\t' -v id="$id" '$1 == id { print $1 ": " $3 " references where Django has " $2 "\n  " $4 }' "$work/both"; done
[ -z "$gone" ] || printf 'listed in references.txt, and need no more: %s\n' "$(echo $gone)"
awk -F'\t' '{ ours += $3; django += $2 } END { print NR " cases: " ours " references, " django " in Django" }' "$work/both"
[ -z "$new$gone" ]

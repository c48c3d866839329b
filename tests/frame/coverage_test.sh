#!/usr/bin/env bash
# Each thing that coverage.sh looks for is found on a tree that lacks it, and nothing else is; a whole tree passes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"
mkdir -p ir/passes ir/legalize core bench tests/ir/passes tests/ir/legalize tests/plugins/host tests/core

echo 'QUARRY_PASS("sweep-floor", sweep_floor, normal, logic,' >ir/passes/pipeline.def
echo 'QUARRY_DECLINE(sweep_floor, floor_wet, "the floor is wet")' >ir/passes/declines.def
echo 'px.declined(decline::sweep_floor_floor_wet);' >ir/passes/sweep_floor.cpp
echo 'pass_row{"sweep-floor", "", ""}' >bench/passes.hpp
cat >tests/ir/passes/sweep_floor.qir <<'QIR'
case sweeps
query() {}
==>
query() {}
sql before
SELECT 1
sql after
SELECT 2

case leaves a wet floor
because floor-wet
query() {}
==>
noop
QIR
echo 'QUARRY_RULE("open-door", open_door, "a door")' >ir/legalize/rules.def
cat >tests/ir/legalize/open_door.qir <<'QIR'
facts { doors = 1 }
case opens
query() {}
==>
query() {}

facts { doors = 2 }
case is open
query() {}
==>
noop
QIR
printf '%s\n' 'QUARRY_FACT(1, doors, count, 0, "doors")' 'QUARRY_FACT(2, rooms, count, 0, "rooms")' \
  'QUARRY_FACT(3, attic, flag, 0, "attic")' >ir/legalize/facts.def
echo 'facts_[fact::doors]' >ir/legalize/rules.cpp
echo 'facts[ir::fact::rooms]' >core/house.cpp
echo 'fact::rooms' >tests/core/house_test.cpp
echo '#include <facts.def>' >tests/plugins/host/facts_test.cpp
if ! "$here/coverage.sh" .; then echo "the whole tree does not pass"; exit 1; fi

# finds WORDS FILE SED-SCRIPT: with the file changed by the script, exactly one thing is missing, said with these words.
tried=0
finds() {
  local words=$1 file=$2 script=$3 said
  cp "$file" kept
  sed -i "$script" "$file"
  if said=$("$here/coverage.sh" .); then echo "nothing is missing after: $file: $script"; exit 1; fi
  if [ "$(wc -l <<<"$said")" != 1 ] || [[ $said != *"$words"* ]]; then echo "'$file: $script' expected '$words', got: $said"; exit 1; fi
  mv kept "$file"
  tried=$((tried + 1))
}

golden=tests/ir/passes/sweep_floor.qir
finds "shows what it does" $golden '4s/query/noop/; 1a because x'
finds "shows its SQL" $golden '/^sql after/,/^SELECT 2/d'
finds "no row in bench" bench/passes.hpp d
finds "does not say because of what" $golden '$a \\ncase idle\nquery() {}\n==>\nnoop'
finds "changes nothing because floor-wet" $golden 's/^because floor-wet/because nothing/'
finds "changes nothing because floor-wet" $golden '$s/noop/query() {}/'
finds "never says floor-wet" ir/passes/sweep_floor.cpp d
finds "where it has nothing to do" tests/ir/legalize/open_door.qir 's/^noop/error/'
finds "shows what it does" tests/ir/legalize/open_door.qir '5s/.*/noop/'
finds "doors: no goldens at two values" tests/ir/legalize/open_door.qir 's/doors = 2/doors = 1/'
finds "rooms: no test names it" tests/core/house_test.cpp d
finds "attic: tests/plugins/host/facts_test.cpp does not carry it" tests/plugins/host/facts_test.cpp d
echo "$tried kinds of gaps are found"

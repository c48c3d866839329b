#!/usr/bin/env bash
# Each fault that documents.py looks for is found in a tree that has it, and nothing else is; the page tells what passes and what does not.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
documents=$here/../conformance/documents.py
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"
mkdir -p tests/conformance/house tests/conformance/known tests/core/conformance tests/core/text tests/core/query docs pages

list=tests/conformance/documents.txt
cat >$list <<'LIST'
document a-house
title A house
about How to build one.
methods
> open(door)
cases house-0001..0003

> shut(door)
cases house-0001
tests a_door.shuts

> paint(wall)
missing no brush

> sell()
beside nobody buys

examples
group Doors
> door = house.objects.get(1)
> door.open()
cases house-0002 house-0004

* a door is open or shut
cases house-0003 house-0005
tests a_door.is_seen
LIST
case_line() { printf '{"id": "house-000%s", "tags": ["%s"]%s, "expr": "1"}\n' "$1" "$2" "${3:-}"; }
{ case_line 1 seed; case_line 2 seed; case_line 3 seed; case_line 4 other; case_line 5 other ', "skip": {"sqlite": "no doors"}'; } \
  >tests/conformance/house/cases.jsonl
printf '# Door.open is not supported yet\nhouse-0002\n\n# a draught\nhouse-0004\n' >tests/conformance/known/house.txt
printf '# no doors there\nhouse-0005\n!house-0001\n' >tests/conformance/known/postgresql.portable.txt
printf '{"house-0001", [](const database& db) {}},\n{"house-0003",\n "walls "\n "only"},\n' >tests/core/conformance/house_seeds.cpp
echo 'TEST_F(a_door, shuts) {' >tests/core/query/doors.cpp
echo 'TEST(a_door, is_seen) {' >tests/core/text/doors.cpp
printf 'Prose.\ndoor = house.objects.get(1)  # the first\ndoor.open()\n' >pages/a-house.txt

if ! page=$("$documents" .); then echo "the whole tree does not hold"; exit 1; fi
shows() { [[ $page == *"$1"* ]] || { echo "the page lacks: $1"; echo "$page"; exit 1; }; }
shows '| `open(door)` | 2 of 3 | 1 of 3 | house-0001–0003 | text: `open()` is not supported yet<br>C++: walls only |'
shows '| `shut(door)` | yes | yes | house-0001; `core.a_door.shuts` | |'
shows '| `paint(wall)` | no | no | – | no brush |'
shows '| `door = house.objects.get(1)`<br>`door.open()` | no | no | house-0002, 0004 | text: `open()` is not supported yet; a draught |'
shows '| a door is open or shut | 2 of 3 | no | house-0003, 0005; `core.a_door.is_seen` | text: no doors there<br>C++: walls only |'
shows '| [A house](#a-house) | 1 of 3, 1 in part | 1 of 3, 1 in part | 0 of 2, 1 in part | 0 of 2 |'
shows '- A house: `sell()`: nobody buys'
"$documents" --against pages . >said || { echo "a line that is in the list is missed: $(<said)"; exit 1; }

# finds WORDS FILE SED-SCRIPT: with the file changed by the script, exactly one thing does not hold, said with these words.
tried=0
finds() {
  local words=$1 file=$2 script=$3 said
  cp "$file" kept
  sed -i "$script" "$file"
  if said=$("$documents" . 2>&1 >/dev/null); then echo "everything holds after: $file: $script"; exit 1; fi
  if [ "$(wc -l <<<"$said")" != 1 ] || [[ $said != *"$words"* ]]; then echo "'$file: $script' expected '$words', got: $said"; exit 1; fi
  mv kept "$file"
  tried=$((tried + 1))
}
finds "no entry has the seed case house-0002" $list 's/house-0001..0003/house-0001/; s/house-0002 house-0004/house-0004/'
finds "there is no case house-0009" $list 's/house-0004/house-0009/'
finds "there is no test a_door.slams" $list 's/a_door.shuts/a_door.slams/'
finds "nothing is said of this entry" $list '/no brush/d'
finds "one of them" $list 's/^missing/note\ncases house-0001\nmissing/'
finds "this entry stands there twice" $list 's/paint(wall)/open(door)/'
finds "house-0002 stands there twice" $list 's/house-0002 house-0004/house-0001..0002 house-0002/'
finds "nobody reads 'casse'" $list 's/^cases house-0002 house-0004/cases house-0002\ncasse house-0004/'
finds "is no range of cases" $list 's/house-0002 house-0004/house-0002 house-0004..0003/'
finds "'house' is no case" $list 's/house-0004/house/'
finds "belongs to no entry" $list '$a \\ncases house-0001'
finds "lacks a title" $list '/^title/d'
sed -i 's/^door.open.*/door.objects.open()/' pages/a-house.txt
if said=$("$documents" --against pages .); then echo "an example that is not in the list is not missed"; exit 1; fi
[[ $said == a-house:3:* ]] || { echo "expected line 3 of a-house, got: $said"; exit 1; }
echo "$tried kinds of faults are found"

#!/usr/bin/env bash
# Each rule of lint.sh fires on a tree that breaks it, and only that rule; a clean tree passes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
tried=$(mktemp -p "$tree")
cd "$tree"
mkdir root && cd root

for folder in ir core dialects plugins tests bench docs; do mkdir $folder && echo "# $folder" >$folder/README.md; done
mkdir -p ir/model core/text core/query dialects/base plugins/{abi,host,sdk,sqlite} tests/ir docs/examples
touch CMakeLists.txt CMakePresets.json README.md LICENSE dev .gitignore

# What the rules allow.
echo '#include <quarry/ir/model/node.hpp>' | tee ir/model/node.cpp core/query/chain.cpp plugins/host/loader.cpp >/dev/null
echo '#include <boost/container/small_vector.hpp>' >>ir/model/node.cpp
echo '#include <quarry/plugins/host/loader.hpp>' >>core/query/chain.cpp
echo '#include <boost/spirit/home/x3.hpp>' >core/text/grammar.cpp
echo '#include <boost/dll/shared_library.hpp>' >>plugins/host/loader.cpp
echo '#include <quarry/plugins/abi/quarry_plugin.h>' | tee dialects/base/emitter.hpp plugins/sdk/thunk.hpp >/dev/null
printf '#include <sqlite3.h>\n#include <quarry/dialects/base/emitter.hpp>\n' >plugins/sqlite/driver.cpp
printf '#include <stddef.h>\n#include <stdint.h>\n' >plugins/abi/quarry_plugin.h
echo '#include "support/rows.hpp"' >tests/ir/node_test.cpp
echo 'SQLite and PostgreSQL may be named in a README.' >>core/README.md
if ! "$here/lint.sh" .; then echo "the clean tree does not pass"; exit 1; fi

# fires RULE FILE TEXT: with the text in the file, exactly that rule is reported.
fires() {
  local rule=$1 file=$2 text=$3 found
  mkdir -p "$(dirname "$file")"
  [ ! -f "$file" ] || cp -p "$file" "$tree/kept"
  printf '%s\n' "$text" >>"$file"
  if found=$("$here/lint.sh" .); then echo "$rule does not fire on: $file: $text"; exit 1; fi
  if [ "$(sed -n 's/^lint: //p' <<<"$found")" != "$rule" ]; then echo "on '$file: $text' expected $rule, got: $found"; exit 1; fi
  if [ -f "$tree/kept" ]; then
    mv "$tree/kept" "$file"
  else
    rm "$file"
    [[ $file != */* ]] || rmdir --ignore-fail-on-non-empty "$(dirname "$file")"
  fi
  echo "$rule" >>"$tried"
}

fires ir-looks-up ir/model/bad.hpp '#include <quarry/core/query/chain.hpp>'
fires ir-looks-up ir/model/bad.cpp '#  include <quarry/plugins/abi/quarry_plugin.h>'
fires ir-looks-up ir/passes/bad.cpp '#include <quarry/dialects/base/emitter.hpp>'
fires ir-headers-without-boost ir/model/bad.hpp '#include <boost/container_hash/hash.hpp>'
fires core-knows-no-plugin core/query/bad.cpp '#include <quarry/dialects/base/emitter.hpp>'
fires core-knows-no-plugin core/query/bad.cpp '#include <quarry/plugins/sdk/thunk.hpp>'
fires host-looks-up plugins/host/bad.cpp '#include <quarry/core/query/chain.hpp>'
fires host-looks-up plugins/host/bad.cpp '#include <quarry/plugins/sdk/thunk.hpp>'
fires dialects-know-the-abi-only dialects/base/bad.hpp '#include <quarry/ir/model/node.hpp>'
fires dialects-know-the-abi-only dialects/base/bad.cpp '#include <quarry/plugins/sdk/thunk.hpp>'
fires plugins-know-no-ir plugins/sdk/bad.hpp '#include <quarry/ir/model/node.hpp>'
fires plugins-know-no-ir plugins/sqlite/bad.cpp '#include <quarry/core/query/chain.hpp>'
fires plugins-know-no-ir plugins/other/bad.cpp '#include <quarry/plugins/host/loader.hpp>'
fires boost-dll-in-host core/query/bad.cpp '#include <boost/dll.hpp>'
fires boost-dll-in-host tests/ir/bad.cpp '#include <boost/dll/shared_library.hpp>'
fires client-headers-in-plugins dialects/base/bad.cpp '#include <sqlite3.h>'
fires client-headers-in-plugins plugins/sdk/bad.cpp '#include <mysql/mysql.h>'
fires client-headers-in-plugins plugins/host/bad.cpp '#include <libpq-fe.h>'
fires client-headers-in-plugins docs/examples/bad.cpp '#include <cppconn/driver.h>'
fires x3-in-core-text core/query/bad.cpp '#include <boost/spirit/home/x3.hpp>'
fires include-form core/query/bad.cpp '#include "../../dialects/base/emitter.hpp"'
fires include-form core/query/bad.cpp '#include "core/query/chain.hpp"'
fires include-form tests/ir/bad.cpp '#include "quarry/ir/model/node.hpp"'
fires no-product-names core/query/bad.cpp '// what sqlite3_step() does'
fires no-product-names ir/model/kinds.def 'OP(ilike)  // PostgreSQL has it'
fires abi-header-is-plain-c plugins/abi/quarry_plugin.h '#include <string_view>'
fires abi-header-is-plain-c plugins/abi/quarry_plugin.h '#include "kinds.h"'
fires top-level-names src/x.cpp 'int x;'
fires top-level-names Makefile 'all:'
fires folder-readme tests/README.md "$(seq 40)"
rm bench/README.md
fires folder-readme bench/bench_x.cpp '// a folder without README'
mkdir -p bench && echo '# bench' >bench/README.md
fires machine-paths tests/ir/bad.cpp "// see /$(echo home)/someone/quarry"

untried=$(comm -23 <("$here/lint.sh" --rules | sort) <(sort -u "$tried"))
if [ -n "$untried" ]; then echo "rules without a case here:" $untried; exit 1; fi
echo "$(sort -u "$tried" | wc -l) rules fire"

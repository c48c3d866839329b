#!/usr/bin/env bash
# plugin_test.sh FOLDER NAME COMPILER: a plugin outside our tree builds from the installed package, exports one symbol, and is
# loaded by the installed command; queries.sh in its folder, where there is one, asks it queries.
. "$(dirname "$0")/common.sh"
folder=${1:?} name=${2:?} compiler=${3:?}

command -v "$compiler" >/dev/null || skip "$compiler is not installed"
case $compiler in *++*) language=CXX ;; *) language=C ;; esac
cp -aL "$source/$folder" "$work/plugin"
configure_and_build "$work/plugin" "$work/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_${language}_COMPILER="$compiler" \
  -DCMAKE_${language}_FLAGS="-Wall -Wextra -Wpedantic -Werror"

built=$(find "$work/build" -name "quarry-$name.so")
[ -n "$built" ] || fail "no quarry-$name.so was built"
[ "$(exported "$built")" = quarry_plugin_entry ] || fail "exports: $(exported "$built")"
export QUARRY_PLUGIN_PATH=$(dirname "$built")
expect "$name" "$prefix/bin/quarry" plugins
[ ! -x "$source/$folder/queries.sh" ] || "$source/$folder/queries.sh" "$prefix/bin/quarry"

#!/usr/bin/env bash
# What is generated from the .def files and committed is what they generate now.
. "$(dirname "$0")/common.sh"
defs=$build/bin/quarry-defs

cp "$source/plugins/abi/quarry_plugin.h" "$work/header"
"$defs" header "$work/header"
cmp "$work/header" "$source/plugins/abi/quarry_plugin.h" || fail "stale: run quarry-defs header plugins/abi/quarry_plugin.h"
"$defs" errors >"$work/errors"
cmp "$work/errors" "$source/docs/errors.md" || fail "stale: run quarry-defs errors >docs/errors.md"
"$defs" passes "$source" >"$work/passes"
cmp "$work/passes" "$source/docs/passes.md" || fail "stale: run quarry-defs passes . >docs/passes.md"

#!/usr/bin/env bash
# `cmake --install` into an empty prefix puts everything in its place. The other scripts use what it leaves there.
. "$(dirname "$0")/common.sh"

rm -rf "$prefix"
quietly cmake --install "$build" --prefix "$prefix"
cd "$prefix"
for file in bin/quarry include/quarry/quarry.hpp include/quarry/core/quarry.hpp include/quarry/plugins/abi/quarry_plugin.h \
            lib*/libquarry.a lib*/cmake/Quarry/QuarryConfig.cmake lib*/pkgconfig/quarry.pc lib*/quarry/plugins/quarry-sqlite.so \
            share/doc/Quarry/LICENSE; do
  [ -f $file ] || fail "not installed: $file"
done

# The package may be moved: no path of this machine is written in it.
if grep -rInE "(^|[^A-Za-z0-9_.}-])($source|$build)/" include share lib*/cmake lib*/pkgconfig; then fail "names a folder of this machine"; fi
# The SDK is sources, the libraries are not.
[ -n "$(find share/quarry/src -name '*.cpp')" ] || fail "the SDK has no sources"
if find include share -name '*.cpp' | grep -v '^share/quarry/src/'; then fail "sources outside the SDK are installed"; fi
[ -z "$(find . -type d -empty)" ] || fail "empty folders are installed: $(find . -type d -empty)"

# The command finds the plugins that were installed with it, wherever that is.
expect "$(echo "$prefix"/lib*/quarry/plugins/quarry-sqlite.so)" bin/quarry plugins

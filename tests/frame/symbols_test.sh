#!/usr/bin/env bash
# Every plugin that we build exports one symbol.
. "$(dirname "$0")/common.sh"

count=0
for plugin in "$build"/lib/quarry/plugins/*.so; do
  [ -f "$plugin" ] && [ ! -L "$plugin" ] || continue
  symbols=$(exported "$plugin")
  [ "$symbols" = quarry_plugin_entry ] || fail "$plugin exports: $symbols"
  count=$((count + 1))
done
[ $count -gt 0 ] || fail "no plugin in $build/lib/quarry/plugins"
echo "$count plugins export quarry_plugin_entry and nothing else"

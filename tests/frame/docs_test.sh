#!/usr/bin/env bash
# The pages for users say what happens: their C++ compiles against the installed package, and everything that they show is run
# and compared. Afterwards the same pages with every result changed have to fail at every place.
. "$(dirname "$0")/common.sh"

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name quarry.pc)")
export PKG_CONFIG_PATH PATH="$prefix/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
cd "$source"
pages=(docs/tutorial.md docs/query-language.md docs/untrusted-text.md README.md)
python3 "$frame/docs.py" "$work" "${pages[@]}" || fail "a page shows what does not happen"
python3 "$frame/docs.py" --spoil "$work" "${pages[@]}" >"$work/log" || { tail -n 20 "$work/log"; fail "a page passes whatever it says"; }

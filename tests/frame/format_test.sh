#!/usr/bin/env bash
# All sources are as clang-format writes them.
. "$(dirname "$0")/common.sh"
command -v clang-format-19 >/dev/null || skip "clang-format-19 is not installed"
"$source/dev" fmt --check

#!/usr/bin/env bash
# consumer_test.sh WAY: an application outside our tree builds and runs. WAY: find_package, pkg_config (both from the installed
# package), add_subdirectory, fetch_content (both from the sources).
. "$(dirname "$0")/common.sh"
way=${1:?}

case $way in
  find_package)
    configure_and_build "$frame/consumer" "$work/build" -DWAY=$way -DCMAKE_PREFIX_PATH="$prefix" \
      -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Werror"
    ;;
  pkg_config)
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name quarry.pc)")
    export PKG_CONFIG_PATH
    mkdir "$work/build"
    quietly g++ -std=c++20 "$frame/consumer/main.cpp" -o "$work/build/consumer" $(pkg-config --cflags --libs quarry)
    ;;
  add_subdirectory | fetch_content)
    # The two compile the same files in folders of the same shape: with paths taken relative, the second finds them in the cache.
    export CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
    cp -a "$frame/consumer" "$work/consumer"
    configure_and_build "$work/consumer" "$work/build" -DWAY=$way -DQUARRY_SOURCE="$source"
    ;;
  *) fail "unknown way '$way'" ;;
esac

expect "Quarry 0." "$work/build/consumer"

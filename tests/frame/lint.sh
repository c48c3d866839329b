#!/usr/bin/env bash
# The rules of the source tree that no compiler checks: who may include whom, where names may appear, what lies at the top.
# usage: lint.sh [ROOT] | lint.sh --rules       Prints file:line:text under the rule that it breaks; exit code 1 if there is any.
# Every rule is tried by lint_test.sh.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

rules=(ir-looks-up ir-headers-without-boost core-knows-no-plugin host-looks-up dialects-know-the-abi-only plugins-know-no-ir
       boost-dll-in-host client-headers-in-plugins x3-in-core-text include-form no-product-names abi-header-is-plain-c
       top-level-names folder-readme machine-paths)
[ "${1:-}" != --rules ] || { printf '%s\n' "${rules[@]}"; exit 0; }
cd "${1:-$here/../..}" || exit 2

code=(--include=*.hpp --include=*.cpp --include=*.h --include=*.c --include=*.def --include=*.inc)
headers=(--include=*.hpp --include=*.h --include=*.def --include=*.inc)

# The plugins themselves: each folder of plugins/ that is not the border or the machinery around it.
plugin_folders() { find plugins -mindepth 1 -maxdepth 1 -type d ! -name abi ! -name host ! -name sdk 2>/dev/null; }

# included PATTERN PATH...: #include lines whose name matches; options of grep may stand among the paths.
included() { local pattern=$1; shift; grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" "$@" 2>/dev/null; }

clients='sqlite3(ext)?\.h|libpq-fe\.h|libpq/|postgres(_ext)?\.h|pqxx/|mysql|mariadb|cppconn/|jdbc/|duckdb|ibase\.h|sql(ext)?\.h'
products='sqlite|mysql|mariadb|postgres|pgsql|duckdb|firebird|cockroach|libpq|cppconn'
standard_c='assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|tgmath|time|wchar|wctype'
top_level=' CMakeLists.txt CMakePresets.json core dialects plugins ir tests bench docs README.md LICENSE dev build '

check() {
  case $1 in
    ir-looks-up) included 'quarry/(core|dialects|plugins)/' "${code[@]}" ir ;;
    ir-headers-without-boost) included 'boost/' "${headers[@]}" ir ;;
    core-knows-no-plugin) included 'quarry/(dialects|plugins)/' "${code[@]}" core | grep -vE '[<"]quarry/plugins/(abi|host)/' ;;
    host-looks-up) included 'quarry/' "${code[@]}" plugins/host | grep -vE '[<"]quarry/(ir|plugins/abi|plugins/host|version\.hpp)' ;;
    dialects-know-the-abi-only) included 'quarry/' "${code[@]}" dialects | grep -vE '[<"]quarry/(dialects|plugins/abi)/' ;;
    plugins-know-no-ir) included 'quarry/(ir|core|plugins/host)/' "${code[@]}" plugins/sdk plugins/abi $(plugin_folders) ;;
    boost-dll-in-host) included 'boost/dll' "${code[@]}" ir core dialects plugins tests bench docs | grep -v '^plugins/host/' ;;
    client-headers-in-plugins) included "$clients" "${code[@]}" ir core dialects plugins/abi plugins/host plugins/sdk docs ;;
    x3-in-core-text) included 'boost/spirit' "${code[@]}" ir core dialects plugins tests bench docs | grep -v '^core/text/' ;;
    include-form)  # <quarry/...> alone leads out of a file's own folder, so that the rules above see every dependency
      included '\.\./|[^>"]*/\.\./' "${code[@]}" ir core dialects plugins tests bench docs
      included '(ir|core|dialects|plugins)/' "${code[@]}" ir core dialects plugins docs
      included 'quarry/' "${code[@]}" ir core dialects plugins tests bench docs | grep -E 'include[[:space:]]*"'
      ;;
    no-product-names) grep -rnIiE "$products" ir core --exclude=*.md 2>/dev/null ;;
    abi-header-is-plain-c)
      grep -nE '^[[:space:]]*#[[:space:]]*include' plugins/abi/*.h 2>/dev/null /dev/null | grep -vE "<($standard_c)\.h>"
      ;;
    top-level-names)
      local name
      for name in *; do [[ $top_level == *" $name "* ]] || echo "$name: does not belong at the top level"; done
      ;;
    folder-readme)
      local folder lines
      for folder in ir core dialects plugins tests bench docs; do
        if [ ! -f $folder/README.md ]; then echo "$folder/README.md: missing"; continue; fi
        lines=$(wc -l <$folder/README.md)
        [ "$lines" -lt 40 ] || echo "$folder/README.md: $lines lines, at most 39"
      done
      ;;
    machine-paths)
      grep -rnIE '(^|[^A-Za-z0-9_.}/])/(home|root|work|Users|mnt|workspace)/' --exclude-dir=build --exclude-dir=.git . 2>/dev/null
      ;;
  esac
}

broken=0
for rule in "${rules[@]}"; do
  found=$(check "$rule")
  [ -n "$found" ] || continue
  printf 'lint: %s\n' "$rule"
  sed 's/^/  /' <<<"$found"
  broken=1
done
exit $broken

#!/usr/bin/env bash
# The blog example: the program in C++, then the same queries as text on the database that it made.
# usage: run.sh BUILD_DIR
set -euo pipefail
build=$(cd "${1:?usage: run.sh BUILD_DIR}" && pwd)
cd "$(dirname "$0")"
work=$(mktemp -d "${TMPDIR:-/tmp}/quarry-blog.XXXXXX")
trap 'rm -rf "$work"' EXIT
url=sqlite:///$work/blog.db

first=()
if [ -x "$build/bin/blog_demo" ]; then
  printf '== C++: docs/examples/blog/main.cpp\n\n'
  "$build/bin/blog_demo" "$url"
else
  first=(--create --fixture fixture.json)
fi

printf '\n== text: quarry eval, on the same rows\n'
query() {
  printf "\n\$ quarry eval --models models.py --db sqlite:///blog.db --format table --sql \\\\\n    '%s'\n" "$1"
  "$build/bin/quarry" eval --models models.py --db "$url" --format table --sql ${first[@]+"${first[@]}"} "$1" 2>&1
  first=()
}

query 'Entry.objects.filter(blog__name="Beatles Blog", rating__gt=3).order_by("-pub_date")[:5]'
query 'Entry.objects.filter(headline__startswith="What").exclude(rating__gte=5).order_by("pub_date")'
query 'Entry.objects.filter(rating__isnull=True)'
query 'Entry.objects.filter(id__in=[1, 4, 5], pub_date__year=2009)'
query 'liked = Q(rating__gte=5) | Q(blog__tagline__contains="cheese")
     Entry.objects.filter(liked).order_by("blog__name", "headline")'
query 'Entry.objects.order_by("blog__name", "-rating").values_list("blog__name", "headline", "rating")'

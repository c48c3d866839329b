#!/usr/bin/env bash
# queries.sh QUARRY: the toy answers as SQLite does within its record, and refuses the rest by name. QUARRY_PLUGIN_PATH leads to it.
set -euo pipefail
quarry=${1:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/models.py" <<'PY'
from django.db import models

class Blog(models.Model):
    name = models.CharField(max_length=100)
    stars = models.IntegerField(null=True)
    since = models.DateField()
PY
cat >"$work/fixture.json" <<'JSON'
{"Blog": [{"id": 1, "name": "Beatles", "stars": 5, "since": {"$date": "2004-01-31"}},
          {"id": 2, "name": "Cheese", "stars": null, "since": {"$date": "2006-02-01"}},
          {"id": 3, "name": "Émile's", "stars": 3, "since": {"$date": "2006-03-01"}},
          {"id": 4, "name": "", "stars": 3, "since": {"$date": "2008-12-31"}}]}
JSON

answer() {
  "$quarry" eval --models "$work/models.py" --db "$1" --create --fixture "$work/fixture.json" "$2" 2>"$work/said"
}

# same STATEMENT ANSWER
same() {
  local database given
  for database in sqlite://:memory: toy://; do
    given=$(answer "$database" "$1") || { cat "$work/said" >&2; exit 1; }
    [ "$given" = "$2" ] || { printf '%s: %s\n  gives  %s\n  not    %s\n' "$database" "$1" "$given" "$2" >&2; exit 1; }
  done
}

# refused STATEMENT WORDS: the toy has no such operation, and says so in the user's words.
refused() {
  local given
  given=$(answer toy:// "$1") && { printf 'toy:// answers %s: %s\n' "$1" "$given" >&2; exit 1; }
  grep -qF "$2" "$work/said" || { printf '%s:\n' "$1"; cat "$work/said"; exit 1; } >&2
}

same 'Blog.objects.filter(stars__gte=3).order_by("-name").values_list("name", flat=True)' '["Émile'"'"'s", "Beatles", ""]'
same 'Blog.objects.filter(stars=3).exclude(name="").values_list("id", "since")' '[[3, {"$date": "2006-03-01"}]]'
same 'Blog.objects.filter(Q(stars=None) | Q(since__lt=date(2005, 1, 1))).order_by("-id").values_list("id", flat=True)' '[2, 1]'
same 'Blog.objects.filter(id__in=[1, 2, 4]).order_by("id")[1:3].values_list("name", flat=True)' '["Cheese", ""]'
same 'Blog.objects.filter(stars=3).count()' 2
same 'Blog.objects.exclude(stars=3).exists()' true

refused 'Blog.objects.filter(name__contains="ee")' 'contains is not supported by Toy 1'
refused 'Blog.objects.filter(since__year=2006)' 'is not supported by Toy 1'

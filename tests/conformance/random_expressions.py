#!/usr/bin/env python3
"""Random QuerySet expressions over the models of the suite `shop`, answered with all optional passes and with none: the answers are the same.

usage: random_expressions.py QUARRY MODELS FIXTURE [SEED [COUNT]]
Whatever is drawn is a query or an error by name: no answer is an InternalError or a database's own.
"""
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path


class Model:
    def __init__(self, numbers, texts, dates, one, many):
        self.columns = {"number": numbers, "text": texts, "date": dates}
        self.one, self.many = one, many  # relations by name, and the model that each leads to


MODELS = {
    "Customer": Model(["id", "credit"], ["name", "city", "email"], ["joined", "birthday"], {"referrer": "Customer"},
                      {"orders": "Order", "reviews": "Review", "referred": "Customer"}),
    "Product": Model(["id", "stock", "price", "cost"], ["name", "sku"], ["added"], {"category": "Category"},
                     {"lines": "OrderLine", "reviews": "Review"}),
    "Category": Model(["id"], ["name", "slug"], [], {"parent": "Category"},
                      {"products": "Product", "children": "Category"}),
    "Order": Model(["id", "discount"], ["status", "note"], ["placed", "shipped"], {"customer": "Customer"},
                   {"lines": "OrderLine", "payments": "Payment"}),
    "OrderLine": Model(["id", "quantity", "unit_price"], [], [], {"order": "Order", "product": "Product"}, {}),
    "Payment": Model(["id", "amount"], ["method"], ["paid_at"], {"order": "Order"}, {}),
    "Review": Model(["id", "stars", "helpful"], ["text"], ["written"], {"product": "Product", "customer": "Customer"}, {}),
}
NUMBERS = ["0", "1", "2", "3", "5", "10", "100"]
TEXTS = ['"a"', '"Paris"', '"e"', '"new"', '""']


class Writer:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def chance(self, p):
        return self.r.random() < p

    def pick(self, of):
        return self.r.choice(of)

    def path(self, model, kind, steps=2, many=False):
        """A path to a column of this kind, over relations of one row unless `many`; to a key where the model has no such column."""
        out = ""
        for _ in range(steps):
            relations = {**MODELS[model].one, **MODELS[model].many} if many else MODELS[model].one
            if relations and self.chance(0.4):
                step = self.pick(sorted(relations))
                out, model = out + step + "__", relations[step]
        columns = MODELS[model].columns[kind]
        return (out + self.pick(columns), True) if columns else (out + "id", kind == "number")

    def number_path(self, model, steps=1, many=False):
        return self.path(model, "number", steps, many)[0]

    def lookup(self, model, many):
        if self.chance(0.35):
            path, is_text = self.path(model, "text", 2, many)
            if is_text:
                kind = self.pick(["contains", "icontains", "startswith", "exact", "gt"])
                return f"Q({path}__{kind}={self.pick(TEXTS)})"
        path = self.number_path(model, 2, many)
        what = self.r.random()
        if what < 0.15:
            return f"Q({path}__isnull={self.pick(['True', 'False'])})"
        if what < 0.3:
            return f"Q({path}__in=[{', '.join(self.pick(NUMBERS) for _ in range(self.pick([0, 1, 3])))}])"
        kind = self.pick(["exact", "gt", "gte", "lt", "lte"])
        value = f'F("{self.number_path(model)}")' if what < 0.45 else self.pick(NUMBERS)
        return f"Q({path}__{kind}={value})"

    def condition(self, model, many=True, depth=0, outer=None):
        what = self.r.random()
        if outer and what < 0.2:
            return f'Q({self.number_path(model)}=OuterRef("{self.number_path(outer)}"))'
        if what < 0.6 or depth > 1:
            return self.lookup(model, many)
        if what < 0.7:
            return "~" + self.condition(model, many, depth + 1, outer)
        if what < 0.8 and MODELS[model].many:
            inner = MODELS[model].many[self.pick(sorted(MODELS[model].many))]
            return f"Exists({inner}.objects.filter({self.condition(inner, True, depth + 1, model)}))"
        left, right = (self.condition(model, many, depth + 1, outer) for _ in range(2))
        return f"({left} {self.pick('&|&^')} {right})"

    def number(self, model, depth=0):
        what = self.r.random()
        if what < 0.4 or depth > 1:
            return f'F("{self.number_path(model)}")'
        inner = self.number(model, depth + 1)
        if what < 0.55:
            return f"({inner} {self.pick('+-*')} {self.pick([self.number(model, depth + 1)] + NUMBERS)})"
        if what < 0.7:
            other = self.pick(["0", "None", self.number(model, depth + 1)])
            return f"Case(When({self.condition(model, False, 1)}, then={inner}), default={other})"
        if what < 0.9:
            return f"{self.pick(['Greatest', 'Least', 'Coalesce'])}({inner}, {self.number(model, depth + 1)})"
        return f"Abs({inner})"

    def text(self, model):
        path = self.path(model, "text", 1)[0]
        return self.pick([f'Upper("{path}")', f'Length("{path}")', f'Substr("{path}", 1, 2)',
                          f'Concat("{path}", Value("-"), "{self.number_path(model)}")'])

    def aggregate(self, model):
        path = self.number_path(model)
        if MODELS[model].many and self.chance(0.8):
            step = self.pick(sorted(MODELS[model].many))
            path = step + "__" + self.number_path(MODELS[model].many[step], 1, self.chance(0.2))
        function = self.pick(["Count", "Sum", "Min", "Max", "Avg"])
        rest = ", distinct=True" if function == "Count" and self.chance(0.2) else ""
        if self.chance(0.25):
            rest += f", filter={self.condition(model, False, 1)}"
        return f'{function}("{path}"{rest})'

    def window(self, model):
        function = self.pick(["RowNumber()", "Rank()", "DenseRank()", 'Sum("id")', 'Count("id")', 'Lag("id")', 'Max("id")'])
        by = self.pick(["", f', partition_by="{self.path(model, "text", 1)[0]}"'])
        return f'Window({function}{by}, order_by=[{self.pick(["", chr(34) + "-" + self.number_path(model) + chr(34) + ", "])}"id"])'

    def annotation(self, model):
        what = self.r.random()
        back = [(m, step) for m, of in sorted(MODELS.items()) for step, to in of.one.items() if to == model]
        if what < 0.15 and back:
            inner, step = self.pick(back)
            rows = f'{inner}.objects.filter({step}=OuterRef("pk")).filter({self.condition(inner, True, 1, model)})'
            return f'Subquery({rows}.order_by("{self.number_path(inner)}", "id").values("id")[:1])'
        makers = [self.number, self.text, self.aggregate, self.window, lambda m: self.condition(m, False, 1)]
        return self.pick(makers)(model)

    def rows(self, model):
        out = model + ".objects"
        for _ in range(self.pick([0, 1, 1, 2])):
            out += f".{self.pick(['filter', 'filter', 'exclude'])}({self.condition(model)})"
        return out

    def expression(self):
        model = self.pick(sorted(MODELS))
        out = self.rows(model)
        what = self.r.random()
        if what < 0.12:
            arms = f"{self.pick(['union', 'intersection', 'difference'])}({self.rows(model)}.all())"
            return f'{out}.all().{arms}.order_by("id").values_list("id", "{self.path(model, "text", 1)[0]}")'
        if what < 0.3:
            by = self.path(model, "text", 1)[0]
            out += f'.values("{by}").annotate(n={self.aggregate(model)})'
            return out + self.pick(["", f".filter(n__gte={self.pick(NUMBERS)})"]) + f'.order_by("{by}")'
        names = [f"a{i}" for i in range(self.pick([0, 1, 1, 2]))]
        for name in names:
            out += f".{self.pick(['annotate', 'annotate', 'alias'])}({name}={self.annotation(model)})"
        if names and self.chance(0.35):
            out += f".filter({self.pick(names)}__isnull={self.pick(['True', 'False'])})"
        if names and self.chance(0.2):
            out += f".filter({self.condition(model)})"
        out += self.pick(["", "", ".distinct()"])
        end = self.pick(["rows", "rows", "rows", ".count()", ".exists()", f".aggregate(x={self.aggregate(model)})"])
        return out + end if end != "rows" else out + '.order_by("id")' + self.pick(["", "", "", "[:3]"])


def answers(quarry, models, fixture, cases, options):
    out = cases.with_suffix(".out")
    subprocess.run([quarry, "conformance", "--models", models, "--fixture", fixture, "--cases", cases, "--db",
                    "sqlite://:memory:", "--out", out, *options], check=True, stdout=subprocess.DEVNULL)
    return {case["id"]: case["actual"] for case in map(json.loads, out.read_text().splitlines())}


def same(expression, a, b):
    """Rows that are alike in what they are ordered by come in any order."""
    if isinstance(a, list) and isinstance(b, list) and "[:" not in expression:
        a, b = (sorted(json.dumps(row, sort_keys=True) for row in rows) for rows in (a, b))
    return a == b


def main(quarry, models, fixture, seed="1", count="1500"):
    writer = Writer(int(seed))
    expressions = {f"random-{i}": writer.expression() for i in range(int(count))}
    with tempfile.TemporaryDirectory() as folder:
        cases = Path(folder) / "cases.jsonl"
        cases.write_text("".join(json.dumps({"id": i, "tags": [], "steps": [], "expr": e}) + "\n"
                                 for i, e in expressions.items()))
        optimized = answers(quarry, models, fixture, cases, [])
        plain = answers(quarry, models, fixture, cases, ["--disable", "all"])
    wrong = refused = 0
    for case, expression in expressions.items():
        a, b = optimized[case], plain[case]
        error = a.get("$error", "") if isinstance(a, dict) else ""
        refused += error != ""
        if same(expression, a, b) and error not in ("InternalError", "DatabaseError", "OperationalError"):
            continue
        wrong += 1
        print(expression, "  with passes: " + json.dumps(a)[:300], "  without:     " + json.dumps(b)[:300], sep="\n")
    print(f"{len(expressions)} expressions, {refused} refused by name, {wrong} wrong")
    return 1 if wrong or refused * 10 > len(expressions) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

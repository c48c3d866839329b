#!/usr/bin/env python3
"""Makes docs/coverage.md: each method and example of the documents that documents.txt lists, with what shows it and whether that passes.

usage: documents.py [ROOT]                      prints the page; exit code 1 where the list does not hold, with a line for each fault
       documents.py --against FOLDER [ROOT]     says which lines of code of FOLDER/DOCUMENT.txt no entry has

As text: the cases of an entry that known/SUITE.txt does not list pass; of those that do not apply to SQLite, known/postgresql.portable.txt
tells. In C++: core/conformance/SUITE_seeds.cpp has its cases with the tag `seed` and some others, or tests that the entry names show it. Each case with the
tag `seed` belongs to an entry.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASE = re.compile(r"^([a-z_]+-(?:[a-z]*\d+-)?)(\d+)$")
TEST = re.compile(r"^\s*(?:TYPED_)?TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.M)
FORM = re.compile(r'\{"([a-z_]+-\d+)",\s*\[')
NO_FORM = re.compile(r'\{"([a-z_]+-\d+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}')
# What looks like a line of code in the documents, and what does not: prose that names calls, and the declarations of models.
CODE = re.compile(r"\.objects\b|\.people\b|_set\b|\bawait\b|\basync for\b|run_sync\(|\bF\(|\bQ\(|KT\(|"
                  r"\.(?:save|all|get|filter|exclude|delete|add|remove|clear|create|first|limit|offset|order_by|distinct|values|annotate)\(|"
                  r"^assert |^\s*\|? ?(?:async )?\w+\(.*\)(?::)? ->|__\w+=|^\w[\w.]* = |\w == \w|\w\[\d")
PROSE = re.compile(r"^[A-Z][a-z]* [\w(=`*]|^[A-Z ]+: |^DO NOT|= models\.")


@dataclass
class Entry:
    """A method, an example, or a rule of a document, and what the list says of it."""

    line: int
    group: str
    code: list = field(default_factory=list)
    rule: str = ""
    cases: list = field(default_factory=list)
    tests: list = field(default_factory=list)
    missing: str = ""
    beside: str = ""
    note: str = ""

    @property
    def name(self):
        return self.rule or "\n".join(self.code)


@dataclass
class Section:
    kind: str  # methods or examples
    entries: list = field(default_factory=list)

    @property
    def counted(self):
        return [e for e in self.entries if not e.beside]


@dataclass
class Document:
    stem: str
    title: str = ""
    about: str = ""
    sections: list = field(default_factory=list)


# --- the list ---

class Reader:
    """Reads documents.txt; what is wrong in it goes to `faults`."""

    def __init__(self, source):
        self.documents, self.faults = [], []
        self.entry, self.group = None, ""
        for at, line in enumerate(source.split("\n"), 1):
            word, _, rest = line.rstrip().partition(" ")
            if word and not word.startswith("#"):
                self.take(at, word, rest)
            elif not word:
                self.entry = None

    def fault(self, at, text):
        self.faults.append(f"documents.txt:{at}: {text}")

    def take(self, at, word, rest):
        if word == "document":
            self.documents.append(Document(rest))
            self.entry = None
        elif not self.documents:
            self.fault(at, f"'{word}' stands before the first document")
        elif word in ("title", "about"):
            d = self.documents[-1]
            setattr(d, word, f"{getattr(d, word)}\n{rest}".strip())
        elif word in ("methods", "examples"):
            self.documents[-1].sections.append(Section(word))
            self.group = ""
        elif not self.documents[-1].sections:
            self.fault(at, f"'{word}' stands before 'methods' and 'examples'")
        elif word == "group":
            self.group = rest
        elif word in (">", "*"):
            self.begin(at, word, rest)
        elif self.entry is None:
            self.fault(at, f"'{word}' belongs to no entry")
        elif word == "cases":
            for item in rest.split():
                self.entry.cases += self.expanded(at, item)
        elif word == "tests":
            self.entry.tests += rest.split()
        elif word in ("missing", "beside", "note"):
            setattr(self.entry, word, rest)
        else:
            self.fault(at, f"nobody reads '{word}'")

    def begin(self, at, word, rest):
        if word == ">" and self.entry is not None and not (self.entry.rule or self.entry.cases or self.entry.tests):
            self.entry.code.append(rest)
            return
        self.entry = Entry(at, self.group)
        if word == ">":
            self.entry.code.append(rest)
        else:
            self.entry.rule = rest
        self.documents[-1].sections[-1].entries.append(self.entry)

    def expanded(self, at, item):
        first, _, last = item.partition("..")
        found = CASE.match(first)
        if not found:
            self.fault(at, f"'{item}' is no case")
            return []
        stem, begin = found[1], int(found[2])
        end = int(last) if last.isdigit() else begin
        if (last and not last.isdigit()) or end < begin:
            self.fault(at, f"'{item}' is no range of cases")
        return [f"{stem}{n:0{len(found[2])}}" for n in range(begin, end + 1)]


# --- what the tree has ---

def listed_in(file):
    """The cases of a list under known/, each with the reason above it."""
    out, reason = {}, ""
    for line in file.read_text().splitlines() if file.exists() else []:
        if line.startswith("#"):
            reason = line[1:].strip()
        elif line.strip() and not line.startswith("!"):
            out[line.strip()] = reason
    return out


class Tree:
    """The cases and which of them are seeds, which fail as text and why, which have a C++ form, and the GoogleTests."""

    def __init__(self, root):
        here = root / "tests/conformance"
        self.cases, self.seeds, self.elsewhere = set(), set(), set()
        for file in sorted(here.glob("*/cases.jsonl")) + sorted(here.glob("generated/*.jsonl")):
            for line in file.read_text().splitlines():
                case = json.loads(line)
                self.cases.add(case["id"])
                if "seed" in case["tags"]:
                    self.seeds.add(case["id"])
                if "sqlite" in case.get("skip", {}):
                    self.elsewhere.add(case["id"])
        self.failing = {}  # id: reason
        for file in sorted((here / "known").glob("*.txt")):
            if "." not in file.stem:
                self.failing.update(listed_in(file))
        there = listed_in(here / "known/postgresql.portable.txt")
        self.failing.update((case, there[case]) for case in self.elsewhere & set(there))
        self.forms, self.no_form = set(), {}
        for file in sorted((root / "tests/core/conformance").glob("*_seeds.cpp")):
            source = file.read_text()
            self.forms |= set(FORM.findall(source))
            for case, texts in NO_FORM.findall(source):
                self.no_form[case] = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', texts))
        self.tests = {}  # suite.name: (ctest's name, as text?)
        for file in sorted((root / "tests").glob("*/**/*.cpp")):
            parts = file.relative_to(root / "tests").parts
            for suite, name in TEST.findall(file.read_text()):
                self.tests[f"{suite}.{name}"] = (f"{parts[0]}.{suite}.{name}", parts[:2] in (("core", "text"), ("core", "cli")))
        semantics = root / "docs/semantics.md"
        self.explained = semantics.read_text() if semantics.exists() else ""


def faults_of(documents, tree):
    """What does not hold in the list."""
    out, mentioned = [], set()
    for d in documents:
        for s in d.sections:
            names = set()
            for e in s.entries:
                at = f"documents.txt:{e.line}: "
                mentioned |= set(e.cases)
                out += [f"{at}there is no case {c}" for c in e.cases if c not in tree.cases]
                out += [f"{at}there is no test {t}" for t in e.tests if t not in tree.tests]
                out += [f"{at}{c} stands there twice" for c in sorted(set(e.cases)) if e.cases.count(c) > 1]
                ways = sum(map(bool, (e.cases or e.tests, e.missing, e.beside)))
                if ways == 0:
                    out.append(at + "nothing is said of this entry")
                elif ways > 1:
                    out.append(at + "an entry is shown, missing or beside the point: one of them")
                if (e.group, e.name) in names:
                    out.append(at + "this entry stands there twice")
                names.add((e.group, e.name))
        if not d.title or not d.about or not all(s.entries for s in d.sections) or {s.kind for s in d.sections} != {"methods", "examples"}:
            out.append(f"documents.txt: {d.stem} lacks a title, an about, methods or examples")
    out += [f"documents.txt: no entry has the seed case {c}" for c in sorted(tree.seeds - mentioned)]
    return out


# --- how far an entry is there ---

@dataclass
class State:
    done: int
    of: int
    reasons: list

    @property
    def whole(self):
        return self.of > 0 and self.done == self.of

    @property
    def word(self):
        return "yes" if self.whole else "no" if self.done == 0 else f"{self.done} of {self.of}"


def distinct(items):
    return list(dict.fromkeys(items))


# Refusals as the page says them: of a method, whatever it was called on, and with which arguments.
SAID = [(re.compile(p), r) for p, r in (
    (r"^\w+\.(\w+) is not supported yet$", r"`\1()` is not supported yet"),
    (r"^'(.+)' is not supported yet$", r"`\1` is not supported yet"),
    (r"^\w+ has no attribute '(\w+)'$", r"there is no `\1`"),
    (r"^(\w+)\(\) (?:takes|expects) .*$", r"`\1()` does not take such arguments"))]


def reason_of(case, tree):
    reason = tree.failing[case]
    if reason == "another answer" and case in tree.explained:
        return "another answer than Django's, [on purpose](semantics.md)"
    for pattern, said in SAID:
        reason = pattern.sub(said, reason)
    return reason


def as_text(e, tree):
    failing = [c for c in e.cases if c in tree.failing]
    shown = len(e.cases) + sum(tree.tests[t][1] for t in e.tests)
    return State(shown - len(failing), shown, distinct(reason_of(c, tree) for c in failing))


def in_cpp(e, tree):
    """Seeds that SQLite answers have a say, and other cases that have a form. A test in C++ stands for seeds that have neither a form nor
    a reason."""
    tests = sum(not tree.tests[t][1] for t in e.tests)
    asked = [c for c in e.cases if (c in tree.seeds or c in tree.forms) and c not in tree.elsewhere]
    forms = sum(c in tree.forms for c in asked)
    without = [c for c in asked if c in tree.no_form]
    silent = 0 if tests else len(asked) - forms - len(without)
    return State(forms + tests, forms + tests + len(without) + silent, distinct(tree.no_form[c] for c in without))


# --- the page ---

HEAD = """# Five documents, and what of them is there

Generated by `tests/conformance/documents.py` from `documents.txt` beside it; a test holds the page to what passes.

Quarry's query language is the one that five documents describe. This page lists every method and every example of theirs, with the
tests that show it. [The query language](query-language.md) is the reference of what there is, [semantics](semantics.md) tells where
answers differ on purpose, and [what is missing](#what-is-missing) ends this page.

- **text**: `quarry eval` and `quarry shell` take it as the document writes it. `yes`: all of its cases pass, on SQLite; `3 of 5`: so many do.
- **C++**: it is written in C++ as well, and gives the same answer. A few wrong uses that the documents show have no C++ form, since the
  compiler refuses them: the remark says so.
- **shown by**: `blog-0016` is a line of `tests/conformance/blog/cases.jsonl`, a query with its answer
  (`quarry conformance … --only blog-0016` runs it); `core.a_read.of_dates` is the name of a test for `ctest -R`.

"""


def escaped(text):
    """As prose in a cell of a table; names of calls are code, and what stands between backquotes stays."""
    parts = re.split(r"(`[^`]*`|\b\w+\(\))", text)
    return "".join((p if p[0] == "`" else f"`{p}`") if odd else re.sub(r"([\\*_<])", r"\\\1", p)
                   for odd, p in ((i % 2, p) for i, p in enumerate(parts))).replace("|", "\\|")


def code_cell(lines):
    """The lines of an example, each in a code span; blanks that indent stay."""
    out = []
    for line in lines:
        indent = len(line) - len(line.lstrip())
        out.append("&nbsp;" * indent + f"`{line.strip()}`".replace("|", "\\|"))
    return "<br>".join(out)


def name_cell(e):
    return escaped(e.rule) if e.rule else code_cell(e.code)


def case_ranges(cases):
    """blog-0016, 0018–0021"""
    runs = []
    for case in sorted(set(cases), key=lambda c: (CASE.match(c)[1], int(CASE.match(c)[2]))):
        stem, digits = CASE.match(case).groups()
        if runs and runs[-1][0] == stem and int(runs[-1][2]) + 1 == int(digits):
            runs[-1][2] = digits
        else:
            runs.append([stem, digits, digits])
    out, before = [], ""
    for stem, first, last in runs:
        out.append(("" if stem == before else stem) + first + (f"–{last}" if first != last else ""))
        before = stem
    return ", ".join(out)


def shown_cell(e, tree):
    return "; ".join(filter(None, [case_ranges(e.cases), ", ".join(f"`{tree.tests[t][0]}`" for t in e.tests)])) or "–"


def limited(reasons, most=3):
    return reasons if len(reasons) <= most else reasons[:most - 1] + [f"and {len(reasons) - most + 1} more of the kind"]


def remarks_cell(e, text, cpp, tree):
    out = [r for r in (e.missing, e.note) if r]
    if e.cases and set(e.cases) <= tree.elsewhere:
        out.append("Django has no answer on SQLite: its cases run on PostgreSQL alone")
    if text.reasons:
        out.append("text: " + "; ".join(limited(text.reasons)))
    if cpp.reasons:
        out.append("C++: " + "; ".join(limited(cpp.reasons)))
    return "<br>".join(map(escaped, out))


def heading(section):
    if section.kind == "examples":
        return "Examples"
    return "Methods and rules" if any(e.rule for e in section.entries) else "Methods"


def tally(entries, state, tree):
    states = [state(e, tree) for e in entries]
    whole, part = sum(s.whole for s in states), sum(not s.whole and s.done > 0 for s in states)
    return f"{whole} of {len(states)}" + (f", {part} in part" if part else "")


def anchor(title):
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def summary(documents, tree):
    out = ["| document | methods as text | methods in C++ | examples as text | examples in C++ |", "|---|---|---|---|---|"]

    def row(name, parts):
        cells = [name]
        for kind in ("methods", "examples"):
            entries = [e for s in parts if s.kind == kind for e in s.counted]
            cells += [tally(entries, as_text, tree), tally(entries, in_cpp, tree)]
        out.append("| " + " | ".join(cells) + " |")

    for d in documents:
        row(f"[{d.title}](#{anchor(d.title)})", d.sections)
    row("all", [s for d in documents for s in d.sections])
    return out


def tables(section, tree):
    out, group = [], None
    for e in section.counted:
        if e.group != group:
            group = e.group
            out += ["", f"**{group[0].upper()}{group[1:]}**"] if group else []
            out += ["", f"| {section.kind[:-1]} | text | C++ | shown by | remarks |", "|---|---|---|---|---|"]
        text, cpp = as_text(e, tree), in_cpp(e, tree)
        cells = [name_cell(e), text.word, cpp.word, shown_cell(e, tree), remarks_cell(e, text, cpp, tree)]
        out.append(("| " + " | ".join(cells) + " |").replace("|  |", "| |"))
    return out


def listed(documents, wanted):
    """A line an entry: its document, and what the list says of it."""
    out = []
    for d in documents:
        for s in d.sections:
            out += [f"- {d.title}: {name_cell(e)}: {escaped(wanted(e))}" for e in s.entries if wanted(e)]
    return distinct(out)


def reasons_table(documents, tree):
    """What keeps cases from passing as text, the most frequent first."""
    met, cases = {}, {}
    for d in documents:
        for s in d.sections:
            for e in s.entries:
                for c in e.cases:
                    if c in tree.failing:
                        met.setdefault(reason_of(c, tree), set()).add(e.line)
                        cases.setdefault(reason_of(c, tree), []).append(c)
    out = ["| reason | entries | cases |", "|---|---|---|"]
    out += [f"| {escaped(r)} | {len(met[r])} | {case_ranges(cases[r])} |" for r in sorted(met, key=lambda r: (-len(met[r]), r))]
    return out


def page(documents, tree):
    out = HEAD.split("\n")[:-1] + summary(documents, tree)
    for d in documents:
        out += ["", f"## {d.title}", "", d.about]
        for s in d.sections:
            out += ["", f"### {heading(s)}"] + tables(s, tree)
    out += ["", "## What is missing", ""]
    reasons = reasons_table(documents, tree)
    if len(reasons) > 2:
        out += ["Cases that do not pass as text, by what is said of them:", ""] + reasons + [""]
    out += ["What is not there in C++ has no form in `tests/core/conformance` yet, unless its remark tells another reason.", ""]
    without = listed(documents, lambda e: e.missing)
    if without:
        out += ["Nothing shows these:", ""] + without + [""]
    beside = listed(documents, lambda e: e.beside)
    if beside:
        out += ["These are not counted, as nothing of the kind can be there:", ""] + beside + [""]
    return "\n".join(out)


# --- against the documents themselves ---

def bare(text):
    return re.sub(r"\s+|# [^|]*$", "", text)


def unlisted(documents, folder):
    """The lines of code of the documents that are in no entry."""
    out = []
    for d in documents:
        pieces = [bare(line) for s in d.sections for e in s.entries for line in e.code]
        wholes = [bare("\n".join(e.code)) for s in d.sections for e in s.entries if e.code]
        for at, line in enumerate((folder / f"{d.stem}.txt").read_text().split("\n"), 1):
            if not CODE.search(line) or PROSE.search(line):
                continue
            if not any(p in bare(line) for p in pieces if len(p) > 5) and not any(bare(line) in w for w in wholes):
                out.append(f"{d.stem}:{at}: {line}")
    return out


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--against", type=Path)
    options.add_argument("root", type=Path, nargs="?", default=ROOT)
    given = options.parse_args()
    against, root = given.against, given.root
    reader = Reader((root / "tests/conformance/documents.txt").read_text())
    if against:
        found = unlisted(reader.documents, against)
        print("\n".join(found + [f"{len(found)} lines are in no entry"]))
        return 1 if found else 0
    tree = Tree(root)
    faults = reader.faults + faults_of(reader.documents, tree)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    sys.stdout.write(page(reader.documents, tree))
    return 0


if __name__ == "__main__":
    sys.exit(main())

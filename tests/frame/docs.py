#!/usr/bin/env python3
"""Runs what the pages of the documentation show, in the order of each page, and compares what comes out.

usage: docs.py [--bless | --spoil] FOLDER PAGE...

Fenced blocks, and what becomes of them:
    ```cpp      part of one program: what it prints; `// NAME` in the first line: the file NAME
    ```python   lines typed into `quarry shell` on blog.db: what it prints; `# NAME` in the first line: the file NAME
    ```sh       run by bash: what it prints; must succeed
    ```text     what the block before it prints; without one, that block prints nothing
A table with the columns `text`, `C++` and `SQL`: both spellings give a statement that ends with this SQL. An expression that begins
with a dot stands behind `Entry.objects` and `db.objects<Entry>()`; a dash is no expression.

Every page starts from the files that the first one left. --bless writes what came out into the pages. --spoil changes everything that
is expected, and fails when a page passes all the same.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

URL = "sqlite:///blog.db"
LAST_CELL = re.compile(r"`([^`]*)` \|$")
FILE_NAME = re.compile(r"(?://|#) ([\w.]+\.(?:hpp|cpp|py))$")


@dataclass
class Block:
    """A fenced block with what it shall print, or a row of a table with the SQL that it shall become."""

    page: str
    line: int  # of its first line, from 1
    language: str
    text: str
    expected: str = ""
    lines: tuple = ()  # of what is expected, from 0: first, after last; of a row: its line
    plus: str = ""  # a row's C++
    number: int = -1  # in the program
    file: str = field(init=False, default="")

    def __post_init__(self):
        if self.language in ("cpp", "python"):
            name = FILE_NAME.match(self.text.split("\n", 1)[0])
            self.file = name.group(1) if name else ""

    @property
    def checked(self):
        return not self.file

    @property
    def place(self):
        return f"{self.page}:{self.line}"


class Wrong(Exception):
    pass


def cells_of(row):
    return [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", row.strip())[1:-1]]


def code_in(cell):
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == "`" else ""


def read(page, source):
    """The blocks and rows of a page, in order."""
    lines = source.split("\n")
    out, at, columns = [], 0, None
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            language = line[3:].split(" ")[0]
            end = next((i for i in range(at + 1, len(lines)) if lines[i] == "```"), None)
            if end is None:
                raise Wrong(f"{page}:{at + 1}: this block has no end")
            text = "\n".join(lines[at + 1:end])
            if language == "text":
                before = out[-1] if out else None
                if before is None or before.file or before.lines or before.language == "row":
                    raise Wrong(f"{page}:{at + 1}: nothing prints this text")
                before.expected, before.lines = text, (at + 1, end)
            elif language in ("cpp", "python", "sh"):
                out.append(Block(page, at + 2, language, text))
            else:
                raise Wrong(f"{page}:{at + 1}: nobody runs a block of '{language}'")
            at = end
        elif line.startswith("|"):
            cells = cells_of(line)
            if columns is None:
                columns = cells if {"text", "C++", "SQL"} <= set(cells) else []
            elif columns and not set(line) <= set("|- "):
                row = dict(zip(columns, cells))
                out.append(Block(page, at + 1, "row", code_in(row["text"]), code_in(row["SQL"]), (at,), code_in(row["C++"])))
        else:
            columns = None
        at += 1
    return out


# --- the program of all C++ that the pages show ---

HEAD = r"""#include <iostream>
#include <utility>
%s
using namespace quarry::literals;
using quarry::F;
using namespace std::chrono_literals;

/// The statement that an expression stands for, or runs.
template <class Expression>
[[maybe_unused]] static void print_sql(const quarry::database& db, Expression&& expression) {
  std::string sql;
  if constexpr (requires { expression().sql(); }) {
    sql = expression().sql();
  } else {
    db.observe([&](std::string_view statement, const std::vector<std::string>&) { sql = statement; });
    try {
      (void)expression();
    } catch (const quarry::does_not_exist&) {
    } catch (const quarry::multiple_objects_returned&) {
    }
    db.observe(nullptr);
  }
  std::cout << sql << '\n';
}
"""

MAIN = r"""
int main(int, char** argv) {
  try {
    const auto db = quarry::database::open("%s");
    switch (std::stoi(argv[1])) {
%s    }
    return 0;
  } catch (const std::exception& e) {
    std::cout << e.what() << '\n';
    return 1;
  }
}
"""


def in_cpp(expression):
    return "db.objects<Entry>()" + expression if expression.startswith(".") else expression


def program_of(blocks):
    """Its source; numbers the blocks that it holds."""
    includes, parts, cases = ["#include \"models.hpp\""], [], ""
    number = 0
    for b in blocks:
        if not (b.language == "cpp" and not b.file) and not (b.language == "row" and b.plus):
            continue
        b.number = number
        if b.language == "row":
            body = f"using namespace quarry;\nprint_sql(db, [&] {{ return {in_cpp(b.plus)}; }});"
        else:
            lines = b.text.split("\n")
            for i, line in enumerate(lines):
                if line.startswith("#include"):
                    includes.append(line.split("//")[0].strip())
                    lines[i] = ""
            body = "\n".join(lines)
        parts.append(f"static void part_{number}([[maybe_unused]] const quarry::database& db) {{\n{{\n"
                     f"#line {b.line} \"{b.page}\"\n{body}\n}}\n}}\n")
        cases += f"      case {number}: part_{number}(db); break;\n"
        number += 1
    return HEAD % "\n".join(dict.fromkeys(includes)) + "\n".join(parts) + MAIN % (URL, cases)


def compiled(folder, source):
    """The program; one that was compiled from this source before is there still."""
    program = folder / ("program-" + hashlib.sha256(source.encode()).hexdigest()[:16])
    if not program.exists():
        file = folder / "program.cpp"
        file.write_text(source)
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "quarry"], check=True, capture_output=True, text=True)
        command = [os.environ.get("CXX", "g++"), "-std=c++20", "-Wall", "-Wextra", "-I", str(folder), str(file), "-o", str(program)]
        done = subprocess.run(command + flags.stdout.split(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong("the C++ of the pages does not compile:\n" + done.stderr)
        if done.stderr:
            raise Wrong("the C++ of the pages compiles with warnings:\n" + done.stderr)
    return program


# --- running ---

def run(command, folder, text=None):
    done = subprocess.run(command, cwd=folder, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, tidy(done.stdout)


def tidy(text):
    """Without blanks at the ends of lines, and without the version of the database."""
    lines = [re.sub(r"^(; \w+) [\d.]+$", r"\1 …", line.rstrip()) for line in text.rstrip().split("\n")]
    return "\n".join(lines)


def shell(folder, text):
    return run(["quarry", "shell", "--models", "models.py", "--db", URL], folder, text + "\n")


def sql_of_text(folder, expression):
    whole = "Entry.objects" + expression if expression.startswith(".") else expression
    _, said = shell(folder, "\\sql " + whole)
    lines = said.split("\n")
    return lines[1] if len(lines) > 1 and lines[0].startswith("; ") else said


def ends_with(sql, expected):
    return bool(expected) and (sql == expected or sql.endswith(" " + expected))


class Run:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.wrong, self.actual = [], {}

    def complain(self, block, what):
        self.wrong.append(block)
        print(f"{block.place}: {what}")

    def row(self, b):
        spoken = {}
        if b.text:
            spoken["text"] = sql_of_text(self.folder, b.text)
        if b.plus:
            spoken["C++"] = run([self.program, str(b.number)], self.folder)[1]
        bad = {k: s for k, s in spoken.items() if not ends_with(s, b.expected)}
        if bad or not spoken:
            self.actual[id(b)] = re.sub(r'^SELECT .*? (?=FROM "blog_entry" |FROM "blog_blog" )', "", next(iter(spoken.values()), ""))
            self.complain(b, "".join(f"\n  {k}: {s}" for k, s in bad.items()) + f"\n  expected the end {b.expected}")

    def block(self, b):
        if b.file:
            (self.folder / b.file).write_text(b.text + "\n")
            return
        if b.language == "row":
            self.row(b)
            return
        if b.language == "sh":
            code, said = run(["bash", "-euo", "pipefail", "-c", b.text], self.folder)
        elif b.language == "python":
            code, said = shell(self.folder, b.text)
        else:
            code, said = run([self.program, str(b.number)], self.folder)
        self.actual[id(b)] = said
        if code != 0:
            self.complain(b, f"ended with code {code}:\n{said}")
        elif said != tidy(b.expected):
            self.complain(b, f"printed\n{said}\n--- instead of\n{b.expected}")


def spoiled(source, blocks):
    """The page with everything that is expected changed."""
    lines = source.split("\n")
    for b in sorted((b for b in blocks if b.lines), key=lambda b: -b.lines[0]):
        if b.language == "row":
            lines[b.lines[0]] = LAST_CELL.sub(r"`\1 x` |", lines[b.lines[0]])
        else:
            lines[b.lines[1] - 1] += " x"
    return "\n".join(lines)


def blessed(source, blocks, actual):
    lines = source.split("\n")
    for b in sorted((b for b in blocks if b.lines and id(b) in actual), key=lambda b: -b.lines[0]):
        if b.language == "row":
            lines[b.lines[0]] = LAST_CELL.sub(lambda _: "`" + actual[id(b)].replace("|", "\\|") + "` |", lines[b.lines[0]])
            continue
        lines[b.lines[0]:b.lines[1]] = actual[id(b)].split("\n")
    return "\n".join(lines)


def main(arguments):
    how = arguments.pop(0) if arguments[0].startswith("--") else ""
    work, pages = Path(arguments[0]), arguments[1:]
    sources = {page: Path(page).read_text() for page in pages}
    if how == "--spoil":
        sources = {page: spoiled(s, read(page, s)) for page, s in sources.items()}
    blocks = {page: read(page, s) for page, s in sources.items()}
    everything = [b for page in pages for b in blocks[page]]
    work.mkdir(parents=True, exist_ok=True)
    for b in everything:
        if b.file:
            (work / b.file).write_text(b.text + "\n")
    program = compiled(work, program_of(everything))

    start, failed = None, []
    for page in pages:
        folder = work / Path(page).stem / "blog"  # the folder of a models.py names its tables
        shutil.rmtree(folder, ignore_errors=True)
        if start is None:
            folder.mkdir(parents=True)
            start = folder
        else:
            shutil.copytree(start, folder)
        one = Run(program, folder)
        for b in blocks[page]:
            one.block(b)
        failed += one.wrong
        if how == "--bless":
            Path(page).write_text(blessed(sources[page], blocks[page], one.actual))
    checks = [b for b in everything if b.checked and (b.lines or how != "--spoil")]
    if how == "--spoil":
        passed = [b for b in checks if b not in failed]
        for b in passed:
            print(f"{b.place}: passes whatever is expected of it")
        return 1 if passed or not checks else 0
    print(f"{len(checks)} blocks and rows, {len(failed)} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Wrong as e:
        print(e)
        sys.exit(1)

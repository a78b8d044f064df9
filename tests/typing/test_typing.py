"""mypy, strict, agrees with what these files say: all of ``*_ok.py`` is right, and just the marked lines are wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

HERE = Path(__file__).parent
RIGHT = sorted(path.name for path in HERE.glob("*_ok.py"))
WRONG = sorted(path.name for path in HERE.glob("*_wrong.py"))
REPORT = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): error: (?P<text>.*?)  \[(?P<code>[\w-]+)\]")
MARK = re.compile(r"# wrong: ([\w-]+)")


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[int, set[str]]]:
    """Return mypy's codes by line, by file."""
    paths = [str(HERE / name) for name in (*RIGHT, *WRONG)]
    root = HERE.parents[1]
    # Code without an effect is not what is looked for here.
    output, errors, _ = api.run(["--strict", "--config-file", str(root / "pyproject.toml"), *paths])
    assert errors == ""
    found: dict[str, dict[int, set[str]]] = {}
    for match in filter(None, map(REPORT.match, output.splitlines())):
        found.setdefault(Path(match["file"]).name, {}).setdefault(int(match["line"]), set()).add(match["code"])
    return found


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_accepted(reports, name):
    assert reports.get(name, {}) == {}


@pytest.mark.parametrize("name", WRONG)
def test_just_the_marked_lines_are_refused(reports, name):
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    marked = {number: {match[1]} for number, line in enumerate(lines, 1) if (match := MARK.search(line))}
    assert reports.get(name, {}) == marked


def test_the_library_itself_has_no_errors(reports):
    assert {name: lines for name, lines in reports.items() if name not in (*RIGHT, *WRONG)} == {}

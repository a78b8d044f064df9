"""Measure the tree: sizes of files and functions, and how many tests there are.

``python tools/measure.py`` prints a table; ``tests/architecture/test_ceilings.py`` holds the ceilings with the same
functions, so both mean the same by "lines". This module must not import helenus: it reads text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

__all__ = ["ROOT", "Function", "functions", "lines", "python_files", "tests"]

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "examples", "benchmarks", "tools")
FILE_SOFT, FILE_HARD, FUNCTION_HARD = 400, 600, 40


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method.

    Args:
        path: the file that it stands in.
        line: the line of its ``def``.
        name: its name.
        size: lines of its body from the first statement to the last, the docstring not counted.
    """

    path: Path
    line: int
    name: str
    size: int

    def __str__(self) -> str:
        """Print as an editor's location."""
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.name}: {self.size} lines"


def python_files(*folders: str) -> list[Path]:
    """List the Python files below some folders of the repository, in order of their paths."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def lines(path: Path) -> int:
    """Count the lines of a file."""
    return path.read_text(encoding="utf-8").count("\n")


def functions(path: Path) -> Iterator[Function]:
    """Find every function of a file, nested ones and methods too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            size = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            yield Function(path, node.lineno, node.name, size)


def tests(path: Path) -> int:
    """Count the test functions of a file, as written: a table of twenty rows is one."""
    return sum(function.name.startswith("test_") for function in functions(path))


def summary(sizes: Sequence[int]) -> str:
    """Say median, ninth decile and maximum of some sizes."""
    if not sizes:
        return "none"
    ninth = quantiles(sizes, n=10)[-1] if len(sizes) > 1 else sizes[0]
    return f"{len(sizes):5}   median {median(sizes):4.0f}   p90 {ninth:4.0f}   max {max(sizes):4}   sum {sum(sizes):6}"


def report() -> None:
    """Print the measures of each folder, then whatever comes near a ceiling."""
    for folder in FOLDERS:
        paths = python_files(folder)
        if paths:
            print(f"{folder:10} files     {summary([lines(path) for path in paths])}")
            print(f"{'':10} functions {summary([function.size for path in paths for function in functions(path)])}")
    print(f"tests      functions {sum(tests(path) for path in python_files('tests')):5} (rows of tables not counted)")
    everything = python_files(*FOLDERS)
    for path in everything:
        if lines(path) > FILE_SOFT:
            print(f"over {FILE_SOFT} lines: {path.relative_to(ROOT)}: {lines(path)} (ceiling {FILE_HARD})")
    for function in (function for path in everything for function in functions(path)):
        if function.size > FUNCTION_HARD:
            print(f"over {FUNCTION_HARD} lines: {function}")


if __name__ == "__main__":
    report()

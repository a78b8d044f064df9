"""Every module says what it is for, and every public name what it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools import measure

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Documented]]:
    """Find public classes and functions, and the public methods of public classes; overloads are not counted."""
    for node in body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            if "overload" in [ast.unparse(decorator) for decorator in node.decorator_list]:
                continue
            if any(ast.unparse(decorator).endswith((".setter", ".deleter")) for decorator in node.decorator_list):
                continue
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}{node.name}.")


def test_every_module_begins_with_a_docstring():
    paths = measure.python_files("src", "tools", "examples", "benchmarks")
    assert [str(path) for path in paths if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_every_public_name_has_a_docstring():
    bare = [
        f"{path.relative_to(measure.ROOT)}:{node.lineno} {name}"
        for path in measure.python_files("src")
        for name, node in public(ast.parse(path.read_text(encoding="utf-8")).body, "")
        if not ast.get_docstring(node)
    ]
    assert bare == []

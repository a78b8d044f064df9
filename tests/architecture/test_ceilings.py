"""No file and no function grows past the size that a reader can hold."""

from __future__ import annotations

from tools import measure

EXCEPTIONS: frozenset[str] = frozenset()


def too_large(function: measure.Function) -> bool:
    return function.size > measure.FUNCTION_HARD and function.name not in EXCEPTIONS


def test_no_file_is_longer_than_the_ceiling():
    sizes = {path: measure.lines(path) for path in measure.python_files(*measure.FOLDERS)}
    assert {path: size for path, size in sizes.items() if size > measure.FILE_HARD} == {}


def test_no_function_is_longer_than_the_ceiling_docstring_not_counted():
    functions = [function for path in measure.python_files(*measure.FOLDERS) for function in measure.functions(path)]
    assert [str(function) for function in functions if too_large(function)] == []


def test_a_docstring_does_not_count_and_a_body_does(tmp_path):
    source = tmp_path / "module.py"
    source.write_text('def one():\n    """Say.\n\n    Much.\n    """\n    return 1\n\n\ndef none():\n    """Only."""\n')
    assert [(function.name, function.size) for function in measure.functions(source)] == [("one", 1), ("none", 0)]


def test_the_median_function_is_short():
    sizes = sorted(function.size for path in measure.python_files("src") for function in measure.functions(path))
    assert sizes[len(sizes) // 2] <= 10

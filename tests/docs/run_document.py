"""Run the Python blocks of one page, in order, in one namespace; the first one that fails ends the run.

Usage: ``python run_document.py PAGE OLD=NEW ...``, where each pair replaces an address that the page writes by the one
that a test cluster has. Tracebacks show the page and the line in it.
"""

from __future__ import annotations

import sys

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser


def main(page: str, *replacements: str) -> None:
    """Evaluate all blocks of a page."""
    pairs = [pair.split("=") for pair in replacements]

    def evaluate(example: Example) -> None:
        source = str(example.parsed)
        for old, new in pairs:
            source = source.replace(f'"{old}"', f'"{new}"')
        lines_above = "\n" * (example.line + example.parsed.line_offset)
        exec(compile(lines_above + source, example.path, "exec"), example.namespace)  # noqa: S102 - what it is for

    document = Sybil([CodeBlockParser("python", evaluate)]).parse(page)
    document.namespace["__name__"] = "page"
    for example in document.examples():
        example.evaluate()


if __name__ == "__main__":
    main(*sys.argv[1:])

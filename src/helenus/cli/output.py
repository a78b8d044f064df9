"""How commands print: tables or JSON on standard output, progress on standard error.

On a terminal, progress is a line that moves and statuses have colours; elsewhere, or with ``NO_COLOR`` or ``CI`` set,
everything is plain lines. It does not know what is printed.
"""

from __future__ import annotations

import contextlib
import enum
import json
import os
import sys
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.progress import TaskID

    from helenus.cassandra import Progress

OK, FINDINGS, USAGE, CANNOT_CONNECT = 0, 1, 2, 3
"""Exit statuses of every command."""

STYLES = {"UN": "green", "DN": "red"}


class Format(enum.StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"


def is_interactive(stream: TextIO) -> bool:
    """Tell whether a person looks at a stream who wants colours and moving lines."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and not os.environ.get("CI")


def print_json(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(value, indent=2))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as their widest cell, as nodetool does."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True) if is_interactive(sys.stdout) else None
    for line in lines:
        if console is None:
            print(line.rstrip())
        else:
            console.print(Text.assemble((line[:2], STYLES.get(line[:2], "")), line[2:].rstrip()))


@contextlib.contextmanager
def shown_progress(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Show the steps of a start while the block runs: one moving line for each cluster, or a line for each stage."""
    if quiet:
        yield None
    elif is_interactive(sys.stderr):
        with _moving_lines() as show:
            yield show
    else:
        yield _plain_lines()


@contextlib.contextmanager
def _moving_lines() -> Iterator[Callable[[Progress], None]]:
    console = Console(file=sys.stderr)
    columns = (SpinnerColumn(), TextColumn("[bold]{task.fields[cluster]}"), TimeElapsedColumn())
    # The message takes what room is left, and is cut rather than let it squeeze the others.
    message = TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True))
    with Bars(*columns, message, console=console, transient=True, expand=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: Progress) -> None:
            if step.cluster not in tasks:
                tasks[step.cluster] = bars.add_task("", cluster=step.cluster)
            bars.update(tasks[step.cluster], description=step.message)

        yield show


def _plain_lines() -> Callable[[Progress], None]:
    stages: dict[str, str] = {}

    def show(step: Progress) -> None:
        if stages.get(step.cluster) != step.stage:
            stages[step.cluster] = step.stage
            what = step.message if step.stage != "starting" else "starting the node(s)"
            print(f"{step.cluster}: {what} ({step.seconds:.1f} s)", file=sys.stderr, flush=True)

    return show

"""The tree of commands.

It knows which nouns there are, not what they do: each noun is a module of its own.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from helenus import __version__
from helenus.cli import cassandra
from helenus.cli.output import CANNOT_CONNECT, is_interactive
from helenus.errors import HelenusError

app = typer.Typer(
    name="helenus",
    help="Object mapper for Apache Cassandra and ScyllaDB.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if is_interactive(sys.stderr) else None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cassandra.app, name="cassandra")


def run() -> None:
    """Run the command that the process's arguments name; an error that helenus explains is printed, not traced."""
    try:
        app(prog_name="helenus")
    except HelenusError as error:
        print(f"helenus: {error}", *getattr(error, "__notes__", ()), sep="\n", file=sys.stderr)
        raise SystemExit(CANNOT_CONNECT) from None


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"helenus {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before any command."""

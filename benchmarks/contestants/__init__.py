"""The contestants: one module each, imported only in the worker process of that contestant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entrant:
    """A contestant as the controller knows it, which imports none of them.

    Args:
        name: as on the command line.
        module: below ``benchmarks.contestants``; it has a class ``Worker``.
        venv: its virtual environment, made from ``constraints-<venv>.txt``; None is the project's own.
        packages: distributions whose versions are told.
        differs: what it does otherwise than the others, for the report.
    """

    name: str
    module: str
    venv: str | None
    packages: tuple[str, ...]
    differs: str


_DRIVER = ("scylla-driver",)

ENTRANTS = (
    Entrant(
        "raw",
        "raw",
        None,
        _DRIVER,
        "The driver by hand: statements prepared once, rows as tuples, TCP_NODELAY. It makes no instances.",
    ),
    Entrant(
        "raw-default",
        "raw_default",
        None,
        _DRIVER,
        "The same with the driver's own socket options, only for the batch of 100 rows, where they matter.",
    ),
    Entrant(
        "helenus",
        "mapper",
        None,
        ("helenus", *_DRIVER),
        "Converts a value when its attribute is read (see the workload that reads them all); sets TCP_NODELAY itself;"
        " fetches the next page of a read while the one before is loaded. A sync asks the server for the schema. A"
        " batch is made of instances that are saved in it, so each row is constructed.",
    ),
    Entrant(
        "cqlengine",
        "engine",
        None,
        _DRIVER,
        "The driver's mapper; TCP_NODELAY is set for it. Statements are not prepared: values are written into the CQL."
        " A sync compares with the driver's copy of the schema and asks the server nothing. It has no call for"
        " concurrent writes.",
    ),
    Entrant(
        "coodie",
        "coodie",
        "coodie",
        ("coodie", "pydantic", *_DRIVER),
        "TCP_NODELAY is set for it. Reads skip validation (its default), a save writes every column, a batch is one"
        " prepared text with all its statements. What it remembers of synced tables is cleared before each sync, since"
        " it would send nothing otherwise. It has no synchronous call for concurrent writes.",
    ),
    Entrant(
        "scyllapy",
        "scyllapy",
        "scyllapy",
        ("scyllapy",),
        "A client in Rust, asyncio only: one coroutine awaits one statement after the other, except in concurrent"
        " writes (100 coroutines). Rows become dataclass instances. It fetches in one page.",
    ),
    Entrant(
        "acsylla",
        "acsylla",
        "acsylla",
        ("acsylla",),
        "A client on the C++ driver, asyncio only, used like scyllapy. Rows become tuples, not instances; UUIDs are"
        " text.",
    ),
)
BY_NAME = {entrant.name: entrant for entrant in ENTRANTS}

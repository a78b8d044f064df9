"""One change of a schema as a value: where it is made, its statement, and why; and a list of them, a plan.

This module does not know how a plan is made nor who carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from helenus.connection.request import Options, Request
from helenus.cql.ast import Statement
from helenus.cql.render import render

__all__ = ["Place", "Plan", "Step"]

# A change waits for the schema agreement of all nodes; the usual 10 seconds for a query are too few for it.
_PATIENT = Options(timeout=120.0)


class Place(NamedTuple):
    """Where a schema lives.

    Args:
        connection: the registered name of the connection; None is the default one.
        keyspace: the keyspace's name.
    """

    connection: str | None
    keyspace: str

    def __str__(self) -> str:
        """Print for messages: ``keyspace 'ks1' on connection 'cluster2'``."""
        name = "the default connection" if self.connection is None else f"connection {self.connection!r}"
        return f"keyspace {self.keyspace!r} on {name}"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that changes a schema.

    Args:
        place: where it is sent.
        statement: what is sent.
        why: why it must be, as a sentence without a full stop. It takes no part in equality: the same change is the
            same step, whatever was found in its place.
    """

    place: Place
    statement: Statement
    why: str = field(compare=False)

    @property
    def cql(self) -> str:
        """The CQL text."""
        return render(self.statement)

    def request(self, label: str) -> Request:
        """Return the request that makes the change.

        Never idempotent, though most say IF [NOT] EXISTS: a driver that repeats one on another coordinator while the
        first is still at work makes two schema versions race.

        Args:
            label: who asks: ``sync_table(Automobile)``.
        """
        return Request(self.cql, connection=self.place.connection, options=_PATIENT, prepare=False, label=label)

    def __str__(self) -> str:
        """Print where, what and why: the statement on a line of its own, which cqlsh takes as it is."""
        return f"-- {self.place}: {self.why}\n{self.cql};"


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be done so that a schema is what is wanted.

    Args:
        steps: the changes, in order.
        warnings: what differs and cannot be changed; the caller is told.
        notes: what is worth a line in the log.
    """

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Plan) -> Plan:
        """Return this plan and then the other."""
        return Plan(self.steps + other.steps, self.warnings + other.warnings, self.notes + other.notes)

    def __str__(self) -> str:
        """Print all steps as CQL with comments."""
        return "\n".join(map(str, self.steps))

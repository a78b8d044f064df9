"""Who decides where an operation goes: the rule, in twenty lines, and every way in which something may be said.

``query.using`` > ``instance.using`` > ``BatchQuery(connection=)`` > ``connection.use()`` > where the instance came
from > the model > the default; connection and keyspace are decided apart. No operation can hear all of them: a query
has no place that it came from, and ``using`` excludes a batch's connection.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

SPEAKERS = ("query", "instance", "batch", "context", "origin", "model")


@dataclass(frozen=True)
class Said:
    """What each of those who may speak has said; None is nothing."""

    query: str | None = None
    instance: str | None = None
    batch: str | None = None
    context: str | None = None
    origin: str | None = None
    model: str | None = None

    def winner(self, default: str) -> str:
        """Return what is to hold."""
        return next((said for speaker in SPEAKERS if (said := getattr(self, speaker)) is not None), default)

    def __str__(self) -> str:
        """Print what was said."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return " ".join(f"{name}={value}" for name, value in said.items() if value) or "nothing"


def everything(speakers: str, *choices: str) -> Iterator[Said]:
    """Yield each combination of what the speakers may say: nothing, or one of the choices."""
    names = speakers.split()
    for said in itertools.product((None, *choices), repeat=len(names)):
        yield Said(**dict(zip(names, said, strict=True)))


def pairs(speakers: str, connections: tuple[str, str], keyspaces: tuple[str, str]) -> set[tuple[Said, Said]]:
    """Return what is said of connections together with what is said of keyspaces, each combination at least once.

    A combination of one kind meets a few of the other, not all: the two are decided apart, and the square of them all
    would be a long wait. Batches say nothing of keyspaces.
    """
    of_connections = list(everything(speakers, *connections))
    of_keyspaces = list(everything(speakers.removeprefix("batch "), *keyspaces))
    found = set()
    for index in range(max(len(of_connections), len(of_keyspaces))):
        place, keyspace = of_connections[index % len(of_connections)], of_keyspaces[(index * 7 + 3) % len(of_keyspaces)]
        found.add((place, _fit(keyspace, place, keyspaces[index % 2])))
        found.add((_fit(place, keyspace, connections[index % 2]), keyspace))
    return found


def _fit(said: Said, other: Said, choice: str) -> Said:
    """Give it an origin if the other has one, and none if not: an instance comes from both, or from nowhere."""
    return replace(said, origin=(said.origin or choice) if other.origin else None)

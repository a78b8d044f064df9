"""What all contestants share: keys that no other round has used, and how an import is timed."""

from __future__ import annotations

import abc
import gc
import itertools
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable

from benchmarks import data
from benchmarks.workloads import MEMORY_ROWS, WORKLOADS

Body = Callable[[], object]
"""The timed part of a workload: returns how many items it handled, or a dict with figures of its own."""

DRIVER_IMPORTS = "import cassandra.cluster, cassandra.concurrent, cassandra.policies, cassandra.query"
_TIMED = """
import json, time
{first}
wall, cpu = time.perf_counter(), time.process_time()
{statement}
print(json.dumps({{"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "count": 1}}))
"""


class Contestant(abc.ABC):
    """One way to do the workloads: a method for each that it can do.

    Such a method prepares what is not to be timed (the rows) and returns a ``Body``.
    """

    def __init__(self) -> None:
        """Begin with keys that are not in the tables yet."""
        self._fresh = itertools.count(data.PEOPLE)
        self._buckets = itertools.count(data.WRITE_BUCKET)
        self._round = 0

    @abc.abstractmethod
    def connect(self, host: str, port: int) -> None:
        """Connect, prepare statements and declare models."""

    @abc.abstractmethod
    def close(self) -> None:
        """Let go of the connection."""

    @classmethod
    def can(cls) -> list[str]:
        """Name the workloads that it can do."""
        return [workload.name for workload in WORKLOADS if callable(getattr(cls, workload.name, None))]

    def new_people(self, count: int) -> list[dict[str, object]]:
        """Return rows for ``person`` with keys that were never written by this contestant."""
        return [data.person(number) for number in itertools.islice(self._fresh, count)]

    def known_keys(self, count: int) -> list[object]:
        """Return keys that are in the tables, others than in the round before."""
        self._round += 1
        return [data.key((self._round * 101 + number) % data.PEOPLE) for number in range(count)]

    def small_buckets(self, count: int) -> list[int]:
        """Return partitions of ``reading`` with ten rows each."""
        buckets = data.SMALL_BUCKETS
        return [buckets[number % len(buckets)] for number in range(count)]

    def new_batches(self, count: int, rows: int) -> list[list[dict[str, object]]]:
        """Return rows for ``reading``, each batch in a partition of its own."""
        return [[data.reading(b, seq) for seq in range(rows)] for b in itertools.islice(self._buckets, count)]


def timed_import(statement: str, first: str = DRIVER_IMPORTS) -> Body:
    """Return the timing of an import in an interpreter of its own.

    Args:
        statement: what is timed.
        first: what is imported before.
    """
    program = _TIMED.format(first=first, statement=statement)

    def body() -> object:
        done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        return json.loads(done.stdout.splitlines()[-1])

    return body


def traced_memory(load: Callable[[], list[object]], times: int) -> Body:
    """Return a body that says how many bytes one loaded row takes, its values included.

    tracemalloc counts what Python allocates, exactly; RSS would count freed pages too.

    Args:
        load: reads ``MEMORY_ROWS`` rows.
        times: how often.
    """

    def body() -> dict[str, object]:
        load()  # what is cached at the first read is no instance's
        tracemalloc.start()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        kept = [load() for _ in range(times)]
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        rows = sum(map(len, kept))
        return {"count": rows // MEMORY_ROWS, "value": (after - before) / rows}

    return body

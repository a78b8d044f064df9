"""What is measured: the workloads, how often each runs in a round, and in which unit a cost is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of work; a contestant does it in a method of the same name.

    Args:
        name: as on the command line.
        title: as in tables.
        count: operations in one round.
        quick: operations in one round of ``--quick``, and of the warm-up.
        items: what one operation handles, if the cost is told per item (rows of a read).
        unit: ``us``, ``ms`` or ``bytes``.
        rounds: rounds at most; None is as many as asked for.
    """

    name: str
    title: str
    count: int
    quick: int
    items: int = 1
    unit: str = "us"
    rounds: int | None = None


WORKLOADS = (
    Workload("insert", "insert one row (10 columns, one a map)", 300, 30),
    Workload("get", "get one row by key", 300, 30),
    Workload("filter_10", "filter: 10 rows of a partition", 200, 20),
    Workload("rows", "read 10,000 rows into instances, per row", 2, 1, items=10_000),
    Workload("rows_used", "the same, and read all 10 attributes, per row", 2, 1, items=10_000),
    Workload("update", "update one column by key", 300, 30),
    Workload("modify", "read, modify, save", 200, 20),
    Workload("append", "append to a list", 200, 20),
    Workload("udt_write", "write a row with a UDT", 200, 20),
    Workload("udt_read", "read a row with a UDT", 200, 20),
    Workload("batch_10", "batch of 10 rows", 60, 6, unit="ms"),
    Workload("batch_100", "batch of 100 rows", 12, 2, unit="ms"),
    Workload("bulk", "10,000 concurrent writes, per row", 10_000, 500, rounds=7),
    Workload("construct", "construct an instance", 5000, 500),
    Workload("chain", "chain filter().limit()", 3000, 300),
    Workload("import_time", "import, on top of the driver (raw: the driver)", 1, 1, unit="ms"),
    # Ten times MEMORY_ROWS.
    Workload("memory", "memory of a loaded instance, values apart", 10, 1, unit="bytes", rounds=1),
    Workload("sync", "sync of an unchanged table", 4, 1, unit="ms"),
)
BY_NAME = {workload.name: workload for workload in WORKLOADS}
MEMORY_ROWS = 10_000
"""Rows that one operation of ``memory`` loads."""
CONCURRENCY = 100
"""Writes under way at once in ``bulk``: the default of the driver's ``execute_concurrent_with_args``."""

"""Changes of one partition, and how they come into the storage: reconciled, whatever came before them.

This module must not know statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from helenus.engine.cells import NEVER, Partition, RangeDeletion, Row, merge, shadow
from helenus.engine.rows import pack_partition, pack_row, unpack_partition, unpack_row
from helenus.engine.storage import PARTITION, Place, Span, Store

__all__ = ["Mutation", "apply_mutation", "read_partition", "read_row"]


@dataclass(slots=True)
class Mutation:
    """What changes in a partition.

    Args:
        token: the partition's token.
        key: its key.
        rows: for each place in the clustering order, what is written to the row.
        static: what is written to the static part; None for nothing.
        deletion: when the partition is deleted.
        ranges: ranges of rows that are deleted.
    """

    token: int
    key: bytes
    rows: dict[bytes, Row] = field(default_factory=dict)
    static: Row | None = None
    deletion: int = NEVER
    ranges: list[RangeDeletion] = field(default_factory=list)


def read_partition(store: Store, token: int, key: bytes) -> Partition:
    """Return what a partition has beside its rows.

    Args:
        store: the table's records.
        token: the partition's token.
        key: its key.
    """
    data = store.get(Place(token, key, PARTITION))
    return Partition() if data is None else unpack_partition(data)


def read_row(store: Store, place: Place) -> Row | None:
    """Return a row, though it may hold nothing but tombstones; None if there is none.

    Args:
        store: the table's records.
        place: where it is.
    """
    data = store.get(place)
    return None if data is None else unpack_row(data)


def apply_mutation(store: Store, mutation: Mutation) -> None:
    """Write a change.

    Args:
        store: the table's records.
        mutation: the change.
    """
    partition = read_partition(store, mutation.token, mutation.key)
    if mutation.deletion > partition.deletion:
        _delete_partition(store, mutation, partition)
    for deleted in mutation.ranges:
        _delete_range(store, mutation, deleted)
        if deleted.timestamp > partition.deletion:
            partition.ranges.append(deleted)
    if mutation.static is not None:
        partition.static = merge(partition.static, shadow(mutation.static, partition.deletion))
    if mutation.static is not None or mutation.ranges or mutation.deletion != NEVER:
        store.put(Place(mutation.token, mutation.key, PARTITION), pack_partition(partition))
    for clustering, delta in mutation.rows.items():
        place = Place(mutation.token, mutation.key, clustering)
        new = shadow(delta, partition.covering(clustering))
        before = read_row(store, place)
        _keep(store, place, merge(before or Row(delta.clustering), new))


def _keep(store: Store, place: Place, row: Row) -> None:
    if row.is_empty():
        store.remove(place)
    else:
        store.put(place, pack_row(row))


def _delete_partition(store: Store, mutation: Mutation, partition: Partition) -> None:
    partition.deletion = mutation.deletion
    partition.ranges = [one for one in partition.ranges if one.timestamp > mutation.deletion]
    partition.static = shadow(partition.static, mutation.deletion)
    _shadow_rows(store, mutation, Span(), mutation.deletion)


def _delete_range(store: Store, mutation: Mutation, deleted: RangeDeletion) -> None:
    _shadow_rows(store, mutation, Span(deleted.low, deleted.high), deleted.timestamp)


def _shadow_rows(store: Store, mutation: Mutation, span: Span, timestamp: int) -> None:
    for token, key, clustering, data in store.rows(mutation.token, mutation.key, span):
        _keep(store, Place(token, key, clustering), shadow(unpack_row(data), timestamp))

"""Who wins: Cassandra's rules of reconciliation."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus.engine.cells import (
    NEVER,
    Cell,
    Complex,
    Liveness,
    Partition,
    RangeDeletion,
    Row,
    is_live,
    merge,
    reconcile,
    shadow,
)
from helenus.engine.rows import pack_partition, pack_row, unpack_partition, unpack_row

LATER_WINS = [
    ("an older write", Cell(b"b", 1), Cell(b"a", 2)),
    ("the smaller bytes at one time", Cell(b"a", 1), Cell(b"b", 1)),
    ("a value when a tombstone has the same time", Cell(b"z", 1), Cell(None, 1)),
    ("one for ever when one that expires has the same time", Cell(b"z", 1), Cell(b"a", 1, 10, 100)),
    ("the one that expires earlier", Cell(b"z", 1, 10, 100), Cell(b"a", 1, 10, 101)),
    ("the one with the longer TTL", Cell(b"z", 1, 11, 100), Cell(b"a", 1, 10, 100)),
    ("an expiring one when a tombstone has the same time", Cell(b"z", 1, 10, 100), Cell(None, 1)),
]


@pytest.mark.parametrize(("why", "loser", "winner"), LATER_WINS)
def test_loses_in_either_order(why, loser, winner):
    assert reconcile(loser, winner) == reconcile(winner, loser) == winner, why


@pytest.mark.parametrize(
    ("cell", "now", "live"),
    [
        (Cell(b"x", 1), 10**9, True),
        (Cell(b"", 1), 0, True),
        (Cell(None, 1), 0, False),
        (Cell(b"x", 1, 5, 100), 99, True),
        (Cell(b"x", 1, 5, 100), 100, False),
    ],
)
def test_a_cell_lives_until_its_expiry(cell, now, live):
    assert is_live(cell, now) is live


def test_a_row_deletion_takes_what_is_as_old_as_itself_and_leaves_what_is_newer():
    row = Row((b"k",), Liveness(5), columns={1: Cell(b"a", 5), 2: Cell(b"b", 6)})
    assert merge(row, Row((b"k",), deletion=5)) == Row((b"k",), None, 5, {2: Cell(b"b", 6)})


def test_an_older_insert_after_a_row_deletion_stays_dead():
    deleted = Row((b"k",), deletion=5)
    assert merge(deleted, Row((b"k",), Liveness(4), columns={1: Cell(b"a", 4)})) == deleted


def test_overwriting_a_collection_drops_what_was_in_it_but_not_what_is_newer():
    old = Complex(cells={b"1": (b"1", Cell(b"", 5)), b"9": (b"9", Cell(b"", 20))})
    new = Complex(9, {b"2": (b"2", Cell(b"", 10))})
    merged = merge(Row(columns={1: old}), Row(columns={1: new}))
    assert merged.columns == {1: Complex(9, {b"2": (b"2", Cell(b"", 10)), b"9": (b"9", Cell(b"", 20))})}


def test_elements_stay_in_order_whatever_the_order_of_writes():
    row = Row(columns={1: Complex(cells={b"b": (b"b", Cell(b"", 1))})})
    merged = merge(row, Row(columns={1: Complex(cells={b"a": (b"a", Cell(b"", 1))})}))
    column = merged.columns[1]
    assert isinstance(column, Complex)
    assert list(column.cells) == [b"a", b"b"]


def test_a_later_row_deletion_makes_that_of_a_collection_needless():
    row = Row(columns={1: Complex(3, {b"a": (b"a", Cell(b"", 4))})})
    assert shadow(row, 5).columns == {}


def test_a_marker_that_expires_wins_over_an_equally_old_one_that_does_not():
    merged = merge(Row(live=Liveness(1)), Row(live=Liveness(1, 10, 100)))
    assert merged.live == Liveness(1, 10, 100)


def test_a_place_is_covered_by_the_latest_deletion_over_it():
    partition = Partition(3, [RangeDeletion(b"b", b"d", 5), RangeDeletion(b"c", b"e", 4)])
    assert [partition.covering(place) for place in (b"a", b"b", b"c", b"d", b"e")] == [3, 5, 5, 4, 3]


stamps = st.integers(1, 4)
cells = st.one_of(
    st.builds(Cell, st.sampled_from([b"a", b"b", None]), stamps, st.just(0), st.just(0)),
    st.builds(Cell, st.sampled_from([b"a", b"b"]), stamps, st.just(7), st.integers(50, 52)),
)
complexes = st.builds(
    lambda deletion, entries: Complex(deletion, dict(sorted((key, (key, cell)) for key, cell in entries.items()))),
    st.sampled_from([NEVER, 1, 2, 3]),
    st.dictionaries(st.sampled_from([b"x", b"y"]), cells),
)
rows = st.builds(
    lambda live, deletion, simple, collection: Row(
        (b"k",), live, deletion, {1: simple, 2: collection} if simple else {2: collection}
    ),
    st.one_of(st.none(), st.builds(Liveness, stamps, st.just(0), st.just(0))),
    st.sampled_from([NEVER, NEVER, 1, 2, 3]),
    st.one_of(st.none(), cells),
    complexes,
)


@given(st.lists(rows, min_size=2, max_size=4))
def test_writes_may_arrive_in_any_order(writes):
    results = []
    for order in itertools.permutations(writes):
        row = Row((b"k",))
        for write in order:
            row = merge(row, write)
        row.columns = dict(sorted(row.columns.items()))
        results.append(row)
    assert all(result == results[0] for result in results)


@given(rows)
def test_a_record_is_read_as_it_was_written(row):
    assert unpack_row(pack_row(row)) == row


@given(rows, stamps)
def test_a_partitions_record_is_read_as_it_was_written(row, deletion):
    row.clustering = ()
    partition = Partition(deletion, [RangeDeletion(b"a", b"b", 3), RangeDeletion(b"", b"\xff", 4)], row)
    assert unpack_partition(pack_partition(partition)) == partition

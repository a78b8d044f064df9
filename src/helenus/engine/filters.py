"""Relations that are asked of each row that was read, because no key answers them.

This module must not know how rows are found.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from helenus.cql.types import List, Map, Set, unfreeze
from helenus.engine.catalog import ColumnMeta
from helenus.engine.errors import InvalidRequest
from helenus.engine.found import Found, reader
from helenus.engine.marshal import read_cells
from helenus.engine.order import order_of
from helenus.engine.terms import UNSET, Evaluate, Values

__all__ = ["COMPARISONS", "Filter", "Test", "TupleFilter"]

Test: TypeAlias = Callable[[Found], bool]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A relation on one column.

    Args:
        column: the column.
        operator: as in ``ast.Relation``.
        values: what to compare with: one, or after IN several.
        key: the key of a map entry, or None.
    """

    column: ColumnMeta
    operator: str
    values: Callable[[Values], Sequence[bytes]]
    key: Evaluate | None = None

    def bind(self, values: Values) -> Test:
        """Return the test for bound values.

        Args:
            values: the bound values.
        """
        read = reader(self.column)
        given = self.values(values)
        if self.operator.startswith("CONTAINS"):
            return self._contains(given[0])
        of = self.column.resolved
        if self.key is not None:
            return self._entry(self.key(values), given[0])
        place = order_of(of)
        wanted = [place(value) for value in given]
        if self.operator == "IN":
            chosen = frozenset(wanted)
            return lambda found: (value := read(found)) is not None and place(value) in chosen
        compare = COMPARISONS[self.operator]
        return lambda found: (value := read(found)) is not None and compare(place(value), wanted[0])

    def _contains(self, wanted: bytes) -> Test:
        read = reader(self.column)
        of = unfreeze(self.column.resolved)
        width, offset = (2, 0 if self.operator == "CONTAINS KEY" else 1) if isinstance(of, Map) else (1, 0)
        if not isinstance(of, List | Set | Map):
            raise InvalidRequest(f"Cannot use {self.operator} on non-collection column {self.column.name}")
        place = order_of(of.children()[offset])
        key = place(wanted)

        def test(found: Found) -> bool:
            value = read(found)
            return value is not None and any(place(cell) == key for cell in read_cells(value, width)[offset::width])

        return test

    def _entry(self, wanted_key: object, wanted: bytes) -> Test:
        read = reader(self.column)
        of = unfreeze(self.column.resolved)
        if not isinstance(of, Map) or not isinstance(wanted_key, bytes):
            raise InvalidRequest(f"Invalid null map key for column {self.column.name}")
        keys, elements = order_of(of.key), order_of(of.value)
        key, element = keys(wanted_key), elements(wanted)
        compare = COMPARISONS[self.operator]

        def test(found: Found) -> bool:
            value = read(found)
            if value is None:
                return False
            cells = read_cells(value, 2)
            pairs = zip(cells[::2], cells[1::2], strict=True)
            return any(keys(one) == key and compare(elements(other), element) for one, other in pairs)

        return test


@dataclass(frozen=True, slots=True)
class TupleFilter:
    """A relation on several clustering columns at once, whose directions differ.

    Args:
        columns: the columns.
        operator: one of ``= < <= > >=``.
        values: what to compare each with.
    """

    columns: tuple[ColumnMeta, ...]
    operator: str
    values: tuple[Evaluate, ...]

    def bind(self, values: Values) -> Test:
        """Return the test for bound values.

        Args:
            values: the bound values.
        """
        places = [order_of(column.resolved) for column in self.columns]
        wanted: list[bytes] = []
        for column, place, part in zip(self.columns, places, self.values, strict=True):
            value = part(values)
            if value is None or value is UNSET:
                raise InvalidRequest(f"Invalid {'null' if value is None else 'unset'} value for column {column.name}")
            wanted.append(place(value))
        reads = [reader(column) for column in self.columns]
        compare = COMPARISONS[self.operator]

        def test(found: Found) -> bool:
            given = [read(found) for read in reads]
            return None not in given and compare(
                [place(value) for place, value in zip(places, given, strict=True)], wanted
            )

        return test

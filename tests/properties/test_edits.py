"""Any sequence of edits to a loaded instance, followed by save, leaves the row equal to the instance."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.models import DECIMAL, ENGINE, PART, SMALL, TEXT, Garage

Edit = Callable[[Garage], object]
WORD = st.sampled_from(["a", "b", "c", "d"])


def _edit(make: Callable[..., Edit], *values: st.SearchStrategy[object]) -> st.SearchStrategy[Edit]:
    return st.builds(make, *values)


def _in_lift(garage: Garage, change: Callable[[object], object]) -> None:
    if garage.lift is not None:
        change(garage.lift)


EDITS: st.SearchStrategy[Edit] = st.one_of(
    _edit(lambda v: lambda g: setattr(g, "name", v), st.none() | TEXT),
    _edit(lambda v: lambda g: setattr(g, "size", v), st.none() | SMALL),
    _edit(lambda v: lambda g: setattr(g, "mayor", v), st.none() | TEXT),
    _edit(lambda v: lambda g: setattr(g, "cars", v), st.none() | st.lists(WORD, max_size=4)),
    _edit(lambda v: lambda g: g.cars is not None and g.cars.append(v), WORD),
    _edit(lambda v: lambda g: g.cars is not None and g.cars.insert(0, v), WORD),
    _edit(lambda v: lambda g: g.cars is not None and g.cars.extend(v), st.lists(WORD, max_size=3)),
    _edit(lambda _: lambda g: g.cars and g.cars.pop(), st.none()),
    _edit(lambda _: lambda g: g.cars is not None and g.cars.sort(), st.none()),
    _edit(lambda v: lambda g: setattr(g, "staff", v), st.none() | st.sets(WORD)),
    _edit(lambda v: lambda g: g.staff is not None and g.staff.add(v), WORD),
    _edit(lambda v: lambda g: g.staff is not None and g.staff.discard(v), WORD),
    _edit(lambda v: lambda g: setattr(g, "stock", v), st.none() | st.dictionaries(WORD, SMALL)),
    _edit(lambda k, v: lambda g: g.stock is not None and g.stock.update({k: v}), WORD, SMALL),
    _edit(lambda k: lambda g: g.stock is not None and g.stock.pop(k, None), WORD),
    _edit(lambda _: lambda g: g.stock is not None and g.stock.clear(), st.none()),
    _edit(lambda v: lambda g: g.hours.append(v), SMALL),
    _edit(lambda v: lambda g: setattr(g, "lift", v), st.none() | PART),
    _edit(lambda v: lambda g: _in_lift(g, lambda lift: setattr(lift, "name", v)), st.none() | TEXT),
    _edit(lambda v: lambda g: _in_lift(g, lambda lift: lift.engine and setattr(lift.engine, "fuel", v)), TEXT),
    _edit(lambda k, v: lambda g: _in_lift(g, lambda lift: lift.prices.update({k: v})), WORD, DECIMAL),
    _edit(lambda k, v: lambda g: g.lifts.update({k: v}), WORD, ENGINE),
    _edit(lambda k, v: lambda g: k in g.lifts and g.lifts[k].tags.append(v), WORD, WORD),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.booleans(), st.lists(st.lists(EDITS, max_size=6), min_size=1, max_size=4))
def test_edits_and_save_leave_the_row_equal_to_the_instance(fresh: bool, rounds: list[list[Edit]]) -> None:
    """Edit a loaded instance (or one that was just created), save it, and read it again; several times over."""
    key = {"town": str(uuid.uuid4()), "number": 1}
    garage = Garage.create(**key, name="start", cars=["a"], staff={"a", "b"}, stock={"a": 1})
    if not fresh:
        garage = Garage.get(**key)
    for edits in rounds:
        for edit in edits:
            edit(garage)
        garage.save()
        assert garage.get_changed_columns() == []
        assert Garage.get(**key) == garage

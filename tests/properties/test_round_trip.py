"""Whatever is written is read back equal, whatever the column's type."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.models import VALUES, EveryType

LONG = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_there_is_a_strategy_for_every_column() -> None:
    """A column that is added to the model is tested too."""
    assert set(VALUES) == set(EveryType.__table__.by_name) - {"id"}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_any_type_is_read_back_equal(name: str) -> None:
    """One column at a time: created, then read by key."""

    @LONG
    @given(VALUES[name])
    def check(value: object) -> None:
        written = EveryType.create(id=uuid.uuid4(), **{name: value})
        read = EveryType.get(id=written.id)
        assert read[name] == value
        assert written == read

    check()


@LONG
@given(st.fixed_dictionaries({}, optional=VALUES), st.fixed_dictionaries({}, optional=VALUES))
def test_any_columns_together_are_read_back_equal_and_replaced_equal(
    first: dict[str, object], second: dict[str, object]
) -> None:
    """Several columns at once; then the loaded row takes other values, and is read back again."""
    key = uuid.uuid4()
    written = EveryType.create(id=key, **first)
    loaded = EveryType.get(id=key)
    assert loaded == written
    for name, value in second.items():
        loaded[name] = value
    loaded.save()
    assert EveryType.get(id=key) == loaded


@LONG
@given(st.fixed_dictionaries({}, optional=VALUES))
def test_saving_what_was_loaded_changes_nothing(values: dict[str, object]) -> None:
    """Reading every value of a loaded row makes none of them dirty."""
    key = uuid.uuid4()
    EveryType.create(id=key, **values)
    loaded = EveryType.get(id=key)
    dict(loaded)
    assert loaded.get_changed_columns() == []

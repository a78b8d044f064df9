"""The environment may forbid schema changes; unset, it says nothing."""

from __future__ import annotations

import pytest

from helenus.errors import SchemaException
from helenus.schema.permission import check_permission

VARIABLES = ["CQLENG_ALLOW_SCHEMA_MANAGEMENT", "HELENUS_ALLOW_SCHEMA_MANAGEMENT"]


@pytest.mark.parametrize(
    "environment", [{}, *({name: value} for name in VARIABLES for value in ("", "1", "true", "yes"))]
)
def test_nothing_is_said_unless_it_is_forbidden(environment):
    check_permission(environment)


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", ["0", "false", "No", " FALSE "])
def test_a_no_is_obeyed_and_named(variable, value):
    with pytest.raises(SchemaException, match=f"{variable}={value}.*plan_table"):
        check_permission({variable: value})

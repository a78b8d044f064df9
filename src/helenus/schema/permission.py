"""Whether this process may change a schema: an environment variable can forbid it.

cqlengine only warned while the variable was unset. Here nothing is said then, and a deployment that must never send
DDL (web workers, for one) sets it to ``0``, which is obeyed.
"""

from __future__ import annotations

from collections.abc import Mapping

from helenus.errors import SchemaException

__all__ = ["CQLENG_ALLOW_SCHEMA_MANAGEMENT", "HELENUS_ALLOW_SCHEMA_MANAGEMENT", "check_permission"]

CQLENG_ALLOW_SCHEMA_MANAGEMENT = "CQLENG_ALLOW_SCHEMA_MANAGEMENT"
HELENUS_ALLOW_SCHEMA_MANAGEMENT = "HELENUS_ALLOW_SCHEMA_MANAGEMENT"

_NO = frozenset({"0", "false", "no"})


def check_permission(environment: Mapping[str, str]) -> None:
    """Refuse if the environment forbids to change schemas.

    Args:
        environment: the process's environment variables.

    Raises:
        SchemaException: one of the two variables is ``0``, ``false`` or ``no``, in any case.
    """
    for variable in (HELENUS_ALLOW_SCHEMA_MANAGEMENT, CQLENG_ALLOW_SCHEMA_MANAGEMENT):
        value = environment.get(variable, "")
        if value.strip().lower() in _NO:
            raise SchemaException(
                f"this process may not change schemas: its environment says {variable}={value}. Unset it, or sync"
                " from a process that may; plan_table() shows what would be done and is always allowed"
            )

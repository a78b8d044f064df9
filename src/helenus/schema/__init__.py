"""Models and the live schema: create, compare, change; users import it as ``management``."""

from __future__ import annotations

from helenus.schema.permission import CQLENG_ALLOW_SCHEMA_MANAGEMENT
from helenus.schema.steps import Place, Step
from helenus.schema.sync import (
    acreate_keyspace_network_topology,
    acreate_keyspace_simple,
    acreate_simple_keyspace,
    adrop_keyspace,
    adrop_table,
    adrop_type,
    aplan_table,
    async_table,
    async_type,
    create_keyspace_network_topology,
    create_keyspace_simple,
    create_simple_keyspace,
    drop_keyspace,
    drop_table,
    drop_type,
    get_create_type,
    plan_table,
    sync_table,
    sync_type,
)

__all__ = [
    "CQLENG_ALLOW_SCHEMA_MANAGEMENT",
    "Place",
    "Step",
    "acreate_keyspace_network_topology",
    "acreate_keyspace_simple",
    "acreate_simple_keyspace",
    "adrop_keyspace",
    "adrop_table",
    "adrop_type",
    "aplan_table",
    "async_table",
    "async_type",
    "create_keyspace_network_topology",
    "create_keyspace_simple",
    "create_simple_keyspace",
    "drop_keyspace",
    "drop_table",
    "drop_type",
    "get_create_type",
    "plan_table",
    "sync_table",
    "sync_type",
]

"""What the engine answers about itself: the rows of ``system``, ``system_schema`` and ``system_virtual_schema``.

This module must not know how a query finds them.
"""

from __future__ import annotations

import ipaddress
import struct
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from helenus.cql.types import CQLType, List, Map, Set, unfreeze
from helenus.engine.catalog import Catalog, ColumnMeta, Index, Keyspace, Table
from helenus.engine.cells import Cell, Complex, Liveness, Row
from helenus.engine.marshal import pack_collection
from helenus.engine.order import order_of
from helenus.engine.partitioner import join_key, token
from helenus.engine.restrictions import ONLY_ROW
from helenus.engine.rows import pack_row
from helenus.engine.storage import MemoryStore, Record

__all__ = ["NodeInfo", "system_store"]

Fields: TypeAlias = Mapping[str, object]
"""A row as Python values by column; absent ones are null."""


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What the node says of itself.

    Args:
        address: where clients reach it.
        port: the native transport's port.
        cluster_name: the cluster's name.
        data_center: the node's data center.
        rack: the node's rack.
        host_id: its identity.
        tokens: where its range of the ring ends.
        release_version: the Cassandra release that it stands for.
    """

    address: str = "127.0.0.1"
    port: int = 9042
    cluster_name: str = "embedded"
    data_center: str = "datacenter1"
    rack: str = "rack1"
    host_id: uuid.UUID = field(default_factory=uuid.uuid4)
    tokens: tuple[str, ...] = ("0",)
    release_version: str = "5.0.6"


def system_store(table: Table, catalog: Catalog, node: NodeInfo) -> MemoryStore:
    """Return the records of a system table.

    Args:
        table: the table.
        catalog: what there is.
        node: what the node says of itself.
    """
    make = _ROWS.get((table.keyspace, table.name))
    return MemoryStore(_record(table, fields) for fields in (make(catalog, node) if make is not None else ()))


def _record(table: Table, fields: Fields) -> Record:
    key = join_key([_bytes(column.resolved, fields[column.name]) for column in table.partition_key])
    clustering = tuple(_bytes(column.resolved, fields[column.name]) for column in table.clustering)
    place = b"".join([column.orderer(value) for column, value in zip(table.clustering, clustering, strict=True)])
    row = Row(clustering, Liveness(0))
    for column in table.regular:
        value = fields.get(column.name)
        if value is not None:
            row.columns[column.number] = _cells(column, value)
    return Record(token(key), key, place or ONLY_ROW, pack_row(row))


def _cells(column: ColumnMeta, value: object) -> Cell | Complex:
    of = column.resolved
    if column.is_multicell and isinstance(of, Set) and isinstance(value, Sequence | frozenset):
        paths = [_bytes(of.element, one) for one in value]
        place_of = order_of(of.element)
        return Complex(cells={place: (path, Cell(b"", 0)) for place, path in sorted((place_of(p), p) for p in paths)})
    return Cell(_bytes(of, value), 0)


def _bytes(of: CQLType, value: object) -> bytes:
    """Return the bytes of a Python value, for the types that system tables have."""
    plain = unfreeze(of)
    match plain, value:
        case Map(), Mapping():
            pairs = sorted((_bytes(plain.key, key), _bytes(plain.value, one)) for key, one in value.items())
            return pack_collection([part for pair in pairs for part in pair], 2)
        case Set(), frozenset() | tuple():
            return pack_collection(sorted(_bytes(plain.element, one) for one in value))
        case List(), tuple():
            return pack_collection([_bytes(plain.element, one) for one in value])
        case _, bool():
            return b"\x01" if value else b"\x00"
        case _, int():
            return value.to_bytes(8 if str(plain) in {"bigint", "timestamp"} else 4, signed=True)
        case _, float():
            return struct.pack(">d", value)
        case _, uuid.UUID():
            return value.bytes
        case _, bytes():
            return value
        case _ if str(plain) == "inet":
            return ipaddress.ip_address(str(value)).packed
        case _:
            return str(value).encode()


# ---- system ----------------------------------------------------------------------------------------------------------


def _local(catalog: Catalog, node: NodeInfo) -> Iterator[Fields]:
    yield {
        "key": "local",
        "bootstrapped": "COMPLETED",
        "broadcast_address": node.address,
        "broadcast_port": 7000,
        "cluster_name": node.cluster_name,
        "cql_version": "3.4.7",
        "data_center": node.data_center,
        "gossip_generation": 1,
        "host_id": node.host_id,
        "listen_address": node.address,
        "listen_port": 7000,
        "native_protocol_version": "5",
        "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
        "rack": node.rack,
        "release_version": node.release_version,
        "rpc_address": node.address,
        "rpc_port": node.port,
        "schema_version": catalog.version,
        "tokens": frozenset(node.tokens),
    }


# ---- system_schema ---------------------------------------------------------------------------------------------------


def _real(catalog: Catalog, *, virtual: bool = False) -> list[Keyspace]:
    return [keyspace for keyspace in catalog.keyspaces.values() if keyspace.virtual == virtual]


def _tables(catalog: Catalog, *, virtual: bool = False) -> Iterator[Table]:
    for keyspace in _real(catalog, virtual=virtual):
        yield from keyspace.tables.values()


def _keyspace_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for keyspace in _real(catalog):
        yield {
            "keyspace_name": keyspace.name,
            "durable_writes": keyspace.durable_writes,
            "replication": keyspace.replication,
        }


def _table_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for table in _tables(catalog):
        flags = frozenset({"compound", "counter"}) if table.is_counter else frozenset({"compound"})
        yield {
            **table.options,
            "flags": flags,
            "keyspace_name": table.keyspace,
            "table_name": table.name,
            "id": table.id,
        }


def _column_fields(table: Table) -> Iterator[Fields]:
    for column in table.columns:
        order = "none" if column.kind != "clustering" else "desc" if column.descending else "asc"
        yield {
            "keyspace_name": table.keyspace,
            "table_name": table.name,
            "column_name": column.name,
            "clustering_order": order,
            "column_name_bytes": column.name.encode(),
            "kind": column.kind,
            "position": column.position,
            "type": str(column.type),
        }


def _column_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for table in _tables(catalog):
        yield from _column_fields(table)


def _type_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for keyspace in _real(catalog):
        for of in keyspace.types.values():
            yield {
                "keyspace_name": keyspace.name,
                "type_name": of.name,
                "field_names": tuple(name for name, _ in of.fields),
                "field_types": tuple(str(part) for _, part in of.fields),
            }


def _index_options(index: Index) -> dict[str, str]:
    target = index.column if index.target == "simple" else f"{index.target}({index.column})"
    custom = {} if index.custom_class is None else {"class_name": index.custom_class}
    return {**index.options, **custom, "target": target}


def _index_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for table in _tables(catalog):
        for index in table.indexes:
            yield {
                "keyspace_name": table.keyspace,
                "table_name": table.name,
                "index_name": index.name,
                "kind": "COMPOSITES" if index.custom_class is None else "CUSTOM",
                "options": _index_options(index),
            }


def _dropped_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for table in _tables(catalog):
        for column in table.dropped:
            yield {
                "keyspace_name": table.keyspace,
                "table_name": table.name,
                "column_name": column.name,
                "dropped_time": column.dropped_time // 1000,
                "kind": column.kind,
                "type": column.type,
            }


# ---- system_virtual_schema -------------------------------------------------------------------------------------------


def _virtual_keyspace_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for keyspace in _real(catalog, virtual=True):
        yield {"keyspace_name": keyspace.name}


def _virtual_table_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for table in _tables(catalog, virtual=True):
        yield {"keyspace_name": table.keyspace, "table_name": table.name, "comment": ""}


def _virtual_column_rows(catalog: Catalog, _: NodeInfo) -> Iterator[Fields]:
    for table in _tables(catalog, virtual=True):
        yield from _column_fields(table)


_ROWS: Mapping[tuple[str, str], Callable[[Catalog, NodeInfo], Iterator[Fields]]] = {
    ("system", "local"): _local,
    ("system_schema", "columns"): _column_rows,
    ("system_schema", "dropped_columns"): _dropped_rows,
    ("system_schema", "indexes"): _index_rows,
    ("system_schema", "keyspaces"): _keyspace_rows,
    ("system_schema", "tables"): _table_rows,
    ("system_schema", "types"): _type_rows,
    ("system_virtual_schema", "columns"): _virtual_column_rows,
    ("system_virtual_schema", "keyspaces"): _virtual_keyspace_rows,
    ("system_virtual_schema", "tables"): _virtual_table_rows,
}

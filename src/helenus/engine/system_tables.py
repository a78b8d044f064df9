"""The tables of Cassandra 5.0.6's own keyspaces: what their columns are, in the order of ``SELECT *``.

This module must not know what is in them (``system``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from uuid import UUID

from helenus.cql.types import canonical, parse_type
from helenus.engine.catalog import ColumnMeta, Keyspace, Table
from helenus.engine.ddl import DEFAULTS

__all__ = ["system_keyspaces"]

_LOCAL = {"class": "org.apache.cassandra.locator.LocalStrategy"}


def _simple(factor: int) -> dict[str, str]:
    return {"class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": str(factor)}


_REPLICATION: Mapping[str, Mapping[str, str]] = {
    "system": _LOCAL,
    "system_auth": _simple(1),
    "system_distributed": _simple(3),
    "system_schema": _LOCAL,
    "system_traces": _simple(2),
}
_VIRTUAL = ("system_views", "system_virtual_schema")

_COLUMN = re.compile(r"(\w+) ((?:[^,<]|<(?:[^<>]|<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>)*>)+?)( PK| CK)?(?:, |$)")


def _table(keyspace: str, name: str, text: str) -> Table:
    columns: list[ColumnMeta] = []
    counts = {"partition_key": 0, "clustering": 0}
    for column, of, role in _COLUMN.findall(text):
        kind = {" PK": "partition_key", " CK": "clustering"}.get(role, "regular")
        position = counts.get(kind, -1)
        if kind in counts:
            counts[kind] += 1
        parsed = canonical(parse_type(of))
        columns.append(ColumnMeta(column, parsed, kind, position, False, len(columns), parsed))
    digest = hashlib.md5((keyspace + name).encode(), usedforsecurity=False).digest()
    return Table(keyspace, name, UUID(bytes=digest, version=3), tuple(columns), DEFAULTS, virtual=True)


def system_keyspaces() -> dict[str, Keyspace]:
    """Return the system's keyspaces with their tables, by name."""
    tables: dict[str, dict[str, Table]] = {name: {} for name in (*_REPLICATION, *_VIRTUAL)}
    for entry in re.split(r"\n(?! )", _TABLES.strip()):
        title, text = re.sub(r"\s+", " ", entry).split(": ", 1)
        keyspace, name = title.split(".")
        tables[keyspace][name] = _table(keyspace, name, text)
    return {
        name: Keyspace(name, _REPLICATION.get(name, {}), tables=found, virtual=name in _VIRTUAL)
        for name, found in tables.items()
    }


_TABLES = """
system.IndexInfo: table_name text PK, index_name text CK, value blob
system.available_ranges: keyspace_name text PK, ranges set<blob>
system.available_ranges_v2: keyspace_name text PK, full_ranges set<blob>, transient_ranges set<blob>
system.batches: id timeuuid PK, mutations list<blob>, version int
system.built_views: keyspace_name text PK, view_name text CK, status_replicated boolean
system.compaction_history: id timeuuid PK, bytes_in bigint, bytes_out bigint, columnfamily_name text, compacted_at
    timestamp, compaction_properties frozen<map<text, text>>, keyspace_name text, rows_merged map<int, bigint>
system.local: key text PK, bootstrapped text, broadcast_address inet, broadcast_port int, cluster_name text,
    cql_version text, data_center text, gossip_generation int, host_id uuid, listen_address inet, listen_port int,
    native_protocol_version text, partitioner text, rack text, release_version text, rpc_address inet, rpc_port int,
    schema_version uuid, tokens set<text>, truncated_at map<uuid, blob>
system.paxos: row_key blob PK, cf_id uuid CK, in_progress_ballot timeuuid, in_progress_read_ballot timeuuid,
    most_recent_commit blob, most_recent_commit_at timeuuid, most_recent_commit_version int, proposal blob,
    proposal_ballot timeuuid, proposal_version int
system.paxos_repair_history: keyspace_name text PK, table_name text CK, points frozen<list<frozen<tuple<blob,
    timeuuid>>>>
system.peer_events: peer inet PK, hints_dropped map<timeuuid, int>
system.peer_events_v2: peer inet PK, peer_port int CK, hints_dropped map<timeuuid, int>
system.peers: peer inet PK, data_center text, host_id uuid, preferred_ip inet, rack text, release_version text,
    rpc_address inet, schema_version uuid, tokens set<text>
system.peers_v2: peer inet PK, peer_port int CK, data_center text, host_id uuid, native_address inet, native_port
    int, preferred_ip inet, preferred_port int, rack text, release_version text, schema_version uuid, tokens
    set<text>
system.prepared_statements: prepared_id blob PK, logged_keyspace text, query_string text
system.repairs: parent_id timeuuid PK, cfids set<uuid>, coordinator inet, coordinator_port int, last_update
    timestamp, participants set<inet>, participants_wp set<text>, ranges set<blob>, repaired_at timestamp,
    started_at timestamp, state int
system.size_estimates: keyspace_name text PK, table_name text CK, range_start text CK, range_end text CK,
    mean_partition_size bigint, partitions_count bigint
system.sstable_activity: keyspace_name text PK, columnfamily_name text PK, generation int PK, rate_120m double,
    rate_15m double
system.sstable_activity_v2: keyspace_name text PK, table_name text PK, id text PK, rate_120m double, rate_15m double
system.table_estimates: keyspace_name text PK, table_name text CK, range_type text CK, range_start text CK,
    range_end text CK, mean_partition_size bigint, partitions_count bigint
system.top_partitions: keyspace_name text PK, table_name text CK, top_type text CK, last_update timestamp, top
    frozen<list<frozen<tuple<text, bigint>>>>
system.transferred_ranges: operation text PK, keyspace_name text PK, peer inet CK, ranges set<blob>
system.transferred_ranges_v2: operation text PK, keyspace_name text PK, peer inet CK, peer_port int CK, ranges
    set<blob>
system.view_builds_in_progress: keyspace_name text PK, view_name text CK, start_token text CK, end_token text CK,
    keys_built bigint, last_token text
system_auth.cidr_groups: cidr_group text PK, cidrs frozen<set<frozen<tuple<inet, smallint>>>>
system_auth.cidr_permissions: role text PK, cidr_groups frozen<set<text>>
system_auth.identity_to_role: identity text PK, role text
system_auth.network_permissions: role text PK, dcs frozen<set<text>>
system_auth.resource_role_permissons_index: resource text PK, role text CK
system_auth.role_members: role text PK, member text CK
system_auth.role_permissions: role text PK, resource text CK, permissions set<text>
system_auth.roles: role text PK, can_login boolean, is_superuser boolean, member_of set<text>, salted_hash text
system_schema.aggregates: keyspace_name text PK, aggregate_name text CK, argument_types frozen<list<text>> CK,
    final_func text, initcond text, return_type text, state_func text, state_type text
system_schema.column_masks: keyspace_name text PK, table_name text CK, column_name text CK, function_argument_nulls
    frozen<list<boolean>>, function_argument_types frozen<list<text>>, function_argument_values frozen<list<text>>,
    function_keyspace text, function_name text
system_schema.columns: keyspace_name text PK, table_name text CK, column_name text CK, clustering_order text,
    column_name_bytes blob, kind text, position int, type text
system_schema.dropped_columns: keyspace_name text PK, table_name text CK, column_name text CK, dropped_time
    timestamp, kind text, type text
system_schema.functions: keyspace_name text PK, function_name text CK, argument_types frozen<list<text>> CK,
    argument_names frozen<list<text>>, body text, called_on_null_input boolean, language text, return_type text
system_schema.indexes: keyspace_name text PK, table_name text CK, index_name text CK, kind text, options
    frozen<map<text, text>>
system_schema.keyspaces: keyspace_name text PK, durable_writes boolean, replication frozen<map<text, text>>
system_schema.tables: keyspace_name text PK, table_name text CK, additional_write_policy text, allow_auto_snapshot
    boolean, bloom_filter_fp_chance double, caching frozen<map<text, text>>, cdc boolean, comment text, compaction
    frozen<map<text, text>>, compression frozen<map<text, text>>, crc_check_chance double,
    dclocal_read_repair_chance double, default_time_to_live int, extensions frozen<map<text, blob>>, flags
    frozen<set<text>>, gc_grace_seconds int, id uuid, incremental_backups boolean, max_index_interval int, memtable
    text, memtable_flush_period_in_ms int, min_index_interval int, read_repair text, read_repair_chance double,
    speculative_retry text
system_schema.triggers: keyspace_name text PK, table_name text CK, trigger_name text CK, options frozen<map<text,
    text>>
system_schema.types: keyspace_name text PK, type_name text CK, field_names frozen<list<text>>, field_types
    frozen<list<text>>
system_schema.views: keyspace_name text PK, view_name text CK, additional_write_policy text, allow_auto_snapshot
    boolean, base_table_id uuid, base_table_name text, bloom_filter_fp_chance double, caching frozen<map<text,
    text>>, cdc boolean, comment text, compaction frozen<map<text, text>>, compression frozen<map<text, text>>,
    crc_check_chance double, dclocal_read_repair_chance double, default_time_to_live int, extensions
    frozen<map<text, blob>>, gc_grace_seconds int, id uuid, include_all_columns boolean, incremental_backups
    boolean, max_index_interval int, memtable text, memtable_flush_period_in_ms int, min_index_interval int,
    read_repair text, read_repair_chance double, speculative_retry text, where_clause text
system_traces.events: session_id uuid PK, event_id timeuuid CK, activity text, source inet, source_elapsed int,
    source_port int, thread text
system_traces.sessions: session_id uuid PK, client inet, command text, coordinator inet, coordinator_port int,
    duration int, parameters map<text, text>, request text, started_at timestamp
system_views.clients: address inet PK, port int CK, client_options frozen<map<text, text>>, connection_stage text,
    driver_name text, driver_version text, hostname text, keyspace_name text, protocol_version int, request_count
    bigint, ssl_cipher_suite text, ssl_enabled boolean, ssl_protocol text, username text
system_views.settings: name text PK, value text
system_views.sstable_tasks: keyspace_name text PK, table_name text CK, task_id timeuuid CK, completion_ratio double,
    kind text, progress bigint, sstables int, target_directory text, total bigint, unit text
system_views.system_properties: name text PK, value text
system_virtual_schema.columns: keyspace_name text PK, table_name text CK, column_name text CK, clustering_order
    text, column_name_bytes blob, kind text, position int, type text
system_virtual_schema.keyspaces: keyspace_name text PK
system_virtual_schema.tables: keyspace_name text PK, table_name text CK, comment text
"""

"""Which table options differ, as a data table; the right-hand spellings are what Cassandra 5.0.6 stores."""

from __future__ import annotations

from decimal import Decimal

import pytest

from helenus.schema.options import Drift, drift, named

STCS = {
    "class": "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy",
    "max_threshold": "32",
    "min_threshold": "4",
}
LZ4 = {"class": "org.apache.cassandra.io.compress.LZ4Compressor", "chunk_length_in_kb": "16"}

SAME = [
    ("gc_grace_seconds", 864000, 864000),
    ("gc_grace_seconds", "864000", 864000),
    ("bloom_filter_fp_chance", "0.10", 0.1),
    ("bloom_filter_fp_chance", ".1", 0.1),
    ("bloom_filter_fp_chance", Decimal("0.1"), 0.1),
    ("crc_check_chance", 1, 1.0),
    ("comment", 'it\'s = 1, or "2"', 'it\'s = 1, or "2"'),
    ("comment", "", ""),
    ("cdc", True, True),
    ("cdc", "TRUE", True),
    ("read_repair", "none", "NONE"),
    ("speculative_retry", "99PERCENTILE", "99p"),
    ("speculative_retry", "99.0percentile", "99p"),
    ("speculative_retry", "50MS", "50ms"),
    ("speculative_retry", "50.00ms", "50ms"),
    ("speculative_retry", "50.5ms", "50ms"),
    ("speculative_retry", "99.95PERCENTILE", "99.95p"),
    ("speculative_retry", "min(99percentile, 50ms)", "MIN(99p,50ms)"),
    ("speculative_retry", "ALWAYS", "ALWAYS"),
    ("speculative_retry", "NONE", "NEVER"),
    ("additional_write_policy", "99PERCENTILE", "99p"),
    ("caching", {"keys": "all", "rows_per_partition": 10}, {"keys": "ALL", "rows_per_partition": "10"}),
    ("compaction", STCS, STCS),
    ("compaction", {"class": "SizeTieredCompactionStrategy"}, STCS),
    ("compaction", {"class": "SizeTieredCompactionStrategy", "min_threshold": 4}, STCS),
    ("compaction", {"class": "SizeTieredCompactionStrategy", "enabled": True}, STCS),
    ("compression", {"class": "LZ4Compressor", "chunk_length_in_kb": 16}, LZ4),
    ("compression", {"sstable_compression": "LZ4Compressor", "chunk_length_kb": "16"}, LZ4),
    ("compression", {"sstable_compression": ""}, {"enabled": "false"}),
    ("compression", {"enabled": False}, {"enabled": "false"}),
    ("compression", {"enabled": "true"}, LZ4),
    ("memtable", "default", None),
    ("allow_auto_snapshot", True, None),
    ("incremental_backups", "true", None),
]

DIFFERENT = [
    ("gc_grace_seconds", 0, 864000),
    ("bloom_filter_fp_chance", "0.11", 0.1),
    ("comment", "Cars", "cars"),
    ("comment", "a=b", "a"),
    ("cdc", False, True),
    ("speculative_retry", "99PERCENTILE", "98p"),
    ("speculative_retry", "MIN(99p,50ms)", "MAX(99p,50ms)"),
    ("caching", {"keys": "NONE"}, {"keys": "ALL", "rows_per_partition": "NONE"}),
    ("compaction", {"class": "LeveledCompactionStrategy"}, STCS),
    ("compaction", {"class": "SizeTieredCompactionStrategy", "min_threshold": 8}, STCS),
    ("compaction", {"class": "SizeTieredCompactionStrategy", "enabled": False}, STCS),
    ("compaction", {"class": "SizeTieredCompactionStrategy", "bucket_low": "0.5"}, STCS),
    ("compression", {"sstable_compression": ""}, LZ4),
    ("compression", {"class": "ZstdCompressor"}, LZ4),
    ("memtable", "trie", None),
    ("allow_auto_snapshot", False, None),
]

NOT_COMPARABLE = [
    ("an option of another server", "tombstone_gc", {"mode": "repair"}, {"comment": ""}),
    ("an option that the node does not show, having it switched off", "cdc", True, {"cdc": None}),
    ("an option that is taken and ignored", "extensions", {"k": "0x01"}, {"extensions": {}}),
    (
        "an option that Cassandra 4 takes and ignores",
        "read_repair_chance",
        0.5,
        {"read_repair_chance": 0.0, "read_repair": "BLOCKING"},
    ),
    ("an option without a value", "comment", None, {"comment": "set by somebody"}),
]


def cases(table):
    return [pytest.param(*case, id=f"{number}-{case[0]}-{case[1]!r}") for number, case in enumerate(table)]


@pytest.mark.parametrize(("name", "wanted", "shown"), cases(SAME))
def test_two_spellings_of_one_value_are_the_same(name, wanted, shown):
    assert drift({name: wanted}, {name: shown}) == ()


@pytest.mark.parametrize(("name", "wanted", "shown"), cases(DIFFERENT))
def test_another_value_is_a_drift(name, wanted, shown):
    assert drift({name: wanted}, {name: shown}) == (Drift(name, wanted, shown),)


@pytest.mark.parametrize(("name", "wanted", "shown"), [pytest.param(*case[1:], id=case[0]) for case in NOT_COMPARABLE])
def test_what_the_server_does_not_show_is_no_drift(name, wanted, shown):
    assert drift({name: wanted}, shown) == ()


def test_cassandra_3_shows_what_its_successors_ignore():
    assert drift({"read_repair_chance": 0.5}, {"read_repair_chance": 0.1}) == (Drift("read_repair_chance", 0.5, 0.1),)


def test_several_drifts_come_by_name_whatever_their_case():
    found = drift({"Gc_Grace_Seconds": 1, "comment": "x"}, {"gc_grace_seconds": 2, "comment": "y", "cdc": True})
    assert found == (Drift("comment", "x", "y"), Drift("gc_grace_seconds", 1, 2))


def test_options_are_named_in_lower_case_and_sorted():
    assert list(named({"B": 1, "a": 2, "c": None}).items()) == [("a", 2), ("b", 1)]

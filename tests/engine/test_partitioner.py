"""Partition keys and their tokens."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helenus.engine import partitioner
from helenus.engine.errors import InvalidRequest
from helenus.engine.partitioner import join_key, pure_token, split_key, token

# Asked of Cassandra 5.0.6 with token(): of an int, of blobs and of a composite key.
KNOWN = [
    (b"\x00\x00\x00\x01", -4069959284402364209),
    (b"\x00\x00\x00\x02", -3248873570005575792),
    (b"\x00\x00\x00\x03", 9010454139840013625),
    (b"\x00\x00\x00\x09", 3728482343045213994),
]


@pytest.mark.parametrize(("key", "expected"), KNOWN)
def test_tokens_are_those_of_a_real_node(key, expected):
    assert (pure_token(key), token(key)) == (expected, expected)


@given(st.binary(max_size=80))
def test_the_pure_token_equals_the_drivers_compiled_one(key):
    assert pure_token(key) == importlib.import_module("cassandra.cmurmur3").murmur3(key)


def test_the_smallest_token_is_kept_free():
    assert partitioner._normal(partitioner.MIN_TOKEN) == partitioner.MAX_TOKEN


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=4))
def test_a_key_comes_apart_into_what_it_was_joined_from(values):
    assert split_key(join_key(values), len(values)) == tuple(values)


def test_a_single_empty_key_is_refused_and_a_composite_of_empty_values_is_not():
    with pytest.raises(InvalidRequest, match="Key may not be empty"):
        join_key([b""])
    assert split_key(join_key([b"", b""]), 2) == (b"", b"")


@pytest.mark.parametrize("values", [[b"x" * 65536], [b"x" * 65536, b""], [b"x" * 40000, b"x" * 40000]])
def test_a_key_beyond_64k_is_refused(values):
    with pytest.raises(InvalidRequest, match="is longer than maximum of 65535"):
        join_key(values)

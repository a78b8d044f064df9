"""What may be asked for, and what each refusal says."""

from __future__ import annotations

import re

import pytest

from helenus.cassandra import TLS, ClusterSpec
from helenus.cassandra.spec import heap_megabytes
from helenus.errors import CassandraLaunchError


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": ""}, "cluster name ''"),
        ({"name": "../other"}, "cluster name '../other'"),
        ({"name": "-rf"}, "beginning with a letter or a digit"),
        ({"name": "a" * 65}, "1 to 64"),
        ({"version": "3.11.17"}, "expected a release from 4.1 to 5.0"),
        ({"version": "6.0.0"}, "expected a release from 4.1 to 5.0"),
        ({"version": "latest"}, "such as '5.0.6'"),
        ({"heap": "384"}, "a number and M or G"),
        ({"heap": "64M"}, "at least 192M"),
        ({"nodes": 0}, "expected 1 to 16"),
        ({"nodes": 17}, "expected 1 to 16"),
        ({"port": -1}, "0 for a free one"),
        ({"port": 65536}, "expected 1 to 65535"),
        ({"address": "10.0.0.1"}, "never for a network"),
        ({"address": "0.0.0.0"}, "expected loopback addresses"),  # noqa: S104 - refused, not bound
        ({"address": "localhost"}, "such as '127.0.0.1'"),
        ({"address": "::1"}, "127.0.0.0/8"),
        ({"address": "127.255.255.255", "nodes": 2}, "for 2 node(s)"),
    ],
)
def test_what_cannot_run_is_refused_before_anything_starts(options, said):
    with pytest.raises(CassandraLaunchError, match=re.escape(said)):
        ClusterSpec(**options)


@pytest.mark.parametrize("version", ["4.1.0", "4.1.10", "5.0", "5.0.6", "5.0-rc1"])
def test_releases_from_4_1_to_5_0_are_accepted(version):
    assert ClusterSpec(version=version).version == version


def test_further_nodes_take_the_next_addresses():
    assert ClusterSpec(address="127.0.0.255", nodes=3).addresses == ("127.0.0.255", "127.0.1.0", "127.0.1.1")


@pytest.mark.parametrize(("heap", "megabytes"), [("384M", 384), ("1G", 1024), ("2g", 2048), ("1T", 0), ("", 0)])
def test_a_heap_is_read_as_the_jvm_reads_it(heap, megabytes):
    assert heap_megabytes(heap) == megabytes


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "both certificate= and key="),
        ({"certificate": "chain.pem"}, "both certificate= and key="),
        ({"keystore": "store.p12"}, "needs keystore_password="),
        ({"keystore": "store.p12", "keystore_password": "x", "client_ca": "ca.pem"}, "one kind or the other"),
        ({"keystore": "store.p12", "keystore_password": "x", "key": "key.pem"}, "one kind or the other"),
    ],
)
def test_tls_takes_one_complete_kind_of_files(options, said):
    with pytest.raises(CassandraLaunchError, match=re.escape(said)):
        TLS(**options)


def test_passwords_do_not_print():
    assert "secret" not in repr(TLS(certificate="a", key="b", key_password="secret"))  # noqa: S106 - a sample

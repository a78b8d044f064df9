"""Which ports are chosen, and what is said about those in use."""

from __future__ import annotations

import socket

import pytest

from helenus.cassandra import ports
from helenus.errors import CassandraLaunchError

ADDRESS = "127.0.11.40"


def nobody(_address: str, _port: int) -> str | None:
    return None


@pytest.fixture
def used():
    """Give a port of the address that somebody listens on."""
    with socket.create_server((ADDRESS, 0)) as listener:
        yield listener.getsockname()[1]


def test_a_wanted_port_that_is_free_is_taken_and_zero_is_any(used):
    free = ports.choose(0, [ADDRESS], set(), nobody)
    assert free != used
    assert ports.choose(free, [ADDRESS], set(), nobody) == free


def test_a_port_in_use_is_refused_with_the_next_step(used):
    with pytest.raises(CassandraLaunchError, match=rf"port {used} of {ADDRESS} is in use by another program; .*port=0"):
        ports.choose(used, [ADDRESS], set(), nobody)


def test_a_port_of_a_cluster_of_ours_is_refused_with_its_name(used):
    with pytest.raises(CassandraLaunchError, match=r"the cluster 'other'; stop it \(helenus cassandra stop other\)"):
        ports.choose(used, [ADDRESS], set(), lambda _address, _port: "other")


def test_every_address_must_have_the_port_free(used):
    with pytest.raises(CassandraLaunchError, match=ADDRESS):
        ports.choose(used, ["127.0.11.41", ADDRESS], set(), nobody)


def test_the_storage_port_is_the_last_one_or_any(used):
    last = ports.choose(0, [ADDRESS], set(), nobody)
    assert ports.choose_storage([ADDRESS], set(), last) == last
    assert ports.choose_storage([ADDRESS], {last}, last) != last
    assert ports.choose_storage([ADDRESS], set(), used) != used


def test_several_nodes_need_their_last_storage_port_back(used):
    with pytest.raises(CassandraLaunchError, match=f"port {used} of {ADDRESS} is in use"):
        ports.choose_storage([ADDRESS, "127.0.11.41"], set(), used)


def test_an_address_of_another_machine_is_refused_with_how_to_add_one():
    with pytest.raises(
        CassandraLaunchError, match=r"192\.0\.2\.1 is not an address of this machine.*ifconfig lo0 alias"
    ):
        ports.choose(0, ["192.0.2.1"], set(), nobody)

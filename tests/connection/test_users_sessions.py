"""A session of the user's serves helenus and stays exactly as it was, whatever was set on it."""

from __future__ import annotations

import asyncio

import pytest
from cassandra.cluster import EXEC_PROFILE_DEFAULT
from cassandra.query import dict_factory, named_tuple_factory

from helenus import connection
from helenus.connection.request import Batch, Options, Request
from helenus.errors import (
    ClusterUnreachable,
    ConnectionClosed,
    ConnectionException,
)
from tests.connection.real import INSERT, KEYSPACE, SELECT, Listener, aask, ask


def state(session):
    """Return everything of a session that an object mapper might be tempted to change."""
    cluster = session.cluster
    manager = cluster.profile_manager
    return {
        "mode": cluster._config_mode,
        "profiles": dict(manager.profiles),
        "profile attributes": {key: dict(vars(profile)) for key, profile in manager.profiles.items()},
        "row_factory": session.row_factory,
        "default_timeout": session.default_timeout,
        "consistency": session.default_consistency_level,
        "fetch_size": session.default_fetch_size,
        "encoder": dict(session.encoder.mapping),
        "types": {key: dict(value) for key, value in cluster._user_types.items()},
        "handler": session.client_protocol_handler,
        "keyspace": session.keyspace,
        "shut down": (session.is_shutdown, cluster.is_shutdown),
    }


class Place:
    """A class of the user's for a user-defined type."""

    def __init__(self, street, number):
        self.street, self.number = street, number


def plain(session):
    """Leave the session as it came."""


def legacy(session):
    session.row_factory = dict_factory
    session.default_timeout = 7


def profile(session):
    session.get_execution_profile(EXEC_PROFILE_DEFAULT).row_factory = dict_factory


def registered(session):
    session.cluster.register_user_type(KEYSPACE, "place", Place)


@pytest.mark.parametrize("prepare", [plain, legacy, profile, registered], ids=lambda each: each.__name__)
class TestUsersSessions:
    @pytest.fixture
    def session(self, users_cluster, prepare):
        session = users_cluster.connect()
        prepare(session)
        return session

    def test_are_left_exactly_as_they_were(self, session, prepare):  # noqa: ARG002 - the fixture's
        before = state(session)
        connection.register_connection("mine", session=session, default=True)
        ask(Request(INSERT, (60, "a", 1)))
        ask(Request(f"INSERT INTO {KEYSPACE}.t (k, where_) VALUES (?, ?)", (60, ("s", 1))))
        page = ask(Request(SELECT, (60,), idempotent=True, options=Options(consistency=4, fetch_size=5)))
        asyncio.run(aask(Request(SELECT, (60,), idempotent=True)))
        ask(Batch([(INSERT, (61, "b", 1))]))
        ask(Request("SELECT now() FROM system.local", prepare=False))
        assert page.rows == [(60, "a", 1)]
        connection.unregister_connection("mine")
        assert state(session) == before

    def test_still_give_the_user_what_they_gave(self, session, prepare):
        connection.register_connection("mine", session=session, default=True)
        ask(Request(INSERT, (62, "a", 1)))
        ask(Request(f"INSERT INTO {KEYSPACE}.t (k, where_) VALUES (?, ?)", (62, ("s", 1))))
        row = session.execute(f"SELECT v, where_ FROM {KEYSPACE}.t WHERE k = 62").one()
        if prepare in {legacy, profile}:
            assert row["v"] == "a"
        else:
            assert row.v == "a"
        if prepare is registered:
            assert isinstance(row.where_, Place)


class TestUsersSessionsFurther:
    def test_a_legacy_sessions_timeout_holds(self, users_cluster):
        session = users_cluster.connect()
        legacy(session)
        seen = Listener(session)
        connection.register_connection("mine", session=session)
        ask(Request(SELECT, (1,), connection="mine", idempotent=True))
        ask(Request(SELECT, (1,), connection="mine", idempotent=True, options=Options(timeout=2)))
        assert [future.timeout for future in seen.futures] == [7, 2]

    def test_a_session_that_becomes_legacy_later_still_gives_tuples(self, users_cluster):
        session = users_cluster.connect()
        connection.register_connection("mine", session=session)
        ask(Request(INSERT, (63, "a", 1), connection="mine"))
        session.row_factory = dict_factory
        assert ask(Request(SELECT, (63,), connection="mine", idempotent=True)).rows == [(63, "a", 1)]
        assert session.row_factory is dict_factory

    def test_a_legacy_session_has_no_profiles_and_says_so(self, users_cluster):
        session = users_cluster.connect()
        legacy(session)
        connection.register_connection("mine", session=session)
        with pytest.raises(ConnectionException, match="'mine' has no execution profile 'p': its cluster or session"):
            ask(Request(SELECT, (1,), connection="mine", options=Options(execution_profile="p")))

    def test_a_session_with_another_protocol_handler_still_gives_tuples(self, users_cluster):
        from cassandra.protocol import LazyProtocolHandler

        session = users_cluster.connect()
        session.client_protocol_handler = LazyProtocolHandler
        connection.register_connection("mine", session=session)
        ask(Request(INSERT, (64, "a", 1), connection="mine"))
        assert ask(Request(SELECT, (64,), connection="mine", idempotent=True)).rows == [(64, "a", 1)]

    def test_a_session_keeps_its_retry_policy(self, users_cluster):
        from cassandra.policies import RetryPolicy

        seen = Listener(session := users_cluster.connect())
        connection.register_connection("mine", session=session)
        ask(Request(SELECT, (1,), connection="mine", idempotent=True))
        assert type(seen.futures[0]._retry_policy) is RetryPolicy

    def test_a_session_that_its_owner_shut_down_is_named(self, users_cluster):
        session = users_cluster.connect()
        connection.register_connection("mine", session=session)
        session.shutdown()
        with pytest.raises((ConnectionClosed, ClusterUnreachable), match="mine"):
            ask(Request(SELECT, (1,), connection="mine", idempotent=True))

    def test_set_session_takes_the_keyspace(self, users_cluster):
        connection.set_session(users_cluster.connect(KEYSPACE))
        assert connection.defaults.keyspace == KEYSPACE
        assert connection.session.row_factory is named_tuple_factory

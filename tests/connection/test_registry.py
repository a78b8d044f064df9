"""What is registered, which connection a name stands for, and what is said when there is none."""

from __future__ import annotations

import threading

import pytest

from helenus import connection
from helenus.connection import DEFAULT_CONNECTION, defaults
from helenus.connection.request import Request
from helenus.errors import (
    ClusterUnreachable,
    ConnectionClosed,
    ConnectionException,
    HelenusError,
    UnknownConnection,
)

pytestmark = pytest.mark.usefixtures("adapter")

SELECT = Request("SELECT 1", idempotent=True)


def ask(name=None):
    """Send one request by a connection's name; return the name of the connection that answered."""

    def flow():
        page = yield Request("SELECT 1", connection=name, idempotent=True)
        return page.connection

    return connection.run(flow())


class TestSetup:
    def test_needs_no_keyspace_and_makes_the_default_connection(self):
        connection.setup(["10.0.0.1"])
        assert (ask(), defaults.keyspace) == ("default", None)

    def test_sets_the_default_keyspace(self):
        connection.setup(["10.0.0.1"], "ks")
        assert defaults.keyspace == "ks"

    def test_without_a_keyspace_leaves_the_one_that_is_set(self):
        defaults.keyspace = "mine"
        connection.setup(["10.0.0.1"])
        assert defaults.keyspace == "mine"

    @pytest.mark.parametrize(
        ("hosts", "expected"),
        [
            (["a", "b"], ("a", "b")),
            (("a", "b"), ("a", "b")),
            ("a", ("a",)),
            ("a, b", ("a", "b")),
            (None, ("127.0.0.1",)),
            ([("a", 9043)], (("a", 9043),)),
        ],
    )
    def test_takes_hosts_as_a_list_tuple_or_string(self, adapter, hosts, expected):
        connection.setup(hosts)
        assert adapter.opened[0][0].hosts == expected

    def test_hands_options_and_consistency_to_the_driver(self, adapter):
        connection.setup("a", "ks", 4, protocol_version=4, port=9999)
        opening, consistency = adapter.opened[0]
        assert consistency == 4
        assert {key: opening.cluster_options[key] for key in ("port", "protocol_version")} == {
            "port": 9999,
            "protocol_version": 4,
        }

    def test_default_connects_to_this_machine(self, adapter):
        connection.default()
        assert (adapter.opened[0][0].hosts, ask(), defaults.keyspace) == (("127.0.0.1",), "default", None)


class TestRegistering:
    def test_the_guide_names_two_connections_and_changes_the_default(self):
        connection.setup(["127.0.0.1"])
        connection.register_connection("cluster2", ["127.0.0.2"])
        assert (ask(), ask("cluster2")) == ("default", "cluster2")
        connection.set_default_connection("cluster2")
        assert ask() == "cluster2"
        connection.unregister_connection("cluster2")
        with pytest.raises(ConnectionClosed):
            ask("cluster2")

    def test_default_true_makes_it_the_default(self):
        connection.setup(["127.0.0.1"])
        connection.register_connection("cluster2", ["127.0.0.2"], default=True)
        assert ask() == "cluster2"

    def test_returns_the_connection_with_the_attributes_of_cqlengine(self):
        entry = connection.register_connection("c", ["h"], 4, True, True, {"port": 1})
        assert (entry.name, entry.hosts, entry.consistency) == ("c", ["h"], 4)
        assert (entry.lazy_connect, entry.retry_connect) == (True, True)
        assert (entry.cluster_options, entry.cluster, entry.session) == ({"port": 1}, None, None)

    def test_a_session_and_options_exclude_each_other(self, make_session):
        with pytest.raises(ConnectionException, match="a session comes connected"):
            connection.register_connection("c", ["h"], session=make_session())
        assert connection.connections() == ()

    def test_the_same_name_again_replaces_and_closes_what_was_opened(self, adapter):
        connection.register_connection("c", ["old"])
        connection.register_connection("c", ["new"])
        assert ask("c") == "c"
        assert [driver.closed for driver in adapter.drivers] == [True, False]
        assert [len(driver.requests) for driver in adapter.drivers] == [0, 1]

    def test_the_same_name_again_leaves_the_default_where_it_was(self):
        connection.setup(["a"])
        connection.register_connection("c", ["b"])
        connection.register_connection("c", ["b2"])
        assert ask() == "default"

    def test_lists_the_names_in_the_order_of_registration(self):
        for name in "bca":
            connection.register_connection(name, ["h"])
        assert connection.connections() == ("b", "c", "a")

    @pytest.mark.parametrize("options", [{"username": "u"}, {"password": "secret"}])
    def test_username_and_password_are_refused_without_printing_them(self, options):
        with pytest.raises(ConnectionException) as raised:
            connection.register_connection("c", ["h"], cluster_options=options)
        assert str(raised.value) == (
            "Connection 'c': username and password are not options of a cluster. "
            "Pass auth_provider=cassandra.auth.PlainTextAuthProvider(username, password)."
        )

    def test_no_hosts_at_all_are_refused(self):
        with pytest.raises(ConnectionException, match="'c' has no hosts to connect to"):
            connection.register_connection("c", [])

    def test_a_cloud_bundle_wins_over_hosts_with_a_warning(self, adapter, caplog):
        connection.register_connection("c", ["h"], cluster_options={"cloud": {"secure_connect_bundle": "b.zip"}})
        assert adapter.opened[0][0].hosts == ()
        assert "hosts are ignored" in caplog.text

    def test_a_cloud_bundle_needs_no_hosts(self, adapter, caplog):
        connection.register_connection("c", cluster_options={"cloud": {"secure_connect_bundle": "b.zip"}})
        assert adapter.opened[0][0].hosts == ()
        assert caplog.text == ""

    @pytest.mark.parametrize("value", [0, -1, "many", True, None])
    def test_limits_must_be_numbers_above_zero(self, value):
        with pytest.raises(ConnectionException, match="max_in_flight must be a whole number above 0"):
            connection.register_connection("c", ["h"], cluster_options={"max_in_flight": value})

    def test_limits_are_not_handed_to_the_driver(self, adapter):
        options = {"max_in_flight": 7, "prepared_statements": 8}
        connection.register_connection("c", ["h"], cluster_options=options)
        opening = adapter.opened[0][0]
        assert (opening.max_in_flight, opening.prepared_statements) == (7, 8)
        assert not {"max_in_flight", "prepared_statements"} & set(opening.cluster_options)


class TestUnregistering:
    def test_closes_what_was_opened(self, adapter):
        connection.register_connection("c", ["h"])
        connection.unregister_connection("c")
        assert adapter.drivers[0].closed

    def test_clears_the_default(self):
        connection.setup(["h"])
        connection.unregister_connection("default")
        with pytest.raises(UnknownConnection):
            ask()

    def test_an_unknown_name_is_ignored(self):
        connection.unregister_connection("nobody")

    def test_a_driver_in_hand_is_refused_afterwards(self):
        connection.register_connection("c", ["h"])
        driver = connection.resolve("c")
        connection.unregister_connection("c")
        with pytest.raises(ConnectionClosed):
            driver.execute(SELECT)

    def test_the_name_may_be_registered_again(self):
        connection.register_connection("c", ["h"])
        connection.unregister_connection("c")
        connection.register_connection("c", ["h"])
        assert ask("c") == "c"

    def test_a_lazy_connection_that_was_never_used_is_refused_as_well(self):
        connection.register_connection("c", ["h"], lazy_connect=True)
        driver = connection.resolve("c")
        connection.unregister_connection("c")
        with pytest.raises(ConnectionClosed) as raised:
            driver.execute(SELECT)
        assert str(raised.value) == "Connection 'c' was unregistered."


DOWN = ClusterUnreachable("Connection 'c' cannot reach its cluster (hosts h). h:9042: refused.")


class TestConnecting:
    """The four combinations of lazy_connect and retry_connect, with a cluster that is down at first."""

    @pytest.fixture
    def down(self, adapter):
        adapter.error = DOWN
        return adapter

    @pytest.mark.usefixtures("down")
    @pytest.mark.parametrize("retry", [False, True])
    def test_without_lazy_the_failure_is_raised_at_once_and_the_connection_is_known(self, retry):
        with pytest.raises(ClusterUnreachable) as raised:
            connection.register_connection("c", ["h"], retry_connect=retry)
        assert raised.value is DOWN
        assert connection.connections() == ("c",)

    def test_with_retry_a_later_use_tries_again(self, down):
        with pytest.raises(ClusterUnreachable):
            connection.register_connection("c", ["h"], retry_connect=True)
        with pytest.raises(ClusterUnreachable):
            ask("c")
        down.error = None
        assert ask("c") == "c"
        assert len(down.opened) == 3

    def test_without_retry_a_later_use_says_why_and_does_not_try(self, down):
        with pytest.raises(ClusterUnreachable):
            connection.register_connection("c", ["h"])
        down.error = None
        with pytest.raises(ClusterUnreachable) as raised:
            ask("c")
        assert raised.value.__cause__ is DOWN
        assert str(raised.value) == (
            "Connection 'c' (hosts h) could not connect when it was registered, and retry_connect is False: "
            f"{DOWN} Register it again, or with retry_connect=True or lazy_connect=True, which try again at each use."
        )
        assert len(down.opened) == 1

    @pytest.mark.parametrize("retry", [False, True])
    def test_lazy_defers_and_tries_again_at_each_use(self, down, retry):
        connection.register_connection("c", ["h"], lazy_connect=True, retry_connect=retry)
        assert down.opened == []
        for _ in range(2):
            with pytest.raises(ClusterUnreachable) as raised:
                ask("c")
            assert raised.value is DOWN
        down.error = None
        assert ask("c") == "c"
        assert ask("c") == "c"
        assert len(down.opened) == 3

    async def test_lazy_connects_at_the_first_awaited_use_without_blocking_the_loop(self, adapter):
        threads = []
        connect = adapter.connect

        def noting(*args):
            threads.append(threading.current_thread())
            return connect(*args)

        adapter.connect = noting
        connection.register_connection("c", ["h"], lazy_connect=True)

        def flow():
            page = yield Request("SELECT 1", connection="c", idempotent=True)
            return page.connection

        assert await connection.arun(flow()) == "c"
        assert threads[0] is not threading.main_thread()

    def test_users_who_come_during_an_attempt_share_it(self, adapter):
        connection.register_connection("c", ["h"], lazy_connect=True)
        begun, go_on = threading.Event(), threading.Event()
        connect = adapter.connect

        def slow(*args):
            begun.set()
            assert go_on.wait(10)
            return connect(*args)

        adapter.connect = slow
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(ask("c"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert begun.wait(10)
        go_on.set()
        for thread in threads:
            thread.join(10)
        assert (answers, len(adapter.opened)) == (["c"] * 8, 1)

    def test_a_connection_that_is_unregistered_while_it_connects_is_closed(self, adapter):
        connection.register_connection("c", ["h"], lazy_connect=True)
        connect = adapter.connect

        def unregistering(*args):
            connection.unregister_connection("c")
            return connect(*args)

        adapter.connect = unregistering
        with pytest.raises(ConnectionClosed, match=r"'c' was unregistered"):
            ask("c")
        assert adapter.drivers[0].closed

    def test_get_connection_and_get_session_connect(self, adapter):
        connection.register_connection("c", ["h"], lazy_connect=True)
        session = connection.get_session("c")
        assert session is adapter.drivers[0].session
        assert connection.get_connection("c").session is session
        assert connection.get_cluster("c") is adapter.drivers[0].cluster


class TestUsersSessions:
    def test_are_never_shut_down(self, make_session):
        session = make_session()
        connection.register_connection("c", session=session)
        connection.unregister_connection("c")
        assert not hasattr(session, "is_shutdown")

    def test_set_session_makes_it_the_default_and_takes_its_keyspace(self, make_session):
        session = make_session("ks")
        connection.set_session(session)
        assert (connection.get_session() is session, defaults.keyspace) == (True, "ks")

    def test_set_session_replaces_the_default_under_its_name(self, adapter, make_session):
        connection.register_connection("main", ["h"], default=True)
        connection.set_session(make_session())
        assert (connection.connections(), ask()) == (("main",), "main")
        assert adapter.drivers[0].closed

    def test_set_session_with_a_session_that_was_opened_here_leaves_it_open(self, adapter):
        connection.setup(["h"])
        connection.set_session(connection.get_session())
        assert ask() == "default"
        assert not adapter.drivers[0].closed

    def test_from_session_is_there_as_in_cqlengine(self, make_session):
        session = make_session(hosts=["h1"])
        entry = connection.Connection.from_session("c", session)
        assert (entry.session is session, entry.cluster is session.cluster, entry.hosts) == (True, True, ["h1"])


class TestNames:
    """The texts, word for word."""

    def test_nothing_is_registered(self):
        with pytest.raises(UnknownConnection) as raised:
            ask()
        assert str(raised.value) == (
            "No default connection is set: nothing is registered. Call connection.setup(['127.0.0.1']) "
            "or connection.register_connection(name, hosts, default=True) first."
        )

    def test_there_is_no_default(self):
        connection.register_connection("cluster1", ["h"])
        with pytest.raises(UnknownConnection) as raised:
            ask()
        assert str(raised.value) == (
            "No default connection is set. Registered: 'cluster1'. Call connection.set_default_connection(name), or "
            "name one: Model.__connection__, .using(connection=...), with connection.use(...)."
        )

    def test_a_name_is_misspelt(self):
        connection.setup(["h"])
        connection.register_connection("cluster2", ["h"])
        with pytest.raises(UnknownConnection) as raised:
            ask("clustr2")
        assert str(raised.value) == (
            "No connection is registered as 'clustr2'. Did you mean 'cluster2'? Registered: 'default' (default), "
            "'cluster2'. Register it with connection.register_connection('clustr2', hosts=[...])."
        )

    def test_a_name_was_unregistered(self):
        connection.setup(["h"])
        connection.register_connection("cluster2", ["h"])
        connection.unregister_connection("cluster2")
        with pytest.raises(ConnectionClosed) as raised:
            ask("cluster2")
        assert str(raised.value) == "Connection 'cluster2' was unregistered. Registered: 'default' (default)."

    @pytest.mark.parametrize(
        "call",
        [
            lambda: connection.set_default_connection("nobody"),
            lambda: connection.get_connection("nobody"),
            lambda: connection.get_session("nobody"),
            lambda: connection.get_cluster("nobody"),
            lambda: connection.execute("SELECT 1", connection="nobody"),
            lambda: connection.register_udt("ks", "t", dict, connection="nobody"),
            lambda: ask("nobody"),
        ],
        ids=["default", "connection", "session", "cluster", "execute", "udt", "run"],
    )
    def test_every_door_raises_the_same_which_old_code_catches_too(self, call):
        with pytest.raises(connection.CQLEngineException, match="'nobody'") as raised:
            call()
        assert type(raised.value) is UnknownConnection
        assert isinstance(raised.value, HelenusError)

    def test_the_default_connection_has_a_printable_stand_in(self):
        connection.setup(["h"])
        assert repr(DEFAULT_CONNECTION) == "DEFAULT_CONNECTION"
        assert connection.get_connection(DEFAULT_CONNECTION).name == "default"
        assert connection.execute("SELECT 1", connection=DEFAULT_CONNECTION).all() == []
        connection.unregister_connection(DEFAULT_CONNECTION)
        assert connection.connections() == ()

    def test_a_connection_prints_no_options(self, adapter):
        entry = connection.register_connection("c", ["h"], cluster_options={"auth_provider": "hunter2"})
        assert repr(entry) == "<Connection 'c' hosts=h connected>"
        assert "hunter2" not in repr(adapter.opened[0][0])


class TestModuleAttributes:
    def test_cluster_and_session_are_those_of_the_default_connection(self, adapter):
        assert (connection.cluster, connection.session) == (None, None)
        connection.setup(["h"])
        assert connection.session is adapter.drivers[0].session
        assert connection.cluster is adapter.drivers[0].cluster

    def test_looking_at_them_does_not_connect(self, adapter):
        connection.setup(["h"], lazy_connect=True)
        assert (connection.cluster, connection.session, adapter.opened) == (None, None, [])

    def test_other_names_do_not_exist(self):
        with pytest.raises(AttributeError, match=r"'helenus\.connection' has no attribute 'nothing'"):
            _ = connection.nothing

    def test_register_udt_is_accepted(self):
        connection.register_udt("ks", "address", dict)
        assert connection.udt_by_keyspace["ks"]["address"] is dict

    @pytest.mark.parametrize(
        ("args", "expected"),
        [
            (("m",), "[Connection: DEFAULT_CONNECTION] m"),
            (("m", "c"), "[Connection: c] m"),
            (("m", "c", "ks"), "[Connection: c, Keyspace: ks] m"),
        ],
    )
    def test_format_log_context_is_cqlengines(self, args, expected):
        assert connection.format_log_context(*args) == expected


class TestUnderLoad:
    def test_swapping_the_default_and_registering_anew_loses_no_request(self):
        connection.register_connection("a", ["h"], default=True)
        connection.register_connection("b", ["h"])
        stop, errors, done = threading.Event(), [], []

        def asking():
            while not stop.is_set():
                try:
                    done.append(ask())
                    done.append(ask("a"))
                except Exception as error:  # noqa: BLE001 - any is a failure
                    errors.append(error)

        threads = [threading.Thread(target=asking) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(200):
            connection.set_default_connection("b")
            connection.register_connection("a", ["h"])
            connection.set_default_connection("a")
        stop.set()
        for thread in threads:
            thread.join(10)
        assert errors == []
        assert set(done) <= {"a", "b"}

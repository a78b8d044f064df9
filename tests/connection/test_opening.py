"""Opening sessions: what is said when it fails, what the driver is given, and how a program ends."""

from __future__ import annotations

import os
import pickle
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cassandra import AuthenticationFailed, UnresolvableContactPoints
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import NoHostAvailable

import helenus
from helenus import connection
from helenus.connection.drivers.opening import _unreachable
from helenus.connection.options import Opening
from helenus.errors import ClusterUnreachable, ConnectionException

NOBODY = "127.0.20.99"
START = (
    "Check that a node listens there; lazy_connect=True or retry_connect=True lets a program start before its "
    "cluster does."
)


class TestFailing:
    def test_nobody_listens(self):
        with pytest.raises(ClusterUnreachable) as raised:
            connection.setup([NOBODY], port=9)
        assert str(raised.value) == (
            f"Connection 'default' cannot reach its cluster (hosts {NOBODY}). {NOBODY}:9: [Errno 111] Tried connecting "
            f"to [('{NOBODY}', 9)]. Last error: Connection refused. {START}"
        )

    def test_old_code_catches_it_as_the_drivers_error(self):
        with pytest.raises(NoHostAvailable) as raised:
            connection.setup([NOBODY], port=9)
        assert isinstance(raised.value, ConnectionException)
        assert list(raised.value.errors) == list(raised.value.__cause__.errors)
        assert pickle.loads(pickle.dumps(raised.value)).args == raised.value.args  # noqa: S301 - our own

    def test_a_host_has_no_address(self):
        with pytest.raises(ClusterUnreachable, match=r"no-such-host\.invalid: its name cannot be resolved") as raised:
            connection.setup(["no-such-host.invalid"])
        assert isinstance(raised.value, UnresolvableContactPoints)

    @pytest.mark.parametrize(
        ("reason", "advice"),
        [
            (AuthenticationFailed("Bad credentials"), "Check auth_provider in cluster_options."),
            (ssl.SSLError("certificate verify failed"), "Check ssl_context in cluster_options: the certificate must"),
            (ConnectionRefusedError("refused"), START),
        ],
    )
    def test_the_next_step_fits_the_reason(self, reason, advice):
        error = NoHostAvailable("none", {"h:9042": reason})
        seen = _unreachable(Opening("c", ("h",)), error, error.errors)
        assert advice in str(seen)

    def test_no_error_and_no_log_line_holds_the_password(self, caplog):
        provider = PlainTextAuthProvider("user", "hunter2")
        with caplog.at_level("DEBUG"), pytest.raises(ClusterUnreachable) as raised:
            connection.setup([NOBODY], port=9, auth_provider=provider)
        entry = connection.registry._registry.entries["default"]
        assert "hunter2" not in " ".join([str(raised.value), repr(raised.value), repr(entry), caplog.text])


def run(code, *args):
    """Run a program; return what it wrote to its standard error."""
    path = os.pathsep.join(filter(None, [str(Path(helenus.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *args],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_importing_loads_no_driver():
    run("import sys, helenus.connection; assert 'cassandra' not in sys.modules")


def test_registering_a_lazy_connection_loads_no_driver():
    run(
        "import sys\n"
        "from helenus import connection\n"
        "connection.register_connection('c', ['h'], lazy_connect=True)\n"
        "assert 'cassandra' not in sys.modules"
    )


@pytest.mark.parametrize("use", ["", "connection.execute('SELECT now() FROM system.local')"], ids=["idle", "used"])
def test_a_program_that_forgets_to_unregister_ends_in_silence(cluster1, use):
    """The driver would complain, five seconds later, of a thread that it cannot join."""
    errors = run(
        "import logging, sys\n"
        "logging.basicConfig(level='WARNING')\n"
        "logging.getLogger('cassandra.cluster').setLevel('ERROR')  # it wants a load-balancing policy\n"
        "from helenus import connection\n"
        "connection.setup([sys.argv[1]], port=int(sys.argv[2]))\n" + use,
        cluster1.hosts[0],
        str(cluster1.port),
    )
    assert errors == ""


def test_sessions_that_helenus_opens_give_dicts_as_cqlengines_do(cluster1):
    connection.setup(cluster1.hosts, port=cluster1.port)
    assert connection.session.execute("SELECT key FROM system.local").one() == {"key": "local"}


def test_of_legacy_options_too(cluster1):
    from cassandra.policies import RoundRobinPolicy

    options = {"port": cluster1.port, "load_balancing_policy": RoundRobinPolicy()}
    with pytest.warns(DeprecationWarning, match="Legacy execution parameters"):
        connection.register_connection("legacy", cluster1.hosts, cluster_options=options)
    assert connection.get_session("legacy").execute("SELECT key FROM system.local").one() == {"key": "local"}
    assert connection.execute("SELECT key FROM system.local WHERE key = %s", ["local"], connection="legacy").all() == [
        {"key": "local"}
    ]


def test_but_not_if_a_profile_says_otherwise(cluster1):
    from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile
    from cassandra.policies import RoundRobinPolicy
    from cassandra.query import tuple_factory

    profile = ExecutionProfile(RoundRobinPolicy(), row_factory=tuple_factory)
    connection.setup(cluster1.hosts, port=cluster1.port, execution_profiles={EXEC_PROFILE_DEFAULT: profile})
    assert connection.session.execute("SELECT key FROM system.local").one() == ("local",)
    assert connection.execute("SELECT key FROM system.local").one() == {"key": "local"}

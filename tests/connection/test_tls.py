"""TLS options either check the server's chain and name, or are refused, or say loudly that they do not."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from helenus import cassandra, connection
from helenus.connection.tls import checked_options
from helenus.errors import ClusterUnreachable, TLSConfigurationError

ADDRESS = "127.0.20.60"


@dataclass
class Authority:
    """A certificate authority, its certificate as a file, and what it signs."""

    ca: trustme.CA
    path: str
    folder: Path

    def server(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(name).configure_cert(context)
        return context

    def files(self, name: str) -> tuple[str, str]:
        """Issue a certificate; return the paths of its chain and of its key."""
        issued = self.ca.issue_cert(name)
        chain, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        return str(chain), str(key)


def authority(folder: Path, name: str) -> Authority:
    ca = trustme.CA()
    path = folder / f"{name}.pem"
    ca.cert_pem.write_to_path(path)
    return Authority(ca, str(path), folder)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("good"), "ca")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("wrong"), "ca")


def context_of(options):
    return checked_options("c", options)["ssl_context"]


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str = ADDRESS) -> None:
    """Connect to a TLS server that lives for one handshake; raise what the client sees."""
    with socket.create_server((ADDRESS, 0)) as listener:

        def serve():
            plain, _ = listener.accept()
            with contextlib.suppress(OSError), plain, server.wrap_socket(plain, server_side=True) as secured:
                secured.sendall(b"!")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            plain = socket.create_connection(listener.getsockname(), timeout=10)
            with plain, client.wrap_socket(plain, server_hostname=name) as secured:
                assert secured.recv(1) == b"!"
        finally:
            thread.join(10)


OLD_STYLE = {
    "as blogs show it": {"ssl_version": ssl.PROTOCOL_TLS, "cert_reqs": ssl.CERT_REQUIRED},
    "TLS 1.2 pinned": {"ssl_version": ssl.PROTOCOL_TLSv1_2, "cert_reqs": ssl.CERT_REQUIRED},
    "client protocol": {"ssl_version": ssl.PROTOCOL_TLS_CLIENT},
    "name asked for": {"check_hostname": True},
    "only an authority": {},
    "nothing chosen": {"cert_reqs": None, "ssl_version": None, "ciphers": None, "keyfile": None},
}


@pytest.mark.parametrize("given", OLD_STYLE.values(), ids=OLD_STYLE.keys())
class TestOptionsBecomeAContextThatChecks:
    def test_a_good_server_is_accepted(self, good, given):
        shake_hands(context_of({"ssl_options": {"ca_certs": good.path, **given}}), good.server(ADDRESS))

    def test_another_authority_is_refused(self, good, wrong, given):
        with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer certificate"):
            shake_hands(context_of({"ssl_options": {"ca_certs": good.path, **given}}), wrong.server(ADDRESS))

    def test_another_hosts_certificate_is_refused(self, good, given):
        with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
            shake_hands(context_of({"ssl_options": {"ca_certs": good.path, **given}}), good.server("127.0.20.61"))

    def test_protocols_before_tls_1_2_are_off(self, good, given):
        context = context_of({"ssl_options": {"ca_certs": good.path, **given}})
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        assert context.options & ssl.OP_NO_COMPRESSION


def test_empty_options_mean_tls_with_the_systems_authorities():
    context = context_of({"ssl_options": {}})
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_pinning_tls_1_2_keeps_1_3_out(good):
    context = context_of({"ssl_options": {"ca_certs": good.path, "ssl_version": ssl.PROTOCOL_TLSv1_2}})
    assert context.maximum_version == ssl.TLSVersion.TLSv1_2


def test_a_client_certificate_is_shown(good):
    chain, key = good.files("client.example")
    server = good.server(ADDRESS)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(good.path)
    shake_hands(context_of({"ssl_options": {"ca_certs": good.path, "certfile": chain, "keyfile": key}}), server)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        shake_hands(context_of({"ssl_options": {"ca_certs": good.path}}), server)


def test_a_fixed_server_name_is_handed_to_the_driver_beside_the_context(good):
    checked = checked_options("c", {"ssl_options": {"ca_certs": good.path, "server_hostname": "node.example"}})
    assert checked["ssl_options"] == {"server_hostname": "node.example"}
    shake_hands(checked["ssl_context"], good.server("node.example"), "node.example")


REFUSED = {
    "no chain": (
        {"cert_reqs": ssl.CERT_NONE},
        (
            "Connection 'c': cert_reqs=<VerifyMode.CERT_NONE: 0> does not check the server's certificate. Take "
            "ssl.create_default_context(cafile=...) as cluster_options={'ssl_context': ...}, or, to talk to an "
            "unverified server all the same, add 'allow_unverified_tls': True."
        ),
    ),
    "chain as a number": ({"cert_reqs": 0}, "cert_reqs=0 does not check the server's certificate"),
    "chain optional": ({"cert_reqs": ssl.CERT_OPTIONAL}, "does not check the server's certificate"),
    "no name": ({"check_hostname": False}, "check_hostname=False does not check the server's name"),
    "neither": ({"cert_reqs": 0, "check_hostname": False}, "certificate and check_hostname=False does not check"),
    "TLS 1.1": ({"ssl_version": 4}, "ssl_version=4 in ssl_options is not a client's TLS 1.2 or newer"),
    "a server's protocol": ({"ssl_version": ssl.PROTOCOL_TLS_SERVER}, "is not a client's TLS 1.2 or newer"),
    "misspelt": ({"ca_cert": "x"}, "'ca_cert' means nothing in ssl_options; known: ca_certs, "),
    "misspelt, with a hint": ({"ca_cert": "x"}, "Did you mean 'ca_certs'?"),
    "no such file": ({"ca_certs": "/nowhere/ca.pem"}, "ssl_options cannot be loaded (ca_certs='/nowhere/ca.pem'"),
    "no such ciphers": ({"ciphers": "NONSENSE"}, "ssl_options cannot be loaded"),
}


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_options_that_cannot_be_meant_are_refused(given, message):
    with pytest.raises(TLSConfigurationError) as raised:
        checked_options("c", {"ssl_options": given})
    assert message in str(raised.value)


def test_options_must_be_a_dict():
    with pytest.raises(TLSConfigurationError, match="ssl_options must be a dict, not bool"):
        checked_options("c", {"ssl_options": True})


class TestUnverified:
    def test_needs_the_long_spelling_and_is_logged(self, wrong, caplog):
        options = {"ssl_options": {"cert_reqs": ssl.CERT_NONE}, "allow_unverified_tls": True}
        checked = checked_options("c", options)
        shake_hands(checked["ssl_context"], wrong.server("elsewhere.example"))
        assert "allow_unverified_tls" not in checked
        assert caplog.messages == [
            (
                "Connection 'c' talks to an unverified server, as allow_unverified_tls allows: "
                "cert_reqs=<VerifyMode.CERT_NONE: 0> does not check the server's certificate."
            )
        ]

    def test_without_the_name_the_chain_is_still_checked(self, good, wrong):
        given = {"ca_certs": good.path, "check_hostname": False}
        context = context_of({"ssl_options": given, "allow_unverified_tls": True})
        shake_hands(context, good.server("elsewhere.example"))
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(context, wrong.server(ADDRESS))

    @pytest.mark.parametrize("almost", ["yes", 1, None])
    def test_only_true_counts(self, almost):
        with pytest.raises(TLSConfigurationError):
            checked_options("c", {"ssl_options": {"cert_reqs": 0}, "allow_unverified_tls": almost})


class TestContexts:
    def test_that_check_pass_as_they_are_in_silence(self, caplog):
        context = ssl.create_default_context()
        checked = checked_options("c", {"ssl_context": context, "port": 1})
        assert checked["ssl_context"] is context
        assert (checked["port"], caplog.messages) == (1, [])

    @pytest.mark.parametrize(("mode", "what"), [(ssl.CERT_NONE, "certificate chain"), (ssl.CERT_REQUIRED, "host name")])
    def test_that_do_not_check_pass_with_a_warning(self, caplog, mode, what):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = mode
        assert context_of({"ssl_context": context}) is context
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert f"ssl_context does not check the server's {what}" in caplog.text

    def test_that_do_not_check_pass_without_one_when_spelled_out(self, caplog):
        context = ssl.create_default_context()
        context.check_hostname = False
        checked_options("c", {"ssl_context": context, "allow_unverified_tls": True})
        assert [record.levelname for record in caplog.records if record.levelno > 20] == []

    def test_settle_everything_so_that_options_beside_them_are_refused(self):
        with pytest.raises(TLSConfigurationError, match="'ca_certs' means nothing beside an ssl_context"):
            checked_options("c", {"ssl_context": ssl.create_default_context(), "ssl_options": {"ca_certs": "x"}})

    def test_go_with_a_server_name(self):
        context = ssl.create_default_context()
        checked = checked_options("c", {"ssl_context": context, "ssl_options": {"server_hostname": "n"}})
        assert (checked["ssl_context"], checked["ssl_options"]) == (context, {"server_hostname": "n"})


def test_without_tls_options_there_is_no_tls():
    assert checked_options("c", {"port": 1}) == {"port": 1}


@pytest.fixture(scope="module")
def node(good):
    chain, key = good.files("127.0.20.3")
    tls = cassandra.TLS(certificate=chain, key=key)
    with cassandra.start("connection-tls", address="127.0.20.3", port=9242, tls=tls, disposable=True) as cluster:
        yield cluster


@pytest.mark.usefixtures("node")
class TestRealNode:
    """A Cassandra node that accepts TLS only."""

    def test_is_reached_with_its_authority(self, good):
        connection.setup(["127.0.20.3"], port=9242, ssl_options={"ca_certs": good.path})
        assert connection.execute("SELECT release_version FROM system.local").one()["release_version"].startswith("5.0")

    def test_is_not_reached_with_another_authority_and_the_error_says_what_to_check(self, wrong):
        with pytest.raises(ClusterUnreachable) as raised:
            connection.setup(["127.0.20.3"], port=9242, ssl_options={"ca_certs": wrong.path})
        assert "CERTIFICATE_VERIFY_FAILED" in str(raised.value)

    def test_is_not_reached_under_a_name_that_its_certificate_does_not_have(self, good):
        options = {"ca_certs": good.path, "server_hostname": "node.example"}
        with pytest.raises(ClusterUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            connection.setup(["127.0.20.3"], port=9242, ssl_options=options)

    def test_is_not_reached_without_tls(self):
        with pytest.raises(ClusterUnreachable):
            connection.setup(["127.0.20.3"], port=9242)

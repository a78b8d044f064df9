"""The text of a node's files and of its command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helenus.cassandra import TLS, ClusterSpec
from helenus.cassandra.config import NodePlan, command_line, yaml_text

FOLDER = Path("/state/clusters/a/node1")


def plan(index: int = 0, pem: Path | None = None, **options: object) -> NodePlan:
    return NodePlan(ClusterSpec(**{"address": "127.0.0.5", **options}), index, 9142, 7100, FOLDER, pem)


def settings(*args: object, **options: object) -> dict[str, object]:
    return json.loads(yaml_text(plan(*args, **options)))


def seeds(index: int, nodes: int) -> str:
    return settings(index, nodes=nodes)["seed_provider"][0]["parameters"][0]["seeds"]


def test_a_node_listens_only_on_its_own_address():
    written = settings(1, nodes=2)
    assert {
        key: written[key] for key in ("listen_address", "rpc_address", "native_transport_port", "storage_port")
    } == {
        "listen_address": "127.0.0.6",
        "rpc_address": "127.0.0.6",
        "native_transport_port": 9142,
        "storage_port": 7100,
    }


@pytest.mark.parametrize(
    "key", ["materialized_views_enabled", "sasi_indexes_enabled", "user_defined_functions_enabled"]
)
def test_features_that_a_release_switches_off_are_on(key):
    assert settings()[key] is True


def test_all_data_lies_in_the_nodes_folder():
    written = settings()
    places = [*written["data_file_directories"], *(value for key, value in written.items() if "_directory" in key)]
    assert len(places) == 5
    assert all(place.startswith(f"{FOLDER}/") for place in places)


def test_the_first_node_makes_the_ring_and_the_others_can_start_while_any_is_down():
    assert seeds(0, 3) == "127.0.0.5:7100"
    assert seeds(2, 3) == "127.0.0.5:7100,127.0.0.6:7100,127.0.0.7:7100"


def test_a_single_node_has_the_tokens_of_a_release():
    assert settings()["num_tokens"] == 16


def test_several_nodes_share_the_ring_evenly():
    tokens = [int(settings(index, nodes=4)["initial_token"]) for index in range(4)]
    assert tokens == [-(2**63), -(2**62), 0, 2**62]


def test_password_authentication_brings_permissions_and_roles():
    assert "authenticator" not in settings()
    written = settings(authentication=True)
    assert (written["authenticator"], written["authorizer"]) == ("PasswordAuthenticator", "CassandraAuthorizer")


def test_pem_files_use_the_pem_context_factory_and_ask_for_client_certificates_only_with_an_authority():
    pem = FOLDER / "tls.pem"
    files = {"certificate": "chain.pem", "key": "key.pem"}
    plain = settings(0, pem, tls=TLS(**files))["client_encryption_options"]
    assert plain == {
        "enabled": True,
        "optional": False,
        "ssl_context_factory": {"class_name": "org.apache.cassandra.security.PEMBasedSslContextFactory"},
        "keystore": str(pem),
        "require_client_auth": False,
    }
    mutual = settings(0, pem, tls=TLS(**files, client_ca="ca.pem", key_password="x"))  # noqa: S106 - a sample
    options = mutual["client_encryption_options"]
    assert (options["require_client_auth"], options["truststore"], options["keystore_password"]) == (
        True,
        "ca.pem",
        "x",
    )


def test_a_keystore_is_named_as_it_is():
    tls = TLS(keystore="store.p12", keystore_password="x")  # noqa: S106 - a sample
    assert settings(tls=tls)["client_encryption_options"] == {
        "enabled": True,
        "optional": False,
        "keystore": "store.p12",
        "keystore_password": "x",
    }


def test_the_callers_settings_win():
    written = settings(settings={"auto_snapshot": True, "batch_size_fail_threshold": "100KiB"})
    assert (written["auto_snapshot"], written["batch_size_fail_threshold"]) == (True, "100KiB")


def test_the_command_runs_the_daemon_in_the_foreground_with_the_callers_options_last():
    command = command_line(plan(heap="512M", jvm_options=("-Xss1M",)), Path("/jdk/bin/java"), [Path("/a.jar")])
    assert command[0] == "/jdk/bin/java"
    assert command[-4:] == ["-Xss1M", "-cp", "/a.jar", "org.apache.cassandra.service.CassandraDaemon"]
    assert {"-Xmx512M", "-XX:+UseSerialGC", "-Dcassandra-foreground=yes"} <= set(command)
    assert f"-Dcassandra.config=file://{FOLDER}/cassandra.yaml" in command


def test_folders_with_spaces_become_proper_uris():
    spaced = NodePlan(ClusterSpec(), 0, 9042, 7000, Path("/Library/Application Support/node1"))
    assert "-Dcassandra.config=file:///Library/Application%20Support/node1/cassandra.yaml" in command_line(
        spaced, Path("java"), []
    )

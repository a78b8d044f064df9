"""The text of a node's configuration: cassandra.yaml, logback.xml and the JVM's command line.

Pure: values in, text out. It starts nothing, and reads no file.

Rule of choice: a node behaves as one of a freshly unpacked release does, apart from what the caller asked for, the
features that are off there (materialized views, SASI, user-defined functions), and what only costs start-up time,
memory or disk.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from helenus.cassandra.spec import ClusterSpec

LOGBACK = """\
<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder>
      <pattern>%-5level [%thread] %d{ISO8601} %logger{0}:%line - %msg%n</pattern>
    </encoder>
  </appender>
  <root level="INFO">
    <appender-ref ref="OUT"/>
  </root>
</configuration>
"""

EXPORTS = (
    "java.base/java.lang.ref",
    "java.base/jdk.internal.misc",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.sql/java.sql",
)
OPENS = (
    "java.base/java.io",
    "java.base/java.lang",
    "java.base/java.lang.module",
    "java.base/java.lang.reflect",
    "java.base/java.math",
    "java.base/java.net",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/jdk.internal.loader",
    "java.base/jdk.internal.math",
    "java.base/jdk.internal.module",
    "java.base/jdk.internal.ref",
    "java.base/jdk.internal.reflect",
    "java.base/jdk.internal.util.jar",
    "java.base/sun.nio.ch",
    "jdk.management/com.sun.management.internal",
)
"""Packages of the JDK that Cassandra and its memory meter reach into; Java 11 opens some of them by itself."""

JVM_OPTIONS = (
    "-ea",  # as the release: some checks of the server are assertions
    "-Xss512k",
    "-XX:+UseSerialGC",
    # The quick compiler only: the optimizing one makes a node faster after minutes, and steals a core until then.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djava.net.preferIPv4Stack=true",
    "-Djdk.attach.allowAttachSelf=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
)

QUICK_START = (
    # Classes that a registry delivered need no second check by the JVM: a sixth of a start's processor time.
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
    # No remote management: nothing listens, and thousands of beans need not be registered.
    "-Dorg.apache.cassandra.disable_mbean_registration=true",
    # What a row costs in a memtable is measured for two seconds at each start; this is what the measurement gives.
    "-Dcassandra.memtable.row_overhead_size=181",
    "-Dcassandra.superuser_setup_delay_ms=0",
    "-Dcassandra.skip_wait_for_gossip_to_settle=0",
    "-Dcassandra.shutdown_announce_in_ms=0",
    "-Dcassandra.auth_bcrypt_gensalt_log2_rounds=4",
)


@dataclass(frozen=True, slots=True)
class NodePlan:
    """One node of a cluster, with everything that its files and its command line need.

    Args:
        spec: the cluster.
        index: which node of it, from 0.
        port: the native transport port, chosen.
        storage_port: the port between nodes, chosen.
        directory: the node's folder.
        pem: the PEM file with its key and certificates, if TLS takes PEM files.
    """

    spec: ClusterSpec
    index: int
    port: int
    storage_port: int
    directory: Path
    pem: Path | None = None

    @property
    def address(self) -> str:
        """The node's address."""
        return self.spec.addresses[self.index]


def yaml_text(plan: NodePlan) -> str:
    """Return a node's cassandra.yaml; it is JSON, which every YAML reader reads, so that we need no YAML writer."""
    spec = plan.spec
    values: dict[str, object] = {
        "cluster_name": spec.name,
        "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
        "endpoint_snitch": "SimpleSnitch",
        "listen_address": plan.address,
        "rpc_address": plan.address,
        "native_transport_port": plan.port,
        "storage_port": plan.storage_port,
        "seed_provider": _seeds(plan),
        "auto_bootstrap": False,
        "block_for_peers_timeout_in_secs": 0,  # we wait for all nodes ourselves, once all are started
        "commitlog_sync": "periodic",
        "commitlog_sync_period": "10000ms",
        "commitlog_total_space": "256MiB",
        "auto_snapshot": False,
        "disk_failure_policy": "stop",
        "materialized_views_enabled": True,
        "sasi_indexes_enabled": True,
        "user_defined_functions_enabled": True,
        **_tokens(plan),
        **_directories(plan),
        **_authentication(spec),
        **_encryption(plan),
        **spec.settings,
    }
    return json.dumps(values, indent=2) + "\n"


def command_line(plan: NodePlan, java: Path, jars: Sequence[Path]) -> list[str]:
    """Return the command that runs a node in the foreground, its log on standard output.

    Args:
        plan: the node.
        java: the ``java`` program.
        jars: the class path.
    """
    spec, folder = plan.spec, plan.directory
    properties = {
        "cassandra-foreground": "yes",
        "cassandra.config": (folder / "cassandra.yaml").as_uri(),
        "cassandra.logdir": str(folder),
        "cassandra.storagedir": str(folder),
        "cassandra.triggers_dir": str(folder / "triggers"),
        # How long a node looks for others before it goes on alone: the first one starts alone, see ``_seeds``.
        "cassandra.ring_delay_ms": "100" if plan.index == 0 else "2000",
        "cassandra.system_auth.default_rf": str(min(spec.nodes, 3)),
        "logback.configurationFile": (folder / "logback.xml").as_uri(),
        "java.io.tmpdir": str(folder / "tmp"),
    }
    return [
        str(java),
        "-Xms64M",  # a node locks its heap in memory as it starts: what it has not asked for yet is not locked
        f"-Xmx{spec.heap}",
        *JVM_OPTIONS,
        *QUICK_START,
        *(f"--add-exports={package}=ALL-UNNAMED" for package in EXPORTS),
        *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENS),
        *(f"-D{key}={value}" for key, value in properties.items()),
        *spec.jvm_options,
        "-cp",
        ":".join(map(str, jars)),
        "org.apache.cassandra.service.CassandraDaemon",
    ]


def folders(plan: NodePlan) -> tuple[Path, ...]:
    """Return the folders that must exist before a node starts."""
    return tuple(plan.directory / name for name in ("triggers", "tmp"))


def _seeds(plan: NodePlan) -> list[dict[str, object]]:
    """Name every node as a seed of the others: any of them can then start again while any other is down.

    The first node has itself only: it makes the ring, and would wait in vain for seeds that aren't started yet. When it
    starts again, it knows the others from before.
    """
    addresses = plan.spec.addresses if plan.index else plan.spec.addresses[:1]
    seeds = ",".join(f"{address}:{plan.storage_port}" for address in addresses)
    return [
        {"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [{"seeds": seeds}]},
    ]


def _tokens(plan: NodePlan) -> Mapping[str, object]:
    """Sixteen tokens as a release has; for several nodes one each, evenly spread: the ring is always the same."""
    if plan.spec.nodes == 1:
        return {"num_tokens": 16}
    token = -(2**63) + (2**64 // plan.spec.nodes) * plan.index
    return {"num_tokens": 1, "initial_token": str(token)}


def _directories(plan: NodePlan) -> Mapping[str, object]:
    folder = plan.directory
    return {
        "data_file_directories": [str(folder / "data")],
        "commitlog_directory": str(folder / "commitlog"),
        "saved_caches_directory": str(folder / "saved_caches"),
        "hints_directory": str(folder / "hints"),
        "cdc_raw_directory": str(folder / "cdc_raw"),
    }


def _authentication(spec: ClusterSpec) -> Mapping[str, object]:
    if not spec.authentication:
        return {}
    return {
        "authenticator": "PasswordAuthenticator",
        "authorizer": "CassandraAuthorizer",
        "role_manager": "CassandraRoleManager",
    }


def _encryption(plan: NodePlan) -> Mapping[str, object]:
    tls = plan.spec.tls
    if tls is None:
        return {}
    options: dict[str, object] = {"enabled": True, "optional": False}
    if plan.pem is None:
        options |= {"keystore": str(tls.keystore), "keystore_password": tls.keystore_password}
        return {"client_encryption_options": options}
    options |= {
        "ssl_context_factory": {"class_name": "org.apache.cassandra.security.PEMBasedSslContextFactory"},
        "keystore": str(plan.pem),
        "require_client_auth": tls.client_ca is not None,
    }
    if tls.key_password is not None:
        options["keystore_password"] = tls.key_password
    if tls.client_ca is not None:
        options["truststore"] = str(tls.client_ca)
    return {"client_encryption_options": options}

"""What is remembered about each cluster between processes: one JSON file in the cluster's folder.

It reads and writes values. It does not look whether the processes in them still live.
"""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from helenus.cassandra.paths import state_directory
from helenus.cassandra.processes import Process
from helenus.cassandra.spec import TLS, ClusterSpec, check_name, is_name
from helenus.errors import CassandraLaunchError

FILE_NAME = "cluster.json"


@dataclass(frozen=True, slots=True)
class ClusterState:
    """A cluster as it was last written down.

    Args:
        spec: what was asked for.
        port: the native transport port that its nodes have.
        storage_port: the port between its nodes.
        processes: the process of each node, None where none was started or it was stopped.
        owner: the process with which the cluster is to end, None if it stays until it is stopped.
        served: whether it ever came up, so that its data counts.
    """

    spec: ClusterSpec
    port: int
    storage_port: int
    processes: tuple[Process | None, ...]
    owner: Process | None = None
    served: bool = False


def cluster_directory(name: str) -> Path:
    """Return the folder of a cluster."""
    check_name(name)
    return state_directory() / "clusters" / name


def lock_path(name: str) -> Path:
    """Return the file whose lock must be held to change a cluster; outside its folder, which may be removed."""
    check_name(name)
    return state_directory() / "locks" / f"{name}.lock"


def node_directory(name: str, index: int) -> Path:
    """Return the folder of a node."""
    return cluster_directory(name) / f"node{index + 1}"


def known_names() -> tuple[str, ...]:
    """Return the names of the clusters that have a state file, sorted."""
    names = (path.parent.name for path in state_directory().glob(f"clusters/*/{FILE_NAME}"))
    return tuple(sorted(filter(is_name, names)))


def read_state(name: str) -> ClusterState | None:
    """Return what is remembered about a cluster, or None if nothing readable is.

    A file that an older or newer helenus wrote in another form counts as unreadable: its nodes cannot be trusted to
    be ours, so that nothing is ever signalled because of it.
    """
    file = cluster_directory(name) / FILE_NAME
    try:
        return _decode(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, CassandraLaunchError):
        return None


def write_state(state: ClusterState) -> None:
    """Replace a cluster's state file as a whole, readable by its user only: it may hold a key's password."""
    folder = cluster_directory(state.spec.name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = folder / f".{FILE_NAME}.{os.getpid()}"
    scratch.touch(mode=0o600)
    scratch.write_text(json.dumps(dataclasses.asdict(state), indent=2, default=str) + "\n", "utf-8")
    scratch.replace(folder / FILE_NAME)


def _decode(values: dict[str, object]) -> ClusterState:
    """Build the state from its JSON form; what does not fit raises one of the errors that ``read_state`` expects."""
    spec = cast("dict[str, object]", values["spec"])
    tls = cast("dict[str, str | None] | None", spec["tls"])
    options = cast("list[str]", spec["jvm_options"])
    decoded = {**spec, "tls": None if tls is None else TLS(**tls), "jvm_options": tuple(options)}
    return ClusterState(
        spec=ClusterSpec(**decoded),  # type: ignore[arg-type]  # checked by the class itself
        port=cast("int", values["port"]),
        storage_port=cast("int", values["storage_port"]),
        processes=tuple(map(_process, cast("list[object]", values["processes"]))),
        owner=_process(values["owner"]),
        served=bool(values["served"]),
    )


def _process(value: object) -> Process | None:
    if value is None:
        return None
    fields = cast("dict[str, object]", value)
    return Process(int(cast("int", fields["pid"])), str(fields["started"]))

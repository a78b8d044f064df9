"""Real Apache Cassandra nodes on this machine, for development and tests, without Docker."""

from __future__ import annotations

from helenus.cassandra.cluster import Cluster, Node
from helenus.cassandra.launcher import find, start, start_many, status, stop, stop_abandoned
from helenus.cassandra.nodes import Progress
from helenus.cassandra.spec import DEFAULT_VERSION, TLS, ClusterSpec

__all__ = [
    "DEFAULT_VERSION",
    "TLS",
    "Cluster",
    "ClusterSpec",
    "Node",
    "Progress",
    "find",
    "start",
    "start_many",
    "status",
    "stop",
    "stop_abandoned",
]

"""Run the Python blocks of one page, in order, in one namespace; the first one that fails ends the run.

Usage: ``python run_document.py PAGE ADDRESS=HOST:PORT ...``. Pages are written for clusters at 127.0.0.1 and 127.0.0.2,
port 9042. Each pair leads the driver from such an address to where a test cluster listens; the page itself runs as it
is. (A contact point with a port is no way: the driver looks for the node at its default port once it is connected.)
Tracebacks show the page and the line in it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cassandra.cluster
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

PLACES: dict[str, tuple[str, int]] = {}


class RedirectedCluster(cassandra.cluster.Cluster):
    """The driver's ``Cluster``, led to a test cluster."""

    def __init__(self, contact_points=("127.0.0.1",), **options) -> None:
        host = contact_points[0]
        if host in PLACES:
            host, options["port"] = PLACES[host]
        super().__init__([host], **options)


def main(page: str, *pairs: str) -> None:
    """Evaluate all blocks of a page."""
    for pair in pairs:
        address, _, place = pair.partition("=")
        host, _, port = place.rpartition(":")
        PLACES[address] = (host, int(port))
    cassandra.cluster.Cluster = RedirectedCluster
    document = Sybil([PythonCodeBlockParser()]).parse(Path(page))
    document.namespace["__name__"] = "page"
    for example in document.examples():
        example.evaluate()


if __name__ == "__main__":
    main(*sys.argv[1:])

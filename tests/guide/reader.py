"""A reader of the guide: runs code that comes in as JSON lines, in one namespace, and answers with what it printed.

Usage: ``python reader.py PACKAGE``, the package that names are imported from. The guide relies on the usual port. Here
addresses are ``host:port``, which the driver's ``Cluster`` is taught to take.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback

from cassandra.cluster import Cluster


def main(package: str) -> None:
    """Read code until the input ends."""
    original = Cluster.__init__

    def with_port(self: Cluster, contact_points: list[str], **kwargs: object) -> None:
        host, port = contact_points[0].split(":")
        original(self, [host], port=int(port), **kwargs)

    Cluster.__init__ = with_port
    if package == "cassandra.cqlengine":
        import helenus.cqlengine

        helenus.cqlengine.install()
    namespace: dict[str, object] = {"__name__": "guide"}
    for line in sys.stdin:
        answer = {"printed": "", "raised": None, "trace": ""}
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(json.loads(line), namespace)  # noqa: S102 - what it is for
        except Exception as error:  # noqa: BLE001 - handed over
            answer |= {"raised": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
        answer["printed"] = printed.getvalue()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

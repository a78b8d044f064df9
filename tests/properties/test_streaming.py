"""A table of any size is read in constant memory."""

from __future__ import annotations

import subprocess
import sys
import textwrap

from helenus.integrations.pytest_plugin import ClusterUnderTest

ROWS = 100_000

PROGRAM = textwrap.dedent(
    """
    import resource, sys
    from helenus import Model, columns, connection, management

    host, port, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    connection.setup([host], "properties", port=port)

    class Streamed(Model):
        bucket = columns.Integer(primary_key=True)
        number = columns.Integer(primary_key=True)
        text = columns.Text()

    management.sync_table(Streamed)
    if Streamed.objects.count() != rows:
        Streamed.objects.bulk_create({"bucket": n % 16, "number": n, "text": f"row {n}"} for n in range(rows))
    for car in Streamed.objects.limit(20_000):
        pass
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = sum(1 for car in Streamed.objects.all())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(seen, grown)
    """
)


def test_100_000_instances_are_read_in_constant_memory(cluster1: ClusterUnderTest) -> None:
    """Peak memory grows by less than 40 MB, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, cluster1.hosts[0], str(cluster1.port), str(ROWS)],
        check=True,
        capture_output=True,
        text=True,
        timeout=240,
    )
    seen, grown_kb = map(int, done.stdout.split())
    assert seen == ROWS
    assert grown_kb < 40 * 1024

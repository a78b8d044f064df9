"""Run by test_forks.py in a process of its own: queries in threads, and forks in between.

Prints one JSON object: how the children ended, what the threads saw, and what the parent has left.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
import traceback
import warnings

from cassandra.cluster import Cluster

from helenus import connection
from helenus.connection.request import Request
from helenus.errors import ConnectionClosed

warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12+ warns of forks beside threads, which are the point
SECONDS = 60
ECHO = "SELECT blobAsInt(intAsBlob(?)) FROM system.local"


def echo(number, name=None):
    """Ask the node for a number; a mixed-up answer would be another one."""

    def flow():
        return (yield Request(ECHO, (number,), connection=name, idempotent=True))

    rows = connection.run(flow()).rows
    assert rows == [(number,)], (number, rows)


async def aecho(number):
    def flow():
        return (yield Request(ECHO, (number,), idempotent=True))

    rows = (await connection.arun(flow())).rows
    assert rows == [(number,)], (number, rows)


def require_closed(call, text):
    """Require that what the parent opened is refused, and why."""
    try:
        call()
    except ConnectionClosed as error:
        if text not in str(error):
            raise
    else:
        raise AssertionError(f"it was used, though it {text}")


def child(number, ending):
    """Query in a forked child; return its exit code."""
    try:
        for step in range(5):
            echo(number * 1000 + step)
        asyncio.run(aecho(number * 1000 + 5))
        echo(number * 1000 + 6, "lazy")
        require_closed(lambda: echo(1, "theirs"), "a session does not survive a fork")
        require_closed(lambda: DRIVER.execute(Request(ECHO, (1,))), "belongs to the process that forked this one")
    except BaseException:  # noqa: BLE001 - the parent hears of it by the exit code
        traceback.print_exc()
        os._exit(1)
    if ending == "exit":
        os._exit(0)
    sys.exit(0)  # runs the driver's and the interpreter's clean-up


def wait(pid):
    """Return how a child ended; one that hangs is killed."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "hung"


def hammer(mine, stop, errors, counts):
    number = 0
    while not stop.is_set():
        try:
            echo(-(mine * 1_000_000 + number))
        except Exception as error:  # noqa: BLE001 - any is a failure
            errors.append(repr(error))
            return
        number += 1
        counts[mine] = number


def main(host, port, forks):
    global DRIVER  # noqa: PLW0603 - what a child inherits
    connection.setup([host], port=port)
    with Cluster([host], port=port) as theirs:
        connection.register_connection("theirs", session=theirs.connect())
        connection.register_connection("lazy", [host], lazy_connect=True, cluster_options={"port": port})
        echo(0)
        DRIVER = connection.resolve(None)
        session = connection.get_session()
        stop, errors, counts = threading.Event(), [], [0] * 4
        threads = [threading.Thread(target=hammer, args=(mine, stop, errors, counts)) for mine in range(len(counts))]
        for thread in threads:
            thread.start()
        endings = []
        for number in range(1, forks + 1):
            pid = os.fork()
            if pid == 0:
                child(number, "exit" if number % 2 else "clean up")
            endings.append(wait(pid))
        stop.set()
        for thread in threads:
            thread.join(SECONDS)
        echo(7)
        echo(8, "theirs")
        result = {
            "endings": endings,
            "errors": errors,
            "all threads worked": all(counts),
            "same session": connection.get_session() is session and not session.is_shutdown,
        }
        connection.unregister_connection("default")
    print(json.dumps(result))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

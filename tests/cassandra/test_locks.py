"""The lock between processes."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from helenus.cassandra.locks import file_lock
from helenus.errors import CassandraLaunchError

HOLD = """
import sys, pathlib
from helenus.cassandra.locks import file_lock
with file_lock(pathlib.Path(sys.argv[1]), timeout=5):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_two_threads_exclude_each_other(tmp_path):
    path, inside, together = tmp_path / "lock", [], []

    def work() -> None:
        for _ in range(20):
            with file_lock(path, timeout=30):
                inside.append(1)
                together.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [1] * 60


def test_the_lock_of_a_process_that_dies_is_free(tmp_path):
    path = tmp_path / "folder" / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CassandraLaunchError, match="another process has held"), file_lock(path, timeout=0):
            pass
        holder.kill()
        holder.wait()
        with file_lock(path, timeout=0):
            assert path.exists()


def test_whoever_waits_can_give_up(tmp_path):
    def give_up() -> None:
        raise KeyboardInterrupt

    with (
        file_lock(tmp_path / "lock", timeout=0),
        pytest.raises(KeyboardInterrupt),
        file_lock(tmp_path / "lock", timeout=60, on_wait=give_up),
    ):
        pass

"""Processes are told apart by id and start time."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from helenus.cassandra import processes
from helenus.cassandra.processes import Process

NAP = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(600)"]


@pytest.fixture
def nap(tmp_path):
    """Give a running process that does nothing."""
    process = processes.spawn(NAP, log=tmp_path / "log", directory=tmp_path, environment=os.environ)
    yield process
    processes.kill([process])


def test_a_process_is_alive_until_it_is_killed(nap):
    assert processes.is_alive(nap)
    processes.kill([nap])
    assert not processes.is_alive(nap)
    assert processes.exit_code(nap) == -signal.SIGKILL


def test_a_reused_id_is_another_process_and_is_never_signalled(nap):
    former = Process(nap.pid, "an earlier life")
    assert not processes.is_alive(former)
    assert not processes.send_signal(former, signal.SIGKILL)
    processes.terminate([former], timeout=1)
    processes.kill([former])
    assert processes.is_alive(nap)


def test_without_process_descriptors_the_start_time_still_guards(nap, monkeypatch):
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    assert not processes.send_signal(Process(nap.pid, "an earlier life"), signal.SIGKILL)
    assert processes.send_signal(nap, signal.SIGTERM)
    assert processes.wait_ended([nap], 30)


def test_a_free_id_is_dead(nap):
    processes.kill([nap])
    assert not processes.is_alive(processes.identify(nap.pid))
    assert not processes.send_signal(nap, signal.SIGTERM)


def test_a_paused_process_ends_when_asked(nap):
    processes.send_signal(nap, signal.SIGSTOP)
    processes.terminate([nap], timeout=30)
    assert processes.exit_code(nap) == -signal.SIGTERM


def test_a_process_that_ignores_the_request_is_killed(tmp_path):
    script = "import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    log = tmp_path / "log"
    deaf = processes.spawn([sys.executable, "-c", script], log=log, directory=tmp_path, environment=os.environ)
    while not log.read_text():
        assert processes.is_alive(deaf)
    processes.terminate([deaf], timeout=0.1)
    assert processes.exit_code(deaf) == -signal.SIGKILL


def test_a_child_has_its_own_session_so_that_ctrl_c_passes_it_by(nap):
    assert os.getsid(nap.pid) == nap.pid != os.getsid(0)


@pytest.mark.skipif(not Path("/bin/ps").exists() and not Path("/usr/bin/ps").exists(), reason="needs ps(1)")
def test_systems_without_proc_are_asked_with_ps(nap, monkeypatch):
    monkeypatch.setattr(processes, "PROC", Path("/nonexistent"))
    seen = processes.identify(nap.pid)
    assert seen.started
    assert processes.is_alive(seen)
    assert not processes.is_alive(Process(nap.pid, "an earlier life"))
    assert not processes.is_alive(processes.identify(2**22 + 1))

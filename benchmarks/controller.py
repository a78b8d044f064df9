"""Runs the contestants against one node, in turns, and collects every figure.

All contestants are processes with the same protocol (see ``worker``). Within each round each workload is done by all
of them one after the other, and each round begins with another one, so that what disturbs the machine for a while
disturbs all of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.contestants import Entrant
from benchmarks.environments import ROOT, python_of
from benchmarks.workloads import Workload
from helenus import cassandra

ADDRESS = "127.0.90.1"
JVM_OPTIONS = ("-XX:TieredStopAtLevel=4",)
"""The launcher's nodes stop at the quick compiler; a node that is measured against should run at its full speed."""
SETTINGS: dict[str, object] = {"batch_size_warn_threshold": "1MiB", "batch_size_fail_threshold": "2MiB"}
"""Else each batch of 100 rows brings a warning, which the drivers log at various costs."""
ANSWER_SECONDS = 300.0

Say = Callable[[str], None]


class WorkerFailed(Exception):
    """A contestant could not do what it was asked; the message is its own."""


class WorkerProcess:
    """One contestant in a process of its own.

    Args:
        entrant: who.
        python: the interpreter of its environment.
    """

    def __init__(self, entrant: Entrant, python: Path) -> None:
        """Start the process."""
        self.entrant = entrant
        self.can: list[str] = []
        self.versions: dict[str, str] = {}
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - closed in stop
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", entrant.name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, "CQLENG_ALLOW_SCHEMA_MANAGEMENT": "1"},
        )

    def ask(self, do: str, **arguments: object) -> dict[str, Any]:
        """Send a command and return the answer.

        Raises:
            WorkerFailed: if it failed, died, or took more than ``ANSWER_SECONDS``.
        """
        timer = threading.Timer(ANSWER_SECONDS, self._process.kill)
        timer.start()
        try:
            answer = self._exchange(json.dumps({"do": do, **arguments}))
        finally:
            timer.cancel()
        if "error" in answer:
            raise WorkerFailed(f"{answer['error']}\n{answer['traceback']}")
        return answer

    def _exchange(self, line: str) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        answer = ""
        if stdin is not None and stdout is not None:
            with contextlib.suppress(BrokenPipeError):
                print(line, file=stdin, flush=True)
                answer = stdout.readline()
        if not answer:
            self._errors.seek(0)
            raise WorkerFailed(f"its process ended; it said: {self._errors.read()[-3000:]}")
        parsed: dict[str, Any] = json.loads(answer)
        return parsed

    def stop(self) -> None:
        """End the process."""
        with contextlib.suppress(BrokenPipeError, WorkerFailed, subprocess.TimeoutExpired):
            self._process.communicate(json.dumps({"do": "quit"}) + "\n", timeout=20)
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()


@dataclass(slots=True)
class Figures:
    """What was measured.

    Args:
        samples: by workload and contestant, the worker's answer of each round.
        operations: by workload, operations in a round.
        failures: by workload and contestant, why there are no figures.
        versions: by contestant.
    """

    samples: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    operations: dict[str, int] = field(default_factory=dict)
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)


@contextlib.contextmanager
def node(say: Say, address: str = ADDRESS) -> Iterator[tuple[str, int]]:
    """Start a node for one run, and remove it afterwards."""
    say("starting a Cassandra node")
    name = f"bench-{os.getpid()}-{secrets.token_hex(2)}"
    with cassandra.start(
        name,
        address=address,
        port=0,
        heap="1G",
        jvm_options=JVM_OPTIONS,
        settings=SETTINGS,
        disposable=True,
        timeout=300,
    ) as cluster:
        yield cluster.hosts[0], cluster.port


@contextlib.contextmanager
def workers(entrants: Sequence[Entrant], where: tuple[str, int], say: Say) -> Iterator[list[WorkerProcess]]:
    """Start the contestants, let the first one create the tables, and connect them all.

    Args:
        entrants: who; the first must be the raw driver.
        where: host and port of the node.
        say: told what goes on.
    """
    started: list[WorkerProcess] = []
    try:
        pythons = [python_of(entrant.venv, say) for entrant in entrants]
        started.extend(map(WorkerProcess, entrants, pythons))
        for number, worker in enumerate(started):
            say(f"connecting {worker.entrant.name}")
            answer = worker.ask("connect", host=where[0], port=where[1])
            worker.can, worker.versions = answer["can"], answer["versions"]
            if number == 0:
                say("creating and filling the tables")
                worker.ask("schema")
        yield started
    finally:
        for worker in started:
            worker.stop()


class Race:
    """The rounds.

    Args:
        contestants: connected workers.
        workloads: what they do.
        quick: with the small counts.
    """

    def __init__(self, contestants: Sequence[WorkerProcess], workloads: Sequence[Workload], *, quick: bool) -> None:
        """Note who can do what."""
        self.figures = Figures(versions={each.entrant.name: each.versions for each in contestants})
        self._quick = quick
        self._entered: dict[Workload, list[WorkerProcess]] = {
            workload: [each for each in contestants if workload.name in each.can] for workload in workloads
        }
        for workload in workloads:
            self.figures.operations[workload.name] = workload.quick if quick else workload.count

    def warm_up(self, say: Say) -> None:
        """Let each contestant do each workload once, untimed: statements get prepared, caches filled.

        Who fails here is out of that workload, and the reason is kept.
        """
        for workload, contestants in self._entered.items():
            for worker in list(contestants):
                say(f"warming up: {worker.entrant.name}, {workload.title}")
                try:
                    worker.ask("run", workload=workload.name, n=workload.quick)
                except WorkerFailed as error:
                    contestants.remove(worker)
                    self.figures.failures.setdefault(workload.name, {})[worker.entrant.name] = str(error)

    def round(self, number: int, step: Callable[[str], None]) -> None:
        """Do one round.

        Args:
            number: from 0; decides who begins.
            step: called before each measurement.

        Raises:
            WorkerFailed: if a contestant fails that did not in the warm-up, or did another amount of work than it
                was asked to.
        """
        for workload, contestants in self._entered.items():
            if workload.rounds is not None and number >= workload.rounds:
                continue
            shift = number % len(contestants) if contestants else 0
            for worker in [*contestants[shift:], *contestants[:shift]]:
                step(f"{workload.name}: {worker.entrant.name}")
                self._measure(workload, worker)

    def _measure(self, workload: Workload, worker: WorkerProcess) -> None:
        asked = self.figures.operations[workload.name]
        sample = worker.ask("run", workload=workload.name, n=asked)
        self._check(workload, worker, asked, int(sample["count"]))
        by_name = self.figures.samples.setdefault(workload.name, {})
        by_name.setdefault(worker.entrant.name, []).append(sample)

    def _check(self, workload: Workload, worker: WorkerProcess, asked: int, done: int) -> None:
        expected = asked * (10 if workload.name == "filter_10" else workload.items)
        if done != expected:
            raise WorkerFailed(f"{worker.entrant.name}, {workload.name}: {done} items instead of {expected}")

    def steps(self, rounds: int) -> int:
        """Return the number of measurements in some rounds."""
        return sum(len(who) * min(rounds, each.rounds or rounds) for each, who in self._entered.items())

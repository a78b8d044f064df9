"""``python -m benchmarks``: start a node, run the contestants, write the results."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import report
from benchmarks.about import describe
from benchmarks.contestants import BY_NAME, ENTRANTS, Entrant
from benchmarks.controller import ADDRESS, Race, WorkerFailed, node, workers
from benchmarks.environments import ROOT
from benchmarks.figures import costs
from benchmarks.plot import svg
from benchmarks.workloads import BY_NAME as WORKLOAD_NAMES
from benchmarks.workloads import WORKLOADS, Workload

RESULTS = ROOT / "benchmarks" / "results"
TRIALS = ROOT / ".cache" / "bench-trials"
"""Where quick and partial runs leave their results: they say nothing that should stay."""
ROUNDS, QUICK_ROUNDS = 11, 3
PROFILED = 5
"""How many times the operations of a round a profile takes."""
WIDTH = 150
"""Columns of the tables where the output is no terminal."""


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds of little work: tries the harness")
    parser.add_argument("--rounds", type=int, help=f"rounds (default: {ROUNDS}; {QUICK_ROUNDS} with --quick)")
    parser.add_argument("--only", default="", metavar="WORKLOAD,...", help=", ".join(WORKLOAD_NAMES))
    parser.add_argument("--contestants", default="", metavar="NAME,...", help=", ".join(BY_NAME))
    parser.add_argument("--profile", metavar="WORKLOAD", help="only profile helenus in this workload")
    parser.add_argument("--host", metavar="HOST:PORT", help="a node to use instead of starting one; it must be empty")
    given = parser.parse_args(argv)
    given.rounds = given.rounds or (QUICK_ROUNDS if given.quick else ROUNDS)
    for option, known in (("only", WORKLOAD_NAMES), ("contestants", BY_NAME)):
        names = [name.strip() for name in getattr(given, option).split(",") if name.strip()]
        if unknown := set(names) - known.keys():
            parser.error(f"--{option}: unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
        setattr(given, option, names)
    if given.profile is not None and given.profile not in WORKLOAD_NAMES:
        parser.error(f"--profile: unknown: {given.profile}; known: {', '.join(WORKLOAD_NAMES)}")
    return given


def chosen(given: argparse.Namespace) -> tuple[list[Entrant], list[Workload]]:
    """Return who takes part and in what; the raw driver always does, since it creates the tables."""
    names = {"raw", *(given.contestants or BY_NAME)}
    entrants = [entrant for entrant in ENTRANTS if entrant.name in names]
    return entrants, [workload for workload in WORKLOADS if not given.only or workload.name in given.only]


def trial(given: argparse.Namespace) -> str:
    """Say why a run is only a trial; empty for a whole one."""
    if given.quick:
        return "a quick run"
    if given.only or given.contestants:
        return "not all workloads and contestants"
    return f"fewer than {ROUNDS} rounds" if given.rounds < ROUNDS else ""


def race(given: argparse.Namespace, about: dict[str, Any], where: tuple[str, int], console: Console) -> report.Results:
    """Run all rounds and return the results."""
    entrants, workloads = chosen(given)
    if about["disturbed"]:
        console.print(f"[yellow]these figures will not be for judging: {about['disturbed']}[/]")
    columns = (TextColumn("{task.description:34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        workers(entrants, where, console.print) as contestants,
        Progress(*columns, console=console, transient=True) as progress,
    ):
        run = Race(contestants, workloads, quick=given.quick)
        warming = progress.add_task("warming up", total=None)
        run.warm_up(lambda words: progress.update(warming, description=words[:34]))
        progress.remove_task(warming)
        task = progress.add_task("", total=run.steps(given.rounds))
        for number in range(given.rounds):
            prefix = f"round {number + 1}/{given.rounds} "
            if not console.is_terminal:
                console.print(f"{prefix}begins")
            run.round(number, lambda words, p=prefix: progress.update(task, description=(p + words)[:34], advance=1))
    about["versions"], about["load_end"] = run.figures.versions, os.getloadavg()
    found = costs(run.figures.samples, run.figures.operations)
    return report.Results(about, found, run.figures.samples, run.figures.failures)


def write(results: report.Results, folder: Path) -> Path:
    """Write JSON, Markdown and SVG; return the JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    about = results.about
    file = folder / f"{about['date'][:10]}-{about['commit']}.json"
    file.write_text(json.dumps(report.as_json(results), indent=1) + "\n", encoding="utf-8")
    (folder / "latest.md").write_text(report.markdown(results), encoding="utf-8")
    (folder / "latest.svg").write_text(svg(results), encoding="utf-8")
    return file


def profile(given: argparse.Namespace, about: dict[str, Any], where: tuple[str, int], console: Console) -> int:
    """Print and save a profile of helenus in one workload."""
    workload = WORKLOAD_NAMES[given.profile]
    with workers([BY_NAME["raw"], BY_NAME["helenus"]], where, console.print) as contestants:
        helenus = contestants[1]
        if workload.name not in helenus.can:
            console.print(f"helenus has no workload {workload.name}")
            return 2
        text = helenus.ask("profile", workload=workload.name, n=workload.count * PROFILED)["text"]
    print(text)
    folder = TRIALS if given.quick else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{about['date'][:10]}-{about['commit']}-profile-{workload.name}.txt"
    file.write_text(text, encoding="utf-8")
    console.print(f"saved as {file.relative_to(ROOT)}")
    return 0


def compare(given: argparse.Namespace, about: dict[str, Any], where: tuple[str, int], console: Console) -> int:
    """Run the contestants, print and write the results; 1 if raw or helenus failed in a workload."""
    results = race(given, about, where, console)
    file = write(results, TRIALS if trial(given) else RESULTS)
    for table in report.terminal(results):
        console.print(table)
    for workload, by_name in results.failures.items():
        for who, reason in by_name.items():
            console.print(f"{who} failed in {workload}: {reason}", style="red", markup=False)
    console.print(f"written: {file.relative_to(ROOT)}, and latest.md and latest.svg beside it")
    return int(any(who in ("raw", "helenus") for by_name in results.failures.values() for who in by_name))


def main(argv: Sequence[str] | None = None) -> int:
    """Run; the exit status is 1 if something did not work, whatever the targets."""
    given = arguments(argv)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    about = describe(given.rounds, trial(given))
    act = profile if given.profile else compare
    try:
        if given.host:
            host, _, port = given.host.partition(":")
            return act(given, about, (host, int(port or 9042)), console)
        with node(console.print, ADDRESS) as where:
            return act(given, about, where, console)
    except WorkerFailed as error:
        console.print(str(error), style="red", markup=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())

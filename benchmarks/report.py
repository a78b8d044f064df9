"""The results as a terminal table, as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.contestants import ENTRANTS
from benchmarks.figures import TARGETS, Costs, Verdict, judge, main_measure, middle, quartiles, ratios
from benchmarks.workloads import BY_NAME, WORKLOADS

UNITS = {"us": "µs", "ms": "ms", "bytes": "bytes"}


@dataclass(frozen=True, slots=True)
class Results:
    """One run.

    Args:
        about: machine, versions, commit, options.
        found: the costs.
        samples: what they come from.
        failures: by workload and contestant.
    """

    about: dict[str, Any]
    found: Costs
    samples: dict[str, Any]
    failures: dict[str, dict[str, str]]

    @property
    def names(self) -> list[str]:
        """The contestants that took part, in their usual order."""
        there = {who for by_name in self.found.values() for who in by_name}
        return [entrant.name for entrant in ENTRANTS if entrant.name in there]

    @property
    def workloads(self) -> list[str]:
        """The workloads that were run, in their usual order."""
        return [workload.name for workload in WORKLOADS if workload.name in self.found]

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of the targets of these workloads."""
        return [judge(self.found, target) for target in TARGETS if target.workload in self.found]


def number(value: float | None) -> str:
    """Print a cost with three digits that matter."""
    if value is None:
        return "-"
    for limit, digits in ((1, 3), (10, 2), (100, 1)):
        if abs(value) < limit:
            return f"{value:.{digits}f}"
    return f"{value:,.0f}"


def title(workload: str) -> str:
    """Name a workload with its unit."""
    return f"{BY_NAME[workload].title} ({UNITS[BY_NAME[workload].unit]})"


def rows(results: Results, measure: str | None = None) -> list[list[str]]:
    """Return the table of medians, a row for each workload.

    Args:
        results: the run.
        measure: ``cpu`` or ``wall``; None is CPU time and bytes.
    """
    return [
        [
            title(workload),
            *(number(middle(results.found, workload, who, measure or main_measure(workload))) for who in results.names),
        ]
        for workload in results.workloads
        if measure is None or main_measure(workload) != "bytes"
    ]


def verdict_row(verdict: Verdict) -> list[str]:
    """Return what became of a target: workload, target, measured, middle half of the rounds, over, met."""
    target = verdict.target
    unit = UNITS[BY_NAME[target.workload].unit]
    if verdict.measured is None:
        return [BY_NAME[target.workload].title, target.text, "not measured", "", "", "-"]
    suffix = f" {unit}" if target.against is None else " x"
    return [
        BY_NAME[target.workload].title,
        target.text,
        number_of_ratio(verdict.measured) + suffix,
        f"{number_of_ratio(verdict.low)} to {number_of_ratio(verdict.high)}",
        f"{verdict.over:+,.1f} {unit}" if verdict.over is not None else "",
        "met" if verdict.met else "MISSED",
    ]


def number_of_ratio(value: float | None) -> str:
    """Print a ratio."""
    return "-" if value is None else f"{value:.3f}" if value < 2 else f"{value:.2f}"


def terminal(results: Results) -> list[Table]:
    """Return the tables for the terminal: CPU time, wall time, targets."""
    tables = []
    for heading, measure in (
        ("client CPU time of one operation, or bytes", None),
        ("wall time of one operation", "wall"),
    ):
        table = Table("workload", title=heading, title_justify="left", caption_justify="left")
        for name in results.names:
            table.add_column(name, justify="right", style="bold" if name == "helenus" else "")
        for row in rows(results, measure):
            table.add_row(*row)
        tables.append(table)
    targets = Table("workload", "target", title="targets", title_justify="left")
    for heading in ("measured", "middle half of rounds", "over", ""):
        targets.add_column(heading, justify="right")
    for verdict in results.verdicts:
        targets.add_row(*verdict_row(verdict), style="red" if verdict.met is False else "")
    return [*tables, targets]


def as_json(results: Results) -> dict[str, Any]:
    """Return everything that was measured, and what follows from it."""
    return {
        "about": results.about,
        "medians": {
            workload: {who: {m: middle(results.found, workload, who, m) for m in costs} for who, costs in by.items()}
            for workload, by in results.found.items()
        },
        "ratios_to_raw": {workload: _ratios_to_raw(results, workload) for workload in results.workloads},
        "targets": [
            {
                "workload": v.target.workload,
                "target": v.target.text,
                "measured": v.measured,
                "over": v.over,
                "met": v.met,
            }
            for v in results.verdicts
        ],
        "failures": results.failures,
        "rounds": results.samples,
    }


def _ratios_to_raw(results: Results, workload: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for who in results.names:
        per_round = ratios(results.found, workload, who, "raw", main_measure(workload))
        if per_round:
            low, high = quartiles(per_round)
            found[who] = {"median": median(per_round), "quartiles": [low, high]}
    return found


def markdown(results: Results) -> str:
    """Return the report as a page."""
    about = results.about
    parts = ["# Benchmark results", ""]
    if about["disturbed"]:
        parts += [f"**Not for judging: {about['disturbed']}.**", ""]
    parts += [_about(about), "", "## Targets", ""]
    parts += _table(
        ["workload", "target", "measured", "middle half of rounds", "over", "met?"],
        [verdict_row(verdict) for verdict in results.verdicts],
    )
    parts += ["", "## Client CPU time of one operation (memory: bytes)", "", "![client CPU time](latest.svg)", ""]
    parts += _table(["workload", *results.names], rows(results))
    parts += ["", "## Wall time of one operation", ""]
    parts += _table(["workload", *results.names], rows(results, "wall"))
    parts += ["", "## What each contestant does differently", ""]
    parts += [f"- `{e.name}`: {e.differs}" for e in ENTRANTS if e.name in results.names]
    if results.failures:
        parts += ["", "## What did not work", ""]
        parts += [
            f"- {BY_NAME[workload].title}, {who}: {reason.splitlines()[0]}"
            for workload, by_name in results.failures.items()
            for who, reason in by_name.items()
        ]
    parts += ["", "How this is measured, and what a figure means: docs/explanation/speed.md.", ""]
    return "\n".join(parts)


def _about(about: dict[str, Any]) -> str:
    versions = {name: number for each in about["versions"].values() for name, number in each.items()}
    told = ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
    return (
        f"{about['date']}, commit `{about['commit']}`, {about['rounds']} rounds, {about['cores']} cores"
        f" ({about['processor']}, {about['system']}), load average {about['load'][0]:.1f} at the start and"
        f" {about['load_end'][0]:.1f} at the end (the run itself included), Cassandra {about['cassandra']}. {told}."
    )


def _table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    align = ["---"] + ["---:"] * (len(headings) - 1)
    return ["| " + " | ".join(cells) + " |" for cells in (headings, align, *lines)]

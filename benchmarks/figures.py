"""From samples to costs, ratios and verdicts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.workloads import BY_NAME

Samples = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
"""By workload and contestant, what the worker answered in each round."""
Costs = dict[str, dict[str, dict[str, list[float]]]]
"""By workload, contestant and measure (``cpu``, ``wall``, ``bytes``), the cost of one item in each round."""

SCALES = {"us": 1e6, "ms": 1e3}


def costs(samples: Samples, operations: Mapping[str, int]) -> Costs:
    """Return what one item costs, in the workload's unit, round by round."""
    found: Costs = {}
    for name, by_contestant in samples.items():
        workload = BY_NAME[name]
        if workload.unit == "bytes":
            found[name] = _memory(by_contestant)
            continue
        scale = SCALES[workload.unit] / (operations[name] * workload.items)
        found[name] = {
            who: {measure: [each[measure] * scale for each in rounds] for measure in ("cpu", "wall")}
            for who, rounds in by_contestant.items()
        }
    return found


def _memory(by_contestant: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, dict[str, list[float]]]:
    """Take the values away: a raw row is its values and a tuple, whose size is known."""
    raw = by_contestant.get("raw")
    if not raw:
        return {}
    values = [each["value"] - each["tuple"] for each in raw]
    return {
        who: {"bytes": [each["value"] - plain for each, plain in zip(rounds, values, strict=True)]}
        for who, rounds in by_contestant.items()
    }


def middle(found: Costs, workload: str, who: str, measure: str) -> float | None:
    """Return the median cost over the rounds; None if it was not measured."""
    rounds = found.get(workload, {}).get(who, {}).get(measure)
    return median(rounds) if rounds else None


def ratios(found: Costs, workload: str, who: str, other: str, measure: str) -> list[float]:
    """Return the cost of one contestant over that of another in each round; empty if one was not measured."""
    rounds = found.get(workload, {})
    mine, theirs = (rounds.get(name, {}).get(measure, []) for name in (who, other))
    return [a / b for a, b in zip(mine, theirs, strict=False) if b]


def main_measure(workload: str) -> str:
    """Return the measure that a workload is told in."""
    return "bytes" if BY_NAME[workload].unit == "bytes" else "cpu"


@dataclass(frozen=True, slots=True)
class Target:
    """One figure to reach.

    Args:
        workload: of which workload.
        text: the target in words.
        limit: the highest ratio or cost that meets it; with ``least``, the lowest.
        against: the contestant that it is a ratio to; None for a cost of helenus by itself.
        measure: ``cpu``, ``wall`` or ``bytes``.
        least: the ratio is the other one's cost over helenus's, and at least the limit.
        allowance: met as well if helenus costs at most this much more, in the workload's unit.
    """

    workload: str
    text: str
    limit: float
    against: str | None
    measure: str = "cpu"
    least: bool = False
    allowance: float | None = None


def _simple(workload: str) -> Target:
    return Target(workload, "<= 1.06 x raw, or <= 25 us over it", 1.06, "raw", allowance=25)


TARGETS = (
    _simple("insert"),
    _simple("get"),
    _simple("update"),
    Target("rows", "<= 1.30 x raw tuples", 1.30, "raw"),
    Target("rows", ">= 6 x cheaper than cqlengine", 6, "cqlengine", least=True),
    Target("rows", ">= 1.8 x cheaper than coodie", 1.8, "coodie", least=True),
    Target("construct", "<= coodie's", 1.0, "coodie"),
    Target("batch_100", "<= 1.15 x raw with TCP_NODELAY", 1.15, "raw"),
    Target("batch_100", "<= 1.15 x raw with TCP_NODELAY, wall time", 1.15, "raw", measure="wall"),
    Target("bulk", "<= 1.10 x execute_concurrent_with_args", 1.10, "raw"),
    Target("bulk", "<= 1.10 x execute_concurrent_with_args, wall time", 1.10, "raw", measure="wall"),
    Target("memory", "<= 30 % of cqlengine's", 0.30, "cqlengine", measure="bytes"),
    Target("memory", "<= 55 % of coodie's", 0.55, "coodie", measure="bytes"),
    Target("chain", "<= 5 us", 5, None),
    Target("import_time", "<= 60 ms more than the driver", 60, None),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a target.

    Args:
        target: the target.
        measured: median of the ratios of the rounds, or of the costs; None if not measured.
        low: first quartile of the rounds.
        high: third quartile.
        over: median cost of helenus minus the other's, in the workload's unit; None without another.
        met: None if not measured.
    """

    target: Target
    measured: float | None
    low: float | None = None
    high: float | None = None
    over: float | None = None
    met: bool | None = None


def judge(found: Costs, target: Target) -> Verdict:
    """Compare a target with what was measured."""
    workload, against, measure = target.workload, target.against, target.measure
    if against is None:
        rounds = found.get(workload, {}).get("helenus", {}).get(measure, [])
    elif target.least:
        rounds = ratios(found, workload, against, "helenus", measure)
    else:
        rounds = ratios(found, workload, "helenus", against, measure)
    if not rounds:
        return Verdict(target, None)
    measured, (low, high) = median(rounds), quartiles(rounds)
    mine, theirs = middle(found, workload, "helenus", measure), against and middle(found, workload, against, measure)
    over = mine - theirs if isinstance(theirs, float) and mine is not None else None
    met = measured >= target.limit if target.least else measured <= target.limit
    if target.allowance is not None and over is not None:
        met = met or over <= target.allowance
    return Verdict(target, measured, low, high, over, met)


def quartiles(numbers: Sequence[float]) -> tuple[float, float]:
    """Return the first and the third quartile, each a number that is there."""
    ordered = sorted(numbers)
    last = len(ordered) - 1
    return ordered[round(last / 4)], ordered[round(last * 3 / 4)]

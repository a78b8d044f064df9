"""From samples to costs, verdicts and pages, without a node."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from benchmarks.__main__ import arguments
from benchmarks.contestants import ENTRANTS
from benchmarks.controller import Race
from benchmarks.figures import TARGETS, Target, costs, judge, quartiles
from benchmarks.plot import svg
from benchmarks.report import Results, as_json, markdown, number
from benchmarks.workloads import BY_NAME, WORKLOADS

ABOUT = {
    "date": "2026-11-21 10:00 UTC",
    "commit": "abc1234",
    "rounds": 3,
    "cores": 2,
    "processor": "a processor",
    "system": "Linux",
    "load": [0.1, 0.1, 0.1],
    "load_end": [1.5, 1.0, 0.5],
    "cassandra": "5.0.6",
    "disturbed": "",
    "versions": {"raw": {"scylla-driver": "3.29.12"}},
}


def timed(*cpu: float, wall: float = 1.0) -> list[dict[str, float]]:
    return [{"cpu": each, "wall": wall, "count": 1} for each in cpu]


def results(samples: dict, **about: object) -> Results:
    found = costs(samples, {name: BY_NAME[name].count for name in samples})
    return Results(ABOUT | about, found, samples, {"sync": {"coodie": "Broken: it\nat length"}})


@pytest.mark.parametrize(
    ("workload", "operations", "seconds", "cost"),
    [("insert", 300, 0.3, 1000.0), ("rows", 2, 0.2, 10.0), ("batch_10", 60, 0.06, 1.0), ("sync", 4, 0.1, 25.0)],
)
def test_a_cost_is_that_of_one_item_in_the_unit_of_the_workload(workload, operations, seconds, cost):
    found = costs({workload: {"raw": timed(seconds)}}, {workload: operations})
    assert found[workload]["raw"]["cpu"] == [pytest.approx(cost)]


def test_memory_is_what_a_row_takes_beyond_its_values():
    samples = {
        "memory": {
            "raw": [{"value": 500.0, "tuple": 120}],
            "coodie": [{"value": 1400.0}],
            "helenus": [{"value": 600.0}],
        }
    }
    found = costs(samples, {"memory": 10})["memory"]
    assert {who: each["bytes"] for who, each in found.items()} == {"raw": [120], "coodie": [1020], "helenus": [220]}


@pytest.mark.parametrize(
    ("target", "mine", "theirs", "measured", "met"),
    [
        (Target("insert", "", 1.06, "raw"), 0.3, 0.3, 1.0, True),
        (Target("insert", "", 1.06, "raw"), 0.33, 0.3, 1.1, False),
        (Target("insert", "", 1.06, "raw", allowance=101), 0.33, 0.3, 1.1, True),
        (Target("insert", "", 1.06, "raw", allowance=99), 0.33, 0.3, 1.1, False),
        (Target("insert", "", 6, "raw", least=True), 0.1, 0.7, 7.0, True),
        (Target("insert", "", 6, "raw", least=True), 0.1, 0.5, 5.0, False),
        (Target("insert", "", 1001, None), 0.3, 0.1, 1000.0, True),
        (Target("insert", "", 999, None), 0.3, 0.1, 1000.0, False),
    ],
)
def test_a_target_is_met_or_missed(target, mine, theirs, measured, met):
    found = costs({"insert": {"helenus": timed(mine), "raw": timed(theirs)}}, {"insert": 300})
    verdict = judge(found, target)
    assert (verdict.measured, verdict.met) == (pytest.approx(measured), met)


def test_a_ratio_is_taken_within_each_round_so_that_a_slow_round_slows_both():
    samples = {"insert": {"helenus": timed(1.1, 11.0, 2.2), "raw": timed(1.0, 10.0, 2.0)}}
    verdict = judge(costs(samples, {"insert": 300}), Target("insert", "", 1.06, "raw"))
    assert (verdict.low, verdict.measured, verdict.high) == (pytest.approx(1.1),) * 3


def test_what_was_not_measured_is_neither_met_nor_missed():
    verdict = judge(costs({"rows": {"helenus": timed(1.0)}}, {"rows": 2}), Target("rows", "", 6, "cqlengine"))
    assert (verdict.measured, verdict.met) == (None, None)


@pytest.mark.parametrize(
    ("numbers", "expected"), [([3], (3, 3)), ([1, 2, 3, 4, 5], (2, 4)), ([5, 1, 4, 2, 3], (2, 4)), ([1, 2], (1, 2))]
)
def test_quartiles_are_numbers_that_are_there(numbers, expected):
    assert quartiles(numbers) == expected


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0.1234, "0.123"), (3.456, "3.46"), (34.56, "34.6"), (1234.5, "1,234")]
)
def test_a_cost_is_told_with_three_digits_that_matter(value, text):
    assert number(value) == text


def test_the_page_tells_medians_verdicts_and_failures():
    page = markdown(results({"insert": {"raw": timed(0.3, 0.3, 0.3), "helenus": timed(0.3, 0.36, 0.6)}}))
    assert "| insert one row (10 columns, one a map) (µs) | 1,000 | 1,200 |" in page
    assert "| 1.200 x | 1.200 to 2.00 | +200.0 µs | MISSED |" not in page  # quartiles of three: the outer ones
    assert "| 1.200 x | 1.000 to 2.00 | +200.0 µs | MISSED |" in page
    assert "- sync of an unchanged table, coodie: Broken: it\n" in page
    assert "Not for judging" not in page


def test_a_disturbed_run_says_so_on_its_page_and_in_its_plot():
    disturbed = results({"insert": {"raw": timed(0.3)}}, disturbed="a quick run")
    assert "Not for judging: a quick run" in markdown(disturbed)
    assert "NOT FOR JUDGING: a quick run" in svg(disturbed)


def test_the_plot_is_xml_with_a_bar_for_each_contestant_whose_length_is_its_cost():
    drawn = ET.fromstring(svg(results({"insert": {"raw": timed(0.3), "helenus": timed(0.6)}})))  # noqa: S314 - our own
    bars = [float(each.get("width")) for each in drawn.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert len(bars) == 2
    assert bars[1] == pytest.approx(2 * bars[0], abs=0.2)


def test_the_json_holds_every_round_and_ratios_to_raw():
    samples = {"insert": {"raw": timed(0.3, 0.4), "helenus": timed(0.3, 0.8)}}
    written = as_json(results(samples))
    assert written["rounds"] == samples
    assert written["ratios_to_raw"]["insert"]["helenus"]["median"] == pytest.approx(1.5)


class Recorded:
    """A worker that answers at once and notes who was asked for what."""

    def __init__(self, entrant, asked):
        self.entrant, self.asked, self.can, self.versions = entrant, asked, ["insert", "memory"], {}

    def ask(self, _do, workload, n):
        self.asked.append((workload, self.entrant.name))
        return {"wall": 1.0, "cpu": 1.0, "count": n}


def test_each_round_begins_with_another_contestant_and_some_workloads_run_less_often():
    asked = []
    run = Race([Recorded(each, asked) for each in ENTRANTS[:3]], [BY_NAME["insert"], BY_NAME["memory"]], quick=True)
    for turn in range(4):
        run.round(turn, lambda _: None)
    names = [each.name for each in ENTRANTS[:3]]
    inserts = [who for workload, who in asked if workload == "insert"]
    assert [inserts[start : start + 3] for start in range(0, 12, 3)] == [
        names,
        [*names[1:], names[0]],
        [*names[2:], *names[:2]],
        names,
    ]
    assert [who for workload, who in asked if workload == "memory"] == names
    assert run.steps(4) == len(asked)


def test_every_target_is_of_a_workload_and_against_a_contestant():
    assert {target.workload for target in TARGETS} <= {workload.name for workload in WORKLOADS}
    assert {target.against for target in TARGETS} <= {entrant.name for entrant in ENTRANTS} | {None}


@pytest.mark.parametrize("options", [["--only", "nonsense"], ["--contestants", "who"], ["--profile", "nonsense"]])
def test_an_unknown_name_on_the_command_line_is_refused(options, capsys):
    with pytest.raises(SystemExit):
        arguments(options)
    assert "known: " in capsys.readouterr().err

"""The table of differences is documented, tested, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.compat import differences

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.mark.parametrize("heading", differences.SECTIONS)
def test_the_page_shows_the_table(heading):
    page = differences.PAGE.read_text("utf-8")
    assert differences.shown(page, heading) == differences.SECTIONS[heading], "run python -m tests.compat.differences"


def test_the_page_lists_exactly_the_ids():
    page = differences.PAGE.read_text("utf-8")
    ids = re.findall(r"^\| ([\w-]+) \|", page, re.MULTILINE)
    assert [each for each in ids if each not in ("id", "name")] == [each.id for each in differences.DIFFERENCES]


def test_each_difference_is_shown_by_running_both_or_names_its_proof():
    marked = {
        each for path in HERE.glob("test_*.py") for each in re.findall(r'differs\("([\w-]+)"', path.read_text("utf-8"))
    }
    proved = {each.id for each in differences.DIFFERENCES if each.proof}
    assert marked | proved == {each.id for each in differences.DIFFERENCES}
    assert marked & proved == set()


@pytest.mark.parametrize(
    "difference", [each for each in differences.DIFFERENCES if each.proof], ids=lambda each: each.id
)
def test_proofs_exist(difference):
    assert (ROOT / difference.proof).exists()


def test_ids_are_unique():
    ids = [each.id for each in differences.DIFFERENCES]
    assert len(ids) == len(set(ids))

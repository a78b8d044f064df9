"""Which folders are used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from helenus.cassandra.paths import cache_directory, state_directory

VARIABLES = ("HELENUS_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


@pytest.mark.parametrize(
    ("platform", "variables", "state", "cache"),
    [
        ("linux", {}, "/home/u/.local/state/helenus", "/home/u/.cache/helenus"),
        ("linux", {"XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/c"}, "/s/helenus", "/c/helenus"),
        (
            "linux",
            {"XDG_STATE_HOME": "s", "XDG_CACHE_HOME": "c"},
            "/home/u/.local/state/helenus",
            "/home/u/.cache/helenus",
        ),
        ("linux", {"HELENUS_HOME": "/h"}, "/h", "/home/u/.cache/helenus"),
        ("linux", {"HELENUS_HOME": "~/h"}, "/home/u/h", "/home/u/.cache/helenus"),
        ("darwin", {}, "/home/u/Library/Application Support/helenus", "/home/u/Library/Caches/helenus"),
        ("darwin", {"XDG_CACHE_HOME": "/c"}, "/home/u/Library/Application Support/helenus", "/c/helenus"),
    ],
)
def test_the_environment_and_the_platform_choose_the_folders(monkeypatch, platform, variables, state, cache):
    monkeypatch.setenv("HOME", "/home/u")
    monkeypatch.setattr(sys, "platform", platform)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (state_directory(), cache_directory()) == (Path(state), Path(cache))

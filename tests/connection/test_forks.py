"""After a fork the child opens sessions of its own and the parent's go on; nobody waits for a lock of the other's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import helenus

FORKS = 20

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def test_children_connect_anew_and_the_parent_is_unharmed(cluster1):
    script = Path(__file__).with_name("forking.py")
    path = os.pathsep.join(filter(None, [str(Path(helenus.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", script, cluster1.hosts[0], str(cluster1.port), str(FORKS)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "endings": [0] * FORKS,
        "errors": [],
        "all threads worked": True,
        "same session": True,
    }, done.stderr

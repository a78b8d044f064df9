"""Where the tests of this folder put their rows."""

from __future__ import annotations

import os

CLUSTERS = ("cluster1", "cluster2")
ONE = f"mapper_{os.getpid()}_one"
TWO = f"mapper_{os.getpid()}_two"

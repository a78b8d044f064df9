"""``helenus.connection`` itself, under cqlengine's module name: whoever sets or patches a name here sets it there."""

from __future__ import annotations

import sys

from helenus import connection
from helenus.connection import *  # noqa: F403

sys.modules[__name__] = connection

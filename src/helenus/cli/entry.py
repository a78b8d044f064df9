"""The entry point of the command line, which works without the packages of the extra ``cli`` as far as saying so.

It knows no command.
"""

from __future__ import annotations

import importlib
import sys

USAGE_ERROR = 2
EXTRA = frozenset({"click", "rich", "typer"})
"""What the extra installs."""


def main() -> None:
    """Run ``helenus``; ends the process with exit status 0 (ok), 1 (findings), 2 (usage) or 3 (cannot connect)."""
    try:
        application = importlib.import_module("helenus.cli.app")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        print(f"helenus: the command line needs {missing}: pip install 'helenus[cli]'", file=sys.stderr)
        raise SystemExit(USAGE_ERROR) from None
    application.run()

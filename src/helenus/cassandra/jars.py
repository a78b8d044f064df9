"""Fetch Cassandra and the libraries it needs, once, with Maven, into a cache that all projects share.

It does not know any registry: Maven's own configuration says where artifacts come from.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from helenus.cassandra.locks import file_lock
from helenus.cassandra.paths import cache_directory
from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from helenus.cassandra.java import Java

FETCH_SECONDS = 900.0
TAIL_LINES = 25

POM = """\
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>helenus</groupId>
  <artifactId>cassandra-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId>
      <artifactId>cassandra-all</artifactId>
      <version>{version}</version>
    </dependency>
  </dependencies>
</project>
"""


def resolve(version: str, java: Java, on_wait: Callable[[str], None]) -> tuple[Path, ...]:
    """Return the jars of a Cassandra release in class path order, fetching them if they are not in the cache.

    Args:
        version: the Cassandra release.
        java: what runs Maven if the environment has no Java.
        on_wait: called with a message, again and again, while this takes time; what it raises ends the work.

    Raises:
        CassandraLaunchError: Maven is missing or failed, with the end of its output.
    """
    folder = cache_directory() / "jars" / version
    if not folder.is_dir():
        waiting = f"another process fetches Cassandra {version}"
        lock = folder.with_name(f"{version}.lock")
        with file_lock(lock, timeout=FETCH_SECONDS, on_wait=lambda: on_wait(waiting)):
            if not folder.is_dir():
                _fetch(version, java, folder, on_wait)
    return tuple(sorted(folder.glob("*.jar")))


def find_maven() -> Path:
    """Return the ``mvn`` program: of MAVEN_HOME or M2_HOME, else of PATH.

    Raises:
        CassandraLaunchError: there is none.
    """
    for variable in ("MAVEN_HOME", "M2_HOME"):
        program = Path(os.environ.get(variable, "")) / "bin" / "mvn"
        if os.environ.get(variable) and os.access(program, os.X_OK):
            return program
    program_on_path = shutil.which("mvn")
    if program_on_path is None:
        msg = (
            "Cassandra's jars are fetched with Maven, and there is no mvn on PATH nor in MAVEN_HOME. Install it "
            "(apt install maven, dnf install maven, brew install maven, sdk install maven) and try again; it is "
            "needed only once for a Cassandra version"
        )
        raise CassandraLaunchError(msg)
    return Path(program_on_path)


def _fetch(version: str, java: Java, folder: Path, on_wait: Callable[[str], None]) -> None:
    """Let Maven copy the jars beside their place, and move them there only when they are complete."""
    maven = find_maven()
    with tempfile.TemporaryDirectory(prefix=f".{version}-", dir=folder.parent) as scratch:
        work = Path(scratch)
        (work / "pom.xml").write_text(POM.format(version=version), "utf-8")
        command = [str(maven), "-B", "-q", "-f", str(work / "pom.xml"), "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={work / 'jars'}"]
        _run(command, work, java, lambda: on_wait(f"fetching Cassandra {version} with Maven"))
        if not (work / "jars" / f"cassandra-all-{version}.jar").is_file():
            msg = f"Maven ended well but gave no cassandra-all-{version}.jar; run it by hand: {' '.join(command)}"
            raise CassandraLaunchError(msg)
        (work / "jars").rename(folder)


def _run(command: list[str], work: Path, java: Java, on_wait: Callable[[], None]) -> None:
    """Run Maven to its end, or end it when ``on_wait`` raises."""
    environment = dict(os.environ)
    if not environment.get("JAVA_HOME") and shutil.which("java") is None:
        environment["JAVA_HOME"] = str(java.home)
    log = work / "maven.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=work, env=environment
        )
        with process:
            try:
                _follow(process, on_wait)
            except BaseException:
                process.kill()
                raise
    if process.returncode != 0:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-TAIL_LINES:])
        msg = (
            f"Maven could not fetch Cassandra (exit status {process.returncode}); check the version, the network and "
            f"Maven's settings.xml. The end of its output:\n{tail}"
        )
        raise CassandraLaunchError(msg)


def _follow(process: subprocess.Popen[bytes], on_wait: Callable[[], None]) -> None:
    """Wait until Maven ends, saying so ten times a second."""
    deadline = time.monotonic() + FETCH_SECONDS
    while process.poll() is None:
        on_wait()
        if time.monotonic() > deadline:
            msg = f"Maven has not fetched Cassandra within {FETCH_SECONDS:.0f} s; check the network and try again"
            raise CassandraLaunchError(msg)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)

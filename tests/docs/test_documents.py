"""The documentation is true: its code runs, its commands exist, its links lead somewhere.

Pages are written for two clusters at 127.0.0.1 and 127.0.0.2. Here they run against the clusters of the test run, whose
addresses are put in place of those two. Each page runs in a process of its own, as a reader's program does.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import trustme
from cassandra.cluster import Cluster

from helenus.integrations.pytest_plugin import ClusterUnderTest
from tools.measure import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)(?:#[^)\s]*)?\)")
KEYSPACES = {
    "README.md": ("garage",),
    "docs/how-to/asyncio.md": ("async_rides",),
    "docs/how-to/connections.md": ("ks1", "ks2"),
    "docs/how-to/forking.md": ("forking",),
    "docs/how-to/from-cqlengine.md": ("moving",),
    "docs/how-to/many-rows.md": ("many_rows",),
    "docs/tutorial/first-steps.md": ("dealer",),
}
RUNNER = Path(__file__).with_name("run_document.py")
# Forking with threads around is what the page about forking is about; Python 3.12 began to warn of it.
WARNINGS = ["-W", "error", "-W", "ignore:This process:DeprecationWarning"]


def blocks(page: Path, language: str) -> list[str]:
    return [code for name, code in FENCE.findall(page.read_text(encoding="utf-8")) if name == language]


def title(page: Path) -> str:
    return str(page.relative_to(ROOT))


def commands() -> Iterator[tuple[Path, str]]:
    """Find each line of each shell block, comments cut off."""
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.splitlines():
                if command := line.partition("  #")[0].strip():
                    yield page, command


@pytest.fixture
def contact_points(page, cluster1, cluster2) -> Iterator[list[str]]:
    """What to write instead of the page's addresses; both clusters lack the keyspaces that the page creates."""
    clusters = {"127.0.0.1": cluster1, "127.0.0.2": cluster2}
    drop_keyspaces(page, clusters.values())
    yield [f"{written}={address(cluster)}" for written, cluster in clusters.items()]
    drop_keyspaces(page, clusters.values())


def address(cluster: ClusterUnderTest) -> str:
    return f"{cluster.hosts[0]}:{cluster.port}"


def drop_keyspaces(page: Path, clusters: Iterable[ClusterUnderTest]) -> None:
    keyspaces = KEYSPACES.get(title(page), ())
    for cluster in clusters if keyspaces else ():
        opened = Cluster(cluster.hosts, port=cluster.port)
        session = opened.connect()
        for keyspace in keyspaces:
            session.execute(f"DROP KEYSPACE IF EXISTS {keyspace}")
        opened.shutdown()


@pytest.fixture
def desk(tmp_path) -> Path:
    """A folder with the certificate files that the page about TLS reads."""
    authority = trustme.CA()
    client = authority.issue_cert("client@example.com")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    client.cert_chain_pems[0].write_to_path(str(tmp_path / "client.pem"))
    client.private_key_pem.write_to_path(str(tmp_path / "client.key"))
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=title)
def test_the_code_of_a_page_runs(page, contact_points, desk):
    command = [sys.executable, *WARNINGS, RUNNER, page, *contact_points]
    result = subprocess.run(command, cwd=desk, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_test_file_on_the_page_about_testing_passes(cluster1, cluster2, tmp_path):
    code = next(block for block in blocks(ROOT / "docs/how-to/testing.md", "python") if "def test_" in block)
    (tmp_path / "test_bicycles.py").write_text(code, encoding="utf-8")
    named = [f"--cassandra-hosts={address(cluster)}" for cluster in (cluster1, cluster2)]
    command = [sys.executable, "-m", "pytest", *named, tmp_path, "-p", "no:cacheprovider"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 passed" in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_every_block_says_what_it_is(page):
    languages = {name for name, _ in FENCE.findall(page.read_text(encoding="utf-8"))}
    assert languages <= {"python", "sh", "text"}


@pytest.mark.parametrize(
    ("page", "command"), list(commands()), ids=lambda value: title(value) if isinstance(value, Path) else value
)
def test_a_command_exists(page, command):
    words = shlex.split(command)
    match words:
        case ["make", verb, *_]:
            subprocess.run(["make", "--dry-run", verb], cwd=ROOT, capture_output=True, check=True)
        case ["pip", "install", package]:
            name = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
            assert package.partition("[")[0] == name
        case ["helenus", *rest]:
            subcommand = [word for word in rest if re.fullmatch("[a-z]+", word)][:2]
            helenus = Path(sys.executable).with_name("helenus")
            subprocess.run([helenus, *subcommand, "--help"], capture_output=True, check=True)
        case [".venv/bin/coverage", *_]:
            assert "&&" in words
        case _:
            pytest.fail(f"{title(page)} shows a command that this test cannot judge: {command}")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=title)
def test_every_link_leads_to_a_file(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_navigation():
    def entries(node: object) -> Iterator[str]:
        if isinstance(node, str):
            yield node
        elif isinstance(node, list | dict):
            for child in node.values() if isinstance(node, dict) else node:
                yield from entries(child)

    nav = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    assert sorted(entries(nav)) == sorted(
        str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")
    )


def test_the_site_builds_without_a_warning(tmp_path):
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    for folder in ("src", "tools"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "site" / "index.html").is_file()

"""``helenus cassandra``: real Cassandra nodes on this machine.

It turns options into calls of ``helenus.cassandra`` and results into lines; it starts and stops nothing itself.
"""

from __future__ import annotations

import contextlib
import json
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from helenus import cassandra
from helenus.cassandra import Cluster, ClusterSpec, Node
from helenus.cli import output
from helenus.cli.output import Format
from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEFAULT_NAME = "local"
FOLLOW_SECONDS = 0.3

app = typer.Typer(help="Real Cassandra nodes on this machine, for development and tests.", no_args_is_help=True)

FormatOption = Annotated[Format, typer.Option("--format", help="How to print the result.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


@app.command()
def start(
    *,
    name: Annotated[list[str] | None, typer.Option(help="Name of the cluster; once, or once for each address.")] = None,
    address: Annotated[
        list[str] | None, typer.Option(help="Loopback address (127.0.0.0/8); each one is a cluster of its own.")
    ] = None,
    nodes: Annotated[int, typer.Option(help="Nodes of each cluster, on the address and those after it.")] = 1,
    port: Annotated[int, typer.Option(help="Native transport port of every node; 0 is a free one.")] = 9042,
    version: Annotated[str, typer.Option(help="Cassandra release.")] = cassandra.DEFAULT_VERSION,
    heap: Annotated[str, typer.Option(help="Heap of each node, such as 384M or 1G.")] = "384M",
    authentication: Annotated[
        bool, typer.Option("--authentication", help="Ask for user and password, at first cassandra and cassandra.")
    ] = False,
    tls_certificate: Annotated[Path | None, typer.Option(help="PEM file: certificate chain for TLS.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file: its private key.")] = None,
    tls_client_ca: Annotated[Path | None, typer.Option(help="PEM file: whose client certificates to ask for.")] = None,
    setting: Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE of cassandra.yaml.")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that the nodes may take to serve.")] = 120.0,
    form: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Start clusters, or find them running; they stay until `helenus cassandra stop`."""
    addresses = address or ["127.0.0.1"]
    try:
        tls = _tls(tls_certificate, tls_key, tls_client_ca)
        specs = [
            ClusterSpec(
                name=each_name,
                address=each_address,
                nodes=nodes,
                version=version,
                heap=heap,
                port=port,
                authentication=authentication,
                tls=tls,
                settings=_settings(setting or []),
            )
            for each_name, each_address in zip(_names(name or [], len(addresses)), addresses, strict=True)
        ]
    except CassandraLaunchError as error:
        _usage_error(str(error))
    with _termination_as_interrupt(), output.shown_progress(quiet=quiet) as show:
        clusters = cassandra.start_many(specs, timeout=timeout, on_progress=show)
    _print_clusters(clusters, form)


@app.command()
def status(
    names: Annotated[list[str] | None, typer.Argument(help="Clusters; all known ones if none is given.")] = None,
    *,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show clusters and their nodes; exit status 1 if a named cluster, or a part of a running one, is down."""
    clusters = _known(names or [])
    _print_clusters(clusters, form)
    down = [each for each in clusters if _is_finding(each, asked=bool(names))]
    raise typer.Exit(output.FINDINGS if down else output.OK)


@app.command()
def stop(
    names: Annotated[list[str] | None, typer.Argument(help="Clusters to stop.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Stop all clusters of this state directory.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Also remove their data, configuration and logs.")] = False,
) -> None:
    """Stop clusters that helenus started; no other process is ever signalled."""
    if bool(names) == every:
        known = ", ".join(each.name for each in cassandra.status()) or "none"
        _usage_error(f"name the clusters to stop, or give --all; known: {known}")
    clusters = cassandra.status() if every else _known(names or [])
    stopped = [name for each in clusters for name in cassandra.stop(each.name, remove=remove)]
    for each in clusters:
        print(f"{each.name}: {('removed' if remove else 'stopped') if each.name in stopped else 'was not running'}")


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="Cluster.")] = DEFAULT_NAME,
    *,
    node: Annotated[int, typer.Option(help="Which of its nodes, from 1.")] = 1,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines from the end.")] = 40,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on printing as the log grows.")] = False,
) -> None:
    """Print the end of a node's log."""
    cluster = _known([name])[0]
    if not 1 <= node <= len(cluster.nodes):
        _usage_error(f"cluster {name!r} has the nodes 1 to {len(cluster.nodes)}, not {node}")
    chosen = cluster.nodes[node - 1]
    print(chosen.log_tail(lines))
    if follow:
        _follow(chosen)


@contextlib.contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C: a job that is cancelled must not leave half-started nodes either."""
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _follow(node: Node) -> None:
    """Print what is added to a log until the node ends or somebody interrupts."""
    with node.log.open(encoding="utf-8", errors="replace") as log:
        log.seek(0, 2)
        while True:
            text = log.read()
            if text:
                print(text, end="", flush=True)
            elif not node.is_running():
                return
            time.sleep(FOLLOW_SECONDS)


def _names(names: list[str], count: int) -> list[str]:
    """Return a name for each address: those given, or one name numbered."""
    if len(names) == count:
        return names
    if len(names) > 1:
        _usage_error(f"{len(names)} names for {count} addresses: give --name once, or once for each --address")
    base = names[0] if names else DEFAULT_NAME
    return [base] + [f"{base}-{number}" for number in range(2, count + 1)]


def _settings(pairs: Sequence[str]) -> dict[str, object]:
    """Read KEY=VALUE pairs; a value is JSON if it can be, else text."""
    settings: dict[str, object] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not key or not equals:
            _usage_error(f"--set {pair!r}: expected KEY=VALUE, such as --set batch_size_fail_threshold=100KiB")
        try:
            settings[key] = json.loads(text)
        except ValueError:
            settings[key] = text
    return settings


def _tls(certificate: Path | None, key: Path | None, client_ca: Path | None) -> cassandra.TLS | None:
    if certificate is None and key is None and client_ca is None:
        return None
    # A node has another working directory than the one that relative paths were meant for.
    chain, secret, authority = (None if path is None else path.absolute() for path in (certificate, key, client_ca))
    return cassandra.TLS(certificate=chain, key=secret, client_ca=authority)


def _known(names: Sequence[str]) -> list[Cluster]:
    """Return the named clusters, or all."""
    known = {each.name: each for each in cassandra.status()}
    missing = [name for name in names if name not in known]
    if missing:
        _usage_error(f"no cluster {', '.join(missing)}; known: {', '.join(known) or 'none'}")
    return [known[name] for name in names] if names else list(known.values())


def _is_finding(cluster: Cluster, *, asked: bool) -> bool:
    """Tell whether something is down that should be up; a cluster that was stopped as a whole is only a fact."""
    running = [node.is_running() for node in cluster.nodes]
    return not all(node.answers() for node in cluster.nodes) and (asked or any(running))


def _print_clusters(clusters: Sequence[Cluster], form: Format) -> None:
    if form is Format.JSON:
        output.print_json([_as_json(each) for each in clusters])
        return
    if not clusters:
        print("no clusters; start one with: helenus cassandra start")
    for index, each in enumerate(clusters):
        extras = [word for word, on in (("authentication", each.authentication), ("TLS", each.tls)) if on]
        print(("\n" if index else "") + "  ".join([f"Cluster: {each.name}", f"Cassandra {each.version}", *extras]))
        rows = [_row(node) for node in each.nodes]
        output.print_table(("--", "Address", "Port", "Process", "Log"), rows)


def _row(node: Node) -> tuple[str, ...]:
    """Return a node's line; its first column is nodetool's: Up or Down, Normal."""
    state = "UN" if node.answers() else "DN"
    return state, node.address, str(node.port), str(node.pid or "-"), str(node.log)


def _as_json(cluster: Cluster) -> dict[str, object]:
    return {
        "name": cluster.name,
        "version": cluster.version,
        "hosts": list(cluster.hosts),
        "port": cluster.port,
        "authentication": cluster.authentication,
        "tls": cluster.tls,
        "directory": str(cluster.directory),
        "running": cluster.is_running(),
        "nodes": [
            {"address": node.address, "port": node.port, "up": node.answers(), "pid": node.pid, "log": str(node.log)}
            for node in cluster.nodes
        ],
    }


def _usage_error(message: str) -> NoReturn:
    raise typer.BadParameter(message)

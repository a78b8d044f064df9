"""Golden scripts: statements with the exact answer that each must get, from the engine and from a real node alike.

A script is a text file of blocks with empty lines between them: a statement, a line ``---``, and the answer. Lines that
begin with ``#`` are for people. Every script has a fresh keyspace, ``golden``.

``python tests/support/golden.py --update HOST[:PORT] FILE...`` writes the answers of a real node into the files: what
is right is not what the engine says.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from helenus.cql import types
from helenus.engine import Engine, Options, RequestError, Rows, SQLiteStorage, Udt
from helenus.errors import CQLSyntaxError
from helenus.wire import codec
from helenus.wire import types as wire_types

KEYSPACE = "golden"
PREPARE = (
    f"DROP KEYSPACE IF EXISTS {KEYSPACE}",
    f"CREATE KEYSPACE {KEYSPACE} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}",
    f"USE {KEYSPACE}",
)

Run = Callable[[str], str]
"""From a statement to its answer as text."""


class Block(NamedTuple):
    """A statement and its answer; a comment has no statement."""

    line: int
    statement: str
    answer: str


def read(text: str) -> list[Block]:
    """Take a script apart."""
    blocks: list[Block] = []
    line = 1
    for part in re.split(r"\n(?:[ \t]*\n)+", text.strip("\n")):
        statement, _, answer = part.partition("\n---\n")
        is_comment = all(one.startswith("#") for one in part.splitlines())
        said = "" if is_comment else statement.removesuffix("\n---")
        blocks.append(Block(line, said, part if is_comment else answer))
        line += part.count("\n") + 2
    return blocks


def write(blocks: Iterable[Block]) -> str:
    """Put a script together."""
    parts = [f"{block.statement}\n---\n{block.answer}" if block.statement else block.answer for block in blocks]
    return "\n\n".join(parts) + "\n"


# ---- answers as text -------------------------------------------------------------------------------------------------


def shown(columns: Sequence[tuple[str, types.CQLType]], rows: Iterable[Sequence[bytes | None]]) -> str:
    """Return rows as text: a line of names and types, and a line for each row."""
    lines = [" | ".join(f"{name} {of}" for name, of in columns)]
    lines += [" | ".join(_value(of, cell) for (_, of), cell in zip(columns, row, strict=True)) for row in rows]
    return "\n".join(lines)


def _value(of: types.CQLType, cell: bytes | None) -> str:
    return (
        "null"
        if cell is None
        else "empty"
        if not cell and str(of) not in {"text", "ascii", "blob"}
        else repr(codec.decode(of, cell))
    )


def failed(code: int, message: str) -> str:
    """Return an error as text."""
    return f"error {code:04x}: {message}"


# ---- the embedded engine ---------------------------------------------------------------------------------------------


def embedded() -> Run:
    """Return what asks a fresh engine in memory."""
    session = Engine(SQLiteStorage()).session()

    def run(statement: str) -> str:
        try:
            result = session.execute(statement.removesuffix(";"), (), Options(page_size=5000))
        except CQLSyntaxError as error:
            return failed(0x2000, str(error))
        except RequestError as error:
            return failed(error.code, error.message)
        if isinstance(result, Rows):
            text = shown([(column.name, _of_engine(column.type)) for column in result.columns], result.rows)
        else:
            text = "ok"
        return "\n".join([text, *[f"warning: {warning}" for warning in result.warnings]])

    for statement in PREPARE:
        run(statement)
    return run


def _of_engine(of: types.CQLType) -> types.CQLType:
    match types.unfreeze(of):
        case Udt() as plain:
            fields = tuple((name, _of_engine(one)) for name, one in plain.fields)
            return wire_types.Udt(plain.keyspace, plain.name, fields)
        case types.List() as plain:
            return types.List(_of_engine(plain.element))
        case types.Set() as plain:
            return types.Set(_of_engine(plain.element))
        case types.Map() as plain:
            return types.Map(_of_engine(plain.key), _of_engine(plain.value))
        case types.Tuple() as plain:
            return types.Tuple(tuple(map(_of_engine, plain.elements)))
        case types.Vector() as plain:
            return types.Vector(_of_engine(plain.element), plain.dimension)
        case plain:
            return plain


# ---- a real node -----------------------------------------------------------------------------------------------------


def cassandra(hosts: Sequence[str], port: int) -> tuple[Run, Callable[[], None]]:
    """Return what asks a real node, and what closes the connection."""
    from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
    from cassandra.policies import WhiteListRoundRobinPolicy
    from cassandra.protocol import ProtocolHandler, ResultMessage

    raw_result = type("RawResult", (ResultMessage,), {"recv_results_rows": _raw_rows})
    handler = type(
        "RawHandler",
        (ProtocolHandler,),
        {"message_types_by_opcode": {**ProtocolHandler.message_types_by_opcode, ResultMessage.opcode: raw_result}},
    )
    profile = ExecutionProfile(
        load_balancing_policy=WhiteListRoundRobinPolicy(hosts), request_timeout=60, row_factory=lambda _, rows: rows
    )
    cluster = Cluster(hosts, port=port, execution_profiles={EXEC_PROFILE_DEFAULT: profile})
    session = cluster.connect()
    session.client_protocol_handler = handler

    def run(statement: str) -> str:
        future = session.execute_async(statement.removesuffix(";"))
        try:
            result = future.result()
        except Exception as error:  # noqa: BLE001 - every error of the node is an answer
            return _driver_error(error)
        rows = list(result)
        text = "ok"
        if result.column_types is not None:
            kinds = [_of_driver(one) for one in result.column_types]
            text = shown(list(zip(result.column_names, kinds, strict=True)), rows)
        return "\n".join([text, *[f"warning: {warning}" for warning in future.warnings or ()]])

    for statement in PREPARE:
        run(statement)
    return run, cluster.shutdown


def _raw_rows(self, stream, _version, user_type_map, result_metadata=None, *_):
    """Read rows as bytes; the driver's own reader decodes them."""
    from cassandra.protocol import read_int, read_value

    self.recv_results_metadata(stream, user_type_map)
    metadata = self.column_metadata or result_metadata
    count = read_int(stream)
    self.parsed_rows = [[read_value(stream) for _ in metadata] for _ in range(count)]
    self.column_names = [column[2] for column in metadata]
    self.column_types = [column[3] for column in metadata]


def _of_driver(of) -> types.CQLType:
    parts = [_of_driver(one) for one in of.subtypes] if getattr(of, "subtypes", None) else []
    name = of.typename
    if hasattr(of, "mapped_class"):
        return wire_types.Udt(of.keyspace, name, tuple(zip(of.fieldnames, parts, strict=True)))
    if name in {"list", "set"}:
        return {"list": types.List, "set": types.Set}[name](parts[0])
    if name == "map":
        return types.Map(*parts)
    if name == "tuple":
        return types.Tuple(tuple(parts))
    if hasattr(of, "vector_size"):
        return types.Vector(_of_driver(of.subtype), of.vector_size)
    return types.Native(name)


def _driver_error(error: Exception) -> str:
    said = re.search(r'code=([0-9a-f]{4}) \[[^]]*\] message="(.*)"', str(error), re.DOTALL)
    if said is not None:
        return failed(int(said[1], 16), said[2])
    if type(error).__name__ == "AlreadyExists":
        return failed(0x2400, str(error))
    return f"{type(error).__name__}: {error}"


# ---- running ---------------------------------------------------------------------------------------------------------


def answered(path: Path, run: Run) -> str:
    """Return a script with the answers that somebody gives."""
    blocks = read(path.read_text(encoding="utf-8"))
    return write(block._replace(answer=run(block.statement)) if block.statement else block for block in blocks)


def main() -> int:
    """Write the answers of a real node into scripts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", metavar="HOST[:PORT]", required=True)
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    host, _, port = options.update.partition(":")
    for path in options.files:
        run, close = cassandra([host], int(port or 9042))
        path.write_text(answered(path, run), encoding="utf-8")
        close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Requests -> the driver's statements: prepared once, bound, with the options that ride on each.

It knows neither sessions nor how statements are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cassandra.query import UNSET_VALUE, BatchStatement, BatchType, PreparedStatement, SimpleStatement

from helenus.connection.drivers.native import NativeStatement
from helenus.connection.drivers.prepared import PreparedStatements
from helenus.connection.request import DEFAULTS, UNSET, Batch, Options, Request
from helenus.errors import StatementException, UnsetUnsupported

__all__ = ["NativeBatch", "Statements"]

_BATCH_TYPES = {"COUNTER": BatchType.COUNTER, "LOGGED": BatchType.LOGGED, "UNLOGGED": BatchType.UNLOGGED}
_MOST_STATEMENTS = 65_535  # native protocol v4, section 4.1.7: <n> is a [short]
_UNSET_SINCE = 4  # native protocol v4, section 2.2: [value]


class NativeBatch(BatchStatement):  # type: ignore[misc]  # the driver carries no types
    """A batch that remembers its texts, and holds on to its prepared statements.

    The driver keeps those by weak references, and looks them up again when a server has forgotten one.
    """

    texts: tuple[str, ...] = ()
    prepared: tuple[PreparedStatement, ...] = ()


class Statements:
    """Makes the statements of one connection.

    Args:
        name: the connection, for errors.
        prepare: prepares a text, waiting for the server.
        limit: how many prepared statements are kept.
        consistency: default consistency level; None is the session's.
    """

    def __init__(
        self, name: str, prepare: Callable[[str], PreparedStatement], limit: int, consistency: int | None
    ) -> None:
        """Start with nothing prepared."""
        self._name = name
        self._consistency = consistency
        self._kept = PreparedStatements(prepare, limit)

    def ready(self, request: Request | Batch) -> bool:
        """Tell whether all that a request needs is prepared, so that :meth:`native` will not wait."""
        if isinstance(request, Batch):
            return all(text in self._kept for text, _ in request.statements)
        return not (request.prepare or request.values) or request.text in self._kept

    def native(self, request: Request | Batch) -> NativeStatement:
        """Return the driver's statement for a request, preparing what is not prepared yet.

        Raises:
            StatementException: when values and markers differ in number, or a batch cannot be sent.
            UnsetUnsupported: when a value is UNSET and the protocol does not know that.
            TypeError: when a value does not fit its marker's type.
        """
        if isinstance(request, Batch):
            return self._batch(request)
        if request.prepare or request.values:
            prepared = self._kept.get(request.text)
            statement = prepared.bind(self._values(prepared, request.text, request.values))
        else:
            statement = SimpleStatement(request.text)
        statement.is_idempotent = request.idempotent
        if request.options is not DEFAULTS:
            self._apply(request.options, statement)
        elif self._consistency is not None:
            statement.consistency_level = self._consistency
        return statement

    def _batch(self, batch: Batch) -> NativeStatement:
        if len(batch.statements) > _MOST_STATEMENTS:
            raise StatementException(
                f"Connection {self._name!r}: a batch holds at most {_MOST_STATEMENTS:,} statements, this one has "
                f"{len(batch.statements):,}: the native protocol counts them with two bytes. Send several batches."
            )
        if batch.kind not in _BATCH_TYPES:
            raise StatementException(f"A batch is one of {', '.join(_BATCH_TYPES)}, not {batch.kind!r}.")
        native = NativeBatch(batch_type=_BATCH_TYPES[batch.kind])
        prepared: dict[str, PreparedStatement] = {}
        for text, values in batch.statements:
            statement = prepared.get(text)
            if statement is None:
                statement = prepared[text] = self._kept.get(text)
            native.add(statement, self._values(statement, text, values))
        native.texts, native.prepared = tuple(prepared), tuple(prepared.values())
        native.is_idempotent = batch.idempotent
        self._apply(batch.options, native)
        return native

    def _values(self, prepared: PreparedStatement, text: str, values: Sequence[object]) -> Sequence[object]:
        expected = len(prepared.column_metadata or ())
        if len(values) != expected:
            # The driver would take the missing ones for UNSET.
            raise StatementException(
                f"Connection {self._name!r}: {expected} values are needed, {len(values)} were given: {text}"
            )
        for value in values:
            if value is UNSET:
                break
        else:
            return values
        if prepared.protocol_version < _UNSET_SINCE:
            raise UnsetUnsupported(
                f"Connection {self._name!r} speaks native protocol v{prepared.protocol_version}, which cannot leave a "
                f"bound value unset, as v{_UNSET_SINCE} can; nothing was sent. Give every column a value, or raise "
                "protocol_version."
            )
        return [UNSET_VALUE if value is UNSET else value for value in values]

    def _apply(self, options: Options, statement: NativeStatement) -> None:
        level = self._consistency if options.consistency is None else options.consistency
        if level is not None:
            statement.consistency_level = level
        if options.serial_consistency is not None:
            statement.serial_consistency_level = options.serial_consistency
        if options.fetch_size is not None:
            statement.fetch_size = options.fetch_size or None

"""Every exception that helenus raises, in one tree.

This module imports nothing, so that any room may raise from it. It does not know the driver: errors that an old
``except`` clause for the driver's classes must still catch are combined with those classes in
``helenus.connection.drivers``.
"""

from __future__ import annotations

__all__ = [
    "BatchConnectionMismatch",
    "CQLSyntaxError",
    "CassandraLaunchError",
    "ClusterUnreachable",
    "ConnectionClosed",
    "ConnectionException",
    "DeferredColumnError",
    "DoesNotExist",
    "HelenusError",
    "IfExistsWithCounterColumn",
    "IfNotExistsWithCounterColumn",
    "LWTException",
    "MaybeApplied",
    "ModelDefinitionException",
    "ModelException",
    "MultipleObjectsReturned",
    "PolymorphicModelException",
    "QueryException",
    "QueryOperatorException",
    "SchemaException",
    "StatementException",
    "TLSConfigurationError",
    "UndefinedKeyspaceException",
    "UnknownConnection",
    "UnsetUnsupported",
    "UserTypeDefinitionException",
    "UserTypeException",
    "ValidationError",
]


class HelenusError(Exception):
    """The root of all errors that helenus raises; ``helenus.cqlengine`` calls it ``CQLEngineException``."""


class ValidationError(HelenusError):
    """A value does not fit its column; raised before anything is sent."""


class ModelException(HelenusError):
    """A model is used or declared in a way that cannot work."""


class ModelDefinitionException(ModelException):
    """A model's class body cannot be mapped to a table."""


class PolymorphicModelException(ModelException):
    """A row's discriminator and the model class do not fit each other."""


class DeferredColumnError(ModelException):
    """A column that was not fetched is read where helenus must not fetch it by itself."""


class UserTypeException(HelenusError):
    """A user-defined type is used in a way that cannot work."""


class UserTypeDefinitionException(UserTypeException):
    """A user type's class body cannot be mapped to a CQL type."""


class QueryException(HelenusError):
    """A query cannot be built or its result is not what the call promises."""


class DoesNotExist(QueryException):
    """No row matches; every model has its own subclass, ``Model.DoesNotExist``."""


class MultipleObjectsReturned(QueryException):
    """More than one row matches; every model has its own subclass, ``Model.MultipleObjectsReturned``."""


class QueryOperatorException(QueryException):
    """A filter names an operator that does not exist."""


class StatementException(HelenusError):
    """A statement cannot be built from its parts."""


class LWTException(QueryException):
    """A conditional write (LWT) was not applied.

    Args:
        existing: the first row that the server answered, as a dict by CQL column name, ``[applied]`` included.
        rows: all rows that the server answered (a conditional batch answers one for each row it touches).
    """

    def __init__(self, existing: dict[str, object] | None, rows: tuple[dict[str, object], ...] = ()) -> None:
        """Keep the rows beside the message."""
        super().__init__("LWT Query was not applied")
        self.existing = existing
        self.rows = rows or ((existing,) if existing is not None else ())

    def __reduce__(self) -> tuple[type[LWTException], tuple[object, ...]]:
        """Pickle with the rows."""
        return type(self), (self.existing, self.rows)


class IfNotExistsWithCounterColumn(QueryException):
    """IF NOT EXISTS was asked of a counter table, which has no inserts."""


class IfExistsWithCounterColumn(QueryException):
    """IF EXISTS was asked of a counter table, which has no conditional updates."""


class ConnectionException(HelenusError):
    """A named connection cannot do what was asked."""


class UnknownConnection(ConnectionException):
    """No connection is registered under the name that was given."""


class ConnectionClosed(ConnectionException):
    """The connection was unregistered, or belongs to the process that forked this one."""


class ClusterUnreachable(ConnectionException):
    """None of a connection's hosts answered; the driver's ``NoHostAvailable`` is the cause."""


class TLSConfigurationError(ConnectionException):
    """TLS options would not check the server's certificate chain and host name."""


class UndefinedKeyspaceException(ConnectionException):
    """A statement needs a keyspace, and neither the query, the context, the model nor the default names one."""


class MaybeApplied(HelenusError):
    """The answer to a write that is not safe to repeat was lost: it may or may not have been applied.

    The error that is raised is also an instance of the driver's own class for what happened, which is its cause.
    """


class UnsetUnsupported(HelenusError):
    """The connection speaks a native protocol below v4, which cannot leave a bound value unset."""


class BatchConnectionMismatch(QueryException):
    """An operation for one connection was added to a batch for another."""


class SchemaException(HelenusError):
    """The live schema and the model cannot be reconciled."""


class CQLSyntaxError(HelenusError):
    """CQL text does not follow the grammar.

    Args:
        message: what was expected and found, in the server's words.
        line: the line of the offending token, from 1.
        column: its column, from 0.
    """

    def __init__(self, message: str, line: int = 1, column: int = 0) -> None:
        """Keep the position beside the message."""
        super().__init__(f"line {line}:{column} {message}")
        self.message = message
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[type[CQLSyntaxError], tuple[object, ...]]:
        """Pickle with the position."""
        return type(self), (self.message, self.line, self.column)


class CassandraLaunchError(HelenusError):
    """A local Cassandra node could not be installed, started, found or stopped."""

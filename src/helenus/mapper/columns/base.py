"""What every column is: its key role, name and default, and three compiled hooks that turn values about.

A value takes two ways. *Loading* turns what the driver decoded into the Python value (``loader``); *binding* checks a
Python value and turns it into what the driver's serializers take (``binder``). Both are compiled once for each column.
The public methods of cqlengine (``validate``, ``to_python``, ``to_database``) say the same in three steps, and a
subclass that overrides one of them has it called.

This module must not know models, statements, connections or the driver.

How the built-in columns are made: they never override the three public methods, but the private steps below
(``_clean``, ``_read``, ``_write``, ``_fast_binder``, ``_fast_loader``). So ``type(column).validate is not
Column.validate`` tells that a user has overridden it, and the fast path must not be taken.
"""

from __future__ import annotations

import copy
from functools import lru_cache, total_ordering
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast, overload

from helenus.cql.names import quote
from helenus.cql.types import CQLType, parse_type
from helenus.errors import QueryException, ValidationError
from helenus.mapper.columns.options import AnyColumn, Binder, Loader, shown

if TYPE_CHECKING:
    from typing import Self

    from helenus.mapper.expressions import ColumnExpression
    from helenus.mapper.model import BaseModel
    from helenus.mapper.usertype import BaseUserType

__all__ = ["Column", "resolve_udts"]

T = TypeVar("T")

_parse = lru_cache(maxsize=1024)(parse_type)


@total_ordering
class Column(Generic[T]):
    """One column of a table, or one field of a user-defined type.

    To define a column of your own, subclass a concrete column or this class, set ``db_type`` and override
    ``to_python``, ``to_database`` or ``validate``; all three are called with the column's own values, also where it
    is the element of a container. On a model instance the attribute is a ``T``, on the model class an expression.

    Differences from cqlengine: there is no ``value_manager``, since
    what changed follows from comparing with what was loaded; ``cql_type`` is a value of :mod:`helenus.cql.types`.

    Args:
        primary_key: the column belongs to the primary key. The first such column is the partition key, unless some
            column says ``partition_key=True``; the others are clustering columns.
        partition_key: the column belongs to the partition key; implies ``primary_key``.
        index: ``sync_table`` creates an index on it.
        db_field: its name in the database; the attribute's name by default.
        default: the value of a new instance, or a function without arguments that returns it.
        required: None is refused.
        clustering_order: ``"asc"`` or ``"desc"``, for clustering columns.
        discriminator_column: the column tells which subclass of a polymorphic model a row is.
        static: one value for the whole partition.
        custom_index: an index exists that helenus does not look after, so that filters may use the column.
    """

    db_type: str | None = None
    """CQL text of the column's type; None for an abstract column."""

    instance_counter: ClassVar[int] = 0
    """How many columns were made, which gives each one its ``position``."""

    primary_key: bool = False
    partition_key: bool = False
    index: bool = False
    custom_index: bool = False
    db_field: str | None = None
    default: object = None
    required: bool = False
    clustering_order: str | None = None
    discriminator_column: bool = False
    static: bool = False

    _python_type_hashable: bool = True
    _mutable: bool = False

    def __init__(  # noqa: PLR0917 - cqlengine's signature
        self,
        primary_key: bool = False,
        partition_key: bool = False,
        index: bool = False,
        db_field: str | None = None,
        default: object = None,
        required: bool = False,
        clustering_order: str | None = None,
        discriminator_column: bool = False,
        static: bool = False,
        custom_index: bool = False,
    ) -> None:
        """Declare a column; see the class for the arguments."""
        self.partition_key = partition_key
        self.primary_key = partition_key or primary_key
        self.index = index
        self.custom_index = custom_index
        self.db_field = db_field
        self.default = default
        self.required = required
        self.clustering_order = clustering_order
        self.discriminator_column = discriminator_column
        self.static = static
        self.column_name: str = cast(str, None)  # a str as soon as a class owns the column
        self.value = None
        self.position = Column.instance_counter
        Column.instance_counter += 1
        self._partition_key_index: int | None = None
        self._label: str | None = None
        self._compiled: dict[str, Binder] = {}

    if TYPE_CHECKING:
        # The metaclass puts a descriptor of its own in the column's place; these say what type checkers see there.
        @overload
        def __get__(self, instance: None, owner: type[BaseModel | BaseUserType]) -> ColumnExpression: ...
        @overload
        def __get__(self, instance: BaseModel | BaseUserType, owner: object) -> T: ...
        @overload
        def __get__(self, instance: object, owner: object) -> Self: ...
        def __get__(self, instance: object, owner: object) -> object: ...

        @overload
        def __set__(self, instance: BaseModel | BaseUserType, value: T | None) -> None: ...
        @overload
        def __set__(self, instance: object, value: Self) -> None: ...
        def __set__(self, instance: object, value: object) -> None: ...

    # ---- identity and order ------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        """Columns are equal if they were declared at the same place."""
        return self.position == other.position if isinstance(other, Column) else NotImplemented

    def __lt__(self, other: object) -> bool:
        """Columns are ordered as they were declared."""
        return self.position < other.position if isinstance(other, Column) else NotImplemented

    def __hash__(self) -> int:
        """Hash by identity."""
        return id(self)

    def __repr__(self) -> str:
        """Print the class and the name."""
        return f"<{type(self).__name__} column {self.label}>"

    def __getstate__(self) -> dict[str, object]:
        """Leave the compiled hooks behind: they belong to this very object (serves copy, deepcopy and pickle)."""
        return {**self.__dict__, "_compiled": {}}

    # ---- names -------------------------------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """How messages call the column: ``Automobile.year``, ``year``, ``tags (element)``."""
        return self._label or self.column_name or self.db_field or type(self).__name__

    def set_column_name(self, name: str) -> None:
        """Name the column as the attribute that holds it; ``db_field``, if given, stays its name in the database.

        Args:
            name: the attribute's name.
        """
        self.column_name = name
        self._relabel(name)

    def set_owner(self, owner: str) -> None:
        """Say whose column it is, for messages; call it after ``set_column_name``.

        Args:
            owner: the name of the model or user type.
        """
        self._relabel(f"{owner}.{self.column_name}")

    def _relabel(self, label: str) -> None:
        self._label = label

    @property
    def db_field_name(self) -> str:
        """The column's name in the database."""
        return self.column_name if self.db_field is None else self.db_field

    @property
    def db_index_name(self) -> str:
        """The name that cqlengine gives the column's index; neither it nor helenus uses it in CREATE INDEX."""
        return f"index_{self.db_field_name}"

    @property
    def cql(self) -> str:
        """The column's name in double quotes."""
        return self.get_cql()

    def get_cql(self) -> str:
        """Return the column's name in double quotes."""
        return quote(self.db_field_name)

    # ---- type --------------------------------------------------------------------------------------------------------

    @property
    def cql_type(self) -> CQLType:
        """The column's CQL type, a value of :mod:`helenus.cql.types` (the driver's class in cqlengine).

        Raises:
            ValidationError: for a column without ``db_type``.
        """
        if self.db_type is None:
            raise ValidationError(f"{self.label}: {type(self).__name__} is an abstract type; set db_type in the class")
        return _parse(self.db_type)

    @property
    def sub_types(self) -> list[AnyColumn]:
        """The columns that this one is made of: elements of a container, fields of a user-defined type."""
        return []

    def cql_parameterized_type(self) -> str | None:
        """Return the CQL text of the column's type."""
        return self.db_type

    def get_column_def(self) -> str:
        """Return the column as CREATE TABLE says it, ``"name" text static``; not static ones end in a space."""
        return f"{self.cql} {self.db_type} {'static' if self.static else ''}"

    # ---- roles -------------------------------------------------------------------------------------------------------

    @property
    def has_default(self) -> bool:
        """Whether there is a default."""
        return self.default is not None

    @property
    def is_primary_key(self) -> bool:
        """Whether the column belongs to the primary key."""
        return self.primary_key

    @property
    def can_delete(self) -> bool:
        """Whether the value can be deleted by itself: not if it belongs to the primary key."""
        return not self.primary_key

    @property
    def has_index(self) -> bool:
        """Whether filters may rely on an index."""
        return self.index or self.custom_index

    @property
    def mutable(self) -> bool:
        """Whether the Python value can change in place, so that only a comparison tells if it did.

        True for containers, user-defined types, tuples of these, and blobs (``bytearray``); also where a subclass
        overrides one of the three conversions, since only it knows what its values are. A subclass whose values
        cannot change may say ``mutable = False``.
        """
        return self._mutable or self._overrides("validate", "to_python", "to_database")

    def get_default(self) -> object:
        """Return the default, called if it is a function; None if there is none.

        A default that can change in place is copied, so that instances do not share it.
        """
        if callable(self.default):
            return self.default()
        return copy.deepcopy(self.default) if self.mutable else self.default

    def empty(self) -> object:
        """Return what a null reads as: a fresh empty container, 0 for a counter, else None."""
        return None

    def _val_is_null(self, val: object) -> bool:
        """Whether a value is the same as null for this column; cqlengine's name, its users call it."""
        return val is None

    # ---- conversion, in cqlengine's three steps ----------------------------------------------------------------------

    def validate(self, value: object) -> T | None:
        """Return the value checked and cleaned.

        Args:
            value: what was assigned.

        Raises:
            ValidationError: if the column cannot hold it, or it is None and the column is required.
        """
        if value is None:
            if self.required:
                raise ValidationError(f"{self.label} - None values are not allowed: the column is required")
            return self._clean_null()
        return self._clean(value)

    def to_python(self, value: object) -> T | None:
        """Return the Python value of what the database or a constructor's caller gave.

        Args:
            value: the driver's value, or one that somebody assigned; None reads as ``empty()``.

        Raises:
            ValidationError: if it cannot be converted.
        """
        return cast(T, self.empty()) if value is None else self._read(value)

    def to_database(self, value: object) -> object:
        """Return what the driver's serializers take for a value.

        Args:
            value: a Python value, checked or not; None stays None.

        Raises:
            ValidationError: if it cannot be converted.
        """
        return None if value is None else self._write(self._clean(value))

    def _clean_null(self) -> T | None:
        """Return what None is cleaned to."""
        return None

    def _clean(self, value: object) -> T:
        """Check a value that is not None, and return it in its one Python form."""
        return cast(T, value)

    def _read(self, value: object) -> T:
        """Return the Python form of the driver's value or a caller's; as lenient as cqlengine's ``to_python``."""
        return cast(T, value)

    def _write(self, value: T) -> object:
        """Return what the driver takes for a cleaned value."""
        return value

    def refusal(self, value: object, expected: str, advice: str) -> ValidationError:
        """Return the error that says why a value does not fit.

        Args:
            value: what was given.
            expected: what the column takes.
            advice: what to do instead.
        """
        return ValidationError(f"{self.label}: expected {expected}, got {shown(value)}; {advice}")

    def none_refusal(self) -> ValidationError:
        """Return the error that says that an element must not be None."""
        return ValidationError(f"{self.label}: None is not allowed in a collection; leave the element out")

    # ---- the compiled hooks ------------------------------------------------------------------------------------------

    def loader(self) -> Loader | None:
        """Return what turns the driver's value into the Python value, None if it already is.

        The function takes what the driver decodes, never None, and returns a value of its own: changing it does not
        change the argument. If a subclass overrides ``to_python``, it is that method.
        """
        return self.to_python if self._overrides("to_python") else self._fast_loader()

    def binder(self) -> Binder:
        """Return ``validate`` and ``to_database`` as one function, with short cuts for values of the exact type.

        The function takes a Python value or None and returns what the driver takes, sharing no mutable state with
        the argument; it raises :class:`~helenus.errors.ValidationError`. If a subclass overrides ``validate`` or
        ``to_database``, both methods are called for every value.
        """
        return self._compile("value")

    def element_binder(self) -> Binder:
        """Return the binder of one element of a container (for a map: of one of its values); None is refused.

        Raises:
            QueryException: if the column is no container.
        """
        raise QueryException(f"{self.label} is a {self.db_type} column and has no elements; compare the whole value")

    def key_binder(self) -> Binder:
        """Return the binder of one key of a map; None is refused.

        Raises:
            QueryException: if the column is no map.
        """
        raise QueryException(f"{self.label} is a {self.db_type} column and has no keys; only maps do")

    def as_element(self) -> Binder:
        """Return the binder of this column as the element of another: as ``binder``, but None is refused."""
        return self._compile("element")

    def as_field(self) -> Binder:
        """Return the binder of this column as an item of a tuple or a field of a user-defined type; None is null."""
        return self.binder()

    def _compile(self, role: str) -> Binder:
        if role not in self._compiled:
            overridden = self._overrides("validate", "to_database")
            slow: Binder = self._bind_overridden if overridden else self._bind
            if role == "element":
                slow = self._refusing_none(slow)
            self._compiled[role] = slow if overridden else self._fast_binder(slow)
        return self._compiled[role]

    def _bind(self, value: object) -> object:
        checked = Column.validate(self, value)
        return None if checked is None else self._write(checked)

    def _bind_overridden(self, value: object) -> object:
        return self.to_database(self.validate(value))

    def _refusing_none(self, bind: Binder) -> Binder:
        def bind_element(value: object) -> object:
            if value is None:
                raise self.none_refusal()
            return bind(value)

        return bind_element

    def _fast_binder(self, slow: Binder) -> Binder:
        """Return ``slow`` with a short cut before it."""
        return slow

    def _fast_loader(self) -> Loader | None:
        """Return the loader of a column whose ``to_python`` is not overridden."""
        return None

    def _overrides(self, *names: str) -> bool:
        cls = type(self)
        return any(getattr(cls, name) is not getattr(Column, name) for name in names)


def resolve_udts(col_def: AnyColumn, out_list: list[type[BaseUserType]]) -> None:
    """Append the user types that a column is made of, inner ones first.

    Args:
        col_def: the column to look through.
        out_list: the list to append to; a type that is used twice appears twice.
    """
    for column in col_def.sub_types:
        resolve_udts(column, out_list)
    user_type = getattr(col_def, "user_type", None)
    if user_type is not None:
        out_list.append(user_type)

"""What a model class knows of itself and its relatives: compiled column tables, names, the polymorphic family.

Set up once for each class by the metaclass. It sends nothing and knows no statements.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from helenus.connection import defaults
from helenus.cql.names import maybe_quote
from helenus.errors import HelenusError, PolymorphicModelException
from helenus.mapper.chain import equalities
from helenus.mapper.columns import AnyColumn
from helenus.mapper.conversions import Conversion, conversion
from helenus.mapper.loader import columns_of
from helenus.mapper.values import binder_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helenus.mapper.expressions import Operator, Relation
    from helenus.mapper.metadata import TableMeta
    from helenus.mapper.state import Layout

__all__ = ["Family"]


class Family:
    """The class side of a model."""

    __slots__ = ()

    if TYPE_CHECKING:
        __table__: ClassVar[TableMeta]
        __keyspace__: ClassVar[str | None]
        __connection__: ClassVar[str | None]
        __discriminator_value__: ClassVar[object]
        _defined_columns: ClassVar[OrderedDict[str, AnyColumn]]
        _is_polymorphic: ClassVar[bool]
        _is_polymorphic_base: ClassVar[bool]
        _polymorphic_base: ClassVar[type[Any] | None]

    # Compiled from the columns.
    _is_clone: ClassVar[bool] = False
    _identity: ClassVar[type[Any]]
    _names: ClassVar[frozenset[str]] = frozenset()
    _column_names: ClassVar[tuple[str, ...]]
    _conversions: ClassVar[tuple[Conversion, ...]] = ()
    _cleaners: ClassVar[tuple[Conversion, ...]]
    _defaults: ClassVar[tuple[tuple[str, AnyColumn], ...]] = ()
    _strict: ClassVar[frozenset[AnyColumn]]
    _binders: ClassVar[tuple[tuple[str, Callable[[object], Any]], ...]]
    _mutable_binders: ClassVar[tuple[tuple[str, Callable[[object], Any], Callable[[], Any]], ...]]
    _mutable_names: ClassVar[frozenset[str]]
    _mutable_positions: ClassVar[tuple[tuple[str, int], ...]]
    _data_columns: ClassVar[tuple[AnyColumn, ...]]
    _key_positions: ClassVar[tuple[int, ...]]
    _blank: ClassVar[tuple[None, ...]]
    _save_label: ClassVar[str]
    _equalities: ClassVar[dict[str, Callable[[object], Relation]]]
    _has_own_init: ClassVar[bool]
    _has_own_validate: ClassVar[bool]
    # Caches, one of each for each class.
    _texts: ClassVar[dict[Any, str]]
    _lookups: ClassVar[dict[str, tuple[AnyColumn | str, Operator]]]
    _layouts: ClassVar[dict[Any, Layout]]
    # cqlengine's names.
    _columns: ClassVar[Mapping[str, AnyColumn]]
    _primary_keys: ClassVar[OrderedDict[str, AnyColumn]]
    _partition_keys: ClassVar[OrderedDict[str, AnyColumn]]
    _clustering_keys: ClassVar[OrderedDict[str, AnyColumn]]
    _partition_key_index: ClassVar[dict[str, int]]
    _db_map: ClassVar[dict[str, str]]
    _pk_name: ClassVar[str | None]
    _dynamic_columns: ClassVar[dict[str, AnyColumn]]
    _has_counter: ClassVar[bool]
    _discriminator_column: ClassVar[AnyColumn | None]
    _discriminator_column_name: ClassVar[str | None]
    _table_name: ClassVar[str]

    @classmethod
    def _set_up(cls) -> None:
        """Compile what the instances of this class need; called by the metaclass when ``__table__`` is there."""
        columns = cls.__table__.columns
        if not cls._is_clone:
            cls._identity = cls
        cls._names = frozenset(cls.__table__.by_name)
        cls._conversions = tuple(filter(None, map(conversion, columns)))
        mutable = {c.column_name for c in columns if c.mutable}
        cls._cleaners = tuple(conversion for conversion in cls._conversions if conversion[0] not in mutable)
        cls._defaults = tuple((c.column_name, c) for c in columns if c.has_default and not _starts_empty(c))
        cls._strict = frozenset(c for c in columns if c.required or c._overrides("validate"))
        cls._save_label = f"{cls.__name__}.save"
        cls._blank = (None,) * len(columns)
        cls._column_names = tuple(cls.__table__.by_name)
        cls._binders = tuple((c.column_name, binder_of(c)) for c in columns)
        cls._key_positions = tuple(columns.index(c) for c in cls.__table__.primary_key)
        cls._data_columns = tuple(c for c in columns if not c.primary_key)
        cls._mutable_names = frozenset(c.column_name for c in columns if c.mutable)
        cls._mutable_positions = tuple((c.column_name, i) for i, c in enumerate(columns) if c.mutable)
        cls._mutable_binders = tuple((c.column_name, binder_of(c), c.empty) for c in columns if c.mutable)
        cls._texts = {}
        cls._lookups = {}
        cls._equalities = equalities(cls.__table__.by_name)
        cls._layouts = {}
        root = next((c for c in cls.__mro__ if c.__dict__.get("_is_root")), cls)
        cls._has_own_init = getattr(cls, "__init__") is not getattr(root, "__init__")  # noqa: B009 - an unsound access, to mypy
        cls._has_own_validate = getattr(cls, "validate", None) is not getattr(root, "validate", None)
        cls._describe_for_others()

    @classmethod
    def _describe_for_others(cls) -> None:
        """Set the attributes by which third-party packages know a cqlengine model's columns."""
        table = cls.__table__
        cls._columns = cls._defined_columns
        cls._primary_keys = OrderedDict((c.column_name, c) for c in table.primary_key)
        cls._partition_keys = OrderedDict((c.column_name, c) for c in table.partition_key)
        cls._clustering_keys = OrderedDict((c.column_name, c) for c in table.clustering_key)
        cls._partition_key_index = {c.db_field_name: i for i, c in enumerate(table.partition_key)}
        cls._db_map = {c.db_field_name: c.column_name for c in table.columns if c.db_field_name != c.column_name}
        cls._pk_name = table.partition_key[0].column_name if len(table.partition_key) == 1 else None
        cls._dynamic_columns = {}
        cls._has_counter = table.has_counter
        cls._discriminator_column = table.discriminator
        cls._discriminator_column_name = table.discriminator.column_name if table.discriminator else None
        cls._table_name = table.name

    @classmethod
    def _all_names(cls) -> tuple[str, ...]:
        """Return the names of all columns that a row can have."""
        return tuple(columns_of(cls)) if cls._is_polymorphic else cls._column_names

    # ---- names ------------------------------------------------------------------------------------------------------

    @classmethod
    def _get_keyspace(cls) -> str | None:
        """Return the model's keyspace, or the default one."""
        return cls.__keyspace__ or defaults.keyspace

    @classmethod
    def _get_connection(cls) -> str | None:
        """Return the name of the model's connection; None is the default one."""
        return cls.__connection__

    @classmethod
    def _raw_column_family_name(cls) -> str:
        """Return the table's name, unquoted."""
        return cls.__table__.name

    @classmethod
    def column_family_name(cls, include_keyspace: bool = True) -> str:
        """Return the table's CQL name, quoted where it must be.

        Args:
            include_keyspace: put the keyspace in front.

        Raises:
            HelenusError: if there is no keyspace.
        """
        name = maybe_quote(cls.__table__.name)
        if not include_keyspace:
            return name
        keyspace = cls._get_keyspace()
        if not keyspace:
            raise HelenusError(
                f"Model keyspace is not set for {cls.__name__}. Set __keyspace__, or default_keyspace in setup()"
            )
        return f"{maybe_quote(keyspace)}.{name}"

    @classmethod
    def _get_column(cls, name: str) -> AnyColumn:
        """Return a column by its Python name; KeyError if there is none."""
        return cls.__table__.by_name[name]

    @classmethod
    def _get_column_by_db_name(cls, name: str) -> AnyColumn:
        """Return a column by its CQL name; KeyError if there is none."""
        return cls.__table__.by_db_name[name]

    # ---- polymorphism -----------------------------------------------------------------------------------------------

    @classmethod
    def _polymorphic_root(cls) -> type[Any]:
        """Return the class at the top of the family: the first concrete one that has the discriminator column."""
        root: type[Any] = cls
        for ancestor in cls.__mro__[1:]:
            columns = ancestor.__dict__.get("_defined_columns") or {}
            if not ancestor.__dict__.get("__abstract__", True) and any(
                c.discriminator_column for c in columns.values()
            ):
                root = ancestor
        return root

    @classmethod
    def _subclasses(cls) -> list[type[Any]]:
        """Return all models below this one."""
        found: list[type[Any]] = []
        subclasses: list[type[Any]] = cls._identity.__subclasses__()
        for subclass in subclasses:
            if not subclass._is_clone:
                found.append(subclass)
                found.extend(subclass._subclasses())
        return found

    @classmethod
    def _class_of(cls, value: object) -> type[Any]:
        """Return the class of a row whose discriminator is ``value``.

        Raises:
            PolymorphicModelException: if no class has that value, or the one that has is no kind of this one.
        """
        root = cls._polymorphic_base or cls
        for candidate in [root, *root._subclasses()]:
            if candidate.__discriminator_value__ != value or candidate.__discriminator_value__ is None:
                continue
            if not issubclass(candidate, cls._identity):
                raise PolymorphicModelException(f"{candidate.__name__} is not a subclass of {cls.__name__}")
            return candidate if candidate is not cls._identity else cls
        known = sorted(
            str(c.__discriminator_value__) for c in root._subclasses() if c.__discriminator_value__ is not None
        )
        raise PolymorphicModelException(
            f"unrecognized discriminator column {cls._discriminator_column_name} value: {value!r}; the subclasses of"
            f" {root.__name__} that are imported have {', '.join(known) or 'none'}"
        )

    def _check_polymorphic(self) -> None:
        """Set the discriminator before a save.

        Raises:
            PolymorphicModelException: for the base, whose rows could not be told apart.
        """
        if not self._is_polymorphic:
            return
        if self._is_polymorphic_base and self.__discriminator_value__ is None:
            raise PolymorphicModelException(
                f"cannot save polymorphic base model {type(self).__name__}; save a subclass"
            )
        name = self._discriminator_column_name
        if name is not None and getattr(self, name) != self.__discriminator_value__:
            setattr(self, name, self.__discriminator_value__)


def _starts_empty(column: AnyColumn) -> bool:
    """Whether a column's default is the empty container that every container column has."""
    return column.default in (list, set, dict)

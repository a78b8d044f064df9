"""User-defined types as classes: an instance is one value of the type.

Field values live in the instance's ``__dict__``, so that reading one costs what any attribute costs; what changed is
told by comparing a snapshot of them with an earlier one. This module must not know connections, statements or models.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from helenus.errors import UserTypeDefinitionException, ValidationError
from helenus.mapper.columns import Column
from helenus.mapper.columns.snapshots import snapshot
from helenus.mapper.expressions import ColumnExpression
from helenus.mapper.metadata import table_name_of

if TYPE_CHECKING:
    from typing import Self

    from helenus.mapper.columns import AnyColumn

__all__ = ["BaseUserType", "UserType", "UserTypeMetaClass"]

FieldValues: TypeAlias = dict[str, object]


class FieldAttribute:
    """A field on its class; on an instance it is only reached where the instance has no value yet."""

    __slots__ = ("column", "expression")

    def __init__(self, column: AnyColumn) -> None:
        """Describe the field ``column``."""
        self.column = column
        self.expression = ColumnExpression(column)

    def __get__(self, instance: BaseUserType | None, owner: type[BaseUserType]) -> object:
        """Return what null reads as, and keep it, since it may be a container that is then filled."""
        if instance is None:
            return self.expression
        return instance.__dict__.setdefault(self.column.column_name, self.column.empty())


class FieldAlias:
    """A field under its name in the database."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        """Stand for the field whose attribute is ``name``."""
        self.name = name

    def __get__(self, instance: BaseUserType | None, owner: type[BaseUserType]) -> object:
        """Return the field's value."""
        return getattr(owner if instance is None else instance, self.name)

    def __set__(self, instance: BaseUserType, value: object) -> None:
        """Assign to the field."""
        setattr(instance, self.name, value)

    def __delete__(self, instance: BaseUserType) -> None:
        """Delete the field's value."""
        delattr(instance, self.name)


class BaseUserType:
    """What user types are made of; inherit from :class:`UserType` instead."""

    __slots__ = ("__dict__", "__weakref__", "_baseline", "_extra")

    __type_name__: ClassVar[str | None] = None
    """Name of the CQL type; derived from the class name if not given in the class itself."""

    _fields: ClassVar[OrderedDict[str, AnyColumn]]
    _db_map: ClassVar[dict[str, str]]

    _baseline: tuple[object, ...] | Callable[[], FieldValues]
    _extra: FieldValues

    def __init__(self, **values: object) -> None:
        """Make a value; fields that are not given get their default.

        Args:
            values: by attribute name or by name in the database, converted by the field's ``to_python``.

        Raises:
            ValidationError: for a name that is no field (cqlengine ignores it), or a value that does not fit.
        """
        values = {self._db_map.get(name, name): value for name, value in values.items()}
        unknown = ", ".join(name for name in values if name not in self._fields)
        if unknown:
            raise ValidationError(f"{type(self).__name__} has no field {unknown}; it has {', '.join(self._fields)}")
        defaults = {name: _default(field) for name, field in self._fields.items()}
        self._extra = {}
        self._baseline = tuple(map(snapshot, defaults.values()))
        self.__dict__.update(defaults)
        self.__dict__.update({name: self._fields[name].to_python(value) for name, value in values.items()})

    @classmethod
    def _loaded(cls, values: Callable[[], FieldValues], extra: FieldValues) -> Self:
        """Return the instance of a value that was read.

        Args:
            values: gives the fields' values, new ones at each call; called again only if somebody asks what changed.
            extra: fields that the type has in the database and the class has not, as the driver decoded them.
        """
        if cls.__init__ is BaseUserType.__init__:
            instance = cls.__new__(cls)
            instance.__dict__.update(values())
        else:
            instance = cls(**values())
        instance._baseline = values
        instance._extra = extra
        return instance

    def __getstate__(self) -> tuple[FieldValues, dict[str, object]]:
        """Return the state for pickling and copying, with the baseline as a plain tuple."""
        return dict(self.__dict__), {"_baseline": self._reference(), "_extra": self._extra}

    # ---- comparing ---------------------------------------------------------------------------------------------------

    def _snapshot(self) -> tuple[object, ...]:
        """Return a hashable picture of the values, nested ones included."""
        return tuple(snapshot(getattr(self, name)) for name in self._fields)

    def _reference(self) -> tuple[object, ...]:
        """Return the snapshot that changes are told by."""
        return tuple(map(snapshot, self._baseline().values())) if callable(self._baseline) else self._baseline

    def __eq__(self, other: object) -> bool:
        """Two are equal if they have the same class and equal values."""
        if not isinstance(other, BaseUserType):
            return NotImplemented
        return type(self) is type(other) and all(getattr(self, name) == getattr(other, name) for name in self._fields)

    def __hash__(self) -> int:
        """Hash by value, so that it can be in a set or the key of a map; do not change it while it is."""
        return hash((type(self), self._snapshot()))

    def has_changed_fields(self) -> bool:
        """Whether a value, or something within one, differs from what was read, or from the defaults if it is new."""
        return self._snapshot() != self._reference()

    def reset_changed_fields(self) -> None:
        """Take the values as they are for unchanged."""
        self._baseline = self._snapshot()

    # ---- as a dict ---------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[str]:
        """Iterate over the field names."""
        return iter(self._fields)

    def __len__(self) -> int:
        """Return the number of fields."""
        return len(self._fields)

    def __getitem__(self, key: str) -> object:
        """Return a field's value."""
        return getattr(self, self._field_name(key))

    def __setitem__(self, key: str, value: object) -> None:
        """Assign to a field."""
        setattr(self, self._field_name(key), value)

    def _field_name(self, key: object) -> str:
        # The driver relies on the TypeError: it tries value[0] before it takes attributes.
        if not isinstance(key, str):
            raise TypeError(f"fields of {type(self).__name__} have names, got {key!r}")
        if key not in self._fields:
            raise KeyError(key)
        return key

    def keys(self) -> list[str]:
        """Return the field names."""
        return list(self._fields)

    def values(self) -> list[object]:
        """Return the fields' values."""
        return [getattr(self, name) for name in self._fields]

    def items(self) -> list[tuple[str, object]]:
        """Return pairs of field name and value."""
        return [(name, getattr(self, name)) for name in self._fields]

    def __str__(self) -> str:
        """Print as CQL would write it, more or less."""
        return "{" + ", ".join(f"'{name}': {value}" for name, value in self.items()) + "}"

    def __repr__(self) -> str:
        """Print as the call that makes it."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.items())})"

    # ---- the rest ----------------------------------------------------------------------------------------------------

    @classmethod
    def type_name(cls) -> str:
        """Return the name of the CQL type: ``__type_name__`` in lower case, or the class name in snake case."""
        return cls.__type_name__.lower() if cls.__type_name__ else table_name_of(cls.__name__)

    @classmethod
    def _overrides_validate(cls) -> bool:
        """Whether a value must be validated by its own method before it is bound field by field."""
        return cls.validate is not BaseUserType.validate

    @classmethod
    def register_for_keyspace(cls, keyspace: str, connection: str | None = None) -> None:
        """Do nothing: unlike in cqlengine, no class is registered with the driver.

        Rows hold the driver's named tuples, which the columns turn into instances.

        Args:
            keyspace: not needed.
            connection: not needed.
        """

    def validate(self) -> None:
        """Check every value and put the cleaned one in its place; override it to check more.

        Raises:
            ValidationError: if a value does not fit its field.
        """
        for name, field in self._fields.items():
            setattr(self, name, field.validate(getattr(self, name)))


def _default(field: AnyColumn) -> object:
    return field.to_python(field.get_default()) if field.has_default else field.empty()


class UserTypeMetaClass(type):
    """Reads the fields of a user type from its class body; those of its bases come first."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, object]) -> UserTypeMetaClass:
        """Build the class.

        Raises:
            UserTypeDefinitionException: if a field has the name of a built-in attribute, or a ``db_field`` is the name
                of another field.
        """
        fields = _gather(name, bases, body)
        body["_fields"] = fields
        body["_db_map"] = aliases = _alias(name, fields)
        body.setdefault("__type_name__", None)  # a base's name belongs to the base's type
        for field_name, field in fields.items():
            body[field_name] = FieldAttribute(field)
        for db_name, field_name in aliases.items():
            body[db_name] = FieldAlias(field_name)
        return super().__new__(mcs, name, bases, body)


def _gather(owner: str, bases: tuple[type, ...], body: dict[str, object]) -> OrderedDict[str, AnyColumn]:
    """Return copies of all fields under their names, inherited ones first (cqlengine does not inherit any)."""
    fields: OrderedDict[str, AnyColumn] = OrderedDict()
    for base in bases:
        for name, field in getattr(base, "_fields", {}).items():
            fields.setdefault(name, copy.copy(field))
    own = [(name, item) for name, item in body.items() if isinstance(item, Column)]
    for name, field in sorted(own, key=lambda item: item[1].position):
        if name in BaseUserType.__dict__:
            raise UserTypeDefinitionException(
                f"{owner}: field '{name}' conflicts with built-in attribute/method; name the attribute otherwise and"
                f" give it db_field='{name}'"
            )
        fields[name] = copy.copy(field)
        fields[name].set_column_name(name)
    for field in fields.values():
        field.set_owner(owner)
    return fields


def _alias(owner: str, fields: OrderedDict[str, AnyColumn]) -> dict[str, str]:
    """Return the attribute name by name in the database, where they differ."""
    names = {field.db_field_name: name for name, field in fields.items() if field.db_field_name != name}
    for db_name, name in names.items():
        if db_name in fields:
            raise UserTypeDefinitionException(
                f"{owner}: db_field '{db_name}' for field '{name}' conflicts with another attribute name"
            )
    return names


class UserType(BaseUserType, metaclass=UserTypeMetaClass):
    """The base of your user-defined types; fields are columns in the class body.

    ::

        class Address(UserType):
            street = columns.Text()
            zipcode = columns.Integer()

        class Person(Model):
            name = columns.Text(primary_key=True)
            home = columns.UserDefinedType(Address)

    Fields are inherited from base classes, and instances are hashable by value; neither is so in cqlengine.
    """

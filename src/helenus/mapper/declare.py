"""Reads a model's class body: columns, keys, discriminator, table name; refuses what cannot be mapped.

Runs once for each class, at import. It does not know queries, statements or connections, and it sends nothing.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from helenus.errors import DoesNotExist, ModelDefinitionException, ModelException, MultipleObjectsReturned
from helenus.mapper.attributes import ColumnAttribute, CompositeKey
from helenus.mapper.columns import AnyColumn, Column, Counter, List, Map, Set
from helenus.mapper.metadata import TableMeta, table_name_of

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel

__all__ = ["ModelMetaClass", "describe"]


class ModelMetaClass(type):
    """Turns a class body into a model: its columns become attributes, ``__table__`` says what was read."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> ModelMetaClass:
        """Build the model class.

        Raises:
            ModelDefinitionException: if the body cannot be mapped to a table; the message says which rule is broken.
            ModelException: for a bad ``clustering_order`` or two columns with one ``db_field``.
        """
        body.setdefault("__abstract__", False)
        body.setdefault("__discriminator_value__", None)
        own = sorted((item for item in body.items() if isinstance(item[1], Column)), key=lambda item: item[1].position)
        for column_name, _ in own:
            _check_name(name, column_name, bases)
            del body[column_name]
        columns = _gather(name, bases, own)
        body["_defined_columns"] = columns
        _mark_partition_key(columns)
        _check_columns(name, columns, abstract=body["__abstract__"])
        for column_name, column in columns.items():
            body[column_name] = ColumnAttribute(column)
        _add_key_attribute(body, columns)
        _add_exceptions(body, name, bases)
        cls = super().__new__(mcs, name, bases, body)
        if "__table__" not in cls.__dict__:
            describe(cls)  # type: ignore[arg-type] # the first one, which __init_subclass__ is not called for
        return cls


def _gather(model: str, bases: tuple[type, ...], own: Iterable[tuple[str, AnyColumn]]) -> OrderedDict[str, AnyColumn]:
    """Return this class's own copies of all columns, inherited ones first.

    Copies, because what a column is (part of the partition key, its name) may differ from class to class. A column
    that redefines an inherited one keeps the place and the key role of the old one.
    """
    columns: OrderedDict[str, AnyColumn] = OrderedDict()
    for base in bases:
        for column_name, column in getattr(base, "_defined_columns", {}).items():
            if column_name not in columns:
                columns[column_name] = copy.copy(column)
    for column_name, declared in own:
        column = copy.copy(declared)
        if (old := columns.get(column_name)) is not None:
            column.position = old.position
            column.partition_key = column.partition_key or old.partition_key
            column.primary_key = column.primary_key or old.primary_key
        column.set_column_name(column_name)
        columns[column_name] = column
    for column in columns.values():
        column.set_owner(model)
    return columns


def _check_name(name: str, column_name: str, bases: tuple[type, ...]) -> None:
    roots = [ancestor for base in bases for ancestor in base.__mro__ if ancestor.__dict__.get("_is_root")]
    reserved = any(column_name in part.__dict__ for root in roots for part in root.__mro__[:-1])
    if reserved and column_name != "pk":
        raise ModelDefinitionException(
            f"{name}: column '{column_name}' conflicts with built-in attribute/method '{column_name}'; name the"
            f" attribute otherwise and give the column db_field='{column_name}'"
        )


def _mark_partition_key(columns: Mapping[str, AnyColumn]) -> None:
    """Make the first primary key column the partition key, unless some column says that it is."""
    keys = [column for column in columns.values() if column.primary_key]
    if keys and not any(column.partition_key for column in keys):
        keys[0].partition_key = True


def _check_columns(model: str, columns: Mapping[str, AnyColumn], *, abstract: bool) -> None:
    every = list(columns.values())
    if columns and not abstract and not any(column.primary_key for column in every):
        raise ModelDefinitionException(
            f"{model}: At least 1 primary key is required. Give one of {', '.join(columns)} primary_key=True"
        )
    if not columns and not abstract:
        raise ModelDefinitionException(f"{model}: At least 1 primary key is required, and the model has no columns")
    discriminators = [column for column in every if column.discriminator_column]
    if len(discriminators) > 1:
        names = ", ".join(column.column_name for column in discriminators)
        raise ModelDefinitionException(f"{model}: only one discriminator_column can be defined, there are {names}")
    if discriminators and isinstance(discriminators[0], (List, Set, Map, Counter)):
        raise ModelDefinitionException(f"{model}: counter and container columns cannot be used as discriminator column")
    _check_counters(model, every)
    _check_fields(model, every)


def _check_counters(model: str, columns: list[AnyColumn]) -> None:
    data = [column for column in columns if not column.primary_key]
    counters = [column for column in data if isinstance(column, Counter)]
    if counters and len(counters) != len(data):
        others = ", ".join(column.column_name for column in data if not isinstance(column, Counter))
        raise ModelDefinitionException(f"{model}: counter models may not have data columns, but there are {others}")
    keys = [column.column_name for column in columns if column.primary_key and isinstance(column, Counter)]
    if keys:
        raise ModelDefinitionException(f"{model}: counter columns cannot be primary keys: {', '.join(keys)}")


def _check_fields(model: str, columns: list[AnyColumn]) -> None:
    seen: dict[str, str] = {}
    for column in columns:
        field = column.db_field_name
        if field in seen:
            raise ModelException(
                f"{model}: {seen[field]} and {column.column_name} both have the database field {field}"
            )
        seen[field] = column.column_name
        order = column.clustering_order
        if order is None:
            continue
        if not column.primary_key or column.partition_key:
            raise ModelException(
                f"{model}.{column.column_name}: clustering_order may be specified only for clustering columns"
            )
        if order.lower() not in ("asc", "desc"):
            raise ModelException(f"{model}.{column.column_name}: clustering_order is 'asc' or 'desc', got {order!r}")


def _add_key_attribute(body: dict[str, Any], columns: Mapping[str, AnyColumn]) -> None:
    names = tuple(column.column_name for column in columns.values() if column.partition_key)
    if not names or "pk" in columns:
        return
    body["pk"] = ColumnAttribute(columns[names[0]]) if len(names) == 1 else CompositeKey(names)


def _add_exceptions(body: dict[str, Any], model: str, bases: tuple[type, ...]) -> None:
    """Give the model exceptions of its own, which descend from those of the models that it inherits from."""
    for kind in (DoesNotExist, MultipleObjectsReturned):
        parents = tuple(dict.fromkeys(getattr(base, kind.__name__) for base in bases if hasattr(base, kind.__name__)))
        body.setdefault(
            kind.__name__,
            type(
                kind.__name__,
                parents or (kind,),
                {
                    "__module__": body.get("__module__", __name__),
                    "__qualname__": f"{body.get('__qualname__', model)}.{kind.__name__}",
                },
            ),
        )


def describe(cls: type[BaseModel]) -> None:
    """Set ``__table__`` and the attributes by which third-party packages know a cqlengine model's columns.

    Args:
        cls: a class whose columns were gathered: by :class:`ModelMetaClass`, or by the metaclass of a package that
            took it for a pattern, such as django-cassandra-engine.
    """
    columns: OrderedDict[str, AnyColumn] = cls.__dict__.get("_defined_columns") or OrderedDict()
    discriminator = next((column for column in columns.values() if column.discriminator_column), None)
    cls._is_polymorphic = discriminator is not None
    cls._is_polymorphic_base = discriminator is not None and cls._polymorphic_root() is (
        cls._identity if cls._is_clone else cls
    )
    cls._polymorphic_base = cls._polymorphic_root() if discriminator is not None else None
    if cls.__discriminator_value__ is not None and discriminator is None:
        raise ModelDefinitionException(
            f"{cls.__name__}: __discriminator_value__ needs a column with discriminator_column=True in a base model"
        )
    options = cls.__options__ or {}
    cls.__table__ = TableMeta(
        model_name=cls.__name__,
        keyspace=cls.__keyspace__,
        name=_table_name(cls, own_name="__table_name__" in cls.__dict__),
        columns=tuple(columns.values()),
        partition_key=tuple(c for c in columns.values() if c.partition_key),
        clustering_key=tuple(c for c in columns.values() if c.primary_key and not c.partition_key),
        options=options,
        discriminator=discriminator,
    )
    cls.__default_ttl__ = int(str(options.get("default_time_to_live", 0)))
    cls._set_up()


def _table_name(cls: type[BaseModel], *, own_name: bool) -> str:
    """Return the CQL table name: given, shared with the polymorphic base, or derived from the class name."""
    if cls._polymorphic_base is not None and cls._polymorphic_base is not cls and not own_name:
        shared: str = cls._polymorphic_base.__table__.name
        return shared
    given = cls.__table_name__
    if given:
        return given if cls.__table_name_case_sensitive__ else given.lower()
    return table_name_of(cls.__name__)

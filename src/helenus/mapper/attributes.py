"""The descriptors that the metaclass puts on a model: its columns, ``pk``, ``objects`` and the two-faced chainers.

They know the state that an instance carries (see ``state``); they do not know statements or connections.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from helenus.mapper.expressions import ColumnExpression
from helenus.mapper.values import NOTHING

if TYPE_CHECKING:
    from helenus.mapper.columns import AnyColumn
    from helenus.mapper.model import BaseModel
    from helenus.mapper.query import QuerySet

__all__ = ["ColumnAttribute", "CompositeKey", "TwoFaced"]

M = TypeVar("M", bound="BaseModel")
P = ParamSpec("P")


class ColumnAttribute:
    """A column on a model: an expression on the class, the value on an instance."""

    __slots__ = ("column", "expression", "name")

    def __init__(self, column: AnyColumn) -> None:
        """Describe ``column``."""
        self.column = column
        self.name = column.column_name
        self.expression = ColumnExpression(column)

    def __get__(self, instance: BaseModel | None, owner: type[BaseModel] | None = None) -> object:
        """Return the value; what was loaded is converted at its first use."""
        if instance is None:
            return self.expression
        name = self.name
        data = instance._data
        if name in data:
            return data[name]
        layout = instance._layout
        if layout is not None and name in layout.plain:
            return instance._row[layout.plain[name]]
        return instance._read(self.column)

    def __set__(self, instance: BaseModel, value: object) -> None:
        """Assign a value; it is checked when it is saved."""
        data = instance._data
        if data is NOTHING:
            data = instance._data = {}
        data[self.name] = value
        instance._unclean = True
        if instance._implicit:
            instance._implicit.discard(self.name)

    def __delete__(self, instance: BaseModel) -> None:
        """Set the value to None, which deletes it in the database at the next save.

        Raises:
            AttributeError: for a column of the primary key.
        """
        if not self.column.can_delete:
            raise AttributeError(f"cannot delete {self.name} columns: it belongs to the primary key")
        self.__set__(instance, None)


class CompositeKey:
    """``pk`` of a model whose partition key has several columns: a tuple of them."""

    __slots__ = ("names",)

    def __init__(self, names: tuple[str, ...]) -> None:
        """Describe the partition key columns ``names``."""
        self.names = names

    def __get__(self, instance: BaseModel | None, owner: type[BaseModel]) -> tuple[object, ...]:
        """Return the values (on the class: the expressions)."""
        source = owner if instance is None else instance
        return tuple(getattr(source, name) for name in self.names)

    def __set__(self, instance: BaseModel, values: tuple[object, ...]) -> None:
        """Assign one value to each column of the partition key."""
        for name, value in zip(self.names, values, strict=True):
            setattr(instance, name, value)


class TwoFaced(Generic[P]):
    """A method that chains a query on the class and marks the next operation on an instance.

    ``Automobile.ttl(60)`` is ``Automobile.objects.ttl(60)``; ``car.ttl(60)`` returns the car.
    """

    __slots__ = ("name", "on_instance")

    def __init__(self, on_instance: Callable[Concatenate[Any, P], object]) -> None:
        """Wrap the instance's method; the queryset's method of the same name serves the class."""
        self.on_instance = on_instance
        self.name = on_instance.__name__

    @overload
    def __get__(self, instance: None, owner: type[M]) -> Callable[..., QuerySet[M]]: ...

    @overload
    def __get__(self, instance: M, owner: type[M]) -> Callable[P, M]: ...

    def __get__(self, instance: M | None, owner: type[M]) -> Callable[..., Any]:
        """Bind to the class's queryset or to the instance."""
        if instance is None:
            return getattr(owner.objects, self.name)  # type: ignore[no-any-return]
        return self.on_instance.__get__(instance, owner)  # type: ignore[no-any-return]

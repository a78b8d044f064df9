"""Models: classes whose instances are rows.

An instance holds what was loaded (the driver's tuple, untouched) and what was assigned since; what is dirty follows
from comparing the two. Operations are planned in ``writes`` and run as ``flows``; the methods here are thin, and each
one that does I/O has an async twin named ``a`` + its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from helenus import connection as connections
from helenus.connection.loops import in_running_loop
from helenus.connection.request import UNSET, Flow
from helenus.errors import (
    DeferredColumnError,
    DoesNotExist,
    MultipleObjectsReturned,
    ValidationError,
)
from helenus.mapper import flows, writes
from helenus.mapper.declare import ModelMetaClass, describe
from helenus.mapper.family import Family
from helenus.mapper.loader import columns_of, full_layout, layout_of, load
from helenus.mapper.marks import Marks
from helenus.mapper.objects import Objects
from helenus.mapper.query import ModelQuerySet, QuerySet
from helenus.mapper.row import RowProtocol
from helenus.mapper.selection import consistency_for, select
from helenus.mapper.state import Layout, Next, Origin
from helenus.mapper.values import MISSING, NOTHING, Value, Values, bound, current, dirty

if TYPE_CHECKING:
    from typing import Self

    from helenus.mapper.batch import BatchQuery
    from helenus.mapper.columns import AnyColumn
    from helenus.mapper.metadata import TableMeta
    from helenus.mapper.writes import Write

__all__ = ["BaseModel", "Model"]

EMPTY: frozenset[str] = frozenset()


class BaseModel(Marks, RowProtocol, Family, metaclass=ModelMetaClass):
    """What all models are; derive from :class:`Model`.

    Attributes:
        __abstract__: True for a class without a table, whose columns its subclasses inherit.
        __table_name__: CQL name of the table; by default derived from the class name.
        __table_name_case_sensitive__: keep the case of ``__table_name__``.
        __keyspace__: keyspace; by default that of :func:`connection.setup`.
        __connection__: name of the connection; by default the default one.
        __options__: table options for ``CREATE TABLE ... WITH``.
        __consistency__: consistency level of the model's operations.
        __discriminator_value__: tells this class's rows from others in the same table.
        __queryset__: class of ``objects``.
    """

    _is_root = True
    __slots__ = ("_data", "_layout", "_row")

    __abstract__ = True
    __table_name__: ClassVar[str | None] = None
    __table_name_case_sensitive__: ClassVar[bool] = False
    __keyspace__: ClassVar[str | None] = None
    __connection__: ClassVar[str | None] = None
    __options__: ClassVar[Mapping[str, object] | None] = None
    __consistency__: ClassVar[int | None] = None
    __discriminator_value__: ClassVar[object] = None
    __compute_routing_key__: ClassVar[bool] = True
    __default_ttl__: ClassVar[int] = 0
    __queryset__: ClassVar[type[QuerySet[Any]]] = ModelQuerySet
    __table__: ClassVar[TableMeta]

    if TYPE_CHECKING:
        DoesNotExist: ClassVar[type[DoesNotExist]]
        MultipleObjectsReturned: ClassVar[type[MultipleObjectsReturned]]
        pk: Any
        _data: dict[str, Any]
        _row: Any
        _layout: Layout | None
    else:
        DoesNotExist = DoesNotExist
        MultipleObjectsReturned = MultipleObjectsReturned

    # Rare state. The defaults are on the class; an instance that needs more keeps it in its __dict__.
    _saved: dict[str, Any] | None = None
    _implicit: Any = EMPTY
    _unclean: bool = False

    objects = Objects()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Describe the class here and not in the metaclass, since other packages' metaclasses build models, too."""
        super().__init_subclass__(**kwargs)
        describe(cls)

    def __init__(self, /, **values: Any) -> None:
        """Make an instance that is not in the database yet.

        Args:
            values: ``column=value``. Columns that are left out take their defaults.

        Raises:
            ValidationError: for names that are no columns, and for values that cannot be converted.
        """
        cls = type(self)
        if not cls._names.issuperset(values):
            self._refuse(values)
        self._data = values
        self._row = None
        self._layout = None
        for name, exact, convert in cls._conversions:
            if name in values:
                value = values[name]
                if value is not None and type(value) is not exact:
                    values[name] = convert(value)
        if cls._defaults:
            self._fill_in(values)

    def _refuse(self, values: Mapping[str, object]) -> None:
        extra = sorted(values.keys() - self._names)
        raise ValidationError(
            f"Incorrect columns passed: {set(extra)}. {type(self).__name__} has {self.__table__.names()}"
        )

    def _fill_in(self, values: dict[str, Any]) -> None:
        implicit = set()
        for name, column in self._defaults:
            if name not in values:
                value = column.get_default()
                values[name] = None if value is None else column.to_python(value)
                implicit.add(name)
        if implicit:
            self._implicit = implicit

    # ---- reading ----------------------------------------------------------------------------------------------------

    def _read(self, column: AnyColumn) -> Value:
        """Return the value of a column to which nothing was assigned."""
        name = column.column_name
        layout = self._layout
        if layout is None:
            value = column.empty()
            if value is not None:
                self._keep(name, value)
                self._implicit = {*self._implicit, name}
            return value
        position = layout.positions.get(name)
        if position is None:
            return self._read_deferred(column)
        value = self._row[position]
        loader = layout.loaders[name]
        if value is None:
            value = column.empty()
        elif loader is not None:
            value = loader(value)
        if column.mutable and value is not None:
            self._keep(name, value)
        return value

    def _keep(self, name: str, value: object) -> None:
        if self._data is NOTHING:
            self._data = {}
        self._data[name] = value

    def _read_deferred(self, column: AnyColumn) -> Value:
        """Fetch a column that was left out by ``only`` or ``defer``, and return its value.

        Raises:
            DeferredColumnError: in a running event loop, which the fetch would block.
        """
        name = column.column_name
        if not in_running_loop():
            connections.run(self._fetching((name,)))
            return getattr(self, name)
        raise DeferredColumnError(
            f"{type(self).__name__}.{name} was not fetched (only() or defer()), and fetching it here would block the"
            f" event loop; call `await instance.afetch({name!r})` first, or select it"
        )

    def fetch(self, *names: str) -> Self:
        """Fetch columns that ``only`` or ``defer`` left out; all of them by default.

        Raises:
            ModelException: if the row is gone.
        """
        connections.run(self._fetching(names))
        return self

    async def afetch(self, *names: str) -> Self:
        """Fetch columns that ``only`` or ``defer`` left out; raises like :meth:`fetch`."""
        await connections.arun(self._fetching(names))
        return self

    def _fetching(self, names: tuple[str, ...]) -> Flow[None]:
        consistency = consistency_for(type(self), None)
        return flows.fetch(self, names, consistency) if names else flows.complete(self, consistency)

    def get_changed_columns(self) -> list[str]:
        """Return the names of the columns whose values differ from what was loaded or last saved."""
        return [column.column_name for column in dirty(self, self.__table__.columns)]

    @property
    def _values(self) -> Values:
        """What cqlengine's value managers tell about each column."""
        return Values(self)

    @property
    def _is_persisted(self) -> bool:
        """Whether the instance was loaded or saved."""
        return self._layout is not None

    # ---- writing ----------------------------------------------------------------------------------------------------

    def save(self) -> Self:
        """Write the instance: all of it if it is new here, else what changed; nothing if nothing did.

        An instance that was loaded from another connection or keyspace is new here: its whole row is written.

        Raises:
            ValidationError: if a value does not fit its column.
            PolymorphicModelException: for the base of a polymorphic family, which has no rows of its own.
            LWTException: if ``if_not_exists()`` or conditions were asked and it was not applied.
        """
        how, origin = self._prepare_save()
        if how.batch is not None:
            if self._layout is not None:
                connections.run(flows.ready(self, origin, how))
            plan = writes.plan_save(self, origin, how)
            self._add(how.batch, plan, partial(self._mark_saved, origin, self._snapshot(plan)))
        else:
            connections.run(flows.save(self, origin, how))
        return self

    async def asave(self) -> Self:
        """Write the instance; see :meth:`save`."""
        how, origin = self._prepare_save()
        if how.batch is not None:
            if self._layout is not None:
                await connections.arun(flows.ready(self, origin, how))
            plan = writes.plan_save(self, origin, how)
            self._add(how.batch, plan, partial(self._mark_saved, origin, self._snapshot(plan)))
        else:
            await connections.arun(flows.save(self, origin, how))
        return self

    def _prepare_save(self) -> tuple[Next, Origin]:
        self._check_polymorphic()
        if self._has_own_validate:
            self.validate()
        return self._take_next()

    def update(self, /, **values: Any) -> Self:
        """Assign values, then write what changed as an UPDATE, whether or not the row is known to exist.

        Raises:
            ValidationError: for unknown columns, a changed primary key, or values that do not fit.
            LWTException: if conditions were asked and did not hold.
        """
        how, origin = self._prepare_update(values)
        if how.batch is not None:
            self._add(how.batch, writes.plan_update(self, origin, how), partial(self._mark_updated, origin))
        else:
            connections.run(flows.update(self, origin, how))
        return self

    async def aupdate(self, /, **values: Any) -> Self:
        """Assign values, then write what changed as an UPDATE; see :meth:`update`."""
        how, origin = self._prepare_update(values)
        if how.batch is not None:
            self._add(how.batch, writes.plan_update(self, origin, how), partial(self._mark_updated, origin))
        else:
            await connections.arun(flows.update(self, origin, how))
        return self

    def _prepare_update(self, values: Mapping[str, Any]) -> tuple[Next, Origin]:
        columns = self.__table__.by_name
        for name, value in values.items():
            column = columns.get(name)
            if column is None:
                raise ValidationError(
                    f"{type(self).__module__}.{type(self).__name__} has no column named: {name}. It has"
                    f" {self.__table__.names()}"
                )
            if column.primary_key:
                now = current(self, column)
                if now is not MISSING and bound(column, value) != bound(column, now):
                    raise ValidationError(
                        f"Cannot apply update to primary key '{name}' for {type(self).__module__}."
                        f"{type(self).__name__}: a row's key never changes; save a new instance and delete this one"
                    )
        for name, value in values.items():
            setattr(self, name, value)
        if self._layout is not None and (keys := dirty(self, self.__table__.primary_key)):
            raise ValidationError(
                f"Cannot apply update to primary key '{keys[0].column_name}' for {type(self).__module__}."
                f"{type(self).__name__}: it was changed, and an update would write a part of the row under the new key;"
                " save() writes all of it"
            )
        return self._prepare_save()

    def delete(self) -> None:
        """Delete the row; saving the instance afterwards writes it anew.

        Raises:
            ValidationError: if a column of the primary key has no value.
            LWTException: if conditions were asked and did not hold.
        """
        how, origin = self._take_next()
        if how.batch is not None:
            self._add(how.batch, writes.plan_delete(self, origin, how), partial(self._mark_deleted, origin))
        else:
            connections.run(flows.delete(self, origin, how))

    async def adelete(self) -> None:
        """Delete the row; see :meth:`delete`."""
        how, origin = self._take_next()
        if how.batch is not None:
            self._add(how.batch, writes.plan_delete(self, origin, how), partial(self._mark_deleted, origin))
        else:
            await connections.arun(flows.delete(self, origin, how))

    def _add(self, batch: BatchQuery, plan: Write | None, believe: Callable[[], None]) -> None:
        """Add a write to a batch; what the instance believes is taken back if the batch fails."""
        state = (self._row, self._layout, self._saved, self._implicit)

        def undo() -> None:
            if self._saved is believed[0] and self._layout is believed[1]:  # else it was written otherwise since
                self._row, self._layout, self._saved, self._implicit = state

        if plan is not None:
            batch.add(plan, undo)
        believe()
        believed = self._saved, self._layout

    def _is_elsewhere(self, origin: Origin) -> bool:
        """Whether the instance was loaded from, or saved to, another place."""
        return self._layout is not None and self._layout.origin != origin

    def _mark_updated(self, origin: Origin, saved: dict[str, Any] | None = None) -> None:
        """Take a snapshot as written, unless that was a part of a copy of the row somewhere else."""
        if not self._is_elsewhere(origin):
            self._mark_saved(origin, saved)

    def _snapshot(self, plan: Write | None = None) -> dict[str, Any]:
        """Return the current values in the form in which :meth:`_mark_saved` keeps them; of mutable ones what is bound.

        Taken before a write is sent: what is assigned while it is under way has not been written.

        Args:
            plan: the write; one of a whole row has bound the values already.
        """
        if self._unclean:
            self._clean_up()
        saved = dict(self._data)
        if plan is not None and plan.whole is not None and plan.whole[2] is self._column_names:
            for name, position in self._mutable_positions:
                if name in saved:
                    value = plan.values[position]
                    saved[name] = None if value is UNSET else value
            return saved
        for name, bind, _ in self._mutable_binders:
            if name in saved:
                saved[name] = bind(saved[name])
        return saved

    def _mark_saved(self, origin: Origin, saved: dict[str, Any] | None = None) -> None:
        """Take a snapshot (by default the current values) as what the row holds at ``origin``."""
        if saved is None:
            saved = self._snapshot()
        self._saved = saved
        for name, _, empty in self._mutable_binders:
            if name in saved and saved[name] is None and self._data[name] is None:
                self._data[name] = empty()  # as it will be read
        if self._implicit:
            self._implicit = EMPTY
        layout = self._layout
        if layout is None:
            self._layout = full_layout(type(self), origin)
            self._row = self._blank
        elif layout.origin != origin:
            self._layout = Layout(layout.positions, layout.loaders, origin, layout.plain)

    def _clean_up(self) -> None:
        """Put values in the form in which they will be read back; containers stay the objects that they are."""
        self._unclean = False
        data = self._data
        for name, exact, convert in self._cleaners:
            value = data.get(name)
            if value is not None and type(value) is not exact:
                data[name] = convert(value)

    def _mark_deleted(self, origin: Origin) -> None:
        """Become an instance that is not in the database, unless a copy of the row somewhere else was deleted.

        Values that were loaded stay, and so does the place: saving the instance writes it there anew.
        """
        if self._is_elsewhere(origin):
            return
        for column in self.__table__.columns:
            value = current(self, column)
            if value is not MISSING and value is not None:
                self._keep(column.column_name, value)
        self._home = self._home if self._layout is None else self._layout.origin
        self._row, self._layout, self._saved = None, None, None

    def validate(self) -> None:
        """Check every value against its column, putting cleaned values in place.

        Override it to add checks of your own, and call ``super().validate()``.

        Raises:
            ValidationError: for the first value that does not fit.
        """
        for column in self.__table__.columns:
            name = column.column_name
            value = current(self, column)
            if value is MISSING or (name not in self._data and not column.required):
                continue
            if value is None and column.has_default and self._layout is None and name not in self._data:
                value = column.get_default()
            cleaned = column.validate(value)
            if name in self._data and cleaned is not value:
                self._data[name] = cleaned

    # ---- loading ----------------------------------------------------------------------------------------------------

    @classmethod
    def _from_row(cls, row: Value, layout: Layout | None) -> Self:
        instance = cls.__new__(cls)
        instance._data = NOTHING
        instance._row = row
        instance._layout = layout
        return instance

    @classmethod
    def _construct_instance(cls, values: Mapping[str, object]) -> Self:
        """Return the instance of a row that raw CQL selected; cqlengine's name, other packages call it.

        Args:
            values: the driver's values by CQL column name; columns that are left out are fetched when they are read.
        """
        columns = columns_of(cls)
        by_db_name = {column.db_field_name: name for name, column in columns.items()}
        names = tuple(by_db_name.get(name, name) for name in values)
        return load(cls, layout_of(cls, names, select(cls)), [tuple(values.values())])[0]

    def _extend(self, names: tuple[str, ...], row: tuple[object, ...]) -> None:
        """Add columns that were fetched later."""
        layout = self._layout
        if layout is None:
            return
        known = tuple(sorted(layout.positions, key=layout.positions.__getitem__))
        self._row = (*self._row, *row)
        # The row may have been loaded by a query on the polymorphic base, with columns of other subclasses.
        self._layout = layout_of(self._polymorphic_base or type(self), known + names, layout.origin)

    # ---- classes ----------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, /, **values: Any) -> Self:
        """Insert a row and return its instance.

        Raises:
            ValidationError: for names that are no columns, and values that do not fit.
        """
        if cls.__queryset__ is ModelQuerySet and not cls.__abstract__:
            return cls(**values).save()  # the same with less ado
        return cls.objects.create(**values)

    @classmethod
    async def acreate(cls, /, **values: Any) -> Self:
        """Insert a row and return its instance; raises like :meth:`create`."""
        return await cls.objects.acreate(**values)

    @classmethod
    def all(cls) -> QuerySet[Self]:
        """Return a query for all rows."""
        return cls.objects.all()

    @classmethod
    def filter(cls, /, *conditions: Any, **kwargs: object) -> QuerySet[Self]:
        """Return a query with conditions; see :meth:`QuerySet.filter`."""
        return cls.objects.filter(*conditions, **kwargs)

    @classmethod
    def get(cls, /, *conditions: Any, **kwargs: object) -> Self:
        """Return the only row that matches; see :meth:`QuerySet.get`."""
        return cls.objects.get(*conditions, **kwargs)

    @classmethod
    async def aget(cls, /, *conditions: Any, **kwargs: object) -> Self:
        """Return the only row that matches; see :meth:`QuerySet.get`."""
        return await cls.objects.aget(*conditions, **kwargs)


class Model(BaseModel):
    """The base of your models: columns become attributes, instances are rows.

    Example::

        class Automobile(Model):
            manufacturer = columns.Text(primary_key=True)
            year = columns.Integer(primary_key=True)
            model = columns.Text(primary_key=True)
    """

    _is_root = True
    __abstract__ = True

"""Plans what an operation on an instance or a query writes: values in, one :class:`Write` out.

Pure: it does not send anything and does not know connections beyond their names. A plan says the statement, whether
it is safe to send twice, whether its answer says if it was applied, and what the instance may believe afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from helenus.connection.request import NOT_SET, UNSET, Options, Request
from helenus.errors import ModelException, ValidationError
from helenus.mapper import statements
from helenus.mapper.columns import AnyColumn, Counter, List, Map, Set
from helenus.mapper.expressions import Operator, Relation
from helenus.mapper.state import UNMARKED, Next, Origin, microseconds
from helenus.mapper.statements import Shape
from helenus.mapper.values import MISSING, Assignment, Change, Value, assignments, bound, current, dirty

if TYPE_CHECKING:
    from helenus.mapper.model import BaseModel

__all__ = ["Write", "plan_delete", "plan_save", "plan_update"]

DEFAULTS = Options()
NO_CLAUSE: tuple[tuple[str, ...], list[object]] = ((), [])


@dataclass(slots=True)
class Write:
    """One statement that writes.

    Args:
        text: CQL with markers.
        values: one for each marker.
        origin: the connection and keyspace that it is for.
        idempotent: whether sending it twice is the same as sending it once.
        conditional: whether the answer tells if it was applied.
        label: who asks, for errors and logs.
        options: how to send it.
        whole: of an INSERT, what it was planned from; see :func:`without_unset`.
    """

    text: str
    values: Sequence[object]
    origin: Origin
    idempotent: bool
    conditional: bool
    label: str
    options: Options = DEFAULTS
    whole: tuple[Any, Next, tuple[str, ...]] | None = field(default=None, repr=False)

    def request(self) -> Request:
        """Return the request that sends it."""
        return Request(
            self.text,
            self.values,
            self.origin.connection,
            self.idempotent,
            self.options,
            label=self.label,
        )


def plan_save(instance: BaseModel, origin: Origin, how: Next) -> Write | None:
    """Plan ``save()``: an INSERT of a new row, an UPDATE of what changed, nothing if nothing did.

    An instance that was loaded from, or saved to, somewhere else is a new row here: all of it is written. The whole
    row must have been fetched by then.

    Raises:
        ValidationError: if a value does not fit, or a column of the primary key has none.
    """
    layout = instance._layout
    new = layout is None or layout.origin != origin or bool(dirty(instance, instance.__table__.primary_key))
    if instance.__table__.has_counter:
        return _plan_counters(instance, origin, how, new=new)
    return plan_insert(instance, origin, how) if new else plan_update(instance, origin, how)


def plan_insert(instance: BaseModel, origin: Origin, how: Next) -> Write:
    """Plan an INSERT of all that the instance holds; columns without a value stay as they are."""
    values = _row_of(instance)
    for position in instance._key_positions:
        if values[position] is None or values[position] is UNSET:
            return _insert(instance, origin, how, *_static_row(instance, values))
    return _insert(instance, origin, how, instance._column_names, values)


def _insert(instance: BaseModel, origin: Origin, how: Next, names: tuple[str, ...], values: list[Any]) -> Write:
    using, clause = _using(how)
    if how.if_exists or how.conditions:
        raise ValidationError(
            f"{instance.__table__.model_name}: an INSERT takes IF NOT EXISTS only; use update() for if_exists() and"
            " iff()"
        )
    model = type(instance)
    # The text of a whole row by a short key: hashing a shape with every column costs more than the rest of this.
    key = (origin.keyspace, using, how.if_not_exists, names is instance._column_names or names)
    text = model._texts.get(key)
    if text is None:
        shape = Shape("insert", origin.keyspace, names, using=using, exists=how.if_not_exists)
        text = model._texts[key] = statements.text(model, shape)
    return Write(
        text,
        [*values, *clause] if clause else values,
        origin,
        not how.if_not_exists,
        how.if_not_exists,
        instance._save_label,
        options_of(how.consistency, how.timeout),
        (instance, how, names),
    )


def without_unset(plan: Write) -> Write | None:
    """Return the same INSERT without UNSET values, for native protocols below v4; None if the plan has none."""
    if plan.whole is None or UNSET not in plan.values:
        return None
    instance, how, names = plan.whole
    present = [(name, value) for name, value in zip(names, plan.values, strict=False) if value is not UNSET]
    return _insert(instance, plan.origin, how, tuple(name for name, _ in present), [value for _, value in present])


def _row_of(instance: BaseModel) -> list[Any]:
    """Return the bound values of all columns; UNSET where the instance has none.

    None is written (and deletes the column) where it was assigned, and where a loaded row goes to another place: there
    it must become equal to the instance, whatever was there before.
    """
    data, implicit, whole = instance._data, instance._implicit, instance._layout is not None
    if not whole and not implicit and (len(data) == len(instance._column_names) or not instance._strict):
        return [bind(data[name]) if name in data else UNSET for name, bind in instance._binders]
    strict = instance._strict
    values: list[object] = []
    for column in instance.__table__.columns:
        name = column.column_name
        if name not in data and not whole:
            if column in strict:
                column.validate(None)
            values.append(UNSET)
            continue
        value = current(instance, column)
        if value is MISSING:
            raise ModelException(
                f"{instance!s}: {name} was not fetched, so the row cannot be written anew; call instance.fetch() first"
            )
        value = bound(column, value)
        if value is None and not whole and name in implicit:
            value = UNSET
        values.append(value)
    return values


def instance_value(instance: BaseModel, column: AnyColumn) -> Value:
    """Return the value of a key column, None if there is none."""
    value = current(instance, column)
    return None if value is MISSING else value


def _static_row(instance: BaseModel, values: Sequence[object]) -> tuple[tuple[str, ...], list[object]]:
    """Return only the partition key and the static columns; refuse to drop anything that was given.

    Raises:
        ValidationError: if there is no static value, or a value that has no row without a clustering key.
    """
    table = instance.__table__
    given = dict(zip(table.columns, values, strict=True))
    partition = [given[column] for column in table.partition_key]
    _check_key(instance, table.partition_key, partition)
    if any(instance_value(instance, column) is not None for column in table.clustering_key):
        _check_key(instance, table.columns, values)
    lost = [c for c in table.regular if given[c] not in (None, UNSET) and c.column_name not in instance._implicit]
    statics = [c for c in table.static if given[c] is not UNSET]
    if lost or not statics:
        missing = ", ".join(c.column_name for c in table.clustering_key)
        why = f"; {', '.join(c.column_name for c in lost)} would be lost" if lost else ""
        raise ValidationError(
            f"{table.model_name}: clustering column(s) {missing} have no value{why}. Give them, or set only the"
            " partition key and static columns"
        )
    kept = (*table.partition_key, *statics)
    return tuple(c.column_name for c in kept), [given[c] for c in kept]


def _check_key(instance: BaseModel, columns: Sequence[AnyColumn], values: Sequence[object]) -> None:
    for column, value in zip(columns, values, strict=True):
        if column.primary_key and (value is None or value is UNSET):
            raise ValidationError(
                f"{instance.__table__.model_name}.{column.column_name} belongs to the primary key and has no value;"
                " None values are not allowed there"
            )


def plan_update(instance: BaseModel, origin: Origin, how: Next) -> Write | None:
    """Plan an UPDATE of what changed, nulls and conditions in the same statement; None if nothing changed."""
    table = instance.__table__
    if table.has_counter:
        return _plan_counters(instance, origin, how, new=instance._layout is None)
    changed = dirty(instance, instance._data_columns)
    if not changed:
        return None
    statics = bool(table.static) and all(column.static for column in changed)
    where = key_of(instance, static_only=statics and (not how.is_conditional or _lacks_clustering(instance)))
    return update(type(instance), origin, how, assignments(instance, changed), where, "update")


def _lacks_clustering(instance: BaseModel) -> bool:
    """Whether an instance stands for a partition's static part: it has no clustering values."""
    return any(instance_value(instance, column) is None for column in instance.__table__.clustering_key)


def _plan_counters(instance: BaseModel, origin: Origin, how: Next, *, new: bool) -> Write:
    """Plan ``c = c + delta`` for each counter; a row that is new there gets all of them, counted from 0."""
    counters = instance.__table__.regular
    changed = counters if new else dirty(instance, counters)
    deltas = []
    for column in changed:
        delta = (current(instance, column) or 0) - (0 if new else _counted(instance, column))
        deltas.append(Assignment(column, Change.ADD, delta))
    if not deltas:
        deltas = [Assignment(column, Change.ADD, 0) for column in counters]
    return update(type(instance), origin, how, deltas, key_of(instance), "update")


def _counted(instance: BaseModel, column: AnyColumn) -> int:
    saved = instance._saved
    if saved is not None and column.column_name in saved:
        return int(saved[column.column_name] or 0)
    layout = instance._layout
    if layout is None or column.column_name not in layout.positions:
        return 0
    return int(instance._row[layout.positions[column.column_name]] or 0)


def key_of(instance: BaseModel, *, static_only: bool = False) -> list[Relation]:
    """Return the conditions that name the instance's row (or its partition, for static columns alone).

    Raises:
        ValidationError: if a column of the key has no value.
    """
    table = instance.__table__
    columns = table.partition_key if static_only else table.primary_key
    where = []
    for column in columns:
        value = bound(column, instance_value(instance, column))
        if value is None:
            raise ValidationError(
                f"{table.model_name}.{column.column_name} belongs to the primary key and has no value, so no row is"
                f" named; to change or delete many rows use {table.model_name}.objects.filter(...)"
            )
        where.append(Relation(column, Operator.EQ, value, (column.column_name, "=", None)))
    return where


def update(  # noqa: PLR0917 - the parts of one statement, in its order
    model: type[BaseModel],
    origin: Origin,
    how: Next,
    changes: Sequence[Assignment],
    where: Sequence[Relation],
    operation: str,
) -> Write:
    """Plan an UPDATE from its parts."""
    using, clause = _using(how)
    shape = Shape(
        "update",
        origin.keyspace,
        tuple((a.column.column_name, a.change) for a in changes),
        where=statements.outline(where),
        conditions=statements.outline(how.conditions),
        using=using,
        exists=exists_clause(model, how),
    )
    assigned = [part for a in changes for part in (a.value if a.change is Change.PUT else (a.value,))]
    return Write(
        statements.text(model, shape),
        [*clause, *assigned, *statements.operands(where), *statements.operands(how.conditions)],
        origin,
        idempotent=not how.is_conditional and all(_repeatable(a) for a in changes),
        conditional=how.is_conditional,
        label=f"{model.__table__.model_name}.{operation}",
        options=options_of(how.consistency, how.timeout),
    )


def _repeatable(assignment: Assignment) -> bool:
    """Whether applying an assignment twice gives the same as once: not for counters and growing lists."""
    if assignment.change in (Change.SET, Change.PUT):
        return True
    return not isinstance(assignment.column, (Counter, List))


def plan_delete(instance: BaseModel, origin: Origin, how: Next) -> Write:
    """Plan ``delete()`` of the instance's row."""
    return delete(type(instance), origin, how, key_of(instance))


def delete(model: type[BaseModel], origin: Origin, how: Next, where: Sequence[Relation]) -> Write:
    """Plan a DELETE of the rows that ``where`` names."""
    using, clause = _using(replace(how, ttl=None))
    shape = Shape(
        "delete",
        origin.keyspace,
        where=statements.outline(where),
        conditions=statements.outline(how.conditions),
        using=using,
        exists=exists_clause(model, how),
    )
    return Write(
        statements.text(model, shape),
        [*clause, *statements.operands(where), *statements.operands(how.conditions)],
        origin,
        idempotent=not how.is_conditional,
        conditional=how.is_conditional,
        label=f"{model.__table__.model_name}.delete",
        options=options_of(how.consistency, how.timeout),
    )


def exists_clause(model: type[BaseModel], how: Next) -> bool:
    """Return whether to say IF EXISTS.

    CQL takes either IF EXISTS or conditions. A condition that compares with a value can only hold on an existing row,
    so IF EXISTS adds nothing to it; ``!=`` also holds where there is no row.

    Raises:
        ValidationError: if IF EXISTS is asked together with nothing but ``!=`` conditions.
    """
    if how.if_not_exists:
        raise ValidationError(f"{model.__table__.model_name}: IF NOT EXISTS goes with an INSERT, this is none")
    if not how.if_exists or not how.conditions:
        return how.if_exists
    if all(condition.operator is Operator.NE for condition in how.conditions):
        raise ValidationError(
            f"{model.__table__.model_name}: CQL cannot say IF EXISTS together with != conditions; add a condition with"
            " another operator, which implies that the row exists"
        )
    return False


def _using(how: Next) -> tuple[tuple[str, ...], list[object]]:
    """Return the names of the USING clause's parts and their values."""
    if how is UNMARKED:
        return NO_CLAUSE
    names: list[str] = []
    values: list[object] = []
    if how.ttl is not None:
        names.append("ttl")
        values.append(how.ttl)
    if how.timestamp is not None:
        names.append("timestamp")
        values.append(microseconds(how.timestamp))
    return tuple(names), values


def options_of(consistency: int | None, timeout: object) -> Options:
    """Return the options, the shared defaults if none is set."""
    if consistency is None and timeout is NOT_SET:
        return DEFAULTS
    return Options(consistency=consistency, timeout=timeout)  # type: ignore[arg-type]


def element_change(column: AnyColumn, suffix: str, value: object) -> list[Assignment]:
    """Return the assignments of a container update: ``tags__add={"a"}``, ``prices__update={"eu": 1}``.

    Raises:
        ValidationError: if the column has no such update, or the value does not fit.
    """
    key = (next((kind for kind in (Set, List, Map) if isinstance(column, kind)), None), suffix)
    change = ELEMENT_CHANGES.get(key)  # type: ignore[arg-type]
    if change is None:
        raise ValidationError(
            f"{column.column_name}__{suffix}: no such update of {column.db_type}; sets take add and remove, lists"
            " append and prepend, maps update and remove"
        )
    if getattr(column, "frozen", False):
        raise ValidationError(
            f"{column.column_name}__{suffix}: {column.db_type} is frozen, so the server replaces it only as a whole;"
            f" assign {column.column_name} instead"
        )
    if isinstance(column, Map) and suffix == "remove":
        if not isinstance(value, (set, frozenset)):
            raise ValidationError(f"{column.column_name}__remove takes a set of keys, got {value!r}")
        bind = column.key_binder()
        keys = {bind(item) for item in value}
        return [Assignment(column, change, keys)] if keys else []
    if isinstance(column, Map):
        return _map_update(column, value)
    part = bound(column, value)
    return [] if part is None else [Assignment(column, change, part)]


def _map_update(column: AnyColumn, value: Value) -> list[Assignment]:
    """``prices__update={"eu": 1, "us": None}`` puts one entry and removes the other."""
    if value is None:
        return []
    put = bound(column, value)
    result = [Assignment(column, Change.ADD, put)] if put else []
    bind = column.key_binder()
    gone = {bind(key) for key, item in value.items() if item is None}
    if gone:
        result.append(Assignment(column, Change.SUBTRACT, gone))
    return result


ELEMENT_CHANGES: dict[tuple[type[AnyColumn], str], Change] = {
    (Set, "add"): Change.ADD,
    (Set, "remove"): Change.SUBTRACT,
    (List, "append"): Change.ADD,
    (List, "prepend"): Change.PREPEND,
    (Map, "update"): Change.ADD,
    (Map, "remove"): Change.SUBTRACT,
}

"""What is wanted, compared with what is there: the steps between, in order.

Pure: values in, values out. Nothing is ever dropped: neither columns nor fields nor indexes that no model knows. This
module does not know models, nor how a schema is read or changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from helenus.cql import ast
from helenus.cql.types import CQLType, canonical, parse_type
from helenus.errors import HelenusError, SchemaException
from helenus.mapper.reflect import LiveColumn
from helenus.schema.ddl import Wanted
from helenus.schema.live import LiveIndex, LiveTable, LiveType
from helenus.schema.options import Drift, drift
from helenus.schema.steps import Place, Plan, Step

__all__ = ["diff_table", "diff_types"]


def diff_types(wanted: Sequence[ast.CreateType], found: Mapping[str, LiveType], place: Place) -> Plan:
    """Return what makes user-defined types be there with all their fields.

    Args:
        wanted: the types, inner ones first.
        found: the keyspace's types by name.
        place: where.
    """
    plan = Plan()
    for create in wanted:
        live = found.get(create.name.name)
        if live is None:
            plan += Plan((Step(place, create, f"the type {create.name.name} does not exist"),))
        else:
            plan += _diff_type(create, live, place)
    return plan


def _diff_type(create: ast.CreateType, live: LiveType, place: Place) -> Plan:
    plan = Plan()
    stored = dict(live.fields)
    for field in create.fields:
        if field.name not in stored:
            why = f"the type {live.name} has no field {field.name}"
            plan += Plan((Step(place, ast.AlterTypeAdd(create.name, field), why),))
        elif not _is_same_type(field.type, stored[field.name]):
            what = f"The user type {live.name} in {place}: its field {field.name}"
            plan += Plan(warnings=(_type_differs(what, str(field.type), stored[field.name]),))
    extra = [name for name in stored if name not in {field.name for field in create.fields}]
    return plan + _extra(f"type {live.name}", "fields", extra, place)


def diff_table(wanted: Wanted, found: LiveTable | None, place: Place) -> Plan:
    """Return what makes a table be there with all its columns, options and indexes.

    Args:
        wanted: what the model wants.
        found: the table as it is, or None.
        place: where.

    Raises:
        SchemaException: the primary keys differ, which no server can change.
    """
    if found is None:
        why = f"the table {wanted.table.table.name} does not exist"
        return Plan((Step(place, wanted.table, why),)) + _diff_indexes(wanted, (), place)
    _check_primary_key(wanted, found, place)
    return (
        _diff_columns(wanted, found, place)
        + _diff_options(wanted, found, place)
        + _diff_indexes(wanted, found.indexes, place)
    )


# ---- primary key -----------------------------------------------------------------------------------------------------


class _KeyColumn(NamedTuple):
    name: str
    type: str
    order: str

    def __str__(self) -> str:
        return f"{self.name} {self.type}{self.order}"


class _PrimaryKey(NamedTuple):
    partition_key: tuple[_KeyColumn, ...]
    clustering_key: tuple[_KeyColumn, ...]

    def __str__(self) -> str:
        partition = f"({', '.join(map(str, self.partition_key))})"
        return f"PRIMARY KEY ({', '.join([partition, *map(str, self.clustering_key)])})"


def _wanted_key(table: ast.CreateTable) -> _PrimaryKey:
    types = {column.name: str(canonical(column.type)) for column in table.columns}
    descending = {order.column for order in table.clustering_order if order.descending}
    return _PrimaryKey(
        tuple(_KeyColumn(name, types[name], "") for name in table.partition_key),
        tuple(_KeyColumn(n, types[n], " DESC" if n in descending else " ASC") for n in table.clustering_key),
    )


def _found_key(table: LiveTable) -> _PrimaryKey:
    return _PrimaryKey(
        tuple(_KeyColumn(c.name, _canonical_text(c.type), "") for c in table.of_kind("partition_key")),
        tuple(
            _KeyColumn(c.name, _canonical_text(c.type), f" {c.clustering_order.upper()}")
            for c in table.of_kind("clustering")
        ),
    )


def _check_primary_key(wanted: Wanted, found: LiveTable, place: Place) -> None:
    ours, theirs = _wanted_key(wanted.table), _found_key(found)
    if ours == theirs:
        return
    raise SchemaException(
        f"{wanted.model} cannot be synced with the table {found.name} in {place}: the primary keys differ.\n"
        f"  the model has {ours}\n"
        f"  the table has {theirs}\n"
        "Names, order, types and clustering order of a primary key cannot be changed, nor can columns be added to it."
        f" Change {wanted.model} to what the table has, map it to another table (__table_name__), or drop_table() the"
        " old one with its data and sync again."
    )


# ---- columns ---------------------------------------------------------------------------------------------------------


def _diff_columns(wanted: Wanted, found: LiveTable, place: Place) -> Plan:
    plan = Plan()
    stored = {column.name: column for column in found.columns}
    for column in wanted.table.columns:
        live = stored.pop(column.name, None)
        if live is None:
            add = ast.AlterTableAdd(wanted.table.table, (column,))
            plan += Plan((Step(place, add, f"the table {found.name} has no column {column.name}"),))
        else:
            plan += Plan(warnings=_column_warnings(wanted.model, column, live, place))
    return plan + _extra(f"table {found.name}", "columns", stored, place)


def _column_warnings(model: str, column: ast.ColumnDefinition, live: LiveColumn, place: Place) -> tuple[str, ...]:
    what = f"{model}: the column {column.name} in {place}"
    texts = []
    if not _is_same_type(column.type, live.type):
        texts.append(_type_differs(what, str(column.type), live.type))
    if column.static != (live.kind == "static"):
        kinds = ("static", "not static") if column.static else ("not static", "static")
        texts.append(
            f"{what} is {kinds[0]} in the model and {kinds[1]} in the database, which cannot be changed. Change the"
            " model, or copy the data to a new column."
        )
    return tuple(texts)


def _type_differs(what: str, ours: str, theirs: str) -> str:
    return (
        f"{what} has the type {ours} in the model and {theirs} in the database, which cannot be changed; reading and"
        " writing it may fail. Change the model, or add a column under another name (db_field) and copy the data."
    )


def _extra(owner: str, kind: str, names: Sequence[str] | Mapping[str, object], place: Place) -> Plan:
    if not names:
        return Plan()
    return Plan(notes=(f"The {owner} in {place} has {kind} that no model names, left alone: {', '.join(names)}",))


def _is_same_type(ours: CQLType, theirs: str) -> bool:
    return str(canonical(ours)) == _canonical_text(theirs)


def _canonical_text(stored: str) -> str:
    """Return a stored type as we write it; servers differ in blanks and in what they freeze by word."""
    try:
        return str(canonical(parse_type(stored)))
    except HelenusError:  # a type of a later release: whatever it is, it is the same as itself
        return stored


# ---- options ---------------------------------------------------------------------------------------------------------


def _diff_options(wanted: Wanted, found: LiveTable, place: Place) -> Plan:
    drifts = drift(wanted.options, found.options)
    if not drifts:
        return Plan()
    changed = {one.name for one in drifts}
    options = tuple(option for option in wanted.table.options if option.name in changed)
    alter = ast.AlterTableOptions(wanted.table.table, options)
    return Plan((Step(place, alter, "; ".join(map(_drift_text, drifts))),))


def _drift_text(one: Drift) -> str:
    found = dict(one.found) if isinstance(one.found, Mapping) else one.found
    return f"{one.name} is {found!r}, wanted {one.wanted!r}"


# ---- indexes ---------------------------------------------------------------------------------------------------------


def _diff_indexes(wanted: Wanted, found: Sequence[LiveIndex], place: Place) -> Plan:
    # By column and kind, never by name: an index that somebody made under a name of his own serves as well.
    present = {(index.column, index.target) for index in found}
    steps = []
    for create in wanted.indexes:
        (target,) = create.targets
        if (target.column, (target.kind or "VALUES").lower()) not in present:
            why = f"the column {target.column} of {create.table.name} has no index"
            steps.append(Step(place, create, why))
    return Plan(tuple(steps))

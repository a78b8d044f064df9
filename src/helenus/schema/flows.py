"""What the schema functions do, as generators that yield requests and receive pages.

Every operation is a list of tasks, one for each keyspace on each connection. First all of them are planned, which
reads every place and changes none: a wrong name, a host that does not answer or a primary key that does not fit stops
the operation before anything was changed anywhere. Then the plans are carried out one after another.

Pure: who sends the requests is ``helenus.connection.runner``'s business.
"""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from helenus.connection.request import Flow
from helenus.cql import ast
from helenus.errors import SchemaException
from helenus.mapper.model import BaseModel
from helenus.mapper.usertype import BaseUserType
from helenus.schema import ddl, diff, live
from helenus.schema.steps import Place, Plan, Step

__all__ = [
    "Task",
    "carry_out",
    "create_keyspace",
    "drop_keyspace",
    "drop_table",
    "drop_type",
    "plan_table",
    "sync_table",
    "sync_type",
]

log = logging.getLogger("helenus.schema")

# How often a step is taken that the server accepts and does not show; each time another node may have overwritten it.
_MOST_ATTEMPTS = 8

# Steps that may be accepted and not be seen for other reasons. An option may be ignored by the server; an index may be
# there in a way that is not recognized; and what somebody made again after it was dropped is not ours to drop.
_ATTEMPTS: Mapping[type[ast.Statement], int] = {
    ast.AlterTableOptions: 1,
    ast.CreateIndex: 2,
    ast.DropKeyspace: 1,
    ast.DropTable: 1,
    ast.DropType: 1,
}

MakePlan: TypeAlias = Callable[[Place], Flow[Plan]]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done in one place.

    Args:
        label: who asks: ``sync_table(Automobile)``.
        place: where.
        plan: reads what is there and returns what must be done; asked again after every change.
    """

    label: str
    place: Place
    plan: MakePlan


# ---- the operations --------------------------------------------------------------------------------------------------


def sync_table(model: type[BaseModel], places: Sequence[Place]) -> Flow[None]:
    """Make a model's table, its types and indexes be there and have all that the model declares."""
    yield from carry_out(_table_tasks("sync_table", model, places))


def plan_table(model: type[BaseModel], places: Sequence[Place]) -> Flow[tuple[Step, ...]]:
    """Return what :func:`sync_table` would do, and do nothing."""
    plans = yield from make_plans(_table_tasks("plan_table", model, places))
    return tuple(step for plan in plans for step in plan.steps)


def sync_type(user_type: type[BaseUserType], places: Sequence[Place]) -> Flow[None]:
    """Make a user-defined type, and those of its fields, be there with all fields."""

    def plan(place: Place) -> Flow[Plan]:
        yield from require_keyspace(place)
        columns = user_type._fields.values()
        wanted = (*ddl.create_types(columns, place.keyspace), ddl.create_type(user_type, place.keyspace))
        return (yield from _plan_types(wanted, place))

    yield from carry_out(_tasks(f"sync_type({user_type.__name__})", places, plan))


def drop_table(model: type[BaseModel], places: Sequence[Place]) -> Flow[None]:
    """Drop a model's table wherever it exists."""
    name = model.__table__.name

    def plan(place: Place) -> Flow[Plan]:
        found = yield from live.read_table(place.keyspace, name, place.connection)
        statement = ast.DropTable(ast.TableName(place.keyspace, name), if_exists=True)
        return _drop(place, statement, found)

    yield from carry_out(_tasks(f"drop_table({model.__name__})", places, plan))


def drop_type(user_type: type[BaseUserType], places: Sequence[Place]) -> Flow[None]:
    """Drop a user-defined type wherever it exists; the types of its fields stay."""
    name = user_type.type_name()

    def plan(place: Place) -> Flow[Plan]:
        found = yield from live.read_types(place.keyspace, place.connection)
        statement = ast.DropType(ast.TypeName(place.keyspace, name), if_exists=True)
        return _drop(place, statement, found.get(name))

    yield from carry_out(_tasks(f"drop_type({user_type.__name__})", places, plan))


def create_keyspace(replication: Mapping[str, object], places: Sequence[Place], *, durable_writes: bool) -> Flow[None]:
    """Create a keyspace wherever it does not exist; one that does is left as it is."""

    def plan(place: Place) -> Flow[Plan]:
        found = yield from live.read_keyspace(place.keyspace, place.connection)
        if found is not None:
            return Plan(notes=(f"The {place} exists already, left as it is: {found}",))
        create = ddl.create_keyspace(place.keyspace, replication, durable_writes=durable_writes)
        return Plan((Step(place, create, "the keyspace does not exist"),))

    yield from carry_out(_tasks("create_keyspace", places, plan))


def drop_keyspace(places: Sequence[Place]) -> Flow[None]:
    """Drop a keyspace wherever it exists."""

    def plan(place: Place) -> Flow[Plan]:
        found = yield from live.read_keyspace(place.keyspace, place.connection)
        return _drop(place, ast.DropKeyspace(place.keyspace, if_exists=True), found)

    yield from carry_out(_tasks("drop_keyspace", places, plan))


# ---- planning --------------------------------------------------------------------------------------------------------


def _tasks(label: str, places: Iterable[Place], plan: MakePlan) -> list[Task]:
    return [Task(label, place, plan) for place in places]


def _table_tasks(function: str, model: type[BaseModel], places: Iterable[Place]) -> list[Task]:
    def plan(place: Place) -> Flow[Plan]:
        wanted = ddl.wanted(model.__table__, place.keyspace)
        yield from require_keyspace(place)
        types = yield from _plan_types(wanted.types, place)
        table = yield from _read_table(wanted, place)
        return types + diff.diff_table(wanted, table, place)

    return _tasks(f"{function}({model.__name__})", places, plan)


def _plan_types(wanted: Sequence[ast.CreateType], place: Place) -> Flow[Plan]:
    if not wanted:
        return Plan()
    found = yield from live.read_types(place.keyspace, place.connection)
    return diff.diff_types(wanted, found, place)


def _read_table(wanted: ddl.Wanted, place: Place) -> Flow[live.LiveTable | None]:
    name = wanted.table.table.name
    found = yield from live.read_table(place.keyspace, name, place.connection)
    if found is None:
        view = yield from live.read_view(place.keyspace, name, place.connection)
        if view is not None:
            raise SchemaException(
                f"{wanted.model} cannot be synced: {name} in {place} is a materialized view of {view.base_table}, which"
                " is made by CREATE MATERIALIZED VIEW. Its rows can be read with the model as it is, without a sync"
            )
    return found


def require_keyspace(place: Place) -> Flow[None]:
    """Refuse a keyspace that does not exist.

    Raises:
        SchemaException: it names the place and what to call.
    """
    if (yield from live.read_keyspace(place.keyspace, place.connection)) is None:
        where = "" if place.connection is None else f", connections=[{place.connection!r}]"
        raise SchemaException(
            f"The {place} does not exist. Create it first: create_keyspace_simple({place.keyspace!r},"
            f" replication_factor{where}), or create_keyspace_network_topology() for several data centers"
        )


def _drop(place: Place, statement: ast.Statement, found: object) -> Plan:
    return Plan() if found is None else Plan((Step(place, statement, "it is to be dropped"),))


# ---- carrying out ----------------------------------------------------------------------------------------------------


def carry_out(tasks: Sequence[Task]) -> Flow[None]:
    """Plan all tasks, then carry them out one after another.

    Raises:
        SchemaException: what is wanted cannot be; nothing was changed.
    """
    plans = yield from make_plans(tasks)
    for task, plan in zip(tasks, plans, strict=True):
        yield from _apply(task, plan)


def make_plans(tasks: Sequence[Task]) -> Flow[list[Plan]]:
    """Plan all tasks; warn of what cannot be changed, log what is noteworthy.

    Raises:
        SchemaException: what is wanted cannot be.
    """
    plans = []
    for task in tasks:
        plans.append((yield from _plan(task)))  # noqa: PERF401 - a comprehension cannot yield
    for plan in plans:
        for text in plan.warnings:
            warnings.warn(text, stacklevel=2)
        for text in plan.notes:
            log.info(text)
    return plans


def _plan(task: Task) -> Flow[Plan]:
    try:
        return (yield from task.plan(task.place))
    except Exception as error:
        error.add_note(f"{task.label}, while reading the schema of the {task.place}")
        raise


def _apply(task: Task, plan: Plan) -> Flow[None]:
    """Carry out a plan, reading the schema again after it, until there is nothing left to do.

    Others may be at work on the same schema. What is created IF NOT EXISTS may be an older model's table, which then
    lacks columns. And before Cassandra 5.1 every node changes the schema for itself: two nodes that add a field to the
    same type at the same time overwrite each other, so a step that was accepted may have to be taken again.
    """
    taken: Counter[Step] = Counter()
    while todo := _open(plan, taken):
        for step in todo:
            if not (yield from _take(step, task, taken)):
                break
            taken[step] += 1
        plan = yield from _plan(task)
    for step in plan.steps:
        message = f"{task.label}: accepted {taken[step]} times and still not to be seen:\n{step}"
        if type(step.statement) not in _ATTEMPTS:
            raise SchemaException(f"{message}\nSomebody else keeps changing this schema; see who, and sync again")
        log.warning(message)


def _open(plan: Plan, taken: Counter[Step]) -> list[Step]:
    """Return the steps that may be taken, once or once more."""
    return [step for step in plan.steps if taken[step] < _ATTEMPTS.get(type(step.statement), _MOST_ATTEMPTS)]


def _take(step: Step, task: Task, taken: Counter[Step]) -> Flow[bool]:
    """Take one step; False if it failed because others changed the schema meanwhile, so that it needs another plan.

    The schema is asked, not the error: servers and releases word "already exists" differently, and an answer that was
    lost says nothing. The step failed for good if it is the next thing to do again. It did not if it is not needed any
    more, nor if something else must be done before it, as adding the column of an index to a table that somebody else
    created.
    """
    log.info("%s: %s", task.label, step)
    try:
        yield step.request(task.label)
    except Exception as error:
        plan = yield from _plan(task)
        if _open(plan, taken)[:1] == [step]:
            error.add_note(f"{task.label}, in the {step.place}, because {step.why}")
            raise
        log.info("%s: the schema was changed meanwhile, going on with another plan: %s", task.label, error)
        return False
    return True

"""Operations on models as generators that yield requests and receive pages.

Pure: who sends the requests, and whether it waits or awaits, is ``helenus.connection.runner``'s business. Tests step
through a flow with ``next`` and ``send``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from helenus.connection.request import NOT_SET, Batch, Flow, Options, Page, Request
from helenus.errors import LWTException, ModelException, UnsetUnsupported
from helenus.mapper import statements
from helenus.mapper.state import Next, Origin
from helenus.mapper.statements import Shape
from helenus.mapper.values import dirty
from helenus.mapper.writes import Write, key_of, options_of, plan_delete, plan_save, plan_update, without_unset

if TYPE_CHECKING:
    from helenus.mapper.expressions import Relation
    from helenus.mapper.model import BaseModel

__all__ = ["check_applied", "delete", "fetch", "ready", "save", "send", "send_batch", "update"]

APPLIED = "[applied]"


def send(plan: Write) -> Flow[Page]:
    """Send one write, and see whether it was applied.

    Raises:
        LWTException: if it is conditional and was not applied.
    """
    try:
        page = yield plan.request()
    except UnsetUnsupported:
        sparse = without_unset(plan)
        if sparse is None:
            raise
        page = yield sparse.request()
    if plan.conditional:
        check_applied(page)
    return page


def check_applied(page: Page) -> None:
    """Raise unless a conditional statement was applied.

    Raises:
        LWTException: with the row (all rows, for a batch) that the server answered.
    """
    if not page.columns or page.columns[0] != APPLIED or not page.rows or page.rows[0][0]:
        return
    rows = tuple(dict(zip(page.columns, row, strict=True)) for row in page.rows)
    raise LWTException(rows[0], rows)


def save(instance: BaseModel, origin: Origin, how: Next) -> Flow[None]:
    """Write an instance: all of it where it is new, what changed where it was loaded."""
    if instance._layout is not None:
        yield from ready(instance, origin, how)
    plan = plan_save(instance, origin, how)
    saved = instance._snapshot(plan)
    if plan is not None:
        yield from send(plan)
    instance._mark_saved(origin, saved)


def update(instance: BaseModel, origin: Origin, how: Next) -> Flow[None]:
    """Write what changed as an UPDATE, whether or not the row is known to exist."""
    plan = plan_update(instance, origin, how)
    saved = instance._snapshot()
    if plan is not None:
        yield from send(plan)
    instance._mark_updated(origin, saved)


def delete(instance: BaseModel, origin: Origin, how: Next) -> Flow[None]:
    """Delete an instance's row; the instance is a new one afterwards."""
    yield from send(plan_delete(instance, origin, how))
    instance._mark_deleted(origin)


def ready(instance: BaseModel, origin: Origin, how: Next) -> Flow[None]:
    """Fetch what an instance lacks, if all of it is about to be written to another place or key than it came from."""
    layout = instance._layout
    if layout is None or layout.positions.keys() >= instance._names:
        return
    if layout.origin != origin or dirty(instance, instance.__table__.primary_key):
        yield from complete(instance, how.consistency)


def complete(instance: BaseModel, consistency: int | None = None) -> Flow[None]:
    """Fetch the columns that were not, from where the instance was loaded."""
    layout = instance._layout
    if layout is None:
        return
    missing = [name for name in instance.__table__.by_name if name not in layout.positions]
    if missing:
        yield from fetch(instance, missing, consistency)


def fetch(instance: BaseModel, names: Sequence[str], consistency: int | None = None) -> Flow[None]:
    """Fetch some columns of an instance's row from where it was loaded; values assigned meanwhile stay.

    Raises:
        ModelException: if the row is gone.
    """
    layout = instance._layout
    if layout is None:
        return
    where = key_of_loaded(instance)
    shape = Shape("select", layout.origin.keyspace, tuple(names), where=statements.outline(where))
    page = yield Request(
        statements.text(type(instance), shape),
        statements.operands(where),
        layout.origin.connection,
        idempotent=True,
        options=options_of(consistency, NOT_SET),
        label=f"{instance.__table__.model_name}.fetch",
    )
    if not page.rows:
        raise ModelException(
            f"{instance!s}: columns {', '.join(names)} were not fetched, and the row is not in"
            f" {layout.origin.keyspace} on connection {layout.origin.connection!r} any more"
        )
    instance._extend(tuple(names), page.rows[0])


def key_of_loaded(instance: BaseModel) -> list[Relation]:
    """Return the conditions that name the row as it was loaded, whatever was assigned to its key since."""
    twin = type(instance)._from_row(instance._row, instance._layout)
    return key_of(twin)


def send_batch(plans: Sequence[Write], kind: str, connection: str | None, options: Options, label: str) -> Flow[Page]:
    """Send several writes as one BATCH.

    Raises:
        LWTException: if it is conditional and was not applied.
    """

    def message(writes: Iterable[Write]) -> Batch:
        writes = list(writes)
        return Batch(
            [(write.text, write.values) for write in writes],
            kind,
            connection,
            all(write.idempotent for write in writes),
            options,
            label,
        )

    try:
        page = yield message(plans)
    except UnsetUnsupported:
        page = yield message(without_unset(plan) or plan for plan in plans)
    check_applied(page)
    return page

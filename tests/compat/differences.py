"""Where helenus and cqlengine differ, as data: the run prints it, the documentation shows it, every row has a test.

``python -m tests.compat.differences`` writes the rows into the documentation page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.compat import names

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "differences-from-cqlengine.md"


@dataclass(frozen=True)
class Difference:
    """One row.

    Args:
        id: what tests and the page call it.
        case: when it shows.
        was: what cqlengine does.
        now: what helenus does.
        why: the reason, unless it is plain.
        proof: the test file of a difference that cannot be shown by running both here.
    """

    id: str
    case: str
    was: str
    now: str
    why: str = ""
    proof: str = ""


BUGS = (
    Difference(
        "B1",
        "`q.count()`, then `q.filter(a=1).count()`",
        "the second call answers the first one's number, without a query",
        "each query counts for itself",
        "a derived query is another query",
    ),
    Difference(
        "B2",
        "a model that inherits from a concrete model",
        "uses the base's table, or its own, depending on which class is used first",
        "always its own table",
        "a name must not depend on the order of calls",
    ),
    Difference(
        "B3",
        "removing a key of a map, on a table with clustering columns",
        "a DELETE without the clustering key, which the server refuses",
        "the whole primary key is in the statement",
        "the row is meant, not the partition",
    ),
    Difference(
        "B4",
        "`create()` without the key, or without the clustering key",
        "nothing is sent, or regular columns are dropped, without a word",
        "`ValidationError` names the missing columns",
        "losing data quietly is worse than an error",
    ),
    Difference(
        "B5",
        "`objects.update(n=None)` on a column with `db_field`",
        "deletes the attribute's name instead of the column's, which the server refuses",
        "deletes the column",
        "one place resolves names",
    ),
    Difference("B6", "editing a field of a loaded user-defined type", "not saved", "saved", "a change is a change"),
    Difference(
        "B7",
        "an equality filter on a polymorphic base",
        "columns of the subclasses come back as None",
        "all columns of the row's class are loaded",
        "a row belongs to its class",
    ),
    Difference(
        "B8",
        "`timestamp()` or `iff()` on a write that also deletes columns",
        "the deletion is a statement of its own, without the timestamp, and not under the same conditions",
        "one statement, with both",
        "two statements are not one write",
    ),
    Difference(
        "B9",
        "`iff(...).if_exists()`",
        "sends `IF x = ? IF EXISTS`, which is no CQL",
        "`IF x = ?`, which implies that the row exists",
    ),
    Difference(
        "B10",
        "`query != other` and `Model.column != value`",
        "endless recursion; False",
        "compares; a `!=` condition for `iff`",
    ),
    Difference(
        "B11",
        "a query in a batch",
        "ignores the model's `__connection__`",
        "uses it, and refuses to mix connections in a batch",
        "a statement for one cluster must not be sent to another",
    ),
    Difference(
        "B12",
        "`ttl()`, `iff()`, `if_exists()`, `if_not_exists()`, `consistency()`, `batch()`, `timeout()` on an instance",
        "stay for all later operations",
        "hold for the next operation",
        "an old TTL on a later save loses data",
    ),
    Difference(
        "B13",
        "`timestamp()` with an aware datetime",
        "takes its wall clock as local time",
        "converts it; naive ones are local time, as before",
    ),
    Difference(
        "B14",
        "`retry_connect=True` without `lazy_connect`",
        "the connection is never registered when the first attempt fails",
        "registered first; the next use tries again",
        "that is what the option says",
    ),
    Difference(
        "B15",
        "frozen collections",
        "a change sends `l = l + ?`, which the server refuses; an index is created again at each sync",
        "the whole value is written; the index is found",
        "a frozen value is one cell",
    ),
    Difference(
        "B16",
        "`instance.timeout(5).create()`, the guide's way to give a timeout",
        "creates an empty instance and sends nothing",
        "is refused for want of a key; `Model.objects.timeout(5).create(...)` works, and the timeout holds",
    ),
    Difference(
        "B17",
        "errors for wrong values",
        "`Tuple` and `Duration` raise TypeError, `Blob` a bare Exception, `Decimal` ValueError",
        "`ValidationError` everywhere",
        "one except clause is enough",
    ),
    Difference(
        "B18",
        "`filter(pk=...)`",
        "refused, although `pk__token__gt` works",
        "works; `pk` is the partition key, a composite one takes a tuple",
    ),
)

CHOICES = (
    Difference(
        "values-bound",
        "how values travel",
        "written into the text by the client",
        "bound to a prepared statement, always",
        "subclasses of `str` go into the text unquoted: CQL injection",
    ),
    Difference(
        "debug-log",
        "debug log",
        "prints every value",
        "prints the statement and the number of values",
        "logs must not hold customers' data",
    ),
    Difference(
        "no-implicit-limit",
        "a query without a limit",
        "`LIMIT 10000` is added",
        "no limit is added; rows are streamed page by page",
        "a scan must not end early without a word",
    ),
    Difference(
        "get-asks-for-two",
        "`get()` and `first()`",
        "fetch up to 10,000 rows to return one",
        "ask for two rows, and for one",
    ),
    Difference(
        "equality-fetched",
        "columns with an equality filter",
        "not fetched; the filter's value is put into the instance",
        "fetched",
        "what an instance shows is what the row holds",
    ),
    Difference(
        "unknown-keywords",
        "`Model(unknown=1)`, `UserType(unknown=1)`",
        "ignored",
        "`ValidationError` names the columns",
        "a typing error must not lose a value",
    ),
    Difference(
        "deferred-columns",
        "reading a column that `only` or `defer` left out",
        "None",
        "fetched when read; under a running event loop `DeferredColumnError` names `afetch`; never written back",
        "None means null",
    ),
    Difference(
        "values-list-converts",
        "`values_list()`",
        "the driver's values, such as `SortedSet`",
        "the values that an instance's attributes have, a null container as None",
        "one column has one Python type",
    ),
    Difference(
        "one-statement",
        "a save with a None in it",
        "an INSERT or UPDATE, then a DELETE",
        "one statement; None still deletes, what is left out is not touched",
        "TTL, timestamp and conditions hold for all of it",
    ),
    Difference(
        "copies-whole",
        "saving a loaded instance under a new key, or to another connection or keyspace",
        "nulls are not written: what a row had there before shows through",
        "the whole row is written, nulls included",
        "the row becomes equal to the instance",
    ),
    Difference(
        "map-replaced",
        "`objects.update(map={...})`",
        "adds the entries to what is there",
        "replaces the map; `map__update` adds",
        "`create` and `save` replace it, too",
    ),
    Difference(
        "integer-range",
        "whole numbers",
        "no check of the range; `1.9` becomes 1",
        "checked against the column's type; refused",
        "the server's error would come later and name less",
    ),
    Difference(
        "cql-type",
        "`Column.cql_type`",
        "a class of the driver's",
        "a value of `helenus.cql.types`, which prints as CQL",
        "models know no driver",
    ),
    Difference("boolean-text", "`Boolean` with text", '`"false"` is True', "refused"),
    Difference("inet-checked", "`Inet`", "any text", "an address"),
    Difference("timeuuid-version", "`TimeUUID`", "any UUID", "a UUID of version 1"),
    Difference("hashable", "instances and values of user types in sets", "unhashable", "hashed by key, and by value"),
    Difference("frozensets", "`Set` with a `frozenset`", "refused", "accepted"),
    Difference(
        "container-size",
        "containers with more than 65,535 elements",
        "refused",
        "accepted",
        "the limit went with native protocol v2",
    ),
    Difference(
        "udt-inheritance", "a user type that inherits from another", "has its own fields only", "inherits the fields"
    ),
    Difference("batch-timestamp-int", "`BatchQuery(timestamp=<int>)`", "refused", "microseconds, as everywhere else"),
    Difference(
        "batch-lwt-rows",
        "a conditional batch that is not applied",
        "`LWTException` has the first row",
        "it has the first one in `existing`, all of them in `rows`",
    ),
    Difference(
        "save-after-delete",
        "`delete()`, then `save()`",
        "sends nothing",
        "writes the row anew",
        "the row is not there any more",
    ),
    Difference(
        "none-in-expressions",
        "`Model.column == None`",
        "sends `= NULL`, which the server refuses",
        "`QueryException`, as for keywords",
    ),
    Difference(
        "expressions-convert",
        "`Model.column.in_()` and `contains_()`",
        "values are sent as they are",
        "converted by the column, as everywhere else",
    ),
    Difference("iff-in", "`iff(column__in=[...])`", "takes the list for one value", "compares with each"),
    Difference(
        "update-suffix",
        "`update(text__append=...)` on a column that has no such update",
        "assigns",
        "`ValidationError` names those that there are",
    ),
    Difference(
        "context-equality",
        "instances of a `ContextQuery`'s model",
        "never equal to those of the original",
        "equal by value",
        "they are the same rows",
    ),
    Difference(
        "polymorphic-clones",
        "rows of polymorphic models after `sync_table`",
        "instances of a hidden copy of the class, equal to no instance of the class",
        "instances of the class",
    ),
    Difference("named-only", "`NamedTable.objects.only()` and `defer()`", "AttributeError", "work as on models"),
    Difference(
        "pickled-marks",
        "saving an instance that was pickled",
        "fails: the mark for no timeout is another object",
        "works; marks for the next operation are left out",
    ),
    Difference("options-with-equals", "a table option with `=` in it", "the second sync fails", "compared as it is"),
    Difference(
        "needless-alter",
        "`sync_table` of an unchanged table with options that are maps",
        "sends ALTER TABLE each time",
        "sends nothing",
    ),
    Difference(
        "create-if-not-exists",
        "several processes sync one table at the same time",
        "all but one fail",
        "all succeed",
        "that is how programs start",
    ),
    Difference(
        "schema-permission",
        "`CQLENG_ALLOW_SCHEMA_MANAGEMENT`",
        "a warning while it is unset",
        "nothing is said; `0` forbids schema changes",
        "a warning that everyone silences protects nobody",
    ),
    Difference(
        "origin",
        "an instance loaded through `using()`",
        "saved to the model's own connection",
        "saved to where it came from",
        "see [Connection selection](connection-selection.md)",
        "tests/mapper/test_real_precedence.py",
    ),
    Difference(
        "lost-answers",
        "a write whose answer was lost",
        "the driver sends it again, whatever it is",
        "sent again only if that is safe, else `MaybeApplied`",
        "counters and list appends were applied twice",
        "tests/connection/test_lost_answers.py",
    ),
    Difference(
        "tls",
        "TLS by `ssl_options`",
        "the host name is not checked, sometimes not even the chain",
        "checked, or refused with `TLSConfigurationError`",
        "see [TLS](../how-to/tls.md)",
        "tests/connection/test_tls.py",
    ),
)

DIFFERENCES = (*BUGS, *CHOICES)


def table(differences: tuple[Difference, ...]) -> str:
    """Return the rows as a table of the page."""
    lines = ["| id | case | cqlengine | helenus | why |", "|---|---|---|---|---|"]
    lines += [f"| {d.id} | {d.case} | {d.was} | {d.now} | {d.why} |".replace("|  |", "| |") for d in differences]
    return "\n".join(lines)


def missing_names() -> str:
    """Return the names that helenus does not have as a table of the page."""
    lines = ["| name | why |", "|---|---|"]
    return "\n".join(lines + [f"| `{pattern}` | {reason} |" for pattern, reason in names.EXCEPTIONS.items()])


SECTIONS = {
    "Bugs that are not kept": table(BUGS),
    "Choices that differ": table(CHOICES),
    "Names that are not there": missing_names(),
}


def shown(page: str, heading: str) -> str:
    """Return the table of the page under a heading."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    rows = re.search(r"^\|.*?(?=\n\n|\Z)", section[1], re.MULTILINE | re.DOTALL) if section else None
    return rows[0].rstrip() if rows else ""


def main() -> None:
    """Write the tables into the page."""
    page = PAGE.read_text("utf-8")
    for heading, rows in SECTIONS.items():
        before, title, after = page.partition(f"## {heading}\n")
        page = before + title + after.replace(shown(page, heading), rows, 1)
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()

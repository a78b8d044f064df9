"""A query is refined by calls that return new queries; what cannot be asked is refused with the reason."""

from __future__ import annotations

import copy

import pytest

from helenus import BatchQuery, Model, QuerySet, columns
from helenus.errors import (
    HelenusError,
    IfExistsWithCounterColumn,
    IfNotExistsWithCounterColumn,
    QueryException,
    UndefinedKeyspaceException,
    UnknownConnection,
    ValidationError,
)

pytestmark = pytest.mark.usefixtures("wire")


class Car(Model):
    __keyspace__ = "ks"
    maker = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True, clustering_order="desc")
    model = columns.Text(primary_key=True)
    color = columns.Text(index=True)
    price = columns.Integer()
    sasi = columns.Text(custom_index=True)


class Visits(Model):
    __keyspace__ = "ks"
    page = columns.Text(primary_key=True)
    n = columns.Counter()


SELECT = "SELECT maker, year, model, color, price, sasi FROM ks.car"


def cql(query):
    return str(query).removeprefix(SELECT).strip()


TEXTS = [
    (lambda q: q, ""),
    (lambda q: q.filter(maker="x"), "WHERE maker = ?"),
    (lambda q: q(maker="x"), "WHERE maker = ?"),
    (lambda q: q.filter(maker="x").filter(year__gt=1, year__lt=5), "WHERE maker = ? AND year > ? AND year < ?"),
    (lambda q: q.filter(maker__in=["x", "y"]), "WHERE maker IN ?"),
    (lambda q: q.filter(color="red"), "WHERE color = ?"),
    (lambda q: q.filter(sasi__gt="red"), "WHERE sasi > ?"),
    (lambda q: q.limit(5), "LIMIT ?"),
    (lambda q: q.limit(5).limit(None), ""),
    (lambda q: q.limit(5).limit(0), ""),
    (lambda q: q.per_partition_limit(2).limit(5), "PER PARTITION LIMIT ? LIMIT ?"),
    (lambda q: q.filter(maker="x").order_by("year"), "WHERE maker = ? ORDER BY year"),
    (lambda q: q.filter(maker="x").order_by("-year", "-model"), "WHERE maker = ? ORDER BY year DESC, model DESC"),
    (lambda q: q.filter(maker="x").order_by("-year").order_by("model"), "WHERE maker = ? ORDER BY year DESC, model"),
    (lambda q: q.filter(maker="x").order_by("year").order_by(), "WHERE maker = ?"),
    (lambda q: q.filter(price=5).allow_filtering(), "WHERE price = ? ALLOW FILTERING"),
    (lambda q: q.ttl(5).consistency(4).timeout(3).fetch_size(7), ""),
]


@pytest.mark.parametrize(("refine", "text"), TEXTS, ids=[f"{i} {row[1]}" for i, row in enumerate(TEXTS)])
def test_the_text_of_a_query(refine, text):
    query = refine(Car.objects)
    assert cql(query) == text
    assert repr(query) == f"<QuerySet {query}>"


COLUMNS = [
    (lambda q: q.only(["price"]), "maker, year, model, price"),
    (lambda q: q.only("price"), "maker, year, model, price"),
    (lambda q: q.only(["maker"]), "maker, year, model"),
    (lambda q: q.defer(["price"]), "maker, year, model, color, sasi"),
    (lambda q: q.defer("price").defer(["color", "maker"]), "maker, year, model, sasi"),
    (lambda q: q.only(["color", "price"]).defer(["price"]), "maker, year, model, color"),
    (lambda q: q.defer(["color", "price", "sasi"]), "maker, year, model"),
    (lambda q: q.distinct(), "DISTINCT maker"),
    (lambda q: q.distinct(["maker"]), "DISTINCT maker"),
    (lambda q: q.distinct("maker"), "DISTINCT maker"),
    (lambda q: q.values_list("price", "maker"), "price, maker"),
    (lambda q: q.values_list("price", flat=True), "price"),
    (lambda q: q.values_list(), "maker, year, model, color, price, sasi"),
]


@pytest.mark.parametrize(("refine", "text"), COLUMNS, ids=[f"{i} {row[1]}" for i, row in enumerate(COLUMNS)])
def test_the_columns_of_a_query(refine, text):
    assert str(refine(Car.objects)) == f"SELECT {text} FROM ks.car"


REFUSED = [
    (lambda q: q.limit("5"), TypeError, "limit takes an int or None, got '5'"),
    (lambda q: q.limit(True), TypeError, "limit takes an int or None, got True"),
    (lambda q: q.limit(-1), QueryException, "Negative limit is not allowed: -1"),
    (lambda q: q.fetch_size("5"), TypeError, "fetch_size takes an int, got '5'"),
    (lambda q: q.fetch_size(0), QueryException, "fetch size less than 1 is not allowed: 0"),
    (
        lambda q: q.per_partition_limit(0),
        QueryException,
        "per_partition_limit takes an int of 1 or more, or None, got 0",
    ),
    (lambda q: q.order_by("yaer"), QueryException, "Can't resolve column name: 'yaer'; did you mean 'year'?"),
    (lambda q: q.order_by("--year"), QueryException, "Can't resolve column name: '-year'; did you mean 'year'?"),
    (
        lambda q: q.order_by("price"),
        QueryException,
        "Can't order on 'price', can only order on (clustered) primary keys",
    ),
    (
        lambda q: q.order_by("-maker"),
        QueryException,
        "Can't order by the first primary key (partition key): maker; only by clustering columns",
    ),
    (lambda q: q.only(["nope"]), QueryException, "Can't resolve column name: 'nope'; Car has maker"),
    (lambda q: q.only([]), QueryException, "No fields in select query: only() got an empty list"),
    (lambda q: q.only(["price"]).only(["color"]), QueryException, "QuerySet already has 'only' fields defined"),
    (
        lambda q: str(q.only(["price"]).defer(["price"])),
        QueryException,
        "No fields in select query. Only fields: price; defer fields: price",
    ),
    (lambda q: q.defer(["nope"]), QueryException, "Can't resolve column name: 'nope'"),
    (lambda q: q.distinct(["nope"]), QueryException, "Can't resolve column name: 'nope'"),
    (lambda q: q.values_list("nope"), QueryException, "Can't resolve column name: 'nope'"),
    (
        lambda q: q.values_list("price", "color", flat=True),
        TypeError,
        "'flat' is not valid when values_list is not called with exactly one field.",
    ),
    (lambda q: q.values_list("price", plain=True), TypeError, "Unexpected keyword arguments to values_list: ['plain']"),
    (lambda q: q["x"], TypeError, "QuerySet indices must be integers, got 'x'"),
    (lambda q: q.batch(5), HelenusError, "batch_obj must be a BatchQuery instance or None, got 5"),
    (
        lambda q: q.using(connection="two").batch(BatchQuery()),
        HelenusError,
        "Cannot specify a connection on model in batch mode. Use BatchQuery(connection=...)",
    ),
    (
        lambda q: q.batch(BatchQuery()).using(connection="two"),
        HelenusError,
        "Cannot specify a connection on model in batch mode. Use BatchQuery(connection=...)",
    ),
    (
        lambda q: list(q.batch(BatchQuery())),
        QueryException,
        "Only inserts, updates, and deletes are available in batch mode",
    ),
    (
        lambda q: q.batch(BatchQuery()).count(),
        QueryException,
        "Only inserts, updates, and deletes are available in batch mode",
    ),
    (lambda q: list(q.using(connection="tow")), UnknownConnection, "No connection is registered as 'tow'."),
    (
        lambda q: list(q.filter(price=5)),
        QueryException,
        "Car restricts price; its primary key is maker, year, model. Restrict the partition key, or call allow_filter",
    ),
    (lambda q: list(q.filter(maker__gt="x")), QueryException, "Where clauses require either  =, a IN or a CONTAINS"),
    (
        lambda q: list(q.filter(year=5)),
        QueryException,
        "unless allow_filtering() is called on the queryset. The partition key of Car is maker",
    ),
    (lambda q: q.filter(year=5).count(), QueryException, "Filtering on a clustering key without a partition key"),
    (lambda q: q.update(maker="x"), ValidationError, "Cannot apply update to primary key 'maker' for"),
    (lambda q: q.update(nope=5), ValidationError, "Car has no column named: nope. Can't resolve column name: 'nope'"),
    (lambda q: q.update(price="five"), ValidationError, "Car.price: expected int"),
    (
        lambda q: q.update(price=5),
        QueryException,
        "The partition key must be defined on delete and update queries: Car needs maker by = or IN",
    ),
    (lambda q: q.filter(maker__gt="x").delete(), QueryException, "Car needs maker by = or IN"),
    (
        lambda q: q.update(color__add={"x"}),
        ValidationError,
        "color__add: no such update of text; sets take add and remove, lists append and prepend, maps update",
    ),
    (lambda q: q.create(nope=5), ValidationError, "Incorrect columns passed: {'nope'}. Car has maker, year, model,"),
    (
        lambda q: q.iff(color="red").create(maker="x", year=1, model="y"),
        ValidationError,
        "Car: an INSERT takes IF NOT EXISTS only; use update() for if_exists() and iff()",
    ),
    (
        lambda q: q.if_not_exists().filter(maker="x", year=1, model="y").update(price=1),
        ValidationError,
        "Car: IF NOT EXISTS goes with an INSERT, this is none",
    ),
    (
        lambda q: q.if_exists().iff(color__ne="red").filter(maker="x", year=1, model="y").update(price=1),
        ValidationError,
        "Car: CQL cannot say IF EXISTS together with != conditions",
    ),
]


@pytest.mark.parametrize(("ask", "error", "message"), REFUSED, ids=[f"{i} {r[2][:40]}" for i, r in enumerate(REFUSED)])
def test_a_query_is_refused(ask, error, message, wire):
    with pytest.raises(error) as caught:
        ask(Car.objects)
    assert type(caught.value) is error
    assert message in str(caught.value)
    assert (wire.sent(), wire.sent("two")) == ([], [])


def test_allow_filtering_lets_the_server_judge(wire):
    list(Car.objects.filter(year=5, price__gt=1).allow_filtering())
    assert wire.sent() == [(f"{SELECT} WHERE year = ? AND price > ? ALLOW FILTERING", [5, 1])]


def test_a_query_that_cannot_be_asked_prints_the_reason():
    text = repr(Car.objects.filter(price=5))
    assert text.startswith("<QuerySet of Car: Where clauses require either")


def test_without_a_keyspace_the_message_says_what_to_do():
    class Homeless(Model):
        id = columns.Text(primary_key=True)

    with pytest.raises(UndefinedKeyspaceException) as caught:
        Homeless.objects.first()
    assert str(caught.value) == (
        "Homeless has no keyspace: set Homeless.__keyspace__, pass default_keyspace to connection.setup(), or select"
        " one with using(keyspace=...) or connection.use(keyspace=...)"
    )


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (Visits.objects.if_not_exists, IfNotExistsWithCounterColumn, "if_not_exists cannot be used with"),
        (Visits.if_not_exists, IfNotExistsWithCounterColumn, "tables containing counter columns"),
        (lambda: Visits(page="x").if_not_exists(), IfNotExistsWithCounterColumn, "tables containing counter columns"),
        (Visits.objects.if_exists, IfExistsWithCounterColumn, "if_exists cannot be used with tables"),
        (lambda: Visits(page="x").if_exists(), IfExistsWithCounterColumn, "tables containing counter columns"),
    ],
    ids=["not, query", "not, class", "not, instance", "query", "instance"],
)
def test_counters_have_no_existence_conditions(ask, error, message):
    with pytest.raises(error, match=message):
        ask()


# ---- immutability ----------------------------------------------------------------------------------------------------

CALLS = {
    "filter": lambda q: q.filter(maker="x"),
    "iff": lambda q: q.iff(color="x"),
    "limit": lambda q: q.limit(3),
    "per_partition_limit": lambda q: q.per_partition_limit(3),
    "fetch_size": lambda q: q.fetch_size(3),
    "order_by": lambda q: q.order_by("-year"),
    "allow_filtering": lambda q: q.allow_filtering(),
    "distinct": lambda q: q.distinct(),
    "only": lambda q: q.only(["color"]),
    "defer": lambda q: q.defer(["price"]),
    "values_list": lambda q: q.values_list("price"),
    "using": lambda q: q.using(connection="two", keyspace="other"),
    "batch": lambda q: q.batch(BatchQuery()),
    "consistency": lambda q: q.consistency(4),
    "timeout": lambda q: q.timeout(4),
    "ttl": lambda q: q.ttl(4),
    "timestamp": lambda q: q.timestamp(4),
    "if_not_exists": lambda q: q.if_not_exists(),
    "if_exists": lambda q: q.if_exists(),
    "all": lambda q: q.all(),
}


@pytest.mark.parametrize("call", CALLS)
def test_every_call_leaves_the_query_alone_and_keeps_what_it_says(call):
    query = Car.objects.filter(color="red").limit(7).ttl(9)
    before = dict(vars(query))
    refined = CALLS[call](query)
    assert refined is not query
    assert isinstance(refined, QuerySet)
    assert vars(query) == before
    kept = {name: value for name, value in before.items() if name not in {"_where", "_limit", "_ttl"}}
    assert kept.items() <= vars(refined).items()


def test_a_refined_query_has_no_result_yet(wire):
    wire.answer("maker year model color price sasi", ("x", 1, "y", "red", 5, None))
    query = Car.objects.filter(maker="x")
    assert len(query) == 1
    assert len(query.filter(year=1)) == 0
    assert len(query.all()) == 0
    assert len(query) == 1
    assert len(wire.sent()) == 3


def test_each_query_counts_for_itself(wire):
    wire.answer("count", (7,))
    wire.answer("count", (3,))
    query = Car.objects.all()
    assert (query.count(), query.filter(maker="x").count()) == (7, 3)
    assert wire.sent() == [
        ("SELECT count(*) FROM ks.car", []),
        ("SELECT count(*) FROM ks.car WHERE maker = ?", ["x"]),
    ]


def test_a_copy_of_a_query_is_a_query_without_a_result(wire):
    query = Car.objects.filter(maker="x")
    assert len(copy.deepcopy(query)) == len(query) == 0
    assert len(wire.sent()) == 2


def test_queries_are_equal_if_they_restrict_the_same():
    one, other = Car.objects.filter(maker="x", year=1), Car.objects.filter(year=1).filter(maker="x")
    assert one == other
    assert one != Car.objects.filter(maker="x")
    assert one != Car.objects.filter(maker="x", year=2)
    assert one != Visits.objects
    assert one != 5
    assert len({one, other}) == 2


# ---- options travel with the request ---------------------------------------------------------------------------------


def test_options_are_sent_with_reads_and_writes(wire):
    query = Car.objects.consistency(4).timeout(2.5)
    list(query.fetch_size(9))
    query.create(maker="x", year=1, model="y")
    query.filter(maker="x", year=1, model="y").update(price=5)
    query.filter(maker="x").delete()
    query.count()
    options = [request.options for request in wire.one.requests]
    assert {(each.consistency, each.timeout) for each in options} == {(4, 2.5)}
    assert [each.fetch_size for each in options] == [9, None, None, None, None]


def test_a_timeout_of_none_is_not_the_default(wire):
    list(Car.objects.timeout(None))
    list(Car.objects)
    assert [repr(request.options.timeout) for request in wire.one.requests] == ["None", "NOT_SET"]


def test_the_model_s_consistency_level_holds_for_reads_too(wire):
    class Strict(Model):
        __keyspace__ = "ks"
        __consistency__ = 6
        id = columns.Text(primary_key=True)

    list(Strict.objects)
    list(Strict.objects.consistency(1))
    Strict.create(id="x")
    assert [request.options.consistency for request in wire.one.requests] == [6, 1, 6]


def test_labels_say_who_asks_and_reads_are_idempotent(wire):
    list(Car.objects)
    Car.objects.count()
    Car.create(maker="x", year=1, model="y")
    found = [(request.label, request.idempotent) for request in wire.one.requests]
    assert found == [("Car.objects", True), ("Car.count", True), ("Car.save", True)]


def test_values_list_gives_lists_or_values(wire):
    wire.answer("price color", (5, "red"), (None, None))
    wire.answer("price", (5,), (None,))
    assert list(Car.objects.values_list("price", "color")) == [[5, "red"], [None, None]]
    assert list(Car.objects.values_list("price", flat=True)) == [5, None]


def test_an_empty_result_is_false_and_a_row_is_true(wire):
    assert not Car.objects
    wire.answer("maker year model color price sasi", ("x", 1, "y", None, None, None))
    assert Car.objects

# ruff: noqa: ARG001, ARG002, N802, N803, N806 - fixtures give classes, and one asks for both implementations
"""Reading, on both implementations."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta

import pytest
from cassandra import ConsistencyLevel
from cassandra.util import uuid_from_time


@pytest.fixture(scope="module")
def Entry(impl):
    class QueryEntry(impl.Model):
        day = impl.columns.Integer(primary_key=True)
        number = impl.columns.Integer(primary_key=True)
        text = impl.columns.Text(db_field="body")
        kind = impl.columns.Text(index=True)
        tags = impl.columns.Set(impl.columns.Text, index=True)
        size = impl.columns.Integer()

    impl.sync(QueryEntry)
    for number in range(10):
        kind = "odd" if number % 2 else "even"
        QueryEntry.create(day=1, number=number, text=f"t{number}", kind=kind, tags={kind, str(number)}, size=number)
    QueryEntry.create(day=2, number=0, text="other")
    return QueryEntry


def numbers(query):
    return [row.number for row in query]


FILTERS = [
    ({"number": 3}, [3]),
    ({"number__gt": 7}, [8, 9]),
    ({"number__gte": 7}, [7, 8, 9]),
    ({"number__lt": 2}, [0, 1]),
    ({"number__lte": 2}, [0, 1, 2]),
    ({"number__gte": 3, "number__lt": 5}, [3, 4]),
    ({"number__in": [1, 5]}, [1, 5]),
    ({"kind": "odd", "number__gt": 6}, [7, 9]),
    ({"tags__contains": "4"}, [4]),
]


@pytest.mark.parametrize(("condition", "expected"), FILTERS, ids=[str(each) for each, _ in FILTERS])
def test_filters(impl, Entry, condition, expected):
    assert numbers(Entry.objects.filter(day=1).filter(**condition).allow_filtering()) == expected


EXPRESSIONS = [
    (lambda E: E.number == 3, [3]),
    (lambda E: E.number > 7, [8, 9]),
    (lambda E: E.number >= 7, [7, 8, 9]),
    (lambda E: E.number < 2, [0, 1]),
    (lambda E: E.number <= 2, [0, 1, 2]),
    (lambda E: E.number.in_([1, 5]), [1, 5]),
    (lambda E: E.tags.contains_("4"), [4]),
]


@pytest.mark.parametrize(("make", "expected"), EXPRESSIONS)
def test_expressions(impl, Entry, make, expected):
    assert numbers(Entry.objects(Entry.day == 1).filter(make(Entry)).allow_filtering()) == expected


WRONG = [
    ({"nothing": 1}, "QueryException"),
    ({"day__near": 1}, "QueryOperatorException"),
    ({"day": None}, "CQLEngineException"),
    ({"day__in": 1}, "QueryException"),
    ({"pk__token": 1}, "QueryException"),
]


@pytest.mark.parametrize(("condition", "error"), WRONG, ids=[str(each) for each, _ in WRONG])
def test_filters_that_cannot_be(impl, Entry, condition, error):
    homes = {"QueryException": impl.query, "QueryOperatorException": impl.operators, "CQLEngineException": impl.root}
    with pytest.raises(getattr(homes[error], error)):
        Entry.objects.filter(**condition)


def test_something_that_is_no_condition_is_refused(impl, Entry):
    with pytest.raises(impl.query.QueryException, match="is not a valid query operator"):
        Entry.objects.filter("day = 1")


UNLED = [{"size": 1}, {"number": 1}, {"text": "t1", "size__gt": 1}]


@pytest.mark.parametrize("condition", UNLED, ids=str)
def test_a_query_that_needs_filtering_must_say_so(impl, Entry, condition):
    with pytest.raises(impl.query.QueryException):
        list(Entry.objects.filter(**condition))


class TestOne:
    def test_get(self, impl, Entry):
        assert Entry.get(day=1, number=3).text == "t3"
        assert Entry.objects(day=1).get(number=4).text == "t4"

    def test_none(self, impl, Entry):
        with pytest.raises(Entry.DoesNotExist):
            Entry.get(day=9, number=9)
        assert Entry.objects(day=9).first() is None

    def test_many(self, impl, Entry):
        with pytest.raises(Entry.MultipleObjectsReturned):
            Entry.get(day=1)
        assert Entry.objects(day=1).first().number == 0


class TestSequence:
    def test_indexes_and_slices(self, impl, Entry):
        query = Entry.objects(day=1)
        assert query[3].number == 3
        assert numbers(query[2:5]) == [2, 3, 4]
        assert numbers(query[:6:2]) == [0, 2, 4]
        assert len(query) == 10

    def test_negative_indexes_count_from_the_end(self, impl, Entry):
        query = Entry.objects(day=1)
        assert query[-1].number == 9
        assert numbers(query[-3:-1]) == [7, 8]

    def test_wrong_indexes(self, impl, Entry):
        with pytest.raises(IndexError):
            Entry.objects(day=1)[100]
        with pytest.raises(TypeError):
            Entry.objects(day=1)["a"]

    def test_iterating_twice_asks_once(self, impl, Entry):
        query = Entry.objects(day=1)
        first = numbers(query)
        with impl.watch() as sent:
            assert numbers(query) == first
        assert sent == []

    def test_counting(self, impl, Entry):
        assert Entry.objects(day=1).count() == 10
        assert Entry.objects(day=1, number__gt=4).count() == 5

    def test_queries_are_equal_by_their_conditions(self, impl, Entry):
        assert Entry.objects(day=1) == Entry.objects(day=1)
        assert not (Entry.objects(day=1) == Entry.objects(day=2))  # noqa: SIM201 - == is under test

    def test_chaining_leaves_the_query_alone(self, impl, Entry):
        query = Entry.objects(day=1)
        query.filter(number=1)
        query.limit(1)
        assert len(copy.deepcopy(query)) == len(query) == 10


class TestRefinements:
    def test_limit(self, impl, Entry):
        assert numbers(Entry.objects(day=1).limit(3)) == [0, 1, 2]
        assert len(Entry.objects(day=1).limit(3).limit(None)) == 10
        assert len(Entry.objects(day=1).limit(3).limit(0)) == 10

    @pytest.mark.parametrize(("value", "error"), [("3", TypeError), (-1, None)])
    def test_wrong_limits(self, impl, Entry, value, error):
        with pytest.raises(error or impl.query.QueryException):
            Entry.objects.limit(value)

    def test_order(self, impl, Entry):
        assert numbers(Entry.objects(day=1).order_by("-number"))[:2] == [9, 8]
        assert numbers(Entry.objects(day=1).order_by("-number").order_by())[:2] == [0, 1]

    @pytest.mark.parametrize("name", ["nothing", "text", "day"])
    def test_wrong_orders(self, impl, Entry, name):
        with pytest.raises(impl.query.QueryException):
            Entry.objects.order_by(name)

    def test_fetch_size(self, impl, Entry):
        assert numbers(Entry.objects(day=1).fetch_size(3)) == list(range(10))
        with pytest.raises(impl.query.QueryException):
            Entry.objects.fetch_size(0)
        with pytest.raises(TypeError):
            Entry.objects.fetch_size("3")

    def test_distinct(self, impl, Entry):
        assert sorted(row.day for row in Entry.objects.distinct()) == [1, 2]
        assert sorted(row.day for row in Entry.objects.distinct(["day"])) == [1, 2]

    def test_only_and_defer(self, impl, Entry):
        row = Entry.objects(day=1).only(["text"]).first()
        assert row.text == "t0"
        row = Entry.objects(day=1, number=1).defer(["text", "tags"]).first()
        assert (row.kind, row.size) == ("odd", 1)

    def test_wrong_fields(self, impl, Entry):
        with pytest.raises(impl.query.QueryException):
            Entry.objects.only(["nothing"])
        with pytest.raises(impl.query.QueryException):
            Entry.objects.defer(["nothing"])
        with pytest.raises(impl.query.QueryException):
            Entry.objects.only(["text"]).only(["kind"])

    def test_values_lists(self, impl, Entry):
        query = Entry.objects(day=1)
        assert list(query.limit(2).values_list("number", "text")) == [[0, "t0"], [1, "t1"]]
        assert list(query.limit(3).values_list("number", flat=True)) == [0, 1, 2]
        with pytest.raises(TypeError):
            query.values_list("number", "text", flat=True)
        with pytest.raises(TypeError):
            query.values_list("number", round=True)

    def test_consistency_and_timeout(self, impl, Entry):
        query = Entry.objects(day=1).consistency(ConsistencyLevel.QUORUM).timeout(5)
        assert len(query) == 10
        assert len(Entry.objects(day=1).timeout(None)) == 10

    def test_queries_print_as_cql(self, impl, Entry):
        text = str(Entry.objects(day=1, number__gt=5).order_by("-number").allow_filtering())
        assert text.startswith("SELECT ")
        for part in ("query_entry", "WHERE", "ORDER BY", "DESC", "ALLOW FILTERING"):
            assert part in text


def test_paging_by_token(impl, Entry):
    Token = impl.functions.Token
    seen = [Entry.objects.first()]
    while rows := list(Entry.objects.filter(pk__token__gt=Token(seen[-1].pk)).limit(1)):
        seen += rows
    assert sorted(row.day for row in seen) == [1, 2]


def test_paging_by_token_of_a_composite_key(impl):
    class QueryComposite(impl.Model):
        a = impl.columns.Text(partition_key=True)
        b = impl.columns.UUID(partition_key=True)

    impl.sync(QueryComposite)
    for a in "abc":
        QueryComposite.create(a=a, b=uuid_from_time(1))
    first = QueryComposite.objects.first()
    rest = QueryComposite.objects.filter(pk__token__gt=impl.functions.Token(first.pk))
    assert len(rest) == 2
    with pytest.raises(impl.query.QueryException):
        QueryComposite.objects.filter(pk__token__gt=impl.functions.Token(1))


def test_times_of_timeuuids(impl):
    class QueryEvent(impl.Model):
        key = impl.columns.Integer(primary_key=True)
        at = impl.columns.TimeUUID(primary_key=True)

    impl.sync(QueryEvent)
    start = datetime(2020, 1, 1)
    for hour in range(4):
        QueryEvent.create(key=1, at=uuid_from_time(start + timedelta(hours=hour)))
    low, high = impl.functions.MinTimeUUID, impl.functions.MaxTimeUUID
    events = QueryEvent.objects(key=1)
    assert len(events.filter(at__gt=low(start + timedelta(hours=1)))) == 3
    assert len(events.filter(at__gt=high(start + timedelta(hours=1)))) == 2
    with pytest.raises(impl.root.ValidationError):
        low("noon")


class TestNamed:
    def test_tables(self, impl, Entry):
        table = impl.named.NamedKeyspace(impl.keyspace).table("query_entry")
        assert table.column_family_name() == f"{impl.keyspace}.query_entry"
        row = table.objects.get(day=1, number=3)
        assert (row.body, row["kind"]) == ("t3", "odd")
        assert len(table.objects.filter(table.column("day") == 1)) == 10
        assert len(table.filter(day=1).filter(table.column("number").in_([1, 2]))) == 2
        with pytest.raises(table.DoesNotExist):
            table.get(day=9)
        with pytest.raises(table.MultipleObjectsReturned):
            table.get(day=1)

    def test_deletes(self, impl, Entry):
        Entry.create(day=5, number=1)
        impl.named.NamedTable(impl.keyspace, "query_entry").objects.filter(day=5).delete()
        assert Entry.objects(day=5).count() == 0

    def test_tokens(self, impl, Entry):
        table = impl.named.NamedTable(impl.keyspace, "query_entry")
        rows = table.objects.filter(pk__token__gte=impl.functions.Token(1)).filter(
            pk__token__lte=impl.functions.Token(1)
        )
        assert len(rows) == 10

    def test_views(self, impl):
        class QueryScore(impl.Model):
            player = impl.columns.Text(primary_key=True)
            score = impl.columns.Integer()

        impl.sync(QueryScore)
        impl.rows(
            "CREATE MATERIALIZED VIEW {ks}.query_by_score AS SELECT * FROM {ks}.query_score"
            " WHERE score IS NOT NULL AND player IS NOT NULL PRIMARY KEY (score, player)"
        )
        impl.connection.get_cluster().refresh_schema_metadata()
        QueryScore.create(player="a", score=5)
        view = impl.named.NamedTable(impl.keyspace, "query_by_score")
        assert [row.player for row in view.objects.filter(score=5)] == ["a"]


class TestContextQuery:
    def test_it_leads_elsewhere(self, impl, Entry):
        other = f"{impl.keyspace}_two"
        impl.management.create_keyspace_simple(other, replication_factor=1)
        try:
            impl.management.sync_table(Entry, keyspaces=[other])
            with impl.query.ContextQuery(Entry, keyspace=other, connection="other") as There:
                There.create(day=7, number=1)
                assert There.objects(day=7).count() == 1
            assert Entry.objects(day=7).count() == 0
            assert Entry.objects.using(keyspace=other).filter(day=7).count() == 1
        finally:
            impl.management.drop_keyspace(other)

    def test_several_models(self, impl, Entry):
        with impl.query.ContextQuery(Entry, Entry, connection="other") as (first, second):
            assert first.objects(day=1).count() == second.objects(day=1).count() == 10

    @pytest.mark.parametrize("arguments", [((), {}), ((5,), {}), ((), {"cluster": 1})])
    def test_wrong_arguments(self, impl, Entry, arguments):
        args, kwargs = arguments
        with pytest.raises(ValueError, match=r"."):
            impl.query.ContextQuery(*args, **(kwargs or {}), **({} if args else {"keyspace": "a"}))

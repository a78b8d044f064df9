# ruff: noqa: ARG001, ARG002, N802, N803, PLR0917, PT012, RUF012 - fixtures give classes, one asks for both implementations
"""Writing, on both implementations: saves, updates, containers, TTL, timestamps, transactions, batches."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cassandra import ConsistencyLevel
from cassandra.query import BatchType as DriverBatchType


@pytest.fixture(scope="module")
def Item(impl):
    class WriteItem(impl.Model):
        shop = impl.columns.Integer(primary_key=True)
        number = impl.columns.Integer(primary_key=True)
        text = impl.columns.Text(db_field="body")
        size = impl.columns.Integer()
        names = impl.columns.Set(impl.columns.Text)
        steps = impl.columns.List(impl.columns.Integer)
        prices = impl.columns.Map(impl.columns.Text, impl.columns.Integer)

    impl.sync(WriteItem)
    return WriteItem


def metadata(impl, function, shop, column="body"):
    return impl.rows(f"SELECT {function}({column}) FROM {{ks}}.write_item WHERE shop=%s AND number=1", shop)[0][0]


class TestInstances:
    def test_what_changed_is_saved(self, impl, Item):
        Item.create(shop=1, number=1, text="a", size=1)
        item = Item.get(shop=1, number=1)
        Item.objects(shop=1, number=1).update(size=2)
        item.text = "b"
        item.save()
        assert (Item.get(shop=1, number=1).text, Item.get(shop=1, number=1).size) == ("b", 2)

    def test_nothing_is_sent_for_nothing(self, impl, Item):
        item = Item.create(shop=1, number=2, text="a", names={"a"})
        with impl.watch() as sent:
            item.save()
            item.update()
            item.update(text="a")
        assert sent == []

    def test_update(self, impl, Item):
        item = Item.create(shop=1, number=3, text="a")
        assert item.update(text="b", size=3) is item
        assert Item.get(shop=1, number=3) == item

    def test_update_writes_blindly(self, impl, Item):
        Item(shop=1, number=4).update(text="b")
        assert Item.get(shop=1, number=4).text == "b"

    @pytest.mark.parametrize("values", [{"nothing": 1}, {"number": 9}])
    def test_wrong_updates(self, impl, Item, values):
        with pytest.raises(impl.root.ValidationError):
            Item.create(shop=1, number=5).update(**values)
        with pytest.raises(impl.root.ValidationError):
            Item.objects(shop=1, number=5).update(**values)

    def test_delete(self, impl, Item):
        item = Item.create(shop=1, number=6)
        assert item.delete() is None
        assert Item.objects(shop=1, number=6).first() is None

    def test_a_new_key_is_a_new_row(self, impl, Item):
        item = Item.create(shop=1, number=7, text="a")
        item.number = 8
        item.save()
        assert [Item.get(shop=1, number=number).text for number in (7, 8)] == ["a", "a"]

    def test_defaults_do_not_overwrite(self, impl, Item):
        Item.create(shop=1, number=9, size=5)
        Item(shop=1, number=9).update(text="b")
        assert Item.get(shop=1, number=9).size == 5


class TestQueries:
    def test_update(self, impl, Item):
        Item.create(shop=2, number=1, text="a", size=1)
        Item.objects(shop=2, number=1).update(text="b", size=None)
        assert (Item.get(shop=2, number=1).text, Item.get(shop=2, number=1).size) == ("b", None)

    def test_delete(self, impl, Item):
        for number in range(4):
            Item.create(shop=3, number=number)
        Item.objects(shop=3, number=0).delete()
        Item.objects(shop=3, number__gte=2).delete()
        assert [item.number for item in Item.objects(shop=3)] == [1]
        Item.objects(shop=3).delete()
        assert Item.objects(shop=3).count() == 0

    def test_a_delete_needs_the_partition_key(self, impl, Item):
        with pytest.raises(impl.query.QueryException):
            Item.objects(number=1).delete()


EDITS = [
    ("names", {"a", "b"}, lambda v: v.add("c"), {"a", "b", "c"}),
    ("names", {"a", "b"}, lambda v: v.discard("a"), {"b"}),
    ("names", {"a", "b"}, lambda v: v.clear(), set()),
    ("steps", [1, 2], lambda v: v.append(3), [1, 2, 3]),
    ("steps", [1, 2], lambda v: v.insert(0, 0), [0, 1, 2]),
    ("steps", [1, 2], lambda v: v.remove(1), [2]),
    ("steps", [1, 2], lambda v: v.reverse(), [2, 1]),
    ("prices", {"a": 1}, lambda v: v.update(b=2), {"a": 1, "b": 2}),
    ("prices", {"a": 1}, lambda v: v.update(a=2), {"a": 2}),
]


@pytest.mark.parametrize(("column", "before", "edit", "after"), EDITS)
def test_edits_of_containers_are_saved(impl, Item, column, before, edit, after):
    Item.create(shop=4, number=1, **{column: before})
    item = Item.get(shop=4, number=1)
    edit(getattr(item, column))
    item.save()
    assert getattr(Item.get(shop=4, number=1), column) == after


UPDATES = [
    ("names", {"a"}, {"names__add": {"b"}}, {"a", "b"}),
    ("names", {"a", "b"}, {"names__remove": {"b"}}, {"a"}),
    ("names", {"a"}, {"names": {"c"}}, {"c"}),
    ("steps", [1], {"steps__append": [2, 3]}, [1, 2, 3]),
    ("steps", [3], {"steps__prepend": [1, 2]}, [1, 2, 3]),
    ("prices", {"a": 1}, {"prices__update": {"b": 2}}, {"a": 1, "b": 2}),
    ("prices", {"a": 1, "b": 2}, {"prices__update": {"a": None}}, {"b": 2}),
    ("prices", {"a": 1, "b": 2}, {"prices__remove": {"a"}}, {"b": 2}),
]


@pytest.mark.parametrize(("column", "before", "update", "after"), UPDATES, ids=[str(case[2]) for case in UPDATES])
def test_containers_are_updated_in_part(impl, Item, column, before, update, after):
    Item.create(shop=5, number=1, **{column: before})
    Item.objects(shop=5, number=1).update(**update)
    assert getattr(Item.get(shop=5, number=1), column) == after


def test_map_keys_are_removed_by_a_set(impl, Item):
    with pytest.raises(impl.root.ValidationError):
        Item.objects(shop=5, number=1).update(prices__remove=["a"])


class TestTimes:
    def test_time_to_live(self, impl, Item):
        Item.ttl(1000).create(shop=6, number=1, text="a")
        assert 900 < metadata(impl, "ttl", 6) <= 1000
        Item.objects(shop=6, number=1).ttl(2000).update(text="b")
        assert 1900 < metadata(impl, "ttl", 6) <= 2000
        item = Item.get(shop=6, number=1)
        item.ttl(3000).update(text="c")
        assert 2900 < metadata(impl, "ttl", 6) <= 3000

    def test_integer_timestamps(self, impl, Item):
        Item.timestamp(12_345).create(shop=7, number=1, text="a")
        assert metadata(impl, "writetime", 7) == 12_345
        Item.objects(shop=7, number=1).timestamp(12_346).update(text="b")
        assert metadata(impl, "writetime", 7) == 12_346
        item = Item.get(shop=7, number=1)
        item.timestamp(12_347).update(text="c")
        assert metadata(impl, "writetime", 7) == 12_347

    def test_an_earlier_delete_deletes_nothing(self, impl, Item):
        Item.create(shop=8, number=1, text="a")
        Item.objects(shop=8, number=1).timestamp(timedelta(days=-1)).delete()
        Item.get(shop=8, number=1).timestamp(timedelta(days=-1)).delete()
        assert Item.get(shop=8, number=1).text == "a"

    def test_timedeltas_count_from_now(self, impl, Item):
        Item.timestamp(timedelta(hours=1)).create(shop=9, number=1, text="a")
        ahead = metadata(impl, "writetime", 9) / 1_000_000 - datetime.now().timestamp()
        assert 3500 < ahead < 3700

    def test_a_timestamp_holds_once(self, impl, Item):
        item = Item.timestamp(5).create(shop=10, number=1, text="a")
        item.text = "b"
        item.save()
        assert metadata(impl, "writetime", 10) > 1_000_000


class TestTransactions:
    def test_if_not_exists(self, impl, Item):
        Item.if_not_exists().create(shop=11, number=1, text="a")
        with pytest.raises(impl.LWTException) as error:
            Item.if_not_exists().create(shop=11, number=1, text="b")
        assert error.value.existing["[applied]"] is False
        assert (error.value.existing["shop"], error.value.existing["body"]) == (11, "a")
        assert str(error.value) == "LWT Query was not applied"
        with pytest.raises(impl.LWTException):
            Item(shop=11, number=1, text="c").if_not_exists().save()

    def test_if_exists(self, impl, Item):
        Item.create(shop=12, number=1)
        Item.objects(shop=12, number=1).if_exists().update(text="a")
        assert Item.get(shop=12, number=1).text == "a"
        with pytest.raises(impl.LWTException):
            Item.objects(shop=12, number=2).if_exists().update(text="a")
        with pytest.raises(impl.LWTException):
            Item.objects(shop=12, number=2).if_exists().delete()
        with pytest.raises(impl.LWTException):
            Item(shop=12, number=2).if_exists().update(text="a")
        with pytest.raises(impl.LWTException):
            Item(shop=12, number=2).if_exists().delete()

    def test_conditions(self, impl, Item):
        item = Item.create(shop=13, number=1, text="a", size=1)
        item.iff(size=1).update(text="b")
        assert Item.get(shop=13, number=1).text == "b"
        with pytest.raises(impl.LWTException) as error:
            Item.get(shop=13, number=1).iff(size=2).update(text="c")
        assert error.value.existing["size"] == 1
        with pytest.raises(impl.LWTException) as error:
            Item.objects(shop=13, number=1).iff(text="z").delete()
        assert error.value.existing["body"] == "b"

    OPERATORS = [("size__gt", 1), ("size__gte", 2), ("size__lt", 3), ("size__lte", 2), ("size__ne", 5), ("size", 2)]

    @pytest.mark.parametrize(("condition", "value"), OPERATORS)
    def test_operators_of_conditions(self, impl, Item, condition, value):
        Item.create(shop=14, number=1, size=2, text="a")
        Item.objects(shop=14, number=1).iff(**{condition: value}).update(text="b")
        assert Item.get(shop=14, number=1).text == "b"

    def test_wrong_conditions(self, impl, Item):
        with pytest.raises(impl.root.CQLEngineException):
            Item.objects.iff(size=None)
        with pytest.raises(impl.query.QueryException):
            Item.objects.iff(nothing=1)
        with pytest.raises(impl.query.QueryException):
            Item.objects.iff(size=impl.functions.Token(1))

    def test_a_null_condition_on_nothing(self, impl, Item):
        with pytest.raises(impl.LWTException) as error:
            Item.objects(shop=15, number=1).iff(size=1).update(text="a")
        assert error.value.existing == {"[applied]": False}

    def test_check_applied(self, impl, Item):
        Item.create(shop=16, number=1)
        insert = f"INSERT INTO {impl.keyspace}.write_item (shop, number) VALUES (16, 1) IF NOT EXISTS"
        with pytest.raises(impl.LWTException):
            impl.query.check_applied(impl.connection.execute(insert))
        impl.query.check_applied(impl.connection.execute(f"SELECT shop FROM {impl.keyspace}.write_item LIMIT 1"))


class TestBatches:
    def test_all_kinds_of_writes(self, impl, Item):
        doomed = Item.create(shop=20, number=1)
        changed = Item.create(shop=20, number=2, text="a")
        with impl.BatchQuery() as batch:
            Item.batch(batch).create(shop=20, number=3, text="new")
            changed.text = "b"
            changed.batch(batch).save()
            doomed.batch(batch).delete()
            Item.objects(shop=20, number=4).batch(batch).update(text="blind")
            assert Item.objects(shop=20, number=3).first() is None
        assert {item.number: item.text for item in Item.objects(shop=20)} == {2: "b", 3: "new", 4: "blind"}

    def test_they_may_be_executed_by_hand(self, impl, Item):
        batch = impl.BatchQuery()
        Item.batch(batch).create(shop=21, number=1)
        batch.execute()
        assert Item.objects(shop=21).count() == 1

    def test_an_exception_drops_them(self, impl, Item):
        with pytest.raises(RuntimeError, match="stop"), impl.BatchQuery() as batch:
            Item.batch(batch).create(shop=22, number=1)
            raise RuntimeError("stop")
        assert Item.objects(shop=22).count() == 0

    def test_unless_they_are_told_otherwise(self, impl, Item):
        with pytest.raises(RuntimeError, match="stop"), impl.BatchQuery(execute_on_exception=True) as batch:
            Item.batch(batch).create(shop=23, number=1)
            raise RuntimeError("stop")
        assert Item.objects(shop=23).count() == 1

    def test_callbacks_come_after(self, impl, Item):
        called = []
        with impl.BatchQuery() as batch:
            batch.add_callback(lambda *args, **kwargs: called.append((args, kwargs)), 1, a=2)
            batch.add_callback(called.append, "second")
            Item.batch(batch).create(shop=24, number=1)
            assert called == []
        assert called == [((1,), {"a": 2}), "second"]
        with pytest.raises(ValueError, match="callable"):
            batch.add_callback("not callable")

    def test_an_empty_batch_sends_nothing(self, impl):
        with impl.watch() as sent, impl.BatchQuery():
            pass
        assert sent == []

    def test_executing_twice_warns(self, impl):
        batch = impl.BatchQuery()
        batch.execute()
        with pytest.warns(UserWarning, match="Batch executed multiple times"):
            batch.execute()

    @pytest.mark.parametrize("kind", [None, "Unlogged", DriverBatchType.UNLOGGED, DriverBatchType.LOGGED], ids=str)
    def test_kinds(self, impl, Item, kind):
        kind = getattr(impl.query.BatchType, kind) if isinstance(kind, str) else kind
        with impl.BatchQuery(batch_type=kind, consistency=ConsistencyLevel.QUORUM, timeout=5) as batch:
            Item.batch(batch).create(shop=25, number=1)
        assert Item.objects(shop=25).count() == 1

    def test_counters(self, impl):
        class WriteCounter(impl.Model):
            key = impl.columns.Integer(primary_key=True)
            hits = impl.columns.Counter()

        impl.sync(WriteCounter)
        with impl.BatchQuery(batch_type=impl.query.BatchType.Counter) as batch:
            WriteCounter.objects(key=1).batch(batch).update(hits=2)
            WriteCounter.objects(key=1).batch(batch).update(hits=3)
        assert WriteCounter.get(key=1).hits == 5

    def test_timestamps(self, impl, Item):
        moment = datetime(2030, 1, 1)
        with impl.BatchQuery(timestamp=moment) as batch:
            Item.batch(batch).create(shop=26, number=1, text="a")
        assert metadata(impl, "writetime", 26) == int(moment.timestamp() * 1_000_000)

    def test_a_failed_transaction(self, impl, Item):
        Item.create(shop=27, number=1, text="a")
        with pytest.raises(impl.LWTException) as error, impl.BatchQuery() as batch:
            Item.objects(shop=27, number=1).batch(batch).iff(text="z").update(text="b")
            Item.objects(shop=27, number=2).batch(batch).update(text="b")
        assert error.value.existing["body"] == "a"
        assert Item.objects(shop=27).count() == 1

    def test_reading_is_not_for_batches(self, impl, Item):
        batch = impl.BatchQuery()
        for read in (lambda: list(Item.objects(shop=1).batch(batch)), lambda: Item.objects.batch(batch).count()):
            with pytest.raises(impl.root.CQLEngineException):
                read()
        with pytest.raises(impl.root.CQLEngineException):
            Item.objects.batch("no batch")

    def test_a_batch_has_one_connection(self, impl, Item):
        with pytest.raises(impl.root.CQLEngineException):
            Item.objects.using(connection="other").batch(impl.BatchQuery())
        with pytest.raises(impl.root.CQLEngineException):
            Item(shop=1, number=1).using(connection="other").batch(impl.BatchQuery())
        with impl.watch("other") as sent, impl.BatchQuery(connection="other") as batch:
            Item.batch(batch).create(shop=28, number=1)
        assert len(sent) == 1

    def test_a_timeout_is_the_batchs(self, impl, Item):
        item = Item(shop=29, number=1).timeout(5)
        with pytest.raises(AssertionError):
            item.batch(impl.BatchQuery())
        item = Item(shop=29, number=1).batch(impl.BatchQuery())
        with pytest.raises(AssertionError):
            item.timeout(5)


def test_dml_queries(impl, Item):
    item = Item(shop=30, number=1, text="a")
    impl.query.DMLQuery(Item, item, ttl=1000).save()
    assert 900 < metadata(impl, "ttl", 30) <= 1000
    item.text = "b"
    impl.query.DMLQuery(Item, item, consistency=ConsistencyLevel.ONE).update()
    assert Item.get(shop=30, number=1).text == "b"
    impl.query.DMLQuery(Item, item).delete()
    assert Item.objects(shop=30).count() == 0
    with pytest.raises(impl.root.CQLEngineException):
        impl.query.DMLQuery(Item).save()


def test_using_another_connection(impl, Item):
    with impl.watch("other") as sent:
        Item.using(connection="other").create(shop=31, number=1)
        assert Item.using(connection="other").get(shop=31, number=1).number == 1
        Item(shop=31, number=2).using(connection="other").save()
    assert len(sent) == 3


def test_rows_of_raw_cql_become_instances(impl, Item):
    Item.create(shop=33, number=1, text="a", names={"x"})
    row = impl.connection.execute(
        f"SELECT shop, number, body, names FROM {impl.keyspace}.write_item WHERE shop=33"
    ).one()
    item = Item._construct_instance(row)
    assert (item.shop, item.text, item.names) == (33, "a", {"x"})
    item.text = "b"
    item.update()
    assert Item.get(shop=33, number=1).text == "b"


def test_raw_cql(impl, Item):
    Item.create(shop=32, number=1, text="a")
    execute = impl.connection.execute
    table = Item.column_family_name()
    assert execute(f"SELECT body FROM {table} WHERE shop=32").one() == {"body": "a"}
    assert list(execute(f"SELECT body FROM {table} WHERE shop=%(shop)s", {"shop": 32})) == [{"body": "a"}]

"""Conditional writes, paging and indexing on a real node."""

from __future__ import annotations

import pytest

from helenus import Model, columns
from helenus.errors import LWTException, MaybeApplied, ValidationError
from helenus.mapper import results
from tests.mapper.places import ONE


class Account(Model):
    id = columns.Text(primary_key=True)
    part = columns.Integer(primary_key=True)
    owner = columns.Text(static=True)
    money = columns.Integer()
    state = columns.Text(db_field="State")
    tags = columns.Set(columns.Text)


class Number(Model):
    group = columns.Text(primary_key=True, db_field="grp")
    n = columns.Integer(primary_key=True)
    text = columns.Text()


ROWS = 250


@pytest.fixture(scope="module", autouse=True)
def _tables(real):
    real.create(
        "account",
        '(id text, part int, owner text static, money int, "State" text, tags set<text>, PRIMARY KEY (id, part))',
        both=False,
    )
    real.create("number", "(grp text, n int, text text, PRIMARY KEY (grp, n))", both=False)
    insert = real.sessions["cluster1"].prepare(f"INSERT INTO {ONE}.number (grp, n, text) VALUES (?, ?, ?)")
    for future in [real.sessions["cluster1"].execute_async(insert, ("g", n, f"t{n}")) for n in range(ROWS)]:
        future.result()


@pytest.fixture(autouse=True)
def _empty(real, _tables):
    real.truncate("account")


def existing(call):
    with pytest.raises(LWTException) as caught:
        call()
    assert not isinstance(caught.value, MaybeApplied)
    assert str(caught.value) == "LWT Query was not applied"
    return caught.value.existing


# ---- conditional writes ----------------------------------------------------------------------------------------------


def test_if_not_exists_tells_the_row_that_is_there(real):
    Account.objects.if_not_exists().create(id="x", part=1, money=5, state="open")
    found = existing(lambda: Account.objects.if_not_exists().create(id="x", part=1, money=6))
    assert found == {
        "[applied]": False,
        "id": "x",
        "part": 1,
        "owner": None,
        "State": "open",
        "money": 5,
        "tags": None,
    }
    assert existing(lambda: Account(id="x", part=1, money=7).if_not_exists().save())["money"] == 5
    assert real.rows("cluster1", f"SELECT money FROM {ONE}.account") == [(5,)]


def test_a_condition_that_does_not_hold_tells_what_is_there():
    account = Account.create(id="x", part=1, money=5, state="open")
    account.iff(money=5, state__ne="closed").update(money=6)
    assert existing(lambda: account.iff(money=5).update(money=7)) == {"[applied]": False, "money": 6}
    assert account.get_changed_columns() == ["money"]
    account.iff(Account.money < 10, Account.money >= 6, money__in=[6, 8]).save()
    assert Account.get(id="x", part=1).money == 7
    query = Account.objects.filter(id="x", part=1)
    query.iff(state="open").update(money=None, tags__add={"a"})
    assert existing(lambda: query.iff(state="closed").update(money=1)) == {"[applied]": False, "State": "open"}
    assert existing(lambda: query.iff(state="closed").delete()) == {"[applied]": False, "State": "open"}
    assert existing(lambda: account.iff(state="closed").delete()) == {"[applied]": False, "State": "open"}
    account.iff(state="open").delete()
    assert Account.objects.count() == 0


def test_if_exists_needs_a_row():
    account = Account(id="x", part=1)
    assert existing(lambda: account.if_exists().update(money=1)) == {"[applied]": False}
    assert existing(lambda: Account.objects.filter(id="x", part=1).if_exists().update(money=1)) == {"[applied]": False}
    assert existing(lambda: Account.objects.filter(id="x", part=1).if_exists().delete()) == {"[applied]": False}
    assert Account.objects.count() == 0
    account = Account.create(id="x", part=1)
    account.if_exists().update(money=1)
    account.if_exists().iff(money=1).update(money=2)
    account.if_exists().delete()
    assert Account.objects.count() == 0


async def test_conditions_are_awaited_too():
    await Account.objects.if_not_exists().acreate(id="x", part=1, money=5)
    with pytest.raises(LWTException) as caught:
        await Account.objects.if_not_exists().acreate(id="x", part=1)
    assert caught.value.existing["money"] == 5
    await Account.objects.filter(id="x", part=1).iff(money=5).aupdate(money=6)
    with pytest.raises(LWTException):
        await Account.objects.filter(id="x", part=1).iff(money=5).adelete()


def test_marks_hold_for_one_operation(real):
    account = Account.objects.if_not_exists().ttl(1000).create(id="x", part=1, money=5)
    account.money = 6
    account.save()
    assert real.rows("cluster1", f"SELECT money, ttl(money) FROM {ONE}.account") == [(6, None)]
    account.iff(money=6).update(money=7)
    account.money = 8
    account.save()
    assert Account.get(id="x", part=1).money == 8


def test_conditions_that_no_statement_can_say_are_refused():
    account = Account.create(id="x", part=1, money=5)
    account.money = 6
    with pytest.raises(ValidationError, match="CQL cannot say IF EXISTS together with != conditions"):
        account.if_exists().iff(money__ne=1).save()
    with pytest.raises(ValidationError, match="an INSERT takes IF NOT EXISTS only"):
        Account(id="x", part=2).iff(money=1).save()
    with pytest.raises(ValidationError, match="IF NOT EXISTS goes with an INSERT"):
        account.if_not_exists().save()


def test_compare_and_set_never_loses_an_update():
    from concurrent.futures import ThreadPoolExecutor

    Account.create(id="x", part=1, money=0)

    def add(_):
        done = 0
        while done < 5:
            account = Account.get(id="x", part=1)
            try:
                account.iff(money=account.money).update(money=account.money + 1)
            except LWTException:
                continue
            done += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    assert Account.get(id="x", part=1).money == 20


# ---- paging and indexing ---------------------------------------------------------------------------------------------

NUMBERS = Number.objects.filter(group="g")


@pytest.mark.parametrize("size", [1, 7, 100, 249, 250, 251, 5000])
def test_iteration_goes_through_all_pages_in_order(size, sent):
    query = NUMBERS.fetch_size(size)
    if size == 1:
        query = query.limit(20)
    expected = list(range(20 if size == 1 else ROWS))
    assert [row.n for row in query] == expected
    asked = len(sent["default"])
    assert [row.n for row in query] == expected
    assert len(sent["default"]) == asked
    assert asked >= len(expected) // size


@pytest.mark.parametrize("size", [7, 100, 5000])
async def test_async_iteration_goes_through_all_pages_in_order(size):
    assert [row.n async for row in NUMBERS.fetch_size(size)] == list(range(ROWS))
    assert [row.n for row in await NUMBERS.fetch_size(size).afetch()] == list(range(ROWS))


@pytest.mark.parametrize("size", [60, 100, 250, 300])
def test_pages_one_by_one(size):
    found, state = [], None
    while True:
        page = NUMBERS.page(size, state)
        assert len(page.items) <= size
        found.extend(row.n for row in page.items)
        state = page.state
        if state is None:
            break
    assert found == list(range(ROWS))


async def test_pages_one_by_one_awaited():
    first = await NUMBERS.apage(200)
    second = await NUMBERS.apage(200, first.state)
    assert [row.n for row in first.items + second.items] == list(range(ROWS))
    assert second.state is None


def test_indexes_slices_and_lengths():
    query = NUMBERS.fetch_size(40)
    everything = list(range(ROWS))
    assert (query[0].n, query[3].n, query[-1].n, query[-ROWS].n, len(query)) == (0, 3, ROWS - 1, 0, ROWS)
    for cut in (slice(2, 5), slice(None, 3), slice(240, None), slice(-3, None), slice(5, 2), slice(0, 10, 3)):
        assert [row.n for row in NUMBERS.fetch_size(40)[cut]] == everything[cut]
    with pytest.raises(IndexError, match=r"the query has 250 row\(s\), there is no \[250\]"):
        query[ROWS]
    assert bool(query)
    assert not Number.objects.filter(group="nobody")


def test_a_look_at_one_row_fetches_one_page(sent):
    assert NUMBERS.fetch_size(10)[3].n == 3
    assert len(sent["default"]) == 1


def test_many_rows_are_streamed_and_asked_for_again(sent, monkeypatch):
    monkeypatch.setattr(results, "KEEP", 100)
    query = NUMBERS.fetch_size(50)
    assert [row.n for row in query] == list(range(ROWS))
    once = len(sent["default"])
    assert [(a.n, b.n) for a, b in zip(query, query, strict=True)] == [(n, n) for n in range(ROWS)]
    assert len(sent["default"]) > once
    assert len(query) == ROWS


def test_limits_and_counts():
    assert [row.n for row in NUMBERS.limit(3)] == [0, 1, 2]
    assert (NUMBERS.count(), NUMBERS.limit(10).count(), NUMBERS.filter(n__gte=240).count()) == (ROWS, 10, 10)
    assert [row.n for row in NUMBERS.order_by("-n").limit(2)] == [249, 248]
    assert NUMBERS.filter(n__in=[3, 5]).values_list("text", flat=True)[:] == ["t3", "t5"]


def test_a_filter_the_server_must_scan_for_is_asked_for_aloud():
    assert [row.n for row in Number.objects.filter(text="t7").allow_filtering()] == [7]
    with pytest.raises(Exception, match=r"call allow_filtering\(\) to scan the table"):
        Number.objects.filter(text="t7").first()

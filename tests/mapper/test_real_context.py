"""``ContextQuery`` and ``use`` on two real clusters: nested, several models, threads and tasks side by side."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from helenus import ContextQuery, Model, columns, connection
from helenus.errors import DoesNotExist, MultipleObjectsReturned
from tests.mapper.places import CLUSTERS, ONE, TWO


class Auto(Model):
    maker = columns.Text(primary_key=True)
    model = columns.Text(primary_key=True)
    color = columns.Text()


class Owner(Model):
    __keyspace__ = TWO
    __connection__ = "cluster2"
    name = columns.Text(primary_key=True)


@pytest.fixture(scope="module", autouse=True)
def _tables(real):
    real.create("auto", "(maker text, model text, color text, PRIMARY KEY (maker, model))")
    real.create("owner", "(name text PRIMARY KEY)")


@pytest.fixture(autouse=True)
def _empty(real, _tables):
    real.truncate("auto", "owner")


def test_the_twin_goes_there_and_the_model_stays_where_it_is(real):
    with ContextQuery(Auto, connection="cluster2") as other:
        other.create(maker="honda", model="civic")
        Auto.create(maker="tesla", model="s")
        assert [auto.maker for auto in other.objects.filter(maker="honda").all()] == ["honda"]
        assert len(Auto.objects.filter(maker="honda")) == 0
    assert real.where("auto") == {("cluster1", ONE): 1, ("cluster2", ONE): 1}
    Auto.create(maker="after", model="x")
    assert real.where("auto") == {("cluster1", ONE): 2, ("cluster2", ONE): 1}


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({}, ("cluster2", TWO)),
        ({"connection": "cluster1"}, ("cluster1", TWO)),
        ({"keyspace": ONE}, ("cluster2", ONE)),
        ({"connection": "cluster1", "keyspace": ONE}, ("cluster1", ONE)),
    ],
    ids=["nothing", "connection", "keyspace", "both"],
)
def test_it_changes_what_it_names_and_keeps_what_the_model_says(real, said, place):
    with ContextQuery(Owner, **said) as other:
        other.create(name="ann")
    assert real.where("owner") == {place: 1}


def test_blocks_nest_and_an_inner_twin_of_a_twin_keeps_what_the_outer_one_said(real):
    with ContextQuery(Auto, connection="cluster2") as far:
        with ContextQuery(far, keyspace=TWO) as far_two:
            with ContextQuery(Auto, keyspace=TWO) as two:
                Auto.create(maker="a", model="1")
                far.create(maker="a", model="1")
                far_two.create(maker="a", model="1")
                two.create(maker="a", model="1")
                two.create(maker="a", model="2")
            far_two.create(maker="a", model="2")
        far.create(maker="a", model="2")
    expected = {("cluster1", ONE): 1, ("cluster2", ONE): 2, ("cluster2", TWO): 2, ("cluster1", TWO): 2}
    assert real.where("auto") == expected


def test_several_models_are_given_in_order(real):
    with ContextQuery(Auto, Owner, connection="cluster1", keyspace=TWO) as (autos, owners):
        autos.create(maker="a", model="1")
        owners.create(name="ann")
        assert (autos.__name__, owners.__name__) == ("Auto", "Owner")
    assert (real.where("auto"), real.where("owner")) == ({("cluster1", TWO): 1}, {("cluster1", TWO): 1})


async def test_the_async_block_does_the_same(real):
    async with ContextQuery(Auto, connection="cluster2") as far:
        await far.acreate(maker="a", model="1")
        assert await far.objects.acount() == 1
        assert await Auto.objects.acount() == 0
    assert real.where("auto") == {("cluster2", ONE): 1}


def test_instances_equal_the_model_s_and_are_of_its_class():
    with ContextQuery(Auto, connection="cluster2") as far:
        there, here = far.create(maker="a", model="1"), Auto.create(maker="a", model="1")
        assert there == here
        assert hash(there) == hash(here)
        assert isinstance(there, Auto)
        assert far.get(maker="a", model="1") == Auto.get(maker="a", model="1")


def test_what_comes_out_of_a_block_goes_back_there(real):
    with ContextQuery(Auto, connection="cluster2", keyspace=TWO) as far:
        auto = far.create(maker="a", model="1")
        loaded = far.get(maker="a", model="1")
    auto.color = "red"
    auto.save()
    assert real.rows("cluster2", f"SELECT color FROM {TWO}.auto") == [("red",)]
    loaded.delete()
    assert real.where("auto") == {}


def test_exceptions_are_the_model_s_own():
    with ContextQuery(Auto, connection="cluster2") as far:
        assert far.DoesNotExist is Auto.DoesNotExist
        with pytest.raises(Auto.DoesNotExist) as none:
            far.get(maker="nobody")
        far.create(maker="a", model="1")
        far.create(maker="a", model="2")
        with pytest.raises(Auto.MultipleObjectsReturned) as many:
            far.get(maker="a")
    assert isinstance(none.value, DoesNotExist)
    assert isinstance(many.value, MultipleObjectsReturned)
    with pytest.raises(DoesNotExist):
        Owner.get(name="nobody")
    assert not issubclass(Owner.DoesNotExist, Auto.DoesNotExist)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ContextQuery(connection="cluster1"), "No model provided."),
        (
            lambda: ContextQuery(Auto, cluster="cluster1"),
            "Unknown keyword argument(s): cluster; there are keyspace and",
        ),
        (lambda: ContextQuery("Auto"), "Models must be derived from base Model, got 'Auto'"),
        (
            lambda: ContextQuery(Auto(maker="x")),
            "Models must be derived from base Model, got Auto(maker='x', model=None",
        ),
    ],
    ids=["no model", "keyword", "no class", "instance"],
)
def test_arguments_are_checked(call, message):
    with pytest.raises(ValueError, match=r".") as caught:
        call()
    assert message in str(caught.value)


# ---- side by side ----------------------------------------------------------------------------------------------------

WORKERS = [f"{kind} {number}" for kind in ("use", "context") for number in range(8)]


def place(worker):
    number = int(worker.split()[1])
    return CLUSTERS[number % 2], (ONE, TWO)[number // 2 % 2]


def test_threads_do_not_leak_into_each_other(real):
    barrier = threading.Barrier(len(WORKERS))

    def work(worker):
        name, keyspace = place(worker)
        for number in range(5):
            barrier.wait()
            if worker.startswith("use"):
                with connection.use(connection=name, keyspace=keyspace):
                    barrier.wait()
                    Auto.create(maker=worker, model=str(number), color=f"{name} {keyspace}")
            else:
                with ContextQuery(Auto, connection=name, keyspace=keyspace) as other:
                    barrier.wait()
                    other.create(maker=worker, model=str(number), color=f"{name} {keyspace}")

    with ThreadPoolExecutor(len(WORKERS)) as pool:
        list(pool.map(work, WORKERS))
    check_all(real)


async def test_tasks_do_not_leak_into_each_other(real):
    async def work(worker):
        name, keyspace = place(worker)
        for number in range(5):
            await asyncio.sleep(0)
            if worker.startswith("use"):
                async with connection.use(connection=name, keyspace=keyspace):
                    await asyncio.sleep(0)
                    await Auto.acreate(maker=worker, model=str(number), color=f"{name} {keyspace}")
            else:
                async with ContextQuery(Auto, connection=name, keyspace=keyspace) as other:
                    await asyncio.sleep(0)
                    await other.acreate(maker=worker, model=str(number), color=f"{name} {keyspace}")

    await asyncio.gather(*map(work, WORKERS))
    check_all(real)


def check_all(real):
    found = []
    for name in CLUSTERS:
        for keyspace in (ONE, TWO):
            for maker, color in real.rows(name, f"SELECT maker, color FROM {keyspace}.auto"):
                assert color == f"{name} {keyspace}"
                assert place(maker) == (name, keyspace)
                found.append(maker)
    assert sorted(found) == sorted(WORKERS * 5)


async def test_a_task_starts_with_its_creator_s_choice_and_changes_only_its_own(real):
    async def child():
        await Auto.acreate(maker="child", model="1")
        with connection.use(connection="cluster1"):
            await Auto.acreate(maker="child", model="2")
        await Auto.acreate(maker="child", model="3")

    with connection.use(connection="cluster2"):
        task = asyncio.create_task(child())
    await Auto.acreate(maker="parent", model="1")
    await task
    await asyncio.to_thread(Auto.create, maker="thread", model="1")
    names = {name: sorted(real.rows(name, f"SELECT maker, model FROM {ONE}.auto")) for name in CLUSTERS}
    assert names == {
        "cluster1": [("child", "2"), ("parent", "1"), ("thread", "1")],
        "cluster2": [("child", "1"), ("child", "3")],
    }


async def test_a_choice_goes_along_to_a_thread_of_the_task(real):
    with connection.use(connection="cluster2"):
        await asyncio.to_thread(Auto.create, maker="thread", model="1")
    assert real.where("auto") == {("cluster2", ONE): 1}

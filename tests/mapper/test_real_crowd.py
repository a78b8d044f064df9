"""Many threads and tasks at once, each with a connection of its own: no operation reaches the wrong cluster."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from helenus import BatchQuery, Model, columns, connection
from tests.mapper.places import CLUSTERS, ONE, TWO

THREADS, TASKS, OPERATIONS = 16, 64, 10_000
EACH = OPERATIONS // (THREADS + TASKS)


class Mark(Model):
    """Every row says for which cluster and keyspace it was meant."""

    worker = columns.Text(primary_key=True)
    number = columns.Integer(primary_key=True)
    meant = columns.Text()
    text = columns.Text()


@pytest.fixture(scope="module", autouse=True)
def _table(real):
    real.create("mark", "(worker text, number int, meant text, text text, PRIMARY KEY (worker, number))")


@pytest.fixture
def _switch_often():
    """Let Python change threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def place(worker):
    number = int(worker.split()[1])
    return CLUSTERS[number % 2], (ONE, TWO)[number // 2 % 2]


def in_thread(worker):
    """Do EACH operations; return how many were done."""
    name, keyspace = place(worker)
    meant, done = f"{name} {keyspace}", 0
    while done < EACH:
        with connection.use(connection=name, keyspace=keyspace):
            row = Mark.create(worker=worker, number=done, meant=meant)
        # The row knows where it is, without the block too.
        row.text = "saved"
        row.save()
        with connection.use(connection=name, keyspace=keyspace):
            assert Mark.objects.get(worker=worker, number=done).meant == meant
            Mark.objects.filter(worker=worker, number=done).update(text="updated")
            with BatchQuery() as batch:
                Mark.objects.batch(batch).create(worker=worker, number=-done - 1, meant=meant)
        done += 5
    return done


async def in_task(worker):
    """Do EACH operations; return how many were done."""
    name, keyspace = place(worker)
    meant, done = f"{name} {keyspace}", 0
    while done < EACH:
        async with connection.use(connection=name, keyspace=keyspace):
            row = await Mark.acreate(worker=worker, number=done, meant=meant)
        row.text = "saved"
        await row.asave()
        async with connection.use(connection=name, keyspace=keyspace):
            assert (await Mark.objects.aget(worker=worker, number=done)).meant == meant
            await Mark.objects.filter(worker=worker, number=done).aupdate(text="updated")
            async with BatchQuery() as batch:
                await Mark.objects.batch(batch).acreate(worker=worker, number=-done - 1, meant=meant)
        done += 5
    return done


@pytest.mark.usefixtures("_switch_often")
async def test_ten_thousand_operations_of_many_threads_and_tasks_reach_their_own_clusters(real):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(THREADS) as pool:
        threads = [loop.run_in_executor(pool, in_thread, f"thread {number}") for number in range(THREADS)]
        tasks = [in_task(f"task {number}") for number in range(TASKS)]
        done = await asyncio.gather(*threads, *tasks)
    assert sum(done) == OPERATIONS
    found = 0
    for name in CLUSTERS:
        for keyspace in (ONE, TWO):
            for worker, meant in real.rows(name, f"SELECT worker, meant FROM {keyspace}.mark"):
                assert meant == f"{name} {keyspace}"
                assert place(worker) == (name, keyspace)
                found += 1
    # Of each five operations, two make a row.
    assert found == OPERATIONS // 5 * 2
    updated = [
        text
        for name in CLUSTERS
        for keyspace in (ONE, TWO)
        for (text,) in real.rows(name, f"SELECT text FROM {keyspace}.mark")
    ]
    assert updated.count("updated") == OPERATIONS // 5
    assert updated.count(None) == OPERATIONS // 5


class Number(Model):
    """What the table is on cluster1."""

    __table_name__ = "clash"
    __connection__ = "cluster1"
    id = columns.Integer(primary_key=True)
    value = columns.Integer()


class Word(Model):
    """What the table of the same name is on cluster2: the texts of all statements are the same."""

    __table_name__ = "clash"
    __connection__ = "cluster2"
    id = columns.Text(primary_key=True)
    value = columns.List(columns.Text)


@pytest.mark.usefixtures("_switch_often")
def test_tables_of_one_name_and_other_types_are_not_mixed_up(real):
    real.rows("cluster1", f"CREATE TABLE {ONE}.clash (id int PRIMARY KEY, value int)")
    real.rows("cluster2", f"CREATE TABLE {ONE}.clash (id text PRIMARY KEY, value list<text>)")

    def work(worker):
        for number in range(worker * 1000, worker * 1000 + 100):
            Number.create(id=number, value=number)
            Word.create(id=str(number), value=[str(number)])
            assert Number.get(id=number).value == number
            assert Word.get(id=str(number)).value == [str(number)]
            Word.objects.filter(id=str(number)).update(value__append=["more"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    numbers = real.rows("cluster1", f"SELECT id, value FROM {ONE}.clash")
    words = real.rows("cluster2", f"SELECT id, value FROM {ONE}.clash")
    assert (len(numbers), len(words)) == (400, 400)
    assert all(key == value for key, value in numbers)
    assert all(value == [key, "more"] for key, value in words)
    assert Number(id=1) != Word(id="1")

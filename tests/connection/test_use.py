"""``use()``: what holds within a block, and where it does not hold."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from helenus import connection
from helenus.connection import Selection, selection, use
from helenus.errors import ConnectionClosed, UnknownConnection

NOTHING = Selection()


@pytest.fixture(autouse=True)
def registered(adapter):
    assert adapter.opened == []
    for name in "abc":
        connection.register_connection(name, ["h"])


def test_nothing_is_chosen_at_first():
    assert selection() == (None, None, None)


def test_a_block_chooses_and_its_end_takes_back():
    with use(connection="a", keyspace="ks", consistency=4) as held:
        assert selection() == held == ("a", "ks", 4)
    assert selection() == NOTHING


def test_an_inner_block_changes_only_what_it_names():
    with use(connection="a", keyspace="ks"):
        with use(keyspace="other"):
            assert selection() == ("a", "other", None)
            with use("b", consistency=1):
                assert selection() == ("b", "other", 1)
        assert selection() == ("a", "ks", None)


def test_consistency_any_which_is_zero_counts_as_named():
    with use(consistency=4), use(consistency=0):
        assert selection().consistency == 0


def test_an_error_takes_back_as_well():
    with pytest.raises(RuntimeError), use("a"):
        raise RuntimeError
    assert selection() == NOTHING


def test_an_unknown_name_is_refused_at_entry_and_nothing_is_chosen():
    block = use("nobody", keyspace="ks")
    with pytest.raises(UnknownConnection), block:
        pass
    assert selection() == NOTHING


def test_an_unregistered_name_is_refused_at_entry():
    connection.unregister_connection("a")
    with pytest.raises(ConnectionClosed), use("a"):
        pass


def test_entering_does_not_connect(adapter):
    connection.register_connection("lazy", ["h"], lazy_connect=True)
    opened = len(adapter.opened)
    with use("lazy"):
        assert len(adapter.opened) == opened


def test_one_object_may_be_entered_again_and_again():
    block = use("a")
    with block, use("b"):
        with block:
            assert selection().connection == "a"
        assert selection().connection == "b"
    with block:
        assert selection().connection == "a"
    assert selection() == NOTHING


def test_prints_as_it_was_written():
    assert repr(use("a", consistency=4)) == "use(connection='a', consistency=4)"


def test_raw_cql_takes_the_connection_and_the_consistency(adapter):
    with use("b", consistency=4):
        connection.execute("SELECT 1")
    (request,) = adapter.drivers[1].requests
    assert (request.connection, request.options.consistency) == ("b", 4)


def test_what_is_named_at_the_call_comes_first(adapter):
    with use("b", consistency=4):
        connection.execute("SELECT 1", consistency_level=1, connection="c")
    (request,) = adapter.drivers[2].requests
    assert (request.connection, request.options.consistency) == ("c", 1)


class TestAsDecorator:
    def test_of_a_function(self):
        @use("a")
        def inside(suffix):
            """Say it."""
            return selection().connection + suffix

        assert (inside("!"), inside.__doc__, selection()) == ("a!", "Say it.", NOTHING)

    async def test_of_a_coroutine_function(self):
        @use("a")
        async def inside():
            await asyncio.sleep(0)
            return selection().connection

        assert (await inside(), selection()) == ("a", NOTHING)

    def test_of_a_generator_is_refused_because_it_would_not_hold_while_iterating(self):
        with pytest.raises(TypeError, match=r"use\(\) cannot decorate the generator"):

            @use("a")
            def rows():
                yield 1


class TestThreadsAndTasks:
    def test_another_thread_chooses_for_itself(self):
        seen = []
        with use("a"):
            thread = threading.Thread(target=lambda: seen.append(selection()))
            thread.start()
            thread.join(10)
        assert seen == [NOTHING]

    def test_many_threads_do_not_see_each_other(self):
        wrong = []

        def switching(name):
            for _ in range(500):
                with use(name):
                    if selection().connection != name:
                        wrong.append(name)

        threads = [threading.Thread(target=switching, args=(name,)) for name in "abc" * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert (wrong, selection()) == ([], NOTHING)

    async def test_many_tasks_do_not_see_each_other(self):
        async def switching(name):
            async with use(name):
                for _ in range(20):
                    await asyncio.sleep(0)
                    assert selection().connection == name

        await asyncio.gather(*(switching(name) for name in "abc" * 50))
        assert selection() == NOTHING

    async def test_a_task_starts_with_what_its_creator_has_chosen(self):
        async def look():
            return selection().connection

        with use("a"):
            task = asyncio.create_task(look())
        assert await task == "a"

    async def test_to_thread_carries_it_over(self):
        with use("a"):
            assert (await asyncio.to_thread(selection)).connection == "a"

    def test_a_copied_context_may_leave_a_block_that_the_original_entered(self):
        block = use("a")
        block.__enter__()
        copied = contextvars.copy_context()
        copied.run(block.__exit__, None, None, None)
        assert (copied.run(selection), selection().connection) == (NOTHING, "a")
        block.__exit__(None, None, None)
        assert selection() == NOTHING

    def test_leaving_in_a_context_that_never_entered_changes_nothing(self):
        elsewhere = contextvars.copy_context()
        with use("a"):
            elsewhere.run(use("b").__exit__, None, None, None)
        assert elsewhere.run(selection) == NOTHING

    def test_a_generator_that_ends_within_its_consumers_block_leaves_that_block(self):
        def rows():
            with use("a", keyspace="ks"):
                yield 1

        running = rows()
        next(running)
        with use("b"):
            assert selection() == ("b", "ks", None)
            next(running, None)
            assert selection() == ("b", None, None)
        assert selection() == NOTHING

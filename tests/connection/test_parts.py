"""The small parts: prepared statements, the gate, the lazy driver, one exchange."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from helenus.connection.drivers.exchange import Exchange
from helenus.connection.drivers.gate import Gate
from helenus.connection.drivers.lazy import LazyDriver
from helenus.connection.drivers.prepared import PreparedStatements
from helenus.connection.drivers.recording import RecordingDriver
from helenus.connection.request import Page, Request


class TestPreparedStatements:
    def test_prepare_a_text_once(self):
        asked = []
        kept = PreparedStatements(lambda text: asked.append(text) or text.upper(), 2)
        assert [kept.get("a"), kept.get("a"), kept.get("b")] == ["A", "A", "B"]
        assert asked == ["a", "b"]

    def test_keep_what_was_used_last(self):
        asked = []
        kept = PreparedStatements(lambda text: asked.append(text) or text, 2)
        for text in "abaca":
            kept.get(text)
        assert asked == ["a", "b", "c"]
        assert (len(kept), "a" in kept, "b" in kept, "c" in kept) == (2, True, False, True)

    def test_a_failure_is_everyones_and_the_next_one_tries_again(self):
        fails = [True, False]

        def prepare(text):
            if fails.pop(0):
                raise ValueError(text)
            return text

        kept = PreparedStatements(prepare, 2)
        with pytest.raises(ValueError, match="a"):
            kept.get("a")
        assert kept.get("a") == "a"

    def test_many_who_ask_at_once_share_one_preparation(self):
        begun, go_on, asked = threading.Event(), threading.Event(), []

        def prepare(text):
            asked.append(text)
            begun.set()
            assert go_on.wait(10)
            return text

        kept, found = PreparedStatements(prepare, 2), []
        threads = [threading.Thread(target=lambda: found.append(kept.get("a"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert begun.wait(10)
        go_on.set()
        for thread in threads:
            thread.join(10)
        assert (found, asked) == (["a"] * 8, ["a"])


class TestGate:
    def test_lets_so_many_in_and_the_others_wait_their_turn(self):
        gate, started = Gate(2), []

        def work(number):
            return lambda: started.append(number) or True

        for number in range(5):
            gate.enter(work(number))
        assert started == [0, 1]
        gate.leave()
        assert started == [0, 1, 2]
        for _ in range(4):
            gate.leave()
        assert started == [0, 1, 2, 3, 4]

    def test_work_that_does_not_begin_leaves_its_place_to_the_next(self):
        gate, started = Gate(1), []
        gate.enter(lambda: True)
        for number in range(5000):  # far more than the stack is deep
            gate.enter(lambda number=number: started.append(number) or number == 4999)
        gate.leave()
        assert started == list(range(5000))

    def test_places_come_back(self):
        gate, started = Gate(1), []
        for number in range(3):
            gate.enter(lambda number=number: started.append(number) or True)
            gate.leave()
        assert started == [0, 1, 2]


class TestLazyDriver:
    @pytest.fixture
    def real(self):
        return RecordingDriver("real", Page(rows=[(1,)]))

    def test_connects_and_hands_on(self, real):
        assert LazyDriver(lambda: real, Future).execute(Request("x")).rows == [(1,)]

    def test_connects_later_and_hands_on(self, real):
        connecting = Future()
        outcome = LazyDriver(lambda: real, lambda: connecting).send(Request("x"))
        assert not outcome.done()
        connecting.set_result(real)
        assert outcome.result(0).rows == [(1,)]

    def test_hands_on_why_it_cannot_connect(self, real):
        connecting = Future()
        outcome = LazyDriver(lambda: real, lambda: connecting).send(Request("x"))
        connecting.set_exception(ValueError("down"))
        with pytest.raises(ValueError, match="down"):
            outcome.result(0)

    def test_sends_nothing_for_whoever_has_gone(self, real):
        connecting = Future()
        LazyDriver(lambda: real, lambda: connecting).send(Request("x")).cancel()
        connecting.set_result(real)
        assert real.requests == []

    def test_drops_the_answer_for_whoever_has_gone_meanwhile(self):
        class Slow:
            answer = Future()

            def send(self, _):
                return self.answer

        slow, connecting = Slow(), Future()
        outcome = LazyDriver(lambda: slow, lambda: connecting).send(Request("x"))
        connecting.set_result(slow)
        assert outcome.cancel()
        slow.answer.set_result(Page())
        assert outcome.cancelled()

    def test_closing_it_is_nothing(self, real):
        LazyDriver(lambda: real, Future).close()
        assert not real.closed


class Sent:
    """A request on its way whose answer the test gives."""

    def add_callbacks(self, callback, errback):
        self.callback, self.errback = callback, errback


class Sender:
    """What an Exchange sends with; says what happened."""

    def __init__(self, limit=1):
        self.gate = Gate(limit)
        self.under_way = set()
        self.sent = []
        self.error = None

    def statement(self, request):
        return request.text

    def begin(self, *_):
        if self.error:
            raise self.error
        self.sent.append(Sent())
        return self.sent[-1]

    def page(self, _):
        return Page(rows=[(1,)])

    def failure(self, error, *_):
        return error


class TestExchange:
    def start(self, sender):
        outcome = Future()
        exchange = Exchange(sender, Request("x"), outcome)
        sender.under_way.add(exchange)
        exchange.enter()
        return outcome

    def test_completes_with_its_page_and_leaves_its_place(self):
        sender = Sender()
        first, second = self.start(sender), self.start(sender)
        assert len(sender.sent) == 1
        sender.sent[0].callback([])
        assert first.result(0).rows == [(1,)]
        assert (len(sender.sent), second.done(), len(sender.under_way)) == (2, False, 1)

    def test_completes_with_its_error_and_leaves_its_place(self):
        sender = Sender()
        first = self.start(sender)
        self.start(sender)
        sender.sent[0].errback(ValueError("lost"))
        with pytest.raises(ValueError, match="lost"):
            first.result(0)
        assert len(sender.sent) == 2

    def test_a_second_answer_changes_nothing_and_frees_no_second_place(self):
        sender = Sender()
        outcomes = [self.start(sender) for _ in range(3)]
        sender.sent[0].errback(ValueError("timed out"))
        sender.sent[0].errback(ValueError("late"))
        sender.sent[0].callback([])
        assert isinstance(outcomes[0].exception(0), ValueError)
        assert len(sender.sent) == 2

    def test_cancelled_while_it_waits_for_a_place_it_is_never_sent(self):
        sender = Sender()
        _, waiting, last = (self.start(sender) for _ in range(3))
        assert waiting.cancel()
        sender.sent[0].callback([])
        assert (len(sender.sent), waiting.cancelled(), last.done()) == (2, True, False)
        sender.sent[1].callback([])
        assert last.result(0).rows == [(1,)]
        assert sender.under_way == set()

    def test_cancelled_on_its_way_its_answer_is_dropped(self):
        sender = Sender()
        outcome = self.start(sender)
        assert outcome.cancel()
        sender.sent[0].callback([])
        assert outcome.cancelled()
        assert sender.under_way == set()

    def test_an_error_while_sending_is_the_outcome(self):
        sender = Sender()
        sender.error = ValueError("busy")
        for _ in range(2):  # the place is free again
            with pytest.raises(ValueError, match="busy"):
                self.start(sender).result(0)
        assert sender.under_way == set()

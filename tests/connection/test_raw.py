"""Raw CQL: markers, statement objects, and rows as dicts over all pages."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from helenus import connection
from helenus.connection.markers import is_select, positional
from helenus.connection.request import NOT_SET, Page
from helenus.errors import ConnectionClosed, StatementException


@pytest.fixture
def driver():
    with connection.recording() as driver:
        yield driver


class TestMarkers:
    @pytest.mark.parametrize(
        ("text", "params", "expected", "values"),
        [
            ("a = ?", [1], "a = ?", [1]),
            ("a = %s AND b = %s", (1, 2), "a = ? AND b = ?", (1, 2)),
            ("a = %(x)s AND b = %(x)s", {"x": 1}, "a = ? AND b = ?", [1, 1]),
            ("a = %(b)s AND b = %(a)s", {"a": 1, "b": 2}, "a = ? AND b = ?", [2, 1]),
            ("a = %(0)s", {"0": 1}, "a = ?", [1]),
            ("a = :x", {"x": 1, "spare": 2}, "a = ?", [1]),
            ("a = '?%s' AND b = ?", [1], "a = '?%s' AND b = ?", [1]),
            ("""a = 'it''s ?' AND "q?" = ?""", [1], """a = 'it''s ?' AND "q?" = ?""", [1]),
            ("a = $$ ? ' $$ AND b = ?", [1], "a = $$ ? ' $$ AND b = ?", [1]),
            ("a = ? -- why?\nAND b = ? // ?\n/* ? */", [1, 2], "a = ? -- why?\nAND b = ? // ?\n/* ? */", [1, 2]),
            ("a LIKE '%%x' AND b = %s", [1], "a LIKE '%x' AND b = ?", [1]),
            ("a LIKE '%%x' AND b = ?", [1], "a LIKE '%%x' AND b = ?", [1]),
            ("m = {'k':now()} AND a = :x", {"x": 1}, "m = {'k':now()} AND a = ?", [1]),
            ("a = :x AND t = '12:00:00'", {"x": 1}, "a = ? AND t = '12:00:00'", [1]),
            ("a = 5 %% 2 AND b = %(b)s", {"b": 1}, "a = 5 % 2 AND b = ?", [1]),
        ],
    )
    def test_become_question_marks_and_values_in_order(self, text, params, expected, values):
        assert positional(text, params) == (expected, values)

    @pytest.mark.parametrize(
        ("text", "params", "message"),
        [
            ("a = ?", [1, 2], "1 values are needed, 2 were given: a = ?"),
            ("a = %s", [], "1 values are needed, 0 were given: a = %s"),
            ("a = %s AND b = ?", [1, 2], "One statement cannot mix %s and ? markers: a = %s AND b = ?"),
            ("a = %(x)s", [1], "Markers by name, as in %(name)s, need a dict of values: a = %(x)s"),
            ("a = %(x)s", {"y": 1}, "No value for the marker %(x)s was given: a = %(x)s"),
            ("a = ?", {"x": 1}, "Values by name need %(name)s or :name markers, not ?: a = ?"),
            ("a = ?", "x", "params must be a list, tuple or dict of values, not str: a = ?"),
        ],
    )
    def test_that_do_not_fit_are_refused_without_printing_values(self, text, params, message):
        with pytest.raises(StatementException) as raised:
            positional(text, params)
        assert str(raised.value) == message

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("SELECT 1", True),
            ("  \n select * from t", True),
            ("-- why\nSELECT 1", True),
            ("/* a */ // b\n SELECT 1", True),
            ("SELECTED", False),
            ("INSERT INTO t (a) VALUES ('SELECT')", False),
            ("-- SELECT\nDELETE FROM t", False),
        ],
    )
    def test_only_select_may_be_sent_twice(self, text, expected):
        assert is_select(text) is expected


class Hostile(str):
    """A str that the driver's encoder would paste without quotes."""

    __slots__ = ()


@pytest.mark.usefixtures("driver")
class TestExecute:
    def test_values_travel_beside_the_text(self, driver):
        value = Hostile("x') USING TTL 1 --")
        connection.execute("INSERT INTO t (k) VALUES (%s)", (value,))
        (request,) = driver.requests
        assert (request.text, request.values, request.prepare) == ("INSERT INTO t (k) VALUES (?)", (value,), True)

    def test_a_statement_without_values_is_sent_as_it_is(self, driver):
        connection.execute("CREATE TABLE t (k int PRIMARY KEY) WITH comment = '100%s'")
        (request,) = driver.requests
        assert (request.text.endswith("'100%s'"), request.prepare) == (True, False)

    @pytest.mark.parametrize(("text", "idempotent"), [("SELECT 1", True), ("UPDATE t SET c = c + 1", False)])
    def test_only_reads_count_as_idempotent(self, driver, text, idempotent):
        connection.execute(text)
        assert driver.requests[0].idempotent is idempotent

    def test_timeout_and_consistency_are_handed_on(self, driver):
        connection.execute("SELECT 1", None, 6, 1.5)
        connection.execute("SELECT 1", timeout=None)
        connection.execute("SELECT 1")
        assert [request.options.timeout for request in driver.requests] == [1.5, None, NOT_SET]
        assert [request.options.consistency for request in driver.requests] == [6, None, None]

    def test_takes_simple_statements_of_the_driver(self, driver):
        from cassandra.query import SimpleStatement

        connection.execute(SimpleStatement("DELETE FROM t", consistency_level=4, fetch_size=7, is_idempotent=True))
        (request,) = driver.requests
        assert (request.text, request.idempotent) == ("DELETE FROM t", True)
        assert (request.options.consistency, request.options.fetch_size) == (4, 7)

    def test_takes_statements_of_cqlengine(self, driver):
        class Statement:
            consistency_level = 4
            fetch_size = 5000

            def __str__(self):
                return 'SELECT * FROM t WHERE "k" = %(0)s'

            def get_context(self):
                return {"0": 7}

        connection.execute(Statement())
        (request,) = driver.requests
        assert (request.text, request.values) == ('SELECT * FROM t WHERE "k" = ?', [7])

    def test_takes_bound_statements_of_the_driver(self, driver):
        bound = SimpleNamespace(
            prepared_statement=SimpleNamespace(query_string="SELECT ?"), raw_values=(1,), is_idempotent=False
        )
        connection.execute(bound)
        assert (driver.requests[0].text, driver.requests[0].values) == ("SELECT ?", [1])

    def test_refuses_anything_else(self):
        with pytest.raises(StatementException, match=r"takes CQL text or a single statement, not list; for a batch"):
            connection.execute([])


PAGES = (
    Page(("k", "v"), [(1, "a"), (2, "b")], b"1"),
    Page(("k", "v"), [(3, "c")], b"2"),
    Page(("k", "v"), [(4, None)]),
)
EXPECTED = [{"k": 1, "v": "a"}, {"k": 2, "v": "b"}, {"k": 3, "v": "c"}, {"k": 4, "v": None}]


@pytest.mark.usefixtures("driver")
class TestRows:
    def test_iterate_over_all_pages(self, driver):
        driver.answer(*PAGES)
        assert list(connection.execute("SELECT")) == EXPECTED
        assert [request.paging_state for request in driver.requests] == [None, b"1", b"2"]

    def test_all_and_one(self, driver):
        driver.answer(*PAGES, *PAGES)
        assert connection.execute("SELECT").all() == EXPECTED
        assert connection.execute("SELECT").one() == EXPECTED[0]

    def test_one_of_none_is_none(self):
        assert connection.execute("SELECT").one() is None

    def test_know_their_columns_and_pages(self, driver):
        driver.answer(*PAGES[:1])
        rows = connection.execute("SELECT")
        assert (rows.column_names, rows.current_rows) == (("k", "v"), EXPECTED[:2])
        assert (rows.has_more_pages, rows.paging_state, bool(rows)) == (True, b"1", True)
        assert repr(rows) == "<Rows 2 and more from 'default': SELECT>"

    def test_are_indexed_over_all_pages(self, driver):
        driver.answer(*PAGES)
        rows = connection.execute("SELECT")
        assert rows[1] == EXPECTED[1]
        assert rows[3] == EXPECTED[3]

    def test_without_rows_are_empty_and_false(self):
        rows = connection.execute("UPDATE")
        assert (rows.all(), bool(rows), rows.has_more_pages) == ([], False, False)

    @pytest.mark.parametrize(
        ("answers", "applied"), [([(True,)], True), ([(False, 1)], False), ([(True, 1), (False, 2)], False)]
    )
    def test_of_a_conditional_statement_say_whether_it_was_applied(self, driver, answers, applied):
        driver.answer(Page(("[applied]", "k")[: len(answers[0])], answers))
        assert connection.execute("UPDATE").was_applied is applied

    def test_of_another_statement_refuse_to_say(self):
        rows = connection.execute("UPDATE t")
        with pytest.raises(StatementException, match="Only a conditional statement is applied or not: UPDATE t"):
            _ = rows.was_applied

    def test_later_pages_come_from_the_connection_of_the_first(self, driver):
        driver.answer(*PAGES)
        rows = connection.execute("SELECT")
        with connection.recording("other") as other:
            assert rows.all() == EXPECTED
            assert other.requests == []

    def test_a_connection_that_is_registered_anew_meanwhile_gets_no_paging_state_of_the_old_one(self, driver):
        driver.answer(*PAGES)
        rows = connection.execute("SELECT")
        with connection.recording("default") as new:
            with pytest.raises(ConnectionClosed):
                rows.all()
            assert new.requests == []

    async def test_are_awaited(self, driver):
        driver.answer(*PAGES, *PAGES, *PAGES)
        rows = await connection.aexecute("SELECT * FROM t WHERE k = %s", [1])
        assert [row async for row in rows] == EXPECTED
        assert await (await connection.aexecute("SELECT")).aall() == EXPECTED
        assert await (await connection.aexecute("SELECT")).aone() == EXPECTED[0]


class TestLogs:
    def test_the_debug_line_has_the_text_and_no_values(self, caplog):
        from helenus.connection.logs import log_request
        from helenus.connection.request import Request

        with caplog.at_level("DEBUG", "helenus.connection"):
            log_request("c", Request("INSERT ?", ["123-45-6789"], label="Person.save"))
        assert caplog.messages == ["[Connection: c] Person.save: INSERT ?, values: not shown"]

    def test_values_are_shown_when_asked_for_and_until_the_end_of_the_block(self, caplog):
        from helenus.connection.logs import log_request
        from helenus.connection.request import Batch, Request

        with caplog.at_level("DEBUG", "helenus.connection"):
            with connection.log_values():
                log_request("c", Request("INSERT ?", [1]))
                log_request("c", Batch([("A ?", [1]), ("B ?", [2])]))
            log_request("c", Request("INSERT ?", [1]))
        assert caplog.messages == [
            "[Connection: c] INSERT ?, values: [1]",
            "[Connection: c] LOGGED batch of 2: A ?; B ?, values: [[1], [2]]",
            "[Connection: c] INSERT ?, values: not shown",
        ]

    def test_long_texts_and_batches_are_cut(self):
        from helenus.connection.logs import shape
        from helenus.connection.request import Batch, Request

        assert shape(Request("x" * 501)) == "x" * 500 + "..."
        assert shape(Batch([("A", ())] * 5, "COUNTER")) == "COUNTER batch of 5: A; A; A; ... 2 more"


def test_the_recording_driver_answers_in_order_raises_and_computes():
    answers = Page(("k",), [(1,)]), ValueError("no"), lambda request: Page((request.text,))
    with connection.recording("c", *answers) as driver:
        assert connection.execute("A", connection="c").current_rows == [{"k": 1}]
        with pytest.raises(ValueError, match="no"):
            asyncio.run(connection.aexecute("B"))
        assert connection.execute("C").column_names == ("C",)
        assert [request.text for request in driver.requests] == ["A", "B", "C"]
    assert (connection.connections(), driver.closed) == ((), True)

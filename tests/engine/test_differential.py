"""Random statements, valid and not, in random order of time: the engine and a real node must answer alike."""

from __future__ import annotations

import random

import pytest

from tests.support import golden

STATEMENTS = 150
SCHEMA = (
    "CREATE TABLE f (p int, a int, b text, s int static, v int, w text, m map<int, int>, st set<int>, l list<int>, "
    "PRIMARY KEY (p, a, b)) WITH CLUSTERING ORDER BY (a DESC, b ASC)"
)
WHOLE = "SELECT p, a, b, s, v, w, m, st, l FROM f"


class Stream:
    """Makes statements about the table above."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311 - it must be the same in every run

    def number(self):
        return str(self.random.randint(0, 3))

    def text(self):
        return self.random.choice(["''", "'a'", "'b'"])

    def value(self, column):
        if self.random.random() < 0.15:
            return "null"
        one, other = self.number(), self.number()
        literals = {"m": f"{{{one}: {other}}}", "st": f"{{{one}, {other}}}", "l": f"[{one}, {other}]"}
        return self.text() if column == "w" else literals.get(column, one)

    def using(self, ttl=True):
        lives = f" AND TTL {self.random.choice([0, 100000])}" if ttl and self.random.random() < 0.2 else ""
        return f"USING TIMESTAMP {self.random.randint(1, 60)}{lives}"

    def partition(self):
        if self.random.random() < 0.15:
            return f"p IN ({self.number()}, {self.number()})"
        return f"p = {self.number()}"

    def clustering(self, whole):
        n, t = self.number, self.text
        if whole:
            return f" AND a = {n()} AND b = {t()}"
        forms = ["", f" AND a = {n()}", f" AND a > {n()}", f" AND a >= {n()} AND a < {n()}"]
        forms.append(f" AND a IN ({n()}, {n()})")
        forms += [f" AND a = {n()} AND b > {t()}", f" AND (a, b) > ({n()}, {t()})", f" AND b = {t()}"]
        forms += [f" AND (a, b) <= ({n()}, {t()}) AND a > {n()}", f" AND (a, b) IN (({n()}, {t()}), ({n()}, {t()}))"]
        return self.random.choice(forms)

    def assignment(self):
        column = self.random.choice(["v", "w", "s", "m", "st", "l", "entry", "more", "fewer"])
        forms = {
            "entry": f"m[{self.number()}] = {self.value('v')}",
            "more": f"st = st + {{{self.number()}}}",
            "fewer": f"m = m - {{{self.number()}}}",
        }
        return forms.get(column) or f"{column} = {self.value(column)}"

    def insert(self):
        columns = self.random.sample(["v", "w", "s", "m", "st", "l"], self.random.randint(0, 3))
        names = "".join(f", {column}" for column in columns)
        values = "".join(f", {self.value(column)}" for column in columns)
        key = f"{self.number()}, {self.number()}, {self.text()}"
        return f"INSERT INTO f (p, a, b{names}) VALUES ({key}{values}) {self.using()}"

    def update(self):
        whole = self.random.random() < 0.9
        return f"UPDATE f {self.using()} SET {self.assignment()} WHERE {self.partition()}{self.clustering(whole)}"

    def delete(self):
        what, whole = "", self.random.random() < 0.4
        if self.random.random() < 0.4:
            what, whole = self.random.choice(["v", "s", "m", f"m[{self.number()}]", f"st[{self.number()}]"]) + " ", True
        return f"DELETE {what}FROM f {self.using(ttl=False)} WHERE {self.partition()}{self.clustering(whole)}"

    def select(self):
        what = self.random.choice(["*", "p, a, b, v", "count(*)", "m, writetime(m)", "DISTINCT p, s", "max(a), min(b)"])
        where = self.random.choice(["", f" WHERE {self.partition()}{self.clustering(whole=False)}", " WHERE v > 1"])
        order = self.random.choice(["", "", " ORDER BY a ASC", " ORDER BY a DESC"])
        limit = self.random.choice(["", "", " LIMIT 2"])
        return f"SELECT {what} FROM f{where}{order}{limit}{self.random.choice(['', ' ALLOW FILTERING'])}"

    def statement(self):
        return self.random.choice([self.insert, self.insert, self.update, self.update, self.delete, self.select])()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_engine_and_a_real_node_answer_alike(seed, cluster1):
    stream, engine = Stream(seed), golden.embedded()
    node, close = golden.cassandra(cluster1.hosts, cluster1.port)
    try:
        assert node(SCHEMA) == engine(SCHEMA) == "ok"
        for _ in range(STATEMENTS):
            statement = stream.statement()
            assert (statement, engine(statement)) == (statement, node(statement))
        assert engine(WHOLE) == node(WHOLE)
    finally:
        close()

"""The CQL text of each shape, built through the syntax tree once and looked up afterwards."""

from __future__ import annotations

import pytest

from helenus import MaxTimeUUID, Model, Token, columns
from helenus.cql.parser import parse
from helenus.cql.render import render
from helenus.mapper import builders, statements
from helenus.mapper.expressions import IsNotNull, Operator, relation, token_relation
from helenus.mapper.statements import Shape, operands, outline, text
from helenus.mapper.values import Change


class Car(Model):
    maker = columns.Text(partition_key=True)
    plant = columns.Integer(partition_key=True)
    year = columns.Integer(primary_key=True)
    color = columns.Text(db_field="Color")
    made = columns.TimeUUID()
    order = columns.Integer()
    tags = columns.Set(columns.Text)
    prices = columns.Map(columns.Text, columns.Integer)


COLUMN = Car.__table__.by_name
KEY = outline([relation(COLUMN[name], Operator.EQ, "1") for name in ("maker", "plant", "year")])
RED = outline([relation(COLUMN["color"], Operator.EQ, "red")])
WHERE = "WHERE maker = ? AND plant = ? AND year = ?"

SHAPES = [
    (Shape("insert", "ks", ("maker", "color")), 'INSERT INTO ks.car (maker, "Color") VALUES (?, ?)'),
    (Shape("insert", None, ("maker",)), "INSERT INTO car (maker) VALUES (?)"),
    (Shape("insert", "Ks", ("maker",)), 'INSERT INTO "Ks".car (maker) VALUES (?)'),
    (Shape("insert", "ks", ("order",)), 'INSERT INTO ks.car ("order") VALUES (?)'),
    (Shape("insert", "ks", ("maker",), exists=True), "INSERT INTO ks.car (maker) VALUES (?) IF NOT EXISTS"),
    (Shape("insert", "ks", ("maker",), using=("ttl",)), "INSERT INTO ks.car (maker) VALUES (?) USING TTL ?"),
    (
        Shape("insert", "ks", ("maker",), using=("ttl", "timestamp"), exists=True),
        "INSERT INTO ks.car (maker) VALUES (?) IF NOT EXISTS USING TTL ? AND TIMESTAMP ?",
    ),
    (
        Shape("update", "ks", (("color", Change.SET), ("order", Change.SET)), where=KEY),
        f'UPDATE ks.car SET "Color" = ?, "order" = ? {WHERE}',
    ),
    (
        Shape("update", "ks", (("tags", Change.ADD), ("tags", Change.SUBTRACT)), where=KEY),
        f"UPDATE ks.car SET tags = tags + ?, tags = tags - ? {WHERE}",
    ),
    (Shape("update", "ks", (("tags", Change.PREPEND),), where=KEY), f"UPDATE ks.car SET tags = ? + tags {WHERE}"),
    (Shape("update", "ks", (("prices", Change.PUT),), where=KEY), f"UPDATE ks.car SET prices[?] = ? {WHERE}"),
    (
        Shape("update", "ks", (("order", Change.SET),), KEY, RED, ("timestamp",)),
        f'UPDATE ks.car USING TIMESTAMP ? SET "order" = ? {WHERE} IF "Color" = ?',
    ),
    (
        Shape("update", "ks", (("order", Change.SET),), KEY, exists=True),
        f'UPDATE ks.car SET "order" = ? {WHERE} IF EXISTS',
    ),
    (Shape("delete", "ks", where=KEY), f"DELETE FROM ks.car {WHERE}"),
    (
        Shape("delete", "ks", where=KEY, using=("timestamp",), conditions=RED),
        f'DELETE FROM ks.car USING TIMESTAMP ? {WHERE} IF "Color" = ?',
    ),
    (Shape("delete", "ks", where=KEY[:2]), "DELETE FROM ks.car WHERE maker = ? AND plant = ?"),
    (Shape("select", "ks", ("maker", "color")), 'SELECT maker, "Color" FROM ks.car'),
    (
        Shape("select", "ks", ("maker",), KEY, order=(("year", True),), limit=True, filtering=True),
        f"SELECT maker FROM ks.car {WHERE} ORDER BY year DESC LIMIT ? ALLOW FILTERING",
    ),
    (
        Shape("select", "ks", ("maker", "plant"), limit=True, per_partition_limit=True, distinct=True),
        "SELECT DISTINCT maker, plant FROM ks.car PER PARTITION LIMIT ? LIMIT ?",
    ),
    (Shape("count", "ks", where=RED, filtering=True), 'SELECT count(*) FROM ks.car WHERE "Color" = ? ALLOW FILTERING'),
]


@pytest.mark.parametrize(("shape", "expected"), SHAPES, ids=[expected for _, expected in SHAPES])
def test_the_text_of_a_shape(shape, expected):
    assert text(Car, shape) == expected
    assert render(parse(expected)) == expected


@pytest.mark.parametrize("operator", [o for o in Operator if o is not Operator.IS_NOT_NULL], ids=lambda o: o.name)
def test_every_operator_is_rendered_with_one_marker(operator):
    value = {"IN": [1], "LIKE": "1", "CONTAINS": "1", "CONTAINS_KEY": "1"}.get(operator.name, 1)
    column = COLUMN["prices" if "CONTAINS" in operator.name else "order"]
    conditions = [relation(column, operator, value)]
    name = '"order"' if column.column_name == "order" else "prices"
    assert text(Car, Shape("select", "ks", ("maker",), outline(conditions))).endswith(f"{name} {operator.value} ?")
    assert len(operands(conditions)) == 1


def test_functions_bind_their_own_values():
    token = token_relation(Car.__table__.partition_key, Operator.GT, Token("x", "5"))
    conditions = [token, IsNotNull("color"), relation(COLUMN["order"], Operator.LT, 9)]
    assert text(Car, Shape("select", "ks", ("maker",), outline(conditions))).endswith(
        'WHERE token(maker, plant) > token(?, ?) AND "Color" IS NOT NULL AND "order" < ?'
    )
    assert operands(conditions) == ["x", 5, 9]


def test_a_function_is_part_of_the_shape_and_its_value_is_not():
    from datetime import UTC, datetime

    def made(value):
        return outline([relation(COLUMN["made"], Operator.LT, value)])

    first, second = (made(MaxTimeUUID(datetime(year, 1, 1, tzinfo=UTC))) for year in (2020, 2021))
    assert first == second
    assert first != made("8a1b2c30-0000-11ee-8000-000000000000")


def test_a_text_is_built_once(monkeypatch):
    class Fresh(Model):
        id = columns.Text(primary_key=True)

    built = []
    monkeypatch.setitem(builders.BUILDERS, "count", lambda *args: built.append(1) or builders._count(*args))
    assert [text(Fresh, Shape("count", "ks")) for _ in range(3)] == ["SELECT count(*) FROM ks.fresh"] * 3
    assert built == [1]


def test_a_model_keeps_a_bounded_number_of_texts(monkeypatch):
    class Fresh(Model):
        id = columns.Text(primary_key=True)

    monkeypatch.setattr(statements, "MAX_TEXTS", 5)
    found = {text(Fresh, Shape("count", f"ks{i}")) for i in range(20)}
    assert len(found) == 20
    assert len(Fresh._texts) <= 5

"""``install()`` puts helenus in the place of cqlengine, and models may be built by other packages' metaclasses."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections import OrderedDict

import pytest

from helenus.cqlengine import columns, models, query


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    return (done.stdout + done.stderr).strip()


def test_every_module_is_found_under_its_old_name():
    code = """
import helenus.cqlengine as ours
ours.install()
ours.install()
import cassandra.cqlengine
from cassandra.cqlengine import columns, connection, functions, management, models, named, operators
from cassandra.cqlengine import query, statements, usertype
from cassandra.cqlengine.connection import setup
import helenus, helenus.connection
assert cassandra.cqlengine is ours
assert models.Model is helenus.Model and connection is helenus.connection and setup is helenus.connection.setup
assert query.BatchQuery is helenus.BatchQuery and columns.Text is helenus.columns.Text
models.DEFAULT_KEYSPACE = "k"
assert helenus.connection.defaults.keyspace == "k"
print("good")
"""
    assert run(code) == "good"


def test_it_refuses_to_come_too_late():
    output = run("import cassandra.cqlengine, helenus.cqlengine as ours; ours.install()")
    assert "ImportError: cassandra.cqlengine was imported before" in output


def test_it_can_be_taken_back():
    code = """
import helenus.cqlengine as ours
ours.install()
ours.uninstall()
from cassandra.cqlengine import models
print(models.__name__)
"""
    assert run(code) == "cassandra.cqlengine.models"


class Foreign(models.ModelMetaClass):
    """Builds models itself, after cqlengine's pattern, as django-cassandra-engine does."""

    def __new__(cls, name, bases, body):
        own = [(key, value) for key, value in body.items() if isinstance(value, columns.Column)]
        for key, column in own:
            column.partition_key = column.partition_key or (column.primary_key and key == own[0][0])
            column.set_column_name(key)
            body[key] = models.ColumnDescriptor(column)
        body["_defined_columns"] = OrderedDict(own)
        body.setdefault("__abstract__", False)
        return type.__new__(cls, name, bases, body)


class ForeignQuerySet(query.ModelQuerySet):
    """Overrides what calls the class above, and orders by text."""

    def __init__(self, model):
        super(query.ModelQuerySet, self).__init__(model)
        self._allow_filtering = True

    def order_by(self, *names):
        clone = copy.deepcopy(self)
        clone._order.extend('"{}" {}'.format(*self._get_ordering_condition(name)) for name in names)
        return clone


class ForeignModel(models.BaseModel, metaclass=Foreign):
    __abstract__ = True
    __queryset__ = ForeignQuerySet


class Event(ForeignModel):
    __keyspace__ = "k"
    day = columns.Integer(primary_key=True)
    at = columns.Integer(primary_key=True, db_field="moment")
    text = columns.Text()


def test_a_model_of_another_metaclass_is_a_model():
    event = Event(day="1", at=2)
    assert (event.day, event.keys(), Event.column_family_name()) == (1, ["day", "at", "text"], "k.event")
    assert [column.column_name for column in Event.__table__.clustering_key] == ["at"]


def test_its_queries_may_append_text_to_the_order():
    queries = [Event.objects.filter(day=1).order_by("-at"), Event.objects.filter(day=1).order_by("-at").all()]
    ordered = "SELECT day, moment, text FROM k.event WHERE day = ? ORDER BY moment DESC ALLOW FILTERING"
    assert [str(each) for each in queries] == [ordered, ordered]
    assert "ORDER BY" not in str(Event.objects.filter(day=1))


def test_an_order_by_something_else_is_refused():
    with pytest.raises(query.QueryException, match="Can't order on 'text'"):
        Event.objects.order_by("text")

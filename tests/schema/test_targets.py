"""Which places a call is about, and which arguments are refused."""

from __future__ import annotations

import pytest

from helenus import Model, UserType, columns, connection, management
from helenus.connection import defaults
from helenus.errors import HelenusError, UnknownConnection
from helenus.schema.steps import Place
from helenus.schema.targets import checked_type, places_of_keyspace, places_of_model


class Car(Model):
    __keyspace__ = "own"
    __connection__ = "two"
    id = columns.Integer(primary_key=True)


class Bare(Model):
    id = columns.Integer(primary_key=True)


class Abstract(Model):
    __abstract__ = True
    id = columns.Integer(primary_key=True)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """Register two connections that are never used."""
    monkeypatch.setattr(defaults, "keyspace", None)
    for name in ("one", "two"):
        connection.register_connection(name, ["127.0.0.250"], lazy_connect=True, default=name == "one")
    yield
    for name in ("one", "two"):
        connection.unregister_connection(name)


def test_a_model_is_synced_where_it_lives():
    assert places_of_model(Car, None, None) == (Place("two", "own"),)
    assert places_of_model(Car, [], ()) == (Place("two", "own"),)


def test_the_default_connection_and_keyspace_are_named(monkeypatch):
    monkeypatch.setattr(defaults, "keyspace", "everybodys")
    assert places_of_model(Bare, None, None) == (Place("one", "everybodys"),)


def test_keyspaces_and_connections_are_multiplied_and_each_pair_taken_once():
    assert places_of_model(Car, ["a", "b", "a"], ("one", "two", "one")) == (
        Place("one", "a"),
        Place("one", "b"),
        Place("two", "a"),
        Place("two", "b"),
    )


def test_one_of_the_two_alone_is_multiplied_with_the_models_own():
    assert places_of_model(Car, ["a", "b"], None) == (Place("two", "a"), Place("two", "b"))
    assert places_of_model(Car, None, ["one", "two"]) == (Place("one", "own"), Place("two", "own"))


def test_a_keyspace_is_made_on_the_default_connection_unless_others_are_named():
    assert places_of_keyspace("ks", None) == (Place("one", "ks"),)
    assert places_of_keyspace("ks", ("two", "two", "one")) == (Place("two", "ks"), Place("one", "ks"))


def test_use_chooses_the_connection():
    with connection.use(connection="two"):
        assert places_of_keyspace("ks", None) == (Place("two", "ks"),)
        assert places_of_keyspace("ks", ["one"]) == (Place("one", "ks"),)
        assert places_of_model(Bare, ["ks"], None) == (Place("two", "ks"),)


@pytest.mark.parametrize("wrong", ["one", {"one"}, {"one": 1}, iter(["one"])], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("argument", ["keyspaces", "connections"])
def test_what_is_neither_list_nor_tuple_is_a_value_error(wrong, argument):
    with pytest.raises(ValueError, match=f"^{argument} must be a list or a tuple, got"):
        management.sync_table(Car, **{argument: wrong})
    with pytest.raises(ValueError, match=f"^{argument} must be a list or a tuple, got"):
        management.drop_table(Car, **{argument: wrong})


@pytest.mark.parametrize("function", [management.create_keyspace_simple, management.drop_keyspace])
def test_connections_of_keyspace_functions_are_a_list_or_tuple_too(function):
    with pytest.raises(ValueError, match=r"^connections must be a list or a tuple"):
        function("ks", connections="one")


def test_unknown_connections_are_refused_before_anything_is_sent():
    with pytest.raises(UnknownConnection, match="three"):
        management.sync_table(Car, connections=["one", "three"])
    with pytest.raises(UnknownConnection, match="three"):
        management.create_keyspace_simple("ks", 1, connections=["one", "three"])


NO_MODELS = [
    (object, "must be derived from base Model"),
    (Car(id=1), "Pass the class, not an instance"),
    (Abstract, "cannot create table from abstract model Abstract"),
    (Model, "cannot create table from abstract model Model"),
    (Bare, "Bare has no keyspace"),
]


@pytest.mark.parametrize(("wrong", "message"), NO_MODELS, ids=[case[1] for case in NO_MODELS])
def test_what_has_no_table_is_refused(wrong, message):
    with pytest.raises(HelenusError, match=message):
        management.sync_table(wrong)


def test_what_is_no_user_type_is_refused():
    class Address(UserType):
        street = columns.Text()

    assert checked_type(Address) is Address
    for wrong in (Car, Address(street="x"), None):
        with pytest.raises(HelenusError, match="Types must be derived from base UserType"):
            management.sync_type("ks", wrong)
        with pytest.raises(HelenusError, match="Types must be derived from base UserType"):
            management.get_create_type(wrong, "ks")


def test_a_keyspace_without_a_name_is_refused():
    with pytest.raises(HelenusError, match="a keyspace needs a name"):
        management.drop_keyspace("")


@pytest.mark.parametrize("variable", ["CQLENG_ALLOW_SCHEMA_MANAGEMENT", "HELENUS_ALLOW_SCHEMA_MANAGEMENT"])
async def test_the_environment_forbids_changes_before_anything_is_sent(monkeypatch, variable):
    monkeypatch.setenv(variable, "0")
    with pytest.raises(HelenusError, match=f"{variable}=0"):
        management.sync_table(Car)
    with pytest.raises(HelenusError, match=f"{variable}=0"):
        await management.adrop_keyspace("ks")

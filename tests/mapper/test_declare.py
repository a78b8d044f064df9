"""What a class body may say, and the message for each thing that it may not."""

from __future__ import annotations

import pytest

from helenus import Model, columns
from helenus.errors import DoesNotExist, ModelDefinitionException, ModelException, MultipleObjectsReturned
from helenus.mapper.metadata import table_name_of
from helenus.mapper.model import BaseModel


def declare(name="Broken", bases=(Model,), **body):
    return type(Model)(name, bases, body)


class Family(Model):
    id = columns.Text(primary_key=True)
    kind = columns.Text(discriminator_column=True)


class Plain(Model):
    id = columns.Text(primary_key=True)


key = {"id": columns.Text(primary_key=True)}

REFUSED = [
    (
        "no primary key",
        {"a": columns.Text(), "b": columns.Text()},
        ModelDefinitionException,
        "Broken: At least 1 primary key is required. Give one of a, b primary_key=True",
    ),
    (
        "no columns",
        {},
        ModelDefinitionException,
        "Broken: At least 1 primary key is required, and the model has no columns",
    ),
    (
        "two discriminators",
        {**key, "a": columns.Text(discriminator_column=True), "b": columns.Text(discriminator_column=True)},
        ModelDefinitionException,
        "Broken: only one discriminator_column can be defined, there are a, b",
    ),
    *(
        (
            f"a discriminator of type {column.db_type}",
            {**key, "a": column},
            ModelDefinitionException,
            "Broken: counter and container columns cannot be used as discriminator column",
        )
        for column in (
            columns.Set(columns.Text, discriminator_column=True),
            columns.List(columns.Text, discriminator_column=True),
            columns.Map(columns.Text, columns.Text, discriminator_column=True),
        )
    ),
    (
        "counters beside data",
        {**key, "n": columns.Counter(), "a": columns.Text(), "b": columns.Text()},
        ModelDefinitionException,
        "Broken: counter models may not have data columns, but there are a, b",
    ),
    (
        "two columns of one db_field",
        {**key, "a": columns.Text(db_field="x"), "b": columns.Text(db_field="x")},
        ModelException,
        "Broken: a and b both have the database field x",
    ),
    (
        "a db_field that is another column's name",
        {**key, "a": columns.Text(), "b": columns.Text(db_field="a")},
        ModelException,
        "Broken: a and b both have the database field a",
    ),
    (
        "an order of the partition key",
        {"id": columns.Text(primary_key=True, clustering_order="asc")},
        ModelException,
        "Broken.id: clustering_order may be specified only for clustering columns",
    ),
    (
        "an order of a regular column",
        {**key, "a": columns.Text(clustering_order="asc")},
        ModelException,
        "Broken.a: clustering_order may be specified only for clustering columns",
    ),
    (
        "an order that is none",
        {**key, "a": columns.Text(primary_key=True, clustering_order="upwards")},
        ModelException,
        "Broken.a: clustering_order is 'asc' or 'desc', got 'upwards'",
    ),
    (
        "a discriminator value without a discriminator",
        {**key, "__discriminator_value__": "x"},
        ModelDefinitionException,
        "Broken: __discriminator_value__ needs a column with discriminator_column=True in a base model",
    ),
]


@pytest.mark.parametrize(("body", "error", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_class_body_is_refused_that_has(body, error, message):
    with pytest.raises(error) as caught:
        declare(**body)
    assert type(caught.value) is error
    assert str(caught.value) == message


def test_a_counter_cannot_belong_to_the_primary_key():
    counter = columns.Counter()
    counter.primary_key = True
    with pytest.raises(ModelDefinitionException) as caught:
        declare(**key, n=counter)
    assert str(caught.value) == "Broken: counter columns cannot be primary keys: n"


RESERVED = (
    "all batch column_family_name consistency create delete filter get get_changed_columns if_exists if_not_exists iff"
    " items keys objects save timeout timestamp ttl update using validate values DoesNotExist MultipleObjectsReturned"
    " _get_keyspace _data asave aget acreate aupdate adelete fetch afetch"
)


@pytest.mark.parametrize("name", RESERVED.split())
def test_a_column_cannot_have_the_name_of_an_attribute_of_all_models(name):
    with pytest.raises(ModelDefinitionException) as caught:
        declare(**key, **{name: columns.Text()})
    assert str(caught.value) == (
        f"Broken: column '{name}' conflicts with built-in attribute/method '{name}'; name the attribute otherwise and"
        f" give the column db_field='{name}'"
    )


def test_the_advice_for_a_reserved_name_works():
    model = declare(**key, values_=columns.Text(db_field="values"))
    assert model.__table__.by_db_name["values"].column_name == "values_"


def test_a_column_may_be_called_pk_and_then_stands_for_itself():
    model = declare(id=columns.Text(primary_key=True), pk=columns.Integer())
    instance = model(id="x", pk=5)
    assert (instance.pk, model.__table__.partition_key[0].column_name) == (5, "id")


# ---- keys ------------------------------------------------------------------------------------------------------------


def names(columns_):
    return [column.column_name for column in columns_]


def test_the_first_primary_key_column_is_the_partition_key_and_the_others_cluster():
    table = declare(
        v=columns.Text(),
        a=columns.Text(primary_key=True),
        b=columns.Text(primary_key=True),
        c=columns.Text(primary_key=True, clustering_order="desc"),
        s=columns.Text(static=True),
    ).__table__
    assert names(table.partition_key) == ["a"]
    assert names(table.clustering_key) == ["b", "c"]
    assert names(table.primary_key) == ["a", "b", "c"]
    assert names(table.regular) == ["v"]
    assert names(table.static) == ["s"]
    assert names(table.columns) == ["v", "a", "b", "c", "s"]
    assert not table.has_counter


def test_an_explicit_partition_key_may_stand_after_a_clustering_column():
    table = declare(
        a=columns.Text(primary_key=True), b=columns.Text(partition_key=True), c=columns.Text(partition_key=True)
    ).__table__
    assert names(table.partition_key) == ["b", "c"]
    assert names(table.clustering_key) == ["a"]


def test_pk_is_the_partition_key_a_tuple_if_it_has_several_columns():
    single, double = (
        declare(a=columns.Text(primary_key=True)),
        declare(a=columns.Text(partition_key=True), b=columns.Integer(partition_key=True)),
    )
    one, two = single(a="x"), double(a="x", b=1)
    assert (one.pk, two.pk) == ("x", ("x", 1))
    one.pk, two.pk = "y", ["z", 2]
    assert (one.a, two.a, two.b) == ("y", "z", 2)
    with pytest.raises(ValueError, match="zip"):
        two.pk = ("too", 3, "many")


def test_a_counter_table_is_known_by_its_columns():
    assert declare(a=columns.Text(primary_key=True), n=columns.Counter()).__table__.has_counter


def test_options_and_default_ttl_come_from_the_class_body():
    model = declare(**key, __options__={"default_time_to_live": 60})
    assert model.__table__.options == {"default_time_to_live": 60}
    assert model.__default_ttl__ == 60
    assert Plain.__default_ttl__ == 0


# ---- inheritance -----------------------------------------------------------------------------------------------------


def test_inherited_columns_come_first_and_each_class_has_its_own_copies():
    child = declare("Child", (Plain,), extra=columns.Integer())
    assert names(child.__table__.columns) == ["id", "extra"]
    assert child.__table__.by_name["id"] is not Plain.__table__.by_name["id"]
    assert names(Plain.__table__.columns) == ["id"]


def test_a_redefined_column_keeps_its_place_and_its_part_in_the_key():
    base = declare("Base", a=columns.Text(primary_key=True), b=columns.Text(primary_key=True), c=columns.Text())
    child = declare("Child", (base,), c=columns.Integer(), a=columns.UUID(), b=columns.Integer())
    table = child.__table__
    assert [(c.column_name, c.db_type) for c in table.columns] == [("a", "uuid"), ("b", "int"), ("c", "int")]
    assert (names(table.partition_key), names(table.clustering_key)) == (["a"], ["b"])
    assert all(column.is_primary_key for column in table.primary_key)


def test_an_abstract_class_needs_no_key_and_is_no_table():
    base = declare("Base", __abstract__=True, note=columns.Text())
    child = declare("Child", (base,), **key)
    assert not child.__abstract__
    assert names(child.__table__.columns) == ["note", "id"]


def test_several_bases_give_their_columns_the_first_one_wins():
    left = declare("Left", __abstract__=True, a=columns.Text(primary_key=True), shared=columns.Text())
    right = declare("Right", __abstract__=True, b=columns.Text(), shared=columns.Integer())
    both = declare("Both", (left, right)).__table__
    assert names(both.columns) == ["a", "shared", "b"]
    assert both.by_name["shared"].db_type == "text"


def test_each_model_has_exceptions_that_descend_from_its_bases():
    child = declare("Child", (Plain,), extra=columns.Integer())
    for kind in (DoesNotExist, MultipleObjectsReturned):
        own, parent = getattr(child, kind.__name__), getattr(Plain, kind.__name__)
        assert own.__mro__[:2] == (own, parent)
        assert issubclass(parent, kind)
        assert own.__qualname__ == f"Child.{kind.__name__}"
    assert not issubclass(Plain.DoesNotExist, Family.DoesNotExist)


def test_methods_and_plain_attributes_of_a_class_body_stay():
    class Talking(Plain):
        number = 5

        def hello(self):
            return f"hello {self.id}"

    assert Talking(id="x").hello() == "hello x"
    assert Talking.number == 5


# ---- table names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("class_name", "table"),
    [
        ("Automobile", "automobile"),
        ("FooBar", "foo_bar"),
        ("HTTPServer", "httpserver"),
        ("Foo2Bar", "foo2bar"),
        ("_Hidden", "hidden"),
        ("AbCdEf", "ab_cd_ef"),
        ("A" * 60, "a" * 48),
        ("Xy" * 24 + "Tail", ("Xy_" * 24 + "Tail").lower()[-48:].lstrip("_")),
    ],
)
def test_a_table_name_is_derived_from_the_class_name(class_name, table):
    assert table_name_of(class_name) == table
    assert declare(class_name, **key).__table__.name == table


def test_a_given_table_name_is_lower_cased_unless_its_case_matters():
    assert declare(**key, __table_name__="MyTable")._raw_column_family_name() == "mytable"
    kept = declare(**key, __table_name__="MyTable", __table_name_case_sensitive__=True, __keyspace__="Ks")
    assert kept._raw_column_family_name() == "MyTable"
    assert kept.column_family_name() == '"Ks"."MyTable"'
    assert kept.column_family_name(include_keyspace=False) == '"MyTable"'


def test_a_reserved_word_is_quoted_as_a_table_name():
    assert declare("Select", **key, __keyspace__="ks").column_family_name() == 'ks."select"'


def test_a_concrete_subclass_of_a_concrete_model_has_its_own_table_whichever_is_used_first():
    base = declare("Base", **key)
    assert base._raw_column_family_name() == "base"
    assert declare("Sub", (base,))._raw_column_family_name() == "sub"
    assert base._raw_column_family_name() == "base"


def test_polymorphic_subclasses_share_the_table_of_their_base():
    cat = declare("Cat", (Family,), __discriminator_value__="cat", lives=columns.Integer())
    lion = declare("Lion", (cat,), __discriminator_value__="lion")
    assert {model._raw_column_family_name() for model in (Family, cat, lion)} == {"family"}
    assert (Family._is_polymorphic_base, cat._is_polymorphic_base, lion._polymorphic_base) == (True, False, Family)


def test_without_a_keyspace_the_full_name_is_refused(wire):  # noqa: ARG001 - no default keyspace there
    with pytest.raises(Exception, match="Model keyspace is not set for Plain"):
        Plain.column_family_name()


# ---- what other packages read ----------------------------------------------------------------------------------------


def test_cqlengine_s_private_attributes_are_there():
    model = declare(
        a=columns.Text(partition_key=True), b=columns.Text(primary_key=True), c=columns.Integer(db_field="sea")
    )
    assert list(model._columns) == list(model._defined_columns) == ["a", "b", "c"]
    assert list(model._primary_keys) == ["a", "b"]
    assert (list(model._partition_keys), list(model._clustering_keys)) == (["a"], ["b"])
    assert (model._partition_key_index, model._db_map, model._pk_name) == ({"a": 0}, {"sea": "c"}, "a")
    assert (model._has_counter, model._is_polymorphic, model._discriminator_column_name) == (False, False, None)
    assert model._get_column("c") is model._get_column_by_db_name("sea")
    with pytest.raises(KeyError):
        model._get_column("sea")


def test_the_roots_are_abstract():
    assert BaseModel.__abstract__
    assert Model.__abstract__
    with pytest.raises(Exception, match="cannot execute queries against abstract models: Model"):
        _ = Model.objects

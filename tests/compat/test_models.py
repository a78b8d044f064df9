# ruff: noqa: ARG002, N802, N803, RUF012 - fixtures give classes, and one asks for both implementations
"""Models, on both implementations: classes, inheritance, polymorphism, instances."""

from __future__ import annotations

import copy
import gc
import pickle
import uuid

import pytest


@pytest.fixture(scope="module")
def Car(impl):
    class ModelCar(impl.Model):
        maker = impl.columns.Text(primary_key=True)
        year = impl.columns.Integer(primary_key=True, clustering_order="DESC")
        color = impl.columns.Text(db_field="paint")
        seats = impl.columns.Integer(default=4)
        extras = impl.columns.List(impl.columns.Text)

    impl.sync(ModelCar)
    return ModelCar


NAMES = [
    ("Simple", "simple"),
    ("TwoWords", "two_words"),
    ("HTTPServer", "httpserver"),
    ("Foo2Bar", "foo2bar"),
    ("_Hidden", "hidden"),
    ("A" * 60, "a" * 48),
]


@pytest.mark.parametrize(("name", "table"), NAMES)
def test_the_table_is_named_after_the_class(impl, name, table):
    model = type(name, (impl.Model,), {"key": impl.columns.Integer(primary_key=True)})
    assert model.column_family_name(include_keyspace=False) == table
    assert model.column_family_name() == f"{impl.keyspace}.{table}"


class TestClasses:
    def test_an_abstract_model_hands_its_columns_down(self, impl):
        class Base(impl.Model):
            __abstract__ = True
            __keyspace__ = "elsewhere"
            key = impl.columns.Integer(primary_key=True)

        class Child(Base):
            text = impl.columns.Text()

        assert Child(key=1, text="a").keys() == ["key", "text"]
        assert Child.column_family_name() == "elsewhere.child"
        assert not Child.__abstract__

    def test_an_abstract_model_has_no_rows(self, impl):
        class Abstract(impl.Model):
            __abstract__ = True

        with pytest.raises(impl.root.CQLEngineException, match="cannot execute queries against abstract models"):
            _ = Abstract.objects

    def test_given_table_names_are_lowered_unless_told(self, impl):
        class Named(impl.Model):
            __table_name__ = "My_Table"
            key = impl.columns.Integer(primary_key=True)

        class Sensitive(impl.Model):
            __table_name__ = "My_Table"
            __table_name_case_sensitive__ = True
            key = impl.columns.Integer(primary_key=True)

        assert Named.column_family_name(include_keyspace=False) == "my_table"
        assert Sensitive.column_family_name(include_keyspace=False) == '"My_Table"'

    def test_the_first_primary_key_is_the_partition_key(self, impl, Car):
        assert list(Car._partition_keys) == ["maker"]
        assert list(Car._clustering_keys) == ["year"]
        assert list(Car._primary_keys) == ["maker", "year"]

    def test_default_time_to_live(self, impl):
        class ModelMortal(impl.Model):
            __options__ = {"default_time_to_live": 1000}
            key = impl.columns.Integer(primary_key=True)
            text = impl.columns.Text()

        assert ModelMortal.__default_ttl__ == 1000
        impl.sync(ModelMortal)
        ModelMortal.create(key=1, text="a")
        ((left,),) = impl.rows("SELECT ttl(text) FROM {ks}.model_mortal")
        assert 900 < left <= 1000

    def test_each_model_has_exceptions_of_its_own(self, impl, Car):
        class Sub(Car):
            pass

        assert issubclass(Sub.DoesNotExist, Car.DoesNotExist)
        assert issubclass(Car.DoesNotExist, impl.query.DoesNotExist)
        assert issubclass(Sub.MultipleObjectsReturned, Car.MultipleObjectsReturned)
        assert Car.DoesNotExist is not impl.query.DoesNotExist


def broken(impl):
    columns = impl.columns
    key = {"key": columns.Integer(primary_key=True)}
    return {
        "no primary key": {"a": columns.Integer()},
        "two discriminators": {
            **key,
            "a": columns.Text(discriminator_column=True),
            "b": columns.Text(discriminator_column=True),
        },
        "a container discriminates": {**key, "a": columns.List(columns.Text, discriminator_column=True)}
        if impl.name == "helenus"
        else {**key, "a": _discriminating(columns.List(columns.Text))},
        "counters beside data": {**key, "a": columns.Counter(), "b": columns.Integer()},
        "a reserved name": {**key, "save": columns.Integer()},
        "a discriminator value without a column": {**key, "__discriminator_value__": 1},
    }


def _discriminating(column):
    column.discriminator_column = True
    return column


CASES = [
    "no primary key",
    "two discriminators",
    "a container discriminates",
    "counters beside data",
    "a reserved name",
    "a discriminator value without a column",
]


@pytest.mark.parametrize("case", CASES)
def test_a_class_that_cannot_be_mapped_is_refused(impl, case):
    with pytest.raises(impl.models.ModelDefinitionException):
        type("Broken", (impl.Model,), broken(impl)[case])


def test_two_columns_cannot_have_one_field(impl):
    columns = impl.columns
    body = {"a": columns.Integer(primary_key=True, db_field="x"), "b": columns.Integer(db_field="x")}
    with pytest.raises(impl.models.ModelException):
        type("Twice", (impl.Model,), body)


@pytest.mark.parametrize("order", ["up", "asc"])
def test_a_clustering_order_is_for_clustering_columns(impl, order):
    columns = impl.columns
    wrong = columns.Integer(primary_key=order == "up", clustering_order=order)
    with pytest.raises(impl.models.ModelException):
        type("Ordered", (impl.Model,), {"a": columns.Integer(primary_key=True), "b": wrong})


class TestInstances:
    def test_they_are_dicts(self, impl, Car):
        car = Car(maker="a", year=1, color="red")
        assert dict(car) == {"maker": "a", "year": 1, "color": "red", "seats": 4, "extras": []}
        assert (car.keys(), len(car), car["color"]) == (["maker", "year", "color", "seats", "extras"], 5, "red")
        assert car.values() == ["a", 1, "red", 4, []]
        assert car.items()[2] == ("color", "red")
        car["color"] = "blue"
        assert (car.color, list(car)) == ("blue", car.keys())

    @pytest.mark.parametrize(("key", "error"), [("wings", KeyError), (1, TypeError)])
    def test_other_keys_are_refused(self, impl, Car, key, error):
        with pytest.raises(error):
            Car(maker="a", year=1)[key]

    def test_they_are_equal_by_value(self, impl, Car):
        assert Car(maker="a", year=1) == Car(maker="a", year=1)
        assert Car(maker="a", year=1) != Car(maker="a", year=2)
        assert Car(maker="a", year=1) != "a"

    def test_what_was_read_equals_what_was_written(self, impl, Car):
        written = Car.create(maker="m", year=1, color="red", extras=["a"])
        assert Car.get(maker="m", year=1) == written

    def test_they_print_their_key_and_their_values(self, impl, Car):
        car = Car(maker="a", year=1)
        assert str(car) == "ModelCar <maker=a, year=1>"
        assert repr(car) == "ModelCar(maker='a', year=1, color=None, seats=4, extras=[])"

    def test_pk(self, impl, Car):
        assert Car(maker="a", year=1).pk == "a"

        class Composite(impl.Model):
            a = impl.columns.Integer(partition_key=True)
            b = impl.columns.Integer(partition_key=True)

        row = Composite(a=1, b=2)
        assert row.pk == (1, 2)
        row.pk = (3, 4)
        assert (row.a, row.b) == (3, 4)

    def test_values_are_converted(self, impl, Car):
        assert Car(maker="a", year="1").year == 1

    def test_deleting_an_attribute_sets_none(self, impl, Car):
        car = Car.create(maker="d", year=1, color="red")
        del car.color
        car.save()
        assert Car.get(maker="d", year=1).color is None

    def test_the_key_cannot_be_deleted(self, impl, Car):
        car = Car(maker="a", year=1)
        with pytest.raises(AttributeError):
            del car.maker

    def test_defaults_may_be_called(self, impl):
        class Generated(impl.Model):
            key = impl.columns.UUID(primary_key=True, default=uuid.uuid4)

        assert Generated().key != Generated().key
        assert Generated().key.version == 4

    def test_what_changed(self, impl, Car):
        car = Car.create(maker="c", year=1, color="red", extras=["a"])
        assert car.get_changed_columns() == []
        car.extras.append("b")
        car.color = "blue"
        assert sorted(car.get_changed_columns()) == ["color", "extras"]
        car.color = "red"
        assert car.get_changed_columns() == ["extras"]
        assert car._values["extras"].previous_value == ["a"]
        car.save()
        assert car.get_changed_columns() == []

    def test_pickling(self, impl, Car, monkeypatch):
        monkeypatch.setitem(globals(), "ModelCar", Car)
        Car.__qualname__, Car.__module__ = "ModelCar", __name__
        car = Car.create(maker="p", year=1, extras=["a"])
        twin = pickle.loads(pickle.dumps(car))  # noqa: S301 - our own bytes
        assert twin == car
        assert copy.deepcopy(car) == car

    def test_validate_may_be_overridden(self, impl):
        class ModelPicky(impl.Model):
            key = impl.columns.Integer(primary_key=True)

            def validate(self):
                super().validate()
                if self.key < 0:
                    raise impl.root.ValidationError("negative")

        with pytest.raises(impl.root.ValidationError, match="negative"):
            ModelPicky.create(key=-1)

    def test_a_required_column_needs_a_value(self, impl):
        class ModelStrict(impl.Model):
            key = impl.columns.Integer(primary_key=True)
            text = impl.columns.Text(required=True)

        with pytest.raises(impl.root.ValidationError):
            ModelStrict(key=1).validate()

    def test_create_refuses_unknown_columns(self, impl, Car):
        with pytest.raises(impl.root.ValidationError, match="Incorrect columns passed"):
            Car.create(maker="a", year=1, wings=2)


@pytest.fixture(scope="module")
def family(impl):
    class ModelPet(impl.Model):
        __table_name__ = "pet"
        owner = impl.columns.Integer(primary_key=True)
        number = impl.columns.Integer(primary_key=True)
        kind = impl.columns.Text(discriminator_column=True, index=True)

    class ModelCat(ModelPet):
        __discriminator_value__ = "cat"
        cuteness = impl.columns.Integer()

    class ModelDog(ModelPet):
        __discriminator_value__ = "dog"
        fierceness = impl.columns.Integer()

    impl.sync(ModelPet, ModelCat, ModelDog)
    return ModelPet, ModelCat, ModelDog


class TestPolymorphism:
    def test_the_family_shares_a_table(self, impl, family):
        assert {model.column_family_name() for model in family} == {f"{impl.keyspace}.pet"}

    def test_rows_become_instances_of_their_class(self, impl, family):
        pet, cat, dog = family
        cat.create(owner=1, number=1, cuteness=5)
        dog.create(owner=1, number=2, fierceness=6)
        first, second = pet.objects.filter(owner__in=[1])
        assert (isinstance(first, cat), first.cuteness) == (True, 5)
        assert (isinstance(second, dog), second.fierceness) == (True, 6)

    def test_a_subclass_finds_its_own_rows(self, impl, family):
        _, cat, dog = family
        cat.create(owner=2, number=1)
        dog.create(owner=2, number=2)
        assert [isinstance(row, cat) for row in cat.objects(owner=2).allow_filtering()] == [True]

    @pytest.mark.differs("polymorphic-clones")
    def test_rows_equal_the_instances_that_were_written(self, impl):
        class ModelShape(impl.Model):
            key = impl.columns.Integer(primary_key=True)
            kind = impl.columns.Text(discriminator_column=True)

        class ModelCircle(ModelShape):
            __discriminator_value__ = "circle"
            radius = impl.columns.Integer()

        gc.disable()  # cqlengine's hidden copies are garbage, and may or may not be there any more
        try:
            impl.sync(ModelShape, ModelCircle)
            written = ModelCircle.create(key=1, radius=5)
            assert list(ModelShape.objects.all()) == [written]
        finally:
            gc.enable()

    def test_the_base_cannot_be_saved(self, impl, family):
        with pytest.raises(impl.models.PolymorphicModelException):
            family[0].create(owner=3, number=1)

    def test_unknown_and_missing_discriminators_are_refused(self, impl, family):
        pet = family[0]
        impl.rows("INSERT INTO {ks}.pet (owner, number, kind) VALUES (4, 1, 'fish')")
        impl.rows("INSERT INTO {ks}.pet (owner, number) VALUES (5, 1)")
        for owner, text in ((4, "unrecognized discriminator"), (5, "discriminator value was not found")):
            with pytest.raises(impl.models.PolymorphicModelException, match=text):
                list(pet.objects.filter(owner__in=[owner]))
        impl.rows("DELETE FROM {ks}.pet WHERE owner IN (4, 5)")


@pytest.fixture(scope="module")
def Hits(impl):
    class ModelHits(impl.Model):
        page = impl.columns.Text(primary_key=True)
        day = impl.columns.Integer(primary_key=True)
        hits = impl.columns.Counter()

    impl.sync(ModelHits)
    return ModelHits


class TestCounters:
    def test_queries_add(self, impl, Hits):
        Hits.objects(page="a", day=1).update(hits=5)
        Hits.objects(page="a", day=1).update(hits=-2)
        assert Hits.get(page="a", day=1).hits == 3

    def test_instances_write_the_difference(self, impl, Hits):
        Hits.objects(page="b", day=1).update(hits=1)
        row = Hits.get(page="b", day=1)
        Hits.objects(page="b", day=1).update(hits=10)
        row.hits += 4
        row.update()
        assert Hits.get(page="b", day=1).hits == 15

    def test_an_unwritten_counter_is_zero(self, impl, Hits):
        assert Hits(page="c", day=1).hits == 0

    def test_they_have_no_transactions(self, impl, Hits):
        with pytest.raises(impl.query.IfNotExistsWithCounterColumn):
            Hits.if_not_exists()
        with pytest.raises(impl.query.IfExistsWithCounterColumn):
            Hits.objects.if_exists()


@pytest.fixture(scope="module")
def Chapter(impl):
    class ModelChapter(impl.Model):
        book = impl.columns.Integer(primary_key=True)
        number = impl.columns.Integer(primary_key=True)
        title = impl.columns.Text(static=True)
        text = impl.columns.Text()

    impl.sync(ModelChapter)
    return ModelChapter


class TestStatics:
    def test_a_static_column_is_shared_by_the_partition(self, impl, Chapter):
        Chapter.create(book=1, number=1, title="old", text="a")
        Chapter.create(book=1, number=2, title="new", text="b")
        assert [row.title for row in Chapter.objects(book=1)] == ["new", "new"]

    def test_it_can_be_updated_alone(self, impl, Chapter):
        Chapter.create(book=2, number=1, title="old")
        row = Chapter.get(book=2, number=1)
        row.title = "new"
        row.save()
        Chapter.objects(book=2).update(title="newer")
        assert Chapter.get(book=2, number=1).title == "newer"

    def test_it_can_be_saved_without_rows(self, impl, Chapter):
        Chapter(book=3, title="alone").save()
        assert impl.rows("SELECT number, title FROM {ks}.model_chapter WHERE book=3") == [(None, "alone")]

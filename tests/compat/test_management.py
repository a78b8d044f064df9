# ruff: noqa: RUF012 - fixtures give classes, and one asks for both implementations
"""Schema management and connections, on both implementations."""

from __future__ import annotations

import pytest
from cassandra import AlreadyExists
from cassandra.cluster import Session


def described(impl, table, column):
    query = (
        "SELECT type, kind, clustering_order FROM system_schema.columns WHERE keyspace_name='{ks}' AND table_name=%s"
    )
    return impl.rows(f"{query} AND column_name=%s", table, column)


def option(impl, table, name):
    query = f"SELECT {name} FROM system_schema.tables WHERE keyspace_name='{{ks}}' AND table_name=%s"
    return impl.rows(query, table)[0][0]


class TestKeyspaces:
    @pytest.mark.parametrize("call", ["create_keyspace_simple", "create_keyspace_network_topology"])
    def test_they_are_created_and_dropped(self, impl, call):
        name = f"{impl.keyspace}_made"
        argument = 1 if call == "create_keyspace_simple" else {"datacenter1": 1}
        getattr(impl.management, call)(name, argument, durable_writes=False)
        getattr(impl.management, call)(name, argument)  # the second time, nothing happens
        query = "SELECT durable_writes FROM system_schema.keyspaces WHERE keyspace_name=%s"
        assert impl.rows(query, name) == [(False,)]
        impl.management.drop_keyspace(name)
        impl.management.drop_keyspace(name)
        assert impl.rows(query, name) == []

    def test_connections_are_a_list(self, impl):
        with pytest.raises(ValueError, match=r"."):
            impl.management.create_keyspace_simple("a", 1, connections="default")


class TestTables:
    def test_they_have_what_the_model_says(self, impl):
        class ManageTable(impl.Model):
            a = impl.columns.Integer(partition_key=True)
            b = impl.columns.Text(primary_key=True, clustering_order="DESC", db_field="field")
            c = impl.columns.Map(impl.columns.Text, impl.columns.Integer)
            d = impl.columns.Boolean(static=True)

        impl.sync(ManageTable)
        assert described(impl, "manage_table", "a") == [("int", "partition_key", "none")]
        assert described(impl, "manage_table", "field") == [("text", "clustering", "desc")]
        assert described(impl, "manage_table", "c") == [("map<text, int>", "regular", "none")]
        assert described(impl, "manage_table", "d") == [("boolean", "static", "none")]
        impl.management.drop_table(ManageTable)
        impl.management.drop_table(ManageTable)
        assert described(impl, "manage_table", "a") == []

    def test_they_get_new_columns(self, impl):
        def model(**more):
            return type("ManageGrowing", (impl.Model,), {"key": impl.columns.Integer(primary_key=True), **more})

        impl.sync(model(), model(added=impl.columns.Text()))
        assert described(impl, "manage_growing", "added") == [("text", "regular", "none")]
        impl.sync(model())
        assert described(impl, "manage_growing", "added") != []

    def test_keys_do_not_change(self, impl):
        def model(name):
            return type("ManageKeys", (impl.Model,), {name: impl.columns.Integer(primary_key=True)})

        impl.sync(model("a"))
        with pytest.raises(impl.root.CQLEngineException):
            impl.sync(model("b"))

    def test_a_sync_without_need_changes_nothing(self, impl):
        class ManageSame(impl.Model):
            __options__ = {"comment": "same", "gc_grace_seconds": 100}
            key = impl.columns.Integer(primary_key=True)
            place = impl.columns.Integer(primary_key=True)
            text = impl.columns.Text(index=True)

        impl.sync(ManageSame)
        with impl.watch() as sent:
            impl.sync(ManageSame)
        assert [text for text in sent if not text.startswith("SELECT")] == []

    @pytest.mark.differs("needless-alter")
    def test_nor_does_one_of_a_table_with_options_that_are_maps(self, impl):
        class ManageMaps(impl.Model):
            __options__ = {"compaction": {"class": "SizeTieredCompactionStrategy", "min_threshold": 2}}
            key = impl.columns.Integer(primary_key=True)

        impl.sync(ManageMaps)
        with impl.watch() as sent:
            impl.sync(ManageMaps)
        assert [text for text in sent if not text.startswith("SELECT")] == []

    def test_options(self, impl):
        def model(**options):
            body = {"key": impl.columns.Integer(primary_key=True), "__options__": options}
            return type("ManageOptions", (impl.Model,), body)

        impl.sync(model(gc_grace_seconds=100, compaction={"class": "LeveledCompactionStrategy"}))
        assert option(impl, "manage_options", "gc_grace_seconds") == 100
        impl.sync(model(gc_grace_seconds=200, default_time_to_live=5))
        assert option(impl, "manage_options", "gc_grace_seconds") == 200
        assert option(impl, "manage_options", "default_time_to_live") == 5
        assert "Leveled" in option(impl, "manage_options", "compaction")["class"]

    def test_indexes(self, impl):
        class ManageIndexes(impl.Model):
            key = impl.columns.Integer(primary_key=True)
            text = impl.columns.Text(index=True)
            tags = impl.columns.Set(impl.columns.Text, index=True)
            full = impl.columns.List(impl.columns.Text, frozen=True, index=True)
            custom = impl.columns.Text(custom_index=True)

        impl.sync(ManageIndexes)
        query = "SELECT options FROM system_schema.indexes WHERE keyspace_name='{ks}' AND table_name='manage_indexes'"
        targets = sorted(options["target"].replace('"', "") for (options,) in impl.rows(query))
        assert targets == ["full(full)", "text", "values(tags)"]

    def test_several_places(self, impl):
        class ManagePlaces(impl.Model):
            key = impl.columns.Integer(primary_key=True)

        other = f"{impl.keyspace}_places"
        impl.management.create_keyspace_simple(other, 1)
        impl.management.sync_table(ManagePlaces, keyspaces=[impl.keyspace, other], connections=["default"])
        query = "SELECT table_name FROM system_schema.tables WHERE keyspace_name=%s"
        assert impl.rows(query, other) == [("manage_places",)]
        impl.management.drop_table(ManagePlaces, keyspaces=[other], connections=["default"])
        assert impl.rows(query, other) == []
        impl.management.drop_keyspace(other)

    @pytest.mark.differs("create-if-not-exists", AlreadyExists)
    def test_two_clients_may_sync_one_table_at_the_same_time(self, impl):
        class ManageRace(impl.Model):
            key = impl.columns.Integer(primary_key=True)

        impl.management.sync_table(ManageRace, connections=["default", "other"])
        assert described(impl, "manage_race", "key") == [("int", "partition_key", "none")]

    @pytest.mark.parametrize("arguments", [{"keyspaces": "a"}, {"connections": "default"}])
    def test_places_are_lists(self, impl, arguments):
        model = type("ManageLists", (impl.Model,), {"key": impl.columns.Integer(primary_key=True)})
        with pytest.raises(ValueError, match=r"."):
            impl.management.sync_table(model, **arguments)

    def test_what_cannot_be_synced(self, impl):
        abstract = type("ManageAbstract", (impl.Model,), {"__abstract__": True})
        key = {"key": impl.columns.Integer(primary_key=True)}
        nowhere = type("ManageNowhere", (impl.Model,), {**key, "__keyspace__": "compat_nowhere"})
        for model in (abstract, nowhere, str):
            with pytest.raises(impl.root.CQLEngineException):
                impl.sync(model)


class TestTypes:
    def test_they_are_created_and_grow(self, impl):
        def user_type(**fields):
            return type("ManageType", (impl.UserType,), {"a": impl.columns.Text(), **fields})

        impl.management.sync_type(impl.keyspace, user_type())
        impl.management.sync_type(impl.keyspace, user_type(b=impl.columns.List(impl.columns.Integer)))
        query = "SELECT field_names, field_types FROM system_schema.types WHERE keyspace_name='{ks}' AND type_name=%s"
        (names, types), *_ = impl.rows(query, "manage_type")
        assert (list(names), list(types)) == (["a", "b"], ["text", "list<int>"])

    def test_something_else_is_refused(self, impl):
        with pytest.raises(impl.root.CQLEngineException):
            impl.management.sync_type(impl.keyspace, str)

    def test_create_type(self, impl):
        class ManageText(impl.UserType):
            a = impl.columns.Text()

        text = impl.management.get_create_type(ManageText, impl.keyspace)
        assert text.startswith("CREATE TYPE")
        assert "manage_text" in text

    def test_reserved_field_names_are_refused(self, impl):
        with pytest.raises(impl.usertype.UserTypeDefinitionException):
            type("ManageReserved", (impl.UserType,), {"keys": impl.columns.Text()})
        with pytest.raises(impl.usertype.UserTypeDefinitionException):
            type("ManageTwice", (impl.UserType,), {"a": impl.columns.Text(), "b": impl.columns.Text(db_field="a")})


class TestConnections:
    def test_they_are_found_by_name(self, impl):
        found = impl.connection.get_connection("other")
        assert found.name == "other"
        assert isinstance(impl.connection.get_session("other"), Session)
        assert impl.connection.get_cluster("other") is found.cluster
        assert impl.connection.get_connection().session is impl.connection.session

    def test_unknown_ones_are_refused(self, impl):
        for call in ("get_connection", "set_default_connection"):
            with pytest.raises(impl.root.CQLEngineException):
                getattr(impl.connection, call)("nobody")

    def test_unregistering_twice_is_harmless(self, impl):
        impl.connection.unregister_connection("nobody")

    def test_a_session_comes_alone(self, impl):
        session = impl.connection.get_session("other")
        with pytest.raises(impl.root.CQLEngineException):
            impl.connection.register_connection("both", ["127.0.0.1"], session=session)

    def test_the_default_may_change(self, impl):
        impl.connection.set_default_connection("other")
        try:
            assert impl.connection.get_connection().name == "other"
        finally:
            impl.connection.set_default_connection("default")

    def test_messages_name_the_place(self, impl):
        text = impl.connection.format_log_context("hello", connection="c", keyspace="k")
        assert text == "[Connection: c, Keyspace: k] hello"

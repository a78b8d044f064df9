"""The models of the property tests, on one real node."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helenus import connection, management
from helenus.integrations.pytest_plugin import ClusterUnderTest
from tests.properties.models import KEYSPACE, NAME, EveryType, Garage


@pytest.fixture(scope="session", autouse=True)
def _tables(cluster1: ClusterUnderTest) -> Iterator[None]:
    connection.register_connection(NAME, cluster1.hosts, cluster_options={"port": cluster1.port})
    management.create_keyspace_simple(KEYSPACE, 1, connections=[NAME])
    for model in (EveryType, Garage):
        management.sync_table(model)
    yield
    connection.unregister_connection(NAME)

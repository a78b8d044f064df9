"""Session fixtures of the whole suite: two real single-node clusters, started when the first test asks for one.

They are the ones that users get from the pytest plugin. The plugin is registered here when helenus is on the path but
not installed, so that its entry point is not known to pytest.
"""

from __future__ import annotations

import pytest

from helenus.integrations import pytest_plugin
from helenus.integrations.pytest_plugin import ClusterUnderTest


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin, unless pytest found it by its entry point."""
    if not config.pluginmanager.is_registered(pytest_plugin):
        config.pluginmanager.register(pytest_plugin, "helenus")


@pytest.fixture(scope="session")
def cluster1(cassandra_cluster: ClusterUnderTest) -> ClusterUnderTest:
    """Give the first real cluster: ``.hosts`` (contact points) and ``.port``; never the port 9042."""
    return cassandra_cluster


@pytest.fixture(scope="session")
def cluster2(cassandra_clusters: tuple[ClusterUnderTest, ClusterUnderTest]) -> ClusterUnderTest:
    """Give the second real cluster, which knows nothing of the first."""
    return cassandra_clusters[1]

"""Ways to reach a cluster; adapters are loaded by name, so that nobody pays for a driver that is not used."""

"""A Django application whose models live in Cassandra."""

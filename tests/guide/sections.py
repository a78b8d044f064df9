"""The code of the Connections guide, section by section, in its two editions; the syntax errors of both are repaired.

Three things are the reader's own, and a test puts its own in their place: the package that names are imported from, the
addresses, and the names of keyspaces. Where the guide says "registers your connections" or "define your model", the
reader's code stands in ``YOURS``.
"""

from __future__ import annotations

REGISTER = """
from cassandra.cqlengine import connection

connection.setup(['127.0.0.1'])
connection.register_connection('cluster2', ['127.0.0.2'])
"""

REGISTER_SESSION = """
from cassandra.cqlengine import connection
from cassandra.cluster import Cluster

session = Cluster(['127.0.0.1']).connect()
connection.register_connection('cluster3', session=session)
"""

DEFAULT_AT_REGISTRATION = """
from cassandra.cqlengine import connection

connection.register_connection('cluster2', ['127.0.0.2'], default=True)
"""

DEFAULT = """
connection.set_default_connection('cluster2')
"""

UNREGISTER = """
connection.unregister_connection('cluster2')
"""

MANAGEMENT = """
from cassandra.cqlengine import management

keyspaces = ['ks1', 'ks2']
conns = ['cluster1', 'cluster2']

# registers your connections
# ...
{register}
# create all keyspaces on all connections
for ks in keyspaces:
    management.create_simple_keyspace(ks, connections=conns)

# define your Automobile model
# ...
{model}
# sync your models
management.sync_table(Automobile, keyspaces=keyspaces, connections=conns)
"""

MODEL_CONNECTION = """
class Automobile(Model):
    __keyspace__ = 'test'
    __connection__ = 'cluster2'
    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    model = columns.Text(primary_key=True)

print(len(Automobile.objects.all()))  # executed on the connection 'cluster2'
"""

USING = """
Automobile.objects.using(connection='cluster1').create(manufacturer='honda', year=2010, model='civic')
q = Automobile.objects.filter(manufacturer='Tesla')
autos = q.using(keyspace='ks2', connection='cluster2').all()

for auto in autos:
    auto.using(connection='cluster1').save()
"""

CONTEXT = """
with ContextQuery(Automobile, connection='cluster1') as A:
    A.objects.filter(manufacturer='honda').all()  # executed on 'cluster1'
"""

BATCH = """
with BatchQuery(connection='cluster1') as b:
    Automobile.objects.batch(b).create(manufacturer='honda', year=2010, model='civic')
"""

YOURS = {
    "register": """
connection.register_connection('cluster1', ['127.0.0.1'])
connection.register_connection('cluster2', ['127.0.0.2'])
""",
    "model": """
class Automobile(Model):
    manufacturer = columns.Text(primary_key=True)
    year = columns.Integer(primary_key=True)
    model = columns.Text(primary_key=True)
""",
}

COMMON = {
    "change the default at registration": DEFAULT_AT_REGISTRATION,
    "change the default on the fly": DEFAULT,
    "unregister": UNREGISTER,
    "management": MANAGEMENT.format(**YOURS),
    "default model connection": MODEL_CONNECTION,
    "queryset and model instance": USING,
    "context manager": CONTEXT,
    "batch": BATCH,
}

EDITIONS = {
    "experimental": {"register": REGISTER, **COMMON},
    "stable": {"register": REGISTER, "register a session": REGISTER_SESSION, **COMMON},
}
"""The code by section, by edition: the newer one also registers a session of the reader's own."""

IMPORTS = {
    "cassandra.cqlengine": """
from cassandra.cqlengine import columns
from cassandra.cqlengine.models import Model
from cassandra.cqlengine.query import BatchQuery, ContextQuery
""",
    "helenus.cqlengine": """
from helenus.cqlengine import columns
from helenus.cqlengine.models import Model
from helenus.cqlengine.query import BatchQuery, ContextQuery
""",
    "helenus": """
from helenus import BatchQuery, ContextQuery, Model, columns
""",
}
"""The imports that the guide leaves to the reader, by the package that they are from."""

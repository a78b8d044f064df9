"""Models as a project with django-cassandra-engine writes them: the package's own, and cqlengine's plain ones."""

from __future__ import annotations

import uuid

from cassandra.cqlengine import columns
from cassandra.cqlengine.models import Model
from django_cassandra_engine.models import DjangoCassandraModel


class Part(DjangoCassandraModel):
    """One column as the key."""

    id = columns.UUID(primary_key=True, default=uuid.uuid4)
    name = columns.Text(required=True, index=True)
    price = columns.Integer()
    tags = columns.Set(columns.Text)
    added = columns.DateTime()

    class Meta:
        """Django's options."""

        app_label = "shop"


class Bin(DjangoCassandraModel):
    """Two columns as the key, and a column with another name in the database."""

    shelf = columns.Text(primary_key=True)
    place = columns.Integer(primary_key=True, clustering_order="DESC")
    holds = columns.Text(db_field="content")

    class Meta:
        """Django's options."""

        get_pk_field = "shelf"


class Plain(Model):
    """A model of cqlengine's, which the package syncs as well."""

    key = columns.Text(primary_key=True)
    value = columns.Map(columns.Text, columns.Integer)

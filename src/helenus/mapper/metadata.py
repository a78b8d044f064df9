"""What a model's class body says about its table, read once and frozen.

Pure values: this module does not know how a class body is read (``declare``), nor what is done with the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helenus.mapper.columns import AnyColumn

__all__ = ["TableMeta", "table_name_of"]

MAX_DERIVED_NAME = 48  # Cassandra's limit for keyspace and table names (SchemaConstants.NAME_LENGTH)


@dataclass(frozen=True, slots=True, eq=False)
class TableMeta:
    """The table that a model maps.

    Args:
        model_name: the model's class name, for messages.
        keyspace: the keyspace as declared; the class attribute ``__keyspace__`` may change later and wins.
        name: CQL name of the table, unquoted.
        columns: all columns in declaration order, inherited ones first.
        partition_key: the columns of the partition key, in order.
        clustering_key: the clustering columns, in order.
        options: ``__options__`` as written.
        discriminator: the column that tells the subclass of a row, if the model is polymorphic.
    """

    model_name: str
    keyspace: str | None
    name: str
    columns: tuple[AnyColumn, ...]
    partition_key: tuple[AnyColumn, ...]
    clustering_key: tuple[AnyColumn, ...]
    options: Mapping[str, object]
    discriminator: AnyColumn | None = None
    primary_key: tuple[AnyColumn, ...] = field(init=False)
    static: tuple[AnyColumn, ...] = field(init=False)
    regular: tuple[AnyColumn, ...] = field(init=False)
    by_name: Mapping[str, AnyColumn] = field(init=False)
    by_db_name: Mapping[str, AnyColumn] = field(init=False)
    has_counter: bool = field(init=False)

    def __post_init__(self) -> None:
        """Derive what follows from the columns."""
        derived = {
            "primary_key": self.partition_key + self.clustering_key,
            "static": tuple(c for c in self.columns if c.static),
            "regular": tuple(c for c in self.columns if not c.primary_key and not c.static),
            "by_name": MappingProxyType({c.column_name: c for c in self.columns}),
            "by_db_name": MappingProxyType({c.db_field_name: c for c in self.columns}),
            "has_counter": any(c.db_type == "counter" for c in self.columns),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def names(self) -> str:
        """Return the column names for a message: ``manufacturer, year, model``."""
        return ", ".join(self.by_name)


def table_name_of(class_name: str) -> str:
    """Return the table name that a class name gives.

    An underscore is put between a lower-case letter and the capital after it, the last 48 characters are taken,
    lower-cased, leading underscores dropped: ``FooBar`` gives ``foo_bar``, ``HTTPServer`` gives ``httpserver``.
    """
    snake = re.sub(r"([a-z])([A-Z])", r"\1_\2", class_name)
    return snake[-MAX_DERIVED_NAME:].lower().lstrip("_")

"""The public interface of cqlengine by introspection, and what of it helenus does not have on purpose."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

MODULES = (
    "columns",
    "connection",
    "functions",
    "management",
    "models",
    "named",
    "operators",
    "query",
    "statements",
    "usertype",
)

SPECIAL = (
    "__abstract__",
    "__table_name__",
    "__table_name_case_sensitive__",
    "__keyspace__",
    "__connection__",
    "__options__",
    "__default_ttl__",
    "__discriminator_value__",
    "__compute_routing_key__",
    "__queryset__",
    "__dmlquery__",
    "__consistency__",
    "pk",
    "_columns",
    "_defined_columns",
    "_primary_keys",
    "_partition_keys",
    "_clustering_keys",
    "_partition_key_index",
    "_key_serializer",
    "_db_map",
    "_pk_name",
    "_dynamic_columns",
    "_has_counter",
    "_is_polymorphic",
    "_is_polymorphic_base",
    "_polymorphic_base",
    "_discriminator_column",
    "_discriminator_column_name",
    "_discriminator_map",
    "_table_name",
    "_get_keyspace",
    "_get_column",
    "_get_column_by_db_name",
    "_raw_column_family_name",
    "_get_connection",
    "_construct_instance",
    "_routing_key_from_values",
    "_as_dict",
    "_ttl",
    "_timestamp",
    "_conditional",
    "_batch",
    "_timeout",
    "_is_persisted",
    "_connection",
    "_values",
    "_set_persisted",
    "_if_exists",
    "_if_not_exists",
)
"""Names of models that begin with an underscore, and that users set or other packages read."""

EXCEPTIONS = {
    "*.value_manager": "what changed follows from comparing with what was loaded; nothing manages values",
    "columns.*ValueManager.get_property": "the same; `_values[name]` shows value, previous_value, changed, deleted",
    "columns.*ValueManager.reset_previous_value": "the same",
    "columns.*ValueManager(value=)": "the same; `_values[name]` makes them",
    "connection.Connection.setup_session": "a session of the user's is never changed, see Connection selection",
    "models.Model.__dmlquery__": "override `save()`, `update()` or `delete()` of the model",
    "models.Model._discriminator_map": "the subclasses are looked through",
    "models.Model._key_serializer": "prepared statements know their routing keys",
    "models.Model._routing_key_from_values": "the same",
    "models.Model._set_persisted": "only a write that was applied makes an instance one that is saved",
    "models.hybrid_classmethod": "a helper of the models' own implementation",
    "*.BaseCQLStatement": "no statement is built from clauses; everything is bound to prepared text",
    "*.*Statement": "the same",
    "*.*Clause": "the same; conditions are built by `Model.column == value`, `filter()` and `iff()`",
    "statements.ContainerUpdateTypeMapMeta": "the same",
    "statements.*Quoter": "the same",
    "statements.FETCH_SIZE_UNSET": "the same",
    "statements.IsNotNull*.*": "`IsNotNull(column)` makes a condition; it is no clause with a context of its own",
}
"""Patterns of names (``module.Class.attribute``, ``module.function(parameter=)``), each with the reason."""


def public(module: ModuleType, prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield the public names of a module of cqlengine: its own and those of its sister modules."""
    for name, value in sorted(vars(module).items()):
        home = getattr(value, "__name__" if isinstance(value, ModuleType) else "__module__", "cassandra.cqlengine")
        if name.startswith("_") or not str(home).startswith("cassandra.cqlengine") or name == "log":
            continue
        yield f"{prefix}.{name}", value


def parameters(function: Any) -> Iterator[inspect.Parameter]:
    """Yield the parameters of a function or method, but for the one that it is bound to."""
    for name, parameter in inspect.signature(_plain(function)).parameters.items():
        if name not in ("self", "cls"):
            yield parameter


def _plain(function: Any) -> Any:
    function = getattr(function, "__func__", function)
    return getattr(function, "on_instance", function)


def lacking(name: str, theirs: Any, ours: Any, examples: Iterable[object] = ()) -> Iterator[str]:
    """Yield what of a class or function of theirs ours does not have, nor any example that is an instance of ours."""
    if inspect.isclass(theirs):
        known = {*dir(ours), *dir(type(ours))}
        known.update(*(dir(example) for example in examples if isinstance(ours, type) and isinstance(example, ours)))
        yield from _lacking_of_class(name, theirs, ours, known)
    elif inspect.isfunction(theirs):
        yield from _lacking_parameters(name, theirs, ours)


def _lacking_of_class(name: str, theirs: type, ours: Any, known: set[str]) -> Iterator[str]:
    for attribute in dir(theirs):
        if attribute.startswith("_") and attribute != "__init__":
            continue
        if attribute not in known:
            yield f"{name}.{attribute}"
            continue
        theirs_static = inspect.getattr_static(theirs, attribute)
        if inspect.isfunction(getattr(theirs_static, "__func__", theirs_static)):
            owner = name if attribute == "__init__" else f"{name}.{attribute}"
            makes = inspect.isfunction(ours) and attribute == "__init__"  # a function may stand for a class
            yield from _lacking_parameters(
                owner, theirs_static, ours if makes else inspect.getattr_static(ours, attribute)
            )


def _lacking_parameters(name: str, theirs: Any, ours: Any) -> Iterator[str]:
    own = {parameter.name: parameter.kind for parameter in parameters(ours)}
    for parameter in parameters(theirs):
        collects = parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        if parameter.name not in own and not (collects and parameter.kind in own.values()):
            yield f"{name}({parameter.name}=)"

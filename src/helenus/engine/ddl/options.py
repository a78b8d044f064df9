"""The options behind WITH: which there are, what they may be, and what they are if nobody says.

This module must not know the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from helenus.cql.ast import Constant, MapLiteral, Option, Term, Word
from helenus.engine.catalog import OptionValue
from helenus.engine.errors import ConfigurationError, InvalidRequest, RequestError
from helenus.errors import CQLSyntaxError

__all__ = ["PropertyError", "properties", "replication", "table_options", "text_map"]

Property: TypeAlias = str | dict[str, str]

MAX_TTL = 20 * 365 * 24 * 60 * 60


class PropertyError(CQLSyntaxError):
    """An option that cannot be: for Cassandra a syntax error, though one without a place.

    Args:
        message: in Cassandra's words.
    """

    def __init__(self, message: str) -> None:
        """Leave out the place."""
        super().__init__(message)
        self.args = (message,)

    def __reduce__(self) -> tuple[type[PropertyError], tuple[str]]:
        """Pickle without a place."""
        return type(self), (self.message,)


def properties(options: Sequence[Option], known: frozenset[str]) -> dict[str, Property]:
    """Return options by name, their values as text.

    Args:
        options: those of a statement.
        known: the names that there may be.

    Raises:
        PropertyError: a name stands there twice, or is not known.
    """
    found: dict[str, Property] = {}
    for option in options:
        if option.name in found:
            raise PropertyError(f"Multiple definitions for property '{option.name}'")
        found[option.name] = text_map(option.value) if isinstance(option.value, MapLiteral) else _text(option.value)
    for name in found:
        if name not in known:
            raise PropertyError(f"Unknown property '{name}'")
    return found


def _text(term: Term | Word) -> str:
    if isinstance(term, Constant | Word):
        return term.text
    raise InvalidRequest("Invalid property value")


def text_map(literal: MapLiteral) -> dict[str, str]:
    """Return a map literal of constants as text.

    Args:
        literal: the map.
    """
    return {_text(key): _text(value) for key, value in literal.items}


# ---- keyspaces -------------------------------------------------------------------------------------------------------

_LOCATOR = "org.apache.cassandra.locator."


def replication(keyspace: str, given: Property, data_center: str) -> dict[str, str]:
    """Return a replication map as ``system_schema.keyspaces`` has it.

    Args:
        keyspace: the keyspace's name.
        given: what WITH REPLICATION says.
        data_center: the node's, which a bare ``replication_factor`` of NetworkTopologyStrategy stands for.

    Raises:
        PropertyError: it is no map.
        ConfigurationError: there is no such strategy, or it does not take these options.
    """
    if isinstance(given, str):
        raise PropertyError("Invalid value for property 'replication'. It should be a map.")
    chosen = dict(given)
    name = chosen.pop("class", None)
    if name is None:
        raise ConfigurationError("Missing replication strategy class")
    full = name if "." in name else _LOCATOR + name
    if full == f"{_LOCATOR}SimpleStrategy":
        return {"class": full, **_simple(keyspace, chosen)}
    if full == f"{_LOCATOR}NetworkTopologyStrategy":
        return {"class": full, **_network(keyspace, chosen, data_center)}
    raise ConfigurationError(f"Unable to find replication strategy class '{full}'")


def _simple(keyspace: str, options: dict[str, str]) -> dict[str, str]:
    for name in options:
        if name != "replication_factor":
            message = f"Unrecognized strategy option {{{name}}} passed to SimpleStrategy for keyspace {keyspace}"
            raise ConfigurationError(message)
    factor = options.get("replication_factor", "1")
    _check_factor(factor)
    return {"replication_factor": factor}


def _network(keyspace: str, options: dict[str, str], data_center: str) -> dict[str, str]:
    if "replication_factor" in options:
        factor = options.pop("replication_factor")
        options.setdefault(data_center, factor)
    for name, factor in options.items():
        if name != data_center:
            raise ConfigurationError(
                f"Unrecognized strategy option {{{name}}} passed to NetworkTopologyStrategy for keyspace {keyspace}"
            )
        _check_factor(factor)
    return options


def _check_factor(text: str) -> None:
    whole = text.split("/", 1)[0]
    if not whole.lstrip("-").isdecimal():
        raise ConfigurationError(f'For input string: "{text}"')
    if int(whole) < 0:
        raise ConfigurationError(f"Replication factor must be non-negative; found {text}")


# ---- tables ----------------------------------------------------------------------------------------------------------

_COMPACTION = "org.apache.cassandra.db.compaction."
_STRATEGIES = frozenset(
    {"LeveledCompactionStrategy", "SizeTieredCompactionStrategy", "TimeWindowCompactionStrategy"}
    | {"UnifiedCompactionStrategy"}
)
_COMPRESSION = "org.apache.cassandra.io.compress."
_COMPRESSORS = frozenset({"DeflateCompressor", "LZ4Compressor", "NoopCompressor", "SnappyCompressor", "ZstdCompressor"})

DEFAULTS: Mapping[str, OptionValue] = {
    "additional_write_policy": "99p",
    "allow_auto_snapshot": None,
    "bloom_filter_fp_chance": 0.01,
    "caching": {"keys": "ALL", "rows_per_partition": "NONE"},
    "cdc": None,
    "comment": "",
    "compaction": {
        "class": f"{_COMPACTION}SizeTieredCompactionStrategy",
        "max_threshold": "32",
        "min_threshold": "4",
    },
    "compression": {"chunk_length_in_kb": "16", "class": f"{_COMPRESSION}LZ4Compressor"},
    "crc_check_chance": 1.0,
    "dclocal_read_repair_chance": 0.0,
    "default_time_to_live": 0,
    "extensions": {},
    "flags": frozenset({"compound"}),
    "gc_grace_seconds": 864000,
    "incremental_backups": None,
    "max_index_interval": 2048,
    "memtable": None,
    "memtable_flush_period_in_ms": 0,
    "min_index_interval": 128,
    "read_repair": "BLOCKING",
    "read_repair_chance": 0.0,
    "speculative_retry": "99p",
}


def table_options(given: Sequence[Option], before: Mapping[str, OptionValue] = DEFAULTS) -> dict[str, OptionValue]:
    """Return the options of a table.

    Args:
        given: those of the statement.
        before: what they are as long as nobody says otherwise.

    Raises:
        PropertyError: there is no such option, or it is of another kind.
        ConfigurationError: its value cannot be.
    """
    found = properties(given, frozenset(_READERS))
    if isinstance(given_class := found.get("compaction"), dict) and "Leveled" in given_class.get("class", ""):
        before = {**before, "bloom_filter_fp_chance": 0.1} if before is DEFAULTS else before
    changed = {name: _READERS[name](name, value) for name, value in found.items() if name != "id"}
    return {**before, **changed}


def _plain(name: str, value: Property) -> str:
    if isinstance(value, str):
        return value
    raise PropertyError(f"Invalid value for property '{name}'. It should be a string")


def _whole(name: str, value: Property) -> int:
    text = _plain(name, value)
    try:
        return int(text)
    except ValueError:
        raise PropertyError(f"Invalid integer value {text} for '{name}'") from None


def _at_least(least: int) -> Callable[[str, Property], int]:
    def read(name: str, value: Property) -> int:
        number = _whole(name, value)
        if number < least:
            raise ConfigurationError(f"{name} must be greater than or equal to {least} (got {number})")
        return number

    return read


def _time_to_live(name: str, value: Property) -> int:
    number = _at_least(0)(name, value)
    if number > MAX_TTL:
        raise ConfigurationError(f"{name} must be less than or equal to {MAX_TTL} (got {number})")
    return number


def _real(name: str, value: Property) -> float:
    text = _plain(name, value)
    try:
        return float(text)
    except ValueError:
        raise PropertyError(f"Invalid double value {text} for '{name}'") from None


def _bloom(name: str, value: Property) -> float:
    number = _real(name, value)
    if not 6.71e-5 < number <= 1.0:
        message = f"{name} must be larger than 6.71E-5 and less than or equal to 1.0 (got {number})"
        raise ConfigurationError(message)
    return number


def _chance(name: str, value: Property) -> float:
    number = _real(name, value)
    if not 0.0 <= number <= 1.0:
        message = f"{name} must be larger than or equal to 0 and smaller than or equal to 1.0 (got {number})"
        raise ConfigurationError(message)
    return number


def _boolean(name: str, value: Property) -> bool:
    return _plain(name, value).lower() in {"1", "true", "yes"}


def _map(name: str, value: Property) -> dict[str, str]:
    if isinstance(value, str):
        raise PropertyError(f"Invalid value for property '{name}'. It should be a map.")
    return dict(sorted(value.items()))


def _compaction(name: str, value: Property) -> dict[str, str]:
    given = _map(name, value)
    chosen = given.pop("class", None)
    if chosen is None:
        raise ConfigurationError("Missing sub-option 'class' for the 'compaction' option")
    full = chosen if "." in chosen else _COMPACTION + chosen
    if full.removeprefix(_COMPACTION) not in _STRATEGIES:
        raise ConfigurationError(f"Unable to find compaction strategy class '{full}'")
    thresholds = {"max_threshold": "32", "min_threshold": "4"}
    own = {} if full.endswith(("UnifiedCompactionStrategy",)) else thresholds
    return dict(sorted({**own, **given, "class": full}.items()))


def _compression(name: str, value: Property) -> dict[str, str]:
    given = _map(name, value)
    if given.get("enabled", "true").lower() == "false":
        return {"enabled": "false"}
    given.pop("enabled", None)
    chosen = given.pop("class", None)
    if not given and chosen is None:
        return {"enabled": "false"}
    if chosen is None:
        raise ConfigurationError("Missing sub-option 'class' for the 'compression' option.")
    full = chosen if "." in chosen else _COMPRESSION + chosen
    if full.removeprefix(_COMPRESSION) not in _COMPRESSORS:
        raise ConfigurationError(f"Could not create Compression for type {full}")
    return dict(sorted({"chunk_length_in_kb": "16", **given, "class": full}.items()))


def _caching(name: str, value: Property) -> dict[str, str]:
    given = _map(name, value)
    for option, setting in given.items():
        if option not in {"keys", "rows_per_partition"}:
            raise ConfigurationError(
                f"Invalid caching sub-options [{option}]: only 'keys' and 'rows_per_partition' are allowed"
            )
        allowed = setting in {"ALL", "NONE"} or (option == "rows_per_partition" and setting.isdecimal())
        if not allowed:
            said = (
                "only 'ALL' and 'NONE' are allowed"
                if option == "keys"
                else "only 'ALL', 'NONE', and integer values are allowed"
            )
            raise ConfigurationError(f"Invalid value '{setting}' for caching sub-option '{option}': {said}")
    return {"keys": "ALL", "rows_per_partition": "NONE", **given}


def _speculative(name: str, value: Property) -> str:
    text = _plain(name, value)
    low = text.lower()
    number = low.removesuffix("percentile").removesuffix("ms").removesuffix("p")
    if low not in {"none", "always", "never"} and not number.replace(".", "", 1).isdecimal() and "(" not in low:
        raise ConfigurationError(f"Invalid value {text} for option '{name}'")
    return {"none": "NEVER", "never": "NEVER", "always": "ALWAYS"}.get(low, text)


def _read_repair(name: str, value: Property) -> str:
    text = _plain(name, value).upper()
    if text not in {"BLOCKING", "NONE"}:
        # Nobody catches this in Cassandra either: it is answered as a server error.
        raise RequestError(
            "java.lang.IllegalArgumentException: No enum constant "
            f"org.apache.cassandra.service.reads.repair.ReadRepairStrategy.{text}"
        )
    return text


_READERS: Mapping[str, Callable[[str, Property], OptionValue]] = {
    "additional_write_policy": _speculative,
    "allow_auto_snapshot": _boolean,
    "bloom_filter_fp_chance": _bloom,
    "caching": _caching,
    "cdc": _boolean,
    "comment": _plain,
    "compaction": _compaction,
    "compression": _compression,
    "crc_check_chance": _chance,
    "default_time_to_live": _time_to_live,
    "extensions": _map,
    "gc_grace_seconds": _at_least(0),
    "id": _plain,
    "incremental_backups": _boolean,
    "max_index_interval": _at_least(1),
    "memtable": _plain,
    "memtable_flush_period_in_ms": _at_least(0),
    "min_index_interval": _at_least(1),
    "read_repair": _read_repair,
    "speculative_retry": _speculative,
}

"""Table options: which ones of a model differ from what the server stores.

Any option may be named, known here or not: the server judges. Compared are the options that the model names and the
server shows, and of an option that is a map, the keys that the model names: the server adds defaults of its own.
Values are compared as values, since the server writes them in its own way: ``'0.10'`` is ``0.1``, a Java class may be
named in full or in short, ``99PERCENTILE`` is ``99p``.

Source: Cassandra's ``TableAttributes``, ``TableParams`` and ``SchemaKeyspace.addTableParamsToRowBuilder``. This
module does not know models nor statements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Drift", "drift", "named"]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_AMOUNT = re.compile(r"(\d+\.?\d*|\.\d+)\s*(PERCENTILE|P|MS)\b")

# What it means that the server shows nothing for an option that it knows: it writes these only where they are set.
_WHEN_NOT_SHOWN: Mapping[str, object] = {
    "memtable": "default",
    "allow_auto_snapshot": True,
    "incremental_backups": True,
}

# The same for keys of an option that is a map.
_WHEN_KEY_NOT_SHOWN: Mapping[tuple[str, str], object] = {
    ("compaction", "enabled"): True,
    ("compression", "enabled"): True,
}

# Keys of `compression` before Cassandra 3.0, which servers still take (and ScyllaDB still shows).
_OLD_KEYS = {"sstable_compression": "class", "chunk_length_kb": "chunk_length_in_kb"}

# Since Cassandra 4.0, which has `read_repair` in their place, these are shown as 0.0 and cannot be set any more.
_OBSOLETE = frozenset({"read_repair_chance", "dclocal_read_repair_chance"})

# Taken by ALTER TABLE and ignored: only the server's own plug-ins write it.
_IGNORED = frozenset({"extensions"})


@dataclass(frozen=True, slots=True)
class Drift:
    """One option whose value on the server is not the model's.

    Args:
        name: the option's name.
        wanted: the model's value.
        found: the server's value; None if it shows none.
    """

    name: str
    wanted: object
    found: object


def named(options: Mapping[str, object]) -> dict[str, object]:
    """Return the options that a model gives a value, by lower-case name, sorted; None is no value."""
    return {name: value for name, value in sorted((n.lower(), v) for n, v in options.items()) if value is not None}


def drift(wanted: Mapping[str, object], shown: Mapping[str, object]) -> tuple[Drift, ...]:
    """Return the options that differ, sorted by name.

    Args:
        wanted: the model's ``__options__``.
        shown: the row of ``system_schema.tables``: option by name, None where the server shows nothing.
    """
    return tuple(
        Drift(name, value, shown[name])
        for name, value in named(wanted).items()
        if _is_comparable(name, shown) and not _is_same(name, value, shown[name])
    )


def _is_comparable(name: str, shown: Mapping[str, object]) -> bool:
    if name not in shown or name in _IGNORED or (name in _OBSOLETE and "read_repair" in shown):
        return False
    return shown[name] is not None or name in _WHEN_NOT_SHOWN


def _is_same(name: str, wanted: object, shown: object) -> bool:
    if shown is None:
        shown = _WHEN_NOT_SHOWN[name]
    if isinstance(wanted, Mapping) and isinstance(shown, Mapping):
        return _is_same_map(name, wanted, shown)
    normal = _NORMAL.get(name, _plain)
    return normal(wanted) == normal(shown)


def _is_same_map(name: str, wanted: Mapping[object, object], shown: Mapping[object, object]) -> bool:
    asked, stored = _keys(name, wanted), _keys(name, shown)
    return all(
        key in stored and _plain_item(key, value) == _plain_item(key, stored[key]) for key, value in asked.items()
    )


def _keys(name: str, value: Mapping[object, object]) -> dict[str, object]:
    keys = {_OLD_KEYS.get(str(key), str(key)): item for key, item in value.items()}
    if name == "compression" and keys.get("class") == "":  # how compression was switched off before Cassandra 3.0
        keys = {"enabled": False}
    implied = {key: item for (option, key), item in _WHEN_KEY_NOT_SHOWN.items() if option == name}
    return implied | keys


def _plain_item(key: str, value: object) -> object:
    """Return a map's value in a form that compares; Java classes by their short name."""
    return str(value).rpartition(".")[2] if key == "class" else _plain(value)


def _plain(value: object) -> object:
    """Return a value in a form that compares: numbers by value, other texts without regard to case."""
    text = str(value).strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else text.lower()


def _policy(value: object) -> str:
    """Return a speculative retry policy in the form that compares: ``MIN(99PERCENTILE, 50ms)`` is ``MIN(99p,50ms)``."""
    text = _AMOUNT.sub(_amount, str(value).upper())
    return re.sub(r"\s+", "", text).replace("NONE", "NEVER")


def _amount(match: re.Match[str]) -> str:
    number = float(match[1])
    return f"{int(number)}ms" if match[2] == "MS" else f"{number:g}p"  # Cassandra cuts milliseconds off, too


_NORMAL: Mapping[str, Callable[[object], object]] = {
    "comment": str,
    "speculative_retry": _policy,
    "additional_write_policy": _policy,
}

"""The [option] notation of a type: its number, and what a number needs besides.

Types have no ``frozen<>`` on the wire. This module must not know values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helenus.cql.types import CQLType, List, Map, Native, Set, Tuple, unfreeze
from helenus.errors import ValidationError
from helenus.wire.class_names import MAX_DEPTH, class_name, parse_class_name
from helenus.wire.errors import ProtocolError
from helenus.wire.notation import short, string
from helenus.wire.reader import Reader
from helenus.wire.types import Udt, thaw

__all__ = ["NATIVE_OPTIONS", "read_type", "write_type"]

_CUSTOM = 0x00
_LIST = 0x20
_MAP = 0x21
_SET = 0x22
_UDT = 0x30
_TUPLE = 0x31

NATIVE_OPTIONS: Mapping[str, int] = {
    "ascii": 0x01,
    "bigint": 0x02,
    "blob": 0x03,
    "boolean": 0x04,
    "counter": 0x05,
    "decimal": 0x06,
    "double": 0x07,
    "float": 0x08,
    "int": 0x09,
    "timestamp": 0x0B,
    "uuid": 0x0C,
    "text": 0x0D,
    "varint": 0x0E,
    "timeuuid": 0x0F,
    "inet": 0x10,
    "date": 0x11,
    "time": 0x12,
    "smallint": 0x13,
    "tinyint": 0x14,
    "duration": 0x15,
}
"""The number of each native type; 0x0D is called varchar by the specification."""

_SINCE = {"date": 4, "time": 4, "smallint": 4, "tinyint": 4, "duration": 5}
_NATIVES = {option: Native(name) for name, option in NATIVE_OPTIONS.items()} | {0x0A: Native("text")}


def write_type(of: CQLType, version: int) -> bytes:
    """Write the [option] of a type.

    Args:
        of: the type, frozen or not; its user types have their fields.
        version: the protocol version; a type that it has no number for travels as a class name.

    Raises:
        ProtocolError: the fields of a user type are not known, or a name is too long.
    """
    plain = unfreeze(of)
    match plain:
        case Native() if version >= _SINCE.get(plain.name, 3):
            return short(NATIVE_OPTIONS[plain.name])
        case List():
            return short(_LIST) + write_type(plain.element, version)
        case Set():
            return short(_SET) + write_type(plain.element, version)
        case Map():
            return short(_MAP) + write_type(plain.key, version) + write_type(plain.value, version)
        case Tuple():
            parts = [write_type(part, version) for part in plain.elements]
            return short(_TUPLE) + short(len(parts)) + b"".join(parts)
        case Udt():
            return _write_udt(plain, version)
        case _:
            return short(_CUSTOM) + string(_class_name(plain))


def _write_udt(of: Udt, version: int) -> bytes:
    fields = [string(name) + write_type(part, version) for name, part in of.fields]
    return short(_UDT) + string(of.keyspace) + string(of.name) + short(len(fields)) + b"".join(fields)


def _class_name(of: CQLType) -> str:
    try:
        return class_name(of)
    except ValidationError as error:
        raise ProtocolError(str(error)) from error


def read_type(reader: Reader) -> CQLType:
    """Take the [option] of a type.

    Args:
        reader: where it begins.

    Raises:
        ProtocolError: there is no such type, or it is nested too deep.
    """
    return _read(reader, MAX_DEPTH)


def _read(reader: Reader, depth: int) -> CQLType:
    if not depth:
        raise ProtocolError(f"A type is nested deeper than {MAX_DEPTH} levels")
    option = reader.short()
    native = _NATIVES.get(option)
    if native is not None:
        return native
    read = _READERS.get(option)
    if read is None:
        raise ProtocolError(f"Unknown data type code 0x{option:04x}")
    return read(reader, depth - 1)


def _read_custom(reader: Reader, _depth: int) -> CQLType:
    name = reader.string()
    try:
        return thaw(parse_class_name(name))
    except ValidationError as error:
        raise ProtocolError(str(error)) from error


def _read_tuple(reader: Reader, depth: int) -> Tuple:
    count = reader.short()
    if not count:
        raise ProtocolError("A tuple type has no elements")
    return Tuple(tuple([_read(reader, depth) for _ in range(count)]))


def _read_udt(reader: Reader, depth: int) -> Udt:
    keyspace, name = reader.string(), reader.string()
    return Udt(keyspace, name, tuple([(reader.string(), _read(reader, depth)) for _ in range(reader.short())]))


_READERS: Mapping[int, Callable[[Reader, int], CQLType]] = {
    _CUSTOM: _read_custom,
    _LIST: lambda reader, depth: List(_read(reader, depth)),
    _MAP: lambda reader, depth: Map(_read(reader, depth), _read(reader, depth)),
    _SET: lambda reader, depth: Set(_read(reader, depth)),
    _TUPLE: _read_tuple,
    _UDT: _read_udt,
}

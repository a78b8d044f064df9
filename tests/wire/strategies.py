"""Hypothesis strategies: types, values of a type, and every message that a protocol version can carry."""

from __future__ import annotations

import ipaddress
import string
import uuid
from decimal import Decimal
from functools import cache, partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from helenus import wire
from helenus.cql.types import CQLType, Custom, Frozen, List, Map, Native, Set, Tuple, Vector
from helenus.wire.class_names import NATIVE_CLASSES

VERSIONS = (3, 4, 5, 6)

quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For what runs once for every version; nothing here is timed, for the machine may be busy."""

thorough = settings(quick, max_examples=120)

texts = st.text(max_size=8)
words = st.text("jklmnoz_", min_size=1, max_size=8)
"""Names in class names; in hexadecimal each of these letters has a letter, or the driver would take it for a number."""

blobs = st.binary(max_size=12)
shorts = st.integers(0, 0xFFFF)
ints = st.integers(-(1 << 31), (1 << 31) - 1)
longs = st.integers(-(1 << 63), (1 << 63) - 1)
addresses = st.ip_addresses()
levels = st.sampled_from(wire.Consistency)

# ---- types -----------------------------------------------------------------------------------------------------------


def plain(items: SearchStrategy) -> SearchStrategy:
    """Draw the same, but print as nothing: Hypothesis refuses to print a strategy as large as these grow."""

    @st.composite
    def drawn(draw: st.DrawFn) -> object:
        return draw(items)

    return drawn()


natives = st.sampled_from(sorted(NATIVE_CLASSES)).map(Native)
customs = st.just(Custom("org.apache.cassandra.db.marshal.LexicalUUIDType"))


def udts(types: SearchStrategy[CQLType], names: SearchStrategy[str] = words) -> SearchStrategy[wire.Udt]:
    """Draw user types with fields of these types."""
    fields = st.lists(st.tuples(names, types), min_size=1, max_size=3, unique_by=lambda field: field[0])
    return st.builds(wire.Udt, words, names, fields.map(tuple))


def containers(types: SearchStrategy[CQLType]) -> SearchStrategy[CQLType]:
    """Draw types made of these."""
    return plain(
        st.one_of(
            st.builds(List, types),
            st.builds(Set, types),
            st.builds(Map, types, types),
            st.lists(types, min_size=1, max_size=3).map(tuple).map(Tuple),
            st.builds(Vector, types, st.integers(1, 3)),
            udts(types),
        )
    )


plain_types = plain(st.recursive(natives, containers, max_leaves=4))
"""Types without ``frozen<>``, each of which the wire can name."""

types = plain(
    st.recursive(
        natives | customs, lambda inner: plain(containers(inner) | st.builds(Frozen, containers(inner))), max_leaves=4
    )
)

# ---- values ----------------------------------------------------------------------------------------------------------

SCALARS: dict[str, SearchStrategy[object]] = {
    "ascii": st.text(st.characters(max_codepoint=127), max_size=8),
    "bigint": longs,
    "blob": blobs,
    "boolean": st.booleans(),
    "counter": longs,
    "date": st.integers(0, (1 << 32) - 1),
    "decimal": st.builds(
        lambda unscaled, scale: Decimal(unscaled).scaleb(-scale), st.integers(-(10**20), 10**20), st.integers(-50, 50)
    ),
    "double": st.floats(allow_nan=False),
    "duration": st.tuples(st.sampled_from([1, -1]), *[st.integers(0, (1 << bits) - 1) for bits in (31, 31, 63)]).map(
        lambda parts: wire.Duration(*[parts[0] * part for part in parts[1:]])
    ),
    "float": st.floats(width=32, allow_nan=False),
    "inet": addresses,
    "int": ints,
    "smallint": st.integers(-(1 << 15), (1 << 15) - 1),
    "text": texts,
    "time": st.integers(0, 86_399_999_999_999),
    "timestamp": longs,
    "timeuuid": st.uuids().map(
        lambda one: uuid.UUID(fields=(*one.fields[:2], one.fields[2] & 0xFFF | 0x1000, *one.fields[3:]))
    ),
    "tinyint": st.integers(-128, 127),
    "uuid": st.uuids(),
    "varint": st.integers(-(1 << 100), 1 << 100),
}


def maybe(items: SearchStrategy) -> SearchStrategy:
    """Draw one of them or None."""
    return st.none() | items


@cache
def values(of: CQLType) -> SearchStrategy[object]:
    """Draw values of a type, as ``decode`` returns them."""
    match of:
        case Native():
            return SCALARS[of.name]
        case List():
            return st.lists(values(of.element), max_size=3).map(tuple)
        case Set():
            return st.lists(values(of.element), max_size=3).map(tuple)
        case Map():
            return st.lists(st.tuples(values(of.key), values(of.value)), max_size=3).map(tuple)
        case Tuple():
            return st.tuples(*[maybe(values(part)) for part in of.elements])
        case wire.Udt():
            return st.tuples(*[maybe(values(part)) for _, part in of.fields])
        case Vector():
            return st.tuples(*[values(of.element)] * of.dimension)
        case Frozen():
            return values(of.inner)
    return blobs


typed_values = plain(plain_types.flatmap(lambda of: st.tuples(st.just(of), values(of))))

# ---- requests --------------------------------------------------------------------------------------------------------


def bound(version: int) -> SearchStrategy[object]:
    """Draw one bound value."""
    return blobs | st.none() if version < 4 else blobs | st.none() | st.just(wire.UNSET)


@st.composite
def parameters(draw: st.DrawFn, version: int) -> wire.QueryParameters:
    """Draw parameters."""
    values = tuple(draw(st.lists(bound(version), max_size=4)))
    named = draw(st.booleans())
    return wire.QueryParameters(
        consistency=draw(levels),
        values=values,
        names=tuple(draw(st.lists(texts, min_size=len(values), max_size=len(values)))) if named else None,
        skip_metadata=draw(st.booleans()),
        page_size=draw(maybe(st.integers(1, (1 << 31) - 1))),
        paging_state=draw(maybe(blobs)),
        serial_consistency=draw(maybe(levels)),
        timestamp=draw(maybe(st.integers(1 - (1 << 63), (1 << 63) - 1))),
        keyspace=draw(maybe(texts)) if version >= 5 else None,
        now_in_seconds=draw(maybe(ints)) if version >= 5 else None,
    )


def batch_entries(version: int) -> SearchStrategy[wire.BatchEntry]:
    """Draw statements of a batch."""
    return st.builds(wire.BatchEntry, texts | blobs, st.lists(bound(version), max_size=3).map(tuple))


@cache
def requests(version: int) -> SearchStrategy[wire.RequestMessage]:
    """Draw requests that a version can carry."""
    return st.one_of(
        st.builds(wire.Startup, st.dictionaries(st.text(string.ascii_uppercase, max_size=8), texts, max_size=3)),
        st.builds(wire.Options),
        st.builds(wire.Query, texts, parameters(version)),
        st.builds(wire.Prepare, texts, maybe(texts) if version >= 5 else st.none()),
        st.builds(wire.Execute, blobs, parameters(version), blobs if version >= 5 else st.none()),
        st.builds(
            wire.Batch,
            st.sampled_from(wire.BatchKind),
            st.lists(batch_entries(version), max_size=3).map(tuple),
            parameters(version),
        ),
        st.builds(wire.Register, st.lists(st.sampled_from(wire.EventType), max_size=3).map(tuple)),
        st.builds(wire.AuthResponse, maybe(blobs)),
    )


# ---- responses -------------------------------------------------------------------------------------------------------


def wire_types(version: int) -> SearchStrategy[CQLType]:
    """Draw types that come back as they went: without ``frozen<>``, and with UDTs whose names stand in class names."""
    del version  # every version names every type, by number or by class
    return plain_types | customs


specs = partial(st.builds, wire.ColumnSpec)


@cache
def columns(version: int, *, least: int = 0) -> SearchStrategy[wire.Columns]:
    """Draw columns of one table or of several."""
    of = wire_types(version)
    one_table = st.lists(specs(st.just("ks"), st.just("t"), texts, of), min_size=least, max_size=3)
    tables = st.lists(specs(texts, texts, texts, of), min_size=least, max_size=3)
    return (one_table | tables).map(tuple).map(wire.Columns)


@st.composite
def rows(draw: st.DrawFn, version: int) -> wire.Rows:
    """Draw a page."""
    known = draw(columns(version, least=1))
    metadata = wire.ResultMetadata(
        draw(st.sampled_from([known, len(known)])),
        draw(maybe(blobs)),
        draw(maybe(blobs)) if version >= 5 else None,
    )
    row = st.tuples(*[maybe(blobs)] * len(known))
    return wire.Rows(metadata, tuple(draw(st.lists(row, max_size=4))))


@st.composite
def prepared(draw: st.DrawFn, version: int) -> wire.Prepared:
    """Draw what PREPARE answers."""
    return wire.Prepared(
        draw(blobs),
        draw(columns(version)),
        tuple(draw(st.lists(shorts, max_size=3))) if version >= 4 else (),
        draw(columns(version) | st.just(0)),
        draw(blobs) if version >= 5 else None,
    )


@st.composite
def schema_changes(draw: st.DrawFn, version: int) -> wire.SchemaChange:
    """Draw changes of the schema."""
    targets = list(wire.SchemaTarget) if version >= 4 else list(wire.SchemaTarget)[:3]
    target = draw(st.sampled_from(targets))
    has_arguments = target in {wire.SchemaTarget.FUNCTION, wire.SchemaTarget.AGGREGATE}
    return wire.SchemaChange(
        draw(st.sampled_from(wire.ChangeType)),
        target,
        draw(texts),
        None if target is wire.SchemaTarget.KEYSPACE else draw(texts),
        tuple(draw(st.lists(texts, max_size=3))) if has_arguments else (),
    )


write_types = st.sampled_from(wire.WriteType)
counts = (texts, levels, ints, ints)


@st.composite
def write_timeouts(draw: st.DrawFn, version: int) -> wire.WriteTimeout:
    """Draw timeouts; only a Paxos write counts contentions, since v5."""
    kind = draw(write_types)
    contentions = draw(shorts) if version >= 5 and kind is wire.WriteType.CAS else 0
    return wire.WriteTimeout(*[draw(one) for one in counts], kind, contentions)


@st.composite
def failed(draw: st.DrawFn, version: int, kind: type[wire.Failure], last: SearchStrategy) -> wire.Failure:
    """Draw failures of replicas: counted up to v4, named since v5."""
    if version < 5:
        failures, reasons = draw(ints), ()
    else:
        reasons = tuple(draw(st.lists(st.tuples(addresses, shorts), max_size=3)))
        failures = len(reasons)
    return kind(*[draw(one) for one in counts], failures, reasons, draw(last))


plain_codes = sorted(
    set(wire.ErrorCode)
    - {
        wire.ErrorCode.UNAVAILABLE,
        wire.ErrorCode.WRITE_TIMEOUT,
        wire.ErrorCode.READ_TIMEOUT,
        wire.ErrorCode.READ_FAILURE,
        wire.ErrorCode.FUNCTION_FAILURE,
        wire.ErrorCode.WRITE_FAILURE,
        wire.ErrorCode.CAS_WRITE_UNKNOWN,
        wire.ErrorCode.ALREADY_EXISTS,
        wire.ErrorCode.UNPREPARED,
    }
)


@cache
def failures(version: int) -> SearchStrategy[wire.Failure]:
    """Draw errors that a version knows."""
    known = [
        st.builds(wire.Error, texts, st.sampled_from(plain_codes) | st.just(0x7777)),
        st.builds(wire.Unavailable, *counts),
        write_timeouts(version),
        st.builds(wire.ReadTimeout, *counts, st.booleans()),
        st.builds(wire.AlreadyExists, texts, texts, texts),
        st.builds(wire.Unprepared, texts, blobs),
    ]
    if version >= 4:
        known += [
            failed(version, wire.ReadFailure, st.booleans()),
            failed(version, wire.WriteFailure, write_types),
            st.builds(wire.FunctionFailure, texts, texts, texts, st.lists(texts, max_size=3).map(tuple)),
        ]
    if version >= 5:
        known.append(st.builds(wire.CasWriteUnknown, *counts))
    return st.one_of(known)


@cache
def responses(version: int) -> SearchStrategy[wire.ResponseMessage]:
    """Draw responses that a version can carry."""
    return st.one_of(
        failures(version),
        st.builds(wire.Ready),
        st.builds(wire.Authenticate, texts),
        st.builds(wire.Supported, st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=3)),
        st.builds(wire.AuthChallenge, maybe(blobs)),
        st.builds(wire.AuthSuccess, maybe(blobs)),
        st.builds(wire.Void),
        rows(version),
        st.builds(wire.SetKeyspace, texts),
        prepared(version),
        st.builds(wire.SchemaChanged, schema_changes(version)),
        st.builds(wire.SchemaEvent, schema_changes(version)),
        st.builds(wire.TopologyEvent, texts, addresses, ints),
        st.builds(wire.StatusEvent, texts, addresses, ints),
    )


# ---- with what their frames say --------------------------------------------------------------------------------------

payloads = st.dictionaries(texts, maybe(blobs), max_size=2)
streams = st.integers(-(1 << 15), (1 << 15) - 1)


@cache
def framed_requests(version: int) -> SearchStrategy[wire.Request]:
    """Draw requests with tracing and payload."""
    payload = maybe(payloads) if version >= 4 else st.none()
    return st.builds(wire.Request, streams, requests(version), st.just(version), st.booleans(), payload)


@cache
def framed_responses(version: int) -> SearchStrategy[wire.Response]:
    """Draw responses with tracing id, warnings and payload."""
    warnings = st.lists(texts, max_size=2).map(tuple) if version >= 4 else st.just(())
    payload = maybe(payloads) if version >= 4 else st.none()
    return st.builds(wire.Response, streams, responses(version), st.just(version), maybe(st.uuids()), warnings, payload)


LOCALHOST = ipaddress.ip_address("127.0.0.1")

"""Turn PEM files as people have them into the one PEM file that Cassandra reads.

Cassandra's PEM reader takes the key in PKCS#8 form only; many tools write the older forms. It knows no sockets.
Sources: RFC 8017 A.1.2, RFC 5915, RFC 5958; Cassandra's ``PEMBasedSslContextFactory``.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import TYPE_CHECKING

from helenus.errors import CassandraLaunchError

if TYPE_CHECKING:
    from helenus.cassandra.spec import TLS

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)

SEQUENCE, INTEGER_ZERO, OCTET_STRING, EC_PARAMETERS = 0x30, b"\x02\x01\x00", 0x04, 0xA0
RSA_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
EC_OID = bytes.fromhex("06072a8648ce3d0201")
LONG_LENGTH = 0x80


def pem_bundle(tls: TLS) -> str:
    """Return the text of one PEM file with the private key in PKCS#8 form and the certificate chain.

    Raises:
        CassandraLaunchError: a file cannot be read, or does not hold what it should.
    """
    key = _key(_read(tls.key), str(tls.key), encrypted=tls.key_password is not None)
    chain = [_armour("CERTIFICATE", body) for label, body in _read(tls.certificate) if label == "CERTIFICATE"]
    if not chain:
        msg = f"{tls.certificate} holds no certificate; expected a PEM file with '-----BEGIN CERTIFICATE-----'"
        raise CassandraLaunchError(msg)
    return "".join([key, *chain])


def _read(path: str | Path | None) -> list[tuple[str, bytes]]:
    """Return the label and content of each PEM block of a file."""
    try:
        text = Path(str(path)).read_text("ascii", "replace")
        return [(label, base64.b64decode(_without_headers(body))) for label, body in _BLOCK.findall(text)]
    except (OSError, binascii.Error) as error:
        msg = f"cannot read the PEM file {path}: {error}"
        raise CassandraLaunchError(msg) from error


def _without_headers(body: str) -> str:
    """Drop the RFC 1421 headers of an old encrypted key; its label is refused later, with a better message."""
    return "".join(line for line in body.splitlines() if ":" not in line)


def _key(blocks: list[tuple[str, bytes]], path: str, *, encrypted: bool) -> str:
    """Return the first private key of a file as PKCS#8."""
    wanted = "ENCRYPTED PRIVATE KEY" if encrypted else "PRIVATE KEY"
    for label, body in blocks:
        if label == wanted:
            return _armour(label, body)
        if label == "RSA PRIVATE KEY" and not encrypted:
            return _armour("PRIVATE KEY", _pkcs8(RSA_ALGORITHM, body))
        if label == "EC PRIVATE KEY" and not encrypted:
            return _armour("PRIVATE KEY", _pkcs8(_field(SEQUENCE, EC_OID + _curve(body, path)), body))
    found = ", ".join(label for label, _ in blocks) or "no PEM block"
    msg = (
        f"{path} holds {found}; expected '{wanted}'. Convert it: openssl pkcs8 -topk8 "
        f"{'' if encrypted else '-nocrypt '}-in {path} -out key.pem"
        + ("" if encrypted else "; for an encrypted key, give key_password=")
    )
    raise CassandraLaunchError(msg)


def _pkcs8(algorithm: bytes, key: bytes) -> bytes:
    """Wrap an old-style key: version 0, algorithm, and the key as an octet string."""
    return _field(SEQUENCE, INTEGER_ZERO + algorithm + _field(OCTET_STRING, key))


def _curve(key: bytes, path: str) -> bytes:
    """Return the curve's OID from an ECPrivateKey: version, key, [0] parameters, [1] public key."""
    _, rest, _ = _split(key)
    while rest:
        tag, value, rest = _split(rest)
        if tag == EC_PARAMETERS:
            return value
    msg = f"{path}: the EC key does not name its curve; convert it: openssl pkcs8 -topk8 -nocrypt -in {path}"
    raise CassandraLaunchError(msg)


def _split(data: bytes) -> tuple[int, bytes, bytes]:
    """Return the tag and value of the first DER field, and what follows it."""
    length, start = data[1], 2
    if length & LONG_LENGTH:
        start += length & ~LONG_LENGTH
        length = int.from_bytes(data[2:start], "big")
    return data[0], data[start : start + length], data[start + length :]


def _field(tag: int, value: bytes) -> bytes:
    """Return one DER field."""
    size = len(value)
    if size < LONG_LENGTH:
        return bytes([tag, size]) + value
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, LONG_LENGTH | len(length)]) + length + value


def _armour(label: str, body: bytes) -> str:
    text = base64.b64encode(body).decode("ascii")
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"

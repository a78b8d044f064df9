"""TLS options -> an ``ssl.SSLContext`` that checks the server, or an error that says why not.

The driver's own way from ``ssl_options`` to a context leaves the host name unchecked, writes ``cert_reqs`` where the
option flags belong and with ``ssl_version=PROTOCOL_TLS`` checks nothing at all (``Connection._build_ssl_context_from_
options``, scylla-driver 3.29 and cassandra-driver 3.30), so it is never used. This module opens no connection.
"""

from __future__ import annotations

import difflib
import logging
import ssl
from collections.abc import Mapping

from helenus.errors import TLSConfigurationError

__all__ = ["ALLOW", "checked_options"]

log = logging.getLogger("helenus.connection")

ALLOW = "allow_unverified_tls"
"""The option that must be spelled out for a connection that does not check whom it talks to."""

_SOCKET_KEYS = frozenset({"do_handshake_on_connect", "server_hostname", "suppress_ragged_eofs"})
_CONTEXT_KEYS = frozenset(
    {"ca_certs", "cert_reqs", "certfile", "check_hostname", "ciphers", "keyfile", "password", "ssl_version"}
)
_NEGOTIATED = frozenset({ssl.PROTOCOL_TLS, ssl.PROTOCOL_TLS_CLIENT})
_INSTEAD = (
    "Take ssl.create_default_context(cafile=...) as cluster_options={'ssl_context': ...}, "
    f"or, to talk to an unverified server all the same, add '{ALLOW}': True."
)


def checked_options(name: str, options: Mapping[str, object]) -> dict[str, object]:
    """Return cluster options whose TLS part checks the server's certificate chain and host name.

    Args:
        name: the connection, for messages.
        options: cluster options; ``ssl_context``, ``ssl_options`` and ``allow_unverified_tls`` are looked at.

    Raises:
        TLSConfigurationError: when they would not check it and ``allow_unverified_tls`` is not True, or when the
            driver would ignore an option.
    """
    checked = dict(options)
    allowed = checked.pop(ALLOW, False) is True
    context, given = checked.get("ssl_context"), checked.pop("ssl_options", None)
    if given is not None and not isinstance(given, Mapping):
        raise TLSConfigurationError(f"Connection {name!r}: ssl_options must be a dict, not {type(given).__name__}.")
    if context is not None:
        _warn_unless_checking(name, context, allowed=allowed)
        _refuse_unknown(name, given or {}, _SOCKET_KEYS, "beside an ssl_context, which settles the rest")
    elif given is not None:
        _refuse_unknown(name, given, _SOCKET_KEYS | _CONTEXT_KEYS, "in ssl_options")
        checked["ssl_context"] = _context(name, given, allowed=allowed)
    socket_options = {key: value for key, value in (given or {}).items() if key in _SOCKET_KEYS}
    if socket_options:
        # Beside a context the driver hands these, and only these, to wrap_socket().
        checked["ssl_options"] = socket_options
    return checked


def _context(name: str, given: Mapping[str, object], *, allowed: bool) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=_path(given.get("ca_certs")))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _restrict_version(name, context, given.get("ssl_version"))
        certificate = _path(given.get("certfile"))
        if certificate is not None:
            password = given.get("password")
            context.load_cert_chain(certificate, _path(given.get("keyfile")), password=password)  # type: ignore[arg-type]
        if given.get("ciphers") is not None:
            context.set_ciphers(str(given["ciphers"]))
    except OSError as error:  # ssl.SSLError is one; the message holds file names and reasons, never keys
        raise TLSConfigurationError(
            f"Connection {name!r}: ssl_options cannot be loaded (ca_certs={given.get('ca_certs')!r}, "
            f"certfile={given.get('certfile')!r}, keyfile={given.get('keyfile')!r}): {error}"
        ) from error
    _weaken(name, context, given, allowed=allowed)
    return context


def _restrict_version(name: str, context: ssl.SSLContext, version: object) -> None:
    if version is None or version in _NEGOTIATED:
        return
    if version == ssl.PROTOCOL_TLSv1_2:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return
    raise TLSConfigurationError(
        f"Connection {name!r}: ssl_version={version!r} in ssl_options is not a client's TLS 1.2 or newer. Leave it out."
    )


def _weaken(name: str, context: ssl.SSLContext, given: Mapping[str, object], *, allowed: bool) -> None:
    requires = given.get("cert_reqs", ssl.CERT_REQUIRED)
    reasons = []
    if requires is not None and requires != ssl.CERT_REQUIRED:
        reasons.append(f"cert_reqs={requires!r} does not check the server's certificate")
    if not given.get("check_hostname", True):
        reasons.append("check_hostname=False does not check the server's name")
    if not reasons:
        return
    reason = " and ".join(reasons)
    if not allowed:
        raise TLSConfigurationError(f"Connection {name!r}: {reason}. {_INSTEAD}")
    log.warning("Connection %r talks to an unverified server, as %s allows: %s.", name, ALLOW, reason)
    context.check_hostname = False
    if requires is not None and requires != ssl.CERT_REQUIRED:
        context.verify_mode = ssl.CERT_NONE


def _warn_unless_checking(name: str, context: object, *, allowed: bool) -> None:
    checks_chain = getattr(context, "verify_mode", None) == ssl.CERT_REQUIRED
    checks_name = bool(getattr(context, "check_hostname", False))
    if checks_chain and checks_name:
        return
    what = "certificate chain" if not checks_chain else "host name"
    if allowed:
        log.info("Connection %r: ssl_context does not check the server's %s, as %s allows.", name, what, ALLOW)
        return
    log.warning(
        "Connection %r: ssl_context does not check the server's %s: anyone on the way can read and change what is "
        "sent. Set verify_mode = CERT_REQUIRED and check_hostname = True, or add '%s': True to cluster_options.",
        name,
        what,
        ALLOW,
    )


def _refuse_unknown(name: str, given: Mapping[str, object], known: frozenset[str], where: str) -> None:
    for key in given:
        if key not in known:
            close = difflib.get_close_matches(str(key), sorted(known), n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise TLSConfigurationError(
                f"Connection {name!r}: {key!r} means nothing {where}; known: {', '.join(sorted(known))}.{hint}"
            )


def _path(value: object) -> str | None:
    return None if value is None else str(value)

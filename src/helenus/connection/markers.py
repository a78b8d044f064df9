"""Raw CQL with ``?``, ``%s``, ``%(name)s`` or ``:name`` markers -> text with ``?`` and the values in their order.

Pure text work. No value ever enters the text: that is the whole point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from helenus.errors import StatementException

__all__ = ["is_select", "positional"]

# What must not be read as a marker comes first: strings, quoted names, code blocks, comments.
_PIECES = re.compile(
    r"""(?P<other>'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$.*?\$\$|--[^\n]*|//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<percent>%%)|%\((?P<key>[^)]*)\)s|(?P<next>%s)|:(?P<name>[A-Za-z_]\w*)|(?P<mark>\?)""",
    re.DOTALL,
)
_SELECT = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|//[^\n]*(?:\n|$)|/\*.*?\*/)*SELECT\b", re.IGNORECASE | re.DOTALL)


def is_select(text: str) -> bool:
    """Tell whether a statement only reads, so that it may be sent again."""
    return _SELECT.match(text) is not None


def positional(text: str, params: Sequence[object] | Mapping[str, object]) -> tuple[str, Sequence[object]]:
    """Return a statement with ``?`` for each marker, and the values in the order of the markers.

    Args:
        text: CQL; ``%%`` stands for one ``%`` if it has ``%s`` or ``%(name)s`` markers, as with client-side formatting.
        params: values by position for ``?`` and ``%s``, by name for ``%(name)s`` and ``:name``.

    Raises:
        StatementException: when markers and values do not fit each other.
    """
    if isinstance(params, Mapping):
        return _by_name(text, params)
    if isinstance(params, str | bytes):
        raise StatementException(f"params must be a list, tuple or dict of values, not {type(params).__name__}: {text}")
    found = [piece for piece in _PIECES.finditer(text) if piece["next"] or piece["mark"]]
    kinds = {"%s" if piece["next"] else "?" for piece in found}
    if len(kinds) > 1:
        raise StatementException(f"One statement cannot mix %s and ? markers: {text}")
    if any(piece["key"] is not None for piece in _PIECES.finditer(text)):
        raise StatementException(f"Markers by name, as in %(name)s, need a dict of values: {text}")
    if len(found) != len(params):
        raise StatementException(f"{len(found)} values are needed, {len(params)} were given: {text}")
    return (_PIECES.sub(_question_mark, text).replace("%%", "%") if "%s" in kinds else text), params


def _question_mark(piece: re.Match[str]) -> str:
    return "?" if piece["next"] else piece[0]


def _by_name(text: str, params: Mapping[str, object]) -> tuple[str, Sequence[object]]:
    values: list[object] = []
    percent = any(piece["key"] is not None for piece in _PIECES.finditer(text))

    def question_mark(piece: re.Match[str]) -> str:
        if piece["next"] or piece["mark"]:
            raise StatementException(f"Values by name need %(name)s or :name markers, not {piece[0]}: {text}")
        name = piece["key"] if percent else piece["name"]
        if name is None or (not percent and name not in params):  # a :name may also stand in a map: {'a':now()}
            return piece[0]
        if name not in params:
            raise StatementException(f"No value for the marker {piece[0]} was given: {text}")
        values.append(params[name])
        return "?"

    changed = _PIECES.sub(question_mark, text)
    return (changed.replace("%%", "%") if percent else changed), values

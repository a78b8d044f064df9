"""Columns of characters and bytes: text, ascii, blob and inet.

The driver decodes these to the Python value that the column has, so none of them has a loader. This module must not
know containers, models or the driver.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, cast, overload

from helenus.errors import ValidationError
from helenus.mapper.columns.base import Column
from helenus.mapper.columns.options import Binder, ColumnOptions

if TYPE_CHECKING:
    from typing import Unpack

    from helenus.mapper.model import BaseModel
    from helenus.mapper.usertype import BaseUserType

__all__ = ["Ascii", "Blob", "Bytes", "Inet", "Text"]


class Blob(Column[bytes]):
    """A ``blob``: bytes.

    Takes bytes, bytearray and memoryview; ``None`` as well, which cqlengine refuses with a bare ``Exception``.
    """

    db_type = "blob"
    _mutable = True  # an assigned bytearray; what the driver decodes is bytes

    def _clean(self, value: object) -> bytes:
        if isinstance(value, (bytes, bytearray)):
            return cast(bytes, value)
        if isinstance(value, memoryview):
            return bytes(value)
        raise self.refusal(value, "bytes, bytearray or memoryview", "encode text with str.encode()")

    def _write(self, value: bytes) -> bytes:
        return bytes(value)

    def _fast_binder(self, slow: Binder) -> Binder:
        return lambda value: value if type(value) is bytes else slow(value)


Bytes = Blob


class Inet(Column[str]):
    """An ``inet``: an IPv4 or IPv6 address, as a string.

    Takes strings and the address objects of :mod:`ipaddress`, and writes them as the driver prints what it reads, so
    that a value equals itself after a round trip. cqlengine sends any string to the server.
    """

    db_type = "inet"

    if TYPE_CHECKING:

        @overload
        def __set__(
            self, instance: BaseModel | BaseUserType, value: str | IPv4Address | IPv6Address | None
        ) -> None: ...
        @overload
        def __set__(self, instance: object, value: Column[str]) -> None: ...
        def __set__(self, instance: object, value: object) -> None: ...

    def _clean(self, value: object) -> str:
        if isinstance(value, (str, IPv4Address, IPv6Address)):
            try:
                # By its text, since an interface is an address to Python, and has a mask that would be lost.
                return _address_text(ip_address(str.__str__(value) if isinstance(value, str) else str(value)))
            except ValueError:
                pass
        raise self.refusal(
            value, "an IPv4 or IPv6 address", "give text such as '192.0.2.1' or '2001:db8::1', without mask or scope"
        )


def _address_text(address: IPv4Address | IPv6Address) -> str:
    """Return the text that C's ``inet_ntop`` gives, by which the driver decodes.

    Python's own differs in the addresses that end in an IPv4 address, and between Python versions.
    """
    if isinstance(address, IPv4Address):
        return str(address)
    if address.scope_id is not None:
        raise ValueError(address)
    number = int(address)
    tail = IPv4Address(number & 0xFFFFFFFF)
    if number >> 32 == 0xFFFF:
        return f"::ffff:{tail}"
    if number >> 32 == 0 and number >> 16:
        return f"::{tail}"
    return str(address)


class Text(Column[str]):
    """A ``text``: a string of Unicode characters.

    Subclasses of ``str`` are stored as the plain strings they are (``markupsafe.Markup``, ``StrEnum``, Django's
    ``SafeString``); a member of an ``(str, Enum)`` as its value. A bytearray is taken for UTF-8; bytes are refused, as
    in cqlengine.

    Args:
        min_length: the fewest characters; 1 by default if the column is ``required``. None is too short for it.
        max_length: the most characters.
        options: see :class:`Column`.

    Raises:
        ValueError: if a length is negative, or the greatest is below the least.
    """

    db_type = "text"

    def __init__(
        self, min_length: int | None = None, max_length: int | None = None, **options: Unpack[ColumnOptions]
    ) -> None:
        """Declare the column; see the class for the arguments."""
        if min_length is None and options.get("required"):
            min_length = 1
        if min_length is not None and min_length < 0:
            raise ValueError(f"min_length is not allowed to be negative, got {min_length}")
        if max_length is not None and max_length < 0:
            raise ValueError(f"max_length is not allowed to be negative, got {max_length}")
        if min_length is not None and max_length is not None and max_length < min_length:
            raise ValueError(f"max_length must be greater or equal to min_length, got {max_length} and {min_length}")
        self.min_length = min_length
        self.max_length = max_length
        super().__init__(**options)

    def _clean_null(self) -> None:
        if self.min_length:
            raise ValidationError(f"{self.label} is shorter than {self.min_length} characters: it is None")

    def _clean(self, value: object) -> str:
        text = self._check_characters(self._plain(value))
        if self.max_length is not None and len(text) > self.max_length:
            raise self.refusal(
                value, f"at most {self.max_length} characters", f"it is longer than {self.max_length} characters"
            )
        if self.min_length and len(text) < self.min_length:
            raise self.refusal(
                value, f"at least {self.min_length} characters", f"it is shorter than {self.min_length} characters"
            )
        return text

    def _plain(self, value: object) -> str:
        """Return exactly a ``str``."""
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, bytearray):
            try:
                return value.decode()
            except UnicodeDecodeError:
                raise self.refusal(value, "text", "the bytes are not UTF-8; decode them first") from None
        advice = "decode it with bytes.decode()" if isinstance(value, bytes) else "it is not a string; pass str(value)"
        raise self.refusal(value, "text (str)", advice)

    def _check_characters(self, text: str) -> str:
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise self.refusal(text, "text", "it holds a lone surrogate, which UTF-8 cannot encode") from None
        return text

    def _fast_binder(self, slow: Binder) -> Binder:
        if not self.min_length and self.max_length is None:
            return lambda value: value if type(value) is str and value.isascii() else slow(value)
        low, high = self.min_length or 0, float("inf") if self.max_length is None else self.max_length

        def bind(value: object) -> object:
            return value if type(value) is str and value.isascii() and low <= len(value) <= high else slow(value)

        return bind


class Ascii(Text):
    """An ``ascii``: a string of US-ASCII characters."""

    db_type = "ascii"

    def _check_characters(self, text: str) -> str:
        if not text.isascii():
            raise self.refusal(text, "US-ASCII text", "it is not an ASCII string; use a Text column for others")
        return text

"""The variable-length encodings that Yjs and our wire share (lib0): numbers, strings, bytes.

Owns bounded reading and writing of these primitives. Knows nothing of frames, updates or documents.
A number has exactly one encoding here: a padded one, which lib0 itself would accept, is refused,
so that two readers can never see two messages in the same bytes.
"""

from __future__ import annotations

from typing import Final

from revmod_live.errors import Malformed

MAX_UINT: Final = 2**53 - 1
"""The largest whole number that a browser can hold exactly."""
_MAX_UINT_BYTES: Final = 8

_ONE_BYTE: Final = tuple(bytes((n,)) for n in range(0x80))


def uint(number: int) -> bytes:
    """`number` (0 to 2^53 - 1) in lib0's varuint: seven bits a byte, lowest first."""
    if 0 <= number < 0x80:
        return _ONE_BYTE[number]
    if number < 0:
        raise ValueError("a varuint is not negative")
    if number < 0x4000:
        return bytes((number & 0x7F | 0x80, number >> 7))
    if number > MAX_UINT:
        raise ValueError("a varuint is below 2^53")
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def sint(number: int) -> bytes:
    """`number` (within ±(2^53 - 1)) in lib0's varint: sign in bit 6 of the first byte."""
    rest = abs(number)
    if rest > MAX_UINT:
        raise ValueError("a varint is within 2^53 of zero")
    first = (0x40 if number < 0 else 0) | (rest & 0x3F)
    rest >>= 6
    if not rest:
        return bytes((first,))
    return bytes((first | 0x80,)) + uint(rest)


def blob(data: bytes) -> bytes:
    """`data` behind its length in bytes."""
    return uint(len(data)) + data


def string(text: str) -> bytes:
    """`text` in UTF-8 behind its length in bytes. A lone surrogate is a `UnicodeEncodeError`."""
    return blob(text.encode())


class Decoder:
    """Reads primitives from `data`, never beyond its end. Every fault is `Malformed`."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes) -> None:
        self.data: Final = data
        self.at = 0
        self.end: Final = len(data)

    def uint(self) -> int:
        """The next varuint, below 2^53."""
        at = self.at
        if at < self.end:
            byte = self.data[at]
            if byte < 0x80:
                self.at = at + 1
                return byte
        return self._long_uint(0, 0)

    def _long_uint(self, number: int, shift: int) -> int:
        """The rest of a varuint whose first `shift` bits are in `number`."""
        start = self.at
        for byte in self.data[start : start + _MAX_UINT_BYTES]:
            number |= (byte & 0x7F) << shift
            shift += 7
            start += 1
            if byte < 0x80:
                if byte == 0 and start - self.at > 1:
                    raise Malformed("a padded number", place=f"byte {self.at}")
                if number > MAX_UINT:
                    break
                self.at = start
                return number
        raise Malformed("a number cut short or too large", place=f"byte {self.at}")

    def sint(self) -> int:
        """The next varint, within 2^53 of zero."""
        if self.at >= self.end:
            raise Malformed("a number cut short or too large", place=f"byte {self.at}")
        first = self.data[self.at]
        self.at += 1
        number = first & 0x3F
        if first & 0x80:
            start = self.at
            number = self._long_uint(number, 6)
            if self.data[start] == 0:
                raise Malformed("a padded number", place=f"byte {start}")
        return -number if first & 0x40 else number

    def blob(self) -> bytes:
        """The next bytes behind a length. A length beyond the end is refused before copying."""
        length = self.uint()
        at = self.at
        stop = at + length
        if stop > self.end:
            raise Malformed("a length beyond the end", place=f"byte {at}")
        self.at = stop
        return self.data[at:stop]

    def string(self) -> str:
        """The next string. Bad UTF-8 (so also a lone surrogate) is refused."""
        start = self.at
        try:
            return self.blob().decode()
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8", place=f"byte {start}") from error

    def at_end(self) -> bool:
        """Whether everything has been read."""
        return self.at >= self.end

    def finish(self) -> None:
        """Refuse whatever is left."""
        if self.at < self.end:
            raise Malformed("bytes after the end", place=f"byte {self.at}")

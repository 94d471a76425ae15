"""The container of a package: a ZIP file of one exact form, so that equal contents are equal bytes.

Every entry stored as it is, no times, no extras, in the order given. Written here and not by a library:
those differ between versions, and the form is part of what is checked for years. The page that checks
without us (`portal/verify/check.js`) has the same forty lines. Must not know what the entries mean.
"""

import struct
import zlib
from collections.abc import Iterable
from typing import Final

from revmod_live.errors import Malformed

Entry = tuple[str, bytes]

_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<IHHHHIIH")
_IS_LOCAL, _IS_CENTRAL, _IS_END = 0x04034B50, 0x02014B50, 0x06054B50
_VERSION, _UTF8, _STORED, _NO_TIME, _NO_DAY = 20, 0x0800, 0, 0, 0x21
_MADE_BY, _PLAIN_FILE = (3 << 8) | _VERSION, 0o100644 << 16
_START: Final = b"PK\x03\x04"
_MOST: Final = 0xFFFF


def write(entries: Iterable[Entry]) -> bytes:
    """The container of these entries, in this order."""
    body, directory, count = bytearray(), bytearray(), 0
    for name, data in entries:
        path, at, crc, size = name.encode(), len(body), zlib.crc32(data), len(data)
        common = (_VERSION, _UTF8, _STORED, _NO_TIME, _NO_DAY, crc, size, size, len(path), 0)
        body += _LOCAL.pack(_IS_LOCAL, *common) + path + data
        directory += _CENTRAL.pack(_IS_CENTRAL, _MADE_BY, *common, 0, 0, 0, _PLAIN_FILE, at) + path
        count += 1
    end = _END.pack(_IS_END, 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def read(data: bytes) -> tuple[list[Entry], bool]:
    """The entries, and whether the container is what `write` makes of them, byte for byte.

    What stands in the entries decides, not what the directory says of them. Raises Malformed.
    """
    entries: list[Entry] = []
    at = 0
    while data[at : at + 4] == _START:
        if len(entries) == _MOST or len(data) < at + _LOCAL.size:
            raise Malformed("an entry is cut off", place="package")
        _, _, flags, method, _, _, _, packed, size, name_length, extra = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + name_length + extra
        if method != _STORED or flags & 0x0009 or packed != size or start + size > len(data):
            raise Malformed("packed in another way, or cut off", place="package")
        try:
            name = data[at + _LOCAL.size : at + _LOCAL.size + name_length].decode()
        except UnicodeDecodeError as error:
            raise Malformed("a name is not UTF-8", place="package") from error
        entries.append((name, data[start : start + size]))
        at = start + size
    if not entries:
        raise Malformed("not a package", place="package")
    return entries, write(entries) == data

"""What may stand inside an item: marks, attribute values, text.

Owns the bounds of content, with the tables of `docs.schema`. Nothing nests here, so nothing can be deep.
Knows nothing of ids or of the order of structs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import chain
from typing import Final

from revmod_live.docs import schema
from revmod_live.errors import Malformed
from revmod_live.sync import lib0

FORMAT_MAX_CHARACTERS: Final = 8 * 1024
"""Longest value of a mark: a link's address and the braces around it."""

_NO_VALUE = ("null", "{}")
_ANY_STRING, _ANY_TRUE, _ANY_FALSE, _ANY_INTEGER, _ANY_NULL, _ANY_UNDEFINED = 119, 120, 121, 125, 126, 127
_VALUES = frozenset(chain.from_iterable(schema.ATTRIBUTES.values()))

Fault = Callable[[str], Malformed]


def check_format(key: str, value: str, *, strict: bool, fault: Fault) -> None:
    """A mark that begins (`value`: JSON) or ends (`null`) here."""
    if len(value) > FORMAT_MAX_CHARACTERS:
        raise fault("a mark too large")
    if strict and key not in schema.MARKS:
        raise fault(f"unknown mark {ascii(key)[:60]}")
    if value in _NO_VALUE and (key != schema.LINK or value == "null"):
        return
    try:
        parsed: object = json.loads(value, object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as error:
        raise fault("a mark whose value is not JSON") from error
    if not strict:
        return
    if key != schema.LINK or not isinstance(parsed, list) or len(parsed) != 1:
        raise fault(f"mark {key} with another value")
    ((name, href),) = parsed
    if name != schema.HREF or not schema.is_link(href) or _is_broken(href):
        raise fault("a link that is none")


def check_value(read: lib0.Decoder, key: str | None, *, strict: bool, fault: Fault) -> None:
    """One value of the attribute `key`; of an attribute that is not said here when None."""
    if read.at >= read.end:
        raise fault("cut short")
    tag = read.data[read.at]
    read.at += 1
    if tag == _ANY_NULL:
        return
    if tag == _ANY_STRING:
        value = read.string()
        if strict and value not in (_VALUES if key is None else schema.ATTRIBUTES[key]):
            raise fault(f"unknown value {ascii(value)[:60]}")
        return
    if strict or tag not in (_ANY_TRUE, _ANY_FALSE, _ANY_INTEGER, _ANY_UNDEFINED):
        raise fault(f"a value of type {tag}")
    if tag == _ANY_INTEGER:
        read.sint()


def utf16_pairs(text: str) -> tuple[list[int], int]:
    """The offsets between the halves of surrogate pairs in `text`, and its length, in UTF-16 units."""
    units = len(text.encode("utf-16-le")) // 2
    if units == len(text):
        return [], units
    offsets, at = [], 0
    for character in text:
        if character > "\uffff":
            offsets.append(at + 1)
            at += 1
        at += 1
    return offsets, units


def is_printable(text: str) -> bool:
    """Whether a block may hold `text`, control characters included in the judgement."""
    if text.isprintable():
        return True
    try:
        schema.check_text(text, place="", strict=True)
    except schema.OutsideSchema:
        return False
    return True


def _is_broken(href: object) -> bool:
    """A lone surrogate, which JSON's escapes can make, or what stands where one was."""
    return not isinstance(href, str) or "\ufffd" in href or any("\ud800" <= c <= "\udfff" for c in href)


def _pairs(pairs: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """The members of an object as they stand, so that a key given twice is seen."""
    return pairs

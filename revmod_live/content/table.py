"""A table of a data file, read key by key, that says where it went wrong.

Owns the checks that every data file needs: right type, nothing missing, nothing left
over. Must not know what the tables mean.
"""

import re
from collections.abc import Iterator, Mapping

from revmod_live.errors import Malformed

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


class Table:
    """The values of one table. Each way of reading raises Malformed, with file and place."""

    __slots__ = ("_place", "_unread", "_values")

    def __init__(self, values: Mapping[str, object], *, place: str) -> None:
        """Read `values`; `place` begins every error."""
        self._values = values
        self._place = place
        self._unread = set(values)

    def __contains__(self, key: str) -> bool:
        """Whether the key is there; does not count as reading it."""
        return key in self._values

    def names_within(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self._values)

    def error(self, problem: str) -> Malformed:
        """An error with this table's place."""
        return Malformed(problem, place=self._place)

    def is_text(self, key: str) -> bool:
        """Whether the value is a text; does not count as reading it."""
        return isinstance(self._values.get(key), str)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{key} is not a text")
        return value

    def name(self, key: str) -> str:
        """A stable name: lower-case letters, digits and hyphens."""
        return self._checked_name(self._value(key), key)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of stable names."""
        value = self._value(key)
        if not isinstance(value, list):
            raise self.error(f"{key} is not a list")
        return tuple(self._checked_name(one, key) for one in value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.error(f"{key} is not a list of texts")
        return tuple(value)

    def number(self, key: str) -> int:
        """A whole number from 1."""
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.error(f"{key} is not a number from 1")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.error(f"{key} is neither true nor false")
        return value

    def table(self, key: str) -> "Table":
        """A table within this one."""
        return read_table(self._value(key), place=f"{self._place}, {key}")

    def rows(self, key: str) -> Iterator["Table"]:
        """The tables of a list; each must be read whole."""
        value = self._value(key)
        if not isinstance(value, list):
            raise self.error(f"{key} is not a list of tables")
        for number, row in enumerate(value, start=1):
            table = read_table(row, place=f"{self._place}, {key} {number}")
            yield table
            table.done()

    def done(self) -> None:
        """Raise Malformed if a key was not read: a misspelt one must not go unnoticed."""
        if self._unread:
            raise self.error(f"unknown: {', '.join(sorted(self._unread))}")

    def _value(self, key: str) -> object:
        if key not in self._values:
            raise self.error(f"{key} is missing")
        self._unread.discard(key)
        return self._values[key]

    def _checked_name(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise self.error(f"{key}: not a name: {value!a}")
        return value


def read_table(value: object, *, place: str) -> Table:
    """A table from what the file has there. Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed("not a table", place=place)
    return Table(value, place=place)

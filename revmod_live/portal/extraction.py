"""Sentences in `content`'s data files, for the catalogues: titles of articles and the sample questions.

Called by Babel through `babel.cfg`, never while the program runs.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

Message = tuple[int, str, str, list[str]]


def content(fileobj: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:  # noqa: ANN401, ARG001 -- Babel's signature
    """Every title and question of one data file, as Babel takes them (TOML gives no line numbers)."""
    data = tomllib.loads(fileobj.read().decode())
    for cluster in data.get("cluster", ()):
        for articles in cluster["articles"].values():
            for article in articles.values():
                title = article if isinstance(article, str) else article["title"]
                yield 1, "gettext", title, []
    for question in data.get("question", ()):
        yield 1, "gettext", question["text"], []

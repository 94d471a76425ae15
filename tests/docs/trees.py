"""Texts to try things on: hypothesis strategies for sections, and reading of the shared vectors."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from revmod_live.docs.canonical import blocks_bytes
from revmod_live.docs.compare import BlockChange, Change
from revmod_live.docs.model import Block, Run, Section, tidy_runs
from revmod_live.docs.schema import ALIGNS, DIRS, KINDS

VECTORS = Path(__file__).parent.parent / "vectors"

PHRASES = (
    "The State party has adopted measures.",
    "تستعرض الدولة الطرف المادة ٥",
    "缔约国已采取措施。",
    "Государство-участник приняло закон № 115-ФЗ.",
    "cafe\u0301 et café",
    "👩‍👩‍👧 😀 \U0002000b",
    "<script>alert('x')</script> & \"quoted\"",
    "\u202eright to left override\u202c",
    " ",
    "\n",
    "—",
    "a, b; c",
)

texts = st.one_of(st.sampled_from(PHRASES), st.text(max_size=12))
hrefs = st.one_of(
    st.sampled_from(['https://example.org/a?b=1&c="x"', "mailto:a@example.org", "HTTP://X"]),
    st.text(max_size=8).map("https:".__add__),
)
runs = st.builds(
    Run,
    texts,
    em=st.booleans(),
    strong=st.booleans(),
    underline=st.booleans(),
    link=st.none() | hrefs,
)
_loose_blocks = st.builds(
    Block,
    st.lists(runs, min_size=1, max_size=5).map(tidy_runs),
    kind=st.none() | st.sampled_from(sorted(KINDS)),
    dir=st.none() | st.sampled_from(sorted(DIRS)),
    align=st.none() | st.sampled_from(sorted(ALIGNS)),
)
blocks = _loose_blocks.filter(lambda block: bool(block.runs))
fields = st.lists(blocks, max_size=6).map(tuple)
sections = st.builds(
    Section,
    st.sampled_from(["b/untoc/art-5", "c/tip/best-practices", "d/fa/ratification"]),
    st.dictionaries(st.sampled_from(["text", "gaps", "measures"]), fields, max_size=3),
)


def vectors(name: str) -> Any:  # noqa: ANN401 - JSON of whatever shape the file has
    """A file of the shared vectors, which `web/test` reads too."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def tree_of_runs(runs_: Sequence[Run]) -> Any:  # noqa: ANN401 - JSON
    """Runs in canonical form, parsed."""
    return json.loads(blocks_bytes([Block(tuple(runs_))]))[0]["t"]


def tree_of_changes(changes: Sequence[BlockChange]) -> list[dict[str, Any]]:
    """A comparison as the shared vectors write it down."""
    trees = []
    for change in changes:
        tree: dict[str, Any] = {"change": change.change.value}
        if change.change is Change.CHANGED:
            tree["pieces"] = [
                {"change": piece.change.value, "t": tree_of_runs(piece.runs)} for piece in change.pieces
            ]
        trees.append(tree)
    return trees

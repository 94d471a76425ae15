"""The shared vectors of comparison: how they are written, and the large texts they name by a seed.

`python -m tests.docs.compare_vectors` writes `tests/vectors/compare.json` anew, which
is right only after a wanted change of the comparison, on both sides.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from revmod_live.docs.canonical import blocks_bytes
from revmod_live.docs.compare import compare_blocks
from revmod_live.docs.model import Block, Run, plain
from tests.docs.trees import VECTORS, tree_of_changes

BOLD = Run("bold", strong=True)

SMALL: list[tuple[str, Sequence[Block], Sequence[Block]]] = [
    ("both empty", (), ()),
    ("nothing changed", plain("One.", "Two."), plain("One.", "Two.")),
    ("a first block", (), plain("First.")),
    ("the only block is gone", plain("First."), ()),
    (
        "a block in the middle",
        plain("One.", "Three."),
        plain("One.", "Something else altogether", "Three."),
    ),
    (
        "neighbouring replaced words are one change, a point by itself",
        plain("The State has adopted measures, in 2020."),
        plain("The State party has taken steps, in 2021."),
    ),
    (
        "a rewritten block is one deleted and one inserted",
        plain("Mutual legal assistance was refused twice."),
        plain("Training of judges is needed urgently everywhere."),
    ),
    (
        "reworded blocks find their partners past an inserted and a deleted one",
        plain("Firearms are marked at manufacture.", "Gone.", "Witnesses are protected by law."),
        plain("New here.", "Firearms are marked at import.", "Witnesses are now protected by law."),
    ),
    (
        "Chinese by characters",
        plain("缔约国会议设立了实施情况审议机制。"),
        plain("缔约国大会设立了实施情况的审议机制。"),
    ),
    (
        "Arabic with marks of direction",
        plain("الدولة الطـــرف\u200f (المادة ٥)"),
        plain("الدولة الطـــرف\u200f (المادة ٦)"),
    ),
    ("accents composed and not are different texts", plain("café noir"), plain("cafe\u0301 noir")),
    ("characters beyond the first plane", plain("one 😀 \U0002000b two"), plain("one 😃 \U0002000b two")),
    (
        "a word made bold",
        (Block((Run("plain and bold here"),)),),
        (Block((Run("plain and "), BOLD, Run(" here"))),),
    ),
    (
        "a link's target moved",
        (Block((Run("see "), Run("the law", link="https://example.org/1"))),),
        (Block((Run("see "), Run("the law", link='https://example.org/2?a="b"'))),),
    ),
    (
        "only the form of the block changed",
        (Block((Run("Gaps"),)),),
        (Block((Run("Gaps"),), kind="h2", dir="ltr", align="center"),),
    ),
    ("repeated blocks", plain("None.", "None.", "None."), plain("None.", "Some.", "None.")),
    ("only blanks", plain("  ", "a"), plain(" ", "a")),
    ("lines within a block", plain("one\ntwo\nthree"), plain("one\ntwo and a half\nthree")),
]

LARGE: list[dict[str, int]] = [
    {"seed": 1, "blocks": 60, "words": 100, "vocabulary": 900, "edits": 300},
    {"seed": 2, "blocks": 1, "words": 6000, "vocabulary": 3000, "edits": 1500},
    {"seed": 3, "blocks": 900, "words": 6, "vocabulary": 12, "edits": 3000},
    {"seed": 4, "blocks": 1, "words": 12000, "vocabulary": 3, "edits": 12000},
    {"seed": 5, "blocks": 400, "words": 40, "vocabulary": 500, "edits": 9000},
]


def large_texts(
    *, seed: int, blocks: int, words: int, vocabulary: int, edits: int
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Two texts made from a seed, the same in Python and in TypeScript."""
    numbers = _numbers(seed)
    old = [[f"w{next(numbers) % vocabulary}" for _ in range(words)] for _ in range(blocks)]
    new = [list(block) for block in old]
    for _ in range(edits):
        block = new[next(numbers) % blocks]
        at = next(numbers) % words
        block[at] = f"w{next(numbers) % vocabulary}"
    return plain(*(" ".join(block) for block in old)), plain(*(" ".join(block) for block in new))


def result_digest(old: Sequence[Block], new: Sequence[Block]) -> str:
    """A comparison of large texts, as one number to compare."""
    lines = []
    for change in compare_blocks(old, new):
        lines.append(change.change.value)
        for piece in change.pieces:
            text = "".join(run.text for run in piece.runs)
            lines.append(f"{piece.change.value} {text}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _numbers(seed: int) -> Iterator[int]:
    value = seed
    while True:
        value = value * 48271 % 2147483647
        yield value


def document() -> dict[str, Any]:
    """What the file should hold."""
    return {
        "small": [
            {
                "name": name,
                "old": json.loads(blocks_bytes(old)),
                "new": json.loads(blocks_bytes(new)),
                "changes": tree_of_changes(compare_blocks(old, new)),
            }
            for name, old, new in SMALL
        ],
        "large": [{**case, "digest": result_digest(*large_texts(**case))} for case in LARGE],
    }


if __name__ == "__main__":
    text = json.dumps(document(), ensure_ascii=False, indent=1)
    (VECTORS / "compare.json").write_text(text + "\n", encoding="utf-8")

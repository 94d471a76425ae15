"""Who sees and does what, written by hand from requirements 1.2 and 1.3 and from nothing else.

The program's own table (`workflow/rules.py`) is not asked here: two tables made by different hands
must say the same. `R` is sent the text, `W` writes when the section is taken, `L` sees the edit log
(TRL-06: who takes part in a step sees it, and sealing opens earlier drafts to nobody), `-` is sent
nothing at all.
"""

from __future__ import annotations

from typing import Final

# Firearms: reviewed by Borovia, and by Dalmora in the place of Cordesia, which is no party (PR ¶28(b)).
#
# "B feedback before closing": nothing for the State under review. "C list", "D summary": both sides.
# A drawn State in whose place another one reviews "does not read, draft or vote there before sealing".
# "Other States": sealed summaries alone. Locked: "a step opens only when the previous one is completed".
# "Step A answers before submission": the State under review alone, and of the secretariat "progress only".
FIREARMS: Final = """
            under review   reviewing      in whose pl.   additional     secre- other
            fp   ge   obs  fp   ge   obs  fp   ge   obs  fp   ge   obs  tariat States

 a open     RWL  RWL  RL   -    -    -    -    -    -    -    -    -    -      -
 a sealed   RL   RL   RL   R    R    R    R    R    R    R    R    R    R      -

 b locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 b open     -    -    -    RWL  RWL  RL   -    -    -    RWL  RWL  RL   RL     -
 b voting   -    -    -    RWL  RWL  RL   -    -    -    RWL  RWL  RL   RL     -
 b sealed   R    R    R    RL   RL   RL   R    R    R    RL   RL   RL   RL     -

 c locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 c open     RWL  RWL  RL   RWL  RWL  RL   -    -    -    RWL  RWL  RL   RL     -
 c voting   RWL  RWL  RL   RWL  RWL  RL   -    -    -    RWL  RWL  RL   RL     -
 c sealed   RL   RL   RL   RL   RL   RL   R    R    R    RL   RL   RL   RL     -

 d locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 d open     RWL  RWL  RL   RWL  RWL  RL   -    -    -    RWL  RWL  RL   RL     -
 d voting   RWL  RWL  RL   RWL  RWL  RL   -    -    -    RWL  RWL  RL   RL     -
 d sealed   RL   RL   RL   RL   RL   RL   R    R    R    RL   RL   RL   RL     R
"""

# The Convention: reviewed by Borovia and Cordesia. An additional reviewer has "every row restricted to
# the instruments they were drawn for": Dalmora is here as any other State.
CONVENTION: Final = """
            under review   reviewing      in whose pl.   additional     secre- other
            fp   ge   obs  fp   ge   obs  fp   ge   obs  fp   ge   obs  tariat States

 a open     RWL  RWL  RL   -    -    -    -    -    -    -    -    -    -      -
 a sealed   RL   RL   RL   R    R    R    R    R    R    -    -    -    R      -

 b locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 b open     -    -    -    RWL  RWL  RL   RWL  RWL  RL   -    -    -    RL     -
 b voting   -    -    -    RWL  RWL  RL   RWL  RWL  RL   -    -    -    RL     -
 b sealed   R    R    R    RL   RL   RL   RL   RL   RL   -    -    -    RL     -

 c locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 c open     RWL  RWL  RL   RWL  RWL  RL   RWL  RWL  RL   -    -    -    RL     -
 c voting   RWL  RWL  RL   RWL  RWL  RL   RWL  RWL  RL   -    -    -    RL     -
 c sealed   RL   RL   RL   RL   RL   RL   RL   RL   RL   -    -    -    RL     -

 d locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 d open     RWL  RWL  RL   RWL  RWL  RL   RWL  RWL  RL   -    -    -    RL     -
 d voting   RWL  RWL  RL   RWL  RWL  RL   RWL  RWL  RL   -    -    -    RL     -
 d sealed   RL   RL   RL   RL   RL   RL   RL   RL   RL   R    R    R    RL     R
"""

# Requirements 1.3. `V` votes (one vote a State, so a colleague's live vote is answered as such), `S` sees
# the vote page: who takes part in the drafting; sealing adds nobody.
VOTES: Final = """
            under review   reviewing      in whose pl.   additional     secre- other
            fp   ge   obs  fp   ge   obs  fp   ge   obs  fp   ge   obs  tariat States

 a open     VS   S    S    -    -    -    -    -    -    -    -    -    -      -
 a sealed   S    S    S    -    -    -    -    -    -    -    -    -    -      -

 b locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 b open     -    -    -    VS   S    S    VS   S    S    VS   S    S    S      -
 b voting   -    -    -    VS   S    S    VS   S    S    VS   S    S    S      -
 b sealed   -    -    -    S    S    S    S    S    S    S    S    S    S      -

 c locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 c open     VS   S    S    VS   S    S    VS   S    S    VS   S    S    S      -
 c voting   VS   S    S    VS   S    S    VS   S    S    VS   S    S    S      -
 c sealed   S    S    S    S    S    S    S    S    S    S    S    S    S      -

 d locked   -    -    -    -    -    -    -    -    -    -    -    -    -      -
 d open     VS   S    S    VS   S    S    VS   S    S    VS   S    S    S      -
 d voting   VS   S    S    VS   S    S    VS   S    S    VS   S    S    S      -
 d sealed   S    S    S    S    S    S    S    S    S    S    S    S    S      -
"""

COLUMNS: Final = (
    *(f"{part}-{role}" for part in ("sur", "rev", "dis", "add") for role in ("fp", "ge", "obs")),
    "sec",
    "other",
)
NOTHING: Final = "nothing"
"""The column of whoever is suspended, or represents a State that has a focal point."""


def _read(table: str) -> dict[tuple[str, str, str], frozenset[str]]:
    rows = [line.split() for line in table.splitlines() if line[1:2] in tuple("abcd") and line[2:3] == " "]
    return {
        (letter, state, column): frozenset(cell.strip("-"))
        for letter, state, *cells in rows
        for column, cell in zip(COLUMNS, cells, strict=True)
    }


_SECTIONS: Final = {"fa": _read(FIREARMS), "untoc": _read(CONVENTION)}
_STEPS: Final = _read(VOTES)


def on_text(column: str, letter: str, state: str, instrument: str) -> frozenset[str]:
    """What somebody in this column has on the text of an instrument: of R, W, L."""
    return _SECTIONS[instrument].get((letter, state, column), frozenset())


def on_vote(column: str, letter: str, state: str) -> frozenset[str]:
    """What somebody in this column has on the vote of a step: of V, S."""
    return _STEPS.get((letter, state, column), frozenset())


def may_release(column: str, holder_column: str) -> bool:
    """Whether a claim of `holder_column` may be ended by somebody else in `column`.

    "By a colleague focal point of the same State or by the secretariat" (architecture, "Claims").
    """
    return column == "sec" or column == holder_column.split("-", maxsplit=1)[0] + "-fp"

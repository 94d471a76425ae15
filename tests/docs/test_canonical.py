"""The canonical form and its digests (digest.md)."""

import json
from datetime import date

import pytest
from hypothesis import given, settings

from revmod_live.docs.canonical import (
    SETTINGS_KEY,
    blocks_bytes,
    instrument_lines,
    lines_digest,
    parse_blocks,
    parse_section,
    section_bytes,
    section_digest,
    settings_bytes,
    settings_digest,
    step_lines,
)
from revmod_live.docs.model import Block, Run, Section, plain
from revmod_live.docs.schema import OutsideSchema
from revmod_live.errors import Malformed
from tests.deep import counts
from tests.docs.trees import sections, vectors

DIGESTS = vectors("digests.json")
VALID = [case for case in DIGESTS["sections"] if not case.get("invalid")]


@pytest.mark.parametrize("case", VALID, ids=lambda case: case["name"])
def test_the_vectors_parse_and_give_the_same_bytes_and_digest(case: dict[str, str]) -> None:
    canonical = case["canonical"].encode()
    section = parse_section(canonical)
    assert section.key == case["section"]
    assert set(section.fields) == set(case["fields"])
    assert section_bytes(section) == canonical
    assert section_digest(canonical) == case["digest"]


def test_a_step_has_the_digest_of_its_sorted_lines() -> None:
    step = DIGESTS["step"]
    sections_ = [(case["section"], case["digest"]) for case in VALID if case["in_step"]]
    files = [tuple(line.split()[1:]) for line in step["lines"] if line.startswith("file ")]
    lines = step_lines(review="2025-ava", phase=1, step="c", sections=reversed(sections_), files=files)
    assert lines.decode().splitlines() == step["lines"]
    assert lines.endswith(b"\n")
    assert lines_digest(lines) == step["digest"]


def test_an_instrument_has_its_own_lines_only() -> None:
    one, other = "1" * 64, "2" * 64
    lines = instrument_lines(
        review="2025-ava",
        phase=1,
        step="c",
        instrument="fa",
        sections=[("c/tip/gaps", one), ("c/fa/process", other), ("c/fa/gaps", one)],
        files=[("c/tip/gaps", one), ("c/fa/gaps", other), ("c/fa/gaps", one)],
    )
    assert lines.decode().splitlines() == [
        "revmod.instrument.1",
        "2025-ava 1 c fa",
        f"section c/fa/gaps {one}",
        f"section c/fa/process {other}",
        f"file c/fa/gaps {one}",
        f"file c/fa/gaps {other}",
    ]


def test_step_0_is_bound_by_its_settings() -> None:
    deadlines = {
        "d": date(2027, 5, 31),
        "a": date(2026, 6, 30),
        "b": date(2026, 12, 31),
        "c": date(2027, 3, 31),
        "0": None,
    }
    canonical = settings_bytes(languages=["en", "ar", "en"], deadlines=deadlines)
    assert canonical.decode() == DIGESTS["settings"]["canonical"]
    assert settings_digest(canonical) == DIGESTS["settings"]["digest"]
    assert SETTINGS_KEY == "0/settings"


@given(section=sections)
@settings(max_examples=counts(150, 5000), deadline=None)
def test_parsing_what_was_written_gives_the_same_bytes_and_the_same_tree(section: Section) -> None:
    canonical = section_bytes(section)
    assert section_bytes(parse_section(canonical)) == canonical
    assert parse_section(canonical) == section
    assert parse_blocks(blocks_bytes(section.fields.get("text", ()))) == section.fields.get("text", ())


@given(section=sections)
@settings(max_examples=counts(50, 1000), deadline=None)
def test_how_runs_are_cut_and_blank_lines_change_nothing(section: Section) -> None:
    cut = {
        name: tuple(
            block
            for one in blocks
            for block in (
                Block(()),
                Block(
                    tuple(
                        Run(letter, em=run.em, strong=run.strong, underline=run.underline, link=run.link)
                        for run in one.runs
                        for letter in (*run.text, "")
                    ),
                    kind=one.kind,
                    dir=one.dir,
                    align=one.align,
                ),
            )
        )
        for name, blocks in section.fields.items()
    }
    assert section_bytes(Section(section.key, cut)) == section_bytes(section)


def test_texts_that_look_alike_are_different() -> None:
    looks = ["a b", "a\u00a0b", "é", "e\u0301", " a", "a"]
    assert len({section_bytes(Section("c/tip/gaps", {"text": plain(text)})) for text in looks}) == 6


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        b'{"fields":{},"section":"c/tip/gaps","v":2}',
        b'{"v":1,"fields":{},"section":"c/tip/gaps"}',
        b'{"fields":{},"section":"c/tip/gaps","v":1.0}',
        b'{"fields":{},"section":"C/tip/gaps","v":1}',
        b'{"fields":{"text":[]},"section":"c/tip/gaps","v":1} ',
        b'{"fields":{"text":[],"text":[]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":[{"t":[]}]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":[{"t":[{"s":"a"},{"s":"b"}]}]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":[{"t":[{"m":["strong","em"],"s":"a"}]}]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":[{"kind":null,"t":[{"s":"a"}]}]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":[{"t":[{"s":"a","x":1}]}]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":[{"t":[{"s":1}]}]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":[{"t":[{"m":[7],"s":"a"}]}]},"section":"c/tip/gaps","v":1}',
        b'{"fields":{"text":"a"},"section":"c/tip/gaps","v":1}',
    ],
)
def test_what_is_not_canonical_is_no_section(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_section(data)


@pytest.mark.parametrize(
    "block",
    [
        {"t": [{"s": "half \ud800"}]},
        {"t": [{"s": "a"}], "kind": "h1"},
        {"t": [{"s": "a"}], "colour": "red"},
        {"t": [{"s": "a", "m": ["blink"]}]},
        {"t": [{"s": "a", "m": [{"link": "javascript:alert(1)"}]}]},
        {"t": [{"s": "a", "m": [{"link": 7}]}]},
    ],
)
def test_what_is_outside_the_schema_has_no_canonical_form(block: dict[str, object]) -> None:
    data = json.dumps({"fields": {"text": [block]}, "section": "c/tip/gaps", "v": 1}).encode()
    with pytest.raises(OutsideSchema) as caught:
        parse_section(data)
    assert caught.value.place == "field text, block 1"


@pytest.mark.parametrize("key", ["c/tip gaps", "c/tip/gaps\nfile x", ""])
def test_nothing_slips_a_line_into_a_step(key: str) -> None:
    with pytest.raises(Malformed):
        step_lines(review="2025-ava", phase=1, step="c", sections=[(key, "1" * 64)])
    with pytest.raises(Malformed):
        step_lines(review="x\ny", phase=1, step="c", sections=[])
    with pytest.raises(Malformed):
        step_lines(review="x", phase=1, step="c", sections=[("c/tip/gaps", "1" * 63)])


@pytest.mark.parametrize("key", ["", "c/tip/Gaps", "e/tip/gaps", "c/tip/gaps/x", "../etc"])
def test_a_section_needs_a_key_and_fields_a_name(key: str) -> None:
    with pytest.raises(Malformed):
        section_bytes(Section(key, {}))
    with pytest.raises(Malformed):
        section_bytes(Section("c/tip/gaps", {"Not a name": ()}))

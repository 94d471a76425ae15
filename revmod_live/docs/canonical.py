"""The canonical form of sections, steps and settings, and their digests.

Owns the bytes that votes are bound to, exactly as digest.md has them; the same
bytes come out of `web/src/docs/`, checked by `tests/vectors/digests.json`. Must
not know where text is kept or which fields a section should have: a caller
passes every declared field in, an empty one as an empty tuple.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import rfc8785

from revmod_live.docs.model import Block, Run, Section, tidy_runs
from revmod_live.docs.schema import HREF, LINK, read_block
from revmod_live.errors import Malformed
from revmod_live.ids import Digest

SETTINGS_KEY: Final = "0/settings"
"""The key of the one section line of step 0."""

_SECTION_HEAD: Final = b"revmod.section.1\n"
_SETTINGS_HEAD: Final = b"revmod.settings.1\n"
_KEY = re.compile(r"[0a-d]/[a-z0-9-]+(?:/[a-z0-9-]+)?")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_WORD = re.compile(r"[!-~]+")
_HEX = re.compile(r"[0-9a-f]{64}")


def section_bytes(section: Section) -> bytes:
    """The canonical bytes of a section: RFC 8785, UTF-8 (digest.md, "Section").

    Blocks come from `schema.read_block`; what is not tidy is tidied here.
    Raises Malformed if the key or a field's name is not one, or a text is not UTF-8.
    """
    if not _KEY.fullmatch(section.key):
        message = f"not a section's key: {section.key!a}"
        raise Malformed(message, place="section")
    for name in section.fields:
        if not _NAME.fullmatch(name):
            message = f"not a field's name: {name!a}"
            raise Malformed(message, place=section.key)
    return _jcs(
        {
            "v": 1,
            "section": section.key,
            "fields": {name: _blocks(blocks) for name, blocks in section.fields.items()},
        }
    )


def blocks_bytes(blocks: Iterable[Block]) -> bytes:
    """The canonical bytes of some blocks alone: the JCS array that a field would hold.

    For late text, which must be readable when its base is gone (sync-protocol.md, Late).
    """
    return _jcs(_blocks(blocks))


def parse_section(data: bytes) -> Section:
    """The section whose canonical bytes these are; the inverse of `section_bytes`.

    Raises Malformed (OutsideSchema for what the schema does not have) for anything
    else, bytes that mean a section but are not canonical included.
    """
    tree = _parse(data)
    if not isinstance(tree, dict) or set(tree) != {"v", "section", "fields"} or tree["v"] != 1:
        message = "not a section in version 1 of the canonical form"
        raise Malformed(message, place="section")
    key, fields = tree["section"], tree["fields"]
    if not isinstance(key, str) or not isinstance(fields, dict):
        message = "the key is not text, or the fields are not an object"
        raise Malformed(message, place="section")
    section = Section(
        key, {name: _read_blocks(blocks, place=f"field {name}") for name, blocks in fields.items()}
    )
    if section_bytes(section) != data:
        message = "not canonical"
        raise Malformed(message, place=key)
    return section


def parse_blocks(data: bytes) -> tuple[Block, ...]:
    """The blocks that `blocks_bytes` wrote; need not be canonical, must be within the schema.

    Raises Malformed.
    """
    return _read_blocks(_parse(data), place="blocks")


def section_digest(canonical: bytes) -> Digest:
    """The digest of a section's canonical bytes (digest.md, "Section")."""
    return _sha256(_SECTION_HEAD + canonical)


def settings_bytes(*, languages: Iterable[str], deadlines: Mapping[str, date | None]) -> bytes:
    """The canonical bytes of step 0 (digest.md, "Step"): the JCS object of the settings.

    languages: codes, in any order; each counts once.
    deadlines: the step's letter → calendar day; None, or no entry, for one not set.
    """
    return _jcs(
        {
            "v": 1,
            "languages": sorted(set(languages)),
            "deadlines": {step: day.isoformat() for step, day in deadlines.items() if day is not None},
        }
    )


def parse_settings(data: bytes) -> tuple[tuple[str, ...], dict[str, date]]:
    """Languages, and the deadlines by the step's letter, of what `settings_bytes` made. Raises Malformed."""
    match _parse(data):
        case {"v": 1, "languages": list(languages), "deadlines": dict(days)}:
            try:
                return tuple(languages), {str(step): date.fromisoformat(day) for step, day in days.items()}
            except (TypeError, ValueError) as error:
                raise Malformed("not a calendar day", place="settings") from error
    raise Malformed("not settings of version 1", place="settings")


def settings_of(lines: bytes) -> Digest:
    """The digest of the settings that step 0's lines name. Raises Malformed for other lines."""
    for line in lines.decode("ascii").splitlines():
        match line.split(" "):
            case ["section", key, digest] if key == SETTINGS_KEY:
                return Digest(_hex(digest))
    raise Malformed("no settings in these lines", place="lines")


def settings_digest(canonical: bytes) -> Digest:
    """The digest of step 0's canonical bytes, which stands in its one `section` line."""
    return _sha256(_SETTINGS_HEAD + canonical)


def step_lines(
    *,
    review: str,
    phase: int,
    step: str,
    sections: Iterable[tuple[str, str]],
    files: Iterable[tuple[str, str]] = (),
) -> bytes:
    """The lines whose digest a vote on a step is bound to (digest.md, "Step").

    review: its code in lower case, `2025-ava`; sections: key and digest of each;
    files: the section's key and the SHA-256 of each complete attachment. Any order.
    Raises Malformed if a word holds a blank or a digest is none.
    """
    head = ("revmod.step.1", f"{_word(review)} {phase} {_word(step)}")
    return _lines(head, sections, files)


def instrument_lines(
    *,
    review: str,
    phase: int,
    step: str,
    instrument: str,
    sections: Iterable[tuple[str, str]],
    files: Iterable[tuple[str, str]] = (),
) -> bytes:
    """The lines for a State that reviews only some instruments: those of one of them.

    Takes the step's sections and files whole and keeps those of `instrument`.
    Raises Malformed as `step_lines` does. digest.md, "Step"; D-12.
    """
    head = (
        "revmod.instrument.1",
        f"{_word(review)} {phase} {_word(step)} {_word(instrument)}",
    )
    return _lines(
        head,
        [line for line in sections if key_instrument(line[0]) == instrument],
        [line for line in files if key_instrument(line[0]) == instrument],
    )


def lines_digest(lines: bytes) -> Digest:
    """The digest of a step's or an instrument's lines."""
    return _sha256(lines)


def key_instrument(key: str) -> str | None:
    """The instrument in a section's key `step/instrument/name`; None for `0/settings`."""
    parts = key.split("/")
    return parts[1] if len(parts) == 3 else None  # noqa: PLR2004 - step, instrument, name


def _lines(
    head: tuple[str, str], sections: Iterable[tuple[str, str]], files: Iterable[tuple[str, str]]
) -> bytes:
    lines = [
        *head,
        *(f"section {_word(key)} {_hex(digest)}" for key, digest in sorted(sections)),
        *(f"file {_word(key)} {_hex(digest)}" for key, digest in sorted(files)),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _word(text: str) -> str:
    if not _WORD.fullmatch(text):
        message = f"not a word of a line: {text!a}"
        raise Malformed(message, place="lines")
    return text


def _hex(digest: str) -> str:
    if not _HEX.fullmatch(digest):
        message = f"not a digest: {digest!a}"
        raise Malformed(message, place="lines")
    return digest


def _sha256(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())


def _jcs(value: object) -> bytes:
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # its own type is recursive and private
    except rfc8785.CanonicalizationError as error:
        message = f"no canonical form: {error}"
        raise Malformed(message) from error


def _blocks(blocks: Iterable[Block]) -> list[dict[str, object]]:
    written: list[dict[str, object]] = []
    for block in blocks:
        runs = tidy_runs(block.runs)
        if not runs:
            continue
        attributes = {"kind": block.kind, "dir": block.dir, "align": block.align}
        present = {name: value for name, value in attributes.items() if value is not None}
        written.append({"t": [_run(run) for run in runs], **present})
    return written


def _run(run: Run) -> dict[str, object]:
    marks: list[object] = []
    if run.em:
        marks.append("em")
    if run.link is not None:
        marks.append({LINK: run.link})
    if run.strong:
        marks.append("strong")
    if run.underline:
        marks.append("underline")
    return {"s": run.text, "m": marks} if marks else {"s": run.text}


def _parse(data: bytes) -> object:
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        message = "not JSON in UTF-8"
        raise Malformed(message, place="section") from error


def _read_blocks(tree: object, *, place: str) -> tuple[Block, ...]:
    if not isinstance(tree, list):
        message = "not a list of blocks"
        raise Malformed(message, place=place)
    blocks = []
    for number, one in enumerate(tree, start=1):
        where = f"{place}, block {number}"
        if not isinstance(one, dict) or not isinstance(one.get("t"), list):
            message = "not a block"
            raise Malformed(message, place=where)
        attributes = {name: value for name, value in one.items() if name != "t"}
        pieces = [_read_run(run, place=where) for run in one["t"]]
        block = read_block(attributes, pieces, place=where)
        if block is not None:
            blocks.append(block)
    return tuple(blocks)


def _read_run(tree: object, *, place: str) -> tuple[str, dict[str, object]]:
    if not isinstance(tree, dict) or not set(tree) <= {"s", "m"}:
        message = "not a run"
        raise Malformed(message, place=place)
    text, marks = tree.get("s"), tree.get("m", [])
    if not isinstance(text, str) or not isinstance(marks, list):
        message = "not a run"
        raise Malformed(message, place=place)
    read: dict[str, object] = {}
    for mark in marks:
        match mark:
            case str():
                read[mark] = {}
            case {"link": href} if len(mark) == 1:
                read[LINK] = {HREF: href}
            case _:
                message = "not a mark"
                raise Malformed(message, place=place)
    return text, read

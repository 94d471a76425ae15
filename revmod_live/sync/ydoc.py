"""Shared documents ↔ `docs.model`: every call into pycrdt that concerns a document's content.

Owns making, reading, applying and encoding documents, and the walk against the schema. Judges no
right and keeps no state: what comes in here has passed `reader` (never hand these functions bytes
that have not). Knows nothing of sockets, journals or claims.

The native layer's panics are `BaseException`s and leave a document that must be thrown away
(reliability findings 0 and 1a): every entry here turns them into `Broken`. Text positions in pycrdt
are UTF-8 bytes and unchecked, so nothing here edits text by index; seeding only appends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, ParamSpec, TypeVar, assert_never

import pycrdt
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from pycrdt._pycrdt import decode_sticky_index

from revmod_live.docs import schema
from revmod_live.docs.model import Block, Run, Section
from revmod_live.docs.schema import OutsideSchema
from revmod_live.errors import Malformed, RevmodError
from revmod_live.sync import lib0, reader
from revmod_live.sync.known import Fits, Gap, Invalid, Known, Nothing, fit
from revmod_live.sync.places import Id
from revmod_live.sync.ranges import Range, RangeSet, delete_set

FILE_MAX_BYTES: Final = 16 * 1024 * 1024
"""Most bytes of an update file that the command line reads."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
YDoc = Doc[Any]
"""A document of a section. Only `sync` ever holds one."""


class Broken(RevmodError):
    """The native layer failed within a document: throw it away and build it anew without that update."""


def new_doc(fields: Iterable[str], *, client: int | None = None) -> YDoc:
    """An empty document with a root fragment for each field.

    client: the id that its own edits would carry; only seeding edits on the server.
    """
    doc: YDoc = Doc(client_id=client)
    for name in fields:
        doc.get(name, type=XmlFragment)
    return doc


def load(fields: Iterable[str], updates: Iterable[bytes]) -> YDoc:
    """A document from updates in the order of their revisions. Raises Broken."""
    doc = new_doc(fields)
    for update in updates:
        apply(doc, update)
    return doc


def apply(doc: YDoc, update: bytes) -> None:
    """Integrate `update`. Raises Broken; `doc` may then be half-changed and must go."""
    _native(doc.apply_update, update)


def state_vector(doc: YDoc) -> bytes:
    """The document's state vector, encoded."""
    return _native(doc.get_state)


def encode(doc: YDoc, since: bytes | None = None) -> bytes:
    """The document as one update: all of it, or what a peer with the state vector `since` lacks.

    The delete set is always there whole. `since` must have passed `statevector.read`.
    """
    return _native(doc.get_update, since)


def known_of(doc: YDoc, fields: Collection[str]) -> Known:
    """What the document holds, for `known.fit`.

    Reads the whole state: 1 ms for a few pages, 20 ms after 3,000 scattered edits. Raises Broken
    when our own state is not one that the reader would take.
    """
    known = Known()
    try:
        found = fit(reader.read(encode(doc), fields=fields, strict=False), known, is_own=True)
    except Malformed as error:
        raise Broken(str(error)) from error
    match found:
        case Fits():
            known.take(found)
        case Nothing():
            pass
        case Gap() | Invalid():
            raise Broken(f"a state that is none: {found}"[:200])
        case _:
            assert_never(found)
    return known


def deleted(doc: YDoc, fields: Collection[str]) -> RangeSet:
    """Everything deleted in the document, exactly.

    `Known.deleted` lacks what was deleted with its block while somebody typed into it; before saying
    no to a deletion that may be of that kind, look here.
    """
    tombstones = encode(doc, since=state_vector(doc))
    return RangeSet(reader.read(tombstones, fields=fields).deletes)


def cut(doc: YDoc, before: bytes, deletes: Iterable[Range]) -> bytes:
    """What `doc` has beyond the state vector `before`, with these deletions, as one update.

    For an update that was partly known: journalled is what the document says is new.
    """
    new = encode(doc, since=before)
    return new[: reader.structs_end(new)] + delete_set(deletes)


def section_of(doc: YDoc, key: str, fields: Iterable[str], *, strict: bool = False) -> Section:
    """The text of the document as a section.

    strict: as `docs.schema.read_block`. Raises OutsideSchema with the place.
    """
    return Section(key, {name: field_of(doc, name, strict=strict) for name in fields})


def field_of(doc: YDoc, field: str, *, strict: bool = False) -> tuple[Block, ...]:
    """The blocks of one field. Raises OutsideSchema with the place."""
    fragment: XmlFragment = doc.get(field, type=XmlFragment)
    with doc.transaction() as transaction:
        # The native handles: the wrappers around them cost five times as much.
        txn, root = transaction._txn, fragment.integrated  # noqa: SLF001
        return _native(walk_fragment, root, txn, field, strict=strict)


def walk_fragment(root: Any, txn: Any, field: str, *, strict: bool) -> tuple[Block, ...]:  # noqa: ANN401
    """The blocks of a native fragment."""
    children = root.children(txn)
    if len(children) != root.len(txn):
        raise OutsideSchema("text outside a block", place=f"field {field}")
    blocks = (
        walk_block(child, txn, place=f"field {field}, block {number}", strict=strict)
        for number, child in enumerate(children, 1)
    )
    return tuple(block for block in blocks if block is not None)


def walk_block(node: Any, txn: Any, *, place: str, strict: bool) -> Block | None:  # noqa: ANN401
    """One native node as a block, None when it has no text. Raises OutsideSchema."""
    if not _is_element(node):
        raise OutsideSchema("text outside a block", place=place)
    if node.tag() != schema.NODE:
        raise OutsideSchema(f"unknown node {ascii(node.tag())[:60]}", place=place)
    texts = node.children(txn)
    if len(texts) != node.len(txn):
        raise OutsideSchema("text beside the text of a block", place=place)
    pieces: list[tuple[str, Mapping[str, object] | None]] = []
    for text in texts:
        if not _is_text(text):
            raise OutsideSchema("a block inside a block", place=place)
        if text.attributes(txn):
            raise OutsideSchema("attributes on a text", place=place)
        diff = text.diff(txn)
        # What `diff` passes over in silence is still counted in the length.
        if strict and text.len(txn) != sum(
            len(piece.encode()) for piece, _ in diff if isinstance(piece, str)
        ):
            raise OutsideSchema("something that is not text within a block", place=place)
        pieces += diff
    return schema.read_block(dict(node.attributes(txn)), pieces, place=place, strict=strict)


def offset_of(doc: YDoc, ref: Id) -> int | None:
    """Where an item stands in its text, in pycrdt's mixed units (`touched`). None when it was collected."""
    return _offset(doc, b"\x00" + lib0.uint(ref[0]) + lib0.uint(ref[1]) + b"\x00")


def length_of(doc: YDoc, ref: Id) -> int | None:
    """The length of a text in bytes, of a block in texts. None when it was collected."""
    return _offset(doc, b"\x02" + lib0.uint(ref[0]) + lib0.uint(ref[1]) + b"\x00")


def _offset(doc: YDoc, position: bytes) -> int | None:
    """Where a relative position points."""
    with doc.transaction() as transaction:
        txn = transaction._txn  # noqa: SLF001 (as in `field_of`)
        try:
            return decode_sticky_index(position).get_offset(txn)  # type: ignore[arg-type]
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 (pycrdt panics when it is asked for what was collected, and only reads)
            return None


def seed(fields: Mapping[str, tuple[Block, ...]], *, client: int) -> bytes:
    """An update that writes these blocks into an empty section. Only the server seeds, and once.

    client: the Yjs client id that the text will carry for ever.
    """
    doc = new_doc(fields, client=client)
    for name, blocks in fields.items():
        fragment: XmlFragment = doc.get(name, type=XmlFragment)
        for block in blocks:
            values = {"kind": block.kind, "dir": block.dir, "align": block.align}
            node = XmlElement(schema.NODE, {key: value for key, value in values.items() if value is not None})
            fragment.children.append(node)
            text = XmlText()
            node.children.append(text)
            for run in block.runs:
                # Appending at pycrdt's own length (bytes) is the one index that cannot split anything.
                text.insert(len(text), run.text, _marks(run))
    return encode(doc)


def read_update_file(data: bytes, key: str, fields: Collection[str]) -> Section:
    """The section that an update from outside gives: bounded reading first, then the walk.

    Raises Malformed, of which OutsideSchema names the place in the text.
    """
    if len(data) > FILE_MAX_BYTES:
        raise Malformed("a file too large", place=f"{len(data)} bytes")
    found = fit(reader.read(data, fields=fields, strict=False), Known(), is_own=True)
    if isinstance(found, Gap):
        raise Malformed("an update that needs others before it")
    if isinstance(found, Invalid):
        raise Malformed(found.problem)
    doc = new_doc(fields)
    try:
        apply(doc, data)
    except Broken as error:
        raise Malformed("an update that cannot be applied") from error
    return section_of(doc, key, fields)


def _marks(run: Run) -> dict[str, Any]:
    marks: dict[str, Any] = {name: {} for name in ("em", "strong", "underline") if getattr(run, name)}
    if run.link is not None:
        marks[schema.LINK] = {schema.HREF: run.link}
    return marks


def _bytes_of(diff: Iterable[tuple[object, object]]) -> int:
    """The length of the text in pycrdt's own unit."""
    return sum(len(piece.encode()) for piece, _ in diff if isinstance(piece, str))


def _is_element(node: object) -> bool:
    return isinstance(node, pycrdt._pycrdt.XmlElement)  # noqa: SLF001


def _is_text(node: object) -> bool:
    return isinstance(node, pycrdt._pycrdt.XmlText)  # noqa: SLF001


def _native(call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """`call`, with whatever the native layer throws as Broken."""
    try:
        return call(*args, **kwargs)
    except (KeyboardInterrupt, SystemExit, RevmodError):
        raise
    except BaseException as error:  # a Rust panic is no Exception (reliability findings 0.3)
        raise Broken(f"{type(error).__name__}: {error}"[:200]) from error

"""The JSON payloads of `revmod.1` frames ↔ frozen values.

Owns the shapes of Open, Meta, Late and Notice objects, parsed strictly: a wrong type, a lone
surrogate, NaN or a nesting beyond reason is `Malformed`; an unknown key is ignored, so that a
later client may say more. Knows nothing of frame types or names: that is `protocol`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NoReturn, TypeVar

from revmod_live.errors import Malformed
from revmod_live.sync import lib0
from revmod_live.sync.frames import (
    ClaimShown,
    DigestAt,
    Late,
    Meta,
    Mode,
    OpenSection,
    StepShown,
    VoteShown,
    Why,
)

VERSION: Final = 1

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOKEN = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_HEX = re.compile(r"[0-9a-f]{64}")
_Choice = TypeVar("_Choice", bound=StrEnum)


def loads(text: str) -> Mapping[str, object]:
    """The JSON object in `text`; Malformed for anything else, and for what UTF-8 cannot hold."""
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
        # A \\ud800 escape gives a string that no database and no peer can take.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON", place="payload") from error
    if not isinstance(value, dict):
        raise Malformed("not a JSON object", place="payload")
    return value


def dumps(value: Mapping[str, object]) -> str:
    """`value` as JSON: keys in their given order, no spaces, text as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def open_section(body: Mapping[str, object]) -> OpenSection:
    """The payload of Open on a section."""
    open_page(body)
    return OpenSection(
        schema=number(body, "schema"),
        epoch=_token_or_none(body, "epoch"),
        outbox=_pattern(body, "outbox", _UUID),
        client=number(body, "client"),
        resume=_flag(body, "resume", default=False),
        diverged=None if body.get("diverged") is None else _pattern(body, "diverged", _HEX),
    )


def open_page(body: Mapping[str, object]) -> None:
    """The payload of Open on a page: a version that this server speaks."""
    if number(body, "v") != VERSION:
        raise Malformed("another version", place="v")


def open_body(frame: OpenSection) -> Mapping[str, object]:
    """The object of an Open."""
    body: dict[str, object] = {
        "v": VERSION,
        "schema": frame.schema,
        "epoch": frame.epoch,
        "outbox": frame.outbox,
        "client": frame.client,
        "resume": frame.resume,
    }
    if frame.diverged is not None:
        body["diverged"] = frame.diverged
    return body


def late(seq: int, update: bytes, body: Mapping[str, object]) -> Late:
    """A Late from its three parts."""
    try:
        base = base64.b64decode(text(body, "base"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64", place="base") from error
    return Late(
        seq=seq,
        update=update,
        id=_pattern(body, "id", _UUID),
        code=_pattern(body, "code", _TOKEN),
        epoch=_token_or_none(body, "epoch"),
        base=base,
        before=text(body, "before"),
        after=text(body, "after"),
    )


def late_body(frame: Late) -> Mapping[str, object]:
    """The object of a Late."""
    return {
        "id": frame.id,
        "code": frame.code,
        "epoch": frame.epoch,
        "base": base64.b64encode(frame.base).decode(),
        "before": frame.before,
        "after": frame.after,
    }


def meta(body: Mapping[str, object]) -> Meta:
    """The payload of Meta."""
    step, digest = _object(body, "step"), body.get("digest")
    return Meta(
        epoch=text(body, "epoch"),
        schema=number(body, "schema"),
        rev=number(body, "rev"),
        seq=number(body, "seq"),
        mode=one_of(Mode, text(body, "mode")),
        why=one_of(Why, text(body, "why")),
        claims=tuple(
            ClaimShown(
                account=text(claim, "account"),
                name=text(claim, "name"),
                state=text(claim, "state"),
                since=text(claim, "since"),
                alone=_flag(claim, "alone"),
                offline=_flag(claim, "offline"),
            )
            for claim in _objects(body, "claims")
        ),
        step=StepShown(
            state=text(step, "state"),
            votes=tuple(
                VoteShown(text(vote, "state"), text(vote, "name"), text(vote, "at"), _flag(vote, "live"))
                for vote in _objects(step, "votes")
            ),
            digest=None if step.get("digest") is None else text(step, "digest"),
        ),
        digest=None if digest is None else _digest_at(_object(body, "digest")),
        n=number(body, "n"),
    )


def meta_body(frame: Meta) -> Mapping[str, object]:
    """The object of a Meta."""
    return {
        "epoch": frame.epoch,
        "schema": frame.schema,
        "rev": frame.rev,
        "seq": frame.seq,
        "mode": frame.mode,
        "why": frame.why,
        "claims": [
            {
                "account": claim.account,
                "name": claim.name,
                "state": claim.state,
                "since": claim.since,
                "alone": claim.alone,
                "offline": claim.offline,
            }
            for claim in frame.claims
        ],
        "step": {
            "state": frame.step.state,
            "votes": [
                {"state": vote.state, "name": vote.name, "at": vote.at, "live": vote.live}
                for vote in frame.step.votes
            ],
            "digest": frame.step.digest,
        },
        "digest": None if frame.digest is None else {"rev": frame.digest.rev, "hex": frame.digest.hex},
        "n": frame.n,
    }


def one_of(kind: type[_Choice], word: str) -> _Choice:
    """The member of `kind` that `word` is."""
    try:
        return kind(word)
    except ValueError as error:
        raise Malformed(f"not a {kind.__name__}", place=ascii(word)[:40]) from error


def text(body: Mapping[str, object], key: str) -> str:
    """The string under `key`."""
    value = body.get(key)
    if not isinstance(value, str):
        raise Malformed("not a text", place=key)
    return value


def number(body: Mapping[str, object], key: str) -> int:
    """The whole number under `key`, 0 to 2^53 - 1."""
    value = body.get(key)
    if type(value) is not int or not 0 <= value <= lib0.MAX_UINT:
        raise Malformed("not a whole number", place=key)
    return value


def _flag(body: Mapping[str, object], key: str, *, default: bool | None = None) -> bool:
    value = body.get(key, default)
    if not isinstance(value, bool):
        raise Malformed("neither true nor false", place=key)
    return value


def _pattern(body: Mapping[str, object], key: str, pattern: re.Pattern[str]) -> str:
    value = text(body, key)
    if pattern.fullmatch(value) is None:
        raise Malformed("not of its form", place=key)
    return value


def _token_or_none(body: Mapping[str, object], key: str) -> str | None:
    return None if body.get(key) is None else _pattern(body, key, _TOKEN)


def _object(body: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = body.get(key)
    if not isinstance(value, dict):
        raise Malformed("not an object", place=key)
    return value


def _objects(body: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = body.get(key)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed("not a list of objects", place=key)
    return value


def _digest_at(body: Mapping[str, object]) -> DigestAt:
    return DigestAt(number(body, "rev"), _pattern(body, "hex", _HEX))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)

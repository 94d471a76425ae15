"""A sealed package is told from every other: whatever was altered in it is named."""

from __future__ import annotations

import base64
import json
import random

import pytest

from revmod_live.docs.export import checking, container
from revmod_live.docs.export.package import package
from revmod_live.docs.receipt import fingerprint
from tests.docs import package_vectors
from tests.independent import checked

CASES = json.loads(package_vectors.VECTORS.read_text(encoding="utf-8"))


def test_the_vectors_are_what_the_code_makes() -> None:
    assert package_vectors.VECTORS.read_text(encoding="utf-8") == package_vectors.written()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_was_altered_is_named(case: dict[str, object]) -> None:
    report = checking.check(base64.b64decode(str(case["package"])))
    assert [[problem.code, problem.name] for problem in report.problems] == case["problems"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_short_script_that_shares_no_code_with_ours_agrees(case: dict[str, object]) -> None:
    """N-01; it looks into any ZIP file, so that how a package is wrapped is not its business."""
    if str(case["name"]).startswith(("moved", "something", "another time")):
        return
    assert checked(base64.b64decode(str(case["package"]))) == (not case["problems"])


def test_equal_contents_are_equal_bytes() -> None:
    by = package_vectors.signing()
    assert package(package_vectors.sealed(), by) == package(package_vectors.sealed(), by)


def test_a_package_of_somebody_else_s_key_is_found_by_the_fingerprint() -> None:
    ours, theirs = package_vectors.signing(), package_vectors.signing(2)
    forged = package(package_vectors.sealed(by=theirs), theirs)
    assert checking.check(forged).problems == ()
    found = checking.check(forged, key=fingerprint(ours.public)).problems
    assert [problem.code for problem in found] == ["other-key"]


def test_an_excerpt_holds_neither_text_nor_digest_of_what_is_not_in_it() -> None:
    excerpt = package(package_vectors.sealed(("fa",)), package_vectors.signing())
    entries, _ = container.read(excerpt)
    names = [name for name, _ in entries]
    assert "digests/step.txt" not in names
    assert not [name for name in names if "untoc" in name and not name.startswith("text/")]
    assert "Ähnlich".encode() not in excerpt


def test_no_bytes_at_all_are_a_fault() -> None:
    whole = package(package_vectors.sealed(), package_vectors.signing())
    chance = random.Random(7)
    for _ in range(300):
        at = chance.randrange(len(whole))
        broken = whole[:at] + bytes([chance.randrange(256)]) + whole[at + 1 :]
        assert broken == whole or checking.check(broken).problems

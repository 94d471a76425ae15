"""Every page that a person can come to, by a name: for the stories that look at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.houses import TestHouse


def addresses(house: TestHouse) -> dict[str, str]:
    """Name → path. All are open to a focal point of a reviewing State."""
    b, c, d = (house.review(step).code for step in "bcd")
    return {
        "home": "/",
        "review": f"/reviews/{b}",
        "review-later": f"/reviews/{d}",
        "drafting": f"/reviews/{b}/b/untoc",
        "drafting-observations": f"/reviews/{c}/c/untoc",
        "drafting-summary": f"/reviews/{d}/d/untoc",
        "sealed": f"/reviews/{c}/b/untoc",
        "log": f"/reviews/{b}/b/untoc/log",
        "vote": f"/reviews/{b}/b/vote",
        "vote-sealed": f"/reviews/{c}/b/vote",
        "account": "/account",
        "notices": "/notices",
        "directory": "/directory",
        "directory-nobody": "/directory?q=nobody",
        "resources": "/resources",
        "guidelines": "/guidelines",
        "submissions": "/submissions",
        "contact": "/contact",
        "help": "/help/home",
        "help-drafting": "/help/drafting",
        "problem": "/reviews/no-such-review",
    }

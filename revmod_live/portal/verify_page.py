"""The page that checks a package without us: one HTML file, no network, six languages.

Put together from `portal/verify/` and the catalogues, once; it lies in every package. The sentences are
those of the command line too (`PROBLEMS` and those after it).
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Final

from revmod_live.portal import languages
from revmod_live.portal.languages import says

NAME: Final = "verify.html"

PROBLEMS: Final = {
    "unreadable": says("This file cannot be read as a sealed package."),
    "container": says("The package was packed anew: what is in it is as it was sealed, its wrapping is not."),
    "missing": says("%(name)s is missing."),
    "altered": says("%(name)s was altered."),
    "added": says("%(name)s was added."),
    "twice": says("%(name)s is there twice."),
    "order": says("%(name)s is not in its place."),
    "signature": says("%(name)s and its signature do not go together: one of the two was altered."),
    "key": says("%(name)s does not hold the key that the package was signed with."),
    "other-key": says("The package was signed with another key than the one given."),
    "text": says("%(name)s does not lead to the digest that was voted on."),
    "receipt": says("%(name)s is not the receipt of a vote on this text."),
    "votes": says("%(name)s names a vote that is not on this text."),
}
"""What is said of each code of `docs.export.checking`."""

GOOD: Final = says("Everything is as it was sealed.")
BAD: Final = says("This is not what was sealed.")
WHAT: Final = says("Review %(review)s, phase %(phase)s, step %(step)s.")
DIGEST: Final = says("Digest of the step: %(digest)s")
SIGNED_WITH: Final = says(
    "Signed with the key %(key)s. Compare it with a vote receipt of your State, "
    "or ask the secretariat for it by another way."
)
EXCERPT: Final = says(
    "This is an excerpt (%(instruments)s). Votes on the whole step bind a digest "
    "that only the whole package leads to."
)

_PAGE: Final = {
    "good": GOOD,
    "bad": BAD,
    "what": WHAT,
    "digest-is": DIGEST,
    "signed-with": SIGNED_WITH,
    "excerpt": EXCERPT,
    "title": says("Check a sealed package"),
    "lede": says(
        "Everything is worked out in this browser. Nothing is sent anywhere, and no network is needed."
    ),
    "language": says("Language"),
    "choose": says("Sealed package (.zip)"),
}


@cache
def verify_page() -> bytes:
    """The page, the same bytes for everybody."""
    folder = files("revmod_live.portal") / "verify"
    library = _without_exports((folder / "ed25519.js").read_text("utf-8"))
    check = _without_exports((folder / "check.js").read_text("utf-8"))
    script = "\n".join(
        (
            '"use strict";',
            f"const ed25519 = (() => {{\n{library}\nreturn {{ verifyAsync }};\n}})();",
            check,
            f"const WORDS = {_words()};",
            (folder / "page.js").read_text("utf-8"),
        )
    )
    return (folder / "page.html").read_text("utf-8").replace("/*SCRIPT*/", script).encode()


def _without_exports(module: str) -> str:
    """A module's text as part of another script."""
    return re.sub(r"^export (\{.*\};$)?", "", module, flags=re.MULTILINE)


def _words() -> str:
    every = {**PROBLEMS, **_PAGE}
    table = {
        code: {
            "code": code,
            "name": language.own_name,
            "dir": language.dir,
            "sentences": {name: language.text(sentence) for name, sentence in every.items()},
        }
        for code, language in languages.load().items()
    }
    # nothing in it may end the script
    return json.dumps(table, ensure_ascii=False).replace("<", "\\u003c")

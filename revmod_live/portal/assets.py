"""The built browser assets: where they lie, and which file of them a page links to.

Vite writes a manifest beside what it builds; names carry a digest of the content. Without a build
pages still work, unstyled and without script, and the log says so once.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).parent / "static"
SCRIPT: Final = "src/main.ts"
STYLE: Final = "src/styles/main.css"
URL: Final = "/static/"


@dataclass(frozen=True, slots=True)
class Assets:
    """The URLs a page links to, in order."""

    scripts: tuple[str, ...] = ()
    preloads: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


def load(folder: Path = FOLDER) -> Assets:
    """What the manifest in `folder` names. Raises ValueError for one that is not JSON."""
    path = folder / ".vite" / "manifest.json"
    if not path.is_file():
        log.warning("the browser assets are not built: pages come without style and script")
        return Assets()
    manifest = json.loads(path.read_text(encoding="utf-8"))
    chunks = [SCRIPT, *_imports(manifest, SCRIPT)] if SCRIPT in manifest else []
    styles = [manifest[STYLE]["file"]] if STYLE in manifest else []
    for chunk in chunks:
        styles += [file for file in manifest[chunk].get("css", ()) if file not in styles]
    return Assets(
        scripts=tuple(URL + manifest[chunk]["file"] for chunk in chunks[:1]),
        preloads=tuple(URL + manifest[chunk]["file"] for chunk in chunks[1:]),
        styles=tuple(URL + file for file in styles),
    )


def _imports(manifest: dict[str, dict[str, list[str]]], chunk: str) -> list[str]:
    found: list[str] = []
    waiting = list(manifest[chunk].get("imports", ()))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += manifest[name].get("imports", ())
    return found

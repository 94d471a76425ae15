"""Puts the browser's assets into the wheel: builds them with npm when they are not built yet.

An editable install is left alone; `make setup` builds the assets for it.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFEST = Path("revmod_live/portal/static/.vite/manifest.json")


class BrowserAssets(BuildHookInterface[Any]):
    """Runs before the wheel is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        """Build the assets unless they are there, or the install is editable.

        Raises RuntimeError when they must be built and Node's npm is not on the path.
        """
        root = Path(self.root)
        if version == "editable" or (root / MANIFEST).is_file():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("the browser assets are not built, and npm (Node 20) is not on the path")
        web = root / "web"
        if not (web / "node_modules").is_dir():
            subprocess.run([npm, "ci"], cwd=web, check=True)
        subprocess.run([npm, "run", "build"], cwd=web, check=True)
        if not (root / MANIFEST).is_file():
            raise RuntimeError(f"npm run build left no {MANIFEST}")

"""Never show a number that the present code would not compute.

``execute_notebooks: cache`` runs a notebook again only when its own code
changes, not when the library or the data behind it do.  This extension gives
every state of library, data, lock file and Python a cache folder of its own.
A new state thus starts with an empty cache; and because the folder's name is a
setting, Sphinx sees a changed configuration and reads every page again.

Style sheets and pictures of the pages are watched in the same way.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment


def files(folder: Path, pattern: str = "*") -> list[Path]:
    """List all files below a folder, in a fixed order."""
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def fingerprint(root: Path, paths: list[Path]) -> str:
    """Name the present state of files and of Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root)} {content}\n".encode())
    return digest.hexdigest()[:16]


def watch_inputs(app: Sphinx, config: Config) -> None:
    """Point myst-nb to the cache of the present state and drop all others."""
    root = Path(app.srcdir)
    inputs = [*files(root / "physics_lib", "*.py"), *files(root / "data")]
    state = fingerprint(root, [*inputs, root / "requirements.lock"])
    caches = Path(app.outdir).parent / ".jupyter_cache"
    for path in caches.glob("*"):
        if path.name != state:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    config.nb_execution_cache_path = str(caches / state)
    # Sphinx copies static files only when it writes pages.
    look = fingerprint(root, files(root / "book" / "_static"))
    config.html_context = {**config.html_context, "static_files": look}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    read: set[str] = set()

    def remember(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        read.update(docnames)

    def rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
        # Prose quotes numbers of notebooks (glue), which Sphinx does not count as
        # a dependency: when one page was read again, write them all.
        return sorted(env.found_docs) if read else []

    app.connect("config-inited", watch_inputs)
    app.connect("env-before-read-docs", remember)
    app.connect("env-updated", rewrite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Fail on warnings, in every build and until their cause is gone.

``jupyter-book build .`` alone would accept warnings, and with ``-W`` only the
first build fails: the next finds the pages already read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx


def forget_pages(app: Sphinx, error: Exception | None) -> None:
    """Make the next build read all pages again (executed notebooks stay cached)."""
    if app._warncount:
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.warningiserror = app.keep_going = True
    app.connect("build-finished", forget_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

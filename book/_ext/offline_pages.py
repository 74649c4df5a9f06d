"""Make the built pages complete in themselves: no request to another host.

MathJax comes out of the installed ``sphinx-mathjax-offline`` package; scripts
that need a server are dropped; ``index.html`` leads to the first page.  Opened
as files, without a server, the pages work as well.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

FONT_PRELOAD = re.compile(r'<link rel="preload" as="font"[^>]*>\s*')
SIDEBAR = '<div class="bd-sidebar-primary bd-sidebar"'
MENDED = {
    'role="doc-biblioentry"': 'role="listitem"',
    f"{SIDEBAR}>": f'{SIDEBAR} role="region" aria-label="Title, search and contents">',
}
ROOT_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={first}">
<link rel="icon" href="_static/favicon.svg">
<title>{title}</title>
</head>
<body><p><a href="{first}">{title}</a></p></body>
</html>
"""


def mathjax_folder() -> Path:
    """Find the scripts inside the installed package."""
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise RuntimeError("package sphinx-mathjax-offline is not installed")
    return Path(spec.origin).parent / "static" / "mathjax"


def set_mathjax(app: Sphinx, config: Config) -> None:
    """Load MathJax from the book's own folder."""
    config.mathjax_path = "mathjax/tex-chtml.js"


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    """Copy the one script and the fonts that the pages ask for (of 24 MB)."""
    target = Path(app.outdir) / "_static" / "mathjax"
    if error or app.builder.format != "html" or target.exists():
        return
    source, fonts = mathjax_folder(), "output/chtml/fonts/woff-v2"
    shutil.copytree(source / fonts, target / fonts)
    shutil.copyfile(source / "tex-chtml.js", target / "tex-chtml.js")


def tidy_scripts(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Drop what needs a server (Thebe, widgets), and scripts that were registered twice."""
    seen: set[str] = set()
    kept = []
    for script in context["script_files"]:
        body = script.attributes.get("body") or ""
        told = f"{script.filename} {script.attributes.get('type')} {body}".lower()
        if "thebe" in told or "jupyter.widget-state" in told or body in seen:
            continue
        if body:
            seen.add(body)
        kept.append(script)
    context["script_files"][:] = kept


def mend_pages(app: Sphinx, error: Exception | None) -> None:
    """Mend what browsers and screen readers stumble over.

    Browsers refuse to preload fonts from files: the style sheet alone loads them. The entries of
    the bibliography are items of a list: docutils gives them a role that was withdrawn. The title
    in the sidebar stands outside of every landmark: the sidebar becomes one.
    """
    if error is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            better = FONT_PRELOAD.sub("", page)
            for old, new in MENDED.items():
                better = better.replace(old, new)
            if better != page:
                path.write_text(better, encoding="utf-8")


def write_root_page(app: Sphinx, error: Exception | None) -> None:
    """Replace the bare redirect that Jupyter Book would leave at the top."""
    if error is None and app.builder.name == "html":
        page = ROOT_PAGE.format(
            first=f"{app.config.root_doc}.html", title=escape(app.config.html_title)
        )
        (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", set_mathjax)
    app.connect("html-page-context", tidy_scripts)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", mend_pages)
    app.connect("build-finished", write_root_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

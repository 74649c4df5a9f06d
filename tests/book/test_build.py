"""A warning ends a build, so that the book, built from nothing before these tests, has none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml
from conftest import PAGES, ROOT

CONFIGURATION = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "_ext")!r})
extensions = ["strict_build"]
"""
GOOD, BAD = "Title\n=====\n", "Title\n=====\n\n:ref:`nowhere`\n"


def build(source):
    """Exit status of a build of a small book."""
    arguments = ["-q", "-b", "html", source, source / "html"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *map(str, arguments)], capture_output=True, check=False
    )
    return done.returncode


def test_a_warning_ends_every_build_until_it_is_mended(tmp_path):
    (tmp_path / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    for text, good in ((GOOD, True), (BAD, False), (BAD, False), (GOOD, True)):
        (tmp_path / "index.rst").write_text(text, encoding="utf-8")
        assert (build(tmp_path) == 0) is good


def test_the_book_is_built_that_way():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["sphinx"]["local_extensions"]["strict_build"] == "book/_ext"
    assert config["execute"]["allow_errors"] is False
    html = ROOT / "_build" / "html"
    assert [name for name in PAGES if not (html / name).is_file()] == []


def test_no_page_knows_where_it_was_built():
    texts = (".html", ".js", ".json", ".csv", ".txt", ".svg", ".ipynb", ".inv")
    files = [path for path in (ROOT / "_build" / "html").rglob("*") if path.suffix in texts]
    assert files
    places = (os.fsencode(ROOT), os.fsencode(Path.home()) + b"/")
    assert [p for p in files if any(place in p.read_bytes() for place in places)] == []

"""The book is built from nothing without a warning."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from conftest import PAGES, ROOT

LEFT_OUT = shutil.ignore_patterns(".*", "_build", "build", "dist", "*.egg-info", "__pycache__")


def test_build_from_nothing_gives_no_warning(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=LEFT_OUT)
    config = yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))
    # With the outputs that the notebooks were stored with: `make test` compares these with new.
    config["execute"] = {"execute_notebooks": "off"}
    (source / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "."],
        cwd=source,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    log = done.stdout + done.stderr
    assert [line for line in log.splitlines() if "WARNING" in line or "ERROR" in line] == []
    assert done.returncode == 0, log[-2000:]
    html = source / "_build" / "html"
    assert [name for name in PAGES if not (html / name).is_file()] == []

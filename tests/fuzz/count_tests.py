"""How many tests there are, by layer, for the page "How it is tested".

PYTHONPATH=tests python -m fuzz.count_tests
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from fuzz.record import record

ROOT = Path(__file__).resolve().parents[2]
LAYERS = {
    "tests": "formulas, models, data, limits, figures, pages",
    "tests/shower": "showers",
    "tests/production": "cross sections",
    "tests/events": "events and their files",
    "tests/scan": "scans",
    "tests/provenance": "records of results",
    "tests/cli": "command line",
    "tests/proof": "compiled code without its compiler",
    "notebooks": "cells of the notebooks, outputs compared",
    "tests/book": "the built book in a browser",
}


def collected(*arguments: str) -> Counter[str]:
    """Number of tests by folder."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = Counter[str]()
    for line in done.stdout.splitlines():
        match = re.fullmatch(r"(\S+)/[^/]+\.(?:py|ipynb): (\d+)", line)
        if match:
            found[match[1]] += int(match[2])
    if not found:
        raise SystemExit(done.stdout + done.stderr)
    return found


def main() -> None:
    found = collected() + collected("-o", "norecursedirs=.*", "tests/book")
    unknown = found.keys() - LAYERS.keys()
    assert not unknown, f"layers without a name: {unknown}"
    rows = [[LAYERS[folder], folder, found[folder]] for folder in LAYERS if found[folder]]
    record("tests", "Tests", "make test, make test-book", ("layer", "folder", "tests"), rows)
    print(f"{sum(found.values())} tests")


if __name__ == "__main__":
    main()

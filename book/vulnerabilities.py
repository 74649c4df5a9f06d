"""Known vulnerabilities of the locked packages: ``python book/vulnerabilities.py``.

Asks the package index through pip-audit, which needs the network.  pip-audit counts a package
that nobody could tell it anything about as a clean one; here it is a failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
COMMAND = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json",
           "--disable-pip", "--require-hashes", "--requirement", str(LOCK)]  # fmt: skip


def verdict(printed: str) -> tuple[int, list[str]]:
    """Exit code and lines for what pip-audit printed as JSON, or as nothing."""
    try:
        packages = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    answered = [package for package in packages if "skip_reason" not in package]
    if not answered:
        return 2, ["error: audit: the index that knows of vulnerabilities cannot be reached"]
    silent = [
        f"{package['name']}: {package['skip_reason']}"
        for package in packages
        if "skip_reason" in package
    ]
    known = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in "
        f"{', '.join(hole['fix_versions']) or 'no version yet'}"
        for package in answered
        for hole in package["vulns"]
    ]
    if silent or known:
        return 1, known + silent
    return 0, [f"No known vulnerabilities in {len(answered)} packages."]


def main() -> int:
    """Ask, print, and return the exit code."""
    asked = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    code, lines = verdict(asked.stdout)
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())

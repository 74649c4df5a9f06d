"""Coverage: which lines and branches of the library do the tests execute?

    python tests/proof/cover.py [--json] [--processes N] [TEST ...]

Runs the tests (not the notebooks) under coverage, with the processes that they start. Compiled
kernels are executed by Python in `test_interpreted.py`.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = "python tests/proof/cover.py"


def coverage(*arguments: str) -> str:
    """Run a command of coverage and return what it prints."""
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout


def run_tests(options: list[str]) -> None:
    """Run the tests under coverage; stop if one of them fails."""
    command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", *options]
    # Standard output is for the result.
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode:
        raise SystemExit("tests failed: no coverage")


def summary(measured: dict) -> dict:
    """Shares of lines and branches [%], and what is missed in each file."""
    totals = measured["totals"]
    return {
        "line": round(100.0 * totals["covered_lines"] / totals["num_statements"], 2),
        "branch": round(100.0 * totals["covered_branches"] / totals["num_branches"], 2),
        "total": round(totals["percent_covered"], 2),
        "statements": totals["num_statements"],
        "branches": totals["num_branches"],
        "command": COMMAND,
        "missed": {
            name: {
                "lines": file["missing_lines"],
                "branches": [f"{start}->{stop}" for start, stop in file["missing_branches"]],
            }
            for name, file in sorted(measured["files"].items())
            if file["missing_lines"] or file["missing_branches"]
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", nargs="*", default=["tests"], metavar="TEST")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    asked = parser.parse_args()
    # Data of another run would be combined with this one's.
    coverage("erase")
    options = ["-q", "-o", "addopts=", "-p", "no:cacheprovider", "-n", str(asked.processes)]
    run_tests([*options, "--dist", "loadfile", *asked.tests])
    coverage("combine", "-q")
    result = summary(json.loads(coverage("json", "-q", "-o", "-")))
    if asked.json:
        print(json.dumps(result, indent=2))
        return
    for name, missed in result["missed"].items():
        print(name, "lines", missed["lines"], "branches", missed["branches"])
    print(f"lines {result['line']} %, branches {result['branch']} %, total {result['total']} %")


if __name__ == "__main__":
    main()

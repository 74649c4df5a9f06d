"""Take what another measurement prints into `book/proof.json`.

make coverage ARGS=--json | PYTHONPATH=tests python -m fuzz.adopt coverage
make mutation ARGS=--json | … mutation
make kills | … kills
python -m benchmarks.other_processors | … processors
"""

import csv
import json
import sys
from collections.abc import Callable
from typing import Any

from fuzz.record import record

Table = tuple[str, str, tuple[str, ...], list[list[Any]]]


def coverage(text: str) -> Table:
    """Shares of lines and branches."""
    found = json.loads(text)
    rows = [
        ["lines", found["statements"], found["line"]],
        ["branches", found["branches"], found["branch"]],
    ]
    return "Coverage", "make coverage", ("what", "in the library", "executed [%]"), rows


def mutation(text: str) -> Table:
    """Mutants of each module."""
    columns = ("mutants", "killed", "equivalent", "survived")
    rows = [
        [name, *(one[column] for column in columns), round(100 * one["killed_of_detectable"], 1)]
        for name, one in json.loads(text).items()
    ]
    head = ("module", "mutants", "noticed", "without effect", "not noticed", "score [%]")
    return "Mutation", "make mutation", head, rows


def kills(text: str) -> Table:
    """Kills of each kind of run."""
    victims = ("run", "worker", "dask worker")
    rows = [
        [
            name,
            # Counted as "run SIGINT": victim and signal.
            *(
                sum(n for what, n in one["of"].items() if what.rpartition(" ")[0] == victim)
                for victim in victims
            ),
            one["resumed"],
            one["wrong"],
        ]
        for name, one in json.loads(text).items()
    ]
    head = ("long run", "runs killed", "workers", "workers of Dask", "resumed", "wrong")
    return "Kills of long runs", "make kills", head, rows


def processors(text: str) -> Table:
    """Largest change of any command under each setting."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["setting"], []).append(row)
    rows = []
    for setting, changes in found.items():
        worst = max(changes, key=lambda row: float(row["largest"]))
        lines, different = (
            sum(int(row[key]) for row in changes) for key in ("lines", "different")
        )
        command = worst["command"].split()[0].rstrip(",")
        place = f"{command}, {worst['where']}" if different else "–"
        rows.append([setting, lines, different, worst["largest"], place])
    head = ("setting", "lines", "different", "largest relative change", "where")
    return "Other processors", "python -m benchmarks.other_processors", head, rows


KINDS: dict[str, Callable[[str], Table]] = {
    "coverage": coverage,
    "mutation": mutation,
    "kills": kills,
    "processors": processors,
}

if __name__ == "__main__":
    name = sys.argv[1]
    record(name, *KINDS[name](sys.stdin.read()))

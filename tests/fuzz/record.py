"""What was tried, as tables for the page "How it is tested": `book/proof.json`.

    {"sections": {NAME: {"title": …, "command": …, "program": …, "columns": […], "rows": [[…]]}}}

A row is known by its first entry; recording it again replaces it and leaves the others. Pieces
that were recorded elsewhere come together with

    PYTHONPATH=tests python -m fuzz.record FILE...
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from physics_lib.provenance.origin import program

PROOF = Path(__file__).resolve().parents[2] / "book" / "proof.json"


def record(
    name: str,
    title: str,
    command: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    path: Path = PROOF,
) -> None:
    """Put rows into a section of the file.

    Parameters
    ----------
    name, title : str
        Of the section.
    command : str
        That does it again.
    columns : sequence of str
    rows : sequence of sequence
        Text and numbers, as many as there are columns.
    path : Path
    """
    ours = program()
    section = {
        "title": title,
        "command": command,
        "program": {"version": ours.version, "source": ours.source[:12]},
        "columns": list(columns),
        "rows": [list(row) for row in rows],
    }
    merge({name: section}, path)


def merge(sections: dict[str, dict[str, Any]], path: Path = PROOF) -> None:
    """Put the rows of some sections into the file."""
    proof = json.loads(path.read_text("utf-8")) if path.exists() else {"sections": {}}
    for name, section in sections.items():
        old = proof["sections"].get(name, {"columns": [], "rows": []})
        kept = {row[0]: row for row in old["rows"] if old["columns"] == section["columns"]}
        kept |= {row[0]: row for row in section["rows"]}
        assert all(len(row) == len(section["columns"]) for row in kept.values()), name
        proof["sections"][name] = section | {"rows": list(kept.values())}
    text = json.dumps(proof, indent=1, ensure_ascii=False, allow_nan=False)
    partial = path.with_name(path.name + ".part")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


if __name__ == "__main__":
    for piece in sys.argv[1:]:
        merge(json.loads(Path(piece).read_text("utf-8"))["sections"])

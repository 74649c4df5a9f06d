"""Numbers of the page "How it is tested", from `book/proof.json`: none is written by hand.

    ```{proof-table} readers
    ```

shows a section with the command that does it again (with the option ``:or: TEXT`` that text, if it
is not there), and {proof-total}`readers inputs` is the sum
of a column.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

PROOF = "book/proof.json"


def section(proof: dict[str, Any], name: str) -> dict[str, Any]:
    """Section of the file; ValueError with those that are there."""
    sections = proof["sections"]
    if name not in sections:
        raise ValueError(f"{PROOF}: no section {name!r}, but {', '.join(sections)}")
    found: dict[str, Any] = sections[name]
    return found


def total(found: dict[str, Any], column: str) -> int | float:
    """Sum of a column; ValueError if there is none."""
    if column not in found["columns"]:
        raise ValueError(f"{PROOF}: no column {column!r}, but {', '.join(found['columns'])}")
    index = found["columns"].index(column)
    return sum(row[index] for row in found["rows"])


def shown(value: object) -> str:
    """Entry of a table: thousands apart, all else as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", "\u202f")
    return str(value)


def table(found: dict[str, Any]) -> nodes.table:
    """Table of a section."""
    columns = found["columns"]
    group = nodes.tgroup("", cols=len(columns))
    group += [nodes.colspec("", colwidth=1) for _ in columns]
    group += nodes.thead("", _row(columns))
    group += nodes.tbody("", *map(_row, found["rows"]))
    made = nodes.table("", nodes.title("", found["title"]), group)
    made["classes"] += ["colwidths-auto", "proof"]
    return made


def _row(entries: list[Any]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", shown(one))) for one in entries))


class ProofTable(SphinxDirective):
    """A section as a table, and how to repeat it."""

    required_arguments = 1
    option_spec = {"or": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        path = Path(self.env.srcdir) / PROOF
        self.env.note_dependency(str(path))
        try:
            proof = json.loads(path.read_text(encoding="utf-8"))
            if "or" in self.options and self.arguments[0] not in proof["sections"]:
                return [nodes.paragraph("", self.options["or"])]
            found = section(proof, self.arguments[0])
        except (OSError, ValueError) as error:
            raise self.error(str(error)) from error
        program = found["program"]
        again = nodes.paragraph("", "", nodes.Text("Again: "), classes=["figure-links"])
        again += nodes.literal("", found["command"])
        again += nodes.Text(f" (here: version {program['version']}, modules {program['source']})")
        return [table(found), again]


class ProofTotal(SphinxRole):
    """The sum of a column of a section."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Make the text."""
        path = Path(self.env.srcdir) / PROOF
        self.env.note_dependency(str(path))
        name, _, column = self.text.partition(" ")
        try:
            found = section(json.loads(path.read_text(encoding="utf-8")), name)
            return [nodes.Text(shown(total(found, column)))], []
        except (OSError, ValueError) as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_directive("proof-table", ProofTable)
    app.add_role("proof-total", ProofTotal())
    return {"parallel_read_safe": True, "parallel_write_safe": True}

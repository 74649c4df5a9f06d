"""Below each figure of a notebook, links to its code and to its data.

The code is the cell that draws it, which is folded until then.  The data are the table that
the notebook stores with the figure (see ``physics_lib/figure_data.py``): it becomes a file
with the figure's name.  Links to the tables that ``book/figure_data.yml`` names follow.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

TABLES = "book/figure_data.yml"
RESULTS = "/data/results"
MIME_TYPE = "text/csv"
SEPARATOR = " · "


@cache
def notebook_of(path: Path, changed: float) -> nbformat.NotebookNode:
    """Read an executed notebook, once for all of its figures."""
    return nbformat.read(path, as_version=4)


def stored_table(cell: nbformat.NotebookNode) -> str:
    """The table of the figure that a cell draws; empty if that is a drawing."""
    tables = [o.data[MIME_TYPE] for o in cell.outputs if MIME_TYPE in o.get("data", {})]
    return tables[0] if tables else ""


class FigureLinks(SphinxTransform):
    """Write the links below the figures."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Add the links, before Sphinx collects what is to be downloaded."""
        source = Path(self.env.srcdir) / TABLES
        tables = yaml.safe_load(source.read_text(encoding="utf-8"))["tables"]
        self.env.note_dependency(str(source))
        for figure in list(self.document.findall(nodes.figure)):
            named = [name for each in figure.get("names", []) for name in tables.get(each, [])]
            links = [
                *self.code(figure),
                *self.drawn(figure),
                *(self.download(f"{RESULTS}/{name}") for name in named),
            ]
            if not links:
                continue
            line = nodes.paragraph("", "", classes=["figure-links"])
            for number, link in enumerate(links):
                line += [nodes.Text(SEPARATOR), link] if number else [link]
            figure += nodes.legend("", line)

    def cell(self, figure: nodes.figure) -> nodes.container | None:
        """The cell that a figure comes from."""
        cell = figure.parent
        while cell is not None and cell.get("nb_element") != "cell_code":
            cell = cell.parent
        return cell if figure["ids"] else None

    def code(self, figure: nodes.figure) -> list[nodes.Node]:
        """Link to the input of the cell."""
        cell = self.cell(figure)
        if cell is None or cell[0].get("nb_element") != "cell_code_source":
            return []
        target = f"code-{figure['ids'][0]}"
        cell[0]["ids"].append(target)
        link = nodes.reference("", "code", refid=target, internal=True)
        link["classes"].append("figure-code")
        return [link]

    def drawn(self, figure: nodes.figure) -> list[nodes.Node]:
        """Write the table of what is drawn to a file and link it."""
        cell = self.cell(figure)
        if cell is None:
            return []
        folder = Path(self.env.mystnb_config.output_folder)
        executed = folder / f"{self.env.docname}.ipynb"
        notebook = notebook_of(executed, executed.stat().st_mtime)
        table = stored_table(notebook.cells[cell["cell_index"]])
        if not table:
            return []
        path = folder / "figure_data" / f"{figure['ids'][0]}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(table, encoding="utf-8")
        return [self.download("/" + os.path.relpath(path, self.env.srcdir))]

    def download(self, target: str) -> nodes.Node:
        """Link to a file of numbers, by its name."""
        name = nodes.Text(Path(target).name)
        link = addnodes.download_reference("", "", name, reftarget=target)
        link["refdoc"] = self.env.docname
        return link


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_transform(FigureLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

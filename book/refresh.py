"""Build notebooks from their text twins, execute them, store the outputs.

The MyST text ``notebooks/*.md`` is the source; the ``.ipynb`` beside it is the
same with outputs.  A figure whose cell has the tag ``picture-NAME`` is also
written to ``book/_static/NAME.svg``.  Without arguments every notebook is done, otherwise those
named: ``python book/refresh.py notebooks/01_mixing.md``.  A run that computes
the same writes the same bytes, so that a diff shows changes of results alone.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
PICTURES = Path(__file__).resolve().parent / "_static"
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_TIMEOUT_S = 900


def name_cells(notebook: nbformat.NotebookNode) -> None:
    """Give every cell an id that follows from its text: random ids would churn."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        name = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        cell.id = f"{name}-{seen[name]}" if seen[name] else name
        seen[name] += 1


def forbid_stderr(notebook: nbformat.NotebookNode) -> None:
    """Reject warnings, as the build of the book does."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise RuntimeError(f"a cell wrote to standard error:\n{output.text}")


def drop_widgets(notebook: nbformat.NotebookNode) -> None:
    """Leave out what a widget showed: it works while a kernel runs, and its name is random."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", {})]


def write(path: Path, text: str) -> None:
    """Replace a file at once, so that nobody meets half of it."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def pictures(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Vector figures of the cells tagged ``picture-NAME``, by name."""
    return {
        tag.removeprefix("picture-"): output.data["image/svg+xml"]
        for cell in notebook.cells
        for tag in cell.metadata.get("tags", [])
        if tag.startswith("picture-")
        for output in cell.outputs
        if "image/svg+xml" in output.get("data", {})
    }


def refresh(twin: Path) -> None:
    """Execute one notebook from its own folder."""
    notebook = jupytext.read(twin, fmt="md:myst")
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    name_cells(notebook)
    with tempfile.TemporaryDirectory(prefix="kernel-") as folder:
        # Socket files: of two kernels that choose TCP ports at the same time,
        # one may take the other's.
        sockets = {"transport": "ipc", "ip": f"{folder}/kernel"}
        NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT_S,
            record_timing=False,
            coalesce_streams=True,
            store_widget_state=False,
            resources={"metadata": {"path": str(twin.parent)}},
            config=Config(KernelManager=sockets),
        ).execute()
    forbid_stderr(notebook)
    drop_widgets(notebook)
    del notebook.metadata["language_info"]  # names the exact Python: churn
    nbformat.validate(notebook)
    write(twin.with_suffix(".ipynb"), nbformat.writes(notebook) + "\n")
    for name, picture in pictures(notebook).items():
        write(PICTURES / f"{name}.svg", picture)


def main(names: list[str]) -> int:
    """Execute the named notebooks, two at a time; return the exit code."""
    paths = [Path(name) for name in names] or sorted(FOLDER.glob("*.md"))
    failed = 0
    with ProcessPoolExecutor(max_workers=2) as pool:
        runs = {pool.submit(refresh, path.with_suffix(".md")): path for path in paths}
        for done, run in enumerate(as_completed(runs), start=1):
            error = run.exception()
            failed += error is not None
            print(f"[{done}/{len(runs)}] {runs[run].stem}: {'failed' if error else 'done'}")
            if error:
                print(error, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

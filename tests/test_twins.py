"""Every notebook and its text twin say the same."""

from pathlib import Path

import jupytext
import pytest
from jupytext.compare import compare_notebooks

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
STEMS = sorted({path.stem for path in NOTEBOOKS.iterdir() if path.suffix in {".ipynb", ".md"}})
# Wider lines of code or of output have to be scrolled sideways in the book.
LINE_LENGTH = 75
OUTPUT_LENGTH = 79


@pytest.mark.parametrize("stem", STEMS)
def test_twins_agree(stem):
    notebook = jupytext.read(NOTEBOOKS / f"{stem}.ipynb")
    twin = jupytext.read(NOTEBOOKS / f"{stem}.md", fmt="md:myst")
    compare_notebooks(twin, notebook, fmt="md:myst", compare_ids=False)


@pytest.mark.parametrize("stem", STEMS)
def test_code_fits_the_page(stem):
    twin = jupytext.read(NOTEBOOKS / f"{stem}.md", fmt="md:myst")
    lines = [line for c in twin.cells if c.cell_type == "code" for line in c.source.splitlines()]
    assert [line for line in lines if len(line) > LINE_LENGTH] == []


@pytest.mark.parametrize("stem", STEMS)
def test_what_is_printed_fits_the_page(stem):
    cells = jupytext.read(NOTEBOOKS / f"{stem}.ipynb").cells
    printed = [o.text for cell in cells for o in cell.get("outputs", []) if "text" in o]
    lines = [line for text in printed for line in text.splitlines()]
    assert [line for line in lines if len(line) > OUTPUT_LENGTH] == []


def test_pictures_of_the_front_page_are_the_notebooks():
    shown = {}
    for stem in STEMS:
        for cell in jupytext.read(NOTEBOOKS / f"{stem}.ipynb").cells:
            for tag in cell.metadata.get("tags", []):
                if tag.startswith("picture-"):
                    shown[tag.removeprefix("picture-")] = cell.outputs[0].data["image/svg+xml"]
    folder = NOTEBOOKS.parent / "book" / "_static"
    assert shown
    for name, picture in shown.items():
        assert (folder / f"{name}.svg").read_text(encoding="utf-8") == picture

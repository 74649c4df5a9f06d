"""Figures inside the pages: colours of both themes, unique names, label, links."""

import csv
import functools
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import jupytext
import nbformat
import numpy as np
import pytest
import yaml

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "data" / "results"
MAPPING = yaml.safe_load((ROOT / "book" / "figure_data.yml").read_text(encoding="utf-8"))
GLUE = "application/papermill.record/"
sys.path.append(str(ROOT / "book" / "_ext"))

from figure_tools import DARK_PAGE, PAPER, contrast, for_dark_page, inline_drawing  # noqa: E402

DRAWING = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 viewBox="0 0 9 9">
<metadata>who wrote it</metadata>
<defs><path id="glyph" d="M 1.23456 0.5 L 2 3"/><clipPath id="frame"><rect/></clipPath></defs>
<g id="nobody asks for this"><use xlink:href="#glyph" x="1.98765"/></g>
<path d="M 0 0" clip-path="url(#frame)" style="fill: #FFFFFF; stroke: #0072b2"/>
<rect fill="#0072b2"/>
</svg>"""


@pytest.fixture(scope="module")
def page():
    return inline_drawing(DRAWING, "one", 'a "label" & more')


@pytest.mark.parametrize("colour", ["#000000", "#0072b2", "#d55e00", "#cc0000", "#6e6e6e"])
def test_colour_stands_out_from_the_dark_page_as_from_paper(colour):
    wanted = min(contrast(colour, PAPER), 14.0)
    # A step of one in 255 changes the contrast by up to two per cent.
    assert contrast(for_dark_page(colour), DARK_PAGE) == pytest.approx(wanted, rel=0.03)


def test_letters_are_legible_in_the_dark():
    assert contrast(for_dark_page("#000000"), DARK_PAGE) > 7
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


def test_drawing_is_labelled(page):
    root = ElementTree.fromstring(page)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'a "label" & more'


def test_no_colour_is_fixed_outside_the_two_themes(page):
    style, *drawn = re.split(r"(?<=</style>)", page)
    assert style.count("data-theme=dark") == 1
    assert not re.search(r"#[0-9a-fA-F]{6}", "".join(drawn))
    assert "--c1:var(--pst-color-background)" in style


def test_two_drawings_share_no_name(page):
    other = inline_drawing(DRAWING, "two", "")
    names = [set(re.findall(r'id="([^"]+)"', text)) for text in (page, other)]
    assert names[0] == {"one", "one-glyph", "one-frame"}
    assert not names[0] & names[1]


def test_references_inside_a_drawing_are_kept(page):
    assert 'href="#one-glyph"' in page
    assert 'clip-path="url(#one-frame)"' in page


def test_drawing_is_tidied(page):
    assert 'd="M 1.23 0.5 L 2 3"' in page
    assert "who wrote it" not in page
    assert "nobody asks" not in page


def figures():
    for path in sorted((ROOT / "notebooks").glob("*.md")):
        for cell in jupytext.read(path, fmt="md:myst").cells:
            settings = cell.metadata.get("mystnb", {})
            if "figure" in settings:
                yield settings


def test_figures_have_name_caption_and_alternative_text():
    found = list(figures())
    names = [settings["figure"]["name"] for settings in found]
    assert len(names) == len(set(names)) > 20
    for settings in found:
        assert len(settings["figure"]["caption"]) > 40
        assert len(settings["image"]["alt"]) > 40


def test_tables_behind_the_figures_exist():
    names = {settings["figure"]["name"] for settings in figures()}
    tables = MAPPING["tables"]
    assert set(tables) <= names
    missing = [t for each in tables.values() for t in each if not (RESULTS / t).is_file()]
    assert missing == []


@functools.cache
def stored_outputs():
    """Outputs of every figure in the stored notebooks, by its name."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            figure = cell.metadata.get("mystnb", {}).get("figure")
            if figure:
                found[figure["name"]] = [output.get("data", {}) for output in cell.outputs]
    return found


@functools.cache
def stored_tables():
    """Tables of the figures in the stored notebooks, by their names."""
    return {
        name: data["text/csv"]
        for name, outputs in stored_outputs().items()
        for data in outputs
        if "text/csv" in data
    }


def test_every_figure_has_data_or_is_a_drawing():
    assert set(stored_outputs()) == {settings["figure"]["name"] for settings in figures()}
    without = set(stored_outputs()) - set(stored_tables())
    assert without == set(MAPPING["drawings"])


@pytest.mark.parametrize("name", sorted(stored_tables()))
def test_table_of_a_figure_can_be_read(name):
    lines = stored_tables()[name].splitlines()
    comments = [line for line in lines if line.startswith("#")]
    rows = list(csv.DictReader(lines[len(comments) :]))
    assert {row["panel"] for row in rows} == {str(i + 1) for i in range(len(comments))}
    # A curve that has no name in the legend has one for the table: label="_name".
    assert not [row["curve"] for row in rows if re.fullmatch(r"curve \d+", row["curve"])]
    for comment in comments:
        assert re.fullmatch(r"# panel \d+( \(.+\))?: x = .+, y = .+", comment)
    numbers = [
        float(v) for row in rows for k, v in row.items() if k not in ("panel", "curve") if v
    ]
    assert np.isfinite(numbers).all()


def test_tables_are_small_beside_the_pictures():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        data = [o.get("data", {}) for cell in cells for o in cell.get("outputs", [])]
        assert sum(len(one.get("text/csv", "")) for one in data) < 200_000, path.name


def test_notebooks_hold_no_output_that_the_book_would_drop():
    shown = {"image/svg+xml", "text/html", "text/plain", "text/csv"}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        assert "widgets" not in notebook.metadata
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                known = {t for t in output.get("data", {}) if not t.startswith(GLUE)}
                assert known <= shown, path.name

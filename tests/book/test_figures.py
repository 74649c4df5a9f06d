"""Below every figure: links to its code and to its numbers."""

from __future__ import annotations

import csv
import math

import pytest
import yaml
from conftest import HTML, PAGES, ROOT

NOTEBOOKS = [name for name in PAGES if name.startswith("notebooks/")]
DRAWINGS = yaml.safe_load((ROOT / "book" / "figure_data.yml").read_text(encoding="utf-8"))[
    "drawings"
]
# The page of all claims has no figure.
WITH_FIGURES = [
    name for name in NOTEBOOKS if "figure-links" in (HTML / name).read_text(encoding="utf-8")
]
LABELLED = """() => [...document.querySelectorAll('article figure')].map(figure => [
  figure.id, [...figure.querySelectorAll('.figure-links a')].map(a => a.textContent)])"""


@pytest.fixture(scope="module", params=WITH_FIGURES)
def tab(request, context, server):
    tab = context.new_page()
    tab.goto(f"{server}/{request.param}")
    yield tab
    tab.close()


def test_every_figure_names_its_code_and_its_data(tab):
    for figure, links in tab.evaluate(LABELLED):
        assert links[0] == "code"
        assert (f"{figure}.csv" in links) == (figure not in DRAWINGS)
        assert len(links) == len(set(links))


def test_tables_are_downloaded_and_can_be_read(tab):
    links = tab.locator(".figure-links a.download")
    for link in links.all():
        with tab.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == link.inner_text()
        lines = download.value.path().read_text(encoding="utf-8").splitlines()
        header, *rows = csv.reader(line for line in lines if not line.startswith("#"))
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(header)}
        assert not any(is_number(word) for word in header)
        assert any(is_number(word) for word in rows[0])


def is_number(word):
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False

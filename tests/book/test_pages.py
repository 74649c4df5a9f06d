"""Every page of the book, as a reader sees it."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
from conftest import ADDED, HTML, PAGES, PHONE, Visit

HEAVIEST = 6_000_000  # bytes that a page may ask for, pictures and scripts included

# Equations that MathJax did not set, or could not.
UNSET = """() => [
  ...[...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container')),
  ...document.querySelectorAll('mjx-merror, [data-mjx-error]'),
].map(e => e.textContent.trim().slice(0, 80))"""

# Text, code apart, that still shows the marks of an equation or of a role.
RAW = r"""() => {
  const article = document.querySelector('article') ?? document.body;
  const text = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  const code = 'pre, code, script, style, mjx-container, .sig';
  const marks = /\\[(\[]|\\begin\{|\$[^$\s][^$]*\$|\{(eq|ref|glue|cite)[:\w]*\}/;
  const found = [];
  while (text.nextNode()) {
    const {data, parentElement} = text.currentNode;
    if (!parentElement.closest(code) && marks.test(data)) found.push(data.trim().slice(0, 80));
  }
  return found;
}"""

# The browser leaves pictures below the window for later.
LOAD_PICTURES = """() => Promise.all([...document.images].map(image => {
  image.loading = 'eager';
  return image.decode().catch(() => undefined);
}))"""
PICTURES = """() => [...document.images]
  .filter(i => !i.complete || !i.naturalWidth || !i.alt.trim())
  .map(i => `${i.src} (alt: ${i.alt})`)"""

# What is wider than the window although no box of its own scrolls it.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth, found = [];
  const scrolls = e => { for (let p = e; p; p = p.parentElement) {
    const style = getComputedStyle(p);
    if (style.overflowX !== 'visible' || style.position === 'fixed') return true; }
    return false; };
  for (const e of document.querySelectorAll('body *')) {
    const right = e.getBoundingClientRect().right;
    if (right > width + 1 && !scrolls(e)) found.push(`${e.outerHTML.slice(0, 80)}: ${right}`);
  }
  const page = document.documentElement.scrollWidth;
  return page > width + 1 ? [`the page is ${page} wide`, ...found.slice(0, 5)] : [];
}"""

HEADINGS = """() => [...document.querySelectorAll('article :is(h1, h2, h3, h4, h5, h6)')]
  .map(h => [Number(h.tagName[1]), h.textContent.trim().slice(0, 60)])"""


def test_loads_without_complaint(visit):
    assert not visit.console
    assert not visit.failures


def test_asks_no_other_host(visit, server):
    assert [u for u in visit.requests if not u.startswith((server, "data:", "blob:"))] == []


@pytest.mark.parametrize("name", PAGES)
def test_opens_as_a_file(name, context):
    tab = context.new_page()
    visit = Visit(name, (HTML / name).as_uri(), tab).load()
    unset = tab.evaluate(UNSET)
    tab.close()
    assert not visit.console
    assert not visit.failures
    assert [u for u in visit.requests if not u.startswith((HTML.as_uri(), "data:", "blob:"))] == []
    assert unset == []


def test_sets_every_equation(visit):
    assert visit.tab.evaluate(UNSET) == []
    assert visit.tab.evaluate(RAW) == []


def test_pictures_are_there_and_described(visit):
    visit.tab.evaluate(LOAD_PICTURES)
    assert visit.tab.evaluate(PICTURES) == []


def test_headings_descend_step_by_step(visit):
    headings = visit.tab.evaluate(HEADINGS)
    levels = [level for level, _ in headings]
    # The pages that the theme adds have headings of their own making, or none.
    if visit.name not in ADDED:
        assert levels[:1] == [1], headings
        assert levels.count(1) == 1, headings
    assert [h for h, before in zip(headings[1:], levels, strict=False) if h[0] > before + 1] == []


def test_is_light_enough_to_fetch(visit):
    urls = [urlsplit(url) for url in visit.requests if url.startswith("http")]
    paths = {unquote(url.path).lstrip("/") for url in urls}
    assert sum((HTML / path).stat().st_size for path in paths) < HEAVIEST


def test_fits_a_desktop(visit):
    assert visit.tab.evaluate(TOO_WIDE) == []


def test_fits_a_phone(phone):
    assert phone.tab.evaluate(TOO_WIDE) == []


def test_fits_a_phone_however_long_a_value_of_the_api_is(context, server):
    tab = context.new_page()
    tab.set_viewport_size(PHONE)
    Visit("api", f"{server}/book/api.html", tab).load()
    # A folder in which the book is built may have any name.
    tab.evaluate(
        """() => { for (const e of document.querySelectorAll('.sig .property .pre'))
        e.textContent = 'x/'.repeat(100); }"""
    )
    too_wide = tab.evaluate(TOO_WIDE)
    tab.close()
    assert too_wide == []


def test_follows_the_dark_scheme(dark):
    dark.tab.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    ground = dark.tab.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", ground)[:3]) < 64, ground


def test_top_page_leads_to_the_first_page(context, server):
    tab = context.new_page()
    tab.goto(f"{server}/index.html")
    tab.wait_for_url(f"{server}/{PAGES[0]}")
    tab.close()


def test_search_finds_a_word_of_the_book(context, server):
    tab = context.new_page()
    tab.goto(f"{server}/search.html?q=bremsstrahlung")
    tab.wait_for_selector("#search-results li a")
    tab.close()

"""Figures that follow the page's theme.

Vector figures go into the page itself, where its style sheet reaches them: in the dark
theme every colour is replaced by one of the same hue that stands out from the dark page
as the original does from white.  The alternative text stays, as the label of the drawing.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

DARK_PAGE = "#121212"
PAPER, INK = "#ffffff", "#000000"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
DECIMALS = re.compile(r"(\.\d\d)\d+")
LINK = re.compile(r"(?<=#)[\w.-]+")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, as the accessibility guidelines define it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def for_dark_page(colour: str) -> str:
    """Find the colour that contrasts with the dark page as this one does with paper."""
    wanted = min(contrast(colour, PAPER), 14.0)
    hue, lightness, saturation = colorsys.rgb_to_hls(
        *(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    )
    low, high, found = 0.0, 1.0, colour
    for _ in range(20):
        lightness = 0.5 * (low + high)
        rgb = colorsys.hls_to_rgb(hue, lightness, saturation)
        found = "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
        bright = luminance(found) > luminance(DARK_PAGE)
        if bright and contrast(found, DARK_PAGE) > wanted:
            high = lightness
        else:
            low = lightness
    return found


def theme_style(name: str, colours: list[str]) -> str:
    """Style sheet of one drawing: its colours as variables, in both themes; ink comes first."""
    light = ";".join(f"--c{i}:{colour}" for i, colour in enumerate(colours))
    dark = ";".join(
        f"--c{i}:" + ("var(--pst-color-background)" if c == PAPER else for_dark_page(c))
        for i, c in enumerate(colours)
    )
    return (
        f"#{name}{{{light}}}html[data-theme=dark] #{name}{{{dark}}}"
        f"#{name}{{fill:var(--c0)}}#{name} *{{stroke-linejoin:round;stroke-linecap:butt}}"
    )


def strip(root: ElementTree.Element) -> None:
    """Drop what draws nothing: metadata, name spaces, white space, names that nobody uses."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in {"metadata", "style"}:
                parent.remove(child)
    used = {n for e in root.iter() for v in e.attrib.values() for n in LINK.findall(v)}
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text = element.tail = None
        kept = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        if kept.get("id") not in used:
            kept.pop("id", None)
        element.attrib.clear()
        element.attrib.update(kept)


def painted(attributes: dict[str, str], variable: Callable[[re.Match[str]], str]) -> str:
    """One style for all that gives colour: a variable has no meaning in other attributes."""
    own = [f"{key}:{attributes.pop(key)}" for key in ("fill", "stroke") if key in attributes]
    style = ";".join([*own, attributes.pop("style", "")]).strip(";")
    return COLOUR.sub(variable, style).replace(": ", ":").replace("; ", ";")


def inline_drawing(svg: str, name: str, label: str) -> str:
    """Prepare a drawing of matplotlib for the inside of a page.

    Names are made unique to the page by `name`, coordinates are rounded to a
    hundredth of a point, and what draws nothing is dropped.
    """
    root = ElementTree.fromstring(svg)
    strip(root)
    colours = [INK]  # of what names no colour, such as letters

    def variable(match: re.Match[str]) -> str:
        colour = match[0].lower()
        if colour not in colours:
            colours.append(colour)
        return f"var(--c{colours.index(colour)})"

    for element in root.iter():
        style = painted(element.attrib, variable)
        for key, value in element.attrib.items():
            if key in {"d", "points", "x", "y"}:
                element.set(key, DECIMALS.sub(r"\1", " ".join(value.split())))
            elif key == "id":
                element.set(key, f"{name}-{value}")
            else:
                element.set(key, value.replace("#", f"#{name}-"))
        if style:
            element.set("style", style.replace("url(#", f"url(#{name}-"))
    root.attrib.update({"id": name, "role": "img", "aria-label": label, "class": "drawing"})
    rules = ElementTree.Element("style")
    rules.text = theme_style(name, colours)
    root.insert(0, rules)
    return ElementTree.tostring(root, encoding="unicode").replace("&gt;", ">")


class InlineDrawings(SphinxPostTransform):
    """Put vector figures into the page."""

    default_priority = 300  # after MyST-NB has chosen among the outputs of a cell
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace every picture that is a drawing."""
        for count, image in enumerate(list(self.document.findall(nodes.image))):
            path = Path(self.env.srcdir) / image["uri"]
            if path.suffix != ".svg" or not path.is_file():
                continue
            figure = image.parent
            name = figure["ids"][0] if figure.get("ids") else f"drawing-{count}"
            text = inline_drawing(
                path.read_text(encoding="utf-8"), f"{name}-svg", image.get("alt", "")
            )
            image.replace_self(nodes.raw("", text, format="html"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_post_transform(InlineDrawings)
    app.add_css_file("figures.css")
    app.add_js_file("figures.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

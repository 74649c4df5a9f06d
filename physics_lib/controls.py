"""Sliders that draw a figure again, for notebooks that run in Jupyter."""

import io
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

_MARGINS: Final = {"left": 0.13, "right": 0.97, "bottom": 0.15, "top": 0.91}


def picture_of(figure: Figure) -> bytes:
    """Draw a figure as SVG; its own `savefig` would draw it twice."""
    content = io.BytesIO()
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(content, metadata={"Date": None})
    return content.getvalue()


def controlled_figure(draw: Callable[..., Figure], **sliders: Any) -> Any:
    """Put a figure below sliders that change it.

    The figure is drawn at once, so that a notebook which fails to draw it fails. It is made
    without pyplot, which would show it a second time.

    Parameters
    ----------
    draw : callable
        Makes the figure from the sliders' values, given by name.
    **sliders
        Widgets of `ipywidgets` with a value.

    Returns
    -------
    ipywidgets.VBox
        The last value of a cell to be shown.
    """
    widgets = import_module("ipywidgets")
    picture = widgets.Image(format="svg+xml", layout={"max_width": "100%"})

    def update(change: Any = None) -> None:
        # To solve the layout would take half of the time.
        with rc_context({"figure.constrained_layout.use": False}):
            figure = draw(**{name: slider.value for name, slider in sliders.items()})
        figure.subplots_adjust(**_MARGINS)
        picture.value = picture_of(figure)

    for slider in sliders.values():
        slider.observe(update, names="value")
    update()
    return widgets.VBox([*sliders.values(), picture])

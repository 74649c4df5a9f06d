"""A figure below sliders follows them."""

import pytest
from ipywidgets import FloatSlider, IntSlider
from matplotlib import rc_context
from matplotlib.figure import Figure

from physics_lib.controls import controlled_figure, picture_of


@pytest.fixture
def drawn():
    return []


@pytest.fixture(params=[True, False])
def box(drawn, request):
    # With the style of the book, whose layout is solved, as without it.
    with rc_context({"figure.constrained_layout.use": request.param}):
        yield make_box(drawn)


def make_box(drawn):
    def draw(height, number):
        drawn.append((height, number))
        figure = Figure(figsize=(1, 1))
        figure.add_subplot().plot([0, height], [0, number])
        return figure

    return controlled_figure(
        draw, height=FloatSlider(1.5, min=1, max=2), number=IntSlider(3, min=1, max=9)
    )


def test_figure_is_drawn_at_once_and_after_every_change(box, drawn):
    height, number, picture = box.children
    assert drawn == [(1.5, 3)]
    before = picture.value
    height.value = 2.0
    number.value = 4
    assert drawn[1:] == [(2.0, 3), (2.0, 4)]
    assert picture.value != before
    assert bytes(picture.value).startswith(b"<?xml")


def test_failure_to_draw_is_not_hidden():
    def draw(mass):
        raise ValueError(f"mass = {mass}: must be positive")

    with pytest.raises(ValueError, match="must be positive"):
        controlled_figure(draw, mass=FloatSlider(0.0))


def test_picture_names_no_date():
    assert b"dc:date" not in picture_of(Figure())

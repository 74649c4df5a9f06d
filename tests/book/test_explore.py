"""The page "Explore": its numbers against the library, its controls, its speed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import HTML, Visit

from physics_lib.constraints import g_minus_2_band, thermal_target
from physics_lib.experiment import load_experiment
from physics_lib.interactive import BEAMS
from physics_lib.limits import absolute_limit, ratio_limit
from physics_lib.materials import NA64_ECAL
from physics_lib.mixing import mixing
from physics_lib.models import Invisible, Vanilla
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.production.radiative import METHODS, spectrum
from physics_lib.shower.cascade import track_length
from physics_lib.yields import Search

PRECISION = 0.01
PANELS = ("limit", "mixing", "track", "spectrum")
# With the cusp, the dip and both sides of the edge of a positron beam.
MASSES = 1e-3 * np.array(
    [1, 3, 10, 50, 100, 150, 200, 211.3, 220, 250, 300, 315, 319, 320, 330, 400, 600]
)
# scenario, α_D, mass ratio, beam, particles, cut
CHOICES = [
    ("invisible", 0.1, 3.0, "e-", 2.84e11, 50),
    ("invisible", 0.02, 3.0, "e-", 1e13, 43),
    ("invisible", 1.0, 2.1, "e+", 1e13, 50),
    ("invisible", 0.5, 5.0, "e+", 1e12, 67),
    ("invisible", 0.001, 10.0, "e-", 1e14, 30),
    ("vanilla", 0.1, 3.0, "e-", 2.84e11, 50),
    ("vanilla", 0.1, 3.0, "e+", 1e13, 58),
]


@pytest.fixture(scope="module")
def page(context):
    """The page, opened as a file."""
    tab = context.new_page()
    visit = Visit("book/explore.html", (HTML / "book/explore.html").as_uri(), tab).load()
    tab.wait_for_function("() => window.NA64E?.panels?.spectrum")
    yield visit
    tab.close()


@pytest.fixture(scope="module")
def reference():
    return Search.of(load_experiment("na64e-2018"))


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_limits_are_those_of_the_library(page, reference, choice):
    scenario, alpha_d, ratio, beam, particles, cut = choice
    experiment = replace(
        load_experiment(BEAMS[beam]), particles_on_target=particles, ecal_cut_GeV=float(cut)
    )
    dark = Invisible(MASSES, 1e-3, alpha_d, ratio)
    model = dark if scenario == "invisible" else Vanilla(MASSES, 1e-3)
    ours = ratio_limit(model, Search.of(experiment), reference).coupling
    found = page.tab.evaluate(
        """([scenario, alphaD, massRatio, beam, particles, cut, masses]) =>
          NA64E.model.limit({ scenario, alphaD, massRatio, beam, particles, cut }, masses)""",
        [*choice, MASSES.tolist()],
    )
    assert found == pytest.approx(ours, rel=PRECISION)


def test_muons_and_bands_are_those_of_the_library(page):
    ours = absolute_limit(
        Invisible(MASSES, 1e-3, 0.1, 3.0), Search.of(load_experiment("na64mu-1e11"))
    )
    found = page.tab.evaluate(
        """masses => NA64E.model.muonLimit(
          { scenario: "invisible", alphaD: 0.1, massRatio: 3 }, masses)""",
        MASSES.tolist(),
    )
    assert found == pytest.approx(ours.coupling, rel=1e-4)
    band = page.tab.evaluate("masses => NA64E.model.gMinus2Band(masses)", MASSES.tolist())
    assert np.array(band) == pytest.approx(np.array(g_minus_2_band(MASSES)), rel=1e-4)
    target = page.tab.evaluate("m => NA64E.model.thermalTarget(m, 0.02, 2.5, 10)", MASSES.tolist())
    assert target == pytest.approx(thermal_target(MASSES, 0.02, 2.5, 10.0), rel=1e-9)


def test_mixing_is_that_of_the_library(page):
    q2 = np.concatenate([-np.geomspace(1e-4, 50, 30), np.geomspace(1e-4, 50, 60)])
    found = page.tab.evaluate("q2 => q2.map(NA64E.model.mixing)", q2.tolist())
    ours = mixing(q2)
    assert np.abs(np.array(found) @ [1.0, 1.0j] / ours - 1.0).max() < 1e-10


@pytest.mark.parametrize("beam", [30.0, 100.0, 180.0])
def test_track_lengths_are_those_of_the_library(page, beam):
    found = page.tab.evaluate("beam => NA64E.model.trackLengths(beam)", beam)
    energy = np.array(found["energies"])
    lengths = track_length("e-", beam, NA64_ECAL, 0.005 * beam)
    below = energy < 0.99 * beam
    for material in lengths.materials:
        for sign, ours in zip("-+", lengths.density(energy, material), strict=True):
            curve = np.array(found["curves"][f"{material} {sign}"])
            assert curve[below] == pytest.approx(ours[below], rel=PRECISION)


@pytest.mark.parametrize("mass", [1.5e-3, 0.02, 0.5])
def test_spectra_are_those_of_the_library(page, mass):
    found = page.tab.evaluate("mass => NA64E.model.spectra(mass)", mass)
    remainder = 1.0 / (1.0 + np.exp(found["logit"]))
    for method in METHODS:
        ours = spectrum(100.0, mass, remainder, LEAD_NUCLEUS, method)
        assert found["curves"][method] == pytest.approx(ours, rel=PRECISION)


def test_loads_without_complaint(page):
    assert not page.console
    assert not page.failures


def test_every_control_has_a_name_and_answers_the_keyboard(page):
    """The answers take 10 to 30 ms; ten times that is the most that is allowed here."""
    inputs = page.tab.locator(".explore :is(input, select)")
    assert inputs.count() > 15
    for control in inputs.all():
        assert control.evaluate("e => e.labels.length === 1 && e.labels[0].innerText.length > 2")
        if control.is_disabled() or "position" in control.get_attribute("id"):
            continue
        key = {"checkbox": "Space", "range": "ArrowRight"}.get(
            control.get_attribute("type"), "ArrowDown"
        )
        panel = control.locator("xpath=ancestor::div[@class='explore']")
        before = panel.inner_html()
        control.focus()
        page.tab.keyboard.press(key)
        assert panel.inner_html() != before
        # How long it took, for who measures; a test must not depend on it.
        assert float(panel.get_attribute("data-milliseconds")) >= 0.0


def test_numbers_follow_the_keyboard_and_the_pointer(page):
    for name in PANELS:
        numbers = page.tab.locator(f"#explore-{name} .explore-legend")
        slider = page.tab.locator(f"#explore-{name}-position")
        before = numbers.inner_text()
        slider.focus()
        page.tab.keyboard.press("ArrowRight")
        moved = numbers.inner_text()
        assert moved != before
        page.tab.locator(f"#explore-{name}-frame").hover(position={"x": 300, "y": 150})
        assert numbers.inner_text() != moved


def test_the_curve_can_be_downloaded(page):
    with page.tab.expect_download() as download:
        page.tab.locator("#explore-limit .explore-download").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# 90 % C.L. upper limits on g")
    assert lines[1].startswith("mass_GeV,")
    table = np.array([line.split(",")[:2] for line in lines[2:]], dtype=float)
    assert len(table) > 100
    assert np.all(np.diff(table[:, 0]) > 0.0)

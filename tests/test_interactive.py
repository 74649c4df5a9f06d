"""The tables behind the interactive page, against the library they come from."""

import json

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.constraints import delta_a_mu, g_minus_2_band
from physics_lib.data import read_curve
from physics_lib.experiment import load_experiment
from physics_lib.interactive import BEAMS, OVERLAYS, spectrum_places, tables
from physics_lib.materials import NA64_ECAL
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.production.radiative import METHODS, spectrum
from physics_lib.shower.cascade import track_length
from physics_lib.yields import Search


@pytest.fixture(scope="module")
def known():
    return tables()


@pytest.fixture(scope="module")
def mass(known):
    """Masses of the knots [GeV]."""
    constants, rows = known["constants"], known["muons"]["log_radiated"]
    knots = constants["first_knot"] + np.arange(len(rows))
    return 10.0 ** (knots / constants["knots_per_decade"])


def test_a_browser_can_read_them_in_a_blink(known):
    text = json.dumps(known, allow_nan=False)
    assert len(text) < 300_000


def test_the_knots_reach_around_fig_7(mass):
    """Three knots on either side of every mass, for six-point interpolation."""
    assert mass[2] <= 1e-3
    assert mass[-3] >= 0.6


def test_radiation_of_the_2018_run_is_the_librarys(known, mass, search):
    table = known["beams"]["e-"]
    row = np.exp(table["log_radiated"][table["cuts"].index(50)])
    ours = search.radiative_yield(mass) / search.experiment.particles_on_target
    # The library's own energy grid, which begins elsewhere.
    assert row == pytest.approx(ours, rel=1e-3)


@pytest.mark.parametrize("cut", [32.5, 47.0, 68.0])
def test_radiation_may_be_interpolated_between_the_cuts(known, mass, cut):
    table = known["beams"]["e+"]
    experiment = load_experiment(BEAMS["e+"])
    exact = Search.of(type(experiment)(**vars(experiment) | {"ecal_cut_GeV": cut}))
    between = BarycentricInterpolator(table["cuts"], np.array(table["log_radiated"]))(cut)
    ours = exact.radiative_yield(mass) / experiment.particles_on_target
    assert np.exp(between) == pytest.approx(ours, rel=2e-3)


def test_more_energy_in_the_calorimeter_means_more_signal(known):
    for table in known["beams"].values():
        assert np.all(np.diff(table["log_radiated"], axis=0) > 0.0)


@pytest.mark.parametrize("beam", list(BEAMS))
def test_the_path_of_positrons_is_kept_in_the_peak_and_below(known, beam):
    table = known["beams"][beam]
    top, resolution = table["settings"]["energy"], table["resolution"]
    places = np.log(
        [table["lowest_energy"] / (top + resolution - table["lowest_energy"]), top / resolution]
    )
    ratio = np.exp(np.linspace(*places, len(table["log_positrons"])))
    energy = np.minimum(ratio * (top + resolution) / (1.0 + ratio), top)
    path = np.exp(table["log_positrons"])
    lengths = Search.of(load_experiment(BEAMS[beam])).track_length
    for low in (35.0, 60.0, 90.0):
        start = np.searchsorted(energy, low)
        found = np.trapezoid(path[start:], energy[start:])
        # Straight lines overestimate a steep peak a little.
        assert found == pytest.approx(lengths.integral("lead", energy[start], top)[1], rel=5e-3)


def test_muons_exclude_two_events_and_a_third(known, mass):
    search = Search.of(load_experiment("na64mu-1e11"))
    row = np.exp(known["muons"]["log_radiated"]) * known["muons"]["particles"]
    assert row == pytest.approx(search.radiative_yield(mass), rel=1e-5)
    assert known["muons"]["excluded"] == pytest.approx(np.log(10.0), rel=1e-6)


def test_the_band_of_g_minus_2_follows(known, mass):
    table = known["g_minus_2"]
    per_g2 = np.exp(table["log_per_g2"])
    assert per_g2 == pytest.approx(delta_a_mu(mass, 1.0), rel=1e-5)
    for value, edge in zip(table["band"], g_minus_2_band(mass), strict=True):
        assert np.sqrt(value / per_g2) == pytest.approx(edge, rel=1e-5)


def test_published_limits_are_as_published(known):
    for name, file in OVERLAYS.items():
        curve, table = read_curve(file), known["overlays"][name]
        assert table["upper_limit"] == pytest.approx(curve.at(table["mass"]), rel=1e-12)
        assert set(curve.mass_GeV) <= set(table["mass"])
    # Down to 1 MeV, where the published curve begins.
    assert known["published"]["mass"][0] == 1e-3


def test_track_lengths_at_the_beam_energy_of_the_paper(known):
    table = known["track_length"]
    row = table["beam_energies"].index(100.0)
    energy = 100.0 * np.array(table["shares"])
    lengths = track_length("e-", 100.0, NA64_ECAL, 0.5)
    for material in lengths.materials:
        for sign, ours in zip("-+", lengths.density(energy, material), strict=True):
            found = np.exp(table["log"][f"{material} {sign}"][row]) / 100.0
            kept = energy < 99.0
            assert found[kept] == pytest.approx(ours[kept], rel=5e-3)


def test_spectra_are_those_of_the_library(known, mass):
    for method in METHODS:
        table = known["spectrum"]
        row = int(np.argmin(np.abs(mass - 0.1)))
        ours = spectrum(
            table["energy"], mass[row], spectrum_places(mass[row]), LEAD_NUCLEUS, method
        )
        assert np.exp(table["log"][method][row]) == pytest.approx(ours, rel=1e-5)


def test_places_of_the_spectrum_lie_within_the_phase_space():
    place = spectrum_places(np.array([[1e-3], [0.6]]))
    assert np.all(np.diff(place) < 0.0)
    assert np.all(place > ELECTRON_MASS / 100.0)
    assert np.all(place < 1.0 - np.array([[1e-3], [0.6]]) / 100.0)


def test_constants_are_handed_on(known):
    assert known["constants"]["muon_mass"] == MUON_MASS
    assert known["reference"]["particles"] == 2.84e11
    assert known["reference"]["cut"] == 50.0

"""The track length as a result: bins, integrals, smooth density."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.materials import LEAD
from physics_lib.shower.cascade import track_length
from physics_lib.shower.track_length import TrackLength, graded_coordinate

SHOWER = track_length("e-", 100.0, LEAD, threshold=1.0, pivots=80)
LOW, HIGH = SHOWER.edges[[0, -1]]
energies = st.floats(LOW, HIGH)


def power_law(count):
    """Exact bin averages of T_− = 1/E and T_+ = 1/E² between 1 and 100 GeV."""
    edges = np.geomspace(1.0, 100.0, count + 1)
    minus = np.log(edges[1:] / edges[:-1]) / np.diff(edges)
    plus = (1.0 / edges[:-1] - 1.0 / edges[1:]) / np.diff(edges)
    none = np.zeros((1, count))
    return TrackLength("e-", 100.0, ("lead",), edges, minus[None], plus[None], none, none)


@given(cuts=st.lists(energies, min_size=2, max_size=2, unique=True))
def test_integral_is_additive(cuts):
    low, high = sorted(cuts)
    middle = 0.5 * (low + high)
    if not low < middle < high:
        return
    parts = np.add(SHOWER.integral("lead", low, middle), SHOWER.integral("lead", middle, high))
    # The interpolated primitive is of the order of 100 cm: rounding shows in narrow bins.
    assert parts == pytest.approx(SHOWER.integral("lead", low, high), rel=1e-9, abs=1e-10)


@given(cuts=st.lists(energies, min_size=1, max_size=20, unique=True))
def test_rebinning_keeps_the_integral_and_the_sign(cuts):
    edges = np.unique([LOW, *cuts, HIGH])
    if np.any(np.diff(edges) < 1e-9):
        return
    there = SHOWER.rebinned(edges)
    for new, old in ((there.minus, SHOWER.minus), (there.plus, SHOWER.plus)):
        assert np.all(new >= -1e-6)
        assert (new @ np.diff(edges))[0] == pytest.approx((old @ np.diff(SHOWER.edges))[0])


def test_rebinning_to_the_same_bins_changes_nothing():
    same = SHOWER.rebinned(SHOWER.edges)
    total = SHOWER.minus @ np.diff(SHOWER.edges)
    rounding = 1e-14 * total / np.diff(SHOWER.edges)
    assert np.all(np.abs(same.minus - SHOWER.minus) <= 1e-12 * SHOWER.minus + rounding)


def test_outside_of_the_bins_there_is_nothing():
    wide = SHOWER.rebinned([0.0, LOW, HIGH, 2.0 * HIGH])
    assert wide.minus[0, [0, 2]].tolist() == [0.0, 0.0]
    assert wide.plus[0, 1] > 0.0
    minus, plus = SHOWER.density([0.5 * LOW, HIGH * 1.001, -1.0, 1e6], "lead")
    assert np.all(minus == 0.0)
    assert np.all(plus == 0.0)


def test_density_of_a_known_law():
    energy = np.geomspace(1.5, 50.0, 40)
    minus, plus = power_law(200).density(energy, "lead")
    # Monotone cubic interpolation of the primitive, 43 bins per decade.
    assert minus * energy == pytest.approx(1.0, rel=1e-3)
    assert plus * energy**2 == pytest.approx(1.0, rel=1e-3)


def test_integral_of_a_known_law_inside_the_bins():
    minus, plus = power_law(60).integral("lead", 3.7, 41.3)
    assert minus == pytest.approx(np.log(41.3 / 3.7), rel=1e-3)
    assert plus == pytest.approx(1.0 / 3.7 - 1.0 / 41.3, rel=1e-3)


def test_density_integrates_to_the_integral():
    energy = np.linspace(5.0, 60.0, 20_001)
    integral = SHOWER.integral("lead", 5.0, 60.0)
    for density, expected in zip(SHOWER.density(energy, "lead"), integral, strict=True):
        assert np.trapezoid(density, energy) == pytest.approx(expected, rel=1e-5)


@given(energy=energies)
def test_density_is_never_negative(energy):
    minus, plus = SHOWER.density(energy, "lead")
    assert minus >= 0.0
    assert plus >= 0.0


@given(one=st.floats(0.01, 100.0), other=st.floats(0.01, 100.0))
def test_graded_coordinate_keeps_the_order(one, other):
    x, y = graded_coordinate([one, other], 100.0, 1e-4)
    assert (x < y) == (one < other) or abs(one - other) < 1e-9 * one


def test_graded_coordinate_stretches_both_ends():
    coordinate = graded_coordinate([0.1, 1.0, 99.0, 99.9, 99.99], 100.0, 1e-9)
    steps = np.diff(coordinate)
    assert steps[[0, 2, 3]] == pytest.approx(np.log(10.0), rel=0.01)


def test_materials_have_their_rows():
    assert SHOWER.row("lead") == 0
    with pytest.raises(ValueError, match="^material = 'iron': allowed lead$"):
        SHOWER.row("iron")
    with pytest.raises(ValueError, match="^material = "):
        SHOWER.density(1.0, "scintillator")


def test_centres_are_in_the_middle():
    assert power_law(3).centres.shape == (3,)
    assert SHOWER.centres[5] == 0.5 * (SHOWER.edges[5] + SHOWER.edges[6])

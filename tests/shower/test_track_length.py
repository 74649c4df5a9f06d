"""The track length as a result: bins, integrals, smooth density."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.materials import LEAD, target_of
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
    none, nothing = np.zeros((1, count)), np.zeros(1)
    minus, plus = minus[None], plus[None]
    gamma = minus + plus
    return TrackLength("e-", 100.0, ("lead",), edges, minus, plus, gamma, none, none, nothing)


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
    for name in ("minus", "plus", "gamma", "minus_error", "plus_error"):
        new, old = getattr(there, name), getattr(SHOWER, name)
        assert np.all(new >= -1e-6)
        assert (new @ np.diff(edges))[0] == pytest.approx((old @ np.diff(SHOWER.edges))[0])


def test_results_with_arrays_can_be_compared():
    assert SHOWER == SHOWER
    assert replace(SHOWER, minus=SHOWER.minus.copy()) != SHOWER


def test_rebinning_to_the_same_bins_changes_nothing():
    same = SHOWER.rebinned(SHOWER.edges)
    total = SHOWER.minus @ np.diff(SHOWER.edges)
    rounding = 1e-14 * total / np.diff(SHOWER.edges)
    assert np.all(np.abs(same.minus - SHOWER.minus) <= 1e-12 * SHOWER.minus + rounding)


def test_outside_of_the_bins_there_is_nothing():
    wide = SHOWER.rebinned([0.0, LOW, HIGH, 2.0 * HIGH])
    assert wide.minus[0, [0, 2]].tolist() == [0.0, 0.0]
    assert wide.gamma[0, [0, 2]].tolist() == [0.0, 0.0]
    assert wide.plus[0, 1] > 0.0
    minus, plus = SHOWER.density([0.5 * LOW, HIGH * 1.001, -1.0, 1e6], "lead")
    assert np.all(minus == 0.0)
    assert np.all(plus == 0.0)


def test_nothing_is_counted_below_the_lowest_energy():
    cut = 7.0
    parts = SHOWER.rebinned([LOW, 5.0, 10.0, HIGH], lowest=cut)
    assert parts.minus[0, 0] == parts.gamma[0, 0] == 0.0
    above = SHOWER.integral("lead", cut, 10.0)
    assert parts.minus[0, 1] * 5.0 == pytest.approx(above[0], rel=1e-12)
    assert parts.plus[0, 1] * 5.0 == pytest.approx(above[1], rel=1e-12)


def test_rebinning_keeps_the_deposit():
    assert np.array_equal(SHOWER.rebinned([LOW, HIGH]).deposit, SHOWER.deposit)


def with_error(spacing):
    """The power law plus an error that goes with the square of the spacing."""
    error = 0.03 * spacing**2
    law = power_law(20)
    return replace(
        law,
        minus=law.minus + error,
        plus=law.plus - 2.0 * error,
        gamma=law.gamma + 3.0 * error,
        deposit=law.deposit + 4.0 * error,
    )


@given(spacing=st.floats(1e-3, 1.0))
def test_extrapolation_removes_an_error_of_second_order(spacing):
    exact, fine = power_law(20), with_error(spacing)
    better = fine.extrapolated(with_error(2.0 * spacing))
    for name in ("minus", "plus", "gamma", "deposit"):
        assert getattr(better, name) == pytest.approx(getattr(exact, name), rel=1e-12, abs=1e-13)
    # What is stated is the error of the fine grid.
    assert better.minus_error == pytest.approx(0.03 * spacing**2, abs=1e-13)
    assert better.plus_error == pytest.approx(0.06 * spacing**2, abs=1e-13)


def test_extrapolation_leaves_two_thirds_of_an_error_of_first_order():
    exact = power_law(20)
    fine, coarse = (replace(exact, minus=exact.minus + h) for h in (0.01, 0.02))
    left = fine.extrapolated(coarse).minus - exact.minus
    assert left == pytest.approx(0.01 * 2.0 / 3.0)


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
        # Two interpolations of the same bins, cubic and monotone.
        assert np.trapezoid(density, energy) == pytest.approx(expected, rel=1e-4)


def test_density_is_the_derivative_of_the_integral():
    for energy in (2.0, 7.0, 30.0, 80.0):
        step = 1e-3 * energy
        slope = np.array(SHOWER.integral("lead", energy - step, energy + step)) / (2.0 * step)
        # A monotone and a smooth interpolation of the same primitive: its local error.
        assert np.array(SHOWER.density(energy, "lead")) == pytest.approx(slope, rel=5e-3)


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


def test_a_target_may_be_a_text():
    found = track_length("e-", 10.0, "2 x (1 cm tungsten)", 1.0, pivots=20)
    expected = track_length("e-", 10.0, target_of("2 x (1 cm tungsten)"), 1.0, pivots=20)
    assert np.array_equal(found.minus, expected.minus)
    with pytest.raises(ValueError, match="low = 9 GeV: allowed"):
        found.integral("tungsten", 9.0, 2.0)

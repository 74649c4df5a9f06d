"""Behaviour of the constraints: Eq. (2), its band, and Eq. (5)."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.constants import MUON_ANOMALY_EXCESS, MUON_MASS
from physics_lib.constraints import (
    delta_a_mu,
    equivalent_f,
    g_minus_2_band,
    loop_function,
    relic_coupling,
    thermal_target,
)

masses = st.floats(0.0, 10.0)
couplings = st.floats(1e-8, 1.0)


@pytest.mark.parametrize("x", [1e-8, 1e-4, 0.01, 0.3, 0.999, 1.0, 1.001, 1.9, 2.0, 5.0, 94.6])
def test_loop_function_equals_its_integral(x):
    with mpmath.workdps(25):
        r = mpmath.mpf(x) ** 2
        ends = [mpmath.mpf(10) ** -k for k in range(1, 14)]
        cuts = [0, *reversed(ends), 0.5, *[1 - end for end in ends], 1]
        exact = mpmath.quad(lambda z: 2 * z * (1 - z) ** 2 / ((1 - z) ** 2 + r * z), cuts)
        assert abs(loop_function(x) / exact - 1) < 1e-12


def test_loop_function_is_continuous_where_the_methods_meet():
    below, above = loop_function([np.nextafter(1.0, 0.0), np.nextafter(1.0, 2.0)])
    assert below == pytest.approx(above, rel=1e-13)


def test_loop_function_limits():
    assert loop_function(0.0) == 1.0
    assert loop_function(1e-5) == pytest.approx(1.0 - np.pi * 1e-5, rel=1e-8)
    assert loop_function(100.0) == pytest.approx(2.0 / 3.0 * 1e-4, rel=5e-3)


@given(masses, couplings, st.floats(0.1, 10.0))
def test_delta_a_mu_is_proportional_to_g_squared(mass, g, factor):
    assert delta_a_mu(mass, factor * g) == pytest.approx(factor**2 * delta_a_mu(mass, g))


@given(masses, masses)
def test_delta_a_mu_falls_with_mass(first, second):
    light, heavy = sorted((first, second))
    assert delta_a_mu(light, 1e-3) >= delta_a_mu(heavy, 1e-3) * (1 - 1e-13)


def test_band_is_the_one_of_the_text():
    lower, upper = g_minus_2_band(0.0)
    assert lower == pytest.approx(3.2e-4, abs=0.06e-4)
    assert upper == pytest.approx(5.5e-4, abs=0.12e-4)


@given(masses, st.floats(0.0, 10.0), st.floats(0.0, 10.0))
def test_band_widens_with_sigmas(mass, first, second):
    narrow, wide = (g_minus_2_band(mass, sigmas) for sigmas in sorted((first, second)))
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


@given(masses)
def test_band_closes_on_the_measured_value(mass):
    lower, upper = g_minus_2_band(mass, 0.0)
    assert lower == upper
    assert delta_a_mu(mass, lower) == pytest.approx(MUON_ANOMALY_EXCESS)


def test_band_reaches_zero_coupling_above_the_significance():
    assert g_minus_2_band(0.1, 4.3)[0] == 0.0
    assert g_minus_2_band(0.1, 4.2)[0] > 0.0


@given(st.floats(1e-3, 1.0), st.floats(1e-4, 1.0), st.floats(2.1, 10.0), st.floats(0.01, 100.0))
def test_equivalent_f_inverts_the_thermal_target(mass, alpha_d, ratio, f):
    g = thermal_target(mass, alpha_d, ratio, f)
    assert equivalent_f(mass, g, alpha_d, ratio) == pytest.approx(f)
    dark_mass, dark_coupling2 = mass / ratio, 4 * np.pi * alpha_d
    right = f * 3e-15 * (dark_mass * 1e3) ** 2
    assert dark_coupling2 * g**2 * (dark_mass / mass) ** 4 == pytest.approx(right)


def test_arrays_broadcast():
    assert delta_a_mu(np.full((2, 1), MUON_MASS), np.array([1e-4, 1e-3, 1e-2])).shape == (2, 3)
    assert thermal_target([0.01, 0.1], 0.1, 3.0, [[1.0], [10.0]]).shape == (2, 2)
    assert relic_coupling([], 0.1, 3.0).shape == (0,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: delta_a_mu(-1.0, 1e-3), "mass = -1"),
        (lambda: delta_a_mu(10.1, 1e-3), "mass = 10.1"),
        (lambda: delta_a_mu(0.1, float("nan")), "g = nan"),
        (lambda: delta_a_mu("heavy", 1.0), "mass = 'heavy'"),
        (lambda: loop_function(101.0), "x = 101"),
        (lambda: g_minus_2_band(0.1, -1.0), "sigmas = -1"),
        (lambda: thermal_target(0.1, 0.0, 3.0), "alpha_d = 0"),
        (lambda: thermal_target(0.1, 0.1, 2.0), "mass_ratio = 2"),
        (lambda: thermal_target(0.1, 0.1, 3.0, -1.0), "f = -1"),
        (lambda: equivalent_f(0.1, float("inf"), 0.1, 3.0), "g = inf"),
        (lambda: relic_coupling(2.0, 0.1, 3.0), "mass = 2 GeV"),
        (lambda: relic_coupling(0.1, 0.1, 3.0, density=0.0), "density = 0"),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)

"""The propagator of an unstable vector: weights of cells, spectral density, running width."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from physics_lib.constants import MUON_MASS
from physics_lib.models import (
    DarkPhoton,
    Invisible,
    Vanilla,
    invisible_branching,
    invisible_width,
    total_width,
)
from physics_lib.production.propagator import damping, propagator_weights, spectral_rule

RANGE = (5e-4, 2.0)


def exact_weights(low, high, mass, width):
    """The two integrals in 60 digits, closed form of the antiderivatives."""
    with mpmath.workdps(60):
        low, high = (mpmath.mpf(edge) - mpmath.mpf(mass) ** 2 for edge in (low, high))
        gamma = mpmath.mpf(mass) * mpmath.mpf(width)
        flat = (mpmath.atan(high / gamma) - mpmath.atan(low / gamma)) / gamma
        first = mpmath.log((high**2 + gamma**2) / (low**2 + gamma**2)) / 2
        at_high = (first - low * flat) / (high - low)
        return flat - at_high, at_high


def weights_by_quadrature(low, high, mass, width):
    with mpmath.workdps(30):
        low, high, mass, width = map(mpmath.mpf, (low, high, mass, width))

        def integral(shape):
            return mpmath.quad(
                lambda s: shape(s) / ((s - mass**2) ** 2 + (mass * width) ** 2),
                mpmath.linspace(low, high, 5),
            )

        step = high - low
        return integral(lambda s: (high - s) / step), integral(lambda s: (s - low) / step)


CELLS = [
    # s between, m, Γ
    (0.06, 0.065, 0.25, 1e-3),
    (0.06, 0.065, 0.25, 1e-9),
    (0.06, 0.065, 0.25, 1e-15),
    (0.0625, 0.065, 0.25, 1e-6),
    (0.0599, 0.0625, 0.25, 1e-6),
    (0.0599, 0.0625, 0.25, 1e-15),
    (0.0625, 0.065, 0.25, 1e-15),
    (0.06, 0.065, 0.25, 0.5),
    (0.05, 0.0502, 0.25, 1e-9),
    (0.09, 0.0902, 0.25, 1e-3),
    (0.0500, 0.0506, 0.5, 1e-3),
    (0.0500, 0.0506, 0.05, 1e-9),
]


@pytest.mark.parametrize(("low", "high", "mass", "width"), CELLS)
def test_propagator_weights_of_narrow_wide_and_far_resonances(low, high, mass, width):
    mine = propagator_weights(np.array([low, high]), np.array([mass**2]), np.array([mass * width]))
    exact = exact_weights(low, high, mass, width)
    # Both together are what counts; far away each of them loses (step/distance)² in digits.
    scale = float(exact[0] + exact[1])
    for weight, expected in zip(mine, exact, strict=True):
        assert weight[0] == pytest.approx(float(expected), rel=1e-9, abs=1e-12 * scale)


@pytest.mark.parametrize(("low", "high", "mass", "width"), [CELLS[i] for i in (0, 5, 7, 8)])
def test_exact_weights_are_the_integrals(low, high, mass, width):
    for closed, direct in zip(
        exact_weights(low, high, mass, width),
        weights_by_quadrature(low, high, mass, width),
        strict=True,
    ):
        assert abs(closed / direct - 1) < 1e-12


@given(
    mass=st.floats(0.1, 0.4),
    log_width=st.floats(-16.0, -1.0),
    cuts=st.lists(st.floats(0.01, 0.1), min_size=2, max_size=6, unique=True),
)
def test_weights_are_positive_and_add_up_over_cells(mass, log_width, cuts):
    edges = np.array(sorted(cuts))
    if np.min(np.diff(edges)) < 1e-6:
        return
    column = np.array([mass**2]), np.array([mass * 10.0**log_width])
    at_low, at_high = propagator_weights(edges, *column)
    whole = np.add(*propagator_weights(edges[[0, -1]], *column))[0]
    assert np.all(at_low >= -1e-9 * whole)
    assert np.all(at_high >= -1e-9 * whole)
    assert np.sum(at_low + at_high) == pytest.approx(whole, rel=1e-9)


def test_weights_of_many_masses_are_those_of_each():
    edges = np.linspace(0.01, 0.1, 7)
    mass, width = np.array([[0.15], [0.2], [0.31]]), np.array([[1e-9], [1e-3], [1e-5]])
    together = propagator_weights(edges, mass**2, mass * width)
    for i in range(3):
        single = propagator_weights(edges, mass[i] ** 2, mass[i] * width[i])
        for many, one in zip(together, single, strict=True):
            assert np.array_equal(many[i], one)


@pytest.mark.parametrize("kind", [Vanilla, Invisible, DarkPhoton])
def test_the_two_dampings_meet_on_the_mass_shell(kind):
    model = kind(0.25, 1e-3)
    assert damping(model, 0.25**2, True) == pytest.approx(float(damping(model, 0.25**2)))
    assert damping(model, 0.3**2, True) > damping(model, 0.3**2)


def by_quadrature(model, shape, running_width):
    """∫ds ρ(s) f(√s) by adaptive quadrature in the angle that makes the peak flat."""
    mass, gamma = model.mass, float(model.mass * total_width(model))

    def integrand(angle):
        s = mass**2 + gamma * np.tan(angle)
        root_s = np.sqrt(s)
        width = float(total_width(model, root_s))
        d = root_s * width if running_width else gamma
        peak = (gamma * np.tan(angle)) ** 2 + d**2
        density = root_s * float(invisible_width(model, root_s)) / (np.pi * peak)
        return density * shape(root_s) * gamma / np.cos(angle) ** 2

    marks = [RANGE[0] ** 2, 4.0 * MUON_MASS**2, mass**2, RANGE[1] ** 2]
    if hasattr(model, "dark_mass"):
        marks.append(4.0 * float(model.dark_mass) ** 2)
    angles = np.sort(np.arctan((np.array(marks) - mass**2) / gamma))
    return sum(
        quad(integrand, *pair, epsrel=1e-9, epsabs=0.0, limit=400)[0]
        for pair in pairwise(angles)
        if pair[1] > pair[0]
    )


@pytest.mark.parametrize("running_width", [False, True])
@pytest.mark.parametrize("power", [-2.0, 0.0, 2.0])
@pytest.mark.parametrize(
    "model",
    [
        Invisible(0.01, 1e-3, 0.1),
        Invisible(0.2, 1e-3, 0.5),
        Invisible(0.213, 1e-3, 0.02),
        Vanilla(0.25, 0.1),
        DarkPhoton(0.6, 1e-3, 1.0, 2.2),
    ],
)
def test_the_spectral_rule_integrates_powers_of_the_mass(model, power, running_width):
    root_s, weight = spectral_rule(model, *RANGE, running_width)
    total = np.sum(weight * (root_s / model.mass) ** power)
    expected = by_quadrature(model, lambda r: (r / model.mass) ** power, running_width)
    # The threshold of χ inside a panel costs the last digits.
    assert total == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("mass", [0.001, 0.1, 0.25, 0.6])
def test_a_narrow_vector_is_on_its_mass_shell(mass):
    """For Γ → 0 the density is BR_inv δ(s − m²)."""
    model = Vanilla(mass, 1e-5)
    root_s, weight = spectral_rule(model, *RANGE)
    assert np.sum(weight) == pytest.approx(float(invisible_branching(model)), rel=1e-7)
    mean = np.sum(weight * root_s) / np.sum(weight)
    assert mean == pytest.approx(mass, rel=1e-6)


@given(mass=st.floats(1e-3, 1.0), alpha_d=st.floats(1e-9, 1.0), g=st.floats(1e-6, 1.0))
def test_nodes_stay_in_range_and_weights_positive(mass, alpha_d, g):
    root_s, weight = spectral_rule(Invisible(mass, g, alpha_d), *RANGE)
    assert np.all((root_s >= RANGE[0]) & (root_s <= RANGE[1]))
    assert np.all(weight >= 0.0)
    assert np.all(np.isfinite(weight))


def test_rules_of_many_masses_are_those_of_each():
    mass = np.array([[0.01, 0.2], [0.25, 0.6]])
    together = spectral_rule(Invisible(mass, np.full((2, 2), 1e-3)), *RANGE)
    for i in np.ndindex(2, 2):
        for many, one in zip(
            together, spectral_rule(Invisible(mass[i], 1e-3), *RANGE), strict=True
        ):
            assert many[i] == pytest.approx(one, rel=1e-12)

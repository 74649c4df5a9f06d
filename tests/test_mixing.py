"""Π(q²) of Eq. (6): against quadrature of the Feynman parameter, dispersion relation, cusp."""

import re

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from physics_lib.constants import ELEMENTARY_CHARGE, MUON_MASS, TAU_MASS
from physics_lib.mixing import MAX_Q2, loop_difference, mixing

CUSP = 4.0 * MUON_MASS**2
TAU_THRESHOLD = 4.0 * TAU_MASS**2

Q2 = [
    *(-1e6, -3e4, -100.0, -12.63, -3.16, -0.3, -0.0447, -0.0112, -0.0111, -1e-3, -1e-9),
    *(0.0, 1e-300, 1e-12, 1e-5, 0.01116, 0.0112, 0.03),
    *(CUSP * (1.0 - 1e-3), CUSP * (1.0 - 1e-12), np.nextafter(CUSP, 0.0), CUSP),
    *(np.nextafter(CUSP, 1.0), CUSP * (1.0 + 1e-12), CUSP * (1.0 + 1e-3)),
    *(
        -5.6,
        -0.02,
        0.0105,
        0.02,
        0.05,
        0.36,
        3.1,
        3.2,
        5.6,
        12.0,
        TAU_THRESHOLD * (1.0 - 1e-9),
        TAU_THRESHOLD,
    ),
    *(TAU_THRESHOLD * (1.0 + 1e-9), 13.0, 40.0, 1e3, 1e5),
]


def feynman_integral(q2, mass):
    """∫₀¹ dx x(1−x) ln(m² − x(1−x)q² − i0) by quadrature, 30 digits; symmetric under x → 1−x."""
    q2, mass = mpmath.mpf(float(q2)), mpmath.mpf(mass)
    half = mpmath.mpf(1) / 2
    cuts = {mpmath.mpf(0), half}
    imaginary = mpmath.mpf(0)
    if q2 < 0:
        scale = mass**2 / -q2
        cuts |= {scale * 10**k for k in range(-2, 14) if scale * 10**k < half}
    if q2 > 4 * mass**2:
        # The argument of the logarithm is negative between the two zeros: Im ln = −π.
        zero = (2 * mass**2 / q2) / (1 + mpmath.sqrt(1 - 4 * mass**2 / q2))
        cuts.add(zero)
        cuts |= {zero * 10**k for k in range(-2, 14) if zero * 10**k < half}
        imaginary = -2 * mpmath.pi * mpmath.quad(lambda x: x * (1 - x), [zero, half])

    def integrand(x):
        return 2 * x * (1 - x) * mpmath.log(abs(mass**2 - x * (1 - x) * q2))

    return mpmath.quad(integrand, sorted(cuts)) + 1j * imaginary


@pytest.mark.parametrize("q2", Q2)
def test_closed_form_equals_the_feynman_parameter_integral(q2):
    with mpmath.workdps(30):
        exact = feynman_integral(q2, TAU_MASS) - feynman_integral(q2, MUON_MASS)
        error = abs(mpmath.mpmathify(complex(loop_difference(q2))) / exact - 1)
        assert error < 1e-12


@pytest.mark.parametrize(
    ("q2", "value"),
    [
        (-5.0, 0.003750100285),
        (-0.01, 0.01401535735),
        (1e-3, 0.01447900137),
        (0.03, 0.01650566154),
        (0.05, 0.02014881035 + 0.003799158931j),
        (0.36, 0.01029040381 + 0.007984197413j),
        (13.0, -0.005870251508 + 0.006016273937j),
        (40.0, -0.001519534032 + 0.0003390123854j),
    ],
)
def test_reference_values(q2, value):
    # Ten digits are given.
    assert mixing(q2) == pytest.approx(value, rel=5e-10)


def test_at_zero_it_is_the_logarithm_of_the_mass_ratio():
    expected = ELEMENTARY_CHARGE / (12.0 * np.pi**2) * np.log((TAU_MASS / MUON_MASS) ** 2)
    assert mixing(0.0) == pytest.approx(expected, rel=1e-15)
    assert abs(mixing(0.0)) == pytest.approx(0.0144, abs=5e-5)


def absorptive_part(s):
    """Im Π/g from unitarity: each lepton's phase space, muon positive, tau negative."""
    total = 0.0
    for mass, sign in ((MUON_MASS, 1.0), (TAU_MASS, -1.0)):
        if s > 4.0 * mass**2:
            total += sign * (1.0 + 2.0 * mass**2 / s) * np.sqrt(1.0 - 4.0 * mass**2 / s)
    return ELEMENTARY_CHARGE / (12.0 * np.pi) * total


@pytest.mark.parametrize("s", [1.0001 * CUSP, 0.05, 0.1, 1.0, 5.0, 12.6, 12.64, 13.0, 40.0, 1e4])
def test_imaginary_part_is_the_phase_space_of_real_pairs(s):
    # Far above both thresholds the difference itself cancels to (m/√s)⁴: absolute there.
    assert mixing(s).imag == pytest.approx(absorptive_part(s), rel=1e-10, abs=1e-17)


# The float nearest to 4m² lies above it.
@given(st.floats(-1e12, CUSP, exclude_max=True))
def test_no_imaginary_part_below_the_first_threshold(q2):
    assert mixing(q2).imag == 0.0


@pytest.mark.parametrize("q2", [-100.0, -1.0, -0.01, 0.0, 0.03])
def test_unsubtracted_dispersion_relation(q2):
    """Π is analytic and vanishes at infinity: it is the transform of its imaginary part."""

    def integrand(z, edge):
        # s = edge + z²/(1 − z): the square roots at both thresholds become smooth.
        s = edge + z * z / (1.0 - z)
        jacobian = z * (2.0 - z) / (1.0 - z) ** 2
        return mixing(s).imag / (s - q2) * jacobian

    def below(z):
        middle, half = 0.5 * (TAU_THRESHOLD + CUSP), 0.5 * (TAU_THRESHOLD - CUSP)
        s = middle - half * np.cos(z)
        return mixing(s).imag / (s - q2) * half * np.sin(z)

    low, _ = quad(below, 0.0, np.pi, epsrel=1e-11, epsabs=0.0, limit=200)
    high, _ = quad(integrand, 0.0, 1.0 - 1e-9, (TAU_THRESHOLD,), epsrel=1e-9, limit=400)
    assert (low + high) / np.pi == pytest.approx(mixing(q2).real, rel=1e-8)


def test_the_cusp_is_the_maximum_and_1_47_times_the_value_at_zero():
    grid = np.concatenate([-np.geomspace(1e6, 1e-6, 400), np.geomspace(1e-6, 1e5, 800)])
    at_cusp = abs(mixing(CUSP))
    assert np.all(np.abs(mixing(grid)) < at_cusp)
    found = minimize_scalar(
        lambda q2: -abs(mixing(q2)), bounds=(0.9 * CUSP, 1.1 * CUSP), options={"xatol": 1e-12}
    )
    assert found.x == pytest.approx(CUSP, rel=1e-5)
    assert at_cusp / abs(mixing(0.0)) == pytest.approx(1.4719, abs=5e-5)


momenta = st.floats(-1e8, 1e8)
lepton_masses = st.floats(1e-4, 1e3)


@given(q2=momenta, one=lepton_masses, other=lepton_masses)
def test_exchanging_the_leptons_changes_the_sign(q2, one, other):
    there, back = loop_difference(q2, one, other), loop_difference(q2, other, one)
    assert abs(there + back) < 2e-15 * (abs(there) + 1.0)


@given(q2=momenta, mass=lepton_masses)
def test_equal_leptons_cancel(q2, mass):
    assert loop_difference(q2, mass, mass) == 0.0


@given(
    q2=st.floats(-1e4, 1e4).filter(lambda q2: abs(q2) > 1e-200),
    one=st.floats(1e-2, 10.0),
    other=st.floats(1e-2, 10.0),
    scale=st.floats(1e-2, 1e2),
)
def test_only_ratios_of_scales_matter(q2, one, other, scale):
    # At a threshold the slope is infinite and rounding of λ²q² shows; equal masses cancel.
    assume(all(abs(q2 / (4.0 * m * m) - 1.0) > 1e-3 for m in (one, other)))
    assume(abs(one / other - 1.0) > 0.1)
    here = loop_difference(q2, one, other)
    there = loop_difference(scale**2 * q2, scale * one, scale * other)
    assert abs(there - here) < 1e-12 * (abs(here) + 1e-2)


def test_shape_follows_the_argument():
    q2 = np.array([[0.0, 1.0], [-1.0, CUSP]])
    values = mixing(q2)
    assert values.shape == (2, 2)
    assert [mixing(x) for x in q2.ravel()] == list(values.ravel())
    assert mixing(0.5).shape == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1.01 * MAX_Q2, -1.01 * MAX_Q2, "x"])
def test_bad_momenta_are_refused_by_name(bad):
    for function in (mixing, loop_difference):
        with pytest.raises(ValueError, match="^q2 = "):
            function(bad)


@pytest.mark.parametrize("far", [-1e9, 1e9, 1e12])
def test_a_heavy_lepton_decouples_and_a_light_one_runs_with_the_logarithm(far):
    """6 (I₊ − I₋) = ln m₊²/|q²| + 5/3, + iπ for q² > 0, up to q²/5m₊² and 6 m₋²/q²."""
    heavy, light = 1e6, 1e-6
    expected = np.log(heavy**2 / abs(far)) + 5.0 / 3.0 - (far / heavy**2) / 5.0
    found = 6.0 * loop_difference(far, heavy, light)
    # Next order: 3/140 (q²/m₊²)², once above the reach of the series.
    assert found.real == pytest.approx(expected, abs=0.03 * (far / heavy**2) ** 2 + 1e-12)
    assert found.imag == pytest.approx(np.pi if far > 0.0 else 0.0, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2e12,), "q2 = 2000000000000 GeV²: allowed [-1e+12, 1e+12] GeV²"),
        ((1.0, 0.0), "mass_plus = 0 GeV: allowed [1e-06, 1e+06] GeV"),
        ((1.0, 1.0, 2e6), "mass_minus = 2000000 GeV: allowed [1e-06, 1e+06] GeV"),
    ],
)
def test_refusals_say_what_is_allowed(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        loop_difference(*arguments)


def test_the_ends_of_the_ranges_are_allowed():
    assert np.all(np.isfinite(loop_difference([-MAX_Q2, MAX_Q2], 1e6, 1e-6)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, -0.1, 1e-7, 1e7])
def test_bad_masses_are_refused_by_name(bad):
    with pytest.raises(ValueError, match="^mass_plus = "):
        loop_difference(1.0, mass_plus=bad)
    with pytest.raises(ValueError, match="^mass_minus = "):
        loop_difference(1.0, mass_minus=bad)

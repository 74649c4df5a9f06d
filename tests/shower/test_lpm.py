"""Landau–Pomeranchuk–Migdal suppression against Migdal's integrals and limits."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.materials import LEAD, NA64_ECAL, SCINTILLATOR, Stack
from physics_lib.shower import lpm, processes
from physics_lib.shower.cascade import track_length
from physics_lib.shower.processes import bremsstrahlung_k_spectrum, pair_spectrum

SCAN = np.geomspace(1e-6, 1e4, 20_001)


def quadrature(integrand, s):
    """∫ e^{−st} sin(st) f(t) dt, cut where e^{−st} is below 1e-20."""
    return mpmath.quad(
        lambda t: mpmath.exp(-s * t) * mpmath.sin(s * t) * integrand(t),
        [15 * mpmath.pi / s * mpmath.mpf(i) / 15 for i in range(16)],
    )


@pytest.mark.parametrize("s", [1e-3, 0.01, 0.1, 0.7, 3.0, 19.0, 21.0, 60.0])
def test_closed_forms_are_the_integrals_of_migdal(s):
    with mpmath.workdps(25):
        x = mpmath.mpf(s)
        phi = 12 * x**2 * quadrature(lambda t: mpmath.coth(t / 2), x) - 6 * mpmath.pi * x**2
        g = 48 * x**2 * (mpmath.pi / 4 - quadrature(lambda t: 1 / mpmath.sinh(t / 2), x) / 2)
        # Cancellation costs s² roundings below s = 20; above, the next term is of order 1/s⁸.
        assert lpm.phi(s) == pytest.approx(float(phi), rel=1e-10)
        assert lpm.g(s) == pytest.approx(float(g), rel=1e-9)


def test_suppression_keeps_electrons_at_the_beam_energy(monkeypatch):
    edges = np.array([80.0, 95.0, 98.0, 99.0, 99.5, 100.0])

    def lengths(name):
        # New names: what is known of a material is kept by it.
        plates = tuple((replace(one, name=f"{one.name} {name}"), d) for one, d in NA64_ECAL.cell)
        return track_length("e-", 100.0, Stack(name, plates, 150), 0.5, edges).minus[0]

    suppressed = lengths("with")
    monkeypatch.setattr(processes, "migdal", lambda s, z: (np.ones_like(s),) * 3)
    change = suppressed / lengths("without") - 1.0
    assert change == pytest.approx([-0.003, -0.027, -0.084, -0.154, 0.080], abs=1e-3)


def test_limits_for_strong_suppression():
    s = np.array([1e-6, 1e-5, 1e-4])
    # With the next terms, −πs and −2πs, what is left is of second order.
    assert np.all(np.abs(lpm.phi(s) / (6.0 * s) - (1.0 - np.pi * s)) < 10.0 * s * s + 1e-14)
    leading = 12.0 * np.pi * s * s * (1.0 - 2.0 * np.pi * s)
    assert np.all(np.abs(lpm.g(s) / leading - 1.0) < 50.0 * s * s + 1e-14)


def test_limits_for_no_suppression():
    s = np.array([5.0, 10.0, 50.0, 1e3, 1e6])
    assert 1.0 - lpm.phi(s) == pytest.approx(1.0 / (84.0 * s**4), rel=0.02, abs=1e-11)
    assert 1.0 - lpm.g(s) == pytest.approx(29.0 / (1260.0 * s**4), rel=0.02, abs=1e-11)


@pytest.mark.parametrize("function", [lpm.phi, lpm.g])
def test_functions_rise_from_zero_to_one_without_a_step(function):
    values = function(SCAN)
    assert np.all((values > 0.0) & (values <= 1.0))
    # Rounding of the closed form near s = 20.
    assert np.all(np.diff(values) > -1e-11)
    # In ln s (spacing 1.15e-3) the slope of s² → 1 is about one, nowhere two.
    assert np.diff(values).max() < 2.0 * 1.15e-3
    below, above = function(20.0 * (1.0 + np.array([-1e-12, 1e-12])))
    # The next term of the expansion, of order 1/s⁸.
    assert above == pytest.approx(below, abs=1e-9)


def stanev(s_prime, charge):
    """ξ(s′) of Stanev et al. 1982: 2 below s₁, 1 above 1."""
    s1 = np.sqrt(2.0) * (charge ** (1 / 3) / 184.15) ** 2
    h = np.log(s_prime) / np.log(s1)
    between = 1.0 + h - 0.08 * (1.0 - h) * (2.0 * h - h * h) / np.log(s1)
    return np.where(s_prime < s1, 2.0, np.where(s_prime > 1.0, 1.0, between))


@pytest.mark.parametrize("charge", [6, 82])
def test_tables_are_within_about_a_millionth_of_the_functions(charge):
    s_prime = np.geomspace(1.5e-5, 9e2, 30_001)
    # A straight line between points 9.2e-4 apart in ln s: h²/8 = 1.06e-7 times the curvature,
    # which is ten at most.
    _, g, phi = lpm.migdal(s_prime, charge)
    s = s_prime / np.sqrt(stanev(s_prime, charge))
    assert np.abs(g - lpm.g(s)).max() < 1.2e-6
    assert np.abs(phi - lpm.phi(s)).max() < 1e-6


@pytest.mark.parametrize("charge", [1, 6, 29, 82])
def test_xi_is_the_fit_but_never_enhances(charge):
    xi, g, phi = lpm.migdal(SCAN, charge)
    fit = stanev(SCAN, charge)
    free = np.abs(xi * phi - 1.0) > 1e-12
    assert xi[free] == pytest.approx(fit[free], rel=1e-12)
    # The fit is logarithmic: it overshoots by up to 2.2 % near s′ = 0.5.
    assert np.all((xi < 1.01 * fit) & (xi > 0.975 * fit))
    assert np.all((xi >= 1.0) & (xi <= 2.0))
    assert (xi * phi).max() <= 1.0 + 1e-12
    assert (xi * g).max() <= 1.0 + 1e-12


@pytest.mark.parametrize("charge", [6, 29, 82])
def test_suppression_fades_monotonically(charge):
    xi, g, phi = lpm.migdal(SCAN, charge)
    assert np.all(np.diff(xi) <= 1e-12)
    for function in (xi * phi, xi * g):
        fall = np.maximum.accumulate(function) - function
        # Stanev's ξ reaches one at s′ = 1, where φ = 0.9906 and G = 0.9820.
        assert fall.max() < 0.01
        assert np.all(fall[SCAN < 0.4] < 1e-12)


@given(s_prime=st.floats(0.0, 1e12), charge=st.integers(1, 92))
def test_migdal_is_finite_everywhere(s_prime, charge):
    xi, g, phi = lpm.migdal(s_prime, charge)
    assert 1.0 <= xi <= 2.0
    assert 0.0 <= g <= 1.0
    assert 0.0 <= phi <= 1.0


@pytest.mark.parametrize("material", [LEAD, SCINTILLATOR], ids=["lead", "scintillator"])
def test_characteristic_energy_is_7_7_TeV_per_cm_of_radiation_length(material):
    # PDG: E_LPM = 7.7 TeV/cm · X₀, two digits.
    ratio = lpm.characteristic_energy(material) / material.radiation_length
    assert ratio == pytest.approx(7.7e3, rel=0.005)


@pytest.mark.parametrize("photon", [0.1, 0.3, 1.0])
def test_strong_suppression_goes_with_the_root_of_the_photon_energy(photon):
    """Landau and Pomeranchuk: 3 √(k E_LPM/E²) for k ≪ E²/E_LPM."""
    energy = 1e5
    main, small = LEAD.screening_strengths
    spectrum = bremsstrahlung_k_spectrum(energy, photon, LEAD) - small
    factor = 3.0 * np.sqrt(photon * lpm.characteristic_energy(LEAD)) / energy
    # φ = 6s (1 − πs + …), s < 2e-4.
    assert spectrum / (4.0 / 3.0 * main) == pytest.approx(factor, rel=1e-3)


@pytest.mark.parametrize("x", [0.1, 0.5])
@pytest.mark.parametrize("photon", [1e6, 1e7])
def test_pairs_are_suppressed_as_migdal_has_it(photon, x):
    """s′² = k E_LPM/(8 E₊ E₋): Tsai's Eq. 3.84 with ξ (G + 2(1 − 2x(1 − x)) φ)/3."""
    main, small = LEAD.screening_strengths
    product = x * (1.0 - x)
    s_prime = np.sqrt(lpm.characteristic_energy(LEAD) / (8.0 * photon * product))
    xi, g, phi = lpm.migdal(s_prime, 82)
    assert xi * phi < 0.999
    expected = main * xi / 3.0 * (g + 2.0 * (1.0 - 2.0 * product) * phi) - small * product
    assert photon * pair_spectrum(photon, x * photon, LEAD) == pytest.approx(expected, rel=1e-5)


def test_no_suppression_at_low_energy():
    """At k E_LPM = 8 E² s′², s′ > 3, that is nothing."""
    energy = np.array([0.1, 0.5, 1.0])
    photon = np.array([0.1, 0.5, 0.5]) * energy
    thin = replace(LEAD, density=1e-9 * LEAD.density)
    without = 1e9 * bremsstrahlung_k_spectrum(energy, photon, thin)
    # 1 − φ(3) = 1/(84 · 81)
    assert bremsstrahlung_k_spectrum(energy, photon, LEAD) == pytest.approx(without, rel=2e-4)


def test_photons_of_100_GeV_electrons_are_suppressed_below_2_GeV_in_lead():
    energy, photon = 100.0, np.array([0.1, 2.3, 50.0])
    thin = replace(LEAD, density=1e-9 * LEAD.density)
    factor = bremsstrahlung_k_spectrum(energy, photon, LEAD) * 1e-9
    factor = factor / bremsstrahlung_k_spectrum(energy, photon, thin)
    # E²/E_LPM = 2.3 GeV is where it sets in.
    assert factor[0] < 0.5
    assert 0.95 < factor[1] < 0.99
    assert factor[2] == pytest.approx(1.0, abs=2e-3)

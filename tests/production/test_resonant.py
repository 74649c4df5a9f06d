"""Resonant annihilation: Eqs. (A.2) and (A.3) as corrected, narrow width, unitarity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from physics_lib.constants import ALPHA, ELECTRON_MASS, GEV_INVERSE_SQUARED_IN_PB
from physics_lib.mixing import mixing
from physics_lib.models import DarkPhoton, Invisible, Vanilla, invisible_branching, total_width
from physics_lib.production.resonant import (
    ENERGY_RANGE,
    invariant_mass_squared,
    narrow_width_integral,
    resonant_energy,
    sigma,
)

ENERGIES = np.array([1.0, 20.0, 50.0, 61.15, 61.3, 80.0, 100.0])


def breit_wigner(model, s):
    return 1.0 / ((s - model.mass**2) ** 2 + (model.mass * total_width(model)) ** 2)


def test_neutrinos_are_eq_a3_with_the_missing_s():
    g, mass = 1e-2, 0.25
    model = Vanilla(mass, g)
    s = 2.0 * ELECTRON_MASS * (ENERGIES + ELECTRON_MASS)
    alpha_z = g**2 / (4.0 * np.pi)
    pi2 = np.abs(g * mixing(s)) ** 2
    printed = 4.0 * np.pi * ALPHA * alpha_z / 3.0 * pi2 * s * breit_wigner(model, s)
    assert sigma(model, ENERGIES) == pytest.approx(GEV_INVERSE_SQUARED_IN_PB * printed, rel=1e-12)


def test_dark_scalars_are_eq_a2_with_the_root_of_s():
    g, mass, alpha_d = 1e-3, 0.25, 0.1
    model, plain = Invisible(mass, g, alpha_d), Vanilla(mass, g)
    s = 2.0 * ELECTRON_MASS * (ENERGIES + ELECTRON_MASS)
    chi = mass / 3.0
    pi2 = np.abs(g * mixing(s)) ** 2
    r2 = chi**2 / s
    scalars = np.pi * ALPHA * alpha_d * pi2 / 3.0 * s * np.maximum(1 - 4 * r2, 0) ** 1.5
    scalars *= breit_wigner(model, s)
    # the neutrinos come on top, with the total width of this model
    neutrinos = sigma(plain, ENERGIES) / breit_wigner(plain, s) * breit_wigner(model, s)
    expected = GEV_INVERSE_SQUARED_IN_PB * scalars + neutrinos
    assert sigma(model, ENERGIES) == pytest.approx(expected, rel=1e-12)


def test_at_the_peak_it_is_the_unitarity_limit_times_branchings():
    """σ(m²) = (12π/m²) · BR_ee BR_inv, for s ≫ m_e² (2J + 1 = 3, four spin states)."""
    model = Vanilla(0.25, 1e-2)
    channels = model.widths(0.25)
    ee = channels["electrons"] / total_width(model)
    expected = 12.0 * np.pi / 0.25**2 * ee * invisible_branching(model)
    assert sigma(model, resonant_energy(0.25)) == pytest.approx(
        GEV_INVERSE_SQUARED_IN_PB * expected, rel=1e-4
    )


@pytest.mark.parametrize("mass", [0.24, 0.26, 0.28])
def test_a_narrow_resonance_integrates_to_its_area(mass):
    model = Vanilla(mass, 1e-3)
    centre, gamma = resonant_energy(mass), mass * total_width(model) / (2.0 * ELECTRON_MASS)
    assert gamma < 1e-5 * centre
    # E = E_R + γ tan θ; the wings beyond 10⁵ widths hold 2/π · 10⁻⁵.
    reach = np.arctan(1e5)

    def integrand(theta):
        return sigma(model, centre + gamma * np.tan(theta)) * gamma / np.cos(theta) ** 2

    total, _ = quad(integrand, -reach, reach, epsrel=1e-6, limit=200)
    assert total == pytest.approx(float(narrow_width_integral(model)), rel=1e-3)


def test_narrow_width_area():
    model = DarkPhoton(0.2, 1e-4)
    area = 2.0 * np.pi**2 * ALPHA * 1e-8 / ELECTRON_MASS * invisible_branching(model)
    assert narrow_width_integral(model) == pytest.approx(GEV_INVERSE_SQUARED_IN_PB * area)


@given(mass=st.floats(0.05, 10.0))
def test_the_resonant_energy_is_where_the_invariant_mass_is_the_mass(mass):
    assert invariant_mass_squared(resonant_energy(mass)) == pytest.approx(mass**2, rel=1e-12)


def test_fifty_gev_of_missing_energy_reach_225_mev():
    assert np.sqrt(invariant_mass_squared(50.0)) == pytest.approx(0.225, abs=2e-3)


def test_arguments_take_lists_and_are_computed_in_double_precision():
    model = Vanilla(0.25, 1e-3)
    assert np.array_equal(sigma(model, [64.0, 32.0]), sigma(model, np.array([64.0, 32.0])))
    assert np.array_equal(invariant_mass_squared([64.0]), [invariant_mass_squared(64.0)])
    single = np.float32(64.0)
    assert invariant_mass_squared(single) == invariant_mass_squared(64.0)
    # Two masses at once, as a list, and one that was rounded to single precision.
    pair = sigma(Vanilla([0.25, 0.5], 1e-3), 64.0)
    assert np.array_equal(pair, [sigma(Vanilla(m, 1e-3), 64.0) for m in (0.25, 0.5)])
    rounded = np.float32(0.3)
    same = Vanilla(float(rounded), 1e-3)
    assert sigma(Vanilla(rounded, 1e-3), 64.0) == pytest.approx(
        float(sigma(same, 64.0)), rel=1e-10
    )


def test_refusals_say_what_is_allowed():
    for bad, shown in ((0.0, "0"), (2e4, "20000")):
        words = rf"^energy = {shown} GeV: allowed \[0\.001, 10000\] GeV$"
        with pytest.raises(ValueError, match=words):
            sigma(Vanilla(0.25, 1e-3), bad)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, -1.0, 2.0 * ENERGY_RANGE[1]])
def test_bad_energies_are_refused_by_name(bad):
    with pytest.raises(ValueError, match="^energy = "):
        sigma(Vanilla(0.25, 1e-3), bad)


def test_a_running_width_changes_the_flanks_and_not_the_peak():
    model = Invisible(0.25, 1e-3, alpha_d=0.5)
    energy = resonant_energy(0.25) * np.array([0.97, 1.0, 1.03])
    ratio = sigma(model, energy, running_width=True) / sigma(model, energy)
    assert ratio[1] == pytest.approx(1.0, abs=1e-9)
    # The width grows with √s, more so near the threshold of χ: less damping below the peak.
    assert ratio[0] > 1.001
    assert ratio[2] < 0.999

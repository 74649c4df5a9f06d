"""Bremsstrahlung, pairs and collision loss against their integrals and the PDG tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from physics_lib.constants import ALPHA, ELECTRON_MASS, ELECTRON_RADIUS
from physics_lib.materials import LEAD, SCINTILLATOR, DensityEffect, Element, Material
from physics_lib.shower.processes import (
    bremsstrahlung_k_spectrum,
    collision_loss,
    density_correction,
    pair_attenuation,
    pair_spectrum,
)

PLATES = pytest.mark.parametrize("material", [LEAD, SCINTILLATOR], ids=["lead", "scintillator"])

# Sternheimer's parameters as the PDG tabulates them.
IRON = Material(
    "iron",
    7.874,
    ((Element("Fe", 26, 55.845), 1.0),),
    DensityEffect(286e-9, 4.2911, 0.14680, 2.9632, -0.0012, 3.1531, 0.12),
)
ALUMINIUM = Material(
    "aluminium",
    2.699,
    ((Element("Al", 13, 26.9815385), 1.0),),
    DensityEffect(166e-9, 4.2395, 0.08024, 3.6345, 0.1708, 3.0127, 0.12),
)


@PLATES
@pytest.mark.parametrize("photon", [0.1, 3.0, 100.0])
def test_attenuation_is_the_integral_of_the_pair_spectrum(material, photon):
    total, _ = quad(lambda lepton: pair_spectrum(photon, lepton, material), 0.0, photon)
    assert total == pytest.approx(pair_attenuation(material), rel=1e-12)


@PLATES
def test_a_photon_travels_nine_sevenths_of_a_radiation_length(material):
    # The small term of complete screening takes 2 % (lead) to 3 % (plastic) off.
    assert pair_attenuation(material) * material.radiation_length == pytest.approx(7 / 9, rel=0.03)


@given(photon=st.floats(0.01, 1e4), share=st.floats(0.0, 1.0))
def test_pair_spectrum_is_symmetric_and_positive(photon, share):
    here = pair_spectrum(photon, share * photon, LEAD)
    there = pair_spectrum(photon, photon - share * photon, LEAD)
    assert here == pytest.approx(there, rel=1e-12)
    assert here > 0.0


@PLATES
def test_mean_radiated_energy_per_radiation_length(material):
    energy = 37.0
    loss, _ = quad(lambda k: bremsstrahlung_k_spectrum(energy, k, material), 0.0, energy)
    main, small = material.screening_strengths
    assert loss == pytest.approx(energy * (main + small / 2.0), rel=1e-12)
    excess = loss * material.radiation_length / energy - 1.0
    # Tsai's second term: (Z² + Z)/18 ÷ [Z² (L − f) + Z L′], 1.2 % in lead.
    assert 0.005 < excess < 0.02


@given(energy=st.floats(0.01, 1e4), share=st.floats(0.0, 1.0))
def test_bremsstrahlung_scales_and_is_positive(energy, share):
    spectrum = bremsstrahlung_k_spectrum(energy, share * energy, LEAD)
    assert spectrum > 0.0
    assert spectrum == pytest.approx(bremsstrahlung_k_spectrum(1.0, share, LEAD), rel=1e-12)


@pytest.mark.parametrize(
    ("material", "critical_MeV"),
    [(LEAD, 7.43), (SCINTILLATOR, 94.11), (IRON, 21.68), (ALUMINIUM, 42.70)],
    ids=lambda value: getattr(value, "name", None),
)
def test_collision_loss_at_the_critical_energy(material, critical_MeV):
    """Rossi: there an electron loses its own (kinetic) energy per radiation length."""
    kinetic = critical_MeV * 1e-3
    loss = collision_loss(kinetic + ELECTRON_MASS, material)
    # Tables of three and four digits, radiation lengths to 0.5 %.
    assert loss * material.radiation_length == pytest.approx(kinetic, rel=2e-3)


def test_collision_loss_rises_slowly_beyond_its_minimum():
    energy = np.geomspace(0.5e-3 * 5, 100.0, 200)
    loss = collision_loss(energy, LEAD)
    assert np.all(np.diff(loss) > 0.0)
    # The density effect halves the slope of the relativistic rise.
    assert loss[-1] < 2.0 * loss[0]


@PLATES
def test_density_effect_saturates_at_the_plasma_energy(material):
    """Far up δ = 2 ln(βγ ħω_p/I) − 1, with ω_p from the electron density alone."""
    plasma = np.sqrt(4 * np.pi * material.electrons_per_cm3 * ELECTRON_RADIUS**3)
    plasma *= ELECTRON_MASS / ALPHA
    beta_gamma = 1e6
    expected = 2.0 * np.log(beta_gamma * plasma / material.density_effect.excitation_energy) - 1.0
    assert density_correction(beta_gamma, material.density_effect) == pytest.approx(
        expected, abs=2e-3
    )


@PLATES
def test_density_effect_is_continuous_positive_and_rising(material):
    parameters = material.density_effect
    beta_gamma = np.geomspace(10.0**parameters.x0, 1e6, 2000)
    delta = density_correction(beta_gamma, parameters)
    # Fits to three digits: they meet within 0.01.
    assert np.all(delta > -0.01)
    assert np.all(np.diff(delta) > -1e-12)
    for joint in (parameters.x0, parameters.x1):
        below, above = density_correction(10.0 ** (joint + np.array([-1e-9, 1e-9])), parameters)
        assert abs(above - below) < 0.01


def test_conductors_keep_a_little_density_effect_below_x0():
    parameters = LEAD.density_effect
    assert density_correction(10.0**parameters.x0 / 10.0, parameters) == pytest.approx(
        parameters.delta0 / 100.0, rel=1e-9
    )


def test_everything_goes_with_the_density():
    dense = Material("dense", 2 * LEAD.density, LEAD.composition, LEAD.density_effect)
    assert pair_attenuation(dense) == pytest.approx(2 * pair_attenuation(LEAD), rel=1e-14)
    assert collision_loss(1.0, dense) == pytest.approx(2 * collision_loss(1.0, LEAD), rel=1e-14)
    assert bremsstrahlung_k_spectrum(9.0, 2.0, dense) == pytest.approx(
        2 * bremsstrahlung_k_spectrum(9.0, 2.0, LEAD), rel=1e-14
    )

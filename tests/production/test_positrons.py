"""Annihilation of a shower's positrons, against plain sums."""

import numpy as np
import pytest
from scipy.integrate import quad

from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.materials import LEAD
from physics_lib.production import nonresonant
from physics_lib.production.bound_electrons import MomentumProfile
from physics_lib.production.positrons import (
    SOFT_PHOTON,
    nonresonant_events,
    reach_of_bound_electrons,
    smeared,
    with_cusp,
)
from physics_lib.production.resonant import resonant_energy

HIGHEST = 100.0


def falling(energy):
    """T_+ of a simple kind [cm/GeV]."""
    return 0.02 * (HIGHEST - energy) / energy**2


def everything(energy):
    return np.ones_like(energy)


@pytest.mark.parametrize("mass", [0.02, 0.15, 0.2, 0.25, 0.31])
def test_hard_photons_equal_the_total_cross_section_on_the_path(mass):
    """Without an efficiency, dσ/dω integrates to σ."""
    least = float(resonant_energy(mass)) + SOFT_PHOTON
    # Far below the lowest energy all of the phase space of V counts.
    found = nonresonant_events(mass, falling, everything, 1e-3, HIGHEST)

    def integrand(log_distance):
        energy = least - SOFT_PHOTON + np.exp(log_distance)
        return falling(energy) * nonresonant.sigma(energy, mass) * np.exp(log_distance)

    ends = np.log(SOFT_PHOTON), np.log(HIGHEST - least + SOFT_PHOTON)
    expected, _ = quad(integrand, *ends, epsrel=1e-8, limit=200)
    assert found == pytest.approx(expected, rel=1e-4)


def test_the_efficiency_sees_the_vector_and_not_the_positron():
    """A step at E_V = 60 GeV, resolved by a plain double sum."""
    mass = 0.1
    found = nonresonant_events(mass, falling, everything, 60.0, HIGHEST)
    total = 0.0
    energy = np.linspace(60.0, HIGHEST, 2001)
    for e, weight in zip(energy, np.gradient(energy), strict=True):
        low, high = nonresonant.photon_energy_limits(e, mass)
        high = min(float(high), e + ELECTRON_MASS - 60.0)
        if high > low:
            omega = np.geomspace(float(low), high, 400)
            shape = nonresonant.spectrum(e, omega, mass)
            total += weight * falling(e) * np.trapezoid(shape, omega)
    assert found == pytest.approx(total, rel=2e-3)


def test_nothing_is_left_above_the_highest_energy():
    assert nonresonant_events(0.33, falling, everything, 1.0, HIGHEST) == 0.0


def test_motion_averages_the_path_over_the_profile():
    energies = np.linspace(20.0, HIGHEST, 801)
    weight = falling(energies)
    ((element, _),) = LEAD.composition
    reach = reach_of_bound_electrons(energies)
    assert np.all(np.diff(reach) > 0.0)
    found = smeared(weight, energies, reach, element)
    u, share = MomentumProfile.of(element).rule(200)
    for place in (40.0, 60.0):
        sought = place / (1.0 + u)
        inside = (sought > energies[0]) & (sought < HIGHEST)
        expected = np.sum(share * np.where(inside, falling(sought), 0.0))
        assert np.interp(place, reach, found) == pytest.approx(expected, rel=2e-3)
    # Electrons in motion reach beyond the beam.
    assert np.interp(110.0, reach, found) > 0.0


def test_the_cusp_joins_the_grid_where_it_is_inside():
    cusp = float(resonant_energy(2.0 * MUON_MASS))
    assert cusp in with_cusp(np.array([30.0, 50.0, 70.0]))
    assert np.array_equal(with_cusp(np.array([50.0, 70.0])), [50.0, 70.0])

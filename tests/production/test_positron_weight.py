"""Weight of the resonance by s, against its definition."""

import numpy as np
import pytest

from physics_lib.constants import ELECTRON_MASS
from physics_lib.production.positron_weight import PositronWeight
from physics_lib.production.resonant import invariant_mass_squared


def weight_of(search, bound):
    return PositronWeight.of(
        search.radiators, search.track_length, search.efficiency, search.lowest_energy, bound
    )


def test_at_rest_it_is_electrons_times_path_times_efficiency(search):
    energy = np.array([45.0, 50.123, 60.0, 80.0, 99.0])
    ((material, element, atoms),) = search.radiators
    path = search.track_length.density(energy, material)[1] * search.efficiency(energy)
    expected = atoms * element.atomic_number * path / (2.0 * ELECTRON_MASS)
    found = weight_of(search, False).at(invariant_mass_squared(energy))
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("bound", [False, True])
def test_lines_through_the_grid_have_the_integral_of_the_smooth_weight(search, bound):
    weight = weight_of(search, bound)
    s, values = weight.grid
    fine = np.linspace(s[0], s[-1], 400_001)
    expected = np.trapezoid(weight.at(fine), fine)
    assert np.trapezoid(values, s) == pytest.approx(expected, rel=1e-4)


def test_it_ends_with_the_beam_at_rest_and_beyond_it_in_motion(search):
    beyond = invariant_mass_squared(np.array([105.0]))
    assert weight_of(search, False).at(beyond) == 0.0
    assert weight_of(search, True).at(beyond) > 0.0
    assert weight_of(search, True).at(invariant_mass_squared(np.array([500.0]))) == 0.0

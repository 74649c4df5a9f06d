"""What other choices make of the limit, and the band."""

import numpy as np
import pytest

from physics_lib.data import read_track_length_reference
from physics_lib.limits import ratio_limit
from physics_lib.models import Invisible
from physics_lib.uncertainty import (
    NEGLECTED,
    VARIATIONS,
    Variation,
    band,
    counted_by_geant4,
    variations,
)

MASSES = np.array([0.01, 0.23, 0.25, 0.45])


@pytest.fixture(scope="module")
def found(search):
    limit, changes = variations(Invisible(MASSES, 1e-3), search, VARIATIONS + NEGLECTED)
    return limit, {one.name: one.change for one in changes}


def test_the_nominal_limit_is_the_limit(found, search):
    expected = ratio_limit(Invisible(MASSES, 1e-3), search).coupling
    assert np.array_equal(found[0].coupling, expected)


def test_off_the_resonance_all_choices_but_the_mixing_cancel(found):
    for name, change in found[1].items():
        limit = 0.01 if name.startswith("F_R") else 1e-3
        assert abs(change[0]) < limit, name


def test_a_larger_cross_section_of_radiation_hides_the_resonance(found):
    improved = found[1]["improved Weizsäcker–Williams"]
    assert 0.3 < improved[1] < 0.45
    assert found[1]["elastic form factor alone"][2] < 0.0


def test_a_better_calorimeter_moves_the_edge_and_not_the_resonance(found):
    better = found[1]["resolution 20 % better"]
    worse = found[1]["resolution 20 % worse"]
    assert better[1] * worse[1] < 0.0
    assert abs(better[2]) < 2e-3
    assert found[1]["cut 2 % lower"][1] > 0.05 > -0.03 > found[1]["cut 2 % higher"][1]


def test_scintillator_and_geant4_move_the_resonance_by_per_cents(found):
    assert -0.06 < found[1]["lead and scintillator"][2] < -0.04
    assert abs(found[1]["GEANT4, energy before the step"][2]) < 0.02


@pytest.mark.parametrize("sampling", ["pre", "mid"])
def test_track_lengths_of_geant4_take_the_place_of_the_cascade(search, sampling):
    lengths = counted_by_geant4(search, sampling).track_length
    bins = len(lengths.materials), lengths.edges.size - 1
    for part in (lengths.minus, lengths.plus, lengths.gamma, lengths.minus_error):
        assert part.shape == bins
    table = read_track_length_reference(sampling)
    seen = table.energy_low_GeV >= search.lowest_energy
    assert np.array_equal(lengths.plus[lengths.row("lead")], table.plus["lead"][seen])


def test_the_parameterised_mixing_is_conservative(found):
    assert np.all(found[1]["F_R in place of Re Π"] >= 0.0)


def test_neglected_effects_move_the_resonance(found):
    assert found[1]["electrons moving in their atoms"][1] == pytest.approx(0.075, abs=0.01)
    assert found[1]["annihilation with photons"][2] == pytest.approx(0.035, abs=0.005)
    assert np.all(np.abs(found[1]["off the mass shell, running width"]) < 5e-3)


def test_of_a_group_the_largest_counts_and_groups_add_in_quadrature():
    changes = (
        Variation("a", "one", np.array([0.03, -0.01])),
        Variation("a", "two", np.array([0.01, -0.03])),
        Variation("b", "three", np.array([0.04, 0.04])),
    )
    low, high = band(changes)
    assert low == pytest.approx([0.0, -0.03])
    assert high == pytest.approx([0.05, 0.04])

"""Radiation lengths and densities of the media against the tables of the Particle Data Group."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.materials import (
    LEAD,
    MATERIALS,
    NA64_ECAL,
    SCINTILLATOR,
    TARGETS,
    Element,
    Material,
    Stack,
)


def pure(symbol, z, a):
    return Material(symbol, 1.0, ((Element(symbol, z, a), 1.0),), LEAD.density_effect)


@pytest.mark.parametrize(
    ("symbol", "z", "a", "grams"),
    [
        ("H", 1, 1.008, 63.04),
        ("He", 2, 4.002602, 94.32),
        ("Li", 3, 6.94, 82.78),
        ("Be", 4, 9.0121831, 65.19),
        ("C", 6, 12.0107, 42.70),
        ("Al", 13, 26.9815385, 24.01),
        ("Fe", 26, 55.845, 13.84),
        ("Cu", 29, 63.546, 12.86),
        ("W", 74, 183.84, 6.76),
        ("U", 92, 238.02891, 6.00),
    ],
)
def test_radiation_length_of_elements(symbol, z, a, grams):
    assert pure(symbol, z, a).radiation_length == pytest.approx(grams, rel=5e-3)


@pytest.mark.parametrize(("material", "grams"), [(LEAD, 6.37), (SCINTILLATOR, 43.90)])
def test_radiation_length_of_the_plates(material, grams):
    # The table gives three and four digits.
    assert material.radiation_length * material.density == pytest.approx(grams, rel=1e-3)


def test_radiation_length_of_lead_in_centimetres():
    assert pytest.approx(0.5612, rel=1e-3) == LEAD.radiation_length


def test_number_densities():
    ((element, atoms),) = LEAD.atoms_per_cm3
    assert element.symbol == "Pb"
    # ρ N_A/A
    assert atoms == pytest.approx(3.299e22, rel=1e-3)
    assert pytest.approx(82 * 3.299e22, rel=1e-3) == LEAD.electrons_per_cm3
    # Z/A of polyvinyltoluene: 0.54141 (PDG, from mass fractions of three digits).
    assert SCINTILLATOR.electrons_per_cm3 == pytest.approx(0.54141 * 1.032 * 6.02214e23, rel=5e-4)


@pytest.mark.parametrize("material", MATERIALS.values(), ids=MATERIALS)
def test_mass_fractions_add_up_to_one(material):
    assert sum(fraction for _, fraction in material.composition) == pytest.approx(1.0, rel=1e-15)


def test_coulomb_correction_of_lead_is_the_sum_of_davies_bethe_and_maximon():
    a2 = (82 / 137.035999) ** 2
    tail = 0.5 * a2 / 1e10  # Σ_{n>N} 1/n³ = 1/2N², N = 10⁵
    exact = a2 * sum(1.0 / (n * (n * n + a2)) for n in range(1, 100_001)) + tail
    # The published fit claims four digits up to uranium.
    assert LEAD.composition[0][0].coulomb_correction == pytest.approx(exact, abs=1e-4)


def test_the_calorimeter_is_about_40_radiation_lengths_of_lead_first():
    assert NA64_ECAL.radiation_lengths == pytest.approx(40.6, abs=0.1)
    assert [material.name for material, _ in NA64_ECAL.cell] == ["lead", "scintillator"]
    assert NA64_ECAL.repetitions * sum(d for _, d in NA64_ECAL.cell) == pytest.approx(45.0)
    # 22.5 cm of lead at 0.5612 cm, 22.5 cm of plastic at 42.54 cm.
    assert NA64_ECAL.radiation_lengths == pytest.approx(22.5 / 0.5612 + 22.5 / 42.54, rel=1e-3)


@given(factor=st.floats(0.1, 10.0))
def test_radiation_length_goes_inversely_with_density(factor):
    other = replace(LEAD, density=factor * LEAD.density)
    assert other.radiation_length * factor == pytest.approx(LEAD.radiation_length, rel=1e-14)


@given(share=st.floats(0.0, 1.0))
def test_a_mixture_adds_inverse_radiation_lengths_by_mass(share):
    (lead, _), (carbon, _) = LEAD.composition[0], SCINTILLATOR.composition[0]
    both = Material("both", 1.0, ((lead, share), (carbon, 1 - share)), LEAD.density_effect)
    inverse = share / pure("Pb", 82, 207.2).radiation_length
    inverse += (1 - share) / pure("C", 6, 12.011).radiation_length
    assert 1.0 / both.radiation_length == pytest.approx(inverse, rel=1e-13)


def test_targets_are_found_by_name():
    assert TARGETS["na64-ecal"] is NA64_ECAL
    assert TARGETS["lead"] is LEAD
    assert all(name == material.name for name, material in MATERIALS.items())
    assert Stack("x", ((LEAD, LEAD.radiation_length),), 3).radiation_lengths == pytest.approx(3.0)

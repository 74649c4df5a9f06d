"""Radiation lengths and densities of the media against the tables of the Particle Data Group."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from physics_lib.constants import AVOGADRO
from physics_lib.materials import (
    LEAD,
    MATERIALS,
    NA64_ECAL,
    SCINTILLATOR,
    Element,
    Material,
    Stack,
    target_of,
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


@pytest.mark.parametrize(
    ("name", "centimetres"),
    [
        ("tungsten", 0.3504),
        ("lead", 0.5612),
        ("lead-tungstate", 0.8904),
        ("copper", 1.436),
        ("iron", 1.757),
        ("aluminium", 8.897),
        ("silicon", 9.370),
        ("graphite", 19.32),
        ("water", 36.08),
        ("scintillator", 42.54),
    ],
)
def test_radiation_lengths_are_those_of_the_particle_data_group(name, centimetres):
    assert MATERIALS[name].radiation_length == pytest.approx(centimetres, rel=1e-3)


@pytest.mark.parametrize("material", MATERIALS.values(), ids=MATERIALS)
def test_density_effect_parameters_belong_together(material):
    effect = material.density_effect
    # C̄ = 2 ln(I/ħω_p) + 1 (Sternheimer), with the plasma energy of the table's own density.
    plasma = 28.816e-9 * np.sqrt(material.electrons_per_cm3 / AVOGADRO)
    expected = 2.0 * np.log(effect.excitation_energy / plasma) + 1.0
    assert effect.minus_c == pytest.approx(expected, abs=5e-4)
    # δ is continuous at x₀, where a conductor has δ₀.
    at_x0 = 2.0 * np.log(10.0) * effect.x0 - effect.minus_c
    at_x0 += effect.a * (effect.x1 - effect.x0) ** effect.k
    assert at_x0 == pytest.approx(effect.delta0, abs=2e-3)


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


def test_a_target_from_a_text():
    assert target_of("na64-ecal") is NA64_ECAL
    assert target_of("lead") is LEAD
    assert target_of("iron") is MATERIALS["iron"]
    foil = target_of("0.035 cm tungsten")
    assert (foil.cell, foil.repetitions) == (((MATERIALS["tungsten"], 0.035),), 1)
    assert foil.radiation_lengths == pytest.approx(0.1, rel=2e-3)
    twin = target_of("150 x (0.15 cm lead, 0.15 cm scintillator)")
    assert (twin.cell, twin.repetitions) == (NA64_ECAL.cell, 150)
    sandwich = target_of("1 cm iron, .5 cm water, 1e-1 cm iron")
    assert [(m.name, d) for m, d in sandwich.cell] == [("iron", 1), ("water", 0.5), ("iron", 0.1)]


@given(
    cells=st.integers(1, 500),
    plates=st.lists(
        st.tuples(st.sampled_from(sorted(MATERIALS)), st.floats(1e-4, 100.0)),
        min_size=1,
        max_size=5,
    ),
)
def test_any_plates_survive_their_text(cells, plates):
    text = ", ".join(f"{thickness!r} cm {name}" for name, thickness in plates)
    stack = target_of(f"{cells} x ({text})")
    assert stack.repetitions == cells
    assert [(material.name, thickness) for material, thickness in stack.cell] == plates


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gold", "target = 'gold': allowed na64-ecal, lead, .*, or plates: 2 x"),
        ("1 mm lead", "or plates:"),
        ("1 cm lead;", "or plates:"),
        ("1 cm lead,", "or plates:"),
        ("3 x 1 cm lead", "or plates:"),
        ("-1 cm lead", "or plates:"),
        ("nan cm lead", "or plates:"),
        ("1 cm gold", "material = 'gold': allowed lead"),
        ("0 cm lead", r"thickness of lead = 0 cm: allowed \[0.0001, 10000\] cm"),
        ("1e999 cm lead", "thickness of lead = inf cm"),
        ("0 x (1 cm lead)", r"plates = 0: allowed \[1, 10000\]"),
        ("5001 x (1 cm lead, 1 cm iron)", "plates = 10002"),
    ],
)
def test_other_texts_are_no_target(text, words):
    with pytest.raises(ValueError, match=words) as caught:
        target_of(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_other_text_is_refused(text):
    assume(text not in {"na64-ecal", *MATERIALS})
    with pytest.raises(ValueError, match=r"^target"):
        target_of(text)


def test_targets_are_found_by_name():
    assert target_of("1 cm lead") is target_of("1 cm lead")
    assert target_of("na64-ecal") is NA64_ECAL
    assert target_of("lead") is LEAD
    assert all(name == material.name for name, material in MATERIALS.items())
    assert Stack("x", ((LEAD, LEAD.radiation_length),), 3).radiation_lengths == pytest.approx(3.0)

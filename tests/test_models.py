"""Widths and branchings of the mediators, Eqs. (7)–(9), and a user's own model."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.constants import (
    ALPHA,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    GEV_INVERSE_SQUARED_IN_PB,
    MUON_MASS,
    TAU_MASS,
)
from physics_lib.mixing import mixing
from physics_lib.models import (
    MODELS,
    DarkPhoton,
    Invisible,
    MuonModel,
    Vanilla,
    axial_width,
    fermion_width,
    invisible_branching,
    invisible_width,
    muon_coupling,
    neutrino_width,
    scalar_width,
    total_width,
)
from physics_lib.production import resonant

masses = st.floats(1e-5, 1e3)
couplings = st.floats(1e-8, 10.0)


def test_neutrino_width_is_eq_7():
    g, mass = 1e-3, 0.25
    width = Vanilla(mass, g).widths(mass)["neutrinos"]
    # Two left-handed species, g² m/24π each.
    assert width == pytest.approx(2.0 * g**2 * mass / (24.0 * np.pi), rel=1e-14)


def test_charged_lepton_width_is_eq_8():
    g, mass = 1e-3, 0.25
    width = Vanilla(mass, g).widths(mass)["muons"]
    ratio = MUON_MASS / mass
    expected = g**2 / (12.0 * np.pi) * mass * (1 + 2 * ratio**2) * (1 - 4 * ratio**2) ** 0.5
    assert width == pytest.approx(expected, rel=1e-14)


def test_scalar_width_is_eq_9():
    mass, ratio, alpha_d = 0.25, 3.0, 0.1
    width = Invisible(mass, 1e-3, alpha_d, ratio).widths(mass)["dark"]
    assert width == pytest.approx(alpha_d / 12.0 * mass * (5.0 / 9.0) ** 1.5, rel=1e-14)


@given(mass=masses)
def test_a_massless_fermion_has_twice_a_neutrino_species_and_four_times_a_scalar(mass):
    assert fermion_width(1.0, mass, 0.0) == pytest.approx(neutrino_width(1.0, mass), rel=1e-15)
    assert fermion_width(1.0, mass, 0.0) == pytest.approx(4 * scalar_width(1, mass, 0), rel=1e-15)


def test_widths_open_with_the_power_of_the_velocity_that_the_spin_demands():
    m = MUON_MASS
    velocity = np.array([1e-3, 1e-4])
    root_s = 2.0 * m / np.sqrt(1.0 - velocity**2)
    s_wave = fermion_width(1.0, root_s, m) / (velocity * root_s)
    p_wave = scalar_width(1.0, root_s, m) / (velocity**3 * root_s)
    # Relative rounding of 1 − 4m²/s is 1e-16/β² = 1e-8.
    assert s_wave == pytest.approx(0.5, rel=1e-6)
    assert p_wave == pytest.approx(1.0 / 12.0, rel=1e-6)


@given(mass=st.floats(0.2, 1e3))
def test_an_axial_vector_decays_in_the_p_wave(mass):
    """g²/12π m β³: like the vector where the fermion is light."""
    beta2 = max(1.0 - 4.0 * (0.1 / mass) ** 2, 0.0)
    assert axial_width(0.3, mass, 0.1) == pytest.approx(0.1 * mass * beta2**1.5, rel=1e-13)
    assert axial_width(0.3, mass, 0.0) == pytest.approx(fermion_width(0.3, mass, 0.0), rel=1e-15)


@given(fraction=st.floats(1e-3, 1.0))
def test_widths_vanish_up_to_the_threshold(fraction):
    assert fermion_width(1.0, 2.0 * fraction * TAU_MASS, TAU_MASS) == 0.0
    assert scalar_width(1.0, 2.0 * fraction * TAU_MASS, TAU_MASS) == 0.0


def test_channels_open_at_their_thresholds():
    for channel, lepton in (
        ("electrons", ELECTRON_MASS),
        ("muons", MUON_MASS),
        ("taus", TAU_MASS),
    ):
        for model in (Vanilla, Invisible, DarkPhoton):
            assert model(1.9 * lepton, 1e-3).widths(1.9 * lepton)[channel] == 0.0
            assert model(2.1 * lepton, 1e-3).widths(2.1 * lepton)[channel] > 0.0


def test_electrons_couple_through_the_loop_alone():
    model = Vanilla(0.05, 1e-3)
    epsilon = abs(1e-3 * mixing(0.05**2))
    ratio2 = (ELECTRON_MASS / 0.05) ** 2
    expected = ALPHA * epsilon**2 / 3 * 0.05 * (1 + 2 * ratio2) * np.sqrt(1 - 4 * ratio2)
    assert model.widths(0.05)["electrons"] == pytest.approx(expected, rel=1e-13)
    # α|Π|² against α_Z′: four powers of ten below the neutrinos.
    assert 1e-6 < model.widths(0.05)["electrons"] / model.widths(0.05)["neutrinos"] < 1e-4


@given(mass=masses, coupling=couplings)
def test_with_hardly_a_dark_coupling_invisible_is_vanilla(mass, coupling):
    # α_D below 1e-20 of g²/4π, which is 8e-18 at least.
    dark, plain = Invisible(mass, coupling, alpha_d=1e-38), Vanilla(mass, coupling)
    channels = dark.widths(mass)
    assert 0.0 < channels.pop("dark") < 1e-39 * mass
    assert channels == plain.widths(mass)
    assert total_width(dark) == pytest.approx(float(total_width(plain)), rel=1e-15)
    expected = float(invisible_branching(plain))
    assert invisible_branching(dark) == pytest.approx(expected, rel=1e-15)


@given(
    name=st.sampled_from(sorted(MODELS)),
    mass=masses,
    coupling=couplings,
    virtual=st.floats(1e-5, 1e3),
)
def test_branchings_sum_to_one_and_none_is_negative(name, mass, coupling, virtual):
    model = MODELS[name](mass, coupling)
    channels = model.widths(virtual)
    assert all(width >= 0.0 for width in channels.values())
    total = total_width(model, virtual)
    assert sum(channels.values()) == pytest.approx(total, rel=1e-15)
    assert invisible_width(model, virtual) <= total
    visible = sum(channels[lepton] for lepton in ("electrons", "muons", "taus"))
    assert invisible_width(model, virtual) + visible == pytest.approx(total, rel=1e-14)


def test_invisible_branching_drops_at_the_muon_threshold_and_tends_to_one_third():
    below, above, far, heavy = invisible_branching(Vanilla([0.2, 0.25, 1.5, 1000.0], 1e-3))
    assert below == pytest.approx(1.0, abs=1e-4)
    assert above < 0.7
    assert far == pytest.approx(0.5, abs=1e-3)
    assert heavy == pytest.approx(1.0 / 3.0, abs=1e-3)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_arrays_may_come_as_lists(name):
    model, same = MODELS[name]([0.3, 4.0], [1e-3, 0.2]), MODELS[name](0.3, 1e-3)
    assert np.array_equal(model.electron_coupling([0.1, 7.0])[:1], [same.electron_coupling(0.1)])
    assert np.array_equal(model.muon_coupling([0.1, 7.0])[:1], [same.muon_coupling(0.1)])
    assert model.electron_coupling([0.1, 7.0]).dtype == np.complex128
    for channel, width in model.widths([0.3, 4.0]).items():
        assert width[0] == same.widths(0.3)[channel]
    assert total_width(model).shape == invisible_branching(model).shape == (2,)


@pytest.mark.parametrize("width", [fermion_width, scalar_width])
def test_widths_take_lists_and_compute_in_double_precision(width):
    strength, root_s, mass = np.array([0.5, 2.0]), np.array([3.0, 5.0]), np.array([0.25, 0.5])
    expected = width(strength, root_s, mass)
    assert np.array_equal(width([0.5, 2.0], [3.0, 5.0], [0.25, 0.5]), expected)
    assert np.array_equal(width([0.5, 2.0], [3, 5], [0.25, 0.5]), expected)
    # These are exact in single precision.
    single = root_s.astype(np.float32), mass.astype(np.float32)
    assert np.array_equal(width(strength, single[0], mass), expected)
    assert np.array_equal(width(strength, root_s, single[1]), expected)


def test_neutrinos_take_lists_and_compute_in_double_precision():
    expected = np.array([0.5, 10.0 / 3.0])
    assert neutrino_width([0.5, 2.0], [3.0, 5.0]) == pytest.approx(expected, rel=1e-15)
    single = np.array([3.0, 5.0], dtype=np.float32)
    assert neutrino_width(np.float32(1.0), single).dtype == np.float64
    assert neutrino_width(np.array([0.5, 2.0]), single) == pytest.approx(expected, rel=1e-15)


def test_the_mass_of_the_scalar_takes_lists_and_is_in_double_precision():
    assert Invisible([0.3, 0.6], 1e-3).dark_mass == pytest.approx(np.array([0.1, 0.2]))
    assert Invisible(np.float32(0.5), 1e-3, mass_ratio=4.0).dark_mass.dtype == np.float64


def test_the_dark_photon_decays_to_scalars_as_the_z_prime_does():
    for alpha_d, ratio, virtual in ((0.1, 3.0, 0.25), (0.5, 2.5, 0.4)):
        dark = DarkPhoton(0.25, 1e-4, alpha_d, ratio).widths(virtual)["dark"]
        expected = alpha_d / 12.0 * virtual * (1.0 - 4.0 * (0.25 / ratio / virtual) ** 2) ** 1.5
        assert dark == pytest.approx(expected, rel=1e-13)
        assert dark == Invisible(0.25, 1e-4, alpha_d, ratio).widths(virtual)["dark"]


@pytest.mark.parametrize("model", [Invisible, DarkPhoton])
def test_by_default_the_dark_sector_is_that_of_the_paper(model):
    assert (model(0.3, 1e-3).alpha_d, model(0.3, 1e-3).mass_ratio) == (0.1, 3.0)


@pytest.mark.parametrize(
    ("model", "arguments", "message"),
    [
        (Vanilla, (2e3, 1e-3), "mass = 2000 GeV: allowed [1e-05, 1000] GeV"),
        (DarkPhoton, (1e-6, 1e-3), "mass = 1e-06 GeV: allowed [1e-05, 1000] GeV"),
        (Invisible, (0.1, 0.0), "coupling = 0: allowed [1e-60, 10]"),
        (Invisible, (0.1, 1e-3, 2.0), "alpha_d = 2: allowed (0, 1]"),
        (DarkPhoton, (1e-4, 1e-3, 0.0), "alpha_d = 0: allowed (0, 1]"),
        (Invisible, (0.1, 1e-3, 0.1, 2.0), "mass_ratio = 2: allowed (2, 1e+06]"),
    ],
)
def test_refusals_say_what_is_allowed(model, arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        model(*arguments)


def test_the_ends_of_the_ranges_are_allowed():
    model = Invisible([1e-5, 1e3], [1e-60, 10.0], 1.0, 1e6)
    assert np.all(np.isfinite(total_width(model)))


def test_on_the_scale_of_limits_the_dark_channel_takes_all():
    assert invisible_branching(Invisible(0.25, 1e-3)) == pytest.approx(1.0, abs=1e-4)


@given(mass=masses, coupling=couplings, factor=st.floats(0.1, 0.99))
def test_vanilla_widths_go_with_the_square_of_the_coupling(mass, coupling, factor):
    full = total_width(Vanilla(mass, coupling))
    assert total_width(Vanilla(mass, factor * coupling)) == pytest.approx(
        factor**2 * full, rel=1e-13
    )


def test_off_the_mass_shell_the_kinematics_are_those_of_the_virtual_mass():
    light = Vanilla(0.1, 1e-3)
    assert light.widths(0.1)["muons"] == 0.0
    assert light.widths(0.3)["muons"] == Vanilla(0.3, 1e-3).widths(0.3)["muons"]
    # The mass of χ stays that of the mediator's mass shell.
    dark = Invisible(0.3, 1e-3, mass_ratio=3.0)
    assert dark.dark_mass == pytest.approx(0.1, rel=1e-15)
    assert dark.widths(0.19)["dark"] == 0.0
    assert dark.widths(0.21)["dark"] > 0.0


def test_the_dark_photon_couples_equally_at_every_momentum():
    model = DarkPhoton(0.1, 1e-4)
    assert np.all(model.electron_coupling([-1.0, 0.0, 0.04, 1e3]) == 1e-4)
    # e² ε²/4π for every lepton, no neutrinos.
    assert "neutrinos" not in model.widths(0.1)
    assert model.widths(0.1)["electrons"] == pytest.approx(
        (ELEMENTARY_CHARGE * 1e-4) ** 2 / (12.0 * np.pi) * 0.1, rel=1e-8
    )


@given(coupling=couplings, q2=st.floats(-10.0, 10.0))
def test_the_loop_is_a_small_part_of_the_muon_coupling(coupling, q2):
    for model in (Vanilla(0.1, coupling), Invisible(0.1, coupling)):
        tree = coupling / ELEMENTARY_CHARGE
        ours = model.muon_coupling(q2)
        assert abs(ours) == pytest.approx(tree, rel=7e-3)
        # What is not tree level is the coupling of the electron, which has the same charge.
        assert ours + tree == pytest.approx(model.electron_coupling(q2), rel=1e-9)


def test_the_loop_screens_the_muon():
    # e Π(0)/g = (e²/6π²) ln(m_τ/m_μ): the muon's own loop outweighs the tau's of opposite charge.
    share = ELEMENTARY_CHARGE**2 / (6.0 * np.pi**2) * np.log(TAU_MASS / MUON_MASS)
    coupling = Vanilla(0.1, 1e-3).muon_coupling(0.0)
    assert coupling == pytest.approx(-1e-3 / ELEMENTARY_CHARGE * (1.0 - share), rel=1e-9)
    assert share == pytest.approx(0.00437, abs=1e-5)


def test_the_mixing_equals_the_vacuum_polarisation_between_two_charges():
    # QED with charge −e at one vertex and ±g at the other: Π₂ = c c′/(2π²) ∫ x(1−x) ln Δ, and the
    # photon carries it to a lepton with the coefficient c = −e of −ψ̄γψ V. Peskin, Eq. (7.90).
    x = np.linspace(0.0, 1.0, 20001)
    q2, e, g = -0.3, ELEMENTARY_CHARGE, 1e-3
    mixed = sum(
        np.trapezoid(x * (1 - x) * np.log(m**2 - x * (1 - x) * q2), x) * (-e) * charge
        for m, charge in ((MUON_MASS, g), (TAU_MASS, -g))
    ) / (2.0 * np.pi**2)
    tree_and_loop = -(g + (-e) * mixed) / e
    assert Vanilla(0.1, g).muon_coupling(q2) == pytest.approx(tree_and_loop, rel=1e-9)


def test_the_dark_photon_couples_to_muons_as_to_electrons():
    model = DarkPhoton(0.1, 1e-4)
    assert np.array_equal(model.muon_coupling([-1.0, 2.0]), model.electron_coupling([-1.0, 2.0]))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_models_of_the_paper_serve_a_muon_beam(model):
    made = model(0.1, 1e-3)
    assert isinstance(made, MuonModel)
    assert muon_coupling(made, 0.01) == made.muon_coupling(0.01)


def test_arrays_of_masses_and_couplings_broadcast_against_the_virtual_mass():
    mass, coupling = np.array([[0.1], [0.25]]), np.array([[1e-3], [2e-3]])
    virtual = np.array([0.1, 0.25, 0.5])
    for name, width in Invisible(mass, coupling).widths(virtual).items():
        for i in range(2):
            single = Invisible(mass[i, 0], coupling[i, 0]).widths(virtual)[name]
            assert np.broadcast_to(width, (2, 3))[i] == pytest.approx(single, rel=1e-14)


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (Vanilla(0.1, 1e-3), "Vanilla(mass=0.1, coupling=0.001)"),
        (
            Invisible(0.1, 1e-3, 0.2),
            "Invisible(mass=0.1, coupling=0.001, alpha_d=0.2, mass_ratio=3.0)",
        ),
        (
            DarkPhoton(0.1, 1e-3, 0.2, 4.0),
            "DarkPhoton(mass=0.1, coupling=0.001, alpha_d=0.2, mass_ratio=4.0)",
        ),
    ],
)
def test_the_text_of_a_model_stays(model, text):
    """The store of a scan knows its models by it."""
    assert repr(model) == text


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_another_point_leaves_the_rest_and_the_original(model):
    rest = {} if model is Vanilla else {"alpha_d": 0.02, "mass_ratio": 4.0}
    first = model(0.1, 1e-3, **rest)
    assert first.at(0.2, 2e-3) == model(0.2, 2e-3, **rest)
    assert first == model(0.1, 1e-3, **rest)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, -0.1, 1e-6, 1e4])
def test_bad_masses_are_refused(model, bad):
    with pytest.raises(ValueError, match="^mass = "):
        model(bad, 1e-3)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, -1e-3, 10.1])
def test_bad_couplings_are_refused(model, bad):
    with pytest.raises(ValueError, match="^coupling = "):
        model(0.1, bad)
    with pytest.raises(ValueError, match="^coupling = "):
        model(0.1, 1e-3).at(0.1, bad)


@pytest.mark.parametrize("model", [Invisible, DarkPhoton])
def test_a_scalar_too_heavy_to_decay_to_is_refused(model):
    for ratio in (2.0, 1.5, 0.0, -3.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="^mass_ratio = "):
            model(0.1, 1e-3, mass_ratio=ratio)
    assert total_width(model(0.1, 1e-3, mass_ratio=2.001)) > 0.0
    with pytest.raises(ValueError, match="^alpha_d = "):
        model(0.1, 1e-3, alpha_d=-0.1)
    with pytest.raises(ValueError, match="^alpha_d = "):
        model(0.1, 1e-3, alpha_d=1.1)


@dataclass(frozen=True)
class BMinusL:
    """What a user writes: leptons and three light neutrinos with one charge."""

    mass: float
    coupling: float

    def electron_coupling(self, q2):
        return np.full(np.shape(q2), self.coupling / ELEMENTARY_CHARGE, dtype=complex)

    def widths(self, virtual_mass):
        strength = self.coupling**2 / (4.0 * np.pi)
        return {
            "neutrinos": 1.5 * neutrino_width(strength, virtual_mass),
            "electrons": fermion_width(strength, virtual_mass, ELECTRON_MASS),
            "muons": fermion_width(strength, virtual_mass, MUON_MASS),
        }

    def at(self, mass, coupling):
        return BMinusL(mass, coupling)


class Dust(BMinusL):
    """A model that decays to nothing that can be seen, or not seen."""

    def widths(self, virtual_mass):
        return {"electrons": 2}


def test_widths_of_a_model_of_the_user_become_arrays():
    for model in (BMinusL(0.2, 1e-3), Dust(0.2, 1e-3)):
        for width in (total_width(model), invisible_width(model), total_width(model, 0.1)):
            assert isinstance(width, np.ndarray)
            assert width.dtype == np.float64
    assert total_width(Dust(0.2, 1e-3)) == 2.0
    assert invisible_width(Dust(0.2, 1e-3)) == invisible_branching(Dust(0.2, 1e-3)) == 0.0


def test_a_model_without_muons_is_refused_for_a_muon_beam_alone():
    words = r"^model = BMinusL: a muon beam needs its method muon_coupling\(q2\)$"
    with pytest.raises(ValueError, match=words):
        muon_coupling(BMinusL(0.2, 1e-3), 0.04)


def test_a_model_of_the_user_goes_through_the_library():
    g, mass = 1e-3, 0.2
    model = BMinusL(mass, g)
    assert invisible_branching(model) == pytest.approx(0.6, abs=1e-5)
    energy = np.array([30.0, resonant.resonant_energy(mass), 60.0])
    s = 2.0 * ELECTRON_MASS * (energy + ELECTRON_MASS)
    gamma = g**2 * mass * 2.5 / (12.0 * np.pi)
    # e⁺e⁻ → V → 3 νν̄: g⁴ s/(8π) ÷ |s − m² + i m Γ|², three left-handed species.
    amplitude = g**4 * s / (8.0 * np.pi) / ((s - mass**2) ** 2 + (mass * gamma) ** 2)
    assert resonant.sigma(model, energy) == pytest.approx(
        GEV_INVERSE_SQUARED_IN_PB * amplitude, rel=1e-4
    )

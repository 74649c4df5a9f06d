"""Motion of atomic electrons: Slater's shells, Compton profiles, the average of the yield."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from physics_lib.constants import ALPHA, ELECTRON_MASS
from physics_lib.materials import LEAD, Element
from physics_lib.production.bound_electrons import (
    MomentumProfile,
    Shell,
    electron_configuration,
    slater_shells,
)

LEAD_PROFILE = MomentumProfile.of(LEAD.composition[0][0])
ELEMENTS = [1, 2, 6, 13, 26, 29, 50, 74, 82, 92]


def profile(atomic_number):
    return MomentumProfile.of(Element("", atomic_number, 1.0))


# Shells.


def test_configuration_of_lead_is_xenon_and_4f14_5d10_6s2_6p2():
    s, p, d, f = range(4)
    xenon = {(n, s): 2 for n in range(1, 6)} | {(n, p): 6 for n in range(2, 6)}
    xenon |= {(3, d): 10, (4, d): 10}
    assert electron_configuration(54) == xenon
    assert electron_configuration(82) == xenon | {(4, f): 14, (5, d): 10, (6, s): 2, (6, p): 2}


def test_charges_of_iron_are_those_of_slater():
    """Slater 1930 works this example: 25.70, 21.85, 14.75, 6.25, 3.75."""
    shells = slater_shells(26)
    assert [shell.name for shell in shells] == ["1s", "2sp", "3sp", "3d", "4sp"]
    assert [shell.electrons for shell in shells] == [2, 8, 8, 6, 2]
    assert [shell.charge for shell in shells] == pytest.approx([25.7, 21.85, 14.75, 6.25, 3.75])
    assert shells[-1].width == pytest.approx(3.75 * ALPHA / 3.7)


@pytest.mark.parametrize("atomic_number", range(1, 93))
def test_every_atom_is_neutral_and_every_shell_bound(atomic_number):
    shells = slater_shells(atomic_number)
    assert sum(shell.electrons for shell in shells) == atomic_number
    assert all(shell.charge > 0.9 for shell in shells)


@pytest.mark.parametrize("atomic_number", [0, 93])
def test_other_elements_are_refused(atomic_number):
    with pytest.raises(ValueError, match="atomic number"):
        profile(atomic_number)


@pytest.mark.parametrize("atomic_number", ELEMENTS[2:])
def test_kinetic_energy_is_that_of_the_statistical_atom(atomic_number):
    """Virial theorem: Σ p₀²/2 = −E = 0.7687 Z^(7/3) − Z²/2 + 0.2699 Z^(5/3) Hartree (Schwinger).

    That expansion is good to 1 %, Slater's rules to a few.
    """
    z = atomic_number
    kinetic = sum(s.electrons * (s.width / ALPHA) ** 2 / 2.0 for s in slater_shells(z))
    expected = 0.7687 * z ** (7 / 3) - 0.5 * z**2 + 0.2699 * z ** (5 / 3)
    assert kinetic == pytest.approx(expected, rel=0.05)


# The profile.


def test_shell_is_the_projection_of_the_closed_hydrogenic_density():
    """J(q) = 2π ∫_q^∞ dp p ρ(p), with ρ of Fock normalised to one."""
    a, cut = 0.05, 1.0

    def rho(p):
        return 8.0 * a**5 / (np.pi**2 * (p**2 + a**2) ** 4)

    norm, _ = quad(lambda p: 4.0 * np.pi * p**2 * rho(p), 0.0, np.inf)
    assert norm == pytest.approx(1.0, rel=1e-8)
    shell = MomentumProfile((Shell("1s", 2, 1.0, a),))
    for place in (0.0, 0.02, 0.2):
        projected, _ = quad(lambda p: 2.0 * np.pi * p * rho(p), place, np.inf)
        # the tail beyond |u| = 1, which is cut off, is of order a⁵
        assert shell.density(place) == pytest.approx(projected, rel=4.0 * (a / cut) ** 5)


@pytest.mark.parametrize(
    ("atomic_number", "values"),
    [
        (6, {0: 2.89, 0.5: 2.02, 1: 0.881, 2: 0.286, 5: 0.0569, 10: 0.0046}),
        (13, {0: 5.15, 0.5: 2.76, 1: 1.62, 2: 1.03, 5: 0.199, 10: 0.039}),
        (82, {0: 11.3, 0.5: 9.07, 1: 7.21, 2: 5.03, 5: 2.4, 10: 0.91, 30: 0.098}),
    ],
)
def test_compton_profiles_of_hartree_fock(atomic_number, values):
    """Biggs, Mendelsohn and Mann 1975, whole atoms, p_z in atomic units (α m_e).

    The outermost electrons, which make J(0), are where the model is worst: 25 %; 10 % for lead.
    """
    place = np.array(list(values)) * ALPHA
    got = atomic_number * ALPHA * profile(atomic_number).density(place)
    error = 0.10 if atomic_number == 82 else 0.26
    assert got == pytest.approx(np.array(list(values.values())), rel=error)


def test_relativistic_tail_of_lead_is_missed_as_stated():
    """Biggs et al. 1975 (relativistic for lead): 0.015 at 60 and 0.0032 at 100 atomic units."""
    got = 82 * ALPHA * LEAD_PROFILE.density(np.array([60.0, 100.0]) * ALPHA)
    assert got / np.array([0.015, 0.0032]) == pytest.approx([0.77, 0.56], abs=0.03)


@pytest.mark.parametrize("atomic_number", ELEMENTS)
def test_density_cumulative_and_rule_agree(atomic_number):
    prof = profile(atomic_number)
    points = [0.0, *(shell.width for shell in prof.shells)]
    norm, _ = quad(lambda u: float(prof.density(u)), 0.0, 1.0, points=points, limit=200)
    assert 2.0 * norm == pytest.approx(1.0, rel=1e-8)
    square, _ = quad(lambda u: u**2 * float(prof.density(u)), 0.0, 1.0, points=points, limit=200)
    assert prof.mean_square == pytest.approx(2.0 * square, rel=1e-8)
    part, _ = quad(lambda u: float(prof.density(u)), 0.0, 0.03, points=[0.004, 0.01])
    assert prof.cumulative(0.03) - prof.cumulative(0.0) == pytest.approx(part, rel=1e-8)
    assert prof.cumulative([-2.0, -1.0, 0.0, 1.0, 2.0]) == pytest.approx(
        [0, 0, 0.5, 1, 1], abs=1e-9
    )
    assert prof.rule()[1].sum() == pytest.approx(1.0, rel=1e-12)
    assert prof.density([-1.1, 1.1]) == pytest.approx(0.0)
    assert prof.density(-0.2) == prof.density(0.2)


def test_mean_square_is_a_third_of_the_kinetic_momentum():
    """⟨u²⟩ = Σ p₀²/3; the cut at ``|u| = 1`` takes none of it in carbon, 10 % in lead."""
    for atomic_number, loss in ((6, 1e-3), (82, 0.12)):
        prof = profile(atomic_number)
        uncut = sum(s.electrons * s.width**2 for s in prof.shells) / 3.0 / atomic_number
        assert prof.mean_square < uncut
        assert prof.mean_square == pytest.approx(uncut, rel=loss)


# The average over the motion.


@pytest.mark.parametrize(
    "function",
    [
        lambda u: (1.0 + u) ** 3,
        lambda u: np.exp(-0.5 * (u / 0.2) ** 2),
        lambda u: np.exp(-1.0 / (1.0 + u)),
        lambda u: np.exp(2.0 * u),
    ],
)
def test_rule_is_exact_for_smooth_functions(function):
    place, weight = LEAD_PROFILE.rule()
    points = [0.01, 0.03, 0.1, 0.3]
    points = [-p for p in points] + [0.0, *points]
    expected, _ = quad(
        lambda u: float(LEAD_PROFILE.density(u) * function(u)),
        -1.0 + 1e-12,
        1.0,
        points=points,
        limit=300,
        epsrel=1e-11,
    )
    assert weight @ function(place) == pytest.approx(expected, rel=1e-6)


@given(st.floats(5.0, 200.0), st.floats(-2.0, 2.0), st.floats(-50.0, 50.0))
def test_smearing_is_exact_for_tables_linear_in_inverse_energy(energy, constant, slope):
    """Against quadrature with the steps at both ends of the table."""
    grid = np.geomspace(30.0, 100.0, 7)
    got = LEAD_PROFILE.smearing(grid, energy) @ (constant + slope / grid)
    low, high = (np.clip(energy / end - 1.0, -1.0, 1.0) for end in (100.0, 30.0))

    def moment(power):
        inner = [p for p in (-0.1, -0.03, -0.01, 0, 0.01, 0.03, 0.1, 0.3) if low < p < high]
        return quad(
            lambda u: u**power * float(LEAD_PROFILE.density(u)),
            low,
            high,
            points=inner or None,
            limit=200,
        )[0]

    expected = (constant + slope / energy) * moment(0) + slope / energy * moment(1)
    assert got == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_smearing_of_a_smooth_function_converges_to_the_rule():
    def falling(energy):
        return np.exp(-(((energy - 60.0) / 8.0) ** 2))

    grid, energies = np.linspace(20.0, 150.0, 4001), np.array([45.0, 60.0, 75.0])
    place, weight = LEAD_PROFILE.rule(60)
    expected = falling(energies[:, None] / (1.0 + place)) @ weight
    got = LEAD_PROFILE.smearing(grid, energies) @ falling(grid)
    assert got == pytest.approx(expected, rel=1e-5)


def test_electrons_at_rest_leave_the_table_as_it_is():
    still = MomentumProfile((Shell("1s", 1, 1.0, 1e-7),))
    grid = np.geomspace(10.0, 100.0, 50)
    assert still.smearing(grid, grid[1:-1]) == pytest.approx(np.eye(50)[1:-1], abs=1e-4)


def test_flux_and_jacobian_cancel():
    """The yield by sampling electrons: rate (1 + u) σ(s) for each, σ a narrow Gaussian in s.

    T(E) = 1/E² between 20 and 90 GeV; the target of the comparison is W averaged at E′ = E_res.
    """
    resonance, spread = 60.0, 0.05
    energies = np.linspace(20.0, 90.0, 70_001)
    length = energies**-2
    place, weight = MomentumProfile((Shell("2sp", 8, 1.0, 0.1),)).rule(80)
    events = 0.0
    for u, share in zip(place, weight, strict=True):
        s = 2.0 * ELECTRON_MASS * energies * (1.0 + u)
        area = 2.0 * ELECTRON_MASS * spread * np.sqrt(2.0 * np.pi)
        gauss = np.exp(-(((s / (2.0 * ELECTRON_MASS) - resonance) / spread) ** 2) / 2.0) / area
        events += share * np.sum(length * (1.0 + u) * gauss) * (energies[1] - energies[0])
    moved = resonance / (1.0 + place)
    inside = (moved > 20.0) & (moved < 90.0)
    averaged = np.sum(weight * np.where(inside, moved**-2.0, 0.0))
    assert events == pytest.approx(averaged / (2.0 * ELECTRON_MASS), rel=1e-4)

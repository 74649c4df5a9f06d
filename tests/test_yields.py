"""Signal yields of Eq. (11): independent integrals, narrow width, scaling."""

from dataclasses import replace

import numpy as np
import pytest

from physics_lib.constants import ALPHA, CM2_IN_PB, ELECTRON_MASS, MUON_MASS
from physics_lib.experiment import load_experiment
from physics_lib.materials import LEAD, SCINTILLATOR
from physics_lib.models import (
    DarkPhoton,
    Invisible,
    Vanilla,
    invisible_branching,
    invisible_width,
    total_width,
)
from physics_lib.production import radiative, resonant
from physics_lib.production.bound_electrons import MomentumProfile
from physics_lib.production.form_factor import Nucleus
from physics_lib.yields import MASS_RANGE, Search, radiative_factor

NUCLEUS = Nucleus.of(LEAD.composition[0][0])
ATOMS_PER_CM3 = 11.35 * 6.02214076e23 / 207.2


def test_the_track_length_reaches_down_to_where_nothing_passes(search):
    lowest, highest = search.track_length.edges[[0, -1]]
    assert highest == 100.0
    assert search.efficiency(lowest) < 1e-6
    assert 20.0 < lowest < 50.0


def by_trapezoids(search, mass):
    """N of radiation at coupling one: plain sums over energies and the energy carried away."""
    lengths = search.track_length
    # Bins of 1.3 GeV, finer towards the beam energy, where most of the path is.
    far = np.linspace(4.0, 100.0 - lengths.edges[0], 50)
    distance = np.concatenate([[0.0], np.geomspace(1e-3, 3.0, 20), far])
    edges = np.sort(100.0 - distance)
    part = lengths.rebinned(edges)
    energy = 0.5 * (edges[1:] + edges[:-1])
    path = (part.minus[0] + part.plus[0]) * np.diff(edges)
    total = 0.0
    for e, cm in zip(energy, path, strict=True):
        # E_F from the lowest energy that passes to the kinematic limit, in ln(1 − x).
        log_y = np.linspace(np.log(ELECTRON_MASS / e), np.log(1.0 - 31.0 / e), 300)
        y = np.exp(log_y)
        values = y * radiative.spectrum(e, mass, y, NUCLEUS) * search.efficiency(e * (1.0 - y))
        total += cm * np.trapezoid(values, log_y)
    return search.experiment.particles_on_target * ATOMS_PER_CM3 * total / CM2_IN_PB


@pytest.mark.parametrize("mass", [1.8e-3, 0.1, 1.0])
def test_radiation_equals_a_plain_double_sum(search, mass):
    assert search.radiative_yield(mass) == pytest.approx(by_trapezoids(search, mass), rel=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_interpolation_in_mass_is_good_to_a_part_in_ten_thousand(search, seed):
    low, high = np.log(MASS_RANGE)
    mass = np.exp(np.random.default_rng(seed).uniform(low, high))
    assert search.radiative_yield(mass) == pytest.approx(search._radiative_at(mass), rel=1e-4)


def test_yields_of_many_masses_are_those_of_each(search):
    mass = np.array([[0.01, 0.25], [0.07, MASS_RANGE[1]]])
    together = search.radiative_yield(mass)
    assert together.shape == (2, 2)
    assert together.ravel() == pytest.approx(
        [float(search.radiative_yield(m)) for m in mass.ravel()], rel=1e-12
    )
    model = Invisible(mass, np.full((2, 2), 1e-3))
    singles = [float(search.resonant_yield(Invisible(m, 1e-3))) for m in mass.ravel()]
    assert search.resonant_yield(model).ravel() == pytest.approx(singles, rel=1e-12)


def test_radiation_falls_with_the_mass(search):
    assert np.all(np.diff(search.radiative_yield(np.geomspace(*MASS_RANGE, 40))) < 0.0)


@pytest.mark.parametrize("bad", [np.nan, 0.0, 1e-4, 3.0, np.inf])
def test_bad_masses_are_refused_by_name(search, bad):
    with pytest.raises(ValueError, match="^mass = "):
        search.radiative_yield([0.1, bad])


@pytest.mark.parametrize("mass", [0.24, 0.26, 0.28])
def test_narrow_resonances_see_one_energy(search, mass):
    """N = N_EOT n Z T_+(E_R) η(E_R) ∫σ dE"""
    model = Vanilla(mass, 1e-4)
    energy = resonant.resonant_energy(mass)
    _, plus = search.track_length.density(energy, "lead")
    area = resonant.narrow_width_integral(model)
    atoms = search.experiment.particles_on_target * ATOMS_PER_CM3 * 82
    expected = atoms * plus * search.efficiency(energy) * area / CM2_IN_PB
    assert search.resonant_yield(model) == pytest.approx(float(expected), rel=1e-3)


@pytest.mark.parametrize("mass", [0.1, 0.26, 0.5])
def test_wide_resonances_equal_a_plain_sum(search, mass):
    model = Invisible(mass, 1e-3, alpha_d=0.5)
    energy = np.linspace(*search.track_length.edges[[0, -1]], 40_001)
    _, plus = search.track_length.density(energy, "lead")
    events = plus * resonant.sigma(model, energy) * search.efficiency(energy)
    atoms = search.experiment.particles_on_target * ATOMS_PER_CM3 * 82
    expected = atoms * np.trapezoid(events, energy) / CM2_IN_PB
    assert search.resonant_yield(model) == pytest.approx(expected, rel=2e-3)


def test_yields_go_with_the_particles_on_target(search):
    more = replace(search.experiment, particles_on_target=1e13)
    scaled = Search(more, search.track_length, search.efficiency)
    model = Invisible(0.25, 1e-3)
    for one, other in zip(search.signal_yield(model), scaled.signal_yield(model), strict=True):
        assert other == pytest.approx(one * 1e13 / 2.84e11, rel=1e-12)


@pytest.mark.parametrize(
    ("model", "mass", "power"),
    [
        (Invisible, 0.01, 2),
        (Invisible, 0.26, 2),
        (DarkPhoton, 0.26, 2),
        # A resonance as narrow as g² has an area that goes with g², but wings with g⁴.
        (Vanilla, 0.26, 2),
        (Vanilla, 0.01, 4),
    ],
)
def test_powers_of_a_small_coupling(search, model, mass, power):
    (radiated, resonant_), (less, lesser) = (
        search.signal_yield(model(mass, g)) for g in (1e-5, 1e-6)
    )
    assert radiated / less == pytest.approx(1e2, rel=1e-4)
    assert resonant_ / lesser == pytest.approx(10.0**power, rel=1e-4)


def test_radiation_carries_the_coupling_on_the_mass_shell(search):
    model = Vanilla(0.3, 2e-3)
    radiated, _ = search.signal_yield(model)
    coupling = abs(model.electron_coupling(0.09)) ** 2
    expected = search.radiative_yield(0.3) * coupling * invisible_branching(model)
    assert radiated == pytest.approx(float(expected), rel=1e-14)
    assert radiative_factor(DarkPhoton(0.01, 1e-4)) == pytest.approx(1e-8, rel=1e-6)


def test_a_positron_beam_makes_more_resonances(search):
    positrons = Search.of(load_experiment("na64e-positron-1e13"))
    more = positrons.resonant_yield(Vanilla(0.3, 1e-4)) / 1e13
    assert more > 20.0 * search.resonant_yield(Vanilla(0.3, 1e-4)) / 2.84e11
    # Radiation knows the charge by annihilation and knock-ons only: a few 1e-6 high up.
    assert positrons.radiative_yield(0.3) / 1e13 == pytest.approx(
        float(search.radiative_yield(0.3)) / 2.84e11, rel=1e-4
    )


def test_doubling_the_grid_of_the_cascade_changes_little(search):
    fine = Search.of(search.experiment, pivots=100)
    assert search.radiative_yield([0.01, 0.3]) == pytest.approx(
        fine.radiative_yield([0.01, 0.3]), rel=1e-3
    )
    model = Vanilla(np.array([0.235, 0.26, 0.3]), np.full(3, 1e-4))
    # T_+ close to the beam energy is the hardest part of the cascade.
    assert search.resonant_yield(model) == pytest.approx(fine.resonant_yield(model), rel=1e-2)


@pytest.mark.parametrize("mass", [0.01, 0.2114, 0.25])
def test_off_the_mass_shell_a_narrow_vector_is_on_it(search, mass):
    model = Vanilla(mass, 1e-4)
    on_shell, _ = search.signal_yield(model)
    off_shell, _ = replace(search, off_shell=True).signal_yield(model)
    assert off_shell == pytest.approx(float(on_shell), rel=1e-6)


def test_a_wide_vector_averages_the_yield_over_its_line(search):
    """A plain sum over √s, even in the angle of the Breit–Wigner."""
    mass = 0.25
    model = Invisible(mass, 1e-3, alpha_d=0.5)
    angle = np.linspace(-1.0, 1.0, 400_001)[1:-1] * 0.5 * np.pi
    gamma = mass * float(total_width(model))
    s = mass**2 + gamma * np.tan(angle)
    inside = (s > MASS_RANGE[0] ** 2) & (s < MASS_RANGE[1] ** 2)
    s, angle = s[inside], angle[inside]
    root_s = np.sqrt(s)
    d = root_s * total_width(model, root_s)
    density = root_s * invisible_width(model, root_s) / np.pi
    density *= ((s - mass**2) ** 2 + gamma**2) / ((s - mass**2) ** 2 + d**2) / gamma
    grid = np.geomspace(*MASS_RANGE, 2000)
    radiated = np.interp(np.log(root_s), np.log(grid), search.radiative_yield(grid))
    coupling2 = np.abs(model.electron_coupling(s)) ** 2
    expected = np.trapezoid(density * coupling2 * radiated, angle)
    found = replace(search, off_shell=True).radiated_signal(model)
    assert found == pytest.approx(expected, rel=2e-3)
    # The width matters: 2 % here, more on the cusp.
    assert abs(float(found) / float(search.signal_yield(model)[0]) - 1.0) > 5e-3


def test_the_cusp_is_where_the_width_matters_most(search):
    mass = np.array([0.1, 2.0 * MUON_MASS, 0.3])
    model = Invisible(mass, np.full(3, 1e-3), alpha_d=0.1)
    off_shell = replace(search, off_shell=True).radiated_signal(model)
    change = off_shell / search.radiated_signal(model) - 1.0
    assert np.argmin(change) == 1
    assert -0.05 < change[1] < -0.02
    assert np.all(np.abs(change[[0, 2]]) < 0.006)


def test_a_running_width_on_the_resonance_equals_a_plain_sum(search):
    model = Invisible(0.26, 1e-3, alpha_d=0.5)
    energy = np.linspace(*search.track_length.edges[[0, -1]], 40_001)
    _, plus = search.track_length.density(energy, "lead")
    events = plus * resonant.sigma(model, energy, running_width=True) * search.efficiency(energy)
    atoms = search.experiment.particles_on_target * ATOMS_PER_CM3 * 82
    expected = atoms * np.trapezoid(events, energy) / CM2_IN_PB
    running = replace(search, off_shell=True)
    assert running.resonant_yield(model) == pytest.approx(expected, rel=2e-3)


def test_the_scintillator_adds_what_its_nuclei_and_electrons_are(search):
    """Z² n for radiation at high mass, Z n for annihilation, at nearly the same track lengths."""
    both = replace(search, materials=("lead", "scintillator"))
    gain = both.radiative_yield(0.3) / search.radiative_yield(0.3) - 1.0
    squares = sum(n * e.atomic_number**2 for e, n in SCINTILLATOR.atoms_per_cm3)
    ((lead, per_cm3),) = LEAD.atoms_per_cm3
    # Light nuclei are smaller: their form factor falls later.
    assert 1.0 < gain / (squares / (per_cm3 * lead.atomic_number**2)) < 6.0
    assert gain < 0.05
    model = Vanilla(0.26, 1e-4)
    more = both.resonant_yield(model) / search.resonant_yield(model) - 1.0
    assert more == pytest.approx(SCINTILLATOR.electrons_per_cm3 / LEAD.electrons_per_cm3, rel=0.1)


def test_a_material_without_track_length_is_refused(search):
    with pytest.raises(ValueError, match="^material = 'iron'"):
        replace(search, materials=("lead", "iron"))


def test_the_choice_of_the_cross_section_reaches_the_yield(search):
    improved = replace(search, method="iww")
    assert improved.radiative_yield(0.3) > 1.5 * search.radiative_yield(0.3)
    elastic = replace(search, form_factor="elastic")
    assert 0.9 < elastic.radiative_yield(0.1) / search.radiative_yield(0.1) < 1.0


@pytest.fixture(scope="module")
def muons():
    return Search.of(load_experiment("na64mu-1e11"))


@pytest.mark.parametrize("resolution", [0.01, 0.03])
@pytest.mark.parametrize("mass", [0.002, 0.3])
def test_muons_radiate_what_a_plain_double_sum_gives(muons, mass, resolution):
    experiment = replace(muons.experiment, momentum_resolution=resolution)
    search = Search.of(experiment)
    lengths = search.track_length
    row = lengths.row("lead")
    total = 0.0
    log_y = np.linspace(np.log(MUON_MASS / 160.0), np.log(0.75), 1500)
    for e, cm in zip(lengths.centres, lengths.minus[row] * np.diff(lengths.edges), strict=True):
        y = np.exp(log_y[log_y > np.log(MUON_MASS / e)])
        shape = radiative.spectrum(e, mass, y, NUCLEUS, lepton_mass=MUON_MASS)
        total += cm * np.trapezoid(y * shape * search.efficiency(e * (1.0 - y)), np.log(y))
    expected = 1e11 * ATOMS_PER_CM3 * total / CM2_IN_PB
    assert search.radiative_yield(mass) == pytest.approx(expected, rel=2e-3)


def test_muons_see_the_coupling_at_tree_level_and_no_resonance(muons):
    model = Vanilla(0.1, 1e-4)
    radiated, annihilated = muons.signal_yield(model)
    strength = abs(model.muon_coupling(0.01)) ** 2 * invisible_branching(model)
    assert radiated == pytest.approx(float(muons.radiative_yield(0.1) * strength), rel=1e-12)
    assert strength == pytest.approx((1e-4) ** 2 / (4.0 * np.pi * ALPHA), rel=0.02)
    assert annihilated == 0.0


def test_a_muon_beam_needs_a_coupling_to_muons(muons):
    class ElectronsAlone:
        mass, coupling = 0.1, 1e-3

        def electron_coupling(self, q2):
            return np.asarray(1e-3 + 0j)

        def widths(self, virtual_mass):
            return {"dark": np.asarray(1e-3)}

        def at(self, mass, coupling):
            return self

    with pytest.raises(ValueError, match=r"^model = ElectronsAlone: .*muon_coupling"):
        muons.signal_yield(ElectronsAlone())


def test_electrons_in_motion_see_the_track_length_around_the_resonance(search):
    """N = n_e ∫σ dE · ∫du J(u) [T_+ η](E_R/(1 + u)) for a narrow resonance."""
    model = Vanilla(0.25, 1e-4)
    u, share = MomentumProfile.of(LEAD.composition[0][0]).rule(400)
    energy = resonant.resonant_energy(0.25) / (1.0 + u)
    inside = (energy > search.lowest_energy) & (energy < 100.0)
    safe = np.where(inside, energy, 60.0)
    path = search.track_length.density(safe, "lead")[1] * search.efficiency(safe)
    atoms = search.experiment.particles_on_target * ATOMS_PER_CM3 * 82
    expected = atoms * np.sum(share * inside * path) * resonant.narrow_width_integral(model)
    found = replace(search, electrons="bound").resonant_yield(model)
    assert found == pytest.approx(float(expected / CM2_IN_PB), rel=3e-3)


def test_motion_takes_events_from_the_edge_and_gives_beyond_it(search):
    mass = np.array([0.2, 0.23, 0.25, 0.31])
    model = Vanilla(mass, np.full(4, 1e-4))
    moving = replace(search, electrons="bound").resonant_yield(model)
    ratio = moving / search.resonant_yield(model)
    assert ratio[0] > 10.0
    assert 0.8 < ratio[1] < 0.9
    assert ratio[2] == pytest.approx(0.98, abs=0.02)
    assert ratio[3] > 1.4


def test_hard_photons_matter_where_the_resonance_is_not_seen(search):
    mass = np.array([1e-3, 0.05, 0.2, 0.25])
    model = Vanilla(mass, np.full(4, 1e-4))
    full = replace(search, nonresonant=True)
    net = full.annihilation_yield(model) - search.annihilation_yield(model)
    share = net / sum(search.signal_yield(model))
    assert share[0] < 1e-4
    assert share[1] == pytest.approx(0.0021, abs=3e-4)
    assert share[2] == pytest.approx(0.25, abs=0.02)
    assert share[3] == pytest.approx(-0.068, abs=0.01)
    singles = [float(full.nonresonant_yield(m)) for m in mass]
    assert np.array_equal(full.nonresonant_yield(mass), singles)


def test_muons_do_not_annihilate(muons):
    assert np.array_equal(muons.nonresonant_yield([0.1, 0.2]), [0.0, 0.0])


@pytest.mark.parametrize("bad", ["free", ""])
def test_unknown_electrons_are_refused(search, bad):
    with pytest.raises(ValueError, match="^electrons = "):
        replace(search, electrons=bad)


@pytest.mark.parametrize("beam", ["na64e-2018", "na64e-positron-1e13"])
def test_beyond_the_beam_energy_the_moving_electrons_yield_falls(beam):
    """Up to where u = 1 ends it, at √s = 452 MeV; the weight is zero at the last points."""
    bound = replace(Search.of(load_experiment(beam)), electrons="bound")
    mass = np.linspace(0.325, 0.4525, 256)
    events = bound.resonant_yield(Vanilla(mass, np.full(256, 1e-4)))
    assert np.all(np.diff(events) < 0.0)


def test_at_rest_the_yield_fades_towards_the_beam_energy(search):
    """Secondary positrons hardly reach it, and electrons at rest carry them no further."""
    end = np.sqrt(2.0 * ELECTRON_MASS * (100.0 + ELECTRON_MASS))
    mass = end * (1.0 + np.array([-1e-2, -1e-3, -1e-4, -1e-5, -1e-7, 1e-7, 1e-5, 1e-3]))
    events = search.resonant_yield(Vanilla(mass, np.full(8, 1e-4)))
    assert np.all(np.diff(events) < 0.0)
    assert np.all(events > 0.0)
    assert events[-1] < 1e-6 * events[0]


def low_beam(search, **changes):
    """Electrons of 2 GeV on lead: the heaviest masses are beyond the beam."""
    settings = {"energy_GeV": 2.0, "ecal_cut_GeV": 1.0, "target": "lead"}
    return Search.of(replace(search.experiment, **(settings | changes)))


@pytest.fixture(scope="module")
def low(search):
    return low_beam(search)


@pytest.mark.parametrize("mass", [0.3, 0.55, 0.6, 1.0, 1.5, 1.9])
def test_near_the_heaviest_mass_of_a_beam_the_yield_is_that_of_the_mass(low, mass):
    # Below 560 MeV knots in m itself: too far apart where inelastic scattering takes over.
    tolerance = 1e-3 if mass < 0.56 else 2e-4
    assert low.radiative_yield(mass) == pytest.approx(low._radiative_at(mass), rel=tolerance)


def test_every_mass_has_a_finite_yield_at_a_low_beam(low):
    mass = np.geomspace(*MASS_RANGE, 500)
    found = low.radiative_yield(mass)
    assert np.all(found >= 0.0)
    assert np.all(np.diff(found) <= 0.0)
    assert found[-1] == 0.0


def test_off_the_mass_shell_a_low_beam_has_the_events_of_a_narrow_vector(low):
    model = Vanilla(np.array([0.05, 1.0, 1.5]), np.full(3, 1e-4))
    off_shell = replace(low, off_shell=True).radiated_signal(model)
    # The flat part of the line reaches to light masses, of which the beam makes 1e12 as many.
    assert off_shell == pytest.approx(low.radiated_signal(model), rel=1e-3)


def test_light_masses_have_annihilation_with_photons(search):
    """Below 2 MeV the resonance is without its correction, which is small there."""
    positrons = low_beam(search, beam="e+", ecal_cut_GeV=1.9)
    full = replace(positrons, nonresonant=True)
    mass = np.array([5e-4, 1e-3, 1.5e-3, 1.999e-3, 2e-3])
    model = Invisible(mass, np.full(5, 1e-3))
    resonance, hard = positrons.resonant_yield(model), full.nonresonant_yield(mass)
    found = full.annihilation_yield(model) - hard * radiative_factor(model)
    assert found[:4] == pytest.approx(resonance[:4], rel=1e-12)
    correction = found[4] / resonance[4] - 1.0
    assert correction == pytest.approx(0.0124, abs=1e-4)
    assert np.all(correction * resonance < 3e-4 * positrons.radiated_signal(model))


def test_searches_are_told_apart_without_comparing_arrays(search):
    assert search != replace(search, method="iww")
    assert search in [search]


@pytest.mark.parametrize("mass", [[0.1, 0.25], 0.25, [[0.1], [0.2]]])
@pytest.mark.parametrize("coupling", [1e-3, [1e-3, 2e-3]])
def test_mass_and_coupling_broadcast(search, mass, coupling):
    masses, couplings = np.broadcast_arrays(np.asarray(mass), np.asarray(coupling))
    found = search.signal_yield(Invisible(mass, coupling))
    expected = search.signal_yield(Invisible(masses, couplings))
    for one, other in zip(found, expected, strict=True):
        assert one.shape == masses.shape
        assert np.array_equal(one, other)

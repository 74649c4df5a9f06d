"""Exposures of targets other than the calorimeter: a thin one by hand, and what counts."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from physics_lib.constants import ELECTRON_MASS
from physics_lib.experiment import load_experiment
from physics_lib.materials import MATERIALS, target_of
from physics_lib.models import DarkPhoton
from physics_lib.production import radiative
from physics_lib.production.form_factor import Nucleus
from physics_lib.production.resonant import sigma
from physics_lib.shower.cascade import track_length
from physics_lib.shower.processes import bremsstrahlung_spectrum, moller_spectrum
from physics_lib.yields import Search

THIN = load_experiment("ldmx-like")
TUNGSTEN = MATERIALS["tungsten"]


def search_in(target, experiment=THIN):
    return Search.of(replace(experiment, target=target), pivots=60)


def test_path_in_a_foil_is_its_thickness():
    lengths = track_length("e-", 4.0, target_of("1e-4 cm tungsten"), 0.5)
    # A share of 1e-3 radiates enough to fall below the threshold.
    assert lengths.integral("tungsten", 0.5, 4.0)[0] == pytest.approx(1e-4, rel=1e-3)


def test_path_at_lower_energies_is_of_second_order_in_the_thickness():
    thickness, low, high = 1e-3, 1.0, 3.0
    lengths = track_length("e-", 4.0, target_of(f"{thickness} cm tungsten"), 0.5)

    def lost(spectrum):
        return quad(lambda k: spectrum(4.0, k, TUNGSTEN), 4.0 - high, 4.0 - low)[0]

    # ∫dz z n(k): what was lost on the way to depth z. Møller electrons that lose more than half
    # of the energy are the slower ones of the pair, and both count.
    radiated = lost(bremsstrahlung_spectrum)
    scattered = quad(lambda t: moller_spectrum(4.0, t, TUNGSTEN), low, 2.0)[0]
    scattered += quad(lambda t: moller_spectrum(4.0, t, TUNGSTEN), 4.0 - high, 2.0)[0]
    expected = 0.5 * thickness**2 * (radiated + scattered)
    # Photons of the foil's depth make pairs in third order: 7/9 · 1/3 · d/X₀ of it and less.
    ours = lengths.integral("tungsten", low, high)[0]
    assert ours == pytest.approx(expected, rel=5e-3)


def test_events_of_a_foil_are_nuclei_times_cross_section():
    search = search_in("1e-4 cm tungsten")
    mass = np.array([0.01, 0.1, 0.5])
    ((element, density),) = TUNGSTEN.atoms_per_cm3
    sharp = replace(
        THIN, target="1e-4 cm tungsten", resolution_stochastic=0, resolution_constant=1e-3
    )
    search = Search.of(sharp, pivots=60)
    least = 1.0 - THIN.ecal_cut_GeV / THIN.energy_GeV
    total = radiative.sigma(THIN.energy_GeV, mass, Nucleus.of(element), least)
    by_hand = THIN.particles_on_target * density * 1e-4 * 1e-36 * total
    assert search.radiative_yield(mass) == pytest.approx(by_hand, rel=5e-3)


def test_a_thin_target_yields_in_proportion_to_its_thickness():
    once, twice = (search_in(f"{d} cm tungsten").radiative_yield(0.1) for d in (1e-3, 2e-3))
    assert twice / once == pytest.approx(2.0, rel=5e-3)


def test_a_thick_stack_tends_to_the_block_without_end():
    block, stack = (
        search_in(target).radiative_yield(0.1) for target in ("tungsten", "10 cm tungsten")
    )
    assert stack == pytest.approx(block, rel=1e-4)


def test_what_counts_in_a_target():
    assert search_in("2 x (0.1 cm iron, 1 cm graphite)").materials == ("iron", "graphite")
    assert search_in("lead").materials == ("lead",)
    paper = Search.of(load_experiment("na64e-2018"), pivots=40)
    assert paper.materials == ("lead",)
    ((name, element, atoms),) = paper.radiators
    assert (name, element.symbol) == ("lead", "Pb")
    assert atoms == pytest.approx(2.84e11 * 11.35 * 6.02214076e23 / 207.2, rel=1e-12)
    assert paper != replace(paper, track_length=replace(paper.track_length))


@pytest.mark.parametrize(
    "settings",
    [
        {"energy_GeV": 1.0, "ecal_cut_GeV": 0.5},
        {"ecal_cut_GeV": 99.999},
        {"resolution_stochastic": 1.0, "resolution_constant": 1.0},
    ],
)
def test_leptons_count_from_where_they_may_radiate(settings):
    search = Search.of(replace(load_experiment("na64e-2018"), **settings), pivots=40)
    assert search.lowest_energy == radiative.ENERGY_RANGE[0]
    assert np.all(search.radiative_yield([1e-3, 0.1]) > 0.0)


@pytest.mark.parametrize("cut", [0.02, 1e-9])
def test_an_experiment_that_sees_nothing_is_refused(cut):
    blind = replace(
        load_experiment("na64e-2018"),
        resolution_stochastic=0.0,
        resolution_constant=0.0,
        ecal_cut_GeV=cut,
    )
    with pytest.raises(ValueError, match="nothing is seen below 100 GeV: a larger cut is needed"):
        Search.of(blind, pivots=40)
    assert Search.of(replace(blind, ecal_cut_GeV=0.2), pivots=40).radiative_yield(0.1) > 0.0


def test_plates_that_count_add_up():
    both = search_in("2 x (0.1 cm iron, 1 cm graphite)")
    parts = (replace(both, materials=(name,)).radiative_yield(0.05) for name in both.materials)
    # The logarithm of each is interpolated.
    assert sum(parts) == pytest.approx(both.radiative_yield(0.05), rel=1e-4)


def test_lighter_nuclei_radiate_less_per_radiation_length():
    # σ and 1/X₀ both go with Z² at small masses; a heavy mediator sees the nucleus' size.
    heavy, light = (
        search_in(f"{0.01 * MATERIALS[name].radiation_length} cm {name}").radiative_yield(
            [0.005, 0.5]
        )
        for name in ("tungsten", "aluminium")
    )
    ratio = light / heavy
    assert ratio[0] == pytest.approx(1.0, abs=0.15)
    assert ratio[1] > 2.0 * ratio[0]


def test_electrons_resonate_with_the_electrons_of_every_material():
    world = replace(
        load_experiment("na64e-positron-2022"), target="20 x (0.5 cm lead, 0.5 cm iron)"
    )
    both = Search.of(world, pivots=40)
    light = DarkPhoton(0.25, 1e-4)
    parts = [replace(both, materials=(name,)).resonant_yield(light) for name in both.materials]
    assert both.resonant_yield(light) == pytest.approx(sum(parts), rel=1e-3)
    assert min(parts) > 0.0


def test_muons_radiate_in_an_own_target():
    world = replace(load_experiment("na64mu-1e11"), target="20 x (1 cm iron, 1 cm scintillator)")
    both = Search.of(world)
    assert both.materials == ("iron", "scintillator")
    assert both.track_length.integral("iron", 80.0, 160.0)[0] == pytest.approx(20.0, rel=1e-6)
    iron = replace(both, materials=("iron",))
    lead = Search.of(replace(world, target="20 x (1 cm lead, 1 cm scintillator)"))
    lead = replace(lead, materials=("lead",))
    # n Z²(1 + 1/Z) of iron over that of lead: a light vector sees little of the nuclei's size.
    expected = 8.4e22 * 26 * 27 / (3.3e22 * 82 * 83)
    ratio = iron.radiative_yield(0.01) / lead.radiative_yield(0.01)
    assert ratio == pytest.approx(expected, rel=0.2)


def test_a_target_that_stops_muons_is_refused():
    with pytest.raises(ValueError, match=r"target: mean loss = .* GeV: allowed \[0, 80\] GeV"):
        Search.of(replace(load_experiment("na64mu-1e11"), target="10000 cm iron"))


def test_primary_positrons_annihilate_in_a_foil():
    # A resonance at the beam energy and much wider than the bins of the track length.
    search = search_in("0.035 cm tungsten", load_experiment("na64e-positron-2022"))
    mass = float(np.sqrt(2.0 * ELECTRON_MASS * 100.0))
    wide = DarkPhoton(mass, 1e-4, alpha_d=1.0, mass_ratio=10.0)
    lengths = search.track_length
    path = lengths.plus[0] * np.diff(lengths.edges)
    by_hand = path @ (sigma(wide, lengths.centres) * search.efficiency(lengths.centres))
    by_hand *= search.experiment.particles_on_target * TUNGSTEN.electrons_per_cm3 * 1e-36
    assert search.resonant_yield(wide) == pytest.approx(by_hand, rel=5e-3)
    # Most of it is the primary on its way through, n_e d σ(E₀), of which radiation takes some.
    straight = search.experiment.particles_on_target * TUNGSTEN.electrons_per_cm3 * 0.035e-36
    assert by_hand == pytest.approx(straight * sigma(wide, 100.0), rel=0.15)


def test_an_efficiency_that_opens_lower_has_its_own_track_length():
    """Set up with `of` the search is that of a lower cut with the same efficiency."""
    experiment = load_experiment("na64e-2018")

    def opens_at_ten(energy):
        return 0.9 * np.clip((energy - 10.0) / 5.0, 0.0, 1.0)

    model = DarkPhoton(np.array([0.01, 0.1, 0.25]), 1e-4)
    found = Search.of(experiment, efficiency=opens_at_ten).signal_yield(model)
    lower = Search.of(replace(experiment, ecal_cut_GeV=90.0))
    expected = replace(lower, efficiency=opens_at_ten).signal_yield(model)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, rel=2e-3)
    with pytest.raises(ValueError, match=r"efficiency at .* the track length begins at"):
        replace(Search.of(experiment), efficiency=opens_at_ten)


@pytest.mark.parametrize("changes", [{"energy_GeV": 60.0}, {"beam": "e+"}])
def test_another_beam_needs_another_track_length(changes):
    search = Search.of(load_experiment("na64e-2018"), pivots=30)
    with pytest.raises(ValueError, match="the track length is that of e- of 100 GeV"):
        replace(search, experiment=replace(search.experiment, **changes))


@pytest.mark.parametrize(
    ("efficiency", "message"),
    [
        (lambda e: 1.0, r"efficiency: shape \(\) for energies of shape"),
        (lambda e: np.full_like(e, np.nan), "efficiency = nan"),
        (lambda e: -np.ones_like(e), "efficiency = -1"),
    ],
)
def test_what_is_no_efficiency_is_refused(efficiency, message):
    with pytest.raises(ValueError, match=message):
        Search.of(THIN, 30, efficiency)

"""Events: kinematics, distributions against the integrals, decays, seeds, histograms."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.integrate import cumulative_simpson
from scipy.stats import chi2, kstest

from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.events.decays import decay_cosine, polarisation
from physics_lib.events.sample import PARTICLES, histogram, radiative_events
from physics_lib.events.sampler import Sampler, random_state
from physics_lib.events.target import ThickTarget, thick_target_events
from physics_lib.experiment import load_experiment
from physics_lib.materials import LEAD, NA64_ECAL
from physics_lib.model_definition import Charges, ModelDefinition
from physics_lib.models import DarkPhoton, Invisible, Vanilla, total_width
from physics_lib.own_model import OwnModel, load_model
from physics_lib.production import exact, radiative, resonant
from physics_lib.production.amplitude import (
    amplitude,
    averaged_amplitude,
    azimuth_of,
    kinematics,
)
from physics_lib.production.form_factor import LEAD_NUCLEUS, form_factor_squared
from physics_lib.shower.cascade import block_paths, energy_pivots
from physics_lib.shower.depth import plate_paths
from physics_lib.yields import Search

COUNT = 100_000
LEAST_P = 1e-3
BEAMS = [
    # E, m_V, lepton
    (100.0, 1e-3, ELECTRON_MASS),
    (100.0, 0.1, ELECTRON_MASS),
    (4.0, 0.3, ELECTRON_MASS),
    (160.0, 0.1, MUON_MASS),
]


def square(vectors):
    return vectors[..., 0] ** 2 - np.sum(vectors[..., 1:] ** 2, axis=-1)


def imbalance(events):
    """Largest violation of momentum conservation, in units of the largest energy."""
    momenta = events.momenta.copy()
    momenta[:, 4] *= np.where(events.ids[:, 5] == 0, 1.0, 0.0)[:, None]
    signs = np.array([1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0])
    lost = np.einsum("i,nij->nj", signs, momenta)
    return np.max(np.abs(lost) / np.max(momenta[:, :, 0], axis=1)[:, None])


def off_shell(events):
    """Largest violation of p² = m², in units of E²."""
    there = events.ids != 0
    error = np.abs(square(events.momenta) - events.masses**2)
    return np.max(error[there] / events.momenta[there][:, 0] ** 2)


@pytest.fixture(scope="module")
def target():
    return ThickTarget.of(load_experiment("na64e-2018"), 30.0, pivots=60)


@pytest.fixture(scope="module", params=BEAMS)
def beam_and_sample(request):
    energy, mass, lepton = request.param
    return request.param, radiative_events(
        energy, mass, LEAD_NUCLEUS, COUNT, 7, lepton_mass=lepton
    )


# The amplitude before its average.


@given(
    log_energy=st.floats(0.0, 3.0),
    log_share=st.floats(-6.0, -0.1),
    log_mass=st.floats(-3.5, -0.5),
    excess=st.floats(-2.0, 2.0),
    place=st.floats(0.05, 0.7),
)
@settings(max_examples=60)
def test_the_azimuthal_mean_is_the_averaged_amplitude(
    log_energy, log_share, log_mass, excess, place
):
    energy, mass = 10.0**log_energy, 10.0**log_mass
    left = max(energy * 10.0**log_share, 3.0 * ELECTRON_MASS)
    if energy - left < 1.05 * mass:
        return
    kin = kinematics(energy, left, mass, ELECTRON_MASS, LEAD_NUCLEUS.mass)
    u = kin.smallest * (1.0 + 10.0**excess)
    backward = kin.smallest + 4.0 * kin.momentum * kin.vector_momentum
    if u > 0.8 * min(backward, 2.0 * LEAD_NUCLEUS.mass * (left - ELECTRON_MASS)):
        return
    smallest, largest = exact.transfer_limits(u, kin)
    t = smallest ** (1.0 - place) * largest**place
    form = azimuth_of(t, u, kin)
    # Midpoint rule in the angle in which 1/s̃ is even; it converges geometrically.
    v = (np.arange(500) + 0.5) / 500
    half = np.sqrt((form.a - form.b) / (form.a + form.b)) * np.tan(0.5 * np.pi * v)
    cosine = (half**2 - 1.0) / (half**2 + 1.0)
    values = np.array([amplitude(c, form) for c in cosine]) * (form.a + form.b * cosine)
    mean = np.mean(values) / np.sqrt((form.a - form.b) * (form.a + form.b))
    assert mean == pytest.approx(averaged_amplitude(t, u, kin), rel=1e-9)


# Kinematics.


@given(
    log_energy=st.floats(-0.5, 3.9),
    log_mass=st.floats(-4.0, 0.9),
    muon=st.booleans(),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=25)
def test_momenta_are_conserved_and_on_shell(log_energy, log_mass, muon, seed):
    energy, mass = 10.0**log_energy, 10.0**log_mass
    lepton = MUON_MASS if muon else ELECTRON_MASS
    if mass + lepton > 0.5 * energy:
        return
    events = radiative_events(energy, mass, LEAD_NUCLEUS, 200, seed, lepton_mass=lepton)
    assert imbalance(events) < 1e-12
    assert off_shell(events) < 1e-9
    assert np.all(events.of("lepton")[:, 0] >= lepton)
    assert np.all(events.of("mediator")[:, 0] >= mass)


def test_momenta_reproduce_the_invariants(beam_and_sample):
    """(p − k)² = m² − U, q² = −t, and s̃ = a + b cos φ, to the rounding of E²."""
    (energy, _, lepton), events = beam_and_sample
    u = lepton**2 - square(events.of("incoming") - events.of("mediator"))
    assert np.max(np.abs(u - events.u)) < 1e-14 * energy**2
    recoil = events.of("recoil") - events.of("target")
    assert -square(recoil) == pytest.approx(events.t, rel=1e-6, abs=1e-9 * np.max(events.t))
    assert events.energy - events.of("mediator")[:, 0] == pytest.approx(
        events.left, abs=1e-13 * energy
    )


def test_the_azimuth_is_that_of_the_amplitude():
    energy, mass = 20.0, 0.1
    sampler = Sampler.at(energy, mass, LEAD_NUCLEUS)
    events = radiative_events(energy, mass, LEAD_NUCLEUS, 300, 3)
    draws = sampler.draw(300, random_state(np.random.SeedSequence(3).spawn(2)[0]))
    late = square(events.of("lepton") + events.of("mediator")) - ELECTRON_MASS**2
    for i in range(300):
        kin = kinematics(energy, draws.left[i], *sampler.source.masses)
        form = azimuth_of(draws.t[i], draws.u[i], kin)
        assert late[i] == pytest.approx(form.a + form.b * draws.cosine[i], abs=1e-13 * energy**2)
    assert np.array_equal(draws.u, events.u)


# Distributions against independent integrals.


def share_below(place, density):
    """Distribution function on a grid of even places."""
    total = cumulative_simpson(density, x=place, initial=0.0)
    return total / total[-1]


def test_the_energy_of_the_mediator_follows_the_spectrum(beam_and_sample):
    (energy, mass, lepton), events = beam_and_sample
    ends = np.log(mass / (energy - mass)), np.log((energy - lepton) / lepton)
    logit = np.linspace(*ends, 1501)
    y = 1.0 / (1.0 + np.exp(logit))
    spectrum = radiative.spectrum(energy, mass, y, LEAD_NUCLEUS, lepton_mass=lepton)
    below = share_below(logit, y * (1.0 - y) * spectrum)
    sampled = np.log(energy / events.left - 1.0)
    assert kstest(sampled, lambda v: np.interp(v, logit, below)).pvalue > LEAST_P


@njit(cache=True)
def grid_of_angle_and_transfer(energy, lefts, masses, form, size):
    """Rows of U/U₀, t and weight for ∫dw dU dt, with the amplitude as it is integrated."""
    rows = np.empty((lefts.size * size * size, 3))
    n = 0
    for slab, left in enumerate(lefts):
        # Another place within the steps for each slab, so that steps do not show.
        place = (0.5 + 0.618 * slab) % 1.0
        kin = kinematics(energy, left, *masses)
        widest = min(
            kin.smallest + 4.0 * kin.momentum * kin.vector_momentum,
            2.0 * masses[2] * (left - masses[1]),
        )
        narrow = np.sqrt(kin.smallest / widest)
        for i in range(size):
            # Even in (U₀/U)^½, unlike the sampler.
            r = narrow + (1.0 - narrow) * (i + place) / size
            u = kin.smallest / r**2
            smallest, largest = exact.transfer_limits(u, kin)
            low, high = np.log(smallest), np.log(min(largest, 50.0))
            gap = np.sqrt(kin.momentum_gap**2 + u - kin.smallest)
            scale = (1.0 - narrow) * 2.0 * u / r / gap * (high - low)
            for j in range(size):
                t = np.exp(low + (high - low) * (j + place) / size)
                value = form_factor_squared(t, form) / t * averaged_amplitude(t, u, kin)
                rows[n] = u / kin.smallest, t, scale * value
                n += 1
    return rows.T


@pytest.mark.parametrize(("energy", "mass", "lepton"), BEAMS)
def test_angle_and_transfer_follow_the_amplitude(energy, mass, lepton):
    """Against sums over an even grid, for the tenth of the events in the middle of w."""
    events = radiative_events(energy, mass, LEAD_NUCLEUS, COUNT, 11, lepton_mass=lepton)
    low, high = np.quantile(events.left, [0.45, 0.55])
    here = (events.left > low) & (events.left < high)
    masses = (mass, lepton, LEAD_NUCLEUS.mass)
    left = low + (high - low) * (np.arange(12) + 0.5) / 12
    form = LEAD_NUCLEUS.form_factor()
    table = grid_of_angle_and_transfer(energy, left, masses, form, 250)
    smallest = [kinematics(energy, w, *masses).smallest for w in events.left[here]]
    for values, sample in (
        (table[0], events.u[here] / np.array(smallest)),
        (table[1], events.t[here]),
    ):
        edges = np.quantile(sample, np.linspace(0.0, 1.0, 21)[1:-1])
        edges = np.concatenate(([-np.inf], edges, [np.inf]))
        expected = np.histogram(values, edges, weights=table[2])[0] * len(sample) / table[2].sum()
        found = np.histogram(sample, edges)[0]
        assert chi2.sf(np.sum((found - expected) ** 2 / expected), 19) > LEAST_P


def test_the_weighted_sample_gives_the_cross_section(beam_and_sample):
    (energy, mass, lepton), _ = beam_and_sample
    events = radiative_events(
        energy, mass, LEAD_NUCLEUS, 2 * COUNT, 5, lepton_mass=lepton, weighted=True
    )
    everything, error = histogram(events, lambda e: e.left, [0.0, energy])
    sigma = radiative.sigma(energy, mass, LEAD_NUCLEUS, lepton_mass=lepton)
    assert error[0] < 2e-3 * sigma
    # The integral is good to 1e-4.
    assert abs(everything[0] - sigma) < 3.5 * error[0] + 1e-4 * sigma


@pytest.mark.parametrize(("energy", "mass"), [(12.0, 10.0), (20.0, 10.0), (8.0, 5.0)])
def test_large_transfers_are_not_cut_off(energy, mass):
    """Close to threshold t_min is far above the size of the nucleus: 34 GeV² for the first."""
    sampler = Sampler.at(energy, mass, LEAD_NUCLEUS)
    draws = sampler.draw_weighted(COUNT, random_state(np.random.SeedSequence(1)))
    mean = np.sum(draws.weight) / COUNT
    error = np.sqrt(np.sum(draws.weight**2)) / COUNT
    sigma = float(radiative.sigma(energy, mass, LEAD_NUCLEUS))
    assert mean == pytest.approx(sigma, abs=3.5 * error + 1e-4 * sigma)


@pytest.mark.parametrize("quantity", ["carried_share", "lepton_transverse"])
def test_unweighted_and_weighted_samples_agree(beam_and_sample, quantity):
    """Every quantity: the weighted sample needs no rejection by bounds that may be too low."""
    (energy, mass, lepton), events = beam_and_sample
    weighted = radiative_events(
        energy, mass, LEAD_NUCLEUS, COUNT, 6, lepton_mass=lepton, weighted=True
    )
    edges = np.quantile(getattr(events, quantity), np.linspace(0.0, 1.0, 31))
    edges[[0, -1]] = -np.inf, np.inf
    one, one_error = histogram(events, lambda e: getattr(e, quantity), edges)
    two, two_error = histogram(weighted, getattr(weighted, quantity), edges)
    pull2 = (one - two) ** 2 / (one_error**2 + two_error**2)
    assert chi2.sf(np.sum(pull2), len(pull2)) > LEAST_P
    assert np.sum(one) == pytest.approx(np.sum(events.weight))
    assert np.sum(one) == pytest.approx(events.cross_sections[0])


def test_bounds_are_hardly_ever_too_low(beam_and_sample, target):
    _, events = beam_and_sample
    assert events.overweight < 1e-3
    thick = thick_target_events(DarkPhoton(0.05, 1e-4), target, COUNT, 2, "radiative")
    assert thick.overweight < 1e-3


# A thick target.


def test_energies_follow_track_length_times_cross_section(target):
    model = DarkPhoton(0.1, 1e-4)
    events = thick_target_events(model, target, COUNT, 3, "radiative")
    edges = target.lengths.edges
    path = np.sum(target.paths, axis=0)
    below = np.cumsum(path * radiative.sigma(target.lengths.centres, 0.1, LEAD_NUCLEUS))
    below = np.concatenate(([0.0], below)) / below[-1]
    assert kstest(events.energy, lambda e: np.interp(e, edges, below)).pvalue > LEAST_P
    average = np.sum(path * radiative.sigma(target.lengths.centres, 0.1, LEAD_NUCLEUS))
    branching = float(model.widths(0.1)["dark"] / total_width(model))
    assert events.cross_sections[0] == pytest.approx(1e-8 * branching * average / np.sum(path))
    minus, plus = target.paths
    expected = np.sum(np.diff(below) * plus / (minus + plus))
    positrons = np.mean(events.ids[:, 0] == -11)
    assert positrons == pytest.approx(expected, abs=4.0 * np.sqrt(expected / COUNT))
    assert np.array_equal(events.ids[:, 0], events.ids[:, 2])


@pytest.mark.parametrize(
    "model", [Invisible(0.25, 1e-2), Vanilla(0.25, 1e-6), DarkPhoton(0.3, 1e-4, alpha_d=0.5)]
)
def test_resonant_energies_follow_the_breit_wigner(target, model):
    """Widths from a fraction of the mass to 1e-13 of it; below m², above, and within Γ."""
    events = thick_target_events(model, target, COUNT, 4, "resonant")
    s = events.masses[:, 4] ** 2
    gamma = float(model.mass * total_width(model))
    # Even steps of the angle whose tangent is (s − m²)/mΓ.
    low, high = resonant.invariant_mass_squared(target.lengths.edges[[0, -1]])
    ends = np.arctan((np.array([low, high]) - model.mass**2) / gamma)
    angle = np.linspace(*ends, 200_001)
    where = np.clip(model.mass**2 + gamma * np.tan(angle), low, high)
    energy = where / (2.0 * ELECTRON_MASS) - ELECTRON_MASS
    plus = target.lengths.density(energy, "lead")[1]
    below = share_below(angle, plus * resonant.numerator(model, where))
    sampled = np.arctan((s - model.mass**2) / gamma)
    if gamma > 1e-10:
        assert kstest(sampled, lambda v: np.interp(v, angle, below)).pvalue > LEAST_P
        return
    # Floats near m² do not resolve the width, but its wings.
    for distance in (1e-12, 1e-11):
        expected = 2.0 / np.pi * np.arctan(gamma / distance) * COUNT
        found = np.sum(np.abs(s - model.mass**2) > distance)
        assert found == pytest.approx(expected, abs=4.0 * np.sqrt(expected))


def test_cross_sections_count_the_events_of_the_yield(target):
    """Against the yield of `Search` with an efficiency of one, an integral of its own."""
    model = Invisible(0.25, 1e-3)
    events = thick_target_events(model, target, COUNT, 1)
    search = Search(load_experiment("na64e-2018"), target.lengths, lambda e: 1.0 * (e > 30.0))
    radiated, met = search.signal_yield(model)
    expected = np.array(events.cross_sections) * events.luminosity
    # The yield counts what carries away more than the lowest energy.
    carried = events.of("mediator")[~events.resonant][:, 0]
    seen = carried > search.lowest_energy
    assert expected[0] * np.mean(seen) == pytest.approx(
        float(radiated), rel=3e-3 + 4.0 * np.std(seen) / np.sqrt(len(seen))
    )
    assert expected[1] == pytest.approx(float(met), rel=3e-3)
    share = expected[1] / np.sum(expected)
    found = np.mean(events.resonant)
    assert found == pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / COUNT))


def test_thick_target_events_conserve_momentum(target):
    for model in (Invisible(0.25, 1e-3), Vanilla(0.01, 1e-3), Vanilla(0.26, 1e-3)):
        events = thick_target_events(model, target, 20_000, 8)
        assert imbalance(events) < 1e-12
        assert off_shell(events) < 1e-9
        daughters = events.of("daughter") + events.of("antidaughter")
        assert np.max(np.abs(daughters - events.of("mediator"))) < 1e-11
        assert np.array_equal(events.ids[:, 5], -events.ids[:, 6])
        assert set(np.unique(np.abs(events.ids[:, 5]))) <= {14, 16, 51}


def test_depths_follow_the_shower(target):
    events = thick_target_events(DarkPhoton(0.1, 1e-4), target, COUNT, 9, "radiative")
    cell = events.depth % 0.3
    assert np.all(cell <= 0.15 + 1e-9)
    plates = plate_paths("e-", 100.0, NA64_ECAL, 30.0, 120)
    lead = np.array([name == "lead" for name in plates.materials])
    # Mean depth of the path of e± above 60 GeV, weighted as the events are.
    middle = 0.5 * (plates.boundaries[1:] + plates.boundaries[:-1])
    energy = 0.5 * (plates.edges[1:] + plates.edges[:-1])
    for low, high in ((40.0, 60.0), (60.0, 90.0)):
        here = (energy > low) & (energy < high)
        path = plates.paths[:, :2][:, :, here].sum(axis=1)[lead]
        weight = path * radiative.sigma(energy[here], 0.1, LEAD_NUCLEUS)
        expected = np.sum(weight * middle[lead][:, None]) / np.sum(weight)
        chosen = (events.energy > low) & (events.energy < high)
        assert np.mean(events.depth[chosen]) == pytest.approx(expected, rel=0.03)


def test_a_block_is_like_its_slices():
    """Mean path in the block of lead, by depth, adds up to the solver's without depth."""
    plates = plate_paths("e+", 50.0, LEAD, 5.0, 50)
    primary = np.zeros(150)
    primary[99] = 1.0
    paths, _ = block_paths(LEAD, energy_pivots(50.0, 2.5, 50), primary)
    whole = paths["lead"].reshape(3, 50)[:, 1:]
    assert plates.paths.sum(axis=0) == pytest.approx(whole, rel=1e-6)


# Decays.


def test_angles_of_decays():
    number = np.random.default_rng(1).random(COUNT)
    for a in (-1.0, 0.0, 1e-9, 1e-3, 0.4, 1.0):
        cosine = decay_cosine(number, np.full(COUNT, a))
        whole = 2.0 + 2.0 * a / 3.0
        below = (1.0 + a / 3.0 + np.sort(cosine) + a * np.sort(cosine) ** 3 / 3.0) / whole
        assert kstest(below, "uniform").pvalue > LEAST_P
        # The inverse is exact, not only right on average.
        found = (1.0 + a / 3.0 + cosine + a * cosine**3 / 3.0) / whole
        assert found == pytest.approx(number, abs=1e-9)


@pytest.mark.parametrize("heaviness", [0.0, 0.3, 0.9, 1.0])
def test_polarised_decays_follow_the_amplitude(heaviness):
    """Σ|ū ε̸ (γ₅) v|² and |ε·(k − k')|² for the mean of the two ε across the beam."""
    momentum2 = 1.0 - heaviness**2
    rates = {
        "complex-scalar": lambda along: along,
        "dirac-fermion": lambda along: 1.0 + momentum2 + heaviness**2 - 2.0 * along,
        "majorana-fermion": lambda along: 1.0 + momentum2 - heaviness**2 - 2.0 * along,
    }
    for particle, rate in rates.items():
        a = float(polarisation(particle, np.array(heaviness)))
        for cosine in (-0.8, 0.5, 1.0):
            found = rate(0.5 * momentum2 * (1.0 - cosine**2))
            expected = rate(0.5 * momentum2) * (1.0 + a * cosine**2)
            assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "ids"), [("dark-photon-dirac", {-52, 52}), ("dark-photon-majorana", {52})]
)
def test_dark_fermions_are_events_too(target, name, ids):
    model = OwnModel(0.25, 1e-3, load_model(name))
    events = thick_target_events(model, target, 2000, 12)
    assert set(np.unique(events.ids[:, 5:7])) == ids
    assert events.masses[:, 5:7] == pytest.approx(0.25 / 3.0, rel=1e-12)
    assert off_shell(events) < 1e-9
    resonant = events.resonant
    assert 0.1 < np.mean(resonant) < 1.0


@pytest.mark.parametrize(
    ("model", "below"),
    [
        (Invisible(0.25, 1e-3), lambda c: 0.25 * (2.0 + 3.0 * c - c**3)),
        (Vanilla(0.25, 1e-3), lambda c: 0.125 * (4.0 + 3.0 * c + c**3)),
    ],
)
def test_resonant_decays_in_the_laboratory(target, model, below):
    """The angle in the rest frame, from the daughter's laboratory energy."""
    events = thick_target_events(model, target, COUNT, 12, "resonant")
    mediator, daughter = events.of("mediator"), events.of("daughter")
    mass = events.masses[:, 4]
    star = np.sqrt((0.5 * mass) ** 2 - events.masses[:, 5] ** 2)
    momentum = np.sqrt(np.sum(mediator[:, 1:] ** 2, axis=1))
    cosine = (daughter[:, 0] - 0.5 * mediator[:, 0]) * mass / (momentum * star)
    assert kstest(cosine, below).pvalue > LEAST_P


def test_channels_follow_the_branching_fractions(target):
    model = Invisible(0.25, 3e-1, alpha_d=0.05)
    widths = model.widths(0.25)
    dark = float(widths["dark"] / (widths["dark"] + widths["neutrinos"]))
    events = thick_target_events(model, target, COUNT, 13, "radiative")
    assert 0.05 < dark < 0.95
    assert np.mean(events.ids[:, 5] == 51) == pytest.approx(dark, abs=4.0 * 0.5 / COUNT**0.5)
    muon = np.sum(events.ids[:, 5] == 14) / np.sum(events.ids[:, 5] != 51)
    assert muon == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("le-minus-lmu", {12: 1 / 2, 14: 1 / 2}),
        ("le-minus-ltau", {12: 1 / 2, 16: 1 / 2}),
        ("b-minus-l", {12: 1 / 3, 14: 1 / 3, 16: 1 / 3}),
        ("lmu-minus-ltau-constant", {14: 1 / 2, 16: 1 / 2}),
    ],
)
def test_neutrinos_are_those_that_the_model_couples_to(target, name, shares):
    model = OwnModel(0.1, 1e-3, load_model(name))
    events = thick_target_events(model, target, 20_000, 6)
    found, counts = np.unique(events.ids[:, 5], return_counts=True)
    assert found.tolist() == list(shares)
    expected = 20_000 * np.array(list(shares.values()))
    assert chi2.sf(np.sum((counts - expected) ** 2 / expected), len(shares) - 1) > LEAST_P


def test_neutrinos_of_unequal_charges(target):
    definition = ModelDefinition("x", charges=Charges(1.0), neutrinos=Charges(1.0, 2.0, 0.0))
    events = thick_target_events(OwnModel(0.1, 1e-3, definition), target, 20_000, 6)
    share = np.mean(events.ids[:, 5] == 14)
    assert share == pytest.approx(0.8, abs=4.0 * np.sqrt(0.16 / 20_000))
    assert not np.any(events.ids[:, 5] == 16)


# Seeds and arguments.


def test_the_same_seed_gives_the_same_bits(target):
    for make in (
        lambda n, seed: radiative_events(50.0, 0.1, LEAD_NUCLEUS, n, seed),
        lambda n, seed: thick_target_events(Invisible(0.25, 1e-3), target, n, seed),
    ):
        one, two, other, more = (make(*a) for a in ((500, 3), (500, 3), (500, 4), (900, 3)))
        for name in ("ids", "momenta", "masses", "depth", "left", "u", "t"):
            assert np.array_equal(getattr(one, name), getattr(two, name))
            assert np.array_equal(getattr(one, name), getattr(more, name)[:500])
        assert not np.array_equal(one.momenta, other.momenta)


def test_the_nucleus_and_the_scalar_have_their_numbers(target):
    events = thick_target_events(Invisible(0.25, 1e-3), target, 500, 3)
    ids = dict(zip(PARTICLES, events.ids[~events.resonant][0], strict=True))
    assert ids["target"] == ids["recoil"] == 1_000_822_070
    assert ids["mediator"] == 622
    ids = dict(zip(PARTICLES, events.ids[events.resonant][0], strict=True))
    assert (ids["incoming"], ids["target"], ids["lepton"], ids["recoil"]) == (-11, 11, 0, 0)


def test_samples_can_be_compared():
    """As objects: arrays have no truth value."""
    events = radiative_events(50.0, 0.1, LEAD_NUCLEUS, 10)
    assert events == events
    assert replace(events, weight=events.weight.copy()) != events


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"energy": 0.01}, "energy"),
        ({"energy": np.nan}, "energy"),
        ({"mass": 0.0}, "mass"),
        ({"mass": 9.0, "energy": 5.0}, "mass"),
        ({"count": 0}, "count"),
        ({"count": 1.5}, "count"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"count": True}, "count"),
        ({"form_factor": "none"}, "form_factor"),
        ({"lepton_mass": 0.3}, "lepton_mass"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, expected):
    good = {"energy": 50.0, "mass": 0.1, "nucleus": LEAD_NUCLEUS, "count": 10}
    with pytest.raises(ValueError, match=f"^{expected} = "):
        radiative_events(**(good | arguments))


def test_models_that_cannot_be_drawn_are_refused(target):
    with pytest.raises(ValueError, match="one mass"):
        thick_target_events(Vanilla(np.array([0.1, 0.2]), 1e-3), target, 10)
    with pytest.raises(ValueError, match="no events"):
        thick_target_events(DarkPhoton(0.1, 1e-3, alpha_d=5e-324), target, 10)
    with pytest.raises(ValueError, match="^process"):
        thick_target_events(Vanilla(0.1, 1e-3), target, 10, 1, "none")
    with pytest.raises(ValueError, match="dark_mass"):
        thick_target_events(Anonymous(), target, 10)


@pytest.mark.parametrize("target", ["tungsten", "lead-tungstate", "2 x (1 cm lead, 1 cm iron)"])
def test_targets_of_which_nothing_else_than_lead_would_count_are_refused(target):
    world = replace(load_experiment("na64e-2018"), target=target)
    with pytest.raises(ValueError, match="events are of lead alone: allowed na64-ecal, lead, or"):
        ThickTarget.of(world, 30.0, pivots=20)


@pytest.mark.parametrize("target", ["lead", "3 x (0.5 cm lead)"])
def test_targets_of_lead_are_allowed(target):
    world = replace(load_experiment("na64e-2018"), target=target)
    assert ThickTarget.of(world, 30.0, pivots=20).luminosity > 0.0


class Anonymous:
    """A model with dark decays that does not say to what."""

    mass, coupling = 0.1, 1e-3

    def electron_coupling(self, q2):
        return np.full(np.shape(q2), 1e-3 + 0j)

    def widths(self, virtual_mass):
        return {"dark": 1e-3 * np.asarray(virtual_mass)}


def test_histograms_need_one_value_per_event():
    events = radiative_events(50.0, 0.1, LEAD_NUCLEUS, 10)
    with pytest.raises(ValueError, match="quantity"):
        histogram(events, np.zeros(3), [0.0, 1.0])


def test_errors_of_a_histogram_are_those_of_repetition():
    """Standard deviation over a dozen samples against the error that each quotes."""
    edges = [0.0, 0.9, 0.99, 1.0]
    samples = [
        histogram(
            radiative_events(50.0, 0.1, LEAD_NUCLEUS, 2000, seed, weighted=True),
            lambda e: e.carried_share,
            edges,
        )
        for seed in range(12)
    ]
    values, errors = (np.array(column) for column in zip(*samples, strict=True))
    assert np.std(values, axis=0, ddof=1) == pytest.approx(np.mean(errors, axis=0), rel=0.7)

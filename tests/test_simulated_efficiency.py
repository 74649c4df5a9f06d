"""Efficiency from signal showers: spectra of what is emitted, cuts one by one, one η for all."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.constants import CM2_IN_PB
from physics_lib.efficiency import ThresholdEfficiency
from physics_lib.experiment import load_experiment
from physics_lib.materials import LEAD, NA64_ECAL
from physics_lib.production import radiative
from physics_lib.production.emission import LOWEST_ENERGY, annihilation, radiation
from physics_lib.production.form_factor import Nucleus
from physics_lib.shower.cascade import track_length
from physics_lib.simulated_efficiency import (
    Selection,
    SimulatedEfficiency,
    homogeneity,
    signal_events,
)
from physics_lib.yields import Search

EXPERIMENT = load_experiment("na64e-2018")
NUCLEUS = Nucleus.of(LEAD.composition[0][0])
BEAM = 100.0
EDGES = np.array([45.0, 50.0, 55.0, 60.0, 70.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.6, 100.0])
missing = st.floats(0.0, BEAM)


@pytest.fixture(scope="module")
def emission():
    return {"heavy": radiation(0.3, BEAM), "light": radiation(0.003, BEAM)}


@pytest.fixture(scope="module")
def samples(emission):
    def select(what, showers):
        return Selection.of(
            signal_events(EXPERIMENT, what, showers, 1, threshold=0.01), EXPERIMENT
        )

    every = {name: select(what, 5000) for name, what in emission.items()}
    return every | {"resonant": select(annihilation(BEAM), 20_000)}


@pytest.fixture(scope="module")
def lengths():
    edges = np.concatenate(
        (np.linspace(LOWEST_ENERGY, 98.0, 127), np.linspace(98.0, BEAM, 61)[1:])
    )
    return track_length("e-", BEAM, NA64_ECAL, 5.0, edges, pivots=80)


@pytest.fixture(scope="module")
def common(samples):
    return SimulatedEfficiency.of(tuple(samples.values()), EXPERIMENT)


# What is emitted


@pytest.mark.parametrize(("name", "mass"), [("heavy", 0.3), ("light", 0.003)])
def test_rate_is_the_cross_section(emission, name, mass):
    ((_, density),) = LEAD.atoms_per_cm3
    for i in (0, 15, 26):
        energy = emission[name].energy[i]
        x_min = 0.9 * LOWEST_ENERGY / energy
        sigma = radiative.sigma(energy, mass, NUCLEUS, x_min)
        rate = density * float(sigma) / CM2_IN_PB
        assert emission[name].minus[i] == pytest.approx(rate, rel=2e-3)
        assert emission[name].plus[i] == emission[name].minus[i]


@pytest.mark.parametrize(("name", "mass"), [("heavy", 0.3), ("light", 0.003)])
def test_energies_carried_away_follow_the_integrand_of_the_yield(samples, lengths, name, mass):
    """χ² of the events by E_F against ∫dE T(E) dσ/dE_F, without the Monte Carlo."""
    ((_, density),) = LEAD.atoms_per_cm3
    path = (lengths.minus[0] + lengths.plus[0]) * np.diff(lengths.edges)
    energy = lengths.centres[:, None]
    # Fine steps in ln x/(1−x), as the spectrum is steep where x → 1.
    logit = np.linspace(-1.0, 13.0, 1401)
    remainder = 1.0 / (1.0 + np.exp(0.5 * (logit[1:] + logit[:-1])))
    weight = np.diff(logit) * remainder * (1.0 - remainder)
    values = radiative.spectrum(energy, mass, remainder, NUCLEUS) * weight * path[:, None]
    expected, _ = np.histogram(energy * (1.0 - remainder), EDGES, weights=values)
    expected *= density / CM2_IN_PB
    events = samples[name].events
    sums, squares = (
        np.histogram(events.missing_energy, EDGES, weights=events.weight**power)[0]
        for power in (1, 2)
    )
    pulls = (sums / events.showers - expected) / np.hypot(
        np.sqrt(squares) / events.showers, 0.01 * expected
    )
    assert np.mean(pulls**2) < 1.0 + 4.0 * np.sqrt(2.0 / len(pulls))


def test_annihilation_takes_all_of_the_positron(samples, lengths):
    events = samples["resonant"].events
    assert np.array_equal(events.missing_energy, events.vertex_energy)
    expected = lengths.integral("lead", LOWEST_ENERGY, BEAM)[1]
    error = np.sqrt(np.sum(events.weight**2)) / events.showers
    assert events.weight.sum() / events.showers == pytest.approx(expected, abs=4.0 * error)


def test_annihilation_in_a_window(lengths):
    events = signal_events(EXPERIMENT, annihilation(BEAM, 58.0, 64.0), 30_000, 3, threshold=0.05)
    # The rate is that at the start of a flight, which soft photons may take below the window.
    assert events.missing_energy.min() > 57.8
    assert events.missing_energy.max() < 64.5
    expected = lengths.integral("lead", 58.0, 64.0)[1]
    error = np.sqrt(np.sum(events.weight**2)) / events.showers
    # The rate falls to zero over one more 32nd of the window.
    assert events.weight.sum() / events.showers == pytest.approx(
        (1.0 + 1.0 / 64.0) * expected, abs=4.0 * error
    )


# Cuts


def test_threshold_alone_is_the_analytic_form(samples):
    """Bin by bin, up to the little that leaks."""
    for sample in samples.values():
        exact = ThresholdEfficiency(EXPERIMENT)(sample.events.missing_energy)
        assert sample.threshold == pytest.approx(exact, abs=0.01)
        assert sample.events.leakage.max() < 0.5
        assert np.all(sample.leakage)


def test_without_energy_nothing_is_in_the_pre_shower(samples):
    events = samples["heavy"].events
    empty = events.missing_energy > BEAM - 0.5
    assert empty.sum() > 50
    assert not np.any(samples["heavy"].preshower[empty])
    assert np.mean(samples["heavy"].preshower[events.missing_energy < 60.0]) > 0.99
    none = Selection.of(events, EXPERIMENT, preshower_cut=0.0)
    assert np.all(none.others)


def test_leakage_cut(samples):
    events = replace(samples["heavy"].events, leakage=np.full(5000, 2.0))
    assert not np.any(Selection.of(events, EXPERIMENT).passed)


def test_share_and_its_error(samples):
    """Against the definition, and against the spread of independent parts."""
    sample = samples["heavy"]
    events, passed = sample.events, sample.others
    share, error = sample.share(passed, EDGES)
    i = EDGES.tolist().index(95.0)
    inside = (events.missing_energy >= 95.0) & (events.missing_energy < 98.0)
    weight, good = events.weight[inside], passed[inside]
    assert share[i] == pytest.approx(np.average(good, weights=weight))
    parts = [
        np.average(g, weights=w)
        for g, w in zip(np.array_split(good, 12), np.array_split(weight, 12), strict=True)
    ]
    assert error[i] == pytest.approx(np.std(parts, ddof=1) / np.sqrt(12), rel=0.7)
    assert sample.share(sample.passed, [0.0, BEAM])[0][0] == pytest.approx(sample.acceptance()[0])
    assert np.isnan(sample.share(passed, [0.0, 1.0])[0][0])


# One η for all


def test_homogeneity_tells_equal_from_different(samples):
    sample = samples["heavy"]
    again = signal_events(EXPERIMENT, radiation(0.3, BEAM), 5000, 2, threshold=0.01)
    edges = np.array([50.0, 80.0, 90.0, 95.0, 97.0, 98.0, 98.6, 99.0, 99.3])
    chi_square, bins = homogeneity(sample, Selection.of(again, EXPERIMENT), edges)
    assert bins >= 5
    assert chi_square < bins + 4.0 * np.sqrt(2.0 * bins)
    harder = Selection.of(again, EXPERIMENT, preshower_cut=0.7)
    assert homogeneity(sample, harder, edges)[0] > bins + 10.0 * np.sqrt(2.0 * bins)


def test_bins_with_hardly_any_failures_say_nothing_of_homogeneity(samples):
    sample = samples["heavy"]
    # Nothing is carried away with more than the beam's energy, and almost all passes at 60 GeV.
    assert homogeneity(sample, sample, [100.5, 101.0, 102.0]) == (0.0, 0)
    assert homogeneity(sample, sample, [60.0, 60.01]) == (0.0, 0)


def test_curve_gives_back_the_samples(samples, common):
    """Its mean over the events is their acceptance, up to what processes differ by."""
    for sample in samples.values():
        mean = np.average(common(sample.events.missing_energy), weights=sample.events.weight)
        share, error = sample.acceptance()
        assert mean == pytest.approx(share, abs=3.0 * error + 0.015)


@given(energy=missing)
def test_curve_lies_below_the_threshold_alone(common, energy):
    assert 0.0 <= common(energy) <= ThresholdEfficiency(EXPERIMENT)(energy)


def test_curve_falls_towards_the_beam_energy(common):
    eta = common(np.linspace(70.0, BEAM, 301))
    assert np.all(np.diff(eta) <= 1e-12)
    assert eta[0] > 0.98
    assert common(BEAM - 0.5) == 0.0
    assert common(BEAM) == 0.0
    assert common(np.full((2, 3), 60.0)).shape == (2, 3)


def test_search_takes_the_curve(common, lengths):
    plain = Search(EXPERIMENT, lengths, ThresholdEfficiency(EXPERIMENT))
    simulated = Search(EXPERIMENT, lengths, common)
    ratio = simulated.radiative_yield([0.003, 0.3]) / plain.radiative_yield([0.003, 0.3])
    assert 0.7 < ratio[1] < ratio[0] < 1.0


@pytest.mark.parametrize("bad", [-1e-9, 100.1, np.nan])
def test_energies_beyond_the_beam_are_refused(common, bad):
    with pytest.raises(ValueError, match="missing energy = "):
        common(bad)


def test_a_beam_below_the_lowest_energy_of_na64e():
    """20 GeV, with samples from 5 GeV on."""
    world = replace(EXPERIMENT, energy_GeV=20.0, ecal_cut_GeV=10.0)
    sample = Selection.of(signal_events(world, radiation(0.1, 20.0, 5.0), 300, 1, 0.05), world)
    with pytest.raises(ValueError, match=r"^lowest = 35 GeV: allowed \(0, 19.5\) GeV$"):
        SimulatedEfficiency.of((sample,), world)
    eta = SimulatedEfficiency.of((sample,), world, lowest=5.0)
    assert np.all(np.isfinite(eta.remaining))
    assert 1.0 < eta.remaining[-1] < 15.0
    assert eta(np.array([5.0, 12.0, 20.0]))[[0, 2]] == pytest.approx(0.0, abs=1e-3)
    assert eta(12.0) > 0.5
    for cut in (0.0, 20.0, np.nan):
        with pytest.raises(ValueError, match="^preshower_cut = "):
            SimulatedEfficiency.of((sample,), world, cut, lowest=5.0)


def test_bad_input(samples):
    with pytest.raises(ValueError, match="a target of plates is needed"):
        signal_events(replace(EXPERIMENT, target="lead"), annihilation(BEAM), 10, 1)
    for cut in (-1.0, 101.0, np.nan):
        with pytest.raises(ValueError, match="preshower_cut = "):
            Selection.of(samples["heavy"].events, EXPERIMENT, preshower_cut=cut)
    with pytest.raises(ValueError, match="leakage_cut = -1 GeV"):
        Selection.of(samples["heavy"].events, EXPERIMENT, leakage_cut=-1.0)
    with pytest.raises(ValueError, match="mass = 0 GeV"):
        radiation(0.0, BEAM)
    with pytest.raises(ValueError, match="lowest = 100 GeV"):
        annihilation(BEAM, 100.0)
    with pytest.raises(ValueError, match="highest = 50 GeV"):
        annihilation(BEAM, 60.0, 50.0)

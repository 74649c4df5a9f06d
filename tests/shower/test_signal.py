"""Signal showers: conservation, where emissions happen, limits, depth profile, bits, bad input."""

from dataclasses import astuple, replace

import numpy as np
import pytest
from scipy.special import gammainc
from scipy.stats import kstest

from physics_lib.materials import LEAD, NA64_ECAL, Stack
from physics_lib.shower.cascade import track_length
from physics_lib.shower.montecarlo import simulate
from physics_lib.shower.processes import collision_loss
from physics_lib.shower.signal import Emission, simulate_signal

GRID = np.linspace(20.0, 100.0, 5)
EDGES = np.array([20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 99.0, 100.0])
ALL, NOTHING = 1e3, -1e3


def emission(minus=1.0, plus=1.0, logit=(ALL, ALL), grid=GRID):
    one = np.ones(len(grid))
    return Emission("lead", grid, minus * one, plus * one, np.tile(logit, (len(grid), 1)))


def run(what, showers=1000, seed=1, beam="e-", energy=100.0, target=NA64_ECAL, **options):
    options = {"threshold": 1.0, "deep_threshold": 1.0} | options
    return simulate_signal(beam, energy, target, what, showers, seed, **options)


@pytest.mark.parametrize("logit", [(ALL, ALL), (NOTHING, NOTHING), (-2.0, 6.0)])
def test_each_shower_keeps_its_energy(logit):
    short = Stack("short", NA64_ECAL.cell, 20)
    events = run(emission(logit=logit), 300, target=short, threshold=0.1, cells=[5, 9])
    total = events.deposit.sum(axis=1) + events.leakage + events.missing_energy
    assert events.deposit.shape == (300, 3)
    assert total == pytest.approx(100.0, rel=1e-12)
    assert events.leakage.max() > 1.0


@pytest.mark.parametrize(("minus", "plus"), [(1.0, 0.0), (0.0, 1.0)])
@pytest.mark.parametrize("beam", ["e-", "e+"])
def test_vertices_lie_as_the_track_length(beam, minus, plus):
    """χ² of the weights by energy of the emitter against the cascade, an independent solver."""
    events = run(emission(minus, plus), 20_000, beam=beam)
    exact = track_length(beam, 100.0, NA64_ECAL, 1.0, EDGES, pivots=80)
    expected = (minus * exact.minus[0] + plus * exact.plus[0]) * np.diff(EDGES)
    sums, squares = (
        np.histogram(events.vertex_energy, EDGES, weights=events.weight**power)[0]
        for power in (1, 2)
    )
    known = sums**2 > 50.0 * squares
    error = np.hypot(np.sqrt(squares) / events.showers, 2e-3 * expected)
    pulls = ((sums / events.showers - expected) / error)[known]
    assert known.sum() >= 6
    assert np.mean(pulls**2) < 1.0 + 4.0 * np.sqrt(2.0 / known.sum())


def test_rate_that_depends_on_energy():
    steep = replace(emission(), minus=(GRID / 100.0) ** 2, plus=np.zeros(5))
    events = run(steep, 20_000)
    exact = track_length("e-", 100.0, NA64_ECAL, 1.0, np.linspace(20.0, 100.0, 801), pivots=80)
    rate = np.interp(exact.centres, GRID, steep.minus)
    expected = np.sum(rate * exact.minus[0] * np.diff(exact.edges))
    assert events.weight.sum() / events.showers == pytest.approx(expected, rel=0.015)


def test_depth_of_vertices_is_that_of_the_path():
    """Nothing comes back: the vertices in the first cells are the path in a target of those."""
    events = run(emission(plus=0.0), 20_000)
    assert np.all(events.vertex_plate % 2 == 0)
    for cells in (1, 4, 12):
        short = Stack("short", NA64_ECAL.cell, cells)
        exact = track_length("e-", 100.0, short, 1.0, np.array([20.0, 100.0]), pivots=80)
        inside = events.weight[events.vertex_plate < 2 * cells]
        error = np.sqrt(np.sum(inside**2)) / events.showers
        expected = exact.minus[0, 0] * 80.0
        assert inside.sum() / events.showers == pytest.approx(expected, abs=4.0 * error)


def test_share_is_drawn_from_the_quantiles():
    events = run(emission(logit=(-1.0, 1.0, 5.0)), 5000)
    share = events.missing_energy / events.vertex_energy
    logit = np.log(share / (1.0 - share))
    assert kstest(np.interp(logit, [-1.0, 1.0, 5.0], [0.0, 0.5, 1.0]), "uniform").pvalue > 1e-3


def test_emission_of_nothing_leaves_an_ordinary_shower():
    cells = np.arange(1, 60)
    events = run(emission(logit=(NOTHING, NOTHING)), 4000, cells=cells)
    ordinary = simulate("e-", 100.0, NA64_ECAL, 20_000, 2, threshold=1.0, photon_share=1e-3)
    expected = ordinary.deposit.reshape(-1, 2).sum(axis=1)[:59]
    found, error = events.deposit.mean(axis=0)[:59], events.deposit.std(axis=0)[:59]
    assert len(events.weight) == 4000
    assert events.missing_energy.max() == 0.0
    pulls = (found - expected) / (np.maximum(error, 1e-6) * np.sqrt(1 / 4000 + 1 / 20_000))
    # Neighbours are correlated, so that few of the 59 numbers are independent.
    assert np.mean(pulls**2) < 2.5


def test_pre_shower_sees_the_profile_of_the_literature():
    """Longo and Sestili, Nucl. Instrum. Meth. 128, 283 (1975): a gamma distribution in depth.

    Its parameters are good to about 10 %; with a higher threshold the shower is too short.
    """
    x0 = NA64_ECAL.radiation_lengths / NA64_ECAL.repetitions
    loss = sum(d * float(collision_loss(0.01, material)) for material, d in NA64_ECAL.cell)
    shape = 1.0 + 0.5 * (np.log(10.0 * x0 / loss) - 0.5)
    expected = 10.0 * gammainc(shape, 0.5 * np.array([15, 20]) * x0)
    nothing = emission(logit=(NOTHING, NOTHING), grid=np.array([5.0, 10.0]))
    options = {"energy": 10.0, "cells": [15, 20]}
    events = run(nothing, 1000, threshold=0.002, deep_threshold=0.002, **options)
    assert np.cumsum(events.deposit.mean(axis=0))[:2] == pytest.approx(expected, rel=0.12)
    coarse = run(nothing, 1000, threshold=0.1, deep_threshold=0.1, **options)
    assert coarse.deposit[:, 0].mean() > 2.0 * expected[0]


def test_a_shower_begins_as_the_cascade_says():
    """Soft photons leave the first cells; a hundredth of the energy on the spot is too much."""
    exact = track_length("e-", 100.0, NA64_ECAL, threshold=0.2, pivots=60)
    expected = exact.deposit.reshape(-1, 2)[:4].sum()
    nothing = emission(logit=(NOTHING, NOTHING))
    options = {"threshold": 0.1, "deep_threshold": 1.0, "cells": [4]}
    first = run(nothing, 4000, **options).deposit[:, 0]
    error = first.std() / np.sqrt(len(first))
    # The cascade follows to half its threshold, the Monte Carlo to all of its own.
    assert first.mean() == pytest.approx(expected, abs=4.0 * error + 0.02 * expected)
    coarse = run(nothing, 4000, photon_share=0.01, **options).deposit[:, 0]
    assert coarse.mean() > 1.2 * expected


def test_deep_threshold_moves_nothing_into_the_first_group():
    fine, coarse = (
        run(emission(), 3000, threshold=0.02, deep_threshold=deep, cells=[15])
        for deep in (0.02, 0.5)
    )
    first = fine.deposit[:, 0], coarse.deposit[:, 0]
    error = np.sqrt(sum(part.var() / len(part) for part in first))
    assert first[0].mean() == pytest.approx(first[1].mean(), abs=4.0 * error)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(astuple(one), astuple(other), strict=True))


def test_same_seed_same_bits():
    reference = run(emission(), 500, chunk=60)
    assert same(reference, run(emission(), 500, chunk=60, workers=1))
    assert not same(reference, run(emission(), 500, chunk=60, seed=2))


def test_showers_without_an_emitter_are_no_events():
    events = run(emission(minus=0.0, grid=np.array([90.0, 100.0])), 5000)
    assert 0 < len(events.weight) < 100
    assert events.showers == 5000
    assert np.all(events.missing_energy == events.vertex_energy)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam": "gamma"}, "beam = 'gamma': allowed e-, e."),
        ({"energy": 0.0}, "energy = 0 GeV"),
        ({"showers": 0}, "showers = 0"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 1.9}, "seed = 1.9: a whole number is needed"),
        ({"seed": 2**63}, "seed = 9223372036854775808: allowed"),
        ({"showers": 2.7}, "showers = 2.7: a whole number is needed"),
        ({"workers": 1.5}, "workers = 1.5: a whole number is needed"),
        ({"chunk": 10.5}, "chunk = 10.5: a whole number is needed"),
        ({"threshold": 0.0}, "threshold = 0 GeV"),
        ({"deep_threshold": 0.5}, "deep_threshold = 0.5 GeV"),
        ({"workers": 0}, "workers = 0"),
        ({"chunk": 0}, "chunk = 0"),
        ({"cells": [3, 2]}, "cells: increasing whole numbers"),
        ({"cells": [2.5]}, "cells: increasing whole numbers"),
        ({"cells": [150]}, "cells = 150"),
        ({"target": LEAD}, "target = Material.*allowed a Stack"),
        ({"energy": 101.0}, "energies of emission: must rise"),
        ({"what": replace(emission(), material="iron")}, "emission.material = 'iron'"),
        ({"what": replace(emission(), minus=np.ones(4))}, "emission.minus: one rate"),
        ({"what": replace(emission(), plus=-np.ones(5))}, "emission.plus = -1"),
        ({"what": replace(emission(), logit=np.ones(5))}, "emission.logit: one row"),
        ({"what": emission(grid=np.array([20.0, 30.0, 100.0]))}, "equally spaced"),
        ({"what": emission(grid=np.array([0.5, 100.0]))}, "energies of emission = 0.5 GeV"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        run(**{"what": emission(), "showers": 10} | options)

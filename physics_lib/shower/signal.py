"""Signal showers: where in the shower something invisible is emitted, and what is left to see.

Particle by particle with the physics of `montecarlo`. The place of the emission is drawn from the
integral of its rate along the paths of all leptons of the shower, and this integral is the weight
of the event. Below the threshold the energy of a particle is left where the particle is.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import HIGHEST_SEED, in_range, one_of, whole
from physics_lib.materials import Stack
from physics_lib.shower import sampling
from physics_lib.shower.cascade import ENERGY_RANGE
from physics_lib.shower.chunks import Problem, prepared
from physics_lib.shower.kernel import PILE
from physics_lib.shower.signal_kernel import (
    COLUMNS,
    ENERGY,
    LEAKAGE,
    MISSING,
    PLATE,
    WEIGHT,
    Emitter,
    run,
)

Real = NDArray[np.float64]

CHUNK = 1000
"""Showers of a chunk."""
THRESHOLD, DEEP_THRESHOLD = 0.002, 0.1
"""Least energies [GeV] that are followed in the first group of plates, and behind it."""
PHOTON_SHARE = 1e-3
"""Share of a lepton's energy below which radiated photons are left on the spot. A hundredth
would be a fifth too much energy in a pre-shower, and half as much again in its first layers."""

_THRESHOLDS = (0.002, 1.0)
_BEAMS = ("e-", "e+")


@dataclass(frozen=True, eq=False)
class Emission:
    """How leptons emit an invisible particle.

    Attributes
    ----------
    material : str
        Material whose atoms take part.
    energy : ndarray, shape (n,)
        Equally spaced energies of the lepton [GeV], up to the beam energy or above it.
    minus, plus : ndarray, shape (n,)
        Emissions per path of electrons and positrons [1/cm], up to a common factor.
    logit : ndarray, shape (n, m)
        ln x/(1 − x) at m equally spaced probabilities from 0 to 1, for the share x of the
        lepton's energy that is carried away.
    """

    material: str
    energy: Real
    minus: Real
    plus: Real
    logit: Real


@dataclass(frozen=True, eq=False)
class SignalEvents:
    """Showers with one emission each.

    Attributes
    ----------
    beam_energy : float
        E₀ [GeV]
    showers : int
        Showers that were simulated; in those that are no events nothing could be emitted.
    weight : ndarray, shape (events,)
        Integral of the emission rate along the shower; the sum over the events divided by
        `showers` is ``∫dE T(E) rate(E)``.
    vertex_energy, missing_energy : ndarray, shape (events,)
        Energy of the lepton that emits, and E_F that is carried away [GeV].
    vertex_plate : ndarray of int, shape (events,)
        Plate in which that happens, from 0.
    deposit : ndarray, shape (events, groups)
        Energy left in each group of plates [GeV].
    leakage : ndarray, shape (events,)
        Energy behind the target [GeV].
    """

    beam_energy: float
    showers: int
    weight: Real
    vertex_energy: Real
    missing_energy: Real
    vertex_plate: NDArray[np.int64]
    deposit: Real
    leakage: Real


def simulate_signal(
    beam: str,
    energy: float,
    target: Stack,
    emission: Emission,
    showers: int,
    seed: int,
    threshold: float = THRESHOLD,
    cells: ArrayLike = (),
    deep_threshold: float = DEEP_THRESHOLD,
    workers: int = 2,
    chunk: int = CHUNK,
    photon_share: float = PHOTON_SHARE,
) -> SignalEvents:
    """Simulate showers in which one lepton emits.

    Parameters
    ----------
    beam : str
        ``e-`` or ``e+``
    energy : float
        Beam energy E₀ [GeV].
    target : Stack
    emission : Emission
        Leptons below its lowest energy emit nothing.
    showers : int
        Number of showers.
    seed : int
        Seed of the random numbers.
    threshold : float
        Lowest energy [GeV] of the particles that are followed in the first group of plates.
    cells : array_like of int
        Increasing numbers of cells at which the target is divided into groups of plates.
    deep_threshold : float
        The same [GeV] behind the first group, not below `threshold`.
    workers : int
        Threads; the result does not depend on it.
    chunk : int
        Showers of a chunk; part of what defines the random numbers.
    photon_share : float
        Radiated photons are a continuous loss below this share of the lepton's energy.

    Returns
    -------
    SignalEvents

    Raises
    ------
    ValueError
        For arguments out of range.
    """
    one_of("beam", beam, _BEAMS)
    in_range("energy", energy, *ENERGY_RANGE, "GeV", open_high=True)
    in_range("threshold", threshold, *_THRESHOLDS, "GeV")
    in_range("photon_share", photon_share, 1e-5, 0.1)
    in_range("deep_threshold", deep_threshold, threshold, 0.5 * energy, "GeV")
    showers = whole("showers", showers, 1, 10**9)
    seed = whole("seed", seed, 0, HIGHEST_SEED)
    workers = whole("workers", workers, 1, 1024)
    chunk = whole("chunk", chunk, 1, 10**9)
    if not isinstance(target, Stack):
        raise ValueError(f"target = {target!r:.60}: allowed a Stack")
    _check_emission(emission, energy, threshold)
    problem = Problem(
        beam=beam,
        energy=float(energy),
        target=target,
        threshold=float(threshold),
        edges=(float(threshold), float(energy)),
        sampling="pre",
        step_length=np.inf,
        photon_share=float(photon_share),
    )
    group = _groups(target, cells)
    emitter = _emitter(problem, emission)
    prepared(problem)
    sizes = [min(chunk, showers - done) for done in range(0, showers, chunk)]
    with ThreadPoolExecutor(workers) as pool:
        parts = list(
            pool.map(
                _run_chunk,
                repeat(problem),
                repeat(float(deep_threshold)),
                repeat(emitter),
                repeat(group),
                repeat(seed),
                range(len(sizes)),
                sizes,
            )
        )
    results = np.concatenate([part[0] for part in parts])
    deposits = np.concatenate([part[1] for part in parts])
    events = results[:, WEIGHT] > 0.0
    results = results[events]
    return SignalEvents(
        beam_energy=problem.energy,
        showers=showers,
        weight=results[:, WEIGHT],
        vertex_energy=results[:, ENERGY],
        missing_energy=results[:, MISSING],
        vertex_plate=results[:, PLATE].astype(np.int64),
        deposit=deposits[events],
        leakage=results[:, LEAKAGE],
    )


def _check_emission(emission: Emission, energy: float, threshold: float) -> None:
    """Refuse tables that do not fit together, or not to the beam."""
    grid = in_range("energies of emission", emission.energy, threshold, ENERGY_RANGE[1], "GeV")
    if grid.ndim != 1 or len(grid) < 2 or np.ptp(np.diff(grid)) > 1e-9 * grid[-1]:
        raise ValueError("energies of emission: equally spaced ones are needed")
    if grid[1] <= grid[0] or grid[0] >= energy or grid[-1] < energy:
        raise ValueError(
            f"energies of emission: must rise from below to at least the beam's {energy:g} GeV"
        )
    for name, rate in (("minus", emission.minus), ("plus", emission.plus)):
        if in_range(f"emission.{name}", rate, 0.0, 1e300).shape != grid.shape:
            raise ValueError(f"emission.{name}: one rate for each energy is needed")
    logit = in_range("emission.logit", emission.logit, -1e4, 1e4)
    if logit.ndim != 2 or len(logit) != len(grid) or logit.shape[1] < 2:
        raise ValueError("emission.logit: one row for each energy is needed")


def _groups(target: Stack, cells: ArrayLike) -> NDArray[np.int64]:
    """Group of each plate."""
    borders = in_range("cells", cells, 1, target.repetitions - 1)
    if borders.ndim != 1 or np.any(np.diff(borders) <= 0.0) or np.any(borders % 1.0):
        raise ValueError("cells: increasing whole numbers are needed")
    number = np.repeat(np.arange(target.repetitions), len(target.cell))
    return np.searchsorted(borders, number, side="right").astype(np.int64)


def _emitter(problem: Problem, emission: Emission) -> Emitter:
    """Tables for the kernel."""
    names = tuple(material.name for material in problem.materials)
    return Emitter(
        material=names.index(one_of("emission.material", emission.material, names)),
        first=float(emission.energy[0]),
        step=float(emission.energy[1] - emission.energy[0]),
        rate=np.array([emission.minus, emission.plus], dtype=np.float64),
        logit=np.ascontiguousarray(emission.logit, dtype=np.float64),
    )


def _run_chunk(
    problem: Problem,
    deep: float,
    emitter: Emitter,
    group: NDArray[np.int64],
    seed: int,
    index: int,
    showers: int,
) -> tuple[Real, Real]:
    """Results and deposits of one chunk; its random numbers depend on seed and number alone."""
    tables, whole = prepared(problem)
    sequence = np.random.SeedSequence(seed, spawn_key=(index,))
    states = sequence.generate_state(8, np.uint64).reshape(2, 4)
    results = np.zeros((showers, COLUMNS))
    deposits = np.zeros((showers, int(group[-1]) + 1))
    run(
        sampling.ELECTRON if problem.beam == "e-" else sampling.POSITRON,
        problem.energy,
        int(np.searchsorted(group, 1)),
        deep,
        whole,
        whole._replace(plates=1),
        tables,
        emitter,
        states,
        group,
        results,
        deposits,
        np.zeros((3, len(problem.materials), len(whole.floor))),
        np.zeros(problem.plates),
        np.zeros(1),
        np.zeros((3, 4), dtype=np.uint64),
        np.empty((PILE, 2)),
        np.empty((PILE, 3), dtype=np.int64),
    )
    return results, deposits

r"""Tables and samplers of the Monte Carlo.

Every process is sampled by proposal and rejection: flights end at a rate that is a bound, the
proposed product comes from a simple density, and the event is kept with the ratio of the true
spectrum to the bound. What is not kept did not happen. No integrated rate enters, and an energy
that falls along the flight needs no correction.

Radiation needs only two functions of one variable, :math:`\delta = k/(E(E-k))`, which carry
screening and LPM suppression. With y = k/E and x = E₊/k the spectra of `processes` are

.. math::
    k \frac{dN}{dk\,dt} = A(\delta)(1-y) + B(\delta) y^2, \qquad
    \frac{dN}{dx\,dt} = B(\delta) - x(1-x) A(\delta), \quad \delta = 1/(k x (1-x)).

Knock-ons, annihilation in flight and Compton scattering are a per-mille of all interactions; for
them the density in a variable v ∈ [0, 1] is a table in ln E and v.
"""

from collections.abc import Callable
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from physics_lib.constants import ELECTRON_MASS
from physics_lib.materials import Material
from physics_lib.shower import processes
from physics_lib.shower.processes import annihilation_edge
from physics_lib.shower.quick import compiled, nodes, place_of, position, uniform

Real = NDArray[np.float64]

ELECTRON, POSITRON, PHOTON = 0, 1, 2
"""Kinds of particle, the order of the tables."""
MOLLER, BHABHA, ANNIHILATION, COMPTON = 0, 1, 2, 3
"""Rare processes, the order of the tables."""

_DELTA_MAX = 1e5  # [1/GeV]; all elements are far below their screening there
_TOP_SHARE = 0.01
_RARE_ENERGIES = 96
_RARE_STEPS = 192


class Tables(NamedTuple):
    """All that the kernel knows about processes; first index of each: material.

    Attributes
    ----------
    radiation : ndarray, shape (materials · n, 4)
        A and B [1/cm] at the nodes of δ, each followed by its step to the next node.
    radiation_bound, pair_bound : ndarray, shape (materials,)
        Largest value of max(A, B) and of B.
    octaves : ndarray, shape (materials,)
        1/(ln 2 · radiation_bound), factors of two per rate.
    loss : ndarray, shape (materials, 2, m, 2)
        Continuous loss [GeV/cm] of electrons and positrons at the nodes of energy, and its steps.
    rare : ndarray, shape (materials, 4, energies, steps)
        Densities [1/cm] of the rare processes in v.
    rare_bound : ndarray, shape (materials, 4)
        Their largest values.
    delta_base : ndarray, shape (materials,)
        Position of the first node of δ less the row where the material begins.
    energy_base : int
        Position of the first node of energy.
    threshold : float
        Lowest energy [GeV] of the particles that are followed.
    top, photon_share : float
        The smallest photon of a lepton of energy E is photon_share · min(E, top − E).
    log_energy, log_step : float
        Grid of ln E for the rare processes.
    """

    radiation: Real
    radiation_bound: Real
    pair_bound: Real
    octaves: Real
    loss: Real
    rare: Real
    rare_bound: Real
    delta_base: NDArray[np.uint64]
    energy_base: np.uint64
    threshold: float
    top: float
    photon_share: float
    log_energy: float
    log_step: float


def soft_radiation(energy: Real, photon_cut: Real, material: Material) -> Real:
    """Mean energy [GeV/cm] radiated as photons below `photon_cut` [GeV]."""
    node, weight = np.polynomial.legendre.leggauss(16)
    largest = np.sqrt(photon_cut)[:, None]
    root = 0.5 * largest * (node + 1.0)
    spectrum = processes.bremsstrahlung_k_spectrum(energy[:, None], root**2, material)
    result: Real = np.sum(largest * weight * root * spectrum, axis=1)
    return result


def build(
    materials: tuple[Material, ...], energy_max: float, threshold: float, photon_share: float
) -> Tables:
    """Tabulate the processes.

    Parameters
    ----------
    materials : tuple of Material
    energy_max : float
        Beam energy [GeV].
    threshold : float
        Lowest energy [GeV] of the particles that are followed; knock-ons below it are continuous.
    photon_share : float
        Radiation of photons below this share of E, and of the distance from the beam energy (plus
        a hundredth of it), is continuous. Those are the scales on which the spectrum of leptons
        varies.
    """
    delta_base = position(
        0.5 * photon_share * min(threshold / energy_max, _TOP_SHARE) / energy_max
    )
    delta = nodes(delta_base, position(_DELTA_MAX) + 1)
    energy_base = position(0.5 * threshold)
    energies = nodes(energy_base, position(energy_max) + 1)
    top = (1.0 + _TOP_SHARE) * energy_max
    cuts = photon_share * np.minimum(energies, np.maximum(top - energies, top - energy_max))
    log_grid = np.linspace(log(threshold), log(energy_max), _RARE_ENERGIES)
    radiation, loss, rare = [], [], []
    for material in materials:
        half = processes.bremsstrahlung_k_spectrum(1.0 / delta, 0.5 / delta, material)
        low = 1.0 / (3.0 * delta)
        quarter = processes.bremsstrahlung_k_spectrum(low, 0.25 * low, material)
        a = (4.0 * quarter - half) / 2.5
        radiation.append(np.stack((a, 4.0 * half - 2.0 * a), axis=-1))
        soft = soft_radiation(energies, cuts, material)
        loss.append(
            [
                soft + processes.collision_loss(energies, material, threshold, charge)
                for charge in (-1, 1)
            ]
        )
        rare.append(_rare_densities(np.exp(log_grid)[:, None], threshold, material))
    a_and_b, densities = np.array(radiation), np.array(rare)
    return Tables(
        radiation=np.concatenate([_with_steps(part) for part in a_and_b]),
        radiation_bound=a_and_b.max(axis=(1, 2)),
        pair_bound=a_and_b[:, :, 1].max(axis=1),
        octaves=1.0 / (log(2.0) * a_and_b.max(axis=(1, 2))),
        loss=np.array([[_with_steps(row[:, None]) for row in rows] for rows in loss]),
        rare=densities,
        rare_bound=densities.max(axis=(2, 3)),
        delta_base=np.array(
            [delta_base - i * len(delta) for i in range(len(materials))], dtype=np.uint64
        ),
        energy_base=np.uint64(energy_base),
        threshold=threshold,
        top=top,
        photon_share=photon_share,
        log_energy=float(log_grid[0]),
        log_step=float(log_grid[1] - log_grid[0]),
    )


def _with_steps(rows: Real) -> Real:
    """Each column followed by the steps to the next row."""
    steps = np.diff(rows, axis=0, append=rows[-1:])
    result: Real = np.stack((rows, steps), axis=-1).reshape(len(rows), -1)
    return result


def _rare_densities(energy: Real, cut: float, material: Material) -> list[Real]:
    """Densities [1/cm] in v of the rare processes at energies and all v."""
    # The ends of the range are a hair inside, where rounding cannot make the spectrum vanish.
    v = np.clip(np.linspace(0.0, 1.0, _RARE_STEPS), 1e-9, 1.0 - 1e-9)
    kinetic = energy - ELECTRON_MASS

    def knock_on(spectrum: Callable[..., Real], largest: Real) -> Real:
        room = np.maximum(1.0 - cut / largest, 0.0)
        transfer = cut / (1.0 - v * room)
        return spectrum(energy, transfer, material) * transfer**2 / cut * room

    total, edge = energy + ELECTRON_MASS, annihilation_edge.py_func(energy)
    photon = total * edge * (0.5 / edge) ** v
    pairs = 2.0 * processes.annihilation_spectrum(energy, photon, material)
    backward = 1.0 / (1.0 + 2.0 * energy / ELECTRON_MASS)
    scattered = energy * backward ** (1.0 - v)
    compton = processes.compton_spectrum(energy, scattered, material)
    return [
        knock_on(processes.moller_spectrum, 0.5 * kinetic),
        knock_on(processes.bhabha_spectrum, kinetic),
        pairs * photon * np.log(0.5 / edge),
        -compton * scattered * np.log(backward),
    ]


# Samplers inside the kernel


@compiled
def radiation_pair(delta: float, tables: Tables, material: int) -> tuple[float, float]:
    """A(δ) and B(δ) [1/cm]."""
    place, f = place_of(min(delta, _DELTA_MAX))
    i = place - tables.delta_base[material]
    a = tables.radiation[i, 0] + f * tables.radiation[i, 1]
    b = tables.radiation[i, 2] + f * tables.radiation[i, 3]
    return a, b


@compiled
def loss_rate(energy: float, tables: Tables, material: int, kind: int) -> float:
    """Continuous loss [GeV/cm]."""
    place, f = place_of(energy)
    i = place - tables.energy_base
    return float(tables.loss[material, kind, i, 0] + f * tables.loss[material, kind, i, 1])


@compiled
def rare_product(
    process: int, energy: float, material: int, tables: Tables, state: NDArray[np.uint64]
) -> float:
    """Energy [GeV] of the product of a rare process that was proposed, 0 if it is rejected.

    The product is the electron that was knocked on, the softer photon of an annihilation, or the
    photon after a Compton scattering.
    """
    table = tables.rare[material, process]
    v = uniform(state)
    x = min(max((np.log(energy) - tables.log_energy) / tables.log_step, 0.0), len(table) - 1.001)
    y = v * (table.shape[1] - 1)
    i, j = int(x), int(y)
    f, h = x - i, y - j
    low = table[i, j] + h * (table[i, j + 1] - table[i, j])
    high = table[i + 1, j] + h * (table[i + 1, j + 1] - table[i + 1, j])
    if uniform(state) * tables.rare_bound[material, process] >= low + f * (high - low):
        return 0.0
    if process == ANNIHILATION:
        edge = annihilation_edge(energy)
        return float(energy * edge * (0.5 / edge) ** v)
    if process == COMPTON:
        return float(energy * (1.0 + 2.0 * energy / ELECTRON_MASS) ** (v - 1.0))
    largest = energy - ELECTRON_MASS
    if process == MOLLER:
        largest *= 0.5
    return float(tables.threshold / (1.0 - v * max(1.0 - tables.threshold / largest, 0.0)))

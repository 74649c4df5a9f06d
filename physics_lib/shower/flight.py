"""Flights of single particles through the plates, compiled: the Monte Carlo between interactions.

A flight goes from plate to plate until the particle interacts, leaves the stack or falls below
the threshold. Angles are mrad above 0.5 GeV, and depth is the only coordinate.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from physics_lib.shower.quick import compiled, logarithm, place_of, power_of_two, uniform
from physics_lib.shower.sampling import (
    ANNIHILATION,
    BHABHA,
    COMPTON,
    ELECTRON,
    MOLLER,
    POSITRON,
    Tables,
    loss_rate,
    radiation_pair,
    rare_product,
)

Real = NDArray[np.float64]
Integers = NDArray[np.int64]

GONE, RADIATION, RARE = 0, 1, 2
"""How a flight ends; rare processes of leptons are RARE plus their number."""


class Geometry(NamedTuple):
    """The target and how it is scored.

    Attributes
    ----------
    thickness : ndarray, shape (plates of a cell,)
        Thickness of plates [cm]; infinite for a block.
    material : ndarray of int, shape (plates of a cell,)
        Rows of their materials.
    plates : int
        Plates in all.
    floor : ndarray, shape (bins + 2,)
        Lower edges of the bins [GeV]; the first and the last bin take what is outside.
    guess : ndarray of int
        For each node of the look-up grid of energy a bin at or above the one that it is in.
    step : float
        Largest step [cm].
    mid : bool
        Whether a step is scored at the mean energy of its ends.
    """

    thickness: Real
    material: Integers
    plates: int
    floor: Real
    guess: Integers
    step: float
    mid: bool


@compiled
def _bin(energy: float, geometry: Geometry, base: np.uint64) -> int:
    """Bin of an energy."""
    i = int(geometry.guess[place_of(energy)[0] - base])
    while energy < geometry.floor[i]:
        i -= 1
    return i


@compiled
def fly_photon(
    energy: float,
    plate: int,
    place: int,
    left: float,
    geometry: Geometry,
    tables: Tables,
    score: Real,
    state: NDArray[np.uint64],
) -> tuple[int, int, float, int, float]:
    """Move a photon to the end of its flight.

    Returns plate, place in the cell, rest of the plate [cm], how it ended, and the product: the
    share of the energy that the electron of a pair has, or the energy of a scattered photon.
    """
    i = _bin(energy, geometry, tables.energy_base)
    material = geometry.material[place]
    bound = tables.pair_bound[material] + tables.rare_bound[material, COMPTON]
    while True:
        paths = -logarithm(uniform(state))
        while paths > left * bound:
            score[material, i] += left
            paths -= left * bound
            plate += 1
            if plate == geometry.plates:
                return plate, place, 0.0, GONE, 0.0
            place = place + 1 if place + 1 < len(geometry.thickness) else 0
            left = geometry.thickness[place]
            material = geometry.material[place]
            bound = tables.pair_bound[material] + tables.rare_bound[material, COMPTON]
        distance = paths / bound
        score[material, i] += distance
        left -= distance
        draw = uniform(state) * bound - tables.rare_bound[material, COMPTON]
        if draw > 0.0:
            x = uniform(state)
            both = x * (1.0 - x)
            a, b = radiation_pair(1.0 / (energy * both), tables, material)
            if draw < b - both * a:
                return plate, place, left, RADIATION, x
        else:
            scattered = rare_product(COMPTON, energy, material, tables, state)
            if scattered > 0.0:
                return plate, place, left, RARE, scattered


@compiled
def fly_lepton(
    kind: int,
    energy: float,
    plate: int,
    place: int,
    left: float,
    geometry: Geometry,
    tables: Tables,
    score: Real,
    deposit: Real,
    state: NDArray[np.uint64],
) -> tuple[float, int, int, float, int, float]:
    """Move an electron or positron to the end of its flight.

    Returns its energy [GeV], then as for the photon, with the energy of the product.
    """
    base, threshold = tables.energy_base, tables.threshold
    material = geometry.material[place]
    knock = MOLLER if kind == ELECTRON else BHABHA
    i = _bin(energy, geometry, base)
    floor = geometry.floor[i]
    cut = tables.photon_share * min(energy, tables.top - energy)
    log_range = logarithm(energy / cut)
    room, start, travelled = geometry.step, energy, 0.0
    rare = tables.rare_bound[material, knock]
    if kind == POSITRON:
        rare += tables.rare_bound[material, ANNIHILATION]
    bound = tables.radiation_bound[material] * log_range + rare
    while True:
        paths = -logarithm(uniform(state))
        process, product = GONE, 0.0
        while True:
            limit = min(left, room)
            hit = paths <= limit * bound
            distance = paths / bound if hit else limit
            slope = loss_rate(energy, tables, material, kind)
            after = energy - slope * distance
            if after < threshold:
                distance, after = (energy - threshold) / slope, threshold
            deposit[plate] += energy - after
            if geometry.mid:
                travelled += distance
            elif after >= floor:
                score[material, i] += distance
            else:
                low = energy
                while after < floor:
                    score[material, i] += (low - floor) / slope
                    low = floor
                    i -= 1
                    floor = geometry.floor[i]
                score[material, i] += (low - after) / slope
            energy = after
            left -= distance
            room -= distance
            if hit or energy <= threshold:
                break
            paths -= distance * bound
            if geometry.mid:
                score[material, _bin(0.5 * (start + energy), geometry, base)] += travelled
            room, start, travelled = geometry.step, energy, 0.0
            if left <= 0.0:
                plate += 1
                if plate == geometry.plates:
                    return energy, plate, place, 0.0, GONE, 0.0
                place = place + 1 if place + 1 < len(geometry.thickness) else 0
                left = geometry.thickness[place]
                material = geometry.material[place]
                rare = tables.rare_bound[material, knock]
                if kind == POSITRON:
                    rare += tables.rare_bound[material, ANNIHILATION]
                bound = tables.radiation_bound[material] * log_range + rare
        if energy > threshold:
            draw = uniform(state) * bound - rare
            if draw > 0.0:
                # What is left of the draw is uniform, and serves for the logarithm of k.
                product = cut * power_of_two(draw * tables.octaves[material])
                if product >= energy:
                    continue
                final = energy - product
                y = product * (1.0 / energy)
                a, b = radiation_pair(product / (energy * final), tables, material)
                if uniform(state) * tables.radiation_bound[material] >= (1.0 - y) * a + y * y * b:
                    continue
                process = RADIATION
            else:
                which = knock if draw > -tables.rare_bound[material, knock] else ANNIHILATION
                product = rare_product(which, energy, material, tables, state)
                if product == 0.0:
                    continue
                process, final = RARE + which, 0.0 if which == ANNIHILATION else energy - product
        else:
            final = energy
        if geometry.mid:
            score[material, _bin(0.5 * (start + final), geometry, base)] += travelled
        if process != RADIATION or product >= threshold or final < threshold:
            return energy, plate, place, left, process, product
        # A photon that nobody follows: the flight goes on with the rest of the energy.
        deposit[plate] += product
        energy = final
        while energy < floor:
            i -= 1
            floor = geometry.floor[i]
        cut = tables.photon_share * min(energy, tables.top - energy)
        log_range = logarithm(energy / cut)
        bound = tables.radiation_bound[material] * log_range + rare
        room, start, travelled = geometry.step, energy, 0.0

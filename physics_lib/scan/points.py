"""What a worker computes: the points of one block.

What an experiment needs is set up once in each worker process, and kept for the next blocks.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from physics_lib.data import read_curve
from physics_lib.experiment import Experiment
from physics_lib.limits import (
    FOUND,
    NO_LIMIT,
    NO_SIGNAL,
    NOT_CONVERGED,
    REFERENCE_LIMIT,
    absolute_limit,
    common_efficiency_of,
    ratio_limit,
)
from physics_lib.models import Model, total_width
from physics_lib.scan.grid import Block
from physics_lib.yields import Search

Real = NDArray[np.float64]
Columns = dict[str, NDArray[np.generic]]

NO_DECAY, NO_REFERENCE, NO_ANSWER, NOT_DONE = 4, 5, 6, 255
LEGEND = {
    FOUND: "computed",
    NO_SIGNAL: "no limit: the model gives no signal events",
    NO_LIMIT: "no limit below a coupling of 10",
    NOT_CONVERGED: "no limit: the iteration does not converge",
    NO_DECAY: "no decay channel is open",
    NO_REFERENCE: "no limit: there is no published one at this mass",
    NO_ANSWER: "no finite answer",
    NOT_DONE: "not yet computed",
}
"""What the numbers of `status` mean."""
QUANTITIES = {"yield": ("n_radiative", "n_resonant"), "limit": ("coupling_up",)}
"""Names of what is computed, besides `status`."""

# Points that are computed together: their intermediate results stay in the processor's cache.
_TOGETHER = 250


def compute(block: Block) -> tuple[tuple[int, ...], Columns]:
    """Compute one block.

    Returns
    -------
    place : tuple of int
        Of the block.
    columns : dict of str to ndarray
        Each of `QUANTITIES` and `status`, in the shape of the block; NaN where there is no answer.
    """
    one = _yields if block.choices.quantity == "yield" else _limits
    with np.errstate(all="ignore"):
        rows = [one(block, model) for model in block.models]
    names = (*QUANTITIES[block.choices.quantity], "status")
    joined = (np.stack(parts).reshape(block.shape) for parts in zip(*rows, strict=True))
    return block.place, dict(zip(names, joined, strict=True))


@lru_cache(maxsize=8)
def _search(world: Experiment, off_shell: bool, electrons: str, nonresonant: bool) -> Search:
    """Set up an experiment; the last few are kept."""
    plain = Search.of(world)
    return replace(plain, off_shell=off_shell, electrons=electrons, nonresonant=nonresonant)


def _search_of(block: Block) -> Search:
    """The search of a block."""
    choices = block.choices
    return _search(block.experiment, choices.off_shell, choices.electrons, choices.nonresonant)


def _yields(block: Block, model: Model) -> tuple[Real, Real, NDArray[np.uint8]]:
    """Radiative and resonant events at all couplings and masses, and their status."""
    search = _search_of(block)
    strength, mass = (a.ravel() for a in np.meshgrid(block.coupling, block.mass, indexing="ij"))
    found = np.empty((2, mass.size))
    status = np.full(mass.shape, FOUND, dtype=np.uint8)
    for start in range(0, mass.size, _TOGETHER):
        part = slice(start, start + _TOGETHER)
        at_points = model.at(mass[part], strength[part])
        found[:, part] = search.signal_yield(at_points)
        unknown = ~np.all(np.isfinite(found[:, part]), axis=0)
        stable = total_width(at_points) == 0.0
        status[part][unknown] = np.where(stable, NO_DECAY, NO_ANSWER)[unknown]
    found[:, status != FOUND] = np.nan
    return found[0], found[1], status


def _limits(block: Block, model: Model) -> tuple[Real, NDArray[np.uint8]]:
    """Limits at all masses, and their status."""
    mass = block.mass
    absolute = block.choices.method == "absolute" or block.experiment.has_muons
    low, high = (0.0, np.inf) if absolute else read_curve(REFERENCE_LIMIT).valid_range_GeV
    answered = (mass >= low) & (mass <= high)
    upper = np.full(mass.shape, np.nan)
    status = np.full(mass.shape, NO_REFERENCE, dtype=np.uint8)
    search = _search_of(block)
    share = common_efficiency_of(search) if absolute else None
    radiative_only = block.choices.radiative_only
    for points in _parts(np.flatnonzero(answered)):
        at_points = model.at(mass[points], np.full(points.shape, 1e-3))
        if share is None:
            limit = ratio_limit(at_points, search, radiative_only=radiative_only, strict=False)
        else:
            limit = absolute_limit(
                at_points, search, share, radiative_only=radiative_only, strict=False
            )
        upper[points], status[points] = limit.coupling, limit.outcome
    return upper, status


def _parts(points: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Points in groups that are computed together."""
    return [points[i : i + _TOGETHER] for i in range(0, len(points), _TOGETHER)]

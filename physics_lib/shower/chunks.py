"""Chunks of a Monte Carlo run: what is simulated, and the sums over the showers of one chunk.

The random numbers of a chunk depend on the seed and on the number of the chunk alone.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from physics_lib.materials import Material, Stack
from physics_lib.parallel.tasks import versions
from physics_lib.shower import flight, kernel, quick, sampling
from physics_lib.shower.cascade import BEAMS

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """What a shower is and how it is scored, as in `simulate`."""

    beam: str
    energy: float
    target: Material | Stack
    threshold: float
    edges: tuple[float, ...]
    sampling: str
    step_length: float
    photon_share: float

    @property
    def cell(self) -> tuple[tuple[Material, float], ...]:
        """Plates of one cell with their thickness [cm]."""
        return self.target.cell if isinstance(self.target, Stack) else ((self.target, np.inf),)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials in the order in which they are met."""
        return tuple(dict.fromkeys(material for material, _ in self.cell))

    @property
    def plates(self) -> int:
        """Number of plates."""
        return len(self.cell) * (self.target.repetitions if isinstance(self.target, Stack) else 1)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Kinds, materials and bins of the scores."""
        return 3, len(self.materials), len(self.edges) - 1

    @property
    def size(self) -> int:
        """Numbers in the sums of a chunk."""
        return 2 * int(np.prod(self.shape)) + self.plates + 1


@lru_cache(maxsize=8)
def prepared(problem: Problem) -> tuple[sampling.Tables, flight.Geometry]:
    """Tables and geometry for the kernel."""
    materials = problem.materials
    tables = sampling.build(materials, problem.energy, problem.threshold, problem.photon_share)
    edges = np.array(problem.edges)
    # The highest bin includes its upper edge, where a beam particle starts.
    floor = np.concatenate(([-np.inf], edges[:-1], [np.nextafter(edges[-1], np.inf)]))
    first = tables.energy_base
    upper = quick.nodes(first, quick.position(problem.energy) + 1)[1:]
    geometry = flight.Geometry(
        thickness=np.array([thickness for _, thickness in problem.cell]),
        material=np.array([materials.index(material) for material, _ in problem.cell]),
        plates=problem.plates,
        floor=floor,
        guess=np.searchsorted(floor, upper, side="right") - 1,
        step=problem.step_length,
        mid=problem.sampling == "mid",
    )
    return tables, geometry


def run_chunk(problem: Problem, seed: int, index: int, showers: int) -> tuple[int, Real]:
    """Simulate one chunk.

    Returns
    -------
    index : int
        Number of the chunk.
    sums : ndarray
        Sums over its showers: path [cm] and its square by kind, material and bin, energy [GeV]
        left in each plate and behind the target.
    """
    tables, geometry = prepared(problem)
    state = np.random.SeedSequence(seed, spawn_key=(index,)).generate_state(4, np.uint64)
    kind = (sampling.ELECTRON, sampling.POSITRON, sampling.PHOTON)[BEAMS.index(problem.beam)]
    score, sums, squares = np.zeros((3, 3, len(problem.materials), len(geometry.floor)))
    deposit = np.zeros(problem.plates)
    pile = np.empty((kernel.PILE, 2)), np.empty((kernel.PILE, 3), dtype=np.int64)
    leakage = kernel.run(
        kind,
        problem.energy,
        showers,
        geometry,
        tables,
        state,
        score,
        sums,
        squares,
        deposit,
        *pile,
    )
    inside = (part[:, :, 1:-1].ravel() for part in (sums, squares))
    return index, np.concatenate((*inside, deposit, [leakage]))


def run_chunks(
    problem: Problem, seed: int, chunks: tuple[tuple[int, int], ...]
) -> list[tuple[int, Real]]:
    """`run_chunk` for some chunks, each given by its number and its showers."""
    return [run_chunk(problem, seed, index, showers) for index, showers in chunks]


@dataclass(frozen=True)
class Job:
    """A run: what, how many showers, which random numbers, and how it is cut into chunks."""

    problem: Problem
    showers: int
    seed: int
    chunk: int

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.showers // self.chunk)

    @property
    def fingerprint(self) -> str:
        """Digest of all that the result depends on."""
        return hashlib.sha256(repr((self, versions())).encode()).hexdigest()

    def size(self, index: int) -> int:
        """Showers of a chunk."""
        return min(self.chunk, self.showers - index * self.chunk)

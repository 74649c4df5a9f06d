"""Where in the target the shower is: path of e±, γ by plate and energy, from the cascade."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_lib.materials import Material, Stack
from physics_lib.shower.cascade import (
    Plates,
    beam_particle,
    bin_edges,
    checked_pivots,
    shower_pivots,
)

Real = NDArray[np.float64]

# A block is cut into plates of this many radiation lengths, down to where nothing is left.
_SLICE, _DEEPEST = 0.1, 40.0


@dataclass(frozen=True, eq=False)
class PlatePaths:
    """Mean path of the shower's particles in each plate.

    Attributes
    ----------
    materials : tuple of str
        Material of each plate, in order of depth.
    boundaries : ndarray, shape (plates + 1,)
        Depths [cm] at which plates begin and end; the beam enters at 0.
    edges : ndarray, shape (bins + 1,)
        Edges of the energy bins [GeV], graded towards the beam energy.
    paths : ndarray, shape (plates, 3, bins)
        Path [cm] per particle on target of electrons, positrons and photons.
    """

    materials: tuple[str, ...]
    boundaries: Real
    edges: Real
    paths: Real

    def cumulative(self, material: str, kind: int) -> Real:
        """Share of the path in a material down to each boundary.

        Parameters
        ----------
        material : str
        kind : int
            0 for electrons, 1 for positrons.

        Returns
        -------
        ndarray, shape (plates + 1, bins)
            From 0 to 1; 0 throughout where there is no path.
        """
        here = np.array([name == material for name in self.materials])
        # The transport's three-point loss could leave a path a hair below zero.
        path = np.where(here[:, None], np.maximum(self.paths[:, kind], 0.0), 0.0)
        total = np.cumsum(np.concatenate((np.zeros((1, path.shape[1])), path)), axis=0)
        result: Real = total / np.where(total[-1] > 0.0, total[-1], 1.0)
        return result


def sliced(target: Material | Stack) -> Stack:
    """Return a stack as it is, and a block as a stack of thin plates."""
    if isinstance(target, Stack):
        return target
    step = _SLICE * target.radiation_length
    return Stack(target.name, ((target, step),), round(_DEEPEST / _SLICE))


def plate_paths(
    beam: str,
    energy: float,
    target: Material | Stack,
    threshold: float = 0.5,
    pivots: int = 100,
) -> PlatePaths:
    """Path of the shower that one particle starts, by plate, kind and energy.

    Parameters
    ----------
    beam : str
        ``e-``, ``e+`` or ``gamma``
    energy : float
        Beam energy [GeV], 0.2 to 1e5.
    target : Material or Stack
        A block is treated as plates of 0.1 radiation lengths.
    threshold : float
        Lowest energy [GeV] of the particles that are followed.
    pivots : int
        Pivots of the energy grid; the error falls with their square, below 1 % for 100.

    Raises
    ------
    ValueError
        For an unknown beam, energies or pivots out of range.
    """
    pivots = checked_pivots(beam, energy, threshold, pivots)
    stack = sliced(target)
    grid = shower_pivots(energy, threshold, pivots)
    plates = Plates.of(stack, grid)
    names = tuple(plate.name for plate, _ in stack.cell) * stack.repetitions
    change, paths = np.zeros((2, 3 * pivots, len(names)))
    crossed = plates.cross(beam_particle(beam, pivots))
    for i, (_, before, after) in enumerate(crossed):
        change[:, i] = after - before
    for name, medium in plates.media.items():
        here = [i for i, other in enumerate(names) if other == name]
        paths[:, here] = medium.path(change[:, here])
    depths = [depth for _, depth in stack.cell] * stack.repetitions
    return PlatePaths(
        names,
        np.concatenate(([0.0], np.cumsum(depths))),
        bin_edges(grid),
        paths.T.reshape(len(names), 3, pivots)[:, :, 1:],
    )

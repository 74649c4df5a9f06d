"""The result of every shower solver: T_±(E), the track length per energy (Sec. IV A, Fig. 5)."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from physics_lib.checks import in_range, one_of

Real = NDArray[np.float64]

# Of the beam energy: where the grading of the energy scale stops.
_RESOLUTION = 1e-4


def graded_coordinate(energy: ArrayLike, energy_max: float, resolution: float) -> Real:
    """Coordinate in which T_±(E) is smooth: ln E far below the beam energy, −ln(E_max − E) at it.

    Parameters
    ----------
    energy : array_like
        Energies [GeV] up to `energy_max`.
    energy_max : float
        Beam energy [GeV].
    resolution : float
        Distance from the beam energy [GeV] below which the grading stops.
    """
    # Energy zero, where bins may begin, has no logarithm.
    values = np.maximum(energy, 1e-6 * resolution)
    result: Real = np.log(values / (energy_max - values + resolution))
    return result


@dataclass(frozen=True, eq=False)
class TrackLength:
    """Differential track length of electrons and positrons per particle on target.

    Attributes
    ----------
    beam : str
        ``e-``, ``e+``, ``gamma``, ``mu-`` or ``mu+``
    energy : float
        Beam energy E₀ [GeV].
    materials : tuple of str
        Names of the materials, the order of the rows below.
    edges : ndarray, shape (n + 1,)
        Edges of the energy bins [GeV].
    minus, plus, gamma : ndarray, shape (len(materials), n)
        T_− and T_+, and the same for photons, averaged over each bin [cm/GeV].
    minus_error, plus_error : ndarray, shape (len(materials), n)
        Errors of T_∓: of the energy grid (cascade) or statistical (Monte Carlo) [cm/GeV].
    deposit : ndarray
        Energy [GeV] left in each plate, or in the block, by collision loss and by particles that
        are not followed: below the threshold (Monte Carlo) or half of it (cascade). Of muons
        it is the mean energy lost, radiation included.
    """

    beam: str
    energy: float
    materials: tuple[str, ...]
    edges: Real
    minus: Real
    plus: Real
    gamma: Real
    minus_error: Real
    plus_error: Real
    deposit: Real

    def row(self, material: str) -> int:
        """Row of a material; ValueError with the names if there is none."""
        return self.materials.index(one_of("material", material, self.materials))

    @property
    def centres(self) -> Real:
        """Middles of the bins [GeV]."""
        return 0.5 * (self.edges[1:] + self.edges[:-1])

    def integral(self, material: str, low: float, high: float) -> tuple[float, float]:
        """∫T_− dE and ∫T_+ dE [cm] between two energies [GeV], the lower one first."""
        in_range("low", low, 0.0, high, "GeV")
        part = self.rebinned(np.array([low, high]))
        row, width = self.row(material), high - low
        return float(part.minus[row, 0] * width), float(part.plus[row, 0] * width)

    def _cumulative(self, density: Real) -> Real:
        """∫T dE from the lowest edge to every edge [cm]."""
        return np.concatenate(([0.0], np.cumsum(density * np.diff(self.edges))))

    def _coordinate(self, energy: ArrayLike) -> Real:
        return graded_coordinate(energy, self.energy, _RESOLUTION * self.energy)

    def rebinned(self, edges: ArrayLike, lowest: float = 0.0) -> "TrackLength":
        """Return the same track lengths averaged over other bins; zero outside the old ones.

        Parameters
        ----------
        edges : array_like, shape (m + 1,)
            Increasing edges [GeV].
        lowest : float
            Energy [GeV] below which nothing is counted.

        Returns
        -------
        TrackLength
            Errors of bins that merge add up linearly: right for those of an energy grid, which
            have one cause, and an upper bound for statistical ones.
        """
        new = np.asarray(edges, dtype=np.float64)
        inside = np.clip(new, max(lowest, self.edges[0]), self.edges[-1])
        old, wanted, width = self._coordinate(self.edges), self._coordinate(inside), np.diff(new)

        def average(rows: Real) -> Real:
            curves = (PchipInterpolator(old, self._cumulative(row)) for row in rows)
            return np.array([np.diff(curve(wanted)) / width for curve in curves])

        return replace(
            self,
            edges=new,
            minus=average(self.minus),
            plus=average(self.plus),
            gamma=average(self.gamma),
            minus_error=average(self.minus_error),
            plus_error=average(self.plus_error),
        )

    def extrapolated(self, coarse: "TrackLength") -> "TrackLength":
        """Extrapolate to vanishing spacing from this grid and one with twice the spacing.

        The error that falls with the square of the spacing drops out; the errors of the result
        are what it was on this grid.
        """

        def better(name: str) -> tuple[Real, Real]:
            fine = getattr(self, name)
            step = (fine - getattr(coarse, name)) / 3.0
            return fine + step, np.abs(step)

        (minus, minus_error), (plus, plus_error) = better("minus"), better("plus")
        return replace(
            self,
            minus=minus,
            plus=plus,
            gamma=better("gamma")[0],
            minus_error=minus_error,
            plus_error=plus_error,
            deposit=better("deposit")[0],
        )

    def density(self, energy: ArrayLike, material: str) -> tuple[Real, Real]:
        """T_− and T_+ as smooth functions of energy [cm/GeV], zero outside the bins.

        Parameters
        ----------
        energy : array_like
            Energies [GeV], any shape.
        material : str
        """
        values = np.asarray(energy, dtype=np.float64)
        inside = (values >= self.edges[0]) & (values <= self.edges[-1])
        safe = np.clip(values, self.edges[0], self.edges[-1])
        coordinate = self._coordinate(safe)
        slope = 1.0 / safe + 1.0 / (self.energy * (1.0 + _RESOLUTION) - safe)
        minus, plus = self._splines[self.row(material)]

        def evaluate(spline: CubicSpline) -> Real:
            return np.where(inside, np.maximum(spline(coordinate, 1) * slope, 0.0), 0.0)

        return evaluate(minus), evaluate(plus)

    @cached_property
    def _splines(self) -> tuple[tuple[CubicSpline, CubicSpline], ...]:
        """Smooth ∫T_− dE and ∫T_+ dE from the lowest edge up, for each material."""
        place = self._coordinate(self.edges)
        return tuple(
            (
                CubicSpline(place, self._cumulative(minus)),
                CubicSpline(place, self._cumulative(plus)),
            )
            for minus, plus in zip(self.minus, self.plus, strict=True)
        )

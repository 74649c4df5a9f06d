"""Positron energies of e⁺e⁻ → V → invisible in a target, drawn from T_+(E) σ(E).

Between the edges of a fine grid of s the propagator is drawn exactly, as the tangent of an even
angle, however narrow the resonance is; the smooth rest is below a bound in every cell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_lib.constants import ELECTRON_MASS, GEV_INVERSE_SQUARED_IN_PB
from physics_lib.models import Model
from physics_lib.production import resonant
from physics_lib.production.propagator import damping, propagator_weights

Real = NDArray[np.float64]

_BLOCK = 4096
_MARGIN = 1.02


@dataclass(frozen=True, eq=False)
class ResonantSampler:
    """Cells of s with the bound of what multiplies the propagator.

    Attributes
    ----------
    model : Model
        With one mass and one coupling.
    edges, density : ndarray, shape (cells + 1,)
        Edges of s [GeV²] and T_+ at them [cm/GeV], linear in between.
    bounds : ndarray, shape (cells,)
        Largest numerator times T_+ in each cell [GeV cm].
    cumulative : ndarray, shape (cells + 1,)
        Probability of the cells when proposed.
    total : float
        ∫T_+ σ dE [pb cm] per electron.
    """

    model: Model
    edges: Real
    density: Real
    bounds: Real
    cumulative: Real
    total: float

    @classmethod
    def of(cls, model: Model, energies: Real, density: Real) -> "ResonantSampler":
        """Sampler for positrons with T_+ = `density` [cm/GeV] at increasing `energies` [GeV].

        The energy of the cusp of Π should be among them.
        """
        s = resonant.invariant_mass_squared(energies)
        middle = 0.5 * (s[1:] + s[:-1])
        at_edges = density * resonant.numerator(model, s)
        at_middle = np.interp(middle, s, density) * resonant.numerator(model, middle)
        bounds = _MARGIN * np.maximum(np.maximum(at_edges[1:], at_edges[:-1]), at_middle)
        mass2, gamma = _pole(model)
        low, high = propagator_weights(s, np.array([mass2]), np.array([gamma]))
        per_energy = GEV_INVERSE_SQUARED_IN_PB / (2.0 * ELECTRON_MASS)
        total = per_energy * float(low @ at_edges[:-1] + high @ at_edges[1:])
        cumulative = np.concatenate(([0.0], np.cumsum(bounds * (low + high))))
        if cumulative[-1] > 0.0:
            cumulative /= cumulative[-1]
        return cls(model, s, density, bounds, cumulative, total)

    def draw(self, count: int, rng: np.random.Generator) -> Real:
        """Draw values of s [GeV²]; the first of a longer run are those of a shorter one."""
        parts: list[Real] = []
        found = 0
        while found < count:
            parts.append(self._accepted(rng.random((_BLOCK, 3)).T))
            found += parts[-1].size
        return np.concatenate([np.zeros(0), *parts])[:count]

    def _accepted(self, numbers: Real) -> Real:
        """Propose s for columns of three random numbers, and keep those that are accepted."""
        cell = np.searchsorted(self.cumulative, numbers[0], side="right") - 1
        mass2, gamma = _pole(self.model)
        low, high = self.edges[cell] - mass2, self.edges[cell + 1] - mass2
        angle = numbers[1] * np.arctan2(gamma * (high - low), gamma**2 + low * high)
        # γ tan(arctan(low/γ) + angle) without the difference of two arctangents.
        cosine, sine = np.cos(angle), np.sin(angle)
        distance = (low * cosine + gamma * sine) / (cosine - low / gamma * sine)
        s = mass2 + np.clip(distance, low, high)
        value = np.interp(s, self.edges, self.density) * resonant.numerator(self.model, s)
        accepted: Real = s[numbers[2] * self.bounds[cell] < value]
        return accepted


def _pole(model: Model) -> tuple[float, float]:
    """m² and m Γ [GeV²] of a model with one mass and one coupling."""
    mass2 = np.square(np.asarray(model.mass, dtype=np.float64))
    return mass2.item(), np.asarray(damping(model, mass2)).item()

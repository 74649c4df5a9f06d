"""Invisible decays of the mediator in events: which particles, and where they fly.

From e⁺e⁻ the vector has helicity ±1 along the beam: scalars follow sin²θ, massless fermions
1 + cos²θ. From radiation it decays evenly in its rest frame; its polarisation is left out.
"""

import numpy as np
from numpy.typing import NDArray

from physics_lib.events.momenta import two_body_decay
from physics_lib.models import INVISIBLE_CHANNELS, Model

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

SCALAR_ID = 51
"""χ: the PDG scheme's number of dark matter of spin 0."""
NEUTRINO_IDS = (12, 14, 16)
"""ν_e, ν_μ and ν_τ."""

# Of ν_e, ν_μ and ν_τ for a model that does not say: it couples to L_μ − L_τ.
_NEUTRINO_SHARES = (0.0, 0.5, 0.5)
_MEDIATOR, _FIRST, _SECOND = 4, 5, 6


def decay(
    model: Model,
    resonance: NDArray[np.bool_],
    columns: tuple[Whole, Real, Real],
    numbers: Real,
) -> None:
    """Fill in the products of the decays, chosen by the widths at the mediator's mass.

    Parameters
    ----------
    model : Model
        With decays to scalars it needs `scalar_mass`; with `neutrino_shares` it says how often
        its neutrinos are ν_e, ν_μ and ν_τ, else they are ν_μ and ν_τ alike.
    resonance : ndarray of bool, shape (n,)
        Whether V comes from e⁺e⁻ along the beam.
    columns : tuple of ndarray
        Identities, momenta and masses of `events.Events`.
    numbers : ndarray, shape (4, n)
        Random numbers between 0 and 1.
    """
    ids, four, masses = columns
    mass = masses[:, _MEDIATOR]
    widths = model.widths(mass)
    partial = {name: widths[name] for name in INVISIBLE_CHANNELS if name in widths}
    dark = np.broadcast_to(partial.get("dark", np.zeros(1)), mass.shape)
    is_dark = numbers[0] * sum(partial.values()) < dark
    small = np.where(is_dark, _scalar_mass(model, bool(is_dark.any())), 0.0)
    cosine = decay_cosine(numbers[2], resonance, is_dark)
    azimuth = 2.0 * np.pi * numbers[3]
    first, second = two_body_decay(four[:, _MEDIATOR], mass, small, cosine, azimuth)
    ids[:, _FIRST] = np.where(is_dark, SCALAR_ID, _neutrinos(model, numbers[1]))
    ids[:, _SECOND] = -ids[:, _FIRST]
    four[:, _FIRST], four[:, _SECOND] = first, second
    masses[:, _FIRST] = masses[:, _SECOND] = small


def _neutrinos(model: Model, number: Real) -> Whole:
    """Identity of the neutrino in each event."""
    below = np.cumsum(getattr(model, "neutrino_shares", _NEUTRINO_SHARES))
    # Above zero, so that what has no share is never chosen.
    place = np.searchsorted(below, (1.0 - number) * below[-1])
    chosen: Whole = np.array(NEUTRINO_IDS)[place]
    return chosen


def _scalar_mass(model: Model, needed: bool) -> float:
    """m_χ of a model [GeV]; ValueError if it is needed and not there."""
    mass = getattr(model, "scalar_mass", None)
    if mass is None and needed:
        raise ValueError(f"{type(model).__name__}: scalar_mass is needed for dark decays")
    return 0.0 if mass is None else np.asarray(mass, dtype=np.float64).item()


def decay_cosine(number: Real, resonance: NDArray[np.bool_], is_dark: NDArray[np.bool_]) -> Real:
    """Cosine of the decay angle: even, ∝ 1 − c² or ∝ 1 + c², by inverse distribution."""
    scalars = 2.0 * np.cos((np.arccos(1.0 - 2.0 * number) + 4.0 * np.pi) / 3.0)
    fermions = 2.0 * np.sinh(np.arcsinh(4.0 * number - 2.0) / 3.0)
    polarised = np.where(is_dark, scalars, fermions)
    return np.clip(np.where(resonance, polarised, 2.0 * number - 1.0), -1.0, 1.0)

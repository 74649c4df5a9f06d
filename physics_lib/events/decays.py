"""Invisible decays of the mediator in events: which particles, and where they fly.

From e⁺e⁻ the vector has helicity ±1 along the beam: its daughters follow 1 + a cos²θ. From
radiation it decays evenly in its rest frame; its polarisation is left out.
"""

import numpy as np
from numpy.typing import NDArray

from physics_lib.events.momenta import two_body_decay
from physics_lib.model_definition import DARK_PARTICLES
from physics_lib.models import INVISIBLE_CHANNELS, Model

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

SCALAR_ID, FERMION_ID = 51, 52
"""χ: the PDG scheme's numbers of dark matter of spin 0 and ½."""
NEUTRINO_IDS = (12, 14, 16)
"""ν_e, ν_μ and ν_τ."""

# Of ν_e, ν_μ and ν_τ for a model that does not say: it couples to L_μ − L_τ.
_NEUTRINO_SHARES = (0.0, 0.5, 0.5)
_MEDIATOR, _FIRST, _SECOND = 4, 5, 6
_DARK_IDS = {
    "complex-scalar": (SCALAR_ID, -SCALAR_ID),
    "dirac-fermion": (FERMION_ID, -FERMION_ID),
    "majorana-fermion": (FERMION_ID, FERMION_ID),
}
# Below it the distribution is even to all digits that matter, and its inverse loses some.
_EVEN = 1e-9


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
        With dark decays it needs `dark_mass`; with `dark_particle` it says what they are to, else
        to scalars; with `neutrino_shares` how often its neutrinos are ν_e, ν_μ and ν_τ, else they
        are ν_μ and ν_τ alike.
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
    small = np.where(is_dark, _dark_mass(model, bool(is_dark.any())), 0.0)
    particle = getattr(model, "dark_particle", DARK_PARTICLES[0])
    shape = np.where(is_dark, polarisation(particle, 2.0 * small / mass), 1.0)
    cosine = decay_cosine(numbers[2], np.where(resonance, shape, 0.0))
    azimuth = 2.0 * np.pi * numbers[3]
    first, second = two_body_decay(four[:, _MEDIATOR], mass, small, cosine, azimuth)
    first_id, second_id = _DARK_IDS[particle]
    ids[:, _FIRST] = np.where(is_dark, first_id, _neutrinos(model, numbers[1]))
    ids[:, _SECOND] = np.where(is_dark, second_id, -ids[:, _FIRST])
    four[:, _FIRST], four[:, _SECOND] = first, second
    masses[:, _FIRST] = masses[:, _SECOND] = small


def _neutrinos(model: Model, number: Real) -> Whole:
    """Identity of the neutrino in each event."""
    below = np.cumsum(getattr(model, "neutrino_shares", _NEUTRINO_SHARES))
    # Above zero, so that what has no share is never chosen.
    place = np.searchsorted(below, (1.0 - number) * below[-1])
    chosen: Whole = np.array(NEUTRINO_IDS)[place]
    return chosen


def _dark_mass(model: Model, needed: bool) -> float:
    """m_χ of a model [GeV]; ValueError if it is needed and not there."""
    mass = getattr(model, "dark_mass", None)
    if mass is None and needed:
        raise ValueError(f"{type(model).__name__}: dark_mass is needed for dark decays")
    return 0.0 if mass is None else np.asarray(mass, dtype=np.float64).item()


def polarisation(particle: str, heaviness: Real) -> Real:
    """Return a of the distribution 1 + a cos²θ of dark particles from e⁺e⁻.

    Parameters
    ----------
    particle : str
        One of `DARK_PARTICLES`.
    heaviness : ndarray
        Their mass over half of the mediator's.
    """
    if particle == "complex-scalar":
        return np.full_like(heaviness, -1.0)
    if particle == "majorana-fermion":
        return np.ones_like(heaviness)
    # A vector current leaves helicity alone but for the mass: 1 + c² + (2m_χ/m)² (1 − c²).
    return (1.0 - heaviness**2) / (1.0 + heaviness**2)


def decay_cosine(number: Real, shape: Real) -> Real:
    """Cosine c of the decay angle ∝ 1 + a c², by inverse distribution.

    Parameters
    ----------
    number : ndarray
        Random numbers between 0 and 1.
    shape : ndarray
        a, −1 or from 0 to 1.
    """
    scalars = 2.0 * np.cos((np.arccos(1.0 - 2.0 * number) + 4.0 * np.pi) / 3.0)
    root = np.sqrt(np.maximum(shape, _EVEN))
    fermions = 2.0 * np.sinh(np.arcsinh((2.0 * number - 1.0) * (1.5 + 0.5 * root**2) * root) / 3.0)
    cosine = np.where(shape < 0.0, scalars, fermions / root)
    return np.clip(np.where(np.abs(shape) < _EVEN, 2.0 * number - 1.0, cosine), -1.0, 1.0)

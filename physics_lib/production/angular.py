"""Angle of the vector in ℓ N → ℓ N V, exact tree level: dσ/dx d(1 − cos θ)."""

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.constants import ALPHA, ELECTRON_MASS, GEV_INVERSE_SQUARED_IN_PB
from physics_lib.production.amplitude import kinematics
from physics_lib.production.exact import gauss_rules, transfer_integral
from physics_lib.production.form_factor import FORM_FACTORS, Nucleus
from physics_lib.production.radiative import ENERGY_RANGE, MASS_RANGE

Real = NDArray[np.float64]

_TRANSFER_RULES = gauss_rules(48)


@njit(cache=True, error_model="numpy")
def _distribution(energy, left, vector_mass, turn, fixed, form, rules):  # type: ignore[no-untyped-def]
    """dσ/dx d(1 − cos θ) [GeV⁻²] for flat arrays."""
    result = np.zeros_like(energy)
    t, weight = np.empty(rules.shape[2] * 2), np.empty(rules.shape[2] * 2)
    lepton_mass, nucleus_mass = fixed
    for i in range(energy.size):
        if left[i] <= lepton_mass or energy[i] - left[i] <= vector_mass[i]:
            continue
        kin = kinematics(energy[i], left[i], vector_mass[i], lepton_mass, nucleus_mass)
        per_turn = 2.0 * kin.momentum * kin.vector_momentum
        u = kin.smallest + per_turn * turn[i]
        if u >= 2.0 * nucleus_mass * (left[i] - lepton_mass):
            continue
        gap = np.sqrt(kin.momentum_gap**2 + per_turn * turn[i])
        inner = transfer_integral(u, kin, form, rules, t, weight)
        result[i] = ALPHA**3 * energy[i] / (2.0 * kin.momentum**2) * per_turn / gap * inner
    return result


def angular_spectrum(
    energy: ArrayLike,
    mass: ArrayLike,
    remainder: ArrayLike,
    turn: ArrayLike,
    nucleus: Nucleus,
    form_factor: str = "full",
    lepton_mass: float = ELECTRON_MASS,
) -> Real:
    """dσ/dx d(1 − cos θ) of ℓ N → ℓ N V per nucleus for ε = 1.

    Parameters
    ----------
    energy, mass, remainder : array_like
        As in `radiative.spectrum`.
    turn : array_like
        1 − cos θ of the vector's direction to the beam, 0 to 2; θ²/2 for small angles, which
        1 − cos θ keeps and cos θ would lose. Broadcast with the others.
    nucleus, form_factor, lepton_mass
        As in `radiative.spectrum`.

    Returns
    -------
    ndarray
        [pb], zero outside the kinematic limits.

    Raises
    ------
    ValueError
        For arguments out of range.
    """
    one_of("form_factor", form_factor, FORM_FACTORS)
    arrays = np.broadcast_arrays(
        in_range("energy", energy, *ENERGY_RANGE, "GeV"),
        in_range("mass", mass, *MASS_RANGE, "GeV"),
        in_range("1 - x", remainder, 0.0, 1.0),
        in_range("1 - cos theta", turn, 0.0, 2.0),
    )
    e, m, y, angle = (np.ascontiguousarray(array).ravel() for array in arrays)
    result = _distribution(
        e,
        e * y,
        m,
        angle,
        (lepton_mass, nucleus.mass),
        nucleus.form_factor(form_factor),
        _TRANSFER_RULES,
    )
    values: Real = GEV_INVERSE_SQUARED_IN_PB * result.reshape(arrays[0].shape)
    return values

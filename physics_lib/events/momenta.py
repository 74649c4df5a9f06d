"""Four-momenta of events, (E, p_x, p_y, p_z) in GeV, target at rest, beam along z.

Built from w = E − E_V, U and t, so that every momentum is on its mass shell to rounding.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.production.amplitude import kinematics

Real = NDArray[np.float64]


def along_beam(energy: ArrayLike, mass: ArrayLike) -> Real:
    """Momenta of particles that fly along z, shape (n, 4)."""
    e, m = np.broadcast_arrays(np.asarray(energy, dtype=np.float64), mass)
    result = np.zeros((*e.shape, 4))
    result[..., 0], result[..., 3] = e, np.sqrt((e - m) * (e + m))
    return result


def radiation(
    energy: Real,
    left: Real,
    u: Real,
    t: Real,
    azimuths: tuple[Real, Real],
    masses: tuple[float, float, float],
) -> tuple[Real, Real, Real]:
    """Momenta after ℓ N → ℓ N V.

    Parameters
    ----------
    energy, left, u, t : ndarray, shape (n,)
        E, w = E − E_V [GeV], U = m² − (p − k)² and t = −q² [GeV²].
    azimuths : tuple of ndarray
        Of the nucleus around p − k, as in the amplitude, and of the vector around the beam.
    masses : tuple of float
        m_V, m, M [GeV]

    Returns
    -------
    lepton, recoil, mediator : ndarray, shape (n, 4)
    """
    nucleus_mass = masses[2]
    # The kernel's function as Python has it, which takes arrays.
    kin = kinematics.py_func(energy, left, *masses)  # type: ignore[no-untyped-call]
    k, gap = kin.vector_momentum, kin.momentum_gap
    turn = np.maximum(0.5 * (u - kin.smallest) / (kin.momentum * k), 0.0)
    sine = np.sqrt(np.maximum(turn * (2.0 - turn), 0.0))
    v_x, v_z = -k * sine, gap + k * turn
    v = np.hypot(v_x, v_z)
    recoil2 = t * (1.0 + 0.25 * t / nucleus_mass**2)
    along = 0.5 * (u + t * (1.0 + left / nucleus_mass)) / v
    across = np.sqrt(np.maximum(recoil2 - along**2, 0.0))
    one, two = across * np.cos(azimuths[0]), across * np.sin(azimuths[0])
    r_x = (along * v_x + one * v_z) / v
    r_z = (along * v_z - one * v_x) / v
    moved = 0.5 * t / nucleus_mass
    none = np.zeros_like(two)
    mediator = np.stack((energy - left, k * sine, none, k * (1.0 - turn)), axis=-1)
    recoil = np.stack((nucleus_mass + moved, r_x, two, r_z), axis=-1)
    lepton = np.stack((left - moved, v_x - r_x, -two, v_z - r_z), axis=-1)
    turned = [_turned(vectors, azimuths[1]) for vectors in (lepton, recoil, mediator)]
    return turned[0], turned[1], turned[2]


def _turned(vectors: Real, azimuth: Real) -> Real:
    """Turn vectors around the beam."""
    cosine, sine = np.cos(azimuth), np.sin(azimuth)
    e, x, y, z = vectors.T
    return np.stack((e, x * cosine - y * sine, x * sine + y * cosine, z), axis=-1)


def two_body_decay(
    parent: Real, parent_mass: ArrayLike, mass: ArrayLike, cosine: Real, azimuth: Real
) -> tuple[Real, Real]:
    """Momenta of two particles of the same mass from a decay.

    Parameters
    ----------
    parent : ndarray, shape (n, 4)
    parent_mass, mass : array_like
        Mass of the parent, and of each product [GeV].
    cosine, azimuth : ndarray, shape (n,)
        Direction of the first in the rest frame, cosine to the parent's flight.
    """
    big, small = np.broadcast_arrays(np.asarray(parent_mass, dtype=np.float64), mass)
    half = 0.5 * big
    star = np.sqrt((half - small) * (half + small))
    speed = np.sqrt(np.sum(parent[:, 1:] ** 2, axis=1))
    axis = np.where(speed[:, None] > 0.0, parent[:, 1:], [0.0, 0.0, 1.0])
    axis = axis / np.sqrt(np.sum(axis**2, axis=1))[:, None]
    first, second = _perpendicular(axis)
    sine = np.sqrt((1.0 - cosine) * (1.0 + cosine))
    side = (star * sine)[:, None] * (
        np.cos(azimuth)[:, None] * first + np.sin(azimuth)[:, None] * second
    )
    forward = parent[:, 0] / big * star * cosine
    products = []
    for sign in (1.0, -1.0):
        momentum = (0.5 * speed + sign * forward)[:, None] * axis + sign * side
        energy = np.sqrt(np.sum(momentum**2, axis=1) + small**2)
        products.append(np.concatenate((energy[:, None], momentum), axis=1))
    return products[0], products[1]


def _perpendicular(axis: Real) -> tuple[Real, Real]:
    """Two unit vectors across each unit vector and each other."""
    x, y, z = axis.T
    # Duff et al. 2017, smooth but at one sign change.
    sign = np.copysign(1.0, z)
    a = -1.0 / (sign + z)
    b = x * y * a
    first = np.stack((1.0 + sign * x * x * a, sign * b, -sign * x), axis=-1)
    second = np.stack((b, sign + y * y * a, -y), axis=-1)
    return first, second

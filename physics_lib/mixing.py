r"""One-loop mixing of the photon with the Z′ (Eq. 6, Figs. 1, 2 and 8; misprints of Eq. A.1).

.. math::
    \Pi(q^2) = \frac{e g}{2\pi^2} \left[ I(q^2; m_\tau) - I(q^2; m_\mu) \right],
    \quad I(q^2; m) = \int_0^1 dx\, x(1-x) \ln\left(m^2 - x(1-x) q^2 - i0\right).

The integral is elementary. With r = 4m²/q² and β = √(1 − r),

.. math::
    I = \tfrac16 \left[ \ln m^2 - \tfrac53 - r + (1 + \tfrac r2)\, \beta
        \ln\frac{\beta + 1}{\beta - 1} \right],

but this form cancels for q² far below m² and far above it, and at the threshold. Two rewritings
that do not cancel are used instead: a power series in q²/4m² (`_series`), and, for everything
else, the departure of 6 I from ``ln(|q²|/4) + 2 ln 2 − 5/3`` (`_departure`), in whose difference
between the two leptons the logarithm of q² drops out exactly.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range
from physics_lib.constants import ELEMENTARY_CHARGE, MUON_MASS, TAU_MASS

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

MAX_Q2 = 1e12
"""Largest absolute value of q² [GeV²] that is accepted."""

_SERIES_REACH = 0.25
_SERIES_TERMS = 28


def _series_coefficients() -> Real:
    """Coefficients of 6 [I − (ln m²)/6] in powers of z = q²/4m², from n = 1 on.

    −6·4ⁿ B(n+2, n+2)/n, by recurrence of the beta function.
    """
    beta_4n = 4.0 / 30.0
    terms = []
    for n in range(1, _SERIES_TERMS + 1):
        terms.append(-6.0 * beta_4n / n)
        beta_4n *= 4.0 * (n + 2) ** 2 / ((2 * n + 4) * (2 * n + 5))
    return np.array(terms)


_COEFFICIENTS = _series_coefficients()


def _series(z: Real) -> Real:
    """Return 6 I − ln m² for |z| = |q²|/4m² < 1/4."""
    result: Real = z * np.polynomial.polynomial.polyval(z, _COEFFICIENTS)
    return result


def _one_minus_r(q2: Real, mass: float) -> Real:
    """1 − 4m²/q² with the rounding error of m² put back: β ∝ √ of this near the threshold."""
    high = mass * mass
    split = mass * 134217729.0
    head = split - (split - mass)
    tail = mass - head
    low = ((head * head - high) + 2.0 * head * tail) + tail * tail
    result: Real = ((q2 - 4.0 * high) - 4.0 * low) / q2
    return result


def _departure(q2: Real, mass: float) -> Real:
    """Return Re 6 I − ln(|q²|/4) − 2 ln 2 + 5/3 for |q²|/4m² ≥ 1/4.

    With c = 1 − (1 + r/2) β it is 2 ln((1+β)/2) − r + c [ln|r| − 2 ln(1+β)]; between 0 and the
    threshold β is imaginary and β ln(…) = 2 |β| arccot |β|.
    """
    r = 4.0 * mass**2 / q2
    beta_squared = _one_minus_r(q2, mass)
    beta = np.sqrt(np.abs(beta_squared))
    log_r = np.log(np.abs(r))
    c = 0.25 * r * r * (3.0 + r) / (1.0 + (1.0 + 0.5 * r) * beta)
    free = 2.0 * np.log1p(-0.5 * r / (1.0 + beta)) - r + c * (log_r - 2.0 * np.log1p(beta))
    bound = log_r - 2.0 * np.log(2.0) - r + (2.0 + r) * beta * np.arctan2(1.0, beta)
    return np.where(beta_squared < 0.0, bound, free)


def _real_difference(q2: Real, mass_plus: float, mass_minus: float) -> Real:
    """Re 6 [I(q²; m₊) − I(q²; m₋)], choosing per lepton the form that does not cancel."""
    z_plus, z_minus = (q2 / (4.0 * mass**2) for mass in (mass_plus, mass_minus))
    low_plus, low_minus = np.abs(z_plus) < _SERIES_REACH, np.abs(z_minus) < _SERIES_REACH
    result = np.empty_like(q2)

    if np.any(both := low_plus & low_minus):
        log_ratio = 2.0 * np.log(mass_plus / mass_minus)
        result[both] = log_ratio + _series(z_plus[both]) - _series(z_minus[both])
    if np.any(neither := ~(low_plus | low_minus)):
        far = q2[neither]
        result[neither] = _departure(far, mass_plus) - _departure(far, mass_minus)
    for some, z, light, heavy, sign in (
        (low_plus & ~low_minus, z_plus, mass_minus, mass_plus, 1.0),
        (low_minus & ~low_plus, z_minus, mass_plus, mass_minus, -1.0),
    ):
        if not np.any(some):
            continue
        log_scale = np.log(heavy**2 / np.abs(q2[some])) + 5.0 / 3.0
        result[some] = sign * (log_scale + _series(z[some]) - _departure(q2[some], light))
    return result


def _imaginary_difference(q2: Real, mass_plus: float, mass_minus: float) -> Real:
    """Im 6 [I(q²; m₊) − I(q²; m₋)] = −π (s₊ − s₋) with s = (1 + r/2) β above the threshold."""
    cuts, squares = [], []
    for mass in (mass_plus, mass_minus):
        above = np.maximum(q2, mass**2)
        beta_squared = _one_minus_r(above, mass)
        r = np.where(beta_squared > 0.0, 4.0 * mass**2 / above, 1.0)
        cuts.append((1.0 + 0.5 * r) * np.sqrt(np.maximum(beta_squared, 0.0)))
        squares.append(0.25 * r * r * (3.0 + r))
    both = np.minimum(*cuts) > 0.0
    difference = cuts[0] - cuts[1]
    # s² = 1 − r²(3 + r)/4, so that far above both thresholds nothing cancels.
    np.divide(squares[1] - squares[0], cuts[0] + cuts[1], out=difference, where=both)
    return -np.pi * difference


def loop_difference(
    q2: ArrayLike, mass_plus: float = TAU_MASS, mass_minus: float = MUON_MASS
) -> Complex:
    r"""Evaluate :math:`I(q^2; m_+) - I(q^2; m_-)` for every real q².

    Parameters
    ----------
    q2 : array_like
        Squared momentum q² [GeV²], any shape, either sign.
    mass_plus, mass_minus : float
        Masses [GeV] of the two leptons in the loop.

    Returns
    -------
    ndarray of complex
        Dimensionless, shape of `q2`; relative error below 1e-12.

    Raises
    ------
    ValueError
        For q² beyond ±1e12 GeV² or not a number, or masses outside [1e-6, 1e6] GeV.
    """
    flat = in_range("q2", q2, -MAX_Q2, MAX_Q2, "GeV²").ravel()
    in_range("mass_plus", mass_plus, 1e-6, 1e6, "GeV")
    in_range("mass_minus", mass_minus, 1e-6, 1e6, "GeV")
    result = np.empty(flat.shape, dtype=np.complex128)
    result.real = _real_difference(flat, mass_plus, mass_minus) / 6.0
    result.imag = _imaginary_difference(flat, mass_plus, mass_minus) / 6.0
    return result.reshape(np.shape(q2))


def mixing(q2: ArrayLike) -> Complex:
    r"""Π(q²)/g of Eq. (6): the electron coupling is e Π(q²).

    Parameters
    ----------
    q2 : array_like
        Squared momentum q² [GeV²], any shape, either sign.

    Returns
    -------
    ndarray of complex
        Dimensionless, shape of `q2`. The imaginary part is positive between the thresholds.

    Raises
    ------
    ValueError
        For q² beyond ±1e12 GeV² or not a number.
    """
    prefactor = ELEMENTARY_CHARGE / (2.0 * np.pi**2)
    return prefactor * loop_difference(q2)

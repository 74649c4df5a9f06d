"""Radiation at tree level by nested adaptive quadrature, as one would write it first."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
from scipy.integrate import quad

from physics_lib.constants import ALPHA, ELECTRON_MASS, GEV_INVERSE_SQUARED_IN_PB
from physics_lib.production import exact as exact_kernel
from physics_lib.production.amplitude import kinematics
from physics_lib.production.form_factor import LEAD_NUCLEUS, form_factor_squared


class NestedQuadrature:
    """Cross sections off lead for ε = 1 at one energy and mass [GeV].

    Kinematics and limits of t are the library's compiled ones, the amplitude is given. What
    differs is the integration: scipy's `quad` over ln t inside `quad` over ln U, and one more
    over ln x/(1−x) around both.
    """

    def __init__(self, energy: float, mass: float, amplitude: Callable, accuracy: float) -> None:
        self.energy, self.mass, self.amplitude = energy, mass, amplitude
        self.form = LEAD_NUCLEUS.form_factor()
        self.rule = {"epsabs": 0.0, "epsrel": accuracy, "limit": 200}

    def spectrum(self, remainder: float) -> float:
        """dσ/dx [pb] at 1 − x."""
        left, nucleus = self.energy * remainder, LEAD_NUCLEUS.mass
        kin = kinematics(self.energy, left, self.mass, ELECTRON_MASS, nucleus)
        floor = 1e-4 / self.form.elastic_screening

        def over_transfer(log_u: float) -> float:
            u = np.exp(log_u)
            low, high = exact_kernel.transfer_limits(u, kin)
            low, high = np.log(max(low, floor)), np.log(min(high, 50.0))
            if high <= low:
                return 0.0

            def integrand(log_t: float) -> float:
                t = np.exp(log_t)
                return form_factor_squared(t, self.form) / t * self.amplitude(t, u, kin)

            gap = np.sqrt(kin.momentum_gap**2 + u - kin.smallest)
            return u / gap * quad(integrand, low, high, **self.rule)[0]

        widest = kin.smallest + 4.0 * kin.momentum * kin.vector_momentum
        widest = min(widest, 2.0 * nucleus * (left - ELECTRON_MASS))
        both = quad(over_transfer, np.log(kin.smallest), np.log(widest), **self.rule)[0]
        scale = ALPHA**3 * self.energy / (2.0 * kin.momentum**2) / (8.0 * nucleus**2)
        return GEV_INVERSE_SQUARED_IN_PB * scale * both

    def sigma(self) -> float:
        """σ [pb]."""

        def integrand(logit: float) -> float:
            remainder = 1.0 / (1.0 + np.exp(logit))
            return remainder * (1.0 - remainder) * self.spectrum(remainder)

        x_low, y_low = self.mass / self.energy, ELECTRON_MASS / self.energy
        low, high = np.log(x_low / (1.0 - x_low)), np.log((1.0 - y_low) / y_low)
        return quad(integrand, low, high, **self.rule)[0]


def plain(compiled: Any) -> Callable[..., float]:
    """The same function without numba, nor in what it calls of its own module."""
    function = compiled.py_func
    names = {name: getattr(f, "py_func", f) for name, f in function.__globals__.items()}
    return FunctionType(function.__code__, names)

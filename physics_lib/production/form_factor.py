"""Electric form factor of an atom, G₂(t) = G₂,el + G₂,inel (Bjorken et al. 2009, App. A).

The elastic part is the nucleus, screened by the electrons and of finite size; the inelastic part
is the protons one by one (Tsai 1974). Its proton factor is not squared: Tsai's dipole already is.
"""

from dataclasses import dataclass
from typing import NamedTuple

from numba import njit

from physics_lib.constants import (
    ATOMIC_MASS_UNIT,
    ELECTRON_MASS,
    PROTON_MAGNETIC_MOMENT,
    PROTON_MASS,
)
from physics_lib.materials import LEAD, Element


class FormFactor(NamedTuple):
    """Numbers that fix G₂(t); a named tuple, so that compiled code can read it.

    Attributes
    ----------
    charge_squared : float
        Z²
    elastic_screening, inelastic_screening : float
        a² and a′² [GeV⁻²]
    size : float
        d [GeV²]
    inelastic_weight : float
        Z, or 0 for the elastic part alone.
    """

    charge_squared: float
    elastic_screening: float
    inelastic_screening: float
    size: float
    inelastic_weight: float


@dataclass(frozen=True)
class Nucleus:
    """A nucleus on which a vector is radiated.

    Attributes
    ----------
    atomic_number : int
        Z
    atomic_mass : float
        A
    """

    atomic_number: int
    atomic_mass: float

    @classmethod
    def of(cls, element: Element) -> "Nucleus":
        """Nucleus of an element, with its mean isotopic mass."""
        return cls(element.atomic_number, element.atomic_mass)

    @property
    def mass(self) -> float:
        """M [GeV]"""
        return self.atomic_mass * ATOMIC_MASS_UNIT

    def form_factor(self, kind: str = "full") -> FormFactor:
        """Form factor, ``full`` or ``elastic``."""
        z = self.atomic_number
        return FormFactor(
            charge_squared=float(z**2),
            elastic_screening=(111.0 * z ** (-1 / 3) / ELECTRON_MASS) ** 2,
            inelastic_screening=(773.0 * z ** (-2 / 3) / ELECTRON_MASS) ** 2,
            size=0.164 * self.atomic_mass ** (-2 / 3),
            inelastic_weight=float(z) if kind == "full" else 0.0,
        )


LEAD_NUCLEUS = Nucleus.of(LEAD.composition[0][0])
"""The nucleus that radiates in the calorimeter of NA64-e."""

FORM_FACTORS = ("full", "elastic")
"""Kinds of form factor."""

_PROTON_SLOPE = (PROTON_MAGNETIC_MOMENT**2 - 1.0) / (4.0 * PROTON_MASS**2)
_DIPOLE_SCALE = 0.71


@njit(cache=True)
def form_factor_squared(t, form):  # type: ignore[no-untyped-def]
    """G₂(t) for t = −q² > 0 [GeV²]; scalar, compiled.

    Parameters
    ----------
    t : float
        Momentum transfer squared [GeV²].
    form : FormFactor
    """
    screened = form.elastic_screening * t
    elastic = screened / (1.0 + screened) / (1.0 + t / form.size)
    result = form.charge_squared * elastic * elastic
    if form.inelastic_weight > 0.0:
        screened = form.inelastic_screening * t
        inelastic = screened / (1.0 + screened) / (1.0 + t / _DIPOLE_SCALE) ** 2
        proton = 1.0 + _PROTON_SLOPE * t
        result += form.inelastic_weight * inelastic * inelastic * proton
    return result

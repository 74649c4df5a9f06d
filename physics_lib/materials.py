"""Media of the electromagnetic shower: composition, radiation length, collision-loss inputs.

Radiation lengths follow from the composition by Tsai 1974 (Rev. Mod. Phys. 46, 815), Eq. (3.66);
the density-effect parameters are those of Sternheimer, Berger and Seltzer 1984 (Atomic Data and
Nuclear Data Tables 30, 261), as tabulated by the Particle Data Group.

A target is a material without end or a stack of plates; `target_of` reads either from a text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import log

from physics_lib.checks import in_range, one_of
from physics_lib.constants import ALPHA, AVOGADRO, ELECTRON_RADIUS

# Tsai 1974, Table B.2: radiation logarithms where the Thomas-Fermi model does not hold.
_LIGHT_ELEMENTS = {1: (5.31, 6.144), 2: (4.79, 5.621), 3: (4.74, 5.805), 4: (4.71, 5.924)}


@dataclass(frozen=True)
class Element:
    """An element: atomic number and mass, with Tsai's radiation logarithms.

    Attributes
    ----------
    symbol : str
    atomic_number : int
        Z
    atomic_mass : float
        A [g/mol]
    """

    symbol: str
    atomic_number: int
    atomic_mass: float

    @property
    def radiation_logarithm(self) -> float:
        """L_rad of the nucleus (Tsai 1974, Table B.2)."""
        z = self.atomic_number
        return _LIGHT_ELEMENTS[z][0] if z in _LIGHT_ELEMENTS else log(184.15 * z ** (-1 / 3))

    @property
    def electron_radiation_logarithm(self) -> float:
        """L′_rad of the atomic electrons (Tsai 1974, Table B.2)."""
        z = self.atomic_number
        return _LIGHT_ELEMENTS[z][1] if z in _LIGHT_ELEMENTS else log(1194.0 * z ** (-2 / 3))

    @property
    def coulomb_correction(self) -> float:
        """f(Z) of Davies, Bethe and Maximon 1954, in the form of PDG 2022, Eq. (34.26)."""
        a2 = (ALPHA * self.atomic_number) ** 2
        return a2 * (1.0 / (1.0 + a2) + 0.20206 - 0.0369 * a2 + 0.0083 * a2**2 - 0.002 * a2**3)


@dataclass(frozen=True)
class DensityEffect:
    """Sternheimer's parameters of δ(βγ) and the mean excitation energy.

    Attributes
    ----------
    excitation_energy : float
        I [GeV]
    minus_c, a, k, x0, x1, delta0 : float
        −C̄, a, k, x₀, x₁, δ₀
    """

    excitation_energy: float
    minus_c: float
    a: float
    k: float
    x0: float
    x1: float
    delta0: float = 0.0


@dataclass(frozen=True)
class Material:
    """A homogeneous medium.

    Attributes
    ----------
    name : str
    density : float
        ρ [g/cm³]
    composition : tuple of (Element, float)
        Elements with their mass fractions, which add up to one.
    density_effect : DensityEffect
    """

    name: str
    density: float
    composition: tuple[tuple[Element, float], ...]
    density_effect: DensityEffect

    @property
    def atoms_per_cm3(self) -> tuple[tuple[Element, float], ...]:
        """Elements with their number densities [1/cm³]."""
        return tuple(
            (element, self.density * AVOGADRO * fraction / element.atomic_mass)
            for element, fraction in self.composition
        )

    @property
    def electrons_per_cm3(self) -> float:
        """n_e [1/cm³]"""
        return sum(n * element.atomic_number for element, n in self.atoms_per_cm3)

    @property
    def radiating_charge(self) -> int:
        """Z of the element that radiates most, n Z²."""
        weights = ((n * element.atomic_number**2, element) for element, n in self.atoms_per_cm3)
        return max(weights, key=lambda pair: pair[0])[1].atomic_number

    @property
    def screening_strengths(self) -> tuple[float, float]:
        """The two coefficients [1/cm] of complete screening (Tsai 1974, Eqs. 3.83 and 3.84).

        4 α r_e² Σ n [Z² (L_rad − f) + Z L′_rad], whose inverse is the radiation length, and
        4 α r_e² Σ n (Z² + Z)/9.
        """
        unit = 4.0 * ALPHA * ELECTRON_RADIUS**2
        main = small = 0.0
        for element, n in self.atoms_per_cm3:
            z = element.atomic_number
            main += n * (
                z**2 * (element.radiation_logarithm - element.coulomb_correction)
                + z * element.electron_radiation_logarithm
            )
            small += n * (z**2 + z) / 9.0
        return unit * main, unit * small

    @property
    def radiation_length(self) -> float:
        """X₀ [cm]"""
        return 1.0 / self.screening_strengths[0]


def _pure(name: str, density: float, element: Element, *density_effect: float) -> Material:
    """Material of one element, with I [GeV], −C̄, a, k, x₀, x₁, δ₀ of its density effect."""
    return Material(name, density, ((element, 1.0),), DensityEffect(*density_effect))


def _compound(
    name: str, density: float, atoms: dict[Element, int], density_effect: DensityEffect
) -> Material:
    """Material of molecules with these numbers of atoms."""
    whole = sum(count * element.atomic_mass for element, count in atoms.items())
    shares = tuple((e, count * e.atomic_mass / whole) for e, count in atoms.items())
    return Material(name, density, shares, density_effect)


_H, _C, _O = Element("H", 1, 1.008), Element("C", 6, 12.011), Element("O", 8, 15.999)
_W, _PB = Element("W", 74, 183.84), Element("Pb", 82, 207.2)
_AL, _SI = Element("Al", 13, 26.9815385), Element("Si", 14, 28.0855)
_FE, _CU = Element("Fe", 26, 55.845), Element("Cu", 29, 63.546)

LEAD = _pure("lead", 11.35, _PB, 823e-9, 6.2018, 0.09359, 3.1608, 0.3776, 3.8073, 0.14)
"""Lead, PDG 2022."""

SCINTILLATOR = _compound(
    "scintillator",
    1.032,
    {_C: 9, _H: 10},
    DensityEffect(64.7e-9, 3.1997, 0.16101, 3.2393, 0.1464, 2.4855, 0.0),
)
"""Plastic scintillator, polyvinyltoluene, PDG 2022."""

_OTHERS = (
    _pure("tungsten", 19.3, _W, 727e-9, 5.4059, 0.15509, 2.8447, 0.2167, 3.4960, 0.14),
    _pure("iron", 7.874, _FE, 286e-9, 4.2911, 0.14680, 2.9632, -0.0012, 3.1531, 0.12),
    _pure("copper", 8.96, _CU, 322e-9, 4.4190, 0.14339, 2.9044, -0.0254, 3.2792, 0.08),
    _pure("aluminium", 2.699, _AL, 166e-9, 4.2395, 0.08024, 3.6345, 0.1708, 3.0127, 0.12),
    _pure("silicon", 2.329, _SI, 173e-9, 4.4355, 0.14921, 3.2546, 0.2015, 2.8716, 0.14),
    _pure("graphite", 2.21, _C, 78e-9, 2.8926, 0.20762, 2.9532, -0.0090, 2.4817, 0.14),
    _compound(
        "water",
        1.0,
        {_H: 2, _O: 1},
        DensityEffect(75.0e-9, 3.5017, 0.09116, 3.4773, 0.2400, 2.8004),
    ),
    # Not in that table: its general rule for solids (Sternheimer and Peierls 1971).
    _compound(
        "lead-tungstate",
        8.3,
        {_PB: 1, _W: 1, _O: 4},
        DensityEffect(600.7e-9, 5.8420, 0.22758, 3.0, 0.4045, 3.0),
    ),
)

MATERIALS = {material.name: material for material in (LEAD, SCINTILLATOR, *_OTHERS)}
"""Materials by name."""


@dataclass(frozen=True)
class Stack:
    """A target of identical cells, each a sequence of plates.

    Attributes
    ----------
    name : str
    cell : tuple of (Material, float)
        Plates in the order in which the beam meets them, with their thickness [cm].
    repetitions : int
        Number of cells.
    """

    name: str
    cell: tuple[tuple[Material, float], ...]
    repetitions: int

    @property
    def radiation_lengths(self) -> float:
        """Total thickness in units of X₀."""
        return self.repetitions * sum(d / material.radiation_length for material, d in self.cell)


NA64_ECAL = Stack("na64-ecal", ((LEAD, 0.15), (SCINTILLATOR, 0.15)), 150)
"""The active target of NA64-e: 150 × (1.5 mm lead + 1.5 mm plastic scintillator), Sec. III."""

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_PLATE = re.compile(rf"({_NUMBER})\s*cm\s+([\w-]+)", re.ASCII)
_CELLS = re.compile(r"(\d{1,9})\s*x\s*\((.*)\)", re.ASCII)
_THICKNESS, _MOST_PLATES = (1e-4, 1e4), 10_000


@lru_cache(maxsize=256)
def target_of(text: str) -> Material | Stack:
    """Return the target that a text describes.

    Parameters
    ----------
    text : str
        ``na64-ecal``; the name of a material, for a block without end; or plates in the order in
        which the beam meets them, ``0.1 cm iron, 0.5 cm silicon``, after which nothing follows.
        ``150 x (…)`` repeats what is in the parentheses.

    Returns
    -------
    Material or Stack

    Raises
    ------
    ValueError
        For another form, an unknown material, a thickness outside [1e-4, 1e4] cm, or more than
        10,000 plates.
    """
    named: dict[str, Material | Stack] = {NA64_ECAL.name: NA64_ECAL} | MATERIALS
    if text in named:
        return named[text]
    repeated = _CELLS.fullmatch(text.strip())
    cells, plates = repeated.groups() if repeated else ("1", text)
    found = [_PLATE.fullmatch(plate.strip()) for plate in plates.split(",")]
    cell = tuple((plate[2], float(plate[1])) for plate in found if plate)
    if len(cell) < len(found):
        names = ", ".join(named)
        example = "2 x (0.1 cm iron, 1 cm water)"
        raise ValueError(f"target = {text!r:.60}: allowed {names}, or plates: {example}")
    for name, thickness in cell:
        one_of("target: material", name, tuple(MATERIALS))
        in_range(f"target: thickness of {name}", thickness, *_THICKNESS, "cm")
    in_range("target: plates", int(cells) * len(cell), 1, _MOST_PLATES)
    return Stack(text, tuple((MATERIALS[name], depth) for name, depth in cell), int(cells))

"""Media of the electromagnetic shower: composition, radiation length, collision-loss inputs.

Radiation lengths follow from the composition by Tsai 1974 (Rev. Mod. Phys. 46, 815), Eq. (3.66);
the density-effect parameters are those of Sternheimer, Berger and Seltzer 1984 (Atomic Data and
Nuclear Data Tables 30, 261), as tabulated by the Particle Data Group.
"""

from dataclasses import dataclass
from math import log

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


LEAD = Material(
    name="lead",
    density=11.35,
    composition=((Element("Pb", 82, 207.2), 1.0),),
    density_effect=DensityEffect(823e-9, 6.2018, 0.09359, 3.1608, 0.3776, 3.8073, 0.14),
)
"""Lead, PDG 2022."""

_VINYLTOLUENE = 9 * 12.011 + 10 * 1.008
SCINTILLATOR = Material(
    name="scintillator",
    density=1.032,
    composition=(
        (Element("C", 6, 12.011), 9 * 12.011 / _VINYLTOLUENE),
        (Element("H", 1, 1.008), 10 * 1.008 / _VINYLTOLUENE),
    ),
    density_effect=DensityEffect(64.7e-9, 3.1997, 0.16101, 3.2393, 0.1464, 2.4855, 0.0),
)
"""Plastic scintillator, polyvinyltoluene, PDG 2022."""

MATERIALS = {material.name: material for material in (LEAD, SCINTILLATOR)}
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

TARGETS: dict[str, Material | Stack] = {"na64-ecal": NA64_ECAL, "lead": LEAD}
"""Targets by name; a `Material` is an infinitely deep homogeneous block."""

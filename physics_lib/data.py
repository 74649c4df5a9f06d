"""Published curves and reference track lengths, read from the data folder and checked.

`datapackage.json` in that folder describes each file; titles, sources and ranges come from there.
Files are read strictly: anything but the exact header and rows of positive finite numbers is
refused with one line that names the file, the line, the value and what is allowed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.datapackage import NAME, read_package
from physics_lib.tables import data_folder, read_table

Real = NDArray[np.float64]

# Of masses in GeV and of couplings; what is larger is in other units.
_LARGEST: Final = 1e3

LIMIT_HEADER: Final = ("mass_GeV", "upper_limit")
TRACK_LENGTH_HEADER: Final = (
    "E_lo_GeV",
    "E_hi_GeV",
    "T_minus_lead_cm_per_GeV",
    "T_minus_lead_err",
    "T_minus_scintillator_cm_per_GeV",
    "T_minus_scintillator_err",
    "T_plus_lead_cm_per_GeV",
    "T_plus_lead_err",
    "T_plus_scintillator_cm_per_GeV",
    "T_plus_scintillator_err",
)
_TRACK_LENGTH_UNITS: Final = ("GeV", "GeV", *8 * ("cm/GeV",))


def read_limit_table(path: str | Path) -> tuple[Real, Real]:
    """Read an upper-limit curve with the columns `mass_GeV,upper_limit`.

    Parameters
    ----------
    path : str or Path
        One of the files of `data/limits`, or a file of the user's own.

    Returns
    -------
    mass_GeV, upper_limit : ndarray
        Above 0, at most 1000; masses strictly increasing; at least two points.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        One line with file, line number, value and what is allowed.
    """
    table = read_table(path, LIMIT_HEADER)
    for number, row in enumerate(table.tolist(), start=2):
        for name, value in zip(LIMIT_HEADER, row, strict=True):
            if not 0.0 < value <= _LARGEST:
                raise ValueError(
                    f"{path} line {number}: {name} = {value:g}: "
                    f"allowed above 0, at most {_LARGEST:g}"
                )
    mass, limit = table.T
    falls = np.flatnonzero(np.diff(mass) <= 0.0)
    if falls.size:
        i = int(falls[0]) + 1
        raise ValueError(
            f"{path} line {i + 2}: mass_GeV = {mass[i]:g}: allowed above {mass[i - 1]:g}, "
            "the mass of the line before"
        )
    if mass.size < 2:
        raise ValueError(f"{path} line 2: one point: at least two are needed")
    return _frozen(mass), _frozen(limit)


def _frozen(array: Real) -> Real:
    """Return a contiguous copy that cannot be written to."""
    copy = np.array(array, dtype=np.float64)
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True, eq=False)
class PublishedLimit:
    """An upper limit that others published.

    Attributes
    ----------
    name, title : str
        Short name (file name without extension) and what it is.
    coupling : str
        Symbol of the limited quantity: `epsilon` or `g`.
    mass_GeV, upper_limit : ndarray
        The points, read-only.
    confidence_level, source, doi : str
        As stated in `datapackage.json`.
    valid_range_GeV : tuple of float
        Masses between which `at` answers. For NA64-e 2019 it begins at 1 MeV, where the
        published curve does, 7 % below the first digitised point; for the rest it is the
        range of the points.
    """

    name: str
    title: str
    coupling: str
    mass_GeV: Real
    upper_limit: Real
    confidence_level: str
    source: str
    doi: str
    valid_range_GeV: tuple[float, float]

    def at(self, mass_GeV: ArrayLike) -> Real:
        """Interpolate linearly in the logarithms (end slopes up to `valid_range_GeV`).

        Parameters
        ----------
        mass_GeV : array_like
            Mass [GeV], any shape.

        Returns
        -------
        ndarray
            Upper limit, shape of `mass_GeV`; exact at the points.

        Raises
        ------
        ValueError
            For a mass outside `valid_range_GeV`.
        """
        masses = in_range("mass_GeV", mass_GeV, *self.valid_range_GeV, "GeV")
        log_mass, log_limit = np.log(self.mass_GeV), np.log(self.upper_limit)
        interval = np.searchsorted(self.mass_GeV, masses, side="right") - 1
        interval = np.clip(interval, 0, self.mass_GeV.size - 2)
        slope = (np.diff(log_limit) / np.diff(log_mass))[interval]
        result = self.upper_limit[interval] * (masses / self.mass_GeV[interval]) ** slope
        return np.asarray(result, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class TrackLengthReference:
    """Track lengths from GEANT4, by energy bin, in cm/GeV per primary electron.

    Attributes
    ----------
    energy_low_GeV, energy_high_GeV : ndarray
        Edges of the bins, shape (bins,).
    minus, plus : dict of str to ndarray
        T₋ and T₊ for `lead` and `scintillator`, shape (bins,).
    minus_error, plus_error : dict of str to ndarray
        Their standard errors.
    source : str
        As stated in `datapackage.json`.
    """

    energy_low_GeV: Real
    energy_high_GeV: Real
    minus: dict[str, Real]
    minus_error: dict[str, Real]
    plus: dict[str, Real]
    plus_error: dict[str, Real]
    source: str


def _where(what: str, folder: Path | None) -> str:
    """What to call a name in a message: with the description it is looked for in, if another."""
    return what if folder is None else f"{folder / NAME}: {what}"


def list_curves() -> tuple[str, ...]:
    """Names that `read_curve` knows, in the order of `datapackage.json`."""
    found = read_package(data_folder())
    return tuple(name for name, resource in found.items() if "coupling" in resource.entry)


def read_curve(name: str, folder: Path | None = None) -> PublishedLimit:
    """Read one published upper limit.

    Parameters
    ----------
    name : str
        One of `list_curves()`, for instance `na64e_2019_epsilon`.
    folder : Path, optional
        Data folder; by default `data_folder()`.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If the name is unknown or the file damaged.
    """
    package = read_package(data_folder() if folder is None else folder)
    names = tuple(key for key, resource in package.items() if "coupling" in resource.entry)
    found = package[one_of(_where("name", folder), name, names)]
    coupling = one_of(f"{found.package}: coupling", found.text("coupling"), ("epsilon", "g"))
    found.check_file(dict(zip(LIMIT_HEADER, ("GeV", "1"), strict=True)))
    mass, limit = read_limit_table(found.path)
    low, high = found.range("valid_range_GeV")
    if not 0.9 * mass[0] <= low < high <= mass[-1]:
        raise ValueError(
            f"{found.path}: masses from {mass[0]:g} to {mass[-1]:g}: those of valid_range_GeV, "
            f"{low:g} to {high:g}, are needed"
        )
    curve = PublishedLimit(
        name=name,
        title=found.text("title"),
        coupling=coupling,
        mass_GeV=mass,
        upper_limit=limit,
        confidence_level=found.text("confidence_level"),
        source=found.source("title"),
        doi=found.source("doi"),
        valid_range_GeV=(low, high),
    )
    with np.errstate(all="ignore"):
        ends = curve.at((low, high))
    if not np.all(np.isfinite(ends) & (ends > 0.0)):
        raise ValueError(
            f"{found.path}: upper_limit at the ends of valid_range_GeV, {low:g} to {high:g}, "
            f"= {ends[0]:g} and {ends[1]:g}: finite ones above 0 are needed"
        )
    return curve


def read_track_length_reference(
    sampling: str = "pre", *, fine: bool = False, folder: Path | None = None
) -> TrackLengthReference:
    """Read track lengths of 100 GeV electrons on the lead and scintillator stack.

    Parameters
    ----------
    sampling : {"pre", "mid"}
        Energy that a step counts with: before it, or half way along it.
    fine : bool
        50 bins of 0.1 GeV above 95 GeV in place of 200 bins of 0.5 GeV (the first of which
        is empty: particles were followed down to 0.5 GeV).
    folder : Path, optional
        Data folder; by default `data_folder()`.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If `sampling` is unknown or the file damaged.
    """
    one_of("sampling", sampling, ("pre", "mid"))
    package = read_package(data_folder() if folder is None else folder)
    name = f"g4_stack_electron_{sampling}{'_fine' if fine else ''}"
    found = package[one_of(_where("name", folder), name, tuple(package))]
    found.check_file(dict(zip(TRACK_LENGTH_HEADER, _TRACK_LENGTH_UNITS, strict=True)))
    table = read_table(found.path, TRACK_LENGTH_HEADER)
    edges = np.append(table[:, 0], table[-1, 1])
    if np.any(table < 0.0) or np.any(table[:, 0] >= table[:, 1]):
        raise ValueError(f"{found.path}: numbers of at least 0 and edges in order are needed")
    if np.any(edges[1:] != table[:, 1]):
        raise ValueError(f"{found.path}: bins without gaps, in order, are needed")
    column = dict(zip(TRACK_LENGTH_HEADER, map(_frozen, table.T), strict=True))

    def both(pattern: str) -> dict[str, Real]:
        return {name: column[pattern.format(name)] for name in ("lead", "scintillator")}

    return TrackLengthReference(
        energy_low_GeV=column["E_lo_GeV"],
        energy_high_GeV=column["E_hi_GeV"],
        minus=both("T_minus_{}_cm_per_GeV"),
        minus_error=both("T_minus_{}_err"),
        plus=both("T_plus_{}_cm_per_GeV"),
        plus_error=both("T_plus_{}_err"),
        source=found.source("title"),
    )

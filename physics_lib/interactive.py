"""Tables behind the page on which a reader turns the knobs of Fig. 7 in a browser.

Whatever takes closed formulas (Π, widths, propagator, efficiency) the browser computes itself;
what takes a shower or an integral over dσ/dE_F it interpolates in these tables. They are made of
plain lists and numbers, ready for JSON. Logarithms are natural; ``knots`` are masses, at
10**(i/12) GeV from i = ``first_knot`` on.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib import constants
from physics_lib.constraints import delta_a_mu, g_minus_2_band
from physics_lib.data import read_curve
from physics_lib.efficiency import efficiency_of
from physics_lib.experiment import Experiment, load_experiment
from physics_lib.limits import REFERENCE_EXPERIMENT, REFERENCE_LIMIT
from physics_lib.materials import LEAD, NA64_ECAL
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.production.radiative import METHODS, spectrum
from physics_lib.shower.beam import beam_track_length
from physics_lib.shower.cascade import energy_pivots, track_length
from physics_lib.shower.track_length import graded_coordinate
from physics_lib.statistics import upper_limit
from physics_lib.yields import Search

Real = NDArray[np.float64]

OVERLAYS: Final = {
    "babar": "babar_4mu",
    "belle2": "belle2_2019_invisible",
    "ccfr": "ccfr_trident",
    "borexino": "borexino_be7",
}
"""Limits of other experiments by their names in the tables."""
BEAMS: Final = {"e-": "na64e-1e13", "e+": "na64e-positron-1e13"}
"""Electron and positron beams, and experiments that have them."""
MUONS: Final = "na64mu-1e11"

_KNOTS_PER_DECADE = 12
_FIRST_KNOT, _LAST_KNOT = -38, 1
_CUTS = tuple(range(30, 75, 5))
# η vanishes below this energy [GeV] for the highest cut.
_LOWEST_ENERGY = 5.0
_POSITRON_NODES = 400
# Of the beam energy: a beam of positrons has its peak within 1e-4 of it.
_POSITRON_RESOLUTION = 1e-6
_SPECTRUM_NODES = 72
_SPECTRUM_ENERGY = 100.0
_BEAM_KNOTS = 7
_LOWEST_BEAM = 25.0
_SHARE_NODES = 120
_LOWEST_SHARE, _HIGHEST_SHARE = 0.01, 0.999
# Track length [cm/GeV] that stands for none.
_NONE = 1e-12


def tables() -> dict[str, Any]:
    """All that the page needs, as nested dictionaries of numbers and lists (see the module)."""
    return {
        "constants": _constants(),
        "published": _curve(REFERENCE_LIMIT),
        "overlays": {name: _curve(file) for name, file in OVERLAYS.items()},
        "g_minus_2": _g_minus_2(),
        "reference": _settings(load_experiment(REFERENCE_EXPERIMENT)),
        "beams": {beam: _beam_tables(load_experiment(name)) for beam, name in BEAMS.items()},
        "muons": _muon_tables(load_experiment(MUONS)),
        "track_length": _track_length_tables(),
        "spectrum": _spectrum_tables(),
    }


def _rounded(values: ArrayLike) -> list[Any]:
    """Numbers to six decimals: logarithms, of which this is one part per million."""
    rounded: list[Any] = np.round(np.asarray(values, dtype=np.float64), 6).tolist()
    return rounded


def _knots() -> Real:
    """Masses of the knots [GeV]."""
    result: Real = 10.0 ** (np.arange(_FIRST_KNOT, _LAST_KNOT + 1) / _KNOTS_PER_DECADE)
    return result


def _constants() -> dict[str, float]:
    """Masses [GeV] and constants that the formulas need."""
    ((_, density),) = LEAD.atoms_per_cm3
    return {
        "electron_mass": constants.ELECTRON_MASS,
        "muon_mass": constants.MUON_MASS,
        "tau_mass": constants.TAU_MASS,
        "alpha": constants.ALPHA,
        "gev2_in_cm2": constants.GEV_INVERSE_SQUARED_IN_PB / constants.CM2_IN_PB,
        "electrons_per_cm3": density * LEAD.composition[0][0].atomic_number,
        "first_knot": _FIRST_KNOT,
        "knots_per_decade": _KNOTS_PER_DECADE,
    }


def _curve(name: str) -> dict[str, list[float]]:
    """A published limit with the ends of the range in which it may be used."""
    curve = read_curve(name)
    low, high = curve.valid_range_GeV
    mass = np.union1d(curve.mass_GeV, [low, high])
    return {"mass": mass.tolist(), "upper_limit": curve.at(mass).tolist()}


def _g_minus_2() -> dict[str, Any]:
    """ln δa_μ/g² at the knots, and the two ends of the 2σ band of δa_μ."""
    low, high = (float(delta_a_mu(1e-6, g[()])) for g in g_minus_2_band(1e-6))
    return {"band": [low, high], "log_per_g2": _rounded(np.log(delta_a_mu(_knots(), 1.0)))}


def _settings(experiment: Experiment) -> dict[str, float | str]:
    """What distinguishes one electron or positron run from another."""
    return {
        "beam": experiment.beam,
        "energy": experiment.energy_GeV,
        "particles": experiment.particles_on_target,
        "cut": experiment.ecal_cut_GeV,
        "resolution_stochastic": experiment.resolution_stochastic,
        "resolution_constant": experiment.resolution_constant,
    }


def _beam_tables(experiment: Experiment) -> dict[str, Any]:
    """Radiation at the knots for each cut, and the path of positrons, for one beam.

    ``log_radiated`` is ln of the events per particle on target for a coupling of one, a row for
    each of ``cuts`` [GeV]. ``log_positrons`` is ln T_+ [cm/GeV] in lead, even in
    ln E/(E₀ − E + resolution) from ``lowest_energy`` to the beam energy.
    """
    lengths = beam_track_length(experiment, _LOWEST_ENERGY)
    rows = []
    for cut in _CUTS:
        world = replace(experiment, ecal_cut_GeV=float(cut))
        search = Search(world, lengths, efficiency_of(world))
        rows.append(np.log(search.radiative_yield(_knots()) / world.particles_on_target))
    resolution = _POSITRON_RESOLUTION * experiment.energy_GeV
    energies = _graded_energies(_LOWEST_ENERGY, experiment.energy_GeV, resolution)
    positrons = lengths.density(energies, LEAD.name)[1]
    return {
        "settings": _settings(experiment),
        "cuts": list(_CUTS),
        "log_radiated": _rounded(rows),
        "lowest_energy": _LOWEST_ENERGY,
        "resolution": resolution,
        "log_positrons": _rounded(np.log(np.maximum(positrons, _NONE))),
    }


def _graded_energies(low: float, high: float, resolution: float) -> Real:
    """Energies [GeV] from `low` to `high`, even in ln E/(high − E + resolution)."""
    first, last = graded_coordinate([low, high], high, resolution).tolist()
    ratio = np.exp(np.linspace(first, last, _POSITRON_NODES))
    result: Real = np.minimum(ratio * (high + resolution) / (1.0 + ratio), high)
    return result


def _muon_tables(experiment: Experiment) -> dict[str, Any]:
    """Radiation by muons at the knots, per muon for a coupling of one, and excluded events."""
    search = Search.of(experiment)
    seen = experiment.observed, experiment.background, experiment.background_error
    return {
        "particles": experiment.particles_on_target,
        "excluded": upper_limit(*seen),
        "log_radiated": _rounded(
            np.log(search.radiative_yield(_knots()) / experiment.particles_on_target)
        ),
    }


def _track_length_tables() -> dict[str, Any]:
    """ln of E₀ T_±(E) [cm] at shares E/E₀ for a few beam energies, in both materials."""
    shares = energy_pivots(1.0, _LOWEST_SHARE, _SHARE_NODES)
    shares = shares[shares < _HIGHEST_SHARE]
    beams = _LOWEST_BEAM * 2.0 ** (0.5 * np.arange(_BEAM_KNOTS))
    rows: dict[str, list[Any]] = {}
    for beam in beams.tolist():
        lengths = track_length("e-", beam, NA64_ECAL, 0.5 * _LOWEST_SHARE * beam)
        for material in lengths.materials:
            for sign, values in zip("-+", lengths.density(shares * beam, material), strict=True):
                logarithm = np.log(np.maximum(beam * values, _NONE))
                rows.setdefault(f"{material} {sign}", []).append(_rounded(logarithm))
    return {"beam_energies": beams.tolist(), "shares": _rounded(shares), "log": rows}


def _spectrum_tables() -> dict[str, Any]:
    """ln dσ/dx [pb] of radiation on lead at the knots of mass, by method.

    Row by mass, column by place between the limits of x, even in ln x/(1 − x).
    """
    masses = _knots()[:, None]
    remainder = spectrum_places(masses)
    values = {
        method: spectrum(_SPECTRUM_ENERGY, masses, remainder, LEAD_NUCLEUS, method)
        for method in METHODS
    }
    return {
        "energy": _SPECTRUM_ENERGY,
        "nodes": _SPECTRUM_NODES,
        "log": {name: _rounded(np.log(rows)) for name, rows in values.items()},
    }


def spectrum_places(mass: ArrayLike) -> Real:
    """1 − x in the middles of even intervals of ln x/(1 − x) between its limits.

    Parameters
    ----------
    mass : array_like, shape (..., 1)
        m_V [GeV]

    Returns
    -------
    ndarray, shape (..., nodes)
    """
    share = np.asarray(mass, dtype=np.float64) / _SPECTRUM_ENERGY
    least = constants.ELECTRON_MASS / _SPECTRUM_ENERGY
    start, stop = np.log(share / (1.0 - share)), np.log((1.0 - least) / least)
    place = (np.arange(_SPECTRUM_NODES) + 0.5) / _SPECTRUM_NODES
    result: Real = 1.0 / (1.0 + np.exp(start + (stop - start) * place))
    return result

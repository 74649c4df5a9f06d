"""Emission of a Z' by leptons of the shower, tabulated for `physics_lib.shower.signal`."""

import numpy as np

from physics_lib.checks import in_range
from physics_lib.constants import CM2_IN_PB, ELECTRON_MASS
from physics_lib.materials import LEAD
from physics_lib.production import radiative
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.shower.signal import Emission

LOWEST_ENERGY = 35.0
"""Least energy E_F [GeV]: at NA64-e the threshold on missing energy lets 1e-5 pass there."""

_ENERGIES = 27
_SHARES = 801
_PROBABILITIES = 1025
_MARGIN = 0.9  # E_F begins below the least energy of a lepton: the rate is nowhere zero
_ALL = 1e3  # ln x/(1 − x) of a share of one
_WINDOW = 32


def radiation(mass: float, beam_energy: float, lowest: float = LOWEST_ENERGY) -> Emission:
    """Z'-strahlung on lead with coupling one (in units of e), exact tree level.

    Parameters
    ----------
    mass : float
        m_V [GeV]
    beam_energy, lowest : float
        E₀, and the least energy E_F that counts [GeV].
    """
    in_range("lowest", lowest, 1.0, beam_energy, "GeV", open_high=True)
    ((_, density),) = LEAD.atoms_per_cm3
    energy = np.linspace(lowest, beam_energy, _ENERGIES)
    # The share is drawn evenly in ln x/(1−x), where the spectrum is smooth at both ends.
    x_low = _MARGIN * lowest / energy
    start, stop = np.log(x_low / (1.0 - x_low)), np.log((energy - ELECTRON_MASS) / ELECTRON_MASS)
    logit = np.linspace(start, stop, _SHARES, axis=-1)
    remainder = 1.0 / (1.0 + np.exp(logit))
    density_of_logit = radiative.spectrum(energy[:, None], mass, remainder, LEAD_NUCLEUS)
    density_of_logit *= remainder * (1.0 - remainder)
    steps = np.diff(logit, axis=-1) * 0.5 * (density_of_logit[:, 1:] + density_of_logit[:, :-1])
    cumulative = np.concatenate((np.zeros((_ENERGIES, 1)), np.cumsum(steps, axis=-1)), axis=-1)
    sigma = cumulative[:, -1]
    probability = np.linspace(0.0, 1.0, _PROBABILITIES)
    quantiles = [
        np.interp(probability, c / c[-1], row) for c, row in zip(cumulative, logit, strict=True)
    ]
    rate = density * sigma / CM2_IN_PB
    return Emission(LEAD.name, energy, rate, rate, np.array(quantiles))


def annihilation(
    beam_energy: float, lowest: float = LOWEST_ENERGY, highest: float | None = None
) -> Emission:
    """Resonant annihilation on lead at all energies alike: the Z' takes all of the positron's.

    Parameters
    ----------
    beam_energy : float
        E₀ [GeV]
    lowest, highest : float
        Range of energies [GeV], such as one around E_R: weights add up to the track length there.
    """
    in_range("lowest", lowest, 1.0, beam_energy, "GeV", open_high=True)
    top = beam_energy if highest is None else highest
    in_range("highest", top, lowest, beam_energy, "GeV", open_low=True)
    step = (top - lowest) / _WINDOW
    energy = lowest + step * np.arange(np.ceil((beam_energy - lowest) / step * (1.0 - 1e-12)) + 1)
    plus = np.where(np.arange(len(energy)) <= _WINDOW, 1.0, 0.0)
    return Emission(
        LEAD.name, energy, np.zeros(len(energy)), plus, np.full((len(energy), 2), _ALL)
    )

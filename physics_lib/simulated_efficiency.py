"""Downstream efficiency from signal showers in the calorimeter (Sec. IV B, Fig. 6)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import isotonic_regression
from scipy.special import ndtr

from physics_lib.checks import in_range
from physics_lib.efficiency import ThresholdEfficiency
from physics_lib.experiment import Experiment
from physics_lib.materials import Stack, target_of
from physics_lib.production.emission import LOWEST_ENERGY
from physics_lib.shower.signal import (
    DEEP_THRESHOLD,
    PHOTON_SHARE,
    THRESHOLD,
    Emission,
    SignalEvents,
    simulate_signal,
)

Real = NDArray[np.float64]

PRESHOWER_DEPTH = 4.0
"""Radiation lengths of the pre-shower, Sec. III."""
PRESHOWER_CUT, LEAKAGE_CUT = 0.5, 1.0
"""Least energy in the pre-shower and largest one behind the calorimeter [GeV], Sec. III."""

_BINS = 16


def signal_events(
    experiment: Experiment,
    emission: Emission,
    showers: int,
    seed: int,
    threshold: float = THRESHOLD,
    workers: int = 2,
    photon_share: float = PHOTON_SHARE,
) -> SignalEvents:
    """Signal showers in an experiment's calorimeter, the pre-shower as first group of plates.

    Parameters
    ----------
    experiment : Experiment
        With a target of plates.
    emission : Emission
        `radiation` or `annihilation`.
    showers, seed, threshold, workers, photon_share
        As for `simulate_signal`.
    """
    target = target_of(experiment.target)
    if not isinstance(target, Stack):
        raise ValueError(f"target = {experiment.target!r}: a target of plates is needed")
    cells = round(PRESHOWER_DEPTH * target.repetitions / target.radiation_lengths)
    return simulate_signal(
        experiment.beam,
        experiment.energy_GeV,
        target,
        emission,
        showers,
        seed,
        threshold=threshold,
        cells=[cells],
        deep_threshold=max(threshold, DEEP_THRESHOLD),
        workers=workers,
        photon_share=photon_share,
    )


@dataclass(frozen=True, eq=False)
class Selection:
    """The cuts of Secs. III and IV B on one sample, event by event.

    Attributes
    ----------
    events : SignalEvents
    threshold : ndarray, shape (events,)
        Probability that the calorimeter shows less than the cut, with its resolution.
    preshower, leakage : ndarray of bool, shape (events,)
        Enough energy in the pre-shower; little enough behind the calorimeter.
    """

    events: SignalEvents
    threshold: Real
    preshower: NDArray[np.bool_]
    leakage: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        events: SignalEvents,
        experiment: Experiment,
        preshower_cut: float = PRESHOWER_CUT,
        leakage_cut: float = LEAKAGE_CUT,
    ) -> "Selection":
        """Apply the cuts [GeV] on pre-shower and leakage, and the experiment's own.

        What a plate takes up counts as seen; all fluctuations of the measurement are in the
        published resolution, which is folded in exactly.
        """
        in_range("preshower_cut", preshower_cut, 0.0, experiment.energy_GeV, "GeV")
        in_range("leakage_cut", leakage_cut, 0.0, np.inf, "GeV")
        seen = events.deposit.sum(axis=1)
        spread = experiment.resolution(np.maximum(seen, np.finfo(float).tiny))
        return cls(
            events=events,
            threshold=ndtr((experiment.ecal_cut_GeV - seen) / spread),
            preshower=events.deposit[:, 0] > preshower_cut,
            leakage=events.leakage < leakage_cut,
        )

    @property
    def passed(self) -> Real:
        """Probability of each event to pass all cuts."""
        return self.threshold * self.others

    @property
    def others(self) -> NDArray[np.bool_]:
        """Whether each event passes the cuts other than the threshold."""
        return self.preshower & self.leakage

    def share(self, passed: ArrayLike, edges: ArrayLike) -> tuple[Real, Real]:
        """Mean of `passed` in bins of E_F, and its standard error.

        Parameters
        ----------
        passed : array_like, shape (events,)
            Probability of each event.
        edges : array_like, shape (n + 1,)
            Increasing edges of E_F [GeV].

        Returns
        -------
        share, error : ndarray, shape (n,)
            NaN where there are no events.
        """
        weight = self.events.weight
        grid, values = np.asarray(edges), np.asarray(passed, dtype=np.float64)

        def total(terms: ArrayLike) -> Real:
            return np.histogram(self.events.missing_energy, grid, weights=terms)[0].astype(float)

        with np.errstate(invalid="ignore"):
            norm = total(weight)
            mean = total(weight * values) / norm
            scatter = total((weight * values) ** 2) - 2.0 * mean * total(weight**2 * values)
            # One more event, half passed, keeps the error of a bin without failures finite.
            scatter += (mean**2 + 0.25 / np.maximum(total(np.ones_like(weight)), 1.0)) * total(
                weight**2
            )
            return mean, np.sqrt(np.maximum(scatter, 0.0)) / norm

    def acceptance(self) -> tuple[float, float]:
        """Share of all events that pass, and its standard error."""
        (share,), (error,) = self.share(self.passed, [0.0, np.inf])
        return float(share), float(error)


def homogeneity(one: Selection, other: Selection, edges: ArrayLike) -> tuple[float, int]:
    """Chi-square of the hypothesis that two samples have the same η(E_F), and its bins.

    The threshold, a function of E_F alone, is left out; the variance is that of the two samples
    taken together. Bins in which fewer than three failures are expected are left out.
    """
    chi_square, bins = 0.0, 0
    for low, high in zip(np.asarray(edges)[:-1], np.asarray(edges)[1:], strict=True):
        shares, effective = np.zeros((2, 2))
        for i, sample in enumerate((one, other)):
            energy = sample.events.missing_energy
            inside = (energy >= low) & (energy < high)
            weight = sample.events.weight[inside]
            if len(weight):
                shares[i] = np.average(sample.others[inside], weights=weight)
                effective[i] = weight.sum() ** 2 / np.sum(weight**2)
        pooled = effective @ shares / max(effective.sum(), 1.0)
        if min(pooled, 1.0 - pooled) * effective.min() >= 3.0:
            variance = pooled * (1.0 - pooled) * np.sum(1.0 / effective)
            chi_square += (shares[0] - shares[1]) ** 2 / variance
            bins += 1
    return float(chi_square), bins


@dataclass(frozen=True, eq=False)
class SimulatedEfficiency:
    """η(E_F): the threshold with its resolution, times what pre-shower and leakage cuts keep.

    Attributes
    ----------
    experiment : Experiment
    remaining, kept : ndarray, shape (n,)
        Energies E₀ − E_F [GeV], increasing, and the share that the other cuts keep there. It
        grows with the energy that remains; between the points it is interpolated.
    """

    experiment: Experiment
    remaining: Real
    kept: Real

    @classmethod
    def of(
        cls,
        selections: tuple[Selection, ...],
        experiment: Experiment,
        preshower_cut: float = PRESHOWER_CUT,
        bins: int = _BINS,
        lowest: float = LOWEST_ENERGY,
    ) -> "SimulatedEfficiency":
        """One η for the samples taken together, each with the same total weight.

        Below the cut on the pre-shower nothing can pass: there the curve begins, at zero.

        Parameters
        ----------
        selections : tuple of Selection
        experiment : Experiment
        preshower_cut : float
            Least energy in the pre-shower [GeV].
        bins : int
            Bins of the energy that remains.
        lowest : float
            Least energy E_F of the samples [GeV].

        Raises
        ------
        ValueError
            If no energy is left between the cut and the beam energy less `lowest`.
        """
        beam = experiment.energy_GeV
        ends = {"open_low": True, "open_high": True}
        in_range("preshower_cut", preshower_cut, 0.0, beam, "GeV", **ends)
        in_range("lowest", lowest, 0.0, beam - preshower_cut, "GeV", **ends)
        edges = np.geomspace(preshower_cut, beam - lowest, bins + 1)
        energy = [beam - selection.events.missing_energy for selection in selections]
        weight = [s.events.weight / s.events.weight.sum() for s in selections]
        r, w = np.concatenate(energy), np.concatenate(weight)
        passed = np.concatenate([selection.others for selection in selections])
        norm, place, good = (
            np.histogram(r, edges, weights=terms)[0] for terms in (w, w * np.log(r), w * passed)
        )
        known = norm > 0.0
        centre = np.exp(place[known] / norm[known])
        monotone = isotonic_regression(good[known] / norm[known], weights=norm[known]).x
        return cls(
            experiment,
            np.concatenate(([preshower_cut], centre)),
            np.concatenate(([0.0], monotone)),
        )

    def __call__(self, missing_energy: ArrayLike) -> Real:
        """η(E_F).

        Parameters
        ----------
        missing_energy : array_like
            E_F [GeV], 0 to the beam energy.

        Raises
        ------
        ValueError
            For energies out of range.
        """
        threshold = ThresholdEfficiency(self.experiment)(missing_energy)
        left = self.experiment.energy_GeV - np.asarray(missing_energy, dtype=np.float64)
        curve = PchipInterpolator(np.log(self.remaining), self.kept)
        inside = np.clip(left, self.remaining[0], self.remaining[-1])
        result: Real = threshold * curve(np.log(inside))
        return result

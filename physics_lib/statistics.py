"""Upper limits on the number of signal events of a counting experiment.

The background's expectation b has an uncertainty db: it follows a gamma distribution of that mean
and standard deviation, never negative, and the number of background events then follows a
negative binomial distribution. All sums over counts are exact.

`scipy.stats` takes long to import, and most limits need none of it: functions import it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from physics_lib.checks import in_range, one_of
from physics_lib.experiment import MOST_EVENTS

METHODS = ("cls", "feldman-cousins", "bayesian")
# The Feldman-Cousins construction scans all signals and counts: its time and memory grow fast.
_MOST_SCANNED, _MOST_SCANNED_BACKGROUND = 200, 100.0
# Share of the largest probability below which a number of background events does not matter.
_NEGLIGIBLE = 1e-20
_STEP = 0.02  # of the grid of signals that the Feldman-Cousins construction scans first
_CHUNK = 1024  # signals at once

Real = NDArray[np.float64]


def upper_limit(
    observed: int,
    background: float,
    background_error: float = 0.0,
    method: str = "cls",
    confidence: float = 0.9,
) -> float:
    """Upper limit on the expected number of signal events.

    Parameters
    ----------
    observed : int
        Number of events seen, at most 1,000,000; for ``feldman-cousins`` 200.
    background, background_error : float
        Expected background and its standard deviation, at most 1,000,000 each, for
        ``feldman-cousins`` 100; an error of zero is a background known exactly.
    method : {"cls", "feldman-cousins", "bayesian"}
        ``cls``: P(n <= observed) with signal over the same without (A. Read, J. Phys. G 28, 2693).
        ``bayesian``: flat prior for a signal >= 0; for a count it is the same number.
        ``feldman-cousins``: upper end of the interval of Phys. Rev. D 57, 3873, from the
        distribution averaged over the background (R. D. Cousins and V. L. Highland,
        Nucl. Instrum. Meth. A 320, 331); not lengthened to make it fall with the background.
    confidence : float
        Confidence level, in (0, 1).

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is outside its range.
    """
    check_counts(observed, background, background_error, method)
    in_range("confidence", confidence, 0.0, 1.0, open_low=True, open_high=True)
    arguments = int(observed), float(background), float(background_error), float(confidence)
    return _feldman_cousins(*arguments) if method == "feldman-cousins" else _exclusion(*arguments)


def check_counts(
    observed: int, background: float, background_error: float, method: str = "cls"
) -> None:
    """Check what `upper_limit` needs, which takes no time; arguments and errors as there."""
    one_of("method", method, METHODS)
    scanned = method == "feldman-cousins"
    most, background_most = (
        (_MOST_SCANNED, _MOST_SCANNED_BACKGROUND) if scanned else (MOST_EVENTS, MOST_EVENTS)
    )
    of = " of feldman-cousins" if scanned else ""
    in_range(f"observed{of}", observed, 0, most)
    if observed != int(observed):
        raise ValueError(f"observed = {observed}: a whole number of events is needed")
    in_range(f"background{of}", background, 0.0, background_most)
    in_range(f"background_error{of}", background_error, 0.0, background_most)
    if background_error > 100.0 * background:
        raise ValueError(f"background_error = {background_error:g}: at most 100 times background")


def _background_counts(highest: int, background: float, error: float) -> Real:
    """Probabilities of 0 ... `highest` background events, averaged over the gamma prior."""
    from scipy import stats

    counts = np.arange(highest + 1)
    if error <= 1e-4 * background:  # changes a probability by 1e-8 at most
        probability = stats.poisson.pmf(counts, background)
    else:
        shape = (background / error) ** 2
        probability = stats.nbinom.pmf(counts, shape, shape / (shape + background))
    return np.asarray(probability, dtype=np.float64)


def _likely_counts(
    highest: int, background: float, error: float
) -> tuple[NDArray[np.int64], Real]:
    """Numbers of background events up to `highest` that matter, and their probabilities.

    Those of all numbers up to `highest` add up to one, however unlikely they are together. Each
    follows from the one before: none is lost to underflow.
    """
    counts = np.arange(highest + 1)
    if error <= 1e-4 * background:
        growth = background / counts[1:]
    else:
        shape = (background / error) ** 2
        growth = (shape + counts[:-1]) / counts[1:] * (background / (shape + background))
    with np.errstate(divide="ignore"):  # without background there is no other number than zero
        logarithm = np.concatenate([[0.0], np.cumsum(np.log(growth))])
    weights = np.exp(logarithm - logarithm.max())
    matter = weights > _NEGLIGIBLE
    return counts[matter], weights[matter] / weights[matter].sum()


def _exclusion(observed: int, background: float, error: float, confidence: float) -> float:
    """Signal at which CLs, or the posterior's tail, falls to 1 - `confidence`.

    With B(k) the distribution of the background's count, both are
    ``sum_k B(k) P(signal count <= observed - k) / sum_k B(k)``, k = 0 ... observed: for CLs by
    its definition, for the posterior since the integral of a Poisson term over the signal from s
    upwards is the Poisson sum at s.
    """
    from scipy import stats

    counts, weights = _likely_counts(observed, background, error)
    left = observed - counts

    def excess(signal: float) -> float:
        return float(weights @ stats.poisson.cdf(left, signal)) - (1.0 - confidence)

    # A background of zero has the weakest limit, a chi-square quantile: it closes the bracket.
    highest = 0.5 * stats.chi2.ppf(confidence, 2 * observed + 2)
    return float(optimize.brentq(excess, 0.0, 1.001 * highest, xtol=1e-12, rtol=1e-12))


def _chunks(signals: Real) -> list[Real]:
    """Cut an array into pieces that take little memory."""
    return [signals[start : start + _CHUNK] for start in range(0, signals.size, _CHUNK)]


@cache
def _feldman_cousins(observed: int, background: float, error: float, confidence: float) -> float:
    """Largest signal whose acceptance region holds `observed`."""
    from scipy import stats

    # A central interval's upper end with a quarter of the tail lies above every end sought.
    scan = 0.5 * float(stats.chi2.ppf(1.0 - 0.25 * (1.0 - confidence), 2 * observed + 2))
    total = scan + background
    highest = int(total + 10.0 * (np.sqrt(total + 1.0) + error))
    noise = _background_counts(highest, background, error)
    counts = np.arange(highest + 1)
    lag = counts[:, None] - counts
    mixing = np.where(lag >= 0, noise[np.abs(lag)], 0.0)  # of n given the signal's count

    def probability(signals: Real) -> Real:
        return np.asarray(mixing @ stats.poisson.pmf(counts[:, None], signals))

    best = np.zeros(counts.size)
    for part in _chunks(np.arange(0.0, highest, _STEP)):
        np.maximum(best, probability(part).max(axis=1), out=best)

    def accepted(signals: Real) -> NDArray[np.bool_]:
        given = probability(signals)
        ratio = given / best[:, None]
        preferred = np.where(ratio > ratio[observed], given, 0.0)
        return np.asarray(preferred.sum(axis=0) < confidence)

    signals = np.arange(0.0, scan, _STEP)
    for step in (_STEP, 1e-2 * _STEP, 1e-4 * _STEP):
        inside = np.concatenate([accepted(part) for part in _chunks(signals)])
        last = float(signals[np.flatnonzero(inside)[-1]])
        signals = last + 1e-2 * step * np.arange(101)
    return last

"""Upper limits on counts: closed forms, the published table, and pyhf's likelihood."""

import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from physics_lib import statistics
from physics_lib.statistics import METHODS, upper_limit

NA64 = {"observed": 0, "background": 0.53, "background_error": 0.17}


@pytest.mark.parametrize("method", ["cls", "bayesian"])
@pytest.mark.parametrize("background", [0.0, 0.53, 3.0])
@pytest.mark.parametrize("relative_error", [0.0, 0.32, 1.0])
def test_nothing_seen_is_ln_10_whatever_the_background(method, background, relative_error):
    limit = upper_limit(0, background, relative_error * background, method)
    assert limit == pytest.approx(np.log(10.0), rel=1e-12)


# Feldman and Cousins, PRD 57, 3873, Tables IV and V, printed to 0.01 (from a grid of 0.005).
@pytest.mark.parametrize(
    ("observed", "background", "published"),
    [
        (0, 0.0, 2.44),
        (0, 0.5, 1.94),
        (0, 1.0, 1.61),
        (1, 0.0, 4.36),
        (3, 3.0, 4.42),
        (10, 0.0, 16.50),
    ],
)
def test_feldman_cousins_agrees_with_the_published_table(observed, background, published):
    limit = upper_limit(observed, background, method="feldman-cousins")
    assert limit == pytest.approx(published, abs=0.01)


def test_published_entry_that_was_lengthened_is_the_largest_at_higher_backgrounds():
    # The table makes the limit fall with the background: 1.08 for n = 0 at b = 3.
    limits = [upper_limit(0, b, method="feldman-cousins") for b in np.arange(3.0, 4.0, 0.02)]
    assert max(limits) == pytest.approx(1.08, abs=0.02)
    assert limits[0] < 1.0


def test_feldman_cousins_covers():
    """At the limit from n, the region that no longer holds n has the confidence level at least."""
    background = 1.2
    limits = np.array([upper_limit(n, background, method="feldman-cousins") for n in range(15)])
    for signal in (0.7, 2.0, 4.5):
        below = np.flatnonzero(limits < signal)
        missed = stats.poisson.pmf(below, signal + background).sum()
        assert missed <= 0.1


@given(
    observed=st.integers(0, 12),
    background=st.floats(0.1, 8.0),
    relative_error=st.floats(0.05, 1.0),
    confidence=st.floats(0.5, 0.99),
)
def test_limit_puts_the_rest_of_the_posterior_above_it(
    observed, background, relative_error, confidence
):
    """Quadrature over signal and background of Poisson × gamma knows nothing of the sums."""
    limit = upper_limit(observed, background, relative_error * background, "bayesian", confidence)
    shape = relative_error**-2
    prior = stats.gamma(shape, scale=background / shape)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    quantile = 0.5 * (nodes + 1.0)
    b = prior.ppf(quantile)
    # The integral of the Poisson term over the signal from s up is a gamma function.
    above = weights @ stats.gamma.sf(limit + b, observed + 1)
    total = weights @ stats.gamma.sf(b, observed + 1)
    assert above / total == pytest.approx(1.0 - confidence, rel=2e-3)


@given(
    observed=st.integers(0, 12),
    background=st.floats(0.0, 8.0),
    relative_error=st.floats(0.0, 1.0),
)
def test_limits_grow_with_the_confidence_and_with_the_events(observed, background, relative_error):
    arguments = background, relative_error * background
    limits = [upper_limit(observed, *arguments, confidence=c) for c in (0.68, 0.9, 0.95)]
    assert limits == sorted(limits)
    assert upper_limit(observed + 1, *arguments) > limits[1]


def test_a_small_uncertainty_is_no_uncertainty():
    for method in METHODS:
        known = upper_limit(2, 1.5, 0.0, method)
        assert upper_limit(2, 1.5, 1e-2, method) == pytest.approx(known, rel=1e-4)


def test_na64_count_gives_what_the_paper_uses_and_less_for_feldman_cousins():
    assert upper_limit(**NA64) == pytest.approx(2.3026, abs=1e-4)
    unified = upper_limit(**NA64, method="feldman-cousins")
    # The published table has 1.94 at b = 0.5 and 1.77 at b = 0.7 without uncertainty.
    assert 1.89 < unified < 1.96


def test_pieces_of_the_construction_give_the_same_bits(monkeypatch):
    """Large counts need pieces: all signals at once took gigabytes."""
    arguments = 12, 9.0, 3.0, 0.9
    limits = {
        chunk: monkeypatch.setattr(statistics, "_CHUNK", chunk)
        or statistics._feldman_cousins.__wrapped__(*arguments)
        for chunk in (64, 1024, 10**6)
    }
    assert len(set(limits.values())) == 1


def test_memory_of_the_construction_is_limited():
    tracemalloc.start()
    try:
        statistics._feldman_cousins.__wrapped__(60, 60.0, 20.0, 0.9)
        assert tracemalloc.get_traced_memory()[1] < 1e8
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", ["cls", "bayesian"])
@pytest.mark.parametrize(
    ("observed", "background"),
    [(500, 500.0), (500, 450.0), (10**5, 1e5), (99_000, 1e5), (10**6, 1e6), (10**6, 0.0)],
)
def test_large_counts_have_the_quantile_of_a_gamma_distribution(method, observed, background):
    """A flat prior makes signal + background gamma distributed, above the background."""
    above = stats.gamma.sf(background, observed + 1)
    expected = stats.gamma.isf(0.1 * above, observed + 1) - background
    assert upper_limit(observed, background, method=method) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("method", ["cls", "bayesian"])
@pytest.mark.parametrize("observed", [500, 10**5])
@pytest.mark.parametrize("pull", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("relative_error", [0.0, 1.0])
def test_large_counts_have_the_gaussian_limit(method, observed, pull, relative_error):
    """Truncated normal posterior of n − b and σ² = n + δb²; its skewness is some 1/√n."""
    error = relative_error * np.sqrt(observed)
    sigma = np.hypot(np.sqrt(observed), error)
    background = observed - pull * sigma
    expected = pull * sigma + sigma * stats.norm.isf(0.1 * stats.norm.sf(-pull))
    limit = upper_limit(observed, background, error, method)
    assert limit == pytest.approx(expected, rel=1.5 / np.sqrt(observed))


@pytest.mark.parametrize("background_error", [0.0, 300.0])
def test_far_fewer_events_than_expected_still_have_a_limit(background_error):
    """Their probability is below the smallest number: e⁻¹⁰⁰⁰⁰⁰⁰ without an error."""
    limit = upper_limit(500, 1e6, background_error)
    # Where the background alone gives nearly n, the signal has to go without: ln 10 and a bit.
    assert limit == pytest.approx(np.log(10.0), rel=2e-3)


@given(
    observed=st.integers(1, 40),
    background=st.floats(0.1, 30.0),
    relative_error=st.floats(0.01, 10.0),
)
def test_likely_counts_have_the_probabilities_of_the_background(
    observed, background, relative_error
):
    error = relative_error * background
    counts, weights = statistics._likely_counts(observed, background, error)
    every = statistics._background_counts(observed, background, error)
    expected = (every / every.sum())[counts]
    assert np.max(np.abs(weights - expected)) < 1e-10


@pytest.fixture(scope="module")
def pyhf():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        module = pytest.importorskip("pyhf")
        module.set_backend("numpy", precision="64b")
        return module


def _one_bin(pyhf, background, modifiers):
    samples = [
        {
            "name": "signal",
            "data": [1.0],
            "modifiers": [{"name": "s", "type": "normfactor", "data": None}],
        },
        {"name": "background", "data": [background], "modifiers": modifiers},
    ]
    parameters = [{"name": "s", "bounds": [[0.0, 40.0]], "inits": [1.0]}]
    channels = [{"name": "count", "samples": samples}]
    spec = {"channels": channels, "parameters": parameters}
    return pyhf.Model(spec, validate=False, poi_name="s")


@pytest.mark.parametrize("observed", [0, 2])
def test_posterior_from_the_likelihood_of_pyhf(pyhf, observed):
    """Integrated over its nuisance parameter, pyhf's likelihood puts 10 % above our limit."""
    background, error = NA64["background"], NA64["background_error"]
    shape = {"name": "b", "type": "shapesys", "data": [error]}
    model = _one_bin(pyhf, background, [shape])
    data = [float(observed), *model.config.auxdata]
    slots = {name: model.config.par_slice(name).start for name in ("s", "b")}

    def likelihood(factor, signal):
        point = np.empty(2)
        point[slots["s"]], point[slots["b"]] = signal, factor
        # The flat prior in ln(factor) makes the auxiliary count a gamma prior of mean b.
        return np.exp(model.logpdf(point, data)[0]) / factor

    def integral(low, high):
        signal, on_signal = np.polynomial.legendre.leggauss(24)
        factor, on_factor = np.polynomial.legendre.leggauss(40)
        signal = low + 0.5 * (high - low) * (signal + 1.0)
        factor = 0.01 + 2.0 * (factor + 1.0)
        values = [[likelihood(f, s) for f in factor] for s in signal]
        return 0.5 * (high - low) * on_signal @ np.array(values) @ on_factor

    limit = upper_limit(observed, background, error, "bayesian")
    below, above = integral(0.0, limit), integral(limit, 30.0)
    assert above / (above + below) == pytest.approx(0.1, rel=1e-4)


def test_cls_of_pyhf_summed_over_all_counts(pyhf):
    """Its test statistic orders the counts; their exact probabilities then give CLs."""
    observed, background = 1, 1.4
    model = _one_bin(pyhf, background, [])
    signal = upper_limit(observed, background)
    counts = np.arange(30)
    bounds, fixed = model.config.suggested_bounds(), model.config.suggested_fixed()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # counts far below the tested signal hit the bound
        statistic = np.array(
            [
                pyhf.infer.test_statistics.qmu_tilde(
                    signal, [float(n)], model, [signal], bounds, fixed
                )
                for n in counts
            ]
        )
    as_extreme = statistic >= statistic[observed] - 1e-9
    with_signal = stats.poisson.pmf(counts, signal + background)[as_extreme].sum()
    without = stats.poisson.pmf(counts, background)[as_extreme].sum()
    assert with_signal / without == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"observed": -1}, "observed = -1: allowed"),
        ({"observed": 1.5}, "observed = 1.5: a whole number"),
        ({"observed": 1_000_001}, r"^observed = 1000001: allowed \[0, 1e\+06\]$"),
        (
            {"observed": 201, "method": "feldman-cousins"},
            r"^observed of feldman-cousins = 201: allowed \[0, 200\]$",
        ),
        (
            {"background": 101.0, "method": "feldman-cousins"},
            r"^background of feldman-cousins = 101: allowed \[0, 100\]$",
        ),
        (
            {"background": 60.0, "background_error": 101.0, "method": "feldman-cousins"},
            r"^background_error of feldman-cousins = 101: allowed \[0, 100\]$",
        ),
        ({"background": -0.1}, "background = -0.1"),
        ({"background_error": float("nan")}, "background_error = nan"),
        ({"background": 0.0}, "background_error = 0.17: at most 100"),
        ({"method": "asymptotic"}, "method = 'asymptotic': allowed cls"),
        ({"confidence": 1.0}, "confidence = 1: allowed"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        upper_limit(**(NA64 | arguments))
    assert "\n" not in str(caught.value)

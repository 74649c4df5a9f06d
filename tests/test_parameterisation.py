"""F_R(q²), the polynomial stand-in for Re Π, and the model that uses it."""

from types import SimpleNamespace

import numpy as np
import pytest

from physics_lib import parameterisation
from physics_lib.limits import ratio_limit
from physics_lib.mixing import mixing
from physics_lib.models import Invisible
from physics_lib.parameterisation import CUSP, ParameterisedModel, PolynomialMixing


@pytest.fixture(scope="module")
def polynomials():
    return PolynomialMixing.fit()


def test_it_stays_below_and_within_five_per_cent(polynomials):
    q2 = np.union1d(np.linspace(*polynomials.q2_range, 100_001), CUSP)
    ratio = polynomials(q2) / mixing(q2).real
    assert ratio.max() < 1.0
    assert ratio.min() > 0.95


def test_higher_degrees_come_closer():
    q2 = np.linspace(-0.05, 0.4, 20_001)
    deficits = [
        1.0 - np.min(PolynomialMixing.fit(degree=n)(q2) / mixing(q2).real) for n in (2, 4, 6, 8)
    ]
    assert np.all(np.diff(deficits) < 0.0)


@pytest.mark.parametrize("q2", [-0.051, 0.41, np.nan])
def test_outside_its_range_it_gives_no_answer(polynomials, q2):
    with pytest.raises(ValueError, match="^q2 = "):
        polynomials(q2)


@pytest.mark.parametrize("bad", [{"q2_min": 0.1}, {"q2_max": 0.01}, {"degree": 0}])
def test_bad_arguments_are_refused_by_name(bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} = "):
        PolynomialMixing.fit(**bad)


def test_the_model_keeps_all_but_the_real_part(polynomials):
    exact = Invisible(np.array([0.1, 0.25]), np.array([1e-3, 2e-3]))
    model = ParameterisedModel(exact, polynomials)
    q2 = np.array([0.01, 0.06])
    assert np.array_equal(model.electron_coupling(q2).imag, exact.electron_coupling(q2).imag)
    assert np.all(model.electron_coupling(q2).real < exact.electron_coupling(q2).real)
    for channel, width in model.widths(0.3).items():
        assert np.array_equal(width, exact.widths(0.3)[channel])
    moved = model.at(0.2, 1e-4)
    assert (moved.mass, moved.coupling) == (0.2, 1e-4)
    # Beyond the range of the polynomials the value at the end is taken.
    assert model.electron_coupling(1.0).real == pytest.approx(
        np.asarray(exact.coupling) * polynomials(0.4)
    )


def test_limits_are_conservative_by_less_than_its_error(search, polynomials):
    exact = Invisible(np.geomspace(1e-3, 0.6, 12), 1e-3)
    cost = (
        ratio_limit(ParameterisedModel(exact, polynomials), search).coupling
        / ratio_limit(exact, search).coupling
    )
    assert np.all(cost >= 1.0)
    assert np.all(cost < 1.0 / 0.95)


def test_a_fit_that_fails_is_said_so(monkeypatch):
    failure = SimpleNamespace(success=False, message="infeasible")
    monkeypatch.setattr(parameterisation, "linprog", lambda **_: failure)
    with pytest.raises(RuntimeError, match="^one-sided fit of degree [0-9]+: infeasible$"):
        PolynomialMixing.fit()

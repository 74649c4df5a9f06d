"""Settings and objects that tests share."""

import os

import pytest
from hypothesis import settings

from physics_lib.experiment import load_experiment
from physics_lib.yields import Search

# No example is too slow (the first may compile), and every run sees the same examples. To look
# for new ones, HYPOTHESIS_PROFILE=explore: ten times as many and others each time; a failure
# prints what repeats it, and is kept as an @example of its test.
settings.register_profile("book", deadline=None, derandomize=True)
settings.register_profile(
    "explore", deadline=None, derandomize=False, max_examples=1000, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "book"))

_approx = pytest.approx


def approx(expected, rel=None, abs=None, nan_ok=False):
    """Compare as pytest does, but without an absolute tolerance unless one is given.

    That of pytest, 1e-12, is more than a width in GeV or a path per energy: it would hide
    that they are wrong.
    """
    if abs is None:
        rel, abs = 1e-6 if rel is None else rel, 0.0
    return _approx(expected, rel=rel, abs=abs, nan_ok=nan_ok)


pytest.approx = approx


@pytest.fixture(scope="session")
def search():
    """The data of 2016–2018."""
    return Search.of(load_experiment("na64e-2018"))

"""Settings and objects that tests share."""

import pytest
from hypothesis import settings

from physics_lib.experiment import load_experiment
from physics_lib.yields import Search

# No example is too slow (the first may compile), and every run sees the same examples.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")


@pytest.fixture(scope="session")
def search():
    """The data of 2016–2018."""
    return Search.of(load_experiment("na64e-2018"))

"""Refusal of bad arguments: what, which value, what is allowed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.checks import HIGHEST_SEED, in_range, one_of, whole

bounds = st.floats(-1e6, 1e6)


@given(low=bounds, high=bounds, value=st.floats())
def test_a_value_passes_exactly_when_it_is_between_the_bounds(low, high, value):
    if low <= value <= high:
        assert in_range("x", value, low, high) == value
    else:
        with pytest.raises(ValueError, match="^x = "):
            in_range("x", value, low, high)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1e-300, 1.0000000000000002])
def test_one_bad_element_condemns_the_array_and_is_named(bad):
    with pytest.raises(ValueError, match=r"^mass = \S+ GeV: allowed \[0, 1\] GeV$") as error:
        in_range("mass", [[0.5, 0.7], [bad, 0.1]], 0.0, 1.0, "GeV")
    shown = float(str(error.value).split()[2])
    assert shown == bad or (np.isnan(shown) and np.isnan(bad))


def test_open_bounds_are_excluded_and_shown_as_such():
    assert in_range("x", 1.0, 0.0, 1.0, open_low=True) == 1.0
    with pytest.raises(ValueError, match=r"allowed \(0, 1\]$"):
        in_range("x", 0.0, 0.0, 1.0, open_low=True)
    with pytest.raises(ValueError, match=r"allowed \[0, 1\)$"):
        in_range("x", 1.0, 0.0, 1.0, open_high=True)


@pytest.mark.parametrize("bad", ["twelve", object(), [1.0, "a"], [[1.0], [1.0, 2.0]], 1j, 10**400])
def test_what_is_no_number_is_refused_with_its_name(bad):
    with pytest.raises(ValueError, match=r"^energy = .*: a number is needed$"):
        in_range("energy", bad, 0.0, 1.0)


def test_shape_is_kept_and_empty_arrays_pass():
    assert in_range("x", np.zeros((2, 3)), 0.0, 1.0).shape == (2, 3)
    assert in_range("x", [], 0.0, 1.0).shape == (0,)
    assert in_range("x", 1, 0, 2).dtype == np.float64


@given(low=st.integers(), high=st.integers(), value=st.integers())
def test_whole_numbers_are_compared_as_such(low, high, value):
    if low <= value <= high:
        assert whole("n", value, low, high) == value
    else:
        with pytest.raises(ValueError, match=rf"^n = {value}: allowed \[{low}, {high}\]$"):
            whole("n", value, low, high)


def test_the_first_seed_that_is_too_large_is_refused():
    """As floats both are 2⁶³."""
    assert whole("seed", HIGHEST_SEED, 0, HIGHEST_SEED) == 2**63 - 1
    for seed in (HIGHEST_SEED + 1, np.uint64(2**63)):
        with pytest.raises(ValueError, match="^seed = 9223372036854775808: allowed "):
            whole("seed", seed, 0, HIGHEST_SEED)


def test_whole_numbers_of_numpy_become_those_of_python():
    assert type(whole("n", np.int32(3), 0, 5)) is int


@pytest.mark.parametrize(
    "bad", [2.7, 2.0, np.float64(2.0), True, np.True_, "2", None, [2], np.nan]
)
def test_what_is_no_whole_number_is_refused(bad):
    with pytest.raises(ValueError, match=r"^showers = .*: a whole number is needed$"):
        whole("showers", bad, 0, 5)


def test_one_of_returns_the_name_or_lists_what_is_allowed():
    assert one_of("beam", "e+", ("e-", "e+")) == "e+"
    with pytest.raises(ValueError, match=r"^beam = 'mu': allowed e-, e\+$"):
        one_of("beam", "mu", ("e-", "e+"))


def test_what_takes_many_lines_is_shown_on_one():
    with pytest.raises(ValueError, match=r"^x = .*: a number is needed$") as error:
        in_range("x", np.array([["long"] * 20] * 3, dtype=object), 0.0, 1.0)
    assert len(str(error.value)) < 100


def test_endless_values_are_cut_in_messages():
    with pytest.raises(ValueError, match=r"allowed e-$") as error:
        one_of("beam", "a" * 5000 + "\n", ("e-",))
    assert len(str(error.value)) < 100
    assert str(error.value).isprintable()

"""Texts compared: numbers as numbers, everything else letter by letter."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.provenance.comparison import compare

TABLE = ["mass,g_up,name", "0.1,1e-4,a", "0.2,2e-4,b"]


def test_equal_texts():
    found = compare(TABLE, list(TABLE))
    assert found.identical
    assert (found.lines, found.different, found.largest, found.first) == (3, 0, 0.0, "")


@pytest.mark.parametrize(
    ("line", "largest", "where"),
    [
        ("0.2,2.5e-4,b", 0.2, "line 3, g_up"),
        ("0.25,2.002e-4,b", 0.2, "line 3, mass"),
        ("0.2,-2e-4,b", 2.0, "line 3, g_up"),
        ("0.2,2e-4,c", inf, "line 3"),
        ("0.2,2e-4,b,", inf, "line 3"),
        ("0.2,nan,b", inf, "line 3"),
    ],
)
def test_the_worst_place_is_named(line, largest, where):
    found = compare(TABLE, [*TABLE[:2], line])
    assert not found.identical
    assert found.largest == pytest.approx(largest, rel=1e-15)
    assert found.first.startswith("line 3")
    assert found.where == where


def test_first_and_worst_need_not_be_the_same():
    found = compare(TABLE, [TABLE[0], "0.1,1.01e-4,a", "0.2,4e-4,b"])
    assert (found.different, found.first, found.where) == (2, "line 2, g_up", "line 3, g_up")


def test_a_difference_of_letters_is_worse_than_one_of_numbers():
    found = compare(["1", "a", "1"], ["2", "b", "3"])
    assert (found.largest, found.where) == (inf, "line 2")


@pytest.mark.parametrize(("count", "place"), [(2, "line 3 is one too many"), (4, "line 4")])
def test_lines_too_few_or_too_many(count, place):
    found = compare(TABLE, [*TABLE, "0.3,3e-4,c"][:count])
    assert found.largest == inf
    assert found.where.startswith(place)


@pytest.mark.parametrize(
    ("ours", "theirs", "key"),
    [
        ('{"mass": 0.1, "g": 1.0}', '{"mass": 0.1, "g": 1.1}', "g"),
        ("- value: 1.0", "- value: 1.1", "value"),
        ("coupling_up[0,12]: 1.0", "coupling_up[0,12]: 1.1", "coupling_up[0,12]"),
    ],
)
def test_keys_are_named(ours, theirs, key):
    assert compare([ours], [theirs]).where == f"line 1, {key}"


def test_quoted_commas_do_not_shift_the_column():
    ours, theirs = 'x,"a, b",1.0', 'x,"a, b",1.5'
    assert compare(["id,text,value", ours], ["id,text,value", theirs]).where == "line 2, value"


@given(st.lists(st.floats(1e-300, 1e300), min_size=1), st.floats(0.0, 1e-3))
def test_the_largest_difference_is_that_of_the_numbers(values, change):
    others = [value * (1.0 + change) for value in values]
    expected = max(abs(b - a) / b for a, b in zip(values, others, strict=True))
    found = compare(map(repr, values), map(repr, others))
    assert found.largest == expected
    assert found.identical == (values == others)


@given(st.lists(st.text(max_size=20)), st.lists(st.text(max_size=20)))
def test_any_texts_can_be_compared(first, second):
    assert compare(first, second).identical == (first == second)

"""One way to refuse a bad argument: what, which value, what is allowed."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

HIGHEST_SEED: Final = 2**63 - 1
"""largest seed of random numbers"""


def in_range(
    name: str,
    value: ArrayLike,
    low: float,
    high: float,
    unit: str = "",
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> NDArray[np.float64]:
    """Return `value` as float64 after checking that all of it lies in the allowed range.

    Parameters
    ----------
    name : str
        How the argument is called in the message.
    value : array_like
        Numbers of any shape.
    low, high : float
        Bounds, inclusive unless `open_low` or `open_high` is set.
    unit : str
        Unit of the message.

    Returns
    -------
    ndarray
        Same shape as `value`.

    Raises
    ------
    ValueError
        If any element is not a number or lies outside.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        shown = " ".join(repr(value).split())
        raise ValueError(f"{name} = {shown:.60}: a number is needed") from None
    above = array > low if open_low else array >= low
    below = array < high if open_high else array <= high
    good = above & below
    if not np.all(good):
        worst = float(array[~good].flat[0]) if array.ndim else float(array)
        suffix = f" {unit}" if unit else ""
        left, right = "(" if open_low else "[", ")" if open_high else "]"
        raise ValueError(
            f"{name} = {plain(worst)}{suffix}: allowed {left}{low:g}, {high:g}{right}{suffix}"
        )
    return array


def plain(number: float) -> str:
    """Shortest text of a number that is read as the same one, without needless zeros."""
    return repr(float(number)).removesuffix(".0")


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return `value` as an int after checking that it is a whole number in the allowed range.

    Parameters
    ----------
    name : str
        How the argument is called in the message.
    value : int or numpy integer
        No float, be its value whole or not, and no bool.
    low, high : int
        Bounds, inclusive; compared as integers, of any size.

    Raises
    ------
    ValueError
        If it is no integer, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        shown = " ".join(repr(value).split())
        raise ValueError(f"{name} = {shown:.60}: a whole number is needed")
    number = int(value)
    if not low <= number <= high:
        raise ValueError(f"{name} = {number}: allowed [{low}, {high}]")
    return number


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """Return `value` if it is one of `allowed`; ValueError with the list of names if not."""
    if value not in allowed:
        raise ValueError(f"{name} = {value!r:.60}: allowed {', '.join(allowed)}")
    return value

"""Two texts compared line by line: numbers as numbers, everything else letter by letter."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from math import inf

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_KEY = re.compile(r'"?([\w.,\[\]-]+)"?:\s*"?$')


@dataclass(frozen=True)
class Comparison:
    """What differs between two texts.

    Attributes
    ----------
    lines : int
        How many lines the first text has.
    different : int
        How many lines differ.
    first : str
        Where the first difference is, empty if there is none.
    largest : float
        Largest relative difference of two numbers, with respect to the larger of the two;
        infinite where something other than a number differs.
    where : str
        Where that is: line, and column or key.
    """

    lines: int
    different: int
    first: str
    largest: float
    where: str

    @property
    def identical(self) -> bool:
        """Whether nothing differs."""
        return self.different == 0


def compare(first: Iterable[str], second: Iterable[str]) -> Comparison:
    """Compare two texts line by line.

    Parameters
    ----------
    first, second : iterable of str
        The lines of each.

    Returns
    -------
    Comparison
        Places are those in `first`.
    """
    header = ""
    lines = different = 0
    begin = where = ""
    largest = 0.0
    for number, (one, other) in enumerate(zip_longest(first, second), start=1):
        lines += one is not None
        if number == 1:
            header = one or ""
        if one == other:
            continue
        different += 1
        size, place = _line_difference(one, other, header)
        begin = begin or f"line {number}{place}"
        if size > largest or not where:
            largest, where = size, f"line {number}{place}"
    return Comparison(lines, different, begin, largest, where)


def _line_difference(one: str | None, other: str | None, header: str) -> tuple[float, str]:
    """Largest relative difference of the numbers of two lines, and in which column or key."""
    if one is None or other is None:
        return inf, " is missing" if one is None else " is one too many"
    numbers, others = list(_NUMBER.finditer(one)), list(_NUMBER.finditer(other))
    if len(numbers) != len(others) or _NUMBER.sub("", one) != _NUMBER.sub("", other):
        return inf, ""
    size, place = 0.0, ""
    for ours, theirs in zip(numbers, others, strict=True):
        a, b = float(ours.group()), float(theirs.group())
        found = abs(a - b) / max(abs(a), abs(b)) if a != b else 0.0
        if found > size:
            size, place = found, _column(one[: ours.start()], header)
    return size, place


def _column(before: str, header: str) -> str:
    """Name of the place behind `before` in a line: the key of JSON or YAML, the CSV column."""
    key = _KEY.search(before)
    if key:
        return f", {key.group(1)}"
    names = header.strip().split(",")
    index = len(next(csv.reader([before]), [])) - 1 if before else 0
    return f", {names[index]}" if len(names) > 1 and index < len(names) else ""

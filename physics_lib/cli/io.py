"""What the command line reads and writes: numbers and lists in; CSV, JSON and files out.

NumPy and the physics are imported inside the functions: `na64e --help` needs neither.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from physics_lib.reading import NUMBER, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Real = NDArray[np.float64]
    Table = Mapping[str, ArrayLike]

MOST_POINTS: Final = 1_000_000
"""largest number of values in a list, and of rows in an answer"""

_BLOCK = 2000
_PIECE = 4096


@dataclass(frozen=True)
class Destination:
    """Where a table goes if not to standard output.

    Attributes
    ----------
    path : Path
        File that it will be in.
    write : callable
        Writes the text of the table there.
    """

    path: Path
    write: Callable[[str], None]


_destination: ContextVar[Destination | None] = ContextVar("destination", default=None)


def number(option: str, text: str) -> float:
    """Return a finite number; ValueError that names the option if `text` is not one."""
    value = float(text) if NUMBER.fullmatch(text) else float("nan")
    if not isfinite(value):
        raise ValueError(f"{option} = {shown(text)}: a number such as 0.1 or 1e-3 is needed")
    return value


def whole(option: str, text: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`; ValueError if `text` is not one."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not low <= int(text) <= high:
        raise ValueError(
            f"{option} = {shown(text)}: a whole number from {low} to {high} is needed"
        )
    return int(text)


def number_list(option: str, text: str, *, linear: bool = False) -> "Real":
    """Return the numbers of a comma-separated list, each entry a number or a range A:B:N.

    Parameters
    ----------
    option : str
        What the message of an error names.
    text : str
        For example ``0.01,0.1`` or ``0.001:0.6:200``.
    linear : bool
        Points of a range are evenly spaced, not logarithmically.

    Returns
    -------
    ndarray, shape (n,)
        In the order of the list; both ends of a range exactly as given.

    Raises
    ------
    ValueError
        If an entry is neither, a logarithmic range has an end that is not above 0, one point is
        to be both ends of a range, or there are more than a million numbers.
    """
    import numpy as np

    parts: list[Real] = []
    total = 0
    for entry in text.split(","):
        ends = entry.strip().split(":")
        if len(ends) not in (1, 3) or not all(ends):
            raise ValueError(
                f"{option} = {shown(text)}: a list of numbers such as 0.01,0.1 or a range "
                "A:B:N (N points from A to B, one only if A = B) is needed"
            )
        values = [number(option, end) for end in ends[:2]]
        parts.append(np.array(values))
        if len(ends) == 3:
            count = whole(f"{option}: N of A:B:N", ends[2], 1, MOST_POINTS)
            if not linear and min(values) <= 0.0:
                raise ValueError(
                    f"{option} = {shown(entry)}: the ends of a logarithmic range must be above 0"
                )
            if count == 1 and values[0] != values[1]:
                raise ValueError(
                    f"{option} = {shown(entry)}: two points or more are needed from A to B"
                )
            spaced = np.linspace if linear else np.geomspace
            parts[-1] = spaced(values[0], values[1], count)
        total += parts[-1].size
        if total > MOST_POINTS:
            raise ValueError(f"{option}: more than {MOST_POINTS} numbers: fewer are needed")
    return np.concatenate(parts)


def grid(axes: "Mapping[str, Real]") -> "dict[str, Real]":
    """Return every combination of the values of some axes, the first axis slowest."""
    import numpy as np

    rows = prod(values.size for values in axes.values())
    if rows > MOST_POINTS:
        raise ValueError(f"{' x '.join(axes)}: {rows} rows: at most {MOST_POINTS} are allowed")
    combined = np.meshgrid(*axes.values(), indexing="ij")
    return {name: array.ravel() for name, array in zip(axes, combined, strict=True)}


@contextmanager
def busy(what: str, total: int | None = None) -> "Iterator[Callable[[float], None]]":
    """Show on standard error that work goes on, if that is a terminal.

    Parameters
    ----------
    what : str
        What is being done.
    total : int, optional
        Number of pieces, if they are counted: then rate and time left are shown.

    Yields
    ------
    callable
        To be told the fraction that is done, or the number of pieces.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich import progress as bars
    from rich.console import Console

    columns: list[bars.ProgressColumn] = [bars.SpinnerColumn(), bars.TextColumn(what)]
    columns += [bars.BarColumn(), bars.TimeElapsedColumn()]
    if total is not None:
        columns += [bars.MofNCompleteColumn(), bars.TextColumn("{task.speed:.0f}/s, left")]
        columns += [bars.TimeRemainingColumn()]
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done: progress.update(task, total=total or 1.0, completed=done)


def in_blocks(
    what: str, compute: "Callable[..., Sequence[Any]]", *arrays: "Real"
) -> "list[NDArray[Any]]":
    """Apply a function of flat arrays to one block after the other and join what it returns."""
    import numpy as np

    parts, count = [], len(arrays[0])
    with busy(what) as report:
        for start in range(0, count, _BLOCK):
            parts.append(compute(*(array[start : start + _BLOCK] for array in arrays)))
            report(min(1.0, (start + _BLOCK) / count))
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def render(table: "Table", as_json: bool) -> str:
    """Return a table of columns as CSV with a header, or as a JSON list of records.

    Numbers are written with as many digits as bring back the same float64, texts in quotes where
    CSV needs them.

    Raises
    ------
    ValueError
        If a number is not finite, with its place.
    """
    import numpy as np

    columns = [np.asarray(column) for column in table.values()]
    for name, column in zip(table, columns, strict=True):
        if column.dtype.kind == "f" and not np.all(np.isfinite(column)):
            row = int(np.argmin(np.isfinite(column))) + 1
            raise ValueError(f"{name} in row {row}: no finite answer for these parameters")
    rows = zip(*(column.tolist() for column in columns), strict=True)
    if as_json:
        records = (json.dumps(dict(zip(table, row, strict=True))) for row in rows)
        return "[\n" + ",\n".join(records) + "\n]\n"
    lines = (",".join(_quoted(v) if isinstance(v, str) else repr(v) for v in row) for row in rows)
    return "\n".join((",".join(map(_quoted, table)), *lines)) + "\n"


def _quoted(text: str) -> str:
    """Return a CSV field, in quotes if it needs them (RFC 4180)."""
    if not any(character in text for character in ',"\r\n'):
        return text
    return '"' + text.replace('"', '""') + '"'


def emit(table: "Table", as_json: bool) -> None:
    """Write a table to standard output, or to where `into_file` says."""
    text = render(table, as_json)
    destination = _destination.get()
    if destination is not None:
        destination.write(text)
        return
    # In pieces: an unbuffered stream that breaks within a single write would go unnoticed.
    for start in range(0, len(text), _PIECE):
        sys.stdout.write(text[start : start + _PIECE])


@contextmanager
def into_file(path: Path, write: Callable[[str], None]) -> Iterator[None]:
    """Have `emit` call `write`, which writes to `path`, inside the ``with`` block."""
    before = _destination.set(Destination(path, write))
    try:
        yield
    finally:
        _destination.reset(before)


def output_path() -> Path | None:
    """File that `emit` will write, None for standard output."""
    destination = _destination.get()
    return None if destination is None else destination.path

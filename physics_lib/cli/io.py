"""What the command line reads and writes: numbers and lists in; CSV, JSON and files out.

NumPy and the physics are imported inside the functions: `na64e --help` needs neither.
"""

import json
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from physics_lib.cli import ending

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from physics_lib.provenance.records import Record

    Real = NDArray[np.float64]
    Table = Mapping[str, ArrayLike]

MOST_POINTS: Final = 1_000_000
"""largest number of values in a list, and of rows in an answer"""

_BLOCK = 2000
_PIECE = 4096
_LONGEST_LINE = 400
_destination: "ContextVar[tuple[Path, Record] | None]" = ContextVar("destination", default=None)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def _shown(text: str) -> str:
    """Return `text` for a message: quoted, on one line, at most 60 characters."""
    quoted = repr(text)
    return quoted if len(quoted) <= 60 else quoted[:57] + "..."


def number(option: str, text: str) -> float:
    """Return a finite number; ValueError that names the option if `text` is not one."""
    value = float(text) if _NUMBER.fullmatch(text) else float("nan")
    if not isfinite(value):
        raise ValueError(f"{option} = {_shown(text)}: a number such as 0.1 or 1e-3 is needed")
    return value


def whole(option: str, text: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`; ValueError if `text` is not one."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not low <= int(text) <= high:
        raise ValueError(
            f"{option} = {_shown(text)}: a whole number from {low} to {high} is needed"
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
        If an entry is neither, a logarithmic range has an end that is not above 0, or there are
        more than a million numbers.
    """
    import numpy as np

    parts: list[Real] = []
    total = 0
    for entry in text.split(","):
        ends = entry.strip().split(":")
        if len(ends) not in (1, 3) or not all(ends):
            raise ValueError(
                f"{option} = {_shown(text)}: a list of numbers such as 0.01,0.1 or a range "
                "A:B:N (N points from A to B) is needed"
            )
        values = [number(option, end) for end in ends[:2]]
        parts.append(np.array(values))
        if len(ends) == 3:
            count = whole(f"{option}: N of A:B:N", ends[2], 1, MOST_POINTS)
            if not linear and min(values) <= 0.0:
                raise ValueError(
                    f"{option} = {_shown(entry)}: the ends of a logarithmic range must be above 0"
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

    Numbers are written with as many digits as bring back the same float64.

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
    lines = (",".join(v if isinstance(v, str) else repr(v) for v in row) for row in rows)
    return "\n".join((",".join(table), *lines)) + "\n"


def quoted(text: str) -> str:
    """Return a CSV field, in quotes if it needs them."""
    if not any(character in text for character in ',"\n'):
        return text
    return '"' + text.replace('"', '""') + '"'


def emit(table: "Table", as_json: bool) -> None:
    """Write a table to standard output, or to where `into_file` says, with its record."""
    text = render(table, as_json)
    destination = _destination.get()
    if destination is not None:
        from physics_lib.cli.files import write_result

        write_result(*destination, text)
        return
    # In pieces: an unbuffered stream that breaks within a single write would go unnoticed.
    for start in range(0, len(text), _PIECE):
        sys.stdout.write(text[start : start + _PIECE])


@contextmanager
def into_file(path: Path, record: "Record") -> Iterator[None]:
    """Have `emit` write to a file, with a record beside it, inside the ``with`` block."""
    before = _destination.set((path, record))
    try:
        yield
    finally:
        _destination.reset(before)


def output_path() -> Path | None:
    """File that `emit` will write, None for standard output."""
    destination = _destination.get()
    return destination and destination[0]


def checked_path(option: str, text: str) -> Path:
    """Return the path of a file that can be written; ValueError with the reason if not."""
    path = Path(os.path.realpath(text))
    reason = ""
    # What is still a link here leads nowhere but to itself.
    if not text or path.is_symlink() or (path.exists() and not path.is_file()):
        reason = "the name of an ordinary file is needed"
    elif not path.parent.is_dir():
        reason = "a file in a folder that exists is needed"
    elif not os.access(path.parent, os.W_OK | os.X_OK):
        reason = "a folder that can be written to is needed"
    if reason:
        raise ValueError(f"{option} = {_shown(text)}: {reason}")
    return path


def _complain(kind: str, message: str) -> None:
    """Write one line to standard error; with NA64E_DEBUG=1 the traceback before it."""
    if os.environ.get("NA64E_DEBUG") == "1":
        traceback.print_exc()
    if sys.stderr is None:
        return
    plain = "".join(c if c.isprintable() else " " for c in f"na64e: {kind}: {message}")
    line = " ".join(plain.split())
    line = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3] + "..."
    encoding = sys.stderr.encoding or "ascii"
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)


def exit_status(run: Callable[[], None]) -> int:
    """Run a command and turn every way in which it may end into an exit status.

    NumPy's warnings stay silent: answers that are not finite are refused by `render`.

    Returns
    -------
    int
        0, or what the command itself ends with; 2 for bad input, 1 for a defect of the program,
        130 if interrupted (143 by SIGTERM), 141 if nobody reads the output any more.
    """
    try:
        with ending.orderly() as told:
            return _exit_status(lambda: told.run(run))
    except ending.Ended as signalled:
        return signalled.status


def _exit_status(run: Callable[[], None]) -> int:
    """Run a command; signals are left to `exit_status`."""
    status = 0
    if sys.stdout is None:
        _complain("error", "standard output is closed")
        return 2
    try:
        with warnings.catch_warnings(action="ignore"):
            try:
                run()
            except typer.Exit as ended:
                status = ended.exit_code
        sys.stdout.flush()
    except ending.Ended:
        raise
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        # Python flushes once more at its end, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except typer.TyperException as error:
        _complain("error", error.format_message())
        return 2
    except (ValueError, OSError) as error:
        _complain("error", str(error))
        return 2
    except Exception as error:
        _complain("internal error", f"{type(error).__name__}: {error}")
        return 1
    return status

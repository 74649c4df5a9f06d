"""Small files read strictly: where the data are, bytes, UTF-8 text, tables of numbers.

Anything but the exact header and rows of finite numbers is refused with one line that names the
file, the line, the value and what is allowed.
"""

import csv
import io
import math
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from physics_lib.reading import NUMBER, kept_files, shown

Real = NDArray[np.float64]

MAX_FILE_SIZE: Final = 1 << 20
"""largest data file [bytes] that is read"""


def data_folder() -> Path:
    """Return the folder of the data files: inside the package, else beside it.

    Raises
    ------
    FileNotFoundError
        If neither holds a `datapackage.json`.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / "datapackage.json").is_file():
            return folder
    raise FileNotFoundError(
        "data folder with datapackage.json: not found in or beside the package"
    )


def read_bytes(path: Path, limit: int = MAX_FILE_SIZE) -> bytes:
    """Return the content of a file of at most `limit` bytes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it cannot be read or is larger.
    """
    kept = kept_files()
    content = None if kept is None else kept.get(path)
    if content is None:
        content = _read(path, limit + 1)
        if kept is not None and len(content) <= limit:
            kept[path] = content
    if len(content) > limit:
        raise ValueError(f"{path}: larger than the {limit} bytes allowed")
    return content


def _read(path: Path, most: int) -> bytes:
    """Return at most so many bytes of a file."""
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ValueError(f"{path}: cannot be read ({reason})") from None


def decode(content: bytes, path: Path) -> str:
    """Return UTF-8 text without a byte-order mark; ValueError with the line of a bad byte."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise ValueError(f"{path} line {line}: byte 0x{byte:02x}: UTF-8 is needed") from None


def read_table(path: str | Path, header: tuple[str, ...]) -> Real:
    """Read a CSV table of finite numbers with exactly this header.

    Parameters
    ----------
    path : str or Path
        UTF-8 file; a byte-order mark and CRLF line ends are tolerated.
    header : tuple of str
        Column names, in order.

    Returns
    -------
    ndarray
        Shape (rows, columns).

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        One line with file, line number, value and what is allowed.
    """
    path = Path(path)
    reader = csv.reader(io.StringIO(decode(read_bytes(path), path), newline=""), strict=True)
    rows: list[list[float]] = []
    try:
        found = next(reader, None)
        if found is None:
            raise ValueError(f"{path}: empty file, a header with {header[0]!r} is needed")
        if tuple(found) != header:
            raise ValueError(f"{path} line 1: {_difference(found, header)}")
        for row in reader:
            rows.append(_numbers(row, header, f"{path} line {reader.line_num}"))
    except csv.Error as error:
        raise ValueError(f"{path} line {reader.line_num}: {error}: plain CSV is needed") from None
    if not rows:
        raise ValueError(f"{path} line 1: no rows after the header, at least one is needed")
    return np.array(rows, dtype=np.float64)


def _difference(found: list[str], header: tuple[str, ...]) -> str:
    """Return how the first line differs from the header that is needed."""
    expected = ",".join(header)
    if len(expected) <= 100:
        return f"header {shown(','.join(found))}: {expected!r} is needed"
    for number, (ours, theirs) in enumerate(zip(header, found, strict=False), start=1):
        if ours != theirs:
            return f"column {number} of the header = {shown(theirs)}: {ours!r} is needed"
    return f"header of {len(found)} columns: {len(header)} are needed"


def _numbers(row: list[str], header: tuple[str, ...], where: str) -> list[float]:
    """Convert one row; ValueError with column and value if an entry is not a finite number."""
    if tuple(row) == header:
        raise ValueError(f"{where}: header {shown(','.join(row))} again: allowed only on line 1")
    if len(row) != len(header):
        raise ValueError(f"{where}: {len(row)} columns: {len(header)} are needed")
    values = []
    for name, text in zip(header, row, strict=True):
        entry = text.strip()
        value = float(entry) if NUMBER.fullmatch(entry) else math.nan
        if not math.isfinite(value):
            raise ValueError(f"{where}: {name} = {shown(text)}: a finite number is needed")
        values.append(value)
    return values

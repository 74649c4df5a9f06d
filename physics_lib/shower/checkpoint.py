"""File of a Monte Carlo run in progress: what is merged, and what waits for its turn.

The file is written beside its place and moved there, so that it is whole at every moment.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]

# Between two writes passes this many times what a write takes.
_PAUSE = 100.0


@dataclass(frozen=True, eq=False)
class Progress:
    """State of a run.

    Attributes
    ----------
    merged : int
        Number of chunks whose sums are merged, in order from the first.
    sums : ndarray
        Their sum.
    waiting : dict of int to ndarray
        Chunks that are done but not yet merged.
    """

    merged: int
    sums: Real
    waiting: dict[int, Real]

    def with_chunk(self, index: int, sums: Real) -> "Progress":
        """Add a chunk, and merge all that are next in order."""
        waiting = {**self.waiting, index: sums}
        merged, total = self.merged, self.sums
        while merged in waiting:
            total = total + waiting.pop(merged)
            merged += 1
        return Progress(merged, total, waiting)

    def lacks(self, index: int) -> bool:
        """Whether a chunk is still to be done."""
        return index >= self.merged and index not in self.waiting


class Keeper:
    """What is done so far, written to a file now and then.

    Parameters
    ----------
    path : Path or None
        None for no file.
    fingerprint : str
        Of the run.
    state : Progress
    """

    def __init__(self, path: Path | None, fingerprint: str, state: Progress) -> None:
        """Begin with what is done."""
        self.path, self.fingerprint, self.state = path, fingerprint, state
        self._written, self._next = state, 0.0

    def add(self, index: int, sums: Real) -> None:
        """Add a chunk; write, if the last time is long enough ago."""
        self.state = self.state.with_chunk(index, sums)
        if time.monotonic() >= self._next:
            self.write()

    def write(self) -> None:
        """Write what is done, unless it is written."""
        if self.path is None or self.state is self._written:
            return
        start = time.monotonic()
        write(self.path, self.fingerprint, self.state)
        self._written = self.state
        end = time.monotonic()
        self._next = end + _PAUSE * (end - start)


@contextmanager
def keeper(path: Path | None, fingerprint: str, state: Progress) -> Iterator[Keeper]:
    """A `Keeper` that writes when the block is left, whatever the reason."""
    keep = Keeper(path, fingerprint, state)
    try:
        yield keep
    finally:
        keep.write()


def start(path: Path | None, fingerprint: str, size: int, chunks: int) -> Progress:
    """State that a run begins with: that of the file, if it is there; see `read`."""
    if path is not None:
        # What a run left that was killed as it wrote.
        _temporary(path).unlink(missing_ok=True)
        if path.exists():
            return read(path, fingerprint, size, chunks)
    return Progress(0, np.zeros(size), {})


def _temporary(path: Path) -> Path:
    """Where the file is written before it is moved."""
    return path.with_name(path.name + ".tmp")


def write(path: Path, fingerprint: str, progress: Progress) -> None:
    """Replace the file at once."""
    temporary = _temporary(path)
    indices = np.array(sorted(progress.waiting), dtype=np.int64)
    waiting = np.array([progress.waiting[int(index)] for index in indices])
    try:
        with temporary.open("wb") as file:
            np.savez(
                file,
                fingerprint=np.array(fingerprint),
                merged=np.array(progress.merged),
                sums=progress.sums,
                indices=indices,
                waiting=waiting.reshape(len(indices), *progress.sums.shape),
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path, fingerprint: str, size: int, chunks: int) -> Progress:
    """State of the run `fingerprint` with sums of `size` numbers and a number of `chunks`.

    Raises
    ------
    ValueError
        If the file is damaged or belongs to another run; it is left as it is.
    """
    try:
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
            # Ours are not packed: what is, may unpack to any size.
            if any(member.compress_type for member in file.zip.infolist()):
                raise ValueError("packed")
            found = str(file["fingerprint"])
            merged, sums = file["merged"], file["sums"]
            indices, waiting = file["indices"], file["waiting"]
        if found == fingerprint:
            sound = merged.dtype == indices.dtype == np.int64
            sound &= sums.dtype == waiting.dtype == np.float64
            sound &= merged.shape == () and sums.shape == (size,)
            sound &= waiting.shape == (*indices.shape, size) == (indices.size, size)
            sound &= bool(np.all(np.isfinite(sums)) and np.all(np.isfinite(waiting)))
            sound &= bool(0 <= merged <= chunks and np.all(np.diff(indices) > 0))
            sound &= bool(np.all((merged < indices) & (indices < chunks)))
            if not sound:
                raise ValueError("numbers that do not fit")
    # A damaged archive fails in many ways, each with an exception of its own.
    except Exception:
        raise ValueError(f"checkpoint {path}: damaged; delete it to start anew") from None
    if found != fingerprint:
        raise ValueError(
            f"checkpoint {path}: it belongs to a run with other parameters or another version;"
            " choose another file"
        )
    return Progress(int(merged), sums, dict(zip(indices.tolist(), waiting, strict=True)))

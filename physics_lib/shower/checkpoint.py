"""File of a Monte Carlo run in progress: what is merged, and what waits for its turn.

The file is written beside its place and moved there, so that it is whole at every moment.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]


@dataclass(frozen=True)
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


def write(path: Path, fingerprint: str, progress: Progress) -> None:
    """Replace the file at once."""
    temporary = path.with_name(path.name + ".tmp")
    indices = np.array(sorted(progress.waiting), dtype=np.int64)
    waiting = np.array([progress.waiting[int(index)] for index in indices])
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


def read(path: Path, fingerprint: str, size: int, chunks: int) -> Progress:
    """State of the run `fingerprint` with sums of `size` numbers and a number of `chunks`.

    Raises
    ------
    ValueError
        If the file is damaged or belongs to another run; it is left as it is.
    """
    try:
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
            found = str(file["fingerprint"])
            merged, sums = int(file["merged"]), np.asarray(file["sums"], dtype=np.float64)
            indices, waiting = file["indices"].tolist(), file["waiting"]
        if found == fingerprint:
            sound = sums.shape == (size,) and waiting.shape == (len(indices), size)
            sound &= 0 <= merged <= chunks and all(merged < index < chunks for index in indices)
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
    return Progress(merged, sums, dict(zip(indices, waiting, strict=True)))

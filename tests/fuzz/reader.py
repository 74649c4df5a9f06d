"""A reader of files, and what it may do with a damaged one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz.mutations import damaged
from fuzz.watch import TooLong, at_most, fault_of_message

LONGEST_READING = 1.0
"""Seconds of processor time for one file."""


def _nothing(folder: Path) -> None:
    pass


@dataclass(frozen=True)
class Reader:
    """One reader of files.

    Attributes
    ----------
    name, file : str
        Its name, and that of the file which it is given.
    valid : tuple of bytes
        Files that it accepts, and some that it should not.
    read : callable
        Reads a path.
    check : callable
        Asserts that what was read is sound.
    prepare : callable
        Puts into the folder what stands beside the file.
    """

    name: str
    file: str
    valid: tuple[bytes, ...]
    read: Callable[[Path], Any]
    check: Callable[[Any], None]
    prepare: Callable[[Path], None] = _nothing

    def judge(self, path: Path) -> tuple[bool, str]:
        """Whether a file is accepted, and what was wrong with that; empty if nothing."""
        try:
            with at_most(LONGEST_READING):
                value = self.read(path)
        except (ValueError, FileNotFoundError) as error:
            if type(error) not in (ValueError, FileNotFoundError):
                return False, f"{type(error).__name__}: {error!r:.200}"
            return False, fault_of_message(str(error), path)
        except TooLong:
            return False, f"more than {LONGEST_READING:g} s"
        # Whatever else comes is a defect, be it MemoryError or SystemExit.
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return False, f"{type(error).__name__}: {error!r:.200}"
        try:
            self.check(value)
        except AssertionError as error:
            return True, f"accepted, but not sound: {error!s:.200}"
        return True, ""

    def content(self, seed: str) -> bytes:
        """File number so and so."""
        return damaged(self.valid, f"{self.name} {seed}")


def path_of(reader: Reader, folder: Path) -> Path:
    """Where the reader expects its file, with everything beside it in place."""
    reader.prepare(folder)
    return next(folder.rglob(reader.file), folder / reader.file)

"""What readers of files and of the command line share: numbers, messages, files read but once.

NumPy is not imported: `na64e --help` does not need it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""a decimal number"""

_kept: ContextVar[dict[Path, bytes] | None] = ContextVar("kept", default=None)


def shown(value: object) -> str:
    """Return `value` for a message: quoted, on one line, at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


@contextmanager
def each_file_once() -> Iterator[None]:
    """Inside the ``with`` block, have `tables.read_bytes` read each file but once.

    What is computed from a file and what is recorded of it then agree, whoever writes to it
    meanwhile; and a pipe, which can be read but once, serves as well.
    """
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


def kept_files() -> dict[Path, bytes] | None:
    """Files that were read inside `each_file_once`, to be added to; None outside."""
    return _kept.get()

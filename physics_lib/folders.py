"""New folders: written completely or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def why_not_inside(parent: Path, what: str) -> str:
    """Return why nothing can be made in a folder, empty if it can; `what` needs it to exist."""
    if not parent.is_dir():
        return f"{what} is needed"
    if not os.access(parent, os.W_OK | os.X_OK):
        return "a folder that can be written to is needed"
    return ""


def check_new_folder(folder: Path) -> Path:
    """Return `folder` if it can be made; ValueError with the reason if not."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        reason = "exists already, a new or empty folder is needed"
    else:
        reason = why_not_inside(folder.parent, "a folder inside one that exists")
    if reason:
        raise ValueError(f"{folder}: {reason}")
    return folder


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Fill a folder under another name beside it, then rename it: completely or not at all.

    Yields
    ------
    Path
        The folder to fill. If anything is raised, it goes.

    Raises
    ------
    ValueError
        If the folder cannot be made or written.
    """
    check_new_folder(folder)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        try:
            partial.mkdir()
            yield partial
            partial.replace(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise ValueError(f"{folder}: cannot be written ({error.strerror})") from None

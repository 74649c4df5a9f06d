"""Files and folders that commands write: completely or not at all."""

import os
from pathlib import Path

from physics_lib.folders import check_new_folder, why_not_inside
from physics_lib.provenance.records import FILE_NAME, Output, Record, beside, sha256
from physics_lib.reading import shown

# Names ending so are read as event files, or as packed.
_OTHER_KINDS = (".lhe", ".gz")


def check_name(option: str, text: str, reserved: tuple[str, ...] = _OTHER_KINDS) -> None:
    """Raise ValueError if a result of this name could not be told from something else.

    Parameters
    ----------
    option, text : str
    reserved : tuple of str
        Endings that say it is of another kind; by default those which no table or folder has.
    """
    name = Path(os.path.realpath(text)).name
    if name == FILE_NAME or name.endswith(f".{FILE_NAME}"):
        raise ValueError(f"{option} = {shown(text)}: the name of a record, another is needed")
    if name.endswith(reserved):
        endings = " or ".join(reserved)
        raise ValueError(f"{option} = {shown(text)}: a name not ending in {endings} is needed")


def checked_path(option: str, text: str, reserved: tuple[str, ...] = _OTHER_KINDS) -> Path:
    """Return the path of a file that can be written; ValueError with the reason if not.

    Arguments are those of `check_name`.
    """
    path = Path(os.path.realpath(text))
    check_name(option, text, reserved)
    # What is still a link here leads nowhere but to itself.
    if not text or path.is_symlink() or (path.exists() and not path.is_file()):
        reason = "the name of an ordinary file is needed"
    else:
        reason = why_not_inside(path.parent, "a file in a folder that exists")
    if reason:
        raise ValueError(f"{option} = {shown(text)}: {reason}")
    return path


def new_folder(option: str, text: str) -> Path:
    """Return the path of a folder that can be made; ValueError with the reason if not."""
    if not text:
        raise ValueError(f"{option} = '': the name of a folder is needed")
    check_name(option, text)
    try:
        return check_new_folder(Path(os.path.realpath(text)))
    except ValueError as error:
        raise ValueError(f"{option} = {error}") from None


def write_result(path: Path, record: Record, text: str) -> None:
    """Write a file and its record, each completely or not at all.

    Both lie there in full before the first gets its name. The record gets its own first: whoever
    finds a new result finds its record as well, and if the second name is never given, the
    checksum does not fit what the first one describes.

    Raises
    ------
    ValueError
        If they cannot be written.
    """
    content = text.encode("utf-8")
    made = record.with_outputs([Output(path.name, sha256(content))])
    parts = [path.with_name(f".{os.getpid()}.{name}.part") for name in ("record", "result")]
    try:
        try:
            parts[0].write_text(made.as_json(), encoding="utf-8")
            parts[1].write_bytes(content)
            parts[0].replace(beside(path))
            parts[1].replace(path)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(f"{path}: cannot be written ({error.strerror})") from None

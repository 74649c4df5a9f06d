"""Files and folders that commands write: completely or not at all."""

import os
from pathlib import Path

from physics_lib.cli.io import check_name
from physics_lib.folders import check_new_folder
from physics_lib.provenance.records import Output, Record, beside, sha256


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

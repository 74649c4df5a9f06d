"""The command line run in this process, in a folder that is watched."""

import contextlib
import csv
import io
import json
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from fuzz.watch import TooLong, at_most
from physics_lib.cli.main import main
from physics_lib.provenance.records import beside
from physics_lib.tables import data_folder

LONGEST_COMMAND, LONGEST_EXPORT = 30.0, 60.0
"""Seconds of processor time for one command line, those that compute a shower included; for an
export of all curves, which takes half of its time where nothing is damaged"""
LONGEST_LINE = 400


@contextlib.contextmanager
def workplace(root: Path) -> Iterator[Path]:
    """Be in a folder with a few things that are in the way."""
    here, before = root / "work", Path.cwd()
    (here / "full").mkdir(parents=True)
    (here / "full" / "older").write_text("kept")
    (here / "loop").symlink_to("loop")
    os.mkfifo(here / "fifo")
    _first("experiments.yaml", here / "own.yaml")
    _first("models.yaml", here / "model.yaml")
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["mixing", "--q2=0.01,0.02", "--out", str(here / "kept.csv")]) == 0
    (here / "bad.yaml").write_text("beam: [e-\n")
    (here / "bomb.yaml").write_text("a: &a [1,1]\nb: &b [*a,*a]\nc: [*b,*b]\n")
    os.chdir(here)
    try:
        yield here
    finally:
        os.chdir(before)


def _first(known: str, path: Path) -> None:
    """Write the first of the known definitions as a user's own file."""
    text = (data_folder() / known).read_text(encoding="utf-8")
    first = text[text.index("\n  title") :].split("\n\n")[0]
    path.write_text(first.replace("\n  ", "\n"), encoding="utf-8")


def listing(root: Path) -> set[Path]:
    """Everything in a folder."""
    return set(root.rglob("*"))


def outputs(arguments: list[str]) -> list[Path]:
    """What --out names."""
    found = [
        value
        for option, value in zip(arguments, [*arguments[1:], ""], strict=True)
        if option == "--out"
    ]
    found += [word[6:] for word in arguments if word.startswith("--out=")]
    with contextlib.suppress(ValueError):
        paths = [Path(os.path.realpath(name)) for name in found if name]
        return [one for path in paths for one in (path, beside(path))]
    return []


def judge(arguments: list[str], root: Path) -> tuple[bool, str]:
    """Whether a command line is accepted, and what was wrong with that; empty if nothing.

    What it wrote is removed again.
    """
    before = listing(root)
    kept = {path: path.read_bytes() for path in before if path.is_file()}
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    longest = LONGEST_EXPORT if "export" in arguments[:1] else LONGEST_COMMAND
    try:
        with (
            at_most(longest),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = main(arguments)
    except TooLong:
        return False, f"more than {longest:g} s"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return False, f"{type(error).__name__}: {error!r:.200}"
    new = listing(root) - before
    printed, said = (stream.buffer.getvalue().decode("utf-8") for stream in (out, err))
    fault = _fault(arguments, status, printed, said, new)
    for path in sorted(new, reverse=True):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path, content in kept.items():
        if not path.is_file() or path.read_bytes() != content:
            if status or not {path, path.resolve()} & set(outputs(arguments)):
                fault = f"changed: {path}"
            path.write_bytes(content)
    if before - listing(root):
        fault = f"lost: {sorted(before - listing(root))}"
    return status == 0, fault


def _fault(arguments: list[str], status: int, printed: str, said: str, new: set[Path]) -> str:
    """What is wrong with the answer to a command line."""
    if status == 2:
        if printed:
            return f"refused, but printed {printed!r:.100}"
        if not said.startswith("na64e: error: ") or said.count("\n") != 1 or said[-1] != "\n":
            return f"not one line: {said!r:.300}"
        if not said[:-1].isprintable() or len(said) > LONGEST_LINE + 1:
            return f"line of {len(said)} characters, or not printable: {said!r:.300}"
        return f"refused, but left {sorted(new)}" if new else ""
    bad = status == 1 and arguments[:1] == ["verify"] and "bad" in printed
    if status != 0 and not bad:
        return f"status {status}: {said!r:.300}"
    if said:
        return f"said {said!r:.300}"
    named = outputs(arguments)
    stray = [path for path in new if not any(one in (path, *path.parents) for one in named)]
    if stray:
        return f"left {sorted(stray)}"
    if printed.startswith(("Usage: na64e", "na64e ")):
        return ""
    files = [path for path in named if path.is_file() and path.suffix not in (".lhe", ".gz")]
    texts = [printed] + [path.read_text("utf-8") for path in files]
    if not any(texts):
        return "no answer"
    try:
        for text in filter(None, texts):
            if text.startswith("{"):
                json.loads(text, parse_constant=_refuse)
            else:
                (_check_json if text.startswith("[") else _check_csv)(text)
    except (ValueError, AssertionError) as error:
        return f"answer cannot be read: {error!r:.200}"
    return ""


def _refuse(text: str) -> float:
    raise ValueError(f"{text} in JSON")


def _check_json(text: str) -> None:
    records = json.loads(text, parse_constant=_refuse)
    assert isinstance(records, list), "a list"
    assert len({tuple(record) for record in records}) == 1, "the same keys in every record"


def _check_csv(text: str) -> None:
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert rows, "rows"
    assert len(set(header)) == len(header), "columns"
    for row in rows:
        assert len(row) == len(header), "length of a row"
        for entry in row:
            with contextlib.suppress(ValueError):
                assert math.isfinite(float(entry)), entry

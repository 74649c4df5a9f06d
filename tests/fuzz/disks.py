"""Outputs that cannot be written: full disks, forbidden places, readers that have gone."""

import contextlib
import errno
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from fuzz.campaign import Count
from fuzz.writers import End, Writer, contents, run

FULL = ("File too large", "No space left on device")
"""What the system says of a full disk."""


def _limit_files(size: int) -> Callable[[], None]:
    """Let no file grow beyond a size: what a full disk looks like, at any byte."""

    def hurt() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return hurt


def _refused(end: End, found: dict[str, str], words: tuple[str, ...]) -> str:
    """What is wrong if a command should have been refused without a trace."""
    if end.status != 2 or not end.said.startswith("na64e: error: ") or end.said.count("\n") != 1:
        return f"status {end.status}, said {end.said!r:.300}"
    if words and not any(word in end.said for word in words):
        return f"says no reason: {end.said!r:.300}"
    return f"left {sorted(found)}" if found else ""


def full_at(writer: Writer, size: int) -> str:
    """Run a command whose files may not grow beyond a size; what was wrong."""
    with tempfile.TemporaryDirectory() as name:
        end = run(writer.arguments, Path(name), _limit_files(size))
        found = contents(Path(name))
        if end.status == 0:
            return writer.fault_of(found, unfinished=False)
        # What a Monte Carlo has done so far may be kept, if whole.
        kept = {f for f in found if f != f"{writer.output}.checkpoint"}
        return _refused(end, dict.fromkeys(kept, ""), FULL)


@contextlib.contextmanager
def small_disk(size: int) -> Iterator[Path]:
    """Mount a file system of a size in kB; OSError without the right to do so."""
    with tempfile.TemporaryDirectory() as name:
        if not mount("-t", "tmpfs", "-o", f"size={size}k", "tmpfs", name):
            raise OSError(errno.EPERM, "cannot mount")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def mount(*arguments: str) -> bool:
    """Whether a file system could be mounted."""
    with contextlib.suppress(FileNotFoundError):
        return subprocess.run(["mount", *arguments], capture_output=True).returncode == 0
    return False


def on_small_disk(writer: Writer, size: int) -> str:
    """Run a command on a disk of a size in kB; what was wrong."""
    with small_disk(size) as folder:
        end, found = run(writer.arguments, folder), contents(folder)
        if end.status == 0:
            return writer.fault_of(found, unfinished=False)
        kept = {f for f in found if f != f"{writer.output}.checkpoint"}
        return _refused(end, dict.fromkeys(kept, ""), FULL)


@contextlib.contextmanager
def forbidden_places() -> Iterator[dict[str, Path]]:
    """Places where the output of any command is refused, with the right to make them."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "folder").mkdir()
        (root / "folder" / "older").write_text("kept")
        (root / "file").write_text("kept")
        (root / "loop").symlink_to("loop")
        (root / "dangling").symlink_to(root / "missing" / "a")
        os.mkfifo(root / "fifo")
        places = {
            "a folder that is not empty": root / "folder",
            "below a file": root / "file" / "a",
            "a link to itself": root / "loop",
            "a link to nowhere": root / "dangling",
            "a pipe": root / "fifo",
            "a device": Path("/dev/full"),
            "in /proc": Path("/proc/a"),
            "in /sys": Path("/sys/a"),
            "in a folder that is missing": root / "missing" / "a",
            "a name too long": root / ("a" * 300),
            "a path too long": root / "/".join(["a"] * 3000),
            "a read-only file system": root / "readonly" / "a",
            "an unchangeable folder": root / "unchangeable" / "a",
        }
        undo: list[list[str]] = []
        for kind, place in tuple(places.items())[-2:]:
            place.parent.mkdir()
            command = ["chattr", "+i", str(place.parent)]
            back = ["chattr", "-i", str(place.parent)]
            if "read-only" in kind:
                command = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(place.parent)]
                back = ["umount", str(place.parent)]
            try:
                subprocess.run(command, check=True, capture_output=True)
                undo.append(back)
            except (FileNotFoundError, subprocess.CalledProcessError):
                del places[kind]
        try:
            yield places
        finally:
            for back in undo:
                subprocess.run(back, check=True)


def not_written(writer: Writer, place: Path) -> str:
    """Run a command with its output at a place where it cannot be; what was wrong."""
    suffix = "".join(Path(writer.output).suffixes)
    # A name that is as wrong as before, but ends as that of an event file must.
    if suffix.startswith(".lhe") and not os.path.lexists(place):
        place = place.with_name(place.name + suffix)
    with tempfile.TemporaryDirectory() as name:
        end = run([*writer.arguments[:-1], str(place)], Path(name))
        fault = _refused(end, contents(Path(name)), ())
    return fault


def without_reader(arguments: list[str], broken: str) -> str:
    """Run a command whose output nobody takes, in a process of its own; what was wrong."""
    shell = {
        "pipe without a reader": "exec {command} | true",
        "full device": "exec {command} > /dev/full",
        "closed output": "exec {command} >&-",
        "closed output and errors": "exec {command} >&- 2>&-",
        "closed input": "exec {command} <&- > /dev/null",
        "unbuffered pipe without a reader": "PYTHONUNBUFFERED=1 exec {command} | true",
    }[broken]
    command = " ".join([sys.executable, "-m", "physics_lib", *arguments])
    done = subprocess.run(
        ["bash", "-c", "set -o pipefail; " + shell.format(command=command)],
        capture_output=True,
        text=True,
    )
    said = done.stderr
    if "Traceback" in said or "Exception" in said or said.count("\n") > 1:
        return f"said {said!r:.300}"
    allowed = {
        "pipe without a reader": {0, 141},
        "unbuffered pipe without a reader": {0, 141},
        "closed input": {0},
    }
    if done.returncode not in allowed.get(broken, {2}):
        return f"status {done.returncode}, said {said!r:.200}"
    return ""


BROKEN = (
    "pipe without a reader",
    "unbuffered pipe without a reader",
    "full device",
    "closed output",
    "closed output and errors",
    "closed input",
)
PRINTING = (
    "mixing --q2=-0.01,0.03",
    "mixing --q2=0.01:0.2:100000",
    "tracklength --target lead --pivots 20 --json",
    "--help",
)


def fuzz_disks(known: list[Writer], rounds: int, seed: int) -> tuple[Count, dict[str, int]]:
    """Inject every fault; counts, and how many of each kind."""
    count, kinds = Count(), dict[str, int]()

    def add(kind: str, fault: str, what: str) -> None:
        kinds[kind] = kinds.get(kind, 0) + 1
        count.add(False, fault, f"{kind}: {what}")

    for writer in known:
        for number in range(rounds):
            rng = random.Random(f"{seed}:{number}:{writer.name}")
            size = int(2 ** rng.uniform(0.0, 18.0)) - 1
            add("disk full at a byte", full_at(writer, size), f"{writer.name} at {size} bytes")
        with contextlib.suppress(PermissionError):
            for size in (4, 8, 16, 32, 64, 128, 256, 1024):
                add("small disk", on_small_disk(writer, size), f"{writer.name} on {size} kB")
    with forbidden_places() as places:
        for writer in known:
            for what, place in places.items():
                add("forbidden place", not_written(writer, place), f"{writer.name}: {what}")
    return count, kinds


def fuzz_outputs() -> Count:
    """Run commands that print where nobody takes what they print."""
    count = Count()
    for broken in BROKEN:
        for line in PRINTING:
            count.add(False, without_reader(line.split(), broken), f"{line}: {broken}")
    return count

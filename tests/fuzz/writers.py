"""Commands that write files, run in a child process that may be hurt."""

import contextlib
import hashlib
import io
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from physics_lib.cli.main import main

COMMANDS = {
    "tracklength": "tracklength --target lead --pivots 30 --bins 400 --out t.csv",
    "Monte Carlo": "tracklength --method montecarlo --target lead --energy 1 --bins 10 "
    "--showers 20000 --seed 5 --out t.csv",
    "events": "events --model invisible --mass 0.25 --g 1e-3 --n 3000 --process radiative "
    "--threshold 20 --out e.lhe",
    "packed events": "events --model invisible --mass 0.25 --g 1e-3 --n 3000 --process radiative "
    "--threshold 20 --out e.lhe.gz",
    "library": "library --mass 0.1 --energies 4:100:4 --n 500 --out library",
    "export to CSV": "export --format csv --figures 2 --out tables",
    "export to HEPData": "export --format hepdata --figures 2 --out tables",
}
"""Each ends with the file or folder that it writes."""

Contents = dict[str, str]


def contents(folder: Path) -> Contents:
    """Hash of each file of a folder, by its path there; folders have none."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in sorted(folder.rglob("*"))
    }


@dataclass(frozen=True)
class End:
    """How a child ended: exit status, minus the signal if one killed it; what it said."""

    status: int
    said: str


@dataclass(frozen=True)
class Child:
    """A command that runs: number of its process, and the end of a pipe with what it says."""

    process: int
    said: int

    def wait(self) -> End:
        """Wait for its end."""
        with os.fdopen(self.said, encoding="utf-8", errors="replace") as pipe:
            said = pipe.read()
        _, status = os.waitpid(self.process, 0)
        return End(os.waitstatus_to_exitcode(status), said)


def start(arguments: list[str], folder: Path, hurt: Callable[[], None]) -> Child:
    """Start a command in a child process, which first calls `hurt`."""
    sys.stdout.flush()
    sys.stderr.flush()
    said, says = os.pipe()
    # No signal before the child is itself.
    kept = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    process = os.fork()
    if process:
        signal.pthread_sigmask(signal.SIG_SETMASK, kept)
        os.close(says)
        return Child(process, said)
    status = 99
    try:
        os.close(said)
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number, handle in enumerate((nothing, nothing, says)):
            os.dup2(handle, number)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, kept)
        hurt()
        status = main(arguments)
        sys.stderr.flush()
    except KeyboardInterrupt:
        # Before or after the command, where the interpreter would say so.
        status = 130
    except SystemExit as ending:
        status = int(ending.code or 0)
    finally:
        os._exit(status)


def run(arguments: list[str], folder: Path, hurt: Callable[[], None] = lambda: None) -> End:
    """Run a command in a child process to its end."""
    return start(arguments, folder, hurt).wait()


@dataclass(frozen=True)
class Writer:
    """One command, what it writes if nothing happens, and how long that takes [s]."""

    name: str
    arguments: list[str]
    whole: Contents
    duration: float

    @property
    def output(self) -> str:
        """Name of the file or folder that it writes."""
        return self.arguments[-1]

    def of_output(self, found: Contents) -> Contents:
        """The part that belongs to the output."""
        return {
            name: content for name, content in found.items() if name.split("/")[0] == self.output
        }

    def fault_of(self, found: Contents, *, strays: bool = False, unfinished: bool = True) -> str:
        """What is wrong with what is in the folder; empty if nothing is.

        Parameters
        ----------
        found : Contents
        strays : bool
            Hidden files and temporary ones may be there.
        unfinished : bool
            The output may be missing, and a checkpoint be there.
        """
        ours = self.of_output(found)
        if ours != self.of_output(self.whole) and (ours or not unfinished):
            return f"{self.output} is not what it should be: {sorted(ours)[:5]}"
        others = {name.split("/")[0] for name in found} - {self.output}
        others -= {name.split("/")[0] for name in self.whole}
        if unfinished:
            others -= {f"{self.output}.checkpoint"}
        if strays:
            others = {n for n in others if not n.endswith((".part", ".tmp"))}
        return f"left {sorted(others)}" if others else ""


def writers(names: tuple[str, ...] = tuple(COMMANDS)) -> list[Writer]:
    """Commands with what they write; each runs twice, here first so that children are quick."""
    found = []
    for name in names:
        arguments = COMMANDS[name].split()
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            before = Path.cwd()
            os.chdir(one)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    status = main(arguments)
            finally:
                os.chdir(before)
            begin = time.monotonic()
            end = run(arguments, Path(other))
            duration = time.monotonic() - begin
            whole = contents(Path(one))
            assert (status, end) == (0, End(0, "")), f"{name}: {status} {end}"
            assert contents(Path(other)) == whole, f"{name}: two runs, two results"
        found.append(Writer(name, arguments, whole, duration))
    return found

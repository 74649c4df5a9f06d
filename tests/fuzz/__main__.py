"""Fuzzing of readers and command line, faults of disks, signals: `make fuzz`.

    PYTHONPATH=tests python -m fuzz [readers] [commands] [disks] [signals]
                                    [--scale X] [--seed S] [--only NAME] [--record [FILE]]

Every input is made from the seed and its number, so each can be made again alone. The exit
status is 1 if anything was handled wrongly; with --record the counts go to `book/proof.json`.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fuzz.campaign import Count, fuzz_commands, fuzz_reader
from fuzz.disks import fuzz_disks, fuzz_outputs
from fuzz.readers import readers
from fuzz.record import PROOF, record
from fuzz.signals import fuzz_signals
from fuzz.watch import bound_memory
from fuzz.writers import writers

KINDS = ("readers", "commands", "disks", "signals")
INPUTS = {"readers": 100_000, "commands": 13_000, "disks": 60, "signals": 12}
"""Inputs of each reader; command lines; sizes of the disk; rounds of signals."""
MEMORY = {"readers": 256 << 20, "commands": 2 << 30}
"""Bytes that may come on top of what the process has at the start."""
TITLES = {
    "readers": "Damaged files",
    "commands": "Command lines",
    "disks": "Faults of disks and outputs",
    "signals": "Signals",
}
COLUMNS = ("inputs", "accepted", "refused", "wrong")

Row = tuple[str, Count, dict[str, int]]


def rows_of(kind: str, inputs: int, seed: int, only: str) -> Iterator[Row]:
    """Do one kind of thing; name, counts and details of each row of its table."""
    if kind == "readers":
        known = readers()
        bound_memory(MEMORY[kind])
        for name, reader in known.items():
            if only in ("", name):
                yield name, fuzz_reader(reader, inputs, seed), {}
    elif kind == "commands":
        bound_memory(MEMORY[kind])
        with tempfile.TemporaryDirectory() as name:
            yield "argument lists", fuzz_commands(Path(name), inputs, seed), {}
    else:
        injected = fuzz_disks if kind == "disks" else fuzz_signals
        for writer in writers():
            if only in ("", writer.name):
                yield writer.name, *injected([writer], inputs, seed)
        if kind == "disks" and not only:
            count = fuzz_outputs()
            yield "standard output", count, {"output not taken": count.inputs}


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"among {', '.join(KINDS)}")
    parser.add_argument("--scale", type=float, default=1.0, metavar="X", help="of the counts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="NAME", help="one reader or writer")
    parser.add_argument(
        "--record",
        type=Path,
        nargs="?",
        const=PROOF,
        metavar="FILE",
        help="default: book/proof.json",
    )
    asked = parser.parse_args()
    wrong = 0
    for kind in asked.kinds or KINDS:
        inputs = max(1, round(INPUTS[kind] * asked.scale))
        for name, count, details in rows_of(kind, inputs, asked.seed, asked.only):
            wrong += len(count.faults)
            numbers = count.numbers() | details
            print(f"{kind}, {name}:", *(f"{n} {what}," for what, n in numbers.items()), flush=True)
            if asked.record:
                command = f"make fuzz ARGS='{kind} --seed {asked.seed}'"
                columns, row = row_of(kind, name, count, details)
                record(kind, TITLES[kind], command, columns, [row], asked.record)
    return 1 if wrong else 0


def row_of(
    kind: str, name: str, count: Count, details: dict[str, int]
) -> tuple[tuple[str, ...], list[str | int]]:
    """Columns of a table of the page, and one row."""
    numbers = count.numbers() | details
    columns: tuple[str, ...] = COLUMNS
    if kind == "disks":
        columns = (
            "disk full at a byte",
            "small disk",
            "forbidden place",
            "output not taken",
            "wrong",
        )
    elif kind == "signals":
        numbers["signals"] = count.inputs
        columns = ("signals", "complete", "nothing", "to be resumed", "wrong")
    what = {"readers": "reader", "commands": "what"}.get(kind, "command")
    return (what, *columns), [name, *(numbers.get(column, 0) for column in columns)]


if __name__ == "__main__":
    sys.exit(main())

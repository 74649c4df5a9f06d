"""Many inputs one after the other: how many were accepted, refused, or handled wrongly."""

import itertools
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from fuzz import terminal
from fuzz.command_lines import command_line
from fuzz.reader import Reader, path_of


@dataclass
class Count:
    """What became of the inputs.

    Attributes
    ----------
    inputs, accepted, refused : int
        No input counts twice.
    faults : list of str
        What was wrong, with what makes the input again.
    """

    inputs: int = 0
    accepted: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, accepted: bool, fault: str, what: str) -> None:
        """Count one input."""
        self.inputs += 1
        self.accepted += accepted
        self.refused += not accepted
        if fault:
            self.faults.append(f"{what}: {fault}")
            print(self.faults[-1], file=sys.stderr, flush=True)

    def numbers(self) -> dict[str, int]:
        """Numbers to record."""
        return {
            "inputs": self.inputs,
            "accepted": self.accepted,
            "refused": self.refused,
            "wrong": len(self.faults),
        }


def fuzz_reader(reader: Reader, inputs: int, seed: int, first: int = 0) -> Count:
    """Give a reader so many damaged files."""
    count, seen = Count(), set()
    with tempfile.TemporaryDirectory() as name:
        path = path_of(reader, Path(name))
        for number in itertools.count(first):
            if count.inputs == inputs:
                return count
            content = reader.content(f"{seed}:{number}")
            # The same damage twice counts once.
            if hash(content) not in seen:
                seen.add(hash(content))
                path.write_bytes(content)
                count.add(*reader.judge(path), f"{reader.name} {seed}:{number}")
    raise AssertionError


def fuzz_commands(root: Path, inputs: int, seed: int, first: int = 0) -> Count:
    """Run so many command lines in a folder."""
    count, seen = Count(), set()
    with terminal.workplace(root):
        for number in range(first, first + inputs):
            arguments = command_line(f"{seed}:{number}")
            if tuple(arguments) not in seen:
                seen.add(tuple(arguments))
                shown = " ".join(f"{word!r:.40}" for word in arguments)
                count.add(*terminal.judge(arguments, root), f"{seed}:{number}: {shown}")
    return count

"""Commands that write, interrupted by a signal at any moment."""

import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from fuzz.campaign import Count
from fuzz.writers import Writer, contents, run, start

SIGNALS = {
    "SIGINT": (signal.SIGINT,),
    "SIGTERM": (signal.SIGTERM,),
    "SIGINT twice": (signal.SIGINT, signal.SIGINT),
    "SIGKILL": (signal.SIGKILL,),
}
_STATUS = {
    "SIGINT": {0, 130},
    "SIGINT twice": {0, 130},
    "SIGTERM": {0, 143, -signal.SIGTERM},
    "SIGKILL": {0, -signal.SIGKILL},
}


def interrupt(writer: Writer, kind: str, moment: float, apart: float) -> tuple[str, str]:
    """Interrupt a command, then run it again; what became of it, and what was wrong.

    Parameters
    ----------
    writer : Writer
    kind : str
        One of `SIGNALS`.
    moment, apart : float
        When the signal comes, and a second one after it [s].

    Returns
    -------
    state : str
        ``complete``, ``nothing`` or ``to be resumed``.
    fault : str
        Empty if nothing was wrong.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child = start(writer.arguments, folder, lambda: None)
        time.sleep(moment)
        for number in SIGNALS[kind]:
            os.kill(child.process, number)
            time.sleep(apart)
        end, found = child.wait(), contents(folder)
        fault = writer.fault_of(found, strays=kind == "SIGKILL")
        if end.status not in _STATUS[kind]:
            fault = f"status {end.status}, said {end.said!r:.200}"
        elif "Traceback" in end.said or end.said.count("\n") > 1:
            fault = f"said {end.said!r:.300}"
        if writer.of_output(found):
            return "complete", fault
        state = "to be resumed" if f"{writer.output}.checkpoint" in found else "nothing"
        if not fault:
            again = run(writer.arguments, folder)
            fault = writer.fault_of(contents(folder), strays=True, unfinished=False)
            if again.status or again.said:
                fault = f"run again: status {again.status}, said {again.said!r:.200}"
        return state, fault


def fuzz_signals(known: list[Writer], rounds: int, seed: int) -> tuple[Count, dict[str, int]]:
    """Interrupt each command with each signal so many times; counts, and how often each state."""
    count, states = Count(), Counter[str]()
    for number in range(rounds):
        for writer in known:
            for kind in SIGNALS:
                rng = random.Random(f"{seed}:{number}:{writer.name}:{kind}")
                # At any moment, and often when the files are written: towards the end.
                moment = rng.choice((rng.uniform(0.0, 1.2), rng.uniform(0.8, 1.3)))
                moment *= writer.duration
                state, fault = interrupt(writer, kind, moment, rng.choice((0.0, 1e-3, 1e-2)))
                states[state] += 1
                count.add(state == "complete", fault, f"{writer.name} {kind} {seed}:{number}")
    return count, dict(states)

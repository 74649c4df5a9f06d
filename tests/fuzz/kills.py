"""Kill scans and shower runs at random moments, resume them, and compare every byte.

    python -m fuzz.kills [--kills 20] [--seed 1] [--only scan|showers]     (in tests/)

In turn the run that is asked for, one of its worker processes and a worker of a Dask cluster are
killed; a run that died is started again until it ends. JSON on standard output: how many kills,
of what, and what was wrong; status 1 if anything was.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

SCAN = (
    *("scan", "--quantity", "yield", "--model", "vanilla,invisible"),
    *("--masses", "0.2:0.25:500", "--g", "1e-4:1e-2:40", "--out"),
)
SHOWERS = (
    *("tracklength", "--method", "montecarlo", "--showers", "50000", "--energy", "10"),
    *("--target", "lead", "--seed", "3", "--out"),
)
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


@dataclass
class Count:
    """Kills by what was killed, runs that died and were resumed, and what was wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    resumed: int = 0
    too_late: int = 0
    faults: list[str] = field(default_factory=list)

    def numbers(self) -> dict[str, object]:
        """Numbers to record."""
        return {
            "kills": self.kills.total(),
            "of": dict(sorted(self.kills.items())),
            "resumed": self.resumed,
            "too late": self.too_late,
            "wrong": len(self.faults),
            "faults": self.faults,
        }


def start(command: tuple[str, ...], out: Path, more: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start `na64e`."""
    line = [sys.executable, "-m", "physics_lib", *command, str(out), *more]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def digest(folder: Path) -> str:
    """Names and content of all files below a folder; times and records of a run apart."""
    total = hashlib.sha256()
    for path in sorted(entry for entry in folder.rglob("*") if entry.is_file()):
        total.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def children(pid: int) -> list[int]:
    """Processes that a process started; none if it is gone."""
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def gone(pids: list[int]) -> bool:
    """Whether these processes end within ten seconds."""
    end = time.monotonic() + 10.0
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Trials:
    """Kills of one command.

    Parameters
    ----------
    command : tuple of str
        Of `na64e`, without what comes after ``--out``.
    cluster : LocalCluster
    dice : random.Random
    """

    def __init__(self, command: tuple[str, ...], cluster: object, dice: random.Random) -> None:
        """Run undisturbed, for the result and the time that it takes."""
        self.command, self.cluster, self.dice = command, cluster, dice
        self.count = Count()
        # The first run may have to compile: the second takes the time that all others do.
        for _ in range(2):
            with tempfile.TemporaryDirectory() as name:
                begin = time.monotonic()
                process = start(command, Path(name) / "out", ("--workers", "2"))
                _, message = process.communicate()
                if process.returncode:
                    raise SystemExit(message.decode())
                self.seconds = time.monotonic() - begin
                self.expected = digest(Path(name))

    def trial(self, victim: str) -> None:
        """Kill once, at a random moment; resume if need be; compare."""
        number = self.dice.choice(SIGNALS) if victim == "run" else signal.SIGKILL
        moment = self.dice.uniform(0.1, 1.0) * self.seconds
        what = f"{self.command[0]}, {victim}, {number.name} after {moment:.3f} s"
        on_dask = victim == "dask worker"
        more = ("--dask", self.cluster.scheduler_address) if on_dask else ("--workers", "2")
        with tempfile.TemporaryDirectory() as name:
            process = start(self.command, Path(name) / "out", more)
            time.sleep(moment)
            workers = children(process.pid)
            targets = {"run": [process.pid], "worker": workers}.get(victim) or self.pids()
            if process.poll() is not None:
                self.count.too_late += 1
                return self.compare(Path(name), process, what)
            os.kill(self.dice.choice(targets), number)
            self.count.kills[f"{victim} {number.name}"] += 1
            if victim == "run":
                process.communicate()
                if not gone(workers):
                    self.count.faults.append(f"{what}: a worker is left")
                self.count.resumed += 1
                process = start(self.command, Path(name) / "out", more)
            self.compare(Path(name), process, what)

    def pids(self) -> list[int]:
        """Workers of the cluster."""
        return [worker.pid for worker in self.cluster.workers.values() if worker.pid]

    def compare(self, folder: Path, process: subprocess.Popen[bytes], what: str) -> None:
        """Wait for the end; the result must be that of the undisturbed run."""
        _, message = process.communicate(timeout=300)
        if process.returncode:
            self.count.faults.append(f"{what}: status {process.returncode}, {message!r:.300}")
        elif digest(folder) != self.expected:
            self.count.faults.append(f"{what}: other bytes")


def main() -> None:
    """Kill as often as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("scan", "showers"))
    given = parser.parse_args()
    from distributed import LocalCluster

    found = {}
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster:
        for name, command in (("scan", SCAN), ("showers", SHOWERS)):
            if given.only in (None, name):
                trials = Trials(command, cluster, random.Random(given.seed))
                # The Monte Carlo has threads, no worker processes.
                victims = ("run", "worker", "dask worker") if name == "scan" else ("run",)
                victims += ("dask worker",) if name == "showers" else ()
                while trials.count.kills.total() < given.kills:
                    trials.trial(victims[trials.count.kills.total() % len(victims)])
                    print(name, trials.count.numbers(), file=sys.stderr, flush=True)
                found[name] = trials.count.numbers() | {"seed": given.seed}
    print(json.dumps(found, indent=1))
    sys.exit(any(entry["wrong"] for entry in found.values()))


if __name__ == "__main__":
    main()

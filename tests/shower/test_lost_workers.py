"""Monte Carlo runs whose workers are lost, whose chunks fail, and that are killed."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import astuple

import numpy as np
import pytest

from physics_lib.materials import LEAD
from physics_lib.parallel.workers import Processes
from physics_lib.shower import montecarlo
from physics_lib.shower.checkpoint import Keeper, Progress
from physics_lib.shower.montecarlo import simulate

COMMAND = (
    *(sys.executable, "-m", "physics_lib", "tracklength", "--method", "montecarlo"),
    *("--target", "lead", "--energy", "10", "--bins", "20", "--showers", "20000", "--seed", "4"),
)


def first(args):
    """Number of the first chunk of a task."""
    return args[-1][0][0]


def run(showers=300, chunk=20, **options):
    edges = np.linspace(0.5, 10.0, 11)
    return simulate("e-", 10.0, LEAD, showers, 5, edges=edges, chunk=chunk, **options)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(astuple(one), astuple(other), strict=True))


class Unlucky:
    """Fails every third time, and ends the first chunk after all others that it may wait for."""

    def __init__(self, late=False):
        self.calls, self.late, self.held, self.most = 0, late, None, 0

    def submit(self, fn, /, *args):
        self.calls += 1
        future = Future()
        if self.late and first(args) == 0:
            self.held = future, fn, args
        elif self.calls % 3 == 0:
            future.set_exception(ConnectionError("worker lost"))
        else:
            future.set_result(fn(*args))
            self.most = max(self.most, first(args))
        return future

    def ahead(self):
        """Let the held chunk go when no other is begun any more."""
        if self.held is not None and self.most >= 4:
            future, fn, args = self.held
            self.held = None
            future.set_result(fn(*args))
        return 2


def test_chunks_that_fail_are_done_again():
    unlucky = Unlucky()
    assert same(run(), run(executor=unlucky))
    assert unlucky.calls > 15


def test_chunks_that_share_a_task_give_the_same_bits():
    unlucky = Unlucky()
    assert same(run(chunk=2), run(chunk=2, executor=unlucky))
    assert unlucky.calls < 50


def test_chunks_do_not_pile_up_behind_one_that_is_late(monkeypatch):
    monkeypatch.setattr(montecarlo, "_FURTHEST", 4)
    late = Unlucky(late=True)
    seen = []
    found = run(executor=late, progress=lambda done, _: seen.append(done))
    assert same(run(), found)
    # Chunks 1 to 4 end before the first one is merged, and no more.
    assert seen[3] == 80
    assert late.held is None


def test_a_chunk_that_always_fails_ends_the_run_and_keeps_the_rest(tmp_path):
    class Broken(Unlucky):
        def submit(self, fn, /, *args):
            future = super().submit(fn, *args) if first(args) != 3 else Future()
            if first(args) == 3:
                future.set_exception(MemoryError("none left"))
            return future

    path = tmp_path / "run.checkpoint"
    with pytest.raises(RuntimeError, match="task 3 failed 5 times, last with MemoryError"):
        run(executor=Broken(), checkpoint=path)
    seen = []
    assert same(run(), run(checkpoint=path, progress=lambda done, _: seen.append(done)))
    assert seen[0] >= 80


def test_worker_processes_that_are_killed_give_the_same_bits():
    pool = Processes(2)

    def kill(done, _):
        if done == 100:
            os.kill(pool.pids[0], signal.SIGKILL)

    try:
        assert same(run(), run(executor=pool, progress=kill))
    finally:
        pool.close()


def test_a_checkpoint_takes_a_hundredth_of_the_time_at_most(tmp_path, monkeypatch):
    """The clock counts the writes: each takes one second of it, a chunk 2."""
    clock, writes = [0.0], []

    def write(*_):
        clock[0] += 1.0
        writes.append(clock[0])

    monkeypatch.setattr("physics_lib.shower.checkpoint.write", write)
    monkeypatch.setattr("physics_lib.shower.checkpoint.time.monotonic", lambda: clock[0])
    keep = Keeper(tmp_path / "c", "", Progress(0, np.zeros(3), {}))
    for index in range(1000):
        clock[0] += 2.0
        keep.add(index, np.ones(3))
    assert 15 <= len(writes) <= clock[0] / 100.0
    keep.write()
    count = len(writes)
    keep.write()
    assert len(writes) == count


def test_a_killed_run_leaves_no_half_written_file_and_ends_with_the_same_bytes(tmp_path):
    path, whole = tmp_path / "t.csv", tmp_path / "whole.csv"
    subprocess.run([*COMMAND, "--out", str(whole)], check=True)
    checkpoint = tmp_path / "t.csv.checkpoint"
    for number, status in ((signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)):
        process = subprocess.Popen([*COMMAND, "--out", str(path)])
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        while process.poll() is None:
            if checkpoint.exists() and checkpoint.stat().st_mtime_ns > before:
                break
            time.sleep(0.005)
        process.send_signal(number)
        assert process.wait(20) == status
    # What a process leaves that is killed as it writes.
    (tmp_path / "t.csv.checkpoint.tmp").write_bytes(b"half")
    subprocess.run([*COMMAND, "--out", str(path)], check=True)
    assert path.read_bytes() == whole.read_bytes()
    assert not [entry for entry in tmp_path.iterdir() if "checkpoint" in entry.name]


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_gives_the_same_bits():
    distributed = pytest.importorskip("distributed")
    from physics_lib.cli.cluster import cluster

    whole = run(showers=1000)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=True, dashboard_address=None
        ) as local,
        cluster(local.scheduler_address) as executor,
    ):
        killed = []

        def kill(done, _):
            if done >= 200 and not killed:
                killed.extend(executor._client.run(os.getpid).values())
                os.kill(killed[0], signal.SIGKILL)

        assert same(whole, run(showers=1000, executor=executor, progress=kill))
    assert killed

"""Worker processes of one machine, each replaced when it dies.

A worker is a Python of its own that reads tasks from its standard input and writes what comes
out to its standard output. It ends by itself as soon as the process that started it is gone,
however that ended.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

# The same arithmetic in each worker, whatever else the machine does.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class WorkerLost(RuntimeError):
    """A worker process ended before its task did."""


class Processes:
    """An executor of worker processes.

    Parameters
    ----------
    count : int
        Number of processes; each is started with its first task.
    """

    def __init__(self, count: int) -> None:
        """Keep a place for each process."""
        self.count = count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._places: queue.LifoQueue[subprocess.Popen[bytes] | None] = queue.LifoQueue()
        for _ in range(count):
            self._places.put(None)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        """Start ``fn(*args)``; the future raises `WorkerLost` if the process dies."""
        return self._threads.submit(self._run, pickle.dumps((fn, args)))

    @property
    def pids(self) -> tuple[int, ...]:
        """Identifiers of the processes that run."""
        with self._lock:
            return tuple(process.pid for process in self._running)

    def close(self) -> None:
        """End all processes at once, whatever they do."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._running:
            _end(process)
        self._running.clear()

    def _run(self, task: bytes) -> Any:
        """Have a free process do a task; start one if there is none."""
        process = self._places.get()
        try:
            if process is None:
                process = self._start()
            good, outcome = _exchange(process, task)
        except WorkerLost:
            if process is not None:
                self._drop(process)
            process = None
            raise
        finally:
            self._places.put(process)
        if not good:
            raise outcome
        return outcome

    def _start(self) -> subprocess.Popen[bytes]:
        """Start a process, which finds the same modules as this one."""
        path = os.pathsep.join(entry for entry in sys.path if entry)
        with self._lock:
            if self._closed:
                raise WorkerLost("no worker is started any more")
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-c",
                    "from physics_lib.parallel.workers import serve; serve()",
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONPATH": path},
                # Ctrl-C is for the process that started it, which ends its workers.
                process_group=0,
            )
            self._running.add(process)
        return process

    def _drop(self, process: subprocess.Popen[bytes]) -> None:
        """Clear away a process that died."""
        with self._lock:
            self._running.discard(process)
        process.kill()
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was killed, and close its pipes."""
    process.wait()
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except BrokenPipeError:
            pass


def _exchange(process: subprocess.Popen[bytes], task: bytes) -> tuple[bool, Any]:
    """Send a task and wait for the outcome; `WorkerLost` if the process dies before."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(task, process.stdin)
        process.stdin.flush()
        answer = pickle.load(process.stdout)
    # What a stream that ends within an object raises depends on where it ends.
    except Exception:
        raise WorkerLost(f"worker {process.pid} died") from None
    good, outcome = pickle.loads(answer)
    return good, outcome


def serve() -> None:
    """Be a worker: do the tasks of standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "wb")
    # What a task prints must not come between the answers.
    os.dup2(2, 1)
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        pickle.dump(_outcome(tasks.get()), answers)
        answers.flush()


def _listen(tasks: "queue.SimpleQueue[bytes]") -> None:
    """Pass tasks on; when nobody sends any more, end the process in the midst of its work."""
    try:
        while True:
            tasks.put(pickle.load(sys.stdin.buffer))
    finally:
        os._exit(0)


def _outcome(task: bytes) -> bytes:
    """Whether a task succeeded, and its result or its exception."""
    try:
        function, arguments = pickle.loads(task)
        return pickle.dumps((True, function(*arguments)))
    except Exception as error:
        try:
            answer = pickle.dumps((False, error))
            pickle.loads(answer)
        # An exception need not survive the journey.
        except Exception:
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
        return answer

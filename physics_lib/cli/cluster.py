"""Who computes: worker processes of this machine, or a cluster of Dask."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from physics_lib.parallel.tasks import Executor

# Seconds for which the number of a cluster's threads is taken for known.
_KNOWN_FOR = 2.0


class Cluster:
    """A client of Dask as an executor of `tasks.completed`.

    Parameters
    ----------
    client : dask.distributed.Client
    address : str
        Of the scheduler, for messages.
    """

    def __init__(self, client: Any, address: str) -> None:
        """Nothing is asked yet."""
        self._client, self._address = client, address
        self._asked, self._threads = -_KNOWN_FOR, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Start ``fn(*args)``, under a name of its own: a task is tried anew, not looked up."""
        with self._lost_scheduler():
            return self._client.submit(fn, *args, pure=False)

    def ahead(self) -> int:
        """Twice the threads of the workers that are there now, so that none waits for a task."""
        now = time.monotonic()
        if now - self._asked >= _KNOWN_FOR:
            with self._lost_scheduler():
                self._threads, self._asked = sum(self._client.nthreads().values()), now
        return 2 * self._threads

    @contextmanager
    def _lost_scheduler(self) -> Iterator[None]:
        """Say in one line that nobody answers any more."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            reason = " ".join(f"{error}".split())
            raise ValueError(
                f"--dask = {self._address}: the scheduler is lost, what is done is kept ({reason})"
            ) from None


@contextmanager
def cluster(address: str) -> "Iterator[Cluster | None]":
    """Connect to a Dask scheduler, if an address is given."""
    if not address:
        yield None
        return
    client: Callable[..., Any]
    try:
        from dask.distributed import Client as client
    except ImportError:
        raise ValueError("--dask: needs dask[distributed], which is not installed") from None
    try:
        connection = client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"--dask = {address}: no scheduler answers ({error})") from None
    with _silent(), connection:
        yield Cluster(connection, address)


@contextmanager
def processes_or_cluster(
    workers: int, address: str
) -> "Iterator[tuple[Executor, Callable[[], int]]]":
    """An executor, and how many tasks are to be under way: processes without an address."""
    with cluster(address) as connected:
        if connected is not None:
            yield connected, connected.ahead
            return
        from physics_lib.parallel.workers import Processes

        pool = Processes(workers)
        try:
            yield pool, lambda: 2 * workers
        finally:
            pool.close()


@contextmanager
def _silent() -> Iterator[None]:
    """Keep Dask's own messages off standard error: what matters is raised."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)

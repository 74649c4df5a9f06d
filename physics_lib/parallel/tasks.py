"""Run tasks on an executor: as many at a time as it has use for, and again what fails.

A task is a function and its arguments; its result depends on them and on the versions of the
programs alone. So it does not matter who does it, or how often it was tried before, as long as
all have the same versions, which is made sure of.
"""

import queue
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Protocol

from physics_lib.provenance.origin import NAME, PACKAGE, source_checksum

ATTEMPTS = 5
"""How often a task is tried before a run gives up."""

_PROGRAMS = (NAME, "numpy", "scipy", "numba")


class Executor(Protocol):
    """What runs tasks: an executor of `concurrent.futures`, `workers.Processes`, or Dask."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Start ``fn(*args)``; the future has `add_done_callback`, `cancel` and `result`."""


def completed(
    executor: Executor,
    function: Callable[..., Any],
    tasks: Iterator[tuple[Any, ...] | None],
    ahead: Callable[[], int],
    attempts: int = ATTEMPTS,
) -> Iterator[Any]:
    """Results of ``function(*task)`` for all tasks, in the order in which they come.

    Parameters
    ----------
    executor : Executor
    function : callable
    tasks : iterator of tuple or None
        Arguments of each task; None where the next task has to wait until another has ended.
    ahead : callable
        How many tasks are to be under way now, at least one.
    attempts : int
        Tries that a task has, if it fails in another way than by a ValueError.

    Yields
    ------
    object
        What `function` returns.

    Raises
    ------
    ValueError
        Of a task, at once: another try would end the same way. Also if a worker has other
        versions of the programs than this process.
    RuntimeError
        If a task has failed as often as it may; the message names it.
    """
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    under_way: dict[int, tuple[Any, tuple[Any, ...], int]] = {}

    def start(number: int, task: tuple[Any, ...], tries: int) -> None:
        future = executor.submit(checked, versions(), function, *task)
        under_way[number] = future, task, tries
        future.add_done_callback(lambda _: ended.put(number))

    number = 0
    try:
        while True:
            most = max(1, ahead())
            while len(under_way) < most and (task := next(tasks, None)) is not None:
                start(number, task, 1)
                number += 1
            if not under_way:
                return
            done = ended.get()
            future, task, tries = under_way.pop(done)
            try:
                result = future.result()
            except ValueError:
                raise
            except Exception as error:
                if tries >= attempts:
                    raise RuntimeError(_failure(done, task, tries, error)) from error
                start(done, task, tries + 1)
                continue
            yield result
    finally:
        for future, _, _ in under_way.values():
            future.cancel()


@lru_cache
def versions() -> dict[str, str]:
    """Versions of the programs here on which the bits of a result depend."""
    return {name: version(name) for name in _PROGRAMS} | {"source": source_checksum(PACKAGE)}


def checked(wanted: dict[str, str], function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)``, if the versions of the programs here are those that are wanted."""
    for name, text in wanted.items():
        if (here := versions().get(name)) != text:
            raise ValueError(f"worker with {name} {here}: the run has {text}")
    return function(*arguments)


def _failure(number: int, task: tuple[Any, ...], tries: int, error: Exception) -> str:
    """One line that names the task: by the first of its arguments that has a name, if any."""
    names = [str(part.name) for part in task if hasattr(part, "name")]
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return f"task {names[0] if names else number} failed {tries} times, last with {reason:.300}"

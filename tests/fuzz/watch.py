"""Bounds on what one input may cost, and the form that a refusal must have."""

import re
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_MESSAGE = 350


class TooLong(BaseException):
    """More processor time than allowed; no `except Exception` may hide it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooLong after so many seconds of processor time."""

    def stop(number: int, frame: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def bound_memory(more: int) -> None:
    """Let this process have so many bytes more than it has now."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    match = re.search(r"VmSize:\s+(\d+) kB", status)
    assert match
    bound = int(match[1]) * 1024 + more
    resource.setrlimit(resource.RLIMIT_AS, (bound, resource.getrlimit(resource.RLIMIT_AS)[1]))


def fault_of_message(message: str, path: Path) -> str:
    """What is wrong with the message of a refusal; empty if nothing is."""
    short = message.replace(f"{path.parent}/", "")
    if not message.isprintable():
        return f"message is not one printable line: {message!r:.200}"
    if len(short) > LONGEST_MESSAGE:
        return f"message of {len(short)} characters: {short!r:.200}"
    # Or a folder that it is in, but not that of all temporary files.
    if not any(part in message for part in path.parts[2:]):
        return f"message does not name the file: {message!r:.200}"
    return ""

"""How a program ends that is told to: once, with what it has begun put in order."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Ended(KeyboardInterrupt):
    """The program was told to end.

    Attributes
    ----------
    status : int
        Exit status, 128 plus the number of the signal.
    """

    def __init__(self, number: int) -> None:
        """Keep the status."""
        super().__init__()
        self.status = 128 + number


@dataclass
class Told:
    """Whether the program was told to end.

    Attributes
    ----------
    number : int, optional
        Signal that did.
    """

    number: int | None = None

    def run(self, command: Callable[[], None]) -> None:
        """Run a command; whatever it raises after a signal is `Ended`.

        What a signal interrupts in compiled code comes out as an exception of another kind.
        """
        try:
            command()
        except Exception:
            if self.number is None:
                raise
            raise Ended(self.number) from None


@contextmanager
def orderly() -> Iterator[Told]:
    """Raise `Ended` at the first signal that asks for an end, and ignore those that follow.

    So nothing interrupts the removal of what is half written. In threads nothing is changed.
    """
    told = Told()
    if threading.current_thread() is not threading.main_thread():
        yield told
        return
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    done = False

    def end(number: int, frame: object) -> None:
        if not done and told.number is None:
            told.number = number
            raise Ended(number)

    # What is ignored, as by nohup, stays so.
    numbers = [number for number in known if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield told
    finally:
        done = True
        for number, handler in before.items():
            signal.signal(number, handler)

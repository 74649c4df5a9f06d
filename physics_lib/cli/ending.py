"""How the program ends: with an exit status and one line, or in order when it is told to."""

import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

_LONGEST_LINE = 400
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


def _complain(kind: str, message: str) -> None:
    """Write one line to standard error; with NA64E_DEBUG=1 the traceback before it."""
    if os.environ.get("NA64E_DEBUG") == "1":
        traceback.print_exc()
    if sys.stderr is None:
        return
    plain = "".join(c if c.isprintable() else " " for c in f"na64e: {kind}: {message}")
    line = " ".join(plain.split())
    line = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3] + "..."
    encoding = sys.stderr.encoding or "ascii"
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)


def exit_status(run: Callable[[], None]) -> int:
    """Run a command and turn every way in which it may end into an exit status.

    NumPy's warnings stay silent: answers that are not finite are refused by `io.render`.

    Returns
    -------
    int
        0, or what the command itself ends with; 2 for bad input, 1 for a defect of the program,
        130 if interrupted (143 by SIGTERM), 141 if nobody reads the output any more.
    """
    try:
        with orderly() as told:
            return _status(lambda: told.run(run))
    except Ended as signalled:
        return signalled.status


def _status(run: Callable[[], None]) -> int:
    """Run a command; signals are left to `exit_status`."""
    status = 0
    if sys.stdout is None:
        _complain("error", "standard output is closed")
        return 2
    if hasattr(sys.stdout, "reconfigure"):
        # What a narrow encoding cannot say is escaped, as on standard error.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings(action="ignore"):
            try:
                run()
            except typer.Exit as ended:
                status = ended.exit_code
        sys.stdout.flush()
    except Ended:
        raise
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        # Python flushes once more at its end, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except typer.TyperException as error:
        _complain("error", error.format_message())
        return 2
    except (ValueError, OSError) as error:
        _complain("error", str(error))
        return 2
    except Exception as error:
        _complain("internal error", f"{type(error).__name__}: {error}")
        return 1
    return status

"""How the command line ends when it is told to, or when nobody listens."""

import signal
import sys
import threading

import pytest

from physics_lib.cli import ending

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_command_with_its_status(capsys, number):
    assert ending.exit_status(lambda: signal.raise_signal(number)) == 128 + number
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_a_second_signal_does_not_disturb_the_cleaning_up(first, second):
    done = []

    def run():
        try:
            signal.raise_signal(first)
        finally:
            signal.raise_signal(second)
            done.append("cleaned up")

    assert ending.exit_status(run) == 128 + first
    assert done == ["cleaned up"]


def test_a_signal_in_compiled_code_is_no_defect(capsys):
    def run():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise SystemError("returned a result with an exception set") from None

    assert ending.exit_status(run) == 130
    assert capsys.readouterr() == ("", "")


def test_handlers_are_those_of_before():
    before = [signal.getsignal(number) for number in SIGNALS]
    assert ending.exit_status(lambda: None) == 0
    assert ending.exit_status(lambda: signal.raise_signal(signal.SIGTERM)) == 143
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_what_was_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert ending.exit_status(lambda: signal.raise_signal(signal.SIGHUP)) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_threads_leave_signals_alone():
    found = []

    def run():
        with ending.orderly():
            found.append([signal.getsignal(number) for number in SIGNALS])

    before = [signal.getsignal(number) for number in SIGNALS]
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [before]


def test_a_closed_output_is_one_line(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert ending.exit_status(lambda: pytest.fail("nothing may run")) == 2
    monkeypatch.undo()
    assert capsys.readouterr().err == "na64e: error: standard output is closed\n"


def test_closed_output_and_errors_are_quiet(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert ending.exit_status(lambda: None) == 2


def test_no_message_is_endless(capsys):
    def run():
        raise ValueError("a" * 5000)

    assert ending.exit_status(run) == 2
    message = capsys.readouterr().err
    assert message.endswith("...\n")
    assert len(message) == 401

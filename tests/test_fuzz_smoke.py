"""A few hundred inputs of `make fuzz`: readers, command line, faults, signals."""

import random

import pytest
from fuzz import campaign, disks, mutations, signals, terminal, writers
from fuzz.command_lines import BASES, command_line
from fuzz.reader import Reader
from fuzz.readers import readers
from fuzz.watch import TooLong, at_most, fault_of_message

from physics_lib.cli.main import app

READERS = readers()


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_damaged_files_are_read_or_refused(reader):
    count = campaign.fuzz_reader(reader, 60, seed=2)
    assert count.faults == []
    assert count.refused > 20


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_whole_file_is_accepted(reader, tmp_path):
    path = campaign.path_of(reader, tmp_path)
    path.write_bytes(reader.valid[0])
    assert reader.judge(path) == (True, "")


def test_command_lines_are_answered_or_refused(tmp_path):
    count = campaign.fuzz_commands(tmp_path, 80, seed=2)
    assert count.faults == []
    assert 0 < count.accepted < count.refused


def test_every_option_of_every_command_is_tried():
    import typer

    commands = typer.main.get_command(app).commands
    assert {base.command for base in BASES} == commands.keys()
    tried = {option[0] for base in BASES for option in base.options}
    flags = {option for _ in range(400) for option in command_line(str(_)) if "--" in option}
    known = {
        option
        for command in commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    # Of the cluster there are tests of its own.
    assert known - tried - flags <= {"--dask"}


def test_the_same_seed_makes_the_same_inputs():
    reader = READERS["experiment"]
    assert [reader.content(str(i)) for i in range(9)] == [reader.content(str(i)) for i in range(9)]
    assert command_line("1:5") == command_line("1:5") != command_line("1:6")


@pytest.mark.parametrize(
    "damage", dict.fromkeys(mutations.DAMAGES), ids=lambda damage: damage.__qualname__
)
@pytest.mark.parametrize(
    "content",
    [b"", b"a", b"a,b\n1,2\n", bytes(range(256))],
    ids=["nothing", "letter", "table", "every byte"],
)
def test_damage_of_anything_is_bytes(damage, content):
    assert isinstance(damage(content, random.Random(1)), bytes)


def _sleep():
    while True:
        pass


def _raise(error):
    raise error


@pytest.mark.parametrize(
    ("read", "fault"),
    [
        (lambda path: _raise(KeyError("a")), "KeyError"),
        (
            lambda path: _raise(UnicodeDecodeError("utf-8", b"a", 0, 1, "bad")),
            "UnicodeDecodeError",
        ),
        (lambda path: _raise(MemoryError()), "MemoryError"),
        (lambda path: _raise(SystemExit(2)), "SystemExit"),
        (lambda path: _raise(ValueError("two\nlines")), "one printable line"),
        (lambda path: _raise(ValueError(f"{path}: {'a' * 400}")), "characters"),
        (lambda path: _raise(ValueError("bad")), "does not name"),
        (lambda path: path, "not sound"),
    ],
)
def test_the_harness_notices_what_a_reader_does_wrong(tmp_path, read, fault):
    def check(value):
        raise AssertionError("never sound")

    path = tmp_path / "a.csv"
    path.write_bytes(b"a")
    assert fault in Reader("bad", "a.csv", (b"a",), read, check).judge(path)[1]


def test_the_harness_ends_what_does_not_end():
    with pytest.raises(TooLong), at_most(0.05):
        _sleep()


def test_the_harness_notices_what_a_command_does_wrong(tmp_path, monkeypatch):
    def leave(arguments):
        (tmp_path / "stray").touch()
        return 2

    for main, fault in (
        (lambda arguments: 1, "status 1"),
        (lambda arguments: 0, "no answer"),
        (lambda arguments: print("a,b\n1") or 0, "length of a row"),
        (lambda arguments: print("a\nnan") or 0, "nan"),
        (lambda arguments: 2, "not one line"),
        (lambda arguments: print("a") or 2, "refused, but printed"),
        (lambda arguments: _raise(KeyError("a")), "KeyError"),
    ):
        monkeypatch.setattr(terminal, "main", main)
        assert fault in terminal.judge(["mixing"], tmp_path)[1]
    assert fault_of_message(f"{tmp_path}/a.csv: bad", tmp_path / "a.csv") == ""


@pytest.fixture(scope="module")
def known():
    return writers.writers(("tracklength", "Monte Carlo", "export to CSV"))


def test_full_disks_leave_nothing(known):
    for writer in known:
        assert [disks.full_at(writer, size) for size in (0, 1000, 10**7)] == [""] * 3


def test_forbidden_places_leave_nothing(known):
    with disks.forbidden_places() as places:
        for number, (what, place) in enumerate(places.items()):
            assert disks.not_written(known[number % len(known)], place) == "", what


def test_signals_leave_the_whole_or_nothing(known):
    count, _ = signals.fuzz_signals(known, rounds=1, seed=3)
    assert count.faults == []

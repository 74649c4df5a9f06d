"""Command lines: right ones, such with one fault, and junk."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

Options = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Base:
    """A command line that is right and quick.

    Attributes
    ----------
    command : str
    options : tuple of tuple of str
        Each option with its value, if it has one.
    share : float
        How often it may run as it is, relative to others.
    """

    command: str
    options: Options
    share: float = 1.0


def _base(line: str, share: float = 1.0) -> Base:
    command, *words = line.split()
    options: list[tuple[str, ...]] = []
    if not words[0].startswith("-"):
        options.append((words.pop(0),))
    for word in words:
        if word.startswith("--"):
            options.append((word,))
        else:
            options[-1] = (*options[-1], word)
    return Base(command, tuple(options), share)


BASES = (
    _base("mixing --q2=-0.01,0.03,0.36"),
    _base("mixing --q2 0.01:0.2:5 --json"),
    _base("widths --model vanilla --mass 0.25 --g 1e-3"),
    _base("widths --model invisible --mass 0.25 --g 1e-3 --alpha-d 0.05 --mass-ratio 4 --json"),
    _base("widths --model dark-photon --mass 0.1 --epsilon 1e-4"),
    _base("tracklength --target lead --pivots 20 --bins 8 --energy 20 --threshold 1"),
    _base("tracklength --target na64-ecal --beam e+ --pivots 20 --bins 4 --json", 0.3),
    _base("tracklength --target lead --pivots 20 --bins 4 --out t.csv"),
    _base("tracklength --target iron --pivots 20 --bins 4", 0.5),
    _base(
        "tracklength --method montecarlo --target lead --energy 2 --bins 4 --showers 20 --seed 7 "
        "--step-length 10 --workers 1 --out t.csv",
        0.3,
    ),
    _base(
        "sigma --process radiative --energy 100 --mass 0.1 --x 0.5,0.9 --method etl --lepton mu"
    ),
    _base("sigma --process radiative --energy 20,50 --mass 0.1 --x-min 0.5 --form-factor elastic"),
    _base("sigma --process radiative --energy 100 --mass 0.01:0.1:3 --method iww --json"),
    _base("sigma --process resonant --model vanilla --g 1e-3 --energy 50 --mass 0.22"),
    _base(
        "sigma --process resonant --model dark-photon --epsilon 1e-3 --energy 40:60:3 --mass 0.2"
    ),
    _base("sigma --process nonresonant --energy 50 --mass 0.1"),
    _base("efficiency --energy 10,49,50,51,60,90 --experiment na64e-2018 --json"),
    _base("efficiency --energy 50:100:4 --experiment own.yaml"),
    _base("yield --model vanilla --mass 0.1,0.22 --g 1e-3 --experiment na64e-2018", 0.1),
    _base(
        "yield --model invisible --mass 0.2 --g 1e-3,1e-4 --alpha-d 0.1 --off-shell --json", 0.03
    ),
    _base("yield --model vanilla --mass 0.2 --g 1e-3 --electrons bound --photons", 0.02),
    _base("limit --model vanilla --masses 0.1 --method ratio --radiative-only", 0.1),
    _base("limit --model invisible --masses 0.2 --method absolute --common-efficiency 0.5", 0.05),
    _base("limit --model vanilla --masses 0.1 --experiment na64mu-1e11 --statistics cls", 0.05),
    _base("events --model invisible --mass 0.25 --g 1e-3 --n 20 --seed 3 --out e.lhe.gz", 0.02),
    _base(
        "events --model vanilla --mass 0.1 --g 1e-3 --n 9 --process radiative --threshold 20 "
        "--out e.lhe",
        0.02,
    ),
    _base("library --mass 0.1 --energies 4:100:2 --n 10 --seed 2 --lepton e- --out lib", 0.1),
    _base("export --format csv --figures 2 --out tables", 0.1),
    _base("claims --json", 0.0),
    _base("widths --model b-minus-l --mass 0.1 --g 1e-4 --out w.csv"),
    _base(
        "sigma --process resonant --model model.yaml --g 1e-3 --energy 50 --mass 0.2 --out s.csv"
    ),
    _base("mixing --q2=0.01 --json --out m.json"),
    _base("verify kept.csv --no-recompute"),
    _base("verify kept.csv --json", 0.5),
    _base(
        "scan --quantity yield --model vanilla --masses 0.1,0.2 --g 1e-3 --alpha-d 0.1 "
        "--mass-ratio 3 --workers 1 --out s.zarr",
        0.005,
    ),
)

NEVER_DROPPED = ("--figures", "--n", "--showers", "--pivots", "--masses")
"""Options without which a command computes for long."""

NO_JUNK = ("--dask", "--workers")
"""Options that would look for other machines, or start a thousand threads."""

VALUES = (
    *("", " ", "nan", "inf", "-inf", "1e400", "1e-400", "5e-324", "-1", "0", "-0.0", "1e308", "1"),
    *(
        "abc",
        "None",
        "True",
        "1,2",
        "1,,2",
        ",",
        "1:2",
        "1:2:0",
        "1:2:-3",
        "1:2:3:4",
        "0:1:3",
        ":",
    ),
    *(
        "1:2:1000001",
        "nan:1:3",
        "2:1:3",
        "1;2",
        "1_0",
        "٣",
        "１",
        "½",
        "0x10",
        "1e",
        "+",
        ".",
        "1.5",
    ),
    *("10GeV", "100 MeV", "1d3", "\n", "1\n2", "\t1", "\x1b[31m", "\x00", "\x7f", "-", "--", "é"),
    *(
        "\udcff",
        "\u202e",
        "𝒳" * 50,
        "9" * 5000,
        "a" * 5000,
        "'",
        '"',
        "`",
        "$HOME",
        "%s",
        "{}",
        "*",
    ),
    *("../outside", "/nonexistent/a.csv", "/dev/full", "/dev/null", "/proc/1/mem", "/proc/a.csv"),
    *(
        "full",
        "full/older",
        ".",
        "..",
        "/",
        "fifo",
        "loop",
        "own.yaml",
        "bad.yaml",
        "bomb.yaml",
        "~",
    ),
    *("missing/a.lhe", "a.lhe", "a.lhe.gz", "new", "a" * 300 + ".lhe", "e-", "e+", "gamma", "mu"),
    *("na64e-1e13", "NA64E-2018", "vanilla", "invisible", "dark-photon", "Vanilla", "etl", "lead"),
    *("--mass", "--json", "-h", "=", "==1", "1=1", "@file", "\\", "|", ";ls", "&", "#", "!"),
)
WORDS = (
    *(
        "--help",
        "--version",
        "--json",
        "--mass",
        "--out",
        "--model",
        "--g",
        "--energy",
        "--nothing",
    ),
    *(
        "-m",
        "-",
        "--",
        "---",
        "--=",
        "--json=1",
        "--no-json",
        "--mass=",
        "--mass=0.1",
        "--q2=-1",
        "-1",
    ),
)
FOREIGN = tuple(option for base in BASES for option in base.options)


def command_line(seed: str) -> list[str]:
    """Arguments: of ten lines one is right, seven have a fault, two are junk."""
    rng = random.Random(f"command line {seed}")
    kind = rng.random()
    if kind < 0.1:
        base = rng.choices(BASES, [base.share for base in BASES])[0]
        return [base.command, *_joined(list(base.options), rng)]
    if kind < 0.8:
        base = rng.choices(BASES, [max(base.share, 0.2) for base in BASES])[0]
        return _with_fault(base, rng)
    commands = sorted({base.command for base in BASES})
    first = [rng.choice(commands)] if rng.random() < 0.7 else []
    words = [rng.choice(rng.choice((WORDS, VALUES))) for _ in range(rng.randrange(7))]
    # Without a word more these would compute everything.
    if first == ["claims"]:
        words.append("junk")
    return first + words


def _joined(options: list[tuple[str, ...]], rng: random.Random) -> Iterator[str]:
    """Words of options in any order, some as `--option=value`."""
    rng.shuffle(options)
    for option in options:
        if len(option) == 2 and rng.random() < 0.2:
            yield "=".join(option)
        else:
            yield from option


def _with_fault(base: Base, rng: random.Random) -> list[str]:
    """Words of a right command line with one thing changed."""
    command, options = base.command, [list(option) for option in base.options]
    fault = rng.choice(("value",) * 8 + ("edit",) * 3 + ("other", "drop", "bare", "twice", "name"))
    if rng.random() < 0.2 or command == "claims":
        fault = rng.choice(("foreign", "extra", "command", "stray"))
    one = rng.choice(options)
    if fault in ("value", "edit", "other", "bare") and len(one) == 2 and one[0] not in NO_JUNK:
        _spoil(one, fault, rng)
    elif fault == "drop" and one[0] not in NEVER_DROPPED:
        options.remove(one)
    elif fault == "twice":
        options.append(one[:1] + [rng.choice(VALUES)] * (len(one) - 1))
    elif fault == "name":
        letters = list(one[0])
        letters[rng.randrange(len(letters))] = rng.choice("-aZ_é\x00 ")
        one[0] = "".join(letters)
    elif fault == "command":
        command = rng.choice((command[:-1], command.upper(), "", command + " ", "--", "rm"))
    elif fault == "stray":
        options.append([rng.choice(WORDS[3:])])
    elif fault == "extra":
        options.append([rng.choice([v for v in VALUES if not v.startswith("-")])])
    else:
        options.append(list(rng.choice([option for option in FOREIGN if option[0] != "--out"])))
    if command == "claims":
        options.append(["junk"])
    return [command, *_joined([tuple(option) for option in options], rng)]


def _spoil(option: list[str], fault: str, rng: random.Random) -> None:
    """Put something else in the place of an option's value."""
    value = option[1]
    if fault == "value":
        option[1] = rng.choice(VALUES)
    elif fault == "bare":
        del option[1]
    elif fault == "other":
        option[1] = rng.choice([o[1] for o in FOREIGN if len(o) == 2 and o[0] not in NO_JUNK])
    else:
        i = rng.randrange(len(value) + 1)
        option[1] = value[:i] + rng.choice(("", " ", ",", ":", "-", "x", "é")) + value[i + 1 :]

"""The snippets of the recast guide run as they stand and print what it shows."""

import re
import shlex
from pathlib import Path

import pytest

from physics_lib.cli.main import main
from physics_lib.experiment import load_experiment
from physics_lib.materials import target_of
from physics_lib.model_definition import DARK_PARTICLES
from physics_lib.own_model import list_models, load_model

PAGE = (Path(__file__).parents[1] / "book" / "recast.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|text|yaml|console)\n(.*?)```", PAGE, flags=re.DOTALL)
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
TARGET = "target: "


def same_text(ours, shown):
    """Text is equal and numbers agree to the digits that the page prints."""
    assert NUMBER.sub("#", ours).split() == NUMBER.sub("#", shown).split()
    for text, printed in zip(NUMBER.findall(ours), NUMBER.findall(shown), strict=True):
        digits, _, power = printed.partition("e")
        last = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
        tolerance = {"rel": 1e-7, "abs": 1.001 * last if "." in digits else 0.0}
        assert float(text) == pytest.approx(float(printed), **tolerance)


def run(command):
    """Run one line of a console: `na64e`, or `sed` with one replacement."""
    program, *arguments = shlex.split(command)
    if program == "na64e":
        main(arguments)
        return
    script, source, arrow, target = arguments
    assert (program, arrow) == ("sed", ">")
    old, new = script.split("/")[1:3]
    text = Path(source).read_text(encoding="utf-8")
    assert text.count(old) == 1
    Path(target).write_text(text.replace(old, new), encoding="utf-8")


def test_python_snippets_print_what_the_page_shows(capsys):
    names = {"__name__": "recast"}
    shown = 0
    for kind, body in BLOCKS:
        if kind == "python":
            exec(compile(body, "recast.md", "exec"), names)  # our own page
        elif kind == "text" and not body.startswith(TARGET):
            same_text(capsys.readouterr().out, body)
            shown += 1
    assert shown >= 4


def test_the_files_of_the_page_work_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runs = 0
    for kind, body in BLOCKS:
        if kind == "yaml":
            name = re.match(r"# (\w+\.yaml)\n", body)[1]
            Path(name).write_text(body, encoding="utf-8")
        if kind != "console":
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, *output = part.splitlines()
            run(command)
            printed = capsys.readouterr()
            same_text(printed.out + printed.err, "\n".join(output))
            runs += 1
    assert runs >= 10


def test_targets_of_the_page_are_understood():
    (lines,) = (body for kind, body in BLOCKS if kind == "text" and body.startswith(TARGET))
    for line in lines.splitlines():
        assert target_of(line.removeprefix(TARGET))


def test_every_name_of_the_page_is_known():
    for name in (*list_models(), *DARK_PARTICLES):
        assert f"`{name}`" in PAGE
    for name in re.findall(r"`((?:na64|ldmx)[\w-]*-[\w-]+)`", PAGE):
        assert name == "na64-ecal" or load_experiment(name)
    assert load_model("b-minus-l").title

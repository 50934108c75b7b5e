"""Every command that a page tells somebody to run is one, with the options that it is told with."""

import re
from pathlib import Path

import click
import pytest

from service.cli import commands

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TOLD = re.compile(r"(?:^|`)countersign ([a-z][^`#\n]*)", re.MULTILINE)


def told():
    for page in PAGES:
        for line in TOLD.findall(page.read_text("utf-8")):
            yield f"{page.name}: {line.partition('   ')[0].strip()}"


def command_of(words):
    """The command that these words lead to, and those left; "a|b" stands for each of them."""
    found = [commands]
    while words and all(isinstance(each, click.Group) for each in found):
        names = words.pop(0).split("|")
        assert all(name in each.commands for each in found for name in names), names
        found = [each.commands[name] for each in found for name in names]
    return found, words


@pytest.mark.parametrize("line", sorted(set(told())))
def test_a_command_that_is_told_is_there(line):
    found, words = command_of(line.partition(": ")[2].split())
    offered = {opt for each in found for param in each.params for opt in param.opts}
    options = {word.strip("[],.").partition("=")[0] for word in words if "--" in word}
    assert {each for each in options if each.startswith("--")} <= offered | {"--help"}


def test_many_are_told():
    assert len(set(told())) > 25

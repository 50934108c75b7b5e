"""Statements beside notes in the layouts of real records: what typed comparison makes of them."""

import tomllib
from pathlib import Path

import pytest

from service.reading.read import read_statement
from service.verification.bearing.judge import judge
from tests.service.verification.bearing.readings import DAY, a_pool

FOLDER = Path(__file__).parent / "layouts"


def each_stated():
    for path in sorted(FOLDER.glob("*.toml")):
        for number, case in enumerate(tomllib.loads(path.read_text("utf-8"))["case"]):
            for verdict in ("borne", "refuted", "unsaid"):
                for said in case.get(verdict, ()):
                    name = f"{path.stem} {number}: {said}"
                    yield pytest.param(said, case["source"], verdict, id=name)


def verdict_on(said: str, source: str) -> str:
    compared = judge(read_statement(said, on=DAY), a_pool(source)).compared
    if any(each.is_refuted for each in compared):
        return "refuted"
    return "borne" if compared and all(each.is_borne for each in compared) else "unsaid"


@pytest.mark.parametrize(("said", "source", "verdict"), list(each_stated()))
def test_a_note_in_its_layout_bears_or_refutes_what_is_said_of_it(said, source, verdict):
    assert verdict_on(said, source) == verdict

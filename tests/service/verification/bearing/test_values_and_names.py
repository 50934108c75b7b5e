"""A value or a name told in other words is not refuted; another one in its place is caught.

The table was written before the reader was asked. What it still gets wrong is named here.
"""

import tomllib
from pathlib import Path

import pytest

from service.reading.assertions import Kind
from service.reading.read import read_statement
from service.verification.bearing.judge import Judged, judge
from service.verification.bearing.pool import Pool
from service.verification.bearing.texts import of_text

ON = "2026-03-10"
TABLE = Path(__file__).parent / "data" / "values_and_names.toml"
KINDS = tomllib.loads(TABLE.read_text(encoding="utf-8"))
TOLD = (Kind.WORD, Kind.PERSON, Kind.SETTING)

# True, and held against it.
REFUTED = {
    "Brain MRI showed nothing acute.",
    "She can't fall asleep.",
}
# False, and passed: of which of two times, taper steps or postures a value is.
PASSED = {
    "Her standing blood pressure was 132/84.",
    "Trouble swallowing liquids.",
    "PCL-5 was 33.",
    "GAF is now 45.",
    "Valproate totals 500 mg daily.",
    "Lamotrigine begins at 50 mg a day for two weeks.",
    "Venlafaxine 150 mg every morning.",
}


def _judged(statement: str, source: str) -> Judged:
    return judge(read_statement(statement, on=ON), Pool([of_text("n", source, ON)]))


def _is_refuted(found: Judged) -> bool:
    return any(each.is_refuted for each in found.compared)


def _is_caught(found: Judged) -> bool:
    """Refuted, or a thing or value of it is nowhere."""
    is_absent = any(
        each.borne_by is None and each.said.concept.kind not in TOLD for each in found.compared
    )
    return _is_refuted(found) or is_absent or bool(found.lost)


def _rows(wrong: set[str], at: int) -> list[object]:
    return [
        pytest.param(
            row[at],
            row[0],
            id=f"{kind}: {row[at]} ({number})",
            marks=[pytest.mark.xfail(strict=True)] if row[at] in wrong else [],
        )
        for kind, rows in KINDS.items()
        for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize(("statement", "source"), _rows(REFUTED, 1))
def test_a_true_statement_in_other_words_is_not_refuted(statement: str, source: str) -> None:
    assert not _is_refuted(_judged(statement, source))


@pytest.mark.parametrize(("statement", "source"), _rows(PASSED, 2))
def test_a_wrong_value_or_name_is_caught(statement: str, source: str) -> None:
    assert _is_caught(_judged(statement, source))


def test_most_wrong_values_and_names_are_refuted_not_only_missed() -> None:
    wrong = [(row[2], row[0]) for rows in KINDS.values() for row in rows]
    assert sum(_is_refuted(_judged(*each)) for each in wrong) >= 0.7 * len(wrong)

"""Statements judged beside small sources, read as the service reads."""

from service.reading.read import read_statement
from service.verification.bearing.judge import Judged, judge
from service.verification.bearing.pool import Pool
from service.verification.bearing.texts import of_text

DAY = "2026-03-14"


def a_pool(*texts: str) -> Pool:
    return Pool([of_text(f"n{number}", text, DAY) for number, text in enumerate(texts, 1)])


def judged(statement: str, *texts: str) -> Judged:
    return judge(read_statement(statement, on=DAY), a_pool(*texts))


def checks(statement: str, *texts: str) -> set[str]:
    """What is held against the statement."""
    compared = judged(statement, *texts).compared
    return {check for each in compared if each.is_refuted for check in each.checks}

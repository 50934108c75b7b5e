"""What is denied, doubted, planned, over or another's, told in other words: kinds in scope.toml."""

import tomllib
from pathlib import Path

import pytest

from tests.service.verification.bearing.readings import checks, judged

KINDS = tomllib.loads(Path(__file__).with_name("scope.toml").read_text(encoding="utf-8"))
ROWS = [(kind, *row) for kind, rows in KINDS.items() for row in rows]
TRUE = [(kind, source, true) for kind, source, true, *_ in ROWS]
FALSE = [(kind, source, false) for kind, source, _, *rest in ROWS for false in rest]


@pytest.mark.parametrize(("kind", "source", "statement"), TRUE)
def test_a_true_statement_is_not_refuted(kind: str, source: str, statement: str) -> None:
    assert checks(statement, source) == set(), kind


@pytest.mark.parametrize(("kind", "source", "statement"), FALSE)
def test_a_false_statement_is_refuted_or_its_thing_is_nowhere(
    kind: str, source: str, statement: str
) -> None:
    compared = judged(statement, source).compared
    is_absent = not any(each.is_borne for each in compared)
    assert is_absent or any(each.is_refuted for each in compared), kind

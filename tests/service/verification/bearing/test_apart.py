import pytest

from service.reading.read import read_statement
from service.verification.bearing.apart import is_apart

DAY = "2026-03-14"


def are_apart(said: str, held: str) -> bool:
    """Of the first thing that each names."""
    one, other = (read_statement(text, on=DAY).assertions[0] for text in (said, held))
    return is_apart(one, other)


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("Fever.", "Do you have a fever?"),
        ("No psychosis.", "Psychosis in her mother."),
        ("No fever.", "Fever in the past."),
        ("Hallucinations.", "No auditory hallucinations."),
        ("Sertraline was not used.", "Sertraline is planned."),
    ],
)
def test_what_can_both_be_so_settles_nothing(said: str, held: str) -> None:
    assert are_apart(said, held)


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("Fever.", "No fever."),
        ("Fever.", "Fever could not be assessed."),
        ("Psychosis.", "Psychosis in her mother."),
        ("No hallucinations.", "Auditory hallucinations."),
    ],
)
def test_what_cannot_both_be_so_is_compared(said: str, held: str) -> None:
    assert not are_apart(said, held)

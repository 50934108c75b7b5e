import pytest

from service.reading.assertions import Tense
from service.reading.read import read_statement


@pytest.mark.parametrize(
    ("statement", "key", "tense"),
    [
        ("He still takes lorazepam at night.", "lorazepam", Tense.PRESENT),
        ("Trazodone is taken every night.", "trazodone", Tense.PRESENT),
        ("The cast is still on.", "cast", Tense.PRESENT),
        ("Amoxicillin continues.", "amoxicillin", Tense.PRESENT),
        ("Cefazolin now.", "cefazolin", Tense.PRESENT),
        ("He has asthma.", "asthma", Tense.PRESENT),
        ("Last autumn he took diazepam three times.", "diazepam", Tense.PAST),
        ("Lithium has been started.", "lithium", Tense.PAST),
        ("Lithium has not yet been started.", "lithium", Tense.PAST),
        ("Aripiprazole caused akathisia.", "akathisia", Tense.PAST),
        ("Lithium is to be started.", "lithium", Tense.NONE),
        ("He will start lithium.", "lithium", Tense.NONE),
        ("She felt better after the surgery.", "surgery", Tense.NONE),
        ("He slept well on admission.", "admission", Tense.NONE),
        ("Lithium 400 mg nightly.", "lithium", Tense.NONE),
    ],
)
def test_a_statement_tells_a_thing_in_a_tense(statement: str, key: str, tense: Tense) -> None:
    found = [a for a in read_statement(statement).assertions if a.concept.key == key]
    assert [a.tense for a in found] == [tense]


@pytest.mark.parametrize("text", ["is " * 30_000, "took lithium " * 10_000, "after " * 20_000])
def test_a_long_statement_is_read_in_time(text: str) -> None:
    assert read_statement(text) is not None

"""What an answer makes of what was asked."""

import pytest

from service.reading.assertions import PATIENT, Act, Polarity
from service.reading.read import read_text


@pytest.mark.parametrize(
    ("asked", "said", "key", "told"),
    [
        (
            "Any suicidal thoughts?",
            "Not for a couple of months.",
            "suicidal-ideation",
            (PATIENT, Polarity.NEGATED, Act.NONE),
        ),
        (
            "Does anyone have diabetes?",
            "My dad does.",
            "diabetes",
            ("father", Polarity.AFFIRMED, Act.NONE),
        ),
        (
            "Would you consider lithium?",
            "I'd rather not.",
            "lithium",
            (PATIENT, Polarity.AFFIRMED, Act.DECLINED),
        ),
    ],
)
def test_an_answer_is_told_of_what_was_asked(
    asked: str, said: str, key: str, told: tuple[str, Polarity, Act]
) -> None:
    found = read_text(f"Doctor: {asked}\nPatient: {said}").assertions
    senses = {(a.subject, a.polarity, a.act) for a in found if a.concept.key == key}
    assert told in senses


def test_a_question_alone_says_nothing() -> None:
    [found] = read_text("Doctor: Voices?\nPatient: Hm.").assertions[:1]
    assert found.polarity is Polarity.UNKNOWN

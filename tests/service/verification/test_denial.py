"""A "not" put in or left out of a source's own words."""

import pytest

from service.verification.denial import denial, turned
from service.verification.judge import judge
from service.verification.place import Place
from service.verification.terms import read


def is_turned(statement, source):
    return bool(denial(read(statement), Place(read(source))))


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Change in meds.", "No change in meds."),
        (
            "Has prior treatment, no attempts before this.",
            "No prior treatment, no attempts before this.",
        ),
        ("School denies problems with peers.", "School reports problems with peers."),
        ("Seen by nephrology; no dialysis.", "Not seen by nephrology; no dialysis."),
        ("Today he had paranoid ideas.", "No paranoia elicited today."),
        ("Lacks capacity to consent.", "Has capacity to consent."),
        ("Received influenza vaccination.", "Refused the flu shot."),
    ],
)
def test_a_denial_put_in_or_left_out_anywhere_turns_the_statement(statement, source):
    assert is_turned(statement, source)
    assert is_turned(source, statement)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("No SI or HI.", "Denies SI, HI."),
        ("NKDA.", "No known drug allergies."),
        ("Homeless since March.", "Without housing since March."),
        ("CT head without contrast.", "Non-contrast CT head."),
        ("No further delusions.", "Delusions have resolved."),
        ("Head CT was normal.", "CT head negative."),
        ("Denies fever.", "Afebrile."),
        ("No agitation, insomnia or new SI.", "No agitation, no insomnia, no new SI."),
    ],
)
def test_the_same_denial_in_other_words_turns_nothing(statement, source):
    assert not any(
        r.contradicts for r in judge(read(statement).text, [Place(read(source))]).reasons
    )


def test_a_sentence_of_everyday_words_turned_round_is_told():
    place = Place(read("Patient does not know."))
    assert [r.check for r in turned("Patient does know.", [place])] == ["polarity"]
    assert turned("Patient does not know.", [place]) == []

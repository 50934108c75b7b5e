"""A statement that tells facts is not held up for its words; for what a source denies it is."""

import pytest

from service.summary.document import Placed, Section, Statement
from service.summary.vocabulary import Support
from service.verification.carried import as_carried
from service.verification.models import Assessment, Reason

TEXT = "She no longer takes valproate."
PLACED = Placed(0, Section("s", "S"), Statement(TEXT), 0, len(TEXT))


def found(support, *checks):
    contradicts = support is Support.CONTRADICTED
    return Assessment(0, support, 0.2, tuple(Reason(c, "a", "b", contradicts) for c in checks))


@pytest.mark.parametrize(
    ("support", "checks", "standing"),
    [
        (Support.NOT_FOUND, ["words"], "current"),
        (Support.NOT_FOUND, ["words"], "past"),
        (Support.NOT_FOUND, ["time"], "current"),
        (Support.CONTRADICTED, ["polarity"], "past"),
        (Support.CONTRADICTED, ["act", "time"], "refuted"),
    ],
)
def test_its_words_and_what_was_before_are_nothing_against_it(support, checks, standing):
    answer = as_carried(PLACED, found(support, *checks), {TEXT: standing})
    assert answer.support is Support.SUPPORTED and not answer.reasons


@pytest.mark.parametrize(
    ("support", "checks", "standing"),
    [
        (Support.CONTRADICTED, ["polarity"], "current"),
        (Support.CONTRADICTED, ["dose"], "past"),
        (Support.CONTRADICTED, ["polarity", "dose"], "past"),
        (Support.NOT_FOUND, ["citation"], "current"),
        (Support.NOT_FOUND, ["quote"], "past"),
    ],
)
def test_another_value_or_a_citation_that_is_not_there_is(support, checks, standing):
    answer = found(support, *checks)
    assert as_carried(PLACED, answer, {TEXT: standing}) is answer


def test_a_word_of_standing_that_no_source_has_passes_and_one_in_the_place_of_another_does_not():
    for source, support in (("", Support.SUPPORTED), ("resolved", Support.CONTRADICTED)):
        reason = Reason("turn", "currently", source, True)
        answer = Assessment(0, Support.CONTRADICTED, 0.4, (reason,))
        assert as_carried(PLACED, answer, {TEXT: "current"}).support is support


def test_what_was_edited_since_is_no_carried_statement():
    answer = found(Support.NOT_FOUND, "words")
    assert as_carried(PLACED, answer, {"She takes valproate.": "current"}) is answer

import pytest

from service.reading.assertions import Polarity, Time
from service.reading.layout import Section
from tests.service.reading.scope.saying import said_of


@pytest.mark.parametrize(
    ("word", "phrase", "time"),
    [
        ("seizures", "History of seizures.", Time.PAST),
        ("seizures", "Seizures in 2019, none of late; prior seizures", Time.PAST),
        ("EEG", "Will have an EEG.", Time.PLANNED),
        ("seizures", "Call if seizures return.", Time.IF),
        ("fever", "Return to the ED for any fever.", Time.IF),
        ("rash", "Counselled on rash before lamotrigine.", Time.IF),
        ("mania", "Monitor for mania.", Time.IF),
        ("anxiety", "Hydroxyzine 25 mg PRN anxiety.", Time.IF),
        ("seizures", "Having seizures.", Time.NOW),
        ("seizures", "Never had seizures.", Time.EVER),
        ("seizures", "No history of seizures.", Time.EVER),
        ("gain", "Parents were warned of weight gain.", Time.IF),
        ("ithium", "Lithium is to be stopped if a rash appears.", Time.IF),
        ("MRI", "MRI is expected on Friday.", Time.PLANNED),
        ("asthma", "Childhood asthma, outgrown by twelve.", Time.PAST),
        ("lithium", "Lithium 300 mg scheduled twice daily with more lithium.", Time.NOW),
    ],
)
def test_the_words_around_say_when(word: str, phrase: str, time: Time) -> None:
    assert said_of(word, phrase).time is time


@pytest.mark.parametrize(
    ("section", "phrase", "time"),
    [
        (Section.PAST_HISTORY, "Seizures", Time.PAST),
        (Section.PLAN, "Screen for seizures next week", Time.PLANNED),
        (Section.PLAN, "Patient denies seizures", Time.NOW),
        (Section.INSTRUCTIONS, "Seizures", Time.IF),
        (Section.ALLERGIES, "Seizures on penicillin", Time.EVER),
    ],
)
def test_a_section_says_when_its_words_do_not(section: Section, phrase: str, time: Time) -> None:
    assert said_of("eizures", phrase, section=section).time is time


def test_none_since_a_day_is_not_never() -> None:
    said = said_of("seizures", "She has not had seizures since March 2025.")
    assert (said.polarity, said.time, said.on) == (Polarity.NEGATED, Time.NOW, "2025-03")


@pytest.mark.parametrize(
    ("word", "phrase", "on"),
    [
        ("lithium", "Stopped lithium on 2026-01-05.", "2026-01-05"),
        ("tremor", "Tremor began on 5 January 2026; tremor two days ago.", "2026-03-12"),
        ("mania", "Mania in 2019.", ""),
    ],
)
def test_a_day_is_that_of_its_clause(word: str, phrase: str, on: str) -> None:
    at = phrase if word in phrase else phrase.casefold()
    assert said_of(word, at).on.startswith(on)

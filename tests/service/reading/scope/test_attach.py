import pytest

from service.reading.scope.said import read_phrase
from service.reading.scope.sense import Frame
from tests.service.reading.scope.saying import said_of


@pytest.mark.parametrize(
    ("word", "phrase", "what", "shown"),
    [
        ("olanzapine", "Continue olanzapine 10 mg qHS and valproate 500 mg BID.", "dose", "10 mg"),
        ("valproate", "Continue olanzapine 10 mg qHS and valproate 500 mg BID.", "dose", "500 mg"),
        ("sertraline", "She takes 50 mg of sertraline and lithium.", "dose", "50 mg"),
        ("sertraline", "Increase sertraline from 50 mg to 100 mg.", "dose", "100 mg"),
        ("mood", "3 weeks of low mood and insomnia.", "duration", "3 weeks"),
        (
            "insomnia",
            "3 weeks of low mood and insomnia that began 4 days ago.",
            "date",
            "4 days ago",
        ),
        # a change "to" a dose is of what was named before, not of what the next comma names
        ("ertraline", "Sertraline helps; increase to 100 mg, trazodone 50 mg.", "dose", "100 mg"),
        ("razodone", "Sertraline helps; increase to 100 mg, trazodone 50 mg.", "dose", "50 mg"),
        ("valproate", "Do not stop valproate; reduce to 750 mg, folate 4 mg.", "dose", "750 mg"),
        ("folate", "Do not stop valproate; reduce to 750 mg, folate 4 mg.", "dose", "4 mg"),
        ("lithium", "Sertraline stopped, increase to 900 mg lithium.", "dose", "900 mg"),
        # how often behind a dose is of the medicine, not of what it is for
        ("lorazepam", "lorazepam, take 1 mg at bedtime for anxiety.", "frequency", "at bedtime"),
        ("gabapentin", "gabapentin, 300 mg 3 times a day for pain.", "frequency", "3 times a day"),
        ("clonidine", "clonidine, give 0.1 mg nightly for nightmares.", "frequency", "nightly"),
        ("panic", "Takes sertraline, panic attacks twice a week.", "frequency", "twice a week"),
        ("PHQ-9", "GAD-7 was 7 and PHQ-9 total 14.", "score", "14"),
        ("lithium", "Missed 3 doses of lithium.", "count", "3"),
        ("hydroxyzine", "Give hydroxyzine 25 mg prn for anxiety.", "reason", "anxiety"),
    ],
)
def test_a_value_is_of_what_it_stands_with(word: str, phrase: str, what: str, shown: str) -> None:
    said = [value.said for value in said_of(word, phrase).values if value.what == what]
    assert said == [shown]


@pytest.mark.parametrize(
    ("word", "phrase"),
    [
        ("ithium", "Lithium 0.9."),
        ("alproate", "Valproate 88 on Monday."),
        ("arbamazepine", "Carbamazepine 8.2, no ataxia."),
        ("acrolimus", "Tacrolimus 16.8."),
    ],
)
def test_a_bare_number_too_small_to_be_taken_is_no_dose(word: str, phrase: str) -> None:
    assert not [v for v in said_of(word, phrase).values if v.what == "dose"]


@pytest.mark.parametrize(
    ("word", "phrase"),
    [
        ("ithium", "Lithium 600 at night."),
        ("alproate", "Valproate 500."),
        ("acrolimus", "Tacrolimus 2 BID."),
    ],
)
def test_a_bare_number_that_can_be_taken_is_a_dose(word: str, phrase: str) -> None:
    assert [v for v in said_of(word, phrase).values if v.what == "dose"]


def test_a_series_is_one_assertion_a_day() -> None:
    found = read_phrase("PHQ-9: 18 on 1/5, 9 on 2/20.", Frame(), "2026-03-14")
    scores = [
        (each.on, value.value) for each in found for value in each.values if value.what == "score"
    ]
    assert scores == [("2026-01-05", 18.0), ("2026-02-20", 9.0)]


def test_the_digit_of_a_name_is_no_value() -> None:
    values = said_of("PHQ-9", "PHQ-9 was done.").values
    assert [value.what for value in values if value.what in ("score", "count")] == []


def test_the_telling_words_of_a_clause_go_with_its_things() -> None:
    assert "bridg" in said_of("seizure", "A seizure on a bridge.").words

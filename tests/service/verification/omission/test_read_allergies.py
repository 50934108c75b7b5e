import pytest

from service.verification.check import check_text


def left_out(source, summary):
    found = check_text([{"id": "n1", "text": source}], summary)["omissions"]
    return [each["fact"] for each in found if each["kind"] == "allergy"]


@pytest.mark.parametrize(
    "told",
    [
        "Hives within an hour of the first dose of amoxicillin.",
        "Anaphylaxis to cefazolin in 2017.",
        "ADR: vancomycin - full body rash + fever",
        "Penicillin gave her swelling of the face as a child.",
    ],
)
def test_an_allergy_told_in_words_of_its_own_is_named_where_it_is_left_out(told):
    source = f"Sleeps well. {told}\nLives with her sister."
    assert left_out(source, "Sleeps well. Lives with her sister.")
    assert left_out(source, source) == []


@pytest.mark.parametrize(
    "told",
    [
        "Her mother had hives from amoxicillin.",
        "Return if hives appear with amoxicillin.",
        "No hives with amoxicillin.",
        "Amoxicillin continued for her throat.",
    ],
)
def test_what_befell_nobody_here_is_no_allergy(told):
    assert left_out(f"Sleeps well. {told}", "Sleeps well.") == []


def test_a_day_that_no_calendar_has_stops_nothing():
    assert left_out("30/2/00 Sertraline 50 mg daily.", "Sertraline 50 mg daily.") == []

"""What is recorded in a way that no rule foresaw, and a draft that tells it all the same."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.telling.test_brief import a_problem, lines, of, told


# Dates in words
@pytest.mark.parametrize("written", ["since childhood", "3 years ago", "in 2019 or 2020, it seems"])
def test_a_date_in_words_leaves_the_rest_of_the_chart_to_be_drafted(written):
    records = [
        a_problem("Bipolar disorder", onsetString=written),
        of("Immunization", vaccineCode={"text": "MMR"}, occurrenceString=written),
        of("AllergyIntolerance", code={"text": "Latex"}, recordedDate=written),
    ]
    assert [record.effective for record in records] == ["", "", ""]
    assert "Bipolar disorder" in told(glue.PATIENT, *records)


def test_a_birth_date_in_words_gives_no_age():
    patient = of("Patient", gender="female", birthDate="around 1980")
    assert lines(patient) == ["Patient: female"]

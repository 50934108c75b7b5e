"""What a source names in the place of what a statement names."""

import pytest

from tests.service.verification.bearing.readings import checks


@pytest.mark.parametrize(
    ("statement", "source", "check"),
    [
        ("Culture grew klebsiella.", "Culture grew E. coli.", "name"),
        ("Suspected of gout.", "Suspected of sarcoidosis.", "name"),
        ("Has measles.", "Has rubella.", "name"),
        ("Cellulitis of the hand since May.", "Cellulitis of the foot since May.", "name"),
        ("Lumbar puncture was scheduled.", "Colonoscopy was scheduled.", "name"),
        ("Fluoxetine 100 mg nightly.", "Sertraline 100 mg at bedtime.", "drug"),
        ("Sleep has worsened since the visit.", "Sleep has improved since the visit.", "scale"),
        ("Seen by Dr. Okafor for anxiety.", "Seen by Dr. Weiss for anxiety.", "name"),
        ("The smear shows morulae.", "The smear shows schistocytes.", "name"),
        ("Type 1 diabetes.", "PMH: T2DM.", "scale"),
    ],
)
def test_another_name_in_the_place_of_one_is_held_against_it(statement, source, check):
    assert check in checks(statement, source)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("No measles.", "Has rubella."),  # denies another thing
        ("Has measles.", "No rubella."),
        ("Her brother has measles.", "Has rubella."),
        ("Joint replacement is planned.", "Hip replacement is planned."),  # the wider word
        ("Has measles.", "Sleeps well and works at the harbour since last spring."),
        ("Arm cellulitis since May.", "Cellulitis of the hand since May."),
        ("Seen by Dr. Weiss for anxiety.", "Dr. Anna Weiss saw her for anxiety."),
    ],
)
def test_what_stands_in_no_place_of_it_says_nothing_against_it(statement, source):
    assert not checks(statement, source) & {"name", "drug", "scale"}

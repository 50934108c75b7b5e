"""Sentences of a reader's own beside telegraphic notes, records in a line, tables and talk."""

import pytest

from service.reading.read import read_statement
from service.verification.bearing.assess import assess
from service.verification.bearing.closest import Closest
from service.verification.bearing.judge import judge
from service.verification.bearing.pool import Pool
from service.verification.bearing.texts import of_text


def not_yet(statement, source):
    """A kind that is not read rightly so far: which of the kinds they are is worth knowing."""
    return pytest.param(statement, source, marks=pytest.mark.xfail(strict=True))


def judged(statement, *sources):
    """What comparing alone finds, without a scorer."""
    pool = Pool([of_text(str(n), source) for n, source in enumerate(sources)])
    return assess([judge(read_statement(statement), pool)], Closest(pool))[0]


def is_contradicted(statement, *sources):
    return any(reason.contradicts for reason in judged(statement, *sources).reasons)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        (
            "He takes 150 mg of sertraline.",
            "sertraline 50 mg tablet, 3 tablets once a day (active)",
        ),
        ("Stopped on 29 October 2026.", "Stopped 29/10/26."),
        ("Rescinded on 12 November.", "Rescinded 12/11."),
        ("Three days of cough.", "His son brought him in after 3 days of cough."),
        ("Denies hallucinations.", "Denies SI/HI, no AVH."),
        ("No HI.", "-HI."),
        ("Denies SI.", "SI denied."),
        ("Has suicidal thoughts.", "Is not without suicidal thoughts."),
        ("The CT of the head is awaited.", "CT head (no contrast) awaited."),
        ("A 34-year-old man.", "34 y/o man."),
        ("He slept badly.", "Sleeps badly."),
        ("She lost 6 kg.", "Wt 52 kg (58 kg a year ago)."),
        (
            "The alcohol dependence is in remission.",
            "Alcohol dependence (in remission, since 2023)",
        ),
        ("She declined metformin.", "Metformin discussed, pt declined."),
    ],
)
def test_the_same_in_other_words_is_no_doubt(statement, source):
    assert not is_contradicted(statement, source)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        (
            "He takes 200 mg of sertraline.",
            "sertraline 50 mg tablet, 3 tablets once a day (active)",
        ),
        ("Sertraline 1 mg, 1 tablet.", "Sertraline 10 mg, 1 tablet."),
        not_yet("No known drug allergies.", "NKDA except sulfa (hives)."),
        not_yet("Potassium rose from 4.3 to 5.4.", "Potassium   5.4     4.6     4.3"),
        ("PHQ-9 rose from 12 to 18.", "PHQ-9 12 (was 18)."),
        ("Allergic to latex.", "Allergy: latex (refuted, 2024-01-15)"),
        not_yet("Pulmonary embolism is likely.", "PE unlikely."),
        ("She denies no suicidal thoughts.", "She reports no suicidal thoughts."),
        not_yet("Wished to be dead or wake up: No", "Wished to be dead or not wake up: No"),
        ("Seen by nephrology; no dialysis.", "Not seen by nephrology; no dialysis."),
        ("She had capacity to drive.", "Lacks insight; capacity to drive not present today."),
        not_yet("34-year-old man.", "34 y/o woman with bipolar I d/o."),
    ],
)
def test_what_the_source_denies_contradicts(statement, source):
    assert any(reason.contradicts for reason in judged(statement, source).reasons)


def test_no_disease_is_borrowed_from_its_organ():
    found = judged("Has chronic kidney disease.", "Decreased renal function on lithium.")
    assert found.reasons


@pytest.mark.parametrize(
    ("said", "sources"),
    [
        ("No current SI, HI or AVH.", ("No current SI.", "No HI.", "No AVH.")),
        ("Denies cough, fever and chills.", ("No cough.", "No fever.", "No chills.")),
        ("No nausea or vomiting.", ("Denies nausea.", "Ate well. No vomiting.")),
    ],
)
def test_a_denied_list_is_borne_out_item_by_item(said, sources):
    assert judged(said, *sources).reasons == ()


@pytest.mark.parametrize(
    ("said", "sources"),
    [
        ("No current SI, HI or AVH.", ("No current SI.", "No HI.")),
        ("No cough, fever or rash.", ("No cough.", "No fever. Rash on arm.")),
        ("Denies SI, HI and AVH.", ("Mother denies SI.", "No HI.", "No AVH.")),
    ],
)
def test_a_denied_list_of_which_one_item_is_not_denied_is_not(said, sources):
    assert judged(said, *sources).reasons


@pytest.mark.xfail(strict=True)  # a change told over two records
def test_a_series_may_stand_in_two_records_in_the_order_of_their_days():
    older, newer = "PHQ-9 score 21 (2025-11-02)", "PHQ-9 score 14 (2026-02-01)"
    assert judged("PHQ-9 score fell from 21 to 14.", older, newer).reasons == ()
    turned = judged("PHQ-9 score rose from 14 to 21.", older, newer).reasons
    assert [reason.check for reason in turned] == ["trend"]

"""What the benchmark of drafts counts: length, repeats, shelves, and false absences."""

import pytest

from service.facts import Fact, FactKind, FactSource, Standing
from service.reading.assertions import Kind
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import SummaryType
from tests.benchmarks._drafts import (
    brief_of,
    false_absences,
    in_scope,
    is_misplaced,
    repeats,
    retold,
    same_elsewhere,
    size,
    wrong_shelf,
)


def a_document(**sections: list[str]) -> Document:
    """A document of these sections; `_` in a key is a hyphen."""
    made = (
        Section(key.replace("_", "-"), key, tuple(map(Statement, said)))
        for key, said in sections.items()
    )
    return Document("Title", (), tuple(made))


def a_fact(kind: FactKind, name: str, standing: Standing, *days: str) -> Fact:
    sources = tuple(FactSource("r", 0, 1, on=day) for day in days)
    return Fact(kind, name, name, standing, "", on=days[0], sources=sources)


def an_absence(key: str, absence: str, *said: str) -> Document:
    return Document("Title", (), (Section(key, key, tuple(map(Statement, said)), absence),))


def test_a_statement_is_told_again_when_most_of_the_shorter_stands_in_an_earlier_one():
    told = [
        "Trazodone 50 mg at bedtime as needed for sleep (active, since 2026-06-02)",
        "Bupropion XL 300 mg every morning",
        "Start trazodone 50 mg at bedtime as needed for sleep. (progress note, 2026-06-02)",
    ]
    assert repeats(told) == {2}


def test_short_statements_are_told_again_only_whole():
    assert repeats(["Sertraline 150 mg daily", "Venlafaxine 150 mg daily"]) == set()
    assert repeats(["Sertraline 150 mg daily since May", "Sertraline 150 mg daily"]) == {1}


def test_the_name_of_a_source_makes_no_repeat():
    apart = ["Sleeps well (progress note, 2026-06-02)", "Works again (progress note, 2026-06-02)"]
    assert repeats(apart) == set()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Risk: Denies SI. (2026-05-01) · No HI. (2026-05-01)", "No suicidal ideation."),
        ("Changed since 2026-03-01 (last visit): PHQ-9 17 → 9 (2026-05-01)", "PHQ-9 9"),
        ("Medicines now: sertraline 50 mg daily", "Zoloft 50 mg"),
    ],
)
def test_the_same_facts_in_other_words_are_told_again(first, second):
    assert retold([first, second]) == {1}
    assert retold([second, f"{first} Sleeps badly."]) == set()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Sertraline 150 mg daily since May", "Sertraline 100 mg daily since May"),
        ("PHQ-9 total score 17 (2026-03-10)", "PHQ-9 total score 9 (2026-05-10)"),
        ("Depression since the second child.", "Mother: depression since the second child."),
        ("No SI since the admission.", "SI since the admission."),
        ("Sister drives her to each visit on Friday.", "Sister drives her to work on Friday."),
    ],
)
def test_other_facts_in_the_same_words_are_not(first, second):
    assert retold([first, second]) == set()


def test_the_brief_is_the_section_of_that_key():
    document = a_document(brief=["39 F", "PHQ-9 9"], plan=["Rest"])
    assert brief_of(document) == ("39 F", "PHQ-9 9")
    assert brief_of(a_document(plan=["Rest"])) == ()


@pytest.mark.parametrize(("words", "kept"), [(190, True), (230, False)])
def test_a_handoff_keeps_to_two_hundred_words(words, kept):
    assert size(a_document(plan=["word " * words]), SummaryType.HANDOFF).is_kept is kept


@pytest.mark.parametrize(
    ("lines", "kept"), [(["a line"] * 12, True), (["line"] * 13, False), (["word " * 151], False)]
)
def test_a_brief_keeps_to_twelve_lines_and_150_words(lines, kept):
    assert size(a_document(brief=lines), SummaryType.DISCHARGE).is_kept is kept


def test_a_medication_history_is_as_long_as_its_table():
    table = ["Sertraline 50 mg"] * 200
    kind = SummaryType.MEDICATION_HISTORY
    assert size(a_document(current_medications=table), kind).is_kept
    assert not size(a_document(current_medications=table, plan=["word " * 160]), kind).is_kept


def test_types_are_alike_by_statements_word_for_word_brief_medicines_and_risk_aside():
    one = a_document(brief=["39 F"], risk=["No SI"], plan=["Rest", "Walk  daily"], labs=["Na 138"])
    two = a_document(brief=["39 F"], risk=["No SI"], social=["walk daily"])
    assert same_elsewhere(one, [two]) == pytest.approx(1 / 3)
    assert same_elsewhere(two, [one]) == 1
    assert same_elsewhere(a_document(brief=["39 F"]), [one]) == 0


def test_a_fact_is_misplaced_when_it_stands_only_where_it_does_not_belong():
    assert is_misplaced("allergy", ["plan"])
    assert not is_misplaced("allergy", ["plan", "allergies"])
    assert not is_misplaced("allergy", ["brief"])
    assert not is_misplaced("allergy", [])
    assert in_scope("allergy", {"allergies"}) and not in_scope("allergy", {"plan"})


def test_a_shelf_takes_what_speaks_of_its_kind():
    assert not wrong_shelf("legal", "Commitment stayed", {Kind.LEGAL, Kind.WORD}, set())
    assert wrong_shelf("legal", "Skin", {Kind.FINDING}, set())
    assert not wrong_shelf("plan", "Skin", {Kind.FINDING}, set())
    assert wrong_shelf("plan", "Substance | Reaction | Year", set(), set())


def test_a_medicine_that_is_over_is_none_of_today():
    spoken = {Kind.MEDICINE}
    assert wrong_shelf("current-medications", "Aspirin 81 mg", spoken, {Standing.PAST})
    assert not wrong_shelf("current-medications", "Aspirin 81 mg", spoken, {Standing.CURRENT})
    assert not wrong_shelf("stopped-medications", "Aspirin 81 mg", spoken, {Standing.PAST})


def test_none_documented_is_false_when_a_fact_of_the_kind_is_held():
    document = an_absence("allergies", "Allergies: none is documented.")
    allergy = a_fact(FactKind.ALLERGY, "penicillin", Standing.CURRENT, "2026-08-25")
    assert list(false_absences(document, [allergy], unread=[]))
    medicine = a_fact(FactKind.MEDICINE, "sertraline", Standing.PAST, "2026-08-25")
    assert not list(false_absences(document, [medicine], unread=[]))


def test_a_count_of_what_is_not_shown_is_no_absence():
    document = an_absence("allergies", "3 more are not shown here.", "Latex")
    allergy = a_fact(FactKind.ALLERGY, "penicillin", Standing.CURRENT, "2026-08-25")
    assert not list(false_absences(document, [allergy], unread=["2026-01-01"]))


@pytest.mark.parametrize(
    ("day", "is_false"), [("2024-02-19", False), ("2024-02-21", True), ("2024-02-24", False)]
)
def test_an_absence_speaks_of_its_period_only(day, is_false):
    said = "Results: none is documented (admission of 2024-02-20 to 2024-02-23)."
    sodium = a_fact(FactKind.MEASUREMENT, "sodium", Standing.CURRENT, day)
    assert bool(list(false_absences(an_absence("labs", said), [sodium], unread=[]))) is is_false


def test_an_absence_must_say_what_was_not_read():
    silent = an_absence("risk", "Risk: nothing is documented.")
    assert list(false_absences(silent, [], unread=["2026-02-03"]))
    telling = an_absence("risk", "Risk: nothing is documented; 1 note could not be read.")
    assert not list(false_absences(telling, [], unread=["2026-02-03"]))
    later = an_absence("risk", "Risk: nothing is documented (since 2026-05-01).")
    assert not list(false_absences(later, [], unread=["2026-02-03"]))


def test_a_plan_of_care_is_no_legal_status():
    document = an_absence("legal", "Legal status: nothing is documented.")
    plan = a_fact(FactKind.DIRECTIVE, "care plan", Standing.CURRENT, "2026-08-25")
    assert not list(false_absences(document, [plan], unread=[]))
    order = a_fact(FactKind.DIRECTIVE, "DNR", Standing.CURRENT, "2026-08-25")
    assert list(false_absences(document, [order], unread=[]))

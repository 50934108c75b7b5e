"""Who may rate what, what a form must hold, and what is shown and exported."""

import csv
import io
import json

import pytest

from service import audit
from service.database import transaction
from service.errors import BadInput, Conflict, NotFound, NotPermitted
from service.qa.export import export_csv, export_json, export_marks, safe_cell
from service.qa.rating import rate
from service.qa.reading import item_for_rating, list_samples, sample_items
from service.qa.results import results
from service.qa.sampling import close_sample, draw_sample
from service.summary.people import Person
from service.summary.vocabulary import Role
from tests.service.qa.builders import (
    CLINICIAN,
    OTHER_QA,
    QA,
    a_draft,
    a_finding,
    a_form,
    a_signed_summary,
    an_edit,
)


@pytest.fixture
def sample(session):
    """A sample of two drafts."""
    for words in ("Sertraline 50 mg", "Lithium 600 mg"):
        a_draft(session, words)
    return draw_sample(session, seed="s", size=2, statuses="drafts", by=QA)


@pytest.fixture
def item(sample):
    return sample.items[0]


def test_a_rating_is_revised_not_doubled(session, sample, item):
    rate(session, item.id, a_form(), by=QA)
    again = rate(session, item.id, a_form(useful="2"), by=QA, comment=" second thoughts ")
    assert (again.revision, again.answers["useful"], again.comment) == (2, "2", "second thoughts")
    rate(session, item.id, a_form(), by=OTHER_QA)
    assert results(session, sample.id, by=QA).overall.ratings == 2


def test_a_closed_sample_takes_no_more(session, sample, item):
    close_sample(session, sample, by=QA)
    with pytest.raises(Conflict, match="closed"):
        rate(session, item.id, a_form(), by=QA)
    with pytest.raises(Conflict):
        close_sample(session, sample, by=QA)


@pytest.mark.parametrize("hand", ["requester", "editor", "signer", "judge"])
def test_nobody_rates_their_own(session, hand):
    person = Person("two-hats", "Two Hats", Role.QA)
    summary = a_signed_summary(session, by=person.id if hand == "requester" else "dr-a")
    if hand == "editor":
        an_edit(session, summary, by=person.id)
    if hand == "judge":
        a_finding(session, summary, resolved_by=person.id)
    if hand == "signer":
        summary.attestations[0].person_id = person.id
    session.flush()
    session.expire_all()
    sample = draw_sample(session, seed="s", size=1, statuses="signed", by=QA)
    with pytest.raises(NotPermitted, match="had a hand"):
        rate(session, sample.items[0].id, a_form(), by=person)
    assert [row.can_rate for row in sample_items(session, sample.id, by=person)] == [False]
    assert [row.can_rate for row in sample_items(session, sample.id, by=QA)] == [True]


def test_only_qa_rates_and_reads(session, sample, item):
    for act in (
        lambda: rate(session, item.id, a_form(), by=CLINICIAN),
        lambda: item_for_rating(session, item.id, by=CLINICIAN),
        lambda: results(session, sample.id, by=CLINICIAN),
        lambda: export_csv(session, sample.id, by=CLINICIAN),
        lambda: export_json(session, sample.id, by=CLINICIAN),
        lambda: list_samples(session, by=CLINICIAN),
        lambda: sample_items(session, sample.id, by=CLINICIAN),
    ):
        with pytest.raises(NotPermitted):
            act()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"useful": "9"}, "Answer useful with one of"),
        ({"kind": "5"}, "no question"),
    ],
)
def test_a_wrong_answer_is_refused_in_words(session, item, answers, said):
    with pytest.raises(BadInput, match=said):
        rate(session, item.id, a_form(**answers), by=QA)


def test_a_form_with_a_gap_is_refused(session, item):
    with pytest.raises(BadInput, match="still open: accurate"):
        rate(session, item.id, {k: v for k, v in a_form().items() if k != "accurate"}, by=QA)


@pytest.mark.parametrize(
    "mark",
    [
        {"kind": "odd", "statement_index": 0},
        {"kind": "invented"},
        {"kind": "invented", "statement_index": 2},
        {"kind": "invented", "statement_index": "0"},
        {"kind": "omitted", "note": "x" * 5000},
    ],
)
def test_a_mark_must_fit_the_text(session, item, mark):
    with pytest.raises(BadInput):
        rate(session, item.id, a_form(), [mark], by=QA)


def test_an_unknown_item_or_sample_is_not_found(session):
    with pytest.raises(NotFound):
        rate(session, "none", a_form(), by=QA)
    with pytest.raises(NotFound):
        results(session, "none", by=QA)


def test_a_rater_sees_the_form_and_their_own_rating_only(session, sample, item):
    rate(session, item.id, a_form(), by=OTHER_QA, comment="theirs")
    shown = item_for_rating(session, item.id, by=QA)
    assert (shown.answers, shown.comment, shown.item.raters) == ({}, "", 1)
    assert [placed.statement.text for placed in shown.statements][1] == "Denies alcohol."
    rate(session, item.id, a_form(), [{"kind": "omitted", "note": "allergy"}], by=QA)
    session.expire_all()
    assert item_for_rating(session, item.id, by=QA).marks[0]["note"] == "allergy"


def test_a_list_tells_how_far_each_sample_is(session, sample, item):
    rate(session, item.id, a_form(), by=OTHER_QA)
    second = draw_sample(session, seed="t", size=1, statuses="drafts", by=QA)
    page = list_samples(session, by=QA, limit=1)
    assert [row.id for row in page.rows] == [second.id]
    (row,) = list_samples(session, by=QA, after=page.after).rows
    assert (row.id, row.items, row.rated, row.rated_by_me) == (sample.id, 2, 1, 0)


def test_looking_and_rating_are_audited_without_words(sessions):
    with transaction(sessions) as session:
        a_draft(session)
        item = draw_sample(session, seed="s", size=1, statuses="drafts", by=QA).items[0]
        item_for_rating(session, item.id, by=QA)
        rate(
            session,
            item.id,
            a_form(),
            [{"kind": "omitted", "note": "penicillin"}],
            by=QA,
            comment="Sertraline is wrong",
        )
    with sessions() as session:
        acts = list(audit.chain(session))
    assert [act.action for act in acts[-2:]] == ["qa-item.viewed", "qa-item.rated"]
    assert "penicillin" not in str([act.detail for act in acts])
    assert "Sertraline" not in str([act.detail for act in acts])


def test_results_group_by_type_and_month(session, sample, item):
    rate(session, item.id, a_form(accurate="1"), by=QA)
    found = results(session, sample.id, by=QA)
    assert list(found.by_type) == ["pre-visit"] and len(found.by_month) == 1
    assert found.overall.questions[0].met.count == 0
    assert found.sample.rated == 1


def test_an_export_holds_no_chart_text_unless_asked(session, sample, item):
    mark = {"kind": "invented", "statement_index": 0, "note": "=cmd|'/C calc'!A0"}
    rate(session, item.id, a_form(), [mark], by=QA, comment="=1+1")
    for export in (export_csv, export_json):
        plain = export(session, sample.id, by=QA)
        assert not any(word in plain for word in ("calc", "1+1", "mg", "alcohol"))
    (row,) = csv.DictReader(io.StringIO(export_csv(session, sample.id, by=QA, with_text=True)))
    assert (row["comment"], row["notes"]) == ("'=1+1", "'=cmd|'/C calc'!A0")
    assert (row["invented"], row["omitted"], row["accurate"]) == ("1", "0", "5")
    whole = json.loads(export_json(session, sample.id, by=QA, with_text=True))
    assert whole["ratings"][0]["marks"][0]["statement"].endswith("mg")
    assert whole["overall"]["items"] == 1


def test_each_marked_statement_has_a_row_and_its_words_only_when_asked(session, sample, item):
    marks = [
        {"kind": "redundant", "statement_index": 1, "note": "said above"},
        {"kind": "outdated", "statement_index": 0, "note": "=1+1"},
    ]
    rate(session, item.id, a_form(), marks, by=QA)
    plain = list(csv.DictReader(io.StringIO(export_marks(session, sample.id, by=QA))))
    assert [(r["kind"], r["statement_index"]) for r in plain] == [
        ("redundant", "1"),
        ("outdated", "0"),
    ]
    assert "statement" not in plain[0]
    told = export_marks(session, sample.id, by=QA, with_text=True)
    rows = list(csv.DictReader(io.StringIO(told)))
    assert (rows[0]["statement"], rows[1]["note"]) == ("Denies alcohol.", "'=1+1")


@pytest.mark.parametrize("kind", ["redundant", "outdated", "irrelevant", "wrong-place"])
def test_what_is_true_and_yet_an_error_can_be_marked(session, item, kind):
    mark = {"kind": kind, "statement_index": 0, "note": ""}
    assert rate(session, item.id, a_form(), [mark], by=QA).marks[0]["kind"] == kind


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell):
    assert safe_cell(cell).startswith("'")


def test_plain_cells_stay_as_they_are():
    assert [safe_cell(each) for each in ("a=1", 5, None)] == ["a=1", "5", ""]

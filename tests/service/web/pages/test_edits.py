"""The desk without scripts: insert, add, move, cite anew, undo, and words that were not saved."""

import pytest

from service.chart.models import SnapshotRecord
from service.review import unsaved
from service.review.reasons import choices
from service.summary.progress import find_summary
from service.summary.vocabulary import FindingKind
from tests.service.review.builders import PHQ, SERTRALINE, a_record, a_summary
from tests.service.review.test_editing import ALLERGY, an_omission

STOPPED = "Sertraline 100 mg oral tablet, once daily (stopped, since 2023-01-05)"


@pytest.fixture
def summary(committed):
    def build(session):
        made = a_summary(session)
        record = a_record(session, ALLERGY, ref="AllergyIntolerance/1")
        session.add(SnapshotRecord(summary_id=made.id, record_id=record.id))
        an_omission(session, made, record)
        return made

    return committed(build)


@pytest.fixture
def desk(summary, as_person):
    return as_person("clinician").get(f"/summaries/{summary.id}")


def texts(desk):
    return [each.get_text() for each in desk.page.select("a.text")]


def test_what_was_left_out_is_inserted_with_one_click(desk, summary):
    card = desk.page.select_one("#finding-1")
    assert ALLERGY in card.get_text() and "Under Everything" in card.get_text()
    desk.send(f"/summaries/{summary.id}/findings/1/insert")
    assert texts(desk)[-1] == ALLERGY
    assert "Inserted with its source" in desk.text
    assert desk.page.select_one(".desk-acts .button").get_text(strip=True) == "Read and sign…"


def test_what_is_said_already_names_where(desk, summary):
    action = f"/summaries/{summary.id}/findings/1"
    desk.send(action, action="said", status=400)
    desk.send(action, action="said", where="2")
    assert "Already said in statement 2." in desk.text


def test_a_statement_is_added_as_the_clinicians_own(desk, summary):
    desk.send(f"/summaries/{summary.id}/statements", text="Seen on the ward.", source="own")
    assert texts(desk)[-1] == "Seen on the ward."
    assert "The clinician's own" in desk.page.select(".statement")[-1].get_text()
    assert desk.page.select(".statement")[-1].select(".finding") == []


def test_a_refused_addition_keeps_what_was_written(desk, summary, as_person):
    other = as_person("attending").get(f"/summaries/{summary.id}")
    other.send(f"/summaries/{summary.id}/statements/0#s0", button=("act", "remove"))
    action = f"/summaries/{summary.id}/statements"
    desk.send(action, text="Words that stay.", source="own", status=409)
    assert "Words that stay." in desk.page.select_one(".add textarea").get_text()


def test_statements_are_moved_and_it_is_undone_and_done_again(desk, summary):
    desk.send(f"/summaries/{summary.id}/statements/0#s0", button=("act", "down"))
    assert texts(desk) == [PHQ, SERTRALINE]
    desk.send(f"/summaries/{summary.id}/undo")
    assert texts(desk) == [SERTRALINE, PHQ]
    assert desk.page.select_one("[data-step-undo] button").has_attr("disabled")
    desk.send(f"/summaries/{summary.id}/redo")
    assert texts(desk) == [PHQ, SERTRALINE]
    desk.get(f"/summaries/{summary.id}/history")
    assert "Statement 2 moved" in desk.text and "The edit done again" in desk.text


def test_a_place_is_offered_and_cited(desk, summary, sessions):
    with sessions.begin() as session:
        record = a_record(session, STOPPED, ref="MedicationRequest/2")
        session.add(SnapshotRecord(summary_id=summary.id, record_id=record.id))
    desk.get(f"/summaries/{summary.id}?cite=0")
    places = desk.page.select("#cite-0 input[name=place]")
    assert SERTRALINE in [p["value"].partition(" ")[2] for p in places]
    other = next(p["value"] for p in places if p["value"].endswith(STOPPED))
    desk.send(f"/summaries/{summary.id}/statements/0/cite", place=other)
    with sessions() as session:
        statement = find_summary(session, summary.id).current.content.statement(0)
    assert [c.quote for c in statement.citations] == [STOPPED]
    assert desk.page.select("#s0 .finding.major")


def test_words_that_were_not_saved_come_back_to_their_writer_alone(desk, summary, as_person):
    form = unsaved.form_of(SERTRALINE)
    token = desk.page.select_one("input[name=csrf_token]")["value"]
    told = {"form": form, "text": "Half a sen", "digest": "d", "csrf_token": token}
    assert desk.client.post(f"/summaries/{summary.id}/unsaved", data=told).status_code == 204
    desk.get(f"/summaries/{summary.id}")
    assert desk.page.select_one("#s0 .edit").has_attr("open")
    assert desk.page.select_one("#s0 textarea").get_text() == "Half a sen"
    other = as_person("attending").get(f"/summaries/{summary.id}")
    assert other.page.select_one("#s0 textarea").get_text() == SERTRALINE
    other.send(f"/summaries/{summary.id}/statements/0#s0", button=("act", "remove"))
    desk.get(f"/summaries/{summary.id}")
    assert "Half a sen" in desk.page.select_one(".notice textarea").get_text()
    desk.send(f"/summaries/{summary.id}/unsaved/let-go")
    assert "Half a sen" not in desk.answer.text


def test_saving_forgets_what_was_kept(desk, summary, sessions):
    token = desk.page.select_one("input[name=csrf_token]")["value"]
    told = {"form": unsaved.form_of(SERTRALINE), "text": "x y", "digest": "", "csrf_token": token}
    desk.client.post(f"/summaries/{summary.id}/unsaved", data=told)
    action = f"/summaries/{summary.id}/statements/0#s0"
    desk.send(action, button=("act", "save"), text="Sertraline 50 mg once daily")
    assert desk.page.select(".kept-words, .notice textarea") == []


def test_nothing_stands_beside_what_its_sources_bear(desk, summary):
    assert "not checked" in desk.page.select_one("#s0").get_text()
    desk.send(f"/summaries/{summary.id}/findings/1/insert")
    assert desk.page.select(".statement .badge") == []


def test_a_page_can_ask_whether_its_session_goes_on(desk, browser):
    assert desk.client.get("/still-here").status_code == 204
    assert browser.client.get("/still-here", headers={"Accept": "*/*"}).status_code == 401


def test_the_kinds_of_finding_all_offer_reasons():
    assert all(len(choices(kind)) > 1 for kind in FindingKind)


@pytest.mark.parametrize("length", ["same", "shorter", "longer"])
def test_a_section_is_drafted_anew_from_the_desk(desk, summary, length):
    key = desk.page.select_one("[data-fold]")["data-fold"]
    form = f"/summaries/{summary.id}/sections/{key}/redraft"
    desk.send(form, button=("length", length), reason="Doses too")
    assert "That section is drafted anew." in desk.text
    assert desk.page.select_one(".pill")["class"] == ["pill", "requested"]


def test_what_was_asked_of_a_section_is_kept_where_it_was_refused(desk, summary, committed):
    key = desk.page.select_one("[data-fold]")["data-fold"]
    asked = {"section": key, "length": "shorter", "reason": "Doses too"}
    committed(lambda session: setattr(find_summary(session, summary.id), "returned", asked))
    form = f"/summaries/{summary.id}/sections/{key}/redraft"
    desk.send(form, button=("length", "shorter"), status=409, reason="doses too.")
    assert desk.page.select_one(".redraft[open] input[name=reason]")["value"] == "doses too."

"""The desk without scripts: read beside the sources, decide, edit, sign."""

import pytest

from service.summary import progress
from service.summary.document import Citation, Document, Section, Statement
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.progress import find_summary
from service.summary.vocabulary import Severity
from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import (
    PHQ,
    SERTRALINE,
    a_finding,
    a_record,
    a_summary,
    a_summary_at,
)


@pytest.fixture
def summary(committed):
    return committed(a_summary)


@pytest.fixture
def desk(summary, as_person):
    return as_person("clinician").get(f"/summaries/{summary.id}")


def current(sessions, summary):
    with sessions() as session:
        found = find_summary(session, summary.id)
        return found.status, found.current


def a_major_finding(committed, summary, **more):
    return committed(lambda s: a_finding(s, s.merge(summary).current, Severity.MAJOR, **more))


def test_a_draft_is_marked_as_one_and_says_what_was_read(desk):
    assert desk.page.select_one(".paper.draft .stamp").get_text() == "Draft, not signed"
    assert "1 observation" in desk.page.select_one(".coverage").get_text()
    assert "2 restricted records were not used." in desk.text


def test_choosing_a_statement_opens_its_source_at_the_quote(desk):
    link = desk.page.select("a.text")[1]["href"]
    desk.get(desk.answer.url.path + link)
    (shown,) = desk.page.select(".source:not([hidden])")
    assert shown.select_one("mark#quote.lit").get_text() == PHQ
    assert "Source 1 of 1 for statement 2" in desk.text
    assert desk.page.select_one(".statement.chosen .text")["aria-current"] == "true"


def test_a_number_that_is_not_there_chooses_nothing(desk):
    desk.get(f"{desk.answer.url.path}?statement=99")
    assert desk.page.select(".source:not([hidden])") == []


def test_saving_an_edit_verifies_it_and_can_be_taken_back(desk, summary, sessions):
    action = f"/summaries/{summary.id}/statements/0#s0"
    desk.send(action, button=("act", "save"), text="Sertraline 100 mg oral tablet, once daily")
    assert "Saved and checked again." in desk.text
    assert desk.page.select_one("#s0 .text").get_text().startswith("Sertraline 100 mg")
    assert desk.page.select("#s0 .finding.major")
    desk.send(action, button=("act", "undo"))
    assert desk.page.select_one("#s0 .text").get_text() == SERTRALINE
    assert current(sessions, summary)[1].number == 3


def test_an_edit_of_a_text_that_changed_keeps_the_words(desk, summary, as_person):
    other = as_person("attending").get(f"/summaries/{summary.id}")
    action = f"/summaries/{summary.id}/statements/0#s0"
    other.send(action, button=("act", "save"), text="Sertraline 50 mg, once daily")
    desk.send(action, button=("act", "save"), text="My words", status=409)
    assert "The text has changed since you opened it" in desk.text
    assert "My words" in [each.get_text() for each in desk.page.select("textarea")]


def test_a_blank_edit_removes_nothing(desk, summary, sessions):
    action = f"/summaries/{summary.id}/statements/0#s0"
    desk.send(action, button=("act", "save"), text="  ", status=400)
    assert current(sessions, summary)[1].number == 1
    desk.send(action, button=("act", "remove"))
    assert [s.get_text() for s in desk.page.select("a.text")] == [PHQ]


def test_deciding_about_a_finding_needs_a_reason_and_keeps_it(desk, committed, summary):
    a_major_finding(committed, summary)
    desk.get(f"/summaries/{summary.id}")
    action = f"/summaries/{summary.id}/findings/1"
    for nothing in (" ", "ok", "Ok, done"):
        desk.send(action, action="chart-wrong", reason=nothing, status=400)
    assert desk.page.select_one("#finding-1 input[value=chart-wrong]").has_attr("checked")
    desk.send(action, action="corrected", reason="It is right now.", status=400)
    desk.send(action, action="chart-wrong", reason="Seen with the patient.")
    assert "Seen with the patient." in desk.page.select_one("#finding-1").get_text()


def test_offered_words_are_taken_with_one_click_and_can_be_taken_back(desk, summary, sessions):
    edit = f"/summaries/{summary.id}/statements/0#s0"
    desk.send(edit, button=("act", "save"), text=f"She claims: {SERTRALINE}")
    assert "Offered instead" in desk.text and "casts doubt" in desk.text
    form = desk.page.select_one("form[data-rewrite]")
    assert form.find_parent(class_="statement")["id"] == "s0"
    desk.send(form["action"])
    assert desk.page.select_one("#s0 a.text").get_text() == f"She reports: {SERTRALINE}"
    assert desk.page.select_one("form[data-rewrite]") is None
    desk.send(edit, button=("act", "undo"))
    assert "She claims" in desk.page.select_one("#s0 a.text").get_text()


def test_a_finding_without_offered_words_has_none_to_take(desk, committed, summary):
    a_major_finding(committed, summary)
    digest = {"digest": summary.current.digest}
    desk.get(f"/summaries/{summary.id}")
    assert desk.page.select_one("form[data-rewrite]") is None
    token = desk.page.select_one("input[name=csrf_token]")["value"]
    answer = desk.client.post(
        f"/summaries/{summary.id}/findings/1/rewrite", data=digest | {"csrf_token": token}
    )
    assert answer.status_code == 400 and "offers no words" in answer.text


def test_an_omission_stands_on_top_of_the_summary(desk, committed, summary):
    a_major_finding(committed, summary, statement=None)
    desk.get(f"/summaries/{summary.id}")
    left = desk.page.select_one(".desk-left")
    assert left.select_one("section.panel")["class"] == ["panel", "apart"]
    assert left.select_one(".apart .finding.major")


def test_open_major_findings_block_the_signature_with_links(desk, committed, summary, sessions):
    digest = summary.current.digest
    desk.get(f"/summaries/{summary.id}/sign")
    a_major_finding(committed, summary)
    desk.send(f"/summaries/{summary.id}/sign", status=422)
    assert desk.page.select_one(".to-settle a")["href"].endswith("?finding=1#finding-1")
    assert current(sessions, summary)[0] is S.IN_REVIEW
    assert digest == current(sessions, summary)[1].digest


def test_a_text_that_changed_is_not_signed(desk, summary, as_person, sessions):
    desk.get(f"/summaries/{summary.id}/sign")
    other = as_person("attending").get(f"/summaries/{summary.id}")
    other.send(f"/summaries/{summary.id}/statements/0#s0", button=("act", "remove"))
    desk.send(f"/summaries/{summary.id}/sign", status=409)
    assert "Read the current version" in desk.text
    assert SERTRALINE not in desk.page.select_one("pre.exact").get_text()
    assert current(sessions, summary)[0] is S.IN_REVIEW


def test_signing_shows_the_exact_text_and_signs_it(desk, summary, sessions):
    desk.get(f"/summaries/{summary.id}/sign")
    assert desk.page.select_one("pre.exact").get_text() == summary.current.text
    desk.send(f"/summaries/{summary.id}/sign")
    assert "Signed by Dr Ines Lindqvist" in desk.page.select_one(".stamp").get_text()
    assert current(sessions, summary)[0] is S.SIGNED


def test_a_second_clinician_cosigns(committed, as_person, sessions):
    summary = committed(a_summary_at, S.AWAITING_COSIGN)
    attending = as_person("attending").get(f"/summaries/{summary.id}/sign")
    attending.send(f"/summaries/{summary.id}/cosign")
    assert current(sessions, summary)[0] is S.SIGNED


@pytest.mark.parametrize(
    ("begins", "act", "ends"),
    [
        (S.IN_REVIEW, "return", S.REQUESTED),
        (S.IN_REVIEW, "reject", S.REJECTED),
        (S.FILED, "amend", S.IN_REVIEW),
        (S.FILED, "retract", S.RETRACTING),
        (S.FILING_REFUSED, "reopen", S.IN_REVIEW),
        (S.AWAITING_COSIGN, "reject", S.REJECTED),
    ],
)
def test_acts_with_a_reason(committed, as_person, sessions, begins, act, ends):
    summary = committed(a_summary_at, begins)
    browser = as_person("clinician").get(f"/summaries/{summary.id}")
    browser.send(f"/summaries/{summary.id}/{act}", reason="  ", status=400)
    browser.send(f"/summaries/{summary.id}/{act}", reason="A reason in words.")
    assert current(sessions, summary)[0] is ends


def test_what_is_not_open_to_a_person_is_not_offered(committed, as_person):
    summary = committed(a_summary)
    quality = as_person("qa").get(f"/summaries/{summary.id}")
    assert [f["action"] for f in quality.page.select("form")] == ["/sign-out"]
    assert quality.page.select(".desk-acts .button") == []


def test_the_history_names_people_and_shows_what_changed(desk, summary):
    action = f"/summaries/{summary.id}/statements/1#s1"
    desk.send(action, button=("act", "save"), text="PHQ-9 total score 15 (2024-05-01)")
    desk.get(f"/summaries/{summary.id}/history")
    assert desk.page.select_one(".exact del").get_text() == "14"
    assert desk.page.select_one(".exact ins").get_text() == "15"
    assert "Statement edited" in desk.text and DEMO_PEOPLE["clinician"].name in desk.text


@pytest.mark.parametrize("status", list(S))
def test_the_desk_can_be_opened_at_every_status(committed, as_person, status):
    summary = committed(a_summary_at, status)
    as_person("attending").get(f"/summaries/{summary.id}").get(f"/summaries/{summary.id}/history")


def test_chart_text_is_never_markup(committed, as_person):
    def build(session):
        made = a_summary(session)
        made.current.document = {**made.current.document, "title": "<script>alert(1)</script>"}
        return made

    browser = as_person("clinician").get(f"/summaries/{committed(build).id}")
    assert [s for s in browser.page.select("script") if not s.get("src")] == []


def test_markup_in_a_note_is_shown_as_its_letters(committed, as_person):
    planted = "<img src=x onerror=alert(1)> ![a](https://collect.example/?q=1) Mood fair."

    def build(session):
        made = a_summary(session)
        record = a_record(session, planted, ref="DocumentReference/1")
        document = Document(
            "Pre-visit",
            (),
            (
                Section(
                    "all",
                    "All",
                    (
                        Statement(
                            planted, (Citation(record.id, record.resource_ref, "1", planted, 0, 5),)
                        ),
                    ),
                ),
            ),
        )
        progress.add_version(
            session, made, document, made_by=SYSTEM, writer={"name": "openai:x"}, coverage={}
        )
        return made

    summary = committed(build)
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    assert planted in desk.text
    assert [i for i in desk.page.select("img") if i["src"] != "/static/icon.svg"] == []
    assert not any("collect.example" in a["href"] for a in desk.page.select("a"))
    policy = desk.answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "img-src 'self'" in policy


def test_a_history_counts_as_a_view_and_so_shows_the_text(summary, desk):
    desk.get(f"/summaries/{summary.id}/history")
    assert PHQ in desk.page.select_one(".exact").get_text()


def test_a_heading_without_a_statement_is_not_read_as_there_is_none(committed, as_person):
    def build(session):
        made = a_summary(session)
        told = made.current.content
        bare = Section("allergies", "Allergies and intolerances", ())
        whole = Document(told.title, told.header, (*told.sections, bare))
        progress.add_version(session, made, whole, made_by=SYSTEM, writer={}, coverage={})
        return made

    summary = committed(build)
    desk = as_person("clinician").get(f"/summaries/{summary.id}")
    said = desk.page.select(".paper-section")[-1].get_text()
    assert "Allergies" in said and "That is not a finding of none." in said
    assert "Allergies" not in summary.current.text


def test_facts_are_one_click_from_the_desk(desk):
    (link,) = desk.page.select('.desk-facts a:-soup-contains("Facts")')
    assert link["href"] == "/patients/1/facts"


def test_an_open_minor_finding_is_one_click_from_the_text_to_sign(desk, committed, summary):
    committed(lambda s: a_finding(s, s.merge(summary).current, Severity.MINOR).number)
    desk.get(f"/summaries/{summary.id}/sign")
    (link,) = desk.page.select('a:-soup-contains("1 minor finding open")')
    address, _, anchor = link["href"].partition("#")
    assert desk.get(address).page.select_one(f"#{anchor}")


def test_a_finding_about_the_whole_speaks_of_no_sentence(desk, committed, summary):
    a_major_finding(committed, summary, statement=None)
    a_major_finding(committed, summary, number=2)
    page = desk.get(f"/summaries/{summary.id}").page
    assert page.select_one("#finding-1 .decide summary").get_text() == "Settle it"
    assert page.select_one("#finding-2 .decide summary").get_text() == "Keep the sentence"


def test_what_is_to_settle_is_told_apart_before_signing(desk, committed, summary):
    for number, said in ((1, "Sertraline 500 mg"), (2, "PHQ-9 total score 41")):
        committed(lambda s, n=number, w=said: _saying(s, summary, n, w).number)
    desk.get(f"/summaries/{summary.id}/sign")
    rows = [row.select_one("q").get_text() for row in desk.page.select(".to-settle li")]
    assert rows == ["Sertraline 500 mg", "PHQ-9 total score 41"]


def _saying(session, summary, number, words):
    finding = a_finding(session, session.merge(summary).current, Severity.MAJOR, number=number)
    finding.said = words
    return finding


@pytest.mark.parametrize("address", ["/summaries/{}?statement=x", "/patients/1/facts?kind=none"])
def test_an_address_that_fits_nothing_is_told_to_a_person_in_words(desk, summary, address):
    page = desk.get(address.format(summary.id), status=422).page
    said = page.select_one("p.lead").get_text()
    assert "query" not in said and "Open the page anew" in said
    assert desk.client.get(f"/summaries/{summary.id}?statement=x", headers=JSON).json()["errors"]


JSON = {"Accept": "application/json"}

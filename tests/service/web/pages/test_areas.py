"""Facts as a reader looks for them: few areas, what is open first, names as people write them."""

from dataclasses import replace

import pytest

from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.drafting.telling import glue
from service.facts.fact import Fact, FactKind, Standing
from service.reading.assertions import Value
from service.summary import progress
from service.summary.document import Section
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryType
from service.web.pages.areas import AREAS, KINDS, live_and_over
from service.web.pages.names import shown_name
from tests.service.review.builders import a_document, a_summary
from tests.service.web.test_facts_api import CHART, a_note, the_chart

NOTE = "DocumentReference/n1"
NOT_SHOWN = Section(glue.REST, "Not shown", (), "In the chart and not shown here: 1 allergy.")

K, S = FactKind, Standing


def a_fact(kind, key, standing=S.CURRENT, *, name=None, values=()):
    return Fact(kind, key, name or key.replace("-", " "), standing, "so", values=values)


def test_every_kind_stands_in_one_area_and_a_reader_chooses_among_few():
    kinds = [kind for area in AREAS for kind in area.kinds]
    assert sorted(kinds) == sorted(FactKind) == sorted(KINDS)
    assert len(AREAS) <= 8
    assert [area.name for area in AREAS[:3]] == ["Risk and safety", "Allergies", "Medicines"]
    assert not any(area.quiet for area in AREAS if {K.RISK, K.MEDICINE, K.SCORE} & {*area.kinds})


def test_what_is_open_is_not_behind_what_is_answered():
    answered = [a_fact(K.OPEN_LOOP, f"visit-{n}", S.PAST) for n in range(12)]
    owed = a_fact(K.OPEN_LOOP, "referral", S.PLANNED)
    assert live_and_over(K.OPEN_LOOP, [*answered, owed]) == ([owed], answered)


@pytest.mark.parametrize("kind", [K.RISK, K.ALLERGY, K.MEDICINE])
def test_nothing_of_what_must_be_read_whole_is_folded(kind):
    held = [a_fact(kind, "a"), a_fact(kind, "b", S.REFUTED), a_fact(kind, "c", S.PAST)]
    assert live_and_over(kind, held) == (held, [])


def test_a_kind_of_which_all_is_over_is_not_folded():
    held = [a_fact(K.PROBLEM, "a", S.PAST), a_fact(K.PROBLEM, "b", S.REFUTED)]
    assert live_and_over(K.PROBLEM, held) == (held, [])


WORDS = (Value("item", None, "Call sister Ngozi when warning signs appear"),)


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        (a_fact(K.SCORE, "phq-9"), "PHQ-9"),
        (a_fact(K.SCORE, "c-ssrs"), "C-SSRS"),
        (a_fact(K.SCORE, "moca"), "MoCA"),
        (a_fact(K.SCORE, "epworth"), "Epworth"),
        (a_fact(K.SCORE, "zarit-burden"), "zarit-burden"),
        (a_fact(K.OPEN_LOOP, "phq-9"), "PHQ 9"),
        (a_fact(K.MEASUREMENT, "tsh"), "TSH"),
        (a_fact(K.MEASUREMENT, "hemoglobin-a1c"), "hemoglobin A1c"),
        (a_fact(K.MEDICINE, "ssri"), "SSRI"),
        (a_fact(K.MEDICINE, "lithium"), "lithium"),
        (a_fact(K.RISK, "warning-sign:contact ngoz", values=WORDS), "warning sign"),
        (a_fact(K.RISK, "warning-sign:plan"), "warning sign:plan"),
        (a_fact(K.OPEN_LOOP, "told:1:2", name="TSH: not drawn today."), "TSH: not drawn today."),
    ],
)
def test_a_name_is_written_as_people_write_it(fact, name):
    assert shown_name(fact) == name


def test_which_facts_a_text_does_not_show_is_one_click_from_it(committed, as_person):
    committed(the_chart)
    browser = as_person("clinician").get("/patients/f1/facts")
    whole = {name.get_text() for name in browser.page.select(".fact-name")}
    noted = committed(lambda s: s.query(SourceRecord).filter_by(resource_ref=NOTE).one())

    def build(session):
        made = a_summary(session, patient="Patient/f1")
        told = replace(a_document(noted), sections=(*a_document(noted).sections, NOT_SHOWN))
        progress.add_version(session, made, told, made_by=SYSTEM, writer={}, coverage={})
        return made

    summary = committed(build)
    link = browser.get(f"/summaries/{summary.id}").page.select_one(".absence a.which")
    page = browser.get(link["href"]).page
    told = {name.get_text() for name in page.select(".fact-name")}
    assert "penicillin" in told
    assert "sertraline" in whole - told, "the note that the text cites tells of it"
    assert browser.get(page.select_one(".desk-facts a")["href"]).page.select("#identity")


def test_what_another_patients_text_shows_is_not_compared(committed, as_person):
    mine = committed(a_summary)
    other = committed(lambda s: a_summary(s, patient="Patient/2", summary_type=SummaryType.HANDOFF))
    browser = as_person("clinician")
    browser.get(f"/patients/1/facts?besides={other.id}", status=404)
    browser.get(f"/patients/1/facts?besides={'0' * 32}", status=404)
    browser.get(f"/patients/1/facts?besides={mine.id}")


def test_every_word_on_risk_stands_on_the_page(committed, as_person):
    said = "Denies {}. " * len(RISKS)
    note = a_note(said.format(*RISKS), "risks", "2026-02-01")
    committed(lambda session: ingest(session, "test", [CHART[0], note]))
    page = as_person("clinician").get("/patients/f1/facts").page
    assert len(page.select("#risk .fact")) > 12
    assert not page.select("#risk a.button")


RISKS = (
    *("suicidal ideation", "suicidal intent", "suicide plan", "homicidal ideation", "self-harm"),
    *("passive death wish", "access to firearms", "suicide attempts", "violence", "abuse"),
    *("command hallucinations", "domestic violence", "overdose", "fire setting", "neglect"),
    *("homicidal intent", "stockpiling medication", "elopement", "aggression", "arrests"),
)

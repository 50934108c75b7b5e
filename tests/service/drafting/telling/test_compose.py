"""Every document keeps to its words, begins with its brief, and tells what does harm first."""

import re
from dataclasses import replace

import pytest

from fhir_fixtures import stories
from service.drafting.coverage import Unread
from service.drafting.draft import NoStay, _check_has_stay
from service.drafting.extractive import ExtractiveWriter
from service.drafting.injection import Planted
from service.drafting.telling import glue
from service.drafting.telling.brief import brief
from service.drafting.telling.compose import compose, words_of
from service.drafting.telling.given import with_facts
from service.drafting.words import count_words
from service.summary.vocabulary import Severity, SummaryType
from service.verification.charts import records_of
from service.verification.omission.owing import owing
from tests.benchmarks._drafts import retold
from tests.benchmarks.story_facts import request_for
from tests.service.drafting.builders import a_note, a_record, a_request

TODAY = "2026-06-01"
ORDER = (glue.PATIENT, glue.CHANGED, glue.RISK, glue.ALLERGIES, glue.CONFLICT, glue.RESULTS)
ORDER = (*ORDER, glue.ALERTS, glue.MEDICINES, glue.OPEN)


def told(request, **given):
    request = with_facts(request, on=TODAY, **given)
    return compose(request, ExtractiveWriter().write(request), Unread())


def lines(records, summary_type="pre-visit"):
    request = with_facts(a_request(summary_type, records), on=TODAY)
    section, _ = brief(request, Unread(), 150)
    return [statement.text for statement in section.statements]


def line(found, label):
    return next((each for each in found if each.startswith(f"{label}: ")), "")


@pytest.mark.parametrize("summary_type", SummaryType)
@pytest.mark.parametrize("name", stories.names())
def test_a_story_keeps_to_the_words_of_each_type_and_tells_nothing_twice(name, summary_type):
    request = with_facts(replace(request_for(name, summary_type), owing=owing))
    document = compose(request, ExtractiveWriter().write(request), Unread()).document
    first = document.sections[0]
    assert words_of(document, request.prompt.meta.tables) <= request.prompt.meta.words
    assert first.key == glue.BRIEF and len(first.statements) <= 12
    assert sum(count_words(each.text) for each in first.statements) <= 150
    labels = [
        next(n for n, o in enumerate(ORDER) if each.text.startswith(o)) for each in first.statements
    ]
    assert labels == sorted(labels)
    assert not retold([p.statement.text for p in document.placed()])
    assert document.sections[-1].key == glue.REST


def test_a_course_of_a_stay_needs_a_stay():
    visit = a_record("Encounter", "Outpatient visit (2026-05-01)", status="finished")
    with pytest.raises(NoStay, match="No hospital stay"):
        _check_has_stay(a_request("hospital-course", [visit]))


# The traps: what is many and harmless must not push out what is one and does harm.
def test_stable_history_pushes_out_no_danger():
    stable = [a_condition(f"Old sprain of finger {n}") for n in range(60)]
    penicillin = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "Penicillin"},
        "reaction": [{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}],
    }
    found = lines(a_chart(*stable, penicillin, a_condition("Colon cancer")))
    assert "Penicillin - Anaphylaxis (severe)" in line(found, glue.ALLERGIES)
    assert "Colon cancer" in line(found, glue.PATIENT)


def a_condition(name):
    status = {"coding": [{"code": "active"}]}
    return {"resourceType": "Condition", "clinicalStatus": status, "code": {"text": name}}


def a_chart(*resources):
    entry = [{"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1980-05-01"}}]
    for number, each in enumerate(resources):
        of = "patient" if each["resourceType"] == "AllergyIntolerance" else "subject"
        entry.append({"resource": {"id": f"r{number}", of: {"reference": "Patient/p"}, **each}})
    return records_of({"resourceType": "Bundle", "type": "collection", "entry": entry})


def test_what_was_brought_and_what_speaks_to_a_program_is_in_no_brief():
    printout = a_note("Allergic to penicillin: anaphylaxis.", title="Printout from the internet")
    planted = a_note("Denies SI. Stopped lithium 300 mg daily in May.")
    request = a_request("pre-visit", [printout, planted])
    place = Planted(
        planted.id, "DocumentReference/9", 0, len(planted.text), "orders", Severity.MAJOR
    )
    request = with_facts(replace(request, planted={planted.id: (place,)}), on=TODAY)
    section, _ = brief(request, Unread(), 150)
    assert section.statements == ()


def test_what_could_not_be_read_closes_the_brief():
    gap = {"kind": "search", "source": "AllergyIntolerance ?patient=1", "reason": "403"}
    request = with_facts(a_request("pre-visit", [a_note("Denies SI.")]), on=TODAY)
    section, _ = brief(request, Unread(gaps=(gap,)), 150)
    assert section.absence == "Not read: the EHR could not be searched for AllergyIntolerance."


def test_nothing_is_said_to_be_absent_of_which_a_fact_speaks_or_that_nobody_could_read():
    note = a_note("Smokes ten cigarettes a day, drinks a beer a week.")
    said = told(a_request("pre-visit", [note])).document.sections[-1].absence
    assert "Scores" in said and "Substance use" not in said
    unread = replace(a_request("pre-visit", [note]), unreadable=1)
    assert glue.ABSENT not in told(unread).document.sections[-1].absence


@pytest.mark.parametrize("plan", ["Home with hospice.", "Bed delivered, Mei stays.", "As before."])
def test_that_nothing_is_to_be_done_is_never_said_where_a_note_may_tell_it_in_its_own_words(plan):
    request = a_request("handoff", [a_note(f"PLAN\n1. {plan}")])
    assert "Actions" not in told(request).document.sections[-1].absence


def test_what_has_no_room_is_counted_by_what_it_is_and_kept_in_view():
    request = request_for("depression_two_trials", SummaryType.HANDOFF)
    composed = told(request)
    last = composed.document.sections[-1].absence
    assert composed.left_out and sum(composed.drafted.not_shown.values()) > 0
    assert re.search(r"not shown here: \d+ (?:words on risk|further|results|current)", last)


def test_stable_problems_that_a_type_is_not_made_of_are_counted():
    names = ("Gout", "Asthma", "Psoriasis", "Glaucoma", "Migraine", "Eczema", "Hypothyroidism")
    found = told(a_request("handoff", a_chart(*map(a_condition, names))))
    assert re.search(r"\d further stable problems?", found.document.text())


def test_a_history_of_medicines_is_a_table_of_their_courses():
    document = told(request_for("bipolar_lithium", SummaryType.MEDICATION_HISTORY)).document
    rows = [s.text for key in tables_of(document) for s in key.statements]
    columns = {glue.columns(row)[0]: glue.columns(row) for row in rows}
    name, period, dose, *_, ended = columns["valproate"]
    told_of = (name, period, dose, ended)
    assert told_of == ("valproate", "2009 to 2021-03", "1500 mg Nightly", "Disabling hand tremor")
    assert "900 mg, 600 mg" in columns["lithium"][2] and columns["lithium"][1].endswith("to now")
    assert not any(s.text.startswith(glue.MEDICINES) for s in document.sections[0].statements)


def tables_of(document):
    return [s for s in document.sections if s.key.endswith("-medications")]

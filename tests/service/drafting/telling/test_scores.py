"""A form is told by its total, with what it was; an answer of it only where it is a danger."""

import pytest

from service.drafting.coverage import Unread
from service.drafting.extractive import ExtractiveWriter
from service.drafting.telling import glue
from service.drafting.telling.brief import brief
from service.drafting.telling.given import with_facts
from service.reading.packing import packed, without_layout
from service.reading.record import read_record
from service.verification.charts import records_of
from tests.service.drafting.builders import a_request, texts

NOW, THEN, TODAY = "2026-05-01", "2026-03-01", "2026-06-01"
OFTEN = {0: "Not at all", 1: "Several days", 2: "More than half the days"}
# The form, its first question, the one of harm.
FORMS = {
    "PHQ-9": (
        "Little interest or pleasure in doing things",
        "Thoughts that you are better off dead",
    ),
    "GAD-7": ("Feeling nervous, anxious, or on edge", "Thoughts of killing yourself"),
    "EPDS": ("Able to laugh and see the funny side", "The thought of harming myself"),
}
of_form = pytest.mark.parametrize("form", FORMS)
sent = pytest.mark.parametrize("sent_as", ["components", "members", "answers", "total"])


def sent_on(form, total, day, harm=0, sent_as="components"):
    """One form as resources: a panel of components or of members, answers to a questionnaire, or
    its total with the answers below it."""
    first, last = FORMS[form]
    answers = [(first, OFTEN[1]), ("Feeling tired or having little energy", OFTEN[2])]
    answers.append((last, OFTEN[harm]))
    if sent_as == "answers":
        items = [{"text": q, "answer": [{"valueString": a}]} for q, a in answers]
        items.append({"text": f"{form} total score", "answer": [{"valueInteger": total}]})
        more = {"authored": day, "questionnaire": f"http://a.test/Questionnaire/{form.lower()}"}
        return [a_resource("QuestionnaireResponse", day, status="completed", item=items, **more)]
    parts = [{"code": {"text": q}, "valueCodeableConcept": {"text": a}} for q, a in answers]
    whole = {"code": {"text": f"{form} total score"}, "valueInteger": total}
    seen = {"status": "final", "effectiveDateTime": day}
    if sent_as == "total":
        return [a_resource("Observation", day, component=parts, **whole, **seen)]
    panel = {"code": {"text": f"{form} panel"}} | seen
    if sent_as == "components":
        return [a_resource("Observation", day, component=[*parts, whole], **panel)]
    held = [
        a_resource("Observation", f"{day}-{n}", **p, **seen) for n, p in enumerate([*parts, whole])
    ]
    members = [{"reference": f"Observation/{each['id']}"} for each in held]
    return [a_resource("Observation", day, hasMember=members, **panel), *held]


def a_resource(resource_type, number, **elements):
    whose = {"subject": {"reference": "Patient/p"}}
    return {"resourceType": resource_type, "id": f"r-{number}", **whose, **elements}


def a_visit(day):
    met = {"class": {"code": "AMB"}, "period": {"start": day, "end": day}}
    return a_resource("Encounter", f"visit-{day}", status="finished", **met)


def asked(kind, *resources):
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1990-05-01"}
    entry = [{"resource": each} for each in (patient, a_visit(THEN), a_visit(NOW), *resources)]
    records = records_of({"resourceType": "Bundle", "type": "collection", "entry": entry})
    held = {f"{each['resourceType']}/{each['id']}": each for each in resources}
    kept = {r.id: without_layout(packed(read_record(r, find=held.get))) for r in records}
    return with_facts(a_request(kind, records), kept, on=TODAY)


def line(label, *resources):
    section, _ = brief(asked("pre-visit", *resources), Unread(), 150)
    return next((s.text for s in section.statements if s.text.startswith(label)), "")


@of_form
@sent
def test_a_form_is_told_by_its_total_with_what_it_was(form, sent_as):
    before, now = sent_on(form, 17, THEN, sent_as=sent_as), sent_on(form, 9, NOW, sent_as=sent_as)
    found = line(glue.CHANGED, *before, *now)
    assert f"{form} 17 → 9 (2026-05-01)" in found.replace(" total score", "")
    assert OFTEN[1] not in found and FORMS[form][0] not in found


@of_form
@sent
def test_an_answer_that_tells_of_harm_is_told_as_the_risk_that_it_is(form, sent_as):
    found = line(glue.RISK, *sent_on(form, 9, NOW, harm=1, sent_as=sent_as))
    assert f"{FORMS[form][1]}: {OFTEN[1]}" in found
    assert FORMS[form][0] not in found


@of_form
@pytest.mark.parametrize("sent_as", ["components", "members", "total"])
def test_scores_tell_a_form_once_by_its_total(form, sent_as):
    forms = [*sent_on(form, 17, THEN, sent_as=sent_as), *sent_on(form, 9, NOW, sent_as=sent_as)]
    told = texts(ExtractiveWriter().write(asked("pre-visit", *forms)), "scores")
    assert len(told) == 1 and told[0].startswith(f"{form} total score: 17 ({THEN}), 9 ({NOW})")

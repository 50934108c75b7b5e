"""A small chart in a sandbox EHR, what may become of it after a draft, and whether that blocks."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.chart.ingest import ingest
from service.chart.models import SnapshotRecord, SourceRecord
from service.chart.pull import refresh_chart
from service.summary import progress
from service.summary.document import Citation, Document, Section, Statement
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.service.review.stale_resources import (
    Resource,
    allergy,
    coded,
    medicine,
    note,
    problem,
    score,
)

Chart = dict[str, Resource]
PART2 = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "code": "42CFRPart2",
    "display": "42 CFR Part 2",
}
NOTE = """Progress note

Subjective: Sleeps better. Denies suicidal ideation. Takes clozapine every night.
Assessment: Schizophrenia, stable.
Plan: Continue clozapine and lithium. Return in four weeks.
"""
CITED = ("clozapine", "note", "phq", "problem", "level")  # ids of what the draft rests on


def a_chart(who: str) -> Chart:
    """Id -> resource of one patient; ids are the patient's own."""
    made = [
        {"resourceType": "Patient", "id": who, "name": [{"family": "Quist", "given": ["Ada"]}]},
        {
            "resourceType": "Encounter",
            "id": "visit",
            "status": "finished",
            "class": {"code": "AMB"},
            "period": {"start": "2026-05-04T09:00:00Z", "end": "2026-05-04T09:40:00Z"},
        },
        medicine("clozapine", "clozapine 100 mg tablet", "2626"),
        medicine("lithium", "lithium carbonate 300 mg capsule", "6448"),
        allergy("penicillin", "Penicillin", "764146007"),
        problem("problem", "Schizophrenia", "58214004"),
        problem("asthma", "Asthma", "195967001"),
        score("phq", "44261-6", "PHQ-9 total score", 9),
        score("level", "14334-7", "Lithium [Moles/volume] in Serum or Plasma", 0.7),
        note("note", NOTE, encounter="visit"),
        note("other", "Telephone note\n\nCalled about the pharmacy. Nothing else was said.\n"),
    ]
    return {each["id"]: owned(each, who) for each in made}


def owned(resource: Resource, who: str) -> Resource:
    """The resource as this patient's: ids and references get the patient's name."""
    made = copy.deepcopy(resource)
    if made["resourceType"] == "Patient":
        return made
    made["id"] = f"{who}-{resource['id']}"
    subject = {"reference": f"Patient/{who}"}
    made[
        "patient" if made["resourceType"] in ("AllergyIntolerance", "Immunization") else "subject"
    ] = subject
    for place in ("encounter",):
        if place in made:
            made[place] = {"reference": f"Encounter/{who}-{made[place]}"}
    if "context" in made:
        made["context"] = {"encounter": [{"reference": f"Encounter/{who}-{made['context']}"}]}
    if "relatesTo" in made:
        target = {"reference": f"DocumentReference/{who}-{made['relatesTo']}"}
        made["relatesTo"] = [{"code": "replaces", "target": target}]
    return made


@dataclass(frozen=True)
class Case:
    """`make` gives the resources that are written, from the chart; `deletes` names what goes.
    `way` is how they arrive: "ehr" or "bundle" (already held here when somebody looks)."""

    name: str
    way: str
    make: Callable[[Chart], list[Resource]]
    blocks: bool
    deletes: str = ""


def a_draft(session: Any, client: Any, who: str) -> Any:
    """A summary in review that was drafted from the chart as the EHR gives it."""
    refresh_chart(session, f"Patient/{who}", client=client)
    held = {
        r.resource_ref.partition("/")[2].removeprefix(f"{who}-"): r
        for r in session.scalars(
            select(SourceRecord).where(SourceRecord.patient_ref == f"Patient/{who}")
        )
    }
    summary = progress.request_summary(
        session, f"Patient/{who}", SummaryType.PRE_VISIT, actor=DEMO_PEOPLE["clinician"].id
    )
    for status in (SummaryStatus.CHARTED, SummaryStatus.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    session.add_all(SnapshotRecord(summary_id=summary.id, record_id=r.id) for r in held.values())
    said = tuple(_statement(held[name]) for name in CITED)
    document = Document("Pre-visit summary", (), (Section("all", "Everything", said),))
    progress.add_version(
        session, summary, document, made_by=SYSTEM, writer={"name": "extractive"}, coverage={}
    )
    for status in (SummaryStatus.DRAFTED, SummaryStatus.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)
    return summary


def _statement(record: SourceRecord) -> Statement:
    quote = "Denies suicidal ideation." if record.is_note else record.headline
    start = record.text.index(quote)
    place = Citation(
        record.id, record.resource_ref, record.version, quote, start, start + len(quote)
    )
    return Statement(quote, (place,))


def arrive(session: Any, store: Any, case: Case, who: str) -> None:
    """Let the case happen: at the EHR, or here without it."""
    made = [owned(each, who) for each in case.make(a_plain_chart(who))]
    if case.way == "bundle":
        for each in made:
            each["meta"] = {"versionId": "9", **each.get("meta", {})}
        ingest(session, "rest", made)
        return
    with store.transaction():
        for each in made:
            store.write(each["resourceType"], each["id"], each)
        if case.deletes:
            kind, _, name = case.deletes.partition("/")
            store.write(kind, f"{who}-{name}", None)


def a_plain_chart(who: str) -> Chart:
    """The chart before ids and references are the patient's: cases change this."""
    made = a_chart(who)
    for each in made.values():
        each["id"] = each["id"].removeprefix(f"{who}-")
        if "encounter" in each:
            each["encounter"] = "visit"
        if "context" in each:
            each["context"] = "visit"
    return made


def _reworded(text: str, id_: str = "note", **more: Any) -> Callable[[Chart], list[Resource]]:
    return lambda chart: [note(id_, text, encounter="visit", **more)]


def _same(name: str, **change: Any) -> Callable[[Chart], list[Resource]]:
    return lambda chart: [{**chart[name], **change}]


def _new(resource: Resource) -> Callable[[Chart], list[Resource]]:
    return lambda chart: [resource]


LATER = "2026-06-01T09:00:00Z"
WAYS = ("ehr", "bundle")

HARM: dict[str, tuple[Callable[[Chart], list[Resource]], str]] = {
    "a cited medicine is stopped": (
        _new(
            medicine(
                "clozapine",
                "clozapine 100 mg tablet",
                "2626",
                "stopped",
                statusReason={"text": "neuroleptic malignant syndrome"},
            )
        ),
        "",
    ),
    "a medicine that is not cited is stopped": (
        _new(medicine("lithium", "lithium carbonate 300 mg capsule", "6448", "stopped")),
        "",
    ),
    "a severe allergy is added": (
        _new(allergy("latex", "Latex", "111088007", criticality="high", recordedDate="2026-05-30")),
        "",
    ),
    "a cited note speaks of a suicide plan": (
        _reworded(
            NOTE.replace("Denies suicidal ideation.", "Active suicidal ideation with a plan.")
        ),
        "",
    ),
    "a cited note is restricted": (_reworded(NOTE, meta={"security": [PART2]}), ""),
    "the visit of a cited note is restricted": (
        _same("visit", meta={"security": [PART2]}),
        "",
    ),
    "a cited score is entered in error": (
        _new(score("phq", "44261-6", "PHQ-9 total score", 9, "entered-in-error")),
        "",
    ),
    "a cited level is corrected": (
        _new(
            score("level", "14334-7", "Lithium [Moles/volume] in Serum or Plasma", 1.7, "corrected")
        ),
        "",
    ),
    "a cited problem is refuted": (
        _same("problem", verificationStatus=coded("condition-ver-status", "refuted")),
        "",
    ),
    "a cited note is replaced": (
        _reworded(NOTE.replace("stable", "worse"), "note2", on=LATER, relatesTo="note"),
        "",
    ),
    "a new note tells of suicidal ideation": (
        _new(note("crisis", "Crisis note\n\nReports active suicidal ideation today.\n", LATER)),
        "",
    ),
    "a new note tells of an allergy": (
        _new(
            note(
                "er", "Emergency note\n\nAllergies: sulfa drugs (anaphylaxis last night).\n", LATER
            )
        ),
        "",
    ),
    "a new note stops a medicine": (
        _new(
            note("renal", "Telephone note\n\nLithium was stopped today for renal failure.\n", LATER)
        ),
        "",
    ),
    "a note that is not cited tells of an attempt": (
        _reworded("Telephone note\n\nHer mother reports a suicide attempt on Sunday.\n", "other"),
        "",
    ),
    "a new note says that nobody resuscitates": (
        _new(note("dnr", "Family meeting\n\nCode status: DNR, DNI.\n", LATER)),
        "",
    ),
    "a new note tells of a hold": (
        _new(note("hold", "Crisis note\n\nPlaced on an involuntary hold (5150) today.\n", LATER)),
        "",
    ),
    "an order not to resuscitate is written": (
        _new(
            {
                "resourceType": "ServiceRequest",
                "id": "dnr-order",
                "status": "active",
                "intent": "directive",
                "code": {"text": "Do not resuscitate"},
                "authoredOn": "2026-05-30",
            }
        ),
        "",
    ),
    "a cited problem is deleted": (lambda chart: [], "Condition/problem"),
}

QUIET: dict[str, Callable[[Chart], list[Resource]]] = {
    "nothing happened": lambda chart: [],
    "every record is saved again unchanged": lambda chart: [
        each for each in chart.values() if each["resourceType"] != "Patient"
    ],
    "a note that denies risk is added": _new(
        note("quiet", "Progress note\n\nDenies suicidal ideation. Mood is good.\n", LATER)
    ),
    "a note repeats the known allergy": _new(
        note("again", "Nurse note\n\nAllergies: penicillin. Vitals taken.\n", LATER)
    ),
    "a note says that medicines go on": _new(
        note("goes-on", "Progress note\n\nContinues clozapine and lithium. Doing well.\n", LATER)
    ),
    "a normal result is added": _new(score("wbc", "6690-2", "Leukocytes in Blood", 6.2)),
    "a vaccine is given": _new(
        {
            "resourceType": "Immunization",
            "id": "flu",
            "status": "completed",
            "vaccineCode": {"text": "Influenza vaccine"},
            "occurrenceDateTime": "2026-05-30",
        }
    ),
    "a visit is added": _new(
        {
            "resourceType": "Encounter",
            "id": "visit2",
            "status": "planned",
            "class": {"code": "AMB"},
            "period": {"start": "2026-06-10T09:00:00Z"},
        }
    ),
    "a medicine is ordered again": _new(
        medicine("clozapine2", "clozapine 100 mg tablet", "2626", authoredOn="2026-05-30")
    ),
    "a problem that is not cited is described better": _same(
        "asthma", note=[{"text": "Seen by the nurse; no change."}]
    ),
    "a note that is not cited gains a line": _reworded(
        "Telephone note\n\nCalled about the pharmacy. Nothing else was said.\nSigned.\n", "other"
    ),
    "a note repeats that everything is done": _new(
        note("full", "Nurse note\n\nCode status: full code. Voluntary. Vitals taken.\n", LATER)
    ),
    "a goal is written": _new(
        {
            "resourceType": "Goal",
            "id": "goal",
            "lifecycleStatus": "active",
            "description": {"text": "Walk every day"},
        }
    ),
    "a new medicine is started": _new(
        medicine("metformin", "metformin 500 mg tablet", "6809", authoredOn="2026-05-30")
    ),
    "a problem is added": _new(problem("knee", "Knee pain", "30989003", recordedDate="2026-05-30")),
    "the known allergy is verified again": _same(
        "penicillin", lastOccurrence="2020-02-01", note=[{"text": "Confirmed with the patient."}]
    ),
}

CASES = [
    *(
        Case(n, way, make, True, gone)
        for n, (make, gone) in HARM.items()
        for way in WAYS
        if not (gone and way == "bundle")
    ),
    Case(
        "a cited problem is entered in error",
        "bundle",
        _same("problem", verificationStatus=coded("condition-ver-status", "entered-in-error")),
        True,
    ),
    *(Case(n, way, make, False) for n, make in QUIET.items() for way in WAYS),
]

"""A restricted record's words, by whatever road they came into the chart, reach no draft, model,
page, log or file."""

import base64
import random
from datetime import UTC

import pytest
from prometheus_client import generate_latest
from sqlalchemy import select

from service.access.decisions import Purpose, decide_chart
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.database import transaction
from service.facts.patient import patient_facts
from service.retrieval.index import PassageIndex
from service.retrieval.place import place_of
from service.summary.people import DEMO_PEOPLE
from tests.service.access.test_canaries import CANARY
from tests.service.drafting.endpoint_fixtures import Drafts, endpoint, scripted, texts
from tests.service.retrieval.files import found_in_files
from tests.small_chart import ordinary, patient

__all__ = ["endpoint", "scripted"]

REF = "Patient/a"
CODES = ("PSYTHPN", "42CFRPart2", "V", "HIV", "SUD", "ETH", "TBOO", "HOUSE-RULE")


@pytest.fixture
def index(settings, minilm):
    index = PassageIndex(place_of(settings), minilm)
    yield index
    index.close()


def of(kind, id_, **more):
    return {"resourceType": kind, "id": id_, "subject": {"reference": REF}, **more}


def labelled(code):
    return {"meta": {"security": [{"code": code}]}}


def a_note(id_, **more):
    text = f"Risk assessment:\nSuicidal ideation about the {CANARY}. Sertraline 50 mg."
    data = {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}
    given = {"status": "current", "date": "2026-08-20", "content": [{"attachment": data}]}
    return of("DocumentReference", id_, **given | more)


def own(code, n):
    return [a_note(f"n{n}", **labelled(code))]


def by_security_label(code, n):
    return [a_note(f"n{n}", securityLabel=[{"coding": [{"code": code}]}])]


def by_encounter(code, n):
    visit = of("Encounter", f"e{n}", status="finished", **labelled(code))
    return [visit, a_note(f"n{n}", context={"encounter": [{"reference": f"Encounter/e{n}"}]})]


def by_episode(code, n):
    episode = of("EpisodeOfCare", f"p{n}", status="active", **labelled(code))
    visit = of(
        "Encounter",
        f"e{n}",
        status="finished",
        episodeOfCare=[{"reference": f"EpisodeOfCare/p{n}"}],
    )
    return [
        episode | {"patient": {"reference": REF}},
        visit,
        a_note(f"n{n}", context={"encounter": [{"reference": f"Encounter/e{n}"}]}),
    ]


def by_binary(code, n):
    binary = {
        "resourceType": "Binary",
        "id": f"b{n}",
        "contentType": "text/plain",
        "data": base64.b64encode(f"Seen about the {CANARY}.".encode()).decode(),
        **labelled(code),
    }
    at = [{"attachment": {"contentType": "text/plain", "url": f"Binary/b{n}"}}]
    return [a_note(f"n{n}", content=at), binary]


def by_display(code, n):
    problem = of("Condition", f"c{n}", code={"text": f"The {CANARY} disorder"}, **labelled(code))
    named = {"reference": f"Condition/c{n}", "display": f"The {CANARY} disorder"}
    order = of(
        "MedicationRequest",
        f"m{n}",
        status="active",
        intent="order",
        medicationCodeableConcept={"text": "Naltrexone 50 mg"},
        reasonReference=[named],
    )
    return [problem, order]


def by_section(code, n):
    section = {"title": "S", "entry": [{"reference": f"DocumentReference/n{n}"}]}
    document = of("Composition", f"d{n}", status="final", date="2026", title="D", section=[section])
    return [a_note(f"n{n}"), document | labelled(code)]


def by_list(code, n):
    items = [{"item": {"reference": f"DocumentReference/n{n}"}}]
    return [
        a_note(f"n{n}"),
        of("List", f"l{n}", status="current", mode="working", entry=items, **labelled(code)),
    ]


def by_contained(code, n):
    return [a_note(f"n{n}", contained=[{"resourceType": "Condition", "id": "x", **labelled(code)}])]


ROADS = (
    own,
    by_security_label,
    by_encounter,
    by_episode,
    by_binary,
    by_display,
    by_section,
    by_list,
    by_contained,
)


def the_bundles(chance):
    """A chart in several Bundles in any order, with one restricted thing a road, and one Bundle
    that is labelled itself; whatever is said in it is said with the canary."""
    told = [r for n, road in enumerate(ROADS) for r in road(chance.choice(CODES), n)]
    told += [patient(REF, "Ada", "Quill", "1980-01-01", "4711"), *ordinary(REF)]
    chance.shuffle(told)
    half = len(told) // 2
    whole = {"resourceType": "Bundle", "type": "collection"}
    parts = [whole | {"entry": [{"resource": r} for r in p]} for p in (told[:half], told[half:])]
    late = whole | labelled(chance.choice(CODES)) | {"entry": [{"resource": a_note("in-bundle")}]}
    bundles = [*parts, late]
    chance.shuffle(bundles)
    return bundles


@pytest.mark.parametrize("seed", range(3))
def test_the_words_of_restricted_records_come_out_nowhere(
    sessions, settings, index, endpoint, scripted, capfd, seed
):
    with transaction(sessions) as session:
        for bundle in the_bundles(random.Random(seed)):
            ingest(session, "test", [bundle])
    with sessions() as session:
        held = list(session.scalars(select(SourceRecord)))
        telling = [r for r in held if CANARY in r.text]
        assert len(telling) >= len(ROADS)
        decided = decide_chart([r for r in held if r.patient_ref == REF], purpose=Purpose.SHOW)
        open_ones = [r for r in telling if r.id in decided and decided[r.id].allowed]
        assert [r.resource_ref for r in open_ones] == []
    with transaction(sessions) as session:
        facts = patient_facts(session, REF, DEMO_PEOPLE["clinician"], zone=UTC)
        assert CANARY not in repr([facts.facts, [r.text for r in facts.records.values()]])
    desk = Drafts(sessions, settings, index, endpoint, scripted).draft("scripted", patient_ref=REF)
    assert any("ertraline" in repr(question) for question in scripted.asked)
    assert CANARY not in repr(scripted.asked)
    assert CANARY not in repr([texts(desk), desk.findings, desk.coverage, desk.sources])
    assert CANARY not in generate_latest().decode() + "".join(capfd.readouterr())
    assert found_in_files(settings.data_dir, [CANARY.encode()]) == {}

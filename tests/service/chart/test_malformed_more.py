"""One record that is not as FHIR wants it holds up neither its own chart nor anybody else's."""

import json
import random
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from fhir_fixtures import stories
from service.access.decisions import Purpose, decide_chart
from service.chart.files import of_text
from service.chart.ingest import ingest
from service.chart.models import Chart, SourceRecord
from service.facts.patient import patient_facts
from service.reading.keep import read_step
from service.retrieval import sync
from service.retrieval.indexing import owed_patients
from service.retrieval.sync import index_step
from service.review.charts import open_chart
from service.summary.people import DEMO_PEOPLE
from service.web.pages.times import fhir_day
from tests.service.access.test_consent import PRIVACY, a_consent, allowed, deny, sensitive
from tests.service.access.test_decisions import a_record as an_access_record
from tests.service.chart.builders import a_concept, a_patient, a_record

CLINICIAN = DEMO_PEOPLE["clinician"]
NASTY = (
    *(None, 0, -1, 1e308, 10**30, True, [], {}, [[]], [None], "", " ", "\x00", "\ud800"),
    *("A" * 5000, "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-05:00", "2026-02-30", "²"),
    *("2026-01-01T10:00:00+99:99", "NaN", "Type?x=y", "http://[::1", "\u202e", "{0}%s", "<b>&"),
    *({"reference": 5}, {"coding": "x"}, {"coding": 5}, {"text": 5}, {"coding": [{"code": 5}]}),
)


class NoStore:
    """Nothing is embedded here."""

    space = "none"

    def spaces(self):
        return ()


def places(value, at=()):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if key in ("resourceType", "id", "subject", "patient", "data"):
            continue
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, key))


def spoilt(resource, chance):
    """The same with one of its values as it must not be."""
    made = json.loads(json.dumps(resource))
    *path, last = chance.choice(list(places(made)))
    inside = made
    for key in path:
        inside = inside[key]
    inside[last] = chance.choice(NASTY)
    return made


def everything(session, patient_ref):
    """What sweeps, drafts and pages do with a chart."""
    assert read_step(session, zone=UTC) >= 0
    index_step(session, index=NoStore())
    told = patient_facts(session, patient_ref, CLINICIAN, zone=ZoneInfo("America/New_York"))
    rows = open_chart(session, patient_ref, CLINICIAN, limit=200).records.rows
    records = list(session.scalars(select(SourceRecord)))
    decide_chart(records, purpose=Purpose.SHOW)
    shown = [fhir_day(row.effective, ZoneInfo("Asia/Tokyo")) for row in rows]
    repr((told, shown)).encode("utf-8", "strict")


@pytest.mark.parametrize("seed", range(20, 110))
def test_a_chart_with_spoilt_records_is_read_indexed_and_shown(session, seed):
    chance = random.Random(seed)
    story = stories.story(chance.choice(stories.names()))
    resources = [each["resource"] for each in story.bundle["entry"]]
    bad = [r if r["resourceType"] == "Patient" else spoilt(r, chance) for r in resources]
    bundle = {"resourceType": "Bundle", "type": "collection"}
    bundle["entry"] = [{"resource": each} for each in bad]
    ingest(session, "test", list(of_text(json.dumps(bundle))))
    everything(session, story.patient_ref)


def test_a_chart_that_we_fail_on_keeps_nobody_else_waiting(session, monkeypatch):
    ill, well = "Patient/p1", "Patient/p2"
    for name in ("p1", "p2"):
        ingest(session, "test", [a_patient(name)])
    cut = sync.cut_chart

    def fails(session, patient_ref, *, index):
        if patient_ref == ill:
            raise TypeError("unforeseen")
        return cut(session, patient_ref, index=index)

    monkeypatch.setattr(sync, "cut_chart", fails)
    assert index_step(session, index=NoStore()).charts == 2
    assert owed_patients(session, 9) == [], "it is not tried for ever"
    session.expire_all()
    assert session.get(Chart, well).indexed_at is not None


@pytest.mark.parametrize("coding", [5, "x", True, {"code": "patient-privacy"}, [5], [None]])
@pytest.mark.parametrize("where", ["scope", "policyRule"])
def test_a_consent_that_is_badly_written_is_read(coding, where):
    more = {"scope": PRIVACY} | {where: {"coding": coding}}
    assert not allowed(sensitive(), a_consent(None, **more))


def test_one_that_we_fail_on_denies(monkeypatch):
    monkeypatch.setattr("service.access.consent.provision_of", lambda *_: 1 / 0)
    assert not allowed(an_access_record({}, id="r"), a_consent(deny()))


@pytest.mark.parametrize("odd", ["\\ud800", "\\u0000", "\\udc00\\ud83d"])
def test_a_denial_with_half_a_character_in_it_counts(session, odd):
    told = {"resourceType": "Consent", "id": "c", "status": "active", "scope": PRIVACY}
    told |= {"patient": {"reference": "Patient/p1"}, "provision": deny()}
    raw = json.dumps(told)[:-1] + f', "category": [{{"text": "{odd}"}}]}}'
    problem = a_record("Condition", "x", code=a_concept("Asthma"))
    ingest(session, "test", [*of_text(raw), problem, a_patient("p1")])
    records = list(session.scalars(select(SourceRecord)))
    decided = decide_chart(records, purpose=Purpose.SHOW)
    (asthma,) = [r for r in records if r.resource_type == "Condition"]
    assert not decided[asthma.id].allowed

"""No model is asked about a patient whose records stay inside, or who has not agreed."""

import json

import pytest

from service.access.policy import policy_in_force
from service.drafting.boundary import STAYS_INSIDE, kept_from_model
from service.retrieval.models import IndexedRecord
from tests.service.retrieval.charts import a_chart, a_record

POLICY = """
version = 1
model_is_outside = {outside}
ai_needs_consent = {needs}

[[rules]]
name = "wards"
codes = ["MH"]
treatment = "use"
quality = "use"
operations = "use"
ai = "inside"
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    def write(*, outside=True, needs=False):
        path = tmp_path / "policy.toml"
        given = {"outside": str(outside).lower(), "needs": str(needs).lower()}
        path.write_text(POLICY.format(**given))
        monkeypatch.setenv("COUNTERSIGN_ACCESS_POLICY", str(path))
        policy_in_force.cache_clear()

    yield write
    policy_in_force.cache_clear()


def a_consent(session, kind, purpose="AI"):
    provision = {"type": kind, "purpose": [{"code": purpose}]}
    scope = {"coding": [{"code": "patient-privacy"}]}
    resource = {"status": "active", "scope": scope, "provision": provision}
    a_record(session, "Consent", resource_type="Consent", raw=json.dumps(resource))


def indexed(session, *labels):
    record = a_record(session, "Anxiety", labels=list(labels))
    session.add(
        IndexedRecord(
            record_id=record.id,
            patient_ref="Patient/a",
            allowed=True,
            labels=list(labels),
            rules=1,
            splitter=1,
            text_mark="",
        )
    )
    session.flush()


def test_a_record_that_stays_inside_keeps_the_whole_draft_from_a_model_outside(session, site):
    site()
    a_chart(session)
    assert kept_from_model(session, "Patient/a") is None
    indexed(session, "R", "MH")
    assert kept_from_model(session, "Patient/a") == STAYS_INSIDE
    assert kept_from_model(session, "Patient/b") is None
    site(outside=False)
    assert kept_from_model(session, "Patient/a") is None


def test_a_patient_who_denies_it_is_shown_to_no_model(session):
    a_chart(session)
    a_consent(session, "deny")
    assert "has not agreed" in kept_from_model(session, "Patient/a")


def test_a_site_may_ask_each_patient_first(session, site):
    site(needs=True)
    a_chart(session)
    assert "no consent" in kept_from_model(session, "Patient/a")
    a_consent(session, "permit")
    assert kept_from_model(session, "Patient/a") is None

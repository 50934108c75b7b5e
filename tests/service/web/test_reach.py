"""Whose charts a person opens: every route that names a patient or a summary answers a stranger as
for a patient who is not there, until the glass is broken."""

import re
from html import unescape

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from service.access.relations import NOT_FOUND
from service.audit import AuditEvent
from service.chart.ingest import ingest
from service.covering import CoverSettings
from service.database import transaction
from service.review.charts import open_chart
from service.web.guards import PUBLIC, caller
from service.web.reach import SAID
from tests.service.chart.builders import a_patient
from tests.service.chart.test_participations import a_team, a_visit
from tests.service.review.builders import CLINICIAN, a_summary
from tests.service.web.test_door import calls, paths

HELD, ABSENT = "1", "4711"
NO_SUMMARY = "0123456789abcdef" * 2
# What a path may name beside the patient and the summary: part of one of them, or nobody's.
OTHERS = {
    "record_id", "index", "number", "section", "key", "act", "remark_id", "sample_id", "item_id",
    "form", "recall_id", "upload_id", "glass_id", "provider_key", "service_id",
}  # fmt: skip
# Where a patient is named outside the path: each has a test below.
IN_BODIES = {
    ("POST", "/worklist"),
    ("POST", "/worklist/search"),
    ("GET", "/worklist"),
    ("GET", "/api/v1/summaries"),
    ("POST", "/api/v1/summaries"),
}
# And where that is its own matter: other roles', the glass itself.
NOT_OF_CLINICIANS = {"/audit", "/api/v1/audit", "/break-glass", "/break-glass/patient"}
NOT_OF_CLINICIANS |= {"/api/v1/glass"}


@pytest.fixture
def web_settings(web_settings):
    return web_settings.model_copy(update={"relation": "asked"})


@pytest.fixture
def held(committed):
    """A summary of a patient whom nobody here treats."""
    return committed(a_summary)


def ways(app):
    """Method and path of every route that anybody who is signed in may try."""
    for path, route in paths(app):
        if isinstance(route, APIRoute) and path not in PUBLIC:
            for method in sorted(route.methods - {"HEAD"}):
                yield method, path, route


def named(path):
    return set(re.findall(r"\{(\w+)\}", path))


def of_one_patient(app):
    for method, path, _ in ways(app):
        if named(path) & {"patient_id", "summary_id"}:
            yield method, path


def filled(path, patient, summary):
    path = path.replace("{patient_id}", patient).replace("{summary_id}", summary)
    return re.sub(r"\{[^}]*\}", "1", path)


def answer_of(client, method, path, patient, summary, accept):
    answer = client.request(method, filled(path, patient, summary), headers={"Accept": accept})
    said = answer.text.replace(summary, "ID").replace(f"/patients/{patient}", "/patients/ID")
    said = said.replace(f"patient={patient}", "patient=ID")
    said = re.sub(r'("request_id":")[^"]*|(<code>)[0-9a-f-]{20,}', "", said)
    return answer.status_code, unescape(said)


def test_a_path_names_nobody_in_another_way(app):
    for _, path, _ in ways(app):
        assert named(path) <= OTHERS | {"patient_id", "summary_id"}, path


def test_every_route_of_a_patient_comes_through_the_one_guard(app):
    for _, path, route in ways(app):
        if named(path) & {"patient_id", "summary_id"}:
            assert caller in set(calls(route.dependant)), path


def test_a_patient_in_a_body_or_a_query_is_known_here(app):
    found = set()
    for method, path, route in ways(app):
        fields = {p.name for p in (*route.dependant.body_params, *route.dependant.query_params)}
        fields |= {n for p in route.dependant.body_params for n in _inside(p)}
        if fields & {"patient", "patients", "other", "patient_ref", "q"}:
            found.add((method, path))
    left = {(m, p) for m, p in found if p not in NOT_OF_CLINICIANS}
    assert left == IN_BODIES


def _inside(param):
    return getattr(param.field_info.annotation, "model_fields", {})


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_stranger_gets_the_answer_for_a_patient_who_is_not_there(app, clinician, held, accept):
    tried = 0
    for method, path in of_one_patient(app):
        here = answer_of(clinician, method, path, HELD, held.id, accept)
        nowhere = answer_of(clinician, method, path, ABSENT, NO_SUMMARY, accept)
        assert here == nowhere, (method, path)
        assert here[0] == 404, (method, path, here)
        assert SAID in here[1], (method, path)
        tried += 1
    assert tried > 45


def test_until_the_glass_is_broken(app, clinician, held):
    told = {"patient": f"Patient/{HELD}", "reason": "emergency"}
    broken = clinician.post("/api/v1/glass", json=told)
    assert broken.status_code == 201
    for method, path in of_one_patient(app):
        if not path.endswith("/events"):  # an answer without an end
            said = answer_of(clinician, method, path, HELD, held.id, "application/json")
            assert SAID not in said[1], (method, path)
            other = answer_of(clinician, method, path, ABSENT, NO_SUMMARY, "application/json")
            assert SAID in other[1], (method, path)
    clinician.post(f"/api/v1/glass/{broken.json()['id']}/end")
    assert clinician.get(f"/api/v1/summaries/{held.id}").status_code == 404


def test_breaking_it_tells_nothing_of_who_is_there(clinician, held):
    here, nowhere = (
        clinician.post("/api/v1/glass", json={"patient": f"Patient/{id_}", "reason": "called"})
        for id_ in (HELD, ABSENT)
    )
    assert here.status_code == nowhere.status_code == 201
    assert here.json().keys() == nowhere.json().keys()


def test_a_stranger_asks_for_no_summary_in_either_door(clinician, held):
    for id_ in (HELD, ABSENT):
        asked = {"patient": f"Patient/{id_}", "type": "pre-visit"}
        rest = clinician.post("/api/v1/summaries", json=asked)
        page = clinician.post("/worklist", data=asked)
        assert rest.status_code == page.status_code == 404
        assert SAID in rest.text
        assert SAID in page.text


def test_lists_and_searches_show_a_stranger_what_they_show_of_nobody(clinician, sessions, held):
    brought(sessions)
    rows = "/api/v1/summaries"
    assert clinician.get(rows).json()["rows"] == []
    for id_ in (HELD, ABSENT):
        assert clinician.get(rows, params={"patient": f"Patient/{id_}"}).json()["rows"] == []
    page = clinician.get("/worklist", params={"tab": "all", "patients": HELD})
    assert held.id not in page.text
    assert 'data-live="tab-all">0<' in page.text
    assert "Vane" not in page.text
    found, nobody = (
        clinician.post("/worklist/search", data={"q": name, "tab": "all"}, follow_redirects=False)
        for name in ("Vane", "Zebulon")
    )
    assert found.headers["location"] == nobody.headers["location"] == "/worklist?tab=all&patients=~"


def opens(client, summary):
    return client.get(f"/api/v1/summaries/{summary.id}").status_code == 200


def brought(sessions, *resources):
    with transaction(sessions) as session:
        ingest(session, "test", [a_patient(HELD), *resources])


def test_who_treats_opens_what_is_theirs_and_sees_it_in_lists(clinician, sessions, held):
    brought(sessions, a_team(patient="Patient/1", who=CLINICIAN.practitioner_ref))
    assert opens(clinician, held)
    [row] = clinician.get("/api/v1/summaries").json()["rows"]
    assert row["id"] == held.id
    page = clinician.get(f"/patients/{HELD}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "glass-open" not in page.text


def test_a_person_who_covers_the_ward_opens_it(app, runtime, sign_in, sessions, held):
    cover = CoverSettings(of=("Location/w3",), roles=("attending",))
    runtime.settings = runtime.settings.model_copy(update={"covering": (cover,)})
    where = [{"location": {"reference": "Location/w3"}}]
    brought(sessions, a_visit(patient="Patient/1", who="Practitioner/x", location=where))
    assert opens(sign_in("attending"), held)
    assert not opens(sign_in("clinician"), held)


@pytest.mark.parametrize("persona", ["qa", "it"])
def test_other_roles_keep_their_own_rules(sign_in, held, persona):
    assert len(sign_in(persona).get("/api/v1/summaries").json()["rows"]) == 1


def test_programs_do_too(service, held):
    assert opens(service, held)


@pytest.mark.parametrize("relation", ["asked", "told"])
@pytest.mark.parametrize("id_", ["1%20", "%201", "1%09", "1%0a", "1%3F"])
def test_an_id_that_is_none_opens_nobodys_chart(app, runtime, sign_in, held, relation, id_):
    runtime.settings = runtime.settings.model_copy(update={"relation": relation})
    clinician = sign_in("clinician")
    for path in (f"/patients/{id_}", f"/patients/{id_}/facts", f"/api/v1/patients/{id_}/records"):
        answer = clinician.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404, path
        assert SAID in unescape(answer.text), path


def acts(sessions, action):
    with transaction(sessions) as session:
        query = select(AuditEvent).where(AuditEvent.action == action)
        return [(act.actor, act.patient_ref) for act in session.scalars(query)]


def test_a_site_that_only_tells_opens_it_and_says_so(app, runtime, sign_in, sessions, held):
    runtime.settings = runtime.settings.model_copy(update={"relation": "told"})
    clinician = sign_in("clinician")
    page = clinician.get(f"/summaries/{held.id}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "names no part of yours" in page.text
    assert len(clinician.get("/api/v1/summaries").json()["rows"]) == 1
    assert acts(sessions, NOT_FOUND) == [(CLINICIAN.id, "Patient/1")]


def test_a_site_that_does_not_ask_is_as_it_was(app, runtime, sign_in, sessions, held):
    runtime.settings = runtime.settings.model_copy(update={"relation": "off"})
    assert opens(sign_in("clinician"), held)
    assert acts(sessions, NOT_FOUND) == []


def test_unset_it_is_asked_but_in_a_demo(settings):
    assert settings.model_copy(update={"demo": False}).relation_in_force == "asked"
    assert settings.model_copy(update={"demo": True}).relation_in_force == "off"


def test_a_refusal_is_in_the_audit(clinician, sessions, held):
    clinician.get(f"/patients/{HELD}")
    assert (CLINICIAN.id, "Patient/1") in acts(sessions, "access.denied")


def test_so_is_one_of_a_patient_whom_a_body_names(clinician, sessions, held):
    told = {"patient": "Patient/1", "type": "pre-visit"}
    for send in (
        lambda: clinician.post("/api/v1/summaries", json=told),
        lambda: clinician.post("/worklist", data=told),
        lambda: clinician.post("/worklist", data=told | {"patient": "", "other": "1"}),
    ):
        assert send().status_code == 404
    assert acts(sessions, "access.denied") == [(CLINICIAN.id, "Patient/1")] * 3


def test_what_a_label_withholds_stays_withheld(clinician, sessions, held):
    sud = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}
    resource = {
        "resourceType": "Condition",
        "id": "sud",
        "meta": {"security": [sud]},
        "subject": {"reference": "Patient/1"},
        "code": {"text": "Opioid use disorder"},
    }
    brought(sessions, resource)
    told = {"patient": "Patient/1", "reason": "emergency"}
    assert clinician.post("/api/v1/glass", json=told).status_code == 201
    rows = clinician.get("/api/v1/patients/1/records").json()["rows"]
    assert "Opioid" not in str(rows)
    with transaction(sessions) as session:
        assert any(r.withheld for r in open_chart(session, "Patient/1", CLINICIAN).records.rows)

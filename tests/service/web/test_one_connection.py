"""No request holds a connection of the database while it waits for another one, or for the EHR:
fifteen that did would stop the service for everybody."""

import threading
import uuid

import httpx
import pytest

from service import audit, queue
from service.database import session_factory, transaction
from service.fhir.client import FhirClient
from service.summary.models import Summary
from service.web import at_once
from tests.service.review.builders import S, a_summary, a_summary_at
from tests.service.web.conftest import WebRuntime

API = "/api/v1/summaries"


@pytest.fixture
def asked():
    """How many connections were out at each question to the EHR."""
    return []


@pytest.fixture
def runtime(web_settings, sessions, settings, narrow, asked):
    def answer(_request):
        asked.append(narrow.pool.checkedout())
        return httpx.Response(503)

    few = session_factory(narrow)
    audit.keep_chain(few, audit.key_of(settings))
    queue.hang_bell(few, lambda *_: looks(few))
    named = {"fhir_url": "https://ehr.test/fhir/"}
    runtime = WebRuntime(web_settings.model_copy(update=named), few)
    transport = httpx.MockTransport(answer)
    runtime.client = FhirClient(named["fhir_url"], transport=transport, sleep=lambda _: None)
    yield runtime
    runtime.under_way.close()


def looks(few):
    """As the bell does, to find whose turn it is."""
    with transaction(few) as session:
        session.query(Summary).count()


def keyed():
    return {"Idempotency-Key": uuid.uuid4().hex}


ACTS = {
    "sign": ("sign", {"digest": "0" * 64}),
    "return": ("return", {"reason": "Too long for a visit."}),
    "redraft": ("sections/all/redraft", {"length": "shorter", "reason": "Too long."}),
    "reject": ("reject", {"reason": "Not needed any more."}),
    "add": ("statements", {"section": "all", "text": "Sleeps well."}),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_done_over_one_connection(clinician, committed, act):
    path, body = ACTS[act]
    summary = committed(a_summary)
    answer = clinician.post(f"{API}/{summary.id}/{path}", json=body, headers=keyed())
    assert answer.status_code in (200, 201, 409), answer.text


def test_a_second_signature_too(sign_in, committed):
    summary = committed(a_summary_at, S.AWAITING_COSIGN)
    sent = {"digest": summary.current.digest}
    path = f"{API}/{summary.id}/cosign"
    answer = sign_in("attending").post(path, json=sent, headers=keyed())
    assert answer.status_code in (200, 422), answer.text


def test_asking_rings_when_the_connection_is_back(service):
    asked = {"patient": "Patient/1", "type": "handoff"}
    assert service.post(API, json=asked, headers=keyed()).status_code == 202


PAGES = ("/summaries/{}?ask=now", "/summaries/{}/sign", "/worklist", "/api/v1/summaries/{}")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_shown_over_one_connection(clinician, committed, page):
    assert clinician.get(page.format(committed(a_summary).id)).status_code == 200


@pytest.mark.parametrize("page", [page for page in PAGES if page != "/worklist"])
def test_none_is_held_while_the_ehr_is_asked(clinician, committed, asked, page):
    clinician.get(page.format(committed(a_summary).id))
    assert asked and set(asked) == {0}


@pytest.mark.parametrize("act", ["sign", "return"])
def test_nor_before_an_act(clinician, committed, asked, act):
    path, body = ACTS[act]
    clinician.post(f"{API}/{committed(a_summary).id}/{path}", json=body, headers=keyed())
    assert asked and set(asked) == {0}


def test_one_caller_has_so_many_requests_at_once_and_others_are_answered(
    clinician, sign_in, committed, runtime, monkeypatch
):
    monkeypatch.setattr(at_once, "MOST", 2)
    summary, attending = committed(a_summary), sign_in("attending")
    under_way, goes_on = threading.Semaphore(0), threading.Event()

    def waits(*_given, **_more):
        under_way.release()
        goes_on.wait(20)

    monkeypatch.setattr("service.web.fresh.ask", waits)
    first = [
        threading.Thread(target=clinician.get, args=(f"{API}/{summary.id}",)) for _ in range(2)
    ]
    for thread in first:
        thread.start()
        under_way.acquire(timeout=20)
    refused = clinician.get(API)
    assert refused.status_code == 429 and refused.headers["retry-after"]
    assert attending.get(API).status_code == 200
    goes_on.set()
    for thread in first:
        thread.join()
    assert clinician.get(API).status_code == 200

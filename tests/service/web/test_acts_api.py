"""Acts over REST on the text that was looked at, named as edits name it: digest or If-Match."""

import pytest

from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import a_finding, a_summary, a_summary_at

API = "/api/v1/summaries"
WHY = {"reason": "Written for another visit."}
ACTS = {
    "reject": (S.IN_REVIEW, WHY),
    "return": (S.IN_REVIEW, WHY),
    "sections/all/redraft": (S.IN_REVIEW, {"length": "shorter"}),
    "reopen": (S.AWAITING_COSIGN, WHY),
    "amend": (S.FILED, WHY),
    "retract": (S.FILED, WHY),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_names_another_text_is_a_conflict(clinician, committed, act):
    at, body = ACTS[act]
    summary = committed(a_summary_at, at)
    path = f"{API}/{summary.id}/{act}"
    tag = clinician.get(f"{API}/{summary.id}").headers["etag"]
    for more in (
        {"json": body | {"digest": "0" * 64}},
        {"json": body, "headers": {"If-Match": f'"{"0" * 64}"'}},
    ):
        answer = clinician.post(path, **more)
        assert answer.status_code == 409 and "changed since" in answer.json()["detail"]
    answer = clinician.post(path, json=body, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("act", ACTS)
def test_a_program_that_names_none_is_answered_as_for_an_edit(clinician, committed, act):
    at, body = ACTS[act]
    summary = committed(a_summary_at, at)
    clinician.get(f"{API}/{summary.id}")
    for headers in ({"If-Match": "*"}, {}):
        answer = clinician.post(f"{API}/{summary.id}/{act}", json=body, headers=headers)
        assert answer.status_code == (200 if headers else 409), answer.text


def test_a_finding_is_decided_of_the_text_of_the_tag(clinician, committed):
    summary = committed(a_summary)
    committed(lambda session: a_finding(session, session.merge(summary).current))
    path = f"{API}/{summary.id}/findings/1/resolution"
    body = {"action": "accepted", "reason": "Seen with the patient."}
    other = {"If-Match": f'"{"0" * 64}"'}
    assert clinician.post(path, json=body, headers=other).status_code == 409
    tag = {"If-Match": f'"{summary.current.digest}"'}
    assert clinician.post(path, json=body, headers=tag).status_code == 200


def test_who_has_not_opened_it_since_it_was_filed_withdraws_nothing(sign_in, committed):
    summary = committed(a_summary_at, S.FILED)
    attending, path = sign_in("attending"), f"{API}/{summary.id}"
    refused = attending.post(f"{path}/retract", json=WHY)
    assert refused.status_code == 422
    assert "not opened this text since it was filed" in refused.json()["detail"]
    attending.get(path)
    assert attending.post(f"{path}/retract", json=WHY).json()["status"] == "retracting"

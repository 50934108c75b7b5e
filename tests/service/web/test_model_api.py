"""Hospital IT switches the model off where it must not be asked; the audit keeps who and why."""

import pytest

OFF, ON = "/api/v1/model/switches/off", "/api/v1/model/switches/on"
HANDOFFS = {"switch": "type:handoff", "reason": "Under review by the quality board"}


def test_a_switch_is_turned_off_and_on_with_its_reason(sign_in):
    it = sign_in("it")
    made = it.post(OFF, json=HANDOFFS)
    assert (made.status_code, made.json()["made_by"]) == (200, "demo-it")
    assert it.post(OFF, json=HANDOFFS).status_code == 409
    (row,) = it.get("/api/v1/model/switches").json()["rows"]
    assert (row["switch"], row["reason"]) == tuple(HANDOFFS.values())
    assert it.post(ON, json={"switch": "type:handoff"}).json()["switch"] == "type:handoff"
    assert it.get("/api/v1/model/switches").json()["rows"] == []
    acts = [row["action"] for row in it.get("/api/v1/audit").json()["rows"]]
    assert {"model.switched-off", "model.switched-on"} <= set(acts)


@pytest.mark.parametrize(("switch", "reason"), [("handoff", "why"), ("type:handoff", " ")])
def test_a_switch_needs_a_known_form_and_a_reason(sign_in, switch, reason):
    assert sign_in("it").post(OFF, json={"switch": switch, "reason": reason}).status_code == 400


def test_what_is_not_switched_off_cannot_be_switched_on(sign_in):
    assert sign_in("it").post(ON, json={"switch": "type:handoff"}).status_code == 404


@pytest.mark.parametrize("who", ["clinician", "attending", "qa"])
def test_only_hospital_it_turns_switches(sign_in, who):
    assert sign_in(who).post(OFF, json=HANDOFFS).status_code == 403


def test_usage_is_for_it_and_quality_and_names_no_patient(sign_in):
    for who, status in (("it", 200), ("qa", 200), ("clinician", 403)):
        assert sign_in(who).get("/api/v1/model/usage").status_code == status

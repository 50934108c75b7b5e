"""Orders, plans, visits, flags, judgements, consents and people as assertions."""

import pytest

from service.reading.resources import prose_places, read_resource
from tests.service.reading.resources.builders import a_coding, a_name, a_resource, an_amount, says

ECT = a_name("Electroconvulsive therapy")


@pytest.mark.parametrize(
    ("resource_type", "elements", "wanted"),
    [
        ("ServiceRequest", {"status": "active", "intent": "order"}, "prescribed & planned"),
        ("ServiceRequest", {"status": "active", "intent": "proposal"}, "considered & planned"),
        ("ServiceRequest", {"status": "revoked", "intent": "order"}, "stopped & past"),
        ("ServiceRequest", {"status": "completed", "intent": "order"}, "prescribed & past"),
        ("ServiceRequest", {"status": "active", "doNotPerform": True}, "avoid & now"),
        ("Task", {"status": "requested", "intent": "order"}, "prescribed & planned"),
        ("Task", {"status": "rejected", "intent": "order"}, "declined"),
        ("Procedure", {"status": "completed", "performedDateTime": "2026-02-03"}, "taken & past"),
        ("Procedure", {"status": "in-progress"}, "taken & now"),
        ("Procedure", {"status": "not-done"}, "taken & negated"),
        ("Procedure", {"status": "not-done", "statusReason": a_name("refused")}, "declined"),
        ("Procedure", {"status": "preparation"}, "prescribed & planned"),
    ],
)
def test_what_is_done_is_not_what_is_ordered_or_proposed(resource_type, elements, wanted):
    assert says(a_resource(resource_type, code=ECT, **elements), f"procedure & {wanted}")


def test_a_code_status_holds_while_its_order_does():
    order = a_resource(
        "ServiceRequest", status="active", intent="order", code=a_name("Do not resuscitate")
    )
    assert says(order, "legal & now")
    assert says(order | {"status": "revoked"}, "legal & past & stopped")


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ("booked", "prescribed & planned & due=2026-07-01"),
        ("noshow", "missed & past"),
        ("fulfilled", "taken & past"),
        ("cancelled", "stopped & past"),
    ],
)
def test_an_appointment_is_kept_missed_or_still_to_come(status, wanted):
    visit = a_resource("Appointment", status=status, start="2026-07-01T09:00:00Z")
    assert says(visit, wanted)


def a_plan(status, *activities):
    return a_resource(
        "CarePlan",
        status=status,
        intent="plan",
        title="Safety plan",
        activity=[{"detail": {"description": d, "status": s}} for d, s in activities],
    )


def test_what_a_revoked_plan_holds_is_revoked_with_it():
    assert says(a_plan("active", ("Call sister", "in-progress")), "safety-plan & now & no-act")
    assert says(a_plan("active", ("Call sister", "scheduled")), "item=call sister & planned")
    revoked = a_plan("revoked", ("Call sister", "in-progress"))
    assert says(revoked, "safety-plan & stopped & past")
    assert not says(revoked, "now")


def test_a_goal_is_what_is_wanted_not_what_is_so():
    goal = a_resource(
        "Goal",
        lifecycleStatus="active",
        description=a_name("Return to work"),
        expressedBy={"reference": "Patient/1"},
        target=[{"dueDate": "2026-12-01"}],
    )
    assert says(goal, "planned & says-patient & role=goal & due=2026-12-01 & item=return to work")
    assert says(goal | {"lifecycleStatus": "cancelled"}, "stopped & past")


def a_stay(**elements):
    return a_resource("Encounter", **({"status": "finished", "class": {"code": "IMP"}} | elements))


def test_a_stay_says_when_why_and_how_it_ended():
    stay = a_stay(
        period={"start": "2026-03-02", "end": "2026-03-09"},
        reasonCode=[a_name("Suicidal ideation")],
        hospitalization={"dischargeDisposition": a_name("Left against medical advice")},
    )
    assert says(stay, "event & past & from=2026-03-02 & until=2026-03-09")
    assert says(stay, "risk & suicidal-ideation & role=reason")
    assert says(stay, "event & discharge & on-2026-03-09 & item=left against medical advice")
    assert says(a_stay(status="planned"), "event & planned")
    assert says(a_stay(status="cancelled"), "event & stopped")


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        ({"status": "active", "code": a_name("High suicide risk")}, "risk & level=high & now"),
        ({"status": "inactive", "code": a_name("High suicide risk")}, "risk & past"),
        (
            {"status": "active", "code": a_name("Fall risk"), "period": {"end": "2020-01-01"}},
            "past",
        ),
    ],
)
def test_a_flag_stands_until_it_is_ended(flag, wanted):
    assert says(a_resource("Flag", **flag), f"{wanted} & role=flag")


def test_judgements_keep_their_degree():
    risk = a_resource(
        "RiskAssessment",
        status="final",
        prediction=[{"outcome": a_name("Suicide attempt"), "qualitativeRisk": a_name("High")}],
    )
    assert says(risk, "risk & suicide-attempt & level=high")
    found = [{"itemCodeableConcept": a_name("Suspected delirium")}]
    impression = a_resource("ClinicalImpression", status="completed", finding=found)
    assert says(impression, "delirium & possible")
    issue = a_resource(
        "DetectedIssue",
        status="final",
        code=a_name("Interaction"),
        severity="high",
        implicated=[{"display": "Lithium"}, {"display": "Ibuprofen"}],
    )
    assert says(issue, "between=lithium & between=ibuprofen & severity=high")
    harm = a_resource(
        "AdverseEvent",
        actuality="actual",
        event=a_name("Seizure"),
        suspectEntity=[{"instance": {"display": "Clozapine"}}],
    )
    assert says(harm, "seizure & past & cause=clozapine")


def test_a_consent_says_what_it_denies_and_whether_it_holds():
    consent = a_resource(
        "Consent",
        status="active",
        category=[a_name("Privacy consent")],
        provision={"type": "deny", "securityLabel": [{"code": "SUD"}]},
    )
    assert says(consent, "legal & consent & negated & rule=deny sud & now")
    assert says(consent | {"status": "inactive"}, "past")


@pytest.mark.parametrize(
    ("category", "wanted"),
    [
        (a_coding("dnr"), "legal & do-not-resuscitate"),
        (a_coding("acd"), "legal & advance-directive"),
        (a_name("Health care proxy"), "legal & power-of-attorney"),
        (a_name("Treatment"), "legal & consent"),
    ],
)
def test_a_directive_is_known_by_code_or_name(category, wanted):
    consent = a_resource("Consent", status="active", category=[category])
    assert says(consent, f"{wanted} & now & affirmed")


def test_the_patient_is_told_with_age_name_and_death():
    patient = {
        "resourceType": "Patient",
        "id": "1",
        "birthDate": "1980-07-01",
        "gender": "female",
        "name": [{"use": "official", "text": "Ada Vane"}, {"use": "usual", "text": "Rowan"}],
        "deceasedDateTime": "2026-03-01",
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
                "valueBoolean": True,
            }
        ],
    }
    assert says(patient, "person & age & age=45.0")
    assert says(patient, "person & gender & item=female")
    assert says(patient, "person & name & item=rowan & use=usual")
    assert says(patient, "person & interpreter & affirmed")
    assert says(patient, "event & death & past & on-2026-03-01")
    alive = {k: v for k, v in patient.items() if k != "deceasedDateTime"}
    assert not says(alive | {"deceasedBoolean": False}, "death")


def test_people_round_the_patient_go_by_relation_or_role():
    sister = {
        "resourceType": "RelatedPerson",
        "id": "1",
        "relationship": [a_name("Sister")],
        "name": [{"text": "Mary Vane"}],
    }
    assert says(sister, "person & sister & item=mary vane")
    member = {"role": [a_name("Psychiatrist")], "member": {"display": "Dr Roe"}}
    team = a_resource("CareTeam", status="active", participant=[member])
    assert says(team, "person & item=dr roe & now")


def test_written_sentences_are_left_to_the_reader_of_notes():
    text = "CT head (2026-01-01): No bleed, no fracture\nConclusion: No bleed, no fracture\n"
    report = a_resource("DiagnosticReport", conclusion="No bleed,\n no fracture", status="final")
    (only,) = prose_places(report, text)
    assert text[slice(*only.place)] == "No bleed, no fracture"
    assert prose_places(a_resource("Observation", valueQuantity=an_amount(1)), text) == ()


def test_sentences_of_what_does_not_hold_are_not_read_as_if_it_did():
    plan = a_plan("active", ("Call the ex-husband", "in-progress"))
    text = "Care plan\nActivity: Call the ex-husband\n"
    assert len(prose_places(plan, text)) == 1
    assert prose_places(plan | {"status": "revoked"}, text) == ()
    of_brother = a_resource("Observation", valueString="Wants to die", focus=[{"display": "x"}])
    assert prose_places(of_brother, "X: Wants to die\n") == ()


def test_a_type_that_says_nothing_clinical_asserts_nothing():
    assert read_resource(a_resource("Coverage", status="active"), "Coverage: x\n") == ()
    assert read_resource({"resourceType": "Claim", "id": "1", "type": a_coding("x")}, "") == ()

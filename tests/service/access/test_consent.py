"""What a patient's Consents permit and deny: by label, purpose, actor, time and state."""

import json
from datetime import UTC, datetime

import pytest

from service.access.consent import consents_of
from service.access.decisions import Purpose, decide_chart
from service.chart.models import SourceRecord
from service.summary.vocabulary import Role, Standing
from tests.service.access.test_decisions import a_record

PRIVACY = {"coding": [{"code": "patient-privacy"}]}
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def coded(*codes):
    return [{"code": code} for code in codes]


def permit(*labels, **more):
    return {"type": "permit", "securityLabel": coded(*labels), **more}


def deny(**more):
    return {"type": "deny", **more}


def a_consent(provision=None, *, status="active", scope=PRIVACY, **more):
    resource = {"status": status, "scope": scope, **more}
    if provision is not None:
        resource["provision"] = provision
    return a_record(resource, id="c", resource_ref="Consent/c", resource_type="Consent")


def allowed(record, *consents, purpose=Purpose.SHOW, role=Role.CLINICIAN, reader="Practitioner/me"):
    made = decide_chart([record, *consents], purpose=purpose, role=role, reader=reader)
    return made[record.id].allowed


def sensitive(**fields):
    return a_record(labels=["R", "SUD"], **fields)


def test_a_permission_that_names_the_label_opens_it():
    assert not allowed(sensitive())
    assert allowed(sensitive(), a_consent(permit("SUD")))
    assert allowed(sensitive(), a_consent({"type": "permit", "provision": [permit("SUD")]}))
    assert allowed(sensitive(), a_consent(deny(provision=[permit("SUD")])))


@pytest.mark.parametrize(
    "consent",
    [
        a_consent(permit("HIV")),
        a_consent({"type": "permit"}),  # a general one names nothing
        a_consent(permit("SUD"), status="inactive"),
        a_consent(permit("SUD"), status="rejected"),
        a_consent(permit("SUD"), status="draft"),
        a_consent(permit("SUD"), scope={"coding": [{"code": "treatment"}]}),
        a_consent(permit("SUD"), scope={}),
        a_consent(permit("SUD", period={"end": "2020-01-01"})),
        a_consent(permit("SUD", period={"start": "2090"})),
        a_consent(permit("SUD", purpose=coded("HRESCH"))),
        a_consent(permit("SUD", purpose=coded("ETREAT"))),
        a_consent(permit("SUD", action=[{"coding": coded("disclose")}])),
        a_consent(permit("SUD", actor=[{"reference": {"reference": "Practitioner/other"}}])),
        a_consent(permit("SUD", actor=[{"reference": {"reference": "Organization/any"}}])),
        a_consent(permit("SUD", actor=[{"role": {"text": "family"}}])),
        a_consent(permit("SUD", **{"class": coded("Condition")})),
        a_consent(permit("SUD", data=[{"reference": {"reference": "Encounter/9"}}])),
        a_consent(permit("SUD", dataPeriod={"end": "2020"})),
        a_consent(permit("SUD", modifierExtension=[{"url": "x"}])),
        a_consent(permit("SUD"), modifierExtension=[{"url": "x"}]),
        a_consent(permit("SUD", provision=[deny()])),
        a_consent(),
    ],
)
def test_what_does_not_surely_permit_opens_nothing(consent):
    assert not allowed(sensitive(), consent)


@pytest.mark.parametrize(
    "more",
    [
        {"purpose": coded("TREAT", "HRESCH")},
        {"period": {"start": "2020-01", "end": "2090-12-31"}},
        {"action": [{"coding": coded("access")}]},
        {"actor": [{"reference": {"reference": "Practitioner/me"}}]},
        {"class": coded("Observation")},
        {"data": [{"meaning": "instance", "reference": {"reference": "Observation/1"}}]},
        {"dataPeriod": {"start": "2026", "end": "2026"}},
        {"code": [{"coding": coded("44261-6")}]},
    ],
)
def test_conditions_that_hold_do_not_hinder_a_permission(more):
    resource = {"code": {"coding": [{"code": "44261-6"}]}}
    record = a_record(resource, labels=["SUD"], effective_at=AT)
    assert allowed(record, a_consent(permit("SUD", **more)))


def test_every_sensitive_label_of_a_record_needs_its_permission():
    both = a_record(labels=["SUD", "HIV"])
    assert not allowed(both, a_consent(permit("SUD")))
    assert allowed(both, a_consent(permit("SUD", "HIV")))


def test_no_consent_opens_a_psychotherapy_note():
    assert not allowed(a_record(labels=["PSYTHPN"]), a_consent(permit("PSYTHPN")))


def test_a_note_known_by_its_words_is_opened_as_one_with_the_label():
    note = a_record(text="Attended IOP. Protected by 42 C.F.R. Part 2.", is_note=True)
    assert not allowed(note)
    assert allowed(note, a_consent(permit("42CFRPart2")))


def test_a_denial_withholds_what_it_is_about_and_nothing_else():
    plain, other = a_record(labels=["R"]), a_record(labels=["N"])
    assert not allowed(plain, a_consent(deny(securityLabel=coded("R"))))
    assert allowed(other, a_consent(deny(securityLabel=coded("R"))))
    assert not allowed(other, a_consent(deny()))
    assert not allowed(other, a_consent(policyRule={"coding": coded("OPTOUT")}))
    assert allowed(other, a_consent(deny(purpose=coded("HRESCH"))))
    assert allowed(other, a_consent(deny(period={"end": "2020"})))
    assert allowed(other, a_consent(deny(), status="inactive"))
    one = {"reference": {"reference": "Observation/1"}}
    assert not allowed(other, a_consent(deny(data=[one])))


def test_a_denial_whose_condition_cannot_be_decided_counts():
    plain = a_record(labels=["N"])
    ward = [{"reference": {"reference": "Organization/unknown"}}]
    assert not allowed(plain, a_consent(deny(actor=ward)))
    assert not allowed(plain, a_consent(deny(dataPeriod={"start": "2026"})))
    assert not allowed(plain, a_consent(deny(action=[{"coding": coded("peek")}])))


def test_a_denial_to_one_person_is_about_that_person():
    plain = a_record(labels=["N"])
    consent = a_consent(deny(actor=[{"reference": {"reference": "Practitioner/me"}}]))
    assert not allowed(plain, consent)
    assert allowed(plain, consent, reader="Practitioner/else")
    assert not allowed(plain, consent, reader=None)  # a draft may be read by anybody


def test_an_exception_for_one_label_does_not_open_another():
    consent = a_consent(deny(provision=[permit("SUD")]))
    assert allowed(a_record(labels=["SUD"]), consent)
    assert not allowed(a_record(labels=["SUD", "HIV"]), consent)
    assert not allowed(a_record(labels=[]), consent)


def test_one_consent_that_denies_outweighs_one_that_permits():
    permitting = a_consent(permit("SUD"))
    denying = a_consent(deny(securityLabel=coded("SUD")))
    denying.id = "c2"
    assert not allowed(sensitive(), permitting, denying)


def test_a_version_that_was_replaced_says_nothing():
    former = a_consent(permit("SUD"))
    former.is_latest = False
    assert not allowed(sensitive(), former)
    moved = a_consent(permit("SUD"))
    moved.standing = Standing.EXCLUDED
    assert not allowed(sensitive(), moved)


def test_who_the_patient_is_and_what_was_consented_is_never_denied():
    patient = a_record(id="p", resource_ref="Patient/1", resource_type="Patient")
    assert allowed(patient, a_consent(deny()))


def test_a_model_is_not_asked_where_the_patient_denies_it():
    def against(*consents):
        return consents_of(consents, AT).against_model()

    assert against() == ""
    assert against(a_consent(permit("SUD"))) == ""
    assert against(a_consent(deny(securityLabel=coded("SUD")))) == ""
    assert against(a_consent(deny(purpose=coded("AI"))))
    assert against(a_consent({"type": "permit", "provision": [deny(purpose=coded("AI"))]}))
    assert against(a_consent(deny()))


def test_a_period_that_ends_is_another_basis():
    consent = a_consent(permit("SUD", period={"end": "2026-05-31"}))
    before = consents_of([consent], datetime(2026, 5, 31, 23, tzinfo=UTC))
    after = consents_of([consent], AT)
    assert before.fingerprint() != after.fingerprint()


def test_odd_provisions_are_read_without_a_fault():
    deep = deny()
    for _ in range(60):
        deep = {"type": "permit", "provision": [deep]}
    odd = [None, 3, "x", [], {"type": 7}, deep, {"type": "permit", "securityLabel": ["x", None]}]
    for provision in odd:
        record = SourceRecord(
            id="c",
            resource_ref="Consent/c",
            resource_type="Consent",
            labels=[],
            raw=json.dumps({"status": "active", "scope": PRIVACY, "provision": provision}),
        )
        allowed(sensitive(), record)


OPTED_OUT = a_consent(policyRule={"coding": coded("OPTOUT")})
DENIES_ALL = a_consent(deny())


def a_vital(kind, title=""):
    return a_record({"resourceType": kind}, resource_type=kind, title=title, headline=title)


VITAL = [
    a_vital("Flag", "Flag: latex"),
    a_vital("AllergyIntolerance", "Allergy: penicillin"),
    a_vital("ServiceRequest", "Order: Do not resuscitate"),
    a_vital("Observation", "Code status: DNR"),
    a_vital("Condition", "Orden de no reanimar"),
]


@pytest.mark.parametrize("record", VITAL, ids=lambda r: r.title)
@pytest.mark.parametrize("consent", [OPTED_OUT, DENIES_ALL], ids=["optout", "deny"])
def test_a_denial_of_everything_does_not_hide_what_one_may_die_of_not_knowing(record, consent):
    assert allowed(record, consent)
    assert allowed(record, consent, purpose=Purpose.PROMPT, role=None)
    assert not allowed(record, consent, role=Role.QA)
    assert not allowed(record, consent, role=Role.IT)


@pytest.mark.parametrize(
    "consent",
    [
        a_consent(deny(**{"class": coded("Flag")})),
        a_consent(deny(data=[{"reference": {"reference": "Observation/1"}}])),
        a_consent(deny(actor=[{"reference": {"reference": "Practitioner/me"}}])),
        a_consent(deny(provision=[deny(**{"class": coded("Flag")})])),
        a_consent(deny(securityLabel=coded("R"), provision=[deny()])),
        a_consent(deny(purpose=coded("TREAT"))),
        a_consent(deny(modifierExtension=[{"url": "x"}])),
    ],
)
def test_a_denial_that_names_it_does(consent):
    flag = a_record(resource_type="Flag", title="Flag: latex", labels=["R"])
    assert not allowed(flag, consent)


def test_its_own_label_still_withholds_it():
    flag = a_record(resource_type="Flag", title="Flag: needle sharing", labels=["SUD"])
    assert not allowed(flag, OPTED_OUT)


@pytest.mark.parametrize("title", ["Code status discussed with family?", "Order: physiotherapy"])
def test_what_names_no_directive_is_denied_with_the_rest(title):
    kind = "Communication" if "?" in title else "ServiceRequest"
    assert not allowed(a_vital(kind, title), OPTED_OUT)

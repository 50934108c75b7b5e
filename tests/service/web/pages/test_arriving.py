"""Signing in through a provider that nobody here wrote: there, back, and as whom."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from service.database import transaction
from service.signin.errors import ProviderSilent
from service.signin.models import KnownPerson
from service.summary.models import Summary
from service.summary.vocabulary import SummaryType
from service.web.models import WebSession
from tests.oidc_provider.visitor import HERE
from tests.service.web.pages.provider_fixtures import (
    CARD,
    acts,
    ehr,
    heading,
    hospital,
    signing_key,
    visit,
    who,
)

__all__ = ["ehr", "hospital", "signing_key", "visit"]


def test_a_stranger_is_offered_the_providers_and_comes_back_to_the_page(visit):
    visitor = visit()
    offered = BeautifulSoup(visitor.ours.get("/sign-in?next=/operations").text, "lxml")
    links = [a["href"] for a in offered.select("main a.button")]
    assert links == [
        "/sign-in/start/hospital?next=/operations",
        "/sign-in/start/ehr?next=/operations",
    ]
    answer = visitor.go(links[0], "ira")
    assert answer.url.path == "/operations"
    assert who(visitor) == {
        "id": "hospital:ira",
        "name": "Ira Noor",
        "role": "it",
        "practitioner_ref": None,
    }


def test_a_clinician_is_the_practitioner_with_their_staff_number(visit):
    visitor = visit()
    assert heading(visitor.go("/sign-in/start/hospital", "ada")) == "Worklist"
    assert who(visitor)["role"] == "clinician"
    assert who(visitor)["practitioner_ref"] == "Practitioner/17"


def test_the_first_role_that_fits_is_the_persons(visit):
    both = {"roles": {"attending": ["all"], "clinician": ["psychiatrists"]}}
    visitor = visit(hospital_given=both)
    visitor.go("/sign-in/start/hospital", "ada")
    assert who(visitor)["role"] == "attending"


def test_somebody_without_a_role_is_told_what_it_must_do(visit, sessions):
    visitor = visit()
    answer = visitor.go("/sign-in/start/hospital", "kim")
    assert answer.status_code == 403
    page = BeautifulSoup(answer.text, "lxml").get_text(" ")
    for told in ("Kim Porter", "kim", "porters", "sign_in.roles", "hospital"):
        assert told in page
    assert who(visitor) is None
    (refused,) = acts(sessions, "sign-in.refused")
    assert (refused.actor, refused.detail["check"]) == ("hospital:kim", "role")


def test_two_practitioners_with_one_number_are_none(visit):
    visitor = visit()
    answer = visitor.go("/sign-in/start/hospital", "sam")
    assert answer.status_code == 403
    assert "Exactly one Practitioner" in answer.text
    assert who(visitor) is None


def test_an_ehr_launch_opens_the_patients_list_as_the_practitioner(visit, ehr, sessions):
    visitor = visit()
    answer = visitor.go(f"/launch?iss={ehr.fhir_url}/&launch=open-chart", "dr-1")
    assert str(answer.url).endswith("/worklist?patients=1")
    assert 'value="Patient/1"' in answer.text, "the form to ask for a summary names the patient"
    assert who(visitor)["practitioner_ref"] == "Practitioner/17"
    with transaction(sessions) as session:
        row = session.scalars(select(WebSession)).one()
        assert (row.patient_ref, row.encounter_ref) == ("Patient/1", "Encounter/e7")


def test_what_is_asked_for_in_a_visit_belongs_to_it_if_it_is_the_patients(visit, ehr, sessions):
    visitor = visit(relation="told")
    page = visitor.go(f"/launch?iss={ehr.fhir_url}/&launch=open-chart", "dr-1")
    token = BeautifulSoup(page.text, "lxml").select_one("input[name=csrf_token]")["value"]
    for patient in ("Patient/1", "Patient/2"):
        asked = {"csrf_token": token, "type": "pre-visit", "other": patient}
        assert visitor.ours.post("/worklist", data=asked).status_code == 303
    with transaction(sessions) as session:
        made = {each.patient_ref: each.encounter_ref for each in session.scalars(select(Summary))}
    assert made == {"Patient/1": "Encounter/e7", "Patient/2": None}


@pytest.mark.parametrize(
    ("launch", "patient", "where"),
    [
        ("card", "Patient/1", f"/summaries/{CARD}"),
        ("card", "Patient/2", "/worklist?patients=1"),
        ("card", None, "/worklist?patients=1"),
        ("odd-card", "Patient/1", "/worklist?patients=1"),
        ("card-alone", "Patient/1", "/worklist"),
    ],
)
def test_a_launch_from_a_card_opens_its_summary_if_it_is_the_patients(
    visit, ehr, committed, launch, patient, where
):
    visitor = visit()
    if patient:
        committed(a_card, patient)
    answer = visitor.go(f"/launch?iss={ehr.fhir_url}&launch={launch}", "dr-1")
    assert str(answer.url) == f"{HERE}{where}"


def a_card(session, patient):
    made = Summary(id=CARD, patient_ref=patient, type=SummaryType.HANDOFF, requested_by="x")
    session.add(made)
    return made


def test_a_patient_who_is_picked_while_signing_in_is_nobodys_for_that(visit, ehr, sessions):
    for launch, patient in ((None, None), ("open-chart", "Patient/1")):
        visitor = visit()
        ours = visitor.ours.app.state.providers["ehr"]
        asked = ours.tokens
        ours.tokens = lambda *given, asked=asked, **more: {"patient": "1"} | asked(*given, **more)
        query = f"/launch?iss={ehr.fhir_url}&launch={launch}" if launch else "/sign-in/start/ehr"
        visitor.go(query, "dr-1")
        with transaction(sessions) as session:
            row = session.scalars(select(WebSession).order_by(WebSession.made_at.desc())).first()
            assert row.patient_ref == patient


def test_a_launch_without_a_patient_and_a_standalone_one_begin_at_home(visit, ehr):
    for address in (f"/launch?iss={ehr.fhir_url}&launch=toolbar", "/sign-in/start/ehr"):
        visitor = visit()
        assert visitor.go(address, "dr-2").url.path == "/worklist"
        assert who(visitor)["practitioner_ref"] == "Practitioner/18", "an absolute fhirUser"


@pytest.mark.parametrize("sub", ["in-role", "in-role-2"])
def test_who_comes_in_a_role_is_the_practitioner_who_has_it(visit, sub):
    visitor = visit()
    visitor.go("/sign-in/start/ehr", sub)
    assert who(visitor)["practitioner_ref"] == "Practitioner/17"


@pytest.mark.parametrize(
    ("sub", "ref"),
    [("in-no-role", "PractitionerRole/unknown"), ("in-team", "PractitionerRole/team")],
)
def test_who_has_a_role_is_the_role_where_the_ehr_does_not_tell(visit, sub, ref):
    visitor = visit()
    visitor.go("/sign-in/start/ehr", sub)
    assert who(visitor)["practitioner_ref"] == ref


@pytest.mark.parametrize("sub", ["patient", "stranger"])
def test_who_is_no_practitioner_of_this_ehr_is_not_let_in(visit, sub):
    visitor = visit()
    assert visitor.go("/sign-in/start/ehr", sub).status_code == 403
    assert who(visitor) is None


def test_a_launch_of_an_ehr_that_is_not_set_up_goes_nowhere(visit, sessions):
    visitor = visit()
    answer = visitor.ours.get("/launch?iss=https://evil.example/fhir&launch=x")
    assert answer.status_code == 403
    assert "location" not in answer.headers
    (refused,) = acts(sessions, "sign-in.refused")
    assert refused.detail["iss"] == "evil.example"


def test_a_patient_of_another_ehr_is_never_opened_here(visit, ehr):
    visitor = visit(ehr_given={"same_ehr": False})
    answer = visitor.go(f"/launch?iss={ehr.fhir_url}&launch=open-chart", "dr-1")
    assert answer.status_code == 403
    assert who(visitor) is None


@pytest.mark.parametrize("sub", ["dr-1", "dr-2"])
def test_nor_does_anybody_sign_under_the_number_that_another_ehr_gave_them(visit, sub):
    visitor = visit(ehr_given={"same_ehr": False})
    assert visitor.go("/sign-in/start/ehr", sub).status_code == 403
    assert who(visitor) is None


def test_a_new_launch_is_of_the_new_patient(visit, ehr, sessions):
    visitor = visit()
    visitor.go(f"/launch?iss={ehr.fhir_url}&launch=open-chart", "dr-1")
    visitor.go(f"/launch?iss={ehr.fhir_url}&launch=toolbar", "dr-1")
    with transaction(sessions) as session:
        assert session.scalars(select(WebSession)).one().patient_ref is None


def test_pages_tell_the_name_of_who_came(visit, sessions):
    visitor = visit()
    visitor.go("/sign-in/start/hospital", "ira")
    assert "Ira Noor" in visitor.ours.get("/operations").text
    with transaction(sessions) as session:
        assert session.get(KnownPerson, "hospital:ira").name == "Ira Noor"


def test_a_person_whose_ehr_says_all_in_the_token_needs_no_userinfo(visit, sessions):
    """The EHR's token carries fhirUser and name, and no roles are mapped there: a userinfo that
    does not answer costs nobody their sign-in."""
    visitor = visit()
    provider = visitor.ours.app.state.providers["ehr"]
    provider.userinfo = lambda _token: pytest.fail("was asked")
    visitor.go("/sign-in/start/ehr", "dr-1")
    assert who(visitor)["name"] == "Dr Ines Vale"


def test_a_role_that_could_not_be_asked_for_is_not_the_default(visit):
    visitor = visit(hospital_given={"default_role": "qa"})
    provider = visitor.ours.app.state.providers["hospital"]

    def silent(_token):
        raise ProviderSilent("It does not answer.")

    provider.userinfo = silent
    assert visitor.go("/sign-in/start/hospital", "ada").status_code == 503
    assert who(visitor) is None

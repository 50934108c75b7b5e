"""Signing in through a provider that nobody here wrote: there, back, and every way it can fail."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import select, update

from service.audit import AuditEvent
from service.database import now, transaction
from service.providers import ProviderSettings
from service.signin.errors import ProviderSilent
from service.signin.models import KnownPerson, SignInAttempt
from service.web.app import create_app
from service.web.models import WebSession
from tests.oidc_provider import OidcProvider, running
from tests.oidc_provider.visitor import HERE, Visitor
from tests.service.review.builders import a_summary
from tests.service.web.conftest import WebRuntime

SECRET = "a-secret-of-the-test-client"
STAFF = {
    "ada": {"name": "Dr Ada Berg", "groups": ["all", "psychiatrists"], "employee": "e-1"},
    "tom": {"name": "Dr Tom Lind", "groups": ["residents"], "employee": "e-2"},
    "kim": {"name": "Kim Porter", "groups": ["porters"], "employee": "e-3"},
    "ira": {"name": "Ira Noor", "groups": ["informatics"]},
    "sam": {"name": "Dr Sam Oak", "groups": ["psychiatrists"], "employee": "e-9"},
}
EHR_STAFF = {
    "dr-1": {"name": "Dr Ines Vale", "fhirUser": "Practitioner/17"},
    "dr-2": {"name": "Dr Uma Reis", "fhirUser": "{fhir}/Practitioner/18"},
    "patient": {"name": "Ada Example", "fhirUser": "Patient/1"},
    "stranger": {"name": "Dr X", "fhirUser": "https://other.example/fhir/Practitioner/17"},
}
LAUNCHES = {"open-chart": {"patient": "1", "encounter": "e7"}, "toolbar": {}}


@pytest.fixture(scope="module")
def hospital():
    """An identity provider: claims at userinfo, groups for roles."""
    with running(OidcProvider(app=HERE, people=STAFF)) as provider:
        yield provider


@pytest.fixture(scope="module")
def signing_key():
    return ECKey.generate_key("P-384", {"use": "sig", "alg": "ES384"}, auto_kid=True)


@pytest.fixture(scope="module")
def ehr(signing_key):
    """An EHR's authorization server, to which we prove ourselves with a signed assertion."""
    provider = OidcProvider(app=HERE, smart=True, launches=LAUNCHES)
    provider.people = {
        sub: {**each, "fhirUser": each["fhirUser"].format(fhir=provider.fhir_url)}
        for sub, each in EHR_STAFF.items()
    }
    provider.client = {
        "client_secret": None,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES384",
        "jwks": KeySet([signing_key]).as_dict(private=False),
    }
    with running(provider) as answering:
        yield answering


class Directory:
    """An EHR at the wire: who carries which staff number."""

    base_url = "http://ehr.test/"

    def search(self, resource_type, params):
        assert resource_type == "Practitioner"
        for ref, number in (("17", "e-1"), ("18", "e-2"), ("19", "e-9"), ("20", "e-9")):
            # A server that passes over the parameter: it answers with everybody.
            yield {
                "resourceType": "Practitioner",
                "id": ref,
                "identifier": [{"system": "urn:staff", "value": number}],
            }


@pytest.fixture
def visit(web_settings, sessions, hospital, ehr, signing_key, tmp_path):
    """A visitor to the application with both providers, on settings changed by what is given."""
    key = tmp_path / "client.pem"
    key.write_bytes(signing_key.as_pem(private=True))
    opened = []

    def visitor(*, hospital_given=None, ehr_given=None, **given):
        providers = (
            ProviderSettings.model_validate(
                {
                    "key": "hospital",
                    "name": "the hospital",
                    "issuer": hospital.issuer,
                    "client_id": "countersign",
                    "client_secret": SECRET,
                    "practitioner_claim": "employee",
                    "practitioner_system": "urn:staff",
                    "roles": {
                        "trainee": ["residents"],
                        "clinician": ["psychiatrists"],
                        "it": ["informatics"],
                    },
                    **(hospital_given or {}),
                }
            ),
            ProviderSettings.model_validate(
                {
                    "key": "ehr",
                    "name": "the EHR",
                    "fhir_url": ehr.fhir_url,
                    "same_ehr": True,
                    "client_id": "countersign",
                    "client_key": key,
                    "default_role": "clinician",
                    **(ehr_given or {}),
                }
            ),
        )
        settings = web_settings.model_copy(update={"demo": False, "sign_in": providers, **given})
        app = create_app(WebRuntime(settings, sessions, client=Directory()))
        opened.append(Visitor(app))
        return opened[-1]

    yield visitor
    for each in opened:
        each.close()


def who(visitor):
    answer = visitor.ours.get("/api/v1/session", headers={"Accept": "application/json"})
    return answer.json()["person"] if answer.status_code == 200 else None


def heading(answer):
    return BeautifulSoup(answer.text, "lxml").h1.get_text()


def acts(sessions, action):
    with transaction(sessions) as session:
        return session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all()


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


def test_a_launch_without_a_patient_and_a_standalone_one_begin_at_home(visit, ehr):
    for address in (f"/launch?iss={ehr.fhir_url}&launch=toolbar", "/sign-in/start/ehr"):
        visitor = visit()
        assert visitor.go(address, "dr-2").url.path == "/worklist"
        assert who(visitor)["practitioner_ref"] == "Practitioner/18", "an absolute fhirUser"


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
    assert refused.detail["iss"] == "https://evil.example/fhir"


def test_a_patient_of_another_ehr_is_never_opened_here(visit, ehr):
    visitor = visit(ehr_given={"same_ehr": False})
    answer = visitor.go(f"/launch?iss={ehr.fhir_url}&launch=open-chart", "dr-1")
    assert answer.status_code == 403
    assert who(visitor) is None


def test_a_new_launch_is_of_the_new_patient(visit, ehr, sessions):
    visitor = visit()
    visitor.go(f"/launch?iss={ehr.fhir_url}&launch=open-chart", "dr-1")
    visitor.go(f"/launch?iss={ehr.fhir_url}&launch=toolbar", "dr-1")
    with transaction(sessions) as session:
        assert session.scalars(select(WebSession)).one().patient_ref is None


def test_an_answer_serves_once(visit):
    visitor = visit()
    visitor.go("/sign-in/start/hospital", "ada")
    used = visitor.came_back_with
    visitor.ours.cookies.delete("countersign_session")
    answer = visitor.ours.get(used)
    assert answer.status_code == 403
    assert who(visitor) is None


def test_an_answer_in_another_browser_signs_nobody_in(visit):
    """Somebody sends a victim the answer to their own sign-in."""
    attacker, victim = visit(), visit()
    attacker.ours.cookies.clear()
    stolen = answer_of(attacker)
    victim.leave_at_provider("/sign-in/start/hospital")
    assert victim.ours.get(stolen).status_code == 403
    assert who(victim) is None


def answer_of(visitor):
    """The callback's address of a sign-in that was not followed to its end."""
    real = visitor.ours.get
    held = []

    def get(address, **more):
        if "/sign-in/callback" in str(address):
            held.append(str(address))
            return real("/healthz")
        return real(address, **more)

    visitor.ours.get = get
    visitor.go("/sign-in/start/hospital", "ada")
    visitor.ours.get = real
    return held[0]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda a: a.replace("state=", "state=x"), "state"),
        (lambda a: a.replace("code=", "code=x"), "code"),
        (lambda a: a.replace("iss=http", "iss=https"), "issuer"),
        (lambda a: a.split("&iss=")[0], "issuer"),
    ],
)
def test_an_answer_that_was_changed_on_its_way_is_refused(visit, sessions, change, check):
    visitor = visit()
    answer = visitor.ours.get(change(answer_of(visitor)))
    assert answer.status_code == 403
    assert acts(sessions, "sign-in.refused")[-1].detail["check"] == check
    assert who(visitor) is None


def test_an_answer_that_comes_too_late_is_refused(visit, sessions):
    visitor = visit()
    late = answer_of(visitor)
    with transaction(sessions) as session:
        session.execute(update(SignInAttempt).values(made_at=now() - timedelta(hours=1)))
    assert visitor.ours.get(late).status_code == 403


def test_a_nonce_of_another_sign_in_is_refused(visit, sessions):
    visitor = visit()
    answer = answer_of(visitor)
    with transaction(sessions) as session:
        session.execute(update(SignInAttempt).values(nonce="of-another"))
    assert visitor.ours.get(answer).status_code == 403
    assert acts(sessions, "sign-in.refused")[-1].detail["check"] == "nonce"


def test_a_code_verifier_of_another_sign_in_is_refused_by_the_provider(visit, sessions):
    visitor = visit()
    answer = answer_of(visitor)
    with transaction(sessions) as session:
        session.execute(update(SignInAttempt).values(code_verifier="of-another" * 6))
    assert visitor.ours.get(answer).status_code == 403
    assert acts(sessions, "sign-in.refused")[-1].detail["check"] == "code"


def test_a_sign_in_that_was_broken_off_is_told_so(visit):
    visitor = visit()
    broken = answer_of(visitor).replace("code=", "error=access_denied&was=")
    assert "broken off" in visitor.ours.get(broken).text


def test_a_wrong_client_secret_is_told_without_signing_in(visit):
    visitor = visit(hospital_given={"client_secret": "wrong"})
    answer = visitor.go("/sign-in/start/hospital", "ada")
    assert answer.status_code == 403
    assert "invalid_client" in answer.text


def test_a_provider_that_does_not_answer_is_a_page_that_says_try_again(visit):
    visitor = visit(hospital_given={"issuer": "http://127.0.0.1:9"})
    answer = visitor.ours.get("/sign-in/start/hospital")
    assert answer.status_code == 503
    assert "the hospital does not answer" in answer.text


def test_after_signing_in_no_address_outside_is_gone_to(visit):
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example"):
        visitor = visit()
        answer = visitor.go(f"/sign-in/start/hospital?next={wanted}", "ada")
        assert answer.url.host == "127.0.0.1"


def test_no_token_of_a_provider_is_kept(visit, sessions):
    visitor = visit()
    visitor.go("/sign-in/start/hospital", "ada")
    with transaction(sessions) as session:
        assert session.scalars(select(SignInAttempt)).all() == []
        row = session.scalars(select(WebSession)).one()
        kept = " ".join(str(v) for v in vars(row).values())
    assert "eyJ" not in kept


def test_pages_tell_the_name_of_who_came(visit, sessions):
    visitor = visit()
    visitor.go("/sign-in/start/hospital", "ira")
    assert "Ira Noor" in visitor.ours.get("/operations").text
    with transaction(sessions) as session:
        assert session.get(KnownPerson, "hospital:ira").name == "Ira Noor"


def sign_form(visitor, summary):
    page = BeautifulSoup(visitor.ours.get(f"/summaries/{summary.id}/sign").text, "lxml")
    form = page.select_one("form.sign-form")
    fields = {i["name"]: i["value"] for i in form.select("input[type=hidden]")}
    return page, fields


def grow_old(sessions, **ago):
    with transaction(sessions) as session:
        session.execute(update(WebSession).values(authenticated_at=now() - timedelta(**ago)))


def test_where_the_site_asks_a_signature_needs_a_fresh_sign_in(visit, sessions, committed):
    visitor = visit(sign_max_age_s=300)
    visitor.go("/sign-in/start/hospital", "ada")
    summary = committed(a_summary)
    grow_old(sessions, minutes=6)
    page, fields = sign_form(visitor, summary)
    assert page.select("form.sign-form button") == []
    refused = visitor.ours.post(f"/summaries/{summary.id}/sign", data=fields)
    assert refused.status_code == 403
    headers = {"X-CSRF-Token": fields["csrf_token"], "Accept": "application/json"}
    asked = {"digest": fields["digest"]}
    path = f"/api/v1/summaries/{summary.id}/sign"
    assert visitor.ours.post(path, json=asked, headers=headers).status_code == 403
    again = page.select_one("form.sign-form a.big")["href"]
    before = visitor.asked_for_password
    back = visitor.go(again, "ada")
    assert visitor.asked_for_password == before + 1, "the provider asked for the password again"
    assert back.url.path == f"/summaries/{summary.id}/sign"
    signed = visitor.ours.post(f"/summaries/{summary.id}/sign", data=fields)
    assert signed.status_code == 303, "a form that was open before is still good"
    assert acts(sessions, "summary.signed")[0].actor == "hospital:ada"


def test_somebody_else_cannot_make_the_sign_in_fresh(visit, sessions):
    visitor = visit(sign_max_age_s=300)
    visitor.go("/sign-in/start/hospital", "ada")
    grow_old(sessions, minutes=6)
    answer = visitor.go("/sign-in/again", "tom")
    assert answer.status_code == 403
    assert who(visitor)["id"] == "hospital:ada", "the session stays whose it was"
    with transaction(sessions) as session:
        row = session.scalars(select(WebSession)).one()
        assert row.authenticated_at < now() - timedelta(minutes=5)


def test_a_provider_that_asks_always_is_asked_to(visit):
    visitor = visit(hospital_given={"ask_always": True})
    visitor.go("/sign-in/start/hospital", "ada")
    visitor.go("/sign-in/start/hospital", "ada")
    assert visitor.asked_for_password == 2


def test_a_trainees_signature_waits_for_a_second_one(visit, sessions, committed):
    visitor = visit()
    visitor.go("/sign-in/start/hospital", "tom")
    assert who(visitor)["role"] == "trainee"
    summary = committed(a_summary)
    page, fields = sign_form(visitor, summary)
    assert "A second clinician cosigns it" in page.get_text()
    visitor.ours.post(f"/summaries/{summary.id}/sign", data=fields)
    assert [a.actor for a in acts(sessions, "summary.awaiting-cosign")] == ["hospital:tom"]
    assert acts(sessions, "summary.signed") == []


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

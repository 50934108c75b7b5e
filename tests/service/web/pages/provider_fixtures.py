"""Two providers that nobody here wrote, and a visitor who comes to us through them."""

from typing import ClassVar

import pytest
from bs4 import BeautifulSoup
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import select

from service.audit import AuditEvent
from service.database import transaction
from service.fhir.errors import EhrNotFound
from service.providers import ProviderSettings
from service.web.app import create_app, equip
from tests.oidc_provider import OidcProvider, running
from tests.oidc_provider.visitor import HERE, Visitor
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
    "in-role": {"name": "Dr Ada Berg", "fhirUser": "PractitionerRole/r1"},
    "in-role-2": {"name": "Dr Ada Berg", "fhirUser": "{fhir}/PractitionerRole/r2"},
    "in-no-role": {"name": "Dr Ada Berg", "fhirUser": "PractitionerRole/unknown"},
    "in-team": {"name": "Dr Ada Berg", "fhirUser": "PractitionerRole/team"},
    "patient": {"name": "Ada Example", "fhirUser": "Patient/1"},
    "stranger": {"name": "Dr X", "fhirUser": "https://other.example/fhir/Practitioner/17"},
}
CARD = "0123456789abcdef" * 2  # the summary that a card of ours named
LAUNCHES = {
    "open-chart": {"patient": "1", "encounter": "e7"},
    "toolbar": {},
    "card": {"patient": "1", "appContext": f'{{"summary": "{CARD}"}}'},
    "card-alone": {"appContext": f'{{"summary": "{CARD}"}}'},
    "odd-card": {"patient": "1", "appContext": '{"summary": "../sign-out"}'},
}


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
    bases = (base_url,)
    roles: ClassVar = {
        "PractitionerRole/r1": {"practitioner": {"reference": "Practitioner/17"}},
        "PractitionerRole/r2": {
            "practitioner": {"reference": f"{base_url}Practitioner/17/_history/3"}
        },
        "PractitionerRole/team": {"organization": {"reference": "Organization/1"}},
    }

    def read(self, ref):
        if ref not in self.roles:
            raise EhrNotFound("The EHR holds nothing of that name.")
        return self.roles[ref]

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
def visit(web_settings, sessions, hospital_routes, hospital, ehr, signing_key, tmp_path):
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
        here = WebRuntime(settings, sessions, client=Directory())
        app = create_app(here) if opened else equip(hospital_routes, here)
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

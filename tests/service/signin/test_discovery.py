"""What a provider publishes is taken when it is whole and safe; else it is said what is not."""

import pytest

from service.providers import ProviderSettings
from service.signin.discovery import discover
from service.signin.errors import ProviderSilent

ISSUER, FHIR = "https://id.example", "https://ehr.example/fhir"
OPENID = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}


def a_provider(**given):
    usual = {"key": "p", "name": "the provider", "client_id": "c", "default_role": "clinician"}
    return ProviderSettings.model_validate({**usual, **given})


def published(pages):
    def get(address):
        if address not in pages:
            raise ProviderSilent("It does not answer.")
        return pages[address]

    return get


def openid(**changed):
    said = {k: v for k, v in {**OPENID, **changed}.items() if v is not None}
    return published({f"{ISSUER}/.well-known/openid-configuration": said})


def test_an_openid_provider_says_where_it_is_asked_for_what():
    found = discover(a_provider(issuer=ISSUER), openid())
    assert (found.issuer, found.token, found.userinfo) == (ISSUER, f"{ISSUER}/token", None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"issuer": "https://evil.example"}, "the settings another"),
        ({"issuer": f"{ISSUER}/"}, "the settings another"),
        ({"token_endpoint": None}, "names no token_endpoint"),
        ({"jwks_uri": None}, "names no jwks_uri"),
        ({"authorization_endpoint": "http://id.example/auth"}, "no https address"),
        ({"userinfo_endpoint": "ftp://id.example/me"}, "no https address"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
    ],
)
def test_what_is_not_fit_is_named(changed, said):
    with pytest.raises(ProviderSilent, match=said):
        discover(a_provider(issuer=ISSUER), openid(**changed))


def test_an_ehr_is_asked_for_its_smart_configuration():
    smart = {**OPENID, "code_challenge_methods_supported": ["S256"]}
    get = published({f"{FHIR}/.well-known/smart-configuration": smart})
    assert discover(a_provider(fhir_url=f"{FHIR}/"), get).issuer == ISSUER


def test_a_smart_configuration_without_keys_leads_to_those_of_its_issuer():
    smart = {k: v for k, v in OPENID.items() if k != "jwks_uri"}
    pages = {
        f"{FHIR}/.well-known/smart-configuration": smart,
        f"{ISSUER}/.well-known/openid-configuration": OPENID,
    }
    assert discover(a_provider(fhir_url=FHIR), published(pages)).jwks == f"{ISSUER}/keys"


def test_an_ehr_without_an_issuer_cannot_say_who_somebody_is():
    smart = {k: v for k, v in OPENID.items() if k != "issuer"}
    get = published({f"{FHIR}/.well-known/smart-configuration": smart})
    with pytest.raises(ProviderSilent, match="names no issuer"):
        discover(a_provider(fhir_url=FHIR), get)

"""An access token of our own: proven by key, kept, renewed before its end, its loss told once."""

from urllib.parse import parse_qs

import httpx
import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from structlog.testing import capture_logs

from service.fhir.auth import basic
from service.fhir.backend import BackendToken, Registered
from service.fhir.client import FhirClient
from service.fhir.errors import TOKEN_PAUSE_S, EhrBusy, EhrTokenRefused
from tests.service.fhir.wire_fakes import BASE, ScriptedEhr, a_page, fhir

TOKEN_URL = "https://ehr.test/oauth/token"
KEYS = {"ES384": ECKey.generate_key("P-384"), "RS384": RSAKey.generate_key(2048)}
A_PATIENT = {"resourceType": "Patient", "id": "1"}


class TokenEndpoint(httpx2.BaseTransport):
    """An EHR that describes itself and gives numbered tokens; `answers` come first."""

    def __init__(self, *answers, lasts_s=300, **described):
        self.answers, self.lasts_s, self.asked = list(answers), lasts_s, []
        self.described = {"token_endpoint": TOKEN_URL, **described}

    def handle_request(self, request):
        if request.url.path.endswith("/.well-known/smart-configuration"):
            return httpx2.Response(200, json=self.described)
        self.asked.append(request)
        if self.answers:
            return self.answers.pop(0)
        token = {"access_token": f"t{len(self.asked)}", "token_type": "bearer"}
        return httpx2.Response(200, json=token | {"expires_in": self.lasts_s})

    def form(self, number=-1):
        return {k: v[0] for k, v in parse_qs(self.asked[number].read().decode()).items()}


class Clock:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


def a_token(endpoint, proof="a secret", **given):
    for key in KEYS.values():
        key.ensure_kid()
    clock = given.pop("clock", Clock())
    registered = Registered(BASE, "countersign", proof, **given)
    return BackendToken(registered, transport=endpoint, clock=clock)


def refusal(error="invalid_client"):
    return httpx2.Response(400, json={"error": error, "error_description": "Mary is ill"})


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_proves_who_we_are_as_smart_asks(algorithm):
    endpoint, key = TokenEndpoint(), KEYS[algorithm]
    assert a_token(endpoint, key).header() == "Bearer t1"
    form = endpoint.form()
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"].endswith(":jwt-bearer")
    read = jwt.decode(form["client_assertion"], key, algorithms=[algorithm])
    assert (read.header["alg"], read.header["kid"]) == (algorithm, key.kid)
    assert {read.claims["iss"], read.claims["sub"]} == {"countersign"}
    assert (read.claims["aud"], read.claims["exp"] - read.claims["iat"] <= 300) == (TOKEN_URL, True)


def test_each_proof_is_new():
    endpoint = TokenEndpoint()
    token = a_token(endpoint, KEYS["ES384"])
    token.renew(token.header())
    proofs = [endpoint.form(n)["client_assertion"] for n in (0, 1)]
    ids = [jwt.decode(p, KEYS["ES384"], algorithms=["ES384"]).claims["jti"] for p in proofs]
    assert ids[0] != ids[1]


def test_a_secret_goes_as_basic():
    endpoint = TokenEndpoint()
    a_token(endpoint).header()
    assert endpoint.asked[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(("subscribes", "told"), [(True, True), (False, False)])
def test_a_subscription_is_asked_for_where_the_site_has_the_ehr_tell(subscribes, told):
    endpoint = TokenEndpoint(capabilities=["permission-v2"])
    a_token(endpoint, subscribes=subscribes).header()
    assert ("system/Subscription.cruds" in endpoint.form()["scope"]) is told


def test_the_scopes_are_those_of_the_smart_that_the_ehr_has():
    for capabilities, scope in ((["permission-v2"], "system/*.rs "), ([], "system/*.read ")):
        endpoint = TokenEndpoint(capabilities=capabilities)
        a_token(endpoint).header()
        assert endpoint.form()["scope"].startswith(scope)


def test_what_the_settings_say_is_not_looked_up():
    endpoint = TokenEndpoint(token_endpoint="https://elsewhere.test/token")
    a_token(endpoint, token_url=TOKEN_URL, scopes="system/Patient.rs").header()
    assert str(endpoint.asked[0].url) == TOKEN_URL
    assert endpoint.form()["scope"] == "system/Patient.rs"


def test_a_token_is_kept_and_renewed_before_its_end():
    endpoint, clock = TokenEndpoint(lasts_s=300), Clock()
    token = a_token(endpoint, clock=clock)
    assert [token.header(), token.header()] == ["Bearer t1", "Bearer t1"]
    clock.at = 239
    assert token.header() == "Bearer t1"
    clock.at = 241
    assert token.header() == "Bearer t2"


def test_a_401_in_the_middle_of_a_search_renews_and_goes_on():
    ehr = ScriptedEhr(
        a_page("1", after=BASE + "?p=2"),
        fhir({}, 401),
        a_page("2", after=BASE + "?p=3"),
        a_page("3"),
    )
    client = ehr.client(auth=a_token(TokenEndpoint()))
    assert [r["id"] for r in client.search("Condition", {})] == ["1", "2", "3"]
    sent = [r.headers["authorization"] for r in ehr.asked]
    assert sent == ["Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2"]


def test_a_401_in_the_middle_of_a_write_renews_and_goes_on():
    ehr = ScriptedEhr(fhir({}, 401), fhir(A_PATIENT, 201))
    stored = ehr.client(auth=a_token(TokenEndpoint())).create({"resourceType": "Patient"})
    assert (stored["id"], len(ehr.asked)) == ("1", 2)


def test_a_401_to_everything_is_asked_once_more_and_no_oftener():
    ehr, endpoint = ScriptedEhr(*[fhir({}, 401)] * 9), TokenEndpoint()
    with pytest.raises(EhrTokenRefused) as caught:
        ehr.client(auth=a_token(endpoint)).read("Patient/1")
    assert (len(ehr.asked), len(endpoint.asked)) == (2, 2)
    assert (caught.value.can_retry, caught.value.retry_after_s) == (True, TOKEN_PAUSE_S)


def test_threads_that_were_refused_the_same_token_renew_it_once():
    endpoint = TokenEndpoint()
    token = a_token(endpoint)
    old = token.header()
    assert token.renew(old) and token.renew(old)
    assert (len(endpoint.asked), token.header()) == (2, "Bearer t2")


def test_a_lost_registration_is_told_once_and_tried_again_after_a_pause():
    endpoint, clock = TokenEndpoint(*[refusal()] * 2), Clock()
    token = a_token(endpoint, clock=clock)
    with capture_logs() as logs:
        for _ in range(5):
            with pytest.raises(EhrTokenRefused, match="invalid_client") as caught:
                token.header()
        clock.at = TOKEN_PAUSE_S
        with pytest.raises(EhrTokenRefused):
            token.header()
        clock.at = 2 * TOKEN_PAUSE_S
        assert token.header() == "Bearer t3"
    assert "Mary" not in caught.value.sentence and "IT" in caught.value.sentence
    assert [each["event"] for each in logs] == ["ehr.token.refused", "ehr.token.accepted"]


@pytest.mark.parametrize(
    "answer",
    [httpx2.Response(503), httpx2.Response(200, html="<html>"), httpx2.Response(502, html="<p>")],
)
def test_a_token_endpoint_that_is_down_may_be_up_later(answer):
    with pytest.raises(EhrBusy, match="token endpoint"):
        a_token(TokenEndpoint(answer)).header()


def test_an_answer_without_a_token_is_a_refusal():
    with pytest.raises(EhrTokenRefused, match="an error"):
        a_token(TokenEndpoint(httpx2.Response(200, json={"ok": True}))).header()


def test_a_token_endpoint_without_https_gets_no_proof():
    endpoint = TokenEndpoint(token_endpoint="http://ehr.test/token")
    with pytest.raises(EhrTokenRefused, match="https"):
        a_token(endpoint, KEYS["ES384"]).header()
    assert endpoint.asked == []


def test_an_ehr_without_a_description_of_itself_needs_the_setting():
    silent = httpx2.MockTransport(lambda _: httpx2.Response(404))
    with pytest.raises(EhrTokenRefused, match="COUNTERSIGN_FHIR_TOKEN_URL"):
        a_token(silent).header()


def test_a_fixed_name_and_password_go_with_every_request():
    ehr = ScriptedEhr(fhir(A_PATIENT))
    client = FhirClient(BASE, auth=basic("u", "p"), transport=ehr)
    client.read("Patient/1")
    assert ehr.asked[0].headers["authorization"] == httpx.BasicAuth("u", "p")._auth_header

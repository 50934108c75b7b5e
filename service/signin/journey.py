"""Signing in, there and back: the address to send a browser to, and who comes back from it."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from service.fhir.client import FhirClient
from service.fhir.references import is_ref
from service.settings import Settings
from service.signin.attempts import Journey, Secrets
from service.signin.errors import ProviderSilent, SignInFailed
from service.signin.idtoken import Expected, checked_claims
from service.signin.models import SignInAttempt
from service.signin.people import claim, person_of
from service.signin.provider import Provider
from service.summary.people import Person

CLOCKS_S = 300  # two that differ by more tell nothing of each other
_ROW_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Arrival:
    """Who came back, when they showed who they are (None: the provider does not say), and the
    patient, encounter and card of ours (its summary) that the EHR had open when it launched us: a
    patient who was picked while signing in is nobody's for that."""

    person: Person
    authenticated_at: datetime | None
    patient_ref: str | None = None
    encounter_ref: str | None = None
    summary_id: str | None = None


def address_to(
    provider: Provider,
    journey: Journey,
    secrets: Secrets,
    *,
    redirect_uri: str,
    launch: str | None = None,
) -> str:
    """The provider's page for this journey. Raises ProviderSilent."""
    settings = provider.settings
    asked = {"state": secrets.state, "nonce": secrets.nonce}
    if settings.fhir_url:
        asked["aud"] = settings.fhir_url
    if launch:
        asked["launch"] = launch
    if journey.max_age_s is not None:
        asked["max_age"] = "0"  # beside prompt, which some pass over: others pass over this
    if journey.max_age_s is not None or settings.ask_always:
        asked["prompt"] = "login"
    return provider.authorization_url(
        redirect_uri=redirect_uri,
        scope=settings.asked_scopes(launched=launch is not None),
        code_verifier=secrets.code_verifier,
        **asked,
    )


def arrival(
    provider: Provider,
    attempt: SignInAttempt,
    answer: Mapping[str, str],
    *,
    redirect_uri: str,
    settings: Settings,
    ehr: Callable[[], FhirClient],
) -> Arrival:
    """Who the provider's answer (the callback's query) says came. Its tokens are used here and
    forgotten: charts are read with our own. Raises SignInFailed, NotSetUp, ProviderSilent."""
    _check_answer(provider, answer)
    tokens = provider.tokens(
        answer["code"], redirect_uri=redirect_uri, code_verifier=attempt.code_verifier
    )
    claims = _claims(provider, attempt, tokens)
    person = person_of(provider.settings, claims, ehr)
    signed_in_at = _instant(claims.get("auth_time"))
    if not attempt.launched:
        return Arrival(person, signed_in_at)
    patient_ref, encounter_ref = _context(provider, tokens, settings)
    summary_id = _card(tokens.get("appContext"))
    return Arrival(person, signed_in_at, patient_ref, encounter_ref, summary_id)


def _check_answer(provider: Provider, answer: Mapping[str, str]) -> None:
    if error := answer.get("error"):
        raise SignInFailed(_said(provider, error), f"answer:{error[:40]}")
    issuer = provider.endpoints.issuer
    if answer.get("iss", None if provider.endpoints.says_issuer else issuer) != issuer:
        raise SignInFailed("The answer came from another provider. Start again.", "issuer")
    if not answer.get("code"):
        raise SignInFailed("The sign-in came back without an answer. Start again.", "code")


def _said(provider: Provider, error: str) -> str:
    name = provider.settings.name
    if error in ("access_denied", "consent_required"):
        return f"The sign-in at {name} was broken off, or {name} does not let you use Countersign."
    if error in ("login_required", "interaction_required"):
        return f"{name} could not ask you to sign in. Start again."
    return (
        f"{name} refused the sign-in. Start again; if it stays so, tell IT: the client, its "
        "scopes or its redirect address are not registered as `countersign doctor` prints them."
    )


def _claims(
    provider: Provider, attempt: SignInAttempt, tokens: Mapping[str, Any]
) -> dict[str, Any]:
    """The checked ID token, and of the userinfo what the token leaves out."""
    token, access_token = tokens.get("id_token"), str(tokens.get("access_token") or "")
    if not isinstance(token, str):
        raise SignInFailed(
            f"{provider.settings.name} did not say who you are. Tell IT: the scope openid is not "
            "granted to Countersign.",
            "id_token",
        )
    settings = provider.settings
    expected = Expected(
        issuer=provider.endpoints.issuer,
        client_id=settings.client_id,
        nonce=attempt.nonce,
        access_token=access_token,
        clock_skew_s=settings.clock_skew_s,
        max_age_s=attempt.max_age_s,
    )
    claims = checked_claims(token, expected, lambda renewed: provider.keys(renewed=renewed))
    return _completed(provider, claims, access_token)


def _completed(provider: Provider, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
    """Of a provider that keeps its ID tokens short, the userinfo beside it.

    A role or practitioner that could not be asked for is not one that is not there: ProviderSilent.
    Without a name there is still the account's.
    """
    settings = provider.settings
    decides = [settings.practitioner_claim, *([settings.roles_claim] if settings.roles else [])]
    is_decided = all(claim(claims, name) for name in decides)
    if not access_token or (is_decided and claim(claims, settings.name_claim)):
        return claims
    try:
        more = provider.userinfo(access_token)
    except ProviderSilent:
        if not is_decided:
            raise
        more = {}
    if more and more.get("sub") != claims["sub"]:  # OpenID Connect Core 5.3.2
        raise SignInFailed("The provider spoke of two people at once. Start again.", "userinfo")
    return {**more, **claims}


def _context(
    provider: Provider, tokens: Mapping[str, Any], settings: Settings
) -> tuple[str | None, str | None]:
    """What the EHR had open, as references. Raises SignInFailed when it is of another EHR."""
    patient_ref = _ref("Patient", tokens.get("patient"))
    if patient_ref is None:
        return None, None
    if not is_our_ehr(provider, settings):
        raise SignInFailed(
            "You came from a patient of an EHR that Countersign does not read here. Tell IT: "
            f"fhir_url of the sign-in {provider.settings.key} is not COUNTERSIGN_FHIR_URL.",
            "ehr",
        )
    return patient_ref, _ref("Encounter", tokens.get("encounter"))


def _card(said: Any) -> str | None:
    """The summary that a card of ours named as its context (CDS Hooks, `appContext`)."""
    try:
        context = orjson.loads(said) if isinstance(said, str) else said
    except orjson.JSONDecodeError:
        return None
    named = context.get("summary") if isinstance(context, dict) else None
    return named if isinstance(named, str) and _ROW_ID.fullmatch(named) else None


def is_our_ehr(provider: Provider, settings: Settings) -> bool:
    """Whether ids of this EHR are those of the one that charts are read from."""
    theirs, ours = provider.settings.fhir_url or "", settings.fhir_url or ""
    return provider.settings.same_ehr or theirs.rstrip("/") == ours.rstrip("/")


def _ref(resource_type: str, said: Any) -> str | None:
    """SMART says bare ids; some servers say "Patient/1"."""
    if not isinstance(said, str) or not said:
        return None
    ref = said if said.startswith(f"{resource_type}/") else f"{resource_type}/{said}"
    return ref if is_ref(ref) else None


def _instant(seconds: Any) -> datetime | None:
    """When that was; None where it is no number, or an instant to come: then nobody knows."""
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    is_past = is_number and 0 <= seconds <= time.time() + CLOCKS_S
    return datetime.fromtimestamp(float(seconds), UTC) if is_past else None

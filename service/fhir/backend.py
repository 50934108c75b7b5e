"""SMART Backend Services: an access token of our own, fetched, kept, and renewed before its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import httpx2
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.jwk import ECKey, RSAKey
from pydantic_core import PydanticCustomError

from service.fhir.clientkey import signed_proof
from service.fhir.errors import TOKEN_PAUSE_S, EhrBusy, EhrTokenRefused, FhirError
from service.providers import check_safe_address

log = structlog.get_logger(__name__)

SMART = ".well-known/smart-configuration"
TIMEOUT_S = 10.0
MARGIN_S = 60.0  # a token is not used in its last minute: a page of notes may take as long
MARGIN_SHARE = 0.2  # of a token that is good for a few minutes only
READ_V1, WRITE_V1 = "system/*.read", "system/*.write"
READ_V2 = "system/*.rs"
WRITE_V2 = "system/DocumentReference.cu system/Provenance.c system/Device.c"
SUBSCRIBE_V2 = "system/Subscription.cruds"


@dataclass(frozen=True)
class Registered:
    """What was agreed with the EHR: `proof` is our key, or a secret. `token_url` and `scopes` are
    as the EHR describes itself where they are empty."""

    fhir_url: str
    client_id: str
    proof: RSAKey | ECKey | str
    token_url: str = ""
    scopes: str = ""
    subscribes: bool = False


class BackendToken:
    """An Auth for one EHR, shared by the threads of a process. Tells the log once when the EHR
    stops giving tokens, and once when it gives them again."""

    def __init__(
        self,
        registered: Registered,
        *,
        transport: httpx2.BaseTransport | None = None,
        verify: Any = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registered = registered
        self._wire = {"transport": transport, "verify": verify, "timeout": TIMEOUT_S}
        self._clock = clock
        self._lock = Lock()
        self._header: str | None = None
        self._good_until = 0.0
        self._described: tuple[str, str] | None = None
        self._failure = ""
        self._again_at = 0.0

    def header(self) -> str | None:
        with self._lock:
            if self._header is None or self._clock() >= self._good_until:
                self._fetch()
            return self._header

    def renew(self, refused: str | None) -> bool:
        with self._lock:
            if self._header == refused:  # else another thread has renewed it meanwhile
                self._fetch()
            return True

    def _fetch(self) -> None:
        """Have a new token. What was refused is not asked for again before TOKEN_PAUSE_S."""
        if self._failure and self._clock() < self._again_at:
            raise EhrTokenRefused(self._failure, retry_after_s=TOKEN_PAUSE_S)
        self._header = None
        try:
            token = self._asked()
        except EhrTokenRefused as failed:
            if not self._failure:
                log.error("ehr.token.refused", client_id=self._registered.client_id)
            self._failure, self._again_at = failed.sentence, self._clock() + TOKEN_PAUSE_S
            raise
        if self._failure:
            log.warning("ehr.token.accepted", client_id=self._registered.client_id)
        self._failure = ""
        self._header = f"Bearer {token['access_token']}"
        self._good_until = self._clock() + _usable_s(token.get("expires_in"))

    def _asked(self) -> dict[str, Any]:
        url, scopes = self._where()
        try:
            with self._client(url) as client:
                token = dict(client.fetch_token(url, grant_type="client_credentials", scope=scopes))
        except OAuthError as refusal:
            raise _refused(str(refusal.error)) from None
        except (httpx2.HTTPError, ValueError):
            raise _silent("token endpoint") from None
        if not isinstance(token.get("access_token"), str):
            raise _refused("no access_token")
        return token

    def _client(self, url: str) -> Any:
        """Authlib's client, which proves by key or secret who we are."""
        proof = self._registered.proof
        is_key = not isinstance(proof, str)
        client = OAuth2Client(
            client_id=self._registered.client_id,
            client_secret=proof,
            token_endpoint_auth_method="private_key_jwt" if is_key else "client_secret_basic",
            **self._wire,
        )
        if not isinstance(proof, str):
            client.register_client_auth_method(signed_proof(url, proof))
        return client

    def _where(self) -> tuple[str, str]:
        """The token endpoint and the scopes: as set, else as the EHR describes itself."""
        if self._described is None:
            given = self._registered
            is_whole = given.token_url and given.scopes
            said = {} if is_whole else self._description(needed=not given.token_url)
            url = given.token_url or str(said.get("token_endpoint") or "")
            self._described = _checked(url), given.scopes or _scopes(said, given.subscribes)
        return self._described

    def _description(self, *, needed: bool) -> dict[str, Any]:
        address = self._registered.fhir_url.rstrip("/") + "/" + SMART
        try:
            with httpx2.Client(**self._wire) as client:
                said = client.get(address, headers={"Accept": "application/json"})
                described = said.raise_for_status().json()
        except httpx2.HTTPStatusError:
            described = None
        except (httpx2.HTTPError, ValueError):
            raise _silent("description of itself (smart-configuration)") from None
        if isinstance(described, dict):
            return described
        if needed:
            raise EhrTokenRefused(
                "The EHR does not say where it gives tokens: set COUNTERSIGN_FHIR_TOKEN_URL.",
                retry_after_s=TOKEN_PAUSE_S,
            )
        return {}


def _usable_s(expires_in: object) -> float:
    """Seconds for which a token is used; one that does not say how long it is good for is used
    until the EHR refuses it."""
    try:
        lasts = float(str(expires_in))
    except ValueError:
        return float("inf")
    return lasts - min(MARGIN_S, lasts * MARGIN_SHARE)


def _scopes(said: dict[str, Any], subscribes: bool) -> str:
    """Those of SMART 2 where the EHR says that it has them, else those of SMART 1."""
    if "permission-v2" not in (said.get("capabilities") or ()):
        return f"{READ_V1} {WRITE_V1}"
    return " ".join([READ_V2, WRITE_V2, *([SUBSCRIBE_V2] if subscribes else ())])


def _checked(url: str) -> str:
    try:
        check_safe_address(url)
    except PydanticCustomError:
        raise EhrTokenRefused(
            "The address at which the EHR gives tokens is no https address: "
            "set COUNTERSIGN_FHIR_TOKEN_URL.",
            retry_after_s=TOKEN_PAUSE_S,
        ) from None
    return url


def _refused(error: str) -> EhrTokenRefused:
    told = error if error.isascii() and error.replace("_", "").isalnum() else "an error"
    return EhrTokenRefused(
        f"The EHR gives us no access token ({told}), so the work waits. IT: look at the "
        "registration of our client and its key; `countersign doctor` tries it.",
        retry_after_s=TOKEN_PAUSE_S,
    )


def _silent(what: str) -> FhirError:
    return EhrBusy(f"The EHR's {what} does not answer as it should; try again later.")

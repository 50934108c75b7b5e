"""One provider on the wire: description, keys, the code turned into tokens, more claims."""

from contextlib import suppress
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey, import_key

from service.errors import WrongSetting
from service.fhir.clientkey import signed_proof, signing_key
from service.providers import ProviderSettings
from service.signin.discovery import Endpoints, discover
from service.signin.errors import ProviderSilent, SignInFailed
from service.signin.kept import Kept

TIMEOUT_S = 10.0  # a person waits
KEEP_S = 3600.0  # addresses and keys; a new key is fetched at once when a token names it
AGAIN_AFTER_S = 30.0  # not more often, whatever key ids tokens name
NO_CODE = "countersign-doctor-shows-a-code-that-is-no-code"  # long enough for a PKCE verifier
NOT_US = ("invalid_client", "unauthorized_client")


class Provider:
    """Asks one provider. Every failure is ProviderSilent, SignInFailed or WrongSetting."""

    def __init__(
        self, settings: ProviderSettings, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.settings = settings
        self._transport = transport
        self._endpoints = Kept(lambda: discover(settings, self._get_json))
        self._keys = Kept(lambda: self._read_keys(self.endpoints.jwks))
        self._cds_keys = Kept(lambda: self._read_keys(settings.cds_jwks or ""))

    @property
    def endpoints(self) -> Endpoints:
        return self._endpoints.get(KEEP_S)

    def keys(self, *, renewed: bool = False) -> KeySet:
        """The provider's public keys; `renewed` for a token that names one that is not there."""
        return self._keys.get(AGAIN_AFTER_S if renewed else KEEP_S)

    def cds_keys(self, *, renewed: bool = False) -> KeySet:
        """The same of the keys with which the EHR signs its calls of CDS Hooks."""
        return self._cds_keys.get(AGAIN_AFTER_S if renewed else KEEP_S)

    def authorization_url(
        self, *, redirect_uri: str, scope: str, code_verifier: str, **asked: str
    ) -> str:
        """Where the browser is sent; `asked` are further parameters such as state and nonce."""
        with self._client(redirect_uri=redirect_uri, scope=scope) as client:
            url, _ = client.create_authorization_url(
                self.endpoints.authorization, code_verifier=code_verifier, **asked
            )
            return str(url)

    def tokens(self, code: str, *, redirect_uri: str, code_verifier: str) -> dict[str, Any]:
        """The answer to the code. Raises SignInFailed when the provider refuses it."""
        try:
            return self._tokens(code, redirect_uri, code_verifier)
        except OAuthError as refusal:
            raise SignInFailed(_refused(self.settings, str(refusal.error)), "code") from None

    def check_knows_us(self, *, redirect_uri: str) -> None:
        """Show a code that is none: who knows us refuses the code, and not us. Raises
        WrongSetting."""
        try:
            self._tokens(NO_CODE, redirect_uri, NO_CODE)
        except OAuthError as refusal:
            if refusal.error in NOT_US:
                raise WrongSetting(
                    f"it does not know us ({refusal.error}): compare client_id and client_secret "
                    "or client_key with what is registered there."
                ) from None

    def _tokens(self, code: str, redirect_uri: str, code_verifier: str) -> dict[str, Any]:
        with self._client(redirect_uri=redirect_uri) as client:
            try:
                return dict(
                    client.fetch_token(
                        self.endpoints.token,
                        grant_type="authorization_code",
                        code=code,
                        code_verifier=code_verifier,
                    )
                )
            except (httpx2.HTTPError, ValueError) as error:
                raise self._silent(self.endpoints.token, error) from None

    def userinfo(self, access_token: str) -> dict[str, Any]:
        """More claims, for providers that keep the ID token short; {} where there are none."""
        if self.endpoints.userinfo is None:
            return {}
        return self._get_json(
            self.endpoints.userinfo, headers={"Authorization": f"Bearer {access_token}"}
        )

    def _read_keys(self, address: str) -> KeySet:
        """The keys that sign; one of a kind that is not known here does not cost the others."""
        keys: list[Key] = []
        for each in self._get_json(address).get("keys") or ():
            with suppress(JoseError, ValueError, KeyError, TypeError):
                key = import_key(each)
                if isinstance(key, RSAKey | ECKey) and each.get("use", "sig") == "sig":
                    keys.append(key)
        if not keys:
            raise ProviderSilent(
                f"Among the keys that {self.settings.name} publishes is none that signs."
            )
        return KeySet(keys)

    def _get_json(self, address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        given = {"Accept": "application/json", **(headers or {})}
        try:
            with httpx2.Client(timeout=TIMEOUT_S, transport=self._transport) as client:
                said = client.get(address, headers=given).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise self._silent(address, error) from None
        if not isinstance(said, dict):
            raise self._silent(address, None)
        return said

    def _client(self, **given: Any) -> Any:
        """Authlib's client, which proves with what was agreed with this provider who we are."""
        settings = self.settings
        key = signing_key(settings)
        secret = settings.client_secret.get_secret_value() if settings.client_secret else None
        client = OAuth2Client(
            client_id=settings.client_id,
            client_secret=key or secret,
            token_endpoint_auth_method=self._auth_method(),
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            transport=self._transport,
            **given,
        )
        if key is not None:
            client.register_client_auth_method(signed_proof(self.endpoints.token, key))
        return client

    def _auth_method(self) -> str:
        if self.settings.client_key:
            return "private_key_jwt"
        if not self.settings.client_secret:
            return "none"
        offered = self.endpoints.auth_methods
        only_post = "client_secret_post" in offered and "client_secret_basic" not in offered
        return "client_secret_post" if only_post else "client_secret_basic"

    def _silent(self, address: str, error: Exception | None) -> ProviderSilent:
        return ProviderSilent(
            f"{self.settings.name} does not answer as it should just now. Try again; if it stays "
            "so, tell IT: `countersign doctor` looks at it.",
            f"{address} {_gave(error)}.",
        )


def _gave(error: Exception | None) -> str:
    """What came of asking an address, in words for IT."""
    if isinstance(error, httpx2.HTTPStatusError):
        return f"answers {error.response.status_code}"
    if isinstance(error, httpx2.HTTPError):
        return f"does not answer ({type(error).__name__})"
    return "answers with no JSON that describes a provider"


def _refused(settings: ProviderSettings, error: str) -> str:
    told = error if error.isascii() and error.replace("_", "").isalnum() else "an error"
    return (
        f"{settings.name} did not accept the sign-in ({told}). Start again; if it stays so, "
        "tell IT."
    )

"""The client of the EHR that the settings name: address, proof of who we are, certificates."""

import ssl
from pathlib import Path

from service.errors import WrongSetting
from service.fhir.auth import Auth, basic, bearer
from service.fhir.backend import BackendToken, Registered
from service.fhir.client import FhirClient
from service.fhir.clientkey import read_key
from service.fhir.profile import load_profile
from service.settings import Settings


def connect(settings: Settings) -> FhirClient:
    """The EHR's client. Raises WrongSetting."""
    if not settings.fhir_url:
        raise WrongSetting("COUNTERSIGN_FHIR_URL is not set: name the EHR's FHIR address.")
    tls = tls_context(settings)
    return FhirClient(
        settings.fhir_url,
        auth=auth_of(settings, tls),
        timeout_s=settings.fhir_timeout_s,
        page_size=settings.fhir_page_size,
        profile=load_profile(settings.fhir_profile),
        verify=tls,
    )


def auth_of(settings: Settings, tls: ssl.SSLContext | bool = True) -> Auth:
    """One proof of who we are, or none. Raises WrongSetting for two, and for half of one."""
    ways = [w for w in (settings.fhir_token, settings.fhir_client_id, settings.fhir_user) if w]
    if len(ways) > 1:
        raise WrongSetting(
            "Set one of COUNTERSIGN_FHIR_CLIENT_ID, COUNTERSIGN_FHIR_TOKEN and "
            "COUNTERSIGN_FHIR_USER: two proofs of who we are cannot both be sent."
        )
    if settings.fhir_client_id:
        return BackendToken(_registered(settings, settings.fhir_client_id), verify=tls)
    if settings.fhir_user:
        if settings.fhir_password is None:
            raise WrongSetting("COUNTERSIGN_FHIR_USER needs COUNTERSIGN_FHIR_PASSWORD.")
        return basic(settings.fhir_user, settings.fhir_password.get_secret_value())
    return bearer(settings.fhir_token.get_secret_value() if settings.fhir_token else None)


def _registered(settings: Settings, client_id: str) -> Registered:
    key, secret = settings.fhir_client_key, settings.fhir_client_secret
    if (key is None) == (secret is None):
        raise WrongSetting(
            "COUNTERSIGN_FHIR_CLIENT_ID needs COUNTERSIGN_FHIR_CLIENT_KEY (better: `countersign "
            "keys make` makes one) or COUNTERSIGN_FHIR_CLIENT_SECRET, and not both."
        )
    return Registered(
        str(settings.fhir_url),
        client_id,
        read_key(key) if key else str(secret.get_secret_value() if secret else ""),
        settings.fhir_token_url or "",
        settings.fhir_scopes,
        subscribes=load_profile(settings.fhir_profile).arrival.way == "told",
    )


def tls_context(settings: Settings) -> ssl.SSLContext | bool:
    """With the site's own authority, and our certificate where the EHR asks for one (mTLS)."""
    if not (settings.fhir_tls_ca or settings.fhir_tls_cert):
        return True
    try:
        context = ssl.create_default_context(cafile=_path(settings.fhir_tls_ca))
        if settings.fhir_tls_cert:
            context.load_cert_chain(settings.fhir_tls_cert, _path(settings.fhir_tls_key))
    except (OSError, ssl.SSLError):
        raise WrongSetting(
            "COUNTERSIGN_FHIR_TLS_CA, COUNTERSIGN_FHIR_TLS_CERT and COUNTERSIGN_FHIR_TLS_KEY must "
            "be PEM files that can be read, the key without a password and of that certificate."
        ) from None
    return context


def _path(path: Path | None) -> str | None:
    return str(path) if path else None

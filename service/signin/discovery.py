"""What a provider publishes of itself: its addresses and its keys, read when first needed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from service.providers import ProviderSettings, check_safe_address
from service.signin.errors import ProviderSilent

OPENID = "/.well-known/openid-configuration"
SMART = "/.well-known/smart-configuration"

GetJson = Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class Endpoints:
    """Where a provider is asked for what. `says_issuer`: it names itself in its answer
    (RFC 9207), which then must be there."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    userinfo: str | None
    auth_methods: tuple[str, ...]
    says_issuer: bool


def discover(settings: ProviderSettings, get: GetJson) -> Endpoints:
    """Read the provider's own description. Raises ProviderSilent in words for IT."""
    if settings.fhir_url is None:
        assert settings.issuer is not None
        return _checked(settings, get(settings.issuer.rstrip("/") + OPENID))
    said = get(settings.fhir_url.rstrip("/") + SMART)
    issuer = said.get("issuer") or settings.issuer
    if not isinstance(issuer, str):
        raise _unfit(settings, "names no issuer, so it cannot say who somebody is")
    if not said.get("jwks_uri"):  # required by SMART 2, and left out by servers of SMART 1
        said = {**get(issuer.rstrip("/") + OPENID), **said}
    return _checked(settings, {**said, "issuer": issuer})


def _checked(settings: ProviderSettings, said: Mapping[str, Any]) -> Endpoints:
    if settings.issuer and said.get("issuer") != settings.issuer:
        raise _unfit(
            settings, f"names the issuer {str(said.get('issuer'))[:200]}, the settings another"
        )
    _check_pkce(settings, said)
    methods = said.get("token_endpoint_auth_methods_supported") or ()
    return Endpoints(
        issuer=str(said["issuer"]),
        authorization=_address(settings, said, "authorization_endpoint"),
        token=_address(settings, said, "token_endpoint"),
        jwks=_address(settings, said, "jwks_uri"),
        userinfo=_address(settings, said, "userinfo_endpoint")
        if said.get("userinfo_endpoint")
        else None,
        auth_methods=tuple(map(str, methods)),
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _check_pkce(settings: ProviderSettings, said: Mapping[str, Any]) -> None:
    """A provider that lists its methods must have S256; many list none and take it anyway."""
    methods = said.get("code_challenge_methods_supported")
    if methods and "S256" not in methods:
        raise _unfit(settings, "does not take PKCE with S256")


def _address(settings: ProviderSettings, said: Mapping[str, Any], name: str) -> str:
    address = said.get(name)
    if not isinstance(address, str):
        raise _unfit(settings, f"names no {name}")
    try:
        check_safe_address(address)
    except PydanticCustomError:
        raise _unfit(settings, f"has a {name} that is no https address") from None
    return address


def _unfit(settings: ProviderSettings, what: str) -> ProviderSilent:
    return ProviderSilent(f"The description that {settings.name} publishes {what}.")

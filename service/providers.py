"""Where people sign in: one entry per EHR that launches us or identity provider, as settings."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

LOOPBACK = ("127.0.0.1", "::1", "localhost")

# The values of summary.vocabulary.Role that a person may have; a test holds the two together.
PersonRole = Literal["clinician", "trainee", "attending", "qa", "it", "security"]


class ProviderSettings(BaseModel):
    """One `[[sign_in]]` table.

    With `fhir_url` it is an EHR (SMART App Launch: that address is the `iss` of its launches);
    with `issuer` alone an OpenID provider. `roles` maps a role to the values of `roles_claim`
    that carry it; the first role, in the order written, that fits is the person's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z0-9-]{1,32}$")  # stands in each person's id: never change it
    name: str = Field(min_length=1, max_length=80)
    issuer: str | None = None
    fhir_url: str | None = None
    same_ehr: bool = False  # its patients are those of FHIR_URL, though its address is another
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    client_key: Path | None = None
    scopes: tuple[str, ...] = ()
    roles_claim: str = "groups"
    roles: dict[PersonRole, tuple[str, ...]] = Field(default_factory=dict)
    default_role: PersonRole | None = None
    name_claim: str = "name"
    practitioner_claim: str = "fhirUser"
    practitioner_system: str | None = None
    ask_always: bool = False
    clock_skew_s: int = Field(default=60, ge=0, le=300)
    # CDS Hooks: as whom the EHR signs its calls, and where the keys for that are.
    cds_issuer: str | None = Field(default=None, min_length=1)
    cds_jwks: str | None = None

    @field_validator("issuer", "fhir_url", "cds_jwks")
    @classmethod
    def _is_safe(cls, address: str | None) -> str | None:
        if address is not None:
            check_safe_address(address)
        return address

    @model_validator(mode="after")
    def _is_whole(self) -> "ProviderSettings":
        if not (self.issuer or self.fhir_url):
            raise PydanticCustomError("no-address", "needs issuer (OpenID) or fhir_url (SMART)")
        if self.client_secret and self.client_key:
            raise PydanticCustomError("two-keys", "takes client_secret or client_key, not both")
        if not (self.roles or self.default_role):
            raise PydanticCustomError(
                "no-roles", "needs roles or default_role: else nobody who signs in may do anything"
            )
        if (self.cds_issuer is None) is not (self.cds_jwks is None):
            raise PydanticCustomError("half-cds", "takes cds_issuer and cds_jwks together")
        if self.cds_issuer and not self.fhir_url:
            raise PydanticCustomError("no-ehr", "cds_issuer is for an EHR: it needs fhir_url")
        return self

    @property
    def is_smart(self) -> bool:
        return self.fhir_url is not None

    def asked_scopes(self, *, launched: bool) -> str:
        """What to ask for: `launch` only with a launch from the EHR."""
        usual = ("openid", "fhirUser") if self.is_smart else ("openid", "profile")
        scopes = self.scopes or usual
        return " ".join((*scopes, "launch") if launched and "launch" not in scopes else scopes)


def check_safe_address(address: str) -> None:
    """Raise unless this is https, or http on this machine."""
    parts = urlsplit(address)
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        raise PydanticCustomError(
            "not-https", "must be an https address (http is for this machine alone)"
        )

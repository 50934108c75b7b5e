"""Settings: typed, from COUNTERSIGN_… variables or a TOML file, printed with secrets hidden."""

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from service.covering import CoverSettings
from service.errors import WrongSetting
from service.providers import ProviderSettings, check_safe_address
from service.webhook import HookSettings, check_can_sign

NO_MODEL = "extractive"
MIN_TOKEN = 16  # characters


class Settings(BaseSettings):
    """Every setting; `COUNTERSIGN_CONFIG` names an optional TOML file (variables win)."""

    model_config = SettingsConfigDict(env_prefix="COUNTERSIGN_", extra="forbid", frozen=True)

    data_dir: Path = Path(".countersign")
    config: Path | None = None
    demo: bool = False
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)

    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    chroma_url: str | None = None
    chroma_token: SecretStr | None = None
    fhir_url: str | None = None
    fhir_token: SecretStr | None = None
    fhir_client_id: str | None = None
    fhir_client_key: Path | None = None
    fhir_client_secret: SecretStr | None = None
    fhir_token_url: str | None = None
    fhir_scopes: str = ""
    fhir_user: str | None = None
    fhir_password: SecretStr | None = None
    fhir_tls_ca: Path | None = None
    fhir_tls_cert: Path | None = None
    fhir_tls_key: Path | None = None
    fhir_profile: str | None = None
    fhir_timeout_s: float = Field(default=30.0, gt=0)
    fhir_page_size: int = Field(default=200, ge=1, le=1000)
    # While somebody waits for the desk or the signature: what is new since the draft.
    fhir_ask_within_s: float = Field(default=4.0, gt=0)
    unasked_blocks: bool = False
    notify_secret: SecretStr | None = None
    webhooks: tuple[HookSettings, ...] = ()

    api_token: SecretStr | None = None
    audit_key: SecretStr | None = None
    chart_key: SecretStr | None = None
    former_chart_key: SecretStr | None = None
    audit_anchor: Path | None = None
    database_owner_url: SecretStr | None = None
    session_secret: SecretStr | None = None
    session_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=12, ge=1, le=24)
    sign_in: tuple[ProviderSettings, ...] = ()
    sign_max_age_s: int | None = Field(default=None, ge=60)
    public_url: str | None = None
    next_keys: tuple[Path, ...] = ()

    model: str = NO_MODEL
    model_base_url: str | None = None
    model_api_key: SecretStr | None = None
    model_timeout_s: float = Field(default=60.0, gt=0)
    model_phi: Literal["mask", "allow"] = "mask"
    model_off: tuple[str, ...] = ()
    model_at_once: int = Field(default=4, ge=1, le=64)
    model_context_tokens: int = Field(default=8_192, ge=4_096)
    model_max_tokens: int = Field(default=400_000, ge=1_000)
    model_max_cost: float | None = Field(default=None, gt=0)
    model_input_price: float = Field(default=0.0, ge=0)
    model_output_price: float = Field(default=0.0, ge=0)
    model_draft_timeout_s: float = Field(default=300.0, gt=0)
    model_wait_s: float = Field(default=900.0, ge=0)
    model_breaker_failures: int = Field(default=5, ge=1)
    model_breaker_pause_s: float = Field(default=60.0, gt=0)
    prompts_dir: Path | None = None
    site: str = ""

    entailment: str | None = Field(default=None, pattern="^(none|small|model|onnx:.+)$")

    embedding: str = "minilm"
    embedding_base_url: str | None = None
    embedding_api_key: SecretStr | None = None

    access_policy: Path | None = None
    # Whether a clinician's relation to the patient decides what they open.
    relation: Literal["off", "told", "asked"] | None = None
    relation_days: int = Field(default=7, ge=0, le=90)
    covering: tuple[CoverSettings, ...] = ()
    glass_hours: float = Field(default=4.0, gt=0, le=24)
    cosign_types: tuple[str, ...] = ()
    time_zone: str = "UTC"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    # Drafts before a visit: at this time of each day, of tomorrow's appointments; off where empty.
    prepare_at: str = Field(default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    prepare_most: int = Field(default=200, ge=1, le=5_000)
    sweep_every_s: float = Field(default=15.0, gt=0)
    worker_processes: int = Field(default=2, ge=1)
    # Of one person, and of one patient, while others are about; all processes but one where unset.
    worker_share: int | None = Field(default=None, ge=1)
    # Below the hour after which Redis gives a task to another worker.
    task_timeout_s: float = Field(default=1200.0, ge=60, le=3000)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **_also: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, os.environ.get("COUNTERSIGN_CONFIG"))
        return init_settings, env_settings, toml

    @field_validator("sign_in")
    @classmethod
    def _has_its_own_key(
        cls, providers: tuple[ProviderSettings, ...]
    ) -> tuple[ProviderSettings, ...]:
        for told_apart in ("key", "fhir_url"):
            values = [v for p in providers if (v := getattr(p, told_apart)) is not None]
            if len(set(values)) < len(values):
                raise PydanticCustomError("twice", f"two entries have the same {told_apart}")
        return providers

    @field_validator("webhooks")
    @classmethod
    def _has_its_own_name(cls, hooks: tuple[HookSettings, ...]) -> tuple[HookSettings, ...]:
        if len({hook.name for hook in hooks}) < len(hooks):
            raise PydanticCustomError("twice", "two entries have the same name")
        return hooks

    @field_validator("api_token")
    @classmethod
    def _is_hard_to_guess(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """It has every scope and no end. A demo's is for made-up patients."""
        said = token.get_secret_value() if token else None
        if said is not None and not info.data.get("demo") and len(said) < MIN_TOKEN:
            raise PydanticCustomError(
                "weak", f"it can be guessed; make one of {MIN_TOKEN} random characters or more"
            )
        return token

    @field_validator("notify_secret")
    @classmethod
    def _can_sign(cls, secret: SecretStr | None) -> SecretStr | None:
        for each in secret.get_secret_value().split() or [""] if secret else ():
            check_can_sign(each)
        return secret

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        check_safe_address(address)
        return address.rstrip("/")

    @field_validator("entailment")
    @classmethod
    def _has_a_model(cls, entailment: str | None, info: ValidationInfo) -> str | None:
        """A demo may bring the model later."""
        has_none = info.data.get("model") == NO_MODEL and not info.data.get("demo")
        if entailment == "model" and has_none:
            raise PydanticCustomError(
                "no-model",
                "model needs a chat model in COUNTERSIGN_MODEL; or choose small, none or "
                "onnx:FOLDER",
            )
        return entailment

    @property
    def relation_in_force(self) -> Literal["off", "told", "asked"]:
        """Unset it is asked for, but not in a demo, whose people treat everybody."""
        return self.relation or ("off" if self.demo else "asked")

    def printable(self) -> dict[str, str]:
        """Name to value as `doctor` prints it: secrets show only that they are set."""
        return {
            name: "(set, hidden)" if isinstance(value, SecretStr) else str(value)
            for name, value in self
        }


def load_settings(**given: object) -> Settings:
    """The settings in force. Raises WrongSetting naming each setting that is impossible."""
    config = os.environ.get("COUNTERSIGN_CONFIG")
    if config and not Path(config).is_file():
        raise WrongSetting(f"COUNTERSIGN_CONFIG names {config}, which is not a file.")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as error:
        raise WrongSetting(f"COUNTERSIGN_CONFIG {config} is not TOML: {error}.") from None
    except ValidationError as error:
        said = "; ".join(_setting_problem(each) for each in error.errors())
        raise WrongSetting(f"{said}. Correct it and start again.") from None


# In place of what Pydantic says of a value's type, which is in words of Python.
_PROBLEMS = {
    "extra_forbidden": "is no setting; README and docs/integration.md list them",
    "tuple_type": 'takes a list, such as ["one", "two"]',
    "string_type": "takes words in quotes",
    "missing": "is needed",
}


def _setting_problem(error: ErrorDetails) -> str:
    """Of a value in a table: which table, and where in it. The value itself may be a secret."""
    name, *inside = (part for part in error["loc"] if part != "[key]")
    where = (
        f" {'.'.join(str(p + 1 if isinstance(p, int) else p) for p in inside)}" if inside else ""
    )
    said = _PROBLEMS.get(error["type"], error["msg"].replace("Input should be", "must be"))
    return f"COUNTERSIGN_{str(name).upper()}{where}: {said}"

"""The site profile: what an EHR does not say of itself, as TOML; those of vendors are shipped."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.errors import WrongSetting

SHIPPED = ("athena", "epic", "hapi", "medplum", "oracle")
ContentType = Literal["text/plain", "text/html"]


class Reading(BaseModel):
    """How its charts are asked for.

    `aliases` are other base addresses under which it names its own resources.
    `document_categories` are asked for one by one where notes are not given without a category.
    `per_minute` bounds the requests that the reading of one chart makes. `known_warnings` are
    codes of warnings that come with every search, and that the site has looked into; any other
    that says that results were withheld is a gap.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    aliases: tuple[str, ...] = ()
    observation_by_category: bool = False
    document_categories: tuple[str, ...] = ()
    last_updated: bool = True
    everything: bool = False
    known_warnings: tuple[str, ...] = ()
    per_minute: int = Field(default=600, ge=10)


class Category(BaseModel):
    """The category of the notes that are filed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
    code: str = "clinical-note"
    display: str = "Clinical Note"


class Writing(BaseModel):
    """What it takes. `index_lag_s`: how long after a write its search may not find it yet.
    `organization`: "Organization/id", on behalf of which people sign."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content_types: tuple[ContentType, ...] = Field(
        default=("text/plain", "text/html"), min_length=1
    )
    doc_status: bool = True
    conditional_create: bool = True
    provenance: bool = True
    device: bool = True
    category: Category = Category()
    organization: str = Field(default="", pattern=r"^(Organization/[A-Za-z0-9.-]{1,64})?$")
    index_lag_s: float = Field(default=30.0, ge=0)


class Arrival(BaseModel):
    """How we learn that a chart has changed. `way`: not at all, by what the EHR tells us (a
    subscription to `topic`, narrowed by `filters`, or a plain one for each of `types`), or by
    asking every `every_s`. What the EHR cannot tell is asked for. Of patients of whom nothing is
    held news are taken only with `unknown_patients`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    way: Literal["none", "told", "poll"] = "none"
    topic: str = ""
    filters: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    every_s: float = Field(default=300.0, ge=30)
    heartbeat_s: float = Field(default=60.0, ge=10)
    unknown_patients: bool = False


class SiteProfile(BaseModel):
    """One EHR as its site knows it. The default is an R4 server that does what its book says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str = ""
    reading: Reading = Reading()
    writing: Writing = Writing()
    arrival: Arrival = Arrival()


def load_profile(named: str | None) -> SiteProfile:
    """A shipped profile by name, or a file: whose `like = "epic"` begins with a shipped one.
    Raises WrongSetting."""
    if not named:
        return SiteProfile()
    try:
        return SiteProfile.model_validate(_read(named))
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise WrongSetting(f"The site profile {named} is wrong at {where}. Correct it.") from None


def _read(named: str) -> dict[str, Any]:
    if named in SHIPPED:
        return tomllib.loads(
            files("service.fhir.profiles").joinpath(f"{named}.toml").read_text("utf-8")
        )
    try:
        given = tomllib.loads(Path(named).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise WrongSetting(
            f"COUNTERSIGN_FHIR_PROFILE names {named}: it must be one of {', '.join(SHIPPED)}, or a "
            "TOML file."
        ) from None
    like = given.pop("like", None)
    if like is None:
        return given
    if like not in SHIPPED:
        raise WrongSetting(f"The site profile {named} is like none of {', '.join(SHIPPED)}.")
    return _over(_read(like), given)


def _over(base: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    both = {k: _over(base[k], v) for k, v in given.items() if _is_table(base.get(k), v)}
    return base | given | both


def _is_table(base: object, given: object) -> bool:
    return isinstance(base, dict) and isinstance(given, dict)

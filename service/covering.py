"""Who stands in for whom, as the site says it in its settings."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

_REF = re.compile(r"[A-Z][A-Za-z]{2,40}/[A-Za-z0-9.\-]{1,64}")


def _is_ref(written: str) -> str:
    if not _REF.fullmatch(written):
        raise PydanticCustomError("no-reference", "takes references, such as Location/ward-3")
    return written


Ref = Annotated[str, AfterValidator(_is_ref)]
TreatingRole = Literal["clinician", "trainee", "attending"]


class CoverSettings(BaseModel):
    """One `[[covering]]` table: these people see to the patients of these places and teams.

    `of` are a Location, Organization, CareTeam or colleague that an open visit, appointment or
    care team of the patient names. Without `people` it is everybody of these `roles`; an empty
    list, of which nobody can tell which of the two is meant, is refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: tuple[Ref, ...] = Field(min_length=1)
    people: tuple[Ref, ...] | None = Field(default=None, min_length=1)
    roles: tuple[TreatingRole, ...] = Field(("clinician", "trainee", "attending"), min_length=1)

    def counts_for(self, role: str, practitioner_ref: str | None) -> bool:
        """Whether somebody of this role and with this name in the EHR is meant."""
        return role in self.roles and (self.people is None or practitioner_ref in self.people)

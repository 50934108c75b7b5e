"""What a person attested, as values: everything that the outbound resources are made from."""

from dataclasses import dataclass
from datetime import datetime

from service.summary.document import Document


@dataclass(frozen=True)
class Coding:
    """A code with its display; the system is said where it is used (LOINC for documents)."""

    code: str
    display: str


@dataclass(frozen=True)
class Attester:
    """A clinician who vouched for the text. `meaning` is "signed" or "cosigned"."""

    practitioner_ref: str
    name: str
    meaning: str
    at: datetime


@dataclass(frozen=True)
class Source:
    """A record version that was read: "Type/id", and meta.versionId or empty when unknown."""

    ref: str
    version: str = ""

    @property
    def versioned_ref(self) -> str:
        return f"{self.ref}/_history/{self.version}" if self.version else self.ref


@dataclass(frozen=True)
class Drafter:
    """The software that drafted: product version, model name, prompt folder as read."""

    product_version: str
    model: str
    prompt: str = ""  # "name version", as people say it
    prompt_hash: str = ""


@dataclass(frozen=True)
class Period:
    """The time that a document covers; FHIR dates as the chart wrote them, or empty."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class AttestedText:
    """One text that somebody signed, on its way to the EHR. `digest` is of `content.text()`.

    `replaces` are the DocumentReferences that this text amends, `amended_because` why. `labels`
    are the security codes of what was read for it. `made_at` is when this wording came to be.
    """

    summary_id: str
    digest: str
    patient_ref: str
    content: Document
    type: Coding
    made_at: datetime
    attesters: tuple[Attester, ...]
    drafter: Drafter
    sources: tuple[Source, ...] = ()
    labels: tuple[str, ...] = ()
    encounter_ref: str | None = None
    period: Period = Period()
    replaces: tuple[str, ...] = ()
    amended_because: str = ""

    @property
    def author(self) -> Attester:
        """Who signed last; a cosigner authenticates, but is not the author."""
        return [each for each in self.attesters if each.meaning == "signed"][-1]

    @property
    def authenticator(self) -> Attester:
        """The last to vouch: the cosigner where there is one."""
        return self.attesters[-1]

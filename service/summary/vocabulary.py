"""The words of the product, each with the value that is stored and sent."""

from enum import StrEnum


class SummaryStatus(StrEnum):
    """Where a summary stands; see `lifecycle` for whose turn each is."""

    REQUESTED = "requested"
    CHARTED = "charted"
    INDEXED = "indexed"
    DRAFTED = "drafted"
    IN_REVIEW = "in-review"
    AWAITING_COSIGN = "awaiting-cosign"
    SIGNED = "signed"
    FILED = "filed"
    FILING_REFUSED = "filing-refused"
    FILING_UNKNOWN = "filing-unknown"
    RETRACTING = "retracting"
    RETRACTED = "retracted"
    FAILED = "failed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class SummaryType(StrEnum):
    """The kind of document; each is a folder of the same name in `prompts/`."""

    PRE_VISIT = "pre-visit"
    HOSPITAL_COURSE = "hospital-course"
    DISCHARGE = "discharge"
    HANDOFF = "handoff"
    PSYCHIATRIC_PROGRESS = "psychiatric-progress"
    MEDICATION_HISTORY = "medication-history"


class Role(StrEnum):
    """What somebody is here; permissions hang on it (review/permissions.py)."""

    CLINICIAN = "clinician"
    TRAINEE = "trainee"
    ATTENDING = "attending"
    QA = "qa"
    IT = "it"
    SECURITY = "security"
    SERVICE = "service"


class Support(StrEnum):
    """What the sources say of a statement."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not-found"
    NOT_CHECKABLE = "not-checkable"


class FindingKind(StrEnum):
    """Why a person must look at something."""

    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"
    OMITTED = "omitted"
    CONFLICT = "conflict"
    RISK = "risk"
    LANGUAGE = "language"
    INJECTION = "injection"
    OUTDATED = "outdated"  # the chart has changed since the draft


class Severity(StrEnum):
    """Open major findings block the signature; minor ones do not."""

    MAJOR = "major"
    MINOR = "minor"


class RemarkKind(StrEnum):
    """Why somebody says something of a statement."""

    COMMENT = "comment"  # to a colleague, before it is signed
    WRONG = "wrong"  # of a text that is filed: it is then corrected, and quality looks at it


class ResolutionAction(StrEnum):
    """What a person decided about a finding."""

    ACCEPTED = "accepted"  # the statement stands, for the reason given
    CORRECTED = "corrected"  # the text was changed to answer it
    DISMISSED = "dismissed"  # the finding is wrong, for the reason given


class Standing(StrEnum):
    """Whether a source record may become evidence; restriction is decided apart, in access/."""

    EVIDENCE = "evidence"
    REPLACED = "replaced"  # a later version or document took its place
    EXCLUDED = "excluded"  # entered in error, preliminary, deleted
    UNREADABLE = "unreadable"  # kept, but no text could be made of it

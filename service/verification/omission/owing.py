"""What a draft under way still lacks of what its type must carry, for the writer to tell first."""

from collections.abc import Sequence

from service.drafting.request import DraftRequest, Owed
from service.summary.document import Document
from service.summary.vocabulary import Severity
from service.verification.models import Omission
from service.verification.omission.check import Carried, check_omissions


def owing(document: Document, request: DraftRequest) -> Sequence[Owed]:
    """The gravest first; what is told in part is owed too."""
    said = {record_id: read.assertions for record_id, read in request.read.items()}
    carried = Carried.of(document, request.window.until)
    found = check_omissions(
        carried, request.records, request.prompt.must_carry, kept=said
    ).omissions
    ordered = sorted(found, key=lambda each: each.severity is not Severity.MAJOR)
    return [owed for each in ordered if (owed := _owed(each))]


def _owed(omission: Omission) -> Owed | None:
    places = tuple((s.record_id, s.start, s.end) for s in omission.evidence if s.record_id)
    return Owed(omission.kind, omission.severity, places) if places else None

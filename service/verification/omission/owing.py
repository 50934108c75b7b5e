"""What a draft under way still lacks of what its type must carry, for the writer to tell first."""

from collections.abc import Sequence

from service.drafting.request import DraftRequest, Lacks, Owed
from service.summary.document import Document
from service.summary.vocabulary import Severity
from service.verification.models import Omission
from service.verification.omission.check import Carried, ask, check_asked, within


def owing(request: DraftRequest) -> Lacks:
    """What must be carried is asked of the records once; of each document what it has of it. The
    gravest first; what is told in part is owed too."""
    until = request.window.until
    said = {record_id: read.assertions for record_id, read in request.read.items()}
    asked = ask(within(request.records, until), request.prompt.must_carry, kept=said)

    def lacks(document: Document) -> Sequence[Owed]:
        found = check_asked(Carried.of(document, until), asked).omissions
        ordered = sorted(found, key=lambda each: each.severity is not Severity.MAJOR)
        return [owed for each in ordered if (owed := _owed(each))]

    return lacks


def _owed(omission: Omission) -> Owed | None:
    places = tuple((s.record_id, s.start, s.end) for s in omission.evidence if s.record_id)
    return Owed(omission.kind, omission.severity, places) if places else None

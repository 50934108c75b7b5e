"""/summaries/{id}/statements: a person's own words, verified before they answer."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from service.review import edits
from service.review.editing import adding, rewording
from service.summary.people import Person
from service.web.api import shapes
from service.web.api.looked_at import IfMatch, looked_at
from service.web.api.shapes import SummaryId
from service.web.api.summaries import ACT, whole
from service.web.guards import Reviewer
from service.web.idempotency import ActOnce, Answer, Once
from service.web.runtime import Runtime, TheRuntime
from service.web.transactions import Transaction


@dataclass(frozen=True)
class _Edit:
    """A plan of this person for the text of a digest, or of the entity tag that they sent."""

    runtime: Runtime
    summary_id: str
    plan: edits.Plan
    by: Person
    digest: str | None
    if_match: str | None

    def once(self, session: Session, once: Once, *, status: int = 200) -> Response:
        """Carried out once, and verified ahead: no connection waits for that."""
        seen = {
            "by": self.by,
            "digest": looked_at(self.digest, self.if_match),
            "prompts": self.runtime.prompts,
        }
        edits.verify_ahead(self.runtime.transaction, self.summary_id, self.plan, **seen)

        def act() -> Answer:
            edits.carry_out(session, self.summary_id, self.plan, **seen)
            return replace(whole(session, self.summary_id, self.by, self.runtime), status=status)

        return once(act)


router = APIRouter(prefix="/summaries/{summary_id}/statements", tags=["summaries"])
Index = Annotated[int, Path(ge=0, le=100_000, description="Counted from 0 over all sections.")]


@router.patch("/{index}", response_model=shapes.Whole, responses=ACT)
def edit_statement(
    summary_id: SummaryId,
    index: Index,
    asked: shapes.NewText,
    session: Transaction,
    person: Reviewer,
    once: ActOnce,
    runtime: TheRuntime,
    if_match: IfMatch = None,
) -> Response:
    """Reword a statement, or remove it with an empty text. The answer is the new version,
    verified: its digest is another, and its findings are those of the new text."""
    edit = _Edit(runtime, summary_id, rewording(index, asked.text), person, asked.digest, if_match)
    return edit.once(session, once)


@router.post("", status_code=201, response_model=shapes.Whole, responses=ACT)
def add_statement(
    summary_id: SummaryId,
    asked: shapes.AddedText,
    session: Transaction,
    person: Reviewer,
    once: ActOnce,
    runtime: TheRuntime,
    if_match: IfMatch = None,
) -> Response:
    """Say what the draft left out, at the end of a section; verified before it answers. It rests
    on `source`, on what `finding` points at, or is the clinician's `own`; with none of these the
    chart is searched for what bears it."""
    picked = (asked.source.record_id, asked.source.quote) if asked.source else None
    plan = adding(asked.section, asked.text, finding=asked.finding, place=picked, own=asked.own)
    edit = _Edit(runtime, summary_id, plan, person, asked.digest, if_match)
    return edit.once(session, once, status=201)

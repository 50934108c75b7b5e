"""/summaries/{id}/statements: a person's own words, verified before they answer."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from service.review import actions
from service.web.api import shapes
from service.web.api.shapes import SummaryId
from service.web.api.summaries import ACT, whole
from service.web.guards import Reviewer
from service.web.idempotency import ActOnce, Answer
from service.web.runtime import TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/summaries/{summary_id}/statements", tags=["summaries"])
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=140,
        description="The ETag of the text that was looked at; another one is a 409.",
    ),
]
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

    def act() -> Answer:
        actions.edit_statement(
            session,
            summary_id,
            index,
            asked.text,
            by=person,
            digest=asked.digest or _digest(if_match),
            prompts=runtime.prompts,
        )
        return whole(session, summary_id, person, runtime)

    return once(act)


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

    def act() -> Answer:
        actions.add_statement(
            session,
            summary_id,
            asked.section,
            asked.text,
            by=person,
            finding=asked.finding,
            place=picked,
            own=asked.own,
            digest=asked.digest or _digest(if_match),
            prompts=runtime.prompts,
        )
        return replace(whole(session, summary_id, person, runtime), status=201)

    return once(act)


def _digest(if_match: str | None) -> str | None:
    """The digest in an entity tag; `*` means any text, as HTTP has it."""
    return None if if_match in (None, "*") else str(if_match).removeprefix("W/").strip('"')

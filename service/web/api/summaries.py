"""/summaries: ask for one, list them, read one, and the acts on a whole summary."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from service.review import actions, worklist
from service.review.cancelling import cancel_summary
from service.review.desk import Desk, open_desk, open_source
from service.review.worklist import Wanted
from service.summary.models import Summary
from service.summary.people import Person
from service.summary.vocabulary import SummaryStatus, SummaryType
from service.web import fresh
from service.web.api import shapes
from service.web.api.looked_at import IfMatch, looked_at
from service.web.api.shapes import SummaryId
from service.web.guards import (
    FreshCosigner,
    FreshSigner,
    Lister,
    Reader,
    Requester,
    Reviewer,
    Signer,
)
from service.web.idempotency import ActOnce, Answer
from service.web.openapi import problems
from service.web.pages.times import zone_named
from service.web.paging import Cursor, Limit, PageOf, cursor_of, place_of
from service.web.reach import check_reaches
from service.web.runtime import Runtime, TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/summaries", tags=["summaries"])
ACT = problems(400, 404, 409)


@router.post("", status_code=202, response_model=shapes.Row, responses=problems(409))
def request_summary(
    asked: shapes.NewSummary,
    request: Request,
    session: Transaction,
    person: Requester,
    once: ActOnce,
) -> Response:
    """Ask for a summary. It is prepared in the background; `Location` is where to look."""
    check_reaches(request, person, asked.patient)

    def act() -> Answer:
        made = actions.request_summary(session, asked.patient, asked.type, by=person)
        row = told(session, made, person)
        return Answer(row, 202, f"/api/v1/summaries/{made.id}", made.patient_ref)

    return once(act)


@router.get("", response_model=PageOf[shapes.Row], responses=problems(400))
def list_summaries(
    session: Transaction,
    person: Lister,
    status: Annotated[list[SummaryStatus] | None, Query()] = None,
    patient: Annotated[str | None, Query(pattern=r"^Patient/[A-Za-z0-9\-.]{1,64}$")] = None,
    type: SummaryType | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[shapes.Row]:
    """Summaries, the latest request first; hospital IT sees statuses without names."""
    page = worklist.worklist(
        session,
        person,
        wanted=Wanted(status or (), patient, type),
        limit=limit,
        after=place_of(cursor),
    )
    rows = [shapes.Row.model_validate(row) for row in page.rows]
    return PageOf(rows=rows, next=cursor_of(page.after))


@router.get("/{summary_id}", response_model=shapes.Whole, responses=problems(404))
def read_summary(
    summary_id: SummaryId,
    session: Transaction,
    person: Reader,
    runtime: TheRuntime,
    response: Response,
) -> BaseModel:
    """One summary with its statements, citations, findings, coverage and history, and what has
    changed on the chart since it was drafted. The ETag is the digest of its text, to be sent back
    as If-Match with an edit or an act."""
    fresh.ask(runtime, summary_id, unless_asked_s=fresh.OPENED_AGAIN_S)
    found = whole(session, summary_id, person, runtime).body
    if digest := getattr(found, "digest", None):
        response.headers["ETag"] = f'"{digest}"'
    return found


@router.get(
    "/{summary_id}/sources/{record_id}", response_model=shapes.SourceBody, responses=problems(404)
)
def read_source(
    summary_id: SummaryId, record_id: SummaryId, session: Transaction, person: Reader
) -> shapes.SourceBody:
    """The text of one source of a summary, and the characters that it points at."""
    source = open_source(session, summary_id, record_id, person)
    return shapes.SourceBody.model_validate(source)


@router.post("/{summary_id}/sign", response_model=shapes.Row, responses=ACT)
def sign(
    summary_id: SummaryId,
    asked: shapes.Digest,
    session: Transaction,
    person: FreshSigner,
    once: ActOnce,
    runtime: TheRuntime,
) -> Response:
    """Vouch for exactly the text of this digest: 409 when it is not the current one, 422 while
    major findings are open. The EHR is asked first what is new: what has changed under the text
    is a finding too. A service account can never sign."""

    fresh.ask(runtime, summary_id)

    def sign_it() -> Summary:
        return actions.sign(
            session,
            summary_id,
            asked.digest,
            by=person,
            cosign_types=runtime.settings.cosign_types,
            zone=zone_named(runtime.settings.time_zone),
            unasked_blocks=runtime.settings.unasked_blocks,
        )

    return once(_act(session, person, sign_it))


@router.post("/{summary_id}/cosign", response_model=shapes.Row, responses=ACT)
def cosign(
    summary_id: SummaryId,
    asked: shapes.Digest,
    session: Transaction,
    person: FreshCosigner,
    once: ActOnce,
    runtime: TheRuntime,
) -> Response:
    """The second clinician vouches for the text that the first one signed, if the chart still
    says it: 422 where it has changed since."""

    fresh.ask(runtime, summary_id)

    def cosign_it() -> Summary:
        return actions.cosign(
            session,
            summary_id,
            asked.digest,
            by=person,
            zone=zone_named(runtime.settings.time_zone),
            unasked_blocks=runtime.settings.unasked_blocks,
        )

    return once(_act(session, person, cosign_it))


@router.post("/{summary_id}/retry", response_model=shapes.Row, responses=ACT)
def retry(summary_id: SummaryId, session: Transaction, person: Reviewer, once: ActOnce) -> Response:
    """Ask again for a draft that failed, or a filing that the EHR refused."""
    return once(_act(session, person, lambda: actions.retry(session, summary_id, by=person)))


@router.post("/{summary_id}/cancel", response_model=shapes.Row, responses=ACT)
def cancel(
    summary_id: SummaryId,
    session: Transaction,
    person: Requester,
    once: ActOnce,
    runtime: TheRuntime,
) -> Response:
    """Stop what is being prepared, within a second wherever it is. It becomes `failed` and can be
    asked for again."""
    under_way = runtime.under_way
    return once(
        _act(
            session,
            person,
            lambda: cancel_summary(session, summary_id, by=person, under_way=under_way),
        )
    )


@router.post("/{summary_id}/reject", response_model=shapes.Row, responses=ACT)
def reject(
    summary_id: SummaryId,
    asked: shapes.Reason,
    session: Transaction,
    person: Reviewer,
    once: ActOnce,
    if_match: IfMatch = None,
) -> Response:
    """End it: this summary will not be used."""
    return once(_reasoned(actions.reject, session, summary_id, asked, person, if_match))


@router.post("/{summary_id}/return", response_model=shapes.Row, responses=ACT)
def return_for_redraft(
    summary_id: SummaryId,
    asked: shapes.Reason,
    session: Transaction,
    person: Reviewer,
    once: ActOnce,
    runtime: TheRuntime,
    if_match: IfMatch = None,
) -> Response:
    """Have the chart read and the summary drafted anew, as the reason asks ("too long", "only the
    hospital stay", "more on sleep"); the draft says what could not be done. 409 where that was
    done for the same reason and the chart has not changed since."""

    fresh.ask(runtime, summary_id)
    verb = actions.return_for_redraft
    return once(_reasoned(verb, session, summary_id, asked, person, if_match))


@router.post("/{summary_id}/sections/{section}/redraft", response_model=shapes.Row, responses=ACT)
def redraft_section(
    summary_id: SummaryId,
    section: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,60}$")],
    asked: shapes.SectionAnew,
    session: Transaction,
    person: Reviewer,
    once: ActOnce,
    runtime: TheRuntime,
    if_match: IfMatch = None,
) -> Response:
    """Have one section drafted anew, shorter or longer, while the others stand; where the chart
    has changed since, all are."""

    fresh.ask(runtime, summary_id)

    def redraft() -> Summary:
        return actions.redraft_section(
            session,
            summary_id,
            section,
            asked.length,
            asked.reason,
            by=person,
            digest=looked_at(asked.digest, if_match),
        )

    return once(_act(session, person, redraft))


@router.post("/{summary_id}/reopen", response_model=shapes.Row, responses=ACT)
def reopen(
    summary_id: SummaryId,
    asked: shapes.Reason,
    session: Transaction,
    person: Reviewer,
    once: ActOnce,
    if_match: IfMatch = None,
) -> Response:
    """Back into review: instead of cosigning, or after the EHR refused the filing."""
    return once(_reasoned(actions.reopen, session, summary_id, asked, person, if_match))


@router.post("/{summary_id}/amend", response_model=shapes.Row, responses=ACT)
def amend(
    summary_id: SummaryId,
    asked: shapes.Reason,
    session: Transaction,
    person: Signer,
    once: ActOnce,
    if_match: IfMatch = None,
) -> Response:
    """Open a filed summary for correction."""
    return once(_reasoned(actions.amend, session, summary_id, asked, person, if_match))


@router.post("/{summary_id}/retract", response_model=shapes.Row, responses=ACT)
def retract(
    summary_id: SummaryId,
    asked: shapes.Reason,
    session: Transaction,
    person: FreshSigner,
    once: ActOnce,
    if_match: IfMatch = None,
) -> Response:
    """Withdraw a filed summary, also while it is open for correction: the EHR's copy is marked as
    entered in error. For who has opened the text since it was filed, and has signed in as lately
    as the site asks for a signature."""
    return once(_reasoned(actions.retract, session, summary_id, asked, person, if_match))


def told(session: Session, summary: Summary, person: Person) -> shapes.Row:
    """The summary as it stands after an act."""
    return shapes.Row.model_validate(worklist.row(session, summary, person))


def whole(session: Session, summary_id: str, person: Person, runtime: Runtime) -> Answer:
    """Everything that this person may see of a summary, as REST tells it."""
    types, zone = runtime.settings.cosign_types, zone_named(runtime.settings.time_zone)
    desk = open_desk(session, summary_id, person, cosign_types=types, zone=zone)
    return Answer(_whole(desk), patient_ref=desk.summary.patient_ref)


def _reasoned(
    verb: Callable[..., Summary],
    session: Session,
    summary_id: str,
    asked: shapes.Reason,
    person: Person,
    if_match: str | None,
) -> Callable[[], Answer]:
    """An act for a reason, on the text that the caller was looking at."""
    seen = looked_at(asked.digest, if_match)
    done = partial(verb, session, summary_id, asked.reason, by=person, digest=seen)
    return _act(session, person, done)


def _act(session: Session, person: Person, verb: Callable[[], Summary]) -> Callable[[], Answer]:
    def act() -> Answer:
        summary = verb()
        return Answer(told(session, summary, person), patient_ref=summary.patient_ref)

    return act


def _whole(desk: Desk) -> shapes.Whole:
    row = shapes.Row.model_validate(desk.summary)
    parts = {
        name: getattr(desk, name)
        for name in (
            "title",
            "header",
            "sections",
            "findings",
            "sources",
            "coverage",
            "attestations",
            "history",
            "versions",
            "can",
            "fresh",
        )
    }
    text = desk.text if desk.version else None
    return shapes.Whole.model_validate({**_by_alias(row), **parts, "text": text})


def _by_alias(row: shapes.Row) -> dict[str, object]:
    fields = row.model_dump()
    return {**fields, "patient_ref": fields["patient"], "patient": fields["patient_name"]}

"""What people do at the desk: each form calls one verb; a refusal keeps what was written."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Response

from service.errors import Conflict
from service.review import actions, unsaved
from service.review.cancelling import cancel_summary
from service.review.editing import moving, rewording, taking_rewrite
from service.review.edits import Plan
from service.review.findings import find_finding
from service.review.former import taking_back
from service.review.permissions import check_digest
from service.review.reasons import chosen
from service.review.returning import Length
from service.summary.models import SummaryVersion
from service.summary.progress import find_summary
from service.summary.vocabulary import SummaryStatus
from service.web import fresh
from service.web.guards import Requester, Reviewer
from service.web.pages.desk import Refused
from service.web.pages.editing import Edit, attempt, to
from service.web.pages.frame import Page, ThePage
from service.web.step_up import check_fresh

router = APIRouter()

Words = Annotated[str, Form()]


class EditAct(StrEnum):
    """The buttons of a statement's form."""

    SAVE = "save"
    UNDO = "undo"
    REMOVE = "remove"
    UP = "up"
    DOWN = "down"


MOVES = {EditAct.UP: -1, EditAct.DOWN: 1}


class ReasonAct(StrEnum):
    """Acts on the whole summary that carry a reason."""

    RETURN = "return"
    REJECT = "reject"
    REOPEN = "reopen"
    AMEND = "amend"
    RETRACT = "retract"


VERBS = {
    ReasonAct.RETURN: actions.return_for_redraft,
    ReasonAct.REJECT: actions.reject,
    ReasonAct.REOPEN: actions.reopen,
    ReasonAct.AMEND: actions.amend,
    ReasonAct.RETRACT: actions.retract,
}


@router.post("/summaries/{summary_id}/statements/{index}")
def edit_statement(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    index: int,
    act: Annotated[EditAct, Form()],
    text: Words = "",
    digest: Words = "",
) -> Response:
    """Save, take back, remove or move; the answer comes after the new text is verified."""
    edit = Edit(page, summary_id, _plan(act, index, text), digest)

    def carry_out() -> Response:
        check_digest(find_summary(page.session, summary_id), digest)  # its numbers are its own
        seen = _current(page, summary_id)  # held, so that the edit finds its words read
        form = unsaved.form_of(seen.content.statement(index).text)
        version = edit.carry_out()
        if act in MOVES:
            at = version.edit.get("statement", index)
            return to(summary_id, f"s{at}", statement=at, said="moved")
        unsaved.forget(page.session, summary_id, form, by=page.person)
        return _back(summary_id, act, index)

    keeps = Refused("", 0, f"statement-{index}", text)
    return edit.attempt(carry_out, keeps, statement=index)


@router.post("/summaries/{summary_id}/findings/{number}")
def resolve_finding(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    number: int,
    action: Words = "",
    reason: Words = "",
    where: Words = "",
    digest: Words = "",
) -> Response:
    """`action` is one of the reasons that are offered for this kind of finding, see reasons.py."""

    def resolve() -> Response:
        kind = find_finding(find_summary(page.session, summary_id), number).kind
        decided, why = chosen(kind, action, reason, where)
        actions.resolve_finding(
            page.session, summary_id, number, decided, why, by=page.person, digest=digest
        )
        return to(summary_id, f"finding-{number}", finding=number, said="resolved")

    keeps = Refused("", 0, f"finding-{number}", reason, action)
    return attempt(page, summary_id, resolve, keeps, finding=number, digest=digest)


@router.post("/summaries/{summary_id}/findings/{number}/rewrite")
def take_rewrite(
    page: ThePage, _: Reviewer, summary_id: str, number: int, digest: Words = ""
) -> Response:
    """The offered words in place of the judging ones; verified like any edit."""
    edit = Edit(page, summary_id, taking_rewrite(number), digest)

    def take() -> Response:
        edit.carry_out()
        return to(summary_id, "main", said="rewritten")

    return edit.attempt(take, Refused("", 0, f"finding-{number}"), finding=number)


@router.post("/summaries/{summary_id}/retry")
def retry(page: ThePage, _: Reviewer, summary_id: str) -> Response:
    def again() -> Response:
        actions.retry(page.session, summary_id, by=page.person)
        return to(summary_id, "main", said="retry")

    return attempt(page, summary_id, again, Refused("", 0, "retry"))


@router.post("/summaries/{summary_id}/cancel")
def cancel(page: ThePage, _: Requester, summary_id: str) -> Response:
    def stop() -> Response:
        under_way = page.runtime.under_way
        summary = cancel_summary(page.session, summary_id, by=page.person, under_way=under_way)
        stopped = summary.status is SummaryStatus.FAILED
        return to(summary_id, "main", said="cancelled" if stopped else "cancelling")

    return attempt(page, summary_id, stop, Refused("", 0, "cancel"))


@router.post("/summaries/{summary_id}/sections/{key}/redraft")
def redraft_section(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    key: str,
    length: Annotated[Length, Form()],
    reason: Words = "",
    digest: Words = "",
) -> Response:
    """One section anew; the desk then shows how far it is."""

    def again() -> Response:
        fresh.ask(page.runtime, summary_id)
        actions.redraft_section(
            page.session, summary_id, key, length, reason, by=page.person, digest=digest
        )
        return to(summary_id, "main", said="section-anew")

    return attempt(page, summary_id, again, Refused("", 0, f"redraft-{key}", reason))


@router.post("/summaries/{summary_id}/{act}")
def act_with_reason(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    act: ReasonAct,
    reason: Words = "",
    digest: Words = "",
) -> Response:
    """For the text of this digest; what was signed is withdrawn after signing in anew, where the
    site asks for that."""
    if act is ReasonAct.RETURN:  # whether the next draft would be the same text
        fresh.ask(page.runtime, summary_id)

    def move() -> Response:
        if act is ReasonAct.RETRACT:
            check_fresh(page.signed_in, page.runtime.settings)
        VERBS[act](page.session, summary_id, reason, by=page.person, digest=digest)
        return to(summary_id, "main", said=act.value)

    return attempt(page, summary_id, move, Refused("", 0, act.value, reason))


def _plan(act: EditAct, index: int, text: str) -> Plan:
    """What the button asks for; nothing at all in the form removes nothing."""
    if act in MOVES:
        return moving(index, MOVES[act])
    if act is EditAct.REMOVE:
        return rewording(index, "")
    if act is EditAct.UNDO:
        return taking_back(index)
    return rewording(index, text if text.strip() else " ")


def _current(page: Page, summary_id: str) -> SummaryVersion:
    current = find_summary(page.session, summary_id).current
    if current is None:
        raise Conflict("There is no text yet.")
    return current


def _back(summary_id: str, act: EditAct, index: int) -> Response:
    """To the statement that was edited; a removed one leaves the reader at its place."""
    if act is EditAct.REMOVE:
        return to(summary_id, f"s{max(0, index - 1)}", said="removed")
    said = "saved" if act is EditAct.SAVE else "undone"
    return to(summary_id, f"s{index}", statement=index, said=said)

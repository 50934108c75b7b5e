"""What people do at the desk: each form calls one verb; a refusal keeps what was written."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.errors import BadInput, Blocked, Conflict
from service.review import actions
from service.review.cancelling import cancel_summary
from service.summary.document import Document
from service.summary.progress import find_summary
from service.summary.vocabulary import ResolutionAction, SummaryStatus
from service.web.guards import Requester, Reviewer
from service.web.pages import selection
from service.web.pages.desk import Refused, opened_desk, show_desk
from service.web.pages.frame import Page, ThePage
from service.web.pages.undo import texts_before

router = APIRouter()

Words = Annotated[str, Form()]


class EditAct(StrEnum):
    """The buttons of a statement's form."""

    SAVE = "save"
    UNDO = "undo"
    REMOVE = "remove"


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
    """Save, take back or remove; the answer comes after the new text is verified."""

    def edit() -> Response:
        words = _wanted_words(page, summary_id, index, act, text)
        actions.edit_statement(
            page.session,
            summary_id,
            index,
            words,
            by=page.person,
            digest=digest,
            prompts=page.request.app.state.runtime.prompts,
        )
        return _back(summary_id, act, index)

    keeps = Refused("", 0, f"statement-{index}", text)
    return _attempt(page, summary_id, edit, keeps, statement=index)


@router.post("/summaries/{summary_id}/findings/{number}")
def resolve_finding(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    number: int,
    action: Words = "",
    reason: Words = "",
    digest: Words = "",
) -> Response:
    def resolve() -> Response:
        if action not in set(ResolutionAction):
            raise BadInput("Choose what you decided about the finding.")
        actions.resolve_finding(
            page.session,
            summary_id,
            number,
            ResolutionAction(action),
            reason,
            by=page.person,
            digest=digest,
        )
        return _to(summary_id, f"finding-{number}", finding=number, said="resolved")

    keeps = Refused("", 0, f"finding-{number}", reason, action)
    return _attempt(page, summary_id, resolve, keeps, finding=number)


@router.post("/summaries/{summary_id}/findings/{number}/rewrite")
def take_rewrite(
    page: ThePage, _: Reviewer, summary_id: str, number: int, digest: Words = ""
) -> Response:
    """The offered words in place of the judging ones; verified like any edit."""

    def take() -> Response:
        actions.take_rewrite(
            page.session,
            summary_id,
            number,
            by=page.person,
            digest=digest,
            prompts=page.request.app.state.runtime.prompts,
        )
        return _to(summary_id, "main", said="rewritten")

    return _attempt(page, summary_id, take, Refused("", 0, f"finding-{number}"), finding=number)


@router.post("/summaries/{summary_id}/retry")
def retry(page: ThePage, _: Reviewer, summary_id: str) -> Response:
    def again() -> Response:
        actions.retry(page.session, summary_id, by=page.person)
        return _to(summary_id, "main", said="retry")

    return _attempt(page, summary_id, again, Refused("", 0, "retry"))


@router.post("/summaries/{summary_id}/cancel")
def cancel(page: ThePage, _: Requester, summary_id: str) -> Response:
    def stop() -> Response:
        under_way = page.request.app.state.runtime.under_way
        summary = cancel_summary(page.session, summary_id, by=page.person, under_way=under_way)
        stopped = summary.status is SummaryStatus.FAILED
        return _to(summary_id, "main", said="cancelled" if stopped else "cancelling")

    return _attempt(page, summary_id, stop, Refused("", 0, "cancel"))


@router.post("/summaries/{summary_id}/{act}")
def act_with_reason(
    page: ThePage, _: Reviewer, summary_id: str, act: ReasonAct, reason: Words = ""
) -> Response:
    def move() -> Response:
        VERBS[act](page.session, summary_id, reason, by=page.person)
        return _to(summary_id, "main", said=act.value)

    return _attempt(page, summary_id, move, Refused("", 0, act.value, reason))


def _attempt(
    page: Page,
    summary_id: str,
    act: Callable[[], Response],
    keeps: Refused,
    *,
    statement: int | None = None,
    finding: int | None = None,
) -> Response:
    """Carry it out, or show the desk as it stands with the reason and what was written.

    In a savepoint: whatever a refused act had begun is gone before the desk is read.
    """
    try:
        with page.session.begin_nested():
            return act()
    except (BadInput, Conflict, Blocked) as refusal:
        refused = Refused(
            refusal.sentence, refusal.status_code, keeps.form, keeps.kept, keeps.choice
        )
    desk = opened_desk(page, summary_id)
    chosen = selection.select(desk, statement=statement, finding=finding)
    return show_desk(page, desk, chosen, refused)


def _wanted_words(page: Page, summary_id: str, index: int, act: EditAct, text: str) -> str:
    """What the statement is to say; nothing at all removes it. Raises BadInput."""
    if act is EditAct.REMOVE:
        return ""
    if act is EditAct.UNDO:
        return _words_before(page, summary_id, index)
    if not text.strip():
        raise BadInput("The statement is blank. Write a sentence, or choose Remove.")
    return text


def _words_before(page: Page, summary_id: str, index: int) -> str:
    documents: list[Document] = [
        version.content for version in find_summary(page.session, summary_id).versions
    ]
    before = texts_before(documents)
    if index not in before:
        raise BadInput("This statement was not edited, so there is nothing to take back.")
    return before[index]


def _back(summary_id: str, act: EditAct, index: int) -> Response:
    """To the statement that was edited; a removed one leaves the reader at its place."""
    if act is EditAct.REMOVE:
        return _to(summary_id, f"s{max(0, index - 1)}", said="removed")
    said = "saved" if act is EditAct.SAVE else "undone"
    return _to(summary_id, f"s{index}", statement=index, said=said)


def _to(summary_id: str, anchor: str, **asked: object) -> Response:
    return RedirectResponse(f"/summaries/{summary_id}?{urlencode(asked)}#{anchor}", 303)

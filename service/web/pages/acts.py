"""What people do at the desk: each form calls one verb; a refusal keeps what was written."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.errors import BadInput, Blocked, Conflict
from service.review import actions, unsaved
from service.review.cancelling import cancel_summary
from service.review.findings import find_finding
from service.review.reasons import chosen
from service.summary.document import Document
from service.summary.progress import find_summary
from service.summary.vocabulary import SummaryStatus
from service.web import fresh
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
    """Save, take back or remove; the answer comes after the new text is verified."""

    def edit() -> Response:
        if act in MOVES:
            return _moved(page, summary_id, index, act, digest)
        form = unsaved.form_of(_statement_text(page, summary_id, index))
        words = _wanted_words(page, summary_id, index, act, text)
        actions.edit_statement(
            page.session,
            summary_id,
            index,
            words,
            by=page.person,
            digest=digest,
            prompts=page.runtime.prompts,
        )
        unsaved.forget(page.session, summary_id, form, by=page.person)
        return _back(summary_id, act, index)

    keeps = Refused("", 0, f"statement-{index}", text)
    return attempt(page, summary_id, edit, keeps, statement=index)


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
    return attempt(page, summary_id, resolve, keeps, finding=number)


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
            prompts=page.runtime.prompts,
        )
        return to(summary_id, "main", said="rewritten")

    return attempt(page, summary_id, take, Refused("", 0, f"finding-{number}"), finding=number)


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


@router.post("/summaries/{summary_id}/{act}")
def act_with_reason(
    page: ThePage, _: Reviewer, summary_id: str, act: ReasonAct, reason: Words = ""
) -> Response:
    def move() -> Response:
        if act is ReasonAct.RETURN:  # whether the next draft would be the same text
            fresh.ask_apart(page.runtime, summary_id)
        VERBS[act](page.session, summary_id, reason, by=page.person)
        return to(summary_id, "main", said=act.value)

    return attempt(page, summary_id, move, Refused("", 0, act.value, reason))


def attempt(
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


def _moved(page: Page, summary_id: str, index: int, act: EditAct, digest: str) -> Response:
    version = actions.move_statement(
        page.session,
        summary_id,
        index,
        MOVES[act],
        by=page.person,
        digest=digest,
        prompts=page.runtime.prompts,
    )
    at = version.edit.get("statement", index)
    return to(summary_id, f"s{at}", statement=at, said="moved")


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


def _statement_text(page: Page, summary_id: str, index: int) -> str:
    current = find_summary(page.session, summary_id).current
    if current is None:
        raise Conflict("There is no text yet.")
    return current.content.statement(index).text


def _back(summary_id: str, act: EditAct, index: int) -> Response:
    """To the statement that was edited; a removed one leaves the reader at its place."""
    if act is EditAct.REMOVE:
        return to(summary_id, f"s{max(0, index - 1)}", said="removed")
    said = "saved" if act is EditAct.SAVE else "undone"
    return to(summary_id, f"s{index}", statement=index, said=said)


def to(summary_id: str, anchor: str, **asked: object) -> Response:
    return RedirectResponse(f"/summaries/{summary_id}?{urlencode(asked)}#{anchor}", 303)

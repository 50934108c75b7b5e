"""Edits of the whole text at the desk: insert, add, cite anew, undo, redo."""

from enum import StrEnum

from fastapi import APIRouter, Response

from service.errors import BadInput
from service.review import actions, undo, unsaved
from service.web.guards import Reviewer
from service.web.pages.acts import Words, attempt, to
from service.web.pages.desk import Refused
from service.web.pages.frame import Page, ThePage

router = APIRouter()


class Source(StrEnum):
    """Where an added statement comes from."""

    SEARCH = "search"  # the chart is searched for what bears it
    OWN = "own"
    PICKED = "picked"


@router.post("/summaries/{summary_id}/statements")
def add_statement(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    section: Words = "",
    text: Words = "",
    source: Words = Source.SEARCH.value,
    record_id: Words = "",
    quote: Words = "",
    digest: Words = "",
) -> Response:
    """A statement more at the end of a section; verified before it answers."""

    def add() -> Response:
        if not text.strip():
            raise BadInput("The statement is blank. Write a sentence.")
        version = actions.add_statement(
            page.session,
            summary_id,
            section,
            text,
            by=page.person,
            place=(record_id, quote) if source == Source.PICKED else None,
            own=source == Source.OWN,
            digest=digest,
            prompts=page.runtime.prompts,
        )
        unsaved.forget(page.session, summary_id, f"add-{section}", by=page.person)
        return _at(summary_id, version.edit, "added")

    return attempt(page, summary_id, add, Refused("", 0, f"add-{section}", text, source))


@router.post("/summaries/{summary_id}/findings/{number}/insert")
def insert_omission(
    page: ThePage, _: Reviewer, summary_id: str, number: int, digest: Words = ""
) -> Response:
    """What was left out, at its place, with its source."""

    def insert() -> Response:
        version = actions.insert_omission(
            page.session,
            summary_id,
            number,
            by=page.person,
            digest=digest,
            prompts=page.runtime.prompts,
        )
        return _at(summary_id, version.edit, "inserted")

    return attempt(page, summary_id, insert, Refused("", 0, f"finding-{number}"), finding=number)


@router.post("/summaries/{summary_id}/statements/{index}/cite")
def cite_statement(
    page: ThePage,
    _: Reviewer,
    summary_id: str,
    index: int,
    record_id: Words = "",
    quote: Words = "",
    place: Words = "",
    digest: Words = "",
) -> Response:
    """Rest it on other words of the chart: marked in a record, or a place that was offered, whose
    value is the record's id, a space and the words."""

    def cite() -> Response:
        record, _, words = place.partition(" ") if place else (record_id, "", quote)
        actions.cite_statement(
            page.session,
            summary_id,
            index,
            record,
            words,
            by=page.person,
            digest=digest,
            prompts=page.runtime.prompts,
        )
        return to(summary_id, f"s{index}", statement=index, said="cited")

    return attempt(page, summary_id, cite, Refused("", 0, f"cite-{index}", quote), statement=index)


@router.post("/summaries/{summary_id}/undo")
def undo_edit(page: ThePage, _: Reviewer, summary_id: str, digest: Words = "") -> Response:
    return _stepped(page, summary_id, digest, undo.undo, "taken-back")


@router.post("/summaries/{summary_id}/redo")
def redo_edit(page: ThePage, _: Reviewer, summary_id: str, digest: Words = "") -> Response:
    return _stepped(page, summary_id, digest, undo.redo, "done-again")


def _stepped(page: Page, summary_id: str, digest: str, step: undo.Step, said: str) -> Response:
    def act() -> Response:
        step(
            page.session,
            summary_id,
            by=page.person,
            digest=digest,
            prompts=page.runtime.prompts,
        )
        return to(summary_id, "paper", said=said)

    return attempt(page, summary_id, act, Refused("", 0, said))


def _at(summary_id: str, edit: dict[str, object], said: str) -> Response:
    index = edit["statement"]
    return to(summary_id, f"s{index}", statement=index, said=said)

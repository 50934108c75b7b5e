"""Edits of the whole text at the desk: insert, add, cite anew, undo, redo."""

from enum import StrEnum

from fastapi import APIRouter, Response

from service.review import undo, unsaved
from service.review.editing import adding, citing, inserting
from service.review.edits import Plan
from service.web.guards import Reviewer
from service.web.pages.acts import Words
from service.web.pages.desk import Refused
from service.web.pages.editing import Edit, to
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
    place = (record_id, quote) if source == Source.PICKED else None
    plan = adding(section, text, place=place, own=source == Source.OWN)
    edit = Edit(page, summary_id, plan, digest)

    def add() -> Response:
        version = edit.carry_out()
        unsaved.forget(page.session, summary_id, f"add-{section}", by=page.person)
        return _at(summary_id, version.edit, "added")

    return edit.attempt(add, Refused("", 0, f"add-{section}", text, source))


@router.post("/summaries/{summary_id}/findings/{number}/insert")
def insert_omission(
    page: ThePage, _: Reviewer, summary_id: str, number: int, digest: Words = ""
) -> Response:
    """What was left out, at its place, with its source."""
    edit = Edit(page, summary_id, inserting(number), digest)

    def insert() -> Response:
        return _at(summary_id, edit.carry_out().edit, "inserted")

    return edit.attempt(insert, Refused("", 0, f"finding-{number}"), finding=number)


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
    record, _gap, words = place.partition(" ") if place else (record_id, "", quote)
    edit = Edit(page, summary_id, citing(index, record, words), digest)

    def cite() -> Response:
        edit.carry_out()
        return to(summary_id, f"s{index}", statement=index, said="cited")

    return edit.attempt(cite, Refused("", 0, f"cite-{index}", quote), statement=index)


@router.post("/summaries/{summary_id}/undo")
def undo_edit(page: ThePage, _: Reviewer, summary_id: str, digest: Words = "") -> Response:
    return _stepped(page, summary_id, digest, undo.undoing, "taken-back")


@router.post("/summaries/{summary_id}/redo")
def redo_edit(page: ThePage, _: Reviewer, summary_id: str, digest: Words = "") -> Response:
    return _stepped(page, summary_id, digest, undo.redoing, "done-again")


def _stepped(page: Page, summary_id: str, digest: str, step: Plan, said: str) -> Response:
    edit = Edit(page, summary_id, step, digest)

    def act() -> Response:
        edit.carry_out()
        return to(summary_id, "paper", said=said)

    return edit.attempt(act, Refused("", 0, said))


def _at(summary_id: str, edit: dict[str, object], said: str) -> Response:
    index = edit["statement"]
    return to(summary_id, f"s{index}", statement=index, said=said)

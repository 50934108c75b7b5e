"""Rating one text of a sample beside its sources, on the short form."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from service.errors import BadInput
from service.numbers import whole_number
from service.qa import rubric
from service.qa.rating import find_item, rate
from service.qa.reading import ItemToRate, item_for_rating, sample_items
from service.web.guards import Rater
from service.web.pages.frame import Page, ThePage
from service.web.pages.quotes import pieces
from service.web.pages.selection import Selection

router = APIRouter()
OMITTED = "omitted"  # in the place of a statement's number: what is marked stands in none


async def sent_form(request: Request) -> FormData:
    """The form as it came: it has as many fields as the text has statements."""
    return await request.form()


Sent = Annotated[FormData, Depends(sent_form)]


@dataclass(frozen=True)
class Filled:
    """What the form shows: this person's kept rating, or what was sent and refused."""

    answers: dict[str, str]
    marks: dict[str, tuple[str, str]]  # statement index, or "omitted" -> kind and note
    comment: str
    problem: str = ""


@router.get("/quality/items/{item_id}")
def item(
    page: ThePage, _: Rater, item_id: str, statement: int | None = None, at: int = 0
) -> Response:
    shown = item_for_rating(page.session, item_id, by=page.person)
    return _show(page, shown, _kept(shown), _selected(shown, statement, at))


@router.post("/quality/items/{item_id}")
def rate_item(page: ThePage, _: Rater, item_id: str, sent: Sent) -> Response:
    filled = _sent(sent)
    try:
        with page.session.begin_nested():
            rate(
                page.session,
                item_id,
                filled.answers,
                _marks(filled),
                by=page.person,
                comment=filled.comment,
            )
    except BadInput as refusal:
        shown = item_for_rating(page.session, item_id, by=page.person)
        refused = Filled(filled.answers, filled.marks, filled.comment, refusal.sentence)
        return _show(page, shown, refused, Selection(), status=refusal.status_code)
    return RedirectResponse(f"{_next(page, item_id)}?said=rated", 303)


def _show(
    page: Page, shown: ItemToRate, filled: Filled, chosen: Selection, status: int = 200
) -> Response:
    return page.show(
        "quality/item.html",
        status,
        shown=shown,
        of=len(sample_items(page.session, shown.sample_id, by=page.person)),
        filled=filled,
        chosen=chosen,
        pieces=pieces,
        kinds=[k for k in rubric.MarkKind if k is not rubric.MarkKind.OMITTED],
    )


def _selected(shown: ItemToRate, statement: int | None, at: int) -> Selection:
    for placed in shown.statements:
        if placed.index == statement:
            held = {source.record_id for source in shown.sources}
            cited = (c.record_id for c in placed.statement.citations)
            records = tuple(dict.fromkeys(r for r in cited if r in held))
            return Selection(statement, None, records, max(0, min(at, len(records) - 1)))
    return Selection()


def _kept(shown: ItemToRate) -> Filled:
    marks = {}
    for mark in shown.marks:
        index = mark.get("statement_index")
        marks[OMITTED if index is None else str(index)] = (mark["kind"], mark.get("note", ""))
    return Filled(dict(shown.answers), marks, shown.comment)


def _sent(form: FormData) -> Filled:
    answers = {key: str(form[key]) for key in rubric.BY_KEY if form.get(key)}
    marks = {
        name.removeprefix("mark-"): (str(kind), str(form.get(f"note-{name[5:]}", "")))
        for name, kind in form.items()
        if name.startswith("mark-") and kind
    }
    return Filled(answers, marks, str(form.get("comment", "")))


def _marks(filled: Filled) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "statement_index": _index(at), "note": note}
        for at, (kind, note) in filled.marks.items()
    ]


def _index(at: str) -> int | None:
    if at == OMITTED:
        return None
    if (index := whole_number(at)) is None:
        raise BadInput("This text has no statement of that number. Mark one that it has.")
    return index


def _next(page: Page, item_id: str) -> str:
    """The next text of the sample that this person can and has not rated, else the sample."""
    sample_id = find_item(page.session, item_id).sample_id
    for row in sample_items(page.session, sample_id, by=page.person):
        if row.can_rate and not row.rated_by_me:
            return f"/quality/items/{row.id}"
    return f"/quality/{sample_id}"

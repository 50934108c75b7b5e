"""Quality: samples, how one is drawn, its items, its results, and its export."""

from dataclasses import dataclass, field
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.errors import BadInput
from service.numbers import whole_number
from service.qa import export, rubric
from service.qa.handling import handling
from service.qa.models import Sampled
from service.qa.rating import find_sample
from service.qa.reading import list_samples, sample_items, sample_row
from service.qa.reports import open_reports
from service.qa.results import results
from service.qa.sampling import close_sample, draw_sample
from service.review.usage import usage
from service.summary.vocabulary import FindingKind, SummaryType
from service.web.guards import Rater
from service.web.pages.days import midnight
from service.web.pages.frame import Page, ThePage
from service.web.paging import cursor_of, place_of

router = APIRouter()

Words = Annotated[str, Form()]
CSV = "text/csv; charset=utf-8"
MEDIA_TYPES = {"csv": CSV, "marks": CSV, "json": "application/json"}
WRITTEN = {"csv": export.export_csv, "marks": export.export_marks, "json": export.export_json}


@dataclass(frozen=True)
class Wish:
    """The form that draws a sample, as it was filled in."""

    seed: str = ""
    size: str = "20"
    statuses: str = Sampled.SIGNED
    types: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    finding: str = ""
    evenly: str = ""
    problem: str = field(default="", compare=False)


@router.get("/quality")
def quality(page: ThePage, _: Rater, cursor: str = "") -> Response:
    return _show(page, Wish(), cursor=cursor)


@router.post("/quality")
def draw(
    page: ThePage,
    _: Rater,
    seed: Words = "",
    size: Words = "",
    statuses: Words = "",
    types: Annotated[list[str] | None, Form()] = None,
    since: Words = "",
    until: Words = "",
    finding: Words = "",
    evenly: Words = "",
) -> Response:
    wish = Wish(seed, size, statuses, tuple(types or ()), since, until, finding, evenly)
    try:
        sample = _drawn(page, wish)
    except BadInput as refusal:
        refused = Wish(**{**vars(wish), "problem": refusal.sentence})
        return _show(page, refused, status=refusal.status_code)
    return RedirectResponse(f"/quality/{sample}?said=drawn", 303)


@router.get("/quality/{sample_id}")
def sample(page: ThePage, person: Rater, sample_id: str) -> Response:
    found = find_sample(page.session, sample_id)
    return page.show(
        "quality/sample.html",
        sample=sample_row(page.session, found, person),
        rows=sample_items(page.session, sample_id, by=person),
    )


@router.get("/quality/{sample_id}/results")
def sample_results(page: ThePage, person: Rater, sample_id: str) -> Response:
    found = results(page.session, sample_id, by=person)
    return page.show("quality/results.html", found=found, questions=rubric.BY_KEY)


@router.post("/quality/{sample_id}/close")
def close(page: ThePage, person: Rater, sample_id: str) -> Response:
    close_sample(page.session, find_sample(page.session, sample_id), by=person)
    return RedirectResponse(f"/quality/{sample_id}?said=closed", 303)


@router.get("/quality/{sample_id}/export.{form}")
def export_sample(
    page: ThePage, _: Rater, sample_id: str, form: Literal["csv", "json"], text: bool = False
) -> Response:
    """Ratings for a spreadsheet or a program; comments and notes only when asked for."""
    return _file(page, sample_id, form, text)


@router.get("/quality/{sample_id}/marks.csv")
def export_marks(page: ThePage, _: Rater, sample_id: str, text: bool = False) -> Response:
    """A row a marked statement."""
    return _file(page, sample_id, "marks", text)


def _file(page: Page, sample_id: str, form: str, text: bool) -> Response:
    written = WRITTEN[form]
    body = written(page.session, sample_id, by=page.person, with_text=text)
    end = "-marks.csv" if form == "marks" else f".{form}"
    name = f"sample-{find_sample(page.session, sample_id).id[:8]}{end}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def _show(page: Page, wish: Wish, *, cursor: str = "", status: int = 200) -> Response:
    found = list_samples(page.session, by=page.person, after=place_of(cursor or None))
    return page.show(
        "quality/samples.html",
        status,
        samples=found.rows,
        following=cursor_of(found.after),
        wish=wish,
        kinds=tuple(FindingKind),
        types=tuple(SummaryType),
        used=usage(page.session, page.person),
        handled=handling(page.session, by=page.person),
        reports=open_reports(page.session, by=page.person),
    )


def _drawn(page: Page, wish: Wish) -> str:
    zone: ZoneInfo = page.request.app.state.zone
    return draw_sample(
        page.session,
        seed=wish.seed.strip(),
        size=_number(wish.size),
        statuses=wish.statuses,
        by=page.person,
        types=[SummaryType(t) for t in wish.types if t in set(SummaryType)],
        since=midnight(wish.since, zone),
        until=midnight(wish.until, zone, days=1),
        finding_kind=FindingKind(wish.finding) if wish.finding in set(FindingKind) else None,
        evenly_by_type=bool(wish.evenly),
    ).id


def _number(typed: str) -> int:
    size = whole_number(typed.strip())
    if size is None:
        raise BadInput("Write how many texts to draw as a number.")
    return size

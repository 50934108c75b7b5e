"""The desk: a summary on the left, its sources on the right, each statement opening its own."""

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Response
from sqlalchemy import select as query
from sqlalchemy.orm import Session

from service.access.wording import withheld_words
from service.chart.models import SourceRecord
from service.drafting.progress import Progress
from service.drafting.telling import glue
from service.review import reasons, unsaved
from service.review.desk import Desk, DeskFinding, open_desk
from service.review.presence import editing
from service.review.recite import places_for
from service.review.remarks import open_comments
from service.review.waiting import CHANGED
from service.summary.document import Citation
from service.summary.lifecycle import OWED
from service.summary.progress import find_summary
from service.summary.vocabulary import Severity
from service.web import fresh
from service.web.guards import Reader
from service.web.pages import selection, told
from service.web.pages.banner import banner
from service.web.pages.frame import Page, ThePage
from service.web.pages.quotes import pieces
from service.web.step_up import is_fresh
from service.writeback.models import Filing

router = APIRouter()


@dataclass(frozen=True)
class Refused:
    """An act that was not carried out: why, and what the person had written, so it is kept."""

    sentence: str
    status: int
    form: str = ""
    kept: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Cite:
    """A statement that is to be cited anew, and the nearest places of the chart."""

    index: int
    places: list[tuple[SourceRecord, Citation]]


@router.get("/summaries/{summary_id}")
def desk(
    page: ThePage,
    _: Reader,
    summary_id: str,
    statement: int | None = None,
    finding: int | None = None,
    record: str | None = None,
    at: int = 0,
    ask: Literal["", "opened", "now"] = "",
    cite: int | None = None,
) -> Response:
    """As it is held; with `ask` the EHR says first what is new. The page asks by itself once it
    is shown ("opened"), so that nobody waits for the EHR to read."""
    if ask:
        recent_s = fresh.OPENED_AGAIN_S if ask == "opened" else fresh.CLICKED_AGAIN_S
        fresh.ask(page.runtime, summary_id, unless_asked_s=recent_s)
    opened = opened_desk(page, summary_id)
    chosen = selection.select(opened, statement=statement, finding=finding, record=record, at=at)
    return show_desk(page, opened, chosen, cite=_places(page, opened, cite))


def _places(page: Page, desk: Desk, index: int | None) -> Cite | None:
    """What a statement might rest on; nothing for a number that this version does not have."""
    chosen = next((s for s in selection.statements(desk) if s.index == index), None)
    if chosen is None or not desk.can.edit:
        return None
    summary = find_summary(page.session, desk.summary.id)
    found = places_for(page.session, summary, chosen.text, person=page.person)
    return Cite(chosen.index, found)


def _unsaved(page: Page, desk: Desk) -> dict[str, Any]:
    """What this person typed and did not save, by form; `strays` are of forms that are gone."""
    kept = unsaved.kept(page.session, desk.summary.id, page.person) if desk.can.edit else {}
    here = {unsaved.form_of(s.text) for s in selection.statements(desk)}
    here |= {f"add-{section.key}" for section in desk.sections}
    return {"unsaved": kept, "strays": [row for form, row in kept.items() if form not in here]}


def _remarks(page: Page, desk: Desk) -> dict[str, Any]:
    """What colleagues say of a statement, by its words; `adrift` of words that are gone."""
    found = open_comments(page.session, desk.summary.id) if desk.can.comment else {}
    here = {s.text for s in selection.statements(desk)}
    adrift = [remark for said, told in found.items() if said not in here for remark in told]
    return {"remarks": found, "adrift": adrift}


def opened_desk(page: Page, summary_id: str) -> Desk:
    types = page.runtime.settings.cosign_types
    return open_desk(page.session, summary_id, page.person, cosign_types=types, zone=page.zone)


def show_desk(
    page: Page,
    desk: Desk,
    chosen: selection.Selection,
    refused: Refused | None = None,
    cite: Cite | None = None,
    since: object = None,
) -> Response:
    """`since` (see since.py) is what changed in the text while a refused act was under way."""
    filings = filings_of(page.session, desk)
    return page.show(
        "desk.html",
        refused.status if refused else 200,
        desk=desk,
        chosen=chosen,
        refused=refused,
        since=since,
        before=desk.before,
        apart=[f for f in desk.findings if f.statement_index is None and f.check != CHANGED],
        outdated=[f for f in desk.findings if f.check == CHANGED],
        major=open_major(desk),
        is_draft=is_draft(desk),
        waits=desk.summary.status in OWED,
        banner=banner(desk, filings),
        reasons=reasons,
        cite=cite,
        composed=(glue.BRIEF, glue.REST),
        rest=glue.REST,
        moved_on={i for c in desk.fresh.changes for i in c.cited_by} if desk.fresh else (),
        form_of=unsaved.form_of,
        summary_id=desk.summary.id,
        editing=editing(page.session, desk.summary.id, page.person),
        **_unsaved(page, desk),
        unused=unused(desk, page),
        **_remarks(page, desk),
        told=told,
        pieces=pieces,
        numbered=selection,
        is_fresh=is_fresh(page.signed_in, page.runtime.settings),
        tab="desk",
        step=_step(page, desk),
    )


def open_major(desk: Desk) -> list[DeskFinding]:
    """What stands between this text and a signature."""
    return [f for f in desk.findings if f.is_open and f.severity is Severity.MAJOR]


def is_draft(desk: Desk) -> bool:
    """Whether nobody has vouched for the current text."""
    digest = desk.version.digest if desk.version else None
    return not any(a.digest == digest for a in desk.attestations)


def filings_of(session: Session, desk: Desk) -> list[Filing]:
    """What of this summary went to the EHR, newest first."""
    wanted = query(Filing).where(Filing.summary_id == desk.summary.id)
    return list(session.scalars(wanted.order_by(Filing.started_at.desc())))


def unused(desk: Desk, page: Page) -> dict[str, Any]:
    """The coverage, with what was withheld in the words for this reader."""
    found = dict(desk.coverage)
    found["withheld_words"] = withheld_words(int(found.get("withheld") or 0), page.person.role)
    return found


def _step(page: Page, desk: Desk) -> Progress | None:
    """How far the draft is, while the system works on it."""
    if desk.summary.status not in OWED:
        return None
    step: Progress | None = page.runtime.under_way.progress(desk.summary.id)
    return step

"""Signing: the exact text, its digest, one button. What is shown is what is attested."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.errors import Blocked, Conflict
from service.review import actions
from service.summary.vocabulary import Severity, SummaryStatus
from service.web import fresh
from service.web.errors import SignInAgain
from service.web.guards import Cosigner, Signer
from service.web.pages.desk import Refused, open_major, opened_desk
from service.web.pages.frame import Page, ThePage
from service.web.pages.since import since
from service.web.step_up import check_fresh, is_fresh

router = APIRouter()

Digest = Annotated[str, Form()]


@router.get("/summaries/{summary_id}/sign")
def sign_page(page: ThePage, _: Signer, summary_id: str) -> Response:
    """For the one who signs and for the one who cosigns; the EHR says first what is new."""
    fresh.ask(page.runtime, summary_id, unless_asked_s=fresh.OPENED_AGAIN_S)
    return _show(page, summary_id)


@router.post("/summaries/{summary_id}/sign")
def sign(page: ThePage, _: Signer, summary_id: str, digest: Digest = "") -> Response:
    settings = page.runtime.settings
    fresh.ask(page.runtime, summary_id)
    try:
        check_fresh(page.signed_in, settings)
        with page.session.begin_nested():
            signed = actions.sign(
                page.session,
                summary_id,
                digest,
                by=page.person,
                cosign_types=settings.cosign_types,
                zone=page.zone,
                unasked_blocks=settings.unasked_blocks,
            )
    except (Conflict, Blocked, SignInAgain) as refusal:
        return _show(page, summary_id, Refused(refusal.sentence, refusal.status_code), digest)
    waits = signed.status is SummaryStatus.AWAITING_COSIGN
    return _done(summary_id, "first-signed" if waits else "signed")


@router.post("/summaries/{summary_id}/cosign")
def cosign(page: ThePage, _: Cosigner, summary_id: str, digest: Digest = "") -> Response:
    fresh.ask(page.runtime, summary_id)
    blocks = page.runtime.settings.unasked_blocks
    try:
        check_fresh(page.signed_in, page.runtime.settings)
        with page.session.begin_nested():
            actions.cosign(
                page.session,
                summary_id,
                digest,
                by=page.person,
                zone=page.zone,
                unasked_blocks=blocks,
            )
    except (Conflict, Blocked, SignInAgain) as refusal:
        return _show(page, summary_id, Refused(refusal.sentence, refusal.status_code), digest)
    return _done(summary_id, "cosigned")


def _show(
    page: Page, summary_id: str, refused: Refused | None = None, digest: str = ""
) -> Response:
    """`digest` is of the text that a refused signature was for."""
    desk = opened_desk(page, summary_id)
    awaits_second = desk.summary.status is SummaryStatus.AWAITING_COSIGN
    minor = [f for f in desk.findings if f.is_open and f.severity is Severity.MINOR]
    return page.show(
        "sign.html",
        refused.status if refused else 200,
        desk=desk,
        major=open_major(desk),
        minor=minor,
        refused=refused,
        since=since(page, desk, digest),
        verb="cosign" if awaits_second else "sign",
        is_fresh=is_fresh(page.signed_in, page.runtime.settings),
        can=desk.can.cosign if awaits_second else desk.can.sign,
        tab="sign",
    )


def _done(summary_id: str, said: str) -> Response:
    return RedirectResponse(f"/summaries/{summary_id}?said={said}#main", 303)

"""What people say of a statement: a comment to a colleague, or that what is filed is wrong."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from service.errors import Conflict
from service.review import remarks
from service.web.guards import Rater, Reviewer, Signer
from service.web.pages.acts import Words
from service.web.pages.desk import Refused
from service.web.pages.editing import attempt, to
from service.web.pages.frame import ThePage

router = APIRouter()


@router.post("/summaries/{summary_id}/statements/{index}/comment")
def comment(
    page: ThePage, _: Reviewer, summary_id: str, index: int, words: Words = "", digest: Words = ""
) -> Response:
    """Beside the text, for whoever reviews it or signs after; never filed."""

    def say() -> Response:
        remarks.comment(page.session, summary_id, index, words, by=page.person, digest=digest)
        return to(summary_id, f"s{index}", statement=index, said="commented")

    keeps = Refused("", 0, f"comment-{index}", words)
    return attempt(page, summary_id, say, keeps, statement=index, digest=digest)


@router.post("/summaries/{summary_id}/statements/{index}/wrong")
def wrong(
    page: ThePage, _: Signer, summary_id: str, index: int, words: Words = "", digest: Words = ""
) -> Response:
    """The filed text is opened for correction, and quality has a case."""

    def report() -> Response:
        remarks.report_wrong(page.session, summary_id, index, words, by=page.person, digest=digest)
        return to(summary_id, f"s{index}", statement=index, said="reported")

    keeps = Refused("", 0, "wrong", words)
    return attempt(page, summary_id, report, keeps, statement=index, digest=digest)


@router.post("/summaries/{summary_id}/remarks/{remark_id}/settle")
def settle(page: ThePage, _: Reviewer, summary_id: str, remark_id: str) -> Response:
    def answer() -> Response:
        remarks.settle(page.session, remark_id, by=page.person, summary_id=summary_id)
        return to(summary_id, "paper", said="remark-settled")

    return attempt(page, summary_id, answer, Refused("", 0, "remark"))


@router.post("/quality/reports/{remark_id}/settle")
def looked_at(page: ThePage, _: Rater, remark_id: str) -> Response:
    """Whoever comes second finds it settled."""
    try:
        remarks.settle(page.session, remark_id, by=page.person)
    except Conflict:
        return RedirectResponse("/quality", 303)
    return RedirectResponse("/quality?said=remark-settled", 303)

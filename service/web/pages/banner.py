"""The one line that says how a text stands: what it is, who did it, when, and why."""

from dataclasses import dataclass
from datetime import datetime

from service.review.desk import Desk
from service.review.history import HistoryRow
from service.summary.vocabulary import SummaryStatus
from service.web.pages.words import MEANING, who
from service.writeback.models import IN_EHR_AS_SIGNED, Filing

S = SummaryStatus


@dataclass(frozen=True)
class Banner:
    """`tone` is draft, waiting, good, bad or over; `at` when it came to this, `why` in words."""

    tone: str
    words: str
    by: str = ""
    at: datetime | None = None
    why: str = ""
    document: str = ""


def banner(desk: Desk, filings: list[Filing]) -> Banner:
    """True of the summary as it stands now, whatever it was before."""
    status = desk.summary.status
    if status is S.IN_REVIEW:
        return _in_review(desk, filings)
    if status in (S.SIGNED, S.AWAITING_COSIGN, S.FILED, S.FILING_REFUSED, S.FILING_UNKNOWN):
        return _signed(desk, filings)
    tone, words = _OTHERS[status]
    last = _last(desk, status)
    asked = _last(desk, S.RETRACTING) if status is S.RETRACTED else last
    by, at = (who(asked.actor) if asked else "", last.at if last else None)
    why = desk.summary.status_reason or (asked.detail.get("reason", "") if asked else "")
    return Banner(tone, words, by, at, why, _document(desk, filings))


def _last(desk: Desk, status: SummaryStatus) -> HistoryRow | None:
    """Who withdrew a text is who asked for it, and why they did: we only told the EHR."""
    acts = reversed(desk.history)
    return next((act for act in acts if act.action == f"summary.{status}"), None)


_OTHERS = {
    S.REQUESTED: ("waiting", "Being drafted anew; this is the text before it, not signed"),
    S.CHARTED: ("waiting", "Being drafted anew; this is the text before it, not signed"),
    S.INDEXED: ("waiting", "Being drafted anew; this is the text before it, not signed"),
    S.DRAFTED: ("waiting", "Being checked; not to be read or signed yet"),
    S.RETRACTING: ("bad", "Being withdrawn from the EHR, where it is still to be read"),
    S.RETRACTED: ("over", "Withdrawn: in the EHR it is marked as entered in error"),
    S.REJECTED: ("over", "Rejected: not signed, not in the EHR, not to be used"),
    S.SUPERSEDED: ("over", "Superseded by another summary; not to be used"),
    S.FAILED: ("bad", "The new draft failed; this is the text before it, not signed"),
}


def _in_review(desk: Desk, filings: list[Filing]) -> Banner:
    filed = next((f for f in filings if f.state in IN_EHR_AS_SIGNED), None)
    if filed is None:
        return Banner("draft", "Draft, not signed", why=desk.summary.status_reason)
    words = "Open for correction, not signed. The EHR has the text as it was signed before"
    return Banner("draft", words, why=desk.summary.status_reason, document=filed.document_ref or "")


def _signed(desk: Desk, filings: list[Filing]) -> Banner:
    digest = desk.version.digest if desk.version else None
    signed = [a for a in desk.attestations if a.digest == digest]
    told = "; ".join(f"{MEANING[a.meaning]} by {a.person_name}" for a in signed)
    at = signed[-1].signed_at if signed else None
    tone, where = {
        S.AWAITING_COSIGN: ("waiting", "a second clinician signs before it is filed"),
        S.SIGNED: ("waiting", "on its way to the EHR, not there yet"),
        S.FILED: ("good", "filed in the EHR"),
        S.FILING_REFUSED: ("bad", "refused by the EHR, not filed"),
        S.FILING_UNKNOWN: ("waiting", "sent, and the EHR has not confirmed it yet"),
    }[desk.summary.status]
    why = "" if desk.summary.status is S.FILED else desk.summary.status_reason
    return Banner(tone, f"{told or 'Signed'}; {where}", "", at, why, _document(desk, filings))


def _document(desk: Desk, filings: list[Filing]) -> str:
    digest = desk.version.digest if desk.version else None
    return next((f.document_ref or "" for f in filings if f.digest == digest), "")

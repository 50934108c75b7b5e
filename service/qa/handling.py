"""What people made of the drafts: how far the signed text is from the draft, and what they decided
about each kind of finding. Counts only; no chart, no patient."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer_group

from service.database import now
from service.qa.permissions import check_may_rate
from service.qa.statistics import Proportion, proportion
from service.summary.models import WHOLE, Attestation, Finding, Summary, SummaryVersion
from service.summary.people import SYSTEM, Person
from service.summary.vocabulary import FindingKind, ResolutionAction

SINCE = timedelta(days=90)
AT_MOST = 300  # the newest signatures: a page must not compare a year of texts


@dataclass(frozen=True)
class KindHandled:
    """Findings of one kind on texts that were signed. `overridden` stood by the statement,
    `dismissed` held the finding to be wrong, `corrected` changed the text."""

    kind: FindingKind
    found: int
    overridden: Proportion
    dismissed: Proportion
    corrected: Proportion


@dataclass(frozen=True)
class Handling:
    """Of the texts signed since an instant. `edited_p50` and `edited_p90` are shares of words that
    differ between the last draft of the system and the signed text (0 the same, 1 another text);
    None where nothing was signed."""

    since: datetime
    signed: int
    unedited: Proportion
    edited_p50: float | None
    edited_p90: float | None
    kinds: tuple[KindHandled, ...]


def handling(session: Session, *, by: Person) -> Handling:
    """Of the last 90 days, the newest signatures first. Raises NotPermitted."""
    check_may_rate(by)
    since = now() - SINCE
    pairs = list(_signed(session, since))
    shares = sorted(edited_share(draft.text, signed.text) for _, draft, signed in pairs)
    return Handling(
        since,
        len(pairs),
        proportion(sum(share == 0 for share in shares), len(shares)),
        _rank(shares, 0.5),
        _rank(shares, 0.9),
        _handled([_outcomes(summary, signed) for summary, _, signed in pairs]),
    )


def edited_share(draft: str, signed: str) -> float:
    """Words put in, taken out or replaced, of the words of the longer text (0 to 1)."""
    before, after = draft.split(), signed.split()
    return Levenshtein.distance(before, after) / max(len(before), len(after), 1)


def _signed(
    session: Session, since: datetime
) -> Iterable[tuple[Summary, SummaryVersion, SummaryVersion]]:
    """Summary, the system's last draft before the signature, and the text that was signed first."""
    query = (
        select(Summary, Attestation.digest)
        .join(Attestation, Attestation.summary_id == Summary.id)
        .where(Attestation.meaning == "signed", Attestation.signed_at >= since)
        .order_by(Attestation.signed_at.desc())
        .limit(AT_MOST)
        .options(
            selectinload(Summary.versions).options(
                undefer_group(WHOLE), selectinload(SummaryVersion.findings)
            )
        )
    )
    for summary, digest in session.execute(query):
        signed = next((v for v in reversed(summary.versions) if v.digest == digest), None)
        if signed is None:
            continue
        before = [v for v in summary.versions if v.number <= signed.number and v.made_by == SYSTEM]
        if before:
            yield summary, before[-1], signed


def _outcomes(
    summary: Summary, signed: SummaryVersion
) -> dict[tuple[str, ...], tuple[FindingKind, ResolutionAction | None]]:
    """Each finding once, however many versions carried it, with the last that was decided."""
    last: dict[tuple[str, ...], tuple[FindingKind, ResolutionAction | None]] = {}
    for version in summary.versions:
        if version.number <= signed.number:
            last |= {_same(f): (f.kind, f.resolution) for f in version.findings}
    return last


def _same(finding: Finding) -> tuple[str, ...]:
    return finding.kind, finding.check, finding.message, finding.said, finding.source


def _handled(
    texts: Sequence[dict[tuple[str, ...], tuple[FindingKind, ResolutionAction | None]]],
) -> tuple[KindHandled, ...]:
    by_kind: dict[FindingKind, list[ResolutionAction | None]] = defaultdict(list)
    for outcomes in texts:
        for kind, resolution in outcomes.values():
            by_kind[kind].append(resolution)
    return tuple(_kind(kind, by_kind[kind]) for kind in FindingKind if kind in by_kind)


def _kind(kind: FindingKind, decided: Sequence[ResolutionAction | None]) -> KindHandled:
    def of(action: ResolutionAction) -> Proportion:
        return proportion(decided.count(action), len(decided))

    return KindHandled(
        kind,
        len(decided),
        of(ResolutionAction.ACCEPTED),
        of(ResolutionAction.DISMISSED),
        of(ResolutionAction.CORRECTED),
    )


def _rank(ordered: Sequence[float], share: float) -> float | None:
    """The value that this share of the values does not exceed (nearest rank)."""
    if not ordered:
        return None
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]

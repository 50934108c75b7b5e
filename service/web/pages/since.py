"""A text that changed while somebody was at it: who changed it and how, and where their place is.

Whoever is refused for it reads what is new, not the whole once more; and what they had written
never waits in the form of a statement or finding that only bears the same number now.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from service.review.desk import Desk, VersionHead
from service.review.freshness import difference
from service.review.history import version_texts
from service.summary.progress import find_summary
from service.web.pages.desk import Refused
from service.web.pages.diff import Change, word_diff
from service.web.pages.frame import Page
from service.web.pages.selection import statements


@dataclass(frozen=True)
class Since:
    """Who made the current text, when, and what differs in it from the text that was read."""

    by: str
    at: datetime
    changes: list[Change]


def since(page: Page, desk: Desk, digest: str) -> Since | None:
    """None where the text read is the current one, or no version of this summary."""
    seen, now = _seen(desk, digest), desk.version
    if seen is None or now is None:
        return None
    texts = version_texts(page.session, desk.summary.id)
    old, new, *_ = difference(texts[seen.number], texts[now.number])
    return Since(now.made_by, now.made_at, word_diff(old, new))


def placed(page: Page, desk: Desk, refused: Refused, digest: str) -> Refused:
    """The refusal with its form at the statement that was meant, by its words; with none where
    that statement is gone, or where a finding was meant: each text has findings of its own."""
    name, _, number = refused.form.rpartition("-")
    if _seen(desk, digest) is None or not number.isdecimal():
        return refused
    at = None if name == "finding" else moved_to(page, desk, int(number), digest)
    return replace(refused, form="" if at is None else f"{name}-{at}")


def moved_to(page: Page, desk: Desk, index: int, digest: str) -> int | None:
    """The number that a statement of the text read has now; None where its words are gone."""
    seen = _seen(desk, digest)
    if seen is None:
        return index
    versions = find_summary(page.session, desk.summary.id).versions
    was = next(v for v in versions if v.number == seen.number).content.placed()
    words = next((each.statement.text for each in was if each.index == index), None)
    same = [each.index for each in statements(desk) if each.text == words]
    return index if index in same else next(iter(same), None)


def _seen(desk: Desk, digest: str) -> VersionHead | None:
    """The version that was read, where it is not the current one."""
    if desk.version is None or desk.version.digest == digest:
        return None
    return next((v for v in reversed(desk.versions) if v.digest == digest), None)

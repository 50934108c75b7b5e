"""What changed on a chart, in one line: "2 observations were added, 1 note was changed"."""

from collections import Counter
from collections.abc import Sequence

from service.review.changes import ChangeKind
from service.review.freshness import Change, Freshness
from service.web.pages import words

HAPPENED = {
    ChangeKind.NEW: "added",
    ChangeKind.CHANGED: "changed",
    ChangeKind.REPLACED: "replaced",
    ChangeKind.DELETED: "deleted",
    ChangeKind.IN_ERROR: "marked as entered in error",
    ChangeKind.WITHDRAWN: "withdrawn",
    ChangeKind.RESTRICTED: "restricted",
}
AT_MOST = 8  # lines of changes before the rest folds


def headline(changes: Sequence[Change]) -> str:
    """How many of what, the most telling kinds of change last in the order of `ChangeKind`."""
    counts = Counter((c.kind, c.resource_type) for c in changes)
    told = [
        f"{words.counted(n, words.resource(kind).lower() if kind else 'record')} {HAPPENED[what]}"
        for (what, kind), n in counts.items()
    ]
    return f"{', '.join(told[:4])}{' and more' if len(told) > 4 else ''}"


def state(fresh: Freshness | None) -> str:
    """What a page compares to see whether it is of today: the same changes, the same state."""
    if fresh is None:
        return ""
    return "|".join(f"{c.kind}{c.record_id}{c.danger}" for c in fresh.changes)

"""How much of what matters in the sources a summary says, as one number."""

from collections.abc import Iterable
from functools import lru_cache

from service.verification.lexical import Source
from service.verification.lexicon import is_clinical
from service.verification.omission.check import Checked
from service.verification.omission.lexicon import marks
from service.verification.omission.notes import told_in
from service.verification.words import DATA, stem

# A reader misses what is absent, not a share: of a short source little can be. So a weight of this
# much stands beside the content as if it were said; beside a whole chart it is nothing. Chosen on
# the even rows of mts-dialog (10 to 40 do as well).
ALWAYS_SAID = 20.0
MUST_COUNTS = 0.8  # of completeness at most; half of it with FEW things that must be carried
FEW = 6


def completeness(checked: Checked, sources: Iterable[Source], summary: str) -> float:
    """0 to 1: what must be carried first, then the content of the sources.

    Content is what the sources assert: medicines, concepts, results and the words between them,
    each once, the more salient weighing more. Questions and small talk do not count.
    """
    content = content_share(_content(checked, sources), marks_of(summary))
    part = MUST_COUNTS * len(checked.asked) / (len(checked.asked) + FEW)
    return round(part * checked.share + (1 - part) * content, 4)


def _content(checked: Checked, sources: Iterable[Source]) -> frozenset[str]:
    """The marks of the texts; of structured records, of what must be carried from them."""
    told = [each.text for each in told_in(sources, ())] + [each.fact for each in checked.asked]
    return frozenset().union(*(marks(text) for text in told)) - _talk()


def marks_of(summary: str) -> frozenset[str]:
    return frozenset().union(*(marks(line) for line in summary.splitlines()))


def content_share(content: frozenset[str], said: frozenset[str]) -> float:
    """The weighted share of the content that is said, 0 to 1; 0 where nothing is said."""
    whole = sum(map(_weight, content))
    told = sum(map(_weight, content & said))
    if not whole:
        return 1.0
    return (ALWAYS_SAID + told) / (ALWAYS_SAID + whole) if said else 0.0


@lru_cache(maxsize=20_000)
def _weight(mark: str) -> float:
    if mark.startswith("drug:"):
        return 3.0
    if ":" in mark:
        return 2.0
    return 1.5 if is_clinical(mark) else 0.5


@lru_cache(maxsize=1)
def _talk() -> frozenset[str]:
    return frozenset(map(stem, (DATA / "talk.txt").read_text(encoding="utf-8").split()))

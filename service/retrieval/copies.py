"""Copied-forward text: which passages say again what an older note already said."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.reading.sentences import sentence_spans

# Words whose presence changes nothing that a clinician would act on. Negations, numbers,
# names and tenses are never dropped: "denies SI" and "SI" are two statements.
_FILLER = frozenset(("a", "an", "the", "pt", "patient", "mr", "mrs", "ms", "also", "please"))
_WORD = re.compile(r"(?<!\w)-(?=\d)|[^\W_]+(?:[.,/\-]\d+)*|[<>≥≤=+%?]")
MIN_WORDS = 6  # shorter sentences ("Denies SI.") are said anew at each visit


@dataclass(frozen=True)
class Written:
    """A passage as it was written: `key` names it, `text` is what it says."""

    key: str
    text: str


def normal(text: str) -> str:
    """The words that matter, in order: case, punctuation, bullets and spacing forgotten."""
    return " ".join(word for word in _WORD.findall(text.casefold()) if word not in _FILLER)


def copies_of(passages: Sequence[Written]) -> dict[str, str]:
    """Key of each copy -> key of the passage it repeats. `passages` are oldest first.

    A passage is a copy when every sentence of it stood in older passages already, and it is
    long enough not to be a phrase that everybody writes; it counts for the oldest of those
    passages that shares the most with it. So an inserted sentence, or other line breaks, do
    not hide what was copied, and a changed number or word does not pass as a copy.
    """
    first: dict[str, str] = {}  # sentence -> the original passage that said it first
    found: dict[str, str] = {}
    for passage in passages:
        said = [normal(passage.text[a:b]) for a, b in sentence_spans(passage.text)]
        said = [sentence for sentence in said if sentence]
        if original := _original(said, first):
            found[passage.key] = original
        else:
            for sentence in said:
                first.setdefault(sentence, passage.key)
    return found


def _original(said: Sequence[str], first: dict[str, str]) -> str | None:
    if not said or sum(len(s.split()) for s in said) < MIN_WORDS:
        return None
    origins = [first.get(sentence) for sentence in said]
    known = [origin for origin in origins if origin is not None]
    return _most_frequent(known) if len(known) == len(origins) else None


def _most_frequent(keys: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return max(counts, key=lambda key: counts[key])  # the first, hence the oldest, of equals

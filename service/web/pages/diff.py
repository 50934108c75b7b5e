"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
# The comparison keeps a bit for each pair of tokens: 50 MB of two texts of this length. A summary
# has some hundred words; longer ones are shown one after the other.
MOST_TOKENS = 20_000


@dataclass(frozen=True)
class Change:
    """A run of text that is "same", "gone" (only in the earlier) or "new" (only in the later)."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Change]:
    """The runs in reading order; what is gone stands before what took its place."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if max(len(old), len(new)) > MOST_TOKENS:
        return _changed(before, after)
    found: list[Change] = []
    gone = put = ""
    for turn in LCSseq.opcodes(*_numbered(old, new)):
        was = "".join(old[turn.src_start : turn.src_end])
        is_now = "".join(new[turn.dest_start : turn.dest_end])
        # A blank between two changed words is changed with them: else the eye reads a ladder.
        if turn.tag == "equal" and (was.strip() or not (gone or put)):
            found += [*_changed(gone, put), Change("same", was)]
            gone = put = ""
        else:
            gone, put = gone + was, put + is_now
    return found + _changed(gone, put)


def _numbered(*texts: list[str]) -> list[list[int]]:
    """The same number for the same token."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(token, len(numbers)) for token in text] for text in texts]


def _changed(gone: str, put: str) -> list[Change]:
    found = [Change("gone", gone)] if gone else []
    return [*found, Change("new", put)] if put else found

"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Change:
    """A run of text that is "same", "gone" (only in the earlier) or "new" (only in the later)."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Change]:
    """The runs in reading order; what is gone stands before what took its place."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    # autojunk off: it would drop frequent words from the comparison in texts past 200 tokens.
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Change("same", "".join(old[a:b])))
            continue
        found += [Change("gone", "".join(old[a:b]))] if b > a else []
        found += [Change("new", "".join(new[c:d]))] if d > c else []
    return found

"""Section headings of a note and what they say of all that stands under them."""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from service.verification.words import load

# A label at the beginning of a line or sentence, CAPITALS before a colon anywhere (notes that lost
# their line breaks), or a heading alone on its line.
_LABEL = re.compile(
    r"(?:^|(?<=[.;!?]\s)|(?<=[.;!?]\s\s))[ \t]*(?:[-*•#]+[ \t]*)?"
    r"(?P<label>[A-Z][\w /&()'’,-]{0,44}?)[ \t]*:(?!\d)"
    r"|(?<=\s)(?P<caps>[A-Z][A-Z()/-]+(?: [A-Z()/-]+){0,4}):(?!\d)"
    r"|^[ \t]*(?:#+[ \t]*)?(?P<alone>[A-Z][A-Za-z /&()'’-]{2,44})[ \t]*$",
    re.MULTILINE,
)
_ALONE_WORDS = 5


class Heading(NamedTuple):
    """`kind` is one of the lists of [headings] in the data file, "" for any other heading."""

    start: int
    end: int
    text: str
    kind: str


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    table: dict[str, list[str]] = load("context.toml")["headings"]
    return {name: kind for kind, names in table.items() for name in names}


def kind_of(label: str) -> str:
    """`PAST MEDICAL HX (per chart)` as what it says of its section."""
    plain = " ".join(re.sub(r"\([^)]*\)", " ", label).casefold().split()).strip(" -")
    return _kinds().get(plain, "")


@lru_cache(maxsize=2_048)
def headings(text: str) -> tuple[Heading, ...]:
    """All headings in order. A label that we do not know stands under the heading above it."""
    found: list[Heading] = []
    above: Heading | None = None
    for match in _LABEL.finditer(text):
        name = next(key for key, value in match.groupdict().items() if value)
        kind = kind_of(match[name])
        if name == "alone" and not (kind or _is_heading(match[name])):
            continue
        if name != "alone" and not kind and above and "\n\n" not in text[above.end : match.start()]:
            kind = above.kind
        heading = Heading(match.start(name), match.end(), match[name].strip(), kind)
        above = heading if name == "alone" else above
        found.append(heading)
    return tuple(found)


def heading_at(text: str, place: int) -> Heading | None:
    """The heading that begins at or last before a place in a text."""
    known = headings(text)
    number = bisect_right([h.start for h in known], place) - 1
    return known[number] if number >= 0 else None


def _is_heading(line: str) -> bool:
    words = line.split()
    return len(words) <= _ALONE_WORDS and (line.isupper() or line.istitle())

"""What the first screen of a story must hold, and whether a brief holds it.

The panel is `data/briefs.toml`, which says how its words are meant. A brief is its lines.
"""

import calendar
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PANEL = Path(__file__).parent / "data" / "briefs.toml"
MOST_LINES, MOST_WORDS = 12, 150
ALONE = 3  # letters; a word of no more stands alone ("no" is not in "now")


@dataclass(frozen=True)
class Held:
    """A brief against the panel: names of what it holds, lacks, and says but must not."""

    held: tuple[str, ...]
    missed: tuple[str, ...]
    told: tuple[str, ...]
    untold: tuple[str, ...]
    wrong: tuple[str, ...]


def panel() -> dict[str, dict[str, Any]]:
    """The stories of the panel, by name."""
    return {story["name"]: story for story in _read()["story"]}


def header_fragments() -> list[str]:
    """Words of a form's head, in lower case: none of them is a fact."""
    return list(_read()["header_fragments"])


def judged(story: dict[str, Any], lines: Sequence[str]) -> Held:
    """What the lines hold of what the story's panel asks for."""
    musts = [(m["name"], any(has_all(line, m["all"]) for line in lines)) for m in story["must"]]
    conflicts = [
        (c["name"], any(has_all(line, [w for side in c["sides"] for w in side]) for line in lines))
        for c in story["conflict"]
    ]
    return Held(
        held=tuple(name for name, found in musts if found),
        missed=tuple(name for name, found in musts if not found),
        told=tuple(name for name, found in conflicts if found),
        untold=tuple(name for name, found in conflicts if not found),
        wrong=tuple(_wrong(story, lines)),
    )


def _wrong(story: dict[str, Any], lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        for bait in story["must_not"]:
            unless = bait.get("unless", ())
            if has_all(line, bait["all"]) and not any(has(line, word) for word in unless):
                yield f"{bait['name']} <- {line}"
        for fragment in header_fragments():
            if fragment in without_source(line).lower():
                yield f"header {fragment!r} <- {line}"


def without_source(text: str) -> str:
    """The statement without the brackets at its end that name its source and day."""
    body, opened, last = text.rstrip().rpartition("(")
    return body.rstrip() if opened and last.endswith(")") and days_in(last) else text


def days_in(text: str) -> list[str]:
    """The words of it that are a day, YYYY-MM-DD, in order."""
    words = (word.strip("().,;") for word in text.split())
    return [word for word in words if len(word) == len("2026-08-25") and word[4:8:3] == "--"]


def has_all(line: str, wanted: Sequence[str]) -> bool:
    """Does every entry stand in the line?"""
    return all(has(line, each) for each in wanted)


def has(line: str, entry: str) -> bool:
    """Does one of the entry's alternatives stand in the line?"""
    return bool(_pattern(entry).search(" ".join(line.split())))


@cache
def _pattern(entry: str) -> re.Pattern[str]:
    return re.compile("|".join(map(_alternative, entry.split("|"))), re.IGNORECASE)


def _alternative(words: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        return _either(_day(words))
    if re.fullmatch(r"\d{4}-\d\d", words):
        return _month(words)
    if re.fullmatch(r"(19|20)\d\d", words):
        return rf"(?<!\d){words}(?!\d)"
    return _bounded(words)


def _bounded(words: str) -> str:
    """The words from where a word or number begins; a number or short word also ends there."""
    said = words.rstrip()
    before = r"(?<![\w./-])" if said[0].isdigit() else r"(?<!\w)"
    if said[-1].isdigit():
        return before + re.escape(said) + r"(?!\d|[./-]\d)"
    ends = said != words or len(said) <= ALONE
    return before + re.escape(said) + (r"(?!\w)" if ends else "")


def _either(forms: Iterator[str]) -> str:
    return "(?:" + "|".join(_bounded(form) for form in forms) + ")"


def _day(iso: str) -> Iterator[str]:
    """A day as it is usually written; within one chart the year may be left out."""
    year, month, day = (int(part) for part in iso.split("-"))
    for m, d in ((f"{month:02}", f"{day:02}"), (f"{month}", f"{day}")):
        yield from (f"{m}/{d}/{year}", f"{m}/{d}/{year % 100}", f"{m}/{d}", f"{m}-{d}")
    yield iso
    for name in (calendar.month_name[month], calendar.month_abbr[month]):
        yield from (f"{day} {name}", f"{day:02} {name}", f"{name} {day}", f"{name} {day:02}")


def _month(iso: str) -> str:
    """A month by name or number, or any day of it; a name beside another year is another."""
    year, month = (int(part) for part in iso.split("-"))
    names = "|".join((calendar.month_name[month], calendar.month_abbr[month]))
    named = rf"(?<!\w)(?:{names})\b(?! \d{{4}})|(?<!\w)(?:{names}) {year}"
    numbered = (
        rf"(?<!\d){iso}|(?<!\d)0?{month}/(?:\d\d?/)?{year}|(?<!\d)0?{month}/\d\d?/{year % 100}\b"
    )
    return f"(?:{named}|{numbered})"


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(PANEL.read_text(encoding="utf-8"))

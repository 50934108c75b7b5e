"""Headings on a line of their own or before text: their name and what section they open."""

import re
from functools import cache
from typing import NamedTuple

from service.reading.layout import Place, Section, Stance
from service.reading.structure.lines import Line, is_rule
from service.reading.structure.sentences import trimmed
from service.reading.structure.words import data, section_of, stance_of, words

_MARKDOWN = re.compile(r"(#{1,6})\s+(?=\S)")
_BOLD = re.compile(r"(?:\*\*|__)(?P<name>[^*_\n:]{1,80}):?(?:\*\*|__):?\s*")
_DECORATED = re.compile(
    r"[-=*_~#+]{2,20}\s*(?P<name>[A-Za-z][^=*_~#]{0,60}?)[\s:]*[-=*_~#+]{2,20}$"
)
_NUMBER = re.compile(r"(?:[IVX]{1,4}|[A-Z]|\d{1,2})[.)]\s+(?=[A-Z])")
_FIGURE = re.compile(r"\d")
LONGEST, MOST_WORDS = 80, 8


class Heading(NamedTuple):
    """`place` of the heading with its marks; the section's text begins at `rest`. `style` is how it
    is written; `section` None where it is none of the field's. A `title` may also be an item."""

    place: Place
    name: str
    rest: int
    style: str
    section: Section | None
    stance: Stance | None


def heading_of(text: str, line: Line, *, after_blank: bool, under: Line | None) -> Heading | None:
    """The heading that this line is, or with which it begins in bold. Colons are labels' matter.

    `under` is the next line, which may underline it."""
    if line.end - line.start > 4 * LONGEST:
        return _bold(text, line)
    if marked := _MARKDOWN.match(text, line.start, line.end):
        return _heading(text, line, marked.end(), line.end, f"#{len(marked[1])}")
    if text[line.start] in "*_" and (bold := _bold(text, line)):
        return bold
    if decorated := _DECORATED.match(text, line.start, line.end):
        return _heading(text, line, *decorated.span("name"), "=")
    return _alone(text, line, after_blank=after_blank, under=under) or _bare(text, line)


def _bare(text: str, line: Line) -> Heading | None:
    """ "PMH asthma": a heading of the field in capitals before other text, without a colon."""
    word = text[line.start : min(line.end, line.start + 16)].split(None, 1)[0]
    end = line.start + len(word)
    if word not in data("headings")["bare"]["names"] or text[end : end + 2].isupper():
        return None
    found = _heading(text, line, line.start, end, "CAPS")
    return found._replace(place=Place(line.start, end), rest=end)


def _bold(text: str, line: Line) -> Heading | None:
    bold = _BOLD.match(text, line.start, line.end)
    if not bold:
        return None
    name = bold["name"].strip()
    is_alone = bold.end() == line.end
    known = section_of(name)
    if not (is_alone or known or stance_of(name)) or len(name.split()) > MOST_WORDS:
        return None
    found = _heading(text, line, *bold.span("name"), "**")
    return found._replace(place=trimmed(text, line.start, bold.end()), rest=bold.end())


def _heading(text: str, line: Line, start: int, end: int, style: str) -> Heading:
    name = text[start:end].strip(" \t#*_:=~-")
    if number := _NUMBER.match(name):
        name = name[number.end() :]
    known = section_of(name)
    return Heading(
        Place(line.start, line.end),
        name,
        line.end,
        style,
        known[0] if known else None,
        stance_of(name),
    )


def _alone(text: str, line: Line, *, after_blank: bool, under: Line | None) -> Heading | None:
    """A short line wholly in capitals, of the field's headings, or underlined."""
    said = text[line.start : line.end]
    number = _NUMBER.match(said)
    if line.marker and not number:
        return None
    name = said[number.end() :] if number else said
    if ":" in said or len(said) > LONGEST or len(name.split()) > MOST_WORDS or said[-1] in ".,;!?:":
        return None
    is_under = under is not None and is_rule(text[under.start : under.end][:100])
    known = section_of(name) if len(name) > 1 and name[0].isupper() else None
    is_title = line.start == 0 or not text[: min(line.start, 20)].strip()
    is_shouted = name.isupper() and len(name) > 3 and (is_title or not _FIGURE.search(name))
    if (
        known
        or is_under
        or (is_shouted and after_blank and not line.marker and _may_be_heading(name))
    ):
        style = "_" if is_under else "CAPS" if is_shouted else "Title"
        return _heading(text, line, line.start, line.end, style)
    return None


def _may_be_heading(name: str) -> bool:
    said = name.casefold().split()
    return not (words("denying", "any") | words("owners", "verbs")) & set(said)


def continues(section: Section, said: str, *, is_list: bool = False) -> bool:
    """Does a piece go on with the section that the heading before it on its line opened?"""
    first = said.casefold().split(None, 7)
    if section is Section.SAFETY_PLAN:
        return first[:1] != [] and first[0].strip(".,:") in words("plans", "safety")
    return (section.value in _fragments() or is_list) and not is_own_sentence(said)


def is_question(said: str) -> bool:
    """May a line be asked or named, and answered on the next? No heading of the field's is."""
    if not said[:1].isupper() or len(said) > LONGEST or len(said.split()) > MOST_WORDS:
        return False
    is_ended = said[-1] in ".,;!:" or ":" in said or said.isupper()
    return not (is_ended or section_of(said) or stance_of(said) or is_own_sentence(said))


def is_narrow(section: Section) -> bool:
    return section.value in _narrow()["sections"]


def is_labelled(section: Section) -> bool:
    """Do its lines often have labels of their own?"""
    return section.value in _narrow()["labelled"]


def _fragments() -> list[str]:
    return _narrow()["fragments"]


@cache
def _narrow() -> dict[str, list[str]]:
    told: dict[str, list[str]] = data("headings")["narrow"]
    return told


def is_own_sentence(said: str) -> bool:
    """A sentence of its own rather than an item: it begins with whom it is of, or has a verb."""
    first = [w.strip(".,:;()\"'") for w in said[:120].casefold().split(None, 7)[:6]]
    if not first or first[0] in words("owners", "words"):
        return bool(first)
    return len(first) > 1 and any(w in words("owners", "verbs") for w in first[:4])

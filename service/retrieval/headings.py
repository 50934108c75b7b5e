"""Where a note's sections begin: headings of the field, capitals, "Heading:" lines, Markdown."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_MARKDOWN = re.compile(r"^\s*#{1,6}\s+(?P<name>\S.*)$")
_BOLD = re.compile(r"^\s*(?:\*\*|__)(?P<name>[^*_]{1,80}?):?(?:\*\*|__)[ \t]*:?[ \t]*")
_NAME = re.compile(r"^\s*(?P<name>[A-Za-z][A-Za-z0-9 /&,'()\-]{0,60}?)[ \t]*:(?:[ \t]+|$)")
_UNDERLINE = re.compile(r"^\s*(?:-{3,}|={3,}|_{3,}|\*{3,})\s*$")
LONGEST_WORDS = 8


@dataclass(frozen=True)
class Heading:
    """`name` as written; the section's text begins at `rest`, characters into the line."""

    name: str
    rest: int


@cache
def known_headings() -> dict[str, str]:
    """Every written form, plain, to the key of its section."""
    told = tomllib.loads(files("service.retrieval").joinpath("headings.toml").read_text("utf-8"))
    return {plain(form): key for key, forms in told["headings"].items() for form in forms}


def plain(name: str) -> str:
    """Lower case, single spaces, no colon, no plural."""
    said = re.sub(r"\s+", " ", name.casefold()).strip(" :.*_#")
    return said[:-1] if len(said) > 4 and said.endswith("s") and not said.endswith("ss") else said


def section_key(name: str) -> str:
    """The key of the section that a heading opens; its plain words where it is not of the list."""
    said = plain(name)
    return known_headings().get(said) or known_headings().get(_bare(said)) or said


def is_known(name: str) -> bool:
    said = plain(name)
    return said in known_headings() or _bare(said) in known_headings()


def is_under(heading: str, wanted: Iterable[str]) -> bool:
    """Whether a passage's heading is one of those wanted, whichever way each is written.

    "Assessment and plan" holds both an assessment and a plan.
    """
    keys = {section_key(name) for name in wanted}
    if keys & {"plan", "assessment"}:
        keys.add("assessment-plan")
    return bool(heading) and section_key(heading) in keys


def find_heading(line: str) -> Heading | None:
    """The heading with which this line begins, or None.

    A name before a colon counts when it is of the list, or stands alone on its line; so
    "BP: 120/80" and "Mood: euthymic" stay text.
    """
    if marked := _MARKDOWN.match(line):
        return Heading(marked["name"].rstrip(" \t#").strip("*_: "), len(line))
    if bold := _BOLD.match(line):
        return Heading(bold["name"].strip(), bold.end())
    if named := _NAME.match(line):
        rest = line[named.end() :].strip()
        if _opens_section(named["name"], alone=not rest):
            return Heading(named["name"], named.end())
        return None
    return Heading(line.strip(), len(line)) if _is_shouted(line) else None


def is_underline(line: str) -> bool:
    return bool(_UNDERLINE.match(line))


def _opens_section(name: str, *, alone: bool) -> bool:
    if len(name.split()) > LONGEST_WORDS:
        return False
    if alone:
        return name[0].isupper()
    if not is_known(name):
        return False
    # "a", "s" and "or" are words too: the shortest forms count in capitals only.
    return name.isupper() if len(name) < 3 else name[0].isupper()


def _is_shouted(line: str) -> bool:
    """A short line wholly in capitals, or exactly a heading of the list, and nothing else."""
    said = line.strip()
    if not said or len(said) > 80 or len(said.split()) > LONGEST_WORDS or said[-1] in ".,;!?":
        return False
    letters = [c for c in said if c.isalpha()]
    if len(letters) > 3 and all(c.isupper() for c in letters) and not any(map(str.isdigit, said)):
        return True
    return len(said) > 1 and said[0].isupper() and is_known(said)


def _bare(said: str) -> str:
    """Without brackets and a closing date: "labs 02/10/2026", "risk assessment (c-ssrs)"."""
    return plain(re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\s[\d/.\-]+$", "", said))

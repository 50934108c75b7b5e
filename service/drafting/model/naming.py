"""Names as notes write them: in any case, shortened, in part, with or without accents."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from service.chart.identity import Identity
from service.reading.invisible import unveiled

SHORTEST_NAME = 2  # an initial alone names nobody
SHORTEST_PART = 3  # of a double name; "O" of O'Brien names nobody
LISTS = Path(__file__).parents[1] / "data" / "names.toml"

_RELATIVE = re.compile(
    r"\b(?:mother|father|mom|mum|dad|parents?|sister|brother|siblings?|twin|husband|wife|spouse"
    r"|partner|boyfriend|girlfriend|fiancee?|sons?|daughters?|child|children|aunt|uncle|cousin"
    r"|niece|nephew|grand(?:mother|father|parents?|son|daughter|ma|pa)|step\w+|friend|roommate"
    r"|neighbou?r|carer|caregiver|guardian|proxy|named|called)\b[ ,:(]{1,3}"
    r"((?:[A-Z][a-z'-]+|[A-Z][a-z]*[A-Z][a-z]+)(?: (?:and )?[A-Z][a-z'-]+){0,2})"
)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ROUND = ".()[]\"'“”"  # what stands round a name in `HumanName.text`: Robert "Bob" Smith (Jr.)


def folded(text: str) -> str:
    """The text without accents, with plain quotes and hyphens, and of the same length: whatever
    is found in it stands at the same place in the text."""
    return text if text.isascii() else text.translate(_bases())


def bare(text: str) -> tuple[str, Sequence[int]]:
    """The text as its plain letters, however they are written (accents apart, full width, in
    mathematical letters), and the place in `text` of each of them, and of the end."""
    if text.isascii():
        return text, range(len(text) + 1)
    plain, places = unveiled(text)
    shown = [(at, c) for at, c in zip(places, plain, strict=True) if not unicodedata.combining(c)]
    return folded("".join(c for _, c in shown)), [*(at for at, _ in shown), len(text)]


def name_patterns(who: Identity, texts: Iterable[str]) -> Iterator[str]:
    """Of each name, for folded text; `texts` are folded, and may name relatives."""
    held = list(texts)
    plain = _lowercase_words(held)
    for name in _forms(who.names):
        yield _as_written(name)
        yield from (re.escape(short) for short in _shortened(name) if short.lower() not in plain)
    for text in held:
        for relative in _RELATIVE.finditer(text):
            yield from (
                word
                for word in _WORD.findall(relative[1])
                if word.lower() not in plain and len(word) > SHORTEST_NAME
            )


def _forms(names: Iterable[str]) -> set[str]:
    """Each name whole, and the parts of a double one."""
    whole = {folded(unicodedata.normalize("NFC", name)).strip(_ROUND) for name in names}
    parts = {part for name in whole for part in re.split("['-]", name)}
    return {name for name in whole if len(name) >= SHORTEST_NAME} | {
        part for part in parts if len(part) >= SHORTEST_PART
    }


def _as_written(name: str) -> str:
    """In any case; what is a word too, or as short as one, only where it is written as a name."""
    if len(name) > SHORTEST_NAME and name.lower() not in _ordinary():
        return f"(?i:{re.escape(name)})"
    forms = {name, name.upper(), name.title()} - {name.lower()} or {name}
    return "|".join(map(re.escape, sorted(forms)))


def _shortened(name: str) -> set[str]:
    return {form[:at] for form in (name, name.title()) for at in range(3, len(name))}


def _lowercase_words(texts: Iterable[str]) -> set[str]:
    """Words that the chart also writes small: "Denies" after "mother" is no name."""
    return {word for text in texts for word in _WORD.findall(text) if word.islower()}


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(tomllib.loads(LISTS.read_text("utf-8"))["words"].split())


@cache
def _bases() -> dict[int, str]:
    """Each accented Latin letter to the letter that it is made of, one for one."""
    found = {ord(sign): "'" for sign in "’‘ʼ`´"} | {ord(sign): "-" for sign in "‐‑–"}
    found |= {ord(a): b for a, b in zip("øØłŁđĐħĦı", "oOlLdDhHi", strict=True)}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base, *marks = list(unicodedata.normalize("NFD", chr(code)))
        if marks and base.isascii():
            found[code] = base
    return found


@cache
def shortened_streets() -> dict[str, tuple[str, ...]]:
    """Each form of a word of addresses to all of its forms."""
    forms = (tuple(each.split()) for each in tomllib.loads(LISTS.read_text("utf-8"))["streets"])
    return {form: together for together in forms for form in together}

"""The words by which a note's layout is told, from the data files."""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from service.reading.layout import Section, Stance

# Of one length, so that a place in the folded text is the same place in the text: typographic
# quotes and dashes, no-break and zero-width spaces, line ends of other systems.
_FOLDS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\x00", " "),
        **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
        **dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n"),
        "\uff1a": ":",
    }
)
_AROUND = " \t\n:.*_#\"'=~"


def fold(text: str) -> str:
    """The text as it is looked at: as long as the text, with plain quotes, dashes and spaces."""
    return text.replace("\r\n", " \n").translate(_FOLDS)


@cache
def data(name: str) -> dict[str, Any]:
    path = files("service.reading.structure").joinpath("data", f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def words(table: str, key: str) -> frozenset[str]:
    return frozenset(data("words")[table][key])


@cache
def listed(table: str, key: str) -> tuple[str, ...]:
    return tuple(data("words")[table][key])


def plain(said: str) -> str:
    """Lower case, single spaces, without marks at its ends, soft hyphens and the plural's "s"."""
    kept = " ".join(said.replace("\u00ad", "").casefold().split()).strip(_AROUND)
    return kept[:-1] if len(kept) > 4 and kept[-1] == "s" and kept[-2] != "s" else kept


def bare(said: str) -> str:
    """Without brackets and a closing date: "labs 02/10/2026", "risk assessment (c-ssrs)"."""
    kept, depth = [], 0
    for char in said:
        depth += (char in "([") - (char in ")]" and depth > 0)
        if not depth and char not in ")]":
            kept.append(char)
    return plain("".join(kept).rstrip(" 0123456789/.-"))


def is_correction(said: str, *, most: int) -> bool:
    """Do these words begin with a correction's label, among so many of them?"""
    first = " ".join(w.strip("*([,.:") for w in said[:80].casefold().split()[:most])
    return any(f" {label} " in f" {first} " for label in listed("corrections", "labels"))


@cache
def _sections() -> dict[str, tuple[Section, bool]]:
    return {
        plain(name): (Section(key), kind == "tells")
        for key, lists in data("headings")["sections"].items()
        for kind, names in lists.items()
        for name in names
    }


_JOINED = re.compile(r"(?:(?<!\s)\s++)?(?:/|&|\+|\band\b)\s*", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def section_of(name: str) -> tuple[Section, bool] | None:
    """The section that a heading opens and whether its words are read with its answer."""
    table = _sections()
    known = table.get(plain(name)) or table.get(bare(name))
    return known or _of_two(name) or _by_ending(bare(name))


def _of_two(name: str) -> tuple[Section, bool] | None:
    """ "MEDICAL HISTORY / ALLERGIES" is the first of the two: what is of the other says so."""
    parts = [table for each in _JOINED.split(name) if (table := _sections().get(bare(each)))]
    return parts[0] if len(parts) == 2 and parts[0] != parts[1] else None


def _by_ending(name: str) -> tuple[Section, bool] | None:
    told = name.split()
    if not 1 < len(told) < 5 or any(map(answer_of, told)):  # "NKDA MEDS:" runs in
        return None
    ends: dict[str, list[str]] = data("headings")["endings"]
    return next(
        ((Section(key), False) for key, each in ends.items() if name.endswith(tuple(each))), None
    )


@cache
def _stances() -> dict[str, Stance]:
    told = data("headings")["stances"]
    return {_unfilled(name): Stance(key) for key, names in told.items() for name in names}


@lru_cache(maxsize=4_096)
def stance_of(name: str) -> Stance | None:
    """What a header says of the items under it: "Patient currently denies any of the following"."""
    if len(name) > 90:
        return None
    for said in (plain(name), bare(name), _unfilled(name), _unfilled(bare(name))):
        if said and (found := _stances().get(said)):
            return found
    return None


def _unfilled(name: str) -> str:
    filler = frozenset(data("headings")["filler"]["words"])
    kept = [w for w in plain(name).split() if w not in filler]
    return " ".join(kept) or plain(name)


@cache
def _answers() -> dict[str, Stance]:
    told = data("words")["answers"]
    return {
        word: Stance(key)
        for key in ("yes", "no", "unknown")
        for said in told[key]
        for word in (said, plain(said))
        if word
    }


@lru_cache(maxsize=8_192)
def answer_of(said: str) -> Stance | None:
    """YES, NO or UNKNOWN where these words are an answer and nothing else."""
    if len(said) > 60:
        return None
    kept = " ".join(said.replace("\u00ad", "").casefold().split()).strip(" .;,*_\"'`")
    return _answers().get(kept) or _answers().get(kept.strip("[](){}<> "))

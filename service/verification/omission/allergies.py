"""The allergies that prose names, each with its reaction, or that none is known."""

import re
from collections.abc import Iterable, Iterator

from service.drafting.template import MustCarry
from service.summary.vocabulary import Severity
from service.verification.omission.cues import cue, listed
from service.verification.omission.lexicon import Hit, allergens, hits, marks, reactions
from service.verification.omission.meant import is_of_another
from service.verification.omission.must import Anchor, MustSay, Part
from service.verification.omission.notes import Told

_CUE = re.compile(
    r"\b(?:allerg(?:y|ies|ic)|anaphyla\w+|intoleran\w+)\s*(?:list|history|hx)?\s*"
    r"(?:to|of|:|-|include[sd]?|are|is|with|\()\s*",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:severe|known|documented|reported|drug|food|new)?\s*allerg(?:y|ies)\b", re.I
)
_SPLIT = re.compile(r"[;\n]|,(?![^()]*\))|\.\s|\s(?:and|as well as)\s(?![^()]*\))")
_MAY = re.compile(r"[Aa]llerg|ALLERG|[Aa]naphyl|[Ii]ntoleran")  # most sentences end here
_SIGN = re.compile(r"\s*\(|\s+[-–—>]+\s*|\s*:\s*")
NONE_KNOWN = "concept:no-known-allergy"
LONGEST_NAME = 5  # words of an allergen; more are a sentence about something else


def allergies(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """Each allergen as each sentence names it; that none is known where none is named."""
    named, denied = [], []
    for each in told:
        if NONE_KNOWN in each.keys:
            denied.append(_none_known(each, rule))
        elif (found := list(_items(each))) and not each.stands_under("family-history"):
            named += [_must(each, *item, rule) for item in found]
    yield from named or denied[-1:]


def _none_known(told: Told, rule: MustCarry) -> MustSay:
    return MustSay(
        rule.kind,
        "allergy:none",
        told.text,
        Severity.MINOR,
        rule.reason,
        Anchor(keys=frozenset({NONE_KNOWN})),
        (),
        (told.span,),
        told.day,
    )


def _items(told: Told) -> Iterator[tuple[str, str]]:
    """(allergen, what it did) of the sentence. Behind "allergic to" stands an allergen whatever
    it is; further items, and what stands under the heading, must be known as one."""
    at = _CUE.search(told.text) if _MAY.search(told.text) else None
    if at and is_of_another(told.text, Hit("", at.start(), at.end()), told.heading):
        return
    is_listed = told.heading.lower().startswith("allerg") or _is_bare(told.text)
    if not at and not is_listed:
        return
    pieces = [_parted(item) for item in _SPLIT.split(told.text[at.end() if at else 0 :])]
    for number, (name, reaction) in enumerate(pieces):
        is_first = bool(at) and number == 0
        if _is_allergen(name) and (is_first or _is_known(name) or (_did(reaction) and not at)):
            yield name, reaction or _told_behind(pieces[number + 1 :])


def _told_behind(pieces: list[tuple[str, str]]) -> str:
    """The reaction where it has a clause of its own: "allergic to latex; broke out in hives"."""
    name, reaction = pieces[0] if pieces else ("", "")
    said = f"{name} {reaction}".strip()
    return said if _did(said) and not _is_known(name) else ""


def _is_bare(text: str) -> bool:
    """Nothing but an allergen and, in brackets, what it did: "peanuts (hives)"."""
    if "(" not in text:
        return False
    whole = re.fullmatch(r"\W*([A-Za-z][\w -]{2,30}?)\s*\(([^()]+)\)\W*", text)
    return whole is not None and _is_known(whole[1]) and _did(whole[2])


def _is_known(name: str) -> bool:
    return any(h.key in allergens() or h.key.startswith("drug:") for h in hits(name))


def _did(reaction: str) -> bool:
    return any(hit.key in reactions() for hit in hits(reaction))


def _parted(item: str) -> tuple[str, str]:
    found = _SIGN.search(item) or cue("allergies", "reaction").search(item) or _first_reaction(item)
    name = item[: found.start()] if found else item
    return _bare(name), (item[found.start() :] if found else "").strip(" ()-–—:>.")


def _first_reaction(item: str) -> re.Match[str] | None:
    """Where "latex hives" begins to tell the reaction."""
    start = next((h.start for h in hits(item) if h.key in reactions() and h.start), None)
    return re.compile(r"\s*").match(item, start) if start else None


def _bare(name: str) -> str:
    """Without the words round it: "to penicillin", "Penicillin allergy"."""
    name = re.sub(r"^\s*(?:[-*•]|\d+[.)])\s*", "", _BEFORE.sub(" ", name))
    name = re.sub(r"^(?:to|the|a|an|is|has|include[sd]?)\s+|\ballergies\b", "", name.strip(" .:"))
    return name.strip(" .:()-")


def _is_allergen(name: str) -> bool:
    words = [w.lower() for w in re.findall(r"[A-Za-z][\w-]+", name)]
    if (
        not words
        or len(words) > LONGEST_NAME
        or not listed("allergies", "no_allergen").isdisjoint(words)
    ):
        return False
    return bool(marks(name)) and not re.search(r"\d", name)


def allergen_anchor(name: str) -> Anchor:
    """By the medicine or its kind where it is one, else by its words."""
    known = frozenset(hit.key for hit in hits(name) if hit.key in allergens() | drug_keys(name))
    return Anchor(keys=known) if known else Anchor(words=marks(name), enough=0.6)


def drug_keys(name: str) -> frozenset[str]:
    return frozenset(hit.key for hit in hits(name) if hit.key.startswith("drug:"))


def allergy_key(name: str) -> str:
    """The same for two ways to name one allergen."""
    known = allergen_anchor(name).keys
    kinds = sorted(known & allergens()) or sorted(known) or sorted(marks(name))
    return f"allergy:{' '.join(kinds)}"


def reaction_part(reaction: str) -> tuple[Part, ...]:
    words = marks(reaction)
    return (
        (Part("reaction", reaction, words=words, enough=1 / max(2, len(words))),) if words else ()
    )


def _must(told: Told, name: str, reaction: str, rule: MustCarry) -> MustSay:
    fact = f"{name}: {reaction}" if reaction else name
    return MustSay(
        rule.kind,
        allergy_key(name),
        fact,
        rule.severity,
        rule.reason,
        allergen_anchor(name),
        reaction_part(reaction),
        (told.span,),
        told.day,
    )

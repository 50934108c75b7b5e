"""Names of things as Concepts: the same key here as in a note."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from service.chart.render import words
from service.reading.assertions import Certainty, Concept, Kind, Polarity, Time
from service.reading.lexicon import Mention, mentions
from service.reading.resources.tables import plain, table

LONGEST = 300  # characters of a name: what is longer is no name, and is not kept in mind
# Where a name says more than one thing, these come first for what the resource is of.
_PREFERRED = {
    Kind.MEDICINE: (Kind.MEDICINE, Kind.SUBSTANCE),
    Kind.ALLERGY: (Kind.MEDICINE, Kind.SUBSTANCE, Kind.ALLERGY),
    Kind.PROBLEM: (Kind.RISK, Kind.PROBLEM, Kind.SYMPTOM, Kind.FINDING, Kind.SUBSTANCE),
    Kind.PROCEDURE: (Kind.LEGAL, Kind.RISK, Kind.SCORE, Kind.PROCEDURE, Kind.MEASUREMENT),
    Kind.EVENT: (Kind.EVENT, Kind.PROCEDURE),
    Kind.LEGAL: (Kind.LEGAL, Kind.RISK),
}
_MEASURED = (
    *(Kind.SCORE, Kind.RISK, Kind.MEASUREMENT, Kind.SUBSTANCE, Kind.MEDICINE),
    *(Kind.SYMPTOM, Kind.FINDING, Kind.PROBLEM, Kind.LEGAL, Kind.SETTING),
)

# Words that make another thing of what they stand beside: an antibody to it, a ratio of two.
_PROPERTY = re.compile(r"\[[^\[\]]*\]")  # LOINC's "[Moles/volume]", "[Reported.PHQ]"
_OF_ANOTHER = frozenset(("ratio", "antibody", "antibodies", "receptor", "ab"))


class Named(NamedTuple):
    """A concept, the words that the name says it with, and the name's other telling words."""

    concept: Concept
    said: str
    words: frozenset[str] = frozenset()


class Lead(NamedTuple):
    """What the first words of a name say of the rest: "history of", "no known", "suspected"."""

    rest: str
    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty = Certainty.SURE
    time: Time = Time.NOW
    is_family: bool = False


def is_risk_of(name: str, each: "Named") -> bool:
    """Does the name speak of a risk of the thing, not of the thing: "Fall risk", "risk of fall"?"""
    said, thing = f" {plain(name)} ", plain(each.said)
    if each.concept.kind is Kind.RISK and "risk" in thing:
        return False
    return f" {thing} risk " in said or f" {thing} behaviour risk " in said or " risk of " in said


def named(name: str, kind: Kind) -> tuple[Named, ...]:
    """Everything that the name names, of the kinds that fit first; never empty but for "".

    A name that the lexicon does not know is a concept of `kind` under its own plain words. What
    is longer than any name is read as far as one may reach.
    """
    return _named(name[:LONGEST], kind)


@lru_cache(8192)
def _named(name: str, kind: Kind) -> tuple[Named, ...]:
    if not plain(name):
        return ()
    if kind is Kind.MEASUREMENT:
        return (_measured(name),)
    wanted = _PREFERRED.get(kind, (kind,))
    every = mentions(name)
    found = [m for m in every if m.concept.kind in wanted]
    if kind in (Kind.MEDICINE, Kind.ALLERGY):
        found = [m for m in found if not _is_form(m)] or found
        told = [Named(_ordered(m.concept, kind), m.said, _others(every, found)) for m in found]
        return _once(told) or (Named(Concept(kind, key(_substance(name))), name),)
    found = [m for m in found if not _is_head(m, name)]
    first = min((wanted.index(m.concept.kind) for m in found), default=None)
    best = [m for m in found if wanted.index(m.concept.kind) == first]
    told = [Named(m.concept, m.said, _others(every, best)) for m in best]
    return _once(told) or (Named(Concept(kind, key(name)), name),)


def _once(told: list[Named]) -> tuple[Named, ...]:
    """Each concept where it is first named: "chronic kidney disease (CKD)" is one."""
    return tuple({each.concept: each for each in reversed(told)}.values())[::-1]


def _ordered(concept: Concept, kind: Kind) -> Concept:
    """A substance that is ordered is given against itself."""
    other = table("forms.toml")["ordered"].get(concept.key) if kind is Kind.MEDICINE else None
    return Concept(kind, other) if other else concept


def _is_form(mention: Mention) -> bool:
    """Is it the "depot injection" of a medicine's name?"""
    return set(plain(mention.said).split()) <= set(table("forms.toml")["forms"])


def _is_head(mention: Mention, name: str) -> bool:
    """Is it the "disease" of "Huntington disease", which names nothing by itself?"""
    return plain(mention.said) in table("forms.toml")["heads"] and plain(mention.said) != plain(
        name
    )


def _measured(name: str) -> Named:
    """What a result is of: the first thing named; of a medicine its level, of two their ratio."""
    shown = _PROPERTY.sub("", name) or name
    every, found = _measures(shown)
    if not found:  # the bracket of "Total score [AUDIT-C]" is the thing itself
        every, found = _measures(name)
    if not found or not _OF_ANOTHER.isdisjoint(plain(shown).split()):
        return Named(Concept(Kind.MEASUREMENT, key(name)), name)
    best = min(found, key=lambda m: _MEASURED.index(m.concept.kind))
    rest = _others(every, [best])
    if best.concept.kind is Kind.MEDICINE:
        return Named(Concept(Kind.MEASUREMENT, f"{best.concept.key}-level"), best.said, rest)
    return Named(best.concept, best.said, rest)


def _measures(name: str) -> tuple[Sequence[Mention], list[Mention]]:
    """Everything that a name names, and what of it a result can be of."""
    every = mentions(name)
    return every, [m for m in every if m.concept.kind in _MEASURED and not _is_head(m, name)]


def _others(every: Sequence[Mention], told: Sequence[Mention]) -> frozenset[str]:
    """The keys of what else the name says."""
    return frozenset(m.concept.key for m in every) - {m.concept.key for m in told}


def key(name: str) -> str:
    """A name of its own as the key of a concept."""
    return plain(name).replace(" ", "-")


def _substance(name: str) -> str:
    """A medicine's name without strength and form: "zuclopenthixol" of "... 200 mg/mL"."""
    kept: list[str] = []
    forms = table("forms.toml")["forms"]
    for word in plain(name).split():
        if word[0].isdecimal() or (kept and word in forms):
            break
        kept.append(word)
    return " ".join(kept) or plain(name)


def lead(name: str) -> Lead:
    """What stands before the thing in a name of a problem list ("History of suicide attempt")."""
    return _lead_of(name[:LONGEST])


@lru_cache(8192)
def _lead_of(name: str) -> Lead:
    said = plain(name)
    if name.startswith("?"):
        return Lead(name.lstrip("? "), certainty=Certainty.POSSIBLE)
    for told, phrases in table("leads.toml")["first"].items():
        for phrase in phrases:
            if said.startswith(f"{phrase} "):
                return _lead(name[_end_of(name, len(phrase.split())) :].strip(" :,-()"), told)
    for told, phrases in table("leads.toml")["last"].items():
        if any(said.endswith(f" {phrase}") for phrase in phrases):
            return _lead(name, told)
    return Lead(name)


def _lead(rest: str, told: str) -> Lead:
    return {
        "family": Lead(rest, time=Time.EVER, is_family=True),
        "past": Lead(rest, time=Time.PAST),
        "denied": Lead(rest, Polarity.NEGATED),
        "never": Lead(rest, Polarity.NEGATED, time=Time.EVER),
        "unknown": Lead(rest, Polarity.UNKNOWN),
        "possible": Lead(rest, certainty=Certainty.POSSIBLE),
        "risked": Lead(rest, time=Time.IF),
    }[told]


def _end_of(name: str, count: int) -> int:
    """Where the first words of a name end."""
    at = 0
    for _ in range(count):
        while at < len(name) and not name[at].isalnum():
            at += 1
        while at < len(name) and (name[at].isalnum() or name[at] == "_"):
            at += 1
    return at


def concept_text(value: object) -> str:
    """The name that a CodeableConcept goes by, "" where it has none but a code."""
    for element in words.each(value):
        if said := words.text(element.get("text")) or _display(element):
            return words.untagged(said)
    return value.strip() if isinstance(value, str) else ""


def _display(element: Any) -> str:
    codings = words.each(element.get("coding")) or [element]
    return next((d for c in codings if (d := words.text(c.get("display")))), "")

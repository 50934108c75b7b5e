"""Facts told freely, as a model that writes for a reader does.

A fact's line ("lithium (medicine): current; 600 mg; at bedtime; since 2026-08-26; ...") is put into
one of several sentences, its dates written in one of several ways.
"""

import re
from collections.abc import Iterator
from random import Random

from fhir_fixtures.scripted_model.drafting import Said
from fhir_fixtures.scripted_model.evidence import Question
from fhir_fixtures.scripted_model.facts_read import Read, read_fact
from fhir_fixtures.scripted_model.ways import OTHER_MANNER, OTHER_WAYS, WAYS

DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_PLACE = re.compile(r"\{([a-z]+)\}")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
OVER = ("past", "refuted")


def retold(read: Read, chance: Random, manner: int) -> str | None:
    """The fact in a sentence; None where this model has nothing to say of its kind."""
    every = OTHER_WAYS if manner >= OTHER_MANNER else WAYS
    over = read.standing in OVER
    ways = every.get(f"{read.kind} {read.standing}") or every.get(f"{read.kind} {over}")
    held = _held(read, chance)
    usable = [way for way in ways or () if all(held[name] for name in _PLACE.findall(way))]
    if not usable:
        return None
    text = chance.choice(usable).format(**held)
    return text[:1].upper() + text[1:]


def _held(read: Read, chance: Random) -> dict[str, str]:
    return {
        "name": read.name,
        "dose": read.dose,
        "often": read.often,
        "level": read.level,
        "told": _day(read.told, chance),
        "since": _day(read.since, chance),
        "until": _day(read.until, chance),
    }


def _day(iso: str, chance: Random) -> str:
    """A date as people write it."""
    found = DAY.fullmatch(iso)
    if not found:
        return iso
    year, month, day = found[1], int(found[2]), int(found[3])
    name = MONTHS[month - 1]
    return chance.choice((iso, f"{day} {name} {year}", f"{name} {day}, {year}", f"{name} {year}"))


def retell(question: Question, seed: int) -> list[Said]:
    """As many facts as may be told, each in this model's own words."""
    found = (each for each, _ in told_of(question, seed))
    return [said for said, _ in zip(found, range(question.most), strict=False)]


def told_of(question: Question, seed: int) -> Iterator[tuple[Said, Read]]:
    for fact_id, line in question.facts:
        read = read_fact(fact_id, line)
        chance = Random(f"{seed}\0{line}")  # noqa: S311 - a script, not a secret
        text = retold(read, chance, seed) if read else None
        if read and text:
            yield Said(text, fact_id, ""), read

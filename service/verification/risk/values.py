"""What stands beside a risk and must stay with it: means, times, degree, estimates of level."""

import re
from functools import lru_cache
from typing import NamedTuple

from service.verification.facts import facts
from service.verification.words import load

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_WHEN = re.compile(
    r"\b(?:(?i:yesterday|tonight|last (?:night|week|month|year|spring|summer|fall|autumn|winter)"
    r"|this (?:morning|week|month|year)|\w+ (?:days?|weeks?|months?|years?) ago"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|childhood|adolescence|lifetime|ever|never"
    r"|earlier today|(?:in|over|during|within|for) the (?:past|last) (?:week|month|year)"
    r"|January|February|April|June|July|August|September|October|November|December)|March|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
    r"\b\.?)\b"  # "MAR" is the medication administration record, "march" a walk
)
_DAY = re.compile(r"\d{1,2}/\d{1,2}")  # "2/11", day and month either way round
_LATELY = re.compile(r"^(?:in|over|during|within|for) the (?:past|last)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def means(text: str) -> set[str]:
    """The means that a text names, each by the name of its group."""
    words = set(_WORD.findall(text.casefold()))
    plain = text.casefold()
    return {
        name
        for name, said in load("risk.toml")["means"].items()
        if any(word in words if " " not in word else word in plain for word in said)
    }


def times(text: str) -> set[str]:
    """Times by name, months by their first three letters."""
    found = (" ".join(match[0].casefold().rstrip(".").split()) for match in _WHEN.finditer(text))
    named = {_LATELY.sub("in the past", each) for each in found}
    return {word[:3] if word[:3] in _MONTHS else word for word in named}


def months(text: str) -> set[str]:
    """The months of a text's dates ("2026-03-10" has March)."""
    held = facts(text)
    dates = [fact.value for fact in held if fact.check == "date"]
    pairs = [fact.value for fact in held if fact.check == "number" and _DAY.fullmatch(fact.said)]
    numbers = {day[1] for day in dates if isinstance(day, tuple) and day[1]}
    numbers |= {int(n) for pair in pairs if isinstance(pair, tuple) for n in pair if n <= 12}
    return {_MONTHS[n - 1] for n in numbers if n}


def degrees(text: str) -> set[str]:
    """The words of how much and how often."""
    known = load("risk.toml")["qualifiers"]
    words = frozenset(known["words"]) - frozenset(known["critical"])
    return set(_WORD.findall(text.casefold())) & words


class Level(NamedTuple):
    """An estimate of risk: acute or chronic, of what, how high; "" where it does not say."""

    kind: str
    about: str
    degree: str

    def agrees(self, held: "Level") -> bool:
        """The same degree; a kind that is said is said there too; of the same thing."""
        is_kind = not self.kind or self.kind == held.kind
        is_about = not self.about or not held.about or self.about == held.about
        return is_kind and is_about and self.degree == held.degree


@lru_cache(maxsize=1)
def _level() -> re.Pattern[str]:
    words = "|".join(load("risk.toml")["levels"]["words"])
    one = rf"(?:{words})(?:(?: |-)to(?: |-)(?:{words}))?"
    kinds = r"(?:acute|chronic|imminent|baseline|overall|near-term|long-term|short-term)"
    about = r"suicide|suicidal|violence|self-harm|safety|harm|homicide|self-neglect|neglect"
    return re.compile(
        rf"(?P<kind>{kinds} )?(?:(?P<about>{about}) )?(?:current )?"
        rf"risk(?: (?:for|of|to) [\w -]{{1,40}}?)?"
        rf"(?: level)?(?:\s*[:=-])?(?: (?:is|was|are|remains|assessed|estimated|judged|rated"
        rf"|considered|as|at|to be|currently|overall|today|now|felt|acutely|chronically))*"
        rf" (?P<after>{one})\b"
        rf"|\b(?P<before>{one})[ -](?P<kind2>{kinds} )?(?:(?P<about2>{about}) )?risk\b",
        re.IGNORECASE,
    )


def levels(text: str) -> set[Level]:
    """Every estimate."""
    return {
        Level(
            (m["kind"] or m["kind2"] or "").strip().casefold(),
            (m["about"] or m["about2"] or "").casefold().replace("suicidal", "suicide"),
            (m["after"] or m["before"]).casefold().replace("-", " "),
        )
        for m in _level().finditer(" ".join(text.split()))
    }

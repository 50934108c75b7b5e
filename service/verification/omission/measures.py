"""Scores and results that prose tells: an instrument or an analyte, its value, its day."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from service.drafting.template import MustCarry
from service.verification.facts import Fact
from service.verification.omission.cues import cue, listed
from service.verification.omission.lexicon import Hit, marks
from service.verification.omission.meant import is_of_another
from service.verification.omission.must import Anchor, MustSay, Part
from service.verification.omission.notes import Told
from service.verification.words import load

# What may stand between the name and its value.
_VALUE = re.compile(
    rf"(?:\s*\([^()0-9]{{1,30}}\))?\s*(?:{'|'.join(listed('measures', 'between'))}|[=:,~><(–-]|\s)*"
    r"(?:(?:\w+ )?from (?P<was>\d+(?:\.\d+)?),? (?:down |up )?to )?(?P<value>\d+(?:\.\d+)?)"
    rf"(?!\d*[\s-]?(?:{'|'.join(listed('measures', 'units_of_other'))})|[/-]\d{{1,2}}[/-]|\.\d)",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[↑↓]|\([HL]\)")


@dataclass(frozen=True)
class Measured:
    """A value told of a measure; `around` is the clause in which it stands."""

    told: Told
    name: str
    value: float
    said: str
    around: str
    was: str | None = None


def measured(told: Iterable[Told], group: str) -> Iterator[Measured]:
    """Every value that a sentence gives a measure of the group ("score", "result")."""
    for each in (t for t in told if group in t.kinds):
        for hit in each.outer:
            if not hit.key.startswith(f"{group}:") or is_of_another(each.text, hit, each.heading):
                continue
            if found := _value(each, hit):
                yield found


def _value(told: Told, hit: Hit) -> Measured | None:
    match = _VALUE.match(told.text, hit.end)
    if match is None:
        return None
    stop = re.search(r"[;\n]|\.(?=\s|$)", told.text[match.end() :])
    end = match.end() + stop.start() if stop else len(told.text)
    name = hit.key.partition(":")[2]
    return Measured(
        told, name, float(match["value"]), match["value"], told.text[hit.start : end], match["was"]
    )


def newest(found: Iterable[Measured]) -> dict[str, Measured]:
    """The last word on each measure; of one sentence the first value, which is its newest."""
    held: dict[str, Measured] = {}
    for each in found:
        before = held.get(each.name)
        if before is None or before.told is not each.told:
            held[each.name] = each
    return held


def is_abnormal(measure: Measured) -> bool:
    """Said to be so, or outside what an adult's may be."""
    bounds = load("measures.toml")["results"].get(measure.name, {})
    low, high = bounds.get("low"), bounds.get("high")
    outside = (low is not None and measure.value < low) or (
        high is not None and measure.value > high
    )
    said_so = _SIGN.search(measure.around) or cue("measures", "abnormal").search(measure.around)
    return outside or bool(bounds.keys() & {"low", "high"} and said_so)


def must_say(
    measure: Measured, group: str, rule: MustCarry, before: Measured | None = None
) -> MustSay:
    told, key = measure.told, f"{group}:{measure.name}"
    parts = [Part("value", measure.said, (_number(measure.value, measure.said),))]
    if before is not None:
        parts += direction(before.value, measure.value, before.said)
    return MustSay(
        rule.kind,
        key,
        told.text,
        rule.severity,
        rule.reason,
        Anchor(keys=frozenset({key})),
        tuple(parts),
        (told.span,),
        told.day,
    )


def _number(value: float, said: str) -> Fact:
    return Fact("number", float(f"{value:.6g}"), said)


def direction(old: float, new: float, said: str) -> list[Part]:
    """That it rose or fell, told by a word for it or by the value before; [] where it did not."""
    if old == new:
        return []
    words = marks(" ".join(listed("measures", "rose" if new > old else "fell")))
    return [Part("direction", f"from {said}", (_number(old, said),), words, 1 / len(words))]


def scores(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """The newest value of each instrument, with the direction from the one before."""
    found = list(measured(told, "score"))
    last = newest(found)
    for each in last.values():
        yield must_say(each, "score", rule, _before(each, found) if rule.direction else None)


def _before(last: Measured, found: list[Measured]) -> Measured | None:
    """What it rose or fell from: told with it ("from 21 to 9"), else by the sentence before."""
    if last.was is not None:
        return replace(last, value=float(last.was), said=last.was)
    older = [
        each
        for each in found
        if each.name == last.name and each.told is not last.told and each.told.day < last.told.day
    ]
    return older[-1] if older else None


def abnormal_results(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """The newest value of each result, where that is abnormal."""
    for each in newest(measured(told, "result")).values():
        if is_abnormal(each):
            yield must_say(each, "result", rule)

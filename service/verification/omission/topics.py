"""What prose says on a concept of a rule: the last word on it, all of its history, or each item."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from service.drafting.template import MustCarry
from service.drafting.words import mentions
from service.verification.facts import Fact, facts
from service.verification.omission.cues import cue
from service.verification.omission.lexicon import Hit, marks, problems
from service.verification.omission.meant import (
    clause,
    is_denied,
    is_historical,
    is_of_another,
    is_supposed,
    is_unanswered,
)
from service.verification.omission.must import Anchor, MustSay, Part
from service.verification.omission.notes import Told, lately

HELD = (
    "assessment",
    "assessment-plan",
    "diagnoses",
    "medical-history",
    "psychiatric-history",
    "problem",
    "diagnos",
    "impression",
    "history of present",
    "hospital course",
)
_JUST_BEFORE = r":?\s+(?:[\w-]+\s+){0,3}$"
_COMMA = re.compile(r",(?![^()]*\))")
LONGEST_TITLE = 7  # words of a sentence that only names a problem
LONGEST_ITEM = 400  # characters; a longer sentence is a list that a machine wrote


@dataclass(frozen=True)
class Mention:
    """A sentence on a concept, and whether it denies it."""

    told: Told
    hit: Hit
    denied: bool

    @property
    def around(self) -> str:
        start, end = clause(self.told.text, self.hit)
        return self.told.text[start:end]


def mentions_of(told: Iterable[Told], wanted: Collection[str]) -> Iterator[Mention]:
    """Where a sentence asserts or denies one of the concepts of the patient, newest first.

    The caller may take out of `wanted` what it needs no older word on.
    """
    for each in reversed(list(told)):
        for hit in () if each.keys.isdisjoint(wanted) else reversed(each.outer):
            if hit.key in wanted and not _is_label(each, hit) and not _is_aside(each, hit):
                yield Mention(each, hit, is_denied(each.text, hit, each.heading))


def _is_label(told: Told, hit: Hit) -> bool:
    """ "SUBSTANCE USE:" names what follows and says nothing of it."""
    rest = told.text[hit.end :].lstrip()
    return rest.startswith(":") and bool(rest[1:].strip()) and not is_denied(told.text, hit)


def _is_aside(told: Told, hit: Hit) -> bool:
    """Told of a relative, only supposed, or left unanswered?"""
    if is_unanswered(told.text, hit, told.heading):
        return True
    return is_of_another(told.text, hit, told.heading) or is_supposed(told.text, hit, told.heading)


def latest(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """The last word on each concept, with its polarity."""
    wanted = set(rule.keys)
    for each in mentions_of(lately(told, rule.within_days), wanted):
        if _is_of_the_past(each):
            continue
        if rule.degrees and not _degree(each, rule):
            continue
        if not each.denied or rule.denials:
            yield _must(each, rule, each.hit.key)
        wanted -= rule.keys if rule.take == "latest" else {each.hit.key}


def ever(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """What was ever affirmed."""
    found: dict[str, Mention] = {}
    for each in mentions_of(told, rule.keys):
        if not each.denied:
            found.setdefault(each.hit.key, each)
    for key, each in found.items():
        yield _must(each, rule, key)


def _is_of_the_past(mention: Mention) -> bool:
    """Does the clause speak of another time than its note's own?"""
    told = mention.told
    if is_historical(told.text, mention.hit, told.heading):
        return True
    return any(str(year) < told.day[:4] for year in _years(mention))


def _years(mention: Mention) -> tuple[int, ...]:
    """The year that the words round it, up to a comma, give the event."""
    start, end = clause(mention.told.text, mention.hit)
    behind = _COMMA.split(mention.told.text[mention.hit.end : end])[0]
    before = _COMMA.split(mention.told.text[start : mention.hit.start])[-1]
    found = _dates(behind)[:1] or _dates(before)[-1:]
    return tuple(f.value[0] for f in found if isinstance(f.value, tuple) and f.value[0])


def _dates(text: str) -> list[Fact]:
    found = [f for f in facts(text) if f.check == "date"]
    return sorted(found, key=lambda fact: text.find(fact.said))


def _must(mention: Mention, rule: MustCarry, key: str) -> MustSay:
    told = mention.told
    parts = (
        [Part("denial" if mention.denied else "affirmation", denied=mention.denied)]
        if rule.polarity
        else []
    )
    if rule.degrees and (degree := _degree(mention, rule)):
        parts.append(Part("grade", " ".join(sorted(degree)), words=degree, enough=0.5))
    return MustSay(
        rule.kind,
        key,
        told.text,
        rule.severity,
        rule.reason,
        Anchor(keys=frozenset({mention.hit.key})),
        tuple(parts),
        (told.span,),
        told.day,
    )


def _degree(mention: Mention, rule: MustCarry) -> frozenset[str]:
    """Words of the clause that grade it: low, moderate, high."""
    return marks(mention.around) & marks(" ".join(rule.degrees))


def problems_held(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """Illnesses that an assessment, a problem list or the words before them say the patient has."""
    wanted = set(problems())
    for each in mentions_of(told, wanted):
        if not _is_held(each):
            continue
        if not each.denied and not is_historical(each.told.text, each.hit):
            yield _must(each, rule, each.hit.key)
        wanted.discard(each.hit.key)


def _is_held(mention: Mention) -> bool:
    before = mention.told.text[: mention.hit.start]
    said_to_have = cue("problems", "has", _JUST_BEFORE).search(before)
    return bool(said_to_have or _is_whole(mention) or mention.told.stands_under(*HELD))


def _is_whole(mention: Mention) -> bool:
    """Is the sentence little but the name of the problem: "MDD, recurrent, moderate."?"""
    text = mention.told.text
    return len(text.split()) <= LONGEST_TITLE and len(text[: mention.hit.start].split()) <= 2


def items(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """Each sentence of the newest note that speaks of it, to be told in substance."""
    note: tuple[str, int] | None = None
    for each in reversed(list(told)):
        if note and each.order[:2] != note:
            return
        if _is_item(each, rule):
            note = each.order[:2]
            yield _item(each, rule)


def _item(told: Told, rule: MustCarry) -> MustSay:
    said = marks(told.text)
    anchor = Anchor(words=said, enough=rule.enough, values=tuple(_values(told.text)))
    return MustSay(
        rule.kind,
        " ".join(sorted(said)),
        told.text,
        rule.severity,
        rule.reason,
        anchor,
        (),
        (told.span,),
        told.day,
    )


def _is_item(told: Told, rule: MustCarry) -> bool:
    if len(told.text) > LONGEST_ITEM:
        return False
    is_listed = bool(rule.headings) and told.stands_under(*rule.headings)
    return (is_listed or _speaks_of(told, rule)) and len(marks(told.text)) > 1


def _speaks_of(told: Told, rule: MustCarry) -> bool:
    if told.keys.isdisjoint(rule.keys) or (rule.needs and not mentions(told.text, rule.needs)):
        return False
    return any(
        h.key in rule.keys and not _is_aside(told, h) and not is_denied(told.text, h, told.heading)
        for h in told.outer
    )


def _values(text: str) -> list[Fact]:
    return [f for f in facts(text) if f.check in ("date", "dose", "number")]

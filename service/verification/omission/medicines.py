"""The medicines that prose names: taken with their dose, or stopped with the reason."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.drafting.template import MustCarry
from service.verification.facts import Fact, facts
from service.verification.omission.cues import cue, listed
from service.verification.omission.lexicon import Hit, hits, marks
from service.verification.omission.meant import is_denied, is_of_another
from service.verification.omission.must import Anchor, MustSay, Part
from service.verification.omission.notes import Told, lately
from service.verification.words import STOP, stem

_FORMS = "|".join(listed("medicines", "forms"))
_DOSED = re.compile(
    rf"\b([A-Za-z][a-z]{{3,}}(?:-[a-z]{{4,}})?)(?:\s+(?:{_FORMS})\b)*"
    r"\s+\d+(?:\.\d+)?\s?(?:mg|mcg|µg|units?|mEq)\b(?!/dL|/L)"
)
_AMOUNT = re.compile(r"\d\s?(?:m|µ|u)")
_JUST_BEFORE = r":?\s+(?:\w+\s+){0,2}$"
_JOIN = re.compile(r"(?:\s*hydrochloride)?\s*(?:[\d.]+\s*(?:mg|mcg|ml))?\s*[-/]\s*", re.IGNORECASE)
_OF_WHAT = r"(?P<why>[^,;()]+)"
_TAKEN_IN = re.compile(r"\S+\W+(?:ingestion|overdose|poisoning|toxicity|levels?)\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(:]\s*" + _OF_WHAT)
_STOPPED_LIST = re.compile(r"^\W*(?:stopped|discontinued|held)[^:]{0,30}:", re.IGNORECASE)
_COMPANIONS = {f"drug:{name}" for name in ("acetaminophen", "aspirin", "naloxone", "ibuprofen")}
STOPPED = Part("stop", words=frozenset({"concept:stopped"}))
_NOW = re.compile(r"\bto\b|→|->|\bnow\b", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """A medicine at a place: `segment` is what the sentence says of it."""

    name: str
    key: str
    start: int
    before: str
    segment: str

    @property
    def anchor(self) -> Anchor:
        if self.key.startswith("drug:"):
            return Anchor(keys=frozenset({self.key}))
        return Anchor(words=frozenset({stem(self.name)}))


@dataclass(frozen=True)
class _Mention:
    """A sentence that says of a medicine that it is taken, or was stopped."""

    told: Told
    named: Named
    was_stopped: bool

    @property
    def doses(self) -> tuple[Fact, ...]:
        return doses(self.named.segment)


def medicines(told: Iterable[Told], rule: MustCarry, *, stopped: bool) -> Iterator[MustSay]:
    """Those taken, or those stopped, by the newest sentence on each."""
    held = list(told)
    inside = set(lately(held, rule.within_days))
    for mention in _newest(held).values():
        if mention.was_stopped is not stopped or (stopped and _is_long_past(mention.told)):
            continue
        if mention.told in inside:
            yield _must(mention, rule)


def _newest(told: Iterable[Told]) -> dict[str, _Mention]:
    """By medicine. A newer word without a dose does not hide the dose told before."""
    found: dict[str, _Mention] = {}
    settled: set[str] = set()
    for each in reversed(list(told)):
        if not _may_name(each, settled):
            continue
        for named in reversed(named_in(each)):
            mention = None if named.key in settled else _mention(each, named)
            if mention and _settles(found.get(named.key), mention, found):
                settled.add(named.key)
    return found


def _may_name(told: Told, settled: set[str]) -> bool:
    """Is there a medicine in it on which no newer sentence has said all?"""
    drugs = {key for key in told.keys if key.startswith("drug:")}
    return not drugs <= settled or bool(_AMOUNT.search(told.text))


def _settles(newer: _Mention | None, older: _Mention, found: dict[str, _Mention]) -> bool:
    """Keep what is newest; is no older sentence needed beside it?"""
    if newer is not None and newer.was_stopped != older.was_stopped:
        return True
    if newer is None or older.doses:
        found[older.named.key] = older
    return bool(older.doses) or older.was_stopped


def _mention(told: Told, named: Named) -> _Mention | None:
    if told.stands_under("allergies", "family-history") or _is_of_others(told, named):
        return None
    if any(hit.key == "concept:suicide-attempt" for hit in told.hits):
        return None  # what was taken in an overdose is no medicine of theirs
    listed = _STOPPED_LIST.match(named.before) or told.stands_under("stopped", "discontinued")
    stopped = bool(
        listed or cue("medicines", "stopped").search(f"{named.before[-40:]} {named.segment}")
    )
    if not stopped and not _is_taken(told, named):
        return None
    return _Mention(told, named, stopped)


def _is_of_others(told: Told, named: Named) -> bool:
    return is_of_another(told.text, _hit(named), told.heading)


def _hit(named: Named) -> Hit:
    return Hit(named.key, named.start, named.start + len(named.name))


def _is_taken(told: Told, named: Named) -> bool:
    """Named with a dose or a word for taking it, and nothing that says otherwise."""
    if _TAKEN_IN.match(named.segment):
        return False
    if cue("medicines", "not_taken").search(named.before) or cue("medicines", "once").search(
        named.segment
    ):
        return False
    if is_denied(told.text, _hit(named), told.heading):
        return False
    if told.stands_under("medications") or doses(named.segment):
        return True
    return bool(cue("medicines", "taken", _JUST_BEFORE).search(named.before))


def _is_long_past(told: Told) -> bool:
    """Does the sentence itself date what it tells more than a year before its note?"""
    years = [
        f.value[0]
        for f in facts(told.text)
        if f.check == "date" and isinstance(f.value, tuple) and f.value[0]
    ]
    return bool(told.day and years) and max(years) < int(told.day[:4]) - 1


def doses(segment: str) -> tuple[Fact, ...]:
    """The doses said; of "from 900 mg to 600 mg" only what it became."""
    found = [f for f in facts(segment) if f.check == "dose"]
    return tuple(found[-1:] if len(found) > 1 and _NOW.search(segment) else found)


def _must(mention: _Mention, rule: MustCarry) -> MustSay:
    told, named = mention.told, mention.named
    key = f"{'stopped' if mention.was_stopped else 'medicine'}:{named.key}"
    parts = _why(named) if mention.was_stopped else dose_parts(mention.doses)
    return MustSay(
        rule.kind,
        key,
        told.text,
        rule.severity,
        rule.reason,
        named.anchor,
        parts,
        (told.span,),
        told.day,
    )


def dose_parts(found: tuple[Fact, ...]) -> tuple[Part, ...]:
    said = " or ".join(dict.fromkeys(each.said for each in found))
    return (Part("dose", said, found),) if found else ()


def _why(named: Named) -> tuple[Part, ...]:
    """That it was stopped, and the words behind "for", "because of" or a comma."""
    parts = [STOPPED]
    stopped = cue("medicines", "stopped").search(named.segment)
    at = stopped.end() if stopped else 0
    told = cue("medicines", "because", r"\s" + _OF_WHAT).search(named.segment, at)
    because = told or _IN_BRACKETS.search(named.segment, at)
    if because and (reason := marks(because["why"])):
        parts.append(Part("reason", because["why"], words=reason, enough=0.34))
    return tuple(parts)


def named_in(told: Told) -> list[Named]:
    """Each medicine of the sentence with the words up to the next one."""
    text = told.text
    places = {h.start: (h.key, h.end) for h in joined(told.hits, text)}
    known = {hit.start for hit in told.hits if hit.key.startswith("drug:")}
    for match in _DOSED.finditer(text) if _AMOUNT.search(text) else ():
        word = match[1].lower()
        if match.start() not in known and word not in listed("medicines", "no_name") | STOP:
            places[match.start()] = (f"name:{stem(word)}", match.end(1))
    starts = sorted(places)
    found = []
    for number, start in enumerate(starts):
        key, end = places[start]
        stop = starts[number + 1] if number + 1 < len(starts) else len(text)
        cut = re.search(r"[;\n]|\.(?=\s|$)", text[end:stop])
        segment = text[start : end + cut.start()] if cut else text[start:stop]
        found.append(Named(text[start:end], key, start, _before(text, start), segment))
    return found


def joined(found: Iterable[Hit], text: str) -> list[Hit]:
    """The medicines; those of one preparation ("buprenorphine-naloxone") as its leading one."""
    held: list[Hit] = []
    for hit in (h for h in found if h.key.startswith("drug:")):
        if held and _JOIN.fullmatch(text[held[-1].end : hit.start]):
            before = held.pop()
            key = hit.key if before.key in _COMPANIONS else before.key
            held.append(Hit(key, before.start, hit.end))
        else:
            held.append(hit)
    return held


def leading(title: str) -> str:
    """The medicine that a title names, as a mark; of a preparation of two the leading one."""
    found = [hit.key for hit in hits(title) if hit.key.startswith("drug:")]
    return next((key for key in found if key not in _COMPANIONS), found[0] if found else "")


def _before(text: str, start: int) -> str:
    """The clause up to the medicine."""
    return re.split(r"[;\n]|\.(?=\s)", text[:start])[-1]

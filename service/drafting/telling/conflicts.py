"""What cannot both be so, in a brief: both sides, or the sentence that names both."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.drafting.telling import glue
from service.drafting.telling.allergies import corrects
from service.drafting.telling.item import LONGEST, OF_DANGER, Item, Rank, Telling
from service.drafting.telling.lapses import LAPSES, is_lapse
from service.drafting.telling.risks import telling_most
from service.drafting.telling.tellers import teller
from service.facts.circumstances import CODE_STATUS
from service.facts.corrections import STATUS
from service.facts.fact import Conflict, ConflictKind, Fact, FactKind, FactSource
from service.facts.owed import cue
from service.facts.risks import OWN_LIFE
from service.reading.lexicon.relations import wider

_GRAVE = (
    ConflictKind.ALLERGIC,
    ConflictKind.FORBIDDEN,
    ConflictKind.DIRECTIVE,
    ConflictKind.DENIED,
    ConflictKind.STOPPED,
)
_UNSURE = "Unconfirmed: "  # as the problem list has what somebody raised and nobody has found
# What a note sets before its own correction says no more than the line's label.
_HEAD = re.compile(r"^(?:correction|corrected|addendum|amendment|clarification): (?=\S)", re.I)
BESIDE = 2  # sentences on one thing
SHORT = 14  # words, its day among them, of the second


def conflicts(telling: Telling) -> Iterator[Item]:
    """Each word for word with its day; those of an allergy that is denied stand beside it."""
    denied = {c.key for c in telling.facts.conflicts if c.key in OWN_LIFE}
    corrected = [f for f in telling.facts.of(FactKind.ALERT) if f.status == STATUS]
    corrected = [f for f in corrected if not (denied and _topic(f) in OWN_LIFE)]
    corrected = [f for f in corrected if not corrects(telling, f)]
    yield from _corrected(telling, corrected)
    yield from _unsure(telling)
    topics = {_topic(fact) for fact in corrected}
    for conflict in telling.facts.conflicts:
        is_told = conflict.key in topics or conflict.kind is ConflictKind.NO_ALLERGY
        is_corrected = conflict.kind is ConflictKind.DIRECTIVE and topics & CODE_STATUS
        if not is_told and not is_corrected and not _is_settled(telling, conflict):
            yield from _both(telling, conflict)


def _topic(fact: Fact) -> str:
    return fact.key.partition(":")[2]


def _corrected(telling: Telling, corrected: Sequence[Fact]) -> Iterator[Item]:
    """One item for each thing and what is wider than it: "type 2 diabetes" and "diabetes"."""
    done: set[str] = set()
    newest = sorted(corrected, key=lambda f: f.on, reverse=True)
    for fact in sorted(newest, key=lambda f: _harm(telling, _topic(f))):
        topic = _topic(fact)
        alike = [f for f in corrected if _is_alike(topic, _topic(f))]
        if topic in done:
            continue
        done |= {_topic(f) for f in alike}
        sources = [source for f in alike for source in f.sources]
        yield from _settled(telling, topic, sorted(sources, key=lambda s: s.on, reverse=True))


def _harm(telling: Telling, topic: str) -> int:
    """Code status and risk before what may be given tomorrow, that before diagnoses."""
    if telling.facts.find(FactKind.RISK, topic) or topic in CODE_STATUS:
        return 0
    return 1 if telling.facts.find(FactKind.MEDICINE, topic) else 2


def _is_alike(one: str, other: str) -> bool:
    return one == other or one in wider(other) or other in wider(one)


def _settled(telling: Telling, topic: str, sources: Sequence[FactSource]) -> Iterator[Item]:
    """The newest sentence on it, with a short one beside it."""
    told = [(s, parts) for s in telling.sound(sources) if (parts := list(_parts(telling, s)))]
    if not told:
        return
    (source, first), *others = told
    beside = [item for other, _ in others for item in _proofs(telling, other)]
    if len(first) > 1:
        first[0] = replace(first[0], text=first[0].text.removesuffix(f" ({source.on[:10]})"))
        beside = first[1:]
    elif not beside and (topic in CODE_STATUS or telling.facts.find(FactKind.PROBLEM, topic)):
        beside = list(_since(telling, topic, sources[0].on))
    rank = Rank.BINDING if topic in CODE_STATUS else Rank.GRAVE_CONFLICT
    by = [each for each in (teller(telling, source, first[0]),) if each]
    item = _joined([*by, first[0], *beside[: BESIDE - 1]], rank)
    is_alone = len(first) == 1 and rank is not Rank.BINDING  # the sentence itself tells both sides
    yield replace(item, shorter=_joined([*by, first[0]], rank)) if is_alone else item


def _since(telling: Telling, topic: str, day: str) -> Iterator[Item]:
    """The newest word on it after that day; of a code status that on the others."""
    keys = CODE_STATUS - {topic} if topic in CODE_STATUS else {topic}
    found = [s for key in keys for s in telling.said_of.get(key, ()) if s.on > day]
    for source in telling.sound(sorted(found, key=lambda s: s.on, reverse=True)):
        item = telling.quoted(source, Rank.GRAVE_CONFLICT)
        if item and item.words <= SHORT:
            yield item
            return


def _proofs(telling: Telling, source: FactSource) -> Iterator[Item]:
    """What is short of another sentence on it: whole, else the parts that something is read in,
    those first that give a reason and do not say once more that it is wrong."""
    whole = telling.quoted(source, Rank.GRAVE_CONFLICT)
    if whole and whole.words <= SHORT:
        yield whole
        return
    said, day = telling.read(source).assertions, telling.read(source).on[:10]
    told = filter(None, map(telling.part, _places(telling, source)))
    items = [
        Item(glue.when(words, day), (cited,), Rank.GRAVE_CONFLICT)
        for words, cited in told
        if any(cited.start <= a.start < cited.end for a in said)
    ]
    items.sort(key=lambda item: bool(cue("corrections").search(item.text)))
    yield from (item for item in items if item.words <= SHORT)


def _places(telling: Telling, source: FactSource) -> Iterator[FactSource]:
    """Where the parts of its sentence begin."""
    start, end = telling.span(source)
    text = telling.read(source).text
    while start < end:
        yield replace(source, start=start, end=start + 1)
        stop = text.find("; ", start, end)
        start = stop + len("; ") if stop >= 0 else end


def _parts(telling: Telling, source: FactSource) -> Iterator[Item]:
    """The sentence; of one too long to quote each part."""
    start, end = telling.span(source)
    is_whole = len(telling.read(source).text[start:end].split()) <= OF_DANGER
    longest = OF_DANGER if is_whole else LONGEST
    for place in [*_places(telling, source)][: 1 if is_whole else None]:
        if item := telling.quoted(place, Rank.GRAVE_CONFLICT, longest=longest):
            yield replace(item, text=_HEAD.sub("", item.text))


def _unsure(telling: Telling) -> Iterator[Item]:
    """A problem that somebody raised and nobody has found, with the newest word on it."""
    for fact in telling.facts.of(FactKind.PROBLEM):
        found = list(telling.sound(fact.sources))
        listed = [s for s in found if telling.read(s).text.startswith(_UNSURE)]
        if listed and (raised := telling.quoted(listed[0], Rank.CONFLICT)):
            newest = telling.first_quoted([s for s in found if s.on > listed[0].on], raised.rank)
            yield _joined([raised, newest] if newest else [raised], Rank.ABNORMAL)


def _rank(telling: Telling, conflict: Conflict) -> Rank:
    """What is not taken and does harm by that comes before all but an allergy."""
    if conflict.kind in LAPSES and is_lapse(telling, conflict.key):
        return Rank.LAPSE
    of_danger = telling.is_any(conflict.key, telling.rules.ever)
    is_narrow = telling.is_any(conflict.key, telling.rules.narrow)
    of_danger = of_danger or (conflict.kind is ConflictKind.DOSE and is_narrow)
    return Rank.GRAVE_CONFLICT if conflict.kind in _GRAVE or of_danger else Rank.CONFLICT


def _both(telling: Telling, conflict: Conflict) -> Iterator[Item]:
    rank = _rank(telling, conflict)
    sides = [
        _named(telling, side, rank)
        or telling.first_quoted([s for s in _side(telling, side) if telling.is_told_by(s)], rank)
        for side in conflict.sides
    ]
    if all(sides):
        yield _joined([side for side in sides if side], rank)


def _named(telling: Telling, side: FactSource, rank: Rank) -> Item | None:
    """Of the allergy list only to what: how it shows stands in its own row."""
    found = telling.headline(side) if telling.read(side).type == "AllergyIntolerance" else None
    if found is None:
        return None
    cited, name = found[1], found[0].partition(" - ")[0]
    return Item(name, (telling.cite(side, cited.start, cited.start + len(name)),), rank)


def _side(telling: Telling, side: FactSource) -> Sequence[FactSource]:
    """Of what happened in a person's own life that place which tells most of it on that day."""
    for key in OWN_LIFE:
        fact = telling.facts.find(FactKind.RISK, key)
        if fact and side in fact.sources and (most := telling_most(telling, fact)):
            return [s for s in most if s.on == side.on] or (side,)
    return (side,)


def _joined(items: Sequence[Item], rank: Rank) -> Item:
    text = glue.BETWEEN.join(item.text for item in items)
    return Item(text, tuple(c for item in items for c in item.citations), rank)


def _is_settled(telling: Telling, conflict: Conflict) -> bool:
    """Two who said the opposite, before a newer word on it. What happened stays so."""
    if telling.is_any(conflict.key, telling.rules.ever):
        return False
    newest = max((f.on for f in telling.facts.facts if f.key == conflict.key), default="")
    return conflict.kind is ConflictKind.WHO and newest > conflict.sides[0].on

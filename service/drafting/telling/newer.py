"""What was said of a medicine after its order: another dose, or that it is not taken. An order that
nobody changed is no word on how it is taken now."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from service.drafting.telling import glue
from service.drafting.telling.dosing import dosing
from service.drafting.telling.item import OF_DANGER, Item, Rank, Telling
from service.facts.courses import doses_differ, is_order, is_taking
from service.facts.doses import LISTS
from service.facts.fact import ConflictKind, Fact, FactSource
from service.facts.said import Said

_DISPUTES = (
    ConflictKind.DOSE,
    ConflictKind.STOPPED,
    ConflictKind.NOT_TAKEN,
    ConflictKind.FORBIDDEN,
)


def with_newer(telling: Telling, fact: Fact, plain: Item, source: FactSource) -> Item:
    """The row with the newer word before it, which is told alone where both stand already."""
    day = telling.read(source).on[:10]
    ordered = replace(plain, text=glue.when(plain.text, day))
    for other in _others(telling, fact, source):
        if told := _word(telling, other, fact.key, plain.rank):
            both = [ordered, told] if day > telling.read(other).on[:10] else [told, ordered]
            citations = tuple(c for item in both for c in item.citations)
            is_order = telling.read(other).type in LISTS
            alone = _orders(plain, told) if is_order else plain
            text = glue.EARLIER.join(item.text for item in both)
            return replace(plain, text=text, citations=citations, alone=alone)
    return plain


def _orders(plain: Item, other: Item) -> Item:
    """Two that both stand, each by itself: the line of the conflict has their days."""
    text = glue.BETWEEN.join((plain.text, next(glue.items(other.text)).body))
    return replace(plain, text=text, citations=(*plain.citations, *other.citations))


def _word(telling: Telling, source: FactSource, key: str, rank: Rank) -> Item | None:
    """An order's dose in few words; of a note the sentence, which tells how it is meant."""
    quoted = telling.quoted(source, rank, longest=OF_DANGER)
    if quoted and telling.read(source).type not in LISTS:
        return quoted
    dose = dosing(telling, source, key)
    text = glue.when(dose.text, telling.read(source).on[:10]) if dose else ""
    return Item(text, (dose.citation,), rank) if dose else quoted


def _others(telling: Telling, fact: Fact, source: FactSource) -> Iterator[FactSource]:
    """The other side of a conflict; else the newest note of another dose than every order's."""
    conflicts = [c for c in telling.facts.conflicts if c.key == fact.key and c.kind in _DISPUTES]
    for conflict in conflicts:
        sides = [s.record_id for s in conflict.sides]
        if source.record_id in sides:
            yield from (s for s in conflict.sides if s.record_id != source.record_id)
    if not conflicts:
        yield from _newer_dose(telling, fact)


def _newer_dose(telling: Telling, fact: Fact) -> Iterator[FactSource]:
    """The newest note that names one dose, where that is none of an order's and is newer; of a note
    its last word, which is the plan's."""
    sources = sorted(telling.sound(fact.sources), key=lambda s: (s.on, s.start), reverse=True)
    orders = [
        o for s in sources if telling.read(s).type in LISTS for o in telling.said(s, fact.key)
    ]
    standing = [o for o in orders if is_order(o) and o.value("dose")]
    ordered = {dose for order in standing for dose in _doses(order)}
    for source in (s for s in sources if telling.read(s).is_note and standing):
        told = [e for e in telling.said(source, fact.key) if is_taking(e) and _doses(e)]
        if told and _is_other(told[0], standing):
            yield source
        if any(_doses(each) <= ordered for each in told):
            return  # as ordered; "5 mg, not 10" leaves it to the note before


def _doses(said: Said) -> set[Hashable]:
    """With their units: "tacrolimus 16.8" is a level."""
    doses = (v for v in said.a.values if v.what == "dose")
    return {v.value for v in doses if any(map(str.isalpha, v.said))}


def _is_other(note: Said, orders: Sequence[Said]) -> bool:
    is_newer = all(order.record.on < note.record.on for order in orders)
    return is_newer and all(doses_differ(note, order) for order in orders)

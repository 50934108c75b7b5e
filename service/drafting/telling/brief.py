"""The brief: at most so many lines and words, in one order, what does harm never left out first."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from service.drafting.coverage import Unread
from service.drafting.request import DraftRequest
from service.drafting.telling import glue
from service.drafting.telling.again import Said, said, tells_again
from service.drafting.telling.allergies import allergies, harms
from service.drafting.telling.changed import changed, since
from service.drafting.telling.conflicts import conflicts
from service.drafting.telling.dangers import binding, results
from service.drafting.telling.item import Item, Telling
from service.drafting.telling.lapses import lapses
from service.drafting.telling.loops import loops
from service.drafting.telling.medicines import medicines
from service.drafting.telling.risks import risks
from service.drafting.telling.toxicity import toxicity
from service.drafting.telling.unread import not_read
from service.drafting.telling.who import who
from service.drafting.words import count_words
from service.summary.document import Section, Statement

TITLE = "Brief"
ROWS = (glue.CONFLICT, glue.MEDICINES, glue.ALLERGIES)  # each of them is told whole


class Placed(NamedTuple):
    """An item in its line; `line` numbers the lines in their order."""

    line: int
    label: str
    item: Item


def brief(
    request: DraftRequest, unread: Unread, words: int, *, beside: bool = False
) -> tuple[Section, list[Item]]:
    """The section, and the items that it had no room for. `beside` a table of all medicines it
    has no line of them."""
    telling = Telling(request)
    held = list(_distinct(e for e in _all(telling) if not (beside and e.label == glue.MEDICINES)))
    rules = telling.rules
    closing = not_read(unread, words)
    lines = rules.lines - bool(closing)
    kept = list(_fitting(held, lines, words - count_words(closing)))
    left = [each.item for each in held if each not in kept]
    statements = tuple(_statement(line) for line in _lines(_once(kept)))
    return Section(glue.BRIEF, TITLE, statements, closing), left


def _all(telling: Telling) -> Iterator[Placed]:
    day, visit = since(telling)
    of = [
        (glue.PATIENT, who(telling), 5),
        (f"{glue.CHANGED} {day} ({visit})", changed(telling, day), 4),
        (glue.RISK, risks(telling), 7),
        (glue.ALLERGIES, chain(allergies(telling), harms(telling)), 6),
        (glue.CONFLICT, conflicts(telling), 5),
        (glue.RESULTS, results(telling), 3),
        (glue.ALERTS, chain(lapses(telling), toxicity(telling), binding(telling)), 4),
        (glue.MEDICINES, medicines(telling), 12),
        (glue.OPEN, loops(telling), 5),
    ]
    for number, (label, items, most) in enumerate(of):
        told = {item.text: item for item in sorted(items, key=lambda i: i.rank)}
        for nth, item in enumerate(islice(told.values(), most)):
            is_apart = label == glue.CONFLICT  # both sides stand in a line of their own
            yield Placed(number * 1000 + nth * is_apart, label, item)


def _distinct(found: Iterable[Placed]) -> Iterator[Placed]:
    """Each thing once, at the place of its highest rank; a row is left out for none but itself."""
    seen: set[tuple[str, str]] = set()
    held: list[Said] = []
    for each in sorted(found, key=lambda p: (p.item.rank, p.line)):
        line = glue.line(glue.RISK, [(each.item.alone or each.item).text])
        place = each.label if each.label in ROWS else ""
        told = {(place, t.body.casefold()) for t in glue.items(line)}
        own = said(line)
        is_again = each.label not in ROWS and all(tells_again(item, held) for item in own)
        if not told <= seen and not is_again:
            seen |= told
            held += own
            yield each


def _fitting(held: Iterable[Placed], lines: int, words: int) -> Iterator[Placed]:
    """Those that fit, by rank, else what is shorter; a line costs its label once."""
    begun: set[int] = set()
    for each in held:
        if each.line not in begun and len(begun) == lines:
            continue
        label = 0 if each.line in begun else count_words(each.label)
        forms = filter(None, (each.item, each.item.shorter))
        item = next((form for form in forms if form.words + label <= words), None)
        if item:
            words -= item.words + label
            begun.add(each.line)
            yield each._replace(item=item)


def _once(kept: Sequence[Placed]) -> Iterator[Placed]:
    """Of what a conflict has: no alert again, and of a medicine its order alone."""
    conflicts = [each.item for each in kept if each.label == glue.CONFLICT]
    for each in kept:
        is_told = any(_records(each.item) <= _records(told) for told in conflicts)
        if each.label == glue.ALERTS and any(each.item.text in told.text for told in conflicts):
            continue
        yield each._replace(item=each.item.alone or each.item) if is_told else each


def _records(item: Item) -> set[str]:
    return {cited.record_id for cited in item.citations}


def _lines(kept: Iterable[Placed]) -> Iterator[list[Placed]]:
    by_line: dict[int, list[Placed]] = {}
    for each in kept:
        by_line.setdefault(each.line, []).append(each)
    yield from (by_line[number] for number in sorted(by_line))


def _statement(line: list[Placed]) -> Statement:
    text = glue.line(line[0].label, [each.item.text for each in line])
    citations = dict.fromkeys(c for each in line for c in each.item.citations)
    return Statement(text, tuple(citations))
